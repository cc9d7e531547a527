//! The bytes at the head of an input, each of which decides something.

use profkit_core::Opt;

/// How many choices there are at the head of an input.
pub(super) const CHOICES: usize = 8;

/// Choices that are still to be made.
pub(super) struct Choices<'b>(std::slice::Iter<'b, u8>);

impl<'b> Choices<'b> {
    /// Returns the choices at the head of an input, and the rest of it.
    pub(super) fn of(bytes: &'b [u8]) -> (Choices<'b>, &'b [u8]) {
        let (choices, rest) = bytes.split_at(bytes.len().min(CHOICES));
        (Choices(choices.iter()), rest)
    }

    /// Returns the next choice; 0 where there is none.
    pub(super) fn next(&mut self) -> u8 {
        self.0.next().copied().unwrap_or(0)
    }

    /// Returns one of some things.
    pub(super) fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[usize::from(self.next()) % from.len()]
    }

    /// Returns 0 to 2 bits of the next choice for each option of a format, as a value of that option.
    pub(super) fn knobs(&mut self, options: &[Opt]) -> Vec<(String, String)> {
        let choice = self.next();
        let value = |(index, option): (usize, &Opt)| {
            let bits = choice.rotate_right(2 * index as u32) & 3;
            (option.name.to_owned(), option.values[usize::from(bits) % option.values.len()].to_owned())
        };
        options.iter().enumerate().map(value).collect()
    }
}
