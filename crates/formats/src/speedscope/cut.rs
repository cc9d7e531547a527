//! The samples of a large file, cut out of it to be parsed in parts side by side.
//!
//! ```text
//! {"shared":{..},"profiles":[{"samples":[[0,1],[0,2],[0]],"weights":[1,2,3]}]}
//!                                        [0,1],[0,2]                           one part
//!                                                    [0]                       the next
//! {"shared":{..},"profiles":[{"samples":[],"weights":[1,2,3]}]}                  the rest
//! ```
//!
//! If the rest is JSON, and so is each part in brackets, then so is the whole, and it says the same. Here brackets are
//! only searched: whatever is wrong with a file is found when rest and parts are parsed.

use crate::json;
use profkit_core::Input;

/// A file without its samples.
pub(super) struct Cut<'a> {
    pub(super) rest: Vec<u8>,
    /// The profiles whose samples were cut out, by their places in the file, with the parts of their samples.
    pub(super) samples: Vec<(usize, Vec<&'a [u8]>)>,
}

impl<'a> Cut<'a> {
    /// Cuts lists of more than so many bytes out of a file, into parts of about as many; none where there are no such
    /// lists.
    pub(super) fn of(input: Input<'a>, size: usize) -> Option<Cut<'a>> {
        let bytes = input.bytes();
        if bytes.len() <= size {
            return None;
        }
        // There are large files without: all that they have are events.
        memchr::memmem::find(bytes, b"\"samples\"")?;
        let (mut rest, mut done) = (Vec::new(), 0);
        let mut samples = Vec::new();
        let profiles = json::elements(json::from_value(bytes, "profiles")?)?;
        for (index, profile) in profiles.take_while(|profile| profile.starts_with(b"{")).enumerate() {
            let lists = json::from_value(profile, "samples").and_then(inside);
            let Some(lists) = lists.filter(|lists| lists.len() > size) else { continue };
            let start = input.offset(lists);
            rest.extend_from_slice(bytes.get(done..start)?);
            done = start + lists.len();
            samples.push((index, parts(lists, size)));
        }
        if samples.is_empty() {
            return None;
        }
        rest.extend_from_slice(bytes.get(done..)?);
        Some(Cut { rest, samples })
    }
}

/// Returns what is inside the list at the start of a text, if there are only numbers and lists in it: those end where the
/// next key starts, or the object ends, which is found faster than a bracket among many.
fn inside(text: &[u8]) -> Option<&[u8]> {
    let list = text.get(..memchr::memchr2(b'"', b'}', text)?)?.trim_ascii_end();
    let list = list.strip_suffix(b",").unwrap_or(list).trim_ascii_end();
    list.strip_prefix(b"[")?.strip_suffix(b"]")
}

/// Cuts a row of lists behind one of them, at every so many bytes.
fn parts(lists: &[u8], size: usize) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let mut rest = lists;
    let mut from = size;
    while let Some(found) = rest.get(from..).and_then(|rest| memchr::memchr(b']', rest)) {
        from += found + 1;
        let Some((part, behind)) = rest.split_at_checked(from) else { break };
        let next = behind.trim_ascii_start().strip_prefix(b",").map(<[u8]>::trim_ascii_start);
        // A form feed, which is no blank in JSON, stays in a part and is refused there.
        let gap = next.and_then(|next| behind.get(..behind.len() - next.len())).unwrap_or_default();
        if let Some(next) = next.filter(|next| next.starts_with(b"[") && !gap.contains(&b'\x0c')) {
            parts.push(part);
            (rest, from) = (next, size);
        }
    }
    parts.push(rest);
    parts
}

#[cfg(test)]
mod tests {
    use super::Cut;
    use crate::speedscope::file::parse_part;
    use profkit_core::Input;

    /// The profiles whose samples were cut out, with the parts.
    type Samples = Vec<(usize, Vec<String>)>;

    fn cut(text: &str, size: usize) -> Option<(String, Samples)> {
        let Cut { rest, samples } = Cut::of(Input::new(text.as_bytes()), size)?;
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let samples = samples.iter().map(|(index, parts)| (*index, parts.iter().map(|part| text(part)).collect()));
        Some((text(&rest), samples.collect()))
    }

    #[test]
    fn samples_are_cut_behind_lists() {
        let file =
            r#"{"a":"[{]","profiles":[{"b":[[1]],"samples": [[0,1] , [0,2],[],[3]] ,"weights":[1]},{"samples":[]}]}"#;
        let rest = r#"{"a":"[{]","profiles":[{"b":[[1]],"samples": [] ,"weights":[1]},{"samples":[]}]}"#;
        let (found, samples) = cut(file, 6).unwrap();
        assert_eq!(found, rest);
        let parts = |parts: &[&str]| -> Samples { vec![(0, parts.iter().copied().map(str::to_owned).collect())] };
        assert_eq!(samples, parts(&["[0,1] , [0,2]", "[],[3]"]));
        assert_eq!(cut(file, 3).unwrap().1, parts(&["[0,1]", "[0,2]", "[],[3]"]));
        assert_eq!(cut(file, 50).map(|(rest, _)| rest), None);
    }

    #[test]
    fn what_is_no_list_of_lists_is_not_made_one() {
        let parts = |samples: &str| {
            let file = format!(r#"{{"profiles":[{{"samples":{samples}}}]}}"#);
            cut(&file, 1).map(|(_, mut parts)| parts.remove(0).1)
        };
        let is_list = |part: &String| parse_part(part.as_bytes()).is_ok();
        assert!(parts("[[0],[1], [0,0]]").unwrap().iter().all(is_list));
        for odd in [
            "[[0],[1]",
            "[[0],[1]]]",
            "[[0] [1],[2]]",
            "[[0],[[1],[2]]]",
            "[[0],[1],]",
            "[[0],1]",
            "[[0]\x0c,[1]]",
            "[[0],\x0c[1]]",
        ] {
            assert!(!parts(odd).unwrap().iter().all(is_list), "{odd}");
        }
        assert_eq!(parts(r#""[0],[1]""#), None);
    }
}
