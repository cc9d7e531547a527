//! What goes wrong around a tool: disks, folders, pipes, signals and inputs that change. Never half a file, never a lost
//! input.

use crate::harness::{Folder, PCONV, PDIFF, PFLAME, PMERGE, PTOP, Run, SMALL};
use rustix::fs::{CWD, Mode, mkfifoat};
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Stdio};

/// Runs a shell line in which `$TOOL` is a tool.
fn shell(folder: &Folder, tool: &str, line: &str) -> Run {
    let mut command = folder.command("sh", "");
    command.arg("-c").arg(line).env("TOOL", tool).stdin(Stdio::null());
    command.output().unwrap().into()
}

fn pipe(folder: &Folder, name: &str) {
    mkfifoat(CWD, folder.path(name), Mode::RWXU).unwrap();
}

/// Starts a tool.
fn start(folder: &Folder, tool: &str, line: &str) -> Child {
    folder.command(tool, line).stdin(Stdio::null()).spawn().unwrap()
}

/// Opens a pipe for writing, which waits until the tool has opened it for reading.
fn feed(folder: &Folder, name: &str) -> fs::File {
    fs::OpenOptions::new().write(true).open(folder.path(name)).unwrap()
}

fn signal(child: &Child, signal: Signal) {
    let id = i32::try_from(child.id()).unwrap();
    kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
}

/// Waits until a tool has a file open that has no name yet.
fn wait_for_nameless_file(child: &Child) {
    let is_nameless =
        |link: std::io::Result<std::path::PathBuf>| link.is_ok_and(|it| it.to_string_lossy().contains("(deleted)"));
    let has_one = || {
        let open = fs::read_dir(format!("/proc/{}/fd", child.id())).unwrap();
        open.flatten().any(|entry| is_nameless(fs::read_link(entry.path())))
    };
    while !has_one() {
        std::thread::yield_now();
    }
}

#[test]
fn a_disk_that_fills_up_leaves_the_output_as_it_was() {
    let folder = Folder::new();
    folder.write("out.folded", b"before");
    let lines: String = (0..4000).map(|number| format!("main;function_number_{number} 1\n")).collect();
    folder.write("in.folded", lines.as_bytes());
    // The largest file that may be written has 512 or 1024 bytes times 8; whoever ignores the signal gets an error.
    let full = |line: &str, tool: &str| shell(&folder, tool, &format!("trap '' XFSZ; ulimit -f 8; exec $TOOL {line}"));
    full("-q in.folded out.folded", PCONV).fails(2, &["out.folded: cannot write: "]);
    full("-q in.folded -o new.pb -O gzip=no", PCONV).fails(2, &["new.pb: cannot write: "]);
    full("-q in.folded in.folded -o out.folded", PMERGE).fails(2, &["out.folded: cannot write: "]);
    full("-q in.folded -o new.html", PFLAME).fails(2, &["new.html: cannot write: "]);
    full("-q -n 0 in.folded -o new.txt", PTOP).fails(2, &["new.txt: cannot write: "]);
    full("-q in.folded in.folded -t collapsed", PCONV).fails(2, &["in.folded: cannot write: "]);
    // Killed by the signal, it leaves no more behind.
    let run = shell(&folder, PCONV, "ulimit -f 8; $TOOL -q in.folded out.folded; exit 9");
    assert_eq!(run.code, Some(9));
    folder.holds("out.folded", "before");
    folder.holds("in.folded", &lines);
    assert_eq!(folder.names(), ["in.folded", "out.folded", "small.profkit"]);
}

#[test]
fn a_full_device_is_an_error_on_stdout_too() {
    let folder = Folder::new();
    for (tool, line) in [(PCONV, "small.profkit -t profkit"), (PTOP, "small.profkit"), (PFLAME, "-q small.profkit")] {
        shell(&folder, tool, &format!("$TOOL {line} > /dev/full")).fails(2, &["<stdout>: cannot write: No space"]);
    }
}

#[test]
fn nobody_to_be_told_is_no_failure() {
    let folder = Folder::new();
    for stderr in ["2>&-", "2>/dev/full"] {
        let run = shell(&folder, PCONV, &format!("$TOOL small.profkit -t pprof -o out.pb.gz {stderr}")).succeeds();
        assert!(run.stdout.is_empty() && !folder.read("out.pb.gz").is_empty(), "{stderr}");
        assert_eq!(shell(&folder, PTOP, &format!("$TOOL none {stderr}")).code, Some(2), "{stderr}");
    }
}

#[test]
fn a_folder_that_takes_no_files_is_an_error() {
    let folder = Folder::new();
    // Not even root can make a file there.
    folder.run(PCONV, "small.profkit /proc/out.profkit").fails(2, &["/proc/out.profkit: cannot write: "]);
    fs::create_dir(folder.path("folder.profkit")).unwrap();
    folder.run(PCONV, "small.profkit folder.profkit").fails(2, &["folder.profkit: cannot write: Is a directory"]);
}

