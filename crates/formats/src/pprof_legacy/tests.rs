use super::mappings::Mappings;
use super::{FORMAT, map_line};
use profkit_core::{Error, ErrorKind, Mapping, Notes, Peek, Profile, ReadOptions, Sniff};

fn read(text: &str) -> Result<Profile, Error> {
    FORMAT.read(text.as_bytes(), &ReadOptions::default(), &mut Notes::new())
}

fn sniff(text: &str) -> Sniff {
    FORMAT.sniff(&Peek { head: text.as_bytes(), json: None })
}

#[test]
fn is_told_by_its_first_line() {
    for header in ["heap profile:", "--- mutex:", "--- threadz 12 ---", "# why\n\ngoroutine profile: total 3"] {
        assert_eq!(sniff(header), Sniff::Sure, "{header}");
    }
    for other in ["", "profile: total 3", "a b profile: total 3", "main;f 3", "--- threadz x ---", "\0\0\0\0"] {
        assert_eq!(sniff(other), Sniff::No, "{other}");
    }
}

#[test]
fn rare_allocations_are_scaled_up() {
    let heap = |kind: &str| {
        let text = format!("heap profile: 2: 1000 [2: 1000] @ {kind}\n2: 1000 [2: 1000] @ 0x11 0x21\n");
        read(&text).map(|profile| profile.samples.values().to_vec())
    };
    // 1 / (1 - exp(-500 / 1000)) is 2.5415.
    assert_eq!(heap("heap_v2/1000").expect("known"), [5, 2541]);
    assert_eq!(heap("heap/2000").expect("known"), [5, 2541]);
    assert_eq!(heap("heapprofile").expect("known"), [2, 1000]);
    assert_eq!(heap("heapz_v3/7").expect_err("unknown").kind(), ErrorKind::Unsupported);
}

#[test]
fn return_addresses_lie_in_the_call() {
    let profile = read("x profile: total 1\n1 @ 0x11 0x21\n").expect("valid");
    let addresses: Vec<_> = profile.frames.iter().filter_map(|(_, frame)| frame.address).collect();
    assert_eq!(addresses.iter().map(|it| it.get()).collect::<Vec<_>>(), [0x20, 0x10]);
}

#[test]
fn lines_of_memory_maps() {
    let parse = |line: &'static str| {
        let line = map_line::parse(line.as_bytes())?;
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Some((line.start, line.limit, line.offset, text(line.file), text(line.build_id), line.is_executable))
    };
    let row = |offset, file: &str, id: &str, is_executable| {
        Some((0x40, 0x80, offset, file.to_owned(), id.to_owned(), is_executable))
    };
    assert_eq!(parse("40-80 r-xp 00001000 08:01 77  /bin/a b (deleted)"), row(0x1000, "/bin/a b", "", true));
    assert_eq!(parse("40-80 rw-p 00001000 08:01 77"), row(0x1000, "", "", false));
    assert_eq!(parse("0x40-0x80: /bin/a (@10) abc"), row(0x10, "/bin/a", "abc", true));
    assert_eq!(parse("40 80"), row(0, "", "", true));
    assert_eq!(parse("4080"), None);
    assert_eq!(parse("a=b"), None);
}

#[test]
fn an_address_belongs_to_the_first_mapping_that_has_it() {
    let mut mappings = Mappings::default();
    for (start, limit, offset) in [(0x30, 0x40, 0), (0x20, 0x60, 0x10), (0x00, 0x10, 0)] {
        mappings.add(Mapping { start, limit, offset, ..Mapping::default() });
    }
    mappings.tidy(&Profile::default());
    let found: Vec<_> = [0x08, 0x18, 0x28, 0x38, 0x48, 0x68].map(|address| mappings.find(address)).to_vec();
    assert_eq!(found, [Some(2), Some(1), Some(1), Some(0), Some(1), None]);
}
