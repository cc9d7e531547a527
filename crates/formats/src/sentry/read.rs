//! Reading: all the profiles of a file as one, with values made from the times of the samples.

use super::android;
use super::android_trace;
use super::file::Payload;
use super::key::SessionKey;
use super::parts::{Parts, Shape, Unpacked, parts, shape, unpack};
use super::places::Places;
use super::told;
use super::{WEIGHTS, about};
use profkit_core::{
    Error, Input, Notes, Place, Profile, ReadOptions, Result, Role, Sample, Session, ThreadId, ValueType, Weights,
    weigh,
};
use std::collections::HashMap;

pub(super) fn read(input: Input<'_>, options: &ReadOptions, notes: &mut Notes) -> Result<Profile> {
    if input.bytes().starts_with(android_trace::MAGIC) {
        let trace = android_trace::parse(input.bytes())?;
        let mut profile = Profile::new(vec![ValueType::new(trace.clock.kind(), "nanoseconds")]);
        profile.set_max_depth(options.max_depth);
        android::add(&mut profile, &trace, 0, 0, notes)?;
        return Ok(profile);
    }
    let mut parts = parts(input, notes)?;
    let unpacked = parts.payloads.iter_mut().map(unpack).collect::<Result<Vec<Unpacked>>>()?;
    let shapes = parts.payloads.iter_mut().zip(&unpacked).map(|(payload, unpacked)| shape(payload, unpacked));
    let shapes = shapes.collect::<Result<Vec<Shape<'_>>>>()?;
    let mut profile = Profile::new(value_types(&parts.payloads, &shapes)?);
    profile.set_max_depth(options.max_depth);
    let sources = Sources::of(&parts.payloads);
    let clock = Clock::of(&parts.payloads, &shapes)?;
    let mut places = Places::default();
    for (index, (payload, shape)) in parts.payloads.iter().zip(&shapes).enumerate() {
        let (source, shift_ns) = (sources.at(index), clock.shift_ns(index));
        match shape {
            Shape::Events(trace) => android::add(&mut profile, trace, shift_ns, source, notes)?,
            Shape::Samples(body) => {
                let rows = places.rows(&mut profile, payload, body, source, notes)?;
                if payload.profkit.as_ref().is_some_and(|key| key.told) {
                    told::push(&mut profile, payload, &rows, shift_ns)?;
                } else {
                    push(&mut profile, &rows, shift_ns)?;
                }
            }
        }
    }
    places.note(notes);
    places.name_threads(&mut profile)?;
    profile.meta.start_ns = clock.start_ns;
    sessions(&mut profile, &parts, &shapes, &sources, options)?;
    about::describe(&mut profile, parts, &sources, |index| clock.shift_ns(index));
    weigh(&mut profile, notes)?;
    Ok(profile)
}

/// A sample but for its values: stack, thread, and time as the file has it.
pub(super) type Row = (Option<profkit_core::StackId>, Option<ThreadId>, i64);

fn push(profile: &mut Profile, rows: &[Row], shift_ns: i64) -> Result<()> {
    let values = vec![0; profile.value_types.len()];
    for &(stack, thread, time_ns) in rows {
        let time_ns = time_ns.checked_add(shift_ns).ok_or_else(|| Error::overflow("a time"))?;
        profile.samples.push(Sample { time_ns: Some(time_ns), thread, ..Sample::new(stack, &values) });
    }
    Ok(())
}

/// Returns what the values are: how often a stack was seen and for how long, unless the file says otherwise.
fn value_types(payloads: &[Payload<'_>], shapes: &[Shape<'_>]) -> Result<Vec<ValueType>> {
    let mut all: Option<Vec<ValueType>> = None;
    for (payload, shape) in payloads.iter().zip(shapes) {
        let wall = || ValueType::new("wall", "nanoseconds");
        let here = match (shape, &payload.profkit) {
            (Shape::Events(trace), _) => vec![ValueType::new(trace.clock.kind(), "nanoseconds")],
            (_, Some(key)) if key.told => vec![wall()],
            (_, Some(super::key::FileKey { values: Some(values), .. })) => {
                let at = |error: String| Error::malformed(error).at(Place::Path("profkit.values".to_owned()));
                values.iter().map(|value| value.value_type().map_err(at)).collect::<Result<_>>()?
            }
            _ => vec![ValueType::unnamed().with_role(Role::Observations), wall()],
        };
        if *all.get_or_insert_with(|| here.clone()) != here {
            return Err(Error::unsupported("profiles of different values in one envelope cannot be read as one"));
        }
    }
    Ok(all.unwrap_or_default())
}

/// Which session each profile of a file is of: chunks of one profiler are one.
pub(super) struct Sources {
    ids: Vec<Option<String>>,
    sources: Vec<u32>,
}

