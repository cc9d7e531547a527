//! Drawing.

use super::choices::Choices;
use super::reading::profile;
use profkit_core::{Notes, Profile};
use profkit_render::dot::{self, ColorBy, Style};
use profkit_render::flame::{self, Order, Palette};

/// How many scripts a page has: the payload, and what shows it.
const SCRIPTS: usize = 2;

/// Draws a file in every way.
///
/// # Panics
///
/// Panics where a picture is none.
pub fn render(bytes: &[u8]) {
    let (mut choices, rest) = Choices::of(bytes);
    let Some(profile) = profile(&mut choices, rest) else { return };
    let [flags, looks] = [(); 2].map(|()| choices.next());
    let value = usize::from(choices.next()).checked_sub(1).map(|value| value % profile.value_types.len().max(1));
    let value = value.filter(|_| !profile.value_types.is_empty());
    let title = (looks & 0x80 != 0).then(|| crate::names::NASTY.concat());
    graph(&profile, value, title.clone(), flags);
    flames(&profile, value, title, looks);
}

fn graph(profile: &Profile, value: Option<usize>, title: Option<String>, flags: u8) {
    let mut options = dot::Options::default();
    let is_some = |name: &str, _: Option<&str>, _: Option<&str>| name.len() % 2 == 1;
    options.value = value;
    options.title = title;
    options.style = if flags & 1 == 0 { Style::Pprof } else { Style::Gprof2dot };
    options.color_by = if flags & 2 == 0 { ColorBy::Total } else { ColorBy::Own };
    options.is_diff = flags & 4 != 0 && profile.value_types.len() > 1;
    options.nodes = (flags & 8 != 0).then_some(3);
    options.min_node = (flags & 16 != 0).then_some(0.0);
    options.depth = (flags & 32 != 0).then_some(2);
    options.is_root = if flags & 64 != 0 { Some(&is_some) } else { None };
    options.is_leaf = if flags & 128 != 0 { Some(&is_some) } else { None };
    if let Ok(text) = dot::dot(profile, &options, &mut Notes::new()) {
        check_dot(&text);
    }
}

/// Checks that quotes and braces of a graph are closed, which they are not where a name is taken for more than text.
fn check_dot(text: &str) {
    let (mut depth, mut is_quoted, mut is_escaped) = (0i32, false, false);
    for byte in text.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_quoted => is_escaped = true,
            b'"' => is_quoted = !is_quoted,
            b'{' if !is_quoted => depth += 1,
            b'}' if !is_quoted => depth -= 1,
            _ => {}
        }
    }
    assert!(depth == 0 && !is_quoted, "{text}");
    assert!(text.trim_end().ends_with('}'), "{text}");
}

fn flames(profile: &Profile, value: Option<usize>, title: Option<String>, looks: u8) {
    let mut options = flame::Options::default();
    options.value = value;
    options.title = title;
    options.is_inverted = looks & 1 != 0;
    options.is_reversed = looks & 2 != 0;
    options.order = [Order::Name, Order::Weight, Order::Time, Order::Name][usize::from(looks >> 2 & 3)];
    options.is_diff = looks & 16 != 0 && profile.value_types.len() > 1;
    options.palette = Palette::ALL[usize::from(looks >> 5 & 1)];
    options.min_width = (looks & 64 != 0).then_some(1.0);
    let mut picture = Vec::new();
    if flame::svg(profile, &options, &mut picture, &mut Notes::new()).is_ok() {
        let text = std::str::from_utf8(&picture).expect("text");
        let rules = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
        if let Err(error) = roxmltree::Document::parse_with_options(text, rules) {
            panic!("{error}: {text}");
        }
    }
    let mut page = Vec::new();
    if flame::html(profile, &options, &mut page, &mut Notes::new()).is_ok() {
        let text = std::str::from_utf8(&page).expect("text");
        assert_eq!(text.matches("<script").count(), SCRIPTS, "a name became a script");
    }
}
