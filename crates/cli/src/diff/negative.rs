//! A difference in the manner of Go's pprof: what was before counts negative and is labelled.

use profkit_core::{Error, Facets, LabelValue, Profile, Result, Sample, Transfer};

/// The label by which `go tool pprof` tells the samples of its `-diff_base`.
const BASE_LABEL: &str = "pprof::base";

/// Returns a profile of the values `before` and `after` as one of one value: samples from after, and those from
/// before with their values negated and the label `pprof::base`, so that `go tool pprof` shows it as it does its
/// own `-diff_base`.
///
/// # Errors
///
/// Fails where a value has no negative, and where stacks are deeper than a limit.
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
            let value =
                sample.values[side].checked_mul(sign).ok_or_else(|| Error::overflow("a value turned negative"))?;
            to.samples.push(Sample { labels, thread, ..Sample::new(stack, &[value]) });
        }
    }
    Ok(to)
}