impl Sources {
    fn of(payloads: &[Payload<'_>]) -> Sources {
        let mut sources = Sources { ids: Vec::new(), sources: Vec::new() };
        let mut known: HashMap<String, u32> = HashMap::new();
        for payload in payloads {
            let joined = payload.profiler_id.owned();
            let next = sources.ids.len() as u32;
            let source = joined.clone().map_or(next, |id| *known.entry(id).or_insert(next));
            if source == next {
                let own = || payload.event_id.owned().or_else(|| payload.profile_id.owned());
                sources.ids.push(joined.or_else(own));
            }
            sources.sources.push(source);
        }
        sources
    }

    pub(super) fn at(&self, payload: usize) -> u32 {
        self.sources.get(payload).copied().unwrap_or_default()
    }

    /// Returns the source of a profiler.
    pub(super) fn of_profiler(&self, id: &str) -> Option<u32> {
        self.ids.iter().position(|known| known.as_deref() == Some(id)).map(|source| source as u32)
    }
}

/// Sets the sessions: those that the file names, else one for each profiler.
fn sessions(
    profile: &mut Profile,
    parts: &Parts<'_>,
    shapes: &[Shape<'_>],
    sources: &Sources,
    options: &ReadOptions,
) -> Result<()> {
    let mut sessions: Vec<Session> = Vec::new();
    for (index, (payload, shape)) in parts.payloads.iter().zip(shapes).enumerate() {
        let key = payload.profkit.as_ref();
        if matches!(shape, Shape::Events(_)) || key.is_some_and(|key| key.told) {
            continue;
        }
        let at = |error: String| Error::malformed(error).at(Place::Path("profkit.sessions".to_owned()));
        let named: Option<Vec<Session>> = match key.and_then(|key| key.sessions.as_ref()) {
            Some(named) => {
                Some(named.iter().map(SessionKey::session).collect::<std::result::Result<_, _>>().map_err(at)?)
            }
            None => None,
        };
        let source = sources.at(index);
        let id = sources.ids.get(source as usize).cloned().flatten();
        for session in named.unwrap_or_else(|| vec![Session { source, id, weights: Weights::Ticks }]) {
            if sessions.iter().all(|known| known.source != session.source) {
                sessions.push(session);
            }
        }
    }
    if options.option(&WEIGHTS) == Weights::Naive.name() {
        sessions.iter_mut().for_each(|session| session.weights = Weights::Naive);
    }
    profile.meta.sessions = sessions;
    Ok(())
}

/// How the times of each profile of a file become times since one start.
struct Clock {
    start_ns: Option<i64>,
    shifts_ns: Vec<i64>,
}

impl Clock {
    fn of(payloads: &[Payload<'_>], shapes: &[Shape<'_>]) -> Result<Clock> {
        let mut bases: Vec<Base> = Vec::with_capacity(payloads.len());
        for (payload, shape) in payloads.iter().zip(shapes) {
            bases.push(Base::of(payload, shape)?);
        }
        let starts: Option<Vec<i64>> = bases.iter().map(|base| base.start_ns).collect();
        let start_ns = starts.and_then(|starts| starts.into_iter().min());
        let shift = |base: &Base| {
            let from_ns = if base.is_absolute { 0 } else { base.start_ns.filter(|_| start_ns.is_some()).unwrap_or(0) };
            let shift_ns = from_ns.checked_sub(start_ns.unwrap_or(0));
            shift_ns.and_then(|shift_ns| shift_ns.checked_sub(base.before_ns)).ok_or_else(|| Error::overflow("a time"))
        };
        let shifts_ns = bases.iter().map(shift).collect::<Result<_>>()?;
        // What a file of our own calls its start is earlier than the true one by what came before that.
        let before_ns = bases.first().map_or(0, |base| base.before_ns);
        let start_ns = match start_ns {
            Some(start_ns) => Some(start_ns.checked_add(before_ns).ok_or_else(|| Error::overflow("the start"))?),
            None => None,
        };
        let is_known = payloads.iter().all(|payload| !payload.profkit.as_ref().is_some_and(|key| key.no_start));
        Ok(Clock { start_ns: start_ns.filter(|_| is_known), shifts_ns })
    }

    fn shift_ns(&self, payload: usize) -> i64 {
        self.shifts_ns.get(payload).copied().unwrap_or_default()
    }
}

/// When one profile began.
struct Base {
    start_ns: Option<i64>,
    before_ns: i64,
    /// Whether its times are since 1970, and not since its start.
    is_absolute: bool,
}

impl Base {
    fn of(payload: &Payload<'_>, shape: &Shape<'_>) -> Result<Base> {
        let stated_ns = match payload.timestamp {
            Some(json) => {
                let wanted = || {
                    let message = format!("expected a time such as \"2026-01-31T12:00:00Z\", found {}", json.get());
                    Error::malformed(message).at(Place::Path("timestamp".to_owned()))
                };
                Some(super::words::moment(json).ok_or_else(wanted)?)
            }
            None => None,
        };
        let samples = match shape {
            Shape::Samples(body) => body.samples.as_ref(),
            Shape::Events(_) => None,
        };
        let is_absolute = samples.is_some_and(|samples| samples.is_absolute);
        let first_ns = samples.and_then(|samples| samples.times_ns.iter().copied().min());
        let start_ns = if is_absolute && payload.profkit.is_none() { first_ns } else { stated_ns };
        let before_ns = payload.profkit.as_ref().map_or(0, |key| key.before_ns);
        Ok(Base { start_ns, before_ns, is_absolute })
    }
}
