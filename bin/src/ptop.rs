//! Lists the functions of a profile by what they cost.

use clap::{Parser, ValueEnum};
use profkit_cli::args::{FrameArgs, GroupArgs, InputArgs, OutputArgs, Shared, ThreadArgs, ValueArgs};
use profkit_cli::top::{Form, Lists};
use profkit_cli::{Extent, Page, Result, Session, Tool, Wanted, knobs};
use profkit_ops::Sort;
use std::path::PathBuf;
use std::process::ExitCode;

const EXAMPLES: &str = "Examples:
  ptop in.prof                              the 20 functions that cost most on their own
  ptop -n 0 --sort total in.prof            all functions, by what they cost with all that they called
  ptop -v alloc_space heap.pb.gz            another value than the one shown first
  ptop --by module in.prof                  modules in the place of functions
  ptop --callers '^loads$' in.prof          who calls loads, how often, and at what cost
  ptop --list parse --source-path src a.pb  what each line of the functions named parse costs
  ptop --json -n 0 in.prof | jq .           everything, as exact numbers

A regular expression is held against name, file and module of a function; fn:, file: or mod: in front of it
picks one of them.

With --json, a function has name, file, line, module, self, total, calls and primitive_calls; self and total hold an
integer for each of values, in its unit times factor times ten to the exponent. With --callers and --callees it also
has callers and callees, which are functions with the numbers of the arc: self and total are what the callee costs
under the caller. With --list it has lines: file, line, self, total, source. What is not known is null.";

/// List the functions of a profile by what they cost
#[derive(Parser)]
#[command(name = "ptop", version, after_long_help = EXAMPLES)]
struct Ptop {
    /// Input file; `-` or nothing is stdin
    #[arg(value_name = "FILE")]
    input_file: Option<PathBuf>,

    /// Number of functions to list; 0 lists all
    #[arg(short = 'n', value_name = "N", default_value_t = 20)]
    limit: usize,

    /// Order of the functions
    #[arg(long, value_enum, default_value_t = Order::Own, value_name = "BY")]
    sort: Order,

    /// Who calls the functions that match, and what that costs
    #[arg(long, value_name = "RE", conflicts_with = "list")]
    callers: Option<String>,

    /// Whom the functions that match call, and what that costs
    #[arg(long, value_name = "RE", conflicts_with = "list")]
    callees: Option<String>,

    /// What each line of the functions that match costs, beside its text
    #[arg(long, value_name = "RE", conflicts_with = "by")]
    list: Option<String>,

    /// Folder to look for source files in, beside their own paths; may be given several times
    #[arg(long, value_name = "DIR", requires = "list")]
    source_path: Vec<PathBuf>,

    /// Print comma separated values instead of a table
    #[arg(long, conflicts_with = "json", help_heading = "General")]
    csv: bool,

    #[command(flatten)]
    group: GroupArgs,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    value: ValueArgs,
    #[command(flatten)]
    thread: ThreadArgs,
    #[command(flatten)]
    frames: FrameArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    shared: Shared,
}

#[derive(Clone, Copy, ValueEnum)]
enum Order {
    #[value(name = "self")]
    Own,
    Total,
    Calls,
    Name,
}

impl Tool for Ptop {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(&self, session: &mut Session) -> Result<()> {
        let callers = Wanted::new("--callers", self.callers.as_deref())?;
        let callees = Wanted::new("--callees", self.callees.as_deref())?;
        let lines = Wanted::new("--list", self.list.as_deref())?;
        let mut source = session.open(self.input_file.as_deref(), &self.input)?;
        knobs::check(&self.input.knobs, &[source.format()])?;
        let profile = session.parse(&mut source)?;
        let value = self.value.index(&profile)?.unwrap_or(profile.default_value());
        let profile = self.thread.apply(profile, Some(value), &mut session.notes)?;
        let profile = self.group.apply(self.frames.apply(profile, &mut session.notes)?)?;
        let step = session.progress(Extent::Unknown, "adding up");
        let notes = &mut session.notes;
        let lists = Lists::new(&source, &profile, value, (self.order(), self.limit), self.form())?;
        let text = match lines {
            Some(lines) => lists.lines(&lines, &self.source_path, notes)?,
            None if callers.is_some() || callees.is_some() => lists.arcs(callers.as_ref(), callees.as_ref(), notes)?,
            None => lists.functions(notes)?,
        };
        drop(step);
        session.print(self.output.output.as_deref(), &text)
    }
}

impl Ptop {
    fn order(&self) -> Sort {
        match self.sort {
            Order::Own => Sort::Own,
            Order::Total => Sort::Total,
            Order::Calls => Sort::Calls,
            Order::Name => Sort::Name,
        }
    }

    fn form(&self) -> Form {
        match (self.shared.json, self.csv) {
            (true, _) => Form::Json,
            (_, true) => Form::Csv,
            _ => Form::Table(Page::of(self.output.output.as_deref())),
        }
    }
}

fn main() -> ExitCode {
    profkit_cli::main::<Ptop>()
}
