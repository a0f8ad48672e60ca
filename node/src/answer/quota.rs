//! The volumes of an agreement, counted by UTC day; rebuilt from the ledger at start.

use piux_protocol::vocabulary::{AgreementId, Timestamp};
use std::collections::HashMap;

/// What one agreement used of a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Used {
    /// Queries granted.
    pub(crate) queries: u64,
    /// Slots reserved.
    pub(crate) slots: u64,
}

/// Counters of the current day.
#[derive(Debug, Default)]
pub(crate) struct Quotas {
    day: i64,
    used: HashMap<AgreementId, Used>,
}

impl Quotas {
    /// What the agreement used today.
    pub(crate) fn used(&mut self, agreement: &AgreementId, now: Timestamp) -> Used {
        self.turn(now);
        self.used.get(agreement).copied().unwrap_or_default()
    }

    /// Counts one granted query with its slots.
    pub(crate) fn reserve(&mut self, agreement: &AgreementId, slots: u64, now: Timestamp) {
        self.turn(now);
        let used = self.used.entry(agreement.clone()).or_default();
        used.queries += 1;
        used.slots += slots;
    }

    fn turn(&mut self, now: Timestamp) {
        if now.day() != self.day {
            self.day = now.day();
            self.used.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_start_again_at_midnight_utc() {
        let mut quotas = Quotas::default();
        let agreement: AgreementId = "UTO-RUR-2026".parse().expect("an agreement id");
        let evening = Timestamp::from_seconds(86_399);
        quotas.reserve(&agreement, 5, evening);
        quotas.reserve(&agreement, 5, evening);
        assert_eq!(quotas.used(&agreement, evening), Used { queries: 2, slots: 10 });
        assert_eq!(quotas.used(&agreement, evening.plus_seconds(1)), Used::default());
    }
}
