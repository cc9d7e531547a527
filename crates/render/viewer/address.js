// The address of a view, so that a link leads to it and the browser's Back goes back.

/** Returns what stands behind the # of the address. */
function toAddress(model) {
  const { state, header } = model;
  const parts = new URLSearchParams();
  parts.set("view", state.view);
  if (state.value !== header.shown) parts.set("value", state.value);
  if (state.thread) parts.set("thread", model.name(model.tree.labels[state.thread]));
  if (state.label && state.view === "sandwich") parts.set("function", functionText(model, state.label));
  // Names may hold any character: a path of them is JSON.
  if (state.zoom.length > 0) parts.set("zoom", JSON.stringify(state.zoom.map((label) => functionText(model, label))));
  if (state.query) parts.set("search", state.query);
  if (header.isDiff && state.width !== "sum") parts.set("width", state.width);
  if (header.isDiff && state.change !== "ratio") parts.set("change", state.change);
  return `#${parts}`;
}

/** Returns the parts of the state that an address tells. */
function fromAddress(model, hash) {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  const told = { view: "", value: model.header.shown, thread: 0, label: 0, zoom: [], query: parts.get("search") ?? "" };
  told.view = model.views.includes(parts.get("view")) ? parts.get("view") : model.firstView;
  const value = Number(parts.get("value") ?? model.header.shown);
  if (Number.isInteger(value) && value >= 0 && value < model.header.values.length) told.value = value;
  const thread = parts.get("thread");
  if (thread !== null) told.thread = model.threads.find((root) => model.name(model.tree.labels[root]) === thread) ?? 0;
  told.label = labelOf(model, parts.get("function")) ?? 0;
  told.width = ["before", "after", "max", "sum"].includes(parts.get("width")) ? parts.get("width") : "sum";
  told.change = parts.get("change") in CHANGES ? parts.get("change") : "ratio";
  try {
    const names = JSON.parse(parts.get("zoom") ?? "[]");
    if (Array.isArray(names)) told.zoom = names.map((name) => labelOf(model, String(name)) ?? -1);
  } catch {
    // A link that somebody has cut off leads to the whole.
  }
  return told;
}

/** Returns a text that only this function has. */
function functionText(model, label) {
  const place = model.place(label);
  return place ? `${model.labels.names[label]}\n${place}` : model.labels.names[label];
}

function labelOf(model, text) {
  if (text === null) return undefined;
  if (!model.labelsByText) {
    model.labelsByText = new Map();
    model.labels.names.forEach((_, label) => label > 0 && model.labelsByText.set(functionText(model, label), label));
    model.labels.names.forEach((name, label) => label > 0 && !model.labelsByText.has(name) && model.labelsByText.set(name, label));
  }
  return model.labelsByText.get(text);
}
