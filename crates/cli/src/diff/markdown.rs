//! A comparison as a comment under a change.

use super::gate::Gate;
use super::{DiffReport, spell};
use profkit_core::readable::{amount, is_control};
use profkit_ops::{DiffSort, Presence};

impl DiffReport<'_> {
    /// Returns the comparison in Markdown: the result, what failed, then a table.
    pub(super) fn markdown(&self, gate: Option<&Gate>) -> String {
        let diff = self.diff;
        let mut text = format!("**{}**\n", plain(&spell::sentence(diff, self.row())));
        for failure in gate.into_iter().flat_map(Gate::failures) {
            text.push_str(&format!("\n:x: {}\n", plain(failure)));
        }
        let (rows, more) = self.shown();
        if !rows.is_empty() {
            let what = if self.look.sort == DiffSort::Total { "total" } else { "self" };
            text.push_str(&format!("\n| {what} before | {what} after | +/- | % | verdict | {} |\n", self.row()));
            text.push_str("|---:|---:|---:|---:|---|---|\n");
        }
        for row in rows {
            let change = if self.look.sort == DiffSort::Total { &row.total } else { &row.own };
            let cell = |is_there: bool, value| if is_there { amount(value, &diff.unit) } else { String::new() };
            let cells = [
                cell(row.presence != Presence::New, change.before),
                cell(row.presence != Presence::Gone, change.after),
                spell::signed(change.delta(), &diff.unit),
                spell::relative_of(row, change),
                change.verdict.name().to_owned(),
                format!("{}{}", code(&row.name), plain(&spell::place(row))),
            ];
            text.push_str(&format!("| {} |\n", cells.join(" | ")));
        }
        if more > 0 {
            text.push_str(&format!("\n{}.\n", spell::more_changed(more, self.row())));
        }
        for (index, title) in ["Before", "After"].into_iter().enumerate() {
            let files = self.files[index].iter().map(|it| code(&it.name)).collect::<Vec<_>>().join(", ");
            let total = [diff.total.before, diff.total.after][index];
            text.push_str(&format!(
                "\n{title}: {files}: {}.",
                plain(&spell::side(&diff.sides[index], total, &diff.unit))
            ));
        }
        for caution in diff.cautions() {
            text.push_str(&format!("\nNote: {}.", plain(&caution)));
        }
        text.push_str(&format!("\nNoise: {}.\n", plain(&spell::basis(&diff.basis))));
        text
    }
}

/// Returns a text in which no character means anything to Markdown.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        if "\\`*_{}[]<>#|~&@!".contains(character) {
            plain.push('\\');
        }
        plain.push(if is_control(character) { ' ' } else { character });
    }
    plain
}

/// Returns a name as code that is safe in a cell of a table.
fn code(name: &str) -> String {
    let longest = name.split(|it| it != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    let name: String = name.chars().map(|it| if is_control(it) { ' ' } else { it }).collect();
    format!("{fence}{space}{}{space}{fence}", name.replace('|', "\\|"))
}

#[cfg(test)]
mod tests {
    use super::{code, plain};

    #[test]
    fn names_cannot_break_out_of_their_cell() {
        assert_eq!(code("a|b"), "`a\\|b`");
        assert_eq!(code("x``y"), "``` x``y ```");
        assert_eq!(code("a\nb"), "`a b`");
        assert_eq!(plain("<b> *x* a_b @all"), "\\<b\\> \\*x\\* a\\_b \\@all");
    }
}
