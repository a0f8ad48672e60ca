//! Which held records may produce a hit, for this question, now.
//!
//! The decision per record class comes from the policy's table; the band of a
//! record from two cut-offs found once per question. A row then costs a lookup.

use crate::records::RecordFacts;
use piux_policy::retention::{Schedule, band};
use piux_policy::table::{Gate as PolicyGate, Table};
use piux_policy::term::Band;
use piux_protocol::blind::Gate;
use piux_protocol::vocabulary::Timestamp;
use std::sync::Arc;

/// The decision table of one question with the bands of this instant.
#[derive(Debug, Clone)]
pub struct Eligibility {
    table: Arc<Table>,
    bands: Bands,
}

impl Eligibility {
    /// For the records that the table decides on, aged as of the bands' instant.
    pub fn new(table: Arc<Table>, bands: Bands) -> Self {
        Self { table, bands }
    }

    /// The gate of a hit on this record; none if it may not be found.
    pub(crate) fn gate(&self, facts: RecordFacts) -> Option<Gate> {
        let class = facts.class(self.bands.of(facts.received))?;
        self.table.gate(class).map(|gate| match gate {
            PolicyGate::Routine => Gate::Routine,
            PolicyGate::Masked => Gate::Masked,
            PolicyGate::Refused => Gate::Refused,
        })
    }
}

/// The bands of one instant: two instants of receipt where they change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bands {
    /// Received before this: no longer full.
    full_from: i64,
    /// Received before this: expired.
    kept_from: i64,
}

impl Bands {
    /// Finds where the bands change at `now`; exact, because bands only advance with age.
    pub fn at(now: Timestamp, schedule: &Schedule) -> Self {
        let first =
            |wanted: &dyn Fn(Band) -> bool| first_instant(now, &|received| wanted(band(received, now, schedule)));
        Self {
            full_from: first(&|band| band == Band::Full),
            kept_from: first(&|band| band != Band::Expired),
        }
    }

    /// The band of a record received then.
    pub(crate) fn of(self, received: Timestamp) -> Band {
        match received.millis() {
            millis if millis < self.kept_from => Band::Expired,
            millis if millis < self.full_from => Band::Masked,
            _ => Band::Full,
        }
    }
}

/// The first instant of receipt up to `now` that fulfills a condition which, once true, stays true.
fn first_instant(now: Timestamp, fulfills: &dyn Fn(Timestamp) -> bool) -> i64 {
    let (mut below, mut above) = (0_i64, now.millis().saturating_add(1));
    while below < above {
        let middle = below + (above - below) / 2;
        if fulfills(Timestamp::from_millis(middle)) {
            above = middle
        } else {
            below = middle + 1
        }
    }
    below
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use piux_policy::Profile;

    #[test]
    fn the_cut_offs_agree_with_the_calendar_to_the_millisecond() {
        let profile = Profile::eu_pnr().unwrap();
        for now in [
            "2026-08-31T00:00:00.000Z",
            "2028-02-29T12:00:00.001Z",
            "2026-03-01T23:59:59.999Z",
        ] {
            let now: Timestamp = now.parse().unwrap();
            let bands = Bands::at(now, profile.schedule());
            for edge in [bands.full_from, bands.kept_from] {
                for received in [edge - 1, edge, edge + 1].map(Timestamp::from_millis) {
                    assert_eq!(
                        bands.of(received),
                        band(received, now, profile.schedule()),
                        "{received} at {now}"
                    );
                }
            }
        }
    }

    #[test]
    fn an_unknown_kind_is_never_found() {
        let facts = RecordFacts {
            received: Timestamp::from_seconds(0),
            kind: 9,
            flags: 0,
        };
        assert_eq!(facts.class(Band::Full), None);
    }
}
