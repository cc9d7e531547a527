//! Prints what was measured: for people as it comes, and as a table in Markdown.

use crate::jobs::JOBS;
use crate::measure::Cost;
use crate::result::{Done, MOST_MEMORY, Memory, Report, Verdict};
use std::fmt::Write;

/// Returns the jobs: our command, the peer's, and the goals.
pub(crate) fn list() -> String {
    let mut text = String::new();
    for job in JOBS {
        let goals: Vec<_> = job.goals.iter().map(ToString::to_string).collect();
        let peer = if job.peer.is_empty() { String::new() } else { format!("{:12}{}\n", "", job.peer.join(" ")) };
        _ = writeln!(text, "{:<11} {}\n{peer}{:12}goal: {}", job.name, job.ours.join(" "), "", goals.join(", "));
    }
    text + "memory      pconv --check LARGE, for every reader\n"
}

/// Returns a job as lines for people.
pub(crate) fn block(done: &Done) -> String {
    let mut text = format!("{}\n", done.name);
    let mut line = |name: &str, cost: Cost| {
        let [wall, cpu, memory] = cells(cost);
        _ = writeln!(text, "  {name:<48} {wall:>8} {cpu:>8} CPU {memory:>7}");
    };
    line(&done.command, done.ours);
    if let (Some(program), Some(cost)) = (&done.peer_program, done.peer) {
        line(program, cost);
    }
    done.floors.iter().for_each(|&(name, cost)| line(&format!("floor: {name}"), cost));
    if let Some(peer) = done.peer {
        let [wall, cpu, memory] = ratios(done.ours, peer);
        _ = writeln!(text, "  {wall} faster, {cpu} less CPU, {memory} of the memory");
    } else if let Some(program) = &done.peer_program {
        _ = writeln!(text, "  {program} is missing or failed");
    }
    done.verdicts.iter().for_each(|verdict| _ = writeln!(text, "  {}", said(verdict)));
    text
}

/// Returns the memory of the readers as lines for people.
pub(crate) fn memory(readers: &[Memory]) -> String {
    let mut text = "peak memory for each byte of the unpacked input\n".to_owned();
    readers.iter().for_each(|reader| _ = writeln!(text, "  {:<14} {}", reader.format, of_input(reader)));
    text
}

/// Returns where and with which peers it was measured.
pub(crate) fn foot(report: &Report) -> String {
    let missing = match report.missing.as_slice() {
        [] => String::new(),
        missing => format!(" Missing: {}.", missing.join(", ")),
    };
    let (date, threads, runs, peers) = (&report.date, report.threads, report.runs, report.peers.join(", "));
    format!("{date}, {threads} processors, medians of {runs}. Peers: {peers}.{missing}\n")
}

/// Returns everything as tables in Markdown.
pub(crate) fn markdown(report: &Report) -> String {
    let mut jobs = vec![["job", "ours", "peer", "faster", "less CPU", "memory", "goal", "floor"].map(str::to_owned)];
    for done in &report.jobs {
        let [wall, cpu, memory] = done.peer.map_or_else(Default::default, |peer| ratios(done.ours, peer));
        let peer = match (&done.peer_program, done.peer) {
            (Some(program), Some(cost)) => format!("`{program}` {}", cells(cost).join(" / ")),
            (Some(program), None) => format!("`{program}` is missing"),
            _ => String::new(),
        };
        let floors: Vec<_> = done.floors.iter().map(|(name, cost)| format!("{name} {}", time(cost.wall_s))).collect();
        let goals: Vec<_> = done.verdicts.iter().map(said).collect();
        let ours = format!("`{}` {}", done.command, cells(done.ours).join(" / "));
        jobs.push([done.name.to_owned(), ours, peer, wall, cpu, memory, goals.join("; "), floors.join(", ")]);
    }
    let mut readers = vec![["reader", "peak memory"].map(str::to_owned)];
    readers.extend(report.memory.iter().map(|reader| [reader.format.to_owned(), of_input(reader)]));
    let tables: Vec<_> = [table(&jobs), table(&readers)].into_iter().filter(|it| it.lines().count() > 2).collect();
    format!("{}\n{}", foot(report), tables.join("\n"))
}

fn table<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> String {
    let widths: Vec<_> =
        (0..COLUMNS).map(|column| rows.iter().map(|row| row[column].len()).max().unwrap_or(0)).collect();
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        row.iter().zip(&widths).for_each(|(cell, &width)| _ = write!(text, "| {cell:<width$} "));
        text.push_str("|\n");
        if index == 0 {
            widths.iter().for_each(|&width| _ = write!(text, "|{:-<1$}", "", width + 2));
            text.push_str("|\n");
        }
    }
    text
}

fn said(verdict: &Verdict) -> String {
    let outcome = match verdict.met {
        Some(true) => "met",
        Some(false) => "missed",
        None => "not measured",
    };
    match &verdict.reached {
        Some(reached) => format!("{}: {outcome} ({reached:.2})", verdict.goal),
        None => format!("{}: {outcome}", verdict.goal),
    }
}

fn of_input(reader: &Memory) -> String {
    match (reader.ratio(), reader.cost) {
        (Some(ratio), Some(cost)) => {
            let verdict = if ratio <= MOST_MEMORY { "met" } else { "missed" };
            let (peak, input) = (size(cost.peak_bytes), size(reader.input_bytes));
            format!("{peak} for {input}: {ratio:.2} of {MOST_MEMORY}, {verdict}")
        }
        _ => "no large input".to_owned(),
    }
}

/// Returns how much faster, with how much less processor time, and in what part of the memory.
fn ratios(ours: Cost, peer: Cost) -> [String; 3] {
    let memory = ours.peak_bytes as f64 / peer.peak_bytes as f64;
    [format!("{:.1}x", peer.wall_s / ours.wall_s), format!("{:.1}x", peer.cpu_s / ours.cpu_s), format!("{memory:.2}")]
}

fn cells(cost: Cost) -> [String; 3] {
    [time(cost.wall_s), time(cost.cpu_s), size(cost.peak_bytes)]
}

fn time(seconds: f64) -> String {
    if seconds < 0.1 { format!("{:.1} ms", seconds * 1000.0) } else { format!("{seconds:.2} s") }
}

fn size(bytes: u64) -> String {
    format!("{} MB", (bytes as f64 / 1e6).round())
}
