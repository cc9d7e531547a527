//! Names without what changes from build to build.

use regex::{NoExpand, Regex};
use std::sync::LazyLock;

/// What is taken out of a name, and what it leaves behind; in this order.
const VOLATILE: &[(&str, &str)] = &[
    // A place: `f (a.py:12)`, `f a.js:3:14`, `f:12`.
    (r"\s*[(@ ]?[^\s()]*\.\w+:\d+(?::\d+)?\)?$", ""),
    (r"([^:]):\d+$", "$1"),
    // Rust: the hash at the end, the number of a closure.
    (r"::h[0-9a-f]{16}E?$", ""),
    (r"\{(closure|impl|lambda)#\d+\}", "{$1}"),
    // Compilers: clones of a function, C++ lambdas.
    (r"(?:\.(?:constprop|isra|part|cold|lto_priv|llvm|clone)(?:\.\d+)*)+$", ""),
    (r"(lambda\([^)]*\))#\d+", "$1"),
    (r"'lambda\d+'", "'lambda'"),
    (r"\$_\d+", "$$_"),
    // Java: lambdas, inner classes without a name, generated accessors.
    (r"\$\$Lambda[$./]?(?:0x)?[0-9a-f]*(?:/(?:0x)?[0-9a-f]+)?", "$$$$Lambda"),
    (r"\blambda\$(\w+)\$\d+", "lambda$$$1"),
    (r"((?:Generated|Bound)\w+?)\d+", "$1"),
    (r"\$\d+\b", "$$"),
    // Go: closures.
    (r"\.(func|gowrap)\d+(?:\.\d+)*", ".$1"),
    // Addresses, ids: with 0x in front, of 8 hexadecimal digits of which some are digits and some letters, or of 4 digits.
    (r"\+?\b0x[0-9a-fA-F]+", "0x"),
    (r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b", "#"),
    (r"\d{4,}", "#"),
];

static RULES: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let rule = |&(pattern, with): &(&str, &'static str)| {
        (Regex::new(pattern).unwrap_or_else(|error| panic!("the pattern {pattern} is one: {error}")), with)
    };
    VOLATILE.iter().map(rule).collect()
});
static HEXADECIMAL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("[0-9a-f]{8,}").unwrap_or_else(|error| panic!("this is a pattern: {error}")));

/// Returns the name without addresses, hashes, numbers of lambdas, template arguments, generated ids and line
/// numbers, so that a function that was built anew keeps its name.
///
/// ```text
/// core::ptr::drop_in_place::h0123456789abcdef   core::ptr::drop_in_place
/// std::vector<int, std::allocator<int>>::push   std::vector<>::push
/// main.serve.func1.2                            main.serve.func
/// sort.constprop.0                              sort
/// ```
pub(super) fn normalised(name: &str) -> String {
    let mut name = without_arguments(name);
    for (rule, with) in RULES.iter() {
        if rule.is_match(&name) {
            name = rule.replace_all(&name, *with).into_owned();
        }
    }
    let is_id = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit()) && text.bytes().any(|byte| byte > b'9');
    let ids: Vec<String> =
        HEXADECIMAL.find_iter(&name).map(|it| it.as_str().to_owned()).filter(|it| is_id(it)).collect();
    for id in ids {
        let pattern = Regex::new(&regex::escape(&id));
        name = pattern.map_or(name.clone(), |pattern| pattern.replace(&name, NoExpand("#")).into_owned());
    }
    name
}

/// Returns the name with empty brackets in the place of template arguments and type parameters: what stands in
/// brackets behind a letter or digit. `<module>`, `operator<` and `<T as Trait>::f` are names and stay.
fn without_arguments(name: &str) -> String {
    let mut rest = String::with_capacity(name.len());
    let mut open: Vec<char> = Vec::new();
    let mut last = ' ';
    let chars: Vec<char> = name.chars().collect();
    for (at, &character) in chars.iter().enumerate() {
        let is_behind_name = last.is_alphanumeric() || last == '_' || (last == ':' && rest.ends_with("::"));
        let is_arrow = character == '>' && last == '-';
        match character {
            '<' | '[' if !open.is_empty() => open.push(character),
            '<' | '[' if is_behind_name && !rest.ends_with("operator") && closes(&chars[at..]) => {
                rest.push(character);
                open.push(character);
            }
            '>' | ']' if !open.is_empty() && !is_arrow => {
                open.pop();
                if open.is_empty() {
                    rest.push(character);
                }
            }
            _ if open.is_empty() => rest.push(character),
            _ => {}
        }
        last = character;
    }
    if open.is_empty() { rest } else { name.to_owned() }
}

/// Returns whether the bracket at the start is closed again.
fn closes(chars: &[char]) -> bool {
    let mut depth = 0;
    let mut last = ' ';
    chars.iter().any(|&character| {
        match character {
            '<' | '[' => depth += 1,
            '>' | ']' if last != '-' => depth -= 1,
            _ => {}
        }
        last = character;
        depth == 0
    })
}

#[cfg(test)]
mod tests {
    use super::normalised;

    #[track_caller]
    fn check(cases: &[(&str, &str)]) {
        cases.iter().for_each(|&(name, expected)| assert_eq!(normalised(name), expected, "{name}"));
    }

    #[test]
    fn what_a_build_puts_into_names_goes() {
        check(&[
            ("core::fmt::write::h0123456789abcdef", "core::fmt::write"),
            ("app::main::{closure#12}", "app::main::{closure}"),
            ("sort.constprop.0.isra.1", "sort"),
            ("f.llvm.1234567890", "f"),
            ("main.serve.func1.2", "main.serve.func"),
            ("A::b()::{lambda(int)#2}::operator()(int) const", "A::b()::{lambda(int)}::operator()(int) const"),
            ("a.B$$Lambda$14/0x00000008000c", "a.B$$Lambda"),
            ("a.B.lambda$main$3", "a.B.lambda$main"),
            ("a.B$1.run", "a.B$.run"),
            ("jdk.GeneratedMethodAccessor12.invoke", "jdk.GeneratedMethodAccessor.invoke"),
        ]);
    }

    #[test]
    fn addresses_ids_and_places_go() {
        check(&[
            ("0x55d0c1a2b3c4", "0x"),
            ("f+0x1f", "f0x"),
            ("view_3f2a9c81d0", "view_#"),
            ("req-123e4567-e89b-12d3-a456-426614174000", "req-#"),
            ("task_20240131", "task_#"),
            ("render (src/app.py:12)", "render"),
            ("render app.js:3:14", "render"),
            ("f:12", "f"),
        ]);
    }

    #[test]
    fn template_arguments_and_type_parameters_go() {
        check(&[
            ("std::vector<int, std::allocator<int> >::push_back(int&&)", "std::vector<>::push_back(int&&)"),
            ("alloc::vec::Vec<T,A>::push", "alloc::vec::Vec<>::push"),
            ("core::iter::sum::<i32>", "core::iter::sum::<>"),
            ("main.Map[go.shape.int,go.shape.string]", "main.Map[]"),
            ("call<std::function<int ()>->x>", "call<>"),
        ]);
    }

    #[test]
    fn what_is_a_name_stays() {
        for name in [
            "<module>",
            "<lambda>",
            "Shop.<listcomp>",
            "operator<",
            "operator<<",
            "T::operator->",
            "a::operator<=>(b)",
            "<T as Trait>::f",
            "sha256",
            "std::vector",
            "f(int)",
            "deadbeef",
            "x < y",
            "a.b.c",
            "~",
            "utf8_decode",
            "f<",
        ] {
            assert_eq!(normalised(name), name);
        }
    }
}
