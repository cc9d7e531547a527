//! Bringing a profile into what a format can hold, and saying what that costs.

use crate::amounts::{Rounding, rescale};
use crate::census::Census;
use crate::derive;
use crate::error::{Error, ErrorKind, Result};
use crate::facet::{Facet, Facets};
use crate::format::{Format, Holds, OnlyTime, Shape, WriteOptions};
use crate::frame_filters;
use crate::notes::{NoteKind, Notes};
use crate::profile::Profile;
use crate::value::{Dimension, Unit, ValueType};
use std::borrow::Cow;
use std::io::Write;

impl Format {
    /// Writes a profile, brought into what the format can hold by [`prepare`]: for one that is not needed afterwards,
    /// often without a copy.
    ///
    /// # Errors
    ///
    /// Fails where the format cannot express the profile at all, or where `out` fails.
    pub fn write<'p>(
        &'static self,
        profile: impl Into<Cow<'p, Profile>>,
        out: &mut dyn Write,
        options: &WriteOptions,
        notes: &mut Notes,
    ) -> Result<()> {
        let Some(write) = self.writer() else {
            return Err(Error::unsupported(format!("{} can be read but not written", self.name())));
        };
        let prepared = prepare(profile, self, options, notes)?;
        write(&prepared, out, options, notes).map_err(|error| match error.kind() {
            ErrorKind::Io(_) => error,
            _ => error.in_format(self.name()),
        })
    }
}

impl<'p> From<&'p Profile> for Cow<'p, Profile> {
    fn from(profile: &'p Profile) -> Cow<'p, Profile> {
        Cow::Borrowed(profile)
    }
}

impl From<Profile> for Cow<'_, Profile> {
    fn from(profile: Profile) -> Self {
        Cow::Owned(profile)
    }
}

/// Returns the profile as a format can hold it: one value where it holds one, in the shape that it
/// needs, less the facets that it cannot keep. Notes everything that is lost, estimated or made up.
///
/// # Errors
///
/// Fails where a value index is out of range, where sums do not fit into 64 bits, and where estimated
/// stacks would exceed a limit.
pub fn prepare<'p>(
    profile: impl Into<Cow<'p, Profile>>,
    format: &Format,
    options: &WriteOptions,
    notes: &mut Notes,
) -> Result<Cow<'p, Profile>> {
    let mut profile = profile.into();
    if let Some(value) = options.value {
        if value >= profile.value_types.len() {
            let there = profile.value_types.len();
            return Err(Error::usage(format!("there is no value {value}: the profile has {there}")));
        }
        if profile.meta.default_value != Some(value) {
            profile.to_mut().meta.default_value = Some(value);
        }
    }
    let mut census = profile.census();
    let holds = format.can_hold(options, &census);
    if !holds.facets.has(Facet::FrameFilters)
        && !options.all_frames
        && let Some(filtered) = frame_filters::apply(&profile, notes)?
    {
        (census, profile) = (filtered.census(), Cow::Owned(filtered));
    }
    if !holds.facets.has(Facet::SeveralValues) {
        census = lose(&mut profile, Facets::of(&[Facet::SeveralValues]), census, format, notes)?;
    }
    if shape(&mut profile, &holds, format, notes)? {
        census = profile.census();
    }
    if let Some(only_time) = holds.only_time
        && relabel(&mut profile, only_time, format, notes)?
    {
        census = profile.census();
    }
    let Holds { facets, needs, .. } = format.can_hold(options, &census);
    lose(&mut profile, Facets::ALL.minus(facets), census, format, notes)?;
    supply(&mut profile, needs, format, notes)?;
    Ok(profile)
}

/// Takes the facets of `lost` that the profile has away from it and notes each; returns what it has then.
///
/// Losing one can bring out another: what role is usual depends on the period.
fn lose(
    profile: &mut Cow<'_, Profile>,
    mut lost: Facets,
    mut census: Census,
    format: &Format,
    notes: &mut Notes,
) -> Result<Census> {
    loop {
        let there = census.present().and(lost);
        if there.is_empty() {
            return Ok(census);
        }
        for facet in there.iter() {
            let what = format!("{} cannot hold {}", format.name(), facet.what());
            let example = || census.example(facet).map(str::to_owned);
            notes.add(NoteKind::Lost, what, census.count(facet), facet.loss(), example);
        }
        let rounding = lose_unnoted(profile, there)?;
        rounding.note(notes, profile.value_types.first().map_or("", |it| it.unit.name.as_str()));
        census = profile.census();
        lost = lost.minus(there);
    }
}

fn lose_unnoted(profile: &mut Cow<'_, Profile>, lost: Facets) -> Result<Rounding> {
    if let Cow::Owned(profile) = profile {
        return profile.lose(lost);
    }
    let (less, rounding) = profile.without(lost)?;
    *profile = Cow::Owned(less);
    Ok(rounding)
}

