//! Other names, shorter paths.

use super::pattern::{Field, regex};
use crate::map::{Rows, same_tables};
use profkit_core::{Error, Frame, FrameId, Function, FunctionId, Id, Mapping, MappingId, Profile, Result, StringId};
use regex::{Captures, Regex};
use std::collections::HashMap;

/// A substitution as in `sed`: `s/A/B/`, with `\1` and `&` in B, and with `g` and `i` behind it.
#[derive(Clone, Debug)]
pub(crate) struct Substitution {
    field: Field,
    regex: Regex,
    parts: Vec<Part>,
    is_global: bool,
}

/// A part of what is put in.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Group(usize),
}

impl Substitution {
    /// Returns the substitution that a text spells.
    pub(crate) fn parse(text: &str) -> Result<Substitution> {
        let (field, rest) = Field::split(text);
        let wrong = |what: &str| Error::usage(format!("expected s/OLD/NEW/, found {text:?}: {what}"));
        let mut chars = rest.strip_prefix('s').ok_or_else(|| wrong("it does not begin with s"))?.chars();
        let mark = chars.next().filter(|mark| !mark.is_alphanumeric() && *mark != '\\');
        let mark = mark.ok_or_else(|| wrong("behind the s stands the mark that parts it, such as /"))?;
        let mut parts = vec![String::new()];
        let mut is_escaped = false;
        for at in chars {
            let part = parts.last_mut().ok_or_else(|| wrong("it is empty"))?;
            match at {
                _ if at == mark && is_escaped => {
                    part.pop();
                    part.push(at);
                }
                _ if at == mark => parts.push(String::new()),
                _ => part.push(at),
            }
            is_escaped = at == '\\' && !is_escaped;
        }
        let [old, new, flags] = parts.as_slice() else {
            return Err(wrong(&format!("it takes three {mark:?}, there are {}", parts.len())));
        };
        if let Some(flag) = flags.chars().find(|flag| !"gi".contains(*flag)) {
            return Err(wrong(&format!("there is no flag {flag:?}, only g and i")));
        }
        let case = if flags.contains('i') { "(?i)" } else { "" };
        let regex = regex(&format!("{case}{old}"))?;
        let parts = replacement(new);
        if let Some(Part::Group(group)) =
            parts.iter().find(|it| matches!(it, Part::Group(group) if *group >= regex.captures_len()))
        {
            return Err(wrong(&format!("there is no group {group} in {old:?}")));
        }
        Ok(Substitution { field, regex, parts, is_global: flags.contains('g') })
    }

    pub(crate) fn apply(&self, text: &str) -> String {
        let new = |found: &Captures<'_>| -> String {
            let part = |part: &Part| match part {
                Part::Text(text) => text.clone(),
                Part::Group(group) => found.get(*group).map_or(String::new(), |it| it.as_str().to_owned()),
            };
            self.parts.iter().map(part).collect()
        };
        self.regex.replacen(text, if self.is_global { 0 } else { 1 }, new).into_owned()
    }
}

fn replacement(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut chars = text.chars();
    while let Some(at) = chars.next() {
        let group = match at {
            '&' => 0,
            '\\' => match chars.next() {
                Some(digit) if digit.is_ascii_digit() => digit as usize - '0' as usize,
                other => {
                    literal.extend(other);
                    continue;
                }
            },
            _ => {
                literal.push(at);
                continue;
            }
        };
        if !literal.is_empty() {
            parts.push(Part::Text(std::mem::take(&mut literal)));
        }
        parts.push(Part::Group(group));
    }
    if !literal.is_empty() {
        parts.push(Part::Text(literal));
    }
    parts
}

/// Other texts for those that a profile has of its functions; none where one stays.
pub(super) struct Texts<'t> {
    pub(super) name: &'t dyn Fn(&Profile, FunctionId, &str) -> Option<String>,
    pub(super) file: &'t dyn Fn(&str) -> Option<String>,
    pub(super) full_path: &'t dyn Fn(&str) -> Option<String>,
    pub(super) module: &'t dyn Fn(&str) -> Option<String>,
    /// Whether system names and build ids, which tell who somebody is whatever the name, go.
    pub(super) is_secret: bool,
}

/// The name that stays.
pub(super) fn same_name(_: &Profile, _: FunctionId, _: &str) -> Option<String> {
    None
}

/// The text that stays.
pub(super) fn same(_: &str) -> Option<String> {
    None
}

