//! The law of every format: what is written is what is read, less what was noted as lost.

use crate::fixtures::dump;
use profkit_core::derive::function_totals;
use profkit_core::{
    Error, ErrorKind, Facet, Facets, Format, FrameId, Holds, NoteKind, Notes, Profile, ReadOptions, WriteOptions,
    prepare,
};
use std::collections::HashMap;

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
    try_check(profile, format, options).map_err(|breach| breach.message)
}

/// Does what [`check`] does, but lets a writer refuse what no file can hold: sums beyond 64 bits, sizes beyond a limit.
///
/// # Errors
///
/// Returns what differs, as text for a person.
pub fn check_what_is_written(profile: &Profile, format: &'static Format, options: &WriteOptions) -> Result<(), String> {
    match try_check(profile, format, options) {
        Err(Breach { message, refusal }) => {
            let may_refuse = [ErrorKind::Overflow, ErrorKind::Limit, ErrorKind::Unsupported];
            if refusal.is_some_and(|kind| may_refuse.contains(&kind)) { Ok(()) } else { Err(message) }
        }
        Ok(()) => Ok(()),
    }
}

/// Why the law does not hold: what differs, or the error that came before anything could be compared.
struct Breach {
    message: String,
    refusal: Option<ErrorKind>,
}

impl From<String> for Breach {
    fn from(message: String) -> Breach {
        Breach { message, refusal: None }
    }
}

fn try_check(profile: &Profile, format: &'static Format, options: &WriteOptions) -> Result<(), Breach> {
    let fail = |what: &str, error: Error| Breach {
        message: format!("{}: {what}: {error}", format.name()),
        refusal: Some(error.kind()),
    };
    let mut prepare_notes = Notes::new();
    let prepared = prepare(profile, format, options, &mut prepare_notes).map_err(|error| fail("prepare", error))?;
    let invented = prepared.meta.invented;
    let (wanted, _) = prepared.without(invented).map_err(|error| fail("without", error))?;
    let (mut file, mut notes) = (Vec::new(), Notes::new());
    format.write(profile, &mut file, options, &mut notes).map_err(|error| fail("write", error))?;
    let mut read_options = ReadOptions::default();
    read_options.max_depth = u32::MAX;
    let mut read_notes = Notes::new();
    let back = profkit_formats::read(&file, None, Some(format), &read_options, &mut read_notes);
    let (back, _) = back.map_err(|error| fail("reading back", error))?;
    if count(&read_notes, NoteKind::Rounded) > 0 {
        // Numbers from one end of 64 bits to the other, of which the reader says that it rounds the small ones, to nothing
        // where they are that small.
        return Ok(());
    }
    let back = without_made_up_names(back, &format.can_hold(options, &prepared.census()))
        .map_err(|error| fail("without names", error))?;

    let rounded = count(&notes, NoteKind::Rounded) - count(&prepare_notes, NoteKind::Rounded);
    let totals = |profile: &Profile| profile.column_totals().map_err(|error| fail("totals", error));
    let exponents = |profile: &Profile| -> Vec<i8> { profile.value_types.iter().map(|it| it.unit.exponent).collect() };
    if rounded == 0 && exponents(&wanted) == exponents(&back) && totals(&wanted)? != totals(&back)? {
        return Err(format!("{}: totals {:?} became {:?}", format.name(), totals(&wanted)?, totals(&back)?).into());
    }
    let canonical = |profile: &Profile| profile.canonical().map_err(|error| fail("canonical", error));
    let (wanted, back) = (canonical(&wanted)?, canonical(&back)?);
    let added = back.census().present().minus(wanted.census().present());
    if !added.is_empty() {
        return Err(format!("{}: the file has facets that the profile had not: {added:?}", format.name()).into());
    }
    let renamed = count(&notes, NoteKind::Renamed);
    let compared = if renamed > 0 {
        check_renamed(&wanted, &back, renamed)
    } else if rounded > 0 {
        check_rounded(&dump(&wanted), &dump(&back), rounded)
    } else {
        same(&dump(&wanted), &dump(&back))
    };
    compared.map_err(|message| format!("{}: {message}", format.name()).into())
}

/// Takes away the names that a reader gives to several values which a file does not name, such as `before` and `after`.
fn without_made_up_names(back: Profile, holds: &Holds) -> Result<Profile, Error> {
    if back.value_types.len() < 2 || holds.facets.has(Facet::ValueTypes) {
        return Ok(back);
    }
    Ok(back.without(Facets::of(&[Facet::ValueTypes]))?.0)
}

/// Checks what must be so of every profile, whoever made it: what ids and counts of shared calls stand for is there.
///
/// # Errors
///
/// Returns what is wrong, as text for a person.
pub fn check_valid(profile: &Profile) -> Result<(), String> {
    let mut last = HashMap::new();
    let mut path = Vec::new();
    for (row, sample) in profile.samples.iter().enumerate() {
        path.clear();
        sample.stack.iter().for_each(|&stack| profile.stacks.read_path(stack, &mut path));
        if let Some(kept) = sample.kept {
            // Before the first sample of a thread, anything may have gone on.
            let before: Vec<FrameId> = last.insert(sample.thread, path.clone()).unwrap_or_else(|| path.clone());
            let common = path.iter().zip(&before).take_while(|(a, b)| a == b).count();
            if kept as usize > common {
                return Err(format!("sample {row} shares {kept} calls with one of {common} common frames"));
            }
        }
    }
    match function_totals(profile) {
        Err(error) if error.kind() != ErrorKind::Overflow => Err(error.to_string()),
        _ => Ok(()),
    }
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
