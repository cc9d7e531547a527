//! From call graphs to lines.

mod head;

use super::spell::{self, Numbers};
use head::Head;
use profkit_core::{
    Arc, CallGraph, Facet, Frame, FrameId, FunctionId, Id, MappingId, Notes, Profile, Result, StringId, WriteOptions,
};
use std::collections::HashMap;
use std::io::Write;
use std::num::{NonZeroU32, NonZeroU64};

/// How much text is gathered before it is handed on.
const BUFFER: usize = 1 << 16;

pub(super) fn write(profile: &Profile, out: &mut dyn Write, _: &WriteOptions, notes: &mut Notes) -> Result<()> {
    let graphs: Vec<&CallGraph> = profile.calls.iter().filter(|graph| !graph.is_empty()).collect();
    let head = Head::of(profile, &graphs);
    let mut writer = Writer::new(profile, &head, out);
    head.file(&mut writer.text, notes);
    if graphs.is_empty() {
        let sums = head.part(0, None, &mut writer.text, notes)?;
        writer.line(&["\ntotals: ", &sums]);
    }
    for (part, graph) in graphs.into_iter().enumerate() {
        let sums = head.part(part, Some(graph), &mut writer.text, notes)?;
        writer.part(part, graph)?;
        writer.line(&["\ntotals: ", &sums]);
        writer.hand_on(0)?;
    }
    spell::note(profile, &writer.is_used, head.has(Facet::Contexts), notes);
    writer.hand_on(0)
}

struct Writer<'p, 'o> {
    profile: &'p Profile,
    head: &'p Head<'p>,
    out: &'o mut dyn Write,
    text: Vec<u8>,
    objects: Numbers,
    files: Numbers,
    functions: Numbers,
    is_used: Vec<bool>,
    /// A line of each function, the first one that is known.
    lines: Vec<Option<NonZeroU32>>,
    /// The mapping that each function is in, the first one where there are several.
    mappings: Vec<Option<MappingId>>,
    part: usize,
    /// Where the text is: what the next line need not say again.
    object: Option<Option<Object>>,
    file: Option<Option<StringId>>,
}

/// What `ob=` says: the module of a function, or else the mapping that its code is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Object {
    Module(StringId),
    Mapping(MappingId),
}

/// What there is to write of one function, in one mapping.
#[derive(Default)]
struct Block<'g> {
    own: Vec<(FrameId, &'g [i64])>,
    arcs: Vec<Arc<'g>>,
}

impl<'p, 'o> Writer<'p, 'o> {
    fn new(profile: &'p Profile, head: &'p Head<'p>, out: &'o mut dyn Write) -> Writer<'p, 'o> {
        let has_starts = head.has(Facet::StartLines);
        let mut lines: Vec<_> = profile.functions.iter().map(|(_, it)| it.start_line.filter(|_| has_starts)).collect();
        let mut mappings = vec![None; profile.functions.len()];
        for (_, frame) in profile.frames.iter() {
            if let Some(mapping) = frame.function.and_then(|function| mappings.get_mut(function.index())) {
                *mapping = mapping.or(frame.mapping);
            }
            let of_function = frame.function.filter(|_| frame.file.is_none() && !has_starts);
            if let Some(line) = of_function.and_then(|function| lines.get_mut(function.index())) {
                *line = line.iter().copied().chain(frame.line).min();
            }
        }
        Writer {
            profile,
            head,
            out,
            text: Vec::with_capacity(BUFFER),
            objects: Numbers::default(),
            files: Numbers::default(),
            functions: Numbers::default(),
            is_used: vec![false; profile.functions.len()],
            lines,
            mappings,
            part: 0,
            object: None,
            file: None,
        }
    }

    /// Hands the text on once it is longer than `most`.
    fn hand_on(&mut self, most: usize) -> Result<()> {
        if self.text.len() > most {
            self.out.write_all(&self.text)?;
            self.text.clear();
        }
        Ok(())
    }

    fn line(&mut self, words: &[&str]) {
        words.iter().for_each(|word| self.text.extend_from_slice(word.as_bytes()));
        self.text.push(b'\n');
    }

