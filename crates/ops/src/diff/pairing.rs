//! Which function of one profile is which of another.
//!
//! Pairs are made in rounds over what is still alone, from the surest to the boldest. A round puts the functions
//! of both sides that look the same to it into a group and pairs the members, in the order of their lines, where
//! both sides have as many. Two functions of one side never become one.

use super::normalise::normalised;
use std::collections::HashMap;

/// What tells a function of one profile from the others, and what it is looked for by in the other one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) name: String,
    /// The name that it is looked for by: another one if it is known to be renamed.
    pub(super) key: String,
    pub(super) file: Option<String>,
    pub(super) line: Option<u32>,
    pub(super) module: Option<String>,
}

/// What a round goes by: functions with equal keys look the same to it, those without one sit it out.
type Key<'k> = (&'k str, Option<usize>, Option<u32>, Option<&'k str>);

/// Returns for each function of `right` the index of the one of `left` that it is.
pub(super) fn pair(left: &[Facts], right: &[Facts]) -> Vec<Option<usize>> {
    let files = FileIds::new(left, right);
    let mut pairing = Pairing { left: vec![None; left.len()], right: vec![None; right.len()], sides: [left, right] };
    pairing.round(Rule::AsMany, |side, facts| Some((&facts.name, files.exact(side, facts), facts.line, module(facts))));
    pairing.round(Rule::AsMany, |side, facts| Some((&facts.key, files.exact(side, facts), facts.line, module(facts))));
    pairing.round(Rule::AsMany, |side, facts| Some((&facts.key, files.paired(side, facts), facts.line, None)));
    pairing.round(Rule::AsMany, |side, facts| Some((&facts.key, files.paired(side, facts), None, None)));
    if pairing.is_done() {
        return pairing.right;
    }
    let names = [left, right].map(|side| side.iter().map(|facts| normalised(&facts.key)).collect::<Vec<_>>());
    let name = |side: usize, index: usize| names[side][index].as_str();
    pairing.numbered_round(Rule::AsMany, |side, index| {
        Some((name(side, index), files.paired(side, &[left, right][side][index]), None, None))
    });
    // Some profilers of a language say `Cart.dump` where others say `dump`.
    pairing.numbered_round(Rule::OneIsTheEndOfTheOther, |side, index| {
        Some((last_part(name(side, index)), Some(files.paired(side, &[left, right][side][index])?), None, None))
    });
    pairing.numbered_round(Rule::OnlyOnes, |side, index| Some((name(side, index), None, None, None)));
    pairing.right
}

/// Returns what stands behind the last dot of a name.
fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn module(facts: &Facts) -> Option<&str> {
    facts.module.as_deref()
}

/// When the members of a group are pairs.
#[derive(Clone, Copy, PartialEq)]
enum Rule {
    /// Both sides have as many that are still alone.
    AsMany,
    /// Each side has one that is still alone, and one of the two names is only the last part of the other.
    OneIsTheEndOfTheOther,
    /// Each side has one in all, paired or not.
    OnlyOnes,
}

struct Pairing<'f> {
    left: Vec<Option<usize>>,
    right: Vec<Option<usize>>,
    sides: [&'f [Facts]; 2],
}

impl<'f> Pairing<'f> {
    fn is_done(&self) -> bool {
        self.right.iter().all(Option::is_some) || self.left.iter().all(Option::is_some)
    }

