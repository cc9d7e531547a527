// Trees made of another tree: merged from the leaves, from all places of one function, or from what a cut leaves.

/** What is narrower than this part of what is looked at is not worth a node. */
const PARTS = 8192;

/**
 * Returns the tree of what stands below some nodes, each with the values of `columns` at the same place.
 * Along the path `zoom` of labels, finer parts are kept than elsewhere.
 */
function mergeUp(tree, nodes, columns, root, zoom) {
  const { parents, labels } = tree;
  const at = Uint32Array.from(nodes);
  const grow = (item, take) => {
    const node = at[item];
    at[item] = parents[node];
    take(node === 0 ? 0 : labels[node], item, columns, item);
  };
  return merge({ grow, items: at.keys(), size: at.length, root, columns: columns.length, zoom, parts: PARTS });
}

/** Returns the tree of what stands above some nodes, which are one at its root. */
function mergeDown(tree, nodes, columns, root, zoom) {
  const { ends, labels } = tree;
  const own = columns.map((column) => tree.own[column]);
  const totals = columns.map((column) => tree.total(column));
  const grow = (node, take) => {
    take(0, node, own, node);
    for (let child = node + 1; child < ends[node]; child = ends[child]) take(labels[child], child, totals, child);
  };
  return merge({ grow, items: nodes, size: tree.size, root, columns: columns.length, zoom, parts: PARTS });
}

/** Returns a tree with `labelOf` its labels: 0 for what becomes a part of what it stands on. */
function mergeWhole(tree, labelOf, isFolded) {
  const { ends, labels, own } = tree;
  const totals = own.map((_, column) => tree.total(column));
  const grow = (node, take, label) => {
    take(0, node, own, node);
    for (let child = node + 1, end = ends[node]; child < end; ) {
      const name = labelOf[labels[child]];
      if (name === 0 || (isFolded && name === label)) {
        take(0, child, own, child);
        child++;
      } else {
        take(name, child, totals, child);
        child = ends[child];
      }
    }
  };
  return merge({ grow, items: [0], size: tree.size, root: 0, columns: own.length, zoom: [], parts: Infinity });
}

/**
 * Builds a tree in preorder. `grow` hands out what comes next for an item: a label, or 0 for what goes no
 * further, the item that goes on from there, and where the values stand that it brings. `items` are numbers below
 * `size`; those that become one node are a list, in which each tells the `next` one.
 */
function merge({ grow, items, size, root, columns, zoom, parts }) {
  const labels = [];
  const depths = [];
  const own = Array.from({ length: columns }, () => []);
  const next = new Int32Array(size);
  let head = -1;
  for (const item of items) {
    next[item] = head;
    head = item;
  }
  const pending = [{ label: root, depth: 0, head, least: -1, isZoom: true }];
  // The children of the node that is looked at, and the place of each label among them.
  const children = [];
  const places = [];
  let node, group, weight;
  const take = (label, item, values, at) => {
    if (label === 0) {
      for (let column = 0; column < columns; column++) {
        own[column][node] += values[column][at];
        weight += values[column][at];
      }
      return;
    }
    let child = children[places[label]];
    if (child === undefined || child.label !== label) {
      places[label] = children.length;
      child = { label, depth: group.depth + 1, head: -1, weight: 0, values: new Float64Array(columns), least: 0, isZoom: false };
      children.push(child);
    }
    next[item] = child.head;
    child.head = item;
    for (let column = 0; column < columns; column++) {
      child.values[column] += values[column][at];
      child.weight += values[column][at];
    }
  };
  while (pending.length > 0) {
    group = pending.pop();
    node = labels.push(group.label) - 1;
    depths.push(group.depth);
    for (const column of own) column.push(0);
    weight = 0;
    children.length = 0;
    for (let item = group.head; item >= 0; ) {
      const following = next[item];
      grow(item, take, group.label);
      item = following;
    }
    for (const child of children) weight += child.weight;
    const isTarget = group.isZoom && group.depth === zoom.length;
    const least = isTarget || group.least < 0 ? weight / parts : group.least;
    if (children.length > 1) children.sort((one, other) => other.label - one.label);
    for (const child of children) {
      child.isZoom = group.isZoom && zoom[group.depth] === child.label;
      child.least = least;
      // Of a whole tree, roots stay that have nothing: they are threads.
      const isKept = child.weight > 0 ? child.isZoom || child.weight >= least : parts === Infinity && child.depth === 1;
      if (isKept) pending.push(child);
      else for (let column = 0; column < columns; column++) own[column][node] += child.values[column];
    }
  }
  return new Tree(Uint32Array.from(labels), Uint32Array.from(depths), own.map((column) => Float64Array.from(column)));
}
