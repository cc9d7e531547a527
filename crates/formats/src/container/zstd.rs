//! Zstandard, RFC 8878: any number of frames one after another, some of which hold nothing.
//!
//! ```text
//! 28 b5 2f fd   header   blocks   checksum?      a frame
//! 5x 2a 4d 18   length   ...                     a frame to be skipped
//! ```

use super::too_large;
use profkit_core::{Error, ErrorKind, Place, Result};
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};
use std::io::Read;

const FRAME: u32 = 0xfd2f_b528;
const SKIPPED: std::ops::RangeInclusive<u32> = 0x184d_2a50..=0x184d_2a5f;

/// The largest window that is allowed whatever the limit of the input: what the command `zstd` takes unasked. Small
/// inputs may have a large one, because who compresses a stream does not know its size.
const USUAL_WINDOW: u64 = 1 << 27;

/// Returns whether the bytes start with a frame, one to be skipped included.
pub(super) fn starts(bytes: &[u8]) -> bool {
    number(bytes).is_some_and(|(magic, _)| magic == FRAME || SKIPPED.contains(&magic))
}

/// Returns the bytes in all frames.
pub(super) fn unpack(bytes: &[u8], max_size: u64) -> Result<Vec<u8>> {
    let mut unpacked = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let done = match number(rest) {
            Some((FRAME, _)) => frame(&mut rest, &mut unpacked, max_size),
            Some((magic, after)) if SKIPPED.contains(&magic) => skip(after, &mut rest),
            _ => Err(Error::malformed(format!("zstd: expected another frame, found {} other bytes", rest.len()))),
        };
        done.map_err(|error| match error.kind() {
            ErrorKind::Malformed => error.at(Place::Byte(bytes.len() - rest.len())),
            _ => error,
        })?;
    }
    Ok(unpacked)
}

/// Unpacks the frame at the start of `rest` and goes behind it.
fn frame(rest: &mut &[u8], unpacked: &mut Vec<u8>, max_size: u64) -> Result<()> {
    let start = unpacked.len();
    let window = max_size.max(USUAL_WINDOW);
    let mut decoder =
        StreamingDecoder::new_with_max_window_size(rest, window).map_err(|error| broken(start, &error))?;
    let room = max_size.saturating_sub(start as u64);
    let read = decoder.by_ref().take(room.saturating_add(1)).read_to_end(unpacked);
    let size = read.map_err(|error| broken(unpacked.len(), &error))? as u64;
    if size > room {
        return Err(too_large(max_size));
    }
    let checked = check(&decoder.into_frame_decoder(), size);
    checked.map_err(|message| Error::malformed(format!("zstd: after {} unpacked bytes: {message}", unpacked.len())))
}

/// Returns the error of a frame that cannot be decoded.
fn broken(unpacked: usize, error: &(dyn std::error::Error + 'static)) -> Error {
    let mut causes = std::iter::successors(Some(error), |error| error.source());
    let is_end = |error: &std::io::Error| error.kind() == std::io::ErrorKind::UnexpectedEof;
    if causes.any(|cause| cause.downcast_ref().is_some_and(is_end)) {
        return Error::malformed(format!("zstd: after {unpacked} unpacked bytes: the input ends inside of a frame"));
    }
    Error::malformed(format!("zstd: after {unpacked} unpacked bytes: {error}"))
}

/// Compares what was unpacked with what the frame says of it; the decoder leaves that to its caller.
fn check(frame: &FrameDecoder, size: u64) -> std::result::Result<(), String> {
    // Where the frame does not state its size, the decoder returns 0.
    let stated = frame.content_size();
    if stated != 0 && stated != size {
        return Err(format!("expected {stated} bytes in the frame, found {size}"));
    }
    let sum = frame.get_checksum_from_data();
    if sum.is_some() && sum != frame.get_calculated_checksum() {
        return Err("the checksum does not match".to_owned());
    }
    Ok(())
}

/// Goes behind a frame to be skipped, given what follows its first four bytes.
fn skip<'b>(after: &'b [u8], rest: &mut &'b [u8]) -> Result<()> {
    let behind = number(after).and_then(|(length, after)| after.get(usize::try_from(length).ok()?..));
    *rest = behind.unwrap_or_default();
    match behind {
        Some(_) => Ok(()),
        None => Err(Error::malformed("zstd: the input ends inside of a frame to be skipped")),
    }
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    bytes.split_first_chunk().map(|(number, after)| (u32::from_le_bytes(*number), after))
}

#[cfg(test)]
mod tests {
    use crate::container::open;

