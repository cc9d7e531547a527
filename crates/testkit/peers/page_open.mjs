#!/usr/bin/env node
// Opens flame graph pages in headless Chromium, and tells what they show or does in them what a person would.
//
//     node page_open.mjs table FILE...      what is in the table of functions, for each value: as the source states it,
//                                           as the frames of the page add up to it, of files, modules and threads
//     node page_open.mjs drive FILE         keys, search, zoom, Back, sandwich, export on the page of a known profile
//     node page_open.mjs compare FILE       the same for the page of a known comparison
//     node page_open.mjs noise FILE         the same for a comparison of observations
//     node page_open.mjs measure FILE       how long the page takes, in ms
//
// JSON on stdout. Exit status 1 if anything is not as it should be: an error on the console, a request, a dialog, a
// violation of the page's policy, or another answer than expected. The reasons are on stderr. Chromium is $CHROMIUM,
// else found in PATH.

import assert from "node:assert/strict";
import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const TIMEOUT_MS = 60_000;
const failures = [];

async function main() {
  const [what, ...files] = process.argv.slice(2);
  const does = { table, drive, compare, noise, measure }[what];
  if (!does || files.length === 0) throw new Error("usage: page_open.mjs table|drive|compare|noise|measure FILE...");
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || inPath(["chromium", "chromium-browser", "google-chrome"]),
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-component-update", "--disable-sync"],
  });
  const answers = [];
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" });
    watch(page);
    for (const file of files) answers.push(await on(page, file, does));
  } finally {
    await browser.close();
  }
  console.log(JSON.stringify({ files: answers }));
  for (const failure of failures) console.error(failure);
  process.exitCode = failures.length > 0 ? 1 : 0;
}

let address = "";

function fail(why) {
  failures.push(`${address}: ${why}`);
}

