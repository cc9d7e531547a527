// What is shown, as an SVG picture.

/** Returns a text as XML can hold it: what no one sees is spelled out. */
function xml(text) {
  return printable(text).replace(/[&<>"]/g, (mark) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[mark]);
}

function printable(text) {
  const hidden = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
  return text.replace(hidden, (mark) => `\\u{${mark.codePointAt(0).toString(16)}}`);
}

/** Returns what a canvas shows as an SVG picture. */
function asSvg(canvas, title, subtitle) {
  const { scene, width } = canvas;
  const height = canvas.content + 56;
  const parts = [];
  // The same drawing on a context that writes elements.
  const scroll = canvas.scroll;
  canvas.scroll = 0;
  const scale = width / canvas.span;
  for (const lane of canvas.lanes) {
    for (let node = lane.root, end = scene.tree.ends[lane.root]; node < end; ) {
      const size = scene.widths[node] * scale;
      const x = (scene.starts[node] - lane.start - canvas.left) * scale;
      if (size < 0.1 || x > width || x + size < 0) {
        node = scene.tree.ends[node];
        continue;
      }
      if (scene.tree.labels[node] !== 0 || scene.tree.depths[node] === 0) {
        const from = Math.max(0, x);
        const room = Math.min(width, x + size) - from;
        const y = canvas.y(lane.row + scene.tree.depths[node] - lane.depth) + 50;
        const text = room > 3 * canvas.letter ? canvas.fit(scene.text(node), room - 8) : "";
        const label = text && `<text x="${(from + 4).toFixed(1)}" y="${(y + 14).toFixed(1)}">${xml(text)}</text>`;
        const fill = scene.color(node);
        parts.push(`<g><title>${xml(scene.tell(node))}</title><rect x="${from.toFixed(2)}" y="${y.toFixed(1)}" width="${room.toFixed(2)}" height="${ROW - 1}" fill="${rgb(fill)}"/>${label}</g>`);
      }
      node++;
    }
  }
  canvas.scroll = scroll;
  const colors = `<rect width="100%" height="100%" fill="${rgb(canvas.paper)}"/>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="monospace" font-size="12" fill="${rgb(canvas.colors.text)}">
${colors}<text x="8" y="20" font-size="15">${xml(title)}</text><text x="8" y="38">${xml(subtitle)}</text>
${parts.join("\n")}
</svg>
`;
}

/** Returns a colour as viewers of SVG pictures know it. */
function rgb(color) {
  rgb.context ??= document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const { context } = rgb;
  rgb.known ??= new Map();
  if (!rgb.known.has(color)) {
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
    rgb.known.set(color, `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`);
  }
  return rgb.known.get(color);
}
