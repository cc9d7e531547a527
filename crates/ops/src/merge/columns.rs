//! The value types of several profiles as one list.

use profkit_core::{Dimension, Error, NoteKind, Notes, Result, Unit, ValueType};
use std::cmp::Ordering;

/// For each value type of a merged profile, how many of its inputs have it.
#[derive(Clone, Debug, Default)]
pub(super) struct Shares {
    /// The inputs that have a value at all.
    pub(super) inputs: u64,
    /// The name of the first of them.
    pub(super) first: String,
    columns: Vec<Share>,
}

#[derive(Clone, Debug, Default)]
struct Share {
    having: u64,
    /// The first input that has no such value.
    lacking: Option<String>,
}

/// Where the columns of a profile go in the merged one, and what they are multiplied with.
pub(super) struct Plan {
    /// For each column of the profile, its column in the merged one.
    pub(super) places: Vec<usize>,
    /// What the values of the profile are multiplied with.
    pub(super) factors: Vec<i64>,
    /// What the values that are merged already are multiplied with.
    pub(super) own_factors: Vec<i64>,
    /// The columns of the merged profile.
    pub(super) value_types: Vec<ValueType>,
}

impl Plan {
    /// Matches the value types of a profile with those of the merged one: by kind and dimension, the first of
    /// several with the first and so on.
    pub(super) fn of(merged: &[ValueType], added: &[ValueType], notes: &mut Notes) -> Result<Plan> {
        let mut plan = Plan {
            places: Vec::with_capacity(added.len()),
            factors: Vec::with_capacity(added.len()),
            own_factors: vec![1; merged.len()],
            value_types: merged.to_vec(),
        };
        for value_type in added {
            let places = 0..merged.len();
            let mut free = places.filter(|place| !plan.places.contains(place));
            let Some(place) = free.find(|&place| is_same(&merged[place], value_type)) else {
                plan.places.push(plan.value_types.len());
                plan.factors.push(1);
                plan.value_types.push(value_type.clone());
                continue;
            };
            let own = &merged[place];
            let unit = common_unit(&own.unit, &value_type.unit);
            plan.own_factors[place] = factor(&own.unit, &unit)?;
            plan.factors.push(factor(&value_type.unit, &unit)?);
            plan.places.push(place);
            if own.role != value_type.role {
                let what = "values that were counted and values that were estimated are added up";
                let example = || format!("{} {} and {}", own.kind, own.role.name(), value_type.role.name());
                notes.add(NoteKind::Lost, what, 1, "values lost their role|value lost its role", example);
            }
            plan.value_types[place] = ValueType { kind: own.kind.clone(), unit, role: own.role.max(value_type.role) };
        }
        Ok(plan)
    }

    /// Puts the values of a sample or a cost into the columns of the merged profile.
    pub(super) fn spread(&self, values: &[i64], into: &mut Vec<i64>) -> Result<()> {
        into.clear();
        into.resize(self.value_types.len(), 0);
        for ((&place, &factor), &value) in self.places.iter().zip(&self.factors).zip(values) {
            into[place] = if factor == 1 { value } else { finer(value, factor)? };
        }
        Ok(())
    }

    /// Returns whether the columns of the profile are those of the merged one.
    pub(super) fn is_plain(&self) -> bool {
        self.places.len() == self.value_types.len()
            && self.places.iter().enumerate().all(|(column, &place)| column == place)
            && self.factors.iter().all(|&factor| factor == 1)
    }

    /// Returns whether what is merged already stays as it is.
    pub(super) fn keeps_merged(&self) -> bool {
        self.own_factors.len() == self.value_types.len() && self.own_factors.iter().all(|&factor| factor == 1)
    }
}

impl Shares {
    /// Returns the shares of one input.
    pub(super) fn one(name: &str, value_types: &[ValueType], has_values: bool) -> Shares {
        let share = Share { having: u64::from(has_values), lacking: None };
        let columns = vec![share; value_types.len()];
        Shares { inputs: u64::from(has_values), first: name.to_owned(), columns }
    }

