//! Mangled names of C++ and Rust, shown the way their programmers wrote them.
//!
//! ```text
//! _ZN4shop6Basket3addEi.part.0                     shop::Basket::add(int) [clone .part.0]     C++, Itanium ABI
//! _ZN4shop6Basket3add17h0123456789abcdefE          shop::Basket::add                          Rust, legacy
//! _RNvMNtCs1234_4shop6basketNtB2_6Basket3add       <shop::basket::Basket>::add                Rust, v0
//! ```
//!
//! The marks may have more underscores before them, as on macOS. What is no valid name of any scheme stays as it
//! is, and so do names of Swift: the demanglers that there are wrap the C++ of Swift's compiler, or few build on them.
//!
//! A function whose source gave it a mangled name and yet another system name is shown demangled, too, and noted.

use profkit_core::{Notes, Profile};
use std::fmt::{self, Write};

/// The longest name that is looked at. Compilers hash what would be longer.
const MOST_BYTES: usize = 1 << 16;

/// How deep a C++ name may nest for its parser, whose time can double with each level of a hostile name. At this
/// depth, the worst is less than a millisecond, and 7 of 100,000 names of real libraries are left mangled.
const MOST_LEVELS_OF_CPP: u32 = 64;

/// How many times longer a name may become. What a name says twice, it says the second time in two or three bytes;
/// the names of real libraries become up to 30 times longer.
const MOST_GROWTH: usize = 32;

/// How many times longer all names together may become, beyond a megabyte that any profile may take. Real ones
/// become about as long again.
const MOST_GROWTH_OF_ALL: usize = 8;

/// Shows functions under their demangled names, and keeps the mangled ones as system names.
pub(crate) fn demangle(profile: &mut Profile, notes: &mut Notes) {
    let names = profile.functions.iter().map(|(_, function)| &profile.strings[function.name]);
    let mangled: usize = names.filter(|name| is_marked(name)).map(str::len).sum();
    let mut room = mangled.saturating_mul(MOST_GROWTH_OF_ALL).saturating_add(1 << 20);
    if mangled > 0 {
        let shown = |name: &str| {
            let shown = demangled(name).filter(|shown| shown.len() <= room)?;
            room -= shown.len();
            Some(shown)
        };
        profile.show_functions(shown, notes);
    }
}

/// Returns a mangled name demangled, and none for any other.
fn demangled(name: &str) -> Option<String> {
    if !is_marked(name) || name.len() > MOST_BYTES {
        return None;
    }
    let shown = if is_rust(name) { rust(name) } else { cpp(name) };
    // What looks mangled still would be demangled again after a round trip.
    shown.filter(|shown| !is_marked(shown))
}

/// Returns whether a name starts like a mangled one: one to four underscores, then `Z` or `R`.
fn is_marked(name: &str) -> bool {
    let rest = name.trim_start_matches('_');
    (1..=4).contains(&(name.len() - rest.len())) && rest.starts_with(['Z', 'R'])
}

/// Returns whether a marked name is one of Rust: its legacy scheme is that of C++, but for the hash at the end.
fn is_rust(name: &str) -> bool {
    let is_legacy = |name: &str| {
        let hash = name.split("17h").skip(1).last().and_then(|rest| rest.split_once('E'));
        hash.is_some_and(|(hash, _)| hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    name.trim_start_matches('_').starts_with('R') || is_legacy(name)
}

fn rust(name: &str) -> Option<String> {
    let symbol = rustc_demangle::try_demangle(name).ok()?;
    let mut shown = Bounded::for_name(name);
    // The alternate form is the one without hashes.
    write!(shown, "{symbol:#}").ok()?;
    // The library writes into the text what it could not follow.
    let is_whole = !["{invalid syntax}", "{recursion limit reached}", "{size limit reached}"]
        .iter()
        .any(|complaint| shown.text.contains(complaint));
    is_whole.then_some(shown.text)
}

fn cpp(name: &str) -> Option<String> {
    let options = cpp_demangle::ParseOptions::default().recursion_limit(MOST_LEVELS_OF_CPP);
    let symbol = cpp_demangle::Symbol::new_with_options(name, &options).ok()?;
    let mut shown = Bounded::for_name(name);
    symbol.structured_demangle(&mut shown, &cpp_demangle::DemangleOptions::new()).ok()?;
    Some(shown.text)
}

/// A text that refuses to grow beyond a bound: a few bytes of a name can stand for very many.
struct Bounded {
    text: String,
    room: usize,
}

impl Bounded {
    fn for_name(name: &str) -> Bounded {
        Bounded { text: String::new(), room: name.len().saturating_mul(MOST_GROWTH) }
    }
}

impl Write for Bounded {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.room = self.room.checked_sub(part.len()).ok_or(fmt::Error)?;
        self.text.push_str(part);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
