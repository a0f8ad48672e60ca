//! The families of match keys made of one spelling of a name and a birth date (SPEC.md 3.7).

use super::match_key::Keys;
use super::name::{Field, Name};
use super::{BirthDate, skeletons};
use crate::vocabulary::Family;
use jiff::civil::Date;
use std::borrow::Cow;
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
struct Unit<'n> {
    text: &'n str,
    is_token: bool,
    /// One bit for each token it has: surname from 0, given names from [`GIVEN`].
    places: u64,
    codes: Vec<String>,
}

/// The joined forms of both fields, and both in byte order.
struct Fields<'n> {
    surname: Cow<'n, str>,
    given: Cow<'n, str>,
    pair: String,
}

/// A birth date as the families write it.
pub(super) struct Dates {
    /// `YYYYMMDD`.
    complete: Option<String>,
    /// `/YYYY/LL.HH`: day and month in ascending order, so that it does not matter which was which.
    swapped: Option<String>,
    /// Two parts of the date, of those that are known.
    parts: Vec<String>,
    /// `/YYYY`.
    year: String,
}

/// Adds all keys of a name, family by family.
pub(super) fn of_name(keys: &mut Keys, name: &Name, birth: &Dates, side: Side) {
    let fields = Fields::of(name);
    let units = units(name, &fields);
    let exact = exact(&units);
    let both = fields.both();
    match (exact.as_slice(), &birth.complete) {
        ([], _) | ([_], None) => {}
        ([only], Some(date)) => one_name(keys, only, date, side),
        (_, None) => {
            after_pair(keys, Family::D2, both, &birth.parts);
            after_pair(keys, Family::Y, both, [&birth.year]);
        }
        (_, Some(date)) => {
            let pairs = pairs(&units);
            full_names(keys, &exact, both.zip(Some(name)), date);
            after_pair(keys, Family::Ds, both, &birth.swapped);
            exact_pairs(keys, &pairs, date);
            skeleton_pairs(keys, &pairs, date);
            skeleton_and_initial(keys, both, &units, date);
            bridge(keys, &exact, date, side);
            after_pair(keys, Family::D2, both, &birth.parts);
            single_skeletons(keys, &units, date);
            after_pair(keys, Family::Y, both, [&birth.year]);
        }
    }
}

/// Adds the keys of another reading of a name, which only shall meet that reading's own
/// spelling: the full name, and what tolerates a typing error in the rest.
pub(super) fn of_reading(keys: &mut Keys, name: &Name, birth: &Dates) {
    let fields = Fields::of(name);
    let units = units(name, &fields);
    let exact = exact(&units);
    if let (Some(date), [_, _, ..]) = (&birth.complete, exact.as_slice()) {
        full_names(keys, &exact, fields.both().zip(Some(name)), date);
        skeleton_pairs(keys, &pairs(&units), date);
        skeleton_and_initial(keys, fields.both(), &units, date);
    }
}

impl Dates {
    /// What is known of a birth date.
    pub(super) fn of(birth: BirthDate) -> Self {
        let year = birth.year();
        let month = birth.month();
        let day = month.and(birth.day());
        let parts = [
            month.map(|month| format!("/{year:04}{month:02}")),
            day.map(|day| format!("/{year:04}-{day:02}")),
            month.zip(day).map(|(month, day)| format!("/-{month:02}{day:02}")),
        ];
        Self {
            complete: birth.complete().map(digits),
            swapped: birth.complete().map(swapped),
            parts: parts.into_iter().flatten().collect(),
            year: format!("/{year:04}"),
        }
    }
}

/// `YYYYMMDD`.
fn digits(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

fn swapped(date: Date) -> String {
    let (low, high) = (date.month().min(date.day()), date.month().max(date.day()));
    format!("/{:04}/{low:02}.{high:02}", date.year())
}

impl<'n> Unit<'n> {
    fn token(text: &'n str, place: u64) -> Self {
        Self {
            is_token: true,
            ..Self::run_together(text, place)
        }
    }

    fn run_together(text: &'n str, places: u64) -> Self {
        Self {
            text,
            is_token: false,
            places,
            codes: skeletons(text),
        }
    }

    const fn has_several_places(&self) -> bool {
        self.places.count_ones() > 1
    }
}

impl<'n> Fields<'n> {
    fn of(name: &'n Name) -> Self {
        let (surname, given) = (name.surname.joined(), name.given.joined());
        let (first, second) = ordered(&surname, &given);
        let pair = [first, "|", second].concat();
        Self { surname, given, pair }
    }

    /// The fields if neither is empty.
    fn both(&self) -> Option<&Self> {
        (!self.surname.is_empty() && !self.given.is_empty()).then_some(self)
    }
}

/// The first tokens, then the fields run together.
fn units<'n>(name: &'n Name, fields: &'n Fields<'n>) -> Vec<Unit<'n>> {
    let places = |field: &Field, from: u32| (0..field.tokens.len()).zip(from..).map(|(_, place)| 1_u64 << place);
    let surname = name.surname.tokens.iter().zip(places(&name.surname, 0));
    let given = name.given.tokens.iter().zip(places(&name.given, GIVEN));
    let tokens = surname.chain(given).take(MOST_TOKENS);
    let mut units: Vec<Unit<'n>> = Vec::with_capacity(MOST_TOKENS + 4);
    units.extend(tokens.map(|(token, place)| Unit::token(token, place)));
    for (field, joined, from) in [(&name.surname, &fields.surname, 0), (&name.given, &fields.given, GIVEN)] {
        let all = places(field, from).sum();
        let written = fields.both().filter(|_| field.raw != *joined);
        units.extend((field.tokens.len() > 1).then(|| Unit::run_together(joined, all)));
        units.extend(written.map(|_| Unit::run_together(&field.raw, all)));
    }
    units
}