function watch(page) {
  page.on("console", (message) => fail(`console: ${message.text()}`));
  page.on("pageerror", (error) => fail(`error: ${error.stack}`));
  page.on("dialog", (dialog) => { fail(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => {
    const url = request.url().split("#")[0];
    if (url !== address && url !== "about:blank" && !/^(data|blob):/.test(url)) fail(`request: ${url}`);
  });
}

async function on(page, file, does) {
  address = pathToFileURL(file).href;
  try {
    await go(page, address);
    return await does(page, address);
  } catch (error) {
    fail(error.stack);
    return null;
  }
}

async function go(page, address) {
  await page.goto("about:blank");
  await page.goto(address);
  await page.waitForFunction(() => document.documentElement.dataset.readyMs, null, { timeout: TIMEOUT_MS });
}

const text = (page, selector) => page.locator(selector).innerText();
const flat = async (page, selector) => (await text(page, selector)).replace(/\s+/g, " ").trim();
const hash = (page) => page.evaluate(() => decodeURIComponent(location.hash.replaceAll("+", " ")));

async function table(page) {
  const stated = await tables(page, "#view=table");
  const counted = await tables(page, "#view=table&frames=folded");
  const ofThreads = {};
  for (const thread of (await page.locator("#thread option").allTextContents()).slice(1)) {
    ofThreads[thread] = await tables(page, `#view=table&thread=${encodeURIComponent(thread)}`);
  }
  const files = await tables(page, "#view=table&frames=file");
  const modules = await tables(page, "#view=table&frames=module");
  return { stated, counted, files, modules, ofThreads };
}

async function tables(page, view) {
  return page.evaluate((view) => {
    history.replaceState(null, "", view);
    dispatchEvent(new PopStateEvent("popstate"));
    const read = () => {
      const more = document.getElementById("more");
      while (!more.hidden) more.click();
      return Array.from(document.querySelectorAll("#functions tbody tr"), (row) => ({
        name: row.querySelector("button").textContent,
        file: row.querySelector(".file").textContent,
        numbers: Array.from(row.querySelectorAll("[data-value]"), (cell) => Number(cell.dataset.value)),
      }));
    };
    const select = document.getElementById("value");
    const values = Math.max(1, select.options.length);
    return Array.from({ length: values }, (_, value) => {
      if (select.options.length > 0) {
        select.value = value;
        select.dispatchEvent(new Event("change"));
      }
      return read();
    });
  }, view);
}

/** The profile: main 0, draw 40, draw;next 20, parse 10, parse;next 30. */
async function drive(page, address) {
  const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
  const details = () => flat(page, "#details");
  const path = async () => (await flat(page, "#path")).replaceAll(" › ", "›");
  assert.match(await flat(page, "#subtitle"), /100/);
  await page.locator("#canvas").focus();

  // Keys: up to what is called, aside, down to the caller.
  await press("k");
  assert.match(await details(), /^all total 100 100\.0%/);
  await press("k", "k");
  assert.match(await details(), /^draw total 60 60\.0% self 40 40\.0% of parent 60\.0%/);
  await press("ArrowRight");
  assert.match(await details(), /^parse total 40 40\.0% self 10 10\.0%/);
  await press("h", "j");
  assert.match(await details(), /^main total 100/);

  // Zoom by key, the path above, and back.
  await press("k", "l", "Enter");
  assert.equal(await path(), "all›main›parse");
  assert.match(await hash(page), /zoom=\["main","parse"\]/);
  await page.goBack();
  assert.equal(await path(), "all");
  await page.goForward();
  assert.equal(await path(), "all›main›parse");
  await press("Escape");
  assert.equal(await path(), "all›main");
  await press("z");
  assert.equal(await path(), "all");

  // Zoom by click: the bottom row is all, above it stands main, then draw on the left.
  const box = await page.locator("#canvas").boundingBox();
  const rows = 4;
  const at = (row, share) => [box.x + box.width * share, box.y + (rows - row - 0.5) * 20];
  await page.mouse.click(...at(2, 0.3));
  assert.equal(await path(), "all›main›draw");
  await page.mouse.move(...at(3, 0.1));
  assert.match(await flat(page, "#tip"), /next total 20 20\.0% self 20 20\.0% of parent 33\.3% self, everywhere 50 50\.0% total, everywhere 50 50\.0%/);
  await press("0");

  // The wheel zooms, dragging moves.
  const picture = () => page.evaluate(() => document.getElementById("canvas").toDataURL());
  const whole = await picture();
  await page.mouse.move(...at(2, 0.9));
  await page.mouse.wheel(0, -400);
  await page.waitForTimeout(100);
  const near = await picture();
  assert.notEqual(near, whole);
  await press("z");
  await page.waitForTimeout(100);

  // Search: what stands on a match counts once.
  await press("/");
  await page.keyboard.type("next");
  assert.equal(await text(page, "#matched"), "50.0%");
  await press("Enter");
  assert.equal(await text(page, "#matched"), "1 of 2 · 50.0%");
  assert.match(await details(), /^next total 30/);
  await press("n");
  assert.match(await details(), /^next total 20/);
  await press("N");
  assert.match(await details(), /^next total 30/);
  await page.locator("#query").fill("parse|next");
  assert.equal(await text(page, "#matched"), "60.0%");
  await page.locator("#query").fill("(unfinished");
  assert.equal(await text(page, "#matched"), "no match");
  await page.locator("#query").fill("NEXT");
  assert.equal(await text(page, "#matched"), "no match");
  await press("Escape");
  assert.equal(await page.locator("#query").inputValue(), "");

  // From the leaves.
  await press("2");
  await page.locator("#canvas").focus();
  await press("k", "k");
  assert.match(await details(), /^next total 50 50\.0%/);
  await press("k");
  assert.match(await details(), /^parse total 30 30\.0% of parent 60\.0%/);

  // The table leads to callers and callees.
  await press("4");
  assert.equal(await page.locator("#functions tbody tr").count(), 4);
  assert.equal(await page.locator('th[aria-sort="descending"]').innerText(), "self ↓");
  await page.locator("#functions tbody button", { hasText: "draw" }).click();
  assert.match(await flat(page, "#middle"), /^draw self 40 \(40\.0%\) total 60 \(60\.0%\)/);
  assert.match(await hash(page), /view=sandwich&function=draw/);
  await page.locator("#callees").focus();
  await press("j", "j");
  assert.match(await details(), /^next total 20 33\.3%/);
  await press("s");
  assert.match(await flat(page, "#middle"), /^next self 50/);
  await page.goBack();
  assert.match(await flat(page, "#middle"), /^draw self 40/);

  // What is found, or selected, is taken away: in its order, with a button and a key that take it back.
  await press("1");
  await page.locator("#query").fill("parse");
  await page.locator("#step-ignore").click();
  assert.equal(await flat(page, "#cut"), "without parse × 60.0% left");
  await page.locator("#canvas").focus();
  await press("k", "k", "k");
  assert.match(await details(), /^draw total 60 100\.0% self 40 66\.7%/);
  await press("x");
  assert.equal(await flat(page, "#cut"), "without parse × hidden draw × 60.0% left");
  await press("k", "k");
  assert.match(await details(), /^main total 60 100\.0% self 40 66\.7%/);
  await press("4");
  const left = await page.locator("#functions tbody tr").allInnerTexts();
  assert.deepEqual(left.map((row) => row.trim().split(/\s+/)), [["40", "66.7%", "60", "100.0%", "main"], ["20", "33.3%", "20", "33.3%", "next"]]);
  await page.goBack();
  await page.goBack();
  assert.equal(await flat(page, "#cut"), "without parse × 60.0% left");
  await page.locator("#cut button").click();
  assert.equal(await flat(page, "#cut"), "");
  await page.locator("#canvas").focus();
  await press("1", "k", "k", "l", "k", "f");
  assert.equal(await flat(page, "#cut"), "only draw × 60.0% left");
  await press("u");
  assert.equal(await flat(page, "#cut"), "");
  await page.locator("#query").fill("main");
  await page.locator("#step-hide").click();
  await page.locator("#query").fill("draw");
  await page.locator("#step-focus").click();
  assert.deepEqual((await download(page, "#save-folded")).trim().split("\n").sort(), ["draw 40", "draw;next 20"]);
  await page.locator("#canvas").focus();
  await press("u", "u");

  // Light, dark, icicle, help.
  await press("1", "t");
  assert.equal(await page.evaluate(() => document.documentElement.className), "dark");
  await press("t", "i");
  assert.equal(await text(page, "#orientation"), "↓ Icicle");
  await press("?");
  assert.ok(await page.locator("#keys").isVisible());
  await press("Escape");
  assert.ok(!(await page.locator("#keys").isVisible()));

  // A link leads to what was seen.
  await go(page, `${address}#view=flame&zoom=${encodeURIComponent('["main","draw"]')}&search=next`);
  assert.equal(await path(), "all›main›draw");
  assert.equal(await text(page, "#matched"), "50.0%");
  const folded = await download(page, "#save-folded");
  assert.deepEqual(folded.trim().split("\n").sort(), ["main;draw 40", "main;draw;next 20"]);
  await press("Escape", "z");
  const svg = await download(page, "#save-svg");
  const speedscope = await download(page, "#save-speedscope");
  const pprof = Array.from(await download(page, "#save-pprof", null));

  // The menu of what can be saved, by keys.
  const focused = () => page.evaluate(() => document.activeElement.id);
  await page.locator("#save").focus();
  await press("Enter");
  assert.equal(await focused(), "save-svg");
  await press("ArrowDown", "ArrowDown", "ArrowUp");
  assert.equal(await focused(), "save-folded");
  await press("Escape");
  assert.equal(await focused(), "save");
  assert.ok(!(await page.locator("#save-menu").isVisible()));

  // What a screen reader finds.
  assert.equal(await page.locator("#details").getAttribute("aria-live"), "polite");
  assert.ok(await page.locator('#canvas[role="application"][tabindex="0"]').count());
  return { svg, speedscope, pprof };
}

/** The profile: f 10 before and 30 after, gone 20 before, new 5 after, all under main. */
async function compare(page) {
  assert.match(await flat(page, "#subtitle"), /before 30, after 35/);
  await page.locator("#canvas").focus();
  await page.keyboard.press("k");
  assert.match(await flat(page, "#details"), /^all before 30 100\.0% after 35 100\.0% change \+5 \+16\.7%/);
  await page.keyboard.press("k");
  await page.keyboard.press("k");
  assert.match(await flat(page, "#details"), /^f before 10 33\.3% after 30 85\.7% change \+20 \+200\.0%/);
  await page.keyboard.press("l");
  assert.match(await flat(page, "#details"), /^gone before 20 66\.7% after 0 0\.0% change -20 gone/);
  const picture = () => page.evaluate(() => document.getElementById("canvas").toDataURL());
  const seen = new Set();
  for (const width of ["sum", "max", "before", "after"]) {
    await page.locator("#width").selectOption(width);
    await page.waitForTimeout(60);
    seen.add(await picture());
  }
  for (const change of ["share", "absolute"]) {
    await page.locator("#change").selectOption(change);
    await page.waitForTimeout(60);
    seen.add(await picture());
  }
  assert.equal(seen.size, 6, "each width and colour is another picture");
  await page.keyboard.press("Escape");
  await page.locator('#views button[data-view="table"]').click();
  const rows = await page.locator("#functions tbody tr").allInnerTexts();
  return { rows: rows.map((row) => row.trim().split(/\s*\t\s*/)) };
}

/** The profile: f 100 observations before and 110 after, g 100 and 200, under main. */
async function noise(page) {
  assert.ok(await page.locator("#noise").isVisible());
  const details = () => flat(page, "#details");
  await page.locator("#canvas").focus();
  for (const key of ["k", "k", "k"]) await page.keyboard.press(key);
  assert.match(await details(), /^g before 100 50\.0% after 200 64\.5% change \+100 \+100\.0%$/);
  await page.keyboard.press("h");
  assert.match(await details(), /^f before 100 50\.0% after 110 35\.5% change \+10 \+10\.0%, may be noise$/);
  return {};
}

async function download(page, button, encoding = "utf8") {
  await page.locator("#save").click();
  const [file] = await Promise.all([page.waitForEvent("download"), page.locator(button).click()]);
  return readFileSync(await file.path(), encoding);
}

async function measure(page) {
  const ready = Number(await page.evaluate(() => document.documentElement.dataset.readyMs));
  // What the page's thread computes: on a busy machine, the clock tells of the others.
  const protocol = await page.context().newCDPSession(page);
  await protocol.send("Performance.enable", { timeDomain: "threadTicks" });
  const computed = async () => {
    const { metrics } = await protocol.send("Performance.getMetrics");
    return metrics.find((metric) => metric.name === "TaskDuration").value * 1000;
  };
  const timed = async (action) => {
    const [before, cpuBefore] = [await page.evaluate(() => performance.now()), await computed()];
    await action();
    const after = await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done(performance.now()))));
    return { wall: Math.round(after - before), cpu: Math.round((await computed()) - cpuBefore) };
  };
  const box = await page.locator("#canvas").boundingBox();
  await page.locator("#canvas").focus();
  const times = { ready, draw: Number(await page.evaluate(() => document.documentElement.dataset.drawMs)) };
  await page.mouse.move(box.x + box.width / 2, box.y + box.height - 70);
  times.zoom = await timed(() => page.mouse.click(box.x + box.width / 2, box.y + box.height - 70));
  times.unzoom = await timed(() => page.keyboard.press("z"));
  times.search = await timed(() => page.locator("#query").fill("alloc.*"));
  times.matched = await text(page, "#matched");
  times.searchAgain = await timed(() => page.locator("#query").fill("parse|copy"));
  times.next = await timed(() => page.locator("#query").press("Enter"));
  await page.keyboard.press("Escape");
  times.callers = await timed(() => page.keyboard.press("2"));
  times.sandwich = await timed(() => page.keyboard.press("3"));
  times.table = await timed(() => page.keyboard.press("4"));
  times.heapMiB = await page.evaluate(() => performance.memory.usedJSHeapSize / 2 ** 20);
  return times;
}

function inPath(names) {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? "").split(delimiter)) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {}
    }
  }
  throw new Error(`none of ${names.join(", ")} in PATH, and CHROMIUM is not set`);
}

await main();
