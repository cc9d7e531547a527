//! Rows of the model as our own keys in the JSON formats of others spell them.

use profkit_core::{Dimension, Profile, Role, Thread, ThreadId, Unit, ValueType};
use serde::{Deserialize, Serialize};

/// The largest power of ten of a unit; real ones are far below.
const MOST_EXPONENT: i8 = 60;

/// What the unit of a profile does not tell of a value type.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(expecting = "a value type")]
pub(crate) struct ValueKey {
    kind: String,
    unit: String,
    dimension: String,
    factor: u64,
    exponent: i8,
    role: String,
}

/// A thread.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(expecting = "a thread")]
pub(crate) struct ThreadKey {
    #[serde(default, skip_serializing_if = "is_zero")]
    source: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    process: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl ValueKey {
    pub(crate) fn of(value_type: &ValueType) -> ValueKey {
        let Unit { name, dimension, factor, exponent } = value_type.unit.clone();
        ValueKey {
            kind: value_type.kind.clone(),
            unit: name,
            dimension: dimension.name().to_owned(),
            factor,
            exponent,
            role: value_type.role.name().to_owned(),
        }
    }

    /// Returns the value type, or what is wrong with it.
    pub(crate) fn value_type(&self) -> Result<ValueType, String> {
        let ValueKey { kind, unit, dimension, factor, exponent, role } = self;
        let unknown = |what: &str, found: &str| format!("expected a {what}, found {found:?}");
        let dimension = Dimension::from_name(dimension).ok_or_else(|| unknown("dimension", dimension))?;
        let role = Role::from_name(role).ok_or_else(|| unknown("role", role))?;
        if *factor == 0 || !(-MOST_EXPONENT..=MOST_EXPONENT).contains(exponent) {
            return Err(format!("expected a unit of some size, found {factor} x 10^{exponent}"));
        }
        let unit = Unit { name: unit.clone(), dimension, factor: *factor, exponent: *exponent };
        Ok(ValueType { kind: kind.clone(), unit, role })
    }
}

impl ThreadKey {
    pub(crate) fn of(profile: &Profile, thread: ThreadId) -> ThreadKey {
        let Thread { source, process, id, name } = profile.threads[thread];
        let [process, id, name] = [process, id, name].map(|id| id.map(|id| profile.strings[id].to_owned()));
        ThreadKey { source, process, id, name }
    }

    pub(crate) fn named(name: Option<&str>, id: Option<String>) -> ThreadKey {
        ThreadKey { source: 0, process: None, id, name: name.map(str::to_owned) }
    }

    /// Returns the thread in a profile.
    pub(crate) fn thread(&self, profile: &mut Profile) -> ThreadId {
        let mut text = |text: &Option<String>| text.as_deref().map(|text| profile.string(text));
        let (process, id, name) = (text(&self.process), text(&self.id), text(&self.name));
        profile.thread(Thread { source: self.source, process, id, name })
    }
}
