//! Go's `go tool pprof`.

use crate::{go_pprof, peers_are_wanted, read, written};
use profkit_formats::named;
use profkit_testkit::fixtures::readable;
use std::path::Path;

fn report_of(report: &str, file: &Path) -> Result<String, String> {
    go_pprof([report.as_ref(), file.as_os_str()])
}

#[test]
fn gos_pprof() {
    if !peers_are_wanted() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let format = named("pprof").expect("registered");
    for fixture in readable() {
        let name = fixture.title().replace('/', "-");
        let (ours, prepared) = written(&read(&fixture), format, folder.path(), &name);
        let raw = report_of("-raw", &ours).unwrap_or_else(|error| panic!("{name}: go tool pprof rejects it: {error}"));
        for column in 0..prepared.value_types.len() {
            // Go 1.19 leaves samples without a stack out of its reports.
            let shown = prepared.samples.iter().filter(|sample| sample.stack.is_some());
            let wanted: i64 = shown.map(|sample| sample.values[column]).sum();
            assert_eq!(sum_of_raw(&raw, column), wanted, "{name}, value {column}");
        }
        if fixture.format.name() == format.name() {
            let original = folder.path().join("original");
            std::fs::write(&original, &fixture.bytes).expect("a writable folder");
            for report in ["-raw", "-top", "-traces"] {
                // What it refuses or shows of the original, it must refuse or show of ours.
                if let Ok(wanted) = report_of(report, &original) {
                    assert_eq!(report_of(report, &ours), Ok(wanted), "{name} {report}");
                }
            }
        }
    }
}

/// Returns the sum of one value over the samples of a `-raw` report.
fn sum_of_raw(raw: &str, column: usize) -> i64 {
    let samples = raw.lines().skip_while(|line| *line != "Samples:").skip(2);
    let samples = samples.take_while(|line| *line != "Locations");
    let value = |line: &str| line.split_once(':')?.0.split_whitespace().nth(column)?.parse::<i64>().ok();
    // Labels stand on lines of their own, as `key:[value]`.
    samples.filter(|line| !line.contains(":[")).filter_map(value).sum()
}
