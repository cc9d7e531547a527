//! Where results go, and that they appear complete or not at all.

use crate::harness::{Folder, PCONV, PTOP, SMALL};
use std::io::{Read, Write};

#[test]
fn the_name_of_the_output_tells_its_format() {
    let folder = Folder::new();
    folder.run(PCONV, "small.profkit out.profkit").succeeds();
    folder.run(PCONV, "small.profkit -o also.profkit").succeeds();
    folder.holds("out.profkit", SMALL);
    folder.holds("also.profkit", SMALL);
}

#[test]
fn a_name_that_tells_no_format_is_an_error() {
    let folder = Folder::new();
    folder.run(PCONV, "small.profkit out.xyz").fails(2, &["out.xyz", "--to", "profkit"]);
    folder.run(PCONV, "small.profkit out.prof").fails(2, &["out.prof", "pprof, pstats", "--to"]);
    assert!(!folder.run(PCONV, "small.profkit out.xyz").stderr.contains("legacy"), "what is only read is not offered");
    folder.run(PCONV, "small.profkit out.xyz -t profkit").succeeds();
}

#[test]
fn every_ending_has_its_format() {
    let folder = Folder::new();
    let endings = [
        ("pprof", "pb.gz pb pprof pb.gz"),
        ("pstats", "pstats pstats.gz"),
        ("collapsed", "folded collapsed txt folded.gz txt.gz"),
        ("speedscope", "speedscope.json json speedscope.json.gz json.gz"),
        ("profkit", "profkit profkit.gz"),
    ];
    for (format, endings) in endings {
        for ending in endings.split(' ') {
            let name = format!("out.{ending}");
            assert_eq!(folder.run(PCONV, &format!("-q small.profkit {name}")).code, Some(0), "{name}");
            let check = folder.run(PCONV, &format!("--check -q {name}")).succeeds();
            assert!(check.text().contains(&format!("format       {format}\n")), "{name}: {}", check.text());
            assert_eq!(folder.read(&name).starts_with(&[0x1f, 0x8b]), ending.ends_with("gz") || format == "pprof");
        }
    }
    folder.run(PCONV, "small.profkit out.folded.zst").fails(2, &["out.folded.zst", "--to"]);
}

#[test]
fn an_output_can_be_named_once_only() {
    Folder::new().run(PCONV, "small.profkit a.profkit -o b.profkit").fails(2, &["OUT", "--output"]);
}

#[test]
fn an_input_can_be_its_own_output() {
    let folder = Folder::new();
    folder.run(PCONV, "small.profkit small.profkit").succeeds();
    folder.holds("small.profkit", SMALL);
}

#[test]
fn a_failure_leaves_the_output_as_it_was() {
    let folder = Folder::new();
    folder.write("out.profkit", b"before");
    folder.write("bad.profkit", &SMALL.as_bytes()[..300]);
    folder.run(PCONV, "bad.profkit out.profkit").fails(2, &["bad.profkit"]);
    folder.run(PCONV, "bad.profkit bad.profkit").fails(2, &["bad.profkit"]);
    folder.run(PCONV, "small.profkit out.profkit -v 7").fails(2, &["--value 7", "1 cpu/nanoseconds"]);
    folder.holds("out.profkit", "before");
    folder.holds("bad.profkit", &SMALL[..300]);
    assert_eq!(folder.names(), ["bad.profkit", "out.profkit", "small.profkit"]);
}

#[test]
fn an_output_that_cannot_be_written_is_an_error() {
    let folder = Folder::new();
    folder.run(PCONV, "small.profkit none/out.profkit").fails(2, &["none/out.profkit: cannot write: No such file"]);
    folder.run(PCONV, "small.profkit . -t profkit").fails(2, &[".: cannot write"]);
}

#[test]
fn strict_writes_nothing_where_something_is_lost() {
    let folder = Folder::new();
    folder.write("out.pb.gz", b"before");
    let refused = ["--strict", "nothing was written", "pprof cannot hold timestamps: 2 samples lost theirs"];
    folder.run(PCONV, "--strict small.profkit out.pb.gz").fails(3, &refused);
    folder.run(PCONV, "--strict small.profkit -t pprof").fails(3, &refused);
    folder.run(PCONV, "--strict --quiet small.profkit -t pprof").fails(3, &refused);
    assert_eq!(folder.read("out.pb.gz"), b"before");
    assert_eq!(folder.run(PCONV, "--strict small.profkit -t profkit").succeeds().text(), SMALL);
}

