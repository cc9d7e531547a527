//! What is going on, drawn on stderr while it takes long.

use clap::ValueEnum;
use console::Term;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use profkit_core::readable::printable;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// When progress is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ProgressWhen {
    /// After half a second, if stderr is a terminal
    #[default]
    Auto,
    /// From the start, wherever stderr goes
    Always,
    /// Never
    Never,
}

/// How long a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Extent {
    /// Nobody knows.
    Unknown,
    /// So many bytes.
    Bytes(u64),
    /// So many files.
    Files(u64),
}

/// One step of a run that may take long. It is on the screen until it is dropped.
///
/// Shared by reference, it takes the steps of any number of threads.
#[derive(Debug)]
pub struct Progress(ProgressBar);

/// Where the progress of a run is drawn, which is nowhere at first.
#[derive(Debug)]
pub(crate) struct Screen {
    bars: MultiProgress,
    /// What ends the wait for the first drawing when it is dropped; none where nothing is ever drawn.
    waiting: Option<Sender<()>>,
}

/// What takes less is not worth a word.
const PATIENCE: Duration = Duration::from_millis(500);
/// The time from one picture of the spinner to the next.
const TICK: Duration = Duration::from_millis(100);

impl Screen {
    pub(crate) fn new(when: ProgressWhen) -> Screen {
        let bars = MultiProgress::with_draw_target(ProgressDrawTarget::hidden());
        let is_shown = match when {
            ProgressWhen::Auto => !ProgressDrawTarget::stderr().is_hidden(),
            ProgressWhen::Always => true,
            ProgressWhen::Never => false,
        };
        if when == ProgressWhen::Always {
            bars.set_draw_target(ProgressDrawTarget::term_like(Box::new(Term::buffered_stderr())));
        }
        let waiting = is_shown.then(|| {
            let (waiting, end) = channel();
            let bars = bars.clone();
            std::thread::spawn(move || {
                let waited = end.recv_timeout(PATIENCE);
                if when == ProgressWhen::Auto && waited == Err(RecvTimeoutError::Timeout) {
                    bars.set_draw_target(ProgressDrawTarget::stderr());
                }
            });
            waiting
        });
        Screen { bars, waiting }
    }

    pub(crate) fn progress(&self, extent: Extent, what: &str) -> Progress {
        if self.waiting.is_none() {
            return Progress::hidden();
        }
        let bar = ProgressBar::hidden().with_style(style(extent)).with_message(printable(what));
        match extent {
            Extent::Unknown => bar.unset_length(),
            Extent::Bytes(length) | Extent::Files(length) => bar.set_length(length),
        }
        let bar = self.bars.add(bar);
        bar.tick();
        bar.enable_steady_tick(TICK);
        Progress(bar)
    }
}

fn style(extent: Extent) -> ProgressStyle {
    let style = ProgressStyle::with_template(template(extent));
    style.unwrap_or_else(|_| ProgressStyle::default_spinner()).progress_chars("=> ")
}

fn template(extent: Extent) -> &'static str {
    match extent {
        Extent::Unknown => "{spinner} {wide_msg}",
        Extent::Bytes(_) => "{spinner} [{bar:20}] {decimal_bytes} of {decimal_total_bytes} {wide_msg}",
        Extent::Files(_) => "{spinner} [{bar:20}] {pos} of {len} files {wide_msg}",
    }
}

impl Progress {
    /// Returns a step that is never shown.
    pub fn hidden() -> Progress {
        Progress(ProgressBar::hidden())
    }

    /// Counts so many bytes or files as done.
    pub fn advance(&self, by: u64) {
        self.0.inc(by);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_one() {
        for extent in [Extent::Unknown, Extent::Bytes(3), Extent::Files(3)] {
            assert!(ProgressStyle::with_template(template(extent)).is_ok(), "{extent:?}");
        }
    }
}
