//! Every bad fixture is refused, with the place and what is wrong.

use profkit_core::Notes;
use profkit_testkit::fixtures::bad;
use std::fmt::Write;

#[test]
fn every_bad_fixture_is_refused_in_known_words() {
    let fixtures = bad();
    assert!(!fixtures.is_empty(), "testdata/ has no bad fixtures");
    let mut text = String::new();
    let mut accepted = Vec::new();
    for fixture in fixtures {
        match fixture.read_as_its_format(&mut Notes::new()) {
            Err(error) => writeln!(text, "{}: {error}", fixture.title()).expect("a string"),
            Ok(_) => accepted.push(fixture.title()),
        }
    }
    assert!(accepted.is_empty(), "read although they are bad: {}", accepted.join(", "));
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("errors", text);
    });
}
