//! Names that break one language or another.

/// Names that would end an element, a string, a line or a terminal's patience, if they were taken for more
/// than text.
pub const NASTY: &[&str] = &[
    "]]></script><script>document.title='owned';alert(1)</script>",
    "--><img src=x onerror=alert(1)>",
    "nul\0and\u{1b}[2J\u{7}",
    "std::array<[u8; 8], 4>::map",
    "quote\" and 'quote' and `tick`",
    "Thread 12",
    "v 1 2.5",
    "# comment 9",
    "\u{202e}desrever\u{2066}",
    "عربي",
    "🔥 flame 👩‍👩‍👧‍👦",
    "\u{fffe}\u{ffff}\u{2028}",
    "back\\slash\nnew\tline\r",
    "",
    "  ",
    "-",
    "--",
    "&amp;&lt;{{title}}${title}{{payload}}",
    "all",
    "a;b",
    "a:b",
];
