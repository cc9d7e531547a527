//! What is written is what is read: the corners that generated profiles do not come to.

use super::{dump, read, write};
use profkit_core::{
    Frame, FrameId, Function, LabelValue, Mapping, Period, Profile, Role, Sample, StringId, Symbols, Thread, ValueType,
};
use std::num::{NonZeroU32, NonZeroU64};

fn profile() -> Profile {
    Profile::new(vec![ValueType::new("cpu", "nanoseconds")])
}

fn frame(profile: &mut Profile, name: &str, frame: Frame) -> FrameId {
    let name = profile.string(name);
    let function = Some(profile.function(Function::named(name)));
    profile.frame(Frame { function, ..frame })
}

fn sample(profile: &mut Profile, path: &[FrameId], values: &[i64]) {
    let stack = (!path.is_empty()).then(|| profile.stack(path).unwrap());
    profile.samples.push(Sample::new(stack, values));
}

#[track_caller]
fn check(profile: &Profile) -> Profile {
    let back = read(&write(profile)).unwrap();
    assert_eq!(dump(&back.canonical().unwrap()), dump(&profile.canonical().unwrap()));
    assert_eq!(write(&back), write(profile), "written again");
    back
}

#[test]
fn inlined_frames_wherever_they_stand() {
    let mut it = profile();
    let at = |address| Frame { address: NonZeroU64::new(address), ..Frame::default() };
    let inlined = |address| Frame { inlined: true, ..at(address) };
    let main = frame(&mut it, "main", at(1));
    let outer = frame(&mut it, "outer", at(2));
    let middle = frame(&mut it, "middle", inlined(2));
    let leaf = frame(&mut it, "leaf", inlined(2));
    let elsewhere = frame(&mut it, "leaf", inlined(3));
    let folded = frame(&mut it, "leaf", Frame { folded: true, ..inlined(2) });
    let nameless = it.frame(at(2));
    let nameless_inlined = it.frame(inlined(2));
    let nowhere = frame(&mut it, "nowhere", Frame { inlined: true, ..Frame::default() });
    sample(&mut it, &[main, outer, middle, leaf], &[1]);
    sample(&mut it, &[main, outer, middle], &[2]);
    sample(&mut it, &[main, outer], &[3]);
    sample(&mut it, &[outer, outer, middle, middle], &[4]);
    sample(&mut it, &[leaf, main, middle], &[5]);
    sample(&mut it, &[main, outer, elsewhere, leaf], &[6]);
    sample(&mut it, &[main, outer, folded, leaf], &[7]);
    sample(&mut it, &[nameless, leaf, nameless_inlined, leaf], &[8]);
    sample(&mut it, &[nowhere, nowhere, main, nowhere], &[9]);
    check(&it);
}

#[test]
fn lines_without_a_function() {
    let mut it = profile();
    let line = Frame { line: NonZeroU32::new(7), ..Frame::default() };
    let place = it.frame(line);
    let column = it.frame(Frame { column: NonZeroU32::new(u32::MAX), ..Frame::default() });
    let empty_name = frame(&mut it, "", line);
    let nothing = it.frame(Frame::default());
    sample(&mut it, &[place, column, empty_name, nothing], &[1]);
    sample(&mut it, &[nothing], &[2]);
    sample(&mut it, &[], &[3]);
    check(&it);
}

#[test]
fn functions_with_every_field() {
    let mut it = profile();
    let [name, system, file] = ["f", "_Zf", "f.c"].map(|text| it.string(text));
    let rows =
        [(None, None, 0), (Some(system), None, 0), (None, Some(file), 0), (None, None, 9), (Some(name), None, 0)];
    for (value, (system_name, file, line)) in rows.into_iter().enumerate() {
        let start_line = NonZeroU32::new(line);
        let function = Some(it.function(Function { system_name, file, start_line, ..Function::named(name) }));
        let frame = it.frame(Frame { function, ..Frame::default() });
        sample(&mut it, &[frame], &[value as i64]);
    }
    // The last one says what the first one says: a system name that is the name is none.
    assert_eq!(check(&it).functions.len(), 4);
}

#[test]
fn mappings_in_order_and_used_or_not() {
    let mut it = profile();
    let [file, build_id] = ["/bin/app", "b01d"].map(|text| Some(it.string(text)));
    let unused = Mapping { start: 5, limit: u64::MAX, offset: 1, file, ..Mapping::default() };
    it.mapping(unused);
    let all = [Symbols::FUNCTIONS, Symbols::FILENAMES, Symbols::LINE_NUMBERS, Symbols::INLINE_FRAMES];
    for has in all {
        let mapping = it.mapping(Mapping { build_id, has, ..Mapping::default() });
        let frame = it.frame(Frame { mapping: Some(mapping), ..Frame::default() });
        sample(&mut it, &[frame], &[1]);
    }
    check(&it);
}

