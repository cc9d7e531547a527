//! What generated profiles and recorded files do not reach.

use super::FORMAT;
use profkit_core::{
    Arc, CallGraph, Facet, Facets, Frame, FrameId, Function, FunctionId, NoteKind, Notes, Peek, Place, Profile,
    ReadOptions, Result, Sniff, Total, ValueType, WriteOptions,
};
use std::num::NonZeroU32;

fn read(file: &[u8]) -> Result<(Profile, Notes)> {
    let mut notes = Notes::new();
    let profile = FORMAT.read(file, &ReadOptions::default(), &mut notes)?;
    Ok((profile, notes))
}

fn write(profile: &Profile, version: &str) -> (Vec<u8>, Notes) {
    let mut options = WriteOptions::default();
    options.options.push(("marshal".to_owned(), version.to_owned()));
    let (mut file, mut notes) = (Vec::new(), Notes::new());
    FORMAT.write(profile, &mut file, &options, &mut notes).unwrap();
    (file, notes)
}

/// Returns the whole profile as text, in canonical form.
fn dump(profile: &Profile) -> String {
    let mut text = Vec::new();
    let canonical = profile.canonical().unwrap();
    crate::profkit::FORMAT.write(&canonical, &mut text, &WriteOptions::default(), &mut Notes::new()).unwrap();
    String::from_utf8(text).unwrap()
}

fn words(notes: &Notes, kind: NoteKind) -> Vec<(String, u64)> {
    notes.iter().filter(|note| note.kind == kind).map(|note| (note.what.clone(), note.count)).collect()
}

fn text(code: u8, bytes: &[u8]) -> Vec<u8> {
    [&[code][..], &(bytes.len() as i32).to_le_bytes(), bytes].concat()
}

fn integer(number: i32) -> Vec<u8> {
    [b"i", &number.to_le_bytes()[..]].concat()
}

fn tuple(parts: &[Vec<u8>]) -> Vec<u8> {
    [&[b')', parts.len() as u8][..], &parts.concat()].concat()
}

fn dict(pairs: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let pairs: Vec<u8> = pairs.iter().flat_map(|(key, value)| [&key[..], value].concat()).collect();
    [b"{", &pairs[..], b"0"].concat()
}

fn key(file: &[u8], line: i32, name: &[u8]) -> Vec<u8> {
    tuple(&[text(b's', file), integer(line), text(b's', name)])
}

/// An entry with as many calls as given, `(cc, nc)`, and two times of no seconds.
fn value(cc: i32, nc: i32, callers: Vec<u8>) -> Vec<u8> {
    tuple(&[integer(cc), integer(nc), integer(0), integer(0), callers])
}

struct Builder(Profile);

impl Builder {
    fn new(value_type: ValueType) -> Builder {
        Builder(Profile::new(vec![value_type]))
    }

    fn function(&mut self, file: Option<&str>, line: u32, name: &str) -> (FrameId, FunctionId) {
        let file = file.map(|file| self.0.string(file));
        let name = self.0.string(name);
        let function = self.0.function(Function { file, start_line: NonZeroU32::new(line), ..Function::named(name) });
        (self.0.frame(Frame { function: Some(function), ..Frame::default() }), function)
    }
}

/// A graph with every number a file has, of functions with every kind of file.
fn whole(value_type: ValueType, numbers: [i64; 4]) -> Profile {
    let [calls, primitive, own, inclusive] = numbers;
    let mut builder = Builder::new(value_type);
    let functions = [
        builder.function(None, 0, "<built-in method builtins.len>"),
        builder.function(Some(""), 0, "exec"),
        builder.function(Some("naïve.py"), 70_000, "日本語"),
        builder.function(Some("a.py"), u32::MAX, "f"),
    ];
    let mut graph = CallGraph::new(1);
    for (frame, function) in functions {
        graph.add_own(frame, &[own]);
        graph.add_total(Total {
            calls: Some(&[calls]),
            primitive_calls: Some(&[primitive]),
            inclusive: Some(&[inclusive]),
            ..Total::new(function)
        });
        graph.add_arc(Arc {
            calls: Some(&[calls]),
            primitive_calls: Some(&[primitive]),
            inclusive: Some(&[inclusive]),
            callee_self: Some(&[own]),
            ..Arc::new(functions[0].0, function)
        });
    }
    builder.0.calls.push(graph);
    builder.0
}

fn nanoseconds() -> ValueType {
    ValueType::new("time", "nanoseconds")
}

