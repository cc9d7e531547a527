//! Python's `pstats`.

use crate::{assert_close, peers_are_wanted, read, run, script, total, written};
use profkit_core::{CallGraph, NoteKind, Notes};
use profkit_formats::named;
use profkit_testkit::fixtures::readable;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

pub(super) fn python(option: Option<&str>, file: &Path) -> Result<String, String> {
    run(Command::new("python3").arg(script("pstats_load.py")).args(option).arg(file))
}

#[test]
fn pythons_pstats() {
    if !peers_are_wanted() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let format = named("pstats").expect("registered");
    for fixture in readable() {
        let name = fixture.title().replace('/', "-");
        let (ours, prepared) = written(&read(&fixture), format, folder.path(), &name);
        // A profile of no function is an empty dict, which is valid marshal but which Python's pstats refuses.
        if prepared.calls.iter().all(CallGraph::is_empty) {
            assert!(python(None, &ours).is_err_and(|error| error.contains("Cannot create or construct")), "{name}");
            continue;
        }
        let loaded = python(None, &ours).unwrap_or_else(|error| panic!("{name}: Python rejects it: {error}"));
        let loaded: Value = serde_json::from_str(&loaded).expect("JSON of our own script");
        assert_close(loaded["total_tt"].as_f64().expect("a number"), total(&prepared, 0), &name);
        let mut notes = Notes::new();
        fixture.read(&mut notes).expect("a readable fixture");
        // What Python takes at its word and we do not, or what we had to make up, it prints otherwise.
        let is_plain = notes.iter().all(|note| note.kind != NoteKind::Odd) && prepared.meta.invented.is_empty();
        if fixture.format.name() == format.name() && is_plain {
            let original = folder.path().join("original");
            std::fs::write(&original, &fixture.bytes).expect("a writable folder");
            for report in ["--print-stats", "--print-callers", "--print-callees"] {
                // Old dialects cannot be loaded by this Python at all: nothing to compare with.
                let Ok(wanted) = python(Some(report), &original) else { continue };
                assert_eq!(python(Some(report), &ours), Ok(wanted), "{name} {report}");
            }
        }
    }
}
