//! The walk over the wire against prost, on generated files in every legal and many illegal spellings.

use super::super::layout::{FUNCTION, LABEL, LINE, LOCATION, MAPPING, Message, PROFILE, SAMPLE, VALUE_TYPE};
use super::super::message::{Function, Label, Line, Location, Mapping, Profile as File, Sample, ValueType};
use super::super::wire::{Field, Wire};
use super::{full_file, read};
use profkit_core::{Input, Place, Result};
use proptest::collection::vec;
use proptest::prelude::*;
use prost::Message as _;

/// Returns the bytes as the messages that prost would make of them.
fn walk(bytes: &[u8]) -> Result<File> {
    let mut file = File::default();
    let mut comments = Vec::new();
    each(bytes, &PROFILE, |field| {
        match field.number {
            1 => file.sample_type.push(value_type(field.bytes())?),
            2 => file.sample.push(sample(field.bytes())?),
            3 => file.mapping.push(mapping(field.bytes())?),
            4 => file.location.push(location(field.bytes())?),
            5 => file.function.push(function(field.bytes())?),
            6 => file.string_table.push(String::from_utf8_lossy(field.bytes()).into_owned()),
            7 => file.drop_frames = field.number().signed(),
            8 => file.keep_frames = field.number().signed(),
            9 => file.time_nanos = field.number().signed(),
            10 => file.duration_nanos = field.number().signed(),
            11 => file.period_type = Some(value_type(field.bytes())?),
            12 => file.period = field.number().signed(),
            13 => field.numbers(&mut comments)?,
            14 => file.default_sample_type = field.number().signed(),
            _ => file.doc_url = field.number().signed(),
        }
        Ok(())
    })?;
    file.comment = signed(&comments);
    Ok(file)
}

fn each(bytes: &[u8], message: &'static Message, mut take: impl FnMut(Field<'_, '_>) -> Result<()>) -> Result<()> {
    let wire = Wire::new(Input::new(bytes));
    let mut fields = wire.all(message);
    while let Some(field) = fields.next()? {
        take(field)?;
    }
    Ok(())
}

fn signed(numbers: &[u64]) -> Vec<i64> {
    numbers.iter().map(|number| number.cast_signed()).collect()
}

