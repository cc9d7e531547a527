//! The rules of the house that a compiler does not check.

use std::path::{Path, PathBuf};

const MOST_LINES: usize = 400;
const MOST_LINES_OF_A_TOOL: usize = 150;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if entry.is_dir() && !["target", "node_modules", "tests", "benches", "fuzz"].contains(&&*name) {
            sources(&entry, found);
        } else if name.ends_with(".rs") && name != "tests.rs" {
            found.push(entry);
        }
    }
}

/// Returns every source file that is not a test, with its text up to the tests inside it.
fn rooms() -> Vec<(String, String)> {
    let mut files = Vec::new();
    sources(&root().join("crates"), &mut files);
    sources(&root().join("bin"), &mut files);
    let mut rooms = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a source file");
        let code = text.split("\n#[cfg(test)]").next().unwrap_or_default().to_owned();
        let name = file.strip_prefix(root()).expect("inside the project").to_string_lossy().into_owned();
        rooms.push((name, code));
    }
    rooms
}

#[test]
fn no_room_is_too_big() {
    let mut too_big = Vec::new();
    for (name, code) in rooms() {
        let is_code = |line: &&str| !line.trim_start().starts_with("//") && !line.trim().is_empty();
        let lines = code.lines().filter(is_code).count();
        let most = if name.starts_with("bin") { MOST_LINES_OF_A_TOOL } else { MOST_LINES };
        if lines > most {
            too_big.push(format!("{name}: {lines} lines of code, at most {most}"));
        }
    }
    assert!(too_big.is_empty(), "{}", too_big.join("\n"));
}

#[test]
fn every_room_says_what_it_is() {
    let silent: Vec<_> = rooms().into_iter().filter(|(_, code)| !code.starts_with("//!")).map(|it| it.0).collect();
    assert!(silent.is_empty(), "without a first line that says what it is: {silent:?}");
}

#[test]
fn there_is_no_mod_rs() {
    let old: Vec<_> = rooms().into_iter().filter(|(name, _)| name.ends_with("/mod.rs")).map(|it| it.0).collect();
    assert!(old.is_empty(), "use foo.rs beside foo/: {old:?}");
}

#[test]
fn only_the_registry_knows_the_formats_by_name() {
    let formats: Vec<_> = profkit_formats::FORMATS.iter().map(|format| format.name()).collect();
    for (name, code) in rooms().into_iter().filter(|(name, _)| name.starts_with("crates/core/")) {
        let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for format in formats.iter().filter(|&&format| format != "profkit") {
            assert!(!code.contains(&format!("{format:?}")), "{name} names the format {format}");
        }
    }
}