/// Brings the profile into the shape that a format needs; returns whether it was in another.
fn shape(profile: &mut Cow<'_, Profile>, holds: &Holds, format: &Format, notes: &mut Notes) -> Result<bool> {
    let has_samples = !profile.samples.is_empty();
    match holds.shape {
        Shape::Stacks if !profile.calls.is_empty() => {
            note_lost_calls(profile, format, notes);
            if has_samples {
                drop_calls(profile.to_mut());
            } else {
                note_contexts(profile, notes);
                *profile = Cow::Owned(derive::stacks(profile, notes)?);
            }
        }
        Shape::CallGraph if has_samples => {
            let graph = derive::call_graph(profile, notes)?;
            // What follows from the stacks and has no place in the file was never the source's to lose.
            let derived = Facets::of(&[Facet::CalleeSelf, Facet::Totals]).minus(holds.facets);
            *profile = Cow::Owned(if derived.is_empty() { graph } else { graph.without(derived)?.0 });
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Notes that stacks do not tell how often functions were called; what functions and what arcs say of it is
/// one loss to a person.
fn note_lost_calls(profile: &Profile, format: &Format, notes: &mut Notes) {
    let census = profile.census();
    let told = [Facet::CallCounts, Facet::ArcCalls].into_iter().find(|&facet| census.count(facet) > 0);
    if let Some(facet) = told {
        let what = format!("{} cannot hold {}", format.name(), facet.what());
        let example = || census.example(facet).map(str::to_owned);
        notes.add(NoteKind::Lost, what, census.count(facet), facet.loss(), example);
    }
}

/// Notes that functions which were kept apart by their callers become one: from now on, stacks tell the callers.
fn note_contexts(profile: &Profile, notes: &mut Notes) {
    let census = profile.census();
    if census.count(Facet::Contexts) > 0 {
        let (what, of) = (
            "stacks tell the callers that names told",
            "functions became one with another|function became one with another",
        );
        let example = || census.example(Facet::Contexts).map(str::to_owned);
        notes.add(NoteKind::Odd, what, census.count(Facet::Contexts), of, example);
    }
}

/// A profile with samples and call graphs says the same cost twice; the samples say more.
fn drop_calls(profile: &mut Profile) {
    profile.calls.clear();
}

/// Makes the one value a time, in the unit of a format that knows only time; returns whether there is one.
fn relabel(profile: &mut Cow<'_, Profile>, only: OnlyTime, format: &Format, notes: &mut Notes) -> Result<bool> {
    let Some(value_type) = profile.value_types.first().cloned() else { return Ok(false) };
    let name = format!("{}/{}", value_type.kind, value_type.unit.name);
    let is_time = value_type.unit.dimension == Dimension::Time;
    if is_time && value_type.unit.factor != 1 {
        // A unit without a name of its own is put into seconds or a decimal fraction of them.
        profile.to_mut().value_types[0].unit.name.clear();
    }
    let (mut scaled, rounding) = profile.without(Facets::of(&[Facet::UnitScales]))?;
    rounding.note(notes, &value_type.unit.name);
    let mut exponent = if is_time { scaled.value_types[0].unit.exponent } else { only.other_exponent };
    if exponent < only.finest_exponent {
        scaled.coarsen(exponent.abs_diff(only.finest_exponent))?.note(notes, only.unit);
        exponent = only.finest_exponent;
    }
    if !is_time {
        let seconds = if only.other_exponent == 0 { "1 s" } else { "1 ns" };
        let what = format!("{} knows only time: 1 {} is written as {seconds}", format.name(), value_type.unit.name);
        notes.add(NoteKind::Relabelled, what, 1, "value relabelled", || name);
    } else if value_type.kind != only.kind {
        let what = format!("{} calls every time {}", format.name(), only.kind);
        notes.add(NoteKind::Relabelled, what, 1, "value lost its kind", || name);
    }
    if value_type.role != only.role {
        let what = format!("{} cannot hold {}", format.name(), Facet::Roles.what());
        notes.add(NoteKind::Lost, what, 1, Facet::Roles.loss(), || value_type.role.name().to_owned());
    }
    let unit = Unit::named(only.unit).with_exponent(exponent);
    scaled.value_types[0] = ValueType { kind: only.kind.to_owned(), unit, role: only.role };
    *profile = Cow::Owned(scaled);
    Ok(true)
}

impl Profile {
    /// Divides the samples of a profile of one value by a power of ten.
    fn coarsen(&mut self, exponent: u8) -> Result<Rounding> {
        let mut values: Vec<i64> = self.samples.iter().map(|sample| sample.values[0]).collect();
        let divisor = 10u64.checked_pow(u32::from(exponent)).ok_or_else(|| Error::overflow("the unit"))?;
        let rounding = rescale(&mut values, 1, divisor)?;
        values.into_iter().enumerate().for_each(|(row, value)| self.samples.values_mut(row)[0] = value);
        Ok(rounding)
    }
}

/// Makes up the facets that a format needs and the profile lacks.
fn supply(profile: &mut Cow<'_, Profile>, needs: Facets, format: &Format, notes: &mut Notes) -> Result<()> {
    if needs.is_empty() {
        return Ok(());
    }
    let made_up = derive::complete(profile.to_mut(), needs)?;
    let census = (!made_up.is_empty()).then(|| profile.census());
    for (facet, count) in made_up {
        let what = format!("{} needs {}", format.name(), facet.what());
        // Where some were there already, the first one found could be one of those.
        let census = census.as_ref().filter(|_| profile.meta.invented.has(facet));
        let example = || census?.example(facet).map(str::to_owned);
        notes.add(NoteKind::Invented, what, count, "were made up|was made up", example);
    }
    Ok(())
}
