//! Flame graphs of every fixture and of hostile names, read back by a strict parser.

use profkit_core::{Frame, Function, Notes, Profile, Sample, Thread, ValueType};
use profkit_render::flame::{self, Options, Order};
use profkit_testkit::fixtures::readable;
use profkit_testkit::names::NASTY;
use roxmltree::{Document, Node, ParsingOptions};

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

/// Numbers of a picture against those of the table, where the stacks are those of the source.
#[test]
fn widths_are_the_totals_of_functions() {
    for fixture in readable() {
        let (profile, _) = fixture.read(&mut Notes::new()).expect("a readable fixture");
        let is_positive = profile.samples.values().iter().all(|&value| value >= 0);
        if profile.samples.is_empty() || !is_positive || profile.value_types.is_empty() {
            continue;
        }
        let name = fixture.title();
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
