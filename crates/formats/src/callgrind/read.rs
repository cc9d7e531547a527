//! From lines to call graphs, one for each part of the file.

use super::header::{Events, KEYS, Part, Place, Position, check_version, entry, positions};
use super::lines::{Lines, count, shown, word};
use super::marks::{FILE, ThreadMark};
use super::names::{Name, Names};
use super::sums::Sums;
use profkit_core::{
    CallGraph, Frame, FrameId, FunctionId, Input, Map, MappingId, NoteKind, Notes, Profile, ReadOptions, Result,
    StringId, Thread, ThreadId,
};

pub(super) fn read(input: Input<'_>, _: &ReadOptions, notes: &mut Notes) -> Result<Profile> {
    let mut reader = Reader::new(input, notes)?;
    while let Some(line) = reader.lines.next() {
        reader.line(line)?;
    }
    reader.finish()
}

/// A file on its way into a profile.
pub(super) struct Reader<'a, 'n> {
    pub(super) input: Input<'a>,
    pub(super) lines: Lines<'a>,
    pub(super) notes: &'n mut Notes,
    pub(super) profile: Profile,
    pub(super) events: Events,
    objects: Names,
    /// What the objects are, where we wrote the file and they are mappings.
    pub(super) mappings: Map<StringId, MappingId>,
    files: Names,
    functions: Names,
    /// For each text, the function of this name that was met last.
    pub(super) last: Vec<Option<Known>>,
    /// The frame that was met last: most lines of costs are of the same place as the one before.
    pub(super) last_frame: Option<(Frame, FrameId)>,
    /// Whether the head of the part is over.
    pub(super) is_in_body: bool,
    part: Part,
    pid: Option<String>,
    /// Whether valgrind wrote the file: it counts all calls, even those that began in another part.
    pub(super) is_valgrind: bool,
    /// Whether names end with file and line, as yappi writes them.
    pub(super) is_yappi: bool,
    has_marked_parts: bool,
    /// Whether some thread is of the process.
    has_process: bool,
    pub(super) positions: Vec<Position>,
    pub(super) columns: Vec<usize>,
    pub(super) sums: Sums<'a>,
    pub(super) at: Place,
    pub(super) object: Option<StringId>,
    pub(super) file: Option<StringId>,
    pub(super) caller: Option<Caller>,
    pub(super) callee: Callee,
    pub(super) next: Next,
    pub(super) graph: CallGraph,
    /// The counts of the line at hand, and how many cells of all lines may still be filled.
    pub(super) costs: Vec<i64>,
    pub(super) room: usize,
}

/// The function whose costs follow: `fn=`, and where it stood.
pub(super) struct Caller {
    pub(super) object: Option<StringId>,
    pub(super) file: Option<StringId>,
    pub(super) name: Name,
    pub(super) id: Option<FunctionId>,
}

/// A function, and what else it was found by than its name: object and file.
#[derive(Clone, Copy)]
pub(super) struct Known {
    pub(super) by: (Option<StringId>, Option<StringId>),
    pub(super) id: FunctionId,
}

/// What is said of the function that is called next. What is not said is that of the caller, at that line.
#[derive(Default)]
pub(super) struct Callee {
    pub(super) object: Option<Option<StringId>>,
    pub(super) file: Option<Option<StringId>>,
    pub(super) name: Option<Name>,
}

/// What the next line of costs is of.
pub(super) enum Next {
    Own,
    Call { callee: FunctionId, calls: Option<i64> },
    Jump,
}

impl<'a, 'n> Reader<'a, 'n> {
    fn new(input: Input<'a>, notes: &'n mut Notes) -> Result<Reader<'a, 'n>> {
        let events = Events::of(input)?;
        let mut profile = Profile::new(events.events.iter().map(|event| event.value_type.clone()).collect());
        let stride = profile.value_types.len();
        let length = input.bytes().len();
        let mut functions = Names::new("a function", length);
        let mut mappings = Map::default();
        if let Some(mark) = &events.mark {
            for mapping in &mark.mappings {
                let object = profile.string(&mapping.object);
                mappings.insert(object, mapping.add(&mut profile));
            }
            functions.have_contexts(mark.contexts);
            profile.meta.default_value = mark.default.filter(|&index| index < stride);
        }
        Ok(Reader {
            input,
            lines: Lines::new(input),
            notes,
            profile,
            events,
            mappings,
            objects: Names::new("an object", length),
            files: Names::new("a file", length),
            functions,
            last: Vec::new(),
            last_frame: None,
            is_in_body: false,
            part: Part::default(),
            pid: None,
            is_valgrind: false,
            is_yappi: false,
            has_marked_parts: false,
            has_process: false,
            positions: vec![Position::Line],
            columns: Vec::new(),
            sums: Sums::new(stride),
            at: Place::default(),
            object: None,
            file: None,
            caller: None,
            callee: Callee::default(),
            next: Next::Own,
            graph: CallGraph::new(stride),
            costs: vec![0; stride],
            room: length.saturating_mul(16).saturating_add(1 << 20),
        })
    }

