//! Flame graphs: what called what as a width on top of a width.
//!
//! ```
//! use profkit_core::{Frame, Function, Notes, Profile, Sample, ValueType};
//! use profkit_render::flame::{self, Options};
//!
//! let mut profile = Profile::new(vec![ValueType::new("cpu", "nanoseconds")]);
//! let path = ["main", "parse <T>"].map(|name| {
//!     let name = profile.string(name);
//!     let function = profile.function(Function::named(name));
//!     profile.frame(Frame { function: Some(function), ..Frame::default() })
//! });
//! let stack = profile.stack(&path)?;
//! profile.samples.push(Sample::new(Some(stack), &[2_500_000]));
//!
//! let mut svg = Vec::new();
//! flame::svg(&profile, &Options::default(), &mut svg, &mut Notes::new())?;
//! assert!(String::from_utf8_lossy(&svg).contains("<title>parse &lt;T&gt; (2.50 ms, 100.0%"));
//!
//! let mut page = Vec::new();
//! flame::html(&profile, &Options::default(), &mut page, &mut Notes::new())?;
//! assert!(page.starts_with(b"<!doctype html>"));
//! # Ok::<(), profkit_core::Error>(())
//! ```

mod html;
mod labels;
mod palette;
mod payload;
mod rows;
mod scene;
mod svg;
mod timeline;

pub use html::html;
pub use svg::svg;

use std::num::NonZeroUsize;

/// How a flame graph is drawn.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// The index of the value that widths show; the profile's default if none.
    pub value: Option<usize>,
    /// What stands above the picture.
    pub title: Option<String>,
    /// Whether the roots are at the top and the picture grows down.
    pub is_inverted: bool,
    /// Whether stacks are merged from their leaves, so that callers stand on what they call.
    pub is_reversed: bool,
    /// What runs from left to right.
    pub order: Order,
    /// Whether the first two values are those before and after a change.
    pub is_diff: bool,
    /// Whether threads are left out of the stacks; else they are the roots where there are several.
    pub no_thread_root: bool,
    /// Whether frames that the profile's own filters would drop are shown.
    pub all_frames: bool,
    /// The colours.
    pub palette: Palette,
    /// The width of an SVG picture in pixels; as wide as there is room if none.
    pub width: Option<u32>,
    /// The share of the width in percent below which a frame is not drawn. If none, that of a tenth of a
    /// pixel for an SVG picture, and 0 for a page.
    pub min_width: Option<f64>,
    /// In how many threads to work where there is something to split; one if none. The picture is the same.
    pub threads: Option<NonZeroUsize>,
}

/// What runs from left to right in a flame graph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Order {
    /// The functions that a function calls, by name.
    #[default]
    Name,
    /// The functions that a function calls, the one that costs most first.
    Weight,
    /// Time.
    Time,
}

/// Which colour a frame has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Palette {
    /// One hue for each module, file or namespace.
    #[default]
    Module,
    /// Red to yellow, by name.
    Warm,
    /// Blue to green, by name.
    Cool,
    /// Green, by name.
    Green,
    /// Purple, by name.
    Purple,
    /// Grey, by name.
    Gray,
}

impl Palette {
    /// Every palette.
    pub const ALL: &'static [Palette] =
        &[Palette::Module, Palette::Warm, Palette::Cool, Palette::Green, Palette::Purple, Palette::Gray];

    /// Returns the name in options.
    pub fn name(self) -> &'static str {
        match self {
            Palette::Module => "module",
            Palette::Warm => "warm",
            Palette::Cool => "cool",
            Palette::Green => "green",
            Palette::Purple => "purple",
            Palette::Gray => "gray",
        }
    }

    /// Returns the palette with the given name.
    pub fn named(name: &str) -> Option<Palette> {
        Palette::ALL.iter().copied().find(|palette| palette.name() == name)
    }
}

impl Default for Options {
    fn default() -> Options {
        Options {
            value: None,
            title: None,
            is_inverted: false,
            is_reversed: false,
            order: Order::Name,
            is_diff: false,
            no_thread_root: false,
            all_frames: false,
            palette: Palette::Module,
            width: None,
            min_width: None,
            threads: None,
        }
    }
}
