//! A profile while it is read: stacks of bare addresses, until names and mappings are known.

use super::filters::Filters;
use super::mappings::Mappings;
use profkit_core::{
    Error, Frame, FrameId, FunctionId, LabelId, LabelValue, Period, Profile, ReadOptions, Result, Role, Sample,
    ThreadId, ValueType,
};
use std::collections::HashMap;
use std::num::{NonZeroU32, NonZeroU64};

/// What has been read so far.
pub(super) struct Draft {
    /// All but the samples.
    pub(super) profile: Profile,
    /// The names of addresses.
    pub(super) symbols: HashMap<u64, Symbol>,
    /// The memory map.
    pub(super) mappings: Mappings,
    /// Whether the values are estimates although the period does not tell so.
    pub(super) is_scaled: bool,
    addresses: Vec<u64>,
    values: Vec<i64>,
    rows: Vec<Row>,
}

/// The name of an address.
#[derive(Clone, Copy)]
pub(super) struct Symbol {
    pub(super) function: FunctionId,
    pub(super) line: Option<NonZeroU32>,
    /// Whether the number that stands for the frame is not the address of an instruction.
    pub(super) is_id: bool,
}

/// A sample: the range of its addresses, leaf first, and what else is known of it.
struct Row {
    start: usize,
    end: usize,
    labels: Option<LabelId>,
    thread: Option<ThreadId>,
}

