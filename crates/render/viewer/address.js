// The address of a view, so that a link leads to it and the browser's Back goes back.

/** Returns what stands behind the # of the address. */
function toAddress(model) {
  const { state, header } = model;
  const parts = new URLSearchParams();
  parts.set("view", state.view);
  if (state.value !== header.shown) parts.set("value", state.value);
  if (state.thread) parts.set("thread", model.name(state.thread));
  if (state.frames !== "function") parts.set("frames", state.frames);
  if (state.steps.length > 0) parts.set("steps", JSON.stringify(state.steps.map(({ kind, text, isExact }) => [kind, text, isExact ? 1 : 0])));
  if (state.label && state.view === "sandwich") parts.set("function", functionText(model, state.label));
  if (state.isInverted !== header.isInverted) parts.set("roots", state.isInverted ? "top" : "bottom");
  if (state.isByWeight !== (header.order === "weight")) parts.set("order", state.isByWeight ? "weight" : "name");
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
  if (thread !== null) told.thread = model.threads.find((label) => model.name(label) === thread) ?? 0;
  told.frames = Object.hasOwn(FRAMES, parts.get("frames")) ? parts.get("frames") : "function";
  // Files and modules are labels only where they are looked at.
  if (told.frames === "file" || told.frames === "module") model.groups(told.frames);
  told.steps = listOf(parts.get("steps")).filter(isStep).map(([kind, text, isExact]) => ({ kind, text, isExact: isExact === 1 }));
  told.isInverted = parts.has("roots") ? parts.get("roots") === "top" : model.header.isInverted;
  told.isByWeight = parts.has("order") ? parts.get("order") === "weight" : model.header.order === "weight";
  told.label = labelOf(model, parts.get("function")) ?? 0;
  told.width = ["before", "after", "max", "sum"].includes(parts.get("width")) ? parts.get("width") : "sum";
  told.change = Object.hasOwn(CHANGES, parts.get("change")) ? parts.get("change") : "ratio";
  told.zoom = listOf(parts.get("zoom")).map((name) => labelOf(model, String(name)) ?? -1);
  return told;
}

/** Returns the list that a part of an address holds; a link that somebody has cut off leads to the whole. */
function listOf(text) {
  try {
    const list = JSON.parse(text ?? "[]");
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

function isStep(step) {
  return Array.isArray(step) && Object.hasOwn(STEPS, step[0]) && typeof step[1] === "string";
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
