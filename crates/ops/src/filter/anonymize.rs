//! Pseudonyms for everything that could tell where a profile is from.
//!
//! A pseudonym is a hash of the text, so that it is the same wherever the text is, in this profile and in any other
//! that was made with the same salt. Which text it stands for is written nowhere. Without a salt, who has a text in
//! mind can compute its pseudonym and look whether it is there.

use super::names::{Texts, with_texts};
use super::pattern::{Field, Pattern};
use profkit_core::{FunctionId, Id, LabelId, LabelValue, Profile, Result, Sample, Samples, Thread, ThreadId};
use sha2::{Digest, Sha256};

/// How many bytes of a hash are spelled.
const HASH_BYTES: usize = 6;

/// What gets no pseudonym, and what pseudonyms depend on.
#[derive(Clone, Debug, Default)]
pub(super) struct Anonymity {
    pub(super) allowed: Vec<Pattern>,
    pub(super) salt: String,
}

impl Anonymity {
    fn allows(&self, field: Field, text: &str) -> bool {
        self.allowed.iter().any(|pattern| pattern.is_match(field, text))
    }

    fn pseudonym(&self, what: &str, text: &str) -> String {
        let hash = Sha256::new_with_prefix((self.salt.len() as u64).to_le_bytes())
            .chain_update(self.salt.as_bytes())
            .chain_update(what.as_bytes())
            .chain_update([0])
            .chain_update(text.as_bytes())
            .finalize();
        let digits: String = hash.iter().take(HASH_BYTES).map(|byte| format!("{byte:02x}")).collect();
        format!("{what}-{digits}")
    }

    /// Returns the pseudonym of a text that is not allowed to stay.
    fn hidden(&self, what: &str, field: Field, text: &str) -> Option<String> {
        (!self.allows(field, text)).then(|| self.pseudonym(what, text))
    }
}

/// Returns the profile with pseudonyms for functions, files, modules, threads, processes, parts, transactions and texts
/// of labels.
///
/// System names, full paths, build ids, the title, comments, the address of documentation and the profile's own
/// frame filters are gone. Numbers, units, lines, addresses and keys of labels stay.
pub(super) fn anonymize(profile: &Profile, anonymity: &Anonymity) -> Result<(Profile, u64)> {
    let mut is_allowed = vec![false; profile.functions.len()];
    for pattern in &anonymity.allowed {
        is_allowed.iter_mut().zip(pattern.functions(profile)).for_each(|(all, one)| *all |= one);
    }
    let name = |_: &Profile, id: FunctionId, name: &str| {
        (!is_allowed[id.index()]).then(|| anonymity.pseudonym("function", name))
    };
    let file = |text: &str| anonymity.hidden("file", Field::File, text);
    let module = |text: &str| anonymity.hidden("module", Field::Module, text);
    let gone = |_: &str| Some(String::new());
    let texts = Texts { name: &name, file: &file, full_path: &gone, module: &module, is_secret: true };
    let (mut to, changed) = with_texts(profile, &texts)?;
    rename_rest(&mut to, anonymity);
    let meta = &mut to.meta;
    (meta.title, meta.doc_url, meta.drop_frames, meta.keep_frames) = (None, None, None, None);
    meta.comments.clear();
    for transaction in &mut meta.transactions {
        if let Some(name) = anonymity.hidden("transaction", Field::Any, &transaction.name) {
            transaction.name = name;
        }
        (transaction.id, transaction.trace_id) = (None, None);
    }
    for session in &mut meta.sessions {
        session.id = session.id.take().map(|id| anonymity.pseudonym("session", &id));
    }
    Ok((to, changed))
}

/// Puts pseudonyms in the place of the texts of threads, parts and labels.
fn rename_rest(to: &mut Profile, anonymity: &Anonymity) {
    let from = to.clone();
    (to.threads, to.labels) = Default::default();
    to.samples = Samples::new(from.samples.stride());
    let text = |to: &mut Profile, what: &str, id| {
        let old = &from.strings[id];
        match anonymity.hidden(what, Field::Any, old).filter(|_| !old.is_empty()) {
            Some(new) => to.string(&new),
            None => id,
        }
    };
    let threads: Vec<ThreadId> = from
        .threads
        .iter()
        .map(|(_, thread)| {
            let process = thread.process.map(|id| text(to, "process", id));
            let name = thread.name.map(|id| text(to, "thread", id));
            to.thread(Thread { process, name, ..thread })
        })
        .collect();
    let mut labels: Vec<LabelId> = Vec::with_capacity(from.labels.len());
    for (_, label) in from.labels.iter() {
        let value = match label.value {
            LabelValue::Text(id) => LabelValue::Text(text(to, "label", id)),
            number => number,
        };
        let next = label.next.map(|next| labels[next.index()]);
        labels.push(to.label(label.key, value, next));
    }
    for sample in from.samples.iter() {
        let thread = sample.thread.map(|id| threads[id.index()]);
        let labels = sample.labels.map(|id| labels[id.index()]);
        to.samples.push(Sample { thread, labels, ..sample });
    }
    for index in 0..to.calls.len() {
        to.calls[index].thread = to.calls[index].thread.map(|id| threads[id.index()]);
        to.calls[index].part = to.calls[index].part.map(|id| text(to, "part", id));
    }
}
