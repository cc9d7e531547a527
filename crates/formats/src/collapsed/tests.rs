//! What every habit of the format is read and written as, one test each.

use super::FORMAT;
use profkit_core::{
    Facet, Frame, Function, NoteKind, Notes, Peek, Profile, ReadOptions, Sample, Sniff, Thread, Unit, ValueType,
    WriteOptions,
};
use std::num::{NonZeroU32, NonZeroU64};

fn read(text: &[u8]) -> (Profile, Notes) {
    let mut notes = Notes::new();
    let profile = FORMAT.read(text, &ReadOptions::default(), &mut notes).unwrap();
    (profile, notes)
}

/// Returns the samples, one per line: `thread: frame > frame = values`.
fn shown(profile: &Profile) -> Vec<String> {
    let place = |file: &str, line: Option<NonZeroU32>, mark: &str| match (file, line) {
        ("", None) => String::new(),
        (file, line) => format!("@{file}{mark}{}", line.map_or(0, NonZeroU32::get)),
    };
    let frame = |id| {
        let frame = profile.frames[id];
        let function = profile.functions[frame.function.unwrap()];
        let file = profile.strings.text(function.file);
        let mark = if function.start_line.is_some() { "#" } else { ":" };
        format!("{}{}", &profile.strings[function.name], place(file, function.start_line.or(frame.line), mark))
    };
    let shown = profile.samples.iter().map(|sample| {
        let mut path = Vec::new();
        sample.stack.into_iter().for_each(|stack| profile.stacks.read_path(stack, &mut path));
        let path: Vec<String> = path.into_iter().map(frame).collect();
        let thread = sample.thread.map_or(String::new(), |thread| format!("[{}] ", profile.thread_title(thread)));
        let values: Vec<String> = sample.values.iter().map(i64::to_string).collect();
        format!("{thread}{} = {}", path.join(" > "), values.join(" "))
    });
    shown.collect()
}

fn rows(text: &str) -> Vec<String> {
    shown(&read(text.as_bytes()).0)
}

/// Returns the notes of reading, as people see them.
fn notes(text: &[u8]) -> Vec<String> {
    read(text).1.iter().map(ToString::to_string).collect()
}

fn error(text: &str) -> String {
    FORMAT.read(text.as_bytes(), &ReadOptions::default(), &mut Notes::new()).unwrap_err().to_string()
}

/// Returns the lines that are written of what is read, and the notes of writing.
fn written(profile: &Profile, options: &[(&str, &str)]) -> (String, Vec<String>) {
    let mut write_options = WriteOptions::default();
    write_options.options.extend(options.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())));
    let (mut text, mut notes) = (Vec::new(), Notes::new());
    FORMAT.write(profile, &mut text, &write_options, &mut notes).unwrap();
    let notes = notes.iter().filter(|note| note.kind != NoteKind::Lost).map(ToString::to_string).collect();
    (String::from_utf8(text).unwrap(), notes)
}

fn rewritten(text: &str) -> String {
    written(&read(text.as_bytes()).0, &[]).0
}

