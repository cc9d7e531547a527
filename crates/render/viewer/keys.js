// What keys do.

const KEYS = [
  ["Move", [
    [["k", "↑", "j", "↓"], "to the frame above or below"],
    [["h", "←", "l", "→"], "to the frame beside it"],
    [["Enter"], "zoom into the selected frame"],
    [["Esc"], "one step back: search, selection, zoom"],
    [["z", "0"], "show everything"],
    [["+", "-"], "zoom in and out; so does the wheel, with Ctrl where the page scrolls"],
  ]],
  ["Find", [
    [["/"], "search: a regular expression, on names and files"],
    [["n", "N"], "next and previous match, the largest first"],
    [["s"], "callers and callees of the selected function"],
  ]],
  ["Take away", [
    [["f"], "only stacks that hold the selected function"],
    [["d"], "no stacks that hold it"],
    [["x"], "hide it: its frames become a part of their callers"],
    [["u"], "take the last of these steps back"],
    [["g"], "functions, recursion folded, files, modules"],
  ]],
  ["Show", [
    [["1", "…", "5"], "flame graph, callers, sandwich, table, timeline"],
    [["i"], "roots at the bottom or at the top"],
    [["o"], "by name, or the largest first"],
    [["v"], "next value"],
    [["t"], "light or dark"],
    [["e"], "save this view as SVG"],
    [["?"], "this help"],
  ]],
];

function watchKeys(app) {
  const { stage } = app;
  const actions = {
    k: () => move(stage, "up"), ArrowUp: () => move(stage, "up"),
    j: () => move(stage, "down"), ArrowDown: () => move(stage, "down"),
    h: () => move(stage, "left"), ArrowLeft: () => move(stage, "left"),
    l: () => move(stage, "right"), ArrowRight: () => move(stage, "right"),
    Enter: () => stage.zoomTo(stage.active.selected),
    Escape: () => app.back(),
    z: () => stage.reset(), 0: () => stage.reset(),
    "+": () => stage.scale(0.6), "=": () => stage.scale(0.6), "-": () => stage.scale(1 / 0.6),
    "/": () => app.startSearch(),
    n: () => app.next(1), N: () => app.next(-1),
    s: () => app.sandwich(stage.selectedLabel),
    f: () => app.cutSelected("focus"), d: () => app.cutSelected("ignore"), x: () => app.cutSelected("hide"),
    u: () => app.uncut(), g: () => app.nextFrames(),
    i: () => app.turn(), o: () => app.reorder(),
    v: () => app.nextValue(), t: () => app.toggleTheme(), e: () => app.saving.save(() => app.saving.svg()),
    "?": () => app.element("keys").showModal(),
  };
  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || app.element("keys").open) return;
    if (target.id === "query") {
      if (event.key === "Enter") app.next(event.shiftKey ? -1 : 1);
      else if (event.key !== "Escape") return;
      else if (target.value) app.search("");
      if (event.key === "Enter" || event.key === "Escape") app.element("canvas").focus();
      event.preventDefault();
      return;
    }
    // Buttons and menus keep the keys that they know themselves.
    const isControl = target.matches?.("button, select, input");
    if (isControl && ["Enter", " ", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].includes(event.key)) return;
    if (target.matches?.("select") && event.key.length === 1) return;
    const isTable = app.model.state.view === "table";
    if (isTable && event.key.startsWith("Arrow")) return;
    const view = app.model.views[Number(event.key) - 1];
    const action = /^[1-5]$/.test(event.key) ? view && (() => app.open(view)) : Object.hasOwn(actions, event.key) && actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

/** Fills the help with what keys do. */
function listKeys(element) {
  for (const [title, keys] of KEYS) {
    const heading = document.createElement("h2");
    heading.textContent = title;
    const list = document.createElement("dl");
    for (const [names, what] of keys) {
      const term = document.createElement("dt");
      for (const name of names) {
        const key = document.createElement(name === "…" ? "span" : "kbd");
        key.textContent = name;
        term.append(key, " ");
      }
      const text = document.createElement("dd");
      text.textContent = what;
      list.append(term, text);
    }
    element.append(heading, list);
  }
}
