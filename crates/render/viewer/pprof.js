// The stacks that a view shows as a profile of pprof: a message of protobuf, whose fields are a number and a value.

class Message {
  constructor() {
    this.bytes = [];
  }

  varint(number) {
    // Numbers may be larger than 32 bits, so no shifts.
    while (number >= 0x80) {
      this.bytes.push((number % 0x80) | 0x80);
      number = Math.floor(number / 0x80);
    }
    this.bytes.push(number);
  }

  number(field, number) {
    if (number === 0) return this;
    this.varint(field * 8);
    this.varint(number);
    return this;
  }

  /** Adds bytes, whatever they hold: a text or another message. */
  block(field, bytes) {
    this.varint(field * 8 + 2);
    this.varint(bytes.length);
    for (const byte of bytes) this.bytes.push(byte);
    return this;
  }

  list(field, numbers) {
    const packed = new Message();
    numbers.forEach((number) => packed.varint(number));
    return this.block(field, packed.bytes);
  }
}

/** Returns the bytes of a profile; the field numbers are those of profile.proto. */
function asPprof(stacks) {
  const { labels } = stacks.model;
  const texts = new Map([["", 0]]);
  const text = (it) => {
    if (!texts.has(it)) texts.set(it, texts.size);
    return texts.get(it);
  };
  const profile = new Message();
  for (const { kind, unit } of stacks.values) {
    profile.block(1, new Message().number(1, text(kind)).number(2, text(unit || "count")).bytes);
  }
  const known = new Map();
  const location = (label) => {
    if (!known.has(label)) known.set(label, known.size + 1);
    return known.get(label);
  };
  stacks.each((stack, values) => {
    const sample = new Message().list(1, stack.map(location).reverse()).list(2, values.map(Math.round));
    profile.block(2, sample.bytes);
  });
  for (const [label, id] of known) {
    const line = new Message().number(1, id).number(2, labels.lines[label] ?? 0);
    profile.block(4, new Message().number(1, id).block(4, line.bytes).bytes);
    const [name, file] = [text(labels.names[label]), text(labels.texts[labels.files[label]] ?? "")];
    profile.block(5, new Message().number(1, id).number(2, name).number(4, file).number(5, labels.lines[label] ?? 0).bytes);
  }
  const utf8 = new TextEncoder();
  for (const it of texts.keys()) profile.block(6, utf8.encode(it));
  return Uint8Array.from(profile.bytes);
}
