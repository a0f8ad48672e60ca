//! The families of match keys made of one spelling of a name and a birth date (SPEC.md 3.7).

use super::match_key::MatchKey;
use super::name::{Field, Name};
use super::{BirthDate, skeletons};
use crate::vocabulary::Family;
use jiff::civil::Date;
use std::cmp::Reverse;

/// Tokens that count: the first ones, surname before given names.
pub(super) const MOST_TOKENS: usize = 5;
/// Exact pairs of a spelling.
pub(super) const MOST_EXACT_PAIRS: usize = 6;
/// Pairs of skeletons of a spelling.
pub(super) const MOST_SKELETON_PAIRS: usize = 16;
/// Shortest token that bridges from one name to several: an initial would meet anyone.
pub(super) const SHORTEST_BRIDGE: usize = 2;
/// Where the tokens of the given names begin in a [`Unit`]'s places.
const GIVEN: u32 = 32;

/// On which side of a lookup keys are derived. They differ in the bridge only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The holder's, who indexes.
    Held,
    /// The requester's.
    Asked,
}

/// What a pair is made of: a token, or the tokens of a field run together.
struct Unit {
    text: String,
    is_token: bool,
    /// One bit for each token it has: surname from 0, given names from [`GIVEN`].
    places: u64,
    codes: Vec<String>,
}

/// The joined forms of both fields, if neither is empty, and both in byte order.
struct Fields {
    surname: String,
    given: String,
    pair: String,
}

/// All keys of a name, family by family, each once.
pub(super) fn of_name(name: &Name, birth: BirthDate, side: Side) -> Vec<MatchKey> {
    let units = units(name);
    let exact = exact(&units);
    let fields = Fields::of(name);
    let mut keys = Keys(Vec::with_capacity(48));
    match (exact.as_slice(), birth.complete()) {
        ([], _) | ([_], None) => {}
        ([only], Some(date)) => one_name(&mut keys, only, &digits(date), side),
        (_, None) => {
            parts_of_date(&mut keys, fields.as_ref(), birth);
            year(&mut keys, fields.as_ref(), birth);
        }
        (_, Some(date)) => {
            let digits = digits(date);
            let pairs = pairs(&units);
            full_names(&mut keys, &exact, fields.as_ref().zip(Some(name)), &digits);
            swapped_date(&mut keys, fields.as_ref(), date);
            exact_pairs(&mut keys, &pairs, &digits);
            skeleton_pairs(&mut keys, &pairs, &digits);
            skeleton_and_initial(&mut keys, fields.as_ref(), &units, &digits);
            bridge(&mut keys, &exact, &digits, side);
            parts_of_date(&mut keys, fields.as_ref(), birth);
            single_skeletons(&mut keys, &units, &digits);
            year(&mut keys, fields.as_ref(), birth);
        }
    }
    keys.0
}

/// The keys of another reading of a name, which only shall meet that reading's own
/// spelling: the full name, and what tolerates a typing error in the rest.
pub(super) fn of_reading(name: &Name, birth: BirthDate) -> Vec<MatchKey> {
    let units = units(name);
    let exact = exact(&units);
    let fields = Fields::of(name);
    let mut keys = Keys(Vec::with_capacity(16));
    if let (Some(date), [_, _, ..]) = (birth.complete(), exact.as_slice()) {
        let digits = digits(date);
        full_names(&mut keys, &exact, fields.as_ref().zip(Some(name)), &digits);
        skeleton_pairs(&mut keys, &pairs(&units), &digits);
        skeleton_and_initial(&mut keys, fields.as_ref(), &units, &digits);
    }
    keys.0
}

/// Keys of one person, each once.
struct Keys(Vec<MatchKey>);

impl Keys {
    /// Whether the key of these parts, one after the other, is new.
    fn add(&mut self, family: Family, parts: &[&str]) -> bool {
        let key = MatchKey::new(family, parts.concat());
        let new = !self.0.contains(&key);
        if new {
            self.0.push(key);
        }
        new
    }
}

