//! Where inputs come from, and what is said of bad ones.

use crate::harness::{Folder, PCONV, PTOP, SMALL};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_dash_and_nothing_are_stdin() {
    let folder = Folder::new();
    for line in ["-t profkit", "-t profkit -", "- -t profkit -o -", "- - -t profkit"] {
        assert_eq!(folder.pipe(PCONV, line, SMALL.as_bytes()).succeeds().text(), SMALL, "{line}");
    }
}

#[test]
fn compressed_input_needs_no_word() {
    let folder = Folder::new();
    assert_eq!(folder.pipe(PCONV, "-t profkit", &gzip(SMALL)).succeeds().text(), SMALL);
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_text() {
    let input = ["\u{feff}", SMALL].concat();
    assert_eq!(Folder::new().pipe(PCONV, "-t profkit", input.as_bytes()).succeeds().text(), SMALL);
}

#[test]
fn an_error_names_file_place_and_format() {
    let folder = Folder::new();
    folder.write("bad.profkit", SMALL.replace(r#""values":[3,1000]"#, r#""values":[3]"#).as_bytes());
    folder.run(PCONV, "bad.profkit out.profkit").fails(2, &["error: bad.profkit: samples[1]", ": profkit: "]);
    folder.write("cut.profkit", &SMALL.as_bytes()[..300]);
    folder.run(PTOP, "cut.profkit").fails(2, &["error: cut.profkit:7:", ": profkit: "]);
    folder.pipe(PTOP, "", &SMALL.as_bytes()[..300]).fails(2, &["error: <stdin>:7:", ": profkit: "]);
}

#[test]
fn a_missing_file_is_an_error() {
    Folder::new().run(PTOP, "none.prof").fails(2, &["none.prof: cannot read"]);
}

#[test]
fn an_empty_input_is_an_error_unless_its_format_allows_it() {
    let folder = Folder::new();
    folder.pipe(PTOP, "", b"").fails(2, &["<stdin>: the input is empty", "only in collapsed", "--from"]);
    folder.pipe(PTOP, "-f profkit", b"").fails(2, &["<stdin>: profkit: the input is empty"]);
    assert_eq!(folder.pipe(PCONV, "-f collapsed -t collapsed", b"").succeeds().text(), "");
}

#[test]
fn a_profile_without_samples_is_an_empty_result() {
    let folder = Folder::new();
    folder.write("none.pb", include_bytes!("../../../testdata/pprof/no_samples.pb"));
    assert_eq!(folder.run(PCONV, "-q none.pb -t collapsed").succeeds().text(), "");
    assert_eq!(folder.run(PCONV, "--check none.pb").code, Some(0));
    assert_eq!(folder.run(PTOP, "none.pb").code, Some(0));
}

#[test]
fn what_is_not_known_is_named() {
    let folder = Folder::new();
    folder
        .pipe(PTOP, "", br#"{"traceEvents":[],"otherData":{}}"#)
        .fails(2, &[r#"the keys "traceEvents", "otherData""#]);
    folder.pipe(PTOP, "", b"\x7fELF").fails(2, &["not of a known format", "--from"]);
    let twice = |bytes: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    folder.pipe(PTOP, "", &twice(&gzip(SMALL))).fails(2, &["<stdin>: byte 0: ", "another layer of compression"]);
}

#[test]
fn the_format_named_is_the_one_read() {
    let folder = Folder::new();
    let run = folder.pipe(PCONV, "-f collapsed -t collapsed", b"{\"a\": 1\n").succeeds();
    assert_eq!(run.text(), "{\"a\": 1\n");
    folder.run(PCONV, "-f pstats small.profkit").fails(2, &["small.profkit: byte 1: pstats: "]);
}

#[test]
fn the_name_of_a_compressed_input_is_no_part_of_its_format() {
    let folder = Folder::new();
    for name in ["a.folded", "a.folded.gz", "a.folded.zst"] {
        folder.write(name, b"main;f 1\n");
        assert_eq!(folder.run(PCONV, &format!("{name} -t collapsed")).succeeds().text(), "main;f 1\n", "{name}");
    }
}

#[test]
fn an_unknown_format_lists_the_known_ones() {
    let folder = Folder::new();
    folder.pipe(PTOP, "", b"?").fails(2, &["--from", "profkit"]);
    folder.run(PTOP, "-f nope small.profkit").fails(2, &["nope", "possible values", "profkit"]);
    folder.run(PCONV, "-t nope small.profkit").fails(2, &["nope", "possible values", "profkit"]);
}

#[test]
fn inputs_are_limited() {
    let folder = Folder::new();
    folder.run(PTOP, "--max-size 100 small.profkit").fails(2, &["small.profkit: ", "100 bytes", "--max-size"]);
    folder.pipe(PTOP, "--max-size 500", &gzip(SMALL)).fails(2, &["500 bytes", "--max-size"]);
    assert_eq!(folder.run(PTOP, "--max-size 4k small.profkit").code, Some(0));
    folder.run(PTOP, "--max-depth 1 small.profkit").fails(2, &["small.profkit: ", "more than 1 frames"]);
    folder.run(PTOP, "--max-size lots small.profkit").fails(2, &["--max-size", "lots"]);
}

#[test]
fn mangled_names_are_shown_demangled_unless_told_otherwise() {
    let folder = Folder::new();
    folder.write("mangled.pb", include_bytes!("../../../testdata/pprof/mangled.pb"));
    let lost = "names that are easier to read take the place of those beside a system name: 1 function lost its own";
    let run = folder.run(PCONV, "mangled.pb -t profkit");
    assert!(run.stderr.starts_with(&format!("note: {lost} (first: _ZN4shop6Basket3addEi)\n")), "{}", run.stderr);
    for function in [
        r#"{"name":"foo(int)","system_name":"_Z3fooi"}"#,
        r#"{"name":"shop::Basket::add(int)","system_name":"shop_add.cold"}"#,
        r#"{"name":"main()","system_name":"_Z4mainv"}"#,
    ] {
        assert!(run.text().contains(function), "{function} in {}", run.text());
    }
    let left = folder.run(PCONV, "--strict --no-demangle mangled.pb -t profkit").succeeds();
    for function in [r#"{"name":"_Z3fooi"}"#, r#"{"name":"_ZN4shop6Basket3addEi","system_name":"shop_add.cold"}"#] {
        assert!(left.text().contains(function), "{function} in {}", left.text());
    }
    folder.run(PCONV, "--strict mangled.pb -t profkit").fails(3, &[lost]);
}

#[test]
fn names_stay_the_same_on_a_way_through_other_formats() {
    let folder = Folder::new();
    folder.write("mangled.pb", include_bytes!("../../../testdata/pprof/mangled.pb"));
    let collapsed = |name: &str| folder.run(PCONV, &format!("-q {name} -t collapsed")).stdout;
    let once = collapsed("mangled.pb");
    folder.write("once.folded", &once);
    assert_eq!(String::from_utf8(once).unwrap(), "main();shop::Basket::add(int);foo(int) 5\n");
    assert_eq!(String::from_utf8(collapsed("once.folded")).unwrap(), "main();shop::Basket::add(int);foo(int) 5\n");
}
