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
  const depths = new Uint32Array(nodes);
  let depth = 0;
  varints(section(), nodes, (node, step) => (depths[node] = depth = node === 0 ? 0 : depth + 1 - step));
  const labels = new Uint32Array(nodes);
  varints(section(), nodes, (node, label) => (labels[node] = label));
  const own = [];
  for (let value = 0; value < values; value++) {
    const column = new Float64Array(nodes);
    varints(section(), nodes, (node, number) => (column[node] = number));
    own.push(column);
  }
  return new Tree(labels, depths, own);
}

function varints(bytes, count, take) {
  let at = 0;
  for (let index = 0; index < count; index++) {
    let byte = bytes[at++];
    if (byte < 0x80) {
      take(index, byte);
      continue;
    }
    let number = byte & 0x7f;
    let scale = 0x80;
    do {
      byte = bytes[at++];
      number += (byte & 0x7f) * scale;
      scale *= 0x80;
    } while (byte >= 0x80);
    take(index, number);
  }
}
