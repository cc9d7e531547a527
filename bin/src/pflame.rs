//! Draws the flame graph of a profile.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Parser, ValueEnum};
use profkit_cli::args::{InputArgs, OutputArgs, Shared, ThreadArgs, ValueArgs, parse_percent};
use profkit_cli::{Extent, Failure, Result, Session, Source, Tool, knobs};
use profkit_render::flame::{self, Options, Order, Palette};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const EXAMPLES: &str = "Examples:
  pflame in.prof > flame.svg                a picture; open it in a browser to zoom and search
  py-spy record --format raw -o - -- python app.py | pflame -o flame.svg
  pflame in.prof -o flame.html              a page: search, callers and callees, table, timeline
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

    /// A picture, or a page that explores the profile; told from the name of the output if left out
    #[arg(short = 't', long, value_enum, value_name = "FORMAT", help_heading = "Output")]
    to: Option<To>,

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
    #[arg(long, value_parser = palette_parser(), default_value = "module", value_name = "NAME")]
    palette: Palette,

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
enum To {
    Svg,
    Html,
}

#[derive(Clone, Copy, ValueEnum)]
enum By {
    Name,
    Weight,
}

impl Tool for Pflame {
    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn run(&self, session: &mut Session) -> Result<()> {
        let to = self.target()?;
        let source = session.open(self.input_file.as_deref(), &self.input)?;
        knobs::check(&self.input.knobs, &[source.format()])?;
        let mut profile = session.parse(&source)?;
        let mut options = self.picture.options(&source);
        drop(source);
        options.value = self.value.index(&profile)?;
        profile = self.thread.apply(profile, options.value, &mut session.notes)?;
        let mut output = session.output(self.output.output.as_deref(), false)?;
        let step = session.progress(Extent::Unknown, "drawing");
        let notes = &mut session.notes;
        output.fill(|out| match to {
            To::Svg => flame::svg(&profile, &options, out, notes),
            To::Html => flame::html(&profile, &options, out, notes),
        })?;
        drop(step);
        session.commit(vec![output])
    }
}

impl Pflame {
    /// Returns what to write: what was asked for, else what the output name tells.
    fn target(&self) -> Result<To> {
        let path = self.output.output.as_deref().filter(|path| *path != Path::new("-"));
        let (Some(path), None) = (path, self.to) else { return Ok(self.to.unwrap_or(To::Svg)) };
        let name = path.to_string_lossy().to_lowercase();
        match name.strip_suffix(".gz").unwrap_or(&name).rsplit_once('.') {
            Some((_, "svg")) => Ok(To::Svg),
            Some((_, "html" | "htm")) => Ok(To::Html),
            _ => {
                let message =
                    "the name does not tell what to write; name it .svg or .html, or say --to svg or --to html";
                Err(Failure::Error(format!("{}: {message}", path.display())))
            }
        }
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
        options.palette = self.palette;
        options.width = self.width;
        options.min_width = self.min_width;
        options.no_thread_root = self.no_thread_root;
        options.all_frames = self.all_frames;
        options
    }
}

fn palette_parser() -> impl TypedValueParser<Value = Palette> {
    let names = Palette::ALL.iter().map(|palette| palette.name());
    PossibleValuesParser::new(names).map(|name| Palette::named(&name).unwrap_or_default())
}

fn main() -> ExitCode {
    profkit_cli::main::<Pflame>()
}