    fn line(&mut self, line: &'a [u8]) -> Result<()> {
        match line {
            [b'0'..=b'9' | b'+' | b'-' | b'*', ..] => return self.costs(line),
            [b'#', ..] => {
                self.comment(line);
                return Ok(());
            }
            _ => {}
        }
        let equals = line.iter().take(6).position(|&byte| byte == b'=');
        if let Some((key, name)) = equals.and_then(|equals| line.split_at_checked(equals)) {
            return self.position(key, name.get(1..).unwrap_or_default(), line);
        }
        if let Some((key, value)) = entry(line) {
            if self.is_in_body {
                self.end_part();
            }
            return self.head(key, value);
        }
        for (key, is_total) in [("summary:", false), ("totals:", true)] {
            if let Some(counts) = line.strip_prefix(key.as_bytes()) {
                return self.stated(counts.trim_ascii_start(), is_total);
            }
        }
        Err(self.lines.unlike("a line of costs, a name or a header", line))
    }

    fn comment(&mut self, comment: &[u8]) {
        if self.events.mark.is_some() && !self.is_in_body && !comment.starts_with(FILE.as_bytes()) {
            self.part.comment(comment);
        }
    }

    /// Takes a line of the head.
    fn head(&mut self, key: &str, value: &[u8]) -> Result<()> {
        debug_assert!(KEYS.contains(&key), "a key of a header");
        match key {
            "version" => check_version(&self.lines, value)?,
            "positions" => self.positions = positions(&self.lines, value)?,
            "events" => self.columns = self.events.columns(value),
            "event" if value.contains(&b'=') => self.skip("formulas of events", value),
            "creator" | "pid" | "cmd" | "part" | "thread" | "desc" => self.meta(key, value),
            _ => {}
        }
        Ok(())
    }

    fn meta(&mut self, key: &str, value: &[u8]) {
        let text = String::from_utf8_lossy(value).into_owned();
        let meta = &mut self.profile.meta;
        match key {
            "creator" => {
                self.is_yappi = text == "yappi";
                self.last.clear();
                if self.events.mark.is_none() {
                    self.is_valgrind = text.starts_with("callgrind");
                    self.functions.have_contexts(self.is_valgrind);
                }
                meta.producer.get_or_insert(text);
            }
            "pid" => self.pid = Some(text),
            "part" => self.part.part = Some(text),
            "thread" => self.part.thread = Some(text),
            "cmd" if meta.title.is_none() => meta.title = Some(text),
            "cmd" if meta.title.as_ref() == Some(&text) => {}
            // Valgrind describes what it did not do by a word and nothing behind it, and later parts repeat the first one.
            _ if text.is_empty() || text.ends_with(':') && self.events.mark.is_none() => {}
            _ if !self.profile.calls.is_empty() && meta.comments.contains(&text) => {}
            "cmd" => meta.comments.push(format!("cmd: {text}")),
            _ => meta.comments.push(text),
        }
    }

    /// Takes a line that names something: `fn=(4) scale`.
    fn position(&mut self, key: &[u8], name: &'a [u8], line: &'a [u8]) -> Result<()> {
        self.check_events(line)?;
        self.is_in_body = true;
        match key {
            b"ob" => self.object = self.object(name)?,
            b"fl" | b"fi" | b"fe" => self.file = self.file(name)?,
            b"fn" => {
                let name = self.function(name)?;
                let (object, file) = (self.object, self.file);
                self.caller = Some(Caller { object, file, name, id: None });
            }
            b"cob" => self.callee.object = Some(self.object(name)?),
            b"cfi" | b"cfl" => self.callee.file = Some(self.file(name)?),
            b"cfn" => self.callee.name = Some(self.function(name)?),
            b"calls" | b"rcalls" => self.calls(name, line)?,
            b"jump" | b"jcnd" => {
                self.skip("jumps", name);
                self.next = Next::Jump;
            }
            b"jfi" => drop(self.file(name)?),
            b"jfn" => drop(self.function(name)?),
            // Without --mangle-names the callers stand beside the names, but not those of a callee.
            b"frfn" => {
                self.function(name)?;
                self.skip("callers outside of names", name);
            }
            b"rec" => self.skip("levels of recursion outside of names", name),
            b"bb" => self.skip("basic blocks", name),
            b"ln" => {}
            _ => return Err(self.lines.unlike("a line of costs, a name or a header", line)),
        }
        Ok(())
    }

