//! Small files and small profiles, there and back.

mod parts;

use super::FORMAT;
use profkit_core::{
    Dimension, Facet, Frame, FrameId, Function, NoteKind, Notes, Period, Profile, ReadOptions, Role, Sample, Thread,
    ThreadId, ValueType, WriteOptions, prepare,
};
use serde_json::Value;
use std::num::NonZeroU32;

fn read(text: &str) -> Profile {
    FORMAT.read(text.as_bytes(), &ReadOptions::default(), &mut Notes::new()).unwrap()
}

fn options(layout: &str) -> WriteOptions {
    let mut options = WriteOptions::default();
    options.options.push(("layout".to_owned(), layout.to_owned()));
    options
}

fn written(profile: &Profile, layout: &str, notes: &mut Notes) -> String {
    let mut out = Vec::new();
    FORMAT.write(profile, &mut out, &options(layout), notes).unwrap();
    String::from_utf8(out).unwrap()
}

/// Returns the samples in words: thread, path, values in base units, time, kept.
fn rows(profile: &Profile) -> Vec<String> {
    let mut path = Vec::new();
    let strings = &profile.strings;
    let frame = |&frame: &FrameId| {
        let Frame { function, file, line, column, .. } = profile.frames[frame];
        let function = profile.functions[function.unwrap()];
        let start = function.start_line.map_or(String::new(), |line| format!("^{line}"));
        let file = [function.file, file].map(|file| strings.text(file)).join("|");
        let place = [line, column].map(|number| number.map_or(String::new(), |number| number.to_string())).join(":");
        format!("{}@{file}{start}:{place}", &strings[function.name])
    };
    let row = |sample: Sample<'_>| {
        path.clear();
        sample.stack.into_iter().for_each(|stack| profile.stacks.read_path(stack, &mut path));
        let path = path.iter().map(frame).collect::<Vec<_>>().join(";");
        let thread = sample.thread.map_or(String::new(), |thread| profile.thread_title(thread));
        let units = profile.value_types.iter().map(|it| (it.unit.factor, it.unit.exponent));
        let values = sample.values.iter().zip(units).map(|(value, unit)| format!("{value}x{unit:?}"));
        format!("{thread} {path} {} {:?} {:?}", values.collect::<Vec<_>>().join(","), sample.time_ns, sample.kept)
    };
    profile.samples.iter().map(row).collect()
}

/// Writes and reads a profile, and checks that nothing is lost that is not noted, and that speedscope takes it.
fn there_and_back(profile: &Profile, layout: &str) -> Profile {
    let mut notes = Notes::new();
    let text = written(profile, layout, &mut notes);
    check_importable(&text);
    let held = prepare(profile, &FORMAT, &options(layout), &mut Notes::new()).unwrap();
    let back = read(&text);
    let (wanted, found) = (held.canonical().unwrap(), back.canonical().unwrap());
    assert_eq!(rows(&wanted), rows(&found), "{text}");
    assert_eq!(wanted.value_types, found.value_types);
    assert_eq!(wanted.meta, found.meta);
    assert_eq!(wanted.census().present(), found.census().present());
    back
}

