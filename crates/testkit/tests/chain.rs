//! A profile that says all that samples can say, through one format after the other.

use profkit_core::{
    Facet, Facets, Frame, Function, LabelValue, Mapping, NoteKind, Notes, Period, Profile, ReadOptions, Role, Sample,
    Symbols, Thread, ValueType, WriteOptions,
};
use profkit_formats::named;
use std::num::{NonZeroU32, NonZeroU64};

/// What a call graph says that stacks say, too, and the other way round: who called whom at what cost.
const SAID_BY_EITHER_SHAPE: &[Facet] =
    &[Facet::Arcs, Facet::ArcCosts, Facet::CalleeSelf, Facet::Totals, Facet::Contexts, Facet::ArcPrimitiveCalls];

/// Two threads of a process; calls with times and boundaries; an inlined function at an address of a mapping;
/// labels, idle time, a negative value; all that a function, a line and a profile can tell.
fn everything() -> Profile {
    let value_types = [
        ValueType::new("samples", "count").with_role(Role::Observations),
        ValueType::new("cpu", "milliseconds"),
        ValueType::new("alloc_space", "bytes").with_role(Role::Scaled),
    ];
    let mut profile = Profile::new(value_types.to_vec());
    let mapping = Mapping {
        start: 0x1000,
        limit: 0x9000,
        offset: 0x40,
        file: profile.text("/usr/bin/shop"),
        build_id: profile.text("abc123"),
        has: Symbols::FUNCTIONS,
    };
    let mapping = Some(profile.mapping(mapping));
    let mut frames = Vec::new();
    for (index, name) in ["main", "Basket::add", "price", "parse"].into_iter().enumerate() {
        let number = index as u32 + 1;
        let function = Function {
            system_name: profile.text(&format!("_ZN4shop{name}")),
            module: profile.text("shop"),
            file: profile.text("src/shop.cc"),
            full_path: profile.text("/home/shop/src/shop.cc"),
            start_line: NonZeroU32::new(number * 10),
            ..Function::named(profile.string(name))
        };
        let frame = Frame {
            function: Some(profile.function(function)),
            file: if index == 2 { profile.text("src/price.inc") } else { None },
            line: NonZeroU32::new(number * 10 + 3),
            column: NonZeroU32::new(number),
            // What is inlined shares the address of what holds it.
            address: NonZeroU64::new(0x1000 + index.min(2) as u64 * 0x10),
            mapping,
            inlined: index == 3,
            folded: index == 1,
            in_app: Some(index > 0),
        };
        frames.push(profile.frame(frame));
    }
    frames.push(profile.frame(Frame { address: NonZeroU64::new(0x77), ..Frame::default() }));
    let (region, size, eu, bytes) =
        (profile.string("region"), profile.string("size"), profile.string("eu"), profile.text("bytes"));
    let label = profile.label(size, LabelValue::Number { value: 512, unit: bytes }, None);
    let label = profile.label(region, LabelValue::Text(eu), Some(label));
    let process = profile.text("42");
    let (one, two, main, worker) = (profile.text("1"), profile.text("2"), profile.text("main"), profile.text("worker"));
    let threads = [(one, main), (two, worker)].map(|(id, name)| Thread { source: 0, process, id, name });
    let threads = threads.map(|thread| profile.thread(thread));
    let rows: [(&[usize], usize, [i64; 3], u32); 6] = [
        (&[0, 1], 0, [1, 10, 100], 0),
        (&[0, 1, 2, 3], 0, [1, 20, 0], 2),
        (&[0], 0, [2, -5, 40], 1),
        (&[0, 4], 1, [1, 7, 8], 0),
        (&[0, 1], 1, [0, 0, 0], 1),
        (&[], 1, [1, 10, 0], 0),
    ];
    for (index, (path, thread, values, kept)) in rows.into_iter().enumerate() {
        let path: Vec<_> = path.iter().map(|&frame| frames[frame]).collect();
        let stack = (!path.is_empty()).then(|| profile.stack(&path).expect("not too deep"));
        let mut sample = Sample::new(stack, &values);
        sample.thread = Some(threads[thread]);
        sample.time_ns = Some(index as i64 * 10_000_000);
        sample.kept = Some(kept);
        sample.labels = (index == 1).then_some(label);
        profile.samples.push(sample);
    }
    let meta = &mut profile.meta;
    meta.title = Some("everything".to_owned());
    meta.start_ns = Some(1_700_000_000_000_000_000);
    meta.duration_ns = Some(60_000_000);
    meta.period = Some(Period { value_type: Some(ValueType::new("cpu", "nanoseconds")), value: 10_000_000 });
    meta.producer = Some("a profiler".to_owned());
    meta.comments = vec!["a comment".to_owned()];
    meta.doc_url = Some("https://example.org/profile".to_owned());
    meta.default_value = Some(1);
    meta.drop_frames = Some("nothing_is_called_so".to_owned());
    profile
}

