//! The inputs of both sides.

use crate::args::{FormatName, FrameArgs, InputArgs, ThreadArgs, ValueArgs};
use crate::failure::{Failure, Result};
use crate::progress::Extent;
use crate::session::Session;
use profkit_core::{Format, Notes, Profile, in_order};
use profkit_ops::{By, group};
use std::path::{Path, PathBuf};

/// Both sides, read.
#[derive(Debug)]
pub struct Sides {
    /// The files of each side, before and after.
    pub files: [Vec<SideFile>; 2],
    /// What is in them.
    pub profiles: [Vec<Profile>; 2],
}

/// A file that was read.
#[derive(Debug)]
#[non_exhaustive]
pub struct SideFile {
    /// Its name for people.
    pub name: String,
    /// Its format.
    pub format: FormatName,
}

/// What is compared with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[non_exhaustive]
pub enum Unit {
    /// Functions.
    Function,
    /// Source files.
    File,
    /// Modules.
    Module,
    /// Lines of source files.
    Line,
    /// Whole stacks.
    Stack,
}

impl Unit {
    /// Returns the name, in small letters.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Function => "function",
            Unit::File => "file",
            Unit::Module => "module",
            Unit::Line => "line",
            Unit::Stack => "stack",
        }
    }
}

impl Sides {
    /// Reads the files of both sides, in as many threads as the session has.
    ///
    /// # Errors
    ///
    /// Fails where a file cannot be read, and where stdin is asked for more than once.
    pub fn read(session: &mut Session, paths: [&[PathBuf]; 2], args: &InputArgs) -> Result<Sides> {
        if paths.contains(&[].as_slice()) {
            let message = "expected two profiles, BEFORE and AFTER, or several with --before and --after; see --help";
            return Err(Failure::Error(message.to_owned()));
        }
        let sides = paths.into_iter().enumerate();
        let all: Vec<(usize, &PathBuf)> =
            sides.flat_map(|(side, paths)| paths.iter().map(move |it| (side, it))).collect();
        let mut sides = Sides { files: Default::default(), profiles: Default::default() };
        let (reading, mut notes): (&Session, _) = (session, Notes::new());
        let read = |&(side, path): &(usize, &PathBuf)| SideFile::read(reading, path, args).map(|it| (side, it));
        in_order(&all, session.threads(), &read, &mut |file: Result<(usize, ReadFile)>| -> Result<()> {
            let (side, (file, profile, of_file)) = file?;
            sides.files[side].push(file);
            sides.profiles[side].push(profile);
            notes.append(of_file);
            Ok(())
        })?;
        session.notes.append(notes);
        Ok(sides)
    }

    /// Returns the formats of all files.
    pub fn formats(&self) -> Vec<&'static Format> {
        self.files.iter().flatten().map(|file| file.format.0).collect()
    }

    /// Returns the indices of the value asked for, where a side has it.
    ///
    /// # Errors
    ///
    /// A value that neither side has is an error that lists what is there.
    pub fn values(&self, args: &ValueArgs) -> Result<[Option<usize>; 2]> {
        let [before, after] = [0, 1].map(|side| self.profiles[side].first().map_or(Ok(None), |it| args.index(it)));
        match (before, after) {
            (Err(_), Err(error)) => Err(error),
            (before, after) => Ok([before.unwrap_or(None), after.unwrap_or(None)]),
        }
    }

    /// Keeps one thread of each profile, if one was asked for, drops the frames that the profiles themselves ask to
    /// drop, and puts other things in the place of functions.
    ///
    /// # Errors
    ///
    /// Fails where a profile does not have the thread.
    pub fn narrow(
        &mut self,
        frames: &FrameArgs,
        thread: &ThreadArgs,
        values: [Option<usize>; 2],
        unit: Unit,
        notes: &mut Notes,
    ) -> Result<()> {
        for (profiles, value) in self.profiles.iter_mut().zip(values) {
            for profile in profiles {
                let narrowed = frames.apply(thread.apply(std::mem::take(profile), value, notes)?, notes)?;
                let by = match unit {
                    Unit::Function => None,
                    Unit::File => Some(By::File),
                    Unit::Module => Some(By::Module),
                    Unit::Line => Some(By::Line),
                    Unit::Stack => None,
                };
                let grouped = match by {
                    Some(by) => group(&narrowed, by),
                    None if unit == Unit::Stack => super::stacks::by_stack(&narrowed, notes),
                    None => Ok(narrowed),
                };
                *profile = grouped.map_err(|error| Failure::Error(format!("--by: {}", error.message())))?;
            }
        }
        Ok(())
    }
}

type ReadFile = (SideFile, Profile, Notes);

impl SideFile {
    fn read(session: &Session, path: &Path, args: &InputArgs) -> Result<ReadFile> {
        let mut source = session.open(Some(path), args)?;
        let _step = session.progress(Extent::Unknown, &format!("parsing {}", source.name()));
        let mut notes = Notes::new();
        let profile = source.read(session.threads(), &mut notes)?;
        Ok((SideFile { name: source.name().to_owned(), format: FormatName(source.format()) }, profile, notes))
    }
}
