//! What a whole row cannot tell: where in the file it stands.

use super::FORMAT;
use profkit_core::{Notes, ReadOptions};

fn error(text: &str) -> String {
    FORMAT.read(text.as_bytes(), &ReadOptions::default(), &mut Notes::new()).unwrap_err().to_string()
}

#[test]
fn errors_in_rows_have_the_line_and_column_of_the_file() {
    let file = |functions: &str| format!("{{\"profkit\":1,\n\"value_types\":[], \"functions\":{functions}}}");
    let cases = [
        ("[{\"name\":7}]", "2:40: profkit: invalid type: integer `7`, expected a string"),
        ("[\n{\"name\":\"f\"},\n  {\"name\":7}]", "4:11: profkit: invalid type: integer `7`, expected a string"),
        ("null", "2:34: profkit: invalid type: null, expected a sequence"),
        ("{}", "2:31: profkit: invalid type: map, expected a sequence"),
    ];
    for (functions, expected) in cases {
        assert_eq!(error(&file(functions)), expected, "{functions}");
    }
}

#[test]
fn tables_may_stand_in_any_order() {
    let tables = [
        "\"profkit\":1",
        "\"samples\":[{\"stack\":0,\"values\":[]}]",
        "\"stacks\":[{\"frames\":[0]}]",
        "\"frames\":[{\"function\":0}]",
        "\"functions\":[{\"name\":\"f\"}]",
        "\"value_types\":[]",
    ];
    for first in 0..tables.len() {
        let text = [&tables[first..], &tables[..first]].concat().join(",");
        let profile =
            FORMAT.read(format!("{{{text}}}").as_bytes(), &ReadOptions::default(), &mut Notes::new()).unwrap();
        assert_eq!((profile.samples.len(), profile.stacks.len(), profile.functions.len()), (1, 1, 1));
    }
}
