// Mouse, pen and fingers on the canvas: look, select, zoom, move.

const DOUBLE_TAP_MS = 320;
const MOVED = 4;

/** Calls `on.hover`, `on.select`, `on.zoom`, `on.pan(dx, dy)` and `on.scale(factor, x)` for what is done. */
function watchPointers(canvas, on) {
  const element = canvas.element;
  const down = new Map();
  let moved = false;
  let distance = 0;
  let lastTap = { time: 0, node: -1 };

  const point = (event) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const spread = () => {
    const [one, other] = [...down.values()];
    return { distance: Math.hypot(one.x - other.x, one.y - other.y), x: (one.x + other.x) / 2 };
  };

  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    down.set(event.pointerId, point(event));
    if (down.size === 1) moved = false;
    if (down.size === 2) distance = spread().distance;
  });
  element.addEventListener("pointermove", (event) => {
    const here = point(event);
    const before = down.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== "touch") on.hover(canvas.at(here.x, here.y), here);
      return;
    }
    if (down.size === 2) {
      down.set(event.pointerId, here);
      const now = spread();
      if (distance > 0) on.scale(distance / now.distance, now.x);
      distance = now.distance;
      moved = true;
      return;
    }
    if (!moved && Math.hypot(here.x - before.x, here.y - before.y) < MOVED) return;
    moved = true;
    element.classList.add("dragging");
    on.pan(here.x - before.x, here.y - before.y);
    down.set(event.pointerId, here);
  });
  const up = (event) => {
    const here = point(event);
    const isTap = down.delete(event.pointerId) && !moved && event.type === "pointerup";
    element.classList.remove("dragging");
    if (!isTap) return;
    const node = canvas.at(here.x, here.y);
    if (event.pointerType !== "touch") return on.zoom(node);
    const isDouble = event.timeStamp - lastTap.time < DOUBLE_TAP_MS && lastTap.node === node;
    lastTap = { time: event.timeStamp, node };
    if (isDouble) on.zoom(node);
    else on.select(node);
  };
  element.addEventListener("pointerup", up);
  element.addEventListener("pointercancel", up);
  element.addEventListener("pointerleave", () => on.hover(-1));
  element.addEventListener(
    "wheel",
    (event) => {
      const here = point(event);
      const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      const isZoom = event.ctrlKey || event.metaKey || event.altKey || (!isSideways && canvas.mostScroll === 0);
      event.preventDefault();
      const step = event.deltaMode === 1 ? 16 : 1;
      if (isZoom) on.scale(Math.exp(event.deltaY * step * (event.ctrlKey ? 0.01 : 0.002)), here.x);
      else if (isSideways) on.pan(-(event.deltaX || event.deltaY) * step, 0);
      else on.pan(0, -event.deltaY * step);
    },
    { passive: false },
  );
}