fn label(profile: &mut Profile, key: &str, value: LabelValue, values: &[i64]) {
    let key = profile.string(key);
    let labels = Some(profile.label(key, value, None));
    profile.samples.push(Sample { labels, ..Sample::new(None, values) });
}

#[test]
fn labels_of_every_kind_and_in_order() {
    let mut it = profile();
    let [empty, text, bytes] = ["", "text", "bytes"].map(|text| it.string(text));
    let number = |value, unit: Option<StringId>| LabelValue::Number { value, unit };
    let all = [
        LabelValue::Text(text),
        LabelValue::Text(empty),
        number(0, None),
        number(0, Some(bytes)),
        number(-1, Some(text)),
        number(i64::MIN, None),
    ];
    for (index, value) in all.into_iter().enumerate() {
        label(&mut it, "key", value, &[index as i64]);
        label(&mut it, "", value, &[index as i64]);
    }
    let mut list = None;
    for value in all.into_iter().chain(all) {
        list = Some(it.label(text, value, list));
    }
    it.samples.push(Sample { labels: list, ..Sample::new(None, &[7]) });
    check(&it);
}

#[test]
fn threads_beside_labels_of_their_names() {
    let mut it = profile();
    let [main, one, two] = ["main", "1", "2"].map(|text| Some(it.string(text)));
    let threads = [
        Thread { name: main, ..Thread::default() },
        Thread { id: one, ..Thread::default() },
        Thread { id: one, name: main, process: two, source: 3 },
        Thread { source: u32::MAX, ..Thread::default() },
    ];
    for (value, thread) in threads.into_iter().enumerate() {
        let thread = Some(it.thread(thread));
        it.samples.push(Sample { thread, ..Sample::new(None, &[value as i64]) });
    }
    check(&it);
    for key in ["thread", "thread_id", "thread_id_", "thread_source"] {
        label(&mut it, key, LabelValue::Text(main.unwrap()), &[9]);
    }
    let back = check(&it);
    assert!(back.meta.comments.is_empty());
}

#[test]
fn value_types_of_one_name_and_of_none() {
    let mut it = Profile::new(["cpu", "cpu", "", ""].map(|kind| ValueType::new(kind, "ns")).to_vec());
    sample(&mut it, &[], &[1, -2, 3, 0]);
    for default in [None, Some(0), Some(1), Some(2), Some(3)] {
        it.meta.default_value = default;
        check(&it);
    }
    let mut it = Profile::new(Vec::new());
    let main = frame(&mut it, "main", Frame::default());
    sample(&mut it, &[main], &[]);
    check(&it);
    check(&Profile::new(Vec::new()));
}

#[test]
fn facts_that_are_zero_or_empty() {
    let mut it = profile();
    check(&it);
    let empty = Some(String::new());
    it.meta.start_ns = Some(0);
    it.meta.duration_ns = Some(0);
    it.meta.doc_url = empty.clone();
    it.meta.drop_frames = empty.clone();
    it.meta.keep_frames = empty;
    it.meta.comments = ["", "#profkit no values", "#profkit"].map(str::to_owned).to_vec();
    for kind in [None, Some(("", "")), Some(("cpu", ""))] {
        for value in [0, -3] {
            let value_type = kind.map(|(kind, unit)| ValueType::new(kind, unit));
            it.meta.period = Some(Period { value_type, value });
            check(&it);
        }
    }
}

#[test]
fn equal_samples_are_added_up_while_they_fit() {
    let mut it = profile();
    let main = frame(&mut it, "main", Frame::default());
    for value in [1, 2, -3, -3, 0, i64::MAX - 2, 5] {
        sample(&mut it, &[main], &[value]);
    }
    let back = read(&write(&it)).unwrap();
    let values: Vec<i64> = back.samples.iter().map(|sample| sample.values[0]).collect();
    assert_eq!(values, [8, -3, -3, i64::MAX - 2]);
}

#[test]
fn roles_follow_from_the_period() {
    let columns = [("samples", "count"), ("inuse_objects", "count"), ("inuse_space", "bytes"), ("delay", "ns")];
    let mut it = Profile::new(columns.map(|(kind, unit)| ValueType::new(kind, unit)).to_vec());
    let roles =
        |profile: &Profile| read(&write(profile)).unwrap().value_types.iter().map(|it| it.role).collect::<Vec<_>>();
    assert_eq!(roles(&it), [Role::Measured; 4]);
    let mut period = |unit: &str, value| {
        it.meta.period = Some(Period { value_type: Some(ValueType::new("x", unit)), value });
        roles(&it)
    };
    assert_eq!(period("ns", 10), [Role::Observations, Role::Measured, Role::Measured, Role::Measured]);
    assert_eq!(period("bytes", 1), [Role::Observations, Role::Measured, Role::Measured, Role::Measured]);
    assert_eq!(period("bytes", 2), [Role::Observations, Role::Scaled, Role::Scaled, Role::Measured]);
}