impl Unit {
    fn token(text: &str, place: u64) -> Self {
        Self {
            is_token: true,
            ..Self::run_together(text.to_owned(), place)
        }
    }

    fn run_together(text: String, places: u64) -> Self {
        let codes = skeletons(&text);
        Self {
            text,
            is_token: false,
            places,
            codes,
        }
    }

    fn has_several_places(&self) -> bool {
        self.places.count_ones() > 1
    }
}

impl Fields {
    fn of(name: &Name) -> Option<Self> {
        let (surname, given) = (name.surname.joined(), name.given.joined());
        let (first, second) = ordered(&surname, &given);
        let pair = [first, "|", second].concat();
        (!surname.is_empty() && !given.is_empty()).then_some(Self { surname, given, pair })
    }
}

/// The first tokens, then the fields run together.
fn units(name: &Name) -> Vec<Unit> {
    let places = |field: &Field, from: u32| (0..field.tokens.len()).zip(from..).map(|(_, place)| 1_u64 << place);
    let surname = name.surname.tokens.iter().zip(places(&name.surname, 0));
    let given = name.given.tokens.iter().zip(places(&name.given, GIVEN));
    let tokens = surname.chain(given).take(MOST_TOKENS);
    let mut units: Vec<Unit> = tokens.map(|(token, place)| Unit::token(token, place)).collect();
    for (field, other, from) in [(&name.surname, &name.given, 0), (&name.given, &name.surname, GIVEN)] {
        let all = places(field, from).sum();
        let joined = field.joined();
        let both = !field.tokens.is_empty() && !other.tokens.is_empty();
        let written = (both && field.raw != joined).then(|| Unit::run_together(field.raw.clone(), all));
        units.extend((field.tokens.len() > 1).then(|| Unit::run_together(joined, all)));
        units.extend(written);
    }
    units
}

/// The set of the tokens, sorted.
fn exact(units: &[Unit]) -> Vec<&str> {
    let tokens = units.iter().filter(|unit| unit.is_token);
    let mut exact: Vec<&str> = tokens.map(|unit| unit.text.as_str()).collect();
    exact.sort_unstable();
    exact.dedup();
    exact
}

/// Pairs of units that share no token, those first that tell most: with a run-together
/// form, of both fields, with a first surname or first given name, long.
fn pairs(units: &[Unit]) -> Vec<(&Unit, &Unit)> {
    let others = |index: usize| units.iter().skip(index + 1);
    let all = units.iter().enumerate();
    let all = all.flat_map(|(index, one)| others(index).map(move |other| (one, other)));
    let mut pairs: Vec<_> = all
        .filter(|(one, other)| one.places & other.places == 0 && one.text != other.text)
        .collect();
    pairs.sort_by_cached_key(|(one, other)| {
        let places = one.places | other.places;
        let has = |bits: u64| places & bits != 0;
        let crosses = has((1 << GIVEN) - 1) && has(!((1 << GIVEN) - 1));
        let firsts = u8::from(has(1)) + u8::from(has(1 << GIVEN));
        Reverse((
            one.has_several_places() || other.has_several_places(),
            crosses,
            firsts,
            one.text.len().min(other.text.len()),
        ))
    });
    pairs
}

/// A person of one name: the name, its skeletons, and the bridge to several names.
fn one_name(keys: &mut Keys, only: &str, date: &str, side: Side) {
    keys.add(Family::Mx, &[only, "/", date]);
    for code in skeletons(only) {
        keys.add(Family::Mk, &[&code, "/", date]);
    }
    bridge(keys, &[only], date, side);
}

/// `TOKEN/D/1` stands for a person of this one name, `TOKEN/D/2` for a person who has it
/// among several. A holder says which kind a person is and a requester asks for the
/// other, so that two persons of several names never meet here.
fn bridge(keys: &mut Keys, exact: &[&str], date: &str, side: Side) {
    let kind = match (side, exact.len()) {
        (Side::Held, 1) | (Side::Asked, 2..) => "/1",
        _ => "/2",
    };
    for token in exact.iter().filter(|token| token.len() >= SHORTEST_BRIDGE) {
        keys.add(Family::Mb, &[token, "/", date, kind]);
    }
}