#[test]
fn every_number_comes_back_in_both_versions() {
    let picoseconds = ValueType { unit: nanoseconds().unit.with_exponent(-12), ..nanoseconds() };
    let seconds = ValueType { unit: nanoseconds().unit.with_exponent(0), ..nanoseconds() };
    let all = [
        (nanoseconds(), [3, 2, 33, 1_234_567_891]),
        (nanoseconds(), [3, 2, -33, -1]),
        (nanoseconds(), [5_000_000_000, i64::MAX / 4, 1 << 51, (1 << 51) + 1]),
        (nanoseconds(), [-1, -3, 1, 1]),
        (nanoseconds(), [2, 7, 0, 0]),
        (picoseconds.clone(), [1, 1, 1, 999]),
        (picoseconds, [1, 1, 0, 0]),
        (seconds, [1, 1, 7, 900_000_001]),
    ];
    for (value_type, numbers) in all {
        let profile = whole(value_type, numbers);
        for version in ["2", "4"] {
            let (file, notes) = write(&profile, version);
            assert_eq!(notes.iter().count(), 0, "{notes:?}");
            let (back, notes) = read(&file).unwrap();
            assert_eq!(dump(&back), dump(&profile), "{numbers:?}");
            assert!(notes.iter().all(|note| note.what.starts_with("times are below zero")), "{notes:?}");
        }
    }
}

#[test]
fn what_is_beyond_a_float_is_rounded_and_noted() {
    let profile = whole(nanoseconds(), [1, 1, (1 << 54) + 1, i64::MAX]);
    let (file, notes) = write(&profile, "2");
    assert!(words(&notes, NoteKind::Rounded)[0].1 >= 8, "{notes:?}");
    let (back, _) = read(&file).unwrap();
    assert!(back.value_types[0].unit.exponent > -9);
}

#[test]
fn what_was_made_up_is_taken_away_again() {
    let mut profile = whole(nanoseconds(), [1, 1, 5, 6]);
    let lost = [Facet::CallCounts, Facet::PrimitiveCalls, Facet::ArcCalls, Facet::ArcPrimitiveCalls];
    for lost in [&lost[..], &[Facet::Totals, Facet::CalleeSelf], &[Facet::ArcCosts, Facet::PrimitiveCalls]] {
        let (less, _) = profile.without(Facets::of(lost)).unwrap();
        let (file, notes) = write(&less, "2");
        assert_eq!(words(&notes, NoteKind::Invented).len(), lost.len(), "{notes:?}");
        assert_eq!(dump(&read(&file).unwrap().0), dump(&less));
    }
    profile.calls.clear();
    let (file, _) = write(&profile, "2");
    assert_eq!(file, b"{0");
    assert_eq!(dump(&read(&file).unwrap().0), dump(&profile));
}

#[test]
fn no_values_at_all_are_remembered() {
    let mut builder = Builder(Profile::default());
    let (_, function) = builder.function(Some("a.py"), 1, "f");
    let mut graph = CallGraph::new(0);
    graph.add_total(Total { calls: Some(&[2]), primitive_calls: Some(&[1]), ..Total::new(function) });
    builder.0.calls.push(graph);
    let (back, _) = read(&write(&builder.0, "2").0).unwrap();
    assert_eq!(dump(&back), dump(&builder.0));
}

#[test]
fn a_file_that_would_be_taken_for_none_is_renamed() {
    let mut builder = Builder::new(nanoseconds());
    let (frame, _) = builder.function(Some("~"), 1, "f");
    let mut graph = CallGraph::new(1);
    graph.add_own(frame, &[1]);
    builder.0.calls.push(graph);
    let (file, notes) = write(&builder.0, "2");
    assert_eq!(words(&notes, NoteKind::Renamed)[0].1, 1);
    let (back, _) = read(&file).unwrap();
    let (_, function) = back.functions.iter().next().unwrap();
    assert_eq!(back.strings.text(function.file), "./~");
}

#[test]
fn odd_files_are_read_and_noted() {
    let plain = dict(&[(key(b"a.py", 1, b"f"), value(1, 1, dict(&[])))]);
    let (_, notes) = read(&[&plain[..], b"tail"].concat()).unwrap();
    assert_eq!(words(&notes, NoteKind::Odd)[0].1, 4);

    let callers = dict(&[(key(b"a.py", -1, b"g"), integer(3))]);
    let odd = dict(&[
        (key(b"a.py", 1, b"f"), value(1, 1, callers)),
        (key(b"a.py", 1, b"f"), value(1, 1, dict(&[]))),
        (key(b"a.py", -1, b"g"), value(5, 2, dict(&[]))),
        (key(b"a.py", 9, b"h"), value(-1, -1, dict(&[]))),
    ]);
    let (profile, notes) = read(&odd).unwrap();
    let starts: Vec<String> = words(&notes, NoteKind::Odd).into_iter().map(|(what, _)| what[..11].to_owned()).collect();
    assert_eq!(starts, ["lines that ", "functions a", "call counts", "call counts"]);
    let calls: Vec<_> = profile.calls[0].totals().map(|total| total.calls.map(|calls| calls[0])).collect();
    assert_eq!(calls, [Some(1), Some(1), Some(5), None]);
}

