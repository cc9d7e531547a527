// The one or two graphs on the screen: what they show of the model, and how they move.

const ZOOM_MS = 160;

class Stage {
  constructor(app) {
    this.app = app;
    this.model = app.model;
    this.colors = app.colors;
    this.canvas = new Canvas(app.element("canvas"), app.colors);
    this.callees = new Canvas(app.element("callees"), app.colors);
    this.both = [this.canvas, this.callees];
    this.active = this.canvas;
    this.isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    for (const canvas of this.both) this.watch(canvas);
  }

  watch(canvas) {
    canvas.element.addEventListener("focus", () => (this.active = canvas));
    watchPointers(canvas, {
      hover: (node, point) => this.app.panels.hover(canvas, node, point),
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

  // What is shown.

  show() {
    const { model } = this;
    const { state } = model;
    const isSandwich = state.view === "sandwich";
    const isTimeline = state.view === "timeline";
    const shown = model.shown(isSandwich ? "sandwich" : state.view);
    const zoom = isTimeline || isSandwich ? shown.roots[0] : shown.tree.find(this.zoomPath());
    this.put(this.canvas, shown, { zoom, isFlame: isSandwich || (!state.isInverted && !isTimeline), hasRuler: isTimeline, hidesRoot: isSandwich });
    if (isSandwich) this.put(this.callees, model.shown("callees"), { zoom: 0, isFlame: false });
    else if (this.active === this.callees) this.active = this.canvas;
    this.layout();
  }

  /** Returns the path that is zoomed into; a thread is part of the tree of stacks. */
  zoomPath() {
    const { view, thread, zoom } = this.model.state;
    return view === "flame" && thread > 0 && zoom.length === 0 ? [thread] : zoom;
  }

  put(canvas, { tree, column, roots }, how) {
    const { model, colors } = this;
    const { state, header } = model;
    const widths = model.widths(tree, column);
    const starts = tree.starts(widths, state.isByWeight && state.view !== "timeline");
    const found = model.found();
    const hasFound = found?.includes(1);
    const change = header.isDiff && tree.columns > 1 ? new Changes(model, tree) : null;
    const { zoom } = how;
    const isSame = canvas.scene?.tree === tree && canvas.scene.widths === widths && canvas.scene.starts === starts;
    canvas.show({
      ...how, tree, widths, starts, roots, column, change,
      text: (node) => (tree.depths[node] === 0 && tree.labels[node] === 0 ? "all" : model.name(tree.labels[node])),
      color: (node) => (change ? colors.change(change.of(node)) : colors.of(tree.labels[node])),
      hatch: change && ((node) => change.hatch(node)),
      dim: (node) => (hasFound ? (found[tree.labels[node]] ? 1 : 0.22) : node < zoom && zoom < tree.ends[node] ? 0.6 : 1),
      tell: (node) => this.app.told.inOneLine(canvas, node),
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

  layout() {
    if (this.model.state.view === "sandwich") {
      // Callers take what they need, at most half.
      const room = this.app.element("graph").clientHeight;
      const wanted = Math.min(Math.max(this.canvas.content, ROW), room / 2);
      this.app.element("upper").style.flex = `0 0 ${Math.ceil(wanted)}px`;
    } else this.app.element("upper").style.flex = "";
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

  // How it moves.

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
    const { state } = this.model;
    if (state.view === "timeline" || state.view === "sandwich") {
      canvas.target = { left: starts[node] - canvas.laneOf(node).start, span: widths[node] };
      this.animate(canvas);
    } else {
      const zoom = tree.path(node).slice(1).map((it) => tree.labels[it]);
      if (zoom.join() !== state.zoom.join()) this.app.change({ zoom });
      // The tree may have become a finer one.
      canvas.selected = canvas.scene.tree.find(zoom);
      canvas.reveal(canvas.place(canvas.selected)?.row ?? 0);
    }
    this.app.panels.describe();
    this.draw();
  }

  reset() {
    const isZoomed = this.model.state.zoom.length > 0;
    for (const canvas of this.both) {
      if (!canvas.scene) continue;
      canvas.target = { left: 0, span: canvas.whole };
      if (!isZoomed) this.animate(canvas);
    }
    if (isZoomed) this.app.change({ zoom: [] });
    this.app.panels.describe();
  }

  get isMoved() {
    return this.active.left !== 0 || this.active.span !== this.active.whole;
  }

  select(node, canvas = this.active) {
    for (const other of this.both) if (other !== canvas) other.selected = -1;
    this.active = canvas;
    canvas.selected = node;
    this.app.panels.describe();
    this.draw();
  }

  /** Returns the label of the selected frame, or 0. */
  get selectedLabel() {
    const canvas = this.active.selected >= 0 ? this.active : this.canvas;
    return canvas.selected >= 0 && canvas.scene ? canvas.scene.tree.labels[canvas.selected] : 0;
  }
}
