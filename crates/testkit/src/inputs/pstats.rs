//! Writes a call graph as Python's cProfile does: a dictionary in version 4 of `marshal`.

use super::graph::{Function, Graph};
use std::collections::HashMap;
use std::io::{self, Write};

/// Set on a value that later ones may refer to.
const REFERRED_TO: u8 = 0x80;

/// Writes the graph.
///
/// # Errors
///
/// Fails where `out` does.
pub fn pstats(graph: &Graph, out: &mut dyn Write) -> io::Result<()> {
    let mut marshal = Marshal { bytes: Vec::new(), seen: HashMap::new() };
    marshal.bytes.push(b'{');
    for function in &graph.functions {
        marshal.key(function);
        let sum = |calls: fn(&super::graph::Caller) -> u32| function.callers.iter().map(calls).sum::<u32>().max(1);
        marshal.tuple(5);
        marshal.int(sum(|caller| caller.primitive_calls));
        marshal.int(sum(|caller| caller.calls));
        marshal.float(function.self_s);
        marshal.float(function.total_s);
        marshal.bytes.push(b'{');
        for caller in &function.callers {
            marshal.key(&graph.functions[caller.caller as usize]);
            marshal.tuple(4);
            marshal.int(caller.calls);
            marshal.int(caller.primitive_calls);
            marshal.float(caller.self_s);
            marshal.float(caller.total_s);
        }
        marshal.bytes.push(b'0');
    }
    marshal.bytes.push(b'0');
    out.write_all(&marshal.bytes)
}

struct Marshal<'a> {
    bytes: Vec<u8>,
    seen: HashMap<&'a str, u32>,
}

impl<'a> Marshal<'a> {
    fn key(&mut self, function: &'a Function) {
        self.tuple(3);
        self.text(&function.file);
        self.int(function.line);
        self.text(&function.name);
    }

    fn tuple(&mut self, length: u8) {
        self.bytes.extend([b')', length]);
    }

    fn text(&mut self, text: &'a str) {
        let next = self.seen.len() as u32;
        match self.seen.entry(text) {
            std::collections::hash_map::Entry::Occupied(seen) => {
                self.bytes.push(b'r');
                self.bytes.extend(seen.get().to_le_bytes());
            }
            std::collections::hash_map::Entry::Vacant(unseen) => {
                unseen.insert(next);
                self.bytes.extend([b'z' | REFERRED_TO, text.len() as u8]);
                self.bytes.extend(text.as_bytes());
            }
        }
    }

    fn int(&mut self, number: u32) {
        self.bytes.push(b'i');
        self.bytes.extend(number.to_le_bytes());
    }

    fn float(&mut self, number: f64) {
        self.bytes.push(b'g');
        self.bytes.extend(number.to_le_bytes());
    }
}
