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
    /// The parts that the samples of each profile were cut into: none where they were not cut out.
    pub(super) samples: Vec<Vec<&'a [u8]>>,
}

impl<'a> Cut<'a> {
    /// Cuts lists of more than so many bytes out of a file, into parts of about as many; none where there are no such
    /// lists.
    pub(super) fn of(input: Input<'a>, size: usize) -> Option<Cut<'a>> {
        let bytes = input.bytes();
        let profiles = if bytes.len() > size { json::from_value(bytes, "profiles")? } else { return None };
        let (mut rest, mut done) = (Vec::new(), 0);
        let mut samples = Vec::new();
        for profile in json::elements(profiles)? {
            let lists = json::from_value(profile, "samples").and_then(inside).filter(|lists| lists.len() > size);
            samples.push(lists.map_or(Vec::new(), |lists| parts(lists, size)));
            if let Some(lists) = lists {
                let start = input.offset(lists);
                rest.extend_from_slice(bytes.get(done..start)?);
                done = start + lists.len();
            }
        }
        rest.extend_from_slice(bytes.get(done..)?);
        samples.iter().any(|parts| !parts.is_empty()).then_some(Cut { rest, samples })
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
        if let Some(next) = next.filter(|next| next.starts_with(b"[")) {
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

    fn cut(text: &str, size: usize) -> Option<(String, Vec<Vec<String>>)> {
        let Cut { rest, samples } = Cut::of(Input::new(text.as_bytes()), size)?;
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let samples = samples.iter().map(|parts| parts.iter().map(|part| text(part)).collect());
        Some((text(&rest), samples.collect()))
    }

    #[test]
    fn samples_are_cut_behind_lists() {
        let file =
            r#"{"a":"[{]","profiles":[{"b":[[1]],"samples": [[0,1] , [0,2],[],[3]] ,"weights":[1]},{"samples":[]}]}"#;
        let rest = r#"{"a":"[{]","profiles":[{"b":[[1]],"samples": [] ,"weights":[1]},{"samples":[]}]}"#;
        let (found, samples) = cut(file, 6).unwrap();
        assert_eq!(found, rest);
        assert_eq!(samples, [&["[0,1] , [0,2]", "[],[3]"][..], &[]]);
        assert_eq!(cut(file, 3).unwrap().1, [&["[0,1]", "[0,2]", "[],[3]"][..], &[]]);
        assert_eq!(cut(file, 50).map(|(rest, _)| rest), None);
    }

    #[test]
    fn what_is_no_list_of_lists_is_not_made_one() {
        let parts = |samples: &str| {
            let file = format!(r#"{{"profiles":[{{"samples":{samples}}}]}}"#);
            cut(&file, 1).map(|(_, mut parts)| parts.remove(0))
        };
        let is_list = |part: &String| parse_part(part.as_bytes()).is_ok();
        assert!(parts("[[0],[1], [0,0]]").unwrap().iter().all(is_list));
        for odd in ["[[0],[1]", "[[0],[1]]]", "[[0] [1],[2]]", "[[0],[[1],[2]]]", "[[0],[1],]", "[[0],1]"] {
            assert!(!parts(odd).unwrap().iter().all(is_list), "{odd}");
        }
        assert_eq!(parts(r#""[0],[1]""#), None);
    }
}
