//! The rules of KCachegrind's loader and of `callgrind_annotate`, as a strict reader that shares no code with ours.
//!
//! Each complaint names the line. The two are more lenient here and there, but what passes here gives the same numbers
//! in both of them.

use std::collections::HashMap;

/// The keys of a head, in the order in which valgrind writes them. What follows `events:` belongs to the body.
const HEAD: &[&str] = &["version", "creator", "pid", "cmd", "part", "thread", "desc", "event", "positions", "events"];
/// The most events that KCachegrind keeps apart.
const MOST_EVENTS: usize = 13;

/// Checks a file.
///
/// # Errors
///
/// Returns the first rule that is broken, and the line that breaks it.
pub fn check(text: &str) -> Result<(), String> {
    let mut checker = Checker::default();
    for (index, line) in text.lines().enumerate() {
        checker.line(index, line).map_err(|rule| format!("line {}: {rule}: {line:?}", index + 1))?;
    }
    checker.end().map_err(|rule| format!("the end: {rule}"))
}

type Rule = Result<(), &'static str>;

#[derive(Default)]
struct Checker {
    /// How far the head has come; none in a body.
    head: Option<usize>,
    parts: usize,
    positions: usize,
    events: Vec<String>,
    names: HashMap<(&'static str, u64), Number>,
    has_file: bool,
    has_function: bool,
    has_callee: bool,
    is_callee_begun: bool,
    has_calls: bool,
    sums: Vec<i128>,
    has_totals: bool,
    summary: Option<Vec<i128>>,
    at: Vec<i128>,
}

/// A name by number, and the last part that defined it.
struct Number {
    name: String,
    part: usize,
}

impl Checker {
    fn line(&mut self, index: usize, line: &str) -> Rule {
        if index == 0 {
            rule(line == "# callgrind format", "the first line is the mark of the format")?;
        }
        if line.chars().any(char::is_control) || line.trim_end_matches(' ') != line {
            return Err("a line has no control characters and no blanks at its end");
        }
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        if line.starts_with(|first: char| first.is_ascii_digit() || "+-*".contains(first)) {
            return self.costs(line);
        }
        rule(!self.has_calls, "the line behind calls= has the costs of the call")?;
        if let Some((key, name)) = line.split_once('=').filter(|(key, _)| key.len() <= 5) {
            return self.position(key, name);
        }
        match line.split_once(": ").ok_or("a line is costs, a name or a header")? {
            ("totals", counts) => self.totals(counts),
            ("summary", counts) => {
                rule(self.head.is_none() && !self.has_function, "summary: stands right behind events:")?;
                self.summary = Some(self.counts(counts.split(' '))?);
                Ok(())
            }
            (key, value) => self.head(key, value),
        }
    }

    fn head(&mut self, key: &str, value: &str) -> Rule {
        let place = HEAD.iter().position(|known| *known == key).ok_or("a header is known")?;
        if self.head.is_none() {
            rule(self.parts == 0 || self.has_totals, "a part ends with totals:")?;
            let (names, parts) = (std::mem::take(&mut self.names), self.parts);
            *self = Checker { names, parts, head: Some(0), positions: 1, ..Checker::default() };
        }
        rule(self.head.is_some_and(|last| last <= place), "headers are in order, events: the last of them")?;
        self.head = Some(place);
        match key {
            "version" => rule(value == "1", "the version is 1")?,
            "part" | "thread" | "pid" => {
                rule(value.parse::<i32>().is_ok(), "parts, threads and processes are numbers")?;
            }
            "positions" => {
                rule(["line", "instr line", "instr"].contains(&value), "positions are instr and line")?;
                self.positions = value.split(' ').count();
            }
            "events" => {
                self.events = value.split(' ').map(str::to_owned).collect();
                rule(self.events.iter().all(|name| !name.is_empty()), "events have names")?;
                rule(self.events.len() <= MOST_EVENTS, "there are at most 13 events")?;
                let is_new = |(index, name): (usize, &String)| !self.events[..index].contains(name);
                rule(self.events.iter().enumerate().all(is_new), "each event has a name of its own")?;
                self.sums = vec![0; self.events.len()];
                self.at = vec![0; self.positions];
                self.head = None;
                self.parts += 1;
            }
            _ => {}
        }
        Ok(())
    }

