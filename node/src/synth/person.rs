//! Invented people.

use super::dice::Dice;
use super::nations::Nation;
use jiff::civil::Date;
use jiff::{Span, ToSpan};

/// A person as they truly are.
#[derive(Clone)]
pub(super) struct Person {
    /// Counts people from 1.
    pub(super) number: u64,
    pub(super) nation: &'static Nation,
    pub(super) surname: String,
    pub(super) given: String,
    pub(super) woman: bool,
    pub(super) birth_date: Date,
    pub(super) passport: String,
    pub(super) expiry: Date,
    /// International form, from a range reserved for fiction.
    pub(super) phone: Option<String>,
    pub(super) email: Option<String>,
    /// Number in the carrier's programme.
    pub(super) flyer: Option<String>,
}

/// How old someone is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    Adult,
    Child,
    Infant,
}

impl Person {
    /// Somebody new of a family.
    pub(super) fn born(
        number: u64,
        nation: &'static Nation,
        family: &str,
        age: Age,
        today: Date,
        dice: &mut Dice,
    ) -> Self {
        let woman = dice.chance(0.5);
        let (surname, given) = nation.member(family, woman, dice);
        let days = match age {
            Age::Adult => dice.between(18 * 366, 80 * 365),
            Age::Child => dice.between(2 * 366, 12 * 365),
            Age::Infant => dice.between(30, 600),
        };
        let adult = age == Age::Adult;
        Self {
            number,
            nation,
            woman,
            birth_date: shifted(today, -days_span(days)),
            passport: format!("{}{}", dice.text("ABCEGHJKLMNPRTX", 1), dice.digits(8)),
            expiry: shifted(today, days_span(dice.between(200, 3_600))),
            phone: (adult && dice.chance(0.7)).then(|| format!("+447700900{:03}", dice.below(1_000))),
            email: (adult && dice.chance(0.6)).then(|| email(&surname, &given, number)),
            flyer: (adult && dice.chance(0.2)).then(|| format!("7{}", dice.digits(8))),
            surname,
            given,
        }
    }
}

fn email(surname: &str, given: &str, number: u64) -> String {
    let letters = |text: &str| text.replace(' ', "").to_ascii_lowercase();
    format!("{}.{}{number}@example.org", letters(given), letters(surname))
}

/// A date so much later; the same date if the calendar ends.
pub(super) fn shifted(date: Date, by: Span) -> Date {
    date.checked_add(by).unwrap_or(date)
}

pub(super) fn days_span(days: u64) -> Span {
    i64::try_from(days).unwrap_or(0).days()
}
