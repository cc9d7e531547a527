//! The contract of a format: a record of facts and functions.
//!
//! A format is a `static` of type [`Format`], built from its facts in one expression. Nothing else
//! knows that it exists but the registry, from which detection, options, help and tests are computed.

use crate::census::Census;
use crate::error::{Error, Result};
use crate::facet::{Facet, Facets};
use crate::notes::Notes;
use crate::peek::{Input, Peek, Sniff};
use crate::profile::Profile;
use crate::value::Role;
use std::io::Write;
use std::num::NonZeroUsize;

/// Everything the toolkit knows about one file format.
pub struct Format {
    name: &'static str,
    description: &'static str,
    extensions: &'static [&'static str],
    starts: &'static [&'static str],
    options: &'static [Opt],
    holds: fn(&WriteOptions, &Census) -> Holds,
    read: Option<(SniffFn, ReadFn)>,
    write: Option<WriteFn>,
    is_binary: bool,
    may_be_empty: bool,
}

/// Tells from the head of an input whether it is of the format.
pub type SniffFn = fn(&Peek<'_>) -> Sniff;
/// Reads a whole decompressed input.
pub type ReadFn = fn(Input<'_>, &ReadOptions, &mut Notes) -> Result<Profile>;
/// Writes a profile that has only what the format holds, in the shape that it asked for.
pub type WriteFn = fn(&Profile, &mut dyn Write, &WriteOptions, &mut Notes) -> Result<()>;

/// A knob of one format: `-O name=value`.
#[derive(Clone, Copy, Debug)]
pub struct Opt {
    /// The name.
    pub name: &'static str,
    /// The values it can have; the first is the default.
    pub values: &'static [&'static str],
    /// What it does, in a sentence.
    pub help: &'static str,
}

/// What a file of a format can keep.
#[derive(Clone, Copy, Debug)]
pub struct Holds {
    /// The facets that survive.
    pub facets: Facets,
    /// The shape that the format needs.
    pub shape: Shape,
    /// The facets that a file must have, so that they are made up where they are missing.
    pub needs: Facets,
    /// The only value type that the format knows, if there is just one: a time.
    pub only_time: Option<OnlyTime>,
}

/// The value type of a format that knows only time.
#[derive(Clone, Copy, Debug)]
pub struct OnlyTime {
    /// What its reader calls it.
    pub kind: &'static str,
    /// The unit that its reader uses.
    pub unit: &'static str,
    /// What its reader knows of the role.
    pub role: Role,
    /// The power of ten of a second that one unit of another dimension is written as.
    pub other_exponent: i8,
    /// The power of ten of a second below which values are rounded, where samples are written.
    pub finest_exponent: i8,
}

/// The shape that a format needs a profile in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Samples with stacks.
    Stacks,
    /// A call graph.
    CallGraph,
    /// Whatever is there.
    Either,
}

/// What a reader needs to know beside the input.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReadOptions {
    /// The depth above which a stack is an error.
    pub max_depth: u32,
    /// The size in bytes above which a decompressed input is an error.
    pub max_size: u64,
    /// The length in bytes above which a name is an error; all names together may take 256 times as much, or
    /// 32 times what the input does.
    pub max_name: u64,
    /// Whether mangled names of functions are shown demangled, and kept as system names.
    pub demangle: bool,
    /// In how many threads to work where there is something to split; one if not set. What is read is the same.
    pub threads: Option<NonZeroUsize>,
    /// The options of single formats, `name` and `value`.
    pub options: Vec<(String, String)>,
}

/// What a writer needs to know beside the profile.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct WriteOptions {
    /// The index of the value type to write where only one can be; the default one if not set.
    pub value: Option<usize>,
    /// Leave the thread out of the stack where a format has no other place for it.
    pub no_thread_root: bool,
    /// Write frames that the profile's own filters would drop.
    pub all_frames: bool,
    /// The size in bytes above which a file that repeats whole stacks is an error; a multiple of the size of
    /// the profile if none.
    pub max_size: Option<u64>,
    /// In how many threads to work where there is something to split; one if not set. What is written is the same.
    pub threads: Option<NonZeroUsize>,
    /// The options of single formats, `name` and `value`.
    pub options: Vec<(String, String)>,
}

impl Format {
    /// Returns the record of a format that can neither be read nor written yet.
    pub const fn new(name: &'static str, description: &'static str) -> Format {
        Format {
            name,
            description,
            extensions: &[],
            starts: &[],
            options: &[],
            holds: |_, _| Holds::new(Shape::Either),
            read: None,
            write: None,
            is_binary: false,
            may_be_empty: false,
        }
    }

