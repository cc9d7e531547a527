//! The call graph of a made-up Python service: layers with a few calls back, and times that add up.

use super::random::Random;
use std::collections::HashMap;

/// How many layers the functions lie in below the root.
const LAYERS: usize = 60;
const BUILT_IN: f64 = 0.1;
const BACK: f64 = 0.02;
const RECURSIVE: f64 = 0.01;

/// A call graph as cProfile would know it; the first function is the root.
///
/// ```
/// use profkit_testkit::inputs::Graph;
///
/// let graph = Graph::new(50, 300);
/// assert_eq!(graph.functions.len(), 50);
/// assert_eq!(graph.functions.iter().map(|function| function.callers.len()).sum::<usize>(), 300);
/// ```
#[derive(Clone, Debug)]
pub struct Graph {
    /// Every function.
    pub functions: Vec<Function>,
}

/// A function, with those who call it.
#[derive(Clone, Debug)]
pub struct Function {
    /// The file; `~` where the function is built in.
    pub file: String,
    /// The first line; 0 where the function is built in.
    pub line: u32,
    /// The name.
    pub name: String,
    /// The function's own time.
    pub self_s: f64,
    /// Its time with what it calls.
    pub total_s: f64,
    /// Who calls it, by index.
    pub callers: Vec<Caller>,
}

/// The calls from one function to another.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    /// The index of the caller.
    pub caller: u32,
    /// All calls.
    pub calls: u32,
    /// Calls that were not made from within the callee.
    pub primitive_calls: u32,
    /// The callee's own time under this caller.
    pub self_s: f64,
    /// Its time with what it calls.
    pub total_s: f64,
}

#[derive(Clone, Copy, PartialEq)]
enum Direction {
    Down,
    Back,
}

impl Graph {
    /// Returns a graph of the given size. There are at least as many arcs as functions but the root.
    #[must_use]
    pub fn new(functions: usize, arcs: usize) -> Graph {
        let mut random = Random::new(1);
        let layers = Layers::new(functions, &mut random);
        let functions: Vec<_> = (0..functions).map(|index| named(index, &mut random)).collect();
        let callers = callers(functions.len(), arcs, &layers, &mut random);
        let mut graph = Graph { functions };
        graph.spend(&callers, &mut random);
        graph
    }

    /// Gives times to functions and arcs, those called before those who call.
    fn spend(&mut self, callers: &[Vec<(u32, Direction)>], random: &mut Random) {
        let mut below_s = vec![0.0; self.functions.len()];
        for index in (0..self.functions.len()).rev() {
            let root_s = if index == 0 { 1e-3 } else { 0.0 };
            let cells: Vec<_> = callers[index].iter().map(|&(caller, way)| spent(caller, way, random)).collect();
            let sum_s = |way| cells.iter().filter(|cell| cell.1 == way).map(|cell| cell.0.self_s).sum::<f64>();
            let (down_s, back_s) = (sum_s(Direction::Down) + root_s, sum_s(Direction::Back));
            let total_s = down_s + back_s + below_s[index];
            let shared = cells.into_iter().map(|(mut caller, way)| {
                if way == Direction::Down {
                    caller.total_s = (total_s - back_s) * caller.self_s / down_s;
                    below_s[caller.caller as usize] += caller.total_s;
                }
                caller
            });
            let callers = shared.collect();
            let function = &mut self.functions[index];
            (function.self_s, function.total_s, function.callers) = (down_s + back_s, total_s, callers);
        }
    }
}

fn spent(caller: u32, way: Direction, random: &mut Random) -> (Caller, Direction) {
    let calls = if random.unit() < 0.5 { 1 + random.below(1000) as u32 } else { 1 };
    let primitive_calls = if way == Direction::Down { calls } else { calls - calls / 2 };
    let self_s = f64::from(calls) * 1e-6 * (1 + random.below(50)) as f64;
    (Caller { caller, calls, primitive_calls, self_s, total_s: self_s }, way)
}

fn named(index: usize, random: &mut Random) -> Function {
    let (file, line, name) = if index > 0 && random.unit() < BUILT_IN {
        ("~".to_owned(), 0, format!("<built-in method mod{}.fn{index}>", index % 97))
    } else {
        let file = format!("/srv/app/pkg{}/sub{}/module_{}.py", index % 13, index % 101, index % 1999);
        let name = if index == 0 { "<module>".to_owned() } else { format!("func_{index}") };
        (file, (1 + index * 7 % 4000 + index / 1999) as u32, name)
    };
    Function { file, line, name, self_s: 0.0, total_s: 0.0, callers: Vec::new() }
}

/// The layer of each function, in rising order.
struct Layers {
    of: Vec<usize>,
    first: HashMap<usize, usize>,
}

impl Layers {
    fn new(functions: usize, random: &mut Random) -> Layers {
        let layers = LAYERS.min(functions.saturating_sub(1)).max(1);
        let mut of: Vec<_> = (1..functions).map(|_| 1 + random.below(layers)).chain([0]).collect();
        of.sort_unstable();
        let mut first = HashMap::new();
        of.iter().enumerate().for_each(|(index, &layer)| _ = first.entry(layer).or_insert(index));
        Layers { of, first }
    }

    /// Returns how many functions lie in layers above that of the given one.
    fn above(&self, function: usize) -> usize {
        self.first[&self.of[function]]
    }
}

fn callers(functions: usize, arcs: usize, layers: &Layers, random: &mut Random) -> Vec<Vec<(u32, Direction)>> {
    let mut found: HashMap<(usize, usize), Direction> = HashMap::new();
    for function in 1..functions {
        let above = layers.above(function);
        let caller = above - 1 - (above - 1).min((above as f64 * random.unit().powi(3)) as usize);
        found.insert((caller, function), Direction::Down);
    }
    for _ in 0..arcs * 20 {
        if found.len() >= arcs || functions < 2 {
            break;
        }
        let choice = random.unit();
        let function = 1 + (functions - 2).min(((functions - 1) as f64 * random.unit().powf(1.5)) as usize);
        let (caller, way) = if choice < RECURSIVE {
            (function, Direction::Back)
        } else if choice < RECURSIVE + BACK {
            (function + random.below(functions - function), Direction::Back)
        } else {
            (random.below(layers.above(function)), Direction::Down)
        };
        found.entry((caller, function)).or_insert(way);
    }
    let mut callers = vec![Vec::new(); functions];
    found.into_iter().for_each(|((caller, function), way)| callers[function].push((caller as u32, way)));
    callers.iter_mut().for_each(|callers| callers.sort_unstable_by_key(|it| it.0));
    callers
}
