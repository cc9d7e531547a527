#!/usr/bin/env node
// Opens files in the real speedscope web app, in headless Chromium, and tells what it shows.
//
//     node speedscope_open.mjs [--rows N] [--export DIR] [--screenshot DIR] FILE...
//
// JSON on stdout, one entry per file, in the order given:
//
//     {"speedscope": "1.25.0", "files": [
//       {"file": "a.json", "profiles": [
//         {"name": "main", "shown": "280.00ms", "unit": "seconds", "total": 0.32, "nonIdle": 0.28,
//          "rowCount": 22, "rows": [
//            {"name": "fib", "file": "/srv/app/threads.py", "total": "40.00ms (14%)", "self": "20.00ms (7.1%)",
//             "totalPercent": 14.2857, "selfPercent": 7.14286}]}]},
//       {"file": "b.json", "errors": ["..."]}]}
//
// `rows` are the first N (20; 0: all) of the sandwich table's `rowCount`, in its order, which is by self value. Texts
// are as shown; the percents are the widths of the bars under them, six digits of the share of the non-idle total.
// `total` and `nonIdle` are exact, from the file that the app's own Export writes (`unit` is that file's); `shown` is
// the non-idle total in the list of profiles or, as a single profile has no list, that of a function with 100 %.
//
// Exit status 1 if speedscope rejects any file: a dialog, an error on the console, or nothing shown in time. The
// reasons are then on stderr too. Chromium is $CHROMIUM, else found in PATH.

import { accessSync, constants, mkdirSync, readFileSync } from "node:fs";
import { basename, delimiter, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

const TIMEOUT_MS = 60_000;
const ROW_HEIGHT = 20;
const PACKAGE = fileURLToPath(new URL("node_modules/speedscope/", import.meta.url));
// #view: the sandwich view, so that no flame chart is drawn (without a GPU that is the slow part).
const APP = pathToFileURL(join(PACKAGE, "dist/release/index.html")).href + "#view=sandwich";

async function main() {
  const { values: options, positionals: files } = parseArgs({
    allowPositionals: true,
    options: { rows: { type: "string", default: "20" }, export: { type: "string" }, screenshot: { type: "string" } },
  });
  if (files.length === 0) throw new Error("usage: speedscope_open.mjs [--rows N] [--export DIR] FILE...");
  for (const folder of [options.export, options.screenshot]) if (folder) mkdirSync(folder, { recursive: true });

  const version = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")).version;
  const browser = await launch();
  const opened = [];
  try {
    for (const file of files) opened.push(await open(browser, file, options));
  } finally {
    await browser.close();
  }
  console.log(JSON.stringify({ speedscope: version, files: opened }));
  for (const { file, errors } of opened) for (const error of errors ?? []) console.error(`${file}: ${error}`);
  process.exitCode = opened.some((entry) => entry.errors) ? 1 : 0;
}

function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || inPath(["chromium", "chromium-browser", "google-chrome"]),
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--allow-file-access-from-files",
      "--disable-background-networking",
      "--no-first-run",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
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

// What speedscope makes of one file, in a browser context of its own: nothing stays from the file before.
async function open(browser, file, options) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  const page = await context.newPage();
  const errors = [];
  const failed = new Promise((_, reject) => {
    const fail = (error) => errors.push(error) && reject(new Error(error));
    page.on("dialog", (dialog) => dialog.dismiss().then(() => fail(`dialog: ${dialog.message()}`)));
    page.on("console", (message) => message.type() === "error" && fail(`console: ${message.text()}`));
    page.on("pageerror", (error) => fail(`page: ${error.message}`));
  });
  failed.catch(() => {}); // it may fail before somebody waits for it
  try {
    page.setDefaultTimeout(TIMEOUT_MS);
    const profiles = await Promise.race([failed, load(page, file).then(() => readProfiles(page, file, options))]);
    if (errors.length === 0) return { file, profiles };
  } catch (error) {
    if (errors.length === 0) errors.push(error.message.split("\n")[0]);
  } finally {
    await context.close();
  }
  return { file, errors };
}

// Loads the file and returns when its table or a failure is on the page. The reason of a failure is only in the log.
async function load(page, file) {
  const log = [];
  page.on("console", (message) => message.type() === "log" && log.push(message.text()));
  await page.goto(APP);
  await page.setInputFiles("#file", file);
  await shows(page, "Symbol Name", "Something went wrong").catch(() => {
    throw new Error(`no profile shown after ${TIMEOUT_MS / 1000} s`);
  });
  if (await page.getByText("Something went wrong").count()) {
    throw new Error(`something went wrong: ${log.at(-1).split("\n")[0]}`);
  }
}

