//! Converts a profile from one format into another.

use clap::{Parser, ValueEnum};
use profkit_cli::args::{FormatArgs, InputArgs, OutputArgs, Shared, ThreadArgs, ValueArgs};
use profkit_cli::{Failure, Result, Session, Tool, convert, knobs};
use std::path::PathBuf;
use std::process::ExitCode;

const EXAMPLES: &str = "Examples:
  pconv in.prof out.json                    the name of the output tells its format: speedscope
  pconv heap.pb.gz -t collapsed -v inuse_space | flamegraph.pl > heap.svg
  pconv heap.pb.gz heap.folded --all-values one file per value: heap.inuse_space.folded ...
  pconv --check suspicious.prof             is it valid, and what is in it?
  pconv --strict in.prof out.pstats         rather nothing than a loss";

/// Convert a profile from one format into another
///
/// The format of the input is told from its content, that of the output from its name. Without a name
/// and without --to, collapsed stacks go to stdout. Whatever the output cannot hold is noted on stderr.
#[derive(Parser)]
#[command(name = "pconv", version, after_long_help = EXAMPLES, mut_arg("json", |arg| arg.requires("list_formats")))]
struct Pconv {
    /// Input file; `-` or nothing is stdin
    #[arg(value_name = "IN")]
    input_file: Option<PathBuf>,

    /// Output file, as with --output
    #[arg(value_name = "OUT", conflicts_with = "output")]
    output_file: Option<PathBuf>,

    /// Write nothing: say whether the input is valid and what it holds
    #[arg(long, conflicts_with_all = ["output_file", "output", "to", "all_values"])]
    check: bool,

    /// Write a file for each value, named after it, where the format holds only one
    #[arg(long, conflicts_with = "value")]
    all_values: bool,

    /// What becomes of samples without a stack: time in which nothing ran
    #[arg(long, value_enum, default_value_t = Idle::Keep, value_name = "WHAT")]
    idle: Idle,

    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    value: ValueArgs,
    #[command(flatten)]
    thread: ThreadArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    format: FormatArgs,
    #[command(flatten)]
    shared: Shared,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Idle {
    Keep,
    Drop,
}

impl Tool for Pconv {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(&self, session: &mut Session) -> Result<()> {
        if self.check { self.check(session) } else { self.convert(session) }
    }
}

impl Pconv {
    fn convert(&self, session: &mut Session) -> Result<()> {
        let path = self.output_file.as_deref().or(self.output.output.as_deref());
        let collapsed = profkit_formats::named("collapsed").map_err(|error| Failure::Error(error.to_string()))?;
        let format = self.format.target(path, collapsed)?;
        let mut source = session.open(self.input_file.as_deref(), &self.input)?;
        knobs::check(&self.input.knobs, &[source.format(), format])?;
        let mut profile = session.parse(&mut source)?;
        drop(source);
        let value = self.value.index(&profile)?;
        profile = self.thread.apply(profile, value, &mut session.notes)?;
        if self.idle == Idle::Drop {
            profile = convert::without_idle(&profile, &mut session.notes)?;
        }
        let options = self.format.write_options(knobs::of(&self.input.knobs, format), value, self.input.max_size);
        let outputs = if self.all_values {
            convert::write_all_values(session, profile, format, &options, path)?
        } else {
            vec![convert::write(session, profile, format, &options, path)?]
        };
        session.commit(outputs)
    }

    fn check(&self, session: &mut Session) -> Result<()> {
        let mut source = session.open(self.input_file.as_deref(), &self.input)?;
        knobs::check(&self.input.knobs, &[source.format()])?;
        let profile = session.parse(&mut source)?;
        let value = self.value.index(&profile)?;
        let profile = self.thread.apply(profile, value, &mut session.notes)?;
        session.print(None, &convert::describe(&source, &profile)?)
    }
}

fn main() -> ExitCode {
    profkit_cli::main::<Pconv>()
}
