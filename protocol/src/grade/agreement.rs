//! What a stranger would have to agree in: the names and the birth date behind keys.

use super::reading::{DatePart, Part, Reading};
use crate::identifier::{MatchKey, Person, derive, skeletons};
use crate::vocabulary::Family;
use std::collections::BTreeSet;
use zeroize::Zeroizing;

/// What strangers whose birth date is a default share more often than others.
const DEFAULT_DATES: f64 = 10.0;

/// Everything that agreed, each name once.
pub(super) struct Agreement {
    names: Vec<Likeness>,
    date: DatePart,
    default_date: bool,
}

/// How much of one name agrees.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Likeness {
    /// The first letter.
    Initial,
    /// The skeleton code.
    Skeleton(String),
    /// Every letter.
    Exact(Zeroizing<String>),
}

impl Agreement {
    /// What one key says, whoever has it: joined names count as one rare name.
    pub(super) fn of_key(reading: &Reading<'_>) -> Self {
        Self {
            names: reading.parts.iter().map(Likeness::of).collect(),
            date: reading.date,
            default_date: reading.default_date,
        }
    }

    /// What several keys of a person say together.
    pub(super) fn of_person(person: &Person, readings: &[Reading<'_>]) -> Self {
        let mut names = Names::of(person);
        let of_names = || readings.iter().filter(|reading| reading.identifier.is_none());
        of_names().for_each(|reading| names.agree(reading));
        Self {
            names: names.agreed.into_iter().flatten().collect(),
            date: of_names()
                .map(|reading| reading.date)
                .min()
                .unwrap_or(DatePart::Nothing),
            default_date: of_names().any(|reading| reading.default_date),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.date == DatePart::Nothing
    }

    pub(super) fn names(&self) -> &[Likeness] {
        &self.names
    }

    pub(super) fn date(&self) -> DatePart {
        self.date
    }

    pub(super) fn has_default_date(&self) -> bool {
        self.default_date
    }

    pub(super) fn date_share(&self) -> f64 {
        let heaped = if self.default_date { DEFAULT_DATES } else { 1.0 };
        (self.date.share() * heaped).min(1.0)
    }
}

impl Likeness {
    fn of(part: &Part<'_>) -> Self {
        match part {
            Part::Exact(name) => Self::Exact(Zeroizing::new((*name).to_owned())),
            Part::Skeleton(code) => Self::Skeleton((*code).to_owned()),
            Part::Initial(_) => Self::Initial,
        }
    }

    fn strength(&self) -> u8 {
        match self {
            Self::Initial => 0,
            Self::Skeleton(_) => 1,
            Self::Exact(_) => 2,
        }
    }
}

/// The names of the person asked about, and what agrees of each.
struct Names {
    /// Each name with its spellings.
    spellings: Vec<Vec<Zeroizing<String>>>,
    /// Names run together, and which they are.
    joined: Vec<(Zeroizing<String>, Vec<usize>)>,
    agreed: Vec<Option<Likeness>>,
}

impl Names {
    /// Taken from the person's own keys, so that they are cut as those are.
    fn of(person: &Person) -> Self {
        let keys = derive(person);
        let of = |family: Family| keys.iter().filter(move |key| key.family() == family);
        let mut names = Self {
            spellings: Vec::new(),
            joined: Vec::new(),
            agreed: Vec::new(),
        };
        let together: Vec<BTreeSet<&str>> = of(Family::Px).chain(of(Family::Nx)).map(tokens).collect();
        for token in of(Family::Px)
            .chain(of(Family::Mx))
            .chain(of(Family::Nx))
            .flat_map(tokens_in_order)
        {
            names.learn(token, &together);
        }
        names.agreed = vec![None; names.spellings.len()];
        names
    }

    fn learn(&mut self, token: &str, together: &[BTreeSet<&str>]) {
        if self.position(token).is_some() || self.joined.iter().any(|(joined, _)| joined.as_str() == token) {
            return;
        }
        let cut = self.cut(token);
        if cut.len() > 1 {
            self.joined.push((Zeroizing::new(token.to_owned()), cut));
            return;
        }
        let codes = skeletons(token);
        let is_spelling = |other: &Zeroizing<String>| {
            let both = |key: &BTreeSet<&str>| key.contains(token) && key.contains(other.as_str());
            skeletons(other).iter().any(|code| codes.contains(code)) && !together.iter().any(both)
        };
        let token = Zeroizing::new(token.to_owned());
        match self.spellings.iter_mut().find(|known| known.iter().any(is_spelling)) {
            Some(known) => known.push(token),
            None => self.spellings.push(vec![token]),
        }
    }

    fn agree(&mut self, reading: &Reading<'_>) {
        let mut used = Vec::new();
        for part in &reading.parts {
            let found = self.find(part, &used);
            for (name, likeness) in found {
                used.push(name);
                if let Some(agreed) = self.agreed.get_mut(name)
                    && agreed
                        .as_ref()
                        .is_none_or(|known| known.strength() < likeness.strength())
                {
                    *agreed = Some(likeness);
                }
            }
        }
    }

    /// Which names a part of a key stands for, none of them used in this key already.
    fn find(&self, part: &Part<'_>, used: &[usize]) -> Vec<(usize, Likeness)> {
        let free = |name: &usize| !used.contains(name);
        match part {
            Part::Exact(text) => match self.position(text) {
                Some(name) => vec![(name, Likeness::of(part))],
                None => self.spelled(self.cut(text)),
            },
            Part::Skeleton(code) => match self.sounding(code).find(free) {
                Some(name) => vec![(name, Likeness::of(part))],
                None => self.run_together(code, used),
            },
            Part::Initial(letter) => {
                let begins = |spellings: &Vec<Zeroizing<String>>| spellings.iter().any(|name| name.starts_with(letter));
                let names = self.spellings.iter().enumerate().filter(|(_, name)| begins(name));
                let first = names.map(|(name, _)| name).find(free);
                first.map(|name| (name, Likeness::Initial)).into_iter().collect()
            }
        }
    }

    fn position(&self, token: &str) -> Option<usize> {
        self.spellings
            .iter()
            .position(|names| names.iter().any(|name| name.as_str() == token))
    }

    /// The names with a skeleton.
    fn sounding(&self, code: &str) -> impl Iterator<Item = usize> {
        let sounds = move |name: &Zeroizing<String>| skeletons(name).iter().any(|other| other == code);
        let names = self.spellings.iter().enumerate();
        names
            .filter(move |(_, spellings)| spellings.iter().any(sounds))
            .map(|(name, _)| name)
    }

    /// The names run together behind a skeleton, each by its own.
    fn run_together(&self, code: &str, used: &[usize]) -> Vec<(usize, Likeness)> {
        let names = self.joined.iter().find(|(joined, names)| {
            skeletons(joined).iter().any(|other| other == code) && !names.iter().any(|name| used.contains(name))
        });
        let names = names.map(|(_, names)| names.as_slice()).unwrap_or_default();
        let skeleton = |name: &usize| {
            Some((
                *name,
                Likeness::Skeleton(skeletons(self.spellings.get(*name)?.first()?).first()?.clone()),
            ))
        };
        names.iter().filter_map(skeleton).collect()
    }

    fn spelled(&self, names: Vec<usize>) -> Vec<(usize, Likeness)> {
        let exact = |name: usize| Some((name, Likeness::Exact(self.spellings.get(name)?.first()?.clone())));
        names.into_iter().filter_map(exact).collect()
    }

    /// The names that a text is run together from, longest first.
    fn cut(&self, text: &str) -> Vec<usize> {
        let mut known: Vec<(usize, &str)> = self.spellings.iter().enumerate().flat_map(with_number).collect();
        known.sort_by_key(|(_, name)| std::cmp::Reverse(name.len()));
        let mut rest = vec![text];
        let mut found = Vec::new();
        for (number, name) in known.into_iter().filter(|(_, name)| name.len() > 1) {
            let Some(at) = rest.iter().position(|piece| piece.contains(name)) else {
                continue;
            };
            if found.contains(&number) {
                continue;
            }
            let (before, after) = rest.swap_remove(at).split_once(name).unwrap_or_default();
            rest.extend([before, after]);
            found.push(number);
        }
        found
    }
}

fn with_number<'a>((number, names): (usize, &'a Vec<Zeroizing<String>>)) -> impl Iterator<Item = (usize, &'a str)> {
    names.iter().map(move |name| (number, name.as_str()))
}

fn tokens(key: &MatchKey) -> BTreeSet<&str> {
    tokens_in_order(key).collect()
}

fn tokens_in_order(key: &MatchKey) -> impl Iterator<Item = &str> {
    key.canonical().split('/').next().unwrap_or_default().split('|')
}
