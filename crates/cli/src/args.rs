//! The options that several tools share, in groups that a tool takes as it needs them.

use crate::failure::{Failure, Result};
use crate::progress::ProgressWhen;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ColorChoice, ValueEnum};
use profkit_core::{Format, Notes, Profile, WriteOptions, filter_frames};
use profkit_formats::FORMATS;
use profkit_ops::{By, group};
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// How inputs are read.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// Format of the input; told from its content if left out
    #[arg(short = 'f', long, value_name = "FORMAT", value_parser = format_parser(Format::can_read))]
    pub from: Option<FormatName>,

    /// Largest size of an input, unpacked, and of an output that repeats whole stacks: bytes, or with k, M or G
    /// [default: 4G]
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub max_size: Option<u64>,

    /// Depth above which a stack is an error [default: 65536]
    #[arg(long, value_name = "FRAMES")]
    pub max_depth: Option<u32>,

    /// Length above which a name is an error, all names being allowed 256 times as much: bytes, or with k, M or G
    /// [default: 1M]
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub max_name: Option<u64>,

    /// Leave mangled names of C++ and Rust as they are; else they are shown demangled and kept as system names
    #[arg(long)]
    pub no_demangle: bool,

    /// An option of one format; --list-formats names them all
    #[arg(short = 'O', value_name = "NAME=VALUE", value_parser = parse_knob)]
    pub knobs: Vec<(String, String)>,
}

/// Which value is shown where only one can be.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Input")]
pub struct ValueArgs {
    /// Value to show, by name or index, where there are several
    #[arg(short = 'v', long, visible_alias = "sample-index", value_name = "NAME")]
    pub value: Option<String>,
}

/// Which threads of the input are looked at.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Input")]
pub struct ThreadArgs {
    /// Only the thread of this id or name; `active` is the one that costs most
    #[arg(long, value_name = "NAME|ID|active")]
    pub thread: Option<String>,
}

/// What stands in the place of functions.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Input")]
pub struct GroupArgs {
    /// What to show the costs of [default: function]
    #[arg(long, value_enum, value_name = "WHAT")]
    pub by: Option<Group>,
}

/// What costs can be shown of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Group {
    /// Functions
    Function,
    /// Source files
    File,
    /// Modules, packages and libraries
    Module,
    /// Lines of source files
    Line,
}

/// Which frames are looked at.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Input")]
pub struct FrameArgs {
    /// Keep the frames that the profile itself asks to drop
    #[arg(long)]
    pub all_frames: bool,
}

/// Where the result goes.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Output file; `-` or nothing is stdout
    #[arg(short = 'o', long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// How a profile is written.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Output")]
pub struct FormatArgs {
    /// Format of the output; told from its name if left out
    #[arg(short = 't', long, value_name = "FORMAT", value_parser = format_parser(Format::can_write))]
    pub to: Option<FormatName>,

    /// Leave the thread out of the stack where a format has no other place for it
    #[arg(long)]
    pub no_thread_root: bool,

    /// Not listed: frames that the profile's own filters would drop are written as it is.
    #[arg(long, hide = true)]
    pub all_frames: bool,
}

/// What every tool has.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "General")]
pub struct Shared {
    /// Fail with exit code 3, and write nothing, if anything would be lost or estimated
    #[arg(long)]
    pub strict: bool,

    /// Tell no notes and show no progress
    #[arg(short, long)]
    pub quiet: bool,

    /// When to use colors; NO_COLOR is honoured
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,

    /// When to show on stderr what is going on: after half a second on a terminal, from the start, or not at all
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto", hide_possible_values = true)]
    pub progress: ProgressWhen,

    /// Worker threads, where there is something to split: files, or parts of large ones, output to compress; the result is
    /// the same for any number [default: one per processor]
    #[arg(long, value_name = "N", value_parser = parse_threads)]
    pub threads: Option<std::num::NonZeroUsize>,

    /// List the formats and their options, and exit
    #[arg(long)]
    pub list_formats: bool,

    /// Print JSON instead of a table
    #[arg(long)]
    pub json: bool,

    /// Print a completion script for the shell, and exit
    #[arg(long, value_name = "SHELL")]
    pub completions: Option<clap_complete::Shell>,

