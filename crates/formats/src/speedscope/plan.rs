//! Which thread and which value type each profile of a file is.
//!
//! Files that profkit wrote say so. In all others profiles of one unit are threads, and units are value
//! types:
//!
//! ```text
//! seconds "main", seconds "worker"                 one value type, two threads
//! milliseconds "ticks", bytes "allocated"          two value types, named so, no thread
//! seconds "main", seconds "worker", bytes "main"   two value types, two threads
//! ```

use super::file::{File, ProfileEntry};
use super::key::FileKey;
use crate::json::key::ThreadKey;
use profkit_core::{Dimension, Error, NoteKind, Notes, Place, Result, Unit, ValueType};
use std::collections::HashMap;

/// The columns, threads and tracks of a file, and what it says about itself.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) value_types: Vec<ValueType>,
    pub(super) threads: Vec<ThreadKey>,
    /// One for each profile of the file that has values.
    pub(super) tracks: Vec<Option<Track>>,
    pub(super) title: Option<String>,
    pub(super) producer: Option<String>,
    pub(super) default_value: Option<usize>,
    /// Whether the line of a frame is that on which its function starts.
    pub(super) start_lines: bool,
}

/// What the numbers of one profile are.
pub(super) struct Track {
    /// The value type.
    pub(super) column: usize,
    /// The thread.
    pub(super) thread: Option<usize>,
    /// The numbers times `10^power`, divided by `factor`, are counts of the unit of the value type.
    pub(super) power: i32,
    pub(super) factor: u64,
    /// The power of ten of a second that `at` counts, where it is a time.
    pub(super) seconds: Option<i32>,
    /// Whether events are calls.
    pub(super) has_calls: bool,
    /// The times that `at` does not tell.
    pub(super) times: Option<Vec<Option<i64>>>,
}

impl Plan {
    pub(super) fn of(file: &mut File<'_>, notes: &mut Notes) -> Result<Plan> {
        let units: Vec<&'static str> =
            file.profiles.iter().map(|profile| known_unit(profile.unit.as_deref(), notes)).collect();
        let marked = file.profiles.iter().filter(|profile| profile.profkit.is_some()).count();
        match file.profkit.take() {
            Some(key) if marked == units.len() => own(key, file, &units),
            key => {
                if key.is_some() || marked > 0 {
                    let what = "some profiles lack the key that profkit adds: units tell threads and value types";
                    notes.remark(NoteKind::Odd, what);
                }
                Ok(foreign(file, &units, notes))
            }
        }
    }
}

/// Returns the unit of a profile, as speedscope takes it.
fn known_unit(unit: Option<&str>, notes: &mut Notes) -> &'static str {
    const UNITS: [&str; 6] = ["nanoseconds", "microseconds", "milliseconds", "seconds", "bytes", "none"];
    UNITS.into_iter().find(|&known| unit == Some(known)).unwrap_or_else(|| {
        let what = if unit.is_none() { "profiles without a unit" } else { "profiles of unknown unit" };
        notes.add(NoteKind::Odd, what, 1, "profiles are taken as unit none|profile is taken as unit none", || {
            unit.map(str::to_owned)
        });
        "none"
    })
}

/// Returns the value type of a unit; what it measures is the unit's guess unless there is a better name.
fn value_type(unit: &str, kind: Option<&str>) -> ValueType {
    let named = Unit::named(unit);
    let (guess, unit) = match named.dimension {
        Dimension::Time => ("time", unit),
        Dimension::Bytes => ("space", unit),
        _ => ("samples", "count"),
    };
    ValueType::new(kind.unwrap_or(guess), unit)
}

/// Returns the power of ten of a second or a byte that the numbers of a profile count.
fn exponent(unit: &str) -> i32 {
    i32::from(Unit::named(unit).exponent)
}

fn is_time(unit: &str) -> bool {
    Unit::named(unit).dimension == Dimension::Time
}

/// The most values that a file may have: each sample has room for all, whichever it has.
const MOST_VALUES: usize = 256;

