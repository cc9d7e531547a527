//! Compares two profiles: what got slower, and is it more than noise?

use clap::{Parser, ValueEnum};
use profkit_cli::args::{FormatArgs, FrameArgs, InputArgs, OutputArgs, Shared, ThreadArgs, ValueArgs};
use profkit_cli::diff::{Comparison, Form, Look, Sides, Threshold, Unit};
use profkit_cli::{Result, Session, Tool};
use profkit_ops::{DiffSort, Rename};
use std::path::PathBuf;
use std::process::ExitCode;

const EXAMPLES: &str = "\
What a verdict rests on:
  Columns that count observations, such as the ticks of a sampling profiler, are tested: a change is `real` if both
  the share of the function (Fisher's exact test of two proportions) and its count (exact binomial test) changed in
  the same direction, else `noise`. Its share in the functions that changed least, that is: neither the growth of one
  function nor a slower machine is blamed on the others. Where those vary by more than counting does, as ticks that
  come in bursts do, counts are taken for as many fewer. Times beside such a column are judged by it. With
  --normalize, shares alone are tested.
  With several runs on a side, Welch's t test compares the means by the spread of the runs; three runs of each side
  find large changes, five find smaller ones. Take runs of both sides in turn. Values counted in full, such as
  instructions, are `exact`: no sampling is in them. The same program may all the same do a few instructions more with
  other arguments or another environment, or elsewhere in memory (in the dynamic loader, in malloc, in memcpy), so
  that a gate on them wants a little room, such as --fail-over 0.1%. Times measured in one run each are `unknown`:
  nothing tells how much they vary. So is the total of one run each, however it was measured.
  All functions are tested together but for those seen so seldom that nothing could be told of them (Tarone and
  Gilbert) and, in repeated runs, those below 0.1 % of the total, and the probabilities corrected (Benjamini and
  Hochberg) so that of those called `real`, at most 5 % are expected not to be.

Examples:
  pdiff before.prof after.prof                         what got slower, a line per function
  pdiff --before a1 a2 a3 --after b1 b2 b3             repeated runs: their spread tells what is noise
  pdiff old.pb.gz new.pb.gz --explain json.loads       through which callers the change came
  pdiff old.prof new.prof --fail-over 5% --markdown    for a pull request: exit 1 if it got slower
  pdiff old.pb.gz new.pb.gz -o diff.pb.gz              one profile with the values before and after";

const ALL_FRAMES: &str = "Keep the frames that the profiles themselves ask to drop";

/// Compare two profiles: what got slower, and is it more than noise?
///
/// The profiles may be of different formats. Functions are paired by name, file and line, and where these changed by
/// what is left of them; functions of one side never become one. `gone` and `new` functions are marked.
#[derive(Parser)]
#[command(name = "pdiff", version, after_long_help = EXAMPLES)]
#[command(mut_arg("all_frames", |arg| arg.hide(false).help(ALL_FRAMES).help_heading("Input")))]
struct Pdiff {
    /// Two profiles, before and after; one of them may be `-` for stdin
    #[arg(value_names = ["BEFORE", "AFTER"], num_args = 2, conflicts_with_all = ["before", "after"])]
    files: Vec<PathBuf>,

    /// Profiles of several runs before
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "after")]
    before: Vec<PathBuf>,

    /// Profiles of several runs after
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "before")]
    after: Vec<PathBuf>,

    /// What to compare
    #[arg(long, value_enum, default_value_t = Unit::Function, value_name = "WHAT")]
    by: Unit,

    /// Order of the rows: by the change of their own cost, of their total cost, or by how many times it grew
    #[arg(long, value_enum, default_value_t = Order::Own, value_name = "BY")]
    sort: Order,

    /// Number of rows to list; 0 lists all
    #[arg(short = 'n', value_name = "N", default_value_t = 20)]
    limit: usize,

    /// List only changes of at least this part of the larger total, such as 0.5%
    #[arg(long, value_name = "PERCENT")]
    min: Option<Threshold>,

    /// Scale the side before to the total of the side after, so that shares are compared
    #[arg(long)]
    normalize: bool,

    /// A name that changed: `s/OLD/NEW/`, OLD being a regular expression; may be given several times
    #[arg(long, value_name = "s/OLD/NEW/")]
    rename: Vec<Rename>,

    /// Show through which callers the change of a function came, and into which callees it went
    #[arg(long, value_name = "FUNCTION", conflicts_with_all = ["csv", "markdown", "to", "fail_over"])]
    explain: Option<String>,

    /// Exit with 1 if the total, or what a function costs on its own, grows by more than this part of the total
    /// before and is not shown to be noise; what is new counts in full
    #[arg(long, value_name = "PERCENT")]
    fail_over: Option<Threshold>,

    /// Print comma separated values instead of a table
    #[arg(long, conflicts_with_all = ["markdown", "json", "to"])]
    csv: bool,

    /// Print Markdown, for a comment on a pull request
    #[arg(long, conflicts_with_all = ["json", "to"])]
    markdown: bool,

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

#[derive(Clone, Copy, ValueEnum)]
enum Order {
    #[value(name = "self")]
    Own,
    Total,
    Ratio,
}

impl Tool for Pdiff {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(&self, session: &mut Session) -> Result<()> {
        let look = Look {
            unit: self.by,
            sort: self.sort(),
            limit: self.limit,
            least_part: self.min.map_or(0.0, Threshold::part),
        };
        let path = self.output.output.as_deref();
        let flags = [(self.shared.json, Form::Json), (self.csv, Form::Csv), (self.markdown, Form::Markdown)];
        let asked = flags.into_iter().find_map(|(is_asked, form)| is_asked.then_some(form));
        let form = match &self.explain {
            Some(_) => Form::of_explanation(asked, path)?,
            None => Form::of(asked, &self.format, path)?,
        };
        let sides = Sides::read(session, self.paths(), &self.input)?;
        let mut comparison = Comparison::new(sides, &self.input.knobs, form)?;
        comparison.options(session, &self.value, self.normalize, &self.rename)?;
        let frames = FrameArgs { all_frames: self.format.all_frames };
        comparison.narrow(session, &frames, &self.thread, &look)?;
        match &self.explain {
            Some(function) => comparison.explain(session, function, &look, path),
            None => comparison.write(session, &look, self.fail_over, &self.format, path),
        }
    }
}

impl Pdiff {
    fn paths(&self) -> [&[PathBuf]; 2] {
        match self.files.as_slice() {
            [before, after] => [std::slice::from_ref(before), std::slice::from_ref(after)],
            _ => [&self.before, &self.after],
        }
    }

    fn sort(&self) -> DiffSort {
        match self.sort {
            Order::Own => DiffSort::Own,
            Order::Total => DiffSort::Total,
            Order::Ratio => DiffSort::Ratio,
        }
    }
}

fn main() -> ExitCode {
    profkit_cli::main::<Pdiff>()
}