    /// Print the manual page, and exit
    #[arg(long)]
    pub man: bool,
}

/// A format that was named on the command line.
#[derive(Clone, Copy)]
pub struct FormatName(pub &'static Format);

impl std::fmt::Debug for FormatName {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.0.name())
    }
}

impl FormatArgs {
    /// Returns the options for a writer; `value` is the index of the value to show, if one was asked for, and
    /// `max_size` the limit of files that repeat whole stacks.
    pub fn write_options(
        &self,
        knobs: Vec<(String, String)>,
        value: Option<usize>,
        max_size: Option<u64>,
    ) -> WriteOptions {
        let mut options = WriteOptions::default();
        options.value = value;
        options.max_size = max_size;
        options.no_thread_root = self.no_thread_root;
        options.all_frames = self.all_frames;
        options.options = knobs;
        options
    }

    /// Returns the format asked for, or the one that the output name tells; none where nothing does.
    ///
    /// # Errors
    ///
    /// A name that does not tell one format is an error that lists the formats.
    pub fn told(&self, output: Option<&Path>) -> Result<Option<&'static Format>> {
        match (self.to, output.filter(|path| *path != Path::new("-"))) {
            (Some(FormatName(format)), _) => Ok(Some(format)),
            (None, None) => Ok(None),
            (None, Some(path)) => match profkit_formats::for_output(&path.display().to_string()) {
                Ok(format) => Ok(Some(format)),
                Err(error) => Err(Failure::Error(error.message().to_owned())),
            },
        }
    }

    /// Returns the format to write: the one asked for, else the one that the output name tells, else
    /// `default` for stdout.
    ///
    /// # Errors
    ///
    /// A name that does not tell one format is an error that lists the formats.
    pub fn target(&self, output: Option<&Path>, default: &'static Format) -> Result<&'static Format> {
        Ok(self.told(output)?.unwrap_or(default))
    }
}

impl ValueArgs {
    /// Returns the index of the value asked for, if one was: by kind, by `kind/unit`, or by index.
    ///
    /// # Errors
    ///
    /// A value that the profile does not have, or a kind that it has twice, is an error that lists the
    /// values there are.
    pub fn index(&self, profile: &Profile) -> Result<Option<usize>> {
        let Some(wanted) = &self.value else { return Ok(None) };
        let names = profile.value_types.iter().map(|it| (it.kind.clone(), format!("{}/{}", it.kind, it.unit.name)));
        let names: Vec<_> = names.collect();
        let named = names.iter().enumerate().filter(|(_, (kind, full))| kind == wanted || full == wanted);
        let mut found: Vec<usize> = named.map(|(index, _)| index).collect();
        if found.is_empty() {
            found.extend(wanted.parse().ok().filter(|&index: &usize| index < names.len()));
        }
        match found.as_slice() {
            &[index] => Ok(Some(index)),
            several => {
                let what = if several.is_empty() { "the profile has no such value" } else { "more than one value" };
                let list = names.iter().enumerate().map(|(index, (_, full))| format!("{index} {full}"));
                let list = list.collect::<Vec<_>>().join(", ");
                Err(Failure::Error(format!("--value {wanted}: {what}; there are: {list}")))
            }
        }
    }
}

impl ThreadArgs {
    /// Returns the profile, less what belongs to other threads than the one asked for, if one was; `value`
    /// is the index of the value that tells which one costs most.
    ///
    /// # Errors
    ///
    /// A thread that the profile does not have is an error that lists the threads there are.
    pub fn apply(&self, profile: Profile, value: Option<usize>, notes: &mut Notes) -> Result<Profile> {
        let Some(wanted) = &self.thread else { return Ok(profile) };
        let value = value.unwrap_or(profile.default_value());
        let only = profkit_ops::only_thread(&profile, wanted, value, notes);
        only.map_err(|error| Failure::Error(format!("--thread: {}", error.message())))
    }
}

