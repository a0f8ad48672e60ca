//! Dates as messages write them: three orders, two-digit years, parts left open.
//!
//! The century of a two-digit year follows from the date of the *message*, never
//! from today's, so that a message read again next year means the same.

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A date of which month and day may be unknown. Written `1972-09-07`, `1972-09` or `1972`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartialDate {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
}

/// A text that is not a date of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a date is written `YYYY-MM-DD`, `YYYY-MM` or `YYYY`")]
pub struct ParseDateError;

/// Which century a two-digit year belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Century {
    /// The latest year whose date is not after the message and not 120 years before it.
    Birth,
    /// The nearest year from 20 before to 50 after the message.
    Expiry,
    /// The year nearest to the message.
    Travel,
}

/// The order of the parts of a date without separators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// `yymmdd`, or `ccyymmdd`: PAXLST `DTM`, `UNB`.
    YearFirst,
    /// `ddmmyy`: PNRGOV `TVL`, `DAT`, `RCI`.
    DayFirst,
}

impl PartialDate {
    /// The date of these parts; none if the calendar has no such day. An unknown month hides the day.
    pub fn new(year: i16, month: Option<i8>, day: Option<i8>) -> Option<Self> {
        let day = month.and(day);
        Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
        (0..=9999).contains(&year).then_some(Self { year, month, day })
    }

    /// The year, with century.
    pub const fn year(self) -> i16 {
        self.year
    }

    /// The month, if known.
    pub const fn month(self) -> Option<i8> {
        self.month
    }

    /// The day of the month, if known.
    pub const fn day(self) -> Option<i8> {
        self.day
    }

    /// The calendar date, if every part is known.
    pub fn complete(self) -> Option<Date> {
        Date::new(self.year, self.month?, self.day?).ok()
    }

    /// The first day it can be.
    pub fn earliest(self) -> Option<Date> {
        Date::new(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1)).ok()
    }
}