/// The set of the tokens, sorted.
fn exact<'n>(units: &[Unit<'n>]) -> Vec<&'n str> {
    let tokens = units.iter().filter(|unit| unit.is_token);
    let mut exact: Vec<&str> = tokens.map(|unit| unit.text).collect();
    exact.sort_unstable();
    exact.dedup();
    exact
}

/// Pairs of units that share no token, those first that tell most: with a run-together
/// form, of both fields, with a first surname or first given name, long.
fn pairs<'u, 'n>(units: &'u [Unit<'n>]) -> Vec<(&'u Unit<'n>, &'u Unit<'n>)> {
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
fn full_names(keys: &mut Keys, exact: &[&str], fields: Option<(&Fields<'_>, &Name)>, date: &str) {
    keys.add(Family::Nx, &[&exact.join("|"), "/", date]);
    if let Some((fields, name)) = fields {
        keys.add(Family::Nx, &[&fields.pair, "/", date]);
        let (first, second) = ordered(&name.surname.raw, &name.given.raw);
        keys.add(Family::Nx, &[first, "|", second, "/", date]);
    }
}

/// The pair of fields and each of these parts of a birth date.
fn after_pair<'d>(
    keys: &mut Keys,
    family: Family,
    fields: Option<&Fields<'_>>,
    dates: impl IntoIterator<Item = &'d String>,
) {
    for (Fields { pair, .. }, date) in dates.into_iter().filter_map(|date| fields.zip(Some(date))) {
        keys.add(family, &[pair, date]);
    }
}

fn exact_pairs(keys: &mut Keys, pairs: &[(&Unit<'_>, &Unit<'_>)], date: &str) {
    let tokens = pairs.iter().filter(|(one, other)| one.is_token && other.is_token);
    for (one, other) in tokens.take(MOST_EXACT_PAIRS) {
        let (first, second) = ordered(one.text, other.text);
        keys.add(Family::Px, &[first, "|", second, "/", date]);
    }
}

/// The first pairs of codes; two that are written alike count once.
fn skeleton_pairs(keys: &mut Keys, pairs: &[(&Unit<'_>, &Unit<'_>)], date: &str) {
    let codes = pairs.iter().flat_map(|(one, other)| {
        let codes = one.codes.iter();
        codes.flat_map(|code| other.codes.iter().map(move |other| ordered(code, other)))
    });
    let mut made: Vec<usize> = Vec::with_capacity(MOST_SKELETON_PAIRS);
    for (first, second) in codes {
        if made.len() == MOST_SKELETON_PAIRS {
            return;
        }
        let key = keys.add(Family::Pk, &[first, "|", second, "/", date]);
        made.extend(key.filter(|key| !made.contains(key)));
    }
}

fn skeleton_and_initial(keys: &mut Keys, fields: Option<&Fields<'_>>, units: &[Unit<'_>], date: &str) {
    let Some(Fields { surname, given, .. }) = fields else {
        return;
    };
    for (field, other) in [(surname, given), (given, surname)] {
        let initial = other.get(..1).unwrap_or_default();
        let known = units.iter().find(|unit| unit.text == field.as_ref());
        let codes = known.map_or_else(|| skeletons(field), |unit| unit.codes.clone());
        for code in &codes {
            keys.add(Family::Si, &[code, "/", initial, "/", date]);
        }
    }
}

fn single_skeletons(keys: &mut Keys, units: &[Unit<'_>], date: &str) {
    for code in units.iter().filter(|unit| unit.is_token).flat_map(|unit| &unit.codes) {
        keys.add(Family::Sk, &[code, "/", date]);
    }
}

/// Two texts in byte order, so that it does not matter which stood first.
fn ordered<'a>(one: &'a str, other: &'a str) -> (&'a str, &'a str) {
    if one <= other { (one, other) } else { (other, one) }
}
