//! What every tool says about itself, and how it takes its options.

use crate::harness::{Folder, PCONV, PDIFF, PFILTER, PFLAME, PGRAPH, PMERGE, PTOP};

const TOOLS: [(&str, &str); 7] = [
    ("pconv", PCONV),
    ("pdiff", PDIFF),
    ("pfilter", PFILTER),
    ("pflame", PFLAME),
    ("pgraph", PGRAPH),
    ("pmerge", PMERGE),
    ("ptop", PTOP),
];

#[test]
fn every_tool_introduces_itself() {
    let folder = Folder::new();
    for (name, tool) in TOOLS {
        let [version, short, long] = ["-V", "-h", "--help"].map(|line| folder.run(tool, line).succeeds());
        assert_eq!(version.text(), format!("{name} {}\n", env!("CARGO_PKG_VERSION")));
        assert!(short.text().len() < long.text().len());
        assert!(long.text().contains("Examples:\n") && !short.text().contains("Examples:"), "{name}");
    }
}

#[test]
fn completions_and_the_manual_page_are_printed() {
    let folder = Folder::new();
    for (name, tool) in TOOLS {
        let script = folder.run(tool, "--completions zsh").succeeds();
        assert!(script.text().contains("speedscope"), "the formats are completed");
        for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
            let script = folder.run(tool, &format!("--completions {shell}")).succeeds();
            assert!(script.text().contains(name), "{name} {shell}");
        }
        assert!(folder.run(tool, "--man").succeeds().text().contains(&format!(".TH {name} 1")));
    }
}

#[test]
fn formats_are_listed_for_people_and_programs() {
    let folder = Folder::new();
    for (_, tool) in TOOLS {
        let table = folder.run(tool, "--list-formats").succeeds();
        assert!(table.text().starts_with("NAME"), "{}", table.text());
        let json = folder.run(tool, "--list-formats --json").succeeds();
        let json: serde_json::Value = serde_json::from_str(json.text()).unwrap();
        let row = json.as_array().unwrap().iter().find(|row| row["name"] == "profkit").unwrap();
        assert_eq!(
            (&row["reads"], &row["writes"], &row["extensions"][0]),
            (&true.into(), &true.into(), &".profkit".into())
        );
        assert!(row["holds"].as_array().unwrap().iter().any(|facet| facet == "timestamps"));
    }
}

#[test]
fn an_unknown_option_is_a_usage_error() {
    let folder = Folder::new();
    for (_, tool) in TOOLS {
        folder.run(tool, "--nope small.profkit").fails(2, &["--nope", "--help"]);
    }
}

#[test]
fn an_option_of_a_format_is_checked_before_anything_is_written() {
    let folder = Folder::new();
    folder.run(PCONV, "-O depth=3 small.profkit out.pb.gz").fails(2, &["-O depth: profkit or pprof", "gzip=yes|no"]);
    folder.run(PCONV, "-O gzip=maybe small.profkit out.pb.gz").fails(2, &["-O gzip=maybe", "yes, no"]);
    folder.run(PCONV, "-O gzip small.profkit out.pb.gz").fails(2, &["gzip", "NAME=VALUE"]);
    folder.run(PTOP, "-O gzip=no small.profkit").fails(2, &["-O gzip: profkit has no options", "--list-formats"]);
    assert_eq!(folder.names(), ["small.profkit"]);
}

#[test]
fn color_is_kept_off_what_is_no_terminal() {
    let folder = Folder::new();
    let run = |line: &str| folder.command(PTOP, line).env_remove("NO_COLOR").output().unwrap().stderr;
    assert!(run("none").starts_with(b"error: "));
    assert!(run("none --color never").starts_with(b"error: "));
    assert!(run("none --color always").starts_with(b"\x1b["));
    assert!(run("--nope --color always").starts_with(b"\x1b["));
}

#[test]
fn progress_goes_to_stderr_and_only_if_wanted() {
    let folder = Folder::new();
    let stderr = |line: &str| {
        let run = folder.run(PCONV, &format!("{line} small.profkit -o out.profkit"));
        assert_eq!((run.code, run.text()), (Some(0), ""));
        run.stderr
    };
    let shown = stderr("--progress always");
    for step in ["reading small.profkit", "parsing small.profkit", "writing out.profkit"] {
        assert!(shown.contains(step), "{step} in {shown:?}");
    }
    for line in ["", "--progress auto", "--progress never", "--progress always --quiet"] {
        assert_eq!(stderr(line), "", "{line}");
    }
    folder.run(PTOP, "--progress often small.profkit").fails(2, &["--progress", "often", "always"]);
}
