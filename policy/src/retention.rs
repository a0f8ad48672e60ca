//! How old a record is in the words of the law: calendar arithmetic in UTC.
//!
//! A month later is the same day of the month and time of day, or the last day
//! of a shorter month: 31 August plus six months is 28 or 29 February. A record
//! leaves a band at that instant, not after it (L30 to L32).

use crate::term::Band;
use jiff::{Span, tz::TimeZone};
use piux_protocol::vocabulary::Timestamp;
use std::fmt;
use std::str::FromStr;

/// A calendar period of years, months and days, such as `P6M`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    months: i32,
    days: i32,
}

/// A text that is not a period of years, months and days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a period is written like `P6M`, `P5Y` or `P10D`, at most a hundred years")]
pub struct ParsePeriodError;

impl Period {
    /// So many months.
    pub const fn months(months: u16) -> Self {
        Self {
            months: months as i32,
            days: 0,
        }
    }

    /// The instant this period after `start`; clamped to the last instant that can be written.
    pub fn after(self, start: Timestamp) -> Timestamp {
        let later = || {
            let instant = jiff::Timestamp::from_millisecond(start.millis()).ok()?;
            let span = Span::new().try_months(self.months).ok()?.try_days(self.days).ok()?;
            let end = instant.to_zoned(TimeZone::UTC).checked_add(span).ok()?;
            Some(Timestamp::from_millis(end.timestamp().as_millisecond()))
        };
        later().unwrap_or(Timestamp::from_millis(i64::MAX))
    }

    /// Whether this period never ends later than the other, from any start.
    pub fn is_within(self, other: Self) -> bool {
        self.months * 31 + self.days <= other.months * 28 + other.days
            || (self.months <= other.months && self.days <= other.days)
    }
}

impl FromStr for Period {
    type Err = ParsePeriodError;
    fn from_str(text: &str) -> Result<Self, ParsePeriodError> {
        let span: Span = text.parse().map_err(|_| ParsePeriodError)?;
        let months = i32::from(span.get_years()) * 12 + span.get_months();
        let days = span.get_weeks().saturating_mul(7).saturating_add(span.get_days());
        let clockless = span.get_hours() == 0 && span.get_minutes() == 0 && span.get_seconds() == 0;
        let whole = span.get_milliseconds() == 0 && span.get_microseconds() == 0 && span.get_nanoseconds() == 0;
        let sized = (0..=1200).contains(&months) && (0..=36_600).contains(&days) && months + days > 0;
        if clockless && whole && sized {
            Ok(Self { months, days })
        } else {
            Err(ParsePeriodError)
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.months, self.days) {
            (months, 0) if months % 12 == 0 => write!(f, "P{}Y", months / 12),
            (months, 0) => write!(f, "P{months}M"),
            (0, days) => write!(f, "P{days}D"),
            (months, days) => write!(f, "P{months}M{days}D"),
        }
    }
}

/// How long records are kept, counted from receipt by the unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// Until then nothing is masked (Directive (EU) 2016/681 Art. 12(2)).
    pub full: Period,
    /// Then the record is erased (Art. 12(1), 12(4)).
    pub erase: Period,
}

/// The band of a record received then, seen now.
pub fn band(received: Timestamp, now: Timestamp, schedule: &Schedule) -> Band {
    if now >= schedule.erase.after(received) {
        Band::Expired
    } else if now >= schedule.full.after(received) {
        Band::Masked
    } else {
        Band::Full
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use proptest::prelude::*;

    fn eu() -> Schedule {
        Schedule {
            full: Period::months(6),
            erase: Period::months(60),
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn boundaries(received: &str) -> (String, String) {
        let received = at(received);
        (
            eu().full.after(received).to_string(),
            eu().erase.after(received).to_string(),
        )
    }

    #[test]
    fn a_record_is_masked_at_six_months_and_not_a_second_before() {
        let received = at("2026-01-15T10:00:00.000Z");
        let boundary = at("2026-07-15T10:00:00.000Z");
        assert_eq!(band(received, boundary.plus_seconds(-1), &eu()), Band::Full);
        assert_eq!(band(received, boundary, &eu()), Band::Masked);
        assert_eq!(band(received, boundary.plus_seconds(1), &eu()), Band::Masked);
    }

    #[test]
    fn a_record_is_expired_at_five_years_and_not_a_second_before() {
        let received = at("2021-01-15T10:00:00.000Z");
        let boundary = at("2026-01-15T10:00:00.000Z");
        assert_eq!(band(received, boundary.plus_seconds(-1), &eu()), Band::Masked);
        assert_eq!(band(received, boundary, &eu()), Band::Expired);
    }

    #[test]
    fn a_month_end_falls_on_the_last_day_of_a_shorter_month() {
        assert_eq!(boundaries("2025-08-31T23:59:59.999Z").0, "2026-02-28T23:59:59.999Z");
        assert_eq!(boundaries("2027-08-31T00:00:00.000Z").0, "2028-02-29T00:00:00.000Z");
    }

    #[test]
    fn five_years_after_a_leap_day_end_on_the_last_of_february() {
        assert_eq!(boundaries("2024-02-29T12:00:00.000Z").1, "2029-02-28T12:00:00.000Z");
    }

    #[test]
    fn a_period_prints_and_parses_and_nothing_with_a_clock_is_one() {
        for text in ["P6M", "P5Y", "P10D", "P1M3D"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
        for text in ["PT1H", "P0D", "-P1M", "six months", "P1Y2M3DT4H", "P1000Y"] {
            assert_eq!(text.parse::<Period>(), Err(ParsePeriodError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_record_never_grows_younger(received in 0i64..4_000_000_000, age in 0i64..300_000_000, more in 0i64..300_000_000) {
            let received = Timestamp::from_seconds(received);
            let earlier = band(received, received.plus_seconds(age), &eu());
            let later = band(received, received.plus_seconds(age + more), &eu());
            prop_assert!(earlier <= later);
        }

        #[test]
        fn a_record_received_later_is_never_in_an_older_band(received in 0i64..4_000_000_000, gap in 0i64..300_000_000) {
            let now = Timestamp::from_seconds(4_400_000_000);
            let (first, second) = (Timestamp::from_seconds(received), Timestamp::from_seconds(received + gap));
            prop_assert!(band(first, now, &eu()) >= band(second, now, &eu()));
        }
    }
}