mod counts {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        assert_eq!(rows("a;b 1.7\na 2\n"), ["a > b = 17", "a = 20"]);
        let unit = read(b"a;b 1.7\n").0.value_types[0].unit.clone();
        assert_eq!(unit, Unit::named("count").with_exponent(-1));
        assert_eq!(rewritten("a;b 1.7\na 2\n"), "a;b 1.7\na 2\n");
    }

    #[test]
    fn every_spelling_of_a_number() {
        assert_eq!(rows("a 3.\na .5\na 1e3\na -5\na +5\na 1.5e-1\n").len(), 6);
        assert_eq!(rewritten("a;b 3.\nc .5\nd 1e3\ne -5\nf +5\n"), "a;b 3\nc 0.5\nd 1000\ne -5\nf 5\n");
    }

    #[test]
    fn what_is_no_number_is_an_error_with_its_place() {
        assert_eq!(
            error("a 1\na;b 1,000\n"),
            "2:5: collapsed: expected a number at the end of the line, found \"1,000\""
        );
        assert_eq!(error("a;b\n"), "1:1: collapsed: expected a number at the end of the line, found \"a;b\"");
        for word in ["1.2.3", "--1", "1e", "e1", ".", "-", "NaN", "inf", "0x10", "1e1.5", "1_000"] {
            let message = error(&format!("a {word}\n"));
            assert!(message.starts_with("1:3: collapsed: expected a number"), "{word}: {message}");
        }
    }

    #[test]
    fn numbers_beyond_64_bits_are_errors_with_their_place() {
        for word in ["9223372036854775808", "1e19", "-99999999999999999999", "1e999", &"9".repeat(90)] {
            let message = error(&format!("b 1\na;b {word}\n"));
            assert!(message.starts_with("2:5: collapsed: the number ") && message.contains("64 bits"), "{message}");
        }
        assert_eq!(rows("a 9223372036854775807\n"), ["a = 9223372036854775807"]);
        assert!(error("a 9223372036854775807\nb 1\n").contains("sum"));
    }

    #[test]
    fn fine_decimals_are_rounded_and_noted() {
        assert_eq!(notes(b"a 0.00000000000004\nb 1\n").len(), 1);
        assert_eq!(rewritten("a 0.123456789012\n"), "a 0.123456789012\n");
    }

    #[test]
    fn as_many_values_as_every_line_has_numbers() {
        assert_eq!(rows("a;b 10 20\na 1 2\n"), ["a > b = 10 20", "a = 1 2"]);
        let kinds = |text: &[u8]| read(text).0.value_types.iter().map(|it| it.kind.clone()).collect::<Vec<_>>();
        assert_eq!(kinds(b"a;b 10 20\n"), ["before", "after"]);
        assert_eq!(kinds(b"a;b 1 2 3\na 4 5 6\n"), ["value1", "value2", "value3"]);
        assert_eq!(notes(b"a 1 2\n"), ["every line ends in 2 numbers, which are read as 2 values"]);
    }

    #[test]
    fn names_end_in_digits_where_other_lines_do_not() {
        assert_eq!(rows("a;Thread 12 7\na;b 1\n"), ["a > Thread 12 = 7", "a > b = 1"]);
        assert_eq!(rows("a;v 1.5 7\nb 1 2 3\n12 5\n"), ["a > v 1.5 = 7", "b 1 2 = 3", "12 = 5"]);
    }

    #[test]
    fn the_option_takes_one_number() {
        let mut options = ReadOptions::default();
        options.options.push(("counts".to_owned(), "one".to_owned()));
        let profile = FORMAT.read(b"a;Thread 12 7\n", &options, &mut Notes::new()).unwrap();
        assert_eq!(shown(&profile), ["a > Thread 12 = 7"]);
    }

    #[test]
    fn a_first_line_can_name_the_values() {
        let text = "samples/count duration/nanoseconds\nmain;f 3 5000\nmain 12 1 2.5\n";
        let (profile, notes) = read(text.as_bytes());
        assert_eq!(shown(&profile), ["main > f = 3 50000", "main 12 = 1 25"]);
        assert_eq!(profile.value_types[1], {
            let unit = Unit::named("nanoseconds").with_exponent(-10);
            ValueType { unit, ..ValueType::new("duration", "nanoseconds") }
        });
        assert_eq!(notes.iter().count(), 0);
        assert_eq!(error("a/b c/d\nf 1\n"), "2:1: collapsed: expected a number at the end of the line, found \"f\"");
    }

    #[test]
    fn all_values_are_written_on_demand() {
        let text = "samples/count duration/nanoseconds\nmain;f 3 5000\nmain 1 2\n";
        let (profile, _) = read(text.as_bytes());
        assert_eq!(written(&profile, &[("values", "all")]), (text.to_owned(), vec![]));
        assert_eq!(written(&profile, &[]).0, "main;f 5000\nmain 2\n");
        assert_eq!(written(&profile, &[("values", "unnamed")]).0, "main;f 3 5000\nmain 1 2\n");
    }
}

mod lines {
    use super::*;

