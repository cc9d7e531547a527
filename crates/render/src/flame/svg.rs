//! A flame graph as an SVG picture: inferno lays it out, from what we hand it.
//!
//! inferno takes lines of text, `main;f 3`. Which lines it gets decides on whether the picture is right:
//!
//! - What is too narrow to see is taken out of the tree before, or every line of a large profile would be
//!   laid out: that is where its time and memory go.
//! - The lines come in the order of our tree, through its mode for charts, the only one that neither sorts
//!   them nor checks that they are sorted. Its own order by bytes tears a function apart that has a
//!   neighbour such as `f.part.0`.
//! - A name that ends in a number, holds a semicolon or a control character would be taken for something
//!   else: [`texts`] spells such names.
//! - The texts and colours of the frames are put in behind: [`frames`].

mod frames;
mod lines;
mod texts;

pub(super) use texts::escaped;

use super::palette::change;
use super::scene::Scene;
use super::{Options, Order};
use crate::trie::{NONE, Trie};
use frames::Frame;
use inferno::flamegraph::color::{BackgroundColor, Color};
use inferno::flamegraph::{self, Direction, TextTruncateDirection};
use lines::{Lines, OTHER};
use profkit_core::{NoteKind, Notes, Profile, Result, Unit, readable};
use std::io::Write;
use texts::Texts;

/// The width of a picture that adapts to the room it has, for the texts in it.
const USUAL_WIDTH: u32 = 1200;
/// The part of the width that no frame can have.
const MARGIN: u32 = 20;
/// The width below which a frame is not drawn, in pixels.
const LEAST_PIXELS: f64 = 0.1;
/// The colour of what is no function.
const GRAY: &str = "#dcdcdc";

/// Writes a flame graph as an SVG picture that can be zoomed and searched in a browser.
///
/// A profile without samples is a picture that says so. What is estimated, or has no width, is noted.
///
/// # Errors
///
/// Fails where sums do not fit into 64 bits, where time is asked for and the profile has no timestamps,
/// where the picture would be too large to lay out, and where `out` does.
pub fn svg(profile: &Profile, options: &Options, out: &mut dyn Write, notes: &mut Notes) -> Result<()> {
    let scene = Scene::new(profile, options, notes)?;
    let width = options.width.unwrap_or(USUAL_WIDTH).max(10 * MARGIN);
    let least = options.min_width.unwrap_or(LEAST_PIXELS / f64::from(width - MARGIN) * 100.0);
    let columns = if options.is_diff { vec![0, 1] } else { vec![scene.value] };
    let trie = if profile.value_types.is_empty() || scene.profile().samples.is_empty() {
        Trie::default()
    } else if options.order == Order::Time {
        let line = scene.timeline(notes)?.0;
        line.thinned((line.totals()[0] as f64 * least / 100.0).ceil() as i64)
    } else {
        scene.trie(&columns, options, least, notes)?
    };
    // By default, only what nobody could see is left out.
    if trie.pruned > 0 && options.min_width.is_some() {
        let what = format!("frames narrower than {least:.2}% of the picture are not drawn");
        notes.add(NoteKind::Dropped, what, trie.pruned, "stacks are cut|stack is cut", || None);
    }
    let totals = trie.totals();
    let subtitle = scene.subtitle(options)?;
    let texts = Texts::new(&scene.labels, if options.order == Order::Time { "(idle)" } else { "(other)" });
    let lines = Lines::new(&trie, &totals, &texts)?;
    let mut picture = Vec::new();
    if lines.is_empty() {
        return Ok(out.write_all(nothing(width, options).as_bytes())?);
    }
    let mut how = how(options, subtitle);
    flamegraph::from_lines(&mut how, lines.reversed(), &mut picture)?;
    let unit = if options.order == Order::Time { Unit::named("nanoseconds") } else { scene.value_type().unit };
    let own = own(&trie);
    let tooltips = Tooltips { scene: &scene, options, trie: &trie, totals: &totals, own, texts: &texts, unit };
    let told = frames::told(&picture, lines.closing_order(&trie), |node| tooltips.frame(node))?;
    Ok(out.write_all(&told)?)
}

fn how(options: &Options, subtitle: String) -> flamegraph::Options<'static> {
    let mut how = flamegraph::Options::default();
    how.title = texts::printable(options.title.as_deref().unwrap_or("Flame graph"));
    how.subtitle = Some(texts::printable(&subtitle)).filter(|subtitle| !subtitle.is_empty());
    how.image_width = options.width.map(|width| width.max(10 * MARGIN) as usize);
    how.direction = if options.is_inverted { Direction::Inverted } else { Direction::Straight };
    how.bgcolors = Some(BackgroundColor::Flat(Color::new(255, 255, 255)));
    how.text_truncate_direction = TextTruncateDirection::Right;
    how.frame_height = 17;
    // Of the font size; common fonts of one width have 0.60.
    how.font_width = 0.62;
    // As good as nothing: only what has no width at all is not drawn.
    how.min_width = 1e-300;
    // The lines come in the order in which they are drawn.
    how.flame_chart = true;
    how.deterministic = true;
    how
}

