// What is said around the graphs: where one is, what the selected frame is, what the search finds.

/** Returns an element with a text. */
function make(tag, className, text) {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

class Panels {
  constructor(app) {
    this.app = app;
    this.model = app.model;
  }

  element(id) {
    return this.app.element(id);
  }

  show() {
    this.showPath();
    this.showCut();
    this.showFound();
    if (this.model.state.view === "sandwich") this.showMiddle();
    this.describe();
    this.hover(this.app.stage.canvas, -1);
  }

  showPath() {
    const { model, app } = this;
    const { state } = model;
    const path = this.element("path");
    path.replaceChildren();
    const add = (text, action) => {
      const part = make(action ? "button" : "span", action ? "" : "here", text);
      part.title = text;
      if (action) part.addEventListener("click", action);
      if (path.childElementCount > 0) path.append("›");
      path.append(part);
    };
    if (state.view === "timeline") return add(`from left to right: time, ${amount(app.stage.canvas.whole, model.unit)}`);
    if (state.view === "table") return add(this.tableTitle());
    if (state.view === "sandwich") return add("above: who calls it · below: what it calls");
    const labels = state.zoom.filter((label) => label > 0);
    add(state.view === "callers" ? "all, from the leaves" : "all", labels.length > 0 ? () => app.change({ zoom: [] }) : null);
    const kept = labels.length > 7 ? [...labels.slice(0, 2), null, ...labels.slice(-4)] : labels;
    for (const [at, label] of kept.entries()) {
      const depth = label === null ? 0 : at < 2 || kept === labels ? at + 1 : labels.length - (kept.length - at) + 1;
      if (label === null) add("…");
      else add(model.name(label), depth < labels.length ? () => app.change({ zoom: state.zoom.slice(0, depth) }) : null);
    }
  }

  tableTitle() {
    const { model } = this;
    const { thread, frames } = model.state;
    const what = model.isGrouped ? FRAMES[frames] : "functions";
    const whose = thread ? `${what} of ${model.name(thread)}` : `all ${what}`;
    return model.costs().isEstimate ? `${whose}: an estimate, the source has no stacks` : whose;
  }

  /** Shows the steps of the cut, each with a button that takes it back. */
  showCut() {
    const { model, app } = this;
    const { steps } = model.state;
    const chips = steps.map((step, at) => {
      const [word, what] = STEPS[step.kind];
      const text = printable(step.text.split("\n")[0]);
      const chip = make("button", "chip", `${word} ${text} ×`);
      chip.title = `${what}: ${text}. Press to take this back.`;
      chip.addEventListener("click", () => app.change({ steps: steps.filter((_, other) => other !== at), zoom: [] }));
      return chip;
    });
    const whole = model.header.values[model.state.value]?.total ?? 0;
    if (chips.length > 0) chips.push(make("span", "", `${percent(model.tree.total(model.state.value)[0], whole)} left`));
    this.element("cut").replaceChildren(...chips);
  }

  showFound(place = "") {
    const { model } = this;
    const found = model.found();
    const output = this.element("matched");
    this.element("query").classList.toggle("wrong", Boolean(found) && model.isWrong);
    const functions = found ? found.reduce((sum, is) => sum + is, 0) : 0;
    this.element("steps").hidden = functions === 0;
    if (!found) return (output.textContent = "");
    const { matched, whole } = model.matched(found);
    output.textContent = functions === 0 ? "no match" : `${place}${percent(matched, whole)}`;
    output.title = `${functions.toLocaleString("en-US")} names match; together ${amount(matched, model.unit)}, what stands on another match counted once`;
    output.dataset.matched = matched;
  }

  showMiddle() {
    const { model } = this;
    const label = model.function;
    const told = this.app.told.ofFunction(label);
    const facts = told.map(([title, value, share]) => `${title} ${value}${share ? ` (${share})` : ""}`).join("   ");
    const name = label ? model.name(label) : "no function";
    this.element("middle").replaceChildren(make("b", "", name), make("span", "", facts), make("span", "", model.place(label)));
  }

  describe() {
    const { model, app } = this;
    const details = this.element("details");
    const canvas = app.stage.active;
    const isTable = model.state.view === "table";
    const node = isTable ? -1 : canvas.selected;
    if (node < 0 || !canvas.scene || node >= canvas.scene.tree.size) {
      const hints = isTable ? "Click a function to see its callers and callees" : "Click a frame to zoom in, Esc to go back";
      return details.replaceChildren(make("span", "hint", `${hints}  ·  / to search  ·  ? for all keys`));
    }
    const rows = app.told.ofNode(canvas, node).map((row) => make("span", "fact", row.filter(Boolean).join(" ")));
    const place = make("span", "place", model.place(canvas.scene.tree.labels[node]));
    details.replaceChildren(make("span", "name", canvas.scene.text(node)), ...rows, place);
  }

  hover(canvas, node, point) {
    const tip = this.element("tip");
    canvas.element.classList.toggle("over", node >= 0);
    if (node !== canvas.hovered) {
      canvas.hovered = node;
      if (canvas.scene && this.model.state.view !== "table") this.app.stage.draw();
      tip.hidden = node < 0;
      if (node >= 0) this.fillTip(tip, canvas, node);
    }
    if (node < 0 || !point) return;
    const graph = this.element("graph");
    const top = canvas.element.parentElement.offsetTop + point.y;
    const [width, height] = [tip.offsetWidth, tip.offsetHeight];
    tip.style.left = `${Math.max(0, Math.min(point.x + 14, graph.clientWidth - width - 4))}px`;
    tip.style.top = `${Math.max(0, top + 22 + height > graph.clientHeight ? top - height - 12 : top + 22)}px`;
  }

  fillTip(tip, canvas, node) {
    const { model, app } = this;
    const label = canvas.scene.tree.labels[node];
    const list = document.createElement("dl");
    const add = (row) => list.append(make("dt", "", row[0]), make("dd", "", row[1]), make("dd", "", row[2]));
    app.told.ofNode(canvas, node).forEach(add);
    if (label > 0 && model.labels.isFunction[label]) {
      app.told.ofFunction(label).forEach(([title, value, share]) => add([`${title}, everywhere`, value, share]));
    }
    const places = [model.place(label), model.module(label)].filter(Boolean).map((place) => make("div", "place", place));
    tip.replaceChildren(make("div", "name", canvas.scene.text(node)), ...places, list);
  }
}
