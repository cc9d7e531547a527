//! Generated runs of a sampler that knows nothing but when it looked.

use super::{Generated, Names, Seeds, sampled, seeds};
use profkit_core::{
    Dimension, Facets, Notes, Profile, Role, Sample, Session, Thread, Transaction, Transfer, Unit, ValueType, Weights,
    weigh,
};
use proptest::prelude::*;

/// Returns profiles whose values follow from the times of their samples, of one run or of two.
pub fn session(names: Names) -> impl Strategy<Value = Generated> {
    (sampled(names), seeds(4), any::<u8>()).prop_map(|(sampled, transactions, flags)| {
        let sources = 1 + u32::from(flags) % 2;
        let mut to = timed(&sampled, sources);
        for source in 0..sources {
            let id = (flags & 4 != 0).then(|| format!("{source:032x}"));
            let weights = if flags & 8 != 0 { Weights::Naive } else { Weights::Ticks };
            to.meta.sessions.push(Session { source, id, weights });
        }
        weigh(&mut to, &mut Notes::new()).expect("small numbers");
        to.meta.transactions = transactions_of(&transactions, sources);
        Generated(to)
    })
}

/// Returns the samples of a profile with a count of one and a time each, but without its other values.
fn timed(from: &Profile, sources: u32) -> Profile {
    let unit = |name, dimension, exponent| Unit { name: String::from(name), dimension, factor: 1, exponent };
    let samples = unit("count", Dimension::Count, 0);
    let samples = ValueType { kind: "samples".to_owned(), unit: samples, role: Role::Observations };
    let wall = unit("nanoseconds", Dimension::Time, -9);
    let wall = ValueType { kind: "wall".to_owned(), unit: wall, role: Role::Measured };
    let mut to = Profile::new(vec![samples, wall]);
    to.meta = from.meta.clone();
    to.meta.default_value = None;
    let mut transfer = Transfer::new(from, Facets::NONE);
    for (index, sample) in from.samples.iter().enumerate() {
        let number = sample.values[0].unsigned_abs();
        let source = number as u32 / 7 % sources;
        let id = to.string(&(number % 3).to_string());
        let name = number.is_multiple_of(2).then(|| to.string("worker"));
        let thread = Some(to.thread(Thread { source, process: None, id: Some(id), name }));
        let stack = sample.stack.map(|stack| transfer.stack(&mut to, stack).expect("not too deep"));
        let labels = transfer.labels(&mut to, sample.labels);
        // Some at one instant, some after a hole.
        let time_ns = Some((index as i64 / 2) * 10_000_000 + i64::from(number.is_multiple_of(9)) * 4_000_000_000);
        to.samples.push(Sample { stack, values: &[0, 0], time_ns, thread, labels, kept: None });
    }
    to
}

fn transactions_of(seeds: &Seeds, sources: u32) -> Vec<Transaction> {
    let mut transactions = Vec::new();
    for &(a, b, number, c) in seeds {
        let mut transaction = Transaction::default();
        transaction.source = u32::from(a) % sources;
        transaction.name = super::pick(super::PLAIN, b).to_owned();
        transaction.id = (c % 2 == 0).then(|| format!("{c:032x}"));
        transaction.trace_id = (c % 3 == 0).then(|| format!("{b:032x}"));
        transaction.thread = (c % 5 > 0).then(|| (b % 3).to_string());
        transaction.start_ns = (a % 3 > 0).then_some(number.abs());
        transaction.end_ns = transaction.start_ns.map(|start_ns| start_ns + i64::from(c) + 1);
        transactions.push(transaction);
    }
    transactions
}
