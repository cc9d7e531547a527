// The buttons and menus above the graphs.

const VIEW_NAMES = {
  flame: ["Flame graph", "What calls what, from the roots"],
  callers: ["Callers", "The whole tree from its leaves: who calls what costs most"],
  sandwich: ["Sandwich", "Callers and callees of one function"],
  table: ["Table", "Every function"],
  timeline: ["Timeline", "What happened when"],
};
const WIDTHS = { sum: "before + after", max: "the larger", before: "before", after: "after" };
const MENUS = ["value", "thread", "frames", "width", "change", "palette"];

class Controls {
  constructor(app) {
    this.app = app;
    this.model = app.model;
    this.buildViews();
    this.buildMenus();
    this.buildButtons();
  }

  element(id) {
    return this.app.element(id);
  }

  buildViews() {
    for (const [at, view] of this.model.views.entries()) {
      const button = make("button", "", VIEW_NAMES[view][0]);
      Object.assign(button, { type: "button", title: `${VIEW_NAMES[view][1]} (${at + 1})` });
      button.dataset.view = view;
      button.addEventListener("click", () => this.app.open(view));
      this.element("views").append(button);
    }
  }

  buildMenus() {
    const { app, model } = this;
    const { header } = model;
    const of = (choices) => Object.entries(choices);
    const values = header.values.map(({ kind, unit }, at) => [at, unit && unit !== kind ? `${kind} (${unit})` : kind]);
    this.menu("value", values.length > 1 && !header.isDiff ? values : [], (value) => app.change({ value: Number(value), zoom: model.state.zoom }));
    const threads = model.threads.map((label) => [label, model.name(label)]);
    this.menu("thread", threads.length > 1 ? [[0, `all ${threads.length}`], ...threads] : [], (thread) => app.change({ thread: Number(thread), zoom: [] }));
    const has = { function: true, folded: true, file: model.labels.files.some(Boolean), module: model.labels.modules.some(Boolean) };
    this.menu("frames", of(FRAMES).filter(([frames]) => has[frames]), (frames) => app.regroup(frames));
    this.menu("width", header.isDiff ? of(WIDTHS) : [], (width) => app.change({ width }));
    this.menu("change", header.isDiff ? of(CHANGES) : [], (change) => app.change({ change }));
    this.menu("palette", header.isDiff ? [] : of(PALETTES), (palette) => app.change({ palette }, false));
  }

  menu(id, choices, choose) {
    const select = this.element(id);
    this.element(`${id}-menu`).hidden = choices.length === 0;
    select.replaceChildren(...choices.map(([value, text]) => new Option(text, value)));
    select.addEventListener("change", () => choose(select.value));
  }

  buildButtons() {
    const { app } = this;
    const press = (id, action) => this.element(id).addEventListener("click", action);
    this.element("query").addEventListener("input", () => app.search(this.element("query").value));
    for (const kind of Object.keys(STEPS)) press(`step-${kind}`, () => app.cutFound(kind));
    press("orientation", () => app.turn());
    press("order", () => app.reorder());
    press("theme", () => app.toggleTheme());
    press("help", () => this.element("keys").showModal());
    press("save", () => app.saving.toggle());
    document.addEventListener("click", (event) => event.target.closest("#save, #save-menu") || app.saving.toggle(false));
  }

  /** Shows what is chosen. */
  show() {
    const { state } = this.model;
    const isTable = state.view === "table";
    for (const button of this.element("views").children) button.setAttribute("aria-pressed", String(button.dataset.view === state.view));
    for (const id of MENUS) this.element(id).value = state[id];
    this.element("query").value = state.query;
    const say = (id, text, title, isHidden) => Object.assign(this.element(id), { textContent: text, title, hidden: isHidden });
    const isFixed = isTable || state.view === "sandwich" || state.view === "timeline";
    say("orientation", state.isInverted ? "↓ Icicle" : "↑ Flame", "Roots at the bottom or at the top (i)", isFixed);
    say("order", state.isByWeight ? "Largest first" : "By name", "What stands from left to right (o)", isTable || state.view === "timeline");
    this.element("save").hidden = isTable;
  }
}
