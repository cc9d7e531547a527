//! Tables row by row: the rows of a large file take several times its size when all are there at once.

use profkit_core::{Error, Input, Place, Result};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;
use std::marker::PhantomData;

/// Calls `take` with each row of a table and its number; with none where there is no table.
///
/// # Errors
///
/// Fails where `take` does, and at a row that is none.
pub(super) fn each_row<'a, R: Deserialize<'a>>(
    input: Input<'a>,
    table: Option<&'a RawValue>,
    take: impl FnMut(usize, R) -> Result<()>,
) -> Result<()> {
    let Some(table) = table else { return Ok(()) };
    let mut refused = None;
    let rows = Rows { take, refused: &mut refused, row: PhantomData };
    let read = rows.deserialize(&mut serde_json::Deserializer::from_str(table.get()));
    match (refused, read) {
        (Some(error), _) => Err(error),
        (None, Err(error)) => Err(in_file(input, table.get(), crate::json::error(error))),
        (None, Ok(())) => Ok(()),
    }
}

/// Returns an error with its place in a table as one with its place in the file.
fn in_file(input: Input<'_>, table: &str, error: Error) -> Error {
    let place = match (error.place(), input.line(table.as_bytes())) {
        (Some(&Place::Line(1, column)), Place::Line(line, before)) => Place::Line(line, before + column - 1),
        (Some(&Place::Line(line, column)), Place::Line(before, _)) => Place::Line(before + line - 1, column),
        (_, start) => start,
    };
    Error::malformed(error.message()).at(place)
}

/// Takes the rows of a list.
struct Rows<'r, R, F> {
    take: F,
    /// Why a row was not taken, which a parser of JSON cannot tell.
    refused: &'r mut Option<Error>,
    row: PhantomData<R>,
}

impl<'a, R: Deserialize<'a>, F: FnMut(usize, R) -> Result<()>> DeserializeSeed<'a> for Rows<'_, R, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> std::result::Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'a, R: Deserialize<'a>, F: FnMut(usize, R) -> Result<()>> Visitor<'a> for Rows<'_, R, F> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'a>>(mut self, mut rows: A) -> std::result::Result<(), A::Error> {
        let mut number = 0;
        while let Some(row) = rows.next_element()? {
            if let Err(error) = (self.take)(number, row) {
                *self.refused = Some(error);
                return Err(A::Error::custom("refused"));
            }
            number += 1;
        }
        Ok(())
    }
}
