//! A difference in the manner of Go's pprof: what was before counts negative and is labelled.

use profkit_core::{Facets, LabelValue, Profile, Result, Sample, Transfer};

/// The label by which `go tool pprof` tells the samples of its `-diff_base`.
const BASE_LABEL: &str = "pprof::base";

/// Returns a profile of the values `before` and `after` as one of one value: samples from after, and those from
/// before with their values negated and the label `pprof::base`, so that `go tool pprof` shows it as it does its
/// own `-diff_base`.
///
/// # Errors
///
/// Fails only where the profile is not one of stacks that were read within the same limits.
pub(super) fn negative_base(diff: &Profile) -> Result<Profile> {
    let mut value_type = diff.value_types[1].clone();
    value_type.kind = value_type.kind.trim_end_matches(profkit_ops::KIND_SUFFIXES[1]).to_owned();
    let mut to = Profile::new(vec![value_type]);
    to.set_max_depth(u32::MAX);
    to.meta.period = diff.meta.period.clone();
    let (key, text) = (to.string(BASE_LABEL), to.string("true"));
    let base = to.label(key, LabelValue::Text(text), None);
    let mut transfer = Transfer::new(diff, Facets::NONE);
    for (side, sign, labels) in [(1, 1, None), (0, -1, Some(base))] {
        for sample in diff.samples.iter().filter(|sample| sample.values[side] != 0) {
            let stack = sample.stack.map(|stack| transfer.stack(&mut to, stack)).transpose()?;
            let thread = transfer.thread(&mut to, sample.thread);
            to.samples.push(Sample {
                labels,
                thread,
                ..Sample::new(stack, &[sample.values[side].saturating_mul(sign)])
            });
        }
    }
    Ok(to)
}
