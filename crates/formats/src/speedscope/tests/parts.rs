//! A file is the same profile, or the same error, in however many parts its samples are parsed.

use super::super::read::read_in_parts;
use super::*;
use profkit_core::Input;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

/// Returns all there is to know of a file whose samples are parsed so many bytes at once: every table of the
/// profile, row by row, and the notes, or the error.
fn in_parts(text: &[u8], size: usize, threads: usize, max_depth: u32) -> String {
    let mut options = ReadOptions::default();
    options.max_depth = max_depth;
    options.threads = NonZeroUsize::new(threads);
    let mut notes = Notes::new();
    let profile = read_in_parts(Input::new(text), &options, size, &mut notes);
    format!("{profile:?} {notes:?}")
}

fn check(text: &[u8], max_depth: u32) -> String {
    let whole = in_parts(text, usize::MAX, 1, max_depth);
    for size in [0, 1, 5, 60] {
        for threads in [1, 3] {
            let parts = in_parts(text, size, threads, max_depth);
            assert!(parts == whole, "{size} bytes at once, {threads} threads: {parts}\n{whole}");
        }
    }
    whole
}

#[test]
fn the_first_error_of_the_file_is_told() {
    let file = |samples: &str, weights: &str| {
        let frames = r#""shared":{"frames":[{"name":"f"},{"name":"g"}]}"#;
        let bounds = r#""name":"p","unit":"none","startValue":0,"endValue":9"#;
        let profile = format!(r#"{{"type":"sampled",{bounds},"samples":[{samples}],"weights":[{weights}]}}"#);
        format!(r#"{{{frames},"profiles":[{profile}]}}"#)
    };
    let error = |samples, weights, max_depth| check(file(samples, weights).as_bytes(), max_depth);
    assert!(error("[0],[],[1,0],[0],[0,1]", "1,2,3,2,1", 9).starts_with("Ok"));
    assert!(error("[0],[1],[0,2],[0,1,1],[3]", "1,2,3,4,null", 9).contains("profiles[0].samples[2][1]"));
    assert!(error("[0],[1],[0,1,1],[3],[0]", "1,2,3,4,5", 2).contains("profiles[0].samples[2]: "));
    assert!(error("[0],[],[0,1],[3],[0]", "1,2,null,4,5", 9).contains("profiles[0].weights[2]"));
}

#[test]
fn every_fixture_reads_the_same() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/speedscope");
    let files = |folder: PathBuf| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let all: Vec<_> = files(folder.join("bad")).chain(files(folder)).filter(|path| path.is_file()).collect();
    assert!(all.len() > 20, "{all:?}");
    all.iter().for_each(|path| drop(check(&std::fs::read(path).unwrap(), 100)));
}
