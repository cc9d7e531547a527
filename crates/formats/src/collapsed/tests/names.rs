//! Names, and where what they name stands: how they are spelled, and what they are read as.

use super::*;

/// A function: name, file, start line, and the line of its frame.
type Row<'a> = (&'a str, &'a str, u32, u32);

/// Returns a profile with one stack of all functions and one of each alone.
fn profile(functions: &[Row<'_>]) -> Profile {
    let mut profile = Profile::new(vec![ValueType::unnamed()]);
    let mut path = Vec::new();
    for &(name, file, start_line, line) in functions {
        let name = profile.string(name);
        let (file, start_line) = (profile.text(file), NonZeroU32::new(start_line));
        let function = profile.function(Function { file, start_line, ..Function::named(name) });
        let line = NonZeroU32::new(line);
        path.push(profile.frame(Frame { function: Some(function), line, ..Frame::default() }));
    }
    let stack = profile.stack(&path).unwrap();
    profile.samples.push(Sample::new(Some(stack), &[1]));
    profile
}

fn line(functions: &[Row<'_>], names: &str) -> String {
    written(&profile(functions), &[("names", names)]).0.trim_end().to_owned()
}

/// Returns the line that is written of functions without files, and how many names were changed.
fn changed(names: &[&str]) -> (String, u64) {
    let rows: Vec<Row<'_>> = names.iter().map(|&name| (name, "", 0, 0)).collect();
    let (mut text, mut notes) = (Vec::new(), Notes::new());
    FORMAT.write(profile(&rows), &mut text, &WriteOptions::default(), &mut notes).unwrap();
    let count = notes.iter().find(|note| note.of.starts_with("names were changed")).map_or(0, |note| note.count);
    (String::from_utf8(text).unwrap(), count)
}

#[test]
fn auto_locates_scripts_and_what_is_not_unique() {
    assert_eq!(line(&[("f", "a.py", 1, 3), ("g", "a.py", 7, 9)], "auto"), "f (a.py:3);g (a.py:9) 1");
    assert_eq!(line(&[("f", "", 0, 0), ("g", "", 0, 0)], "auto"), "f;g 1");
    let mut native = profile(&[("f", "a.c", 1, 3)]);
    let leaf = native.frames[native.stacks.leaf(native.samples.at(0).stack.unwrap())];
    let leaf = native.frame(Frame { address: NonZeroU64::new(16), ..leaf });
    let stack = native.stack(&[leaf]).unwrap();
    native.samples.push(Sample::new(Some(stack), &[1]));
    assert_eq!(written(&native, &[]).0, "f 2\n");
    assert_eq!(line(&[("f", "a.py", 0, 3), ("f", "b.py", 0, 9)], "auto"), "f (a.py:3);f (b.py:9) 1");
    assert_eq!(line(&[("f", "a.py", 1, 3), ("f", "b.py", 1, 9)], "auto"), "f (a.py:3);f (b.py:9) 1");
    assert_eq!(line(&[("f", "a.py", 1, 3), ("f", "a.py", 7, 9)], "auto"), "a.py:1(f);a.py:7(f) 1");
    assert_eq!(line(&[("f", "a.py", 1, 0), ("f", "b.py", 7, 0)], "auto"), "a.py:1(f);b.py:7(f) 1");
}

#[test]
fn plain_and_located_do_as_told() {
    let functions = [("f", "a.py", 1, 3), ("g", "", 0, 0), ("h", "a.py", 0, 0), ("i", "", 0, 5)];
    assert_eq!(line(&functions, "plain"), "f;g;h;i 1");
    assert_eq!(line(&functions, "located"), "f (a.py:3);g;h (a.py);i (:5) 1");
    assert_eq!(
        line(&[("f", "a.py", 1, 0), ("g", "", 0, 0), ("h", "b.py", 0, 0)], "located"),
        "a.py:1(f);g;b.py:0(h) 1"
    );
    assert_eq!(line(&[("f", "a.py", 0, 0), ("g", "b.py", 0, 0)], "located"), "f (a.py);g (b.py) 1");
    assert_eq!(line(&[("f", "a.py", 0, 0), ("g", "", 0, 0)], "located"), "f (a.py:0);g 1");
}

#[test]
fn what_is_written_is_read_again() {
    let files = ["", "a.py", "x (y)", "a:3", "a:3(b", "Makefile"];
    let names = ["f", "g (a.py:3)", "a.py:3(g)", "h (b.py)", "thread (1)", "thread", "x 12", "# c"];
    for (index, name) in names.iter().enumerate() {
        for file in files {
            for (start_line, line) in [(0, 0), (4, 0), (0, 5)] {
                let other = names[(index + 1) % names.len()];
                let profile = profile(&[(name, file, start_line, line), (other, "c.py", start_line, line)]);
                let (text, notes) = written(&profile, &[("names", "located")]);
                let back = shown(&read(text.as_bytes()).0);
                assert!(back == shown(&profile) || !notes.is_empty(), "{text:?}\n{back:?}");
                assert_eq!(written(&read(text.as_bytes()).0, &[("names", "located")]), (text, vec![]));
            }
        }
    }
}

#[test]
fn what_a_name_cannot_hold_is_changed_and_counted() {
    assert_eq!(changed(&["<[u8; 8]>", "b"]), ("<[u8: 8]>;b 1\n".to_owned(), 1));
    assert_eq!(changed(&["a\nb", "c\u{1b}[31m\0"]), ("a\\x0ab;c\\x1b[31m\\x00 1\n".to_owned(), 2));
    assert_eq!(changed(&["a", "Thread 12"]), ("a;Thread\u{a0}12 1\n".to_owned(), 1));
    assert_eq!(changed(&["a 12", "v 1.5 .5"]), ("a 12;v 1.5\u{a0}.5 1\n".to_owned(), 1));
    assert_eq!(changed(&["# a", "# b"]), ("\\x23 a;# b 1\n".to_owned(), 1));
    assert_eq!(changed(&["#a", "b#"]), ("#a;b# 1\n".to_owned(), 0));
    assert_eq!(changed(&[" a ", " b "]), ("\u{a0}a ; b\u{a0} 1\n".to_owned(), 2));
    assert_eq!(changed(&["", "b"]), ("(anonymous);b 1\n".to_owned(), 1));
    assert_eq!(changed(&["thread (1): a", "thread (2)"]), ("thread\u{a0}(1): a;thread (2) 1\n".to_owned(), 1));
    assert_eq!(changed(&["f (a.py:3)", "g (b)"]), ("f\u{a0}(a.py:3);g (b) 1\n".to_owned(), 1));
    assert_eq!(changed(&["a.py:3(f)", "b"]), ("a.py\\x3a3(f);b 1\n".to_owned(), 1));
    assert_eq!(changed(&["f (a.py)", "g (b.py)"]), ("f\u{a0}(a.py);g\u{a0}(b.py) 1\n".to_owned(), 2));
}

#[test]
fn two_that_become_one_are_noted() {
    let profile = profile(&[("a;b", "", 0, 0), ("a:b", "", 0, 0)]);
    let (text, notes) = written(&profile, &[]);
    assert_eq!(text, "a:b;a:b 1\n");
    assert_eq!(
        notes,
        [
            "collapsed cannot spell some names: 1 name was changed (first: \"a;b\" is written \"a:b\")",
            "changed names are those of others: 1 function or thread became one with another",
        ]
    );
}

#[test]
fn one_thread_is_none() {
    let (profile, _) = read(b"thread (7): main;f 1\n");
    assert_eq!(written(&profile, &[]).0, "f 1\n");
}

#[test]
fn threads_are_left_out_on_demand() {
    let (profile, _) = read(b"thread (7): main;f 1\nthread (8);f 2\n");
    let mut options = WriteOptions::default();
    options.no_thread_root = true;
    let mut text = Vec::new();
    FORMAT.write(&profile, &mut text, &options, &mut Notes::new()).unwrap();
    assert_eq!(text, b"f 3\n");
}

#[test]
fn thread_names_are_changed_as_little() {
    let mut profile = profile(&[("f", "", 0, 0)]);
    for (id, name) in [("1.2", "a;b 5"), ("3", ""), ("", "c 7")] {
        let (id, name) = (profile.text(id), profile.text(name));
        let thread = profile.thread(Thread { id, name, ..Thread::default() });
        profile.samples.push(Sample { thread: Some(thread), ..Sample::new(None, &[2]) });
    }
    let (text, notes) = written(&profile, &[]);
    assert_eq!(text, "f 1\nthread (1_2): a:b\u{a0}5 2\nthread (3) 2\nthread: c\u{a0}7 2\n");
    assert!(notes[0].contains("2 names were changed"), "{notes:?}");
}

#[test]
fn a_profile_without_values_cannot_be_written() {
    let mut profile = Profile::new(vec![]);
    profile.samples.push(Sample::new(None, &[]));
    let result = FORMAT.write(&profile, &mut Vec::new(), &WriteOptions::default(), &mut Notes::new());
    assert!(result.is_err());
}
