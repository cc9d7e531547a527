// What is taken away from stacks, and what stands in the place of functions: in the page, without a command.

/** What frames are: functions, or something that several functions share. */
const FRAMES = {
  function: "functions",
  folded: "functions, recursion folded",
  file: "files",
  module: "modules",
};
/** The steps of a cut, as pfilter names them, and what is said of each. */
const STEPS = {
  focus: ["only", "Only stacks that hold what is found"],
  ignore: ["without", "No stacks that hold what is found"],
  hide: ["hidden", "Frames that are found become a part of their callers"],
};
/** More steps of one kind than a number has bits. */
const MOST_STEPS = 30;

/** Returns, for each label, whether a step means it: by an expression, or by exactly one function. */
function meant(model, { text, isExact }) {
  const { labels } = model;
  if (isExact) return Uint8Array.from(labels.names, (_, label) => (label > 0 && functionText(model, label) === text ? 1 : 0));
  const { matches } = matcher(text);
  const belongs = (label) => [labels.files, labels.modules].some((column) => matches(labels.texts[column[label]] ?? ""));
  return Uint8Array.from(labels.names, (name, label) => (label > 0 && labels.isFunction[label] && (matches(name) || belongs(label)) ? 1 : 0));
}

/** What some steps, in their order, do to each label. */
class Cut {
  constructor(model, steps, frames) {
    this.hasThreads = model.header.hasThreadRoots;
    this.isFolded = frames !== "function";
    this.isGrouped = frames === "file" || frames === "module";
    const groups = this.isGrouped ? model.groups(frames) : [];
    const count = model.labels.names.length;
    this.labelOf = Uint32Array.from({ length: count }, (_, label) => groups[label] ?? label);
    this.isDropped = new Uint8Array(count);
    this.bits = new Uint32Array(count);
    this.all = 0;
    for (const [at, step] of steps.slice(0, MOST_STEPS).entries()) {
      const means = meant(model, step);
      if (step.kind === "focus") this.all |= 1 << at;
      for (let label = 1; label < count; label++) {
        // What is hidden is not there for the steps behind.
        if (this.labelOf[label] === 0 || !(means[label] || (this.isGrouped && means[this.labelOf[label]]))) continue;
        if (step.kind === "focus") this.bits[label] |= 1 << at;
        else if (step.kind === "ignore") this.isDropped[label] = 1;
        else this.labelOf[label] = 0;
      }
    }
    this.keepsAll = this.all === 0 && !this.isDropped.includes(1);
  }

  /** Returns a tree less the values of stacks that are dropped. */
  kept(tree) {
    if (this.keepsAll) return tree;
    const own = tree.own.map((column) => Float64Array.from(column));
    const bits = [0];
    const isDropped = [0];
    for (let node = 0; node < tree.size; node++) {
      const [depth, label] = [tree.depths[node], tree.labels[node]];
      bits[depth] = (depth > 0 ? bits[depth - 1] : 0) | this.bits[label];
      isDropped[depth] = (depth > 0 ? isDropped[depth - 1] : 0) | this.isDropped[label];
      if (isDropped[depth] || bits[depth] !== this.all) for (const column of own) column[node] = 0;
    }
    return new Tree(tree.labels, tree.depths, own);
  }

  /** Returns what is left of a tree of stacks. */
  tree(tree) {
    return mergeWhole(this.kept(tree), this.labelOf, this.isFolded);
  }

  /** Returns what is left of a timeline: what is dropped leaves its time empty. */
  timeline(tree) {
    const left = this.kept(tree).total(0);
    const whole = tree.total(0);
    const [labels, depths, own] = [[], [], []];
    const add = (label, depth, value) => {
      labels.push(label);
      depths.push(depth);
      own.push(value);
    };
    // The depth that each level has in what is made, and the label that is open at each.
    const depthOf = [0];
    const open = [0];
    add(0, 0, 0);
    for (let node = 1; node < tree.size; ) {
      const under = depthOf[tree.depths[node] - 1];
      const label = tree.labels[node];
      const isThread = this.hasThreads && tree.depths[node] === 1;
      if (label === 0 || (left[node] === 0 && whole[node] > 0 && !isThread)) {
        add(0, under + 1, whole[node]);
        open.length = under + 1;
        node = tree.ends[node];
        continue;
      }
      const name = this.labelOf[label];
      const isPart = name === 0 || (this.isFolded && under > 0 && name === open[under]);
      const depth = isPart ? under : under + 1;
      depthOf[tree.depths[node]] = depth;
      if (!isPart) {
        // What goes on in the same group is one call of it.
        if (!this.isGrouped || open[depth] !== name || open.length <= depth) add(name, depth, 0);
        open.length = depth;
        open[depth] = name;
      }
      node++;
    }
    return new Tree(Uint32Array.from(labels), Uint32Array.from(depths), [Float64Array.from(own)]);
  }
}