/// Checks what the importer of speedscope checks, and what it takes but should not get.
fn check_importable(text: &str) {
    let file: Value = serde_json::from_str(text).unwrap();
    assert_eq!(file["$schema"], super::SCHEMA);
    let frames = file["shared"]["frames"].as_array().unwrap();
    let is_frame = |frame: &Value| frame.as_u64().is_some_and(|index| index < frames.len() as u64);
    let different: std::collections::HashSet<String> = frames.iter().map(Value::to_string).collect();
    assert_eq!(different.len(), frames.len());
    let profiles = file["profiles"].as_array().unwrap();
    assert!(file["activeProfileIndex"].as_u64().unwrap() < profiles.len() as u64);
    for profile in profiles {
        let (start, end) = (profile["startValue"].as_f64().unwrap(), profile["endValue"].as_f64().unwrap());
        assert!(start <= end && profile["name"].is_string() && profile["unit"].is_string());
        if profile["type"] == "sampled" {
            let (samples, weights) = (profile["samples"].as_array().unwrap(), profile["weights"].as_array().unwrap());
            assert_eq!(samples.len(), weights.len());
            assert!(samples.iter().all(|sample| sample.as_array().unwrap().iter().all(is_frame)));
            assert!(weights.iter().all(|weight| weight.as_f64().unwrap() > 0.0));
            continue;
        }
        let (mut open, mut now) = (Vec::new(), start);
        for event in profile["events"].as_array().unwrap() {
            let at = event["at"].as_f64().unwrap();
            assert!(at >= now && is_frame(&event["frame"]));
            now = at;
            if event["type"] == "O" {
                open.push(&event["frame"]);
            } else {
                assert_eq!(open.pop(), Some(&event["frame"]));
            }
        }
        assert!(open.is_empty() && now <= end);
    }
}

struct Builder(Profile);

impl Builder {
    fn new(value_types: &[ValueType]) -> Builder {
        Builder(Profile::new(value_types.to_vec()))
    }

    /// Returns the frame `name`, or `name@file:line:column`.
    fn frame(&mut self, text: &str) -> FrameId {
        let (name, place) = text.split_once('@').unwrap_or((text, ""));
        let mut place = place.split(':');
        let name = self.0.string(name);
        let file = place.next().and_then(|file| self.0.text(file));
        let function = self.0.function(Function { file, ..Function::named(name) });
        let mut number = || place.next().and_then(|number| number.parse().ok()).and_then(NonZeroU32::new);
        let (line, column) = (number(), number());
        self.0.frame(Frame { function: Some(function), line, column, ..Frame::default() })
    }

    fn thread(&mut self, id: &str, name: &str) -> ThreadId {
        let (id, name) = (self.0.text(id), self.0.text(name));
        self.0.thread(Thread { id, name, ..Thread::default() })
    }

