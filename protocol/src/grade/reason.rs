//! Why a hit has its grade, in plain words.

use super::Grade;
use super::agreement::{Agreement, Likeness};
use super::reading::{DatePart, Reading};
use crate::identifier::{Person, derive};
use crate::vocabulary::Family;
use std::fmt;

/// Something that agreed, or that lowers a grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Document number and issuer agree.
    Document,
    /// The frequent flyer number agrees.
    FrequentFlyer,
    /// A telephone number or an e-mail address agrees.
    Contact,
    /// A booking agrees.
    Booking,
    /// The full name agrees.
    FullName,
    /// Some names agree letter by letter.
    SomeNames,
    /// Names agree in their skeletons.
    SimilarNames,
    /// A name agrees in its first letter.
    Initial,
    /// The birth date agrees.
    BirthDate,
    /// The birth date agrees with day and month in either order.
    BirthDateSwapped,
    /// A part of the birth date agrees.
    BirthDatePart,
    /// The document agrees, no name with birth date does.
    DocumentConflict,
    /// The birth date is one written for an unknown one.
    DefaultDate,
    /// Only a part of the birth date is known of the person asked about.
    PartialBirthDate,
    /// The person has one name only.
    SingleName,
    /// The name was romanized by a general table.
    MachineRomanized,
}

impl Reason {
    /// The best grade a hit can have for this reason; none if it does not matter.
    pub(super) fn at_best(self) -> Option<Grade> {
        match self {
            Self::DocumentConflict | Self::SingleName | Self::MachineRomanized => Some(Grade::Possible),
            Self::PartialBirthDate => Some(Grade::Weak),
            _ => None,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Document => "the document number and its issuer are the same",
            Self::FrequentFlyer => "the frequent flyer number is the same",
            Self::Contact => "a telephone number or e-mail address is the same; households and agencies share them",
            Self::Booking => "the booking is the same; a party shares it",
            Self::FullName => "the full name is the same",
            Self::SomeNames => "some of the names are the same",
            Self::SimilarNames => "names are spelt alike",
            Self::Initial => "one name agrees in its first letter only",
            Self::BirthDate => "the birth date is the same",
            Self::BirthDateSwapped => "the birth date is the same or has day and month swapped",
            Self::BirthDatePart => "a part of the birth date is the same",
            Self::DocumentConflict => {
                "the document is the same, but no name with birth date is: stolen, reused, mistyped, or another birth date"
            }
            Self::DefaultDate => "the birth date is one that is often written for an unknown one",
            Self::PartialBirthDate => "the birth date asked for is not complete",
            Self::SingleName => "the person asked for has a single name, which many share",
            Self::MachineRomanized => "the name was put into Latin letters by a general table",
        })
    }
}

/// Every reason for the grade of a handle, what agreed first.
pub(super) fn reasons(person: &Person, readings: &[Reading<'_>], agreement: &Agreement) -> Vec<Reason> {
    let has = |families: &[Family]| readings.iter().any(|reading| families.contains(&reading.family));
    let has_document = has(&[Family::Doc]);
    let full = has(&[Family::Nx, Family::Mx, Family::Ds, Family::D2, Family::Y]);
    let like = |wanted: fn(&Likeness) -> bool| agreement.names().iter().any(wanted);
    let partial = person.birth_date.is_some_and(|date| date.complete().is_none());
    let reasons = [
        (Reason::Document, has_document),
        (Reason::FrequentFlyer, has(&[Family::Ff])),
        (Reason::Contact, has(&[Family::Phone, Family::Email])),
        (Reason::Booking, has(&[Family::Loc])),
        (Reason::FullName, full),
        (
            Reason::SomeNames,
            !full && like(|name| matches!(name, Likeness::Exact(_))),
        ),
        (Reason::SimilarNames, like(|name| matches!(name, Likeness::Skeleton(_)))),
        (Reason::Initial, like(|name| *name == Likeness::Initial)),
        (Reason::BirthDate, agreement.date() == DatePart::Whole),
        (Reason::BirthDateSwapped, agreement.date() == DatePart::Swapped),
        (
            Reason::BirthDatePart,
            (DatePart::YearDay..DatePart::Nothing).contains(&agreement.date()),
        ),
        (
            Reason::DocumentConflict,
            has_document && agreement.is_empty() && could_agree(person),
        ),
        (Reason::DefaultDate, agreement.has_default_date()),
        (
            Reason::PartialBirthDate,
            !agreement.is_empty() && !has_document && partial,
        ),
        (
            Reason::SingleName,
            !has_document && agreement.names().len() == 1 && !agreement.is_empty(),
        ),
        (
            Reason::MachineRomanized,
            !agreement.is_empty() && !has_document && person.machine_romanized(),
        ),
    ];
    reasons
        .into_iter()
        .filter(|(_, holds)| *holds)
        .map(|(reason, _)| reason)
        .collect()
}

/// Whether a name with a birth date was there to be compared at all.
fn could_agree(person: &Person) -> bool {
    derive(person)
        .iter()
        .any(|key| matches!(key.family(), Family::Nx | Family::Mx | Family::Y))
}
