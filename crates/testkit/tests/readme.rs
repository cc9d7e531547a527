//! What README.md says against what is there.

use profkit_formats::FORMATS;

#[test]
fn the_table_of_formats_is_that_of_the_registry() {
    let readme = include_str!("../../../README.md");
    let table = readme.lines().skip_while(|line| *line != "| name | what | reads | writes | file names |");
    let rows: Vec<&str> = table.skip(2).take_while(|line| line.starts_with('|')).collect();
    let yes = |is: bool| if is { "yes" } else { "no" };
    let expected = FORMATS.iter().map(|format| {
        let (reads, writes) = (yes(format.can_read()), yes(format.can_write()));
        let endings: Vec<_> = format.file_names().map(|name| format!("`{name}`")).collect();
        format!("| {} | {} | {reads} | {writes} | {} |", format.name(), format.description(), endings.join(" "))
    });
    assert_eq!(rows, expected.collect::<Vec<_>>());
}
