//! The steps, as they are typed.

use super::anonymize::Anonymity;
use super::labels::LabelTest;
use super::names::Substitution;
use super::pattern::{Pattern, regex};
use super::quantity::Range;
use profkit_core::{Error, Result};
use regex::Regex;
use std::fmt;

/// One step of a filter: its name, and what it looks for.
#[derive(Clone, Debug)]
pub struct Step {
    of: &'static StepKind,
    /// What was typed.
    pub(super) value: String,
    pub(super) kind: Kind,
}

/// What a step does.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Focus(Pattern),
    Ignore(Pattern),
    Hide(Pattern),
    Show(Pattern),
    ShowFrom(Pattern),
    PruneFrom(Pattern),
    Root(Pattern),
    InApp,
    MaxDepth(u32),
    CollapseRecursion,
    Min(f64),
    Thread(Regex),
    Label(LabelTest),
    Time(i64, i64),
    Transaction(String),
    Rename(Substitution),
    StripPaths,
    LabelRoot(String),
    LabelLeaf(String),
    Anonymize(Anonymity),
}

/// What a step does with a call graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OnGraph {
    /// The same as with stacks.
    Exact,
    /// It needs to know stacks, which are estimated.
    Estimated,
    /// It looks for what no call graph has.
    Refused,
}

/// A sort of step.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct StepKind {
    /// What it is called: `show-from`.
    pub name: &'static str,
    /// What it takes: `RE`; empty for nothing.
    pub takes: &'static str,
    /// What it does, in a sentence.
    pub help: &'static str,
    on_graph: OnGraph,
    parse: fn(&str) -> Result<Kind>,
}

const fn step(
    name: &'static str,
    takes: &'static str,
    on_graph: OnGraph,
    help: &'static str,
    parse: fn(&str) -> Result<Kind>,
) -> StepKind {
    StepKind { name, takes, help, on_graph, parse }
}

use OnGraph::{Estimated, Exact, Refused};

/// Every sort of step.
pub static STEPS: &[StepKind] = &[
    step("focus", "RE", Estimated, "Keep only samples with a matching function in their stack", |text| {
        Pattern::parse(text).map(Kind::Focus)
    }),
    step("ignore", "RE", Estimated, "Drop samples with a matching function in their stack", |text| {
        Pattern::parse(text).map(Kind::Ignore)
    }),
    step(
        "hide",
        "RE",
        Estimated,
        "Take matching functions out of stacks; their cost goes to what called them, and a sample of which nothing is left is dropped",
        |text| Pattern::parse(text).map(Kind::Hide),
    ),
    step("show", "RE", Estimated, "Take all functions out of stacks but those that match", |text| {
        Pattern::parse(text).map(Kind::Show)
    }),
    step(
        "show-from",
        "RE",
        Estimated,
        "Begin each stack with its outermost matching function; samples without one are dropped",
        |text| Pattern::parse(text).map(Kind::ShowFrom),
    ),
    step(
        "root",
        "RE",
        Estimated,
        "Begin each stack with its innermost matching function: every call stands for itself, also one inside another",
        |text| Pattern::parse(text).map(Kind::Root),
    ),
    step(
        "prune-from",
        "RE",
        Estimated,
        "End each stack with its innermost matching function; what it called is its own cost",
        |text| Pattern::parse(text).map(Kind::PruneFrom),
    ),
    step(
        "in-app",
        "",
        Estimated,
        "Take all functions out of stacks but those that the source marks as the application's own",
        |_| Ok(Kind::InApp),
    ),
    step("max-depth", "N", Estimated, "End each stack after N frames", |text| {
        let depth = text.parse().ok().filter(|&depth: &u32| depth > 0);
        depth.map(Kind::MaxDepth).ok_or_else(|| Error::usage("expected a number of frames, at least 1"))
    }),
    step("collapse-recursion", "", Exact, "Make one frame of a function that calls itself", |_| {
        Ok(Kind::CollapseRecursion)
    }),
    step(
        "min",
        "PERCENT",
        Exact,
        "Make one function, `[below N %]`, of all whose total is less than this share of the whole",
        |text| {
            let percent =
                text.trim_end_matches('%').trim_end().parse().ok().filter(|it: &f64| (0.0..=100.0).contains(it));
            percent.map(Kind::Min).ok_or_else(|| Error::usage("expected a share from 0 to 100, such as 0.5 or 1%"))
        },
    ),
    step(
        "thread",
        "RE",
        Exact,
        "Keep only threads whose name or id matches; `active` is the one that costs most",
        |text| regex(text).map(Kind::Thread),
    ),
    step(
        "label",
        "KEY=RE|KEY=LOW..HIGH",
        Refused,
        "Keep only samples with a label that matches, or with a number in the range, bounds included (1KiB..4MiB, 10ms.., 7); KEY!= drops them instead",
        |text| LabelTest::parse(text).map(Kind::Label),
    ),
    step(
        "time",
        "FROM..TO",
        Refused,
        "Keep only what was from one time to before another (500ms..2.5s, 10s..), counted since the start of the profile where that is known, else since its first sample",
        |text| Range::times(text).map(|(from_ns, to_ns)| Kind::Time(from_ns, to_ns)),
    ),
    step(
        "transaction",
        "NAME",
        Refused,
        "Keep only what the thread of a transaction did while it lasted; it goes by its name or its id",
        |text| Ok(Kind::Transaction(text.to_owned())),
    ),
    step(
        "rename",
        "s/OLD/NEW/",
        Exact,
        "Change the names of functions as sed does: \\1 and & in NEW, g and i behind; with file: or mod: before it, those of files or modules",
        |text| Substitution::parse(text).map(Kind::Rename),
    ),
    step("strip-paths", "", Exact, "Leave nothing but the last part of paths of files and modules", |_| {
        Ok(Kind::StripPaths)
    }),
    step("label-root", "KEY", Refused, "Put the value of a label at the root of each stack", |text| {
        key(text).map(Kind::LabelRoot)
    }),
    step("label-leaf", "KEY", Refused, "Put the value of a label at the leaf of each stack", |text| {
        key(text).map(Kind::LabelLeaf)
    }),
    step(
        "anonymize",
        "",
        Exact,
        "Put pseudonyms in the place of names, files, modules, threads and texts of labels, and leave out comments",
        |_| Ok(Kind::Anonymize(Anonymity::default())),
    ),
];

