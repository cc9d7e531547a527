//! Runs each job of [`jobs::JOBS`] and its peer in turn, and prints how much better ours is.

mod floor;
mod inputs;
mod jobs;
mod large;
mod measure;
mod peers;
mod report;
mod result;

use clap::Parser;
use inputs::Inputs;
use jobs::JOBS;
use result::{Bench, Report};
use std::env;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Measure the tools beside their peers
#[derive(Parser)]
struct Args {
    /// Only these jobs; `memory` is the peak memory of every reader
    #[arg(long, value_name = "JOB", value_delimiter = ',')]
    only: Vec<String>,

    /// How often each command runs; the median counts
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    runs: u16,

    /// The size of the inputs: 1 is the full one, .01 shows quickly whether all works
    #[arg(long, default_value_t = 1.0, value_name = "FACTOR")]
    scale: f64,

    /// The folder of our tools, instead of building them
    #[arg(long, value_name = "DIR")]
    tools: Option<PathBuf>,

    /// Print the jobs and what each needs
    #[arg(long)]
    list: bool,

    /// Print all numbers as JSON
    #[arg(long, conflicts_with = "markdown")]
    json: bool,

    /// Print a table for crates/README.md
    #[arg(long)]
    markdown: bool,

    /// What `cargo bench` says to everything that it starts
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> io::Result<()> {
    let words: Vec<OsString> = env::args_os().skip(1).collect();
    match words.first().and_then(|word| word.to_str()) {
        Some(measure::LAUNCH) => measure::launch(&words[1..]),
        Some(floor::FLOOR) => floor::run(&words[1..]),
        _ => measured(&Args::parse()),
    }
}

fn measured(args: &Args) -> io::Result<()> {
    if args.list {
        print!("{}", report::list());
        return Ok(());
    }
    if let Some(unknown) = args.only.iter().find(|only| *only != "memory" && !JOBS.iter().any(|job| job.name == **only))
    {
        return Err(io::Error::other(format!("there is no job {unknown:?}: see --list")));
    }
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap_or(Path::new("target"));
    let tools = match &args.tools {
        Some(tools) => tools.canonicalize()?,
        None => build(target)?,
    };
    let bench = Bench { inputs: Inputs::new(target, args.scale)?, path: peers::path(target, &tools), runs: args.runs };
    let mut report = Report::new(&bench);
    let wanted = |name: &str| args.only.is_empty() || args.only.iter().any(|only| only == name);
    for job in JOBS.iter().filter(|job| wanted(job.name)) {
        match bench.job(job) {
            Ok(done) => report.jobs.push(done),
            Err(error) => {
                eprintln!("{}: {error}", job.name);
                report.failed.push(job.name);
                continue;
            }
        }
        if !args.json && !args.markdown {
            print!("{}", report::block(&report.jobs[report.jobs.len() - 1]));
        }
    }
    if wanted("memory") {
        report.memory = bench.memory()?;
        if !args.json && !args.markdown {
            print!("{}", report::memory(&report.memory));
        }
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report).map_err(io::Error::other)?);
    } else if args.markdown {
        print!("{}", report::markdown(&report));
    } else {
        print!("{}", report::foot(&report));
    }
    match report.failed.as_slice() {
        [] => Ok(()),
        failed => Err(io::Error::other(format!("jobs failed: {}", failed.join(", ")))),
    }
}

/// Builds our tools as they are given to people, and returns their folder.
fn build(target: &Path) -> io::Result<PathBuf> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--release", "--locked", "-p", "profkit-tools", "--bins", "--target-dir"]).arg(target);
    match command.status()?.success() {
        true => target.join("release").canonicalize(),
        false => Err(io::Error::other("our tools cannot be built")),
    }
}
