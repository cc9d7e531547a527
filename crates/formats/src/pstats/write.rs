//! From a call graph to the dict.

use super::encode::Encoder;
use super::postscript::Postscript;
use super::seconds::{NANO, Scale};
use profkit_core::{Error, FunctionId, Id, NoteKind, Notes, Opt, Profile, Result, Rounding, WriteOptions};
use std::collections::HashMap;
use std::io::Write;

/// The version of Python's marshal format.
pub(super) const MARSHAL: Opt = Opt {
    name: "marshal",
    values: &["2", "4"],
    help: "version of the file: 2 is read by every Python since 2.5, 4 is half the size and is read by 3.4 and later",
};

pub(super) fn write(profile: &Profile, out: &mut dyn Write, options: &WriteOptions, notes: &mut Notes) -> Result<()> {
    let rows = Rows::of(profile)?;
    let scales = Scales::of(profile, &rows);
    let postscript = Postscript {
        made_up: profile.meta.invented,
        exponent: scales.stated,
        has_plain_counts: rows.has_odd_counts(),
        has_no_values: profile.value_types.is_empty(),
    };
    let encoder = if options.option(&MARSHAL) == "4" { Encoder::version_4() } else { Encoder::version_2() };
    let mut writer = Writer { profile, encoder, scales, rounding: Rounding::default() };
    writer.dict(&rows)?;
    if let Some(text) = postscript.text() {
        writer.encoder.sized_text(b'u', &text)?;
    }
    writer.rounding.note(notes, "what a floating-point number of seconds can tell apart");
    note_renamed(profile, &rows, notes);
    out.write_all(&writer.encoder.into_bytes())?;
    Ok(())
}

/// The entries of the dict, in order, each once.
#[derive(Default)]
struct Rows {
    functions: Vec<Row>,
    arcs: Vec<ArcRow>,
}

struct Row {
    function: FunctionId,
    calls: i64,
    primitive: i64,
    own: i64,
    inclusive: i64,
    /// The callers, as indices of arcs.
    callers: Vec<usize>,
}

struct ArcRow {
    caller: FunctionId,
    calls: i64,
    primitive: i64,
    callee_self: i64,
    inclusive: i64,
}

impl Rows {
    /// Returns the rows of all call graphs of a profile, what is stated of functions first.
    fn of(profile: &Profile) -> Result<Rows> {
        let mut rows = Rows::default();
        let mut places: Vec<Option<usize>> = vec![None; profile.functions.len()];
        let mut arcs: HashMap<(FunctionId, FunctionId), usize> = HashMap::new();
        for graph in &profile.calls {
            for total in graph.totals() {
                let row = rows.row(&mut places, total.function)?;
                add(&mut row.calls, total.calls)?;
                add(&mut row.primitive, total.primitive_calls)?;
                add(&mut row.inclusive, total.inclusive)?;
            }
            for (frame, costs) in graph.own() {
                if let Some(function) = profile.frames[frame].function {
                    add(&mut rows.row(&mut places, function)?.own, Some(costs))?;
                }
            }
            for arc in graph.arcs() {
                let Some(caller) = profile.frames[arc.caller].function else { continue };
                // Every caller has an entry of its own: old viewers look it up.
                rows.row(&mut places, caller)?;
                let place = *arcs.entry((caller, arc.callee)).or_insert(rows.arcs.len());
                if place == rows.arcs.len() {
                    rows.row(&mut places, arc.callee)?.callers.push(place);
                    rows.arcs.push(ArcRow { caller, calls: 0, primitive: 0, callee_self: 0, inclusive: 0 });
                }
                if let Some(row) = rows.arcs.get_mut(place) {
                    add(&mut row.calls, arc.calls)?;
                    add(&mut row.primitive, arc.primitive_calls)?;
                    add(&mut row.callee_self, arc.callee_self)?;
                    add(&mut row.inclusive, arc.inclusive)?;
                }
            }
        }
        Ok(rows)
    }

    fn row(&mut self, places: &mut [Option<usize>], function: FunctionId) -> Result<&mut Row> {
        let missing = || Error::unsupported("a function that is not in the table of functions");
        let place = *places.get_mut(function.index()).ok_or_else(missing)?.get_or_insert(self.functions.len());
        if place == self.functions.len() {
            let (calls, primitive, own, inclusive) = (0, 0, 0, 0);
            self.functions.push(Row { function, calls, primitive, own, inclusive, callers: Vec::new() });
        }
        self.functions.get_mut(place).ok_or_else(missing)
    }

    /// Returns every time there is: own costs of functions, and then all others.
    fn times(&self) -> (impl Iterator<Item = i64> + '_, impl Iterator<Item = i64> + '_) {
        let of_functions = self.functions.iter().map(|row| row.inclusive);
        let of_arcs = self.arcs.iter().flat_map(|arc| [arc.callee_self, arc.inclusive]);
        (self.functions.iter().map(|row| row.own), of_functions.chain(of_arcs))
    }

