//! Runs jobs and keeps what they cost.

use crate::floor::FLOOR;
use crate::inputs::Inputs;
use crate::jobs::{Goal, Job};
use crate::large;
use crate::measure::{Cost, median, run};
use crate::peers::PEERS;
use serde::Serialize;
use std::env;
use std::ffi::OsString;
use std::io;

/// Where and how often things run.
pub(crate) struct Bench {
    /// The inputs.
    pub(crate) inputs: Inputs,
    /// Where programs are looked for.
    pub(crate) path: OsString,
    /// How often each command runs.
    pub(crate) runs: u16,
}

/// All that was measured.
#[derive(Serialize)]
pub(crate) struct Report {
    /// The day.
    pub(crate) date: String,
    /// How many threads the machine runs at once.
    pub(crate) threads: usize,
    /// How often each command ran.
    pub(crate) runs: u16,
    /// The versions of the peers.
    pub(crate) peers: Vec<String>,
    /// The peers that are not there, and how to get them.
    pub(crate) missing: Vec<String>,
    /// A job each.
    pub(crate) jobs: Vec<Done>,
    /// The jobs that could not be done.
    pub(crate) failed: Vec<&'static str>,
    /// A reader each.
    pub(crate) memory: Vec<Memory>,
}

/// A job that was done.
#[derive(Serialize)]
pub(crate) struct Done {
    /// Its name.
    pub(crate) name: &'static str,
    /// Our command.
    pub(crate) command: String,
    /// The program of the peer with its input, if there is one.
    pub(crate) peer_program: Option<String>,
    /// What ours cost.
    pub(crate) ours: Cost,
    /// What the peer's cost; nothing if it is missing or failed.
    pub(crate) peer: Option<Cost>,
    /// What cannot be avoided.
    pub(crate) floors: Vec<(&'static str, Cost)>,
    /// The goals.
    pub(crate) verdicts: Vec<Verdict>,
}

/// A goal, and whether it was reached.
#[derive(Serialize)]
pub(crate) struct Verdict {
    /// What was to be reached.
    pub(crate) goal: String,
    /// What was, as a number of the same meaning; nothing where it could not be measured.
    pub(crate) reached: Option<f64>,
    /// Whether that is enough.
    pub(crate) met: Option<bool>,
}

/// What a reader needs.
#[derive(Serialize)]
pub(crate) struct Memory {
    /// The name of the format.
    pub(crate) format: &'static str,
    /// Bytes of the input once it is unpacked.
    pub(crate) input_bytes: u64,
    /// What it cost to read; nothing where there is no large input.
    pub(crate) cost: Option<Cost>,
}

/// The most memory of a reader for each byte of its unpacked input.
pub(crate) const MOST_MEMORY: f64 = 4.0;

impl Memory {
    /// Returns the memory for each byte of the unpacked input.
    pub(crate) fn ratio(&self) -> Option<f64> {
        self.cost.map(|cost| cost.peak_bytes as f64 / self.input_bytes as f64)
    }
}

impl Report {
    /// Returns a report of nothing yet.
    pub(crate) fn new(bench: &Bench) -> Report {
        let versions: Vec<_> = PEERS.iter().map(|peer| (peer, peer.version(&bench.path))).collect();
        let missing = versions.iter().filter(|it| it.1.is_none());
        Report {
            date: jiff::Zoned::now().date().to_string(),
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            runs: bench.runs,
            missing: missing.map(|(peer, _)| format!("{} ({})", peer.program, peer.get)).collect(),
            peers: versions.into_iter().filter_map(|it| it.1).collect(),
            jobs: Vec::new(),
            failed: Vec::new(),
            memory: Vec::new(),
        }
    }
}

impl Bench {
    /// Runs a job and its peer in turn.
    pub(crate) fn job(&self, job: &Job) -> io::Result<Done> {
        job.inputs.iter().try_for_each(|input| self.inputs.make(input))?;
        eprintln!("running {}", job.name);
        let tenth = job.tenth();
        let mut costs = [(); 3].map(|()| Vec::new());
        let mut peer_fails = job.peer.is_empty();
        for _ in 0..self.runs {
            costs[0].push(self.run(job.ours)?);
            if !peer_fails {
                match self.run(job.peer) {
                    Ok(cost) => costs[1].push(cost),
                    Err(error) => {
                        eprintln!("{error}");
                        peer_fails = true;
                    }
                }
            }
            if let Some(tenth) = &tenth {
                costs[2].push(self.run(tenth)?);
            }
        }
        let [ours, peer, tenth] = costs.map(|costs| (!costs.is_empty()).then(|| median(&costs)));
        let ours = ours.ok_or_else(|| io::Error::other("nothing ran"))?;
        let peer = peer.filter(|_| !peer_fails);
        Ok(Done {
            name: job.name,
            command: job.ours.join(" "),
            peer_program: job.peer_program(),
            ours,
            peer,
            floors: job.floors.iter().map(|words| Ok((words[0], self.floor(words)?))).collect::<io::Result<_>>()?,
            verdicts: job.goals.iter().map(|&goal| verdict(goal, ours, peer, tenth)).collect(),
        })
    }

    fn run(&self, command: &[&str]) -> io::Result<Cost> {
        run(&self.inputs.words(command)?, &self.inputs.folder, &self.path)
    }

    fn floor(&self, words: &[&str]) -> io::Result<Cost> {
        let own = env::current_exe()?.to_string_lossy().into_owned();
        let command: Vec<_> = [&*own, FLOOR].into_iter().chain(words.iter().copied()).collect();
        let costs: Vec<_> = (0..self.runs).map(|_| self.run(&command)).collect::<io::Result<_>>()?;
        Ok(median(&costs))
    }

    /// Lets every reader read a large input.
    pub(crate) fn memory(&self) -> io::Result<Vec<Memory>> {
        large::readers()
            .map(|(format, input)| {
                let Some(input) = input else { return Ok(Memory { format, input_bytes: 0, cost: None }) };
                self.inputs.make(&input)?;
                eprintln!("reading {input}");
                let input_bytes = large::unpacked(&self.inputs.folder.join(&input))?;
                let cost = self.run(&["pconv", "--check", "-f", format, &input])?;
                Ok(Memory { format, input_bytes, cost: Some(cost) })
            })
            .collect()
    }
}

fn verdict(goal: Goal, ours: Cost, peer: Option<Cost>, tenth: Option<Cost>) -> Verdict {
    let times = |number: fn(Cost) -> f64| peer.map(|peer| number(peer) / number(ours));
    let of = |other: Option<Cost>| other.map(|other| ours.peak_bytes as f64 / other.peak_bytes as f64);
    let reached = match goal {
        Goal::Faster(_) => times(|cost| cost.wall_s),
        Goal::LessCpu(_) => times(|cost| cost.cpu_s),
        Goal::Memory(_) => of(peer),
        Goal::Flat(_) => of(tenth),
        Goal::Milliseconds(_) => Some(ours.wall_s * 1000.0),
    };
    let met = reached.map(|reached| match goal {
        Goal::Faster(least) | Goal::LessCpu(least) => reached >= least,
        Goal::Memory(most) | Goal::Flat(most) | Goal::Milliseconds(most) => reached <= most,
    });
    Verdict { goal: goal.to_string(), reached, met }
}
