//! Flame graphs of every fixture and of hostile names, read back by a strict parser.

use profkit_core::{Frame, Function, Notes, Profile, Sample, Thread, ValueType, filter_frames};
use profkit_ops::{Sort, top};
use profkit_render::flame::{self, Options, Order};
use profkit_testkit::fixtures::readable;
use profkit_testkit::names::NASTY;
use roxmltree::{Document, Node, ParsingOptions};
use std::collections::BTreeMap;

fn options(change: impl FnOnce(&mut Options)) -> Options {
    let mut options = Options::default();
    change(&mut options);
    options
}

/// Every way of drawing a picture of one profile.
fn ways() -> Vec<(&'static str, Options)> {
    vec![
        ("plain", Options::default()),
        ("icicle", options(|it| it.is_inverted = true)),
        ("reversed", options(|it| it.is_reversed = true)),
        ("by weight", options(|it| it.order = Order::Weight)),
        ("wide frames", options(|it| it.min_width = Some(1.0))),
        ("without threads", options(|it| it.no_thread_root = true)),
        ("by time", options(|it| it.order = Order::Time)),
    ]
}

/// A frame of a picture.
#[derive(Debug, PartialEq)]
struct Drawn {
    text: String,
    start: u64,
    width: u64,
    y: u64,
}

fn drawn(svg: &[u8], name: &str) -> Vec<Drawn> {
    let text = std::str::from_utf8(svg).unwrap_or_else(|error| panic!("{name}: {error}"));
    let rules = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, rules).unwrap_or_else(|error| panic!("{name}: {error}"));
    let frames = document.descendants().filter(|node| node.has_tag_name("g"));
    frames.map(|frame| of_element(frame).unwrap_or_else(|| panic!("{name}: {frame:?}"))).collect()
}

fn of_element(frame: Node<'_, '_>) -> Option<Drawn> {
    let child = |name| frame.children().find(|child: &Node<'_, '_>| child.tag_name().name() == name);
    let rect = child("rect")?;
    let number = |name: &str| rect.attribute(name)?.parse().ok();
    let text = child("title")?.text()?.to_owned();
    Some(Drawn { text, start: number_of(rect, "x")?, width: number_of(rect, "w")?, y: number("y")? })
}

/// Returns an attribute of inferno's own.
fn number_of(rect: Node<'_, '_>, name: &str) -> Option<u64> {
    rect.attribute(("http://github.com/jonhoo/inferno", name))?.parse().ok()
}

fn svg(profile: &Profile, options: &Options) -> profkit_core::Result<Vec<u8>> {
    let mut out = Vec::new();
    flame::svg(profile, options, &mut out, &mut Notes::new()).map(|()| out)
}

#[test]
fn every_fixture_is_drawn_in_every_way() {
    let mut drawings = 0;
    for fixture in readable() {
        let (profile, _) = fixture.read(&mut Notes::new()).expect("a readable fixture");
        for (way, options) in ways() {
            let name = format!("{}, {way}", fixture.title());
            match svg(&profile, &options) {
                Ok(picture) => {
                    drawings += usize::from(!drawn(&picture, &name).is_empty());
                    assert_eq!(picture, svg(&profile, &options).expect("drawn before"), "{name}: not repeatable");
                }
                Err(error) => assert!(
                    options.order == Order::Time && profile.samples.iter().all(|sample| sample.time_ns.is_none()),
                    "{name}: {error}"
                ),
            }
        }
    }
    assert!(drawings > 300, "only {drawings} pictures show anything");
}

fn nasty() -> Profile {
    let mut profile = Profile::new(vec![ValueType::new("<cpu>", "nanoseconds")]);
    let long = "long ".repeat(2_000);
    let names: Vec<&str> = NASTY.iter().copied().chain([long.as_str()]).collect();
    let frames: Vec<_> = names
        .iter()
        .map(|name| {
            let (name, file) = (profile.string(name), profile.text(&format!("{name}.py")));
            let function = profile.function(Function { file, ..Function::named(name) });
            profile.frame(Frame { function: Some(function), ..Frame::default() })
        })
        .collect();
    for (index, &frame) in (0..).zip(&frames) {
        let name = profile.text(NASTY[index % NASTY.len()]);
        let thread = Some(profile.thread(Thread { name, ..Thread::default() }));
        for path in [vec![frame], vec![frames[0], frame], frames[..=index].to_vec()] {
            let stack = profile.stack(&path).expect("not deep");
            let time_ns = Some(index as i64 * 300);
            profile.samples.push(Sample { thread, time_ns, ..Sample::new(Some(stack), &[100]) });
        }
    }
    profile.meta.title = Some(NASTY[0].to_owned());
    profile
}

