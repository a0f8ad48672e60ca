//! How an export writes dates: `DD/MM/YYYY`, `DDMONYY`, `YYYY-MM-DDThh:mm:ss`.

use crate::ingest::date::{self, Century, Order, PartialDate};
use jiff::civil::Date;

/// A date pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Part>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Year4,
    Year2,
    Month,
    MonthName,
    Day,
    Hour,
    Minute,
    Second,
    Literal(char),
}

const PARTS: [(&str, Part); 8] = [
    ("YYYY", Part::Year4),
    ("YY", Part::Year2),
    ("MON", Part::MonthName),
    ("MM", Part::Month),
    ("DD", Part::Day),
    ("hh", Part::Hour),
    ("mm", Part::Minute),
    ("ss", Part::Second),
];

/// The texts of the parts of a date.
#[derive(Default)]
struct Found<'t> {
    year: &'t str,
    month: String,
    day: &'t str,
    hour: Option<&'t str>,
    minute: &'t str,
    second: &'t str,
}

impl Pattern {
    /// Reads a pattern; the error is the part that is none.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let named = PARTS.iter().find(|(name, _)| rest.starts_with(name));
            let (part, length) = match named {
                Some((name, part)) => (*part, name.len()),
                None if first.is_alphanumeric() && !matches!(first, 'T' | 'Z') => return Err(rest.to_owned()),
                None => (Part::Literal(first), first.len_utf8()),
            };
            parts.push(part);
            rest = rest.get(length..).unwrap_or_default();
        }
        let year = |part: &Part| matches!(part, Part::Year4 | Part::Year2);
        if parts.iter().any(year) {
            Ok(Self(parts))
        } else {
            Err(text.to_owned())
        }
    }

    /// A text of this pattern as `YYYY-MM-DD`, `YYYY-MM`, `YYYY` or `YYYY-MM-DDThh:mm:ss`; none if it is not of it.
    pub(super) fn read(&self, text: &str, century: Century, message: Date) -> Option<String> {
        let found = self.parts(text.trim())?;
        let or = |part: &str| {
            if part.is_empty() {
                "00".to_owned()
            } else {
                format!("{part:0>2}")
            }
        };
        let plain = format!("{}{}{}", found.year, or(&found.month), or(found.day));
        let date: PartialDate = date::digits(&plain, Order::YearFirst, century, message)?;
        let Some(hour) = found.hour else {
            return Some(date.to_string());
        };
        let clock = format!("{}{}{}", or(hour), or(found.minute), or(found.second));
        let moment = date.complete()?.to_datetime(date::time(&clock)?);
        Some(moment.to_string())
    }

    fn parts<'t>(&self, text: &'t str) -> Option<Found<'t>> {
        let mut found = Found::default();
        let mut rest = text;
        for part in &self.0 {
            let digits = |least: usize, most: usize| {
                let run = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
                (run >= least).then_some(run)
            };
            let length = match part {
                Part::Year4 => digits(4, 4)?,
                Part::Year2 => digits(2, 2)?,
                Part::Month | Part::Day | Part::Hour => digits(1, 2)?,
                Part::Minute | Part::Second => digits(2, 2)?,
                Part::MonthName => 3,
                Part::Literal(literal) => rest.starts_with(*literal).then_some(literal.len_utf8())?,
            };
            let (piece, after) = rest.split_at_checked(length)?;
            match part {
                Part::Year4 | Part::Year2 => found.year = piece,
                Part::Month => piece.clone_into(&mut found.month),
                Part::MonthName => found.month = month(piece)?,
                Part::Day => found.day = piece,
                Part::Hour => found.hour = Some(piece),
                Part::Minute => found.minute = piece,
                Part::Second => found.second = piece,
                Part::Literal(_) => {}
            }
            rest = after;
        }
        rest.is_empty().then_some(found)
    }
}

/// The number of a month by its English name.
fn month(name: &str) -> Option<String> {
    let any = Date::constant(2000, 1, 1);
    let month = date::lettered(&format!("01{name}2000"), Century::Travel, any)?.month()?;
    Some(month.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use proptest::prelude::*;

    const MESSAGE: Date = jiff::civil::date(2026, 3, 4);

    fn read(pattern: &str, text: &str) -> Option<String> {
        Pattern::new(pattern).unwrap().read(text, Century::Birth, MESSAGE)
    }

    #[test]
    fn dates_are_read_in_the_order_the_pattern_says() {
        assert_eq!(read("DD/MM/YYYY", "05/03/1984").unwrap(), "1984-03-05");
        assert_eq!(read("MM/DD/YYYY", "3/5/1984").unwrap(), "1984-03-05");
        assert_eq!(read("DDMONYY", "29FEB84").unwrap(), "1984-02-29");
        assert_eq!(read("YYYYMMDD", "19840229").unwrap(), "1984-02-29");
        assert_eq!(
            read("YYYY-MM-DDThh:mm:ss", "2026-03-05T07:10:00").unwrap(),
            "2026-03-05T07:10:00"
        );
        assert_eq!(
            read("YYYY-MM-DD hh:mm", "2026-03-05 07:10").unwrap(),
            "2026-03-05T07:10:00"
        );
    }

    #[test]
    fn open_parts_stay_open_and_impossible_days_are_refused() {
        assert_eq!(read("DD/MM/YYYY", "00/00/1984").unwrap(), "1984");
        assert_eq!(read("MM/YYYY", "07/1984").unwrap(), "1984-07");
        assert_eq!(read("DD/MM/YYYY", "31/02/1984"), None);
        assert_eq!(read("DD/MM/YYYY", "05/03/1984 "), Some("1984-03-05".to_owned()));
        assert_eq!(read("DD/MM/YYYY", "05-03-1984"), None);
    }

    #[test]
    fn a_pattern_has_a_year_and_no_unknown_part() {
        assert_eq!(Pattern::new("DD/MM/yyyy").unwrap_err(), "yyyy");
        assert!(Pattern::new("DD/MM").is_err());
    }

    proptest! {
        #[test]
        fn no_text_stops_a_pattern(pattern in "[YMDhms/:. T-]{0,12}", text in ".{0,16}") {
            if let Ok(pattern) = Pattern::new(&pattern) {
                let _ = pattern.read(&text, Century::Expiry, MESSAGE);
            }
        }
    }
}