    fn round(&mut self, rule: Rule, key: impl Fn(usize, &'f Facts) -> Option<Key<'f>>) {
        let sides = self.sides;
        self.numbered_round(rule, |side, index| key(side, &sides[side][index]));
    }

    fn numbered_round<'k>(&mut self, rule: Rule, key: impl Fn(usize, usize) -> Option<Key<'k>>) {
        if self.is_done() {
            return;
        }
        let mut groups: HashMap<Key<'k>, [Vec<usize>; 2]> = HashMap::new();
        for side in 0..2 {
            for index in 0..self.sides[side].len() {
                let is_alone = [&self.left, &self.right][side][index].is_none();
                if let Some(key) = (is_alone || rule == Rule::OnlyOnes).then(|| key(side, index)).flatten() {
                    groups.entry(key).or_default()[side].push(index);
                }
            }
        }
        for [mut left, mut right] in groups.into_values() {
            if left.len() != right.len() || (rule != Rule::AsMany && left.len() != 1) {
                continue;
            }
            let is_bare = |side: usize, index: usize| !self.sides[side][index].key.contains('.');
            if rule == Rule::OneIsTheEndOfTheOther && is_bare(0, left[0]) == is_bare(1, right[0]) {
                continue;
            }
            for (members, side) in [(&mut left, self.sides[0]), (&mut right, self.sides[1])] {
                members.sort_by(|&a, &b| in_line_order(&side[a]).cmp(&in_line_order(&side[b])).then(a.cmp(&b)));
            }
            for (left, right) in left.into_iter().zip(right) {
                if self.left[left].is_none() && self.right[right].is_none() {
                    (self.left[left], self.right[right]) = (Some(right), Some(left));
                }
            }
        }
    }
}

fn in_line_order(facts: &Facts) -> (Option<u32>, &str, Option<&str>, Option<&str>) {
    (facts.line, &facts.name, facts.file.as_deref(), module(facts))
}

/// Which file of one side is which of the other: the same path, else the longest end of a path that one file of
/// each side has, so that a program that lies in another folder keeps its files.
struct FileIds<'f> {
    exact: HashMap<&'f str, usize>,
    paired: HashMap<&'f str, usize>,
}

impl<'f> FileIds<'f> {
    fn new(left: &'f [Facts], right: &'f [Facts]) -> FileIds<'f> {
        let mut exact = HashMap::new();
        let mut of_side = |side: &'f [Facts]| {
            let mut files: Vec<&str> = side.iter().filter_map(|facts| facts.file.as_deref()).collect();
            files.sort_unstable();
            files.dedup();
            for &file in &files {
                let next = exact.len();
                exact.entry(file).or_insert(next);
            }
            files
        };
        let (left, right) = (of_side(left), of_side(right));
        let mut paired = exact.clone();
        let is_alone = |file: &&&str, other: &[&str]| other.binary_search(*file).is_err();
        let mut alone = [
            left.iter().filter(|file| is_alone(file, &right)).copied().collect::<Vec<_>>(),
            right.iter().filter(|file| is_alone(file, &left)).copied().collect(),
        ];
        let most = alone.iter().flatten().map(|file| parts(file).count()).max().unwrap_or(0);
        for count in (1..most.min(MOST_PARTS)).rev() {
            // The bare name of a file says little: it has to be the only one of its name, paired or not.
            let among = if count == 1 { [left.clone(), right.clone()] } else { alone.clone() };
            for [from, to] in same_ends(&among, count) {
                if alone[0].contains(&from) && alone[1].contains(&to) {
                    paired.insert(from, exact[to]);
                    alone[0].retain(|&file| file != from);
                    alone[1].retain(|&file| file != to);
                }
            }
        }
        FileIds { exact, paired }
    }

    fn exact(&self, _side: usize, facts: &Facts) -> Option<usize> {
        self.exact.get(facts.file.as_deref()?).copied()
    }

    fn paired(&self, side: usize, facts: &Facts) -> Option<usize> {
        let ids = if side == 0 { &self.paired } else { &self.exact };
        ids.get(facts.file.as_deref()?).copied()
    }
}

/// The most parts of a path that are compared.
const MOST_PARTS: usize = 32;

fn parts(file: &str) -> impl Iterator<Item = &str> {
    file.rsplit(['/', '\\']).filter(|part| !part.is_empty())
}

