//! A flame graph as a page of its own: nothing to install, nothing to load, opens from disk.
//!
//! The page is `viewer/page.html` with its style and script put in. Names of a profile are nowhere in its
//! markup but in the title and in the table for readers without scripts, both escaped. All else is base64,
//! and reaches the screen as text. A policy in the page allows this one script and no connection.

use super::payload::payload;
use super::scene::Scene;
use super::{Options, svg};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use profkit_core::derive::function_totals;
use profkit_core::{Notes, Profile, Result, readable};
use sha2::{Digest, Sha256};
use std::cmp::Reverse;
use std::io::Write;

const PAGE: &str = include_str!("../../viewer/page.html");
const STYLE: &str = include_str!("../../viewer/style.css");
/// The parts of the script, each of which uses the ones before it.
const SCRIPT: &[&str] = &[
    include_str!("../../viewer/amounts.js"),
    include_str!("../../viewer/payload.js"),
    include_str!("../../viewer/tree.js"),
    include_str!("../../viewer/merge.js"),
    include_str!("../../viewer/cut.js"),
    include_str!("../../viewer/model.js"),
    include_str!("../../viewer/colors.js"),
    include_str!("../../viewer/changes.js"),
    include_str!("../../viewer/canvas.js"),
    include_str!("../../viewer/pointer.js"),
    include_str!("../../viewer/table.js"),
    include_str!("../../viewer/svg.js"),
    include_str!("../../viewer/stacks.js"),
    include_str!("../../viewer/pprof.js"),
    include_str!("../../viewer/address.js"),
    include_str!("../../viewer/told.js"),
    include_str!("../../viewer/stage.js"),
    include_str!("../../viewer/walk.js"),
    include_str!("../../viewer/panels.js"),
    include_str!("../../viewer/controls.js"),
    include_str!("../../viewer/saving.js"),
    include_str!("../../viewer/keys.js"),
    include_str!("../../viewer/app.js"),
];
/// How many functions are listed where scripts are off.
const LISTED: usize = 20;

/// Writes a flame graph as one HTML page: flame graph, callers, callees, table and, where there are
/// timestamps, timeline.
///
/// A profile without samples is a page that says so. What is estimated, or has no width, is noted.
///
/// # Errors
///
/// Fails where sums do not fit into 64 bits, where the page would be larger than 4 GiB, and where `out` does.
pub fn html(profile: &Profile, options: &Options, out: &mut dyn Write, notes: &mut Notes) -> Result<()> {
    let scene = Scene::new(profile, options, notes)?;
    let script = format!("(() => {{\n\"use strict\";\n{}}})();\n", SCRIPT.concat());
    let policy = format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; img-src data:; base-uri 'none'; form-action 'none'",
        digest(&script),
        digest(STYLE)
    );
    let payload = STANDARD.encode(payload(&scene, options, notes)?);
    let title = svg::escaped(options.title.as_deref().unwrap_or("Flame graph"));
    let list = list(&scene)?;
    let parts = [
        ("{{policy}}", policy.as_str()),
        ("{{title}}", &title),
        ("{{style}}", STYLE),
        ("{{list}}", &list),
        ("{{payload}}", &payload),
        ("{{script}}", &script),
    ];
    // In one go from front to back, so that a name that looks like a mark is none.
    let mut rest = PAGE;
    while let Some((at, (mark, text))) = parts.iter().filter_map(|part| Some((rest.find(part.0)?, part))).min() {
        out.write_all(&rest.as_bytes()[..at])?;
        out.write_all(text.as_bytes())?;
        rest = &rest[at + mark.len()..];
    }
    Ok(out.write_all(rest.as_bytes())?)
}

/// Returns a digest as a policy names it.
fn digest(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

/// Returns the rows of a table of the functions that cost most on their own.
fn list(scene: &Scene<'_>) -> Result<String> {
    let Some(value_type) = scene.told_apart.value_types.get(scene.value) else { return Ok(String::new()) };
    let whole = scene.told_apart.column_totals()?[scene.value];
    let totals = function_totals(&scene.told_apart)?;
    let mut rows: Vec<_> = scene.told_apart.functions.iter().map(|(id, function)| (&totals[id], function)).collect();
    let name = |row: &profkit_core::Function| &scene.told_apart.strings[row.name];
    rows.sort_by_key(|(cost, function)| (Reverse(cost.own[scene.value]), name(function)));
    let cell =
        |value: i64| format!("{} ({})", readable::amount(value, &value_type.unit), readable::percent(value, whole));
    let rows = rows.iter().take(LISTED).map(|(cost, function)| {
        let (own, total) = (cell(cost.own[scene.value]), cell(cost.total[scene.value]));
        format!("<tr><td>{own}</td><td>{total}</td><td>{}</td></tr>\n", svg::escaped(name(function)))
    });
    Ok(rows.collect())
}
