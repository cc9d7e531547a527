//! One run of the comparison: from both sides to what was asked for.

use super::gate::{Gate, Threshold};
use super::negative::negative_base;
use super::{DiffReport, Form, Sides, Unit, explained};
use crate::args::{FormatArgs, FormatName, FrameArgs, ThreadArgs, ValueArgs};
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::page::Page;
use crate::progress::Extent;
use crate::session::Session;
use crate::{convert, knobs};
use profkit_core::{Error, Format, Notes, Profile};
use profkit_ops::{DiffOptions, DiffSort, Rename, diff, diff_profile, explain};
use profkit_render::{dot, flame};
use std::path::Path;

/// The option of our own beside those of formats: how two values become one.
const BASE: &str = "base";
/// What makes formats that can hold two columns write them in the manner of other tools that compare.
const TWO_COLUMNS: (&str, &str) = ("values", "unnamed");

/// How a table looks.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// What a row is.
    pub unit: Unit,
    /// What rows are ordered by.
    pub sort: DiffSort,
    /// How many rows are shown; 0 shows all.
    pub limit: usize,
    /// The part of the larger total that a change has to be to be shown.
    pub least_part: f64,
}

/// Both sides and what is to be done with them.
#[derive(Debug)]
pub struct Comparison {
    sides: Sides,
    options: DiffOptions,
    knobs: Vec<(String, String)>,
    form: Form,
    has_negative_base: bool,
}

impl Comparison {
    /// Returns a comparison of both sides, with the options of formats as they were given.
    ///
    /// # Errors
    ///
    /// An option that no format involved has is an error.
    pub fn new(sides: Sides, given: &[(String, String)], form: Form) -> Result<Comparison> {
        let (own, knobs): (Vec<_>, Vec<_>) = given.iter().cloned().partition(|(name, _)| name == BASE);
        let mut involved = sides.formats();
        involved.extend(if let Form::Profile(FormatName(format)) = form { Some(format) } else { None });
        knobs::check(&knobs, &involved)?;
        let has_negative_base = match own.last().map(|(_, value)| value.as_str()) {
            None | Some("column") => false,
            Some("negative") => true,
            Some(value) => {
                let message = format!("-O {BASE}={value}: no such value; {BASE} can be column, negative");
                return Err(Failure::Error(message));
            }
        };
        if has_negative_base && !matches!(form, Form::Profile(_)) {
            let message = format!("-O {BASE}=negative is about a profile: name one with -o, or its format with -t");
            return Err(Failure::Error(message));
        }
        Ok(Comparison { sides, options: DiffOptions::default(), knobs, form, has_negative_base })
    }

    /// Sets what is compared with what.
    ///
    /// # Errors
    ///
    /// A value that neither side has is an error.
    pub fn options(&mut self, session: &Session, value: &ValueArgs, normalize: bool, renames: &[Rename]) -> Result<()> {
        self.options.threads = std::num::NonZeroUsize::new(session.threads());
        self.options.values = self.sides.values(value)?;
        self.options.normalize = normalize;
        self.options.renames = renames.to_vec();
        Ok(())
    }

    /// Keeps one thread, if one was asked for, drops the frames that the profiles themselves ask to drop, and puts other
    /// things in the place of functions.
    ///
    /// # Errors
    ///
    /// Fails where a side does not have the thread.
    pub fn narrow(
        &mut self,
        session: &mut Session,
        frames: &FrameArgs,
        thread: &ThreadArgs,
        look: &Look,
    ) -> Result<()> {
        // What is drawn has stacks as it is.
        let unit = if look.unit == Unit::Stack && self.form.is_drawn() { Unit::Function } else { look.unit };
        self.sides.narrow(frames, thread, self.options.values, unit, &mut session.notes)
    }

    /// Writes through whom the change of a function came.
    ///
    /// # Errors
    ///
    /// Fails where there is no such function, or several.
    pub fn explain(&self, session: &mut Session, function: &str, look: &Look, path: Option<&Path>) -> Result<()> {
        let [before, after] = self.profiles();
        let step = session.progress(Extent::Unknown, "comparing");
        // What a call graph cannot hold is not asked for, so that it is not lost.
        let explanation = explain(&before, &after, function, &self.options, &mut Notes::new());
        let explanation = explanation.map_err(|error| Failure::Error(format!("--explain: {}", error.message())))?;
        drop(step);
        let text = match self.form {
            Form::Json => explained::json(&explanation, look.limit, &session.notes),
            _ => explained::text(&explanation, look.limit, Page::of(path)),
        };
        session.print(path, &text)
    }

