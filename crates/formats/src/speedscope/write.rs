//! Writing.
use profkit_core::{Notes, Profile, Result, WriteOptions};
use std::io::Write;
pub(super) fn write(_profile: &Profile, _out: &mut dyn Write, _options: &WriteOptions, _notes: &mut Notes) -> Result<()> {
    Ok(())
}
