//! Dates and times as senders of PNRGOV XML write them.

use crate::ingest::date::{self, Century, Order, PartialDate};
use jiff::civil::{Date, DateTime};

/// A date as senders write it: `2024-01-01T02:40:00`, `2021-10-08 06:49:48+00:00`, `2018-07-05`, `30DEC02`.
/// Times are local to the place they are about, whatever offset is written.
pub(super) fn moment(text: &str, message: Date) -> Option<(Date, Option<DateTime>)> {
    let Some(date) = text.get(..10).and_then(|day| day.parse::<Date>().ok()) else {
        return any_date(text, Century::Travel, message)?
            .complete()
            .map(|date| (date, None));
    };
    let clock: String = text
        .get(11..)
        .unwrap_or_default()
        .chars()
        .take(8)
        .filter(char::is_ascii_digit)
        .collect();
    let clock = clock.get(..6).or(clock.get(..4)).and_then(date::time);
    Some((date, clock.map(|time| date.to_datetime(time))))
}

/// A date with parts of it open or not, in any of the ways senders write one.
pub(super) fn any_date(text: &str, century: Century, message: Date) -> Option<PartialDate> {
    let text = text.trim();
    text.parse()
        .ok()
        .or_else(|| text.get(..10)?.parse().ok())
        .or_else(|| date::lettered(text, century, message))
        .or_else(|| date::digits(text, Order::YearFirst, century, message))
}
