//! What is taken for a profile and what is not.

use super::super::FORMAT;
use super::full_file;
use profkit_core::{Peek, Sniff};
use prost::Message as _;

fn sniff(head: &[u8]) -> Sniff {
    FORMAT.sniff(&Peek { head, json: None })
}

#[test]
fn profiles_in_any_order_of_fields() {
    let file = full_file();
    assert_eq!(sniff(&file.encode_to_vec()), Sniff::Sure);
    // Go's runtime starts with the time.
    assert_eq!(sniff(&[b"\x48\xcb\xf1\x01", &*file.encode_to_vec()].concat()), Sniff::Sure);
    assert_eq!(sniff(b"\x32\x00\x32\x03cpu\x0a\x04\x08\x01\x10\x02"), Sniff::Sure);
}

#[test]
fn profiles_that_are_broken_are_not_left_without_an_error_that_tells_why() {
    let file = full_file().encode_to_vec();
    for length in 20..file.len() {
        assert_ne!(sniff(&file[..length]), Sniff::No, "{length} bytes");
    }
    let broken: [&[u8]; 4] = [b"\x9b\x06\x9c\x06", b"\x62\x03abc", b"\x60\xff", b"\xaa\x06\x00"];
    for tail in broken {
        assert_eq!(sniff(&[&*file, tail].concat()), Sniff::Maybe, "{tail:x?}");
    }
    assert_eq!(sniff(b"\x12\x04\x08\x01\x10\x05"), Sniff::Maybe, "samples alone");
    assert_eq!(sniff(b"\x32\x00"), Sniff::Maybe, "texts alone");
}

#[test]
fn anything_else() {
    let others: [&[u8]; 17] = [
        b"",
        b"\n",
        b"hello world\n",
        b"main;f 1\nmain;g 2\n",
        b"{\"a\":1}",
        b"[1]",
        b"\"\x04text\"",
        b"22 22222222222222222222222222222222222222222222222222222222222222222",
        b"version: 1\nevents: Ir\n",
        b"{\xfb\x05\x00\x00\x00",
        b"\xfb\xe9\x01\x00\x00\x00\x29\x03",
        b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0",
        b"PERFILE2\x68\0\0\0\0\0\0\0",
        b"\x1f\x8b\x08\0\0\0\0\0",
        b"\0\0\0\0\0\0\0\0\0\0\0\0",
        b"\x0a\x0d\x0d\x0a\x1c\0\0\0",
        b"\xca\xfe\xba\xbe\0\0\0\x34",
    ];
    for other in others {
        assert_eq!(sniff(other), Sniff::No, "{:?}", String::from_utf8_lossy(other));
    }
}
