//! Drawing flame graphs: the options of a picture, and pictures as outputs.

use crate::failure::{Failure, Result};
use crate::progress::Extent;
use crate::session::Session;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use profkit_core::Profile;
use profkit_render::flame::{self, Options, Order, Palette};
use std::num::NonZeroUsize;
use std::path::Path;

/// What a flame graph is drawn as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Picture {
    /// A picture that a browser zooms and searches
    Svg,
    /// A page that explores the profile
    Html,
}

/// What a flame graph looks like.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Picture")]
pub struct PictureArgs {
    /// Put the roots at the top: an icicle graph
    #[arg(long)]
    pub inverted: bool,

    /// Merge stacks from their leaves, so that callers stand on what they call
    #[arg(long)]
    pub reverse: bool,

    /// Let time run from left to right, where the profile has timestamps
    #[arg(long, conflicts_with_all = ["reverse", "order"])]
    pub chart: bool,

    /// From left to right: functions by name, or the one that costs most first
    #[arg(long, value_enum, default_value_t = First::Name, value_name = "BY")]
    pub order: First,

    /// What stands above the picture [default: the name of the input]
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,

    /// Colours: a hue for each module, file or namespace, or shades of one
    #[arg(long, value_parser = palette_parser(), default_value = "module", value_name = "NAME")]
    pub palette: Palette,

    /// Width of an SVG picture in pixels [default: as wide as there is room, at first 1200]
    #[arg(long, value_name = "PIXELS", value_parser = clap::value_parser!(u32).range(200..=100_000))]
    pub width: Option<u32>,

    /// Leave out frames narrower than this share of the picture [default: a tenth of a pixel in SVG, 0 in HTML]
    #[arg(long, value_name = "PERCENT", value_parser = crate::args::parse_percent)]
    pub min_width: Option<f64>,

    /// Leave the thread out of the stacks; else threads are roots where there are several
    #[arg(long)]
    pub no_thread_root: bool,

    /// Not listed: frames that the profile's own filters would drop are drawn as it is.
    #[arg(long, hide = true)]
    pub all_frames: bool,
}

/// What stands on the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum First {
    /// The first by name
    Name,
    /// The one that costs most
    Weight,
}

impl Picture {
    /// Returns what the name of an output tells, less the ending of a compression.
    pub fn of(path: &Path) -> Option<Picture> {
        let name = path.to_string_lossy().to_lowercase();
        match name.strip_suffix(".gz").unwrap_or(&name).rsplit_once('.')?.1 {
            "svg" => Some(Picture::Svg),
            "html" | "htm" => Some(Picture::Html),
            _ => None,
        }
    }

    /// Returns what to write: what was asked for, else what the output name tells; SVG for stdout.
    ///
    /// # Errors
    ///
    /// A name that tells neither is an error that says what to name it.
    pub fn wanted(asked: Option<Picture>, path: Option<&Path>) -> Result<Picture> {
        let Some(path) = path.filter(|path| asked.is_none() && *path != Path::new("-")) else {
            return Ok(asked.unwrap_or(Picture::Svg));
        };
        Picture::of(path).ok_or_else(|| {
            let message = "the name does not tell what to write; name it .svg or .html, or say --to svg or --to html";
            Failure::Error(format!("{}: {message}", path.display()))
        })
    }
}

impl PictureArgs {
    /// Returns the options of a picture, which has the given title unless another one was asked for.
    pub fn options(&self, title: Option<String>) -> Options {
        let mut options = Options::default();
        options.title = self.title.clone().or(title);
        options.is_inverted = self.inverted;
        options.is_reversed = self.reverse;
        options.order = match self.order {
            _ if self.chart => Order::Time,
            First::Name => Order::Name,
            First::Weight => Order::Weight,
        };
        options.palette = self.palette;
        options.width = self.width;
        options.min_width = self.min_width;
        options.no_thread_root = self.no_thread_root;
        options.all_frames = self.all_frames;
        options
    }
}

/// Writes the flame graph of a profile.
///
/// # Errors
///
/// Fails where the profile cannot be drawn, where a strict run would lose something, and where the output fails.
pub fn draw(
    session: &mut Session,
    profile: &Profile,
    options: &Options,
    picture: Picture,
    path: Option<&Path>,
) -> Result<()> {
    let mut output = session.output(path, false)?;
    let step = session.progress(Extent::Unknown, "drawing");
    let mut options = options.clone();
    options.threads = NonZeroUsize::new(session.threads());
    let notes = &mut session.notes;
    output.fill(|out| match picture {
        Picture::Svg => flame::svg(profile, &options, out, notes),
        Picture::Html => flame::html(profile, &options, out, notes),
    })?;
    drop(step);
    session.commit(vec![output])
}

fn palette_parser() -> impl TypedValueParser<Value = Palette> {
    let names = Palette::ALL.iter().map(|palette| palette.name());
    PossibleValuesParser::new(names).map(|name| Palette::named(&name).unwrap_or_default())
}
