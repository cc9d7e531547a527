//! The files of `testdata/`.

use profkit_core::{Format, Notes, Profile, ReadOptions, Result, WriteOptions};
use profkit_formats::FORMATS;
use std::path::{Path, PathBuf};

/// Files beside the fixtures that tell how they were made.
const NOT_FIXTURES: &[&str] = &["c", "h", "py", "go", "mod", "sh", "md", "mjs", "js"];

/// One file of `testdata/`.
pub struct Fixture {
    /// The format, by the folder that the file is in.
    pub format: &'static Format,
    /// The file name.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Returns the folder `testdata/`.
pub fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata")
}

/// Returns the readable files of all formats, sorted.
pub fn readable() -> Vec<Fixture> {
    in_folder("")
}

/// Returns the files that a format must refuse, sorted.
pub fn bad() -> Vec<Fixture> {
    in_folder("bad")
}

fn in_folder(folder: &str) -> Vec<Fixture> {
    let mut fixtures = Vec::new();
    for &format in FORMATS {
        let Ok(entries) = std::fs::read_dir(testdata().join(format.name()).join(folder)) else { continue };
        for path in entries.map(|entry| entry.expect("a readable folder").path()) {
            let ending = path.extension().unwrap_or_default().to_string_lossy();
            if path.is_file() && !NOT_FIXTURES.contains(&&*ending) {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                fixtures.push(Fixture { format, name, bytes: std::fs::read(&path).expect("a readable file") });
            }
        }
    }
    fixtures.sort_by(|a, b| (a.format.name(), &a.name).cmp(&(b.format.name(), &b.name)));
    fixtures
}

impl Fixture {
    /// Returns `FORMAT/NAME`.
    pub fn title(&self) -> String {
        format!("{}/{}", self.format.name(), self.name)
    }

    /// Reads the file the way a person would: by its content and its name.
    ///
    /// # Errors
    ///
    /// Fails as [`profkit_formats::read`] does.
    pub fn read(&self, notes: &mut Notes) -> Result<(Profile, &'static Format)> {
        profkit_formats::read(&self.bytes, Some(&self.name), None, &ReadOptions::default(), notes)
    }

    /// Reads the file as the format of its folder.
    ///
    /// # Errors
    ///
    /// Fails as [`profkit_formats::read`] does.
    pub fn read_as_its_format(&self, notes: &mut Notes) -> Result<Profile> {
        let options = ReadOptions::default();
        profkit_formats::read(&self.bytes, Some(&self.name), Some(self.format), &options, notes).map(|(it, _)| it)
    }
}

/// Returns the whole profile as text, one row per line.
pub fn dump(profile: &Profile) -> String {
    let format = profkit_formats::named("profkit").expect("our own format");
    let mut text = Vec::new();
    format
        .write(profile, &mut text, &WriteOptions::default(), &mut Notes::new())
        .expect("every profile can be written");
    String::from_utf8(text).expect("JSON is UTF-8")
}