#[test]
fn an_output_that_is_the_input_by_another_name_is_complete() {
    let folder = Folder::new();
    fs::hard_link(folder.path("small.profkit"), folder.path("hard.profkit")).unwrap();
    std::os::unix::fs::symlink("small.profkit", folder.path("soft.profkit")).unwrap();
    for name in ["hard.profkit", "soft.profkit", "./small.profkit"] {
        folder.run(PCONV, &format!("-q small.profkit {name}")).succeeds();
        folder.holds("small.profkit", SMALL);
        folder.holds(name, SMALL);
    }
    let twice = folder.run(PMERGE, "-q small.profkit small.profkit -o soft.profkit").succeeds();
    assert!(twice.stdout.is_empty() && folder.read("small.profkit") != SMALL.as_bytes());
    assert_eq!(folder.run(PCONV, "--check small.profkit").code, Some(0));
    assert!(fs::symlink_metadata(folder.path("soft.profkit")).unwrap().is_symlink());
}

#[test]
fn an_input_that_is_no_file_is_read_or_refused() {
    let folder = Folder::new();
    folder.run(PTOP, ".").fails(2, &[".: cannot read: Is a directory"]);
    folder.run(PTOP, "--max-size 1M /dev/zero").fails(2, &["/dev/zero: ", "1048576 bytes", "--max-size"]);
    folder.run(PTOP, "/dev/null").fails(2, &["/dev/null: the input is empty"]);
    pipe(&folder, "in");
    let child = start(&folder, PCONV, "in -t profkit");
    let mut input = feed(&folder, "in");
    // It comes in two parts, as a file does that grows while it is read.
    input.write_all(&SMALL.as_bytes()[..300]).unwrap();
    input.flush().unwrap();
    input.write_all(&SMALL.as_bytes()[300..]).unwrap();
    drop(input);
    assert_eq!(Run::from(child.wait_with_output().unwrap()).succeeds().text(), SMALL);
}

#[test]
fn an_input_that_vanishes_or_is_cut_is_an_error() {
    let folder = Folder::new();
    folder.write("out.profkit", b"before");
    folder.write("after.profkit", SMALL.as_bytes());
    for change in ["vanishes", "is cut"] {
        pipe(&folder, "first");
        let child = start(&folder, PDIFF, "--threads 1 first after.profkit -o out.profkit");
        let mut first = feed(&folder, "first");
        // The tool waits for the first of its inputs and, with one thread, has not looked at the second.
        match change {
            "vanishes" => fs::remove_file(folder.path("after.profkit")).unwrap(),
            _ => folder.write("after.profkit", &SMALL.as_bytes()[..300]),
        }
        first.write_all(SMALL.as_bytes()).unwrap();
        drop(first);
        Run::from(child.wait_with_output().unwrap()).fails(2, &["after.profkit"]);
        folder.holds("out.profkit", "before");
        fs::remove_file(folder.path("first")).unwrap();
    }
    pipe(&folder, "first");
    let child = start(&folder, PCONV, "first out.profkit");
    feed(&folder, "first").write_all(&SMALL.as_bytes()[..300]).unwrap();
    Run::from(child.wait_with_output().unwrap()).fails(2, &["first:7:"]);
    folder.holds("out.profkit", "before");
}

#[test]
fn signals_leave_nothing_half() {
    let folder = Folder::new();
    pipe(&folder, "out.cpu.folded");
    let before = [("out.profkit", "before"), ("out.samples.folded", "too")];
    before.iter().for_each(|(name, text)| folder.write(name, text.as_bytes()));
    let names = folder.names();
    // Not HUP: under `nohup` it is ignored, as it should be.
    for which in [Signal::TERM, Signal::ALARM, Signal::KILL] {
        pipe(&folder, "in");
        // While it reads, and while the first of two files is complete and the second waits for its reader.
        let reading = start(&folder, PCONV, "in out.profkit");
        let reader = feed(&folder, "in");
        let writing = start(&folder, PCONV, "-q --all-values small.profkit out.folded");
        wait_for_nameless_file(&writing);
        signal(&reading, which);
        signal(&writing, which);
        for child in [reading, writing] {
            let output = child.wait_with_output().unwrap();
            let is_killed = output.status.signal() == Some(which.as_raw());
            assert!(is_killed && output.stdout.is_empty(), "{which:?}: {output:?}");
        }
        drop(reader);
        fs::remove_file(folder.path("in")).unwrap();
        assert_eq!(folder.names(), names, "{which:?}");
        before.iter().for_each(|(name, text)| folder.holds(name, text));
    }
}

#[test]
fn who_writes_to_a_file_needs_no_stdout() {
    let folder = Folder::new();
    shell(&folder, PCONV, "$TOOL small.profkit out.profkit >&-").succeeds();
    folder.holds("out.profkit", SMALL);
    shell(&folder, PCONV, "$TOOL small.profkit out.profkit <&-").succeeds();
    shell(&folder, PCONV, "$TOOL <&-").fails(2, &["<stdin>: the input is empty"]);
}
