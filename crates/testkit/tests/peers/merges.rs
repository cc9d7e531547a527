//! Go's merging of pprof files.

use crate::{go_pprof, peers_are_wanted, read, read_named, written};
use profkit_core::{Notes, Profile};
use profkit_formats::named;
use profkit_ops::{Merge, MergeOptions, Sort, top};
use profkit_testkit::fixtures::readable;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Functions by name and file, with their own and whole costs.
type Costs = BTreeMap<(String, Option<String>), (Vec<i64>, Vec<i64>)>;

#[test]
fn a_merge_costs_what_gos_does() {
    if !peers_are_wanted() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let format = named("pprof").expect("registered");
    // Go leaves samples without a stack and those that cost nothing out; so do we, here.
    let seen = |profile: Profile| {
        let is_shown =
            |sample: &profkit_core::Sample<'_>| sample.stack.is_some() && sample.values.iter().any(|it| *it != 0);
        profile.filtered(is_shown, |_| true).expect("small numbers")
    };
    let inputs: Vec<(String, Profile)> = readable()
        .into_iter()
        .filter(|fixture| fixture.format.name() == "pprof")
        .map(|fixture| (fixture.title(), seen(read(&fixture))))
        .filter(|(_, profile)| !profile.samples.is_empty())
        .collect();
    let mut pairs = 0;
    for (index, (name, before)) in inputs.iter().enumerate() {
        for (other, after) in &inputs[index..] {
            if before.value_types != after.value_types || before.meta.period != after.meta.period {
                continue;
            }
            let files = [(name, before), (other, after)]
                .map(|(name, profile)| written(profile, format, folder.path(), &name.replace('/', "-")).0);
            let Ok(theirs) = gos_merge(&files, folder.path()) else { continue };
            let mut merge = Merge::new(MergeOptions::default());
            for (name, profile) in [(name, before), (other, after)] {
                merge.add(name, profile.clone(), &mut Notes::new()).expect("small numbers");
            }
            let ours = merge.finish(&mut Notes::new()).expect("small numbers");
            assert_eq!(costs(&seen(ours)), costs(&seen(theirs)), "{name} and {other}");
            pairs += 1;
        }
    }
    assert!(pairs >= inputs.len(), "{pairs} pairs of {} files", inputs.len());
}

fn gos_merge(files: &[PathBuf; 2], folder: &Path) -> Result<Profile, String> {
    let out = folder.join("merged");
    let output = format!("-output={}", out.display());
    let [first, second] = files.each_ref().map(|file| file.as_os_str());
    go_pprof(["-proto".as_ref(), output.as_ref(), first, second])?;
    Ok(read_named(&std::fs::read(&out).expect("what Go has written"), None))
}

fn costs(profile: &Profile) -> Costs {
    let top = top(profile, 0, Sort::Name, &mut Notes::new()).expect("small numbers");
    top.rows().map(|row| ((row.name, row.file), (row.own, row.total))).collect()
}
