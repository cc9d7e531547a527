//! Builds a profile of the folders below one, by the size of their files, and writes it as speedscope JSON to
//! stdout: `cargo run -p profkit --example by_hand -- FOLDER > sizes.speedscope.json`.

use profkit::{Frame, FrameId, Function, Notes, Profile, Sample, ValueType, WriteOptions, formats};
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: by_hand FOLDER")?;
    let mut profile = Profile::new(vec![ValueType::new("size", "bytes")]);
    let root = frame(&mut profile, &folder);
    add_folder(&mut profile, Path::new(&folder), &mut vec![root])?;
    let mut notes = Notes::new();
    let format = formats::named("speedscope")?;
    format.write(&profile, &mut std::io::stdout().lock(), &WriteOptions::default(), &mut notes)?;
    notes.iter().for_each(|note| eprintln!("note: {note}"));
    Ok(())
}

fn frame(profile: &mut Profile, name: &str) -> FrameId {
    let name = profile.string(name);
    let function = profile.function(Function::named(name));
    profile.frame(Frame { function: Some(function), ..Frame::default() })
}

/// Adds a sample for each file; `path` holds the frames from the root to the folder.
fn add_folder(profile: &mut Profile, folder: &Path, path: &mut Vec<FrameId>) -> Result<(), Box<dyn Error>> {
    let mut entries = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        path.push(frame(profile, &entry.file_name().to_string_lossy()));
        let metadata = entry.metadata()?;
        if metadata.is_dir() {
            add_folder(profile, &entry.path(), path)?;
        } else {
            let stack = profile.stack(path)?;
            profile.samples.push(Sample::new(Some(stack), &[i64::try_from(metadata.len())?]));
        }
        path.pop();
    }
    Ok(())
}
