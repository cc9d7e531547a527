//! What README.md says against what is there.

use profkit_core::Notes;
use profkit_formats::FORMATS;
use profkit_render::dot;
use profkit_render::flame::{self, Options};
use profkit_testkit::fixtures::readable;
use roxmltree::{Document, ParsingOptions};

#[test]
fn the_table_of_formats_is_that_of_the_registry() {
    let readme = include_str!("../../../README.md");
    let table = readme.lines().skip_while(|line| *line != "| name | what | reads | writes | file names |");
    let rows: Vec<&str> = table.skip(2).take_while(|line| line.starts_with('|')).collect();
    let yes = |is: bool| if is { "yes" } else { "no" };
    let expected = FORMATS.iter().map(|format| {
        let (reads, writes) = (yes(format.can_read()), yes(format.can_write()));
        let endings: Vec<_> = format.file_names().map(|name| format!("`{name}`")).collect();
        format!("| {} | {} | {reads} | {writes} | {} |", format.name(), format.description(), endings.join(" "))
    });
    assert_eq!(rows, expected.collect::<Vec<_>>());
}

#[test]
fn the_picture_is_what_its_command_draws() {
    let readme = include_str!("../../../README.md");
    assert!(readme.contains("pflame testdata/collapsed/py-spy.folded --width 900 -o crates/render/pictures/flame.svg"));
    let fixture = readable().into_iter().find(|fixture| fixture.name == "py-spy.folded").expect("a fixture");
    let (profile, _) = fixture.read(&mut Notes::new()).expect("a readable fixture");
    let mut options = Options::default();
    options.title = Some(fixture.name);
    options.width = Some(900);
    let mut drawn = Vec::new();
    flame::svg(&profile, &options, &mut drawn, &mut Notes::new()).expect("small numbers");
    let shown = include_bytes!("../../../crates/render/pictures/flame.svg");
    assert!(
        shown == drawn.as_slice(),
        "crates/render/pictures/flame.svg is another picture; the command in README.md draws it anew"
    );
}

/// Graphviz of any version may have laid the picture out: what must be right is the text of each part.
#[test]
fn the_call_graph_is_what_its_command_draws() {
    let readme = include_str!("../../../README.md");
    let file = "testdata/pstats/shop.3.13.pstats";
    assert!(readme.contains(&format!("pgraph {file} -o crates/render/pictures/graph.svg")));
    let fixture = readable().into_iter().find(|fixture| fixture.name == "shop.3.13.pstats").expect("a fixture");
    let (profile, _) = fixture.read(&mut Notes::new()).expect("a readable fixture");
    let mut options = dot::Options::default();
    options.title = Some(format!("{file} (pstats)"));
    let text = dot::dot(&profile, &options, &mut Notes::new()).expect("small numbers");
    let mut drawn: Vec<(String, Vec<String>)> = text.lines().filter_map(part_of_dot).collect();
    let rules = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let shown = include_str!("../../../crates/render/pictures/graph.svg");
    let shown = Document::parse_with_options(shown, rules).expect("a picture");
    let parts = shown.descendants().filter(|it| matches!(it.attribute("class"), Some("node" | "edge")));
    let child = |part: roxmltree::Node<'_, '_>, tag| {
        part.descendants().filter(move |it| it.has_tag_name(tag)).filter_map(|it| it.text()).map(plain).collect()
    };
    let mut shown: Vec<(String, Vec<String>)> = parts
        .map(|part| (child(part, "title"), child(part, "text")))
        .map(|(title, lines): (Vec<String>, _)| (title.concat(), lines))
        .collect();
    drawn.sort();
    shown.sort();
    assert!(drawn.len() > 20);
    assert_eq!(shown, drawn, "crates/render/pictures/graph.svg is another picture; the command in README.md draws it");
}

/// Returns the name and the lines of the label of a node or an edge.
fn part_of_dot(line: &str) -> Option<(String, Vec<String>)> {
    let line = line.rsplit_once("; legend").map_or(line.to_owned(), |(_, rest)| format!("legend{rest}"));
    let (name, attributes) = line.split_once(" [").filter(|(name, _)| name.starts_with('N') || *name == "legend")?;
    let label = attributes.split_once("label=\"")?.1;
    let label = label.replace("\\\"", "\u{1}");
    let label = label.split('"').next()?.replace('\u{1}', "\"").replace("&amp;", "&");
    let lines = label.replace("\\l", "\\n");
    let lines = lines.split("\\n").filter(|line| !line.is_empty()).map(plain).collect();
    Some((name.replace(" -> ", "->"), lines))
}

/// Graphviz keeps blanks by spelling them in another way.
fn plain(text: &str) -> String {
    text.replace('\u{a0}', " ").trim().to_owned()
}
