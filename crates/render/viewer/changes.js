// How frames of a comparison have changed.

class Changes {
  constructor(model, tree) {
    this.mode = model.state.change;
    [this.before, this.after] = [tree.total(0), tree.total(1)];
    const [value] = model.header.values;
    // What one observation is, where observations are counted: counting alone makes such numbers differ.
    this.one = value.isObserved ? 1 / (value.factor * 10 ** value.exponent) : 0;
    if (this.mode !== "absolute") return;
    this.most = Number.MIN_VALUE;
    for (let node = 1; node < tree.size; node++) this.most = Math.max(this.most, Math.abs(this.after[node] - this.before[node]));
  }

  /** Returns how a node has changed, from -1 to 1; 0 for what may be noise. */
  of(node) {
    const [before, after] = [this.before[node], this.after[node]];
    if (this.isNoise(node)) return 0;
    if (this.mode === "absolute") return (after - before) / this.most;
    const isShare = this.mode === "share";
    const [one, other] = isShare ? [before / (this.before[0] || 1), after / (this.after[0] || 1)] : [before, after];
    return (other - one) / Math.max(one, other, Number.MIN_VALUE);
  }

  /** Returns whether as many observations may differ by so much though nothing has changed. */
  isNoise(node) {
    const [before, after] = [this.before[node] / this.one, this.after[node] / this.one];
    return this.one > 0 && Math.abs(after - before) <= 2 * Math.sqrt(before + after);
  }

  hatch(node) {
    return this.before[node] === 0 ? "new" : this.after[node] === 0 ? "gone" : "";
  }
}