    pub(super) fn check_events(&self, at: &[u8]) -> Result<()> {
        if self.columns.is_empty() && self.events.mark.is_none() {
            return Err(self.lines.wrong(at, format!("expected an events: line before costs, found {}", shown(at))));
        }
        Ok(())
    }

    fn object(&mut self, name: &[u8]) -> Result<Option<StringId>> {
        let name = self.objects.name(&self.lines, name, &mut self.profile, self.notes)?;
        Ok(name.known())
    }

    fn file(&mut self, name: &[u8]) -> Result<Option<StringId>> {
        let name = self.files.name(&self.lines, name, &mut self.profile, self.notes)?;
        Ok(name.known())
    }

    fn function(&mut self, name: &[u8]) -> Result<Name> {
        self.functions.name(&self.lines, name, &mut self.profile, self.notes)
    }

    /// Notes that something is passed over.
    pub(super) fn skip(&mut self, what: &str, example: &[u8]) {
        let what = format!("{what} are passed over");
        self.notes.add(NoteKind::Skipped, what, 1, "lines|line", || String::from_utf8_lossy(example).into_owned());
    }

    /// Takes what the file states to be the sum of all costs of the part.
    fn stated(&mut self, mut counts: &'a [u8], is_total: bool) -> Result<()> {
        let mut sums = vec![0i128; self.profile.value_types.len()];
        let at = counts;
        let mut columns = self.columns.iter();
        while let Some(word) = word(&mut counts) {
            let Some(count) = count(&self.lines, word)? else { return Err(self.lines.unlike("a count", word)) };
            let Some(&column) = columns.next() else {
                return Err(self.lines.unlike(&format!("no more counts than the {} events", self.columns.len()), word));
            };
            if let (Some(sum), Some(event)) = (sums.get_mut(column), self.events.events.get(column)) {
                *sum = i128::from(count) * i128::from(event.factor);
            }
        }
        self.sums.state(sums, at, is_total);
        self.is_in_body |= is_total;
        Ok(())
    }

    /// Ends a part: its costs become a call graph.
    fn end_part(&mut self) {
        let stride = self.profile.value_types.len();
        let part = std::mem::take(&mut self.part);
        let mut graph = std::mem::replace(&mut self.graph, CallGraph::new(stride));
        let sums = std::mem::replace(&mut self.sums, Sums::new(stride));
        sums.check(&self.profile.value_types, self.notes);
        graph.thread = self.thread(&part);
        self.has_marked_parts |= part.mark.is_some();
        let name = part.mark.map_or(part.part, |mark| mark.part);
        graph.part = name.and_then(|name| self.profile.text(&name));
        self.profile.calls.push(graph);
        self.is_in_body = false;
        (self.object, self.file, self.caller) = (None, None, None);
        (self.callee, self.next, self.at) = (Callee::default(), Next::Own, Place::default());
    }

    /// Returns the thread of a part: as our mark says, else as the lines do.
    fn thread(&mut self, part: &Part) -> Option<ThreadId> {
        let ThreadMark { source, process, id, name } = match (&part.mark, &part.thread) {
            (Some(mark), _) => mark.thread.clone()?,
            (None, Some(id)) => {
                self.has_process |= self.pid.is_some();
                ThreadMark { process: self.pid.clone(), id: Some(id.clone()), ..ThreadMark::default() }
            }
            (None, None) => return None,
        };
        let mut text = |text: Option<String>| text.map(|text| self.profile.string(&text));
        let [process, id, name] = [process, id, name].map(&mut text);
        Some(self.profile.thread(Thread { source, process, id, name }))
    }

    fn finish(mut self) -> Result<Profile> {
        let end = self.input.bytes().get(self.input.bytes().len()..).unwrap_or_default();
        if let Next::Call { .. } = self.next {
            return Err(self.lines.wrong(end, "expected the costs of a call, found the end of the file".to_owned()));
        }
        if self.events.is_empty() {
            return Err(self.lines.wrong(end, "expected an events: line, found the end of the file".to_owned()));
        }
        self.end_part();
        let mut profile = self.profile;
        // A thread of which there is one, and a part that is the only one, are not told apart from others.
        let is_first = |graph: &CallGraph| graph.part.is_none_or(|part| &profile.strings[part] == "1");
        if !self.has_marked_parts && profile.calls.iter().all(is_first) {
            profile.calls.iter_mut().for_each(|graph| graph.part = None);
        }
        if let Some(pid) = self.pid.filter(|_| !self.has_process) {
            profile.meta.comments.insert(0, format!("pid: {pid}"));
        }
        Ok(profile)
    }
}
