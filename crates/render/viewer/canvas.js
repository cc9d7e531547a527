// Draws what is in sight of a tree, and tells what is where.

const ROW = 20;
const RULER = 22;
const FONT = '12px ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace';

class Canvas {
  constructor(element, colors) {
    this.element = element;
    this.colors = colors;
    this.context = element.getContext("2d", { alpha: false });
    this.left = 0;
    this.span = 1;
    this.scroll = 0;
    this.selected = -1;
    this.hovered = -1;
    this.texts = [];
  }

  /**
   * Takes what is drawn: `tree`, the `widths` and `starts` of its nodes, `lanes` of subtrees under or beside
   * each other, `isFlame` if it grows up, `hasRuler` if it runs in time, and how texts and colours are made.
   */
  show(scene) {
    this.scene = scene;
    // The root of callers is drawn as the root of callees, under them.
    let row = scene.hidesRoot ? -1 : 0;
    this.lanes = scene.roots.map((root) => {
      const lane = { root, row, depth: scene.tree.depths[root], start: scene.starts[root], width: scene.widths[root] };
      const deepest = scene.roots.length > 1 || scene.zoom === undefined ? root : scene.zoom;
      row += scene.tree.deepest(deepest) - lane.depth + 1 + (scene.roots.length > 1 ? 0.6 : 0);
      return lane;
    });
    this.rows = row;
    this.top = scene.hasRuler ? RULER : 0;
    this.whole = Math.max(...this.lanes.map((lane) => lane.width), Number.MIN_VALUE);
  }