#[test]
fn hostile_names_stay_text() {
    let profile = nasty();
    for (way, mut options) in ways() {
        options.title = Some(NASTY.concat());
        let picture = svg(&profile, &options).unwrap_or_else(|error| panic!("{way}: {error}"));
        let frames = drawn(&picture, way);
        assert!(frames.len() > 3, "{way}");
        let text = String::from_utf8(picture).expect("parsed before");
        assert_eq!(text.matches("<script").count(), 1, "{way}: a name became a script");
        assert!(!text.contains("onerror=alert(1)>"), "{way}: a name became an element");
    }
}

/// The fixtures whose stacks are those of the source, and whose values have a width.
fn with_own_stacks() -> impl Iterator<Item = (String, Profile)> {
    readable().into_iter().filter_map(|fixture| {
        let (profile, _) = fixture.read(&mut Notes::new()).expect("a readable fixture");
        let is_positive = profile.samples.values().iter().all(|&value| value >= 0);
        let is_drawn = !profile.samples.is_empty() && is_positive && !profile.value_types.is_empty();
        is_drawn.then(|| (fixture.title(), profile))
    })
}

/// Numbers of a picture against those of the table, where the stacks are those of the source.
#[test]
fn widths_are_the_totals_of_functions() {
    for (name, profile) in with_own_stacks() {
        let picture = svg(&profile, &options(|it| it.min_width = Some(0.0))).expect("drawn before");
        let frames = drawn(&picture, &name);
        let total = profile.column_totals().expect("small numbers")[profile.default_value()];
        let root = frames.iter().find(|frame| frame.text.starts_with("all ("));
        assert_eq!(root.map_or(0, |root| root.width as i64), total, "{name}");
        for frame in &frames {
            // What stands on a frame is inside it.
            let below = frames.iter().filter(|below| below.start <= frame.start);
            let holds = |below: &&Drawn| below.start + below.width >= frame.start + frame.width && below.y >= frame.y;
            assert!(below.clone().any(|below| holds(&below)), "{name}: {frame:?} stands on nothing");
        }
    }
}

/// The total of each function, summed over its frames that stand on no other frame of it.
fn totals_of_frames(mut frames: Vec<Drawn>) -> BTreeMap<String, u64> {
    let mut totals = BTreeMap::new();
    // The frames that are open at a place, outermost first: rows are counted from the top.
    let mut open: Vec<(u64, String)> = Vec::new();
    frames.sort_by_key(|frame| (frame.start, u64::MAX - frame.width, u64::MAX - frame.y));
    for frame in frames {
        open.retain(|(end, _)| *end > frame.start);
        let (name, _) = frame.text.rsplit_once(" (").expect("what is said about a frame");
        if open.iter().all(|(_, other)| other != name) {
            *totals.entry(name.to_owned()).or_default() += frame.width;
        }
        open.push((frame.start + frame.width, name.to_owned()));
    }
    totals
}

/// The sum over the frames of each function is its total in the table, where stacks are those of the source.
#[test]
fn frames_add_up_to_the_totals_of_functions() {
    let mut compared = 0;
    for (name, profile) in with_own_stacks() {
        let profile = filter_frames(&profile, &mut Notes::new()).expect("not deep");
        let value = profile.default_value();
        let no_thread_root = |it: &mut Options| (it.min_width, it.no_thread_root) = (Some(0.0), true);
        let picture = svg(&profile, &options(no_thread_root)).expect("drawn before");
        let mut shown = totals_of_frames(drawn(&picture, &name));
        shown.remove("all");
        shown.remove("(no stack)");
        let top = top(&profile, value, Sort::Name, &mut Notes::new()).expect("small numbers");
        let rows: Vec<_> = top.rows().filter(|row| row.total[value] != 0).collect();
        // Pictures spell names that several functions have, or that no line can hold, in another way.
        for row in &rows {
            let is_alone = rows.iter().filter(|other| other.name.trim() == row.name.trim()).count() == 1;
            if let Some(&total) = shown.get(&row.name).filter(|_| is_alone) {
                assert_eq!(total as i64, row.total[value], "{name}: {}", row.name);
                compared += 1;
            }
        }
        let mut shown: Vec<i64> = shown.into_values().map(|total| total as i64).collect();
        let mut wanted: Vec<i64> = rows.iter().map(|row| row.total[value]).collect();
        shown.sort();
        wanted.sort();
        assert_eq!(shown, wanted, "{name}");
    }
    assert!(compared > 300, "only {compared} functions have names of their own");
}

