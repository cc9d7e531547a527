// The table of functions.

const PAGE = 200;

class Table {
  constructor(table, more, on) {
    this.head = table.tHead.rows[0];
    this.body = table.tBodies[0];
    this.more = more;
    this.on = on;
    this.sort = null;
    this.limit = PAGE;
    more.addEventListener("click", () => {
      this.limit += 5 * PAGE;
      this.render();
    });
  }

  /** Shows the functions of a model, those that the search finds where there is one. */
  show(model) {
    this.model = model;
    this.limit = PAGE;
    this.render();
  }

  /** Returns what the columns show: a title, a key, how a value is found, and how it is written. */
  columns(costs) {
    const { model } = this;
    const unit = model.valueUnit;
    const number = (key, title, of, write, isShare) => ({ key, title, of, write, isShare });
    const bound = (label) => (costs.isEstimate ? "≈" : costs.isBound.has(label) ? "≤" : "");
    if (model.header.isDiff) {
      const delta = (label) => costs.own[1][label] - costs.own[0][label];
      const totalDelta = (label) => costs.total[1][label] - costs.total[0][label];
      const change = (value) => signed(value, unit);
      return [
        number("delta", "Δ self", delta, change),
        number("own-before", "self before", (label) => costs.own[0][label], (value) => amount(value, unit)),
        number("own", "self after", (label) => costs.own[1][label], (value) => amount(value, unit)),
        number("ratio", "×", (label) => (costs.own[1][label] + 1e-9) / (costs.own[0][label] + 1e-9), (_, label) => ratio(costs.own[0][label], costs.own[1][label]), true),
        number("total-delta", "Δ total", totalDelta, change),
        number("total-before", "total before", (label) => costs.total[0][label], (value) => amount(value, unit)),
        number("total", "total after", (label) => costs.total[1][label], (value) => amount(value, unit)),
      ];
    }
    const whole = model.whole();
    const [own, total] = [costs.own[model.state.value] ?? [], costs.total[model.state.value] ?? []];
    const columns = [
      number("own", "self", (label) => own[label], (value) => amount(value, unit)),
      number("own-share", "%", (label) => own[label], (value) => percent(value, whole), true),
      number("total", "total", (label) => total[label], (value, label) => bound(label) + amount(value, unit)),
      number("total-share", "%", (label) => total[label], (value, label) => bound(label) + percent(value, whole), true),
    ];
    if (costs.calls) columns.push(number("calls", "calls", (label) => costs.calls[label] ?? -1, (value) => (value < 0 ? "" : value.toLocaleString("en-US"))));
    return columns;
  }

  render() {
    const { model } = this;
    const costs = model.costs();
    const columns = this.columns(costs);
    const texts = [
      { key: "name", title: model.isGrouped ? model.state.frames : "function", isText: true, of: (label) => model.name(label) },
      { key: "file", title: "file", isText: true, of: (label) => model.place(label) },
    ];
    const all = [...columns, ...texts];
    const sort = all.some((column) => column.key === this.sort?.key) ? this.sort : { key: model.header.isDiff ? "delta" : "own", isDown: true };
    const by = all.find((column) => column.key === sort.key);
    const found = model.found();
    const own = costs.own[0] ?? [];
    const labels = [];
    for (let label = 1; label < model.labels.names.length; label++) {
      const isThere = own[label] !== null && own[label] !== undefined && model.labels.isFunction[label];
      if (isThere && (!found || found[label])) labels.push(label);
    }
    const order = by.isText ? (one, other) => by.of(one).localeCompare(by.of(other)) : this.byNumber(by, sort);
    labels.sort((one, other) => (sort.isDown ? -1 : 1) * order(one, other) || one - other);
    this.head.replaceChildren(...all.map((column) => this.title(column, sort)));
    this.body.replaceChildren(...labels.slice(0, this.limit).map((label) => this.row(label, columns, texts)));
    this.more.hidden = labels.length <= this.limit;
    this.more.textContent = `Show more of ${labels.length.toLocaleString("en-US")} ${model.isGrouped ? FRAMES[model.state.frames] : "functions"}`;
  }

  /** A change is large whatever its sign. */
  byNumber(by, sort) {
    const of = by.key.endsWith("delta") && sort.isDown ? (label) => Math.abs(by.of(label)) : by.of;
    return (one, other) => of(one) - of(other);
  }

  title(column, sort) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.className = column.isText ? `text ${column.key}` : "";
    const isSorted = column.key === sort.key;
    cell.setAttribute("aria-sort", isSorted ? (sort.isDown ? "descending" : "ascending") : "none");
    const button = document.createElement("button");
    button.textContent = column.title + (isSorted ? (sort.isDown ? " ↓" : " ↑") : "");
    button.addEventListener("click", () => {
      this.sort = { key: column.key, isDown: isSorted ? !sort.isDown : !column.isText };
      this.render();
    });
    cell.append(button);
    return cell;
  }

  row(label, columns, texts) {
    const row = document.createElement("tr");
    row.dataset.label = label;
    row.classList.toggle("selected", label === this.model.state.label);
    for (const column of columns) {
      const cell = row.insertCell();
      const value = column.of(label);
      cell.textContent = column.write(value, label);
      if (column.isShare) cell.className = "share";
      else cell.dataset.value = value;
      if (column.key.endsWith("delta") && value !== 0) cell.className = value > 0 ? "more" : "less";
    }
    const name = row.insertCell();
    name.className = "text";
    const button = document.createElement("button");
    button.textContent = texts[0].of(label);
    button.title = "Callers and callees";
    button.addEventListener("click", () => this.on.sandwich(label));
    name.append(button);
    const file = row.insertCell();
    file.className = "text file";
    file.textContent = file.title = texts[1].of(label);
    return row;
  }
}
