//! Signatures seen: each nonce once per partner, for as long as its window is open.

use piux_protocol::vocabulary::{Nonce, Timestamp, UnitId};
use std::collections::{BTreeMap, HashSet};

/// A signature is accepted for 60 s after and 10 s before its creation; twice that is safe.
pub(crate) const REMEMBERED_SECONDS: i64 = 150;

/// The nonces of the last minutes.
///
/// Rebuilt from the ledger at start, so a restart opens no gap.
#[derive(Debug, Default)]
pub(crate) struct ReplaySet {
    seen: HashSet<(UnitId, Nonce)>,
    by_time: BTreeMap<i64, Vec<(UnitId, Nonce)>>,
}

impl ReplaySet {
    /// Remembers a nonce; `false` when it was seen before.
    pub(crate) fn insert(&mut self, partner: UnitId, nonce: Nonce, now: Timestamp) -> bool {
        self.forget_before(now.seconds() - REMEMBERED_SECONDS);
        let entry = (partner, nonce);
        if !self.seen.insert(entry) {
            return false;
        }
        self.by_time.entry(now.seconds()).or_default().push(entry);
        true
    }

    fn forget_before(&mut self, seconds: i64) {
        let kept = self.by_time.split_off(&seconds);
        for entry in std::mem::replace(&mut self.by_time, kept).into_values().flatten() {
            self.seen.remove(&entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_taken_once_per_partner_and_forgotten_after_its_window() {
        let mut set = ReplaySet::default();
        let now = Timestamp::from_seconds(1_000_000);
        let [a, b] = ["UTO", "RUR"].map(|state| UnitId::of_state(state).expect("a unit"));
        assert!(set.insert(a, Nonce([1; 16]), now));
        assert!(!set.insert(a, Nonce([1; 16]), now.plus_seconds(1)));
        assert!(set.insert(b, Nonce([1; 16]), now));
        assert!(set.insert(a, Nonce([1; 16]), now.plus_seconds(REMEMBERED_SECONDS + 1)));
        assert_eq!(set.seen.len(), 1);
    }
}
