// What is looked at, and what follows from it.

const VIEWS = ["flame", "callers", "sandwich", "table", "timeline"];

class Model {
  constructor({ header, tree, timeline }) {
    Object.assign(this, { header, source: { tree, timeline } });
    this.labels = header.labels;
    this.state = {
      view: header.order === "time" && timeline ? "timeline" : header.isReversed ? "callers" : "flame",
      value: header.shown,
      thread: 0,
      frames: "function",
      steps: [],
      width: "sum",
      change: "ratio",
      palette: header.palette,
      isInverted: header.isInverted,
      isByWeight: header.order === "weight",
      label: 0,
      query: "",
      zoom: [],
    };
    this.firstView = this.state.view;
    this.sourceLabels = this.labels.names.length;
    this.groupsOf = {};
    this.trees = new Map();
    this.costsOf = new Map();
  }

  get views() {
    return VIEWS.filter((view) => view !== "timeline" || this.source.timeline);
  }

  // What is left of the source after what is asked for was taken away.

  get isCut() {
    return this.state.frames !== "function" || this.state.steps.length > 0;
  }

  get isGrouped() {
    return this.state.frames === "file" || this.state.frames === "module";
  }

  get cutKey() {
    return this.isCut ? JSON.stringify([this.state.frames, this.state.steps]) : "";
  }

  /** Returns the trees that are looked at. */
  get left() {
    if (!this.isCut) return this.source;
    const key = this.cutKey;
    if (this.cutFor !== key) {
      const cut = new Cut(this, this.state.steps, this.state.frames);
      this.cutLeaves = { cut, tree: cut.tree(this.source.tree) };
      this.cutFor = key;
    }
    return this.cutLeaves;
  }

  get tree() {
    return this.left.tree;
  }

  get timeline() {
    if (!this.isCut) return this.source.timeline;
    return (this.left.timeline ??= this.left.cut.timeline(this.source.timeline));
  }

  /** Returns the label of the file or module of each label of the source; those stand behind all others. */
  groups(frames) {
    const { labels } = this;
    const texts = frames === "file" ? labels.files : labels.modules;
    const added = new Map();
    const group = (_, label) => {
      if (!labels.isFunction[label]) return label;
      const name = labels.texts[texts[label]] || `[no ${frames}]`;
      if (!added.has(name)) added.set(name, this.addLabel(name));
      return added.get(name);
    };
    return (this.groupsOf[frames] ??= Array.from({ length: this.sourceLabels }, group));
  }

  addLabel(name) {
    const { labels } = this;
    for (const column of [labels.files, labels.lines, labels.modules]) column.push(0);
    labels.hues.push(hash(name) % 360);
    labels.isFunction.push(1);
    this.labelsByText = null;
    return labels.names.push(name) - 1;
  }

  name(label) {
    return printable(this.labels.names[label]) || "(anonymous)";
  }

  /** Returns where a function stands: "shop.py:12", or its module. */
  place(label) {
    const { texts, files, lines, modules } = this.labels;
    const file = texts[files[label]];
    return printable(file ? (lines[label] ? `${file}:${lines[label]}` : file) : texts[modules[label]]);
  }

  /** Returns the module of a function that stands in a file, too. */
  module(label) {
    const { texts, files, modules } = this.labels;
    return files[label] ? printable(texts[modules[label]]) : "";
  }

  /** Returns the text of a step that means what a label stands for: exactly that function, or all of a file or module. */
  stepText(label) {
    if (label < this.sourceLabels) return { text: functionText(this, label), isExact: true };
    return { text: `^${this.labels.names[label].replace(/[^\p{L}\p{N}_ /:;,<>@-]/gu, "\\$&")}$`, isExact: false };
  }

  get unit() {
    return this.state.view === "timeline" ? { dimension: "time", factor: 1, exponent: -9 } : this.valueUnit;
  }

  get valueUnit() {
    return this.header.values[this.state.value] ?? { dimension: "count", factor: 1, exponent: 0 };
  }

  /** Returns the columns that are looked at: one, or those before and after. */
  get columns() {
    return this.header.isDiff ? [0, 1] : [this.state.value];
  }

  /** Returns the labels of the threads. */
  get threads() {
    const { tree } = this.source;
    const labels = [];
    if (this.header.hasThreadRoots) for (let node = 1; node < tree.size; node = tree.ends[node]) labels.push(tree.labels[node]);
    return labels;
  }

  /** Returns the root of what is looked at: that of all stacks, or of one thread. */
  get scope() {
    const { thread } = this.state;
    return thread > 0 ? Math.max(0, this.tree.child(0, thread)) : 0;
  }

  /** Returns the tree of a view, and in which of its columns the values stand. */
  shown(view = this.state.view) {
    if (view === "timeline") return { tree: this.timeline, column: 0, roots: this.lanes() };
    if (view === "flame" || view === "table") return { tree: this.tree, column: this.state.value, roots: [this.scope] };
    const zoom = view === "callers" ? this.state.zoom : [];
    const key = [view, this.cutKey, this.columns, this.state.thread, view === "callers" ? 0 : this.function, zoom.join(" ")].join("|");
    if (!this.trees.has(key)) {
      if (this.trees.size > 8) this.trees.delete(this.trees.keys().next().value);
      this.trees.set(key, this.merged(view, zoom));
    }
    return { tree: this.trees.get(key), column: 0, roots: [0] };
  }

  merged(view, zoom) {
    const { tree, columns, scope } = this;
    if (view === "callers") {
      const nodes = [];
      const end = tree.ends[scope];
      for (let node = scope; node < end; node++) if (columns.some((column) => tree.own[column][node] > 0)) nodes.push(node);
      return mergeUp(tree, nodes, columns.map((column) => nodes.map((node) => tree.own[column][node])), 0, zoom);
    }
    const nodes = this.places(this.function);
    if (view === "callees") return mergeDown(tree, nodes, columns, this.function, zoom);
    const values = columns.map((column) => nodes.map((node) => tree.total(column)[node]));
    return mergeUp(tree, nodes.map((node) => tree.parents[node]), values, this.function, zoom);
  }

