//! Writes a call graph in the format of callgrind.

use super::graph::Graph;
use std::io::{self, BufWriter, Write};

/// Writes the graph, with times in nanoseconds.
///
/// # Errors
///
/// Fails where `out` does.
pub fn callgrind(graph: &Graph, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let ns = |seconds: f64| (seconds * 1e9).round() as u64;
    let mut callees = vec![Vec::new(); graph.functions.len()];
    for (callee, function) in graph.functions.iter().enumerate() {
        function.callers.iter().for_each(|caller| callees[caller.caller as usize].push((callee, caller)));
    }
    writeln!(out, "# callgrind format\nversion: 1\ncreator: profkit-testkit\npositions: line\nevents: ns")?;
    for (function, callees) in graph.functions.iter().zip(callees) {
        writeln!(out, "\nfl={}\nfn={}\n{} {}", function.file, function.name, function.line, ns(function.self_s))?;
        for (callee, arc) in callees {
            let callee = &graph.functions[callee];
            writeln!(out, "cfi={}\ncfn={}\ncalls={} {}", callee.file, callee.name, arc.calls, callee.line)?;
            writeln!(out, "{} {}", function.line, ns(arc.total_s))?;
        }
    }
    out.flush()
}
