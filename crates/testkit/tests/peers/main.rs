//! The real tools judge what we write. They run where `PROFKIT_PEERS=1`, and there a missing one fails.
//!
//! The peers are Python's `pstats`, Go's `go tool pprof`, valgrind's `callgrind_annotate`, Graphviz's `dot` and
//! speedscope's web app in headless Chromium, which `npm ci` in `crates/testkit/peers` provides. Sentry's SDK, which
//! `pip` puts into `crates/testkit/peers/python`, is recorded and read.

mod callgrind;
mod differences;
mod graphs;
mod lists;
mod merges;
mod pprof;
mod pstats;
mod readings;
mod sentry;
mod speedscope;

use profkit_core::{Format, Notes, Profile, ReadOptions, WriteOptions, prepare};
use profkit_testkit::fixtures::Fixture;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

fn peers_are_wanted() -> bool {
    let wanted = std::env::var_os("PROFKIT_PEERS").is_some_and(|value| value == "1");
    if !wanted {
        eprintln!("not judged by peers: PROFKIT_PEERS=1 is not set");
    }
    wanted
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join(name)
}

/// Returns what a peer prints, or what it complains about.
fn run(command: &mut Command) -> Result<String, String> {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} is missing: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

/// Returns what Go's pprof prints, with the words behind its name, of files that it is to take as they are.
fn go_pprof<W: AsRef<OsStr>>(words: impl IntoIterator<Item = W>) -> Result<String, String> {
    let mut command = Command::new("go");
    command.args(["tool", "pprof", "-symbolize=none"]).args(words);
    run(command.env("PPROF_BINARY_PATH", "/nonexistent").env("TZ", "UTC"))
}

/// Writes a profile into a folder and returns the file, and the profile as the format can hold it.
fn written(profile: &Profile, format: &'static Format, folder: &Path, name: &str) -> (PathBuf, Profile) {
    let options = WriteOptions::default();
    let path = folder.join(name);
    let mut out = Vec::new();
    format.write(profile, &mut out, &options, &mut Notes::new()).unwrap_or_else(|error| panic!("{name}: {error}"));
    std::fs::write(&path, out).expect("a writable folder");
    (path, prepare(profile, format, &options, &mut Notes::new()).expect("written before").into_owned())
}

/// Reads a fixture with the names as they stand there: the peers show them so.
fn read(fixture: &Fixture) -> Profile {
    read_named(&fixture.bytes, Some(&fixture.name))
}

fn read_named(bytes: &[u8], name: Option<&str>) -> Profile {
    let mut options = ReadOptions::default();
    options.demangle = false;
    profkit_formats::read(bytes, name, None, &options, &mut Notes::new()).expect("a readable profile").0
}

fn total(profile: &Profile, column: usize) -> f64 {
    let unit = &profile.value_types[column].unit;
    let total = profile.column_totals().expect("small numbers")[column] as f64;
    total * unit.factor as f64 * 10f64.powi(i32::from(unit.exponent))
}

fn assert_close(found: f64, wanted: f64, what: &str) {
    let tolerance = 1e-9 + wanted.abs() * 1e-9;
    assert!((found - wanted).abs() <= tolerance, "{what}: found {found}, wanted {wanted}");
}