    fn position(&mut self, key: &str, name: &str) -> Rule {
        rule(self.head.is_none() && !self.events.is_empty(), "names stand behind events:")?;
        rule(!self.has_totals, "totals: are the last line of a part")?;
        if key == "calls" {
            rule(self.has_callee, "calls= stands behind cfn=")?;
            let mut words = name.split(' ');
            rule(words.next().is_some_and(|calls| calls.parse::<u64>().is_ok()), "calls are a number")?;
            rule(words.count() == self.positions, "calls= has as many positions as costs have")?;
            (self.has_callee, self.is_callee_begun, self.has_calls) = (false, false, true);
            return Ok(());
        }
        let kind = match key {
            "ob" | "cob" => "object",
            "fl" | "fi" | "fe" | "cfi" | "cfl" => "file",
            "fn" | "cfn" => "function",
            _ => return Err("a name is that of an object, a file or a function"),
        };
        self.name(kind, name)?;
        let is_of_callee = key.starts_with('c');
        rule(is_of_callee || !self.is_callee_begun, "what is said of a callee ends with calls=")?;
        self.is_callee_begun = is_of_callee;
        match key {
            "fl" => self.has_file = true,
            "fi" | "fe" | "cob" | "cfi" | "cfl" => rule(self.has_function, "fi=, fe= and callees stand behind fn=")?,
            "fn" => {
                rule(self.has_file, "fl= stands before fn=")?;
                self.has_function = true;
            }
            "cfn" => {
                rule(self.has_function, "fi=, fe= and callees stand behind fn=")?;
                self.has_callee = true;
            }
            _ => {}
        }
        Ok(())
    }

    fn name(&mut self, kind: &'static str, spelled: &str) -> Rule {
        let number = spelled.strip_prefix('(').and_then(|rest| rest.split_once(')'));
        let Some((number, name)) = number.and_then(|(number, name)| Some((number.parse::<u64>().ok()?, name))) else {
            return rule(!spelled.is_empty(), "names are not empty");
        };
        let known = self.names.get(&(kind, number));
        if name.is_empty() {
            return rule(known.is_some_and(|it| it.part == self.parts), "each part defines the numbers that it uses");
        }
        let name = name.strip_prefix(' ').unwrap_or(name);
        rule(!name.starts_with(' '), "names do not start with a blank")?;
        rule(known.is_none_or(|it| it.name == name), "a number stands for one name")?;
        rule(known.is_none_or(|it| it.part != self.parts), "a part defines a number once")?;
        self.names.insert((kind, number), Number { name: name.to_owned(), part: self.parts });
        Ok(())
    }

    fn costs(&mut self, line: &str) -> Rule {
        rule(self.has_function, "costs stand behind fn=")?;
        rule(!self.has_totals, "totals: are the last line of a part")?;
        rule(!self.is_callee_begun, "what is said of a callee ends with calls=")?;
        let words: Vec<&str> = line.split(' ').collect();
        rule(words.len() >= self.positions, "a line has all positions")?;
        let (positions, counts) = words.split_at(self.positions);
        for (at, word) in self.at.iter_mut().zip(positions) {
            *at = position(word, *at).ok_or("a position is a number, relative or not, and not below zero")?;
        }
        let counts = self.counts(counts.iter().copied())?;
        if !std::mem::take(&mut self.has_calls) {
            self.sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        Ok(())
    }

    fn counts<'w>(&self, words: impl Iterator<Item = &'w str>) -> Result<Vec<i128>, &'static str> {
        let counts: Option<Vec<i128>> = words.map(|word| word.parse::<u64>().ok().map(i128::from)).collect();
        let mut counts = counts.ok_or("counts are whole numbers of 64 bits, not below zero")?;
        rule(counts.len() <= self.events.len(), "there are no more counts than events")?;
        counts.resize(self.events.len(), 0);
        Ok(counts)
    }

    fn totals(&mut self, counts: &str) -> Rule {
        rule(self.head.is_none() && !self.events.is_empty(), "totals: stand behind events:")?;
        let totals = self.counts(counts.split(' '))?;
        rule(totals == self.sums, "totals: are the sum of all costs")?;
        rule(self.summary.as_ref().is_none_or(|summary| *summary == totals), "summary: is what totals: are")?;
        self.has_totals = true;
        Ok(())
    }

    fn end(&self) -> Rule {
        rule(!self.has_calls, "the line behind calls= has the costs of the call")?;
        rule(!self.events.is_empty(), "there is an events: line")?;
        rule(self.has_totals, "a part ends with totals:")
    }
}

fn rule(holds: bool, rule: &'static str) -> Rule {
    if holds { Ok(()) } else { Err(rule) }
}

fn position(word: &str, before: i128) -> Option<i128> {
    let number = |digits: &str| match digits.strip_prefix("0x") {
        Some(digits) => i128::from_str_radix(digits, 16).ok(),
        None => digits.parse::<u64>().ok().map(i128::from),
    };
    let at = match (word.strip_prefix('+'), word.strip_prefix('-')) {
        _ if word == "*" => Some(before),
        (Some(by), _) => number(by).map(|by| before + by),
        (_, Some(by)) => number(by).map(|by| before - by),
        _ => number(word),
    };
    at.filter(|&at| at >= 0)
}
