// What is saved of the view that is shown, and as what.

class Saving {
  constructor(app) {
    this.app = app;
    this.model = app.model;
    const press = (id, action) => app.element(id).addEventListener("click", () => this.save(action));
    press("save-svg", () => this.svg());
    press("save-folded", () => this.folded());
    press("save-speedscope", () => this.speedscope());
    press("save-pprof", () => this.pprof());
    app.element("save-menu").addEventListener("keydown", (event) => this.step(event));
  }

  /** Arrows go from item to item. */
  step(event) {
    const side = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!side) return;
    const items = Array.from(this.app.element("save-menu").children);
    items[(items.indexOf(event.target) + side + items.length) % items.length].focus();
    event.preventDefault();
  }

  toggle(isOpen = this.app.element("save-menu").hidden) {
    const hadFocus = this.app.element("save-menu").contains(document.activeElement);
    this.app.element("save-menu").hidden = !isOpen;
    this.app.element("save").setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this.app.element("save-svg").focus();
    else if (hadFocus) this.app.element("save").focus();
  }

  get isOpen() {
    return !this.app.element("save-menu").hidden;
  }

  save(action) {
    this.toggle(false);
    if (this.model.state.view !== "table") action();
  }

  get canvas() {
    const { stage } = this.app;
    return stage.active.scene ? stage.active : stage.canvas;
  }

  /** Returns the name of a file with an ending. */
  named(ending) {
    const title = this.model.header.title.replace(/[^\p{L}\p{N}._-]+/gu, "_").slice(0, 80) || "flame";
    return `${title}.${this.model.state.view}.${ending}`;
  }

  svg() {
    offer(this.named("svg"), "image/svg+xml", asSvg(this.canvas, this.model.header.title, this.model.header.subtitle));
  }

  /** Returns the stacks that are shown. */
  get stacks() {
    return new Stacks(this.model, this.canvas);
  }

  folded() {
    offer(this.named("folded"), "text/plain", asFolded(this.stacks));
  }

  speedscope() {
    offer(this.named("speedscope.json"), "application/json", asSpeedscope(this.stacks, this.model.header.title));
  }

  async pprof() {
    const packed = new Blob([asPprof(this.stacks)]).stream().pipeThrough(new CompressionStream("gzip"));
    offer(this.named("pb.gz"), "application/octet-stream", await new Response(packed).arrayBuffer());
  }
}

/** Offers a text or bytes as a file. */
function offer(name, type, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