    /// `printf 'main;f 1\n' | zstd`
    const PLAIN: &[u8] = b"\x28\xb5\x2f\xfd\x04\x58\x49\x00\x00main;f 1\n\xbe\x4f\xad\x61";
    /// `printf 'main;f 1\n' | zstd --no-check --long=27`
    const LONG: &[u8] = b"\x28\xb5\x2f\xfd\x00\x88\x49\x00\x00main;f 1\n";
    /// `head -c 300000 /dev/zero | zstd`
    const ZEROS: &[u8] = include_bytes!("zeros.zst");
    /// `seq -f 'main;f;g %g' 60 | zstd -19`
    const LINES: &[u8] = include_bytes!("lines.zst");
    /// `seq -f 'main;f;g %g' 60 | zstd --long=31`
    const LONGEST: &[u8] = include_bytes!("longest.zst");
    const SKIPPED: &[u8] = b"\x5a\x2a\x4d\x18\x03\0\0\0abc";

    fn lines() -> String {
        (1..=60).map(|count| format!("main;f;g {count}\n")).collect()
    }

    #[test]
    fn opens_what_the_command_writes() {
        assert_eq!(&*open(PLAIN, 99).unwrap(), b"main;f 1\n");
        assert_eq!(&*open(LONG, 99).unwrap(), b"main;f 1\n");
        assert_eq!(&*open(ZEROS, 300_000).unwrap(), vec![0; 300_000]);
        assert_eq!(&*open(LINES, 9999).unwrap(), lines().as_bytes());
    }

    #[test]
    fn opens_every_frame_and_skips_what_is_to_be_skipped() {
        let all = [SKIPPED, PLAIN, LONG, SKIPPED, LINES, SKIPPED].concat();
        assert_eq!(&*open(&all, 9999).unwrap(), ["main;f 1\nmain;f 1\n", &lines()].concat().as_bytes());
        assert_eq!(&*open(SKIPPED, 99).unwrap(), b"");
    }

    #[test]
    fn one_limit_holds_for_all_frames() {
        assert!(open(&[PLAIN, LONG].concat(), 18).is_ok());
        let error = open(&[PLAIN, LONG].concat(), 17).unwrap_err();
        assert_eq!(error.message(), "the input is larger than 17 bytes; --max-size allows more");
        assert!(open(ZEROS, 299_999).is_err());
    }

    #[test]
    fn a_window_may_be_as_large_as_the_input() {
        assert_eq!(&*open(LONGEST, u64::from(u32::MAX)).unwrap(), lines().as_bytes());
        let error = open(LONGEST, 1 << 30).unwrap_err();
        assert!(error.message().contains("window"), "{error}");
    }

    #[test]
    fn refuses_every_cut() {
        for whole in [PLAIN, LONG, ZEROS, LINES, SKIPPED] {
            for length in 4..whole.len() {
                let error = open(&whole[..length], 1 << 20).unwrap_err();
                assert!(error.message().contains("the input ends inside of a frame"), "{length}: {error}");
                assert!(error.place().is_some(), "{error}");
                assert!(open(&[PLAIN, &whole[..length]].concat(), 1 << 20).is_err());
            }
        }
    }

    #[test]
    fn refuses_tails_and_wrong_sums_and_sizes() {
        let message = |bytes: &[u8]| open(bytes, 1 << 20).unwrap_err().to_string();
        assert_eq!(message(&[PLAIN, b"tail"].concat()), "byte 22: zstd: expected another frame, found 4 other bytes");
        let mut wrong = PLAIN.to_vec();
        wrong[10] ^= 1;
        let both = [&wrong, SKIPPED].concat();
        assert_eq!(message(&wrong), "byte 22: zstd: after 9 unpacked bytes: the checksum does not match");
        assert_eq!(message(&both), "byte 22: zstd: after 9 unpacked bytes: the checksum does not match");
        let mut single = vec![0x28, 0xb5, 0x2f, 0xfd, 0x20, 10, 0x49, 0, 0];
        single.extend_from_slice(b"main;f 1\n");
        assert_eq!(message(&single), "byte 18: zstd: after 9 unpacked bytes: expected 10 bytes in the frame, found 9");
    }

    #[test]
    fn changed_bytes_never_panic() {
        for whole in [PLAIN, LONG, ZEROS, LINES] {
            for index in 0..whole.len() {
                for change in [0x01, 0x10, 0x80, 0xff] {
                    let mut bytes = whole.to_vec();
                    bytes[index] ^= change;
                    let _ = open(&bytes, 1 << 20);
                }
            }
        }
    }
}
