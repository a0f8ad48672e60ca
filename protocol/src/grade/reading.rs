//! What a match key says: parts of a name, a birth date, or one identifier.

use crate::identifier::MatchKey;
use crate::vocabulary::Family;

/// A match key taken apart.
pub(super) struct Reading<'a> {
    /// The family, if the key is an identifier and no name.
    pub(super) identifier: Option<Family>,
    pub(super) family: Family,
    /// Parts of the name.
    pub(super) parts: Vec<Part<'a>>,
    pub(super) date: DatePart,
    /// A date that is written where the true one is unknown.
    pub(super) default_date: bool,
}

/// How a part of a name is written in a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// A token, or several run together.
    Exact(&'a str),
    /// A skeleton code.
    Skeleton(&'a str),
    /// A first letter.
    Initial(&'a str),
}

/// How much of a birth date agrees, the most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum DatePart {
    Whole,
    /// The year, and day and month in either order.
    Swapped,
    YearDay,
    YearMonth,
    MonthDay,
    Year,
    Nothing,
}

impl DatePart {
    /// The share of strangers whose birth date agrees as much: 60 years of birth, a
    /// little heaped on some dates.
    pub(super) const fn share(self) -> f64 {
        match self {
            Self::Whole => 1.0 / 22_600.0,
            Self::Swapped => 2.0 / 22_600.0,
            Self::YearDay => 1.0 / 1_824.0,
            Self::YearMonth => 1.0 / 720.0,
            Self::MonthDay => 1.0 / 365.0,
            Self::Year => 1.0 / 60.0,
            Self::Nothing => 1.0,
        }
    }
}

impl<'a> Reading<'a> {
    pub(super) fn of(key: &'a MatchKey) -> Self {
        let family = key.family();
        let mut fields = key.canonical().split('/');
        let mut next = || fields.next().unwrap_or_default();
        let names = next();
        let (parts, date) = match family {
            Family::Doc | Family::Loc | Family::Phone | Family::Email | Family::Ff => (Vec::new(), DatePart::Nothing),
            Family::Nx | Family::Mx | Family::Mb | Family::Px => (exact(names), DatePart::Whole),
            Family::Ds => (exact(names), DatePart::Swapped),
            Family::D2 => (exact(names), two_of_three(key.canonical())),
            Family::Y => (exact(names), DatePart::Year),
            Family::Pk | Family::Mk | Family::Sk => (skeletons(names), DatePart::Whole),
            Family::Si => (vec![Part::Skeleton(names), Part::Initial(next())], DatePart::Whole),
        };
        Self {
            identifier: (date == DatePart::Nothing).then_some(family),
            family,
            parts,
            date,
            default_date: is_default(family, key.canonical()),
        }
    }
}

fn exact(names: &str) -> Vec<Part<'_>> {
    names.split('|').map(Part::Exact).collect()
}

fn skeletons(names: &str) -> Vec<Part<'_>> {
    names.split('|').map(Part::Skeleton).collect()
}

/// `YYYYMM`, `YYYY-DD` or `-MMDD`.
fn two_of_three(canonical: &str) -> DatePart {
    match canonical.rsplit('/').next().and_then(|date| date.find('-')) {
        None => DatePart::YearMonth,
        Some(0) => DatePart::MonthDay,
        Some(_) => DatePart::YearDay,
    }
}

/// The first of January or of July.
fn is_default(family: Family, canonical: &str) -> bool {
    let date = canonical.rsplit('/').next().unwrap_or_default();
    match family {
        Family::Ds => ["01.01", "01.07"].contains(&date),
        Family::D2 => ["-0101", "-0701"].contains(&date),
        Family::Nx | Family::Mx | Family::Mb | Family::Px | Family::Pk | Family::Mk | Family::Sk | Family::Si => {
            date.ends_with("0101") || date.ends_with("0701")
        }
        _ => false,
    }
}