  /** Returns the function whose callers and callees are looked at: the one chosen, else the one that costs most. */
  get function() {
    if (this.state.label > 0) return this.state.label;
    const own = this.costs().own[this.state.value] ?? [];
    let most = 0;
    for (let label = 1; label < own.length; label++) if ((own[label] ?? 0) > (own[most] ?? 0)) most = label;
    return most;
  }

  /** Returns the nodes of a function that do not stand on another of it. */
  places(label) {
    const { labels, ends } = this.tree;
    const places = [];
    const end = ends[this.scope];
    for (let node = this.scope; node < end; ) {
      if (labels[node] === label) {
        places.push(node);
        node = ends[node];
      } else node++;
    }
    return places;
  }

  /** Returns the roots of the timeline that are looked at, one for each thread. */
  lanes() {
    if (!this.header.hasThreadRoots) return [0];
    const { thread } = this.state;
    const lanes = [];
    for (let node = 1; node < this.timeline.size; node = this.timeline.ends[node]) {
      if (!thread || this.timeline.labels[node] === thread) lanes.push(node);
    }
    return lanes;
  }

  /** Returns own and total costs of every label in what is looked at: arrays over labels, for each column. */
  costs() {
    const { thread } = this.state;
    const key = `${thread} ${this.cutKey}`;
    if (!this.costsOf.has(key)) {
      if (this.costsOf.size > 8) this.costsOf.delete(this.costsOf.keys().next().value);
      this.costsOf.set(key, this.stated(thread) ?? this.counted());
    }
    return this.costsOf.get(key);
  }

  /** Returns what the source states of everything, or of one thread; nothing where something was cut away. */
  stated(thread) {
    const { functions, ofThreads } = this.header;
    if (this.isCut) return null;
    const part = thread > 0 ? ofThreads.find((it) => it.thread === thread) : { functions };
    if (!part) return null;
    // What is stated of a thread are some labels and their rows.
    const spread = (column) => (part.labels ? part.labels.reduce((all, label, row) => ((all[label] = column[row]), all), []) : column);
    const { own, total, isBound, calls } = part.functions;
    return {
      own: own.map(spread),
      total: total.map(spread),
      isBound: new Set(isBound.map((row) => part.labels?.[row] ?? row)),
      calls: calls.some((count) => count !== null) ? spread(calls) : null,
      isEstimate: false,
    };
  }

  /** Returns what the stacks add up to. A function on top of itself counts once. */
  counted() {
    const { tree, scope } = this;
    const empty = () => new Array(this.labels.names.length).fill(null);
    const own = tree.own.map(empty);
    const total = tree.own.map(empty);
    const totals = tree.own.map((_, column) => tree.total(column));
    const active = new Uint32Array(this.labels.names.length);
    const open = [];
    for (let node = scope + 1; node < tree.ends[scope]; node++) {
      while (open.length > 0 && tree.ends[open.at(-1)] <= node) active[tree.labels[open.pop()]]--;
      const label = tree.labels[node];
      open.push(node);
      for (let column = 0; column < tree.columns; column++) {
        own[column][label] += tree.own[column][node];
        total[column][label] += active[label] === 0 ? totals[column][node] : 0;
      }
      active[label]++;
    }
    return { own, total, isBound: new Set(), calls: null, isEstimate: this.header.isEstimated };
  }

  /** Returns the sum of everything that is looked at, in one column. */
  whole(column = this.state.value) {
    return this.state.thread === 0 && !this.isCut ? this.header.values[column]?.total ?? 0 : this.tree.total(column)[this.scope];
  }

  /** Returns the widths of a tree of stacks: of one value, or of those before and after. */
  widths(tree, column) {
    return tree.widths(column, this.header.isDiff && tree !== this.timeline ? this.state.width : "");
  }

  /** Returns how much of the stacks holds something that the search finds, what holds several once. */
  matched(found) {
    const { tree, column, roots } = this.shown(this.state.view === "timeline" ? "timeline" : "flame");
    const widths = this.widths(tree, column);
    let [matched, whole] = [0, 0];
    for (const root of roots) {
      whole += widths[root];
      for (let node = root, end = tree.ends[root]; node < end; ) {
        const isFound = found[tree.labels[node]];
        if (isFound) matched += widths[node];
        node = isFound ? tree.ends[node] : node + 1;
      }
    }
    return { matched, whole };
  }

  /** Returns, for each label, whether the search finds it; none where nothing is searched. */
  found() {
    const { query } = this.state;
    const key = `${this.labels.names.length} ${query}`;
    if (this.foundFor === key) return this.foundLabels;
    const { matches, isWrong } = matcher(query);
    const finds = (name, label) => (label > 0 && (matches(name) || matches(this.place(label))) ? 1 : 0);
    this.foundLabels = query === "" ? null : Uint8Array.from(this.labels.names, finds);
    Object.assign(this, { foundFor: key, isWrong });
    return this.foundLabels;
  }
}

/** Returns what a query matches: it is an expression, in which only capitals tell small from large. */
function matcher(query) {
  try {
    const expression = new RegExp(query, /\p{Lu}/u.test(query) ? "u" : "iu");
    return { matches: (text) => expression.test(text), isWrong: false };
  } catch {
    // Not an expression, at least not yet: take it as it is.
    const text = query.toLowerCase();
    return { matches: (name) => name.toLowerCase().includes(text), isWrong: true };
  }
}
