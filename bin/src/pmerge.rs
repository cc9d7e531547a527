//! Merges any number of profiles into one.

use clap::Parser;
use profkit_cli::args::{FormatArgs, InputArgs, OutputArgs, Shared, ThreadArgs, ValueArgs};
use profkit_cli::files::FilesArgs;
use profkit_cli::merge::{MergePlan, merge};
use profkit_cli::{Result, Session, Tool, convert, knobs};
use profkit_ops::MergeOptions;
use std::process::ExitCode;

const EXAMPLES: &str = "Examples:
  pmerge shard-*.pb.gz -o all.pb.gz         the fleet as one profile
  find . -name '*.pb.gz' -print0 | pmerge --files-from - --null -o all.pb.gz
  pmerge run1.prof run2.prof -t pstats > both.pstats
  pmerge --join-threads a.folded b.folded | flamegraph.pl > both.svg
  pmerge --label-files old.pb.gz new.pb.gz -o both.pb.gz
  pmerge --as-graph in.prof stacks.folded -t callgrind > both.callgrind";

/// Merge any number of profiles into one
///
/// Equal stacks are added up, whatever the files are called and in whatever order functions stand in them; costs of
/// call graphs are added function by function. The result has the format of the inputs if they share one and it
/// holds the result, else that of profkit, which holds everything.
#[derive(Parser)]
#[command(name = "pmerge", version, after_long_help = EXAMPLES, mut_arg("json", |arg| arg.requires("list_formats")))]
struct Pmerge {
    #[command(flatten)]
    files: FilesArgs,

    /// Take stacks as call graphs, so that they can be added to call graphs
    #[arg(long)]
    as_graph: bool,

    /// Take threads of the same name as one thread, and drop all times
    #[arg(long)]
    join_threads: bool,

    /// Label each sample with the file that it is from: `file`
    #[arg(long)]
    label_files: bool,

    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    value: ValueArgs,
    #[command(flatten)]
    thread: ThreadArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    format: FormatArgs,
    #[command(flatten)]
    shared: Shared,
}

impl Tool for Pmerge {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(&self, session: &mut Session) -> Result<()> {
        let path = self.output.output.as_deref();
        let told = self.format.told(path)?;
        let paths = self.files.paths()?;
        let mut options = MergeOptions::default();
        options.as_graph = self.as_graph;
        options.join_threads = self.join_threads;
        options.label_inputs = self.label_files.then(|| "file".to_owned());
        let plan = MergePlan { options, input: &self.input, skips_bad: self.files.skip_bad };
        let mut merged = merge(session, &paths, &plan)?;
        let value = self.value.index(&merged.profile)?;
        merged.profile = self.thread.apply(merged.profile, value, &mut session.notes)?;
        let options = self.format.write_options(self.input.knobs.clone(), value, self.input.max_size);
        let format = match told {
            Some(format) => format,
            None => convert::own_format(&merged.profile, &merged.formats, &options, &mut session.notes)?,
        };
        let involved: Vec<_> = merged.formats.iter().copied().chain([format]).collect();
        knobs::check(&self.input.knobs, &involved)?;
        let options = self.format.write_options(knobs::of(&self.input.knobs, format), value, self.input.max_size);
        let output = convert::write(session, merged.profile, format, &options, path)?;
        session.commit(vec![output])
    }
}

fn main() -> ExitCode {
    profkit_cli::main::<Pmerge>()
}
