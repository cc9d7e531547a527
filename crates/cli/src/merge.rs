//! Reading any number of files into one profile.

use crate::args::InputArgs;
use crate::failure::{Failure, Result};
use crate::progress::{Extent, Progress};
use crate::session::Session;
use crate::source::Source;
use profkit_core::{ErrorKind, Format, NoteKind, Notes, Profile, in_order};
use profkit_ops::{Merge, MergeOptions};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// How files become one profile.
#[derive(Clone, Debug)]
pub struct MergePlan<'a> {
    /// How the profiles are merged.
    pub options: MergeOptions,
    /// How files are read.
    pub input: &'a InputArgs,
    /// Whether a file that cannot be read is noted and passed over.
    pub skips_bad: bool,
}

/// A profile that was made of files.
pub struct Merged {
    /// The profile.
    pub profile: Profile,
    /// The formats of the files, each once, in the order in which they came.
    pub formats: Vec<&'static Format>,
}

/// The most files that one worker puts together before the result is added to the rest.
const FILES_AT_ONCE: usize = 32;
/// The size of files at which a worker takes no more of them.
const BYTES_AT_ONCE: u64 = 4 << 20;

/// Reads files and merges them, in as many threads as the session has.
///
/// Files are put together in groups that depend on nothing but their order and size, and groups in their order: the
/// result is the same for any number of threads. No more groups are in memory than there are threads, and one.
///
/// # Errors
///
/// Fails where a file cannot be read, unless the plan skips those and there is any other, and where the profiles
/// cannot be added up.
pub fn merge(session: &mut Session, paths: &[PathBuf], plan: &MergePlan<'_>) -> Result<Merged> {
    let groups = groups(paths);
    let step = session.progress(Extent::Files(paths.len() as u64), "merging");
    let threads = session.threads();
    let read = |range: &Range<usize>| Group::read(&paths[range.clone()], plan, threads, &step);
    let mut sum = Group::new(plan, threads);
    in_order(&groups, threads, &read, &mut |group: Result<Group>| sum.append(group?))?;
    drop(step);
    if let (Some(first), true) = (sum.first_bad, sum.formats.is_empty()) {
        return Err(first);
    }
    session.notes.append(sum.notes);
    let profile = sum.merge.finish(&mut session.notes);
    let profile = profile.map_err(|error| Failure::Error(format!("merging: {}", error.message())))?;
    Ok(Merged { profile, formats: sum.formats })
}

/// Returns which files are read one after another by one worker.
fn groups(paths: &[PathBuf]) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    let mut size = 0;
    for (index, path) in paths.iter().enumerate() {
        match groups.last_mut().filter(|group| group.len() < FILES_AT_ONCE && size < BYTES_AT_ONCE) {
            Some(group) => group.end += 1,
            None => {
                groups.push(index..index + 1);
                size = 0;
            }
        }
        // What has no size, such as stdin, may be large.
        let metadata = path.metadata().ok().filter(std::fs::Metadata::is_file);
        size += metadata.map_or(BYTES_AT_ONCE, |metadata| metadata.len());
    }
    groups
}

/// Some of the files, merged.
struct Group {
    merge: Merge,
    notes: Notes,
    formats: Vec<&'static Format>,
    first_bad: Option<Failure>,
}

impl Group {
    fn new(plan: &MergePlan<'_>, threads: usize) -> Group {
        let mut options = plan.options.clone();
        options.threads = threads;
        Group { merge: Merge::new(options), notes: Notes::new(), formats: Vec::new(), first_bad: None }
    }

    fn read(paths: &[PathBuf], plan: &MergePlan<'_>, threads: usize, step: &Progress) -> Result<Group> {
        let mut group = Group::new(plan, threads);
        for path in paths {
            let mut notes = Notes::new();
            let read = Source::open(Some(path), plan.input).and_then(|mut source| {
                let profile = source.read(threads, &mut notes)?;
                Ok((profile, source.format(), source.name().to_owned()))
            });
            step.advance(1);
            match read {
                Ok((profile, format, name)) => {
                    group.notes.append(notes);
                    group.add_format(format);
                    let added = group.merge.add(&name, profile, &mut group.notes);
                    added.map_err(|error| cannot_add(&error))?;
                }
                Err(failure) if plan.skips_bad => group.skip(path, failure),
                Err(failure) => return Err(failure),
            }
        }
        Ok(group)
    }

    fn skip(&mut self, path: &Path, failure: Failure) {
        let text = match &failure {
            Failure::Error(message) => message.clone(),
            _ => path.display().to_string(),
        };
        self.notes.remark(NoteKind::Skipped, format!("skipped: {text}"));
        let what = "not every input could be read";
        let name = || path.display().to_string();
        self.notes.add(NoteKind::Skipped, what, 1, "inputs are left out|input is left out", name);
        self.first_bad.get_or_insert(failure);
    }

    fn append(&mut self, other: Group) -> Result<()> {
        self.notes.append(other.notes);
        other.formats.into_iter().for_each(|format| self.add_format(format));
        self.first_bad = self.first_bad.take().or(other.first_bad);
        let added = self.merge.append(other.merge, &mut self.notes);
        added.map_err(|error| cannot_add(&error))
    }

    fn add_format(&mut self, format: &'static Format) {
        if !self.formats.iter().any(|it| std::ptr::eq(*it, format)) {
            self.formats.push(format);
        }
    }
}

fn cannot_add(error: &profkit_core::Error) -> Failure {
    let hint = if error.kind() == ErrorKind::Unsupported { "; --as-graph does that" } else { "" };
    Failure::Error(format!("merging: {}{hint}", error.message()))
}