impl From<Date> for PartialDate {
    fn from(date: Date) -> Self {
        Self {
            year: date.year(),
            month: Some(date.month()),
            day: Some(date.day()),
        }
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        for part in [self.month, self.day].into_iter().flatten() {
            write!(f, "-{part:02}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PartialDate(..)")
    }
}

impl FromStr for PartialDate {
    type Err = ParseDateError;
    fn from_str(text: &str) -> Result<Self, ParseDateError> {
        let mut parts = text.split('-');
        let year = parts
            .next()
            .filter(|year| year.len() == 4)
            .and_then(|year| year.parse().ok());
        let month = parts
            .next()
            .map(|month| month.parse().map_err(|_| ParseDateError))
            .transpose()?;
        let day = parts
            .next()
            .map(|day| day.parse().map_err(|_| ParseDateError))
            .transpose()?;
        let date = year
            .and_then(|year| Self::new(year, month, day))
            .ok_or(ParseDateError)?;
        if date.to_string() == text {
            Ok(date)
        } else {
            Err(ParseDateError)
        }
    }
}

impl TryFrom<String> for PartialDate {
    type Error = ParseDateError;
    fn try_from(text: String) -> Result<Self, ParseDateError> {
        text.parse()
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> Self {
        date.to_string()
    }
}

/// A date without separators, six digits or eight; `00`, `XX` and `<<` leave month or day open.
pub fn digits(text: &str, order: Order, century: Century, message: Date) -> Option<PartialDate> {
    let text = text.trim();
    let part = |from: usize, to: usize| text.get(from..to);
    let (year, month, day) = match (order, text.len()) {
        (Order::YearFirst, 6) => (part(0, 2)?, part(2, 4)?, part(4, 6)?),
        (Order::YearFirst, 8) => (part(0, 4)?, part(4, 6)?, part(6, 8)?),
        (Order::DayFirst, 6) => (part(4, 6)?, part(2, 4)?, part(0, 2)?),
        (Order::DayFirst, 8) => (part(4, 8)?, part(2, 4)?, part(0, 2)?),
        _ => return None,
    };
    settle(year, open(month)?, open(day)?, century, message)
}

/// A date with the month in letters: `12JUL64`, `12JUL1964`, `5FEB53`.
pub fn lettered(text: &str, century: Century, message: Date) -> Option<PartialDate> {
    const MONTHS: [&str; 12] = [
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ];
    let text = text.trim();
    let at = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (day, rest) = text.split_at_checked(at)?;
    let (letters, year) = rest.split_at_checked(3)?;
    let month = MONTHS.iter().position(|month| month.eq_ignore_ascii_case(letters))?;
    let month = i8::try_from(month + 1).ok()?;
    settle(year, Some(month), open(day)?, century, message)
}

/// A time of day, `hhmm` or `hhmmss`.
pub fn time(text: &str) -> Option<Time> {
    let text = text.trim();
    let number = |from: usize, to: usize| text.get(from..to).filter(|part| all_digits(part))?.parse::<i8>().ok();
    match text.len() {
        4 => Time::new(number(0, 2)?, number(2, 4)?, 0, 0).ok(),
        6 => Time::new(number(0, 2)?, number(2, 4)?, number(4, 6)?, 0).ok(),
        _ => None,
    }
}

/// A local date and time without separators, year first, ten digits or twelve; six or eight give midnight of no time.
pub fn moment(text: &str, message: Date) -> Option<(Date, Option<DateTime>)> {
    let text = text.trim();
    let (date, clock) = text.split_at_checked(if matches!(text.len(), 8 | 12) { 8 } else { 6 })?;
    let date = digits(date, Order::YearFirst, Century::Travel, message)?.complete()?;
    Some((date, time(clock).map(|time| date.to_datetime(time))))
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// A month or day: a number, or open. None if it is neither.
#[expect(clippy::option_option, reason = "unreadable, open and known are three outcomes")]
fn open(text: &str) -> Option<Option<i8>> {
    match text {
        "00" | "XX" | "xx" | "<<" | "  " | "" => Some(None),
        _ if all_digits(text) => text.parse().ok().map(Some),
        _ => None,
    }
}

fn settle(year: &str, month: Option<i8>, day: Option<i8>, century: Century, message: Date) -> Option<PartialDate> {
    let number: i16 = all_digits(year).then(|| year.parse().ok()).flatten()?;
    match year.len() {
        4 => PartialDate::new(number, month, day),
        2 => century.choose(number, month, day, message),
        _ => None,
    }
}

impl Century {
    fn choose(self, year: i16, month: Option<i8>, day: Option<i8>, message: Date) -> Option<PartialDate> {
        let base = message.year() - message.year().rem_euclid(100);
        let candidates = [base - 100, base, base + 100].map(|century| PartialDate::new(century + year, month, day));
        let days = |date: &PartialDate| date.earliest().map_or(0, |date| (date - message).get_days());
        let dates = candidates.into_iter().flatten();
        match self {
            Self::Birth => dates
                .filter(|date| (-120 * 366..=0).contains(&days(date)))
                .max_by_key(days),
            Self::Expiry => dates
                .filter(|date| (-20 * 366..=50 * 366).contains(&days(date)))
                .min_by_key(|date| days(date).abs()),
            Self::Travel => dates.min_by_key(|date| days(date).abs()),
        }
    }
}

/// `#[serde(with)]` for an optional value that is written as its text.
pub(crate) mod text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use std::fmt::Display;
    use std::str::FromStr;

    pub(crate) fn serialize<T: Display, S: Serializer>(value: &Option<T>, to: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => to.collect_str(value),
            None => to.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, T: FromStr, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| text.parse().map_err(|_| D::Error::custom("not a date or time")))
            .transpose()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use proptest::prelude::*;

    fn written(date: Option<PartialDate>) -> String {
        date.map_or("none".to_owned(), |date| date.to_string())
    }

    const MESSAGE: Date = jiff::civil::date(2013, 5, 27);

    #[test]
    fn a_birth_is_never_after_the_message() {
        let birth = |text| written(lettered(text, Century::Birth, MESSAGE));
        assert_eq!(birth("20SEP12"), "2012-09-20");
        assert_eq!(birth("27MAY13"), "2013-05-27");
        assert_eq!(birth("28MAY13"), "1913-05-28");
        assert_eq!(birth("01JUL78"), "1978-07-01");
    }

    #[test]
    fn the_century_follows_the_message_and_not_the_reader() {
        let later = jiff::civil::date(2021, 1, 1);
        assert_eq!(
            written(digits("180101", Order::YearFirst, Century::Birth, MESSAGE)),
            "1918-01-01"
        );
        assert_eq!(
            written(digits("180101", Order::YearFirst, Century::Birth, later)),
            "2018-01-01"
        );
    }

    #[test]
    fn an_expiry_lies_near_the_message() {
        let expiry = |text| written(digits(text, Order::YearFirst, Century::Expiry, MESSAGE));
        assert_eq!(expiry("610218"), "2061-02-18");
        assert_eq!(expiry("981231"), "1998-12-31");
        assert_eq!(expiry("151231"), "2015-12-31");
    }

    #[test]
    fn both_orders_and_both_lengths_are_read() {
        assert_eq!(
            written(digits("270513", Order::DayFirst, Century::Travel, MESSAGE)),
            "2013-05-27"
        );
        assert_eq!(
            written(digits("130527", Order::YearFirst, Century::Travel, MESSAGE)),
            "2013-05-27"
        );
        assert_eq!(
            written(digits("20130527", Order::YearFirst, Century::Travel, MESSAGE)),
            "2013-05-27"
        );
    }

    #[test]
    fn open_parts_stay_open_and_impossible_days_are_refused() {
        assert_eq!(
            written(digits("720900", Order::YearFirst, Century::Birth, MESSAGE)),
            "1972-09"
        );
        assert_eq!(
            written(digits("72XX12", Order::YearFirst, Century::Birth, MESSAGE)),
            "1972"
        );
        assert_eq!(written(lettered("31FEB64", Century::Birth, MESSAGE)), "none");
        assert_eq!(written(digits("", Order::YearFirst, Century::Birth, MESSAGE)), "none");
    }

    #[test]
    fn a_moment_has_its_local_time() {
        let (date, at) = moment("1306212200", MESSAGE).unwrap();
        assert_eq!(
            (date.to_string().as_str(), at.unwrap().to_string().as_str()),
            ("2013-06-21", "2013-06-21T22:00:00")
        );
        assert_eq!(
            moment("201306210900", MESSAGE).unwrap().0,
            jiff::civil::date(2013, 6, 21)
        );
        assert!(moment("130621", MESSAGE).unwrap().1.is_none());
    }

    proptest! {
        #[test]
        fn no_text_stops_a_reader(text in ".{0,16}") {
            let _ = digits(&text, Order::YearFirst, Century::Birth, MESSAGE);
            let _ = digits(&text, Order::DayFirst, Century::Expiry, MESSAGE);
            let _ = lettered(&text, Century::Travel, MESSAGE);
            let _ = moment(&text, MESSAGE);
        }

        #[test]
        fn a_date_is_written_as_it_is_read(year in 1900i16..2100, month in 1i8..=12, day in 1i8..=28, parts in 1u8..=3) {
            let date = PartialDate::new(year, (parts > 1).then_some(month), (parts > 2).then_some(day)).unwrap();
            prop_assert_eq!(date.to_string().parse::<PartialDate>().unwrap(), date);
        }
    }
}