    /// Adds the shares of other inputs, whose columns go to those of the plan.
    pub(super) fn add(&mut self, other: Shares, plan: &Plan) {
        let lacks = |shares: &Shares| (shares.inputs > 0).then(|| shares.first.clone());
        let before = lacks(self);
        self.columns.resize(plan.value_types.len(), Share { having: 0, lacking: before.clone() });
        for (place, share) in self.columns.iter_mut().enumerate() {
            let lacking = match plan.places.iter().position(|&it| it == place) {
                Some(column) => {
                    share.having += other.columns[column].having;
                    other.columns[column].lacking.clone()
                }
                None => lacks(&other),
            };
            share.lacking = share.lacking.take().or(lacking);
        }
        if self.inputs == 0 {
            self.first = other.first;
        }
        self.inputs += other.inputs;
    }

    /// Notes which values count 0 in inputs that do not have them.
    pub(super) fn note(&self, value_types: &[ValueType], notes: &mut Notes) {
        for (share, value_type) in self.columns.iter().zip(value_types) {
            let what = format!("not every input has {}/{}", value_type.kind, value_type.unit.name);
            let lacking = self.inputs.saturating_sub(share.having);
            if lacking > 0 {
                notes.add(NoteKind::Odd, what, lacking, "inputs count 0 there|input counts 0 there", || {
                    share.lacking.clone()
                });
            }
        }
    }
}

/// Returns whether two value types measure the same. What is neither time nor bytes nor a count is the same only if
/// the unit has the same name.
fn is_same(a: &ValueType, b: &ValueType) -> bool {
    let is_known = a.unit.dimension != Dimension::Other;
    a.kind == b.kind && a.unit.dimension == b.unit.dimension && (is_known || a.unit.name == b.unit.name)
}

/// Returns the finer of two units; if it does not divide the other one, a power of ten that divides both.
fn common_unit(a: &Unit, b: &Unit) -> Unit {
    let order = a.name.len().cmp(&b.name.len()).then_with(|| b.cmp(a));
    match (steps(a, b), steps(b, a)) {
        (Some(_), Some(_)) if order == Ordering::Less => b.clone(),
        (_, Some(_)) => a.clone(),
        (Some(_), _) => b.clone(),
        (None, None) => {
            let names = [(Dimension::Time, "seconds"), (Dimension::Bytes, "bytes"), (Dimension::Count, "count")];
            let name = names.iter().find(|(dimension, _)| *dimension == a.dimension).map_or(&*a.name, |(_, name)| name);
            let exponent = a.exponent.min(b.exponent);
            Unit { name: name.to_owned(), dimension: a.dimension, factor: 1, exponent }
        }
    }
}

/// Returns how many of `fine` make one of `coarse`, where that is a whole number.
fn steps(coarse: &Unit, fine: &Unit) -> Option<i128> {
    let power = i32::from(coarse.exponent) - i32::from(fine.exponent);
    let scale = 10i128.checked_pow(power.unsigned_abs())?;
    let (coarse, fine) = (i128::from(coarse.factor), i128::from(fine.factor));
    let (coarse, fine) =
        if power >= 0 { (coarse.checked_mul(scale)?, fine) } else { (coarse, fine.checked_mul(scale)?) };
    (fine != 0 && coarse % fine == 0).then(|| coarse / fine).filter(|&steps| steps > 0)
}

fn factor(from: &Unit, to: &Unit) -> Result<i64> {
    let factor = steps(from, to).and_then(|steps| i64::try_from(steps).ok());
    factor.ok_or_else(|| Error::overflow(&format!("a value in {} of {}", to.name, from.name)))
}

pub(super) fn finer(value: i64, factor: i64) -> Result<i64> {
    value.checked_mul(factor).ok_or_else(|| Error::overflow("a value in the finer unit"))
}
