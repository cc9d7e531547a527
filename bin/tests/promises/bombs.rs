//! Small inputs that would become very large: an error or a result, but never all of the memory.

use crate::harness::{Folder, PCONV, PFLAME, PTOP, Run};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use std::process::Stdio;

/// What a tool may have, in kilobytes: its own code, its threads and a few times what a bomb unpacks to.
const MOST_MEMORY: u32 = 1 << 20;
/// The processor time after which a tool is ended, in seconds. The bombs take tenths of one.
const MOST_SECONDS: u32 = 60;

/// Runs a tool on a bomb, with bounds on memory and time.
fn run(tool: &str, line: &str, bomb: &[u8]) -> Run {
    let folder = Folder::new();
    folder.write("bomb", bomb);
    let mut command = folder.command("sh", "");
    let line = format!("ulimit -v {MOST_MEMORY}; ulimit -t {MOST_SECONDS}; exec $TOOL -q bomb {line}");
    command.arg("-c").arg(line).env("TOOL", tool).stdin(Stdio::null());
    let run = Run::from(command.output().unwrap());
    assert_eq!(folder.names(), ["bomb", "small.profkit"]);
    run
}

fn refused(bomb: &[u8], words: &[&str]) {
    for tool in [PTOP, PFLAME] {
        run(tool, "", bomb).fails(2, words);
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A protobuf field that is a number.
fn number(field: u8, value: u64) -> Vec<u8> {
    [vec![field << 3], varint(value)].concat()
}

/// A protobuf field that is a message, a text or packed numbers.
fn bytes(field: u8, inside: &[u8]) -> Vec<u8> {
    [vec![field << 3 | 2], varint(inside.len() as u64), inside.to_vec()].concat()
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value > 0x7f {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// A pprof file of one sample through the given locations, each of which is a function of its own of one name.
fn pprof(locations: u64, path: &[u8], name: &str) -> Vec<u8> {
    let mut file = bytes(1, &[number(1, 1), number(2, 1)].concat());
    file.extend(bytes(2, &[bytes(1, path), bytes(2, &[1])].concat()));
    for id in 1..=locations {
        file.extend(bytes(4, &[number(1, id), bytes(4, &[number(1, id), number(2, 1)].concat())].concat()));
        file.extend(bytes(5, &[number(1, id), number(2, 2), number(3, 2), number(4, 2), number(5, id)].concat()));
    }
    ["", "count", name].iter().for_each(|text| file.extend(bytes(6, text.as_bytes())));
    file
}

/// A speedscope file of the given events, each on or off frame 0 or 1.
fn events(events: impl Iterator<Item = (char, u8)>) -> Vec<u8> {
    let event =
        |(at, (kind, frame)): (usize, (char, u8))| format!(r#"{{"type":"{kind}","frame":{frame},"at":{}}}"#, at / 2);
    let events: Vec<_> = events.enumerate().map(event).collect();
    format!(
        r#"{{"$schema":"https://www.speedscope.app/file-format-schema.json","shared":{{"frames":[{{"name":"a"}},{{"name":"{}"}}]}},
        "profiles":[{{"type":"evented","name":"","unit":"none","startValue":0,"endValue":1000000,"events":[{}]}}]}}"#,
        "b".repeat(1000),
        events.join(",")
    )
    .into_bytes()
}

#[test]
fn what_unpacks_to_more_than_is_allowed() {
    let zeros = gzip(&vec![0; 4 << 20]);
    assert!(zeros.len() < 5000);
    run(PTOP, "--max-size 1M", &zeros).fails(2, &["the input is larger than 1048576 bytes; --max-size allows more"]);
    refused(&gzip(&zeros), &["byte 0: expected a profile inside, found another layer of compression"]);
    // A window of 4 TB, and a content of 1 TB.
    refused(b"\x28\xb5\x2f\xfd\x00\xff\x01\x00\x00", &["byte 6: zstd: after 0 unpacked bytes: "]);
    refused(b"\x28\xb5\x2f\xfd\xe0\0\0\0\0\0\x01\0\0\x01\0\0", &["byte 13: zstd: after 0 unpacked bytes: "]);
    // 250 blocks of one byte that is to be repeated 128 k times.
    let block = [2, 0, 0x10, b'\n'];
    let repeated = [&b"\x28\xb5\x2f\xfd\x00\x88"[..], &block.repeat(250), &[0x0b, 0, 0, b'\n']].concat();
    run(PTOP, "--max-size 1M", &repeated).fails(2, &["the input is larger than 1048576 bytes"]);
}

#[test]
fn what_is_nested_deeper_than_a_program_can_go() {
    let deep = "[".repeat(1 << 20);
    refused(&gzip(deep.as_bytes()), &["is not of a known format"]);
    let heads = [
        r#"{"$schema":"https://www.speedscope.app/file-format-schema.json","profiles":[],"shared":"#,
        r#"{"profkit":1,"functions":"#,
        r#"{"version":"1","profile":"#,
        r#"{"version":"2","profiler_id":"a","chunk_id":"b","platform":"python","profile":{"samples":"#,
        r#"{"version":"1","platform":"android","profile":{"methods":"#,
    ];
    for head in heads {
        refused(&gzip([head, &deep].concat().as_bytes()), &["bomb"]);
        refused(&gzip([head, &r#"{"a":"#.repeat(1 << 18)].concat().as_bytes()), &["bomb"]);
    }
    let tuples = [&b"{"[..], &b")\x01".repeat(1 << 19)].concat();
    refused(&gzip(&tuples), &["pstats: objects nested more than 200 deep"]);
}

#[test]
fn what_refers_to_itself_or_has_more_than_there_is() {
    refused(b"{\xa9\x03r\0\0\0\0z\x01a0", &["byte 3: pstats: ", "object 0, which it is a part of"]);
    for code in ['(', '[', '<', 'l', 's', 'u', 'a'] {
        let huge = [b"{)\x03", &[code as u8][..], b"\xff\xff\xff\x7f", &[b'N'; 100]].concat();
        run(PTOP, "-f pstats", &huge).fails(2, &["pstats: "]);
    }
    let packed = [b"\x0a\x04\x08\x01\x10\x01\x12\x0b\x0a\xff\xff\xff\xff\x7f", &[1; 100][..]].concat();
    run(PTOP, "-f pprof", &packed).fails(2, &["pprof: "]);
    let index = r#"{"$schema":"https://www.speedscope.app/file-format-schema.json","shared":{"frames":[{"name":"a"}]},
        "profiles":[{"type":"sampled","name":"","unit":"none","startValue":0,"endValue":1,"samples":[[4294967295]],"weights":[1]}]}"#;
    refused(index.as_bytes(), &["profiles[0].samples[0][0]: speedscope: expected a frame index below 1"]);
    let calls = "events: Ir\nfn=a\ncfn=b\ncalls=99999999999999999999 +99999999999999999999\n1 1\n";
    refused(calls.as_bytes(), &["bomb:4:", "callgrind: ", "64 bits"]);
    let parts: String = (0..300).map(|part| format!("part: {part}\nevents: E{part}\nfn=a\n1 1\n\n")).collect();
    refused(parts.as_bytes(), &["callgrind: more than 256 events"]);
    let value = r#"{"kind":"k","unit":"count","dimension":"count"}"#;
    let values = format!(
        r#"{{"$schema":"https://www.speedscope.app/file-format-schema.json","profkit":{{"values":[{}]}},"shared":{{"frames":[]}},"profiles":[]}}"#,
        vec![value; 257].join(",")
    );
    refused(values.as_bytes(), &["speedscope: "]);
}

#[test]
fn many_values_and_much_between_two_samples() {
    let values = 20_000;
    let sample = bytes(2, &bytes(2, &vec![1; values]));
    let texts = [&b""[..], b"a", &vec![b'b'; 32 << 20]].map(|text| bytes(6, text));
    let file = [bytes(1, &number(1, 1)).repeat(values), sample.clone(), texts.concat(), sample].concat();
    run(PTOP, "-f pprof", &gzip(&file)).succeeds();
}

#[test]
fn stacks_of_ten_million_frames() {
    let deeper = "a stack of more than 65536 frames; --max-depth allows more";
    refused(
        &gzip(["a;".repeat(10_000_000), "b 1\n".to_owned()].concat().as_bytes()),
        &["bomb:1:1: collapsed: ", deeper],
    );
    refused(&gzip(&pprof(1, &[1; 10_000_000], "f")), &["pprof: ", deeper]);
    refused(&gzip(&events((0..100_000).map(|_| ('O', 0)))), &["profiles[0].events[65536]: speedscope: ", deeper]);
    let line = "--max-depth 200000 -t collapsed";
    let lines = run(PCONV, line, &gzip(["a;".repeat(100_000), "b 1\n".to_owned()].concat().as_bytes())).succeeds();
    assert_eq!(lines.stdout.len(), 200_004);
}

/// Deep stacks, and from each of the deepest a call of a name of 1,000 bytes.
fn saw(depth: usize) -> Vec<u8> {
    let deeper = (0..depth).map(|_| ('O', 1)).chain((0..depth).flat_map(|_| [('O', 0), ('C', 0)]));
    gzip(&events(deeper.chain((0..depth).map(|_| ('C', 1)))))
}

#[test]
fn stacks_that_are_spelled_out_again_and_again() {
    let bomb = saw(20_000);
    for line in ["-t collapsed", "-t sentry", "-t speedscope -O layout=sampled"] {
        let refusal = ["since it repeats whole stacks, more than ", "; --max-size allows more"];
        run(PCONV, line, &bomb).fails(2, &refusal);
    }
    for (tool, line) in [(PCONV, "-t speedscope"), (PCONV, "-t profkit"), (PTOP, "")] {
        assert!(run(tool, line, &bomb).succeeds().stdout.len() < 10_000_000, "{line}");
    }
    assert!(run(PCONV, "-t pprof", &saw(2_000)).succeeds().stdout.len() < 1_000_000);
}

#[test]
fn long_names_that_many_have() {
    let long = "n".repeat(500_000);
    let all = "the names of all functions, threads and labels take ";
    refused(&gzip(&pprof(10_000, &[1], &long)), &["pprof: ", all, "--max-name allows more"]);
    let longer = [&long[..], &long, &long, " 1\n"].concat();
    let one = "collapsed: the name of a function of 1500000 bytes, more than 1048576: \"nnnn";
    refused(&gzip(longer.as_bytes()), &[one, "--max-name allows more"]);
    assert_eq!(run(PCONV, "--max-name 2M -t collapsed", &gzip(longer.as_bytes())).succeeds().text(), longer);
    // One name on each frame is spelled as often as it stands there.
    let frames = vec![&long[..]; 20].join(";") + " 1\n";
    assert_eq!(run(PCONV, "-t collapsed", frames.as_bytes()).succeeds().text(), frames);
    // Marshalled texts, each a reference to the first.
    let stat = [&b")\x05i\x01\0\0\0i\x01\0\0\0g\0\0\0\0\0\0\xe0?g\0\0\0\0\0\0\xe0?{0"[..]].concat();
    let text = [b"\xf5", &500_000u32.to_le_bytes()[..], long.as_bytes()].concat();
    let mut dict = [&b"{)\x03"[..], &text, b"i\x01\0\0\0r\0\0\0\0", &stat].concat();
    for line in 2u32..5000 {
        dict.extend([b")\x03r\0\0\0\0i", &line.to_le_bytes()[..], b"r\0\0\0\0", &stat].concat());
    }
    dict.push(b'0');
    refused(&gzip(&dict), &["pstats: ", all]);
    // Names made of two names by number, each of which is made of two.
    let doubled: String = (2..200).map(|it| format!("fn=({it}) ({0})'({0})\n1 1\n", it - 1)).collect();
    let head = "version: 1\ncreator: callgrind-3.19\ndesc: Option: --separate-callers=3\nevents: Ir\n\nfn=(1) a\n1 1\n";
    assert_eq!(run(PTOP, "", [head, &doubled].concat().as_bytes()).succeeds().code, Some(0));
}

#[test]
fn mangled_names_that_stand_for_more_than_there_is_memory() {
    // Each part is a pair of the one before, by reference: the last would have 2^40 parts.
    let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let cpp: String = (0..40)
        .map(|it| {
            let pair = if it < 36 {
                format!("S{}_", char::from(digits[it]))
            } else {
                format!("S1{}_", char::from(digits[it - 36]))
            };
            format!("S_I{pair}{pair}E")
        })
        .collect();
    let cpp = format!("_Z1f1aIiiE{cpp} 1\n");
    let mut rust = "INvC1a1bTThhE".to_owned();
    let base62 = |value: usize| {
        let digits = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let digit = |value: usize| char::from(digits[value]);
        match value {
            0 => "_".to_owned(),
            1..=62 => format!("{}_", digit(value - 1)),
            _ => format!("{}{}_", digit((value - 1) / 62), digit((value - 1) % 62)),
        }
    };
    let mut last = 9;
    for _ in 0..40 {
        let at = rust.len();
        rust += &format!("TB{0}B{0}E", base62(last));
        last = at;
    }
    let nested = ["_Z1f", &"P".repeat(60_000), "i 1\n_RINvC1a1b", &"R".repeat(60_000), "hE 1\n_RB_ 1\n"].concat();
    for bomb in [cpp, format!("_R{rust}EE 1\n"), nested] {
        assert!(run(PTOP, "", bomb.as_bytes()).succeeds().stdout.len() < 1 << 20);
    }
}
