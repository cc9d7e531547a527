//! The text of source files that a profile names.

use profkit_core::{NoteKind, Notes};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// A larger file is no source that a person wrote.
const MAX_BYTES: u64 = 64 << 20;

/// Where source files are looked for, and those that were asked for so far.
#[derive(Debug)]
pub(super) struct Sources {
    folders: Vec<PathBuf>,
    files: HashMap<Option<String>, SourceFile>,
}

/// A source file, if it was found.
#[derive(Debug, Default)]
pub(super) struct SourceFile {
    /// Where it is.
    pub(super) place: Option<PathBuf>,
    text: String,
    ends: Vec<usize>,
}

impl Sources {
    /// Returns no files yet; they are looked for under their own paths and then in the folders.
    pub(super) fn new(folders: &[PathBuf]) -> Sources {
        Sources { folders: folders.to_vec(), files: HashMap::new() }
    }

    /// Returns a file by its name in the profile, and by its absolute path where the profile has one besides.
    pub(super) fn find(&mut self, name: Option<&str>, full_path: Option<&str>) -> &SourceFile {
        let Sources { folders, files } = self;
        files.entry(name.map(str::to_owned)).or_insert_with(|| {
            let names = [full_path, name].into_iter().flatten().map(Path::new);
            let own = names.clone().map(Path::to_owned);
            let moved = names.flat_map(|name| folders.iter().flat_map(move |folder| below(folder, name)));
            own.chain(moved).find_map(SourceFile::read).unwrap_or_default()
        })
    }

    /// Notes the files that were not found.
    pub(super) fn note_missing(&self, notes: &mut Notes) {
        let missing = self.files.iter().filter(|(_, file)| file.place.is_none()).filter_map(|(name, _)| name.as_ref());
        let mut missing: Vec<_> = missing.collect();
        missing.sort();
        if let Some(first) = missing.first() {
            let what = "source files are not there (--source-path tells where to look)";
            notes.add(NoteKind::Odd, what, missing.len() as u64, "files|file", || first.to_string());
        }
    }
}

/// Returns the places in a folder where a file may be: its whole path, then ever less of its beginning.
fn below(folder: &Path, name: &Path) -> impl Iterator<Item = PathBuf> {
    let parts = name.components().filter(|part| matches!(part, Component::Normal(_)));
    let parts: Vec<PathBuf> = parts.map(|part| Path::new(part.as_os_str()).to_owned()).collect();
    (0..parts.len()).map(move |from| folder.join(parts[from..].iter().collect::<PathBuf>()))
}

impl SourceFile {
    /// Returns a file, if there is a regular one at this place.
    fn read(place: PathBuf) -> Option<SourceFile> {
        // Whoever wrote the profile chose the name: a device or a pipe would never end.
        if !fs::metadata(&place).is_ok_and(|it| it.is_file() && it.len() <= MAX_BYTES) {
            return None;
        }
        let mut bytes = Vec::new();
        File::open(&place).ok()?.take(MAX_BYTES).read_to_end(&mut bytes).ok()?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let mut ends: Vec<usize> = memchr(&text).collect();
        if !text.is_empty() && !text.ends_with('\n') {
            ends.push(text.len());
        }
        Some(SourceFile { place: Some(place), text, ends })
    }

    /// Returns how many lines there are.
    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.ends.len()).unwrap_or(u32::MAX)
    }

    /// Returns the text of a line, counted from 1.
    pub(super) fn line(&self, number: u32) -> Option<&str> {
        let index = number.checked_sub(1)? as usize;
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| end + 1);
        self.text.get(start..*self.ends.get(index)?).map(|line| line.trim_end_matches('\r'))
    }
}

fn memchr(text: &str) -> impl Iterator<Item = usize> {
    text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n').map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_under_their_own_path_and_in_folders() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("src/lib");
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join("a.py"), "one\r\ntwo\n\nfour").unwrap();
        let own = place.join("a.py").display().to_string();
        let mut nowhere = Sources::new(&[]);
        assert_eq!(nowhere.find(Some(&own), None).line(2), Some("two"));
        assert_eq!(nowhere.find(Some("gone.py"), Some(&own)).count(), 4);
        assert_eq!(nowhere.find(Some("/build/lib/a.py"), None).count(), 0);
        let mut somewhere = Sources::new(&[folder.path().to_owned(), folder.path().join("src")]);
        let file = somewhere.find(Some("/build/../lib/a.py"), None);
        let lines: Vec<_> = (0..6).map(|number| file.line(number)).collect();
        assert_eq!(lines, [None, Some("one"), Some("two"), Some(""), Some("four"), None]);
    }

    #[test]
    fn what_is_missing_is_noted_and_a_device_is_no_source() {
        let mut sources = Sources::new(&[]);
        sources.find(Some("/dev/zero"), None);
        sources.find(Some("b.py"), None);
        sources.find(None, None);
        let mut notes = Notes::new();
        sources.note_missing(&mut notes);
        let note = notes.iter().next().unwrap().to_string();
        assert!(note.ends_with("2 files (first: /dev/zero)"), "{note}");
    }
}
