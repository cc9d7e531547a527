//! What KCachegrind and `callgrind_annotate` demand of a file, and that ours are such files.

use profkit_core::{Notes, WriteOptions};
use profkit_testkit::fixtures::readable;
use profkit_testkit::generate::{Names, any_profile};
use profkit_testkit::kcachegrind::check;
use proptest::prelude::*;

/// A file that keeps all rules: two parts, each of which defines its numbers.
const GOOD: &str = "\
# callgrind format
version: 1
creator: somebody
part: 1
desc: some text
positions: line
events: Ir Dr
summary: 7 1

ob=(1) app
fl=(1) a.c
fn=(1) main
1 3
fi=(2) a.h
2 4 1
cob=(2) lib
cfi=(3) b.c
cfn=(2) f
calls=1 9
* 5
fe=(1)
+1 0
totals: 7 1
part: 2
events: Ir
fl=(1) a.c
fn=(1) main
5 1
totals: 1
";

/// The rules: what is replaced in the good file by what, and which rule that breaks.
const BROKEN: &[(&str, &str, &str)] = &[
    ("# callgrind format\n", "# some format\n", "the first line is the mark"),
    ("version: 1", "version: 2", "the version is 1"),
    ("creator: somebody\n", "creator: somebody \n", "no blanks at its end"),
    ("creator: somebody\n", "creator: some\x07body\n", "no control characters"),
    ("creator: somebody", "author: somebody", "a header is known"),
    ("positions: line\n", "positions: line\ncmd: x\n", "headers are in order"),
    ("events: Ir Dr\nsummary", "events: Ir Dr\npositions: line\nsummary", "a part ends with totals:"),
    ("positions: line", "positions: column", "positions are instr and line"),
    ("part: 2", "part: two", "are numbers"),
    ("events: Ir Dr", "events: Ir Ir", "a name of its own"),
    ("events: Ir Dr", "events: a b c d e f g h i j k l m n", "at most 13 events"),
    ("events: Ir\n", "", "names stand behind events:"),
    ("fl=(1) a.c\nfn=(1) main\n1 3", "fn=(1) main\n1 3", "fl= stands before fn="),
    ("fn=(1) main\n1 3", "1 3", "costs stand behind fn="),
    ("fn=(1) main\n1 3", "fi=(9) x\nfn=(1) main\n1 3", "stand behind fn="),
    ("fe=(1)\n", "fe=(7)\n", "defines the numbers that it uses"),
    ("events: Ir\nfl=(1) a.c", "events: Ir\nfl=(1)", "defines the numbers that it uses"),
    ("fe=(1)\n", "fe=(1) a.c\n", "a part defines a number once"),
    ("events: Ir\nfl=(1) a.c", "events: Ir\nfl=(1) b.c", "a number stands for one name"),
    ("fn=(1) main\n1", "fn=\n1", "names are not empty"),
    ("fn=(1) main\n1", "fn=(1)  main\n1", "do not start with a blank"),
    ("fn=(1) main\n1", "fn=(1) main\nrec=1\n1", "that of an object, a file or a function"),
    ("cfn=(2) f\n", "", "calls= stands behind cfn="),
    ("calls=1 9\n", "", "ends with calls="),
    ("calls=1 9\n* 5\n", "", "ends with calls="),
    ("calls=1 9\n* 5\n", "calls=1 9\n", "has the costs of the call"),
    ("calls=1 9", "calls=-1 9", "calls are a number"),
    ("calls=1 9", "calls=1", "as many positions"),
    ("1 3\nfi", "1 3 1 1\nfi", "no more counts than events"),
    ("1 3\nfi", "1 -3\nfi", "whole numbers of 64 bits"),
    ("1 3\nfi", "1 3.5\nfi", "whole numbers of 64 bits"),
    ("+1 0", "-9 0", "not below zero"),
    ("+1 0", "1-4 0", "a position is a number"),
    ("totals: 7 1\n", "totals: 8 1\n", "the sum of all costs"),
    ("summary: 7 1\n", "summary: 8 1\n", "summary: is what totals: are"),
    ("totals: 1\n", "", "a part ends with totals:"),
    ("totals: 1\n", "totals: 1\n5 1\n", "the last line of a part"),
    ("1 3\nfi", "1 3\nsome words\nfi", "costs, a name or a header"),
    ("1 3\nfi", "1 3\nsummary: 7 1\nfi", "right behind events:"),
];

#[test]
fn a_good_file_passes() {
    check(GOOD).expect("a good file");
}

#[test]
fn each_rule_rejects_a_file() {
    for (from, to, rule) in BROKEN {
        assert!(GOOD.contains(from), "{from:?} is not in the good file");
        let complaint = check(&GOOD.replacen(from, to, 1)).expect_err(rule);
        assert!(complaint.contains(rule), "{to:?} should break {rule:?}, but {complaint}");
    }
}

fn written(profile: &profkit_core::Profile) -> String {
    let (mut out, format) = (Vec::new(), profkit_formats::named("callgrind").expect("a known format"));
    format.write(profile, &mut out, &WriteOptions::default(), &mut Notes::new()).expect("any profile can be written");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn every_fixture_as_we_write_it() {
    for fixture in readable() {
        let (profile, _) = fixture.read(&mut Notes::new()).expect("a readable fixture");
        check(&written(&profile)).unwrap_or_else(|complaint| panic!("{}: {complaint}", fixture.title()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_profile_as_we_write_it(profile in any_profile(Names::Nasty)) {
        check(&written(&profile)).map_err(TestCaseError::fail)?;
    }
}
