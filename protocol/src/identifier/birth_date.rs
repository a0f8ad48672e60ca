//! Birth dates, whole or in part.

use super::IdentifierError;
use jiff::civil::Date;
use std::fmt;
use std::str::FromStr;

/// A birth date of which day and month may be unknown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BirthDate {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
}

impl BirthDate {
    /// The date of these parts, year 1 to 9999; none if no calendar day has them. A day
    /// without its month counts as unknown.
    pub fn new(year: i16, month: Option<i8>, day: Option<i8>) -> Option<Self> {
        let day = month.and(day);
        let exists = Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).is_ok();
        (exists && year >= 1).then_some(Self { year, month, day })
    }

    /// The year.
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
}

impl From<Date> for BirthDate {
    fn from(date: Date) -> Self {
        Self {
            year: date.year(),
            month: Some(date.month()),
            day: Some(date.day()),
        }
    }
}

impl FromStr for BirthDate {
    type Err = IdentifierError;

    /// Reads `YYYY-MM-DD`, `YYYY-MM` or `YYYY`.
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let mut parts = text.trim().split('-').map(digits);
        let year = parts.next().flatten().filter(|(_, length)| *length == 4);
        let mut two_digits = || match parts.next() {
            None => Ok(None),
            Some(Some((number, 2))) => i8::try_from(number).map(Some).map_err(|_| IdentifierError::BirthDate),
            Some(_) => Err(IdentifierError::BirthDate),
        };
        let (month, day) = (two_digits()?, two_digits()?);
        match (year, parts.next()) {
            (Some((year, _)), None) => Self::new(year, month, day).ok_or(IdentifierError::BirthDate),
            _ => Err(IdentifierError::BirthDate),
        }
    }
}

impl fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BirthDate(..)")
    }
}

/// A number of digits only, and how many there are.
fn digits(part: &str) -> Option<(i16, usize)> {
    let number = part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok())??;
    Some((number, part.len()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use jiff::civil::date;

    #[test]
    fn what_is_unknown_is_left_out() {
        let parts = |text: &str| {
            let read: BirthDate = text.parse().unwrap();
            (read.year(), read.month(), read.day(), read.complete())
        };
        assert_eq!(parts("1972-09-07"), (1972, Some(9), Some(7), Some(date(1972, 9, 7))));
        assert_eq!(parts("1972-09"), (1972, Some(9), None, None));
        assert_eq!(parts(" 1972 "), (1972, None, None, None));
        assert_eq!(BirthDate::new(1972, None, Some(7)), BirthDate::new(1972, None, None));
        assert_eq!(Ok(BirthDate::from(date(1972, 9, 7))), "1972-09-07".parse());
    }

    #[test]
    fn days_no_calendar_has_are_refused() {
        for wrong in [
            "",
            "72",
            "1972-9",
            "1972-13",
            "1971-02-29",
            "1972-09-07-01",
            "0000",
            "+972",
            "1972-",
            "197a",
        ] {
            assert_eq!(wrong.parse::<BirthDate>(), Err(IdentifierError::BirthDate), "{wrong}");
        }
    }

    #[test]
    fn a_birth_date_does_not_print_itself() {
        assert_eq!(format!("{:?}", BirthDate::from(date(1972, 9, 7))), "BirthDate(..)");
    }
}
