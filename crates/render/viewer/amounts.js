// Numbers for people, as the tables of the command line write them.

const TIMES = [[3600, "h"], [60, "min"], [1, "s"], [1e-3, "ms"], [1e-6, "µs"], [1e-9, "ns"], [1e-12, "ps"]];
const SIZES = [[2 ** 40, "TiB"], [2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"], [1, "B"]];

/** Returns a value in a size that is read easily: three digits for times and memory, every digit for counts. */
function amount(value, unit) {
  if (value === 0) return "0";
  const inBase = value * unit.factor * 10 ** unit.exponent;
  if (unit.dimension === "time") return threeDigits(inBase, TIMES);
  if (unit.dimension === "bytes") return threeDigits(inBase, SIZES);
  const decimals = Math.max(0, -unit.exponent);
  return inBase.toLocaleString("en-US", { maximumFractionDigits: Math.min(20, decimals) });
}

function threeDigits(number, steps) {
  // A little less than one of the next size would be rounded up to it.
  const [step, name] = steps.find(([step]) => Math.abs(number) >= step * 0.9995) ?? steps.at(-1);
  const shown = number / step;
  const size = Math.abs(shown);
  const decimals = name === "B" || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return `${shown.toFixed(decimals)} ${name}`;
}

/** Returns the share of a part, and a dash where the whole is nothing. */
function percent(part, whole) {
  return whole === 0 ? "-" : `${((part / whole) * 100).toFixed(1)}%`;
}

/** Returns a change with its sign. */
function signed(value, unit) {
  return (value > 0 ? "+" : "") + amount(value, unit);
}

/** Returns by how much more or less there is: "+12.5%", "new", "gone". */
function ratio(before, after) {
  if (before === after) return "0%";
  if (before === 0) return "new";
  if (after === 0) return "gone";
  return (after > before ? "+" : "") + percent(after - before, before);
}
