// From frame to frame, by keys.

/** Selects the frame beside the selected one, as it is seen. */
function move(stage, where) {
  const canvas = stage.active;
  const { tree, widths, starts, isFlame, zoom } = canvas.scene;
  const node = canvas.selected;
  if (node < 0) return visit(stage, zoom ?? 0, canvas);
  if (where === "left" || where === "right") return visit(stage, beside(canvas.scene, node, where === "left" ? -1 : 1), canvas);
  if ((where === "up") !== isFlame) return visit(stage, tree.parents[node], canvas);
  let widest = node;
  for (let child = node + 1; child < tree.ends[node]; child = tree.ends[child]) {
    if (tree.labels[child] !== 0 && (widest === node || widths[child] > widths[widest])) widest = child;
  }
  visit(stage, widest, canvas);
}

/** Returns the nearest sibling on one side. */
function beside({ tree, widths, starts }, node, side) {
  const parent = tree.parents[node];
  let nearest = node;
  for (let child = parent + 1; node !== 0 && child < tree.ends[parent]; child = tree.ends[child]) {
    const distance = (starts[child] - starts[node]) * side;
    const isNearer = nearest === node || distance < (starts[nearest] - starts[node]) * side;
    if (distance > 0 && widths[child] > 0 && tree.labels[child] !== 0 && isNearer) nearest = child;
  }
  return nearest;
}

/** Selects a node and brings it into sight. */
function visit(stage, node, canvas = stage.active) {
  stage.select(node, canvas);
  let place = canvas.place(node);
  if (!place) return;
  const isFar = place.x + Math.min(place.width, 4) < 0 || place.x > canvas.width - 2;
  if (isFar || place.width < 4) {
    const lane = canvas.laneOf(node);
    const { widths, starts, tree } = canvas.scene;
    const span = Math.min(canvas.whole, Math.max(widths[node] * 20, widths[tree.parents[node]] * 0.5));
    const left = starts[node] - lane.start + widths[node] / 2 - span / 2;
    canvas.target = { left: Math.min(canvas.whole - span, Math.max(0, left)), span };
    stage.animate(canvas);
    place = canvas.place(node);
  }
  canvas.reveal(place.row);
  stage.draw();
}

/** Returns what a search finds and does not stand on what it finds, the widest first. */
function outermost(canvas, found) {
  const { tree, widths } = canvas.scene;
  const nodes = [];
  for (const { root } of canvas.lanes) {
    for (let node = root, end = tree.ends[root]; node < end; ) {
      if (found[tree.labels[node]]) {
        if (widths[node] > 0) nodes.push(node);
        node = tree.ends[node];
      } else node++;
    }
  }
  return nodes.sort((one, other) => widths[other] - widths[one]);
}
