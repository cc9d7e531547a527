//! The law of every format: what is written is what is read, less what was noted as lost.

use crate::fixtures::dump;
use profkit_core::{Facets, Format, NoteKind, Notes, Profile, ReadOptions, WriteOptions, prepare};

/// Checks the law for one profile and one format that can be read and written.
///
/// Let D be the profile in the shape the writer needs, less the facets noted as lost and those made up
/// for the writer, and Q what is read from what is written. Then Q says what D says, row by row; Q has no
/// facet that D lacks; the totals are the same; and where names were changed or
/// values rounded, only those differ, and no more of them than the note counts.
///
/// # Errors
///
/// Returns what differs, as text for a person.
pub fn check(profile: &Profile, format: &'static Format, options: &WriteOptions) -> Result<(), String> {
    let fail = |what: &str, error: profkit_core::Error| format!("{}: {what}: {error}", format.name());
    let mut prepare_notes = Notes::new();
    let prepared = prepare(profile, format, options, &mut prepare_notes).map_err(|error| fail("prepare", error))?;
    let invented = prepared.meta.invented;
    let (wanted, _) = prepared.without(invented).map_err(|error| fail("without", error))?;
    let (mut file, mut notes) = (Vec::new(), Notes::new());
    format.write(profile, &mut file, options, &mut notes).map_err(|error| fail("write", error))?;
    let mut read_options = ReadOptions::default();
    read_options.max_depth = u32::MAX;
    let back = profkit_formats::read(&file, None, Some(format), &read_options, &mut Notes::new());
    let (back, _) = back.map_err(|error| fail("reading back", error))?;

    let rounded = count(&notes, NoteKind::Rounded) - count(&prepare_notes, NoteKind::Rounded);
    let totals = |profile: &Profile| profile.column_totals().map_err(|error| fail("totals", error));
    let exponents = |profile: &Profile| -> Vec<i8> { profile.value_types.iter().map(|it| it.unit.exponent).collect() };
    if rounded == 0 && exponents(&wanted) == exponents(&back) && totals(&wanted)? != totals(&back)? {
        return Err(format!("{}: totals {:?} became {:?}", format.name(), totals(&wanted)?, totals(&back)?));
    }
    let canonical = |profile: &Profile| profile.canonical().map_err(|error| fail("canonical", error));
    let (wanted, back) = (canonical(&wanted)?, canonical(&back)?);
    let added = back.census().present().minus(wanted.census().present());
    if !added.is_empty() {
        return Err(format!("{}: the file has facets that the profile had not: {added:?}", format.name()));
    }
    let renamed = count(&notes, NoteKind::Renamed);
    if renamed > 0 {
        return check_renamed(&wanted, &back, renamed).map_err(|message| format!("{}: {message}", format.name()));
    }
    if rounded > 0 {
        return check_rounded(&dump(&wanted), &dump(&back), rounded)
            .map_err(|message| format!("{}: {message}", format.name()));
    }
    same(&dump(&wanted), &dump(&back)).map_err(|message| format!("{}: {message}", format.name()))
}

fn count(notes: &Notes, kind: NoteKind) -> u64 {
    notes.iter().filter(|note| note.kind == kind).map(|note| note.count).sum()
}

/// Checks that no more rows differ than have rounded values, and that nothing but digits does.
fn check_rounded(wanted: &str, found: &str, rounded: u64) -> Result<(), String> {
    let words = |text: &str| text.replace(|character: char| character.is_ascii_digit() || character == '-', "");
    same(&words(wanted), &words(found))?;
    let rows =
        |text: &str| text.lines().filter(|line| !line.contains("\"exponent\"")).map(str::to_owned).collect::<Vec<_>>();
    let differ = rows(wanted).iter().zip(&rows(found)).filter(|(wanted, found)| wanted != found).count() as u64;
    if differ > rounded {
        return Err(format!("{rounded} values were noted as rounded, {differ} rows differ"));
    }
    Ok(())
}

/// Checks that two dumps are the same text.
///
/// # Errors
///
/// Returns the first lines that differ.
pub fn same(wanted: &str, found: &str) -> Result<(), String> {
    if wanted == found {
        return Ok(());
    }
    let mut lines = wanted.lines().zip(found.lines()).enumerate();
    match lines.find(|(_, (wanted, found))| wanted != found) {
        Some((line, (wanted, found))) => Err(format!("line {}:\n  wanted {wanted}\n  found  {found}", line + 1)),
        None => Err(format!("{} lines became {}", wanted.lines().count(), found.lines().count())),
    }
}

/// Checks that no more names differ than were noted.
fn check_renamed(wanted: &Profile, found: &Profile, renamed: u64) -> Result<(), String> {
    let names = |profile: &Profile| -> std::collections::BTreeSet<String> {
        let functions = profile.functions.iter().map(|(_, it)| profile.strings[it.name].to_owned());
        functions.chain(profile.threads.iter().map(|(id, _)| profile.thread_title(id))).collect()
    };
    let gone = names(wanted).difference(&names(found)).count() as u64;
    if gone > renamed {
        return Err(format!("{renamed} names were noted as changed, {gone} are gone"));
    }
    Ok(())
}

/// Checks that a profile without any facet still has its totals: nothing but facets can be lost.
///
/// # Errors
///
/// Returns what differs, as text for a person.
pub fn check_without(profile: &Profile, lost: Facets) -> Result<(), String> {
    let (less, _) = profile.without(lost).map_err(|error| format!("without {lost:?}: {error}"))?;
    let left = profkit_core::Facet::ALL.iter().filter(|&&facet| lost.has(facet) && less.census().count(facet) > 0);
    match left.collect::<Vec<_>>().as_slice() {
        [] => Ok(()),
        left => Err(format!("{left:?} are still there after losing {lost:?}")),
    }
}
