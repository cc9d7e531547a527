//! Draws the flame graph of a profile.

use clap::{Parser, ValueEnum};
use profkit_cli::args::{InputArgs, OutputArgs, Shared, ThreadArgs, ValueArgs, parse_percent};
use profkit_cli::{Result, Session, Source, Tool, knobs};
use profkit_render::flame::{self, Options, Order, Palette};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const EXAMPLES: &str = "Examples:
  pflame in.prof > flame.svg                a picture; open it in a browser to zoom and search
  py-spy record --format raw -o - -- python app.py | pflame -o flame.svg
  pflame in.prof -o icicle.svg --inverted   roots at the top
  pflame in.prof -o leaves.svg --reverse    who calls the functions that cost most?
  pflame trace.json -o time.svg --chart     what happened when?";

/// Draw the flame graph of a profile
///
/// The width of a frame is what a function costs with all that it calls; above it stands what it calls.
/// Stacks of a call graph (pstats, callgrind) are an estimate, and the picture says so.
#[derive(Parser)]
#[command(name = "pflame", version, after_long_help = EXAMPLES, mut_arg("json", |arg| arg.requires("list_formats")))]
struct Pflame {
    /// Input file; `-` or nothing is stdin
    #[arg(value_name = "FILE")]
    input_file: Option<PathBuf>,

    #[command(flatten)]
    picture: PictureArgs,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    value: ValueArgs,
    #[command(flatten)]
    thread: ThreadArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    shared: Shared,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Picture")]
struct PictureArgs {
    /// Put the roots at the top: an icicle graph
    #[arg(long)]
    inverted: bool,

    /// Merge stacks from their leaves, so that callers stand on what they call
    #[arg(long)]
    reverse: bool,

    /// Let time run from left to right, where the profile has timestamps
    #[arg(long, conflicts_with_all = ["reverse", "order"])]
    chart: bool,

    /// From left to right: functions by name, or the one that costs most first
    #[arg(long, value_enum, default_value_t = By::Name, value_name = "BY")]
    order: By,

    /// What stands above the picture [default: the name of the input]
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,

    /// Colours: a hue for each module, file or namespace, or shades of one
    #[arg(long, value_enum, default_value_t = Colors::Module, value_name = "NAME")]
    palette: Colors,

    /// Width of an SVG picture in pixels [default: as wide as there is room, at first 1200]
    #[arg(long, value_name = "PIXELS", value_parser = clap::value_parser!(u32).range(200..=100_000))]
    width: Option<u32>,

    /// Leave out frames narrower than this share of the picture [default: a tenth of a pixel]
    #[arg(long, value_name = "PERCENT", value_parser = parse_percent)]
    min_width: Option<f64>,

    /// Leave the thread out of the stacks; else threads are roots where there are several
    #[arg(long)]
    no_thread_root: bool,

    /// Not listed: frames that the profile's own filters would drop are drawn as it is.
    #[arg(long, hide = true)]
    all_frames: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum By {
    Name,
    Weight,
}

#[derive(Clone, Copy, ValueEnum)]
enum Colors {
    Module,
    Warm,
    Cool,
    Green,
    Purple,
    Gray,
}

impl Tool for Pflame {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(&self, session: &mut Session) -> Result<()> {
        let source = Source::open(self.input_file.as_deref(), &self.input)?;
        knobs::check(&self.input.knobs, &[source.format()])?;
        let mut profile = source.read(&mut session.notes)?;
        let mut options = self.picture.options(&source);
        drop(source);
        options.value = self.value.index(&profile)?;
        profile = self.thread.apply(profile, options.value, &mut session.notes)?;
        let mut output = session.output(self.output.output.as_deref(), false)?;
        output.fill(|out| flame::svg(&profile, &options, out, &mut session.notes))?;
        session.commit(vec![output])
    }
}

impl PictureArgs {
    fn options(&self, source: &Source) -> Options {
        let mut options = Options::default();
        let name = Path::new(source.name()).file_name().map(|name| name.to_string_lossy().into_owned());
        options.title = self.title.clone().or(name.filter(|name| name != "<stdin>"));
        options.is_inverted = self.inverted;
        options.is_reversed = self.reverse;
        options.order = match self.order {
            _ if self.chart => Order::Time,
            By::Name => Order::Name,
            By::Weight => Order::Weight,
        };
        options.palette = match self.palette {
            Colors::Module => Palette::Module,
            Colors::Warm => Palette::Warm,
            Colors::Cool => Palette::Cool,
            Colors::Green => Palette::Green,
            Colors::Purple => Palette::Purple,
            Colors::Gray => Palette::Gray,
        };
        options.width = self.width;
        options.min_width = self.min_width;
        options.no_thread_root = self.no_thread_root;
        options.all_frames = self.all_frames;
        options
    }
}

fn main() -> ExitCode {
    profkit_cli::main::<Pflame>()
}
