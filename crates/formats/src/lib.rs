//! The readers and writers of profkit: one file per format, one registry.
//!
//! A new format is one new file that defines a `FORMAT`, and two lines here. Detection, options, help
//! and tests are computed from [`FORMATS`].
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod container;
mod demangle;
mod gzip;
mod ids;
mod json;
mod names;

mod callgrind;
mod collapsed;
mod pprof;
mod pprof_legacy;
mod profkit;
mod pstats;
mod sentry;
mod speedscope;

pub use gzip::GzipWriter;

use profkit_core::{Error, ErrorKind, Format, Notes, Peek, Profile, ReadOptions, Result, Sniff};
use std::borrow::Cow;

/// Every format, in the order in which help lists them.
#[rustfmt::skip] // A line per format.
pub static FORMATS: &[&Format] = &[
    &callgrind::FORMAT,
    &collapsed::FORMAT,
    &pprof::FORMAT,
    &pprof_legacy::FORMAT,
    &profkit::FORMAT,
    &pstats::FORMAT,
    &sentry::FORMAT,
    &speedscope::FORMAT,
];

/// What names of compressed files end in, which says nothing of the format.
const CONTAINER_ENDINGS: &[&str] = &[".gz", ".zst", ".zz"];

/// How many keys of a JSON object are named where nobody knows them.
const MOST_KEYS_SHOWN: usize = 8;

/// Returns the format with the given name.
///
/// # Errors
///
/// An unknown name is an error that lists the known ones.
pub fn named(name: &str) -> Result<&'static Format> {
    FORMATS.iter().copied().find(|format| format.name() == name).ok_or_else(|| {
        Error::new(ErrorKind::UnknownFormat, format!("unknown format {name:?}: there are {}", names(FORMATS)))
    })
}

/// Returns the format to write a file of the given name in, by the ending or the start of the name.
///
/// # Errors
///
/// A name that no format claims, or several do, is an error that says so.
pub fn for_output(file_name: &str) -> Result<&'static Format> {
    let claims = by_name(file_name, &[".gz"], Format::can_write);
    match claims.as_slice() {
        [format] => Ok(format),
        [] => Err(Error::new(
            ErrorKind::UnknownFormat,
            format!(
                "the name {file_name:?} does not tell a format; name one with --to: {}",
                names(&those(Format::can_write))
            ),
        )),
        several => Err(Error::new(
            ErrorKind::UnknownFormat,
            format!("the name {file_name:?} could mean {}; name one with --to", names(several)),
        )),
    }
}

/// Returns the format of a decompressed input: by its content, then by the file name.
///
/// # Errors
///
/// No candidate, or several equal ones, are an error that names them.
pub fn detect(input: &[u8], file_name: Option<&str>) -> Result<&'static Format> {
    let keys = json::top_level(input);
    let peek = Peek { head: input, json: keys.as_deref() };
    let ranked: Vec<_> = FORMATS.iter().copied().map(|format| (format.sniff(&peek), format)).collect();
    let best = ranked.iter().map(|&(sniff, _)| sniff).max().filter(|&best| best != Sniff::No);
    let mut candidates: Vec<_> =
        ranked.into_iter().filter(|&(sniff, _)| Some(sniff) == best).map(|(_, format)| format).collect();
    if candidates.len() > 1 {
        let by_name = by_name(file_name.unwrap_or_default(), CONTAINER_ENDINGS, |format| {
            candidates.iter().any(|candidate| std::ptr::eq(*candidate, format))
        });
        if by_name.len() == 1 {
            candidates = by_name;
        }
    }
    match candidates.as_slice() {
        [format] => Ok(format),
        [] => Err(Error::new(ErrorKind::UnknownFormat, unknown(input, keys.as_deref()))),
        several => Err(Error::new(
            ErrorKind::UnknownFormat,
            format!("the format could be {}; name it with --from", names(several)),
        )),
    }
}

/// Returns what is wrong with an input that no format takes for its own.
fn unknown(input: &[u8], keys: Option<&[(&str, &[u8])]>) -> String {
    if input.is_empty() {
        let valid = those(Format::takes_nothing);
        return format!(
            "the input is empty, which is a profile only in {}; if it is one, say so with --from",
            names(&valid)
        );
    }
    let what = match keys {
        Some([]) => "a JSON object without keys".to_owned(),
        Some(keys) => {
            let shown: Vec<_> = keys.iter().take(MOST_KEYS_SHOWN).map(|(key, _)| format!("{key:?}")).collect();
            let more = if keys.len() > shown.len() { " ..." } else { "" };
            format!("JSON with the keys {}{more}", shown.join(", "))
        }
        None => "the input".to_owned(),
    };
    format!("{what} is not of a known format; name it with --from: {}", names(&those(Format::can_read)))
}

/// Returns the bytes inside a container such as gzip, with text in UTF-8 and without a byte order mark.
///
/// # Errors
///
/// A broken container, or more than `max_size` bytes in it, is an error.
pub fn open(bytes: &[u8], max_size: u64) -> Result<Cow<'_, [u8]>> {
    container::open(bytes, max_size)
}

/// Reads a profile of any format from the bytes of a file and returns it with its format.
///
/// The file name, if there is one, only breaks ties; `from` overrides detection.
///
/// # Errors
///
/// Fails where the container is broken, the format cannot be told or the input breaks its rules.
pub fn read(
    bytes: &[u8],
    file_name: Option<&str>,
    from: Option<&'static Format>,
    options: &ReadOptions,
    notes: &mut Notes,
) -> Result<(Profile, &'static Format)> {
    let input = container::open(bytes, options.max_size)?;
    let format = match from {
        Some(format) => format,
        None => detect(&input, file_name)?,
    };
    Ok((parse(&input, format, options, notes)?, format))
}

/// Reads a profile of a known format from bytes that [`open`] returned.
///
/// This is what [`read`] does last, for programs that want to know the format first. Unlike [`Format::read`],
/// it shows mangled names of functions demangled, where the options say so, and checks how long names are.
///
/// # Errors
///
/// Fails where the input breaks the rules of its format, and where names are longer than the options allow.
pub fn parse(input: &[u8], format: &'static Format, options: &ReadOptions, notes: &mut Notes) -> Result<Profile> {
    let mut profile = format.read(input, options, notes)?;
    names::check(&profile, input.len(), options.max_name).map_err(|error| error.in_format(format.name()))?;
    if options.demangle {
        demangle::demangle(&mut profile, notes);
    }
    Ok(profile)
}

/// Returns the formats that claim most of the file name, less the ending of a container.
fn by_name(file_name: &str, containers: &[&str], fits: impl Fn(&'static Format) -> bool) -> Vec<&'static Format> {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = containers.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
    let length = |format: &'static Format| format.claims(name).filter(|_| fits(format));
    let longest = FORMATS.iter().filter_map(|format| length(format)).max();
    FORMATS.iter().copied().filter(|format| longest.is_some() && length(format) == longest).collect()
}

fn those(fits: fn(&Format) -> bool) -> Vec<&'static Format> {
    FORMATS.iter().copied().filter(|format| fits(format)).collect()
}

fn names(formats: &[&Format]) -> String {
    formats.iter().map(|format| format.name()).collect::<Vec<_>>().join(", ")
}
