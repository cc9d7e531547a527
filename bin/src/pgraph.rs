//! Draws the call graph of a profile.

use clap::Parser;
use profkit_cli::args::{FrameArgs, GroupArgs, InputArgs, OutputArgs, Shared, ThreadArgs, ValueArgs};
use profkit_cli::graph::{GraphArgs, Picture};
use profkit_cli::{Extent, Failure, Result, Session, Tool, Wanted, knobs};
use profkit_core::Profile;
use profkit_ops::{DiffOptions, diff_profile};
use profkit_render::dot;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const EXAMPLES: &str = "Examples:
  pgraph in.prof | dot -Tsvg > graph.svg    the call graph, drawn by Graphviz
  pgraph in.prof -o graph.svg               the same: .svg, .png and .pdf run dot
  pgraph in.prof --root '^main$' --depth 4  what main calls, four calls deep
  pgraph in.prof --leaf malloc --nodes 30   who leads to malloc, 30 functions at the most
  pgraph in.prof --by module                modules in the place of functions
  pgraph in.prof --style gprof2dot          the look of gprof2dot
  pgraph after.prof --diff before.prof      what got slower (red) and faster (blue)

A regular expression is held against name, file and module of a function; fn:, file: or mod: in front of it
picks one of them. Each node and edge has its exact numbers in a comment attribute.";

/// Draw the call graph of a profile
///
/// Functions that cost little are left out, and the legend says how many and what they cost; dotted edges lead
/// past them. The numbers are those of ptop. Functions that call each other share a box.
#[derive(Parser)]
#[command(name = "pgraph", version, after_long_help = EXAMPLES, mut_arg("json", |arg| arg.requires("list_formats")))]
struct Pgraph {
    /// Input file; `-` or nothing is stdin
    #[arg(value_name = "FILE")]
    input_file: Option<PathBuf>,

    #[command(flatten)]
    picture: GraphArgs,
    #[command(flatten)]
    group: GroupArgs,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    value: ValueArgs,
    #[command(flatten)]
    thread: ThreadArgs,
    #[command(flatten)]
    frames: FrameArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    shared: Shared,
}

impl Tool for Pgraph {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(&self, session: &mut Session) -> Result<()> {
        let output = self.output.output.as_deref();
        let picture = Picture::of(output)?;
        let roots = Wanted::new("--root", self.picture.root.as_deref())?;
        let leaves = Wanted::new("--leaf", self.picture.leaf.as_deref())?;
        let (name, profile, value) = self.read(self.input_file.as_deref(), session)?;
        let (name, profile) = match &self.picture.diff {
            Some(before) => self.compared(before, (name, profile, value), session)?,
            None => (name, profile),
        };
        let is = |wanted: &Option<Wanted>, name: &str, file: Option<&str>, module: Option<&str>| {
            wanted.as_ref().is_some_and(|wanted| wanted.matches(name, file, module))
        };
        let is_root = |name: &str, file: Option<&str>, module: Option<&str>| is(&roots, name, file, module);
        let is_leaf = |name: &str, file: Option<&str>, module: Option<&str>| is(&leaves, name, file, module);
        let mut options = self.picture.options(&name);
        options.whole_names = self.group.by.is_some();
        options.value = Some(value);
        options.is_root = roots.as_ref().map(|_| &is_root as dot::Matches<'_>);
        options.is_leaf = leaves.as_ref().map(|_| &is_leaf as dot::Matches<'_>);
        for wanted in [&roots, &leaves].into_iter().flatten() {
            wanted.check(&profile)?;
        }
        let step = session.progress(Extent::Unknown, "drawing");
        let text = dot::dot(&profile, &options, &mut session.notes);
        let text = text.map_err(|error| Failure::in_file(&name, &error))?;
        let bytes = picture.of_graph(text)?;
        drop(step);
        session.print_bytes(output, &bytes, picture.is_binary())
    }
}

impl Pgraph {
    fn read(&self, path: Option<&Path>, session: &mut Session) -> Result<(String, Profile, usize)> {
        let mut source = session.open(path, &self.input)?;
        knobs::check(&self.input.knobs, &[source.format()])?;
        let profile = session.parse(&mut source)?;
        let notes = &mut session.notes;
        let value = self.value.index(&profile)?.unwrap_or(profile.default_value());
        let profile = self.thread.apply(profile, Some(value), notes)?;
        let profile = self.group.apply(self.frames.apply(profile, notes)?)?;
        Ok((format!("{} ({})", source.name(), source.format().name()), profile, value))
    }

    /// Returns the profile that has the values of another one and of this one, before and after.
    fn compared(
        &self,
        before: &Path,
        (name, after, value): (String, Profile, usize),
        session: &mut Session,
    ) -> Result<(String, Profile)> {
        let (name_before, before, value_before) = self.read(Some(before), session)?;
        let mut options = DiffOptions::default();
        options.values = if self.value.value.is_some() { [Some(value_before), Some(value)] } else { [None; 2] };
        let diff = diff_profile(&[&before], &[&after], &options, &mut session.notes);
        let diff = diff.map_err(|error| Failure::Error(format!("--diff: {}", error.message())))?;
        Ok((format!("{name_before} → {name}"), diff))
    }
}

fn main() -> ExitCode {
    profkit_cli::main::<Pgraph>()
}
