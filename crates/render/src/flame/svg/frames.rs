//! What is said about frames that are laid out: their texts and colours.
//!
//! A frame comes as `<g><title>main (1,234 samples, 5.00%)</title><rect ... fill="rgb(1,2,3)" .../>`. Counts
//! of a unit become amounts, and a colour says which change or which module it stands for.

use profkit_core::{Error, Result};

/// What is said about one frame.
pub(super) struct Frame {
    pub(super) text: String,
    pub(super) color: String,
}

/// Where frames begin.
const FRAMES: &[u8] = b"<svg id=\"frames\"";
const TITLE: &[u8] = b"<title>";
const TITLE_END: &[u8] = b"</title>";
const FILL: &[u8] = b"fill=\"";
const LABEL_END: &[u8] = b"</text>";
/// What stands on the frame of all stacks, which has no name of its own.
const ROOT: &[u8] = b"all";

/// Returns the picture with what `frame` says of the node of each frame; `order` are the nodes in the order
/// in which the picture has them.
///
/// # Errors
///
/// A picture that has other frames is an error of kind `Unsupported`.
pub(super) fn told(picture: &[u8], order: Vec<usize>, frame: impl Fn(usize) -> Frame) -> Result<Vec<u8>> {
    let mut told = Vec::with_capacity(picture.len() + picture.len() / 4);
    let mut rest = picture;
    take_to(&mut rest, FRAMES, &mut told)?;
    for node in order {
        let Frame { text, color } = frame(node);
        take_to(&mut rest, TITLE, &mut told)?;
        told.extend_from_slice(super::texts::escaped(&text).as_bytes());
        take_to(&mut rest, TITLE_END, &mut Vec::new())?;
        told.extend_from_slice(TITLE_END);
        take_to(&mut rest, FILL, &mut told)?;
        told.extend_from_slice(color.as_bytes());
        take_to(&mut rest, b"\"", &mut Vec::new())?;
        told.push(b'"');
        if node == 0 {
            take_to(&mut rest, LABEL_END, &mut told)?;
            told.truncate(told.len() - LABEL_END.len());
            told.extend_from_slice(ROOT);
            told.extend_from_slice(LABEL_END);
        }
    }
    if find(rest, TITLE).is_some() {
        return Err(other_frames());
    }
    told.extend_from_slice(rest);
    Ok(told)
}

/// Moves everything up to and with `mark` from `rest` to `told`.
fn take_to(rest: &mut &[u8], mark: &[u8], told: &mut Vec<u8>) -> Result<()> {
    let end = find(rest, mark).ok_or_else(other_frames)? + mark.len();
    told.extend_from_slice(&rest[..end]);
    *rest = &rest[end..];
    Ok(())
}

fn find(text: &[u8], mark: &[u8]) -> Option<usize> {
    text.windows(mark.len()).position(|window| window == mark)
}

fn other_frames() -> Error {
    Error::unsupported("the frames of the picture are not those that were handed over to be drawn")
}
