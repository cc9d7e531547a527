//! Draws the flame graph of a profile.

use clap::Parser;
use profkit_cli::args::{FrameArgs, GroupArgs, InputArgs, OutputArgs, Shared, ThreadArgs, ValueArgs};
use profkit_cli::flame::{Picture, PictureArgs, draw};
use profkit_cli::{Failure, Result, Session, Tool, knobs};
use profkit_core::Profile;
use profkit_ops::{DiffOptions, diff_profile};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const EXAMPLES: &str = "Examples:
  pflame in.prof > flame.svg                a picture; open it in a browser to zoom and search
  py-spy record --format raw -o - -- python app.py | pflame -o flame.svg
  pflame in.prof -o flame.html              a page: search, callers and callees, table, timeline
  pflame in.prof -o icicle.svg --inverted   roots at the top
  pflame in.prof -o leaves.svg --reverse    who calls the functions that cost most?
  pflame after.prof --diff before.prof -o diff.html
  pflame trace.json -o time.svg --chart     what happened when?";

/// Draw the flame graph of a profile
///
/// The width of a frame is what a function costs with all that it calls; above it stands what it calls.
/// Stacks of a call graph (pstats, callgrind) are an estimate, and the picture says so.
#[derive(Parser)]
#[command(name = "pflame", version, after_long_help = EXAMPLES, mut_arg("json", |arg| arg.requires("list_formats")))]
struct Pflame {
    /// Input file; `-` or nothing is stdin
    #[arg(value_name = "FILE")]
    input_file: Option<PathBuf>,

    /// Draw how costs changed since this profile: orange for more, blue for less
    #[arg(long, value_name = "BEFORE", conflicts_with = "chart")]
    diff: Option<PathBuf>,

    #[command(flatten)]
    group: GroupArgs,

    /// What to draw; told from the name of the output if left out
    #[arg(short = 't', long, value_enum, value_name = "FORMAT", help_heading = "Output")]
    to: Option<Picture>,

    #[command(flatten)]
    picture: PictureArgs,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    value: ValueArgs,
    #[command(flatten)]
    thread: ThreadArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    shared: Shared,
}

impl Tool for Pflame {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(&self, session: &mut Session) -> Result<()> {
        let path = self.output.output.as_deref();
        let picture = Picture::wanted(self.to, path)?;
        let mut options = self.picture.options(self.title());
        let (mut profile, value) = self.read(self.input_file.as_deref(), session)?;
        options.value = value;
        if let Some(before) = &self.diff {
            let (before, value_before) = self.read(Some(before), session)?;
            let mut how = DiffOptions::default();
            how.values = [value_before, value];
            let diff = diff_profile(&[&before], &[&profile], &how, &mut session.notes);
            profile = diff.map_err(|error| Failure::Error(format!("--diff: {}", error.message())))?;
            (options.value, options.is_diff) = (None, true);
        }
        draw(session, &profile, &options, picture, path)
    }
}

impl Pflame {
    /// Returns what is drawn of a file, and the index of the value asked for.
    fn read(&self, file: Option<&Path>, session: &mut Session) -> Result<(Profile, Option<usize>)> {
        let mut source = session.open(file, &self.input)?;
        knobs::check(&self.input.knobs, &[source.format()])?;
        let profile = session.parse(&mut source)?;
        drop(source);
        let value = self.value.index(&profile)?;
        let profile = self.thread.apply(profile, value, &mut session.notes)?;
        // Before files stand in the place of functions, or another profile beside this one.
        let frames = FrameArgs { all_frames: self.picture.all_frames };
        let profile = frames.apply(profile, &mut session.notes)?;
        Ok((self.group.apply(profile)?, value))
    }

    /// Returns what stands above the picture: the names of the inputs, where they have one.
    fn title(&self) -> Option<String> {
        let name = |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
        let after = self.input_file.as_ref().filter(|path| path.as_os_str() != "-").and_then(name);
        match self.diff.as_ref().and_then(name) {
            Some(before) => Some(format!("{before} → {}", after.unwrap_or("stdin".to_owned()))),
            None => after,
        }
    }
}

fn main() -> ExitCode {
    profkit_cli::main::<Pflame>()
}
