// From the base64 in the page to a header and columns of numbers.

/** Returns the bytes of a text in base64. */
function fromBase64(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const bytes = atob(text);
  return Uint8Array.from({ length: bytes.length }, (_, at) => bytes.charCodeAt(at));
}

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Returns what the page holds: its header, the tree of stacks, and the timeline where there is one. */
async function readPayload(text) {
  const bytes = await inflate(fromBase64(text.trim()));
  let at = 0;
  const section = () => {
    const length = new DataView(bytes.buffer, at, 4).getUint32(0, true);
    at += 4 + length;
    return bytes.subarray(at - length, at);
  };
  const header = JSON.parse(new TextDecoder().decode(section()));
  const tree = readTree(header.nodes, header.values.length, section);
  const timeline = header.timeline && readTree(header.timeline.nodes, 1, section);
  return { header, tree, timeline };
}

function readTree(nodes, values, section) {
  // How many levels each node lies above a child of the node before it.
  const depths = varints(section(), new Uint32Array(nodes));
  for (let node = 1; node < nodes; node++) depths[node] = depths[node - 1] + 1 - depths[node];
  const labels = varints(section(), new Uint32Array(nodes));
  const own = Array.from({ length: values }, () => varints(section(), new Float64Array(nodes)));
  return new Tree(labels, depths, own);
}

/** Fills a column with numbers of seven bits a byte, the lowest first. */
function varints(bytes, column) {
  for (let index = 0, at = 0; index < column.length; index++) {
    let byte = bytes[at++];
    let number = byte & 0x7f;
    for (let scale = 0x80; byte >= 0x80; scale *= 0x80) {
      byte = bytes[at++];
      number += (byte & 0x7f) * scale;
    }
    column[index] = number;
  }
  return column;
}
