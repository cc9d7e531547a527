//! How large a file may become in which each stack is spelled out from end to end.
//!
//! A stack that extends another takes a row, but in most files it takes all its frames again: a thousand bytes of
//! deep recursion could become gigabytes.

use crate::error::{Error, Result};
use crate::format::WriteOptions;
use crate::id::{FrameId, Id, StackId};
use crate::profile::Profile;

/// The size that any file may have.
const ALWAYS: u64 = 1 << 28;
/// How many times larger than the profile in memory a file may become beyond that. Real profiles of deep stacks of
/// long names become a hundred times larger.
const MOST_GROWTH: u64 = 256;
/// The size that no file may have.
const MOST: u64 = u32::MAX as u64;
/// About what a row takes in memory, the table that finds it included.
const ROW: u64 = 64;

impl Profile {
    /// Checks that a file that spells these stacks out, one after another, is not too large: as large as a limit in the
    /// options allows, else 256 times as large as the profile is, but not more than 4 GiB. `size` is about
    /// how many bytes a frame takes; what is returned is how many each stack of the profile takes.
    ///
    /// # Errors
    ///
    /// A file that would be too large is an error of kind `Limit`, before a byte of it is written.
    pub fn check_repeated(
        &self,
        stacks: impl Iterator<Item = Option<StackId>>,
        size: impl Fn(FrameId) -> u64,
        options: &WriteOptions,
    ) -> Result<Vec<u64>> {
        let mut sizes: Vec<u64> = Vec::with_capacity(self.stacks.len());
        for stack in self.stacks.ids() {
            let (parent, run) = self.stacks.row(stack);
            let above = parent.map_or(0, |parent| sizes[parent.index()]);
            sizes.push(run.iter().map(|&frame| size(frame)).fold(above, u64::saturating_add));
        }
        let written = stacks.flatten().map(|stack| sizes[stack.index()]).fold(0, u64::saturating_add);
        self.check_size(written, options)?;
        Ok(sizes)
    }

    /// Checks that a file of about `bytes` bytes in which stacks repeat is not too large, as
    /// [`check_repeated`](Profile::check_repeated) does.
    ///
    /// # Errors
    ///
    /// A file that would be too large is an error of kind `Limit`.
    pub fn check_size(&self, bytes: u64, options: &WriteOptions) -> Result<()> {
        let most = options.max_size.unwrap_or_else(|| self.size().saturating_mul(MOST_GROWTH).clamp(ALWAYS, MOST));
        if bytes <= most {
            return Ok(());
        }
        let message =
            format!("the file would take about {bytes} bytes, since it repeats whole stacks, more than {most}");
        Err(Error::limit(format!("{message}; --max-size allows more")))
    }

    /// Returns about how many bytes the profile takes in memory.
    fn size(&self) -> u64 {
        let rows = self.stacks.len() + self.frames.len() + self.functions.len() + self.samples.len();
        let columns = self.samples.len().saturating_mul(self.value_types.len()).saturating_mul(size_of::<i64>());
        let frames = self.stacks.frames_in_rows().saturating_mul(size_of::<FrameId>());
        (rows as u64).saturating_mul(ROW).saturating_add((columns + frames + self.strings.size()) as u64)
    }
}

#[cfg(test)]
mod tests {
    use crate::{ErrorKind, Frame, Profile, Sample, ValueType, WriteOptions};

    #[test]
    fn deep_stacks_are_not_spelled_out_without_a_bound() {
        let mut profile = Profile::new(vec![ValueType::new("cpu", "nanoseconds")]);
        let frame = profile.frame(Frame::default());
        let mut stack = None;
        for _ in 0..30_000 {
            stack = Some(profile.push(stack, frame).unwrap());
            profile.samples.push(Sample::new(stack, &[1]));
        }
        let check = |size: u64, max_size: Option<u64>| {
            let options = WriteOptions { max_size, ..WriteOptions::default() };
            profile.check_repeated(profile.samples.iter().map(|sample| sample.stack), |_| size, &options)
        };
        assert!(check(1, None).is_ok(), "450 MB of a profile of 4 MB");
        let error = check(9, None).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
        assert!(error.message().starts_with("the file would take about 4050135000 bytes"), "{error}");
        assert!(check(9, Some(5_000_000_000)).is_ok() && check(1, Some(450_000_000)).is_err());
    }
}