    #[test]
    fn line_ends_and_blanks() {
        assert_eq!(rows("a;b 1\r\n\r\na 2\r\n"), ["a > b = 1", "a = 2"]);
        assert_eq!(rows("a;b\t1\na;b  2\na;b \t 3"), ["a > b = 1", "a > b = 2", "a > b = 3"]);
        assert_eq!(rows("a 1  \nb 2\t\nc 3\x0b\n\n  \n d 4\n\te 5\n").len(), 5);
        assert_eq!(rows("  a;b 1\n"), ["a > b = 1"]);
        assert_eq!(rows("a; b ;c 1\n"), ["a >  b  > c = 1"]);
    }

    #[test]
    fn comments_at_the_head_are_skipped() {
        let text = b"# made by hand 9\n#\n\na 1\n# b 2\n#c 3\n";
        assert_eq!(shown(&read(text).0), ["a = 1", "# b = 2", "#c = 3"]);
        assert_eq!(notes(text), ["comments are skipped: 2 lines (first: # made by hand 9)"]);
    }

    #[test]
    fn stacks_without_frames() {
        assert_eq!(rows(" 5\na 1\n"), [" = 5", "a = 1"]);
        assert_eq!(notes(b" 5\na 1\n").len(), 0);
        assert_eq!(rows("5\na 1\n"), [" = 5", "a = 1"]);
        assert_eq!(notes(b"5\n"), ["numbers without a stack are read as samples without a stack: 1 lines"]);
        assert_eq!(rewritten(" 5\na 1\n"), " 5\na 1\n");
    }

    #[test]
    fn empty_names_are_frames() {
        let text = "a;;b 1\n;a 1\na;b; 1\n";
        assert_eq!(rows(text), ["a > (anonymous) > b = 1", "(anonymous) > a = 1", "a > b > (anonymous) = 1"]);
        assert_eq!(notes(text.as_bytes()), ["empty frame names are read as (anonymous): 3 frames"]);
    }

    #[test]
    fn bytes_that_are_not_text_are_shown() {
        let text = b"caf\xe9;b 1\ncaf\xe9;\xff\xfe 2\n";
        assert_eq!(shown(&read(text).0), ["caf\\xe9 > b = 1", "caf\\xe9 > \\xff\\xfe = 2"]);
        assert_eq!(notes(text), ["some names are not UTF-8: their other bytes are written as \\xNN: 2 names"]);
    }

    #[test]
    fn empty_files_have_no_samples() {
        for text in ["", "\n", "\n\n", "# only this\n", "a/b\n"] {
            assert_eq!(rows(text).len(), 0, "{text:?}");
            assert_eq!(read(text.as_bytes()).0.value_types.len(), 1, "{text:?}");
        }
        assert_eq!(rewritten(""), "");
    }

    #[test]
    fn equal_stacks_add_up_in_the_order_of_their_first() {
        assert_eq!(rewritten("b 1\na;b 2\nb 3\na;c 0\na;b -2\n"), "b 4\na;b 0\na;c 0\n");
    }

    #[test]
    fn deep_stacks_are_refused_with_their_place() {
        let mut options = ReadOptions::default();
        options.max_depth = 3;
        let error = FORMAT.read(b"a;b;c 1\na;b;c;d 1\n", &options, &mut Notes::new()).unwrap_err();
        assert_eq!(error.to_string(), "2:1: collapsed: a stack of more than 3 frames; --max-depth allows more");
    }

    #[test]
    fn detection_looks_for_numbers_behind_something() {
        let sniffed = |text: &str| {
            let json = text.starts_with('{').then_some(&[][..]);
            FORMAT.sniff(&Peek { head: text.as_bytes(), json })
        };
        for text in ["a;b 1", "# c\na 1\n", "a 1 2\nb 2 3", "a;b 1\nbroken\nb 2\n", "samples/count\na 1\n", "a\t.5\r\n"]
        {
            assert_eq!(sniffed(text), Sniff::Maybe, "{text:?}");
        }
        for text in
            ["", "\n", "version: 1\ncreator: x\ncmd: y\n", "fl=a\nfn=b\n1 2\n3 4\n", "{ 1\n", "a\0b 1\n", "word"]
        {
            assert_eq!(sniffed(text), Sniff::No, "{text:?}");
        }
    }
}