/// Checks that the notes name every facet that is gone, and none that is still there or never was.
fn check(step: &str, before: &Profile, after: &Profile, notes: &Notes) -> Result<(), String> {
    let says = |profile: &Profile| profile.canonical().map(|it| it.census().present()).expect("small numbers");
    let (had, has) = (says(before), says(after));
    let changes_shape = before.calls.is_empty() != after.calls.is_empty();
    let exempt = if changes_shape { Facets::of(SAID_BY_EITHER_SHAPE) } else { Facets::NONE };
    let lost = notes.iter().filter(|note| note.kind == NoteKind::Lost);
    let named: Vec<&str> = lost.map(|note| note.what.as_str()).collect();
    let names = |facet: Facet| named.iter().any(|what| what.ends_with(&format!("cannot hold {}", facet.what())));
    for facet in had.minus(has).minus(exempt).iter() {
        // Calls of functions and of arcs are one loss to a person, and a relabelled value has lost its type.
        let is_told = match facet {
            Facet::ArcCalls | Facet::PrimitiveCalls => names(facet) || names(Facet::CallCounts),
            Facet::ValueTypes | Facet::UnitScales | Facet::Roles => {
                names(facet) || notes.iter().any(|note| note.kind == NoteKind::Relabelled)
            }
            // Of one value there is no choice.
            Facet::DefaultValue => names(facet) || names(Facet::SeveralValues),
            _ => names(facet),
        };
        if !is_told {
            return Err(format!("{step}: {facet:?} is gone, and no note says so: {named:?}"));
        }
    }
    // What is lost may come back as something else: a row of value zero is idle time left out.
    match Facet::ALL.iter().find(|&&facet| names(facet) && !had.has(facet)) {
        Some(never) => Err(format!("{step}: {never:?} is noted as lost and was never there: {named:?}")),
        None => Ok(()),
    }
}

#[test]
fn a_profile_of_everything_goes_through_all_formats_and_each_says_what_it_lost() {
    let mut profile = everything();
    let facets_of_samples = profile.census().present();
    assert!(Facet::ALL.iter().filter(|&&facet| facets_of_samples.has(facet)).count() > 30, "{facets_of_samples:?}");
    for name in ["pprof", "sentry", "speedscope", "callgrind", "pstats", "collapsed", "pprof"] {
        let format = named(name).expect("registered");
        let (mut file, mut notes) = (Vec::new(), Notes::new());
        format
            .write(&profile, &mut file, &WriteOptions::default(), &mut notes)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let read = profkit_formats::read(&file, None, Some(format), &ReadOptions::default(), &mut Notes::new());
        let (after, _) = read.unwrap_or_else(|error| panic!("{name}: reading back: {error}"));
        check(name, &profile, &after, &notes).unwrap_or_else(|message| panic!("{message}"));
        profile = after;
    }
    assert!(profile.column_totals().expect("small numbers").iter().any(|&total| total > 0), "something is left");
}
