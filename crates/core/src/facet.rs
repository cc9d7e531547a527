//! The facets of a profile: everything that one format can say and another cannot.

use std::fmt;

macro_rules! facets {
    ($($name:ident $what:literal $of:literal #[doc = $doc:literal])*) => {
        /// Something that a profile can say and some format cannot hold.
        ///
        /// What a format loses is always a whole facet: [`Profile::census`](crate::Profile::census) counts
        /// it, [`Profile::without`](crate::Profile::without) takes it away.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Facet {
            $(#[doc = $doc] $name,)*
        }

        impl Facet {
            /// Every facet.
            pub const ALL: &'static [Facet] = &[$(Facet::$name),*];

            /// Returns what a format that cannot hold the facet cannot hold: `timestamps`.
            pub fn what(self) -> &'static str {
                match self { $(Facet::$name => $what,)* }
            }

            /// Returns what becomes of what the census counts, of many and of one: `samples lost theirs|sample lost its own`.
            pub fn loss(self) -> &'static str {
                match self { $(Facet::$name => $of,)* }
            }
        }
    };
}

facets! {
    SeveralValues "several values" "values are left out|value is left out" #[doc = "More than one value type; only the chosen one stays."]
    ValueTypes "value types" "values lost kind and unit|value lost kind and unit" #[doc = "Kind and unit of the values; without it they are `samples/count`."]
    UnitScales "units of their own scale" "values were put into another unit|value was put into another unit" #[doc = "Units that are more than their name tells, such as tenths of a microsecond."]
    Roles "the role of values" "values lost theirs|value lost its own" #[doc = "A role other than the one that kind, unit and period suggest."]
    NegativeValues "negative values" "rows are left out|row is left out" #[doc = "Rows with a negative value; they are left out."]
    ZeroSamples "samples of value zero" "samples are left out|sample is left out" #[doc = "Samples whose values are all zero."]
    EmptyStacks "samples without a stack" "samples are left out|sample is left out" #[doc = "Samples without any frame, such as idle time."]
    Timestamps "timestamps" "samples lost theirs|sample lost its own" #[doc = "The time of a sample."]
    CallBoundaries "call boundaries" "samples lost theirs|sample lost its own" #[doc = "Which frames of consecutive samples are the same calls."]
    Threads "threads" "threads became one|thread is no longer named" #[doc = "The thread of a sample or call graph."]
    Processes "processes of threads" "threads lost theirs|thread lost its own" #[doc = "The process or input that a thread belongs to."]
    Labels "labels" "samples lost theirs|sample lost its own" #[doc = "Labels of samples."]
    Unnamed "frames without a function" "frames were named after their address|frame was named after its address" #[doc = "Frames of which only an address, or nothing, is known."]
    SystemNames "system names" "functions lost theirs|function lost its own" #[doc = "Mangled or otherwise technical function names."]
    Modules "modules" "functions lost theirs|function lost its own" #[doc = "The module of a function."]
    Files "files" "functions lost theirs|function lost its own" #[doc = "The source file of a function."]
    FullPaths "full paths" "functions lost theirs|function lost its own" #[doc = "The absolute path beside the file."]
    Contexts "contexts of functions" "contexts were merged|context is no longer marked as one" #[doc = "Functions that are kept apart by their callers."]
    StartLines "start lines" "functions lost theirs|function lost its own" #[doc = "The line on which a function starts."]
    Lines "lines" "frames lost theirs|frame lost its own" #[doc = "The line that was being executed."]
    Columns "columns" "frames lost theirs|frame lost its own" #[doc = "The column that was being executed."]
    FrameFiles "files of single lines" "frames lost theirs|frame lost its own" #[doc = "The file of a line, where it is not that of the function."]
    Addresses "addresses" "frames lost theirs|frame lost its own" #[doc = "The address of an instruction."]
    Mappings "mappings" "mappings are left out|mapping is left out" #[doc = "The loaded binaries."]
    Inlining "inlining" "frames are no longer marked inlined|frame is no longer marked inlined" #[doc = "Which functions the compiler inlined."]
    Folding "folding" "frames are no longer marked folded|frame is no longer marked folded" #[doc = "Which functions the linker folded."]
    InApp "marks of application code" "frames lost theirs|frame lost its own" #[doc = "Which frames are code of the application itself."]
    Parts "parts" "parts became one|part is no longer apart" #[doc = "Slices of the source that were dumped on their own."]
    CallCounts "call counts" "functions lost theirs|function lost its own" #[doc = "How often a function was called."]
    PrimitiveCalls "primitive call counts" "functions lost theirs|function lost its own" #[doc = "How often a function was called while it was not active already."]
    ArcCalls "call counts of arcs" "arcs lost theirs|arc lost its own" #[doc = "How often a function was called by one caller."]
    ArcPrimitiveCalls "primitive call counts of arcs" "arcs lost theirs|arc lost its own" #[doc = "How often a function was called by one caller while that arc was not active already."]
    CalleeSelf "the callee's own cost under each caller" "arcs lost theirs|arc lost its own" #[doc = "What a callee itself cost under one caller."]
    Arcs "arcs" "arcs are left out|arc is left out" #[doc = "Who called whom."]
    ArcCosts "costs of arcs" "arcs lost theirs|arc lost its own" #[doc = "What a callee cost under one caller, all that it called included."]
    Totals "stated totals" "functions lost theirs|function lost its own" #[doc = "The inclusive cost of functions as the source states it."]
    Title "the title" "title is left out" #[doc = "What the profile is called."]
    Start "the start time" "start time is left out" #[doc = "When the profile was started."]
    Duration "the duration" "duration is left out" #[doc = "For how long the profile was taken."]
    Period "the sampling period" "period is left out" #[doc = "The events between two samples."]
    Producer "the producer" "producer is left out" #[doc = "The program that wrote the source."]
    Comments "comments" "comments are left out|comment is left out" #[doc = "Free text."]
    DocUrl "the documentation address" "address is left out" #[doc = "The address of a page about the profile."]
    DefaultValue "the default value" "choice of the value to show first is left out" #[doc = "Which value to show first."]
    Sessions "how values follow from times" "rules are left out|rule is left out" #[doc = "That the values are a function of the times of the samples."]
    Transactions "transactions" "transactions are left out|transaction is left out" #[doc = "What the program was doing meanwhile, such as answering a request."]
    FrameFilters "frame filters" "regular expressions are left out|regular expression is left out" #[doc = "The `drop_frames` and `keep_frames` of pprof."]
}

