//! Tables for spreadsheets: comma separated values as in RFC 4180, with a first row of titles.

/// Returns rows as comma separated values; a field that holds a comma, a quote or a line break is quoted.
pub(crate) fn csv<F: AsRef<[u8]>>(rows: impl IntoIterator<Item = Vec<F>>) -> String {
    let mut writer = ::csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).unwrap_or_else(|error| panic!("memory takes any record: {error}"));
    }
    let bytes = writer.into_inner().unwrap_or_else(|error| panic!("memory takes any record: {error}"));
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::csv;

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        let rows = vec![vec!["name", "self"], vec!["f(a, \"b\")\n", "-1"], vec!["", "2"]];
        assert_eq!(csv(rows), "name,self\n\"f(a, \"\"b\"\")\n\",-1\n,2\n");
    }
}