fn value_type(bytes: &[u8]) -> Result<ValueType> {
    let mut it = ValueType::default();
    each(bytes, &VALUE_TYPE, |field| {
        *(if field.number == 1 { &mut it.r#type } else { &mut it.unit }) = field.number().signed();
        Ok(())
    })?;
    Ok(it)
}

fn sample(bytes: &[u8]) -> Result<Sample> {
    let (mut it, mut values) = (Sample::default(), Vec::new());
    each(bytes, &SAMPLE, |field| {
        match field.number {
            1 => field.numbers(&mut it.location_id)?,
            2 => field.numbers(&mut values)?,
            _ => it.label.push(label(field.bytes())?),
        }
        Ok(())
    })?;
    it.value = signed(&values);
    Ok(it)
}

fn label(bytes: &[u8]) -> Result<Label> {
    let mut it = Label::default();
    each(bytes, &LABEL, |field| {
        let number = field.number().signed();
        match field.number {
            1 => it.key = number,
            2 => it.str = Some(number),
            3 => it.num = Some(number),
            _ => it.num_unit = number,
        }
        Ok(())
    })?;
    Ok(it)
}

fn mapping(bytes: &[u8]) -> Result<Mapping> {
    let mut it = Mapping::default();
    each(bytes, &MAPPING, |field| {
        let number = field.number();
        match field.number {
            1 => it.id = number.value,
            2 => it.memory_start = number.value,
            3 => it.memory_limit = number.value,
            4 => it.file_offset = number.value,
            5 => it.filename = number.signed(),
            6 => it.build_id = number.signed(),
            7 => it.has_functions = field.is_set(),
            8 => it.has_filenames = field.is_set(),
            9 => it.has_line_numbers = field.is_set(),
            _ => it.has_inline_frames = field.is_set(),
        }
        Ok(())
    })?;
    Ok(it)
}

fn location(bytes: &[u8]) -> Result<Location> {
    let mut it = Location::default();
    each(bytes, &LOCATION, |field| {
        match field.number {
            1 => it.id = field.number().value,
            2 => it.mapping_id = field.number().value,
            3 => it.address = field.number().value,
            4 => it.line.push(line(field.bytes())?),
            5 => it.is_folded = field.is_set(),
            _ => it.profkit_is_inlined = field.is_set(),
        }
        Ok(())
    })?;
    Ok(it)
}

fn line(bytes: &[u8]) -> Result<Line> {
    let mut it = Line::default();
    each(bytes, &LINE, |field| {
        match field.number {
            1 => it.function_id = field.number().value,
            2 => it.line = field.number().signed(),
            _ => it.column = field.number().signed(),
        }
        Ok(())
    })?;
    Ok(it)
}

fn function(bytes: &[u8]) -> Result<Function> {
    let mut it = Function::default();
    each(bytes, &FUNCTION, |field| {
        match field.number {
            1 => it.id = field.number().value,
            2 => it.name = field.number().signed(),
            3 => it.system_name = field.number().signed(),
            4 => it.filename = field.number().signed(),
            5 => it.start_line = field.number().signed(),
            _ => it.profkit_is_none = field.is_set(),
        }
        Ok(())
    })?;
    Ok(it)
}

/// Writes a message of this layout field by field out of raw material: any order, packed or not, with
/// fields that nobody knows in between.
fn spell(message: &'static Message, seeds: &mut impl Iterator<Item = u64>, out: &mut Vec<u8>) {
    use super::super::layout::Kind;
    let Some(count) = seeds.next() else { return };
    for _ in 0..count % 8 {
        let (Some(choice), Some(value)) = (seeds.next(), seeds.next()) else { return };
        let value = if choice % 3 == 0 { value } else { value % 200 };
        let Some(field) = message.fields.get((choice % (message.fields.len() as u64 + 1)) as usize) else {
            stranger(choice, value, out);
            continue;
        };
        match field.kind {
            Kind::Numbers if value % 2 == 0 => {
                let mut packed = Vec::new();
                (0..value % 5).for_each(|index| number(value.wrapping_mul(index * index), &mut packed));
                bytes(field.number, &packed, out);
            }
            Kind::Number | Kind::Numbers => {
                number(field.number << 3, out);
                number(value, out);
            }
            Kind::Texts => bytes(field.number, format!("text {value}").as_bytes(), out),
            // A message that comes again is merged by prost, as protobuf says, and replaced by Go and us.
            Kind::Message(_) if out.iter().any(|&byte| u64::from(byte) == field.number << 3 | 2) => {}
            Kind::Message(inner) | Kind::Messages(inner) => {
                let mut body = Vec::new();
                spell(inner, seeds, &mut body);
                bytes(field.number, &body, out);
            }
        }
    }
}

fn number(mut value: u64, out: &mut Vec<u8>) {
    while value >= 128 {
        out.push(value as u8 | 128);
        value >>= 7;
    }
    out.push(value as u8);
}

fn bytes(field: u64, body: &[u8], out: &mut Vec<u8>) {
    number(field << 3 | 2, out);
    number(body.len() as u64, out);
    out.extend_from_slice(body);
}

/// Writes a field that is in no layout.
fn stranger(choice: u64, value: u64, out: &mut Vec<u8>) {
    let wire_type = [0, 1, 2, 5][(choice % 4) as usize];
    number((200 + choice % 300) << 3 | wire_type, out);
    match wire_type {
        0 => number(value, out),
        1 => out.extend_from_slice(&value.to_le_bytes()),
        2 => {
            number(3, out);
            out.extend_from_slice(b"abc");
        }
        _ => out.extend_from_slice(&(value as u32).to_le_bytes()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn legal_spellings_are_read_as_prost_reads_them(seeds in vec(any::<u64>(), 0..200)) {
        let mut file = Vec::new();
        spell(&PROFILE, &mut seeds.into_iter(), &mut file);
        let wanted = File::decode(&*file).expect("a legal file");
        prop_assert_eq!(walk(&file).expect("a legal file"), wanted.clone());
        prop_assert_eq!(walk(&wanted.encode_to_vec()).expect("a legal file"), wanted);
        let _ = read(&file);
    }

    #[test]
    fn illegal_spellings_are_no_more_than_refused(changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut file = full_file().encode_to_vec();
        for (index, byte) in changes {
            let length = file.len();
            file[index.index(length)] = byte;
        }
        let is_once = file.iter().filter(|&&byte| byte == 11 << 3 | 2).count() == 1;
        if let (Ok(found), Ok(wanted), true) = (walk(&file), File::decode(&*file), is_once) {
            prop_assert_eq!(found, wanted);
        }
        let _ = read(&file);
    }

    #[test]
    fn noise_is_no_more_than_refused(file in vec(any::<u8>(), 0..60)) {
        if let (Ok(found), Ok(wanted)) = (walk(&file), File::decode(&*file)) {
            prop_assert_eq!(found, wanted);
        }
        let _ = read(&file);
    }
}

#[test]
fn every_cut_field_is_refused_with_its_offset() {
    let file = full_file().encode_to_vec();
    for length in 1..file.len() {
        let cut = &file[..length];
        let error = read(cut).err();
        assert!(error.is_some() || File::decode(cut).is_ok(), "cut to {length} bytes and read");
        let place = error.as_ref().map(profkit_core::Error::place);
        assert!(place.is_none_or(|place| matches!(place, Some(Place::Byte(at)) if *at <= length)), "{error:?}");
    }
}
