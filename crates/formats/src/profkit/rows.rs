//! The JSON objects of the format. A field that is not there is left out.

use profkit_core::{
    Dimension, Facet, Facets, Meta, Period, Role, Session, Symbols, Transaction, Unit, ValueType, Weights,
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::num::{NonZeroU32, NonZeroU64};

type Text<'a> = Option<Cow<'a, str>>;
/// The text of a table.
pub(super) type RawTable<'a> = Option<&'a RawValue>;

/// Takes whatever is there, null as well, which is no table.
fn raw_table<'a, D: Deserializer<'a>>(json: D) -> Result<RawTable<'a>, D::Error> {
    <&RawValue>::deserialize(json).map(Some)
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

macro_rules! objects {
    ($($(#[$attr:meta])* $name:ident { $($(#[$field_attr:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$attr])*
        #[derive(Debug, Default, Deserialize, Serialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name<'a> {
            $($(#[$field_attr])* pub(super) $field: $type,)*
            #[serde(skip)]
            pub(super) life: std::marker::PhantomData<&'a ()>,
        }
    )*};
}

objects! {
    /// The whole file. Tables are left as text: there can be many rows, and they need those of other tables.
    File {
        profkit: u32,
        #[serde(default, borrow)]
        meta: MetaRow<'a>,
        #[serde(borrow)]
        value_types: Vec<ValueTypeRow<'a>>,
        #[serde(default, borrow, deserialize_with = "raw_table")]
        mappings: RawTable<'a>,
        #[serde(default, borrow, deserialize_with = "raw_table")]
        functions: RawTable<'a>,
        #[serde(default, borrow, deserialize_with = "raw_table")]
        frames: RawTable<'a>,
        #[serde(default, borrow, deserialize_with = "raw_table")]
        stacks: RawTable<'a>,
        #[serde(default, borrow, deserialize_with = "raw_table")]
        threads: RawTable<'a>,
        #[serde(default, borrow, deserialize_with = "raw_table")]
        labels: RawTable<'a>,
        #[serde(default, borrow, deserialize_with = "raw_table")]
        samples: RawTable<'a>,
        #[serde(default, borrow)]
        calls: Vec<CallsRow<'a>>,
    }

    ValueTypeRow {
        #[serde(borrow)]
        kind: Cow<'a, str>,
        #[serde(borrow)]
        unit: UnitRow<'a>,
        #[serde(borrow)]
        role: Cow<'a, str>,
    }

    UnitRow {
        #[serde(borrow)]
        name: Cow<'a, str>,
        #[serde(borrow)]
        dimension: Cow<'a, str>,
        factor: u64,
        exponent: i8,
    }

    MappingRow {
        start: u64,
        limit: u64,
        offset: u64,
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        file: Text<'a>,
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        build_id: Text<'a>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        has: Vec<SymbolRow>,
    }

    FunctionRow {
        #[serde(borrow)]
        name: Cow<'a, str>,
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        system_name: Text<'a>,
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        module: Text<'a>,
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        file: Text<'a>,
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        full_path: Text<'a>,
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        context_of: Text<'a>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        start_line: Option<NonZeroU32>,
    }

    FrameRow {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        function: Option<usize>,
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        file: Text<'a>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        line: Option<NonZeroU32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        column: Option<NonZeroU32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<NonZeroU64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mapping: Option<usize>,
        #[serde(default, skip_serializing_if = "is_false")]
        inlined: bool,
        #[serde(default, skip_serializing_if = "is_false")]
        folded: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        in_app: Option<bool>,
    }

    StackRow {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<usize>,
        frames: Vec<usize>,
    }

    ThreadRow {
        #[serde(default, skip_serializing_if = "is_zero")]
        source: u32,
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        process: Text<'a>,
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        id: Text<'a>,
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        name: Text<'a>,
    }

    /// A label has a `text`, or a `number` and perhaps a `unit`.
    LabelRow {
        #[serde(borrow)]
        key: Cow<'a, str>,
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        text: Text<'a>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<i64>,
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        unit: Text<'a>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<usize>,
    }

    SampleRow {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stack: Option<usize>,
        values: Vec<i64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        time_ns: Option<i64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        thread: Option<usize>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        labels: Option<usize>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kept: Option<u32>,
    }

    CallsRow {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        thread: Option<usize>,
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        part: Text<'a>,
        count_columns: usize,
        #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
        own: Vec<OwnRow<'a>>,
        #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
        arcs: Vec<ArcRow<'a>>,
        #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
        totals: Vec<TotalRow<'a>>,
    }

    OwnRow {
        frame: usize,
        costs: Vec<i64>,
    }

    ArcRow {
        caller: usize,
        callee: usize,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        calls: Option<Vec<i64>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        primitive_calls: Option<Vec<i64>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inclusive: Option<Vec<i64>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        callee_self: Option<Vec<i64>>,
    }

    TotalRow {
        function: usize,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        calls: Option<Vec<i64>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        primitive_calls: Option<Vec<i64>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inclusive: Option<Vec<i64>>,
    }

    MetaRow {
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        title: Text<'a>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        start_ns: Option<i64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        duration_ns: Option<i64>,
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        period: Option<PeriodRow<'a>>,
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        producer: Text<'a>,
        #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
        comments: Vec<Cow<'a, str>>,
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        doc_url: Text<'a>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        default_value: Option<usize>,
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        drop_frames: Text<'a>,
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        keep_frames: Text<'a>,
        #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
        sessions: Vec<SessionRow<'a>>,
        #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
        transactions: Vec<TransactionRow<'a>>,
        /// The facets that the source never knew, by name.
        #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
        invented: Vec<Cow<'a, str>>,
    }

    SessionRow {
        #[serde(default, skip_serializing_if = "is_zero")]
        source: u32,
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        id: Text<'a>,
        #[serde(borrow)]
        weights: Cow<'a, str>,
    }

    TransactionRow {
        #[serde(default, skip_serializing_if = "is_zero")]
        source: u32,
        #[serde(borrow)]
        name: Cow<'a, str>,
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        id: Text<'a>,
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        trace_id: Text<'a>,
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        thread: Text<'a>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        start_ns: Option<i64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        end_ns: Option<i64>,
    }

    PeriodRow {
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        value_type: Option<ValueTypeRow<'a>>,
        value: i64,
    }
}

/// What is resolved for the addresses of a mapping.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SymbolRow {
    Functions,
    Filenames,
    LineNumbers,
    InlineFrames,
}

impl SymbolRow {
    pub(super) const ALL: [(SymbolRow, Symbols); 4] = [
        (SymbolRow::Functions, Symbols::FUNCTIONS),
        (SymbolRow::Filenames, Symbols::FILENAMES),
        (SymbolRow::LineNumbers, Symbols::LINE_NUMBERS),
        (SymbolRow::InlineFrames, Symbols::INLINE_FRAMES),
    ];

    pub(super) fn symbols(self) -> Symbols {
        match self {
            SymbolRow::Functions => Symbols::FUNCTIONS,
            SymbolRow::Filenames => Symbols::FILENAMES,
            SymbolRow::LineNumbers => Symbols::LINE_NUMBERS,
            SymbolRow::InlineFrames => Symbols::INLINE_FRAMES,
        }
    }
}

impl<'a> ValueTypeRow<'a> {
    pub(super) fn of(value_type: &'a ValueType) -> ValueTypeRow<'a> {
        let unit = &value_type.unit;
        ValueTypeRow {
            kind: Cow::Borrowed(&value_type.kind),
            unit: UnitRow {
                name: Cow::Borrowed(&unit.name),
                dimension: Cow::Borrowed(unit.dimension.name()),
                factor: unit.factor,
                exponent: unit.exponent,
                ..UnitRow::default()
            },
            role: Cow::Borrowed(value_type.role.name()),
            ..ValueTypeRow::default()
        }
    }

    /// Returns the value type, or what is wrong with it.
    pub(super) fn value_type(&self) -> Result<ValueType, String> {
        let UnitRow { name, dimension, factor, exponent, .. } = &self.unit;
        let unknown = |what: &str, found: &str| format!("expected a {what}, found {found:?}");
        let dimension = Dimension::from_name(dimension).ok_or_else(|| unknown("dimension", dimension))?;
        let role = Role::from_name(&self.role).ok_or_else(|| unknown("role", &self.role))?;
        let unit = Unit { name: name.to_string(), dimension, factor: *factor, exponent: *exponent };
        if unit.factor == 0 || !(-18..=18).contains(exponent) {
            return Err(format!("expected a unit of some size, found {factor} x 10^{exponent}"));
        }
        Ok(ValueType { kind: self.kind.to_string(), unit, role })
    }
}

impl<'a> SessionRow<'a> {
    fn of(session: &'a Session) -> SessionRow<'a> {
        let id = session.id.as_deref().map(Cow::Borrowed);
        let weights = Cow::Borrowed(session.weights.name());
        SessionRow { source: session.source, id, weights, ..SessionRow::default() }
    }

    fn session(self) -> Result<Session, String> {
        let unknown = || format!("expected \"ticks\" or \"naive\", found {:?}", self.weights);
        let weights = Weights::from_name(&self.weights).ok_or_else(unknown)?;
        Ok(Session { source: self.source, id: self.id.map(Cow::into_owned), weights })
    }
}

impl<'a> TransactionRow<'a> {
    fn of(transaction: &'a Transaction) -> TransactionRow<'a> {
        let text = |text: &'a Option<String>| text.as_deref().map(Cow::Borrowed);
        TransactionRow {
            source: transaction.source,
            name: Cow::Borrowed(&transaction.name),
            id: text(&transaction.id),
            trace_id: text(&transaction.trace_id),
            thread: text(&transaction.thread),
            start_ns: transaction.start_ns,
            end_ns: transaction.end_ns,
            ..TransactionRow::default()
        }
    }

    fn transaction(self) -> Transaction {
        let text = |text: Text<'a>| text.map(Cow::into_owned);
        let mut transaction = Transaction::default();
        transaction.source = self.source;
        transaction.name = self.name.into_owned();
        transaction.id = text(self.id);
        transaction.trace_id = text(self.trace_id);
        transaction.thread = text(self.thread);
        (transaction.start_ns, transaction.end_ns) = (self.start_ns, self.end_ns);
        transaction
    }
}

impl<'a> MetaRow<'a> {
    pub(super) fn of(meta: &'a Meta) -> MetaRow<'a> {
        let text = |text: &'a Option<String>| text.as_deref().map(Cow::Borrowed);
        MetaRow {
            title: text(&meta.title),
            start_ns: meta.start_ns,
            duration_ns: meta.duration_ns,
            period: meta.period.as_ref().map(|period| PeriodRow {
                value_type: period.value_type.as_ref().map(ValueTypeRow::of),
                value: period.value,
                ..PeriodRow::default()
            }),
            producer: text(&meta.producer),
            comments: meta.comments.iter().map(|comment| Cow::Borrowed(comment.as_str())).collect(),
            doc_url: text(&meta.doc_url),
            default_value: meta.default_value,
            drop_frames: text(&meta.drop_frames),
            keep_frames: text(&meta.keep_frames),
            sessions: meta.sessions.iter().map(SessionRow::of).collect(),
            transactions: meta.transactions.iter().map(TransactionRow::of).collect(),
            invented: meta.invented.iter().map(|facet| Cow::Owned(format!("{facet:?}"))).collect(),
            ..MetaRow::default()
        }
    }

    /// Returns the facts about the profile, or what is wrong with them.
    pub(super) fn meta(self) -> Result<Meta, String> {
        let text = |text: Text<'a>| text.map(Cow::into_owned);
        let mut meta = Meta::default();
        meta.title = text(self.title);
        meta.start_ns = self.start_ns;
        meta.duration_ns = self.duration_ns;
        if let Some(period) = self.period {
            let value_type = period.value_type.map(|row| row.value_type()).transpose()?;
            meta.period = Some(Period { value_type, value: period.value });
        }
        meta.producer = text(self.producer);
        meta.comments = self.comments.into_iter().map(Cow::into_owned).collect();
        meta.doc_url = text(self.doc_url);
        meta.default_value = self.default_value;
        meta.drop_frames = text(self.drop_frames);
        meta.keep_frames = text(self.keep_frames);
        meta.sessions = self.sessions.into_iter().map(SessionRow::session).collect::<Result<_, _>>()?;
        meta.transactions = self.transactions.into_iter().map(TransactionRow::transaction).collect();
        for name in &self.invented {
            let facet = Facet::ALL.iter().find(|facet| format!("{facet:?}") == *name);
            let facet = facet.ok_or_else(|| format!("expected a facet, found {name:?}"))?;
            meta.invented = meta.invented.or(Facets::of(&[*facet]));
        }
        Ok(meta)
    }
}
