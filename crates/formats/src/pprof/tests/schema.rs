//! `schemas/profile.proto` against the layout that is read and the messages that are written.

use super::super::layout::{FUNCTION, Kind, LABEL, LINE, LOCATION, MAPPING, Message, PROFILE, SAMPLE, VALUE_TYPE};
use super::super::message::Profile as File;
use super::{dump, full_file, read};
use prost::Message as _;
use prost_reflect::{Cardinality, DescriptorPool, DynamicMessage, Kind as SchemaKind, ReflectMessage, Value};

fn schema() -> DescriptorPool {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas");
    let set = protox::compile(["profile.proto"], [folder]).unwrap();
    DescriptorPool::from_file_descriptor_set(set).unwrap()
}

fn decode(bytes: &[u8]) -> DynamicMessage {
    let descriptor = schema().get_message_by_name("perftools.profiles.Profile").unwrap();
    DynamicMessage::decode(descriptor, bytes).unwrap()
}

/// Adds a line for every value in a message: its path by names, its type and the value.
fn lines(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Message(message) => {
            assert_eq!(message.unknown_fields().count(), 0, "{path}");
            for (field, value) in message.fields() {
                lines(value, &format!("{path}.{}", field.name()), found);
            }
        }
        Value::List(list) => {
            list.iter().enumerate().for_each(|(i, value)| lines(value, &format!("{path}[{i}]"), found));
        }
        value => found.push(format!("{path} = {value:?}")),
    }
}

#[test]
fn the_layout_is_the_schema() {
    let schema = schema();
    let layout: [&Message; 8] = [&PROFILE, &VALUE_TYPE, &SAMPLE, &LABEL, &MAPPING, &LOCATION, &LINE, &FUNCTION];
    assert_eq!(schema.all_messages().filter(|it| it.package_name() == "perftools.profiles").count(), layout.len());
    for message in layout {
        let wanted = schema.get_message_by_name(&format!("perftools.profiles.{}", message.name)).unwrap();
        let wanted: Vec<_> = wanted
            .fields()
            .map(|field| {
                let kind = match (field.kind(), field.cardinality() == Cardinality::Repeated) {
                    (SchemaKind::Message(it), false) => format!("message {}", it.name()),
                    (SchemaKind::Message(it), true) => format!("messages {}", it.name()),
                    (SchemaKind::String, true) => "texts".to_owned(),
                    (SchemaKind::Int64 | SchemaKind::Uint64 | SchemaKind::Bool, false) => "number".to_owned(),
                    (SchemaKind::Int64 | SchemaKind::Uint64, true) => "numbers".to_owned(),
                    (other, _) => format!("{other:?}"),
                };
                (u64::from(field.number()), format!("{}.{}", message.name, field.name()), kind)
            })
            .collect();
        let found: Vec<_> = message
            .fields
            .iter()
            .map(|field| {
                let kind = match field.kind {
                    Kind::Number => "number".to_owned(),
                    Kind::Numbers => "numbers".to_owned(),
                    Kind::Texts => "texts".to_owned(),
                    Kind::Message(it) => format!("message {}", it.name),
                    Kind::Messages(it) => format!("messages {}", it.name),
                };
                (field.number, field.name.to_owned(), kind)
            })
            .collect();
        assert_eq!(found, wanted);
    }
}