/// Returns the profile with other texts, and how many functions have others. A text that becomes empty is gone; an
/// empty name is an error. With a new name, the system name goes.
pub(super) fn with_texts(profile: &Profile, texts: &Texts<'_>) -> Result<(Profile, u64)> {
    let mut to = same_tables(profile);
    to.mappings = Default::default();
    let mut done: [HashMap<StringId, Option<StringId>>; 3] = Default::default();
    let [files, paths, modules] = &mut done;
    let new = |to: &mut Profile,
               known: &mut HashMap<StringId, Option<StringId>>,
               id: Option<StringId>,
               map: &dyn Fn(&str) -> Option<String>| {
        *known.entry(id?).or_insert_with(|| match map(&profile.strings[id?]) {
            Some(text) => to.text(&text),
            None => id,
        })
    };
    let mut changed = 0;
    let mut functions: Vec<FunctionId> = Vec::with_capacity(profile.functions.len());
    for (id, function) in profile.functions.iter() {
        let name = match (texts.name)(profile, id, &profile.strings[function.name]) {
            Some(name) if name.is_empty() => {
                let old = &profile.strings[function.name];
                return Err(Error::usage(format!("nothing would be left of the name {old:?}")));
            }
            Some(name) => to.string(&name),
            None => function.name,
        };
        let plain = function.context_of.and_then(|plain| match (texts.name)(profile, id, &profile.strings[plain]) {
            Some(name) => to.text(&name),
            None => Some(plain),
        });
        let goes = name != function.name || texts.is_secret;
        let mapped = Function {
            name,
            context_of: plain,
            system_name: function.system_name.filter(|_| !goes),
            module: new(&mut to, modules, function.module, texts.module),
            file: new(&mut to, files, function.file, texts.file),
            full_path: new(&mut to, paths, function.full_path, texts.full_path),
            ..function
        };
        changed += u64::from(mapped != function);
        functions.push(to.function(mapped));
    }
    let mut mappings: Vec<MappingId> = Vec::with_capacity(profile.mappings.len());
    for (_, mapping) in profile.mappings.iter() {
        let file = new(&mut to, modules, mapping.file, texts.module);
        let build_id = mapping.build_id.filter(|_| !texts.is_secret);
        mappings.push(to.mapping(Mapping { file, build_id, ..mapping }));
    }
    let mut frames: Vec<FrameId> = Vec::with_capacity(profile.frames.len());
    for (_, frame) in profile.frames.iter() {
        let file = new(&mut to, files, frame.file, texts.file);
        let function = frame.function.map(|id| functions[id.index()]);
        let mapping = frame.mapping.map(|id| mappings[id.index()]);
        frames.push(to.frame(Frame { function, file, mapping, ..frame }));
    }
    Ok((Rows { functions, frames }.moved(profile, to)?, changed))
}

/// Returns the profile with a substitution in names, files or modules.
pub(super) fn rename(profile: &Profile, substitution: &Substitution) -> Result<(Profile, u64)> {
    let new = |text: &str| Some(substitution.apply(text)).filter(|new| new != text);
    let new_name = |_: &Profile, _: FunctionId, name: &str| new(name);
    let is = |field| substitution.field == field;
    with_texts(
        profile,
        &Texts {
            name: if is(Field::Any) || is(Field::Name) { &new_name } else { &same_name },
            file: if is(Field::File) { &new } else { &same },
            full_path: if is(Field::File) { &new } else { &same },
            module: if is(Field::Module) { &new } else { &same },
            is_secret: false,
        },
    )
}

/// Returns the profile with files and modules without the folders that they are in.
pub(super) fn strip_paths(profile: &Profile) -> Result<(Profile, u64)> {
    let file = |text: &str| Some(base(text).to_owned());
    let module = |text: &str| is_path(text).then(|| base(text).to_owned());
    let gone = |_: &str| Some(String::new());
    with_texts(profile, &Texts { name: &same_name, file: &file, full_path: &gone, module: &module, is_secret: false })
}

fn base(path: &str) -> &str {
    let base = path.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or(path);
    if base.is_empty() { path } else { base }
}

/// Returns whether a module is a path and not a name with slashes in it, such as that of a package of Go.
fn is_path(module: &str) -> bool {
    let mut chars = module.chars();
    match (chars.next(), chars.next(), chars.next()) {
        (Some('/' | '\\'), ..) => true,
        (Some(drive), Some(':'), Some('/' | '\\')) => drive.is_ascii_alphabetic(),
        (Some('.'), Some('/'), _) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn renamed(substitution: &str, text: &str) -> String {
        Substitution::parse(substitution).unwrap().apply(text)
    }

    #[test]
    fn substitutes_as_sed_does() {
        assert_eq!(renamed("s/a/b/", "aa"), "ba");
        assert_eq!(renamed("s/a/b/g", "aA"), "bA");
        assert_eq!(renamed("s/A/b/gi", "aA"), "bb");
        assert_eq!(renamed(r"s|(\w+)/(\w+)|\2 of \1|", "x/y"), "y of x");
        assert_eq!(renamed(r"s/<.*>/[&]/", "f<int>"), "f[<int>]");
        assert_eq!(renamed(r"s/a\/b/$1 \&/", "a/b"), "$1 &");
        assert_eq!(renamed(r"s/\\//", r"a\b"), "ab");
        assert_eq!(renamed("fn:s/a//", "ab"), "b");
    }

    #[test]
    fn tells_what_is_wrong() {
        for (bad, message) in [
            ("a/b/", "does not begin with s"),
            ("s", "behind the s"),
            ("sab", "behind the s"),
            ("s/a/b", "three '/', there are 2"),
            ("s/a/b/g/", "there are 4"),
            ("s/a/b/x", "no flag 'x'"),
            ("s/(/b/", "unclosed group"),
            (r"s/a/\1/", "no group 1"),
        ] {
            let error = Substitution::parse(bad).map(|_| ()).unwrap_err();
            assert!(error.message().contains(message), "{bad}: {error}");
        }
    }

    #[test]
    fn folders_are_stripped_from_paths_alone() {
        assert_eq!(["/a/b.py", r"C:\x\y.dll", "b.py", "a/", "/"].map(base), ["b.py", "y.dll", "b.py", "a", "/"]);
        assert!(["/lib/x.so", r"C:\x", "./x"].iter().all(|it| is_path(it)));
        assert!(["github.com/a/b", "libc.so.6", "std::io", ""].iter().all(|it| !is_path(it)));
    }
}