#[test]
fn names_that_are_not_utf_8_stay_apart() {
    let file = dict(&[
        (key(b"a.py", 1, b"caf\xe9"), value(1, 1, dict(&[]))),
        (key(b"a.py", 1, b"caf\xe8"), value(1, 1, dict(&[]))),
        (tuple(&[text(b'a', b"a.py"), integer(1), text(b'a', b"caf\xe9")]), value(1, 1, dict(&[]))),
        (tuple(&[text(b'u', b"a.py"), integer(1), text(b'u', b"\xed\xb2\x80")]), value(1, 1, dict(&[]))),
    ]);
    let (profile, notes) = read(&file).unwrap();
    let names: Vec<_> = profile.functions.iter().map(|(_, it)| profile.strings[it.name].to_owned()).collect();
    assert_eq!(names, ["caf\\xe9", "caf\\xe8", "café", "\\xed\\xb2\\x80"]);
    assert_eq!(words(&notes, NoteKind::Renamed)[0].1, 3);
}

#[test]
fn what_is_rounded_is_spread() {
    let half = |name: &[u8]| {
        let times = [b"g", &0.5e-9f64.to_le_bytes()[..]].concat();
        let value = tuple(&[integer(1), integer(1), times.clone(), times, dict(&[])]);
        (key(b"a.py", 1, name), value)
    };
    let (profile, notes) = read(&dict(&[half(b"f"), half(b"g"), half(b"h"), half(b"i")])).unwrap();
    assert_eq!(profile.column_totals().unwrap(), [2]);
    assert_eq!(words(&notes, NoteKind::Rounded), [("values are rounded to nanoseconds".to_owned(), 8)]);
}

#[test]
fn shared_callers_cannot_run_away() {
    let caller = |line| (key(b"a.py", line, b"f"), integer(1));
    let mut callers = dict(&(0..500).map(caller).collect::<Vec<_>>());
    callers[0] |= 0x80;
    let shared = [b"r", &0i32.to_le_bytes()[..]].concat();
    let entry =
        |line| (key(b"a.py", line, b"g"), value(1, 1, if line == 0 { callers.clone() } else { shared.clone() }));
    assert!(read(&dict(&(0..5).map(entry).collect::<Vec<_>>())).is_ok());
    let error = read(&dict(&(0..500).map(entry).collect::<Vec<_>>())).unwrap_err();
    assert!(error.message().ends_with("shared too often"), "{error}");
    assert!(error.place().is_some());
}

#[test]
fn a_reference_leads_to_what_was_read_long_before() {
    let [mut function, mut callers] = [
        key(b"a.py", 1, b"f"),
        dict(&[(key(b"a.py", 2, b"g"), tuple(&[integer(1), integer(1), integer(0), integer(0)]))]),
    ];
    function[0] |= 0x80;
    callers[0] |= 0x80;
    let reference = |index: i32| [&b"r"[..], &index.to_le_bytes()].concat();
    let first = (function, value(1, 1, callers));
    let between = (10..60).map(|line| (key(b"a.py", line, b"h"), value(1, 1, dict(&[(reference(0), integer(3))]))));
    let last = (key(b"a.py", 9, b"i"), value(1, 1, reference(1)));
    let (profile, _) = read(&dict(&[first].into_iter().chain(between).chain([last]).collect::<Vec<_>>())).unwrap();
    let name = |function: FunctionId| &profile.strings[profile.functions[function].name];
    let arcs = profile.calls[0].arcs().map(|arc| {
        let caller = profile.frames[arc.caller].function.unwrap();
        (name(caller), name(arc.callee), arc.calls.map(|calls| calls[0]))
    });
    let arcs: Vec<_> = arcs.collect();
    assert_eq!((arcs[0], arcs.len()), (("g", "f", Some(1)), 52));
    assert!(arcs[1..51].iter().all(|&arc| arc == ("f", "h", Some(3))), "{arcs:?}");
    assert_eq!(arcs[51], ("g", "i", Some(1)));
}

#[test]
fn of_two_errors_the_first_is_told() {
    let wrong = dict(&[(key(b"a.py", 1, b"f"), value(1, 1, integer(7)))]);
    let alone = read(&wrong).unwrap_err();
    let cut = read(&wrong[..wrong.len() - 1]).unwrap_err();
    assert_eq!((cut.message(), cut.place()), (alone.message(), alone.place()));
}

#[test]
fn sniffs_its_own_and_nothing_else() {
    let sniff = |head: &[u8]| FORMAT.sniff(&Peek { head, json: None });
    let own = dict(&[(key(b"a.py", 1, b"f"), value(1, 1, dict(&[])))]);
    assert_eq!(sniff(&own), Sniff::Sure);
    assert_eq!(sniff(b"{0"), Sniff::Sure);
    assert_eq!(sniff(b"{\"a\": 0}"), Sniff::No);
    assert_eq!(sniff(b"{"), Sniff::No);
}

#[test]
fn a_cut_dict_is_refused_with_its_offset() {
    let callers = dict(&[(key(b"a.py", 1, b"f"), integer(3))]);
    let file = dict(&[(key(b"a.py", 1, b"f"), value(1, 1, dict(&[]))), (key(b"a.py", 2, b"g"), value(1, 3, callers))]);
    assert!(read(&file).is_ok());
    for length in 1..file.len() {
        let Err(error) = read(&file[..length]) else { panic!("cut to {length} bytes and read") };
        assert!(matches!(error.place(), Some(Place::Byte(at)) if *at <= length), "cut to {length} bytes: {error}");
    }
}