    /// Writes what was asked for, and fails if a threshold was exceeded.
    ///
    /// # Errors
    ///
    /// [`Failure::No`] where the threshold is exceeded; else where there is nothing to compare or an output fails.
    pub fn write(
        &self,
        session: &mut Session,
        look: &Look,
        threshold: Option<Threshold>,
        format: &FormatArgs,
        path: Option<&Path>,
    ) -> Result<()> {
        let is_picture = self.form.is_drawn();
        if is_picture && threshold.is_none() {
            return self.write_profile_or_picture(session, look, format, path);
        }
        let [before, after] = self.profiles();
        let step = session.progress(Extent::Unknown, "comparing");
        let mut diff = diff(&before, &after, &self.options, &mut session.notes).map_err(|error| failure(&error))?;
        drop(step);
        diff.sort(look.sort);
        let gate = threshold.map(|threshold| Gate::new(&diff, threshold));
        let written = if is_picture {
            self.write_profile_or_picture(session, look, format, path)
        } else {
            let [before, after] = &self.sides.files;
            let report = DiffReport { files: [before, after], diff: &diff, look };
            let text = match self.form {
                Form::Json => report.json(gate.as_ref(), &session.notes),
                Form::Csv => report.csv(),
                Form::Markdown => report.markdown(gate.as_ref()),
                _ => report.text(Page::of(path)),
            };
            session.print(path, &text)
        };
        match (gate.map_or(Vec::new(), |gate| gate.failures().to_vec()), written) {
            // That nobody reads on is no answer to whether the gate holds.
            (failures, Ok(()) | Err(Failure::ClosedPipe)) if !failures.is_empty() => Err(Failure::No(failures)),
            (_, written) => written,
        }
    }

    fn write_profile_or_picture(
        &self,
        session: &mut Session,
        look: &Look,
        format: &FormatArgs,
        path: Option<&Path>,
    ) -> Result<()> {
        let output = match self.form {
            Form::Profile(FormatName(target)) => self.write_profile(session, target, format, path)?,
            _ => self.draw(session, format, look, path)?,
        };
        session.commit(vec![output])
    }

    fn write_profile(
        &self,
        session: &mut Session,
        target: &'static Format,
        format: &FormatArgs,
        path: Option<&Path>,
    ) -> Result<Output> {
        let diff = self.diff_profile(session)?;
        let diff = if self.has_negative_base { negative_base(&diff).map_err(|error| failure(&error))? } else { diff };
        let two_columns = [(TWO_COLUMNS.0.to_owned(), TWO_COLUMNS.1.to_owned())];
        let knobs = self.knobs.iter().chain(two_columns.iter().filter(|_| !self.has_negative_base)).cloned();
        let options = format.write_options(knobs::of(&knobs.collect::<Vec<_>>(), target), None, None);
        convert::write(session, diff, target, &options, path)
    }

    fn draw(&self, session: &mut Session, format: &FormatArgs, look: &Look, path: Option<&Path>) -> Result<Output> {
        let diff = self.diff_profile(session)?;
        let names =
            |side: usize| self.sides.files[side].iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join(", ");
        let title = Some(format!("{} → {}", names(0), names(1)));
        let mut output = session.output(path, false)?;
        let _step = session.progress(Extent::Unknown, "drawing");
        let (form, notes) = (self.form, &mut session.notes);
        if matches!(form, Form::Dot) {
            let mut options = dot::Options::default();
            (options.title, options.is_diff) = (title, true);
            options.no_thread_root = format.no_thread_root;
            options.whole_names = look.unit != Unit::Function;
            output.fill(|out| Ok(out.write_all(dot::dot(&diff, &options, notes)?.as_bytes())?))?;
            return Ok(output);
        }
        let mut options = flame::Options::default();
        (options.title, options.is_diff) = (title, true);
        options.no_thread_root = format.no_thread_root;
        output.fill(|out| match form {
            Form::Html => flame::html(&diff, &options, out, notes),
            _ => flame::svg(&diff, &options, out, notes),
        })?;
        Ok(output)
    }

    fn diff_profile(&self, session: &mut Session) -> Result<Profile> {
        let _step = session.progress(Extent::Unknown, "comparing");
        let [before, after] = self.profiles();
        diff_profile(&before, &after, &self.options, &mut session.notes).map_err(|error| failure(&error))
    }

    fn profiles(&self) -> [Vec<&Profile>; 2] {
        let [before, after] = &self.sides.profiles;
        [before.iter().collect(), after.iter().collect()]
    }
}

fn failure(error: &Error) -> Failure {
    Failure::Error(error.message().to_owned())
}