  resize() {
    const { clientWidth, clientHeight } = this.element.parentElement;
    this.width = Math.max(1, clientWidth);
    this.height = Math.max(1, clientHeight);
    this.ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(this.width * this.ratio), Math.round(this.height * this.ratio)];
    if (this.element.width !== width || this.element.height !== height) Object.assign(this.element, { width, height });
  }

  get content() {
    return Math.ceil(this.rows * ROW) + this.top;
  }

  get mostScroll() {
    return Math.max(0, this.content - this.height);
  }

  /** Returns the distance of a row from the top of what is in sight. */
  y(row) {
    const place = this.scene.isFlame ? this.content - (row + 1) * ROW : this.top + row * ROW;
    return place - this.scroll;
  }

  /** Scrolls so that a row is in sight. */
  reveal(row) {
    const y = this.y(row);
    if (y < this.top) this.scroll += y - this.top;
    else if (y + ROW > this.height) this.scroll += y + ROW - this.height;
    this.scroll = Math.min(this.mostScroll, Math.max(0, this.scroll));
  }

  draw() {
    const { context, scene } = this;
    const style = getComputedStyle(document.documentElement);
    this.paper = style.getPropertyValue("--paper").trim();
    this.soft = style.getPropertyValue("--soft").trim();
    this.line = style.getPropertyValue("--line").trim();
    this.accent = style.getPropertyValue("--accent").trim();
    this.scroll = Math.min(this.mostScroll, Math.max(0, this.scroll));
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.fillStyle = this.paper;
    context.fillRect(0, 0, this.width, this.height);
    context.font = FONT;
    context.textBaseline = "middle";
    this.letter = context.measureText("M").width;
    this.boxes = 0;
    this.thin = new Uint8Array(Math.ceil(this.height / ROW + 2) * Math.ceil(this.width));
    for (const lane of this.lanes) this.drawLane(lane);
    if (scene.hasRuler) this.drawRuler();
    context.globalAlpha = 1;
    this.outline(this.hovered, this.soft, 1);
    this.outline(this.selected, this.accent, 2);
    this.drawThumb();
  }

  /** Shows which part is in sight of what is higher than the window. */
  drawThumb() {
    if (this.mostScroll === 0) return;
    const { context, height } = this;
    const size = Math.max(24, (height / this.content) * height);
    context.globalAlpha = 0.4;
    context.fillStyle = this.soft;
    context.fillRect(this.width - 4, (this.scroll / this.mostScroll) * (height - size), 4, size);
    context.globalAlpha = 1;
  }

  drawLane(lane) {
    const { scene } = this;
    const { labels, depths, ends } = scene.tree;
    const { widths, starts } = scene;
    const scale = this.width / this.span;
    const end = ends[lane.root];
    for (let node = lane.root; node < end; ) {
      const width = widths[node] * scale;
      const x = (starts[node] - lane.start - this.left) * scale;
      const y = this.y(lane.row + depths[node] - lane.depth);
      const isBeyond = x > this.width || x + width < 0 || (scene.isFlame ? y + ROW < 0 : y > this.height);
      if (isBeyond || width <= 0) {
        node = ends[node];
      } else if (width < 0.7) {
        this.hint(x, y);
        node = ends[node];
      } else {
        const isInSight = y + ROW > this.top && y < this.height;
        if (isInSight && labels[node] !== 0) this.box(node, x, y, width);
        else if (isInSight && depths[node] === 0) this.box(node, x, y, width);
        node++;
      }
    }
  }

  /** What is too narrow to be drawn leaves a shade, one for each pixel. */
  hint(x, y) {
    const row = Math.floor(y / ROW) + 1;
    const at = row * Math.ceil(this.width) + Math.floor(x);
    if (x < 0 || row < 0 || this.thin[at]) return;
    this.thin[at] = 1;
    this.context.globalAlpha = 0.35;
    this.context.fillStyle = this.soft;
    this.context.fillRect(Math.floor(x), y, 1, ROW - 1);
    this.context.globalAlpha = 1;
  }

  box(node, x, y, width) {
    const { context, scene } = this;
    const from = Math.max(0, x);
    const until = Math.min(this.width, x + width);
    const shown = Math.max(until - from - (width > 3 ? 1 : 0), 0.5);
    const dim = scene.dim(node);
    context.globalAlpha = dim;
    context.fillStyle = scene.color(node);
    context.fillRect(from, y, shown, ROW - 1);
    const pattern = scene.hatch?.(node);
    if (pattern && shown > 3) this.hatch(pattern, from, y, shown);
    this.boxes++;
    if (until - from > 3 * this.letter) {
      const text = this.fit(scene.text(node), until - from - 8);
      context.fillStyle = this.colors.text;
      context.globalAlpha = Math.max(dim, 0.55);
      if (text) context.fillText(text, from + 4, y + ROW / 2);
    }
    context.globalAlpha = 1;
  }

  /** Marks what is new with lines up, what is gone with lines down. */
  hatch(pattern, x, y, width) {
    const { context } = this;
    context.save();
    context.beginPath();
    context.rect(x, y, width, ROW - 1);
    context.clip();
    context.globalAlpha = 0.35;
    context.strokeStyle = this.colors.text;
    context.beginPath();
    for (let at = x - ROW; at < x + width; at += 7) {
      context.moveTo(at, pattern === "new" ? y + ROW : y);
      context.lineTo(at + ROW, pattern === "new" ? y : y + ROW);
    }
    context.stroke();
    context.restore();
  }

  /** Returns as much of a name as there is room for: all of it, its last part, or the beginning of that. */
  fit(name, room) {
    for (const text of [name, shortName(name)]) if (this.measure(text) <= room) return text;
    const short = shortName(name);
    let count = Math.floor(room / this.letter) - 1;
    while (count > 0 && this.measure(short.slice(0, count)) > room - this.letter) count--;
    return count > 1 ? `${Array.from(short.slice(0, count)).join("").replace(/[\ud800-\udbff]$/, "")}…` : "";
  }

  measure(text) {
    return /^[ -~]*$/.test(text) ? text.length * this.letter : this.context.measureText(text.slice(0, 400)).width;
  }

  outline(node, color, thickness) {
    const box = this.place(node);
    if (!box) return;
    const { context } = this;
    context.strokeStyle = color;
    context.lineWidth = thickness;
    const from = Math.max(thickness / 2, box.x);
    const until = Math.min(this.width - thickness / 2, box.x + Math.max(2, box.width - 1));
    if (until > from) context.strokeRect(from, box.y + thickness / 2, until - from, ROW - 1 - thickness);
    context.lineWidth = 1;
  }

  /** Returns where a node is drawn, if it is. */
  place(node) {
    const lane = node < 0 || node >= this.scene.tree.size ? undefined : this.laneOf(node);
    if (!lane) return null;
    const scale = this.width / this.span;
    const row = lane.row + this.scene.tree.depths[node] - lane.depth;
    return { x: (this.scene.starts[node] - lane.start - this.left) * scale, y: this.y(row), width: this.scene.widths[node] * scale, row };
  }

  laneOf(node) {
    return this.lanes.find((lane) => node >= lane.root && node < this.scene.tree.ends[lane.root]);
  }

  /** Returns the node at a point, or -1. */
  at(x, y) {
    if (y < this.top) return -1;
    const { tree, widths, starts, isFlame } = this.scene;
    const place = y + this.scroll;
    const row = isFlame ? Math.floor((this.content - place) / ROW) : (place - this.top) / ROW;
    const value = this.left + (x / this.width) * this.span;
    for (const lane of this.lanes) {
      const depth = Math.floor(row - lane.row);
      if (depth < 0 || value < 0 || value > lane.width) continue;
      let node = lane.root;
      while (node >= 0 && tree.depths[node] - lane.depth < depth) {
        let child = node + 1;
        const end = tree.ends[node];
        const isHere = (it) => value >= starts[it] - lane.start && value < starts[it] - lane.start + widths[it];
        while (child < end && !isHere(child)) child = tree.ends[child];
        node = child < end ? child : -1;
      }
      if (node >= 0 && (tree.labels[node] !== 0 || tree.depths[node] === 0)) return node;
    }
    return -1;
  }

  drawRuler() {
    const { context } = this;
    context.fillStyle = this.paper;
    context.fillRect(0, 0, this.width, RULER);
    context.fillStyle = this.soft;
    const rough = this.span / Math.max(2, this.width / 130);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((times) => times * power).find((step) => step >= rough);
    for (let time = Math.ceil(this.left / step) * step; time <= this.left + this.span; time += step) {
      const x = ((time - this.left) / this.span) * this.width;
      context.fillRect(x, RULER - 5, 1, 5);
      context.fillText(amount(time, { dimension: "time", factor: 1, exponent: -9 }), x + 4, RULER / 2 - 1);
    }
  }
}

/** Returns the last part of a name that says where it is: "json.structEncoder.encode" of "encoding/json...". */
function shortName(name) {
  const end = name.search(/[(<[{]/);
  const head = end > 0 ? name.slice(0, end) : end === 0 ? "" : name;
  const slash = head.lastIndexOf("/") + 1;
  const rest = name.slice(slash);
  const parts = head.slice(slash).split("::");
  return parts.length > 2 ? rest.slice(parts.slice(0, -2).join("::").length + 2) : rest;
}
