//! Names as they fit into a box.

use profkit_core::readable::printable;
use profkit_core::{Function, Profile};

/// Longer lines are broken.
const LINE: usize = 36;
/// Of longer parts of a name, the middle is left out.
const PART: usize = 72;
/// Of longer names, the middle is left out even where everything is told.
const TOOLTIP: usize = 2_000;

/// Returns the name of a function in lines: its parts, where it is made of several, without the path that Go
/// puts before a package; then where it is, if a line is known.
pub(super) fn in_parts(profile: &Profile, function: Function, whole_names: bool) -> Vec<String> {
    let name = printable(&profile.strings[function.name]);
    let name = without_path(&name);
    let parts = if whole_names { vec![name] } else { parts(name) };
    let mut lines: Vec<String> = parts.into_iter().flat_map(|part| wrapped(&without_middle(part, PART))).collect();
    lines.extend(place(profile, function));
    lines
}

/// Returns the name of a function in lines that are broken at spaces.
pub(super) fn in_one(profile: &Profile, function: Function) -> Vec<String> {
    wrapped(&without_middle(&printable(&profile.strings[function.name]), 2 * PART))
}

/// Returns the name of a function in full.
pub(super) fn in_full(profile: &Profile, function: Function) -> String {
    without_middle(&printable(&profile.strings[function.name]), TOOLTIP)
}

/// Returns the name of the file of a function, without its folders, and the line, if that is known.
pub(super) fn place(profile: &Profile, function: Function) -> Option<String> {
    Some(format!("{}:{}", base(&profile.strings[function.file?]), function.start_line?))
}

/// Returns the name of the module of a function, without folders.
pub(super) fn module(profile: &Profile, function: Function) -> Option<String> {
    Some(base(&profile.strings[function.module?]))
}

fn base(path: &str) -> String {
    let path = printable(path);
    let base = path.rsplit(['/', '\\']).next().filter(|base| !base.is_empty()).unwrap_or(&path);
    without_middle(base, LINE)
}

/// Returns the address of the file of a function, where its path is a whole one.
pub(super) fn url(profile: &Profile, function: Function) -> Option<String> {
    let mut paths = [function.full_path, function.file].into_iter().flatten().map(|id| &profile.strings[id]);
    let path = paths.find(|path| path.starts_with('/') && path.len() < TOOLTIP)?;
    let mut url = "file://".to_owned();
    for &byte in path.as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            url.push(byte.into());
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
    Some(url)
}

/// Returns a name without the path of a Go package before its last part.
fn without_path(name: &str) -> &str {
    let plain = name.find(|it: char| "([<{ '\"".contains(it)).unwrap_or(name.len());
    let start = name[..plain].rfind('/').map_or(0, |slash| slash + 1);
    if start < name.len() { &name[start..] } else { name }
}

/// Returns the parts of a name between `.` and `::`, but not of what is in brackets.
fn parts(name: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0i32);
    let bytes = name.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'<' | b'(' | b'[' | b'{' => depth += 1,
            b'>' | b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
        let is_end = byte == b'.' || (byte == b':' && bytes.get(at + 1) == Some(&b':'));
        let after = if byte == b'.' { at + 1 } else { at + 2 };
        let goes_on = bytes.get(after).is_some_and(|next| !next.is_ascii_digit());
        if is_end && depth <= 0 && at > start && goes_on {
            parts.push(&name[start..at]);
            start = after;
        }
    }
    parts.push(&name[start..]);
    parts
}

/// Returns a text of at most so many characters, with a sign for its middle.
fn without_middle(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    let head: String = text.chars().take(most / 2).collect();
    let tail: String = text.chars().skip(count - (most - 1 - most / 2)).collect();
    format!("{head}…{tail}")
}

/// Returns the lines of a text, broken at spaces where there are some.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > LINE {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        while line.chars().count() > LINE {
            let rest = line.chars().skip(LINE).collect();
            lines.push(line.chars().take(LINE).collect());
            line = rest;
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_between_their_parts() {
        let short = |name| parts(without_path(name));
        assert_eq!(short("github.com/google/pprof/internal.(*T).run"), ["internal", "(*T)", "run"]);
        assert_eq!(
            short("std::vector<std::pair<a, b> >::push_back(a::b const&)"),
            ["std", "vector<std::pair<a, b> >", "push_back(a::b const&)"]
        );
        assert_eq!(short("<built-in method posix.stat>"), ["<built-in method posix.stat>"]);
        assert_eq!(short("json.loads"), ["json", "loads"]);
        assert_eq!(short("main.main.func1.1"), ["main", "main", "func1.1"]);
        assert_eq!(short("operator->"), ["operator->"]);
        assert_eq!(short("a/"), ["a/"]);
        assert_eq!(short("::f"), ["::f"]);
        assert_eq!(short(""), [""]);
    }

    #[test]
    fn long_names_lose_their_middle_and_long_lines_are_broken() {
        assert_eq!(without_middle("0123456789", 5), "01…89");
        assert_eq!(wrapped("a b"), ["a b"]);
        assert_eq!(wrapped(&format!("{} b", "a".repeat(36))), ["a".repeat(36), "b".to_owned()]);
        assert_eq!(wrapped(&"é".repeat(40)), ["é".repeat(36), "é".repeat(4)]);
    }
}
