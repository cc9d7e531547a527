// Trees made of another tree: merged from the leaves, or from all places of one function.

/** What is narrower than this part of what is looked at is not worth a node. */
const PARTS = 8192;

/**
 * Returns the tree of what stands below some nodes, each with the values of `columns` at the same place.
 * Along the path `zoom` of labels, finer parts are kept than elsewhere.
 */
function mergeUp(tree, nodes, columns, root, zoom) {
  const { parents, labels } = tree;
  const at = Uint32Array.from(nodes);
  const grow = (items, take) => {
    for (const item of items) {
      const node = at[item];
      at[item] = parents[node];
      take(node === 0 ? 0 : labels[node], item, columns, item);
    }
  };
  return merge(grow, Array.from(at.keys()), root, columns.length, zoom);
}

/** Returns the tree of what stands above some nodes, which are one at its root. */
function mergeDown(tree, nodes, columns, root, zoom) {
  const { ends, labels } = tree;
  const own = columns.map((column) => tree.own[column]);
  const totals = columns.map((column) => tree.total(column));
  const grow = (items, take) => {
    for (const node of items) {
      take(0, node, own, node);
      for (let child = node + 1; child < ends[node]; child = ends[child]) take(labels[child], child, totals, child);
    }
  };
  return merge(grow, Array.from(nodes), root, columns.length, zoom);
}

/**
 * Builds a tree in preorder. `grow` hands out what comes next for some items: a label, or 0 for what goes no
 * further, the item that goes on from there, and where the values stand that it brings.
 */
function merge(grow, items, root, columns, zoom) {
  const labels = [];
  const depths = [];
  const own = Array.from({ length: columns }, () => []);
  const pending = [{ label: root, depth: 0, items, least: undefined, isZoom: true }];
  while (pending.length > 0) {
    const group = pending.pop();
    const node = labels.push(group.label) - 1;
    depths.push(group.depth);
    for (const column of own) column.push(0);
    const children = new Map();
    let weight = 0;
    grow(group.items, (label, item, values, at) => {
      for (let column = 0; column < columns; column++) weight += values[column][at];
      if (label === 0) {
        for (let column = 0; column < columns; column++) own[column][node] += values[column][at];
        return;
      }
      let child = children.get(label);
      if (!child) children.set(label, (child = { label, depth: group.depth + 1, items: [], weight: 0, values: new Array(columns).fill(0) }));
      child.items.push(item);
      for (let column = 0; column < columns; column++) {
        child.values[column] += values[column][at];
        child.weight += values[column][at];
      }
    });
    const isTarget = group.isZoom && group.depth === zoom.length;
    const least = isTarget || group.least === undefined ? weight / PARTS : group.least;
    for (const child of [...children.values()].sort((one, other) => other.label - one.label)) {
      child.isZoom = group.isZoom && zoom[group.depth] === child.label;
      child.least = least;
      if (child.weight > 0 && (child.isZoom || child.weight >= least)) pending.push(child);
      else for (let column = 0; column < columns; column++) own[column][node] += child.values[column];
    }
  }
  return new Tree(Uint32Array.from(labels), Uint32Array.from(depths), own.map((column) => Float64Array.from(column)));
}