/// Returns the plan of a file that profkit wrote.
fn own(key: FileKey, file: &mut File<'_>, units: &[&str]) -> Result<Plan> {
    if key.values.len() > MOST_VALUES {
        let message = format!("{} values, more than {MOST_VALUES}", key.values.len());
        return Err(Error::limit(message).at(Place::Path("profkit.values".to_owned())));
    }
    let mut value_types = Vec::with_capacity(key.values.len());
    for (index, value) in key.values.iter().enumerate() {
        let at = || Place::Path(format!("profkit.values[{index}]"));
        value_types.push(value.value_type().map_err(|message| Error::malformed(message).at(at()))?);
    }
    let mut tracks = Vec::with_capacity(units.len());
    for (index, (profile, unit)) in file.profiles.iter_mut().zip(units).enumerate() {
        let key_of = profile.profkit.take().unwrap_or_default();
        let checked = |row: Option<usize>, name, count: usize| match row {
            Some(row) if row >= count => {
                let message = format!("expected a row before {count}, found {row}");
                Err(Error::malformed(message).at(Place::Path(format!("profiles[{index}].profkit.{name}"))))
            }
            _ => Ok(row),
        };
        let thread = checked(key_of.thread, "thread", key.threads.len())?;
        let column = checked(key_of.value, "value", value_types.len())?;
        let Some((column, value_type)) = column.and_then(|column| Some((column, value_types.get(column)?))) else {
            tracks.push(None);
            continue;
        };
        tracks.push(Some(Track {
            column,
            thread,
            power: exponent(unit).saturating_sub(i32::from(value_type.unit.exponent)),
            factor: value_type.unit.factor,
            seconds: Some(exponent(unit)).filter(|_| key_of.timestamps && is_time(unit)),
            has_calls: key_of.calls,
            times: key_of.times,
        }));
    }
    Ok(Plan {
        value_types,
        threads: key.threads,
        tracks,
        title: file.name.take(),
        producer: key.producer,
        default_value: key.default,
        start_lines: key.start_lines,
    })
}

/// Returns the plan of a file that any other program wrote.
fn foreign(file: &mut File<'_>, units: &[&'static str], notes: &mut Notes) -> Plan {
    let mut columns: Vec<&str> = Vec::new();
    for unit in units {
        if !columns.contains(unit) {
            columns.push(unit);
        }
    }
    let names: Vec<Option<&str>> = file.profiles.iter().map(name).collect();
    let unnamed = names.iter().filter(|name| name.is_none()).count() as u64;
    if unnamed > 0 {
        notes.add(NoteKind::Odd, "profiles without a name", unnamed, "in all", || None);
    }
    let one_name = names.first().copied().flatten().filter(|_| names.iter().all(|name| Some(name) == names.first()));
    let title = file.name.clone().or_else(|| one_name.map(str::to_owned)).filter(|title| !title.is_empty());
    let mut plan = Plan { title, ..Plan::default() };
    let (mut kinds, mut threads) = (vec![None; columns.len()], vec![None; units.len()]);
    if units.len() > columns.len() {
        threads = numbered(units, &names);
    } else if let Some(name) = one_name {
        let thread = plan.title.as_deref() != Some(name);
        threads.fill(thread.then(|| ThreadKey::named(Some(name), None)));
    } else {
        kinds.clone_from(&names);
    }
    for (unit, thread) in units.iter().zip(threads) {
        let column = columns.iter().position(|column| column == unit).unwrap_or_default();
        let thread = thread.map(|thread| {
            plan.threads.push(thread);
            plan.threads.len() - 1
        });
        let seconds = Some(exponent(unit)).filter(|_| is_time(unit));
        plan.tracks.push(Some(Track { column, thread, power: 0, factor: 1, seconds, has_calls: true, times: None }));
    }
    plan.value_types = columns.iter().zip(kinds).map(|(unit, kind)| value_type(unit, kind)).collect();
    if plan.value_types.is_empty() {
        plan.value_types.push(ValueType::unnamed());
    }
    plan.default_value = active(file, notes).filter(|_| columns.len() > 1).and_then(|active| {
        let unit = units.get(active)?;
        columns.iter().position(|column| column == unit)
    });
    plan.producer = file.exporter.take();
    plan
}

/// Returns a thread for each profile. Those that no name tells apart have the number of the profile as id.
fn numbered(units: &[&str], names: &[Option<&str>]) -> Vec<Option<ThreadKey>> {
    let mut uses: HashMap<(&str, Option<&str>), u32> = HashMap::new();
    for (&unit, &name) in units.iter().zip(names) {
        *uses.entry((unit, name)).or_default() += 1;
    }
    let threads = units.iter().zip(names).enumerate().map(|(index, (&unit, &name))| {
        let is_clear = name.is_some() && uses.get(&(unit, name)) == Some(&1);
        Some(ThreadKey::named(name, (!is_clear).then(|| index.to_string())))
    });
    threads.collect()
}

fn name<'f>(profile: &'f ProfileEntry<'_>) -> Option<&'f str> {
    profile.name.as_deref().filter(|name| !name.is_empty())
}

/// Returns which profile is shown first.
fn active(file: &File<'_>, notes: &mut Notes) -> Option<usize> {
    let Some(wanted) = file.active_profile_index else { return Some(0) };
    let found = (0..file.profiles.len()).find(|&index| index as f64 == wanted);
    if found.is_none() {
        let what = format!("activeProfileIndex is {wanted}, but there are {} profiles", file.profiles.len());
        notes.remark(NoteKind::Odd, what);
    }
    found
}