mod dialects {
    use super::*;

    #[test]
    fn py_spy() {
        let text =
            "<module> (app.py:1);load (app.py:12) 2\n<module> (app.py:1);len 1\n<module> (app.py:1);g (lib.so) 1\n";
        let found = ["<module>@app.py:1 > load@app.py:12 = 2", "<module>@app.py:1 > len = 1"];
        assert_eq!(rows(text)[..2], found);
        assert_eq!(rows(text)[2], "<module>@app.py:1 > g@lib.so:0 = 1");
    }

    #[test]
    fn py_spy_without_lines_only_if_all_are_files() {
        let found = ["f@a.py:0 > g@<frozen os>:0 = 1"];
        assert_eq!(rows("f (a.py);g (<frozen os>) 1\n"), found);
        assert_eq!(rows("f (a.py);g 1\n"), ["f (a.py) > g = 1"]);
        assert_eq!(rows("operator() (int);f (void) 1\n"), ["operator() (int) > f (void) = 1"]);
    }

    #[test]
    fn other_things_in_parentheses_are_names() {
        for name in [
            "f (a.js:12:3)",
            "f(a.py:3)",
            "f (a.py:x)",
            "f (a.py:03)",
            "f (a.py:99999999999)",
            "f (:0)",
            "f ()",
            " (a.py:3)",
        ] {
            assert_eq!(rows(&format!("x;{name} 1\n")), [format!("x > {name} = 1")]);
        }
    }

    #[test]
    fn threads() {
        let text = "thread (7): main loop;f 1\nthread (8);g 2\nthread: pool 3 4\nh;thread (9) 5\n";
        let found =
            ["[thread (7): main loop] f = 1", "[thread (8)] g = 2", "[thread: pool 3]  = 4", "h > thread (9) = 5"];
        assert_eq!(rows(text), found);
        let back = "thread (7): main loop;f 1\nthread (8);g 2\nthread: pool\u{a0}3 4\nh;thread (9) 5\n";
        assert_eq!(rewritten(text), back);
        for root in ["thread", "thread ()", "thread (a.py:3)", "thread (1) x", "thread (1", "thread:x", "threads (1)"] {
            assert_eq!(read(format!("{root};f 1\nb 2").as_bytes()).0.census().threads, 1, "{root}");
        }
    }

    #[test]
    fn pstats() {
        let text = "app.py:1(<module>);app.py:12(load);len 2\n";
        assert_eq!(rows(text), ["<module>@app.py#1 > load@app.py#12 > len = 2"]);
        assert_eq!(rows("~:0(<built-in>);C:\\a.py:3(f(int)) 1\n"), ["<built-in>@~:0 > f(int)@C:\\a.py#3 = 1"]);
    }

    #[test]
    fn austin() {
        let text = "# austin: 3.4.1\n# mode: cpu\nP1;T0:12;a.py:<module>:3;:GC: 100\nP1;T13 5\n# duration: 200\n";
        let (profile, notes) = read(text.as_bytes());
        assert_eq!(shown(&profile), ["[thread (0:12)] <module>@a.py:3 > :GC: = 100", "[thread (13)]  = 5"]);
        assert_eq!(profile.value_types, [ValueType::new("cpu", "microseconds")]);
        assert_eq!(profile.census().count(Facet::Processes), 2);
        assert_eq!(notes.iter().map(|note| note.count).collect::<Vec<_>>(), [3]);
        assert_eq!(rows("P1;T2;a.py:f:3 1\n"), ["P1 > T2 > a.py:f:3 = 1"]);
    }

    #[test]
    fn suffixes_and_modules_are_part_of_the_name() {
        assert_eq!(rewritten("a_[j];libc`read;b_[k] 1\n"), "a_[j];libc`read;b_[k] 1\n");
    }
}

mod chunks;
mod names;
