// The colours of frames, in the light and in the dark.

const PALETTES = { module: "by module", warm: "warm", cool: "cool", green: "green", purple: "purple", gray: "grey" };
const CHANGES = { ratio: "relative change", share: "change of the share", absolute: "absolute change" };

/** Returns a number that follows from a text and is spread evenly. */
function hash(text) {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** Returns a number from 0 to 1 that follows from a text. */
function shade(text) {
  return (hash(text) % 1000) / 999;
}

class Colors {
  constructor(labels) {
    this.labels = labels;
    this.cache = [];
  }

  use(palette, isDark) {
    if (this.palette === palette && this.isDark === isDark) return;
    Object.assign(this, { palette, isDark, cache: [] });
  }

  /** Returns the colour of a label. */
  of(label) {
    return (this.cache[label] ??= this.mix(label));
  }

  mix(label) {
    if (!this.labels.isFunction[label]) return this.oklch(0.87, 0.005, 250);
    const part = shade(this.labels.names[label]);
    switch (this.palette) {
      case "warm": return this.oklch(0.74 + 0.14 * part, 0.12, 35 + 60 * part);
      case "cool": return this.oklch(0.76 + 0.11 * part, 0.08, 185 + 70 * part);
      case "green": return this.oklch(0.74 + 0.14 * part, 0.11, 130 + 30 * part);
      case "purple": return this.oklch(0.74 + 0.12 * part, 0.09, 290 + 40 * part);
      case "gray": return this.oklch(0.76 + 0.14 * part, 0, 0);
      default: return this.oklch(0.78 + 0.08 * part, 0.085 + 0.02 * part, this.labels.hues[label]);
    }
  }

  /** Returns the colour of a change from -1 to 1: blue for less, orange for more. */
  change(change) {
    const strength = Math.sqrt(Math.min(1, Math.abs(change)));
    const step = Math.round(strength * 24) * Math.sign(change);
    return (this.cache[`change ${step}`] ??= this.oklch(0.93 - (0.2 * Math.abs(step)) / 24, (0.145 * Math.abs(step)) / 24, step > 0 ? 58 : 245));
  }

  /** In the dark, frames are dark and texts on them light. */
  oklch(lightness, chroma, hue) {
    const shown = this.isDark ? 0.36 + (lightness - 0.74) * 0.75 : lightness;
    return `oklch(${shown.toFixed(3)} ${chroma.toFixed(3)} ${hue.toFixed(1)})`;
  }

  get text() {
    return this.isDark ? "#f1f2f4" : "#17191d";
  }
}