fn key(text: &str) -> Result<String> {
    if text.is_empty() { Err(Error::usage("expected the key of a label")) } else { Ok(text.to_owned()) }
}

impl StepKind {
    /// Returns what the step does with a call graph, in a few words; empty where it does the same as with stacks.
    pub fn on_call_graphs(&self) -> &'static str {
        match self.on_graph {
            OnGraph::Exact => "",
            OnGraph::Estimated => "on estimated stacks",
            OnGraph::Refused => "refused",
        }
    }
}

impl Step {
    /// Returns the step of a name, with what it looks for.
    ///
    /// ```
    /// use profkit_ops::Step;
    /// assert_eq!(Step::parse("label", "bytes=1KiB..4MiB")?.to_string(), "--label 'bytes=1KiB..4MiB'");
    /// assert!(Step::parse("time", "1..2").is_err(), "times have units");
    /// # Ok::<(), profkit_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A name that no step has, and a value that says nothing to the step, are errors of kind `Usage`.
    pub fn parse(name: &str, value: &str) -> Result<Step> {
        let of = STEPS.iter().find(|step| step.name == name);
        let of = of.ok_or_else(|| Error::usage(format!("there is no step {name:?}")))?;
        Ok(Step { of, value: value.to_owned(), kind: (of.parse)(value)? })
    }

    /// Returns this step with names, files and modules that get no pseudonym, and with a text that pseudonyms depend on;
    /// what makes no pseudonyms stays as it is.
    #[must_use]
    pub fn with_anonymity(mut self, allowed: Vec<Pattern>, salt: &str) -> Step {
        if let Kind::Anonymize(anonymity) = &mut self.kind {
            *anonymity = Anonymity { allowed, salt: salt.to_owned() };
        }
        self
    }

    /// Returns what functions the step looks for.
    pub(super) fn pattern(&self) -> Option<&Pattern> {
        match &self.kind {
            Kind::Focus(pattern) | Kind::Ignore(pattern) | Kind::Hide(pattern) | Kind::Show(pattern) => Some(pattern),
            Kind::ShowFrom(pattern) | Kind::Root(pattern) | Kind::PruneFrom(pattern) => Some(pattern),
            _ => None,
        }
    }

    /// Returns the key of the labels that the step looks at.
    pub(super) fn key(&self) -> Option<&str> {
        match &self.kind {
            Kind::Label(test) => Some(&test.key),
            Kind::LabelRoot(key) | Kind::LabelLeaf(key) => Some(key),
            _ => None,
        }
    }

    pub(super) fn on_graph(&self) -> OnGraph {
        self.of.on_graph
    }

    /// Returns the error of a step that has no meaning for a profile.
    pub(super) fn refusal(&self, why: &str) -> Error {
        Error::unsupported(format!("{self}: {why}"))
    }
}

impl fmt::Display for Step {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.of.takes {
            "" => write!(out, "--{}", self.of.name),
            _ => write!(out, "--{} '{}'", self.of.name, self.value),
        }
    }
}
