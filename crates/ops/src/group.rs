//! Files, modules and lines in the place of functions.

use crate::map::{Rows, same_tables};
use profkit_core::{Facet, Facets, Frame, Function, FunctionId, Id, Profile, Result, StringId};
use std::borrow::Cow;
use std::num::NonZeroU32;

/// What stands in the place of functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum By {
    /// Functions that differ in name, file, start line or module; not merely in their system name.
    Function,
    /// Source files, as the profiler wrote them.
    File,
    /// Modules, packages and libraries; the loaded binary where the source knows no other.
    Module,
    /// Lines of source files.
    Line,
}

/// What stands for everything that has no file.
const NO_FILE: &str = "[no file]";
/// What stands for everything that has no module.
const NO_MODULE: &str = "[no module]";

/// Returns the profile with groups in the place of its functions, each of which has a name and nothing else.
///
/// Groups are files (`a.py`), modules (`libc.so.6`) or lines (`a.py:12`, and `a.py:?` where only the file
/// is known); what has no file or module is `[no file]` or `[no module]`. By function, only those become one
/// that nobody can tell apart, and the rest of what is known of a function stays.
///
/// Frames without a function are named after their address first. Nothing of a frame stays but what
/// group it is in, so that stacks which say the same are one. A sample counts once for each group,
/// however many of its frames are in it; call graphs are mapped as by [`map_functions`](crate::map_functions). A line of a call
/// graph has what it costs itself and what is called from it, less calls back into functions that are active
/// already; a function is called at its first line.
///
/// ```
/// use profkit_core::{Frame, Function, Profile, Sample, ValueType};
/// use profkit_core::derive::function_totals;
/// use profkit_ops::{By, group};
///
/// let mut profile = Profile::new(vec![ValueType::new("cpu", "nanoseconds")]);
/// let path = [("main", "a.py"), ("f", "b.py"), ("g", "b.py"), ("len", "")].map(|(name, file)| {
///     let (name, file) = (profile.string(name), profile.text(file));
///     let function = profile.function(Function { file, ..Function::named(name) });
///     profile.frame(Frame { function: Some(function), ..Frame::default() })
/// });
/// let stack = profile.stack(&path)?;
/// profile.samples.push(Sample::new(Some(stack), &[7]));
///
/// let files = group(&profile, By::File)?;
/// let totals = function_totals(&files)?;
/// let rows: Vec<_> =
///     files.functions.iter().map(|(id, it)| (&files.strings[it.name], totals[id].total[0])).collect();
/// assert_eq!(rows, [("a.py", 7), ("b.py", 7), ("[no file]", 7)]);
/// # Ok::<(), profkit_core::Error>(())
/// ```
///
/// # Errors
///
/// A sum that does not fit into 64 bits is an error of kind `Overflow`.
pub fn group(profile: &Profile, by: By) -> Result<Profile> {
    let profile = &*named(profile)?;
    let mut to = same_tables(profile);
    let places = Places::of(profile);
    let functions = profile.functions.iter().map(|(id, function)| {
        let function = match by {
            By::Function => Function { system_name: None, full_path: None, ..function },
            By::File => named_or(&mut to, function.file, NO_FILE),
            By::Module => named_or(&mut to, places.module(id), NO_MODULE),
            By::Line => line(&mut to, function.file, function.start_line.or(places.first_lines[id.index()])),
        };
        to.function(function)
    });
    let functions: Vec<FunctionId> = functions.collect();
    let frames = profile.frames.iter().map(|(_, frame)| {
        let function = frame.function.map(|id| match by {
            By::Function | By::File | By::Module => functions[id.index()],
            By::Line => {
                let function = profile.functions[id];
                let place = line(&mut to, frame.file.or(function.file), frame.line.or(function.start_line));
                to.function(place)
            }
        });
        to.frame(Frame { function, ..Frame::default() })
    });
    let frames = frames.collect();
    Rows { functions, frames }.moved(profile, to)
}

/// Returns the profile with a function for every frame.
fn named(profile: &Profile) -> Result<Cow<'_, Profile>> {
    if profile.frames.iter().all(|(_, frame)| frame.function.is_some()) {
        return Ok(Cow::Borrowed(profile));
    }
    Ok(Cow::Owned(profile.without(Facets::of(&[Facet::Unnamed]))?.0))
}

fn named_or(to: &mut Profile, name: Option<StringId>, else_name: &str) -> Function {
    Function::named(name.unwrap_or_else(|| to.string(else_name)))
}

fn line(to: &mut Profile, file: Option<StringId>, line: Option<NonZeroU32>) -> Function {
    let Some(file) = file else { return Function::named(to.string(NO_FILE)) };
    let file = &to.strings[file];
    let name = line.map_or_else(|| format!("{file}:?"), |line| format!("{file}:{line}"));
    Function::named(to.string(&name))
}

/// What the frames of a function tell about it, where it does not say so itself.
struct Places {
    modules: Vec<Option<StringId>>,
    first_lines: Vec<Option<NonZeroU32>>,
}

impl Places {
    fn of(profile: &Profile) -> Places {
        let mut modules: Vec<_> = profile.functions.iter().map(|(_, function)| function.module).collect();
        let mut first_lines: Vec<Option<NonZeroU32>> = vec![None; modules.len()];
        for (_, frame) in profile.frames.iter() {
            let Some(function) = frame.function else { continue };
            let module = &mut modules[function.index()];
            *module = module.or(frame.mapping.and_then(|mapping| profile.mappings[mapping].file));
            if let Some(line) = frame.line.filter(|_| frame.file.is_none()) {
                let first = first_lines[function.index()].get_or_insert(line);
                *first = line.min(*first);
            }
        }
        Places { modules, first_lines }
    }

    fn module(&self, function: FunctionId) -> Option<StringId> {
        self.modules[function.index()]
    }
}

#[cfg(test)]
mod tests;
