//! The fields of every message, as data: what may stand where on the wire.

/// A message: its name and its fields.
pub(super) struct Message {
    pub(super) name: &'static str,
    pub(super) fields: &'static [FieldType],
}

/// A field of a message.
pub(super) struct FieldType {
    pub(super) number: u64,
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

/// What a field holds.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// A number; the last one counts.
    Number,
    /// Numbers, each on its own or many packed together.
    Numbers,
    /// Bytes of text, any number of times.
    Texts,
    /// A message; the last one counts.
    Message(&'static Message),
    /// Messages, any number of times.
    Messages(&'static Message),
}

impl Message {
    /// Returns the field with the given number.
    pub(super) fn field(&self, number: u64) -> Option<&'static FieldType> {
        self.fields.iter().find(|field| field.number == number)
    }

    /// Returns the name of a field for people, whether or not it is one of these.
    pub(super) fn name_of(&self, number: u64) -> String {
        match self.field(number) {
            Some(field) => format!("{}.{}", self.name, field.name),
            None => format!("{} field {number}", self.name),
        }
    }
}

const fn field(number: u64, name: &'static str, kind: Kind) -> FieldType {
    FieldType { number, name, kind }
}

pub(super) static PROFILE: Message = Message {
    name: "Profile",
    fields: &[
        field(1, "sample_type", Kind::Messages(&VALUE_TYPE)),
        field(2, "sample", Kind::Messages(&SAMPLE)),
        field(3, "mapping", Kind::Messages(&MAPPING)),
        field(4, "location", Kind::Messages(&LOCATION)),
        field(5, "function", Kind::Messages(&FUNCTION)),
        field(6, "string_table", Kind::Texts),
        field(7, "drop_frames", Kind::Number),
        field(8, "keep_frames", Kind::Number),
        field(9, "time_nanos", Kind::Number),
        field(10, "duration_nanos", Kind::Number),
        field(11, "period_type", Kind::Message(&VALUE_TYPE)),
        field(12, "period", Kind::Number),
        field(13, "comment", Kind::Numbers),
        field(14, "default_sample_type", Kind::Number),
        field(15, "doc_url", Kind::Number),
    ],
};

pub(super) static VALUE_TYPE: Message =
    Message { name: "ValueType", fields: &[field(1, "type", Kind::Number), field(2, "unit", Kind::Number)] };

pub(super) static SAMPLE: Message = Message {
    name: "Sample",
    fields: &[
        field(1, "location_id", Kind::Numbers),
        field(2, "value", Kind::Numbers),
        field(3, "label", Kind::Messages(&LABEL)),
    ],
};

pub(super) static LABEL: Message = Message {
    name: "Label",
    fields: &[
        field(1, "key", Kind::Number),
        field(2, "str", Kind::Number),
        field(3, "num", Kind::Number),
        field(4, "num_unit", Kind::Number),
    ],
};

pub(super) static MAPPING: Message = Message {
    name: "Mapping",
    fields: &[
        field(1, "id", Kind::Number),
        field(2, "memory_start", Kind::Number),
        field(3, "memory_limit", Kind::Number),
        field(4, "file_offset", Kind::Number),
        field(5, "filename", Kind::Number),
        field(6, "build_id", Kind::Number),
        field(7, "has_functions", Kind::Number),
        field(8, "has_filenames", Kind::Number),
        field(9, "has_line_numbers", Kind::Number),
        field(10, "has_inline_frames", Kind::Number),
    ],
};

pub(super) static LOCATION: Message = Message {
    name: "Location",
    fields: &[
        field(1, "id", Kind::Number),
        field(2, "mapping_id", Kind::Number),
        field(3, "address", Kind::Number),
        field(4, "line", Kind::Messages(&LINE)),
        field(5, "is_folded", Kind::Number),
        field(1000, "profkit_is_inlined", Kind::Number),
    ],
};

pub(super) static LINE: Message = Message {
    name: "Line",
    fields: &[field(1, "function_id", Kind::Number), field(2, "line", Kind::Number), field(3, "column", Kind::Number)],
};

pub(super) static FUNCTION: Message = Message {
    name: "Function",
    fields: &[
        field(1, "id", Kind::Number),
        field(2, "name", Kind::Number),
        field(3, "system_name", Kind::Number),
        field(4, "filename", Kind::Number),
        field(5, "start_line", Kind::Number),
        field(1000, "profkit_is_none", Kind::Number),
    ],
};
