//! What a person sees who sits at a terminal.

use crate::harness::{Folder, PCONV, PTOP, SMALL};
use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::fs::File;
use std::io::Read;
use std::process::Command;

/// What a tool shows on a terminal of its own, as stdin, stdout and stderr, and its exit code.
fn on_terminal(command: &mut Command) -> (Option<i32>, String) {
    let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&screen).unwrap();
    unlockpt(&screen).unwrap();
    let name = ptsname(&screen, Vec::new()).unwrap();
    let side = || File::from(open(name.as_c_str(), OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap());
    let mut child = command.stdin(side()).stdout(side()).stderr(side()).spawn().unwrap();
    // The terminal is at its end when nobody has it open any more.
    command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let mut shown = Vec::new();
    // Linux tells the end of a terminal by an error.
    let _ = File::from(screen).read_to_end(&mut shown);
    (child.wait().unwrap().code(), String::from_utf8(shown).unwrap().replace("\r\n", "\n"))
}

fn run(folder: &Folder, tool: &str, line: &str) -> (Option<i32>, String) {
    on_terminal(&mut folder.command(tool, line))
}

#[test]
fn binary_output_is_kept_off_a_terminal() {
    let folder = Folder::new();
    for line in ["-t pprof", "-t pprof --strict", "-t pstats -o -", "-t pprof -O gzip=no", "-o /dev/tty -t pprof"] {
        let (code, text) = run(&folder, PCONV, &format!("-q small.profkit {line}"));
        // Without a terminal that is in charge of the tests there is no /dev/tty.
        let is_refused = text.starts_with("error: <stdout>: this output is binary") || line.contains("/dev/tty");
        assert!(code == Some(2) && is_refused && !text.contains('\u{1f}'), "{line}: {text}");
    }
    assert_eq!(run(&folder, PCONV, "small.profkit -t profkit"), (Some(0), SMALL.to_owned()));
}

#[test]
fn without_an_input_nobody_waits_for_a_person_to_type() {
    let folder = Folder::new();
    for tool in [PCONV, PTOP] {
        let (code, text) = run(&folder, tool, "");
        assert!(code == Some(2) && text.starts_with("error: no input: name a FILE"), "{text}");
    }
}

#[test]
fn messages_are_colored_on_a_terminal_unless_told_otherwise() {
    let folder = Folder::new();
    let shown = |line: &str, name: &str, value: &str| {
        let mut command = folder.command(PTOP, line);
        on_terminal(command.env_remove("NO_COLOR").env("TERM", "xterm").env(name, value)).1
    };
    assert!(shown("none", "LANG", "C").starts_with("\u{1b}["));
    assert!(shown("--nope", "LANG", "C").starts_with("\u{1b}["));
    assert!(shown("none", "NO_COLOR", "1").starts_with("error: none: cannot read"));
    assert!(shown("--nope", "NO_COLOR", "1").starts_with("error: "));
    assert!(shown("none --color never", "LANG", "C").starts_with("error: "));
    assert!(shown("none --color always", "NO_COLOR", "1").starts_with("\u{1b}["));
    assert!(shown("none", "TERM", "dumb").starts_with("error: "));
}

#[test]
fn what_is_done_soon_shows_no_progress() {
    let folder = Folder::new();
    let (code, text) = run(&folder, PCONV, "small.profkit out.pb.gz");
    assert!(code == Some(0) && text.starts_with("note: ") && !text.contains("reading"), "{text}");
}

#[test]
fn progress_is_gone_before_anything_is_told() {
    let folder = Folder::new();
    let (_, text) = run(&folder, PCONV, "--progress always small.profkit out.pb.gz");
    let (progress, notes) = text.split_at(text.find("note: ").unwrap());
    assert!(progress.contains("reading small.profkit") && progress.ends_with("\r\u{1b}[2K"), "{progress:?}");
    assert!(!notes.contains('\u{1b}'), "{notes:?}");
}
