//! What steps drop and change, in numbers.

use super::small::Folded;
use super::step::Step;
use profkit_core::{NoteKind, Notes, Profile, Result, readable, thousands};

/// Notes what a step has dropped, and of how much that is.
pub(super) fn dropped(step: &Step, before: &Profile, after: &Profile, notes: &mut Notes) -> Result<()> {
    let samples = before.samples.len().saturating_sub(after.samples.len()) as u64;
    let graphs = before.calls.len().saturating_sub(after.calls.len()) as u64;
    let (whole, rest) = (before.column_totals()?, after.column_totals()?);
    if samples == 0 && graphs == 0 && whole == rest {
        return Ok(());
    }
    let shares = before.value_types.iter().zip(whole.iter().zip(&rest)).filter(|(_, (whole, _))| **whole != 0);
    let shares: Vec<String> = shares
        .map(|(value_type, (&whole, &rest))| {
            let gone = whole.saturating_sub(rest);
            let [gone_text, whole_text] = [gone, whole].map(|value| readable::amount(value, &value_type.unit));
            format!("{gone_text} of {whole_text} {} ({})", value_type.kind, readable::percent(gone, whole))
        })
        .collect();
    let shares = if shares.is_empty() { "what costs nothing".to_owned() } else { shares.join(", ") };
    let what = format!("{step} drops {shares}");
    match (samples, graphs) {
        (0, 0) => notes.remark(NoteKind::Dropped, what),
        (0, graphs) => {
            notes.add(NoteKind::Dropped, what, graphs, "call graphs are left out|call graph is left out", || None);
        }
        (samples, _) => notes.add(NoteKind::Dropped, what, samples, "samples are left out|sample is left out", || None),
    }
    if after.samples.is_empty() && after.calls.is_empty() {
        notes.remark(NoteKind::Odd, format!("{step} leaves nothing of the profile"));
    }
    Ok(())
}

/// Notes that nothing matches what a step looks for.
pub(super) fn unmatched(step: &Step, marked: &[bool], notes: &mut Notes) {
    if !marked.is_empty() && !marked.contains(&true) {
        notes.remark(NoteKind::Odd, format!("{step} matches no function, file or module"));
    }
}

/// Notes that no label has the key that a step looks for.
pub(super) fn missing_key(step: &Step, profile: &Profile, key: &str, notes: &mut Notes) {
    let mut keys: Vec<&str> = profile.labels.iter().map(|(_, label)| &profile.strings[label.key]).collect();
    keys.sort_unstable();
    keys.dedup();
    if !profile.samples.is_empty() && !keys.contains(&key) {
        let there = if keys.is_empty() { "no labels at all".to_owned() } else { keys.join(", ") };
        notes.remark(NoteKind::Odd, format!("{step}: no sample has such a label; there are {there}"));
    }
}

/// Notes how many stacks a step has cut.
pub(super) fn cut(step: &Step, changed: u64, notes: &mut Notes) {
    if changed > 0 {
        let what = format!("{step} takes frames away");
        notes.add(NoteKind::Dropped, what, changed, "samples have fewer|sample has fewer", || None);
    }
}

/// Notes how many functions a step has taken the calls of themselves from.
pub(super) fn calls(step: &Step, functions: usize, notes: &mut Notes) {
    if functions > 0 {
        let what = format!("{step} takes calls away and keeps their costs");
        notes
            .add(NoteKind::Dropped, what, functions as u64, "functions call themselves|function calls itself", || None);
    }
}

/// Notes what has become one row.
pub(super) fn folded(step: &Step, folded: &Folded, value: usize, notes: &mut Notes) -> Result<()> {
    let whole = folded.profile.column_totals()?.get(value).copied().unwrap_or(0);
    let own = i64::try_from(folded.own).unwrap_or(i64::MAX);
    let cost = folded.profile.value_types.get(value).map_or(String::new(), |value_type| {
        let [own_text, whole_text] = [own, whole].map(|value| readable::amount(value, &value_type.unit));
        format!(
            ", with {own_text} of {whole_text} {} of their own ({})",
            value_type.kind,
            readable::percent(own, whole)
        )
    });
    let count = thousands(folded.functions);
    notes.remark(NoteKind::Dropped, format!("{step} makes one row of {count} small functions{cost}"));
    Ok(())
}

/// Notes that what a profile says of frames to leave out is gone with the names that it is about.
pub(super) fn frame_filters(step: &Step, profile: &Profile, notes: &mut Notes) {
    if profile.meta.drop_frames.is_some() || profile.meta.keep_frames.is_some() {
        let what = format!("{step} forgets the profile's own drop_frames and keep_frames, and shows all frames");
        notes.remark(NoteKind::Dropped, what);
    }
}

/// Notes how many functions have other texts, and returns the profile.
pub(super) fn renamed(step: &Step, renamed: Result<(Profile, u64)>, notes: &mut Notes) -> Result<Profile> {
    let (profile, functions) = renamed.map_err(|error| step.refusal(error.message()))?;
    let what = format!("{step} changes what functions are called or where they are from");
    if functions > 0 {
        notes.add(NoteKind::Dropped, what, functions, "functions|function", || None);
    }
    Ok(profile)
}