impl Draft {
    /// Returns a profile without samples.
    pub(super) fn new(value_types: &[(&str, &str)], period: Option<(&str, &str, i64)>, filters: Filters) -> Draft {
        let mut profile = Profile::new(value_types.iter().map(|(kind, unit)| ValueType::new(kind, unit)).collect());
        let period = period.map(|(kind, unit, value)| (Some(ValueType::new(kind, unit)), value));
        profile.meta.period = period.map(|(value_type, value)| Period { value_type, value });
        profile.meta.drop_frames = Some(filters.drop_frames.to_owned());
        profile.meta.keep_frames = filters.keep_frames.map(str::to_owned);
        Draft {
            profile,
            symbols: HashMap::new(),
            mappings: Mappings::default(),
            is_scaled: false,
            addresses: Vec::new(),
            values: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// Adds a sample of these values, with the addresses that `fill` adds, leaf first.
    pub(super) fn sample(&mut self, values: &[i64], fill: impl FnOnce(&mut Vec<u64>) -> Result<()>) -> Result<()> {
        let start = self.addresses.len();
        fill(&mut self.addresses)?;
        self.values.extend_from_slice(values);
        self.rows.push(Row { start, end: self.addresses.len(), labels: None, thread: None });
        Ok(())
    }

    /// Turns return addresses of the last sample, from the given frame on, into addresses in the calls.
    pub(super) fn step_back(&mut self, from: usize) {
        let start = self.rows.last().map_or(0, |row| row.start);
        for address in self.addresses.iter_mut().skip(start.saturating_add(from)) {
            *address = address.wrapping_sub(1);
        }
    }

    /// Adds the stack of the last sample again, as another sample.
    pub(super) fn repeat(&mut self, values: &[i64]) {
        if let Some(&Row { start, end, .. }) = self.rows.last() {
            self.values.extend_from_slice(values);
            self.rows.push(Row { start, end, labels: None, thread: None });
        }
    }

    /// Puts a label before those of the last sample.
    pub(super) fn label(&mut self, key: &str, value: LabelValue) {
        let key = self.profile.string(key);
        if let Some(row) = self.rows.last_mut() {
            row.labels = Some(self.profile.label(key, value, row.labels));
        }
    }

    /// Says on which thread the last sample was taken.
    pub(super) fn thread(&mut self, thread: ThreadId) {
        if let Some(row) = self.rows.last_mut() {
            row.thread = Some(thread);
        }
    }

    /// Returns the number of samples.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns the first two addresses, leaf and caller, of each sample that has two.
    pub(super) fn leaves(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.rows.iter().filter_map(|row| match self.addresses.get(row.start..row.end) {
            Some(&[leaf, caller, ..]) => Some((leaf, caller)),
            _ => None,
        })
    }

    /// Removes the caller of the leaf where `is_odd(leaf, caller)`, and returns from how many samples.
    pub(super) fn remove_callers(&mut self, is_odd: impl Fn(u64, u64) -> bool) -> u64 {
        let mut removed = 0;
        for row in &mut self.rows {
            if let Some([leaf, caller, ..]) = self.addresses.get_mut(row.start..row.end)
                && is_odd(*leaf, *caller)
            {
                *caller = *leaf;
                row.start += 1;
                removed += 1;
            }
        }
        removed
    }

    /// Returns the profile with its samples.
    ///
    /// # Errors
    ///
    /// A stack deeper than the limit is an error.
    pub(super) fn finish(self, options: &ReadOptions) -> Result<Profile> {
        let Draft { mut profile, symbols, mut mappings, is_scaled, addresses, values, rows } = self;
        profile.set_max_depth(options.max_depth);
        let roles: Vec<Role> = profile.value_types.iter().map(|it| profile.usual_role(it)).collect();
        for (value_type, role) in profile.value_types.iter_mut().zip(roles) {
            value_type.role = if is_scaled { Role::Scaled } else { role };
        }
        // The filters are meant for names that are looked up later, for all frames. Go names only some: below a root
        // without a name, its `runtime.main` would be taken for the allocator, and the program for what that calls.
        if symbols.values().any(|symbol| !symbol.is_id) {
            (profile.meta.drop_frames, profile.meta.keep_frames) = (None, None);
        }
        // An address can move the start of its mapping, so all of them come before the first frame.
        let used = rows.iter().filter_map(|row| addresses.get(row.start..row.end)).flatten().copied();
        let used = used.filter(|address| !symbols.get(address).is_some_and(|symbol| symbol.is_id));
        mappings.stretch(used);
        let mapping_ids = mappings.add_to(&mut profile);
        let mut frames: HashMap<u64, FrameId> = HashMap::new();
        let (mut path, mut columns) = (Vec::new(), values.chunks_exact(profile.value_types.len().max(1)));
        for row in rows {
            path.clear();
            for &address in addresses.get(row.start..row.end).unwrap_or_default().iter().rev() {
                path.push(*frames.entry(address).or_insert_with(|| {
                    let symbol = symbols.get(&address);
                    let number = NonZeroU64::new(address).filter(|_| !symbol.is_some_and(|symbol| symbol.is_id));
                    let mapping = number.and_then(|_| mappings.find(address));
                    profile.frame(Frame {
                        function: symbol.map(|symbol| symbol.function),
                        line: symbol.and_then(|symbol| symbol.line),
                        address: number,
                        mapping: mapping.and_then(|index| mapping_ids.get(index)).copied(),
                        ..Frame::default()
                    })
                }));
            }
            let stack = if path.is_empty() { None } else { Some(profile.stack(&path)?) };
            let values = columns.next().unwrap_or_default();
            let sample = Sample { labels: row.labels, thread: row.thread, ..Sample::new(stack, values) };
            profile.samples.push(sample);
        }
        Ok(profile)
    }
}

/// Returns estimates of how many objects and bytes were allocated, of those that were sampled.
///
/// One byte in `rate` starts a sample on average, so that an object of size `s` is seen with the chance
/// `1 - exp(-s / rate)`. A rate of 1 sees everything, and one below is not known.
///
/// # Errors
///
/// An estimate that does not fit into 64 bits is an error.
pub(super) fn unsampled(count: i64, size: i64, rate: i64) -> Result<(i64, i64)> {
    if count == 0 || size == 0 {
        return Ok((0, 0));
    }
    if rate <= 1 {
        return Ok((count, size));
    }
    let average = size as f64 / count as f64;
    let scale = 1.0 / (1.0 - (-average / rate as f64).exp());
    Ok((whole(count as f64 * scale)?, whole(size as f64 * scale)?))
}

/// Returns an estimate without its fraction.
///
/// # Errors
///
/// A number that does not fit into 64 bits is an error.
pub(super) fn whole(estimate: f64) -> Result<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if estimate.abs() < LIMIT { Ok(estimate as i64) } else { Err(Error::overflow("a scaled value")) }
}
