//! Typed row numbers of the dimension tables.

use std::num::NonZeroU32;

/// A row number of one table, as small as `u32` even inside an `Option`.
pub trait Id: Copy + Eq + std::hash::Hash {
    /// Returns the id of the row at `index`, counted from 0.
    ///
    /// # Panics
    ///
    /// Panics above `u32::MAX - 1` rows. Inputs are limited to 4 GiB and a row takes at least one byte
    /// of input, so that no readable file gets there.
    fn from_index(index: usize) -> Self;

    /// Returns the position of the row in its table, counted from 0.
    fn index(self) -> usize;
}

fn row_number(index: usize) -> NonZeroU32 {
    u32::try_from(index)
        .ok()
        .and_then(|index| index.checked_add(1))
        .and_then(NonZeroU32::new)
        .unwrap_or_else(|| panic!("a table cannot hold more than {} rows", u32::MAX - 1))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(NonZeroU32);

        impl Id for $name {
            fn from_index(index: usize) -> $name {
                $name(row_number(index))
            }

            fn index(self) -> usize {
                self.0.get() as usize - 1
            }
        }
    )*};
}

ids! {
    /// A row of [`Strings`](crate::Strings).
    StringId
    /// A row of the mappings table.
    MappingId
    /// A row of the functions table.
    FunctionId
    /// A row of the frames table.
    FrameId
    /// A row of [`Stacks`](crate::Stacks).
    StackId
    /// A row of the threads table.
    ThreadId
    /// A row of the labels table: the first label of a list.
    LabelId
}
