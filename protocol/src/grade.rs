//! How sure a hit is: the strangers expected to match as well (SPEC.md 10).
//!
//! A key that matches is no person found: in a large index strangers share it. Before
//! asking, the requester leaves out keys that would find strangers ([`expected`]).
//! After the answer it takes all hits on one handle together and grades them
//! ([`grade()`]): how many strangers would agree in everything that agreed here?
//!
//! The grade is the requester's own, made of what it knows itself; nothing of it
//! travels. Strangers are taken to be named and born as travellers are in a public,
//! versioned [`FrequencyTable`]. That is a ranking, not a probability: whoever holds
//! travellers of one region mostly has more strangers of one name than the table says.

mod agreement;
mod reading;
mod reason;
mod table;

#[cfg(test)]
mod tests;

pub use reason::Reason;
pub use table::FrequencyTable;

use crate::identifier::{MatchKey, Person};
use crate::vocabulary::{Class, Family};
use agreement::Agreement;
use reading::Reading;
use std::fmt;

/// What [`grade()`] multiplies the expected strangers by: names and birth dates are not as
/// independent within one region as the table has them.
pub const SAFETY: f64 = 10.0;
/// Below this many expected strangers a hit is [`Grade::Strong`].
pub const STRONG_BELOW: f64 = 0.01;
/// Below this many expected strangers a hit is [`Grade::Possible`].
pub const POSSIBLE_BELOW: f64 = 1.0;

/// How sure a hit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// Hardly a stranger; a person still has to look.
    Strong,
    /// Perhaps the person; a second attribute is needed before it is followed up.
    Possible,
    /// As likely a stranger: counted, never shown as a hit.
    Weak,
}

/// A hit and how sure it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Graded {
    /// The grade.
    pub grade: Grade,
    /// Strangers expected to agree as much, [`SAFETY`] included.
    pub expected: f64,
    /// What agreed, and what lowers the grade.
    pub reasons: Vec<Reason>,
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Strong => "strong",
            Self::Possible => "possible",
            Self::Weak => "weak",
        })
    }
}

/// How many strangers among `population` subjects are expected to have this key
/// (SPEC.md 10.2), without [`SAFETY`]: what a requester plans with.
pub fn expected(table: &FrequencyTable, key: &MatchKey, population: u64) -> f64 {
    let reading = Reading::of(key);
    match reading.identifier {
        Some(identifier) => of_identifier(identifier),
        None => of_names(table, &Agreement::of_key(&reading), population),
    }
}

/// Grades the hits on one handle: the keys of `person` that were known of one subject
/// among `population` (SPEC.md 10.3). Keys that agree in the same name count once.
///
/// `person` is what was asked about, in the spelling the keys were derived from.
pub fn grade(table: &FrequencyTable, person: &Person, hits: &[&MatchKey], population: u64) -> Graded {
    let readings: Vec<Reading<'_>> = hits.iter().map(|key| Reading::of(key)).collect();
    let agreement = Agreement::of_person(person, &readings);
    let identifiers = readings.iter().filter_map(|reading| reading.identifier);
    let strangers = identifiers
        .map(of_identifier)
        .chain((!agreement.is_empty()).then(|| of_names(table, &agreement, population)))
        .fold(f64::INFINITY, f64::min);
    let expected = strangers * SAFETY;
    let reasons = reason::reasons(person, &readings, &agreement);
    let worst = reasons.iter().filter_map(|reason| reason.at_best()).max();
    Graded {
        grade: of_expected(expected).max(worst.unwrap_or(Grade::Strong)),
        expected,
        reasons,
    }
}

fn of_expected(expected: f64) -> Grade {
    match expected {
        e if e < STRONG_BELOW => Grade::Strong,
        e if e < POSSIBLE_BELOW => Grade::Possible,
        _ => Grade::Weak,
    }
}

/// Strangers with the same identifier: none but by mistake for what is given to one
/// person, the household or the party for what is shared.
fn of_identifier(family: Family) -> f64 {
    match family.class() {
        Some(Class::Doc | Class::Ff) => 1e-6,
        Some(Class::Email) => 0.01,
        _ => 0.03,
    }
}

/// Population x share of the names x share of the birth date x the orders the names may stand in.
fn of_names(table: &FrequencyTable, agreement: &Agreement, population: u64) -> f64 {
    let orders = match agreement.names().len() {
        0 | 1 => 1.0,
        2 => 2.0,
        _ => 6.0,
    };
    let names = table.together(agreement.names());
    // Populations are far below 2^53, so nothing is lost.
    population as f64 * names * agreement.date_share() * orders
}
