//! Read, convert and inspect profiles, whatever profiler wrote them.
//!
//! A [`Profile`] is what all formats are read into: samples with stacks, call graphs, or both, over
//! tables of functions, frames, threads and labels. [`formats`] has a reader and a writer per file
//! format, [`ops`] what can be done with a profile, [`render`] what can be drawn of it. Nothing in here touches
//! the file system or prints.
//!
//! # Read any file
//!
//! The format is told from the content; gzip, zlib, byte order marks and UTF-16 are opened on the way.
//!
//! ```
//! use profkit::{Notes, ReadOptions, formats};
//!
//! let bytes = b"main;parse 2\nmain;parse;next 3\n"; // or std::fs::read(path)?
//! let mut notes = Notes::new();
//! let (profile, format) = formats::read(bytes, None, None, &ReadOptions::default(), &mut notes)?;
//! assert_eq!((format.name(), profile.samples.len()), ("collapsed", 2));
//! assert_eq!(profile.column_totals()?, [5]);
//! # Ok::<(), profkit::Error>(())
//! ```
//!
//! # Convert
//!
//! A writer first brings the profile into what its format can hold. Whatever is lost, estimated or made
//! up on the way is in the [`Notes`], counted.
//!
//! ```
//! use profkit::{Notes, ReadOptions, WriteOptions, formats};
//!
//! # let bytes = b"main;parse 2\nmain;parse;next 3\n";
//! let mut notes = Notes::new();
//! let (profile, _) = formats::read(bytes, None, None, &ReadOptions::default(), &mut notes)?;
//! let mut out = Vec::new();
//! formats::for_output("out.speedscope.json")?.write(&profile, &mut out, &WriteOptions::default(), &mut notes)?;
//! notes.iter().for_each(|note| eprintln!("note: {note}"));
//! # assert!(notes.first_loss().is_none() && out.starts_with(b"{"));
//! # Ok::<(), profkit::Error>(())
//! ```
//!
//! # Walk stacks
//!
//! A sample points at its stack; [`Stacks`] gives the frames of one, innermost first.
//!
//! ```
//! # use profkit::{Notes, ReadOptions, formats};
//! # let bytes = b"main;parse 2\nmain;parse;next 3\n";
//! # let (profile, _) = formats::read(bytes, None, None, &ReadOptions::default(), &mut Notes::new())?;
//! let mut lines = Vec::new();
//! for sample in profile.samples.iter() {
//!     let frames = sample.stack.into_iter().flat_map(|stack| profile.stacks.leaf_to_root(stack));
//!     let names: Vec<_> = frames.map(|frame| profile.frame_name(frame).unwrap_or("?")).collect();
//!     lines.push(format!("{:?} {}", sample.values, names.join(" < ")));
//! }
//! assert_eq!(lines, ["[2] parse < main", "[3] next < parse < main"]);
//! # Ok::<(), profkit::Error>(())
//! ```
//!
//! # Build a profile by hand
//!
//! Rows are interned: asking twice for the same function gives the same id.
//!
//! ```
//! use profkit::{Frame, Function, Notes, Profile, Sample, ValueType, WriteOptions, formats};
//!
//! let mut profile = Profile::new(vec![ValueType::new("requests", "count")]);
//! let mut path = Vec::new();
//! for name in ["main", "serve"] {
//!     let name = profile.string(name);
//!     let function = profile.function(Function::named(name));
//!     path.push(profile.frame(Frame { function: Some(function), ..Frame::default() }));
//! }
//! let stack = profile.stack(&path)?;
//! profile.samples.push(Sample::new(Some(stack), &[42]));
//!
//! let mut out = Vec::new();
//! let mut notes = Notes::new();
//! formats::named("collapsed")?.write(&profile, &mut out, &WriteOptions::default(), &mut notes)?;
//! assert_eq!(out, b"main;serve 42\n");
//! assert_eq!(notes.first_loss().map(|note| note.what.as_str()), Some("collapsed cannot hold value types"));
//! # Ok::<(), profkit::Error>(())
//! ```
//!
//! # List functions
//!
//! ```
//! use profkit::ops::{Sort, top};
//! # use profkit::{Notes, ReadOptions, formats};
//! # let bytes = b"main;parse 2\nmain;parse;next 3\n";
//! # let mut notes = Notes::new();
//! # let (profile, _) = formats::read(bytes, None, None, &ReadOptions::default(), &mut notes)?;
//! let top = top(&profile, profile.default_value(), Sort::Own, &mut notes)?;
//! let costs: Vec<_> = top.rows().map(|row| (row.name, row.own[0], row.total[0])).collect();
//! assert_eq!(costs, [("next".to_owned(), 3, 3), ("parse".to_owned(), 2, 5), ("main".to_owned(), 0, 5)]);
//! # Ok::<(), profkit::Error>(())
//! ```

pub use profkit_core::*;

/// The registry of formats: detection, reading, and each [`Format`] by name.
pub mod formats {
    pub use profkit_formats::*;
}

/// What can be done with a profile once it is read.
pub mod ops {
    pub use profkit_ops::*;
}

/// Pictures of profiles.
pub mod render {
    pub use profkit_render::*;
}
