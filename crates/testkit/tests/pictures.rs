//! Flame graphs of every fixture and of hostile names, read back by a strict parser.

use profkit_core::{Frame, Function, Notes, Profile, Sample, Thread, ValueType};
use profkit_render::flame::{self, Options, Order};
use profkit_testkit::fixtures::readable;
use roxmltree::{Document, Node, ParsingOptions};

/// Names that break one language or another.
const NASTY: &[&str] = &[
    "]]></script><script>document.title='owned'</script>",
    "--><img src=x onerror=alert(1)>",
    "nul\0and\u{1b}[2J\u{7}",
    "std::array<[u8; 8], 4>::map",
    "quote\" and 'quote' and `tick`",
    "Thread 12",
    "v 1 2.5",
    "# comment 9",
    "\u{202e}desrever\u{2066}",
    "عربي",
    "🔥 flame 👩‍👩‍👧‍👦",
    "\u{fffe}\u{ffff}\u{2028}",
    "back\\slash\nnew\tline\r",
    "",
    "  ",
    "-",
    "--",
    "&amp;&lt;{{title}}${title}",
    "all",
    "a;b",
    "a:b",
];

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
        ("wide frames", options(|it| it.min_width = Some(10.0))),
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
