//! What the names between the semicolons say: functions with their places, threads.

use std::num::NonZeroU32;

/// How the frames of a file are spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// `name`
    Plain,
    /// `name (file:line)`, the line being the one that was executed; `name (file)` without a line.
    PySpy,
    /// `file:line(name)`, the line being the one on which the function starts.
    Pstats,
}

/// What a frame says of its function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Located<'a> {
    /// The name of the function.
    pub(crate) name: &'a str,
    /// Its file, possibly empty.
    pub(crate) file: &'a str,
    /// A line, with `Some(None)` for line 0: one that is not known.
    pub(crate) line: Option<Option<NonZeroU32>>,
}

/// What a root frame says of a thread; one part at least is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ThreadRoot<'a> {
    /// The process.
    pub(crate) process: Option<&'a str>,
    /// The id.
    pub(crate) id: Option<&'a str>,
    /// The name.
    pub(crate) name: Option<&'a str>,
}

impl Spelling {
    /// Returns the spelling of a file by all its frames.
    ///
    /// One frame with a file and a line is proof, since nothing else looks like it. Frames that only have
    /// something in parentheses are proof together: all of them must, and it must look like a file.
    pub(crate) fn of<'a>(frames: impl Iterator<Item = &'a str>) -> Spelling {
        let (mut is_pstats, mut has_frames, mut only_files) = (false, false, true);
        for frame in frames {
            let place = py_spy(frame);
            if place.is_some_and(|place| place.line.is_some()) {
                return Spelling::PySpy;
            }
            is_pstats |= pstats(frame).is_some();
            has_frames = true;
            only_files &= place.is_some_and(|place| is_file(place.file));
        }
        match (is_pstats, has_frames && only_files) {
            (true, _) => Spelling::Pstats,
            (false, true) => Spelling::PySpy,
            (false, false) => Spelling::Plain,
        }
    }

    /// Returns what a frame says in this spelling; none if it is just a name.
    pub(crate) fn parse(self, frame: &str) -> Option<Located<'_>> {
        match self {
            Spelling::Plain => None,
            Spelling::PySpy => py_spy(frame),
            Spelling::Pstats => pstats(frame),
        }
    }
}

impl<'a> Located<'a> {
    /// Returns what a frame says that is just a name.
    pub(crate) fn only_name(name: &'a str) -> Located<'a> {
        Located { name, file: "", line: None }
    }
}

/// Returns what a frame of the form `name (file:line)` or `name (file)` says.
pub(crate) fn py_spy(frame: &str) -> Option<Located<'_>> {
    let (name, place) = frame.strip_suffix(')')?.rsplit_once(" (")?;
    let located = match split_line(place) {
        // A line and a column, as JavaScript writes them: another dialect.
        Some((file, _)) if split_line(file).is_some() => return None,
        Some((file, line)) => Located { name, file, line: Some(line) },
        None => Located { name, file: place, line: None },
    };
    let says_something = !located.file.is_empty() || located.line.flatten().is_some();
    (!name.is_empty() && says_something).then_some(located)
}

/// Returns what a frame of the form `file:line(name)` says.
pub(crate) fn pstats(frame: &str) -> Option<Located<'_>> {
    let (at, line) = pstats_line(frame)?;
    let (file, rest) = frame.split_at_checked(at)?;
    let name = rest.split_once('(')?.1.strip_suffix(')')?;
    let says_something = !file.is_empty() || line.is_some();
    (!name.is_empty() && says_something).then_some(Located { name, file, line: Some(line) })
}

/// Returns where the first `:line(` of a text starts, and the line.
pub(crate) fn pstats_line(text: &str) -> Option<(usize, Option<NonZeroU32>)> {
    text.match_indices(':').find_map(|(at, _)| {
        let rest = text.get(at + 1..)?;
        let digits = rest.find(|character: char| !character.is_ascii_digit())?;
        let (digits, rest) = rest.split_at_checked(digits)?;
        Some((at, line_number(digits)?)).filter(|_| rest.starts_with('('))
    })
}

/// Returns what a root frame of the form `thread (ID): NAME`, `thread (ID)` or `thread: NAME` says.
pub(crate) fn thread_root(frame: &str) -> Option<ThreadRoot<'_>> {
    let rest = frame.strip_prefix("thread")?;
    if let Some(name) = rest.strip_prefix(": ") {
        return (!name.is_empty()).then_some(ThreadRoot { name: Some(name), ..ThreadRoot::default() });
    }
    let (id, rest) = rest.strip_prefix(" (")?.split_once(')')?;
    let name = match rest {
        "" => None,
        _ => Some(rest.strip_prefix(": ").filter(|name| !name.is_empty())?),
    };
    (!id.is_empty() && id.chars().all(is_of_thread_id)).then_some(ThreadRoot { process: None, id: Some(id), name })
}

/// Returns whether a character can stand in the id of a thread. A point or a colon cannot, so that a
/// function of the name `thread` in py-spy's spelling is not a thread.
pub(crate) fn is_of_thread_id(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '-' | '_')
}

/// Splits `file:line`; a line of 0 is one that is not known.
pub(crate) fn split_line(place: &str) -> Option<(&str, Option<NonZeroU32>)> {
    let (file, line) = place.rsplit_once(':')?;
    Some((file, line_number(line)?))
}

fn line_number(digits: &str) -> Option<Option<NonZeroU32>> {
    let is_usual = digits == "0" || !digits.starts_with(['0', '+']);
    digits.parse().ok().filter(|_| is_usual).map(NonZeroU32::new)
}

/// Returns whether a text looks like the name of a file: `a.py`, `dir/file`, `<frozen os>`.
fn is_file(text: &str) -> bool {
    let has_ending = text.rsplit_once('.').is_some_and(|(stem, ending)| {
        !stem.is_empty() && (1..=4).contains(&ending.len()) && ending.chars().all(char::is_alphanumeric)
    });
    has_ending || text.contains(['/', '\\']) || text.starts_with('<') && text.ends_with('>')
}
