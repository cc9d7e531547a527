//! What we write as Sentry's, Relay takes; and what breaks one of its rules, it refuses.

use profkit_core::{ErrorKind, Notes, Profile, WriteOptions, prepare};
use profkit_formats::named;
use profkit_testkit::fixtures::readable;
use profkit_testkit::{law, relay};
use serde_json::{Value, json};

/// Every way in which a profile is written.
const LAYOUTS: &[&[(&str, &str)]] = &[&[], &[("version", "2")], &[("upload", "split")]];

fn options(layout: &[(&str, &str)]) -> WriteOptions {
    let mut options = WriteOptions::default();
    options.options = layout.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
    options
}

/// Returns the file, and none for a profile of so many years that nobody would upload it in chunks of a minute.
fn written(profile: &Profile, options: &WriteOptions) -> Option<Vec<u8>> {
    let mut file = Vec::new();
    let sentry = named("sentry").expect("registered");
    match sentry.write(profile, &mut file, options, &mut Notes::new()) {
        Err(error) if matches!(error.kind(), ErrorKind::Limit) => None,
        result => result.map(|()| Some(file)).expect("a profile that can be written"),
    }
}

/// Returns whether some thread has two samples with a stack, and how long the profile is.
fn is_enough(profile: &Profile) -> bool {
    let is_told = profile.meta.sessions.is_empty();
    let busy = profile.samples.iter().filter(|sample| sample.stack.is_some());
    let mut threads: Vec<_> = busy.map(|sample| sample.thread).collect();
    threads.sort();
    // Where values were there first, each thread has one more sample than the profile.
    is_told && !threads.is_empty() || threads.windows(2).any(|pair| pair[0] == pair[1])
}

#[test]
fn relay_takes_every_fixture() {
    let sentry = named("sentry").expect("registered");
    for fixture in readable() {
        let (profile, _) = fixture.read(&mut Notes::new()).expect("a readable fixture");
        for layout in LAYOUTS {
            let options = options(layout);
            let Some(file) = written(&profile, &options) else { continue };
            let prepared = prepare(&profile, sentry, &options, &mut Notes::new()).expect("written before");
            match relay::check(&file) {
                Ok(()) => {}
                Err(message) if message.starts_with("longer than") && *layout != [("upload", "split")] => {}
                Err(message) if message == "not enough samples" && !is_enough(&prepared) => {}
                Err(message) => panic!("{} {layout:?}: {message}", fixture.title()),
            }
        }
    }
}

#[test]
fn the_law_holds_for_every_layout() {
    let sentry = named("sentry").expect("registered");
    let mut failures = Vec::new();
    for fixture in readable() {
        let (profile, _) = fixture.read(&mut Notes::new()).expect("a readable fixture");
        for layout in LAYOUTS {
            let options = options(layout);
            if written(&profile, &options).is_none() {
                continue;
            }
            if let Err(message) = law::check(&profile, sentry, &options) {
                failures.push(format!("{} {layout:?}: {message}", fixture.title()));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn profile() -> Value {
    let id = "0123456789abcdef0123456789abcdef";
    json!({
        "version": "1", "event_id": id, "platform": "python", "timestamp": "2026-01-31T12:00:00Z",
        "device": {"architecture": "x86_64"}, "os": {"name": "Linux", "version": "6"},
        "transaction": {"id": id, "trace_id": id, "name": "t", "active_thread_id": "1"},
        "profile": {"frames": [{"function": "f"}], "stacks": [[0], []], "samples": [
            {"stack_id": 0, "thread_id": "1", "elapsed_since_start_ns": "0"},
            {"stack_id": 0, "thread_id": "1", "elapsed_since_start_ns": "10"}]}
    })
}

fn chunk() -> Value {
    let id = "0123456789abcdef0123456789abcdef";
    json!({
        "version": "2", "chunk_id": id, "profiler_id": id, "platform": "python", "client_sdk": {"name": "a", "version": "1"},
        "profile": {"frames": [{"function": "f"}], "stacks": [[0], []], "samples": [
            {"stack_id": 0, "thread_id": "a", "timestamp": 7.0}, {"stack_id": 0, "thread_id": "a", "timestamp": 8.0}]}
    })
}

/// Checks that a file is taken, and that it is refused for `why` with one value in another's place, or without it.
fn refused(mut file: Value, pointer: &str, value: Option<Value>, why: &str) {
    relay::check(file.to_string().as_bytes()).expect("a file that Relay takes");
    match value {
        Some(value) => *file.pointer_mut(pointer).expect("a place in the file") = value,
        None => {
            let (parent, key) = pointer.rsplit_once('/').expect("a place in the file");
            let parent = file.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
            parent.remove(key).expect("a value to take away");
        }
    }
    assert_eq!(relay::check(file.to_string().as_bytes()), Err(why.to_owned()), "{pointer}");
}

#[test]
fn each_rule_refuses_a_file() {
    let missing = ["event_id", "platform", "timestamp", "device", "os", "version", "transaction", "profile"];
    for name in missing {
        refused(profile(), &format!("/{name}"), None, &format!("no {name}"));
    }
    refused(profile(), "/device/architecture", None, "no architecture");
    refused(profile(), "/os/name", None, "no name");
    refused(profile(), "/os/version", None, "no version");
    refused(profile(), "/version", Some(json!("3")), "unknown version 3");
    refused(profile(), "/platform", Some(json!("cocoa")), "no build_number");
    refused(profile(), "/event_id", Some(json!("0".repeat(32))), "event_id is no id");
    refused(profile(), "/transaction/id", Some(json!("7")), "id is no id");
    refused(profile(), "/transaction/trace_id", Some(json!("")), "trace_id is no id");
    refused(profile(), "/transaction/name", Some(json!("")), "a transaction without a name");
    let id = profile()["event_id"].clone();
    let backwards = json!({"id": id, "trace_id": id, "name": "t", "active_thread_id": 1, "relative_start_ns": 9, "relative_end_ns": 8});
    refused(profile(), "/transaction", Some(backwards), "a transaction that ends before it starts");
    refused(profile(), "/profile/samples/1/thread_id", Some(json!("main")), "thread_id is no number");
    refused(
        profile(),
        "/profile/samples/1/elapsed_since_start_ns",
        Some(json!(1.5)),
        "elapsed_since_start_ns is no number",
    );
    refused(profile(), "/profile/samples/1/elapsed_since_start_ns", Some(json!(30_000_000_001u64)), "longer than 30 s");
    refused(profile(), "/profile/samples/1/thread_id", Some(json!("2")), "not enough samples");
    refused(profile(), "/profile/samples/1/stack_id", Some(json!(1)), "not enough samples");
    refused(profile(), "/profile/samples/1/stack_id", Some(json!(2)), "a stack index that is none");
    refused(profile(), "/profile/stacks/0/0", Some(json!(1)), "a frame index that is none");
    for name in ["chunk_id", "profiler_id", "platform", "client_sdk"] {
        refused(chunk(), &format!("/{name}"), None, &format!("no {name}"));
    }
    refused(chunk(), "/profile/samples/1/timestamp", Some(json!(73.5)), "longer than 66 s");
    refused(chunk(), "/profile/samples/1/timestamp", Some(json!("8")), "a timestamp that is no number");
    refused(chunk(), "/profile/samples/1/stack_id", Some(json!(1)), "not enough samples");
    let mut large = profile();
    large["release"] = json!("x".repeat(51 << 20));
    assert_eq!(relay::check(large.to_string().as_bytes()), Err("more than 50 MB".to_owned()));
}