/// A set of facets.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Facets(u64);

const _: () = assert!(Facet::ALL.len() <= 64);

impl Facets {
    /// No facet.
    pub const NONE: Facets = Facets(0);
    /// Every facet.
    pub const ALL: Facets = Facets(u64::MAX >> (64 - Facet::ALL.len() as u32));

    /// Returns the set of the given facets.
    pub const fn of(facets: &[Facet]) -> Facets {
        let mut set = Facets::NONE;
        let mut index = 0;
        while index < facets.len() {
            set = set.with(facets[index]);
            index += 1;
        }
        set
    }

    /// Returns this set with one more facet.
    #[must_use]
    pub const fn with(self, facet: Facet) -> Facets {
        Facets(self.0 | 1 << facet as u32)
    }

    /// Returns this set with one more facet if `on`.
    #[must_use]
    pub const fn with_if(self, facet: Facet, on: bool) -> Facets {
        if on { self.with(facet) } else { self }
    }

    /// Returns whether a facet is in the set.
    pub const fn has(self, facet: Facet) -> bool {
        self.0 & 1 << facet as u32 != 0
    }

    /// Returns whether any of the given facets is in the set.
    pub const fn any(self, facets: &[Facet]) -> bool {
        self.0 & Facets::of(facets).0 != 0
    }

    /// Returns whether the set is empty.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns the facets of both sets.
    #[must_use]
    pub const fn or(self, other: Facets) -> Facets {
        Facets(self.0 | other.0)
    }

    /// Returns the facets that both sets have.
    #[must_use]
    pub const fn and(self, other: Facets) -> Facets {
        Facets(self.0 & other.0)
    }

    /// Returns the facets that are not in `other`.
    #[must_use]
    pub const fn minus(self, other: Facets) -> Facets {
        Facets(self.0 & !other.0)
    }

    /// Returns the facets in the set.
    pub fn iter(self) -> impl Iterator<Item = Facet> {
        Facet::ALL.iter().copied().filter(move |&facet| self.has(facet))
    }
}

impl fmt::Debug for Facets {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.iter()).finish()
    }
}
