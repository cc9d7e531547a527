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
    if is_text(head.get(..MOST_TEXT).unwrap_or(head)) {
        return Sniff::No;
    }
    let wire = Wire::new(Input::new(head));
    let mut fields = wire.all(&PROFILE);
    // A field that is only a number is too weak a sign.
    let (mut tables, mut sample_types, mut is_broken) = (0, 0, false);
    for index in 0..MOST_FIELDS {
        let Ok(field) = fields.next() else {
            is_broken = true;
            break;
        };
        let Some(field) = field else { break };
        if index == 0 && wire.has_unknown() {
            return Sniff::No;
        }
        match PROFILE.field(field.number).map(|field| field.kind) {
            Some(Kind::Message(message) | Kind::Messages(message)) if !fits(message, field.bytes()) => {
                is_broken = true;
                break;
            }
            Some(Kind::Message(_) | Kind::Messages(_) | Kind::Texts) => tables += 1,
            _ => {}
        }
        sample_types += usize::from(field.number == 1 && !field.bytes().is_empty());
    }
    match tables {
        0 => Sniff::No,
        1 if is_broken && sample_types == 0 => Sniff::No,
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
