//! What a profile may be wrapped in: gzip, zlib, zstd, a byte order mark, UTF-16.

mod zstd;

use flate2::bufread::GzDecoder;
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use profkit_core::{Error, ErrorKind, Place, Result};
use std::borrow::Cow;
use std::io::{self, Read};

/// What every member of a gzip file starts with.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// How many bytes are shown of what stands where nothing should.
const SHOWN: usize = 16;

/// Returns the bytes inside, with text in UTF-8 and without a byte order mark.
///
/// Only one layer is opened: a gzip file inside a gzip file is not a profile.
pub(crate) fn open(bytes: &[u8], max_size: u64) -> Result<Cow<'_, [u8]>> {
    let opened: Vec<u8> = match bytes {
        _ if bytes.starts_with(&GZIP) => {
            let mut decoder = MultiGzDecoder::new(bytes);
            let inflated = inflate(&mut decoder, max_size, "gzip", gzip_size(bytes));
            inflated.map_err(|error| {
                let error = behind_members(bytes).filter(|_| error.kind() == ErrorKind::Malformed).unwrap_or(error);
                error.at(Place::Byte(bytes.len() - decoder.get_ref().len()))
            })?
        }
        _ if zstd::starts(bytes) => zstd::unpack(bytes, max_size)?,
        [0x78, flags, ..] if (0x7800 + u16::from(*flags)).is_multiple_of(31) && !is_text(bytes) => {
            let mut decoder = ZlibDecoder::new(bytes);
            let inflated = inflate(&mut decoder, max_size, "zlib", 0);
            let rest = decoder.get_ref().len();
            let inflated = inflated.map_err(|error| error.at(Place::Byte(bytes.len() - rest)))?;
            if rest > 0 {
                let message = format!("zlib: expected the end, found {rest} more bytes");
                return Err(Error::malformed(message).at(Place::Byte(bytes.len() - rest)));
            }
            inflated
        }
        _ if bytes.len() as u64 > max_size => return Err(too_large(max_size)),
        _ => return without_mark(Cow::Borrowed(bytes)),
    };
    if opened.starts_with(&GZIP) || zstd::starts(&opened) {
        let message = "expected a profile inside, found another layer of compression: only one is opened";
        return Err(Error::malformed(message).at(Place::Byte(0)));
    }
    without_mark(Cow::Owned(opened))
}