#[test]
fn stacks_of_a_call_graph_are_marked_as_an_estimate() {
    let fixture = readable().into_iter().find(|it| it.name == "shop.3.13.pstats").expect("a fixture");
    let (profile, _) = fixture.read(&mut Notes::new()).expect("a readable fixture");
    let picture = svg(&profile, &options(|it| it.min_width = Some(0.0))).expect("drawn before");
    let frames = drawn(&picture, "shop");
    assert!(frames.len() > 20);
    for frame in frames {
        assert_eq!(frame.text.contains("(≈"), !frame.text.starts_with("all ("), "{}", frame.text);
    }
    assert!(String::from_utf8(picture).expect("text").contains("stacks estimated from a call graph"));
}

/// Returns a profile of one thread, whose samples have a start, a length, and how many calls go on from the one before.
fn calls_in_time(samples: &[(&[&str], i64, i64, Option<u32>)]) -> Profile {
    let mut profile = Profile::new(vec![ValueType::new("wall", "nanoseconds")]);
    for &(path, start, length, kept) in samples {
        let frame = |name: &&str| {
            let name = profile.string(name);
            let function = profile.function(Function::named(name));
            profile.frame(Frame { function: Some(function), ..Frame::default() })
        };
        let path: Vec<_> = path.iter().map(frame).collect();
        let stack = profile.stack(&path).expect("not deep");
        profile.samples.push(Sample { time_ns: Some(start), kept, ..Sample::new(Some(stack), &[length]) });
    }
    profile
}

#[test]
fn two_calls_one_after_the_other_are_two_frames() {
    let names = |profile: &Profile| -> Vec<(u64, u64, String)> {
        let shown = texts(profile, &options(|it| it.order = Order::Time));
        let name = |text: String| text.split(" (").next().expect("a name").to_owned();
        shown.into_iter().map(|(start, width, text)| (start, width, name(text))).collect()
    };
    let wanted = |rows: &[(u64, u64, &str)]| -> Vec<(u64, u64, String)> {
        rows.iter().map(|&(start, width, name)| (start, width, name.to_owned())).collect()
    };
    let main: &[&str] = &["main", "f", "g"];
    let of_calls = calls_in_time(&[(main, 0, 10, Some(0)), (main, 10, 5, Some(1)), (main, 15, 5, Some(0))]);
    let rows = [(0, 20, "all"), (0, 15, "main"), (0, 10, "f"), (0, 10, "g"), (10, 5, "f"), (10, 5, "g")];
    let last = [(15, 5, "main"), (15, 5, "f"), (15, 5, "g")];
    assert_eq!(names(&of_calls), wanted(&[&rows[..], &last[..]].concat()));
    // Ticks of a timer tell no calls apart.
    let of_ticks = calls_in_time(&[(main, 0, 10, None), (main, 10, 5, None), (main, 15, 5, None)]);
    assert_eq!(names(&of_ticks), wanted(&[(0, 20, "all"), (0, 20, "main"), (0, 20, "f"), (0, 20, "g")]));
}

#[test]
fn the_root_has_its_name_where_no_script_runs() {
    let profile = two_values(&[(&["main"], [2, 0])]);
    for width in [None, Some(900)] {
        let picture = svg(&profile, &options(|it| (it.value, it.width) = (Some(0), width))).expect("small numbers");
        let text = String::from_utf8(picture).expect("text");
        assert_eq!(text.matches(">all</text>").count(), 1, "{width:?}: {text}");
    }
}

/// Returns a profile of two values and the given stacks.
fn two_values(stacks: &[(&[&str], [i64; 2])]) -> Profile {
    let mut profile = Profile::new(["before", "after"].map(|kind| ValueType::new(kind, "milliseconds")).to_vec());
    for (path, values) in stacks {
        let frame = |name: &&str| {
            let name = profile.string(name);
            let function = profile.function(Function::named(name));
            profile.frame(Frame { function: Some(function), ..Frame::default() })
        };
        let path: Vec<_> = path.iter().map(frame).collect();
        let stack = profile.stack(&path).expect("not deep");
        profile.samples.push(Sample::new(Some(stack), values));
    }
    profile
}

fn texts(profile: &Profile, options: &Options) -> Vec<(u64, u64, String)> {
    let frames = drawn(&svg(profile, options).expect("small numbers"), "a small profile");
    let mut texts: Vec<_> = frames.into_iter().map(|it| (it.start, it.width, it.text)).collect();
    texts.sort_by_key(|(start, width, _)| (*start, u64::MAX - width));
    texts
}