/// Returns the pairs of files whose last `count` parts are the same, and of nobody else on their side.
fn same_ends<'f>(sides: &[Vec<&'f str>; 2], count: usize) -> Vec<[&'f str; 2]> {
    let mut ends: HashMap<Vec<&str>, [Vec<&'f str>; 2]> = HashMap::new();
    for (side, files) in sides.iter().enumerate() {
        for &file in files {
            let end: Vec<&str> = parts(file).take(count).collect();
            if end.len() == count {
                ends.entry(end).or_default()[side].push(file);
            }
        }
    }
    let ones = ends.into_values().filter_map(|[left, right]| match (left.as_slice(), right.as_slice()) {
        (&[left], &[right]) => Some([left, right]),
        _ => None,
    });
    ones.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns functions from `name file:line` or `name file` or `name`.
    fn facts(list: &[&str]) -> Vec<Facts> {
        let one = |text: &&str| {
            let (name, place) = text.split_once(' ').map_or((*text, None), |(name, place)| (name, Some(place)));
            let (file, line) = place.map_or((None, None), |place| match place.split_once(':') {
                Some((file, line)) => (Some(file.to_owned()), line.parse().ok()),
                None => (Some(place.to_owned()), None),
            });
            Facts { name: name.to_owned(), key: name.to_owned(), file, line, module: None }
        };
        list.iter().map(one).collect()
    }

    #[track_caller]
    fn check(left: &[&str], right: &[&str], expected: &[Option<usize>]) {
        let (left, right) = (facts(left), facts(right));
        assert_eq!(pair(&left, &right), expected);
        let mut mirrored = vec![None; left.len()];
        expected.iter().enumerate().for_each(|(at, found)| {
            if let Some(found) = *found {
                mirrored[found] = Some(at);
            }
        });
        assert_eq!(pair(&right, &left), mirrored, "the other way round");
    }

    #[test]
    fn a_function_that_moved_is_the_same() {
        check(&["f a.py:3", "g a.py:9"], &["g a.py:12", "f a.py:6"], &[Some(1), Some(0)]);
    }

    #[test]
    fn namesakes_pair_in_line_order_only_if_there_are_as_many() {
        check(&["f a:30", "f a:10"], &["f a:12", "f a:35"], &[Some(1), Some(0)]);
        check(&["f a:10", "f a:30"], &["f a:12"], &[None]);
        check(&["f a:10", "f a:30"], &["f a:30", "f a:44"], &[Some(1), Some(0)]);
        check(&["f a:10", "f a:30", "f a:40"], &["f a:30"], &[Some(1)]);
    }

    #[test]
    fn a_new_build_is_the_same_program() {
        check(
            &["app::f::h0123456789abcdef", "S<int>::g", "0x1234"],
            &["S<long>::g", "app::f::hfedcba9876543210", "0x5678"],
            &[Some(1), Some(0), Some(2)],
        );
        check(&["0x1", "0x2"], &["0x3"], &[None]);
    }

    #[test]
    fn a_name_alone_has_to_be_the_only_one_of_its_kind() {
        check(&["run a.py", "run b.py"], &["run a.py", "run c.py"], &[Some(0), None]);
        check(&["run b.py"], &["run c.py"], &[Some(0)]);
    }

    #[test]
    fn a_program_may_lie_in_another_folder() {
        check(
            &["__init__ /one/app/a.py:3", "__init__ /one/app/b.py:3", "f /one/app/a.py:9", "__init__ /one/app/a.py:20"],
            &["__init__ /two/app/b.py:3", "__init__ /two/app/a.py:4", "__init__ /two/app/a.py:21", "f a.py"],
            &[Some(1), Some(0), Some(3), Some(2)],
        );
        check(
            &["<module> /x/p/__init__.py"],
            &["<module> /y/q/__init__.py", "<module> /y/r/__init__.py"],
            &[None, None],
        );
    }

    #[test]
    fn profilers_say_the_class_or_they_do_not() {
        check(&["dump a.py:3", "load a.py:9"], &["Cart.load a.py", "Cart.dump a.py"], &[Some(1), Some(0)]);
        check(&["A.run a.py", "dump a.py"], &["B.run a.py", "A.dump a.py", "B.dump a.py"], &[None, None, None]);
        check(&["dump a.py"], &["Cart.dump b.py"], &[None]);
    }

    #[test]
    fn a_renamed_function_does_not_take_the_place_of_a_namesake() {
        let mut left = facts(&["old a.py:3", "new a.py:9"]);
        left[0].key = "new".to_owned();
        assert_eq!(pair(&left, &facts(&["new a.py:9"])), [Some(1)]);
        assert_eq!(pair(&left[..1], &facts(&["new a.py:9"])), [Some(0)]);
    }
}