impl GroupArgs {
    /// Returns the profile with what was asked for in the place of its functions.
    ///
    /// # Errors
    ///
    /// Fails where sums do not fit into 64 bits.
    pub fn apply(&self, profile: Profile) -> Result<Profile> {
        let by = match self.by {
            None | Some(Group::Function) => return Ok(profile),
            Some(Group::File) => By::File,
            Some(Group::Module) => By::Module,
            Some(Group::Line) => By::Line,
        };
        group(&profile, by).map_err(|error| Failure::Error(format!("--by: {}", error.message())))
    }
}

impl FrameArgs {
    /// Returns the profile with its own frame filters applied, unless all frames were asked for.
    ///
    /// # Errors
    ///
    /// Fails where a stack is deeper than the limit, which no stack is that was read.
    pub fn apply(&self, profile: Profile, notes: &mut Notes) -> Result<Profile> {
        if self.all_frames {
            return Ok(profile);
        }
        let filtered = filter_frames(&profile, notes).map_err(|error| Failure::Error(error.message().to_owned()))?;
        let filtered = match filtered {
            Cow::Borrowed(_) => None,
            Cow::Owned(filtered) => Some(filtered),
        };
        Ok(filtered.unwrap_or(profile))
    }
}

fn format_parser(fits: fn(&Format) -> bool) -> impl TypedValueParser<Value = FormatName> {
    let formats = FORMATS.iter().filter(move |format| fits(format));
    PossibleValuesParser::new(formats.map(|format| PossibleValue::new(format.name()).help(format.description())))
        .try_map(|name| profkit_formats::named(&name).map(FormatName))
}

fn parse_size(text: &str) -> std::result::Result<u64, String> {
    let number = text.trim_end_matches(|character: char| character.is_ascii_alphabetic());
    let shift = match text[number.len()..].to_ascii_lowercase().trim_end_matches('b').trim_end_matches('i') {
        "" => Some(0),
        "k" => Some(10),
        "m" => Some(20),
        "g" => Some(30),
        _ => None,
    };
    let size = shift.and_then(|shift| number.parse::<u64>().ok()?.checked_mul(1 << shift));
    size.ok_or_else(|| "expected a number of bytes, such as 1000000, 500k, 64M or 2G".to_owned())
}

/// More would not be started at once on any machine.
const MOST_THREADS: usize = 1024;

fn parse_threads(text: &str) -> std::result::Result<std::num::NonZeroUsize, String> {
    let threads = text.parse().ok().filter(|threads: &std::num::NonZeroUsize| threads.get() <= MOST_THREADS);
    threads.ok_or_else(|| format!("expected a number of threads from 1 to {MOST_THREADS}"))
}

/// Returns the number of a share such as `0.5%`; the sign may be left out.
///
/// # Errors
///
/// What is no share between 0% and 100% is an error that says what was expected.
pub fn parse_percent(text: &str) -> std::result::Result<f64, String> {
    let number = text.strip_suffix('%').unwrap_or(text).parse().ok();
    let share = number.filter(|percent| (0.0..=100.0).contains(percent));
    share.ok_or_else(|| "expected a percentage between 0% and 100%, such as 0.5%".to_owned())
}

fn parse_knob(text: &str) -> std::result::Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use profkit_core::ValueType;

    #[test]
    fn sizes_have_suffixes() {
        assert_eq!(parse_size("12"), Ok(12));
        assert_eq!(parse_size("3k"), Ok(3 << 10));
        assert_eq!(parse_size("3MiB"), Ok(3 << 20));
        assert_eq!(parse_size("2G"), Ok(2 << 30));
        for bad in ["", "k", "-1", "1.5G", "3T", "99999999999999G"] {
            assert!(parse_size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn values_go_by_kind_then_by_index() {
        let value_types = [("cpu", "ns"), ("space", "bytes"), ("space", "count"), ("1", "count")];
        let profile = Profile::new(value_types.map(|(kind, unit)| ValueType::new(kind, unit)).to_vec());
        let index = |wanted: &str| ValueArgs { value: Some(wanted.to_owned()) }.index(&profile).ok().flatten();
        assert_eq!(index("cpu"), Some(0));
        assert_eq!(index("space/count"), Some(2));
        assert_eq!(index("2"), Some(2));
        assert_eq!(index("1"), Some(3));
        assert_eq!((index("space"), index("9"), index("CPU")), (None, None, None));
    }
}