    /// Whether a reader would take some counts for unknown or swapped.
    fn has_odd_counts(&self) -> bool {
        self.functions.iter().any(|row| row.calls < 0 || row.primitive < 0 || row.primitive > row.calls)
            || self.arcs.iter().any(|arc| arc.calls < 0 || arc.primitive < 0)
    }
}

/// Adds the one column that there is, if there is any, to a sum.
fn add(sum: &mut i64, numbers: Option<&[i64]>) -> Result<()> {
    let number = numbers.and_then(|numbers| numbers.first()).copied().unwrap_or(0);
    *sum = sum.checked_add(number).ok_or_else(|| Error::overflow("the sum of a function or an arc"))?;
    Ok(())
}

/// The steps in which times are counted, here and by a reader.
struct Scales {
    counted: Scale,
    read: Scale,
    /// The exponent that a reader has to be told, because it would take another.
    stated: Option<i8>,
}

impl Scales {
    fn of(profile: &Profile, rows: &Rows) -> Scales {
        let exponent = profile.value_types.first().map_or(NANO, |value_type| value_type.unit.exponent);
        let counted = Scale::new(exponent);
        let (own, others) = rows.times();
        let sum = own.map(|count| counted.seconds(count).abs()).sum();
        let (own, _) = rows.times();
        let largest = own.chain(others).map(i64::unsigned_abs).max().unwrap_or(0);
        let natural = Scale::natural(counted.seconds(largest.try_into().unwrap_or(i64::MAX)), sum);
        // In a finer step than the own one a reader gets the same times; zero is zero in every step.
        let differs = natural.exponent() > exponent || largest == 0 && natural.exponent() != exponent;
        let stated = Some(exponent).filter(|_| differs && largest < 1 << 62);
        Scales { counted, read: stated.map_or(natural, |_| counted), stated }
    }

    /// Returns the seconds of a count, and what a reader gets more than that, in steps of the finer scale.
    fn seconds(&self, count: i64) -> Result<(f64, i128)> {
        let seconds = self.counted.seconds(count);
        let back = self.read.count(seconds)?.whole;
        let finer = i32::from(self.counted.exponent()) - i32::from(self.read.exponent());
        let power = 10i128.checked_pow(finer.unsigned_abs()).filter(|&power| power < 1 << 63);
        let power = power.ok_or_else(|| Error::overflow("a time"))?;
        let (count, back) = (i128::from(count), i128::from(back));
        Ok((seconds, if finer >= 0 { back - count * power } else { back * power - count }))
    }
}

/// Notes the files that had to be renamed, since `~` means that there is no file.
fn note_renamed(profile: &Profile, rows: &Rows, notes: &mut Notes) {
    for row in &rows.functions {
        if profile.functions[row.function].file.is_some_and(|file| &profile.strings[file] == "~") {
            let what = "pstats takes the file ~ for none, so it is written ./~";
            let name = || profile.strings[profile.functions[row.function].name].to_owned();
            notes.add(NoteKind::Renamed, what, 1, "functions|function", name);
        }
    }
}

struct Writer<'p> {
    profile: &'p Profile,
    encoder: Encoder,
    scales: Scales,
    rounding: Rounding,
}

impl Writer<'_> {
    fn dict(&mut self, rows: &Rows) -> Result<()> {
        self.encoder.start_dict();
        for row in &rows.functions {
            self.key(row.function)?;
            self.encoder.start_tuple(5);
            // Functions state primitive calls first, callers all calls.
            self.encoder.integer(row.primitive);
            self.encoder.integer(row.calls);
            self.time(row.own)?;
            self.time(row.inclusive)?;
            self.encoder.start_dict();
            for arc in row.callers.iter().filter_map(|&place| rows.arcs.get(place)) {
                self.key(arc.caller)?;
                self.encoder.start_tuple(4);
                self.encoder.integer(arc.calls);
                self.encoder.integer(arc.primitive);
                self.time(arc.callee_self)?;
                self.time(arc.inclusive)?;
            }
            self.encoder.end_dict();
        }
        self.encoder.end_dict();
        Ok(())
    }

    fn key(&mut self, id: FunctionId) -> Result<()> {
        if !self.encoder.start_shared_tuple(id.index(), 3) {
            return Ok(());
        }
        let function = self.profile.functions[id];
        let file = function.file.map(|file| &self.profile.strings[file]);
        // A file of this name would be taken for no file at all.
        self.encoder.text(match file {
            None => "~",
            Some("~") => "./~",
            Some(file) => file,
        })?;
        self.encoder.integer(function.start_line.map_or(0, |line| line.get().into()));
        self.encoder.text(&self.profile.strings[function.name])
    }

    fn time(&mut self, count: i64) -> Result<()> {
        let (seconds, change) = self.scales.seconds(count)?;
        if change != 0 {
            self.rounding.count += 1;
            self.rounding.largest = self.rounding.largest.max(change.unsigned_abs() as f64);
            self.rounding.sum += change as f64;
        }
        self.encoder.float(seconds);
        Ok(())
    }
}
