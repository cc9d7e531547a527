//! The rows of the dimension tables: what a sample or a call graph can point at.

use crate::id::{FunctionId, LabelId, MappingId, StringId};
use std::num::{NonZeroU32, NonZeroU64};

/// A function of the profiled program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Function {
    /// The name for people, demangled where the source had a mangled one.
    pub name: StringId,
    /// The name as the linker or the runtime spells it, where it differs.
    pub system_name: Option<StringId>,
    /// The module, package, library or class that holds the function.
    pub module: Option<StringId>,
    /// The source file as the profiler wrote it.
    pub file: Option<StringId>,
    /// The absolute path of the source file, where the profiler wrote both.
    pub full_path: Option<StringId>,
    /// The name of the function without its callers, where the source keeps its calls through different callers apart and
    /// this is one of these contexts: `leaf` for `leaf'one'work`.
    pub context_of: Option<StringId>,
    /// The line on which the function starts, counted from 1.
    pub start_line: Option<NonZeroU32>,
}

impl Function {
    /// Returns a function of which only the name is known.
    pub fn named(name: StringId) -> Function {
        Function {
            name,
            system_name: None,
            module: None,
            file: None,
            full_path: None,
            context_of: None,
            start_line: None,
        }
    }
}

/// A place in a function: one line of a stack.
///
/// Functions that the compiler inlined share the `(mapping, address)` of the function that
/// physically holds them, which comes first (nearer to the root) and is not `inlined`:
///
/// ```text
/// root   main      address 0x10
///        handle    address 0x4f               the physical function
///        parse     address 0x4f   inlined     called by handle
/// leaf   next      address 0x4f   inlined     called by parse
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Frame {
    /// The function, unless only an address is known.
    pub function: Option<FunctionId>,
    /// The file of `line`, where it is not the file of the function (code from an included file).
    pub file: Option<StringId>,
    /// The line that was being executed, counted from 1.
    pub line: Option<NonZeroU32>,
    /// The column that was being executed, counted from 1.
    pub column: Option<NonZeroU32>,
    /// The address of the instruction.
    pub address: Option<NonZeroU64>,
    /// The loaded binary that holds the address.
    pub mapping: Option<MappingId>,
    /// Whether the compiler inlined this function into the frame before it.
    pub inlined: bool,
    /// Whether the linker folded several identical functions into the one at this address.
    pub folded: bool,
    /// Whether this is the code of the application itself, where the source says so.
    pub in_app: Option<bool>,
}

/// A binary that was loaded into the memory of the profiled process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Mapping {
    /// The first address.
    pub start: u64,
    /// The address behind the last one.
    pub limit: u64,
    /// The offset in the file of the byte at `start`.
    pub offset: u64,
    /// The file it was loaded from.
    pub file: Option<StringId>,
    /// The build id of the file.
    pub build_id: Option<StringId>,
    /// What was resolved for the addresses in it.
    pub has: Symbols,
}

/// Which symbols the profiler has resolved for a mapping, as a set of flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbols(u8);

impl Symbols {
    /// Function names are resolved.
    pub const FUNCTIONS: Symbols = Symbols(1);
    /// File names are resolved.
    pub const FILENAMES: Symbols = Symbols(2);
    /// Line numbers are resolved.
    pub const LINE_NUMBERS: Symbols = Symbols(4);
    /// Inlined frames are resolved.
    pub const INLINE_FRAMES: Symbols = Symbols(8);

    /// Returns this set with the flags of `other` added where `on`.
    #[must_use]
    pub fn with(self, other: Symbols, on: bool) -> Symbols {
        if on { Symbols(self.0 | other.0) } else { self }
    }

    /// Returns the flags that are in both sets.
    #[must_use]
    pub fn and(self, other: Symbols) -> Symbols {
        Symbols(self.0 & other.0)
    }

    /// Returns whether all flags of `other` are in this set.
    pub fn contains(self, other: Symbols) -> bool {
        self.0 & other.0 == other.0
    }
}

/// A thread of the profiled program. Two threads are the same if all their fields are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Thread {
    /// Which input of a merge the thread came from; 0 before any merge.
    pub source: u32,
    /// The process, as the source names it.
    pub process: Option<StringId>,
    /// The thread id, as the source spells it.
    pub id: Option<StringId>,
    /// The name of the thread.
    pub name: Option<StringId>,
}

/// One label of a sample and, through `next`, the rest of its list.
///
/// Lists share their tails; a key may come up several times; the order is that of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Label {
    /// The next label of the list.
    pub next: Option<LabelId>,
    /// The key.
    pub key: StringId,
    /// The value.
    pub value: LabelValue,
}

/// The value of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LabelValue {
    /// A text, possibly empty.
    Text(StringId),
    /// A number, possibly 0, and its unit.
    Number {
        /// The number.
        value: i64,
        /// The unit, where the source gives one.
        unit: Option<StringId>,
    },
}
