//! The runs of both sides over one list of functions.

use super::pairing::{Facts, pair};
use super::values::{CommonUnit, common_unit, pair_values};
use super::{Compared, DiffOptions};
use profkit_core::derive::told_apart;
use profkit_core::{Error, Frame, Function, FunctionId, Id, NoteKind, Notes, Profile, Result};
use std::borrow::Cow;

/// The runs of both sides, their functions told apart as the rows of a table tell them.
pub(super) struct Runs<'p> {
    /// All runs, those before first.
    pub(super) all: Vec<Run<'p>>,
    /// How many of them are before.
    pub(super) count_before: usize,
    /// Every function of any run, once: as the last run that has it names it.
    pub(super) functions: Vec<Facts>,
    /// For each of them, which run that was and what it is there.
    pub(super) names: Vec<(usize, Function)>,
    /// The names of functions before, where they have another one after.
    pub(super) former_names: Vec<Option<String>>,
    /// The unit that everything is counted in.
    pub(super) unit: profkit_core::Unit,
}

/// One run.
pub(super) struct Run<'p> {
    pub(super) profile: Cow<'p, Profile>,
    /// The index of the value that is compared.
    pub(super) value: usize,
    /// What brings that value into the common unit.
    pub(super) factor: i64,
    /// For each function of the profile, its place in the list of all.
    pub(super) places: Vec<usize>,
}

impl<'p> Runs<'p> {
    /// Brings runs together.
    ///
    /// # Errors
    ///
    /// Fails where the sides have no value in common, where a run lacks the value that the first one of its side
    /// has, and where there is no run.
    pub(super) fn new(
        before: &[&'p Profile],
        after: &[&'p Profile],
        options: &DiffOptions,
        notes: &mut Notes,
    ) -> Result<Runs<'p>> {
        let (&[first, ..], &[last, ..]) = (before, after) else {
            return Err(Error::usage("there is nothing to compare: each side needs a profile"));
        };
        let Compared { values, .. } = options.compared(first, last)?;
        let CommonUnit { unit, factors } =
            common_unit(&first.value_types[values[0]].unit, &last.value_types[values[1]].unit)?;
        let mut runs = Runs {
            all: Vec::new(),
            count_before: before.len(),
            functions: Vec::new(),
            names: Vec::new(),
            former_names: Vec::new(),
            unit,
        };
        for (side, profiles, model) in [(0, before, first), (1, after, last)] {
            for profile in profiles {
                let value = same_value(model, values[side], profile)?;
                runs.add(profile, value, factors[side], (side == 0).then_some(options), notes)?;
            }
        }
        Ok(runs)
    }

    /// Adds a run; `renames` are those of its functions that are known to have another name after.
    fn add(
        &mut self,
        profile: &'p Profile,
        value: usize,
        factor: i64,
        renames: Option<&DiffOptions>,
        notes: &mut Notes,
    ) -> Result<()> {
        let settled = told_apart(profile)?;
        let joined = profile.functions.len().saturating_sub(settled.functions.len()) as u64;
        if joined > 0 {
            let what = "functions that differ in nothing but their system name or full path are one";
            notes.add(NoteKind::Odd, what, joined, "functions more|function more", || None);
        }
        let run = self.all.len();
        let facts: Vec<Facts> = settled.functions.iter().map(|(_, it)| facts(&settled, it, renames)).collect();
        let found = pair(&self.functions, &facts);
        let mut places = Vec::with_capacity(facts.len());
        for (found, (facts, (_, function))) in found.into_iter().zip(facts.into_iter().zip(settled.functions.iter())) {
            let place = found.unwrap_or(self.functions.len());
            if found.is_none() {
                self.functions.push(facts);
                self.names.push((run, function));
                self.former_names.push(None);
            } else {
                let former = std::mem::replace(&mut self.functions[place], facts);
                let was_before = renames.is_none() && self.names[place].0 < self.count_before;
                if was_before && former.name != self.functions[place].name {
                    self.former_names[place] = Some(former.name);
                }
                self.names[place] = (run, function);
            }
            places.push(place);
        }
        self.all.push(Run { profile: settled, value, factor, places });
        Ok(())
    }

    /// Returns the runs of a side.
    pub(super) fn side(&self, side: usize) -> &[Run<'p>] {
        let (before, after) = self.all.split_at(self.count_before);
        if side == 0 { before } else { after }
    }
}

impl Run<'_> {
    /// Returns a cost in the common unit.
    pub(super) fn in_unit(&self, cost: i64) -> Result<i64> {
        cost.checked_mul(self.factor).ok_or_else(|| Error::overflow("a value in the unit of the other side"))
    }

    /// Returns the place in the list of all functions of the one that a frame belongs to.
    pub(super) fn place(&self, frame: Frame) -> Option<usize> {
        frame.function.map(|function: FunctionId| self.places[function.index()])
    }
}

fn facts(profile: &Profile, function: Function, renames: Option<&DiffOptions>) -> Facts {
    let text = |id| profile.strings[id].to_owned();
    let name = text(function.name);
    let key = renames.map_or_else(|| name.clone(), |options| options.renamed(&name));
    Facts {
        key,
        file: function.file.map(text),
        line: function.start_line.map(Into::into),
        module: function.module.map(text),
        name,
    }
}

/// Returns the index in a run of the value that the first run of its side compares.
fn same_value(model: &Profile, value: usize, run: &Profile) -> Result<usize> {
    let wanted = &model.value_types[value];
    let is_it =
        |index: &usize| run.value_types.get(*index).is_some_and(|it| it.kind == wanted.kind && it.unit == wanted.unit);
    let found = Some(value).filter(is_it).or_else(|| (0..run.value_types.len()).find(is_it));
    found.ok_or_else(|| {
        let there =
            run.value_types.iter().map(|it| format!("{}/{}", it.kind, it.unit.name)).collect::<Vec<_>>().join(", ");
        let wanted = format!("{}/{}", wanted.kind, wanted.unit.name);
        Error::usage(format!("the runs of one side have to have the same value: expected {wanted}, found {there}"))
    })
}

impl DiffOptions {
    /// Returns which values of two profiles are compared, and in what unit.
    ///
    /// # Errors
    ///
    /// Two profiles that have no value in common are an error of kind `Usage` that lists what they have.
    pub fn compared(&self, before: &Profile, after: &Profile) -> Result<Compared> {
        let values = pair_values(before, after, self.values)?;
        let types = [before.value_types[values[0]].clone(), after.value_types[values[1]].clone()];
        let unit = common_unit(&types[0].unit, &types[1].unit)?.unit;
        Ok(Compared { values, types, unit })
    }

    /// Returns the name that a function from before is looked for by.
    fn renamed(&self, name: &str) -> String {
        self.renames.iter().fold(name.to_owned(), |name, rename| rename.apply(&name))
    }
}