    /// Adds a sample; its path is given as `a;b;c`.
    fn sample(&mut self, path: &str, values: &[i64], rest: impl FnOnce(&mut Sample<'_>)) {
        let frames: Vec<FrameId> = path.split(';').filter(|it| !it.is_empty()).map(|it| self.frame(it)).collect();
        let stack = (!frames.is_empty()).then(|| self.0.stack(&frames).unwrap());
        let mut sample = Sample::new(stack, values);
        rest(&mut sample);
        self.0.samples.push(sample);
    }

    fn call(&mut self, path: &str, value: i64, kept: u32, time_ns: Option<i64>) {
        self.sample(path, &[value], |sample| (sample.kept, sample.time_ns) = (Some(kept), time_ns));
    }
}

fn cpu() -> ValueType {
    ValueType::new("cpu", "nanoseconds")
}

#[test]
fn threads_and_values_and_idle_time() {
    let mut builder = Builder::new(&[cpu().with_role(Role::Observations), ValueType::new("alloc", "kilobytes")]);
    let (main, worker) = (builder.thread("1", "main"), builder.thread("", "worker"));
    builder.sample("a@a.py:3:7;b", &[5, 2], |sample| sample.thread = Some(main));
    builder.sample("a@a.py:4;b", &[0, 9], |sample| sample.thread = Some(worker));
    builder.sample("", &[7, 0], |sample| sample.thread = Some(main));
    builder.sample("a@a.py:3:7;b", &[6, 0], |sample| sample.thread = Some(main));
    builder.sample("b", &[1, 1], |_| {});
    builder.0.meta.title = Some("nightly".to_owned());
    builder.0.meta.producer = Some("some profiler".to_owned());
    builder.0.meta.default_value = Some(0);
    let back = there_and_back(&builder.0, "auto");
    assert_eq!(back.samples.len(), 5, "two values of one sample are one sample again");
    let text = written(&builder.0, "auto", &mut Notes::new());
    let file: Value = serde_json::from_str(&text).unwrap();
    let titles: Vec<_> = file["profiles"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(titles, ["main (1) - cpu", "main (1) - alloc", "worker - alloc", "cpu", "alloc"]);
    assert_eq!(file["profiles"][1]["endValue"], 2048);
    there_and_back(&builder.0, "evented");
}

#[test]
fn calls_with_recursion_and_calls_without_time() {
    let mut builder = Builder::new(&[cpu()]);
    builder.call("a", 5, 0, Some(100));
    builder.call("a;a", 0, 1, Some(105));
    builder.call("a;a;b", 3, 1, Some(105));
    builder.call("a;a;b", 4, 2, Some(108));
    builder.call("", 2, 0, Some(112));
    builder.call("c;d", 0, 0, Some(114));
    builder.call("c;d", 0, 2, Some(114));
    let back = there_and_back(&builder.0, "auto");
    let found: Vec<_> = back.samples.iter().map(|it| (it.values[0], it.kept, it.time_ns)).collect();
    let wanted = [(5, 0, 100), (0, 1, 105), (3, 1, 105), (4, 2, 108), (2, 0, 112), (0, 0, 114)];
    assert_eq!(found, wanted.map(|(value, kept, time)| (value, Some(kept), Some(time))));
    let file: Value = serde_json::from_str(&written(&builder.0, "auto", &mut Notes::new())).unwrap();
    assert_eq!((&file["profiles"][0]["startValue"], &file["profiles"][0]["endValue"]), (&100.into(), &114.into()));
    there_and_back(&builder.0, "sampled");
}

#[test]
fn times_that_positions_cannot_tell() {
    let mut builder = Builder::new(&[cpu()]);
    builder.call("a", 5, 0, Some(100));
    builder.call("a;b", 3, 1, Some(200));
    builder.call("a;b;c", 0, 1, None);
    builder.call("b", 1, 0, Some(50));
    let mut notes = Notes::new();
    assert!(written(&builder.0, "auto", &mut notes).contains("\"times\":[100,200,null,50]"));
    assert_eq!(notes.iter().map(|note| (note.kind, note.count)).collect::<Vec<_>>(), [(NoteKind::Odd, 4)]);
    there_and_back(&builder.0, "auto");
    let mut without_times = Builder::new(&[ValueType::new("alloc", "bytes")]);
    without_times.call("a", 5, 0, None);
    without_times.call("a;b", 3, 1, None);
    there_and_back(&without_times.0, "auto");
}

#[test]
fn made_up_calls_are_noted_and_dropped_again() {
    let mut builder = Builder::new(&[cpu()]);
    builder.sample("a;b", &[5], |_| {});
    builder.sample("a;b;c", &[3], |_| {});
    builder.sample("a;d", &[2], |_| {});
    let mut notes = Notes::new();
    let text = written(&builder.0, "evented", &mut notes);
    assert_eq!(text.matches("\"type\":\"O\"").count(), 4);
    assert_eq!(notes.iter().map(|note| (note.kind, note.count)).collect::<Vec<_>>(), [(NoteKind::Invented, 3)]);
    let back = there_and_back(&builder.0, "evented");
    assert!(!back.samples.has_kept());
}

#[test]
fn units_of_every_scale_are_exact() {
    let huge = (1 << 53) + 1;
    for (name, exponent) in
        [("seconds", 0), ("seconds", -1), ("milliseconds", -5), ("ns", -12), ("hours", 0), ("minutes", -2)]
    {
        let mut value_type = ValueType::new("cpu", name);
        value_type.unit.exponent = exponent;
        let mut builder = Builder::new(&[value_type]);
        builder.sample("a", &[huge], |_| {});
        builder.sample("b", &[1], |_| {});
        there_and_back(&builder.0, "auto");
        there_and_back(&builder.0, "evented");
    }
    for (name, exponent) in [("bytes", 0), ("terabytes", 0), ("count", -6), ("cycles", 0), ("cycles", 6), ("", 0)] {
        let mut value_type = ValueType::new("cost", name);
        value_type.unit.exponent = exponent;
        let mut builder = Builder::new(&[value_type]);
        builder.sample("a", &[huge], |_| {});
        builder.sample("b", &[1], |_| {});
        there_and_back(&builder.0, "auto");
    }
}

#[test]
fn the_start_of_a_function_is_shown_where_no_line_is_known() {
    let mut builder = Builder::new(&[cpu()]);
    let (name, file) = (builder.0.string("f"), builder.0.text("a.py"));
    let function = Function { file, start_line: NonZeroU32::new(12), ..Function::named(name) };
    let function = builder.0.function(function);
    let frame = builder.0.frame(Frame { function: Some(function), ..Frame::default() });
    let stack = builder.0.stack(&[frame]).unwrap();
    builder.0.samples.push(Sample::new(Some(stack), &[1]));
    assert!(written(&builder.0, "auto", &mut Notes::new()).contains("\"line\":12"));
    let back = there_and_back(&builder.0, "auto");
    assert_eq!((back.census().count(Facet::StartLines), back.census().count(Facet::Lines)), (1, 0));
    builder.sample("g@a.py:3", &[1], |_| {});
    assert_eq!(there_and_back(&builder.0, "auto").census().count(Facet::StartLines), 0);
}

#[test]
fn the_file_of_a_line_is_shown() {
    let mut builder = Builder::new(&[cpu()]);
    let frame = builder.frame("f@a.c:3");
    let header = builder.0.text("vector.h");
    let frame = builder.0.frame(Frame { file: header, ..builder.0.frames[frame] });
    let stack = builder.0.stack(&[frame]).unwrap();
    builder.0.samples.push(Sample::new(Some(stack), &[1]));
    assert!(written(&builder.0, "auto", &mut Notes::new()).contains("\"file\":\"vector.h\",\"line\":3"));
    there_and_back(&builder.0, "auto");
}

#[test]
fn what_is_lost_is_noted() {
    let mut builder = Builder::new(&[cpu()]);
    builder.sample("a", &[-5], |_| {});
    builder.sample("a", &[0], |sample| sample.time_ns = Some(3));
    builder.sample("a", &[4], |sample| sample.time_ns = Some(3));
    builder.0.meta.period = Some(Period { value_type: None, value: 3 });
    let mut notes = Notes::new();
    written(&builder.0, "auto", &mut notes);
    assert!(notes.iter().all(|note| note.kind == NoteKind::Lost));
    let lost = notes.iter().map(|note| (note.what.trim_start_matches("speedscope cannot hold "), note.count));
    let wanted = [("negative values", 1), ("samples of value zero", 1), ("timestamps", 2), ("the sampling period", 1)];
    assert_eq!(lost.collect::<Vec<_>>(), wanted);
}

#[test]
fn nothing_is_still_a_file_with_a_profile() {
    there_and_back(&Profile::new(vec![cpu(), cpu()]), "auto");
    there_and_back(&Profile::new(Vec::new()), "auto");
}

#[test]
fn depths_that_speedscope_refuses_are_noted() {
    let mut builder = Builder::new(&[cpu()]);
    let frame = builder.frame("a");
    let mut stack = None;
    for kept in 0..5_000 {
        stack = Some(builder.0.push(stack, frame).unwrap());
        builder.0.samples.push(Sample { kept: Some(kept), ..Sample::new(stack, &[1]) });
    }
    let mut notes = Notes::new();
    written(&builder.0, "auto", &mut notes);
    assert_eq!(notes.iter().map(|note| (note.kind, note.count)).collect::<Vec<_>>(), [(NoteKind::Odd, 1_100)]);
}

fn frames_and(profiles: &str) -> String {
    format!("{{\"shared\":{{\"frames\":[{{\"name\":\"a\"}},{{\"name\":\"b\"}}]}},{profiles}}}")
}

#[test]
fn profiles_of_one_unit_are_threads_and_units_are_values() {
    let profile = |name: &str, unit: &str| {
        format!(
            "{{\"type\":\"sampled\",\"name\":\"{name}\",\"unit\":\"{unit}\",\"startValue\":0,\"endValue\":1,\"samples\":[[0]],\"weights\":[1]}}"
        )
    };
    let file =
        |profiles: &[String], rest: &str| read(&frames_and(&format!("\"profiles\":[{}]{rest}", profiles.join(","))));
    let threads = |profile: &Profile| -> Vec<String> {
        profile.samples.iter().map(|it| it.thread.map_or(String::new(), |id| profile.thread_title(id))).collect()
    };
    let kinds = |profile: &Profile| -> Vec<String> { profile.value_types.iter().map(|it| it.kind.clone()).collect() };

    let single = file(&[profile("main", "seconds")], "");
    assert_eq!((single.meta.title.as_deref(), threads(&single)), (Some("main"), vec![String::new()]));
    let named = file(&[profile("main", "seconds")], ",\"name\":\"x.json\"");
    assert_eq!((named.meta.title.as_deref(), threads(&named)), (Some("x.json"), vec!["thread: main".to_owned()]));
    let same = file(&[profile("main", "seconds"), profile("main", "bytes")], "");
    assert_eq!((kinds(&same), threads(&same)), (vec!["time".to_owned(), "space".to_owned()], vec![String::new()]));
    let values = file(&[profile("ticks", "seconds"), profile("heap", "bytes")], ",\"activeProfileIndex\":1");
    assert_eq!((kinds(&values), values.samples.len()), (vec!["ticks".to_owned(), "heap".to_owned()], 1));
    assert_eq!((values.default_value(), threads(&values)), (1, vec![String::new()]));
    let both = file(&[profile("m", "none"), profile("w", "none"), profile("m", "bytes")], "");
    assert_eq!((kinds(&both), both.meta.title.clone()), (vec!["samples".to_owned(), "space".to_owned()], None));
    assert_eq!(threads(&both), ["thread: m", "thread: w"], "the two values of one sample of m");
    assert_eq!(both.value_types[0].unit.dimension, Dimension::Count);
}

#[test]
fn a_sampled_profile_may_end_in_idle_time() {
    let profile = |end: &str| {
        let profile =
            format!("\"type\":\"sampled\",\"name\":\"x\",\"unit\":\"seconds\",\"startValue\":1,\"endValue\":{end}");
        read(&frames_and(&format!("\"profiles\":[{{{profile},\"samples\":[[0],[0]],\"weights\":[0.1,0.2]}}]")))
    };
    assert_eq!(profile("1.3000000000000003").column_totals().unwrap(), [3]);
    assert_eq!(profile("1.2").samples.len(), 2);
    let idle = profile("1.5");
    assert_eq!((idle.samples.at(2).stack, idle.samples.at(2).values), (None, &[2][..]));
}

#[test]
fn errors_name_the_place() {
    let error = |profiles: &str| {
        let text = frames_and(&format!("\"profiles\":[{profiles}]"));
        FORMAT.read(text.as_bytes(), &ReadOptions::default(), &mut Notes::new()).unwrap_err().to_string()
    };
    let sampled = "{\"type\":\"sampled\",\"unit\":\"none\",\"samples\":[[0],[0,1,2]],\"weights\":[1,1]}";
    let found = error(sampled);
    assert_eq!(found, "profiles[0].samples[1][2]: speedscope: expected a frame index below 2, found 2");
    let found = error(&sampled.replace('2', "-2"));
    assert!(
        found.starts_with("profiles[0].samples[1][2]: speedscope: invalid type: integer `-2`, expected a frame index")
    );
    let found = error(&sampled.replace("[1,1]", "[1,null]").replace('2', "1"));
    assert_eq!(found, "profiles[0].weights[1]: speedscope: expected a number, found null");
    let found = error("{\"type\":\"sampled\" \"unit\"");
    assert!(found.starts_with("1:80: speedscope: expected `,` or `}`"), "{found}");
}
