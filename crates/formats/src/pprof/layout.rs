//! The fields of every message, as data: what may stand where on the wire.

/// A message: its name and its fields.
pub(super) struct Message {
    pub(super) name: &'static str,
    pub(super) fields: &'static [FieldType],
}

/// A field of a message; the name is that of the message, a dot and that of the field.
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
        // Nearly all are numbered from 1 on, and stand at their place.
        let place = number.checked_sub(1).and_then(|place| usize::try_from(place).ok());
        let at_its_place = place.and_then(|place| self.fields.get(place)).filter(|field| field.number == number);
        at_its_place.or_else(|| self.fields.iter().find(|field| field.number == number))
    }

    /// Returns the name of a field for people, whether or not it is one of these.
    pub(super) fn name_of(&self, number: u64) -> String {
        match self.field(number) {
            Some(field) => field.name.to_owned(),
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
        field(1, "Profile.sample_type", Kind::Messages(&VALUE_TYPE)),
        field(2, "Profile.sample", Kind::Messages(&SAMPLE)),
        field(3, "Profile.mapping", Kind::Messages(&MAPPING)),
        field(4, "Profile.location", Kind::Messages(&LOCATION)),
        field(5, "Profile.function", Kind::Messages(&FUNCTION)),
        field(6, "Profile.string_table", Kind::Texts),
        field(7, "Profile.drop_frames", Kind::Number),
        field(8, "Profile.keep_frames", Kind::Number),
        field(9, "Profile.time_nanos", Kind::Number),
        field(10, "Profile.duration_nanos", Kind::Number),
        field(11, "Profile.period_type", Kind::Message(&VALUE_TYPE)),
        field(12, "Profile.period", Kind::Number),
        field(13, "Profile.comment", Kind::Numbers),
        field(14, "Profile.default_sample_type", Kind::Number),
        field(15, "Profile.doc_url", Kind::Number),
    ],
};

pub(super) static VALUE_TYPE: Message = Message {
    name: "ValueType",
    fields: &[field(1, "ValueType.type", Kind::Number), field(2, "ValueType.unit", Kind::Number)],
};

pub(super) static SAMPLE: Message = Message {
    name: "Sample",
    fields: &[
        field(1, "Sample.location_id", Kind::Numbers),
        field(2, "Sample.value", Kind::Numbers),
        field(3, "Sample.label", Kind::Messages(&LABEL)),
    ],
};

pub(super) static LABEL: Message = Message {
    name: "Label",
    fields: &[
        field(1, "Label.key", Kind::Number),
        field(2, "Label.str", Kind::Number),
        field(3, "Label.num", Kind::Number),
        field(4, "Label.num_unit", Kind::Number),
    ],
};

pub(super) static MAPPING: Message = Message {
    name: "Mapping",
    fields: &[
        field(1, "Mapping.id", Kind::Number),
        field(2, "Mapping.memory_start", Kind::Number),
        field(3, "Mapping.memory_limit", Kind::Number),
        field(4, "Mapping.file_offset", Kind::Number),
        field(5, "Mapping.filename", Kind::Number),
        field(6, "Mapping.build_id", Kind::Number),
        field(7, "Mapping.has_functions", Kind::Number),
        field(8, "Mapping.has_filenames", Kind::Number),
        field(9, "Mapping.has_line_numbers", Kind::Number),
        field(10, "Mapping.has_inline_frames", Kind::Number),
    ],
};

pub(super) static LOCATION: Message = Message {
    name: "Location",
    fields: &[
        field(1, "Location.id", Kind::Number),
        field(2, "Location.mapping_id", Kind::Number),
        field(3, "Location.address", Kind::Number),
        field(4, "Location.line", Kind::Messages(&LINE)),
        field(5, "Location.is_folded", Kind::Number),
        field(1000, "Location.profkit_is_inlined", Kind::Number),
    ],
};

pub(super) static LINE: Message = Message {
    name: "Line",
    fields: &[
        field(1, "Line.function_id", Kind::Number),
        field(2, "Line.line", Kind::Number),
        field(3, "Line.column", Kind::Number),
    ],
};

pub(super) static FUNCTION: Message = Message {
    name: "Function",
    fields: &[
        field(1, "Function.id", Kind::Number),
        field(2, "Function.name", Kind::Number),
        field(3, "Function.system_name", Kind::Number),
        field(4, "Function.filename", Kind::Number),
        field(5, "Function.start_line", Kind::Number),
        field(1000, "Function.profkit_is_none", Kind::Number),
    ],
};
