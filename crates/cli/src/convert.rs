//! Writing profiles, and saying what is in one.

use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::progress::{Extent, Progress};
use crate::session::Session;
use crate::source::Source;
use crate::table::{self, Side};
use profkit_core::readable::printable;
use profkit_core::readable::{amount, count};
use profkit_core::{Facet, Facets, Format, NoteKind, Notes, Profile, Shape, WriteOptions};
use std::borrow::Cow;
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

/// Returns the output that a profile was written to, not committed yet.
///
/// # Errors
///
/// Fails where the format cannot express the profile, or where the output fails.
pub fn write<'p>(
    session: &mut Session,
    profile: impl Into<Cow<'p, Profile>>,
    format: &'static Format,
    options: &WriteOptions,
    path: Option<&Path>,
) -> Result<Output> {
    let mut output = session.output(path, format.is_binary())?;
    // What comes out on a terminal, or in a pager at the end of the pipe, shows for itself that work goes on.
    let is_silent = output.is_seen_at_once();
    let what = format!("writing {}", output.name());
    let _step = if is_silent { Progress::hidden() } else { session.progress(Extent::Unknown, &what) };
    let mut options = options.clone();
    options.threads = NonZeroUsize::new(session.threads());
    output.fill(|out| format.write(profile, out, &options, &mut session.notes))?;
    Ok(output)
}

/// Returns the outputs, one per value, that a profile was written to; just one if the format holds
/// several values. What is noted of each file is counted for each.
///
/// # Errors
///
/// Fails as [`write()`] does, and where several files are needed but no name was given for them.
pub fn write_all_values(
    session: &mut Session,
    profile: Profile,
    format: &'static Format,
    options: &WriteOptions,
    path: Option<&Path>,
) -> Result<Vec<Output>> {
    let holds = format.can_hold(options, &profile.census()).facets;
    if profile.value_types.len() < 2 || holds.has(Facet::SeveralValues) {
        return Ok(vec![write(session, profile, format, options, path)?]);
    }
    let Some(path) = path.filter(|path| *path != Path::new("-")) else {
        let values = profile.value_types.len();
        let message = format!("--all-values: {} takes {values} files for {values} values", format.name());
        return Err(Failure::Error(format!("{message}; name an output file, of which each gets its own")));
    };
    let paths = value_paths(path, format, &profile);
    let mut one = profile;
    let mut outputs = Vec::with_capacity(paths.len());
    let (mut united, before) = (Notes::new(), std::mem::take(&mut session.notes));
    let written = paths.iter().enumerate().try_for_each(|(value, path)| {
        one.meta.default_value = Some(value);
        let (less, _) = one
            .without(Facets::of(&[Facet::SeveralValues]))
            .map_err(|error| Failure::in_file(&path.display().to_string(), &error))?;
        let output = write(session, less, format, options, Some(path));
        united.unite(std::mem::take(&mut session.notes));
        outputs.push(output?);
        Ok(())
    });
    session.notes = before;
    session.notes.append(united);
    written.map(|()| outputs)
}

/// Returns the format to write where nobody has asked for one: that of the inputs, if they share one that can be
/// written and holds the profile, else the one of profkit, which holds everything; why is noted.
///
/// # Errors
///
/// None: the format of profkit is there.
pub fn own_format(
    profile: &Profile,
    inputs: &[&'static Format],
    options: &WriteOptions,
    notes: &mut Notes,
) -> Result<&'static Format> {
    let why = match inputs {
        [format] if !format.can_write() => format!("{} can be read but not written", format.name()),
        [format] => match not_held(profile, format, options) {
            None => return Ok(format),
            Some(what) => format!("{} cannot hold {what}", format.name()),
        },
        several => {
            let names: Vec<_> = several.iter().map(|format| format.name()).collect();
            format!("the inputs are of different formats ({})", names.join(", "))
        }
    };
    let all = profkit_formats::named("profkit").map_err(|error| Failure::Error(error.to_string()))?;
    notes.remark(NoteKind::Odd, format!("{why}: the result is written as {}; --to picks another", all.name()));
    Ok(all)
}

/// Returns the first thing that a profile says and a format does not.
fn not_held(profile: &Profile, format: &Format, options: &WriteOptions) -> Option<&'static str> {
    let census = profile.census();
    let holds = format.can_hold(options, &census);
    let (has_stacks, has_graphs) = (!profile.samples.is_empty(), !profile.calls.is_empty());
    match holds.shape {
        Shape::Stacks if has_graphs && !has_stacks => Some("call graphs"),
        Shape::CallGraph if has_stacks => Some("stacks"),
        _ => census.present().minus(holds.facets).iter().next().map(Facet::what),
    }
}

