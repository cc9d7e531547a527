// What is told of a frame or a function: rows of a title, a value and a share.

class Told {
  constructor(model, stage) {
    this.model = model;
    this.stage = stage;
  }

  /** Returns what a function costs at all its places. */
  ofFunction(label) {
    const { model } = this;
    const costs = model.costs();
    const unit = model.valueUnit;
    if (model.header.isDiff) {
      return [["self", costs.own], ["total", costs.total]].map(([title, [before, after]]) => [
        title, `${amount(before[label] ?? 0, unit)} → ${amount(after[label] ?? 0, unit)}`, ratio(before[label] ?? 0, after[label] ?? 0),
      ]);
    }
    const cell = (column) => column[model.state.value]?.[label] ?? 0;
    const sign = costs.isEstimate ? "≈" : costs.isBound.has(label) ? "≤" : "";
    const rows = [["self", "", cell(costs.own)], ["total", sign, cell(costs.total)]];
    return rows.map(([title, sign, value]) => [title, sign + amount(value, unit), percent(value, model.whole())]);
  }

  /** Returns what is told of a node. */
  ofNode(canvas, node) {
    const { model } = this;
    const { tree, column, widths, change } = canvas.scene;
    const unit = model.unit;
    if (change) {
      const [before, after] = [change.before[node], change.after[node]];
      const noise = change.isNoise(node) && before !== after ? ", may be noise" : "";
      return [
        ["before", amount(before, unit), percent(before, change.before[0])],
        ["after", amount(after, unit), percent(after, change.after[0])],
        ["change", signed(after - before, unit), ratio(before, after) + noise],
      ];
    }
    let own = widths[node];
    for (let child = node + 1; child < tree.ends[node]; child = tree.ends[child]) if (tree.labels[child] !== 0) own -= widths[child];
    const whole = canvas.lanes.reduce((sum, lane) => Math.max(sum, lane.width), 0);
    if (model.state.view === "timeline") {
      const start = canvas.scene.starts[node] - canvas.laneOf(node).start;
      return [["from", amount(start, unit), ""], ["for", amount(widths[node], unit), percent(widths[node], whole)], ["self", amount(own, unit), percent(own, whole)]];
    }
    // The stacks of a call graph are a guess; what all of them add up to is not.
    const sign = model.header.isEstimated && node > 0 ? "≈" : "";
    const rows = [["total", sign + amount(widths[node], unit), percent(widths[node], whole)]];
    if (model.state.view === "flame" || canvas === this.stage.callees) rows.push(["self", sign + amount(own, unit), percent(own, whole)]);
    if (node > 0 && column >= 0) rows.push(["of parent", "", percent(widths[node], widths[tree.parents[node]])]);
    return rows;
  }

  /** Returns everything that is told of a node. */
  inOneLine(canvas, node) {
    const { scene } = canvas;
    const place = this.model.place(scene.tree.labels[node]);
    const rows = this.ofNode(canvas, node).map((row) => row.filter(Boolean).join(" "));
    return [scene.text(node), place, ...rows].filter(Boolean).join(", ");
  }
}