    fn part(&mut self, part: usize, graph: &CallGraph) -> Result<()> {
        (self.part, self.object, self.file) = (part, None, None);
        let mut places: HashMap<(FunctionId, Option<MappingId>), usize> = HashMap::new();
        let mut blocks: Vec<((FunctionId, Option<MappingId>), Block<'_>)> = Vec::new();
        let mut block = |frame: FrameId| {
            let Frame { function, mapping, .. } = self.profile.frames[frame];
            let key = (function?, mapping);
            let place = *places.entry(key).or_insert(blocks.len());
            if place == blocks.len() {
                blocks.push((key, Block::default()));
            }
            Some(place)
        };
        let own: Vec<_> = graph.own().map(|row| (block(row.0), row)).collect();
        let arcs: Vec<_> = graph.arcs().map(|arc| (block(arc.caller), arc)).collect();
        for (place, row) in own {
            if let Some((_, block)) = place.and_then(|place| blocks.get_mut(place)) {
                block.own.push(row);
            }
        }
        for (place, arc) in arcs {
            if let Some((_, block)) = place.and_then(|place| blocks.get_mut(place)) {
                block.arcs.push(arc);
            }
        }
        for ((function, mapping), block) in blocks {
            self.block(function, mapping, block)?;
            self.hand_on(BUFFER)?;
        }
        Ok(())
    }

    /// Writes the costs of a function, by file and line.
    fn block(&mut self, id: FunctionId, mapping: Option<MappingId>, block: Block<'_>) -> Result<()> {
        let function = self.profile.functions[id];
        self.text.push(b'\n');
        self.go_to_object("ob=", function.module.map(Object::Module).or(mapping.map(Object::Mapping)));
        self.go_to_file("fl=", function.file);
        let name = self.name(id);
        self.line(&["fn=", &name]);
        let mut rows: Vec<(FrameId, Row<'_>)> = Vec::with_capacity(block.own.len() + block.arcs.len());
        rows.extend(block.own.into_iter().map(|(frame, costs)| (frame, Row::Own(costs))));
        rows.extend(block.arcs.into_iter().map(|arc| (arc.caller, Row::Arc(arc))));
        let profile = self.profile;
        rows.sort_by_key(|&(frame, _)| {
            let Frame { file, line, address, .. } = profile.frames[frame];
            (file.map(|file| &profile.strings[file]), line, address)
        });
        for (frame, row) in rows {
            let file = self.profile.frames[frame].file;
            self.go_to_file(if file.is_some() { "fi=" } else { "fe=" }, file.or(function.file));
            match row {
                Row::Own(costs) => self.costs(frame, Some(costs)),
                Row::Arc(arc) => self.arc(frame, &arc),
            }
        }
        Ok(())
    }

    fn go_to_object(&mut self, key: &str, object: Option<Object>) {
        let has_objects = self.head.has(Facet::Modules) || self.head.has(Facet::Mappings);
        if self.object != Some(object) && has_objects {
            self.object = Some(object);
            let name = match object {
                Some(Object::Module(module)) => spell::file(self.profile, Some(module)),
                Some(Object::Mapping(mapping)) => self.head.object(mapping).into(),
                None => spell::file(self.profile, None),
            };
            let name = self.objects.spell(&name, self.part);
            self.line(&[key, &name]);
        }
    }

    fn go_to_file(&mut self, key: &str, file: Option<StringId>) {
        if self.file != Some(file) {
            self.file = Some(file);
            let name = self.files.spell(&spell::file(self.profile, file), self.part);
            self.line(&[key, &name]);
        }
    }

    fn name(&mut self, function: FunctionId) -> String {
        if let Some(is_used) = self.is_used.get_mut(function.index()) {
            *is_used = true;
        }
        let name = spell::function(self.profile, function, self.head.has(Facet::Contexts));
        self.functions.spell(&name, self.part)
    }

    /// Writes a call and what it cost.
    fn arc(&mut self, frame: FrameId, arc: &Arc<'_>) {
        let callee = self.profile.functions[arc.callee];
        // Callees go without what is that of their callers, and say nothing that holds for longer.
        let (object, file) = (self.object, self.file);
        let mapping = self.mappings.get(arc.callee.index()).copied().flatten();
        self.go_to_object("cob=", callee.module.map(Object::Module).or(mapping.map(Object::Mapping)));
        self.go_to_file("cfi=", callee.file);
        (self.object, self.file) = (object, file);
        let name = self.name(arc.callee);
        self.line(&["cfn=", &name]);
        let calls = arc.calls.and_then(|calls| calls.first()).copied();
        let line = self.lines.get(arc.callee.index()).copied().flatten().map_or(0, NonZeroU32::get);
        let calls = calls.unwrap_or(0).max(0).to_string();
        let address = if self.head.has(Facet::Addresses) { "0x0 " } else { "" };
        self.line(&["calls=", &calls, " ", address, &line.to_string()]);
        self.costs(frame, arc.inclusive);
    }

    /// Writes a place and costs, if they are known, without the zeros at the end.
    fn costs(&mut self, frame: FrameId, costs: Option<&[i64]>) {
        let Frame { function, line, address, .. } = self.profile.frames[frame];
        if self.head.has(Facet::Addresses) {
            self.text.extend_from_slice(format!("{:#x} ", address.map_or(0, NonZeroU64::get)).as_bytes());
        }
        let start = function.and_then(|function| self.profile.functions[function].start_line);
        let line = line.or(start.filter(|_| self.head.has(Facet::StartLines)));
        self.text.extend_from_slice(line.map_or(0, NonZeroU32::get).to_string().as_bytes());
        if let Some(costs) = costs {
            let end = costs.iter().rposition(|&cost| cost != 0).map_or(1, |last| last + 1);
            let costs = if costs.is_empty() { &[0] } else { costs };
            for cost in costs.iter().take(end) {
                self.text.push(b' ');
                self.text.extend_from_slice(cost.to_string().as_bytes());
            }
        }
        self.text.push(b'\n');
    }
}

/// One line of a function, or the lines of a call.
enum Row<'g> {
    Own(&'g [i64]),
    Arc(Arc<'g>),
}
