//! What is measured: our command, that of the peer, and how much better ours is to be.

use std::fmt;

/// One thing that people do, done by us and by a peer.
pub(crate) struct Job {
    /// Its name for `--only`.
    pub(crate) name: &'static str,
    /// The inputs that it needs.
    pub(crate) inputs: &'static [&'static str],
    /// Our command, as typed in the folder of the inputs.
    pub(crate) ours: &'static [&'static str],
    /// The command of the peer, the program first; empty where nobody else does it.
    pub(crate) peer: &'static [&'static str],
    /// What is to be reached.
    pub(crate) goals: &'static [Goal],
    /// What cannot be avoided: a kind and its files.
    pub(crate) floors: &'static [&'static [&'static str]],
}

/// What is to be reached.
#[derive(Clone, Copy)]
pub(crate) enum Goal {
    /// So many times faster than the peer.
    Faster(f64),
    /// So many times less processor time than the peer's.
    LessCpu(f64),
    /// At most so many times the peer's memory.
    Memory(f64),
    /// At most so many milliseconds.
    Milliseconds(f64),
    /// At most so many times the memory that the same command takes for a tenth of the files.
    Flat(f64),
}

impl fmt::Display for Goal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Faster(1.0) => write!(out, "no slower"),
            Faster(least) => write!(out, "{least}x faster"),
            LessCpu(least) => write!(out, "{least}x less CPU"),
            Memory(1.0) => write!(out, "no more memory"),
            Memory(most) => write!(out, "{most} of the memory"),
            Flat(most) => write!(out, "{most} of the memory for a tenth of the files"),
            Milliseconds(most) => write!(out, "under {most} ms"),
        }
    }
}

use Goal::{Faster, Flat, LessCpu, Memory, Milliseconds};

#[rustfmt::skip] // Commands are read in one line.
pub(crate) const JOBS: &[Job] = &[
    Job {
        name: "flame",
        inputs: &["s100.folded"],
        ours: &["pflame", "s100.folded", "-o", "out/flame.svg"],
        peer: &["inferno-flamegraph", "s100.folded"],
        goals: &[Faster(2.5), Memory(1.0)],
        floors: &[&["read", "s100.folded"], &["lines", "s100.folded"]],
    },
    Job {
        name: "top",
        inputs: &["s100.pb.gz"],
        ours: &["ptop", "s100.pb.gz"],
        peer: &["go", "tool", "pprof", "-symbolize=none", "-top", "s100.pb.gz"],
        goals: &[Faster(15.0), Memory(0.25)],
        floors: &[&["gunzip", "s100.pb.gz"]],
    },
    Job {
        name: "convert",
        inputs: &["s100.pb.gz"],
        ours: &["pconv", "s100.pb.gz", "-t", "pprof", "-o", "out/ours.pb.gz"],
        peer: &["go", "tool", "pprof", "-symbolize=none", "-proto", "-output=out/peer.pb.gz", "s100.pb.gz"],
        goals: &[Faster(8.0)],
        floors: &[&["gunzip", "s100.pb.gz"]],
    },
    Job {
        name: "merge",
        inputs: &["s100.pb.gz", "s100b.pb.gz"],
        ours: &["pmerge", "s100.pb.gz", "s100b.pb.gz", "-o", "out/ours.pb.gz"],
        peer: &["go", "tool", "pprof", "-symbolize=none", "-proto", "-output=out/peer.pb.gz", "s100.pb.gz", "s100b.pb.gz"],
        goals: &[Faster(12.0), Memory(0.25)],
        floors: &[&["gunzip", "s100.pb.gz", "s100b.pb.gz"]],
    },
    Job {
        name: "diff",
        inputs: &["s100.pb.gz", "s100b.pb.gz"],
        ours: &["pdiff", "s100.pb.gz", "s100b.pb.gz"],
        peer: &["go", "tool", "pprof", "-symbolize=none", "-top", "-diff_base=s100.pb.gz", "s100b.pb.gz"],
        goals: &[Faster(30.0)],
        floors: &[&["gunzip", "s100.pb.gz", "s100b.pb.gz"]],
    },
    Job {
        name: "speedscope",
        inputs: &["s100.speedscope.json"],
        ours: &["pconv", "s100.speedscope.json", "-t", "collapsed", "-o", "out/ours.folded"],
        peer: &["node", "-e", "JSON.parse(require('fs').readFileSync('s100.speedscope.json'))"],
        goals: &[Faster(1.5)],
        floors: &[&["read", "s100.speedscope.json"]],
    },
    Job {
        name: "graph",
        inputs: &["graph.pstats"],
        ours: &["pgraph", "graph.pstats"],
        peer: &["gprof2dot", "-f", "pstats", "graph.pstats"],
        goals: &[Faster(14.0), Memory(0.5)],
        floors: &[&["read", "graph.pstats"]],
    },
    Job {
        name: "pstats",
        inputs: &["graph.pstats"],
        ours: &["pconv", "graph.pstats", "-t", "speedscope", "-o", "out/ours.json"],
        peer: &["python3", "-c", "import marshal; marshal.load(open('graph.pstats', 'rb'))"],
        goals: &[Faster(1.0)],
        floors: &[&["read", "graph.pstats"]],
    },
    Job {
        name: "callgrind",
        inputs: &["graph.callgrind"],
        ours: &["ptop", "graph.callgrind"],
        peer: &["callgrind_annotate", "graph.callgrind"],
        goals: &[Faster(30.0)],
        floors: &[&["read", "graph.callgrind"], &["lines", "graph.callgrind"]],
    },
    Job {
        name: "many",
        inputs: &["small"],
        ours: &["pmerge", "@small", "-o", "out/ours.pb.gz"],
        peer: &["go", "tool", "pprof", "-symbolize=none", "-proto", "-output=out/peer.pb.gz", "@small"],
        goals: &[LessCpu(5.0), Flat(1.5)],
        floors: &[&["gunzip", "@small"]],
    },
    Job {
        name: "start",
        inputs: &["tiny.pb.gz"],
        ours: &["ptop", "tiny.pb.gz"],
        peer: &[],
        goals: &[Milliseconds(10.0)],
        floors: &[&["gunzip", "tiny.pb.gz"]],
    },
];

impl Job {
    /// Returns the command of the peer up to its options.
    pub(crate) fn peer_program(&self) -> Option<String> {
        let words: Vec<_> = self.peer.iter().copied().take_while(|word| !word.starts_with('-')).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// Returns our command for a tenth of the files, where memory is to be flat.
    pub(crate) fn tenth(&self) -> Option<Vec<&'static str>> {
        self.goals
            .iter()
            .any(|goal| matches!(goal, Flat(_)))
            .then(|| self.ours.iter().map(|&word| if word == "@small" { "@small/10" } else { word }).collect())
    }
}
