// A tree of stacks in preorder: columns of numbers, one row per node.

class Tree {
  constructor(labels, depths, own) {
    this.size = labels.length;
    this.labels = labels;
    this.depths = depths;
    this.own = own;
    this.totals = [];
    this.columns = own.length;
  }

  /** Returns, for each node, the node behind its subtree. */
  get ends() {
    if (this.cachedEnds) return this.cachedEnds;
    const { size, depths } = this;
    const ends = new Uint32Array(size);
    // The nodes that are open, by their depths.
    const path = new Uint32Array(this.deepestOfAll() + 2);
    let open = -1;
    for (let node = 0; node < size; node++) {
      const depth = depths[node];
      for (; open >= depth; open--) ends[path[open]] = node;
      path[(open = depth)] = node;
    }
    for (; open >= 0; open--) ends[path[open]] = size;
    return (this.cachedEnds = ends);
  }

  /** Returns, for each node, the node that it stands on; the root stands on itself. */
  get parents() {
    if (this.cachedParents) return this.cachedParents;
    const { size, depths } = this;
    const parents = new Uint32Array(size);
    const path = new Uint32Array(this.deepestOfAll() + 2);
    for (let node = 0; node < size; node++) {
      const depth = depths[node];
      parents[node] = depth === 0 ? 0 : path[depth - 1];
      path[depth] = node;
    }
    return (this.cachedParents = parents);
  }

  /** Returns what each node has with all above it, in one column. */
  total(column) {
    return (this.totals[column] ??= this.sums(this.own[column]));
  }

  sums(own) {
    const totals = Float64Array.from(own);
    const { parents } = this;
    for (let node = this.size - 1; node > 0; node--) totals[parents[node]] += totals[node];
    return totals;
  }

  /** Returns how wide each node is: in a comparison, `width` tells of what. */
  widths(column, width) {
    const key = `${column} ${width}`;
    if (this.widthsKey === key) return this.cachedWidths;
    this.widthsKey = key;
    if (width === "before") this.cachedWidths = this.total(0);
    else if (width === "after") this.cachedWidths = this.total(1);
    else if (width === "sum") this.cachedWidths = this.total(0).map((before, node) => before + this.total(1)[node]);
    else if (width === "max") this.cachedWidths = this.sums(this.own[0].map((own, node) => Math.max(own, this.own[1][node])));
    else this.cachedWidths = this.total(column);
    return this.cachedWidths;
  }

  /** Returns where each node begins: beside its siblings in their order, or the widest first. */
  starts(widths, isByWeight) {
    if (this.startsOf === widths && this.startsByWeight === isByWeight) return this.cachedStarts;
    const starts = isByWeight ? this.startsByWidth(widths) : this.startsInOrder(widths);
    Object.assign(this, { startsOf: widths, startsByWeight: isByWeight, cachedStarts: starts });
    return starts;
  }

  startsInOrder(widths) {
    const { size, depths } = this;
    const starts = new Float64Array(size);
    const next = new Float64Array(this.deepestOfAll() + 2);
    for (let node = 0; node < size; node++) {
      const depth = depths[node];
      const start = next[depth];
      starts[node] = start;
      next[depth] = start + widths[node];
      next[depth + 1] = start;
    }
    return starts;
  }

  startsByWidth(widths) {
    const starts = new Float64Array(this.size);
    const { ends } = this;
    const children = [];
    for (let node = 0; node < this.size; node++) {
      children.length = 0;
      for (let child = node + 1; child < ends[node]; child = ends[child]) children.push(child);
      if (children.length > 1) children.sort((one, other) => widths[other] - widths[one]);
      let start = starts[node];
      for (const child of children) {
        starts[child] = start;
        start += widths[child];
      }
    }
    return starts;
  }

  deepestOfAll() {
    return (this.cachedDeepest ??= this.depths.reduce((most, depth) => (depth > most ? depth : most), 0));
  }

  /** Returns the greatest depth in a subtree. */
  deepest(root) {
    let deepest = this.depths[root];
    const end = this.ends[root];
    for (let node = root; node < end; node++) if (this.depths[node] > deepest) deepest = this.depths[node];
    return deepest;
  }

  /** Returns the nodes from the root down to a node. */
  path(node) {
    const path = [];
    for (let at = node; ; at = this.parents[at]) {
      path.push(at);
      if (at === 0) return path.reverse();
    }
  }

  /** Returns the child of a node that has a label, or -1. */
  child(node, label) {
    let child = node + 1;
    while (child < this.ends[node] && this.labels[child] !== label) child = this.ends[child];
    return child < this.ends[node] ? child : -1;
  }

  /** Returns the node that a path of labels leads to, as far as it leads. */
  find(labels) {
    let node = 0;
    for (const label of labels) {
      const child = this.child(node, label);
      if (child < 0) break;
      node = child;
    }
    return node;
  }
}
