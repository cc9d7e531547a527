//! What README.md says against what is there.

use profkit_core::Notes;
use profkit_formats::FORMATS;
use profkit_render::flame::{self, Options};
use profkit_testkit::fixtures::readable;

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