#[test]
fn a_neighbour_with_a_longer_name_tears_nothing_apart() {
    let stacks: &[(&[&str], [i64; 2])] = &[
        (&["main"], [2, 0]),
        (&["main.func1", "y"], [1, 0]),
        (&["main", "x"], [1, 0]),
        (&["main", "Thread 12"], [1, 0]),
    ];
    let shown = texts(&two_values(stacks), &options(|it| it.value = Some(0)));
    let wanted = [
        (0, 5, "all (5.00 ms, 100.0%)"),
        (0, 4, "main (4.00 ms, 80.0%, self 2.00 ms)"),
        (2, 1, "Thread\u{a0}12 (1.00 ms, 20.0%, all of it self)"),
        (3, 1, "x (1.00 ms, 20.0%, all of it self)"),
        (4, 1, "main.func1 (1.00 ms, 20.0%)"),
        (4, 1, "y (1.00 ms, 20.0%, all of it self)"),
    ];
    assert_eq!(shown, wanted.map(|(start, width, text)| (start, width, text.to_owned())));
}

#[test]
fn a_comparison_tells_the_change_of_every_frame() {
    let stacks: &[(&[&str], [i64; 2])] =
        &[(&["main", "f"], [10, 30]), (&["main", "gone", "deep"], [20, 0]), (&["main", "new"], [0, 5])];
    let profile = two_values(stacks);
    let options = options(|it| it.is_diff = true);
    let shown = texts(&profile, &options);
    let wanted = [
        (0, 65, "all (30.0 ms before, 35.0 ms after, +5.00 ms, +16.7%)"),
        (0, 65, "main (30.0 ms before, 35.0 ms after, +5.00 ms, +16.7%)"),
        (0, 40, "f (10.0 ms before, 30.0 ms after, +20.0 ms, +200.0%)"),
        (40, 20, "gone (20.0 ms before, 0 after, -20.0 ms, gone)"),
        (40, 20, "deep (20.0 ms before, 0 after, -20.0 ms, gone)"),
        (60, 5, "new (0 before, 5.00 ms after, +5.00 ms, new)"),
    ];
    assert_eq!(shown, wanted.map(|(start, width, text)| (start, width, text.to_owned())));
    // Orange for what is new, blue for what is gone.
    let picture = String::from_utf8(svg(&profile, &options).expect("drawn before")).expect("parsed before");
    let fill = |title: &str| {
        let rest = &picture[picture.find(&format!("<title>{title} (")).expect("a frame")..];
        rest[rest.find("fill=\"").expect("a colour") + 6..][..7].to_owned()
    };
    assert_eq!((fill("new"), fill("gone"), fill("deep")), ("#ea8e3e".to_owned(), fill("deep"), "#4caffc".to_owned()));
}

#[test]
fn a_profile_without_samples_says_so() {
    let nothing = Profile::new(vec![ValueType::unnamed()]);
    let text = String::from_utf8(svg(&nothing, &Options::default()).expect("an empty picture")).expect("text");
    assert!(text.contains("nothing to draw"), "{text}");
    assert_eq!(drawn(text.as_bytes(), "nothing"), []);
    assert!(svg(&nothing, &options(|it| it.order = Order::Time)).is_ok());
}

#[test]
fn by_time_the_widths_are_time_and_the_costs_are_costs() {
    let fixture = readable().into_iter().find(|it| it.name == "recursion.speedscope.json").expect("a fixture");
    let (profile, _) = fixture.read(&mut Notes::new()).expect("a readable fixture");
    let options = options(|it| it.order = Order::Time);
    let picture = svg(&profile, &options).expect("it has timestamps");
    let text = String::from_utf8(picture.clone()).expect("parsed before");
    let span = profkit_core::derive::span_ns(&profile, profile.default_value()).expect("it has timestamps");
    let cost = profile.column_totals().expect("small numbers")[profile.default_value()];
    let unit = &profile.value_types[profile.default_value()].unit;
    let nanoseconds = profkit_core::Unit::named("ns");
    let amounts = [(cost, unit), (span, &nanoseconds)].map(|(value, unit)| profkit_core::readable::amount(value, unit));
    assert!(text.contains(&format!("time {}, span {}<", amounts[0], amounts[1])), "{amounts:?}");
    let root = drawn(&picture, "by time").into_iter().find(|frame| frame.text.starts_with("all ("));
    assert_eq!(root.map(|root| root.width as i64), Some(span));
}
