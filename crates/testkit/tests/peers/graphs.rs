//! Graphviz accepts our graphs, and shows the names that are in them.

use super::peers_are_wanted;
use profkit_core::{Frame, Function, Notes, Profile, Sample, ValueType};
use profkit_render::dot::{self, Options, Style};
use profkit_testkit::fixtures::readable;
use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

/// Returns what Graphviz makes of a graph, or what it complains about.
fn graphviz(text: &str, output: &str) -> Result<String, String> {
    let mut command = Command::new("dot");
    command.arg(format!("-T{output}")).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?} is missing: {error}"));
    let (mut stdin, text) = (child.stdin.take().expect("a pipe"), text.to_owned());
    let feeder = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("a result");
    let _ = feeder.join();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let said = text(&output.stderr);
    if output.status.success() && said.is_empty() { Ok(text(&output.stdout)) } else { Err(said) }
}

fn options<'o>(style: Style) -> Options<'o> {
    let mut options = Options::default();
    options.style = style;
    options
}

const STYLES: [Style; 2] = [Style::Pprof, Style::Gprof2dot];

#[test]
fn graphviz_accepts_all_graphs() {
    if !peers_are_wanted() {
        return;
    }
    for fixture in readable() {
        let profile = fixture.read(&mut Notes::new()).expect("a readable fixture").0;
        for style in STYLES {
            let text = dot::dot(&profile, &options(style), &mut Notes::new()).expect("small numbers");
            let canonical = graphviz(&text, "canon").unwrap_or_else(|said| panic!("{}: {said}", fixture.title()));
            let nodes = |text: &str| text.matches("id=node").count() + text.matches("id=\"node").count();
            assert_eq!(nodes(&canonical), nodes(&text), "{}", fixture.title());
        }
    }
}

const NASTY: &[&str] = &[
    "\"quoted\" \\ back\\slash\\",
    "<b>html</b> &amp; &lt; &#65;",
    "\\N \\G \\l \\E \\T{}",
    "x;y{z}|{w}",
    "-> N1 [label=\"pwned\"]",
    "</title><script>alert(1)</script>",
    "]]>",
    "%s%n",
    "日本語の関数名",
    "/* c */ // c # c",
    "::",
    "..",
    "operator()(int)",
    "digraph",
];

#[test]
fn graphviz_shows_names_as_they_are() {
    if !peers_are_wanted() {
        return;
    }
    let mut profile = Profile::new(vec![ValueType::new("cpu", "nanoseconds")]);
    for name in NASTY {
        let name = profile.string(name);
        let function = profile.function(Function::named(name));
        let frame = profile.frame(Frame { function: Some(function), ..Frame::default() });
        let stack = profile.stack(&[frame]).expect("not too deep");
        profile.samples.push(Sample::new(Some(stack), &[1]));
    }
    let long = profile.string(&"long ".repeat(10_000));
    profile.function(Function::named(long));
    for style in STYLES {
        let mut options = options(style);
        options.min_node = Some(0.0);
        let text = dot::dot(&profile, &options, &mut Notes::new()).expect("small numbers");
        let svg = graphviz(&text, "svg").unwrap_or_else(|said| panic!("Graphviz rejects it: {said}"));
        let dtd = roxmltree::ParsingOptions { allow_dtd: true, ..roxmltree::ParsingOptions::default() };
        let svg = roxmltree::Document::parse_with_options(&svg, dtd).expect("valid XML");
        let titles = svg.descendants().filter_map(|it| it.attribute(("http://www.w3.org/1999/xlink", "title")));
        let titles: BTreeSet<&str> = titles.filter_map(|title| title.lines().next()).collect();
        for name in NASTY {
            assert!(titles.contains(*name), "{name:?} is not among {titles:?}");
        }
        assert!(!svg.descendants().any(|it| it.has_tag_name("script")));
    }
}
