//! What a text for people is written onto: how wide it is, and whether it shows colors.

use anstream::{AutoStream, ColorChoice};
use std::io::{IsTerminal, stdout};
use std::path::Path;

/// What a text for people is written onto.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// The number of columns; none where lines may be of any length.
    pub width: Option<usize>,
    /// Whether escape sequences are shown as colors.
    pub has_color: bool,
}

impl Page {
    /// Returns the page that an output is: a terminal for stdout, if it is one, else a page of any width.
    ///
    /// `COLUMNS` is heeded on stdout even where it is a pipe: whoever exports it wants that width.
    pub fn of(output: Option<&Path>) -> Page {
        if output.is_some_and(|path| path != Path::new("-")) {
            return Page { width: None, has_color: ColorChoice::global() == ColorChoice::Always };
        }
        let stdout = stdout();
        let asked = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|&width| width > 0);
        let terminal = || terminal_size::terminal_size_of(&stdout).map(|(width, _)| usize::from(width.0));
        let width = asked.or_else(|| stdout.is_terminal().then(terminal).flatten());
        let has_color = !matches!(AutoStream::choice(&stdout), ColorChoice::Never);
        Page { width, has_color }
    }
}
