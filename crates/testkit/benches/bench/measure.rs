//! What a command costs: wall time, processor time and peak memory, those of its children included.

use serde::{Deserialize, Serialize};
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// The first argument of our own binary when it is to run one command and say what that cost.
pub(crate) const LAUNCH: &str = "--launch";

/// What one run took, or the median of several.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Cost {
    /// Seconds from start to end.
    pub(crate) wall_s: f64,
    /// Seconds of all processors, in the program and for it.
    pub(crate) cpu_s: f64,
    /// The most memory that one process had.
    pub(crate) peak_bytes: u64,
}

/// Runs a command in a folder, its output going to `out/stdout` and `out/stderr` there.
///
/// Memory that a process had before it became another one counts as the other one's, which is why a fresh and small
/// process stands between us and the command.
pub(crate) fn run(words: &[String], folder: &Path, path: &OsStr) -> io::Result<Cost> {
    let mut launcher = Command::new(env::current_exe()?);
    launcher.arg(LAUNCH).args(words).current_dir(folder).env("PATH", path).stdin(Stdio::null());
    let said = launcher.stderr(Stdio::inherit()).output()?;
    if said.status.success() {
        return serde_json::from_slice(&said.stdout).map_err(io::Error::other);
    }
    let mut stderr = String::new();
    File::open(folder.join("out/stderr"))?.take(2000).read_to_string(&mut stderr)?;
    Err(io::Error::other(format!("{} failed: {}", words[0], stderr.trim())))
}

/// Is the process in between: runs the command and prints what it cost.
pub(crate) fn launch(words: &[OsString]) -> io::Result<()> {
    // To replace a large file takes longer than to make one, and what is still to be written to disk belongs to the last run.
    fs::remove_dir_all("out")?;
    fs::create_dir("out")?;
    let start = Instant::now();
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).stdout(File::create("out/stdout")?).stderr(File::create("out/stderr")?);
    let status = command.status()?;
    let wall_s = start.elapsed().as_secs_f64();
    if !status.success() {
        return Err(io::Error::other(status.to_string()));
    }
    let (cpu_s, peak_bytes) = of_children()?;
    serde_json::to_writer(io::stdout(), &Cost { wall_s, cpu_s, peak_bytes }).map_err(io::Error::other)
}

#[cfg(unix)]
fn of_children() -> io::Result<(f64, u64)> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike;

    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let cpu_us = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    // Kilobytes everywhere but on a Mac.
    let unit = if cfg!(target_vendor = "apple") { 1 } else { 1024 };
    Ok((cpu_us as f64 / 1e6, usage.max_rss() as u64 * unit))
}

#[cfg(not(unix))]
fn of_children() -> io::Result<(f64, u64)> {
    Err(io::Error::other("costs of a process are measured on Unix only"))
}

/// Returns the median of each number.
pub(crate) fn median(costs: &[Cost]) -> Cost {
    let middle = |number: fn(&Cost) -> f64| {
        let mut numbers: Vec<f64> = costs.iter().map(number).collect();
        numbers.sort_unstable_by(f64::total_cmp);
        numbers[numbers.len() / 2]
    };
    Cost {
        wall_s: middle(|cost| cost.wall_s),
        cpu_s: middle(|cost| cost.cpu_s),
        peak_bytes: middle(|cost| cost.peak_bytes as f64) as u64,
    }
}
