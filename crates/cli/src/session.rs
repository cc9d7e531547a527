//! One run of a tool: what it has to confess, and how it ends.

use crate::args::{InputArgs, Shared};
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::progress::{Extent, Progress, ProgressWhen, Screen};
use crate::source::{ONE_STDIN, Source};
use anstream::stderr;
use clap::builder::styling::{AnsiColor, Style};
use profkit_core::readable::printable;
use profkit_core::{Notes, Profile};
use std::io::Write;
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

/// One run of a tool.
///
/// A result is first put into an [`Output`] and then committed: only then does it appear.
#[derive(Debug)]
pub struct Session {
    /// What the run has to confess so far; told on stderr at its end.
    pub notes: Notes,
    is_strict: bool,
    is_quiet: bool,
    threads: Option<NonZeroUsize>,
    screen: Screen,
    has_read_stdin: AtomicBool,
}

impl Session {
    /// Returns a run with the given options.
    pub fn new(shared: &Shared) -> Session {
        let when = if shared.quiet { ProgressWhen::Never } else { shared.progress };
        Session {
            notes: Notes::new(),
            is_strict: shared.strict,
            is_quiet: shared.quiet,
            threads: shared.threads,
            screen: Screen::new(when),
            has_read_stdin: AtomicBool::new(false),
        }
    }

    /// Returns in how many threads to work where there is something to split: as many as were asked for, else one per
    /// processor.
    pub fn threads(&self) -> usize {
        self.threads.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get)
    }

    /// Shows on stderr what is going on, until the step is dropped.
    ///
    /// ```
    /// use profkit_cli::{Extent, Session};
    ///
    /// fn all(session: &Session, files: &[&str]) {
    ///     let step = session.progress(Extent::Files(files.len() as u64), "merging");
    ///     for _file in files {
    ///         // ... from any thread
    ///         step.advance(1);
    ///     }
    /// }
    /// ```
    pub fn progress(&self, extent: Extent, what: &str) -> Progress {
        self.screen.progress(extent, what)
    }

    /// Opens an input as [`Source::open`] does, and shows how far it is.
    ///
    /// # Errors
    ///
    /// Fails as [`Source::open`] does, and where stdin was opened before.
    pub fn open(&self, path: Option<&Path>, args: &InputArgs) -> Result<Source> {
        let is_stdin = path.is_none_or(|path| path == Path::new("-"));
        if is_stdin && self.has_read_stdin.swap(true, Ordering::Relaxed) {
            return Err(Failure::Error(ONE_STDIN.to_owned()));
        }
        Source::open_watched(path, args, self.threads(), &|extent, what| self.progress(extent, what))
    }

    /// Parses an input as [`Source::read`] does, adds what is to be noted of it, and shows that this goes on.
    ///
    /// # Errors
    ///
    /// Fails as [`Source::read`] does.
    pub fn parse(&mut self, source: &mut Source) -> Result<Profile> {
        let _step = self.progress(Extent::Unknown, &format!("parsing {}", source.name()));
        source.read(self.threads(), &mut self.notes)
    }

    /// Returns the output for a path; none and `-` are stdout.
    ///
    /// # Errors
    ///
    /// Fails where the path cannot be written to, and for binary output to a terminal.
    pub fn output(&self, path: Option<&Path>, is_binary: bool) -> Result<Output> {
        Ok(Output::open(path, is_binary, self.is_strict)?.in_threads(self.threads()))
    }

    /// Lets outputs appear, once all of them are complete.
    ///
    /// # Errors
    ///
    /// Fails where a strict run has lost something, and where an output cannot be put in its place.
    pub fn commit(&self, outputs: Vec<Output>) -> Result<()> {
        if let Some(loss) = self.notes.first_loss().filter(|_| self.is_strict) {
            return Err(Failure::Refused(loss.to_string()));
        }
        outputs.into_iter().try_for_each(Output::commit)
    }

    /// Writes one result that is text and was made without a writer of a format.
    ///
    /// # Errors
    ///
    /// Fails as [`output`](Session::output) and [`commit`](Session::commit) do.
    pub fn print(&self, path: Option<&Path>, text: &str) -> Result<()> {
        self.print_bytes(path, text.as_bytes(), false)
    }

    /// Writes one result that was made without a writer of a format.
    ///
    /// # Errors
    ///
    /// Fails as [`output`](Session::output) and [`commit`](Session::commit) do.
    pub fn print_bytes(&self, path: Option<&Path>, bytes: &[u8], is_binary: bool) -> Result<()> {
        let mut output = self.output(path, is_binary)?;
        output.fill(|out| Ok(out.write_all(bytes)?))?;
        self.commit(vec![output])
    }

    /// Tells the notes and how the run ended, and returns its exit code.
    pub(crate) fn end(self, result: Result<()>) -> ExitCode {
        let is_silent = self.is_quiet || matches!(result, Err(Failure::ClosedPipe));
        for note in self.notes.iter().filter(|_| !is_silent) {
            tell("note", AnsiColor::Cyan, &note.to_string());
        }
        match &result {
            Err(Failure::Error(message)) => tell("error", AnsiColor::Red, message),
            Err(Failure::Refused(loss)) => {
                tell("error", AnsiColor::Red, &format!("--strict: nothing was written, because {loss}"));
            }
            Err(Failure::No(reasons)) => {
                reasons.iter().for_each(|reason| tell("failed", AnsiColor::Red, reason));
            }
            Ok(()) | Err(Failure::ClosedPipe) => {}
        }
        ExitCode::from(result.map_or_else(|failure| failure.exit_code(), |()| 0))
    }
}

/// Writes one message to stderr. Nobody is left to be told if that fails.
fn tell(what: &str, color: AnsiColor, message: &str) {
    let style = Style::new().fg_color(Some(color.into())).bold();
    let _ = writeln!(stderr(), "{style}{what}:{style:#} {}", printable(message));
}