/// Returns what each node has beside its children, in the first column; by time, that comes in pieces, which are
/// children without a label.
fn own(trie: &Trie) -> Vec<i64> {
    let mut own: Vec<i64> = trie.own.iter().copied().step_by(trie.stride).collect();
    let mut path: Vec<usize> = Vec::new();
    for node in 0..trie.len() {
        path.truncate(trie.depths[node] as usize);
        if let Some(&parent) = path.last().filter(|_| trie.labels[node] == NONE) {
            own[parent] += own[node];
        }
        path.push(node);
    }
    own
}

/// Returns a picture that says that there is nothing to draw.
fn nothing(width: u32, options: &Options) -> String {
    let title = texts::escaped(options.title.as_deref().unwrap_or("Flame graph"));
    format!(
        "<?xml version=\"1.0\" standalone=\"no\"?>\n\
         <svg version=\"1.1\" width=\"{width}\" height=\"96\" viewBox=\"0 0 {width} 96\" \
         xmlns=\"http://www.w3.org/2000/svg\" font-family=\"monospace\" text-anchor=\"middle\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text x=\"50%\" y=\"36\" font-size=\"17\">{title}</text>\n\
         <text x=\"50%\" y=\"64\" font-size=\"12\">nothing to draw: no sample has a value</text>\n\
         </svg>\n"
    )
}

/// What is said about each frame.
struct Tooltips<'s> {
    scene: &'s Scene<'s>,
    options: &'s Options,
    trie: &'s Trie,
    totals: &'s [i64],
    own: Vec<i64>,
    texts: &'s Texts,
    unit: Unit,
}

impl Tooltips<'_> {
    fn frame(&self, node: usize) -> Frame {
        if node == OTHER {
            let own: i64 = self.trie.own[..self.trie.stride].iter().sum();
            let share = readable::percent(own, self.totals[..self.trie.stride].iter().sum());
            let text = format!("{} ({share}, roots too narrow to be drawn)", self.texts.of(NONE));
            return Frame { text, color: GRAY.to_owned() };
        }
        let label = self.scene.labels.at(self.trie.labels[node]);
        let values = &self.totals[node * self.trie.stride..][..self.trie.stride];
        let color = match (values, label) {
            (&[before, after], _) if self.options.is_diff => change(before, after),
            (_, Some(label)) => self.options.palette.color(label, self.scene.labels.hue_of(label)),
            (_, None) => GRAY.to_owned(),
        };
        let name = if node == 0 { "all" } else { self.texts.of(self.trie.labels[node]) };
        let mut about = match *values {
            [before, after] if self.options.is_diff => self.change(before, after),
            [total, ..] => self.amount(node, total),
            [] => String::new(),
        };
        if let Some(place) = label.map(|label| texts::printable(&label.place())).filter(|place| !place.is_empty()) {
            // A reader takes the last pair of parentheses for what is said about the name.
            about += &format!(", {}", place.replace('(', "[").replace(')', "]"));
        }
        Frame { text: format!("{name} ({about})"), color }
    }

    fn amount(&self, node: usize, total: i64) -> String {
        // The stacks of a call graph are a guess; what all of them add up to is not.
        let sign = if self.scene.is_estimated() && node > 0 { "≈" } else { "" };
        let spell = |value| format!("{sign}{}", readable::amount(value, &self.unit));
        let (amount, share) = (spell(total), readable::percent(total, self.totals[0]));
        match self.own[node] {
            0 => format!("{amount}, {share}"),
            own if own == total => format!("{amount}, {share}, all of it self"),
            own => format!("{amount}, {share}, self {}", spell(own)),
        }
    }

    fn change(&self, before: i64, after: i64) -> String {
        let spell = |value| readable::amount(value, &self.unit);
        let sign = if after > before { "+" } else { "" };
        let delta = after.saturating_sub(before);
        let ratio = match (before, after) {
            (0, 0) => String::new(),
            (0, _) => ", new".to_owned(),
            (_, 0) => ", gone".to_owned(),
            (_, _) if delta == 0 => ", no change".to_owned(),
            _ => format!(", {sign}{}", readable::percent(delta, before)),
        };
        format!("{} before, {} after, {sign}{}{ratio}", spell(before), spell(after), spell(delta))
    }
}
