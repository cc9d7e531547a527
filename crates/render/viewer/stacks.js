// The stacks that a view shows, in formats that other tools read.

/** Stacks of a scene under what is zoomed into, with a value for each column. */
class Stacks {
  constructor(model, canvas) {
    const { scene } = canvas;
    const { tree } = scene;
    this.model = model;
    this.tree = tree;
    this.roots = scene.zoom ? [scene.zoom] : canvas.lanes.map((lane) => lane.root);
    const isTimeline = model.state.view === "timeline";
    const isDiff = model.header.isDiff && !isTimeline;
    this.columns = isDiff ? [0, 1] : [scene.column];
    const time = { kind: "time", unit: "nanoseconds", dimension: "time", factor: 1, exponent: -9 };
    this.values = isTimeline ? [time] : this.columns.map((column) => model.header.values[isDiff ? column : model.state.value]);
  }

  /** Calls `take` with the labels of each stack, root first, and its values. */
  each(take) {
    const { labels, depths, ends, own } = this.tree;
    for (const root of this.roots) {
      const path = this.tree.path(root).slice(0, -1).map((node) => labels[node]);
      for (let node = root; node < ends[root]; node++) {
        path.length = depths[node];
        path.push(labels[node]);
        const values = this.columns.map((column) => own[column][node]);
        const stack = path.filter((label) => label !== 0);
        if (stack.length > 0 && values.some((value) => value > 0)) take(stack, values);
      }
    }
  }
}

/** Returns collapsed stacks; of a comparison with two counts, before and after. */
function asFolded(stacks) {
  const { model } = stacks;
  const spell = (label) => model.name(label).replaceAll(";", ":").replace(/ (?=[\d.]+$)/, "\u00a0").trim() || "(anonymous)";
  const lines = [];
  stacks.each((stack, values) => lines.push(`${stack.map(spell).join(";")} ${values.map(Math.round).join(" ")}\n`));
  return lines.join("");
}

/** Returns a unit that speedscope knows, and how many of it a value is. */
function speedscopeUnit({ dimension, factor, exponent }) {
  if (dimension === "time") return ["nanoseconds", factor * 10 ** (exponent + 9)];
  return [dimension === "bytes" ? "bytes" : "none", factor * 10 ** exponent];
}

/** Returns a file of speedscope: a profile for each value. */
function asSpeedscope(stacks, title) {
  const { labels } = stacks.model;
  const frames = [];
  const places = new Map();
  const place = (label) => {
    if (!places.has(label)) {
      places.set(label, frames.length);
      const [file, line] = [labels.texts[labels.files[label]], labels.lines[label]];
      frames.push({ name: stacks.model.name(label), ...(file && { file }), ...(file && line && { line }) });
    }
    return places.get(label);
  };
  const profiles = stacks.values.map((value) => {
    const [unit] = speedscopeUnit(value);
    return { type: "sampled", name: value.kind || title, unit, startValue: 0, endValue: 0, samples: [], weights: [] };
  });
  const scales = stacks.values.map((value) => speedscopeUnit(value)[1]);
  stacks.each((stack, values) => {
    const sample = stack.map(place);
    for (const [at, value] of values.entries()) {
      if (value === 0) continue;
      profiles[at].samples.push(sample);
      profiles[at].weights.push(value * scales[at]);
      profiles[at].endValue += value * scales[at];
    }
  });
  const $schema = "https://www.speedscope.app/file-format-schema.json";
  return JSON.stringify({ $schema, name: title, exporter: "profkit", activeProfileIndex: 0, shared: { frames }, profiles });
}
