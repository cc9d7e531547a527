// The page: puts the model on the screen and what is done there back into the model.

const VIEW_NAMES = {
  flame: ["Flame graph", "What calls what, from the roots"],
  callers: ["Callers", "The whole tree from its leaves: who calls what costs most"],
  sandwich: ["Sandwich", "Callers and callees of one function"],
  table: ["Table", "Every function"],
  timeline: ["Timeline", "What happened when"],
};
const WIDTHS = { sum: "before + after", max: "the larger", before: "before", after: "after" };
const ZOOM_MS = 160;

class App {
  constructor(model) {
    this.model = model;
    this.colors = new Colors(model.labels);
    this.canvas = new Canvas(this.element("canvas"), this.colors);
    this.callees = new Canvas(this.element("callees"), this.colors);
    this.active = this.canvas;
    this.table = new Table(this.element("functions"), this.element("more"), { sandwich: (label) => this.sandwich(label) });
    this.isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  element(id) {
    return document.getElementById(id);
  }

  start() {
    const { header } = this.model;
    document.title = header.title;
    this.element("title").textContent = header.title;
    this.element("title").title = header.title;
    this.element("subtitle").textContent = header.subtitle;
    this.element("subtitle").title = header.subtitle;
    this.element("legend").hidden = !header.isDiff;
    this.buildControls();
    for (const canvas of [this.canvas, this.callees]) this.watch(canvas);
    watchKeys(this);
    listKeys(this.element("keys-list"));
    const dark = matchMedia("(prefers-color-scheme: dark)");
    this.setTheme(dark.matches);
    dark.addEventListener("change", () => this.setTheme(dark.matches));
    addEventListener("popstate", () => this.fromAddress());
    Object.assign(this.model.state, fromAddress(this.model, location.hash));
    this.refresh();
    new ResizeObserver(() => this.layout()).observe(this.element("graph"));
  }

  buildControls() {
    const { model } = this;
    for (const [at, view] of model.views.entries()) {
      const button = document.createElement("button");
      button.type = "button";
      [button.textContent, button.title] = [VIEW_NAMES[view][0], `${VIEW_NAMES[view][1]} (${at + 1})`];
      button.dataset.view = view;
      button.addEventListener("click", () => this.open(view));
      this.element("views").append(button);
    }
    const values = model.header.values.map(({ kind, unit }, at) => [at, unit && unit !== kind ? `${kind} (${unit})` : kind]);
    this.menu("value", values.length > 1 && !model.header.isDiff ? values : [], (value) => this.change({ value: Number(value), zoom: model.state.zoom }));
    const threads = model.threads.map((root) => [root, model.name(model.tree.labels[root])]);
    this.menu("thread", threads.length > 1 ? [[0, `all ${threads.length}`], ...threads] : [], (thread) => this.change({ thread: Number(thread), zoom: [] }));
    this.menu("width", model.header.isDiff ? Object.entries(WIDTHS) : [], (width) => this.change({ width }));
    this.menu("change", model.header.isDiff ? Object.entries(CHANGES) : [], (change) => this.change({ change }));
    this.menu("palette", model.header.isDiff ? [] : Object.entries(PALETTES), (palette) => this.change({ palette }, false));
    this.element("query").addEventListener("input", () => this.search(this.element("query").value));
    const press = (id, action) => this.element(id).addEventListener("click", action);
    press("orientation", () => this.turn());
    press("order", () => this.reorder());
    press("theme", () => this.toggleTheme());
    press("help", () => this.element("keys").showModal());
    press("save", () => this.toggleSave());
    press("save-svg", () => this.saveSvg());
    press("save-folded", () => this.saveFolded());
    document.addEventListener("click", (event) => event.target.closest("#save, #save-menu") || this.toggleSave(false));
  }

  menu(id, choices, choose) {
    const select = this.element(id);
    this.element(`${id}-menu`).hidden = choices.length === 0;
    select.replaceChildren(...choices.map(([value, text]) => new Option(text, value)));
    select.addEventListener("change", () => choose(select.value));
  }

  watch(canvas) {
    canvas.element.addEventListener("focus", () => (this.active = canvas));
    watchPointers(canvas, {
      hover: (node, point) => this.hover(canvas, node, point),
      select: (node) => this.select(node, canvas),
      zoom: (node) => this.zoomTo(node, canvas),
      pan: (dx, dy) => {
        canvas.left -= (dx / canvas.width) * canvas.span;
        canvas.scroll -= dy;
        this.clamp(canvas);
        this.draw();
      },
      scale: (factor, x) => this.scale(factor, x, canvas),
    });
  }

  // What is looked at.

  /** Takes a change of the state, shows it, and puts it into the address. */
  change(changes, isStep = true) {
    Object.assign(this.model.state, changes);
    const address = toAddress(this.model);
    try {
      if (address !== location.hash) history[isStep ? "pushState" : "replaceState"](null, "", address);
    } catch {
      // A page inside another one may not have an address of its own.
    }
    this.refresh();
  }

  fromAddress() {
    Object.assign(this.model.state, fromAddress(this.model, location.hash));
    this.refresh();
  }

  open(view) {
    if (view !== this.model.state.view) this.change({ view, zoom: [] });
    if (view !== "table") this.element("canvas").focus({ preventScroll: true });
  }

  sandwich(label) {
    if (label > 0) this.change({ view: "sandwich", label, zoom: [] });
  }

  sandwichOfSelected() {
    const { canvas } = this.active.selected >= 0 ? { canvas: this.active } : { canvas: this.canvas };
    if (canvas.selected >= 0 && canvas.scene) this.sandwich(canvas.scene.tree.labels[canvas.selected]);
  }

  search(query) {
    this.matches = null;
    if (this.element("query").value !== query) this.element("query").value = query;
    this.change({ query }, false);
  }

  startSearch() {
    this.element("query").focus();
    this.element("query").select();
  }

  turn() {
    this.change({ isInverted: !this.model.state.isInverted }, false);
  }

  reorder() {
    this.change({ isByWeight: !this.model.state.isByWeight }, false);
  }

  nextValue() {
    if (!this.model.header.isDiff) this.change({ value: (this.model.state.value + 1) % Math.max(1, this.model.header.values.length) });
  }

  setTheme(isDark) {
    document.documentElement.classList.toggle("dark", isDark);
    this.colors.use(this.model.state.palette, isDark);
    if (this.canvas.scene) this.draw();
  }

  toggleTheme() {
    this.setTheme(!document.documentElement.classList.contains("dark"));
  }

  // What is shown.

  refresh() {
    const { model } = this;
    const { state } = model;
    this.matches = null;
    const isTable = state.view === "table";
    const isSandwich = state.view === "sandwich";
    this.colors.use(state.palette, document.documentElement.classList.contains("dark"));
    this.element("graph").hidden = isTable;
    this.element("list").hidden = !isTable;
    for (const button of this.element("views").children) button.setAttribute("aria-pressed", String(button.dataset.view === state.view));
    for (const id of ["value", "thread", "width", "change", "palette"]) this.element(id).value = state[id];
    this.element("query").value = state.query;
    this.element("orientation").textContent = state.isInverted ? "↓ Icicle" : "↑ Flame";
    this.element("orientation").title = "Roots at the bottom or at the top (i)";
    this.element("orientation").hidden = isTable || isSandwich || state.view === "timeline";
    this.element("order").textContent = state.isByWeight ? "Largest first" : "By name";
    this.element("order").title = "What stands from left to right (o)";
    this.element("order").hidden = isTable || state.view === "timeline";
    this.element("save").hidden = isTable;
    this.element("lower").hidden = this.element("middle").hidden = !isSandwich;
    this.element("empty").hidden = isTable || model.whole() > 0 || model.tree.size > 1;
    this.element("empty").textContent = "Nothing to draw:\nno sample has a value.";
    if (isTable) this.table.show(model);
    this.showGraphs(isSandwich);
    this.showFound();
    this.showPath();
    this.describe();
    this.hover(this.canvas, -1);
  }

  showGraphs(isSandwich) {
    const { model } = this;
    const { state } = model;
    const shown = model.shown(isSandwich ? "sandwich" : state.view);
    const isTimeline = state.view === "timeline";
    const zoom = isTimeline || isSandwich ? shown.roots[0] : shown.tree.find(this.zoomPath());
    this.put(this.canvas, shown, { zoom, isFlame: isSandwich || (!state.isInverted && !isTimeline), hasRuler: isTimeline, hidesRoot: isSandwich });
    if (isSandwich) {
      const below = model.shown("callees");
      this.put(this.callees, below, { zoom: 0, isFlame: false });
      this.showMiddle();
    } else if (this.active === this.callees) this.active = this.canvas;
    this.layout();
  }

  /** Returns the path that is zoomed into; a thread is part of the tree of stacks. */
  zoomPath() {
    const { state, tree, scope } = this.model;
    return state.view === "flame" && scope > 0 && state.zoom.length === 0 ? [tree.labels[scope]] : state.zoom;
  }

  put(canvas, { tree, column, roots }, how) {
    const { model, colors } = this;
    const { state, header } = model;
    const widths = model.widths(tree, column);
    const starts = tree.starts(widths, state.isByWeight && state.view !== "timeline");
    const found = model.found();
    const isChange = header.isDiff && tree.columns > 1;
    const [before, after] = isChange ? [tree.total(0), tree.total(1)] : [];
    const changeOf = isChange ? this.changes(before, after) : null;
    const { zoom } = how;
    const isSame = canvas.scene?.tree === tree && canvas.scene.widths === widths && canvas.scene.starts === starts;
    canvas.show({
      ...how, tree, widths, starts, roots, column,
      text: (node) => (tree.depths[node] === 0 && tree.labels[node] === 0 ? "all" : model.name(tree.labels[node])),
      color: (node) => (isChange ? colors.change(changeOf(node)) : colors.of(tree.labels[node])),
      hatch: isChange ? (node) => (before[node] === 0 ? "new" : after[node] === 0 ? "gone" : "") : null,
      dim: (node) => (found ? (found[tree.labels[node]] ? 1 : 0.22) : node < zoom && zoom < tree.ends[node] ? 0.6 : 1),
      tell: (node) => this.tell(canvas, node),
    });
    if (!isSame) canvas.selected = canvas.hovered = -1;
    const target = { left: starts[zoom] - canvas.lanes[0].start, span: widths[zoom] || canvas.whole };
    if (roots.length > 1 || how.hasRuler) Object.assign(target, { left: 0, span: canvas.whole });
    canvas.target = target;
    canvas.resize();
    const place = `${zoom} ${how.isFlame}`;
    // Roots are in sight at first, wherever they stand.
    if (!isSame || place !== canvas.zoomed) canvas.scroll = how.isFlame ? canvas.mostScroll : 0;
    if (!isSame) Object.assign(canvas, target);
    else if (place !== canvas.zoomed) this.animate(canvas);
    canvas.zoomed = place;
  }

  /** Returns how a node has changed, from -1 to 1. */
  changes(before, after) {
    const mode = this.model.state.change;
    const relative = (one, other) => (other - one) / Math.max(one, other, Number.MIN_VALUE);
    if (mode === "share") return (node) => relative(before[node] / (before[0] || 1), after[node] / (after[0] || 1));
    if (mode === "ratio") return (node) => relative(before[node], after[node]);
    let most = Number.MIN_VALUE;
    for (let node = 1; node < before.length; node++) most = Math.max(most, Math.abs(after[node] - before[node]));
    return (node) => (after[node] - before[node]) / most;
  }

  layout() {
    if (this.model.state.view === "sandwich") {
      // Callers take what they need, at most half.
      const room = this.element("graph").clientHeight;
      const wanted = Math.min(Math.max(this.canvas.content, ROW), room / 2);
      this.element("upper").style.flex = `0 0 ${Math.ceil(wanted)}px`;
    } else this.element("upper").style.flex = "";
    this.canvas.resize();
    if (this.model.state.view === "sandwich") this.callees.resize();
    this.drawNow();
  }

  draw() {
    this.frame ??= requestAnimationFrame(() => this.drawNow());
  }

  drawNow() {
    if (this.frame) cancelAnimationFrame(this.frame);
    this.frame = undefined;
    const started = performance.now();
    if (this.model.state.view !== "table") this.canvas.draw();
    if (this.model.state.view === "sandwich") this.callees.draw();
    document.documentElement.dataset.drawMs = (performance.now() - started).toFixed(1);
  }

  animate(canvas) {
    const from = { left: canvas.left, span: canvas.span };
    const to = canvas.target;
    if (this.isCalm || (from.left === to.left && from.span === to.span)) {
      Object.assign(canvas, to);
      return this.draw();
    }
    const started = performance.now();
    canvas.motion = started;
    const step = (now) => {
      if (canvas.motion !== started) return;
      const part = Math.min(1, (now - started) / ZOOM_MS);
      const eased = 1 - (1 - part) ** 3;
      canvas.left = from.left + (to.left - from.left) * eased;
      canvas.span = from.span + (to.span - from.span) * eased;
      this.drawNow();
      if (part < 1) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  // What is done on the graph.

  clamp(canvas) {
    canvas.motion = null;
    canvas.span = Math.min(canvas.whole, Math.max(canvas.whole / 1e9, canvas.span));
    canvas.left = Math.min(canvas.whole - canvas.span, Math.max(0, canvas.left));
  }

  scale(factor, x, canvas = this.active) {
    const at = (x ?? canvas.width / 2) / canvas.width;
    const value = canvas.left + at * canvas.span;
    canvas.span *= factor;
    this.clamp(canvas);
    canvas.left = value - at * canvas.span;
    this.clamp(canvas);
    this.draw();
  }

  zoomTo(node, canvas = this.active) {
    if (node < 0 || !canvas.scene) return;
    this.active = canvas;
    canvas.selected = node;
    const { tree, widths, starts } = canvas.scene;
    if (this.model.state.view === "timeline" || this.model.state.view === "sandwich") {
      canvas.target = { left: starts[node] - canvas.laneOf(node).start, span: widths[node] };
      this.animate(canvas);
    } else {
      const zoom = tree.path(node).slice(1).map((it) => tree.labels[it]);
      if (zoom.join() !== this.model.state.zoom.join()) this.change({ zoom });
      // The tree may have become a finer one.
      canvas.selected = canvas.scene.tree.find(zoom);
      canvas.reveal(canvas.place(canvas.selected)?.row ?? 0);
    }
    this.describe();
    this.draw();
  }

  reset() {
    for (const canvas of [this.canvas, this.callees]) {
      if (!canvas.scene) continue;
      canvas.target = { left: 0, span: canvas.whole };
      if (this.model.state.zoom.length === 0) this.animate(canvas);
    }
    if (this.model.state.zoom.length > 0) this.change({ zoom: [] });
    this.describe();
  }

  /** Takes one step back: the search, the selection, the zoom. */
  back() {
    const { state } = this.model;
    if (!this.element("save-menu").hidden) return this.toggleSave(false);
    if (state.query) return this.search("");
    if (state.zoom.length > 0) return this.change({ zoom: state.zoom.slice(0, -1) });
    if (this.active.left !== 0 || this.active.span !== this.active.whole) return this.reset();
    this.select(-1);
  }

  select(node, canvas = this.active) {
    for (const other of [this.canvas, this.callees]) if (other !== canvas) other.selected = -1;
    this.active = canvas;
    canvas.selected = node;
    this.describe();
    this.draw();
  }

  /** Selects the frame beside the selected one, as it is seen. */
  move(where) {
    const canvas = this.active;
    const { tree, widths, starts, isFlame, zoom } = canvas.scene;
    let node = canvas.selected;
    if (node < 0) return this.visit(zoom ?? 0, canvas);
    const isOut = (where === "up") === isFlame;
    if (where === "up" || where === "down") {
      if (!isOut) node = tree.parents[node];
      else {
        let widest = node;
        for (let child = node + 1; child < tree.ends[node]; child = tree.ends[child]) {
          if (tree.labels[child] !== 0 && (widest === node || widths[child] > widths[widest])) widest = child;
        }
        node = widest;
      }
    } else {
      const parent = tree.parents[node];
      const side = where === "left" ? -1 : 1;
      let nearest = node;
      for (let child = parent + 1; node !== 0 && child < tree.ends[parent]; child = tree.ends[child]) {
        const distance = (starts[child] - starts[node]) * side;
        const isNearer = nearest === node || distance < (starts[nearest] - starts[node]) * side;
        if (distance > 0 && widths[child] > 0 && tree.labels[child] !== 0 && isNearer) nearest = child;
      }
      node = nearest;
    }
    this.visit(node, canvas);
  }

  /** Selects a node and brings it into sight. */
  visit(node, canvas = this.active) {
    this.select(node, canvas);
    let place = canvas.place(node);
    if (!place) return;
    const isFar = place.x + Math.min(place.width, 4) < 0 || place.x > canvas.width - 2;
    if (isFar || place.width < 4) {
      const lane = canvas.laneOf(node);
      const { widths, starts } = canvas.scene;
      const span = Math.min(canvas.whole, Math.max(widths[node] * 20, widths[canvas.scene.tree.parents[node]] * 0.5));
      canvas.target = { left: starts[node] - lane.start + widths[node] / 2 - span / 2, span };
      canvas.target.left = Math.min(canvas.whole - span, Math.max(0, canvas.target.left));
      this.animate(canvas);
      place = canvas.place(node);
    }
    canvas.reveal(place.row);
    this.draw();
  }

  /** Goes to the next place that the search finds, or back to the one before. */
  next(step) {
    const found = this.model.found();
    if (!found || this.model.state.view === "table") return;
    const { widths } = this.canvas.scene;
    this.matches ??= this.outermost(found).sort((one, other) => widths[other] - widths[one]);
    if (this.matches.length === 0) return;
    const at = this.matches.indexOf(this.canvas.selected);
    const next = at < 0 ? (step > 0 ? 0 : this.matches.length - 1) : (at + step + this.matches.length) % this.matches.length;
    this.visit(this.matches[next], this.canvas);
    this.showFound(`${next + 1} of ${this.matches.length.toLocaleString("en-US")} · `);
  }

  /** Returns what the search finds and does not stand on what it finds. */
  outermost(found) {
    const { tree, widths } = this.canvas.scene;
    const nodes = [];
    for (const { root } of this.canvas.lanes) {
      for (let node = root, end = tree.ends[root]; node < end; ) {
        if (found[tree.labels[node]]) {
          if (widths[node] > 0) nodes.push(node);
          node = tree.ends[node];
        } else node++;
      }
    }
    return nodes;
  }

  showFound(place = "") {
    const found = this.model.found();
    const output = this.element("matched");
    this.element("query").classList.toggle("wrong", Boolean(found) && this.model.isWrong);
    if (!found) return (output.textContent = "");
    const { matched, whole } = this.model.matched(found);
    const functions = found.reduce((sum, is) => sum + is, 0);
    output.textContent = functions === 0 ? "no match" : `${place}${percent(matched, whole)}`;
    output.title = `${functions.toLocaleString("en-US")} names match; together ${amount(matched, this.model.unit)}, what stands on another match counted once`;
    output.dataset.matched = matched;
  }

  showPath() {
    const { model } = this;
    const { state } = model;
    const path = this.element("path");
    path.replaceChildren();
    const add = (text, action) => {
      const part = document.createElement(action ? "button" : "span");
      part.textContent = text;
      part.title = text;
      part.className = action ? "" : "here";
      if (action) part.addEventListener("click", action);
      if (path.childElementCount > 0) path.append("›");
      path.append(part);
    };
    if (state.view === "timeline") return add(`from left to right: time, ${amount(this.canvas.whole, model.unit)}`);
    if (state.view === "table") return add(model.scope ? `functions of ${model.name(model.tree.labels[model.scope])}` : "all functions");
    if (state.view === "sandwich") return add("above: who calls it · below: what it calls");
    const labels = state.zoom.filter((label) => label > 0);
    add(state.view === "callers" ? "all, from the leaves" : "all", labels.length > 0 ? () => this.change({ zoom: [] }) : null);
    const kept = labels.length > 7 ? [...labels.slice(0, 2), null, ...labels.slice(-4)] : labels;
    for (const [at, label] of kept.entries()) {
      const depth = label === null ? 0 : at < 2 || kept === labels ? at + 1 : labels.length - (kept.length - at) + 1;
      if (label === null) add("…");
      else add(model.name(label), depth < labels.length ? () => this.change({ zoom: state.zoom.slice(0, depth) }) : null);
    }
  }

  showMiddle() {
    const { model } = this;
    const label = model.function;
    const [name, facts, place] = ["b", "span", "span"].map((tag) => document.createElement(tag));
    name.textContent = label ? model.name(label) : "no function";
    place.textContent = model.place(label);
    facts.textContent = this.facts(label).map(([title, value, share]) => `${title} ${value}${share ? ` (${share})` : ""}`).join("   ");
    this.element("middle").replaceChildren(name, facts, place);
  }

  /** Returns what a function costs at all its places. */
  facts(label) {
    const { model } = this;
    const costs = model.costs();
    const unit = model.valueUnit;
    if (model.header.isDiff) {
      return [["self", costs.own], ["total", costs.total]].map(([title, [before, after]]) => [
        title, `${amount(before[label] ?? 0, unit)} → ${amount(after[label] ?? 0, unit)}`, ratio(before[label] ?? 0, after[label] ?? 0),
      ]);
    }
    const cell = (column) => column[model.state.value]?.[label] ?? 0;
    const rows = [["self", cell(costs.own)], ["total", cell(costs.total)]];
    const bound = costs.isBound.has(label) ? "≤" : "";
    return rows.map(([title, value]) => [title, (title === "total" ? bound : "") + amount(value, unit), percent(value, model.whole())]);
  }

  /** Returns what is told of a node: title, value, share. */
  rows(canvas, node) {
    const { model } = this;
    const { tree, column, widths } = canvas.scene;
    const unit = model.unit;
    const parent = tree.parents[node];
    if (model.header.isDiff && tree.columns > 1) {
      const [before, after] = [tree.total(0)[node], tree.total(1)[node]];
      return [["before", amount(before, unit), percent(before, tree.total(0)[0])], ["after", amount(after, unit), percent(after, tree.total(1)[0])], ["change", signed(after - before, unit), ratio(before, after)]];
    }
    let own = widths[node];
    for (let child = node + 1; child < tree.ends[node]; child = tree.ends[child]) if (tree.labels[child] !== 0) own -= widths[child];
    const whole = canvas.lanes.reduce((sum, lane) => Math.max(sum, lane.width), 0);
    const rows = [["total", amount(widths[node], unit), percent(widths[node], whole)]];
    if (model.state.view === "timeline") {
      const start = canvas.scene.starts[node] - canvas.laneOf(node).start;
      return [["from", amount(start, unit), ""], ["for", amount(widths[node], unit), percent(widths[node], whole)], ["self", amount(own, unit), percent(own, whole)]];
    }
    if (model.state.view === "flame" || canvas === this.callees) rows.push(["self", amount(own, unit), percent(own, whole)]);
    if (node > 0 && column >= 0) rows.push(["of parent", "", percent(widths[node], widths[parent])]);
    return rows;
  }

  tell(canvas, node) {
    const { scene } = canvas;
    const place = this.model.place(scene.tree.labels[node]);
    const rows = this.rows(canvas, node).map((row) => row.filter(Boolean).join(" "));
    return [scene.text(node), place, ...rows].filter(Boolean).join(", ");
  }

  describe() {
    const details = this.element("details");
    const canvas = this.active;
    const node = this.model.state.view === "table" ? -1 : canvas.selected;
    const span = (name, text) => Object.assign(document.createElement("span"), { className: name, textContent: text });
    if (node < 0 || !canvas.scene || node >= canvas.scene.tree.size) {
      const hints = this.model.state.view === "table" ? "Click a function to see its callers and callees" : "Click a frame to zoom in, Esc to go back";
      return details.replaceChildren(span("hint", `${hints}  ·  / to search  ·  ? for all keys`));
    }
    const rows = this.rows(canvas, node).map((row) => span("fact", row.filter(Boolean).join(" ")));
    details.replaceChildren(span("name", canvas.scene.text(node)), ...rows, span("place", this.model.place(canvas.scene.tree.labels[node])));
  }

  hover(canvas, node, point) {
    const tip = this.element("tip");
    canvas.element.classList.toggle("over", node >= 0);
    if (node !== canvas.hovered) {
      canvas.hovered = node;
      if (canvas.scene && this.model.state.view !== "table") this.draw();
      tip.hidden = node < 0;
      if (node >= 0) this.fillTip(tip, canvas, node);
    }
    if (node < 0 || !point) return;
    const graph = this.element("graph");
    const top = canvas.element.parentElement.offsetTop + point.y;
    const [width, height] = [tip.offsetWidth, tip.offsetHeight];
    tip.style.left = `${Math.max(0, Math.min(point.x + 14, graph.clientWidth - width - 4))}px`;
    tip.style.top = `${Math.max(0, top + 22 + height > graph.clientHeight ? top - height - 12 : top + 22)}px`;
  }

  fillTip(tip, canvas, node) {
    const make = (tag, name, text) => Object.assign(document.createElement(tag), { className: name, textContent: text });
    const label = canvas.scene.tree.labels[node];
    const list = document.createElement("dl");
    const add = (row) => list.append(make("dt", "", row[0]), make("dd", "", row[1]), make("dd", "", row[2]));
    this.rows(canvas, node).forEach(add);
    const place = this.model.place(label);
    if (label > 0 && this.model.labels.isFunction[label]) this.facts(label).forEach(([title, value, share]) => add([`${title}, everywhere`, value, share]));
    tip.replaceChildren(make("div", "name", canvas.scene.text(node)), ...(place ? [make("div", "place", place)] : []), list);
  }

  // What is saved.

  toggleSave(isOpen = this.element("save-menu").hidden) {
    this.element("save-menu").hidden = !isOpen;
    this.element("save").setAttribute("aria-expanded", String(isOpen));
  }

  get fileName() {
    return `${this.model.header.title.replace(/[^\p{L}\p{N}._-]+/gu, "_").slice(0, 80) || "flame"}.${this.model.state.view}`;
  }

  saveSvg() {
    this.toggleSave(false);
    if (this.model.state.view === "table") return;
    const canvas = this.active.scene ? this.active : this.canvas;
    save(`${this.fileName}.svg`, "image/svg+xml", asSvg(canvas, this.model.header.title, this.model.header.subtitle));
  }

  saveFolded() {
    this.toggleSave(false);
    const canvas = this.active.scene ? this.active : this.canvas;
    const roots = canvas.scene.zoom ? [canvas.scene.zoom] : canvas.lanes.map((lane) => lane.root);
    save(`${this.fileName}.folded`, "text/plain", asFolded(canvas.scene, roots, (label) => this.model.name(label)));
  }
}

async function start() {
  const payload = document.getElementById("payload");
  try {
    const model = new Model(await readPayload(payload.textContent));
    payload.remove();
    new App(model).start();
    document.documentElement.dataset.readyMs = performance.now().toFixed(0);
  } catch (error) {
    document.getElementById("empty").hidden = false;
    document.getElementById("empty").textContent = `This page cannot be shown here:\n${error.message}`;
    throw error;
  }
}

start();