function shows(page, ...texts) {
  return page.waitForFunction((texts) => texts.some((text) => document.body.innerText.includes(text)), texts);
}

async function readProfiles(page, file, options) {
  const exported = await readExport(page, file, options);
  const count = exported.length;
  if (count > 1) {
    for (let k = 0; k < count; k++) await page.keyboard.press("p"); // back to the first; it stops there
  }
  const shown = count > 1 ? await readSelector(page) : [];
  const profiles = [];
  for (const [index, { name, unit, total, nonIdle }] of exported.entries()) {
    if (count > 1) await shows(page, `(${index + 1}/${count})`);
    const { rowCount, rows } = await readTable(page, Number(options.rows));
    const whole = rows.find((row) => row.totalPercent === 100)?.total.replace(/ \(.*/, "");
    profiles.push({ name, shown: shown[index] ?? whole ?? null, unit, total, nonIdle, rowCount, rows });
    if (options.screenshot) {
      await page.screenshot({ path: join(options.screenshot, `${basename(file)}.${index + 1}.png`) });
    }
    await page.keyboard.press("n");
  }
  return profiles;
}

// Each profile's name, unit and totals from what the Export button downloads: evented, from 0, the end is the total.
async function readExport(page, file, options) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByText("Export").click()]);
  if (options.export) await download.saveAs(join(options.export, basename(file)));
  const exported = JSON.parse(readFileSync(await download.path(), "utf8"));
  return exported.profiles.map(({ name, unit, endValue, events }) => {
    let [depth, start, nonIdle] = [0, 0, 0];
    for (const { type, at } of events) {
      if (type === "O" && depth++ === 0) start = at;
      if (type === "C" && --depth === 0) nonIdle += at - start;
    }
    return { name, unit, total: endValue, nonIdle };
  });
}

// The last column of the list of profiles that opens under the toolbar's title.
async function readSelector(page) {
  await page.keyboard.press("t");
  await shows(page, "Total Weight");
  const weights = await page.evaluate(() => {
    const headers = [...document.querySelectorAll("th")];
    const table = headers.find((cell) => cell.innerText.includes("Total Weight")).closest("table");
    return [...table.querySelectorAll("tbody tr")].map((row) => row.cells[2].innerText);
  });
  await page.keyboard.press("Escape");
  return weights;
}

// The table holds only the rows in sight, so it is read screen by screen.
async function readTable(page, wanted) {
  let table = await readScreen(page, 0);
  const rows = table.rows;
  const limit = Math.min(wanted || Infinity, table.rowCount);
  while (rows.length < limit) {
    table = await readScreen(page, rows.length);
    rows.push(...table.rows);
  }
  return { rowCount: table.rowCount, rows: rows.slice(0, limit) };
}

// Scrolls so that row `first` is in sight, and reads from it on.
async function readScreen(page, first) {
  const screen = await page.waitForFunction(
    ([first, rowHeight]) => {
      const header = [...document.querySelectorAll("th")].find((cell) => cell.innerText.includes("Symbol Name"));
      const list = header.closest("table").nextElementSibling;
      const rowCount = Math.round(list.firstElementChild.clientHeight / rowHeight);
      list.scrollTop = first * rowHeight;
      const top = list.firstElementChild.getBoundingClientRect().top;
      const drawn = [...list.querySelectorAll("tr")].filter((row) => row.cells.length === 3); // not "No symbols"
      const rows = drawn.map((row) => {
        const [total, self, symbol] = row.cells;
        const percent = (cell) => parseFloat(cell.querySelector("div > div").style.width);
        return {
          index: Math.round((row.getBoundingClientRect().top - top) / rowHeight),
          name: symbol.textContent,
          file: symbol.title,
          total: total.innerText,
          self: self.innerText,
          totalPercent: percent(total),
          selfPercent: percent(self),
        };
      });
      const from = rows.findIndex((row) => row.index === first);
      if (from < 0 && first < rowCount) return null; // not drawn yet
      return { rowCount, rows: rows.slice(Math.max(from, 0)).map(({ index, ...row }) => row) };
    },
    [first, ROW_HEIGHT],
  );
  return screen.jsonValue();
}

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = 2;
});
