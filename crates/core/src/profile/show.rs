//! Functions under names that are easier to read.

use crate::id::FunctionId;
use crate::notes::{NoteKind, Notes};
use crate::profile::Profile;
use crate::rows::Function;

impl Profile {
    /// Shows functions under the names that `shown` returns for theirs; the name so far stays as the system
    /// name.
    ///
    /// A function that has another system name already keeps that one, and loses its name, which is noted: left
    /// as it is, it would be shown otherwise as soon as it has been through a format without system names. A
    /// function that would become the same as another one stays as it is. All ids stay.
    ///
    /// ```
    /// use profkit_core::{Function, Notes, Profile};
    ///
    /// let mut profile = Profile::default();
    /// let name = profile.string("_Z4mainv");
    /// let function = profile.function(Function::named(name));
    /// profile.show_functions(|name| (name == "_Z4mainv").then(|| "main()".to_owned()), &mut Notes::new());
    /// let Function { name, system_name, .. } = profile.functions[function];
    /// assert_eq!((&profile.strings[name], profile.strings.text(system_name)), ("main()", "_Z4mainv"));
    /// ```
    pub fn show_functions(&mut self, mut shown: impl FnMut(&str) -> Option<String>, notes: &mut Notes) {
        let mut changed: Vec<(FunctionId, Function)> = Vec::new();
        let functions: Vec<_> = self.functions.iter().collect();
        for (id, function) in functions {
            let Some(name) = shown(&self.strings[function.name]).filter(|name| !name.is_empty()) else { continue };
            let name = self.string(&name);
            let renamed = Function { name, system_name: function.system_name.or(Some(function.name)), ..function };
            if name == function.name || self.functions.has(renamed) {
                continue;
            }
            changed.push((id, renamed));
            if renamed.system_name != Some(function.name) {
                let what = "names that are easier to read take the place of those beside a system name";
                let example = || self.strings[function.name].to_owned();
                notes.add(NoteKind::Renamed, what, 1, "functions lost theirs|function lost its own", example);
            }
        }
        if !changed.is_empty() {
            self.functions.replace(changed.into_iter());
            self.rehash();
        }
    }

    /// Computes the hashes of functions, frames and stacks again, each from what it is made of.
    fn rehash(&mut self) {
        self.function_hashes = self.functions.iter().map(|(_, function)| self.function_hash(function)).collect();
        self.frame_hashes = self.frames.iter().map(|(_, frame)| self.frame_hash(frame)).collect();
        self.stacks.rehash(&self.frame_hashes);
    }
}

#[cfg(test)]
mod tests {
    use crate::{Frame, FrameId, Function, Notes, Profile, StackId};

    fn function(name: &str, system_name: &str, profile: &mut Profile) -> FrameId {
        let (name, system_name) = (profile.string(name), profile.text(system_name));
        let function = profile.function(Function { system_name, ..Function::named(name) });
        profile.frame(Frame { function: Some(function), ..Frame::default() })
    }

    /// Returns a profile with one stack in two rows.
    fn profile(functions: &[(&str, &str)]) -> (Profile, StackId) {
        let mut profile = Profile::default();
        let path: Vec<_> = functions.iter().map(|(name, system)| function(name, system, &mut profile)).collect();
        let (leaf, callers) = path.split_last().unwrap();
        let parent = profile.stack(callers).unwrap();
        let stack = profile.push(Some(parent), *leaf).unwrap();
        (profile, stack)
    }

    fn names(profile: &Profile) -> Vec<(&str, &str)> {
        let strings = &profile.strings;
        profile.functions.iter().map(|(_, it)| (&strings[it.name], strings.text(it.system_name))).collect()
    }

    fn shout(name: &str) -> Option<String> {
        name.starts_with('_').then(|| name.to_uppercase())
    }

    #[test]
    fn what_is_shown_is_found_again() {
        let (mut shown, _) = profile(&[("_a", ""), ("b", ""), ("_c", "")]);
        shown.show_functions(shout, &mut Notes::new());
        let (mut built, stack) = profile(&[("_A", "_a"), ("b", ""), ("_C", "_c")]);
        assert_eq!(names(&shown), names(&built));
        assert_eq!((&shown.function_hashes, &shown.frame_hashes), (&built.function_hashes, &built.frame_hashes));
        for profile in [&mut shown, &mut built] {
            let path = [("_A", "_a"), ("b", ""), ("_C", "_c")].map(|(name, system)| function(name, system, profile));
            assert_eq!(profile.stack(&path).unwrap(), stack);
            assert_eq!((profile.functions.len(), profile.stacks.len()), (3, 2));
        }
    }

    #[test]
    fn functions_stay_apart() {
        let (mut shown, _) = profile(&[("_a", ""), ("_A", "_a"), ("_C", ""), ("_c", "")]);
        shown.show_functions(shout, &mut Notes::new());
        assert_eq!(names(&shown), [("_a", ""), ("_A", "_a"), ("_C", ""), ("_C", "_c")]);
    }

    #[test]
    fn a_name_beside_another_system_name_is_lost_and_noted() {
        let (mut shown, _) = profile(&[("_b", "other"), ("_a", "_a"), ("_d", "")]);
        let mut notes = Notes::new();
        shown.show_functions(shout, &mut notes);
        assert_eq!(names(&shown), [("_B", "other"), ("_A", "_a"), ("_D", "_d")]);
        let what = "names that are easier to read take the place of those beside a system name";
        let note = format!("{what}: 1 function lost its own (first: _b)");
        assert_eq!(notes.iter().map(ToString::to_string).collect::<Vec<_>>(), [note]);
    }
}