    /// Adds the file name endings, without the dot. On reading they break ties; on writing they pick the
    /// format. An ending may be more than an extension: `speedscope.json`.
    pub const fn extensions(mut self, extensions: &'static [&'static str]) -> Format {
        self.extensions = extensions;
        self
    }

    /// Adds what file names start with, where tools put numbers behind a name of their own: `trace.out`, `trace.out.4711`
    /// and `trace.out.4711.2-01`. A number, or more of them, starts with a dot.
    pub const fn starts(mut self, starts: &'static [&'static str]) -> Format {
        self.starts = starts;
        self
    }

    /// Adds the options.
    pub const fn options(mut self, options: &'static [Opt]) -> Format {
        self.options = options;
        self
    }

    /// Adds what a written file can keep, given the options and what the profile has.
    pub const fn holds(mut self, holds: fn(&WriteOptions, &Census) -> Holds) -> Format {
        self.holds = holds;
        self
    }

    /// Adds the reader.
    pub const fn reads(mut self, sniff: SniffFn, read: ReadFn) -> Format {
        self.read = Some((sniff, read));
        self
    }

    /// Adds the writer.
    pub const fn writes(mut self, write: WriteFn) -> Format {
        self.write = Some(write);
        self
    }

    /// Says that files are not text, so that they are kept off a terminal.
    pub const fn binary(mut self) -> Format {
        self.is_binary = true;
        self
    }

    /// Says that a file of no bytes at all is a valid file of the format.
    pub const fn may_be_empty(mut self) -> Format {
        self.may_be_empty = true;
        self
    }

    /// Returns the name that `--from` and `--to` take.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns what the format is, in a few words.
    pub fn description(&self) -> &'static str {
        self.description
    }

    /// Returns the file name endings.
    pub fn endings(&self) -> &'static [&'static str] {
        self.extensions
    }

    /// Returns the patterns of file names, for people: `.folded`, `trace.out*`.
    pub fn file_names(&self) -> impl Iterator<Item = String> {
        let endings = self.extensions.iter().map(|ending| format!(".{ending}"));
        endings.chain(self.starts.iter().map(|start| format!("{start}*")))
    }

    /// Returns how many bytes of a file name, without its folder, tell this format; none where no byte does.
    pub fn claims(&self, name: &str) -> Option<usize> {
        let has_ending = |ending: &&str| name.strip_suffix(*ending).is_some_and(|stem| stem.ends_with('.'));
        let has_start =
            |start: &&str| name.strip_prefix(*start).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        let endings = self.extensions.iter().copied().filter(has_ending);
        endings.chain(self.starts.iter().copied().filter(has_start)).map(str::len).max()
    }

    /// Returns the options.
    pub fn knobs(&self) -> &'static [Opt] {
        self.options
    }

    /// Returns whether there is a reader.
    pub fn can_read(&self) -> bool {
        self.read.is_some()
    }

    /// Returns whether there is a writer.
    pub fn can_write(&self) -> bool {
        self.write.is_some()
    }

    /// Returns whether files are not text.
    pub fn is_binary(&self) -> bool {
        self.is_binary
    }

    /// Returns whether a file of no bytes at all is a valid file.
    pub fn takes_nothing(&self) -> bool {
        self.may_be_empty
    }

    /// Returns what a file written with these options can keep of a profile with this census.
    pub fn can_hold(&self, options: &WriteOptions, census: &Census) -> Holds {
        (self.holds)(options, census)
    }

    /// Returns whether the input looks like this format.
    pub fn sniff(&self, peek: &Peek<'_>) -> Sniff {
        self.read.map_or(Sniff::No, |(sniff, _)| sniff(peek))
    }

    /// Reads a whole decompressed input.
    ///
    /// # Errors
    ///
    /// An input that breaks the rules of the format is an error that names the format and the place.
    pub fn read(&'static self, input: &[u8], options: &ReadOptions, notes: &mut Notes) -> Result<Profile> {
        let Some((_, read)) = self.read else {
            return Err(Error::unsupported(format!("{} can be written but not read", self.name)));
        };
        if input.is_empty() && !self.may_be_empty {
            return Err(Error::malformed("the input is empty").in_format(self.name));
        }
        read(Input::new(input), options, notes).map_err(|error| error.in_format(self.name))
    }

    /// Returns the writer.
    pub(crate) fn writer(&self) -> Option<WriteFn> {
        self.write
    }
}

impl Holds {
    /// Returns what a format of this shape holds that holds nothing else.
    pub const fn new(shape: Shape) -> Holds {
        Holds { facets: Facets::NONE, shape, needs: Facets::NONE, only_time: None }
    }

    /// Adds facets that survive.
    #[must_use]
    pub const fn keeps(mut self, facets: &[Facet]) -> Holds {
        self.facets = self.facets.or(Facets::of(facets));
        self
    }

    /// Adds a facet that survives if `on`.
    #[must_use]
    pub const fn keeps_if(mut self, on: bool, facet: Facet) -> Holds {
        self.facets = self.facets.with_if(facet, on);
        self
    }

    /// Adds facets that a file must have.
    #[must_use]
    pub const fn needs(mut self, facets: &[Facet]) -> Holds {
        self.needs = self.needs.or(Facets::of(facets));
        self
    }

    /// Says that the format knows only time.
    #[must_use]
    pub const fn only_time(mut self, only_time: OnlyTime) -> Holds {
        self.only_time = Some(only_time);
        self
    }
}

impl Opt {
    /// Returns the value of this option among those given, else its default.
    fn value<'o>(&self, given: &'o [(String, String)]) -> &'o str {
        let last = given.iter().rev().find(|(name, _)| name == self.name);
        last.map_or(self.values[0], |(_, value)| value)
    }
}

impl ReadOptions {
    /// Returns in how many threads to work, at least 1.
    pub fn threads(&self) -> usize {
        self.threads.map_or(1, NonZeroUsize::get)
    }

    /// Returns the value of an option of a format.
    pub fn option<'o>(&'o self, option: &Opt) -> &'o str {
        option.value(&self.options)
    }
}

impl WriteOptions {
    /// Returns in how many threads to work, at least 1.
    pub fn threads(&self) -> usize {
        self.threads.map_or(1, NonZeroUsize::get)
    }

    /// Returns the value of an option of a format.
    pub fn option<'o>(&'o self, option: &Opt) -> &'o str {
        option.value(&self.options)
    }
}

impl Default for ReadOptions {
    fn default() -> ReadOptions {
        ReadOptions {
            max_depth: crate::MAX_DEPTH,
            max_size: u64::from(u32::MAX),
            max_name: 1 << 20,
            demangle: true,
            threads: None,
            options: Vec::new(),
        }
    }
}