/// Returns the profile without samples that have no stack, which is time in which nothing ran, and notes
/// how many those were.
///
/// # Errors
///
/// Fails as [`Profile::filtered`] does.
pub fn without_idle(profile: &Profile, notes: &mut Notes) -> Result<Profile> {
    let idle = profile.samples.iter().filter(|sample| sample.stack.is_none()).count() as u64;
    if idle > 0 {
        notes.add(
            NoteKind::Dropped,
            "idle time is dropped",
            idle,
            "samples without a stack are left out|sample without a stack is left out",
            || None,
        );
    }
    let less = profile.filtered(|sample| sample.stack.is_some(), |_| true);
    less.map_err(|error| Failure::Error(error.to_string()))
}

/// Returns what a profile holds, for people.
///
/// # Errors
///
/// Fails where the total of a value does not fit into 64 bits.
pub fn describe(source: &Source, profile: &Profile) -> Result<String> {
    let census = profile.census();
    let sums = profile.column_totals().map_err(|error| Failure::in_file(source.name(), &error))?;
    let mut rows = vec![("format", source.format().name().to_owned())];
    let mut title = "values";
    for (value_type, &sum) in profile.value_types.iter().zip(&sums) {
        let name = format!("{}/{}", value_type.kind, value_type.unit.name);
        rows.push((title, format!("{name} {}", amount(sum, &value_type.unit))));
        title = "";
    }
    let sizes = [
        ("samples", profile.samples.len()),
        ("stacks", profile.stacks.len()),
        ("call graphs", profile.calls.len()),
        ("functions", profile.functions.len()),
        ("frames", profile.frames.len()),
    ];
    rows.extend(sizes.map(|(name, size)| (name, count(size as i64))));
    title = "holds";
    for facet in census.present().iter() {
        let example = census.example(facet).map_or(String::new(), |example| format!(" (first: {example})"));
        let times = profkit_core::thousands(census.count(facet));
        rows.push((title, format!("{}: {times}{example}", facet.what())));
        title = "";
    }
    let rows: Vec<_> = rows.into_iter().map(|(name, text)| vec![name.to_owned(), printable(&text)]).collect();
    Ok(format!("{}: valid\n{}", source.name(), table::lines(&rows, &[Side::Left; 2])))
}

/// Returns one path per value: the kind goes before the ending that tells the format.
///
/// ```text
/// out.folded.gz  ->  out.alloc_space.folded.gz, out.inuse_space.folded.gz
/// ```
fn value_paths(path: &Path, format: &Format, profile: &Profile) -> Vec<PathBuf> {
    let name = path.file_name().map_or(String::new(), |name| name.to_string_lossy().into_owned());
    let (stem, ending) = split_ending(&name, format);
    let mut tags: Vec<String> = Vec::new();
    for value_type in &profile.value_types {
        let plain = tag(&value_type.kind);
        let with_unit = format!("{plain}-{}", tag(&value_type.unit.name));
        let numbered = format!("{with_unit}-{}", tags.len());
        let free = [plain, with_unit, numbered].into_iter().find(|tag| !tag.is_empty() && !tags.contains(tag));
        tags.push(free.unwrap_or_default());
    }
    tags.into_iter().map(|tag| path.with_file_name(OsString::from(format!("{stem}.{tag}{ending}")))).collect()
}

/// Returns a file name without, and with only, the ending that tells the format or the compression.
fn split_ending<'n>(name: &'n str, format: &Format) -> (&'n str, &'n str) {
    let unpacked = name.strip_suffix(".gz").unwrap_or(name);
    let stem = |ending: &&str| unpacked.strip_suffix(*ending)?.strip_suffix('.');
    let stem = format.endings().iter().filter_map(stem).min_by_key(|stem| stem.len()).unwrap_or(unpacked);
    name.split_at(stem.len())
}

/// Returns a name that can be part of a file name.
fn tag(name: &str) -> String {
    let safe = |character: char| if character.is_alphanumeric() || "-_+".contains(character) { character } else { '_' };
    name.chars().map(safe).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use profkit_core::ValueType;

    #[test]
    fn each_value_has_a_file_of_its_own() {
        static FORMAT: Format = Format::new("f", "").extensions(&["txt", "f.txt"]);
        let kinds = [("cpu", "ns"), ("cpu", "count"), ("cpu", "count"), ("a/b", "count")];
        let profile = Profile::new(kinds.map(|(kind, unit)| ValueType::new(kind, unit)).to_vec());
        let names = |path: &str| {
            let paths = value_paths(Path::new(path), &FORMAT, &profile);
            paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>()
        };
        assert_eq!(
            names("d/x.f.txt.gz"),
            ["d/x.cpu.f.txt.gz", "d/x.cpu-count.f.txt.gz", "d/x.cpu-count-2.f.txt.gz", "d/x.a_b.f.txt.gz"]
        );
        assert_eq!(names("plain")[3], "plain.a_b");
    }
}
