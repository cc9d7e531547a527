//! Cuts a profile, step by step.

use clap::Parser;
use profkit_cli::args::{FormatArgs, InputArgs, OutputArgs, Shared, ValueArgs};
use profkit_cli::steps::StepArgs;
use profkit_cli::{Failure, Result, Session, Tool, convert, knobs};
use std::path::PathBuf;
use std::process::ExitCode;

const MORE: &str = "Steps:
  Each step takes what the one before has left, in the order in which they are written:
  `--hide f --focus f` finds nothing, since f is hidden; `--focus f --hide f` is what called and
  what was called by f, without f. A step may be there several times.

  A regular expression (RE) matches anywhere in the name, the file or the module of a function;
  `fn:`, `file:` or `mod:` before it picks one: --hide 'file:^/usr/lib'. The name of a function that
  is not known is its address.

  Values stay what they are, but for what is dropped; stderr tells how much that is. Call graphs
  (pstats, callgrind) do not know stacks: steps that need them are given for estimated stacks, and
  that is told, too. The others are exact.

Examples:
  pfilter --focus serialize --hide '^std::' in.pb.gz | ptop
  pfilter --show-from handle_request --max-depth 20 in.pb.gz -o cut.pb.gz
  pfilter --label 'bytes=1KiB..4MiB' --label 'path!=^/health' heap.pb.gz | ptop
  pfilter --time 10s..12.5s --thread worker in.speedscope.json -t collapsed | flamegraph.pl > cut.svg
  pfilter --transaction 'GET /orders' in.sentry.json -o one.folded
  pfilter --rename 's/<.*>/<>/' --strip-paths --min 0.5 in.prof -o small.pstats
  pfilter --label-root user in.pb.gz | pconv - -t collapsed
  pfilter --anonymize --keep 'mod:libc' --salt \"$SECRET\" in.pb.gz -o public.pb.gz";

/// Cut a profile: keep, drop, hide, rename, in the order written
///
/// The result has the format of the input if that can hold it, else that of the toolkit itself, `profkit`;
/// --to or the name of the output say otherwise.
#[derive(Parser)]
#[command(name = "pfilter", version, after_long_help = MORE)]
#[command(mut_arg("json", |arg| arg.requires("list_formats")))]
#[command(mut_arg("max_depth", |arg| arg.long("input-depth")))]
struct Pfilter {
    /// Input file; `-` or nothing is stdin
    #[arg(value_name = "FILE")]
    input_file: Option<PathBuf>,

    #[command(flatten)]
    steps: StepArgs,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    value: ValueArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    format: FormatArgs,
    #[command(flatten)]
    shared: Shared,
}

impl Tool for Pfilter {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(&self, session: &mut Session) -> Result<()> {
        let path = self.output.output.as_deref();
        let told = self.format.told(path)?;
        let mut source = session.open(self.input_file.as_deref(), &self.input)?;
        let profile = session.parse(&mut source)?;
        let value = self.value.index(&profile)?;
        let shown = value.unwrap_or(profile.default_value());
        let filtered = profkit_ops::filter(&profile, &self.steps.steps, shown, &mut session.notes)
            .map_err(|error| Failure::in_file(source.name(), &error))?;
        drop(profile);
        let options =
            |format| self.format.write_options(knobs::of(&self.input.knobs, format), value, self.input.max_size);
        let format = match told {
            Some(format) => format,
            None => convert::own_format(&filtered, &[source.format()], &options(source.format()), &mut session.notes)?,
        };
        knobs::check(&self.input.knobs, &[source.format(), format])?;
        let options = options(format);
        let output = convert::write(session, filtered, format, &options, path)?;
        session.commit(vec![output])
    }
}

fn main() -> ExitCode {
    profkit_cli::main::<Pfilter>()
}
