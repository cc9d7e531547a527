// The page: puts the model on the screen, and what is done there back into the model.

class App {
  constructor(model) {
    this.model = model;
    this.colors = new Colors(model.labels);
    this.stage = new Stage(this);
    this.told = new Told(model, this.stage);
    this.panels = new Panels(this);
    this.saving = new Saving(this);
    this.controls = new Controls(this);
    this.table = new Table(this.element("functions"), this.element("more"), { sandwich: (label) => this.sandwich(label) });
  }

  element(id) {
    return document.getElementById(id);
  }

  start() {
    const { header } = this.model;
    document.title = header.title;
    for (const id of ["title", "subtitle"]) this.element(id).title = this.element(id).textContent = header[id];
    this.element("legend").hidden = !header.isDiff;
    this.element("noise").hidden = !(header.isDiff && header.values[0].isObserved);
    watchKeys(this);
    listKeys(this.element("keys-list"));
    const dark = matchMedia("(prefers-color-scheme: dark)");
    this.setTheme(dark.matches);
    dark.addEventListener("change", () => this.setTheme(dark.matches));
    addEventListener("popstate", () => this.fromAddress());
    this.fromAddress();
    new ResizeObserver(() => this.stage.layout()).observe(this.element("graph"));
  }

  // What is looked at.

  /** Takes a change of the state, shows it, and puts it into the address. */
  change(changes, isStep = true) {
    Object.assign(this.model.state, changes);
    const address = toAddress(this.model);
    try {
      if (address !== location.hash) history[isStep ? "pushState" : "replaceState"](null, "", address);
    } catch {
      // A page inside another one may not have an address of its own.
    }
    this.refresh();
  }

  fromAddress() {
    Object.assign(this.model.state, fromAddress(this.model, location.hash));
    this.refresh();
  }

  open(view) {
    if (view !== this.model.state.view) this.change({ view, zoom: [] });
    if (view !== "table") this.element("canvas").focus({ preventScroll: true });
  }

  sandwich(label) {
    if (label > 0) this.change({ view: "sandwich", label, zoom: [] });
  }

  search(query) {
    if (this.element("query").value !== query) this.element("query").value = query;
    this.change({ query }, false);
  }

  startSearch() {
    this.element("query").focus();
    this.element("query").select();
  }

  /** Goes to the next place that the search finds, or back to the one before. */
  next(step) {
    const found = this.model.found();
    if (!found || this.model.state.view === "table") return;
    const { canvas } = this.stage;
    this.matches ??= outermost(canvas, found);
    const count = this.matches.length;
    if (count === 0) return;
    const at = this.matches.indexOf(canvas.selected);
    const next = at < 0 ? (step > 0 ? 0 : count - 1) : (at + step + count) % count;
    visit(this.stage, this.matches[next], canvas);
    this.panels.showFound(`${next + 1} of ${count.toLocaleString("en-US")} · `);
  }

  regroup(frames) {
    // A function is in no tree of files.
    this.change({ frames, zoom: [], label: 0 });
  }

  nextFrames() {
    const choices = Array.from(this.element("frames").options, (option) => option.value);
    this.regroup(choices[(choices.indexOf(this.model.state.frames) + 1) % choices.length]);
  }

  /** Takes away what the search finds, or all else. */
  cutFound(kind) {
    const { query, steps } = this.model.state;
    if (query) this.change({ steps: [...steps, { kind, text: query, isExact: false }], query: "", zoom: [] });
  }

  /** Takes away the function of the selected frame, or all else. */
  cutSelected(kind) {
    const { model } = this;
    const label = this.stage.selectedLabel;
    if (!label || !model.labels.isFunction[label]) return;
    this.change({ steps: [...model.state.steps, { kind, ...model.stepText(label) }], zoom: [] });
  }

  uncut() {
    const { steps } = this.model.state;
    if (steps.length > 0) this.change({ steps: steps.slice(0, -1), zoom: [] });
  }

  turn() {
    this.change({ isInverted: !this.model.state.isInverted }, false);
  }

  reorder() {
    this.change({ isByWeight: !this.model.state.isByWeight }, false);
  }

  nextValue() {
    if (!this.model.header.isDiff) this.change({ value: (this.model.state.value + 1) % Math.max(1, this.model.header.values.length) });
  }

  setTheme(isDark) {
    document.documentElement.classList.toggle("dark", isDark);
    this.colors.use(this.model.state.palette, isDark);
    if (this.stage.canvas.scene) this.stage.draw();
  }

  toggleTheme() {
    this.setTheme(!document.documentElement.classList.contains("dark"));
  }

  /** Takes one step back: the menu, the search, the zoom, the selection. */
  back() {
    const { state } = this.model;
    if (this.saving.isOpen) return this.saving.toggle(false);
    if (state.query) return this.search("");
    if (state.zoom.length > 0) return this.change({ zoom: state.zoom.slice(0, -1) });
    if (this.stage.isMoved) return this.stage.reset();
    this.stage.select(-1);
  }

  // What is shown.

  refresh() {
    const { model } = this;
    const { state } = model;
    const isTable = state.view === "table";
    const isSandwich = state.view === "sandwich";
    this.matches = null;
    this.colors.use(state.palette, document.documentElement.classList.contains("dark"));
    this.element("graph").hidden = isTable;
    this.element("list").hidden = !isTable;
    this.element("lower").hidden = this.element("middle").hidden = !isSandwich;
    this.element("empty").hidden = isTable || model.whole() > 0 || model.tree.size > 1;
    this.element("empty").textContent = state.steps.length > 0 ? "Nothing is left:\nno stack holds all of that." : "Nothing to draw:\nno sample has a value.";
    this.controls.show();
    if (isTable) this.table.show(model);
    this.stage.show();
    this.panels.show();
  }
}

async function start() {
  const payload = document.getElementById("payload");
  try {
    const model = new Model(await readPayload(payload.textContent));
    payload.remove();
    new App(model).start();
    document.documentElement.dataset.readyMs = performance.now().toFixed(0);
  } catch (error) {
    document.getElementById("empty").hidden = false;
    document.getElementById("empty").textContent = `This page cannot be shown here:\n${error.message}`;
    throw error;
  }
}

start();
