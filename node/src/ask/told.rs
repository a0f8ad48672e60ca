//! What the requests about one subject brought.

use super::keep::Hit;
use piux_protocol::blind::{Bucket, Gate};
use piux_protocol::grade::{Grade, Graded};
use piux_protocol::identifier::MatchKey;
use piux_protocol::vocabulary::{Class, Digest, Timestamp};
use serde::Serialize;

/// What one request brought.
pub(super) struct Told {
    /// Where it looked.
    pub(super) bucket: Bucket,
    /// How many people each key showed, those not shown counted too.
    pub(super) sharers: Vec<(MatchKey, usize)>,
    /// The people it may show.
    pub(super) found: Vec<Found>,
    /// People who share so little that strangers would too: counted, never shown.
    pub(super) weak: usize,
    /// Keys that more people share than are told apart.
    pub(super) crowded: usize,
    /// Bits the partner learned by now.
    pub(super) leak: u32,
    /// The receipt.
    pub(super) receipt: Digest,
    /// The classes in which a key was really asked.
    pub(super) tried: Vec<Class>,
}

/// One person of one answer.
pub(super) struct Found {
    pub(super) shown: ShownHit,
    pub(super) keys: Vec<MatchKey>,
}

/// A hit as it is shown.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ShownHit {
    /// Its name on this node.
    pub(super) hit: String,
    pub(super) grade: Grade,
    /// Strangers expected to share as much.
    pub(super) expected: f64,
    pub(super) reasons: Vec<String>,
    pub(super) gate: Gate,
    pub(super) classes: Vec<Class>,
    pub(super) follow_up_until: Timestamp,
    pub(super) needs_human_review: bool,
    /// Hits of other requests that may be the same person.
    pub(super) may_be: Vec<String>,
}

impl ShownHit {
    pub(super) fn of(hit: &Hit, graded: &Graded, keys: &[MatchKey]) -> Self {
        let mut classes: Vec<Class> = keys.iter().filter_map(MatchKey::class).collect();
        classes.sort_unstable();
        classes.dedup();
        Self {
            hit: hit.name(),
            grade: graded.grade,
            expected: graded.expected,
            reasons: graded.reasons.iter().map(ToString::to_string).collect(),
            gate: hit.gate,
            classes,
            follow_up_until: hit.follow_up_until,
            needs_human_review: true,
            may_be: Vec::new(),
        }
    }

    /// Takes in what another request showed of the same person.
    pub(super) fn absorb(&mut self, other: Self) {
        self.classes.extend(other.classes);
        self.classes.sort_unstable();
        self.classes.dedup();
        if (other.grade, other.expected) < (self.grade, self.expected) {
            (self.grade, self.expected, self.reasons) = (other.grade, other.expected, other.reasons);
        }
    }
}