/// Returns text in UTF-8 and without a byte order mark; anything else as it is.
fn without_mark(opened: Cow<'_, [u8]>) -> Result<Cow<'_, [u8]>> {
    match *opened {
        [0xef, 0xbb, 0xbf, ..] => Ok(match opened {
            Cow::Borrowed(bytes) => Cow::Borrowed(bytes.split_at(3).1),
            Cow::Owned(bytes) => Cow::Owned(bytes.split_at(3).1.to_vec()),
        }),
        [0xff, 0xfe, ..] => utf16(&opened, u16::from_le_bytes).map(Cow::Owned),
        [0xfe, 0xff, ..] => utf16(&opened, u16::from_be_bytes).map(Cow::Owned),
        _ => Ok(opened),
    }
}

/// Returns whether the bytes start as text: `x `, `x^`, `x?` and `x}` are heads of zlib, too.
fn is_text(bytes: &[u8]) -> bool {
    let head = bytes.get(..64).unwrap_or(bytes).utf8_chunks().next();
    // The cut may go through the last character.
    head.is_some_and(|head| {
        head.valid().len() + 3 >= bytes.len().min(64)
            && !head.valid().contains(|it: char| it.is_control() && !it.is_ascii_whitespace())
    })
}

/// Returns how many bytes a gzip file says that its last member has, which mostly is its only one; not more than so many
/// bytes of a profile unpack to, since the file may be cut or lie.
fn gzip_size(bytes: &[u8]) -> usize {
    let told = bytes.last_chunk().map_or(0, |&told| u32::from_le_bytes(told) as usize);
    told.min(bytes.len().saturating_mul(MOST_PER_BYTE))
}

/// What a packed byte of a profile becomes, at most: text with long stacks is packed to a twentieth or so.
const MOST_PER_BYTE: usize = 32;

fn inflate(decoder: &mut dyn Read, max_size: u64, name: &str, about: usize) -> Result<Vec<u8>> {
    let mut inflated = Vec::new();
    // Room that is not to be had at once may not be needed.
    let _ = inflated.try_reserve(about.min(usize::try_from(max_size).unwrap_or(usize::MAX)));
    let read = decoder.take(max_size.saturating_add(1)).read_to_end(&mut inflated);
    match read {
        Err(error) => {
            let is_cut = error.kind() == io::ErrorKind::UnexpectedEof;
            let what = if is_cut { "the input ends too early".to_owned() } else { error.to_string() };
            Err(Error::malformed(format!("{name}: after {} unpacked bytes: {what}", inflated.len())))
        }
        Ok(size) if size as u64 > max_size => Err(too_large(max_size)),
        Ok(_) => Ok(inflated),
    }
}

/// Returns the error of a gzip file that goes on with something else behind a complete member, if it does.
fn behind_members(bytes: &[u8]) -> Option<Error> {
    let mut rest = bytes;
    while rest.starts_with(&GZIP) {
        let mut decoder = GzDecoder::new(rest);
        io::copy(&mut decoder, &mut io::sink()).ok()?;
        rest = decoder.into_inner();
    }
    let start = rest.get(..SHOWN).unwrap_or(rest);
    let more = if start.len() < rest.len() { "..." } else { "" };
    let found = format!("{} other bytes: \"{}{more}\"", rest.len(), start.escape_ascii());
    let error = Error::malformed(format!("gzip: expected another member or the end, found {found}"));
    Some(error.at(Place::Byte(bytes.len() - rest.len())))
}

fn too_large(max_size: u64) -> Error {
    Error::limit(format!("the input is larger than {max_size} bytes; --max-size allows more"))
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Vec<u8>> {
    let (units, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Error::malformed("UTF-16: half a character at the end").at(Place::Byte(bytes.len() - 1)));
    }
    let units = units.iter().skip(1).map(|&pair| unit(pair));
    let mut text = String::with_capacity(bytes.len() / 2);
    let mut offset = 2;
    for character in char::decode_utf16(units) {
        let character =
            character.map_err(|_| Error::malformed("UTF-16: half a surrogate pair").at(Place::Byte(offset)))?;
        offset += character.len_utf16() * 2;
        text.push(character);
    }
    Ok(text.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};
    use std::io::Write;

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn opens_every_member_of_gzip() {
        let both = [gzip("main;f "), gzip("1\n")].concat();
        assert_eq!(&*open(&both, 99).unwrap(), b"main;f 1\n");
    }

    #[test]
    fn opens_zlib_and_marks_and_utf16() {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(b"f 1").unwrap();
        assert_eq!(&*open(&encoder.finish().unwrap(), 99).unwrap(), b"f 1");
        assert_eq!(&*open(b"\xef\xbb\xbff 1", 99).unwrap(), b"f 1");
        assert_eq!(&*open(b"\xff\xfef\0 \x001\0", 99).unwrap(), b"f 1");
        assert_eq!(&*open(b"\xfe\xff\0f\0 \x001", 99).unwrap(), b"f 1");
    }

    #[test]
    fn takes_no_text_for_zlib() {
        for text in ["x 12\n", "x^2;f 1\n", "x? 1\n", "x}\u{a0}f 1\n"] {
            assert_eq!(&*open(text.as_bytes(), 99).unwrap(), text.as_bytes());
        }
    }

    #[test]
    fn refuses_more_than_the_limit_allows() {
        assert!(open(&gzip(&"f 1\n".repeat(1000)), 3999).is_err());
        assert!(open(b"f 1\n", 3).is_err());
    }

    #[test]
    fn opens_one_layer_and_says_so() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&gzip("f 1\n")).unwrap();
        let error = open(&encoder.finish().unwrap(), 99).unwrap_err();
        assert!(error.message().contains("another layer of compression"), "{error}");
    }

    #[test]
    fn refuses_every_cut_and_any_tail() {
        let whole = gzip("main;f 1\n");
        for length in 2..whole.len() {
            let error = open(&whole[..length], 99).unwrap_err();
            assert!(error.place().is_some(), "{error}");
        }
        let tails: [(&[u8], &str); 3] = [
            (b"tail", "found 4 other bytes: \"tail\""),
            (b"\0", "found 1 other bytes: \"\\x00\""),
            (&[0x1f; 40], "found 40 other bytes: \"\\x1f\\x1f"),
        ];
        for (tail, found) in tails {
            let error = open(&[&whole, tail].concat(), 99).unwrap_err();
            let place = format!("byte {}: gzip: expected another member or the end, {found}", whole.len());
            assert!(error.to_string().starts_with(&place), "{error}");
        }
        let error = open(&[&whole, &whole[..9]].concat(), 99).unwrap_err();
        assert!(error.message().ends_with("the input ends too early"), "{error}");
        assert!(open(b"\xff\xfef", 99).is_err());
        assert!(open(b"\xff\xfe\x00\xd8", 99).is_err());
    }
}
