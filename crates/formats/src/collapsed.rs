//! Collapsed stacks.

use profkit_core::Format;

pub(crate) static FORMAT: Format = Format::new("collapsed", "collapsed stacks (FlameGraph, inferno, py-spy raw)");