/// All tokens; the two fields run together; the two as they were written.
fn full_names(keys: &mut Keys, exact: &[&str], fields: Option<(&Fields, &Name)>, date: &str) {
    keys.add(Family::Nx, &[&exact.join("|"), "/", date]);
    if let Some((fields, name)) = fields {
        keys.add(Family::Nx, &[&fields.pair, "/", date]);
        let (first, second) = ordered(&name.surname.raw, &name.given.raw);
        keys.add(Family::Nx, &[first, "|", second, "/", date]);
    }
}

/// Day and month in ascending order, so that it does not matter which was which.
fn swapped_date(keys: &mut Keys, fields: Option<&Fields>, date: Date) {
    let (low, high) = (date.month().min(date.day()), date.month().max(date.day()));
    if let Some(Fields { pair, .. }) = fields {
        keys.add(Family::Ds, &[pair, &format!("/{:04}/{low:02}.{high:02}", date.year())]);
    }
}

fn exact_pairs(keys: &mut Keys, pairs: &[(&Unit, &Unit)], date: &str) {
    let tokens = pairs.iter().filter(|(one, other)| one.is_token && other.is_token);
    for (one, other) in tokens.take(MOST_EXACT_PAIRS) {
        let (first, second) = ordered(&one.text, &other.text);
        keys.add(Family::Px, &[first, "|", second, "/", date]);
    }
}

fn skeleton_pairs(keys: &mut Keys, pairs: &[(&Unit, &Unit)], date: &str) {
    let mut left = MOST_SKELETON_PAIRS;
    for (one, other) in pairs {
        for (code, other) in one
            .codes
            .iter()
            .flat_map(|code| other.codes.iter().map(move |other| (code, other)))
        {
            if left == 0 {
                return;
            }
            let (first, second) = ordered(code, other);
            left -= usize::from(keys.add(Family::Pk, &[first, "|", second, "/", date]));
        }
    }
}

fn skeleton_and_initial(keys: &mut Keys, fields: Option<&Fields>, units: &[Unit], date: &str) {
    let Some(Fields { surname, given, .. }) = fields else {
        return;
    };
    for (field, other) in [(surname, given), (given, surname)] {
        let initial = other.get(..1).unwrap_or_default();
        let known = units.iter().find(|unit| unit.text == *field);
        let codes = known.map_or_else(|| skeletons(field), |unit| unit.codes.clone());
        for code in &codes {
            keys.add(Family::Si, &[code, "/", initial, "/", date]);
        }
    }
}

/// The full name and two parts of the birth date, of those that are known.
fn parts_of_date(keys: &mut Keys, fields: Option<&Fields>, birth: BirthDate) {
    let (Some(Fields { pair, .. }), Some(month)) = (fields, birth.month()) else {
        return;
    };
    let year = birth.year();
    keys.add(Family::D2, &[pair, &format!("/{year:04}{month:02}")]);
    if let Some(day) = birth.day() {
        keys.add(Family::D2, &[pair, &format!("/{year:04}-{day:02}")]);
        keys.add(Family::D2, &[pair, &format!("/-{month:02}{day:02}")]);
    }
}

fn single_skeletons(keys: &mut Keys, units: &[Unit], date: &str) {
    for code in units.iter().filter(|unit| unit.is_token).flat_map(|unit| &unit.codes) {
        keys.add(Family::Sk, &[code, "/", date]);
    }
}

fn year(keys: &mut Keys, fields: Option<&Fields>, birth: BirthDate) {
    if let Some(Fields { pair, .. }) = fields {
        keys.add(Family::Y, &[pair, &format!("/{:04}", birth.year())]);
    }
}

/// `YYYYMMDD`.
fn digits(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

/// Two texts in byte order, so that it does not matter which stood first.
fn ordered<'a>(one: &'a str, other: &'a str) -> (&'a str, &'a str) {
    if one <= other { (one, other) } else { (other, one) }
}
