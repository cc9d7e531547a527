//! Functions under names that are easier to read.

use crate::id::FunctionId;
use crate::profile::Profile;
use crate::rows::Function;

impl Profile {
    /// Shows functions under the names that `shown` returns for theirs; the name so far stays as the system
    /// name.
    ///
    /// A function that has a system name besides is left as it is: the source has decided which name is
    /// which, and there is no third place. So is one that would become the same as another function. All
    /// ids stay.
    ///
    /// ```
    /// use profkit_core::{Function, Profile};
    ///
    /// let mut profile = Profile::default();
    /// let name = profile.string("_Z4mainv");
    /// let function = profile.function(Function::named(name));
    /// profile.show_functions(|name| (name == "_Z4mainv").then(|| "main()".to_owned()));
    /// let Function { name, system_name, .. } = profile.functions[function];
    /// assert_eq!((&profile.strings[name], profile.strings.text(system_name)), ("main()", "_Z4mainv"));
    /// ```
    pub fn show_functions(&mut self, mut shown: impl FnMut(&str) -> Option<String>) {
        let mut changed: Vec<(FunctionId, Function)> = Vec::new();
        let functions: Vec<_> = self.functions.iter().filter(|(_, it)| it.system_name.is_none()).collect();
        for (id, function) in functions {
            let Some(name) = shown(&self.strings[function.name]).filter(|name| !name.is_empty()) else { continue };
            let name = self.string(&name);
            let renamed = Function { name, system_name: Some(function.name), ..function };
            if name != function.name && !self.functions.has(renamed) {
                changed.push((id, renamed));
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
    use crate::{Frame, FrameId, Function, Profile, StackId};

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
        shown.show_functions(shout);
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
        let (mut shown, _) = profile(&[("_a", ""), ("_A", "_a"), ("_b", "other"), ("_C", ""), ("_c", "")]);
        shown.show_functions(shout);
        assert_eq!(names(&shown), [("_a", ""), ("_A", "_a"), ("_b", "other"), ("_C", ""), ("_C", "_c")]);
    }
}