/// Every value of `full_file`, by the names of the schema.
const FULL: &str = "\
.sample_type[0].type = I64(1)
.sample_type[0].unit = I64(2)
.sample_type[1].type = I64(15)
.sample_type[1].unit = I64(5)
.sample[0].location_id[0] = U64(18446744073709551615)
.sample[0].location_id[1] = U64(7)
.sample[0].value[0] = I64(-9223372036854775808)
.sample[0].value[1] = I64(9223372036854775807)
.sample[0].label[0].key = I64(3)
.sample[0].label[0].str = I64(4)
.sample[0].label[1].key = I64(3)
.sample[0].label[1].num = I64(-8)
.sample[0].label[1].num_unit = I64(5)
.mapping[0].id = U64(6)
.mapping[0].memory_start = U64(4096)
.mapping[0].memory_limit = U64(18446744073709551614)
.mapping[0].file_offset = U64(512)
.mapping[0].filename = I64(6)
.mapping[0].build_id = I64(7)
.mapping[0].has_functions = Bool(true)
.mapping[0].has_filenames = Bool(true)
.mapping[0].has_line_numbers = Bool(true)
.mapping[0].has_inline_frames = Bool(true)
.location[0].id = U64(7)
.location[0].mapping_id = U64(6)
.location[0].address = U64(4112)
.location[0].line[0].function_id = U64(5)
.location[0].line[0].line = I64(12)
.location[0].line[0].column = I64(13)
.location[0].is_folded = Bool(true)
.location[0].profkit_is_inlined = Bool(true)
.location[1].id = U64(18446744073709551615)
.location[1].line[0].function_id = U64(4)
.location[1].line[0].line = I64(14)
.location[1].line[0].column = I64(15)
.function[0].id = U64(5)
.function[0].name = I64(8)
.function[0].system_name = I64(9)
.function[0].filename = I64(10)
.function[0].start_line = I64(11)
.function[1].id = U64(4)
.function[1].profkit_is_none = Bool(true)
.string_table[0] = String(\"\")
.string_table[1] = String(\"cpu\")
.string_table[2] = String(\"ns\")
.string_table[3] = String(\"key\")
.string_table[4] = String(\"text\")
.string_table[5] = String(\"unit\")
.string_table[6] = String(\"/bin/app\")
.string_table[7] = String(\"b01d\")
.string_table[8] = String(\"main\")
.string_table[9] = String(\"_Zmain\")
.string_table[10] = String(\"a.c\")
.string_table[11] = String(\"drop\")
.string_table[12] = String(\"keep\")
.string_table[13] = String(\"note\")
.string_table[14] = String(\"https://example.org\")
.string_table[15] = String(\"samples\")
.drop_frames = I64(11)
.keep_frames = I64(12)
.time_nanos = I64(-9)
.duration_nanos = I64(-10)
.period_type.type = I64(1)
.period_type.unit = I64(2)
.period = I64(-12)
.comment[0] = I64(13)
.comment[1] = I64(13)
.default_sample_type = I64(15)
.doc_url = I64(14)";

#[test]
fn messages_are_written_as_the_schema_says() {
    let mut found = Vec::new();
    lines(&Value::Message(decode(&full_file().encode_to_vec())), "", &mut found);
    assert_eq!(found.join("\n"), FULL);
    // Nothing of the schema is missing in the file above.
    for message in schema().all_messages().filter(|it| it.package_name() == "perftools.profiles") {
        for field in message.fields() {
            let is_there = FULL.lines().any(|line| line.contains(&format!(".{}", field.name())));
            assert!(is_there, "{} is not in the full file", field.full_name());
        }
    }
}

/// Sets a field by a path of names such as `.sample[0].value[1]`.
fn set(message: &mut DynamicMessage, path: &str, value: Value) {
    let (step, rest) = match path[1..].find('.') {
        Some(dot) => (&path[1..=dot], Some(&path[1 + dot..])),
        None => (&path[1..], None),
    };
    let (name, is_list) = step.split_once('[').map_or((step, None), |(name, index)| (name, Some(index)));
    let index: Option<usize> = is_list.map(|index| index.trim_end_matches(']').parse().unwrap());
    let field = message.descriptor().get_field_by_name(name).unwrap();
    let slot = message.get_field_mut(&field);
    let slot = match index {
        Some(index) => {
            let list = slot.as_list_mut().unwrap();
            if index == list.len() {
                list.push(Value::default_value(&field.kind()));
            }
            &mut list[index]
        }
        None => slot,
    };
    match rest {
        Some(rest) => set(slot.as_message_mut().unwrap(), rest, value),
        None => *slot = value,
    }
}

#[test]
fn what_the_schema_says_is_read() {
    let mut file = DynamicMessage::new(schema().get_message_by_name("perftools.profiles.Profile").unwrap());
    for line in FULL.lines() {
        let (path, value) = line.split_once(" = ").unwrap();
        let (kind, value) = value.trim_end_matches(')').split_once('(').unwrap();
        let value = match kind {
            "I64" => Value::I64(value.parse().unwrap()),
            "U64" => Value::U64(value.parse().unwrap()),
            "Bool" => Value::Bool(value == "true"),
            _ => Value::String(value.trim_matches('"').to_owned()),
        };
        set(&mut file, path, value);
    }
    let bytes = file.encode_to_vec();
    assert_eq!(File::decode(&*bytes).unwrap(), full_file());
    assert_eq!(dump(&read(&bytes).unwrap()), READ);
}

/// What the model is to hold of `full_file`.
const READ: &str = r#"{"profkit":1,
"meta":{"start_ns":-9,"duration_ns":-10,"period":{"value_type":{"kind":"cpu","unit":{"name":"ns","dimension":"time","factor":1,"exponent":-9},"role":"measured"},"value":-12},"comments":["note","note"],"doc_url":"https://example.org","default_value":1,"drop_frames":"drop","keep_frames":"keep"},
"value_types":[
{"kind":"cpu","unit":{"name":"ns","dimension":"time","factor":1,"exponent":-9},"role":"measured"},
{"kind":"samples","unit":{"name":"unit","dimension":"other","factor":1,"exponent":0},"role":"measured"}],
"mappings":[
{"start":4096,"limit":18446744073709551614,"offset":512,"file":"/bin/app","build_id":"b01d","has":["functions","filenames","line_numbers","inline_frames"]}],
"functions":[
{"name":"main","system_name":"_Zmain","file":"a.c","start_line":11}],
"frames":[
{"function":0,"line":12,"column":13,"address":4112,"mapping":0,"inlined":true,"folded":true},
{"line":14,"column":15}],
"stacks":[
{"frames":[0,1]}],
"labels":[
{"key":"key","number":-8,"unit":"unit"},
{"key":"key","text":"text","next":0}],
"samples":[
{"stack":0,"values":[-9223372036854775808,9223372036854775807],"labels":1}]}
"#;
