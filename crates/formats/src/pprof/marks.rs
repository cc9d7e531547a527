//! What our writer tells our reader in comments that start with `#profkit`; pprof does not show
//! comments that start with `#`.
//!
//! ```text
//! #profkit threads: name=thread id=thread_id    these labels are the thread
//! #profkit present: time_nanos                  is 0 or empty, and not merely absent
//! #profkit default value: 2                     where its name is not enough
//! #profkit no values                            the only sample_type was made up
//! #profkit comment: #profkit is nice            a comment that would look like one of these
//! ```

const PREFIX: &str = "#profkit ";
const THREADS: &str = "threads: ";
const PRESENT: &str = "present: ";
const DEFAULT_VALUE: &str = "default value: ";
const NO_VALUES: &str = "no values";
const COMMENT: &str = "comment: ";

/// What the marks of a file say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// The label keys that parts of threads are written under.
    pub(super) thread_keys: Vec<(ThreadPart, String)>,
    /// The fields that are there although they are 0 or empty.
    pub(super) present: Vec<String>,
    /// The index of the value type to show first.
    pub(super) default_value: Option<usize>,
    /// Whether the profile has no value types.
    pub(super) no_values: bool,
}

/// A field of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ThreadPart {
    Name,
    Id,
    Process,
    Source,
}

impl ThreadPart {
    pub(super) const ALL: [ThreadPart; 4] = [ThreadPart::Name, ThreadPart::Id, ThreadPart::Process, ThreadPart::Source];

    /// Returns the word for it in a mark.
    fn word(self) -> &'static str {
        match self {
            ThreadPart::Name => "name",
            ThreadPart::Id => "id",
            ThreadPart::Process => "process",
            ThreadPart::Source => "source",
        }
    }

    /// Returns the label key to write it under, unless the profile uses that itself.
    pub(super) fn usual_key(self) -> &'static str {
        match self {
            ThreadPart::Name => "thread",
            ThreadPart::Id => "thread_id",
            ThreadPart::Process => "process_id",
            ThreadPart::Source => "thread_source",
        }
    }
}

impl Marks {
    /// Takes the marks out of the comments of a file and returns them with what is left.
    pub(super) fn read(comments: Vec<String>) -> (Marks, Vec<String>) {
        let mut marks = Marks::default();
        let mut left = Vec::new();
        for comment in comments {
            match comment.strip_prefix(PREFIX) {
                Some(mark) if marks.take(mark) => {}
                Some(mark) => left.push(mark.strip_prefix(COMMENT).map_or(comment.clone(), str::to_owned)),
                None => left.push(comment),
            }
        }
        (marks, left)
    }

    /// Takes one mark; returns whether it is one.
    fn take(&mut self, mark: &str) -> bool {
        if mark == NO_VALUES {
            self.no_values = true;
        } else if let Some(index) = mark.strip_prefix(DEFAULT_VALUE).and_then(|text| text.parse().ok()) {
            self.default_value = Some(index);
        } else if let Some(fields) = mark.strip_prefix(PRESENT) {
            self.present.extend(fields.split(' ').map(str::to_owned));
        } else if let Some(keys) = mark.strip_prefix(THREADS) {
            let pair = |text: &str| {
                let (word, key) = text.split_once('=')?;
                ThreadPart::ALL.into_iter().find(|part| part.word() == word).map(|part| (part, key.to_owned()))
            };
            self.thread_keys.extend(keys.split(' ').filter_map(pair));
        } else {
            return false;
        }
        true
    }

    /// Returns the comments of a profile with these marks behind them.
    pub(super) fn write(&self, comments: &[String]) -> Vec<String> {
        let mark = |what: &str, text: &str| format!("{PREFIX}{what}{text}");
        let mut written: Vec<String> = comments
            .iter()
            .map(|text| if text.starts_with(PREFIX) { mark(COMMENT, text) } else { text.clone() })
            .collect();
        if !self.thread_keys.is_empty() {
            let keys: Vec<_> = self.thread_keys.iter().map(|(part, key)| format!("{}={key}", part.word())).collect();
            written.push(mark(THREADS, &keys.join(" ")));
        }
        if !self.present.is_empty() {
            written.push(mark(PRESENT, &self.present.join(" ")));
        }
        written.extend(self.default_value.map(|index| mark(DEFAULT_VALUE, &index.to_string())));
        written.extend(self.no_values.then(|| mark(NO_VALUES, "")));
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn come_back_as_they_were() {
        let keys = vec![(ThreadPart::Name, "thread_".to_owned()), (ThreadPart::Source, "thread_source".to_owned())];
        let marks = Marks {
            thread_keys: keys,
            present: vec!["period".to_owned(), "doc_url".to_owned()],
            default_value: Some(7),
            no_values: true,
        };
        let comments = ["a", "", "# b", "#profkit", "#profkit no values", "#profkit comment: x"].map(str::to_owned);
        assert_eq!(Marks::read(marks.write(&comments)), (marks, comments.to_vec()));
        assert_eq!(Marks::read(Marks::default().write(&comments)), (Marks::default(), comments.to_vec()));
    }

    #[test]
    fn leaves_alone_what_it_does_not_know() {
        let comments = vec!["#profkit default value: x".to_owned(), "#profkit will be".to_owned()];
        assert_eq!(Marks::read(comments.clone()), (Marks::default(), comments));
    }
}
