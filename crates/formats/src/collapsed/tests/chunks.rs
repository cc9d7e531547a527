//! A file is the same profile, or the same error, in however many parts it is read, and the same text in however many it
//! is written.

use super::super::lines::{CHUNK, chunks};
use super::super::read::read_in_chunks;
use super::super::write::write_in_blocks;
use super::*;
use profkit_core::Input;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

/// Returns all there is to know of a file that is read in parts of about so many bytes: every table of the profile, row
/// by row, and the notes, or the error.
fn in_chunks(text: &[u8], chunk: usize, threads: usize, max_depth: u32) -> String {
    let mut options = ReadOptions::default();
    options.max_depth = max_depth;
    options.threads = NonZeroUsize::new(threads);
    let mut notes = Notes::new();
    let profile = read_in_chunks(Input::new(text), &options, chunk, &mut notes);
    format!("{profile:?} {notes:?}")
}

fn check(text: &[u8], max_depth: u32) -> String {
    let whole = in_chunks(text, CHUNK, 1, max_depth);
    for chunk in [0, 1, 30, 200, 2_000] {
        for threads in [1, 3] {
            let parts = in_chunks(text, chunk, threads, max_depth);
            assert!(parts == whole, "{chunk} bytes at once, {threads} threads: {parts}\n{whole}");
        }
    }
    whole
}

#[test]
fn parts_are_whole_lines() {
    let text = b"a 1\n\nb;c 22\nd 3";
    assert_eq!(chunks(text, 0), [&b"a 1\n"[..], b"\n", b"b;c 22\n", b"d 3"]);
    assert_eq!(chunks(text, 4), [&b"a 1\n\n"[..], b"b;c 22\n", b"d 3"]);
    assert_eq!(chunks(text, 15), [&text[..]]);
    assert!(chunks(b"", 1).is_empty());
}

#[test]
fn names_threads_and_values_are_those_of_the_whole_file() {
    let texts: [&[u8]; 6] = [
        b"main;f 1\ng;main 2\nf;g;h 3\nmain;f 4\n",
        b"thread (7): a;f 1\nf;thread (8) 2\nthread (8);g;f 3\nthread (7): a;h 4\nthread (x y);f 1\n",
        b"a;;b 1\n\xff;a 2\n\\xff;b 3\n 4\n;c 5\na;\xff\xfe;\xff 6\n",
        b"# head\n# austin: 3.0\n# mode: cpu\nP1;T2;a.py:f:3 10\n# in between\n\nP1;T0:3;a.py:g:4 20\n# end\n",
        b"a 1\nb;a 2\n\nc 2.5\nd 1e3\na .125\n",
        b"samples/count time/ns\na;b 1 2.5\nb 3 4\na 1 1\n",
    ];
    for text in texts {
        assert!(check(text, 10).starts_with("Ok"));
    }
    // How many numbers count is decided by all lines.
    assert!(check(b"a 1 2\nb 3 4\nc 5 6\n", 10).contains("every line ends in 2 numbers"));
    assert!(!check(b"a 1 2\nb 3 4\nc 5\n", 10).contains("numbers"));
    assert!(!check(b"a 1\nb 3 4\nc 5 6\n", 10).contains("numbers"));
}

#[test]
fn the_first_error_of_the_file_is_told() {
    let text = b"a 1\nb;a 2\nc;b;a 3\nno number\na 1e99\n";
    assert!(check(text, 10).contains("4:4: expected a number"));
    assert!(check(text, 2).contains("3:1: a stack of more than 2 frames"));
    assert!(check(b"a 1\nb 2\nc 99999999999999999999\nd\n", 10).contains("3:3: the number"));
}

#[test]
fn every_fixture_reads_the_same() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/collapsed");
    let files = |folder: PathBuf| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let all: Vec<_> = files(folder.join("bad")).chain(files(folder)).filter(|path| path.is_file()).collect();
    assert!(all.len() > 20, "{all:?}");
    all.iter().for_each(|path| drop(check(&std::fs::read(path).unwrap(), 100)));
}

#[test]
fn lines_are_the_same_in_blocks_of_any_size() {
    let text = b"thread (1): m;main;f 1 2\nthread (2): n;main;g;h 3 4\n 5 6\nmain;f 7 8\n;;; 9 10\nmain;f 1 1\n";
    let (profile, _) = read(text);
    let in_blocks = |block: u64, threads: usize| {
        let mut options = WriteOptions::default();
        options.options.push(("values".to_owned(), "all".to_owned()));
        options.threads = NonZeroUsize::new(threads);
        let (mut text, mut notes) = (Vec::new(), Notes::new());
        write_in_blocks(&profile, &mut text, &options, block, &mut notes).unwrap();
        (String::from_utf8(text).unwrap(), format!("{notes:?}"))
    };
    let whole = in_blocks(u64::MAX, 1);
    assert_eq!(whole.0.lines().count(), 6, "{}", whole.0);
    for block in [0, 1, 10, 30] {
        assert_eq!(in_blocks(block, 1), whole);
        assert_eq!(in_blocks(block, 3), whole);
    }
}