#[test]
fn losses_are_noted_on_stderr_and_quiet_is_quiet() {
    let folder = Folder::new();
    let run = folder.run(PCONV, "small.profkit out.pb.gz");
    let note = "note: pprof cannot hold timestamps: 2 samples lost theirs";
    assert!(run.code == Some(0) && run.stdout.is_empty() && run.stderr.starts_with(note), "{run:?}");
    folder.run(PCONV, "-q small.profkit out.pb.gz").succeeds();
}

#[test]
fn a_name_that_ends_in_gz_is_compressed_once() {
    let folder = Folder::new();
    let unpacked = |name| {
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(&*folder.read(name)).read_to_end(&mut bytes).unwrap();
        bytes
    };
    folder.run(PCONV, "small.profkit out.profkit.gz").succeeds();
    assert!(unpacked("out.profkit.gz") == SMALL.as_bytes());
    folder.run(PCONV, "-q small.profkit out.pb.gz").succeeds();
    assert_ne!(unpacked("out.pb.gz")[..2], [0x1f, 0x8b]);
}

#[test]
fn a_closed_pipe_is_success() {
    let folder = Folder::new();
    for line in ["-t profkit", "-t pprof", "-t profkit --strict", "-t profkit -o /dev/stdout"] {
        let mut child = folder.command(PCONV, line).spawn().unwrap();
        drop(child.stdout.take());
        child.stdin.take().unwrap().write_all(SMALL.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{line}");
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let folder = Folder::new();
    for format in ["profkit", "pprof", "speedscope"] {
        let line = format!("-q -t {format} small.profkit");
        let [one, two] = [(); 2].map(|()| folder.run(PCONV, &line).succeeds().stdout);
        assert!(!one.is_empty() && one == two, "{format}");
    }
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn a_replaced_file_keeps_its_permissions() {
        let folder = Folder::new();
        let mode = |name| fs::metadata(folder.path(name)).unwrap().permissions().mode() & 0o777;
        folder.write("out.profkit", b"before");
        fs::set_permissions(folder.path("out.profkit"), Permissions::from_mode(0o640)).unwrap();
        folder.run(PCONV, "small.profkit out.profkit").succeeds();
        folder.run(PCONV, "small.profkit new.profkit").succeeds();
        folder.write("plain", b"");
        assert_eq!((mode("out.profkit"), mode("new.profkit")), (0o640, mode("plain")));
    }

    #[test]
    fn a_symbolic_link_is_written_through() {
        let folder = Folder::new();
        folder.write("real.profkit", b"before");
        for (link, real) in [("link.profkit", "real.profkit"), ("dangling.profkit", "new.profkit")] {
            symlink(real, folder.path(link)).unwrap();
            folder.run(PCONV, &format!("small.profkit {link}")).succeeds();
            assert!(fs::symlink_metadata(folder.path(link)).unwrap().is_symlink());
            folder.holds(real, SMALL);
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_named_pipe_is_written_into_and_stays_one() {
        use std::os::unix::fs::FileTypeExt;
        let folder = Folder::new();
        let pipe = folder.path("pipe");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RWXU).unwrap();
        let reader = std::thread::spawn(move || fs::read(pipe).unwrap());
        folder.run(PCONV, "small.profkit -t profkit -o pipe").succeeds();
        assert_eq!(String::from_utf8(reader.join().unwrap()).unwrap(), SMALL);
        assert!(fs::metadata(folder.path("pipe")).unwrap().file_type().is_fifo());
    }

    #[test]
    fn devices_are_written_directly() {
        let folder = Folder::new();
        assert_eq!(folder.run(PCONV, "small.profkit /dev/stdout -t profkit").succeeds().text(), SMALL);
        folder.run(PTOP, "small.profkit -o /dev/null").succeeds();
        assert!(fs::metadata("/dev/null").unwrap().permissions().mode() & 0o222 != 0);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_is_an_error() {
        let folder = Folder::new();
        for line in ["small.profkit", "small.profkit --strict"] {
            folder.run(PTOP, &format!("{line} -o /dev/full")).fails(2, &["/dev/full: cannot write: No space"]);
        }
    }
}
