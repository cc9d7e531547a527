//! What pflame promises beside what every tool does.

use crate::harness::{Folder, PFLAME};

#[test]
fn a_picture_goes_to_stdout_and_the_name_of_an_output_tells_what_it_is() {
    let folder = Folder::new();
    let picture = folder.run(PFLAME, "small.profkit").succeeds();
    assert!(picture.text().starts_with("<?xml") && picture.text().contains(">small.profkit</text>"));
    folder.run(PFLAME, "small.profkit -o out.svg").succeeds();
    folder.holds("out.svg", picture.text());
    folder.run(PFLAME, "small.profkit -o out.html").succeeds();
    let page = folder.run(PFLAME, "small.profkit -t html").succeeds();
    folder.holds("out.html", page.text());
    assert!(page.text().starts_with("<!doctype html>"));
    folder.run(PFLAME, "small.profkit -o out.png").fails(2, &["out.png", ".svg or .html", "--to"]);
    assert_eq!(folder.names(), ["out.html", "out.svg", "small.profkit"]);
}

#[test]
fn the_value_asked_for_is_the_one_drawn() {
    let folder = Folder::new();
    let of = |line: &str| folder.run(PFLAME, &format!("small.profkit {line}")).succeeds().text().to_owned();
    assert!(of("-v samples").contains("<title>main (4, 100.0%, a.py:1)</title>"));
    assert!(of("--min-width 0").contains("<title>g (1.00 µs, 0.0%, all of it self)</title>"));
    assert!(of("-v samples --reverse").contains("<title>main (3, 75.0%, all of it self, a.py:1)</title>"));
}

#[test]
fn a_change_is_drawn_on_every_frame() {
    let folder = Folder::new();
    folder.write("before.folded", b"main;f 10\nmain;gone 20\n");
    folder.write("after.folded", b"main;f 30\nmain;new 5\n");
    let run = folder.run(PFLAME, "after.folded --diff before.folded").succeeds();
    let frames = ["main (30 before, 35 after, +5, +16.7%)", "gone (20 before, 0 after, -20, gone)"];
    for text in [">before.folded → after.folded</text>", frames[0], frames[1]] {
        assert!(run.text().contains(text), "{text}: {}", run.text());
    }
    folder.run(PFLAME, "after.folded --diff before.folded --chart").fails(2, &["--diff", "--chart"]);
}

#[test]
fn files_stand_in_the_place_of_functions() {
    let folder = Folder::new();
    let files = folder.run(PFLAME, "small.profkit -v samples --by file").succeeds();
    for title in ["a.py (4, 100.0%)", "a.py (1, 25.0%, all of it self)", "[no file] (3, 75.0%, all of it self)"] {
        assert!(files.text().contains(&format!("<title>{title}</title>")), "{title}: {}", files.text());
    }
}

#[test]
fn time_runs_from_left_to_right_where_there_is_time() {
    let folder = Folder::new();
    let chart = folder.run(PFLAME, "small.profkit --chart --title 'what&happened'").succeeds();
    assert!(chart.text().contains("what&amp;happened"), "{}", chart.text());
    let untimed = folder.pipe(PFLAME, "--chart", b"main;f 3\n");
    untimed.fails(2, &["no timestamps"]);
    folder.run(PFLAME, "small.profkit --chart --reverse").fails(2, &["--chart", "--reverse"]);
}

#[test]
fn nothing_to_draw_is_a_picture_that_says_so() {
    let folder = Folder::new();
    let empty = folder.pipe(PFLAME, "-f collapsed", b"").succeeds();
    assert!(empty.text().contains("nothing to draw"));
    assert!(folder.pipe(PFLAME, "-f collapsed -t html", b"").succeeds().text().contains("</html>"));
}

#[test]
fn widths_are_checked() {
    let folder = Folder::new();
    folder.run(PFLAME, "small.profkit --min-width 200%").fails(2, &["--min-width", "percentage"]);
    folder.run(PFLAME, "small.profkit --width 3").fails(2, &["--width"]);
    let wide = folder.run(PFLAME, "small.profkit --min-width 1%");
    let note = "note: frames narrower than 1.00% of the picture are not drawn: 1 stack is cut\n";
    assert_eq!((wide.code, wide.stderr.as_str()), (Some(0), note));
}
