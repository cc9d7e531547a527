//! The lossless JSON of the whole model.

use profkit_core::Format;

pub(crate) static FORMAT: Format = Format::new("profkit", "the whole model as JSON");
