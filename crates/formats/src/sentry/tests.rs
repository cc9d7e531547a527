use crate::{detect, named, read};
use profkit_core::{Notes, Profile, ReadOptions, WriteOptions};

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../../testdata/sentry/", $name)).as_slice()
    };
}

fn profile(file: &[u8], options: &[(&str, &str)]) -> Profile {
    let mut read_options = ReadOptions::default();
    read_options.options = options.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
    read(file, None, None, &read_options, &mut Notes::new()).unwrap().0
}

/// Returns time, thread and values of all samples, and the names of the threads.
fn said(profile: &Profile) -> Vec<String> {
    let row = |sample: profkit_core::Sample<'_>| {
        let leaf = sample.stack.and_then(|stack| profile.frame_name(profile.stacks.leaf(stack)));
        let thread = sample.thread.map(|thread| profile.thread_title(thread));
        format!("{:?} {thread:?} {leaf:?} {:?}", sample.time_ns, sample.values)
    };
    profile.samples.iter().map(row).collect()
}

fn wall_ns(profile: &Profile) -> i64 {
    profile.column_totals().unwrap()[1]
}

/// Returns the payload of the first profile of an envelope.
fn payload(envelope: &[u8]) -> Vec<u8> {
    let lines: Vec<&[u8]> = envelope.split(|&byte| byte == b'\n').collect();
    let item = lines.iter().position(|line| line.starts_with(b"{\"type\":\"profile\"")).unwrap();
    lines[item + 1].to_vec()
}

#[test]
fn a_profile_is_the_same_in_all_its_wrappings() {
    let envelope = fixture!("threads.0.envelope");
    let inside = payload(envelope);
    assert_eq!(detect(&inside, None).unwrap().name(), "sentry");
    let wanted = said(&profile(&inside, &[]));
    assert_eq!(said(&profile(envelope, &[])), wanted);
    // As Sentry stores it: numbers that are numbers, one transaction.
    let text = String::from_utf8(inside).unwrap();
    let mut stored: serde_json::Value = serde_json::from_str(&text).unwrap();
    for sample in stored["profile"]["samples"].as_array_mut().unwrap() {
        for name in ["thread_id", "elapsed_since_start_ns"] {
            let number: u64 = sample[name].as_str().unwrap().parse().unwrap();
            sample[name] = number.into();
        }
    }
    stored["transaction"] = stored["transactions"][0].take();
    stored.as_object_mut().unwrap().remove("transactions");
    assert_eq!(said(&profile(stored.to_string().as_bytes(), &[])), wanted);
}

#[test]
fn a_thread_id_that_is_used_again_is_not_a_long_sample() {
    let file = fixture!("tid-reuse.0.envelope");
    let (ticks, naive) = (profile(file, &[]), profile(file, &[("weights", "naive")]));
    assert!(wall_ns(&ticks) < wall_ns(&naive));
    let file = fixture!("single.0.envelope");
    assert_eq!(said(&profile(file, &[])), said(&profile(file, &[("weights", "naive")])));
}

#[test]
fn chunks_of_one_profiler_lose_no_time_between_them() {
    let profile = profile(fixture!("seam.envelope"), &[]);
    assert_eq!(profile.meta.sessions.len(), 1);
    assert_eq!(wall_ns(&profile), 4_000_000_000 / 128);
}

#[test]
fn transactions_of_several_profiles_are_when_their_samples_are() {
    let (first, second) = (fixture!("single.0.envelope"), fixture!("tid-reuse.0.envelope"));
    let alone = [profile(first, &[]), profile(second, &[])];
    let starts = [&alone[0], &alone[1]].map(|profile| profile.meta.start_ns.unwrap());
    let mut both = b"{}\n".to_vec();
    for envelope in [first, second] {
        both.extend([b"{\"type\":\"profile\"}\n".as_slice(), &payload(envelope), b"\n"].concat());
    }
    let both = profile(&both, &[]);
    let start = both.meta.start_ns.unwrap();
    assert_eq!(start, starts[0].min(starts[1]));
    let window = |profile: &Profile, index: usize, shift: i64| {
        let it = &profile.meta.transactions[index];
        it.start_ns.zip(it.end_ns).map(|(from, to)| (from + shift, to + shift))
    };
    for index in [0, 1] {
        let wanted = window(&alone[index], 0, starts[index] - start);
        assert!(wanted.is_some() && window(&both, index, 0) == wanted, "{index}: {wanted:?}");
    }
}

#[test]
fn what_a_sampler_saw_is_written_as_it_was() {
    let from = profile(fixture!("single.0.envelope"), &[]);
    for layout in [&[][..], &[("version", "2")], &[("upload", "split")]] {
        let mut options = WriteOptions::default();
        options.options =
            layout.iter().map(|&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned())).collect();
        let (mut file, mut notes) = (Vec::new(), Notes::new());
        named("sentry").unwrap().write(&from, &mut file, &options, &mut notes).unwrap();
        let back = profile(&file, &[]);
        assert_eq!(said(&back), said(&from));
        assert_eq!((&back.meta.sessions, &back.meta.transactions), (&from.meta.sessions, &from.meta.transactions));
        assert_eq!(notes.iter().count(), 0, "{layout:?}");
    }
}
