//! Lists the functions of a profile by what they cost.

use clap::{Parser, ValueEnum};
use profkit_cli::args::{InputArgs, OutputArgs, Shared, ThreadArgs, ValueArgs};
use profkit_cli::top::TopList;
use profkit_cli::{Extent, Page, Result, Session, Tool, knobs};
use profkit_ops::Sort;
use std::path::PathBuf;
use std::process::ExitCode;

const EXAMPLES: &str = "Examples:
  ptop in.prof                              the 20 functions that cost most on their own
  ptop -n 0 --sort total in.prof            all functions, by what they cost with all that they called
  ptop -v alloc_space heap.pb.gz            another value than the one shown first
  ptop --json -n 0 in.prof | jq .           everything, as exact numbers";

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

    /// Print comma separated values instead of a table
    #[arg(long, conflicts_with = "json", help_heading = "General")]
    csv: bool,

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
        let source = session.open(self.input_file.as_deref(), &self.input)?;
        knobs::check(&self.input.knobs, &[source.format()])?;
        let profile = session.parse(&source)?;
        let value = self.value.index(&profile)?.unwrap_or(profile.default_value());
        let profile = self.thread.apply(profile, Some(value), &mut session.notes)?;
        let sort = match self.sort {
            Order::Own => Sort::Own,
            Order::Total => Sort::Total,
            Order::Calls => Sort::Calls,
            Order::Name => Sort::Name,
        };
        let step = session.progress(Extent::Unknown, "adding up");
        let list = TopList::new(&source, &profile, value, (sort, self.limit), &mut session.notes)?;
        drop(step);
        let output = self.output.output.as_deref();
        let text = match (self.shared.json, self.csv) {
            (true, _) => list.json(&session.notes),
            (_, true) => list.csv(),
            _ => list.text(Page::of(output)),
        };
        session.print(output, &text)
    }
}

fn main() -> ExitCode {
    profkit_cli::main::<Ptop>()
}
