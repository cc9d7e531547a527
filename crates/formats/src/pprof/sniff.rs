//! Telling a profile from everything else: protobuf has no mark at its start, so its fields must do.

use super::layout::{Kind, Message, PROFILE};
use super::wire::Wire;
use profkit_core::{Input, Peek, Sniff};

/// How many fields are looked at.
const MOST_FIELDS: usize = 1_000;
/// How much of the start is looked through for bytes that no text has.
const MOST_TEXT: usize = 1_000;

pub(super) fn sniff(peek: &Peek<'_>) -> Sniff {
    let head = peek.head;
    // The first field is one of the tables, or the period_type; a single number is too weak a sign.
    let starts_well = matches!(head.first(), Some(0x0a | 0x12 | 0x1a | 0x22 | 0x2a | 0x32 | 0x5a));
    if !starts_well || is_text(head.get(..MOST_TEXT).unwrap_or(head)) {
        return Sniff::No;
    }
    let wire = Wire::new(Input::new(head));
    let mut fields = wire.all(&PROFILE);
    let (mut plausible, mut sample_types, mut is_broken) = (0, 0, false);
    while plausible < MOST_FIELDS {
        let field = match fields.next() {
            Ok(Some(field)) => field,
            Ok(None) => break,
            Err(_) => {
                is_broken = true;
                break;
            }
        };
        let kind = PROFILE.field(field.number).map(|field| field.kind);
        if let Some(Kind::Message(message) | Kind::Messages(message)) = kind {
            if !fits(message, field.bytes()) {
                is_broken = true;
                break;
            }
        }
        plausible += 1;
        sample_types += usize::from(field.number == 1);
    }
    match plausible {
        0 => Sniff::No,
        1 if is_broken => Sniff::No,
        _ if is_broken || wire.has_unknown() || sample_types == 0 => Sniff::Maybe,
        _ => Sniff::Sure,
    }
}

fn is_text(head: &[u8]) -> bool {
    head.iter().all(|&byte| !matches!(byte, 0..=8 | 14..=26 | 28..=31))
}

/// Returns whether the bytes are a message of this layout and nothing else, to any depth.
fn fits(message: &'static Message, bytes: &[u8]) -> bool {
    let wire = Wire::new(Input::new(bytes));
    let mut fields = wire.all(message);
    let mut numbers = Vec::new();
    loop {
        match fields.next() {
            Ok(Some(field)) => {
                let fits = match message.field(field.number).map(|field| field.kind) {
                    Some(Kind::Message(message) | Kind::Messages(message)) => fits(message, field.bytes()),
                    Some(Kind::Numbers) => field.numbers(&mut numbers).is_ok(),
                    _ => true,
                };
                if !fits {
                    return false;
                }
            }
            Ok(None) => return !wire.has_unknown(),
            Err(_) => return false,
        }
    }
}
