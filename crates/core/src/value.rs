//! What the numbers of a profile measure.

/// One column of values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueType {
    /// What is measured: `cpu`, `alloc_space`, `Ir`.
    pub kind: String,
    /// What one count of it is.
    pub unit: Unit,
    /// How the numbers came about.
    pub role: Role,
}

/// How the numbers of a column came about, which decides what statistics may be made of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Each unit is one independent observation, such as a tick of a sampling timer.
    Observations,
    /// Measured or counted in full.
    Measured,
    /// Estimated from a sample of events, such as heap bytes scaled up.
    Scaled,
}

/// The unit of a column: a value `v` stands for `v x factor x 10^exponent` seconds, bytes or things.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit {
    /// The unit as the source wrote it.
    pub name: String,
    /// What it is a unit of.
    pub dimension: Dimension,
    /// Whole multiples of the base unit: 1024 for kilobytes.
    pub factor: u64,
    /// Powers of ten of the base unit: -9 for nanoseconds; one less for tenths of them.
    pub exponent: i8,
}

/// What a unit is a unit of. The base units are the second, the byte and the thing counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// Time.
    Time,
    /// Memory or traffic.
    Bytes,
    /// Things that are counted.
    Count,
    /// Anything else, such as cycles, or unknown.
    Other,
}

/// The units that a name tells, in the spellings of pprof, speedscope and common tools.
/// Multiples of bytes are binary, as in pprof's `measurement.go`.
const UNITS: &[(&[&str], Dimension, u64, i8)] = &[
    (&["picoseconds", "ps"], Dimension::Time, 1, -12),
    (&["nanoseconds", "nanosecond", "ns"], Dimension::Time, 1, -9),
    (&["microseconds", "microsecond", "us", "µs", "μs"], Dimension::Time, 1, -6),
    (&["milliseconds", "millisecond", "ms"], Dimension::Time, 1, -3),
    (&["seconds", "second", "s", "sec"], Dimension::Time, 1, 0),
    (&["minutes", "minute"], Dimension::Time, 60, 0),
    (&["hours", "hour", "hrs"], Dimension::Time, 3600, 0),
    (&["bytes", "byte", "B", "b"], Dimension::Bytes, 1, 0),
    (&["kilobytes", "kilobyte", "kb", "kB", "KB", "KiB"], Dimension::Bytes, 1 << 10, 0),
    (&["megabytes", "megabyte", "mb", "MB", "MiB"], Dimension::Bytes, 1 << 20, 0),
    (&["gigabytes", "gigabyte", "gb", "GB", "GiB"], Dimension::Bytes, 1 << 30, 0),
    (&["terabytes", "terabyte", "tb", "TB", "TiB"], Dimension::Bytes, 1 << 40, 0),
    (&["petabytes", "petabyte", "pb", "PB", "PiB"], Dimension::Bytes, 1 << 50, 0),
    (&["count", "counts", "samples", "objects", "events"], Dimension::Count, 1, 0),
];

impl ValueType {
    /// Returns a measured value type with the unit that `unit` names.
    pub fn new(kind: &str, unit: &str) -> ValueType {
        ValueType { kind: kind.to_owned(), unit: Unit::named(unit), role: Role::Measured }
    }

    /// Returns this value type with another role.
    #[must_use]
    pub fn with_role(mut self, role: Role) -> ValueType {
        self.role = role;
        self
    }

    /// Returns the value type of numbers about which nothing is known but that they are counts.
    pub fn unnamed() -> ValueType {
        ValueType::new("samples", "count")
    }

    /// Returns whether it is by its kind a count of samples: `samples` in Go and gperftools, `sample` in the profilers
    /// of Google for Python and Node.js.
    pub fn counts_samples(&self) -> bool {
        matches!(self.kind.as_str(), "samples" | "sample")
    }
}

impl Unit {
    /// Returns the unit that a name tells, and a plain `Other` for an unknown name.
    ///
    /// ```
    /// use profkit_core::{Dimension, Unit};
    /// let unit = Unit::named("kilobytes");
    /// assert_eq!((unit.dimension, unit.factor, unit.exponent), (Dimension::Bytes, 1024, 0));
    /// assert_eq!(Unit::named("cycles").dimension, Dimension::Other);
    /// ```
    pub fn named(name: &str) -> Unit {
        let (dimension, factor, exponent) = UNITS
            .iter()
            .find(|(names, ..)| names.contains(&name))
            .map_or((Dimension::Other, 1, 0), |&(_, dimension, factor, exponent)| (dimension, factor, exponent));
        Unit { name: name.to_owned(), dimension, factor, exponent }
    }

    /// Returns this unit in steps of `10^exponent`, under the same name.
    #[must_use]
    pub fn with_exponent(mut self, exponent: i8) -> Unit {
        self.exponent = exponent;
        self
    }

    /// Returns how many decimals a value has when it is written in the unit as it is named, where the
    /// name tells all the rest: 1 for tenths of a millisecond under the name `milliseconds`.
    pub fn decimals(&self) -> Option<i8> {
        let named = Unit::named(&self.name);
        (named.dimension == self.dimension && named.factor == self.factor)
            .then(|| named.exponent.checked_sub(self.exponent))
            .flatten()
    }
}

impl Role {
    /// Returns the name in our own files and JSON output.
    pub fn name(self) -> &'static str {
        match self {
            Role::Observations => "observations",
            Role::Measured => "measured",
            Role::Scaled => "scaled",
        }
    }

    /// Returns the role with the given name.
    pub fn from_name(name: &str) -> Option<Role> {
        [Role::Observations, Role::Measured, Role::Scaled].into_iter().find(|role| role.name() == name)
    }
}

impl Dimension {
    /// Returns the name in our own files.
    pub fn name(self) -> &'static str {
        match self {
            Dimension::Time => "time",
            Dimension::Bytes => "bytes",
            Dimension::Count => "count",
            Dimension::Other => "other",
        }
    }

    /// Returns the dimension with the given name.
    pub fn from_name(name: &str) -> Option<Dimension> {
        [Dimension::Time, Dimension::Bytes, Dimension::Count, Dimension::Other]
            .into_iter()
            .find(|dimension| dimension.name() == name)
    }
}
