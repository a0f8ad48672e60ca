//! Pushes put together from their parts, across messages and files.
//!
//! A push may come in many messages: parts share the sender, the type and the common access
//! reference (`UNH` 0068) and say which they are (0070, 0073): `01:C` first, `02` between, `03:F`
//! last; a single one says `01:F` or nothing. Parts come in any order, again, or not at all. Nothing
//! here holds passenger data; the state can be stored between files.

mod part;

pub use part::Part;

use jiff::SignedDuration;
use piux_protocol::vocabulary::{Digest, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// How long after its latest part a push is waited for (a receiver known for it processes what it has
/// after five minutes).
pub const PATIENCE: SignedDuration = SignedDuration::from_mins(5);
/// Highest ordinal of a part.
pub const PARTS: u32 = 9_999;
/// Most pushes that are waited for at once; the one waited for longest gives way.
pub const OPEN: usize = 1_024;
/// Complete pushes that are remembered, to know their parts when they come again.
pub const REMEMBERED: usize = 4_096;

/// What the parts of one push share.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PushKey {
    /// Sender of the interchange.
    pub sender: String,
    /// `PAXLST` or `PNRGOV`.
    pub message_type: String,
    /// Common access reference; the control reference if a message has none.
    pub access_ref: String,
}

/// What a part did to its push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// More parts are missing, or it is not known how many there are.
    Partial,
    /// All parts have come.
    Complete(Whole),
    /// The same part has come before with the same content.
    Duplicate,
    /// No such part can be: its ordinal is none, or beyond the last part or [`PARTS`]. Rule `limit.parts`.
    Refused,
}

/// A push all parts of which have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whole {
    /// How many parts.
    pub parts: u32,
    /// Bookings (PNRGOV) or passengers (PAXLST) in them.
    pub carried: usize,
    /// How many the sender announced for the whole push (`EQN`, `CNT+42`), if it did.
    pub total: Option<usize>,
}

impl Whole {
    /// Whether as many came as were announced. A push that announces nothing is not contradicted.
    /// Only then may an omission be taken for a cancellation.
    pub fn agrees(&self) -> bool {
        self.total.is_none_or(|total| total == self.carried)
    }
}

/// A push that was not completed in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expired {
    /// Which.
    pub push: PushKey,
    /// Ordinals that never came, as far as the parts that came tell.
    pub missing: Vec<u32>,
    /// Whether the last part came. If not, parts after the highest that came are missing too.
    pub end_known: bool,
    /// Bookings or passengers in the parts that came.
    pub carried: usize,
    /// How many were announced.
    pub total: Option<usize>,
}

/// The pushes that are waited for, and those that were complete of late.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assembly {
    /// A list of pairs in JSON: keys are not words.
    #[serde(with = "pairs")]
    open: BTreeMap<PushKey, Push>,
    #[serde(with = "pairs")]
    complete: BTreeMap<PushKey, Vec<Digest>>,
    /// Their keys, the oldest first.
    order: VecDeque<PushKey>,
    /// Pushes that gave way to others before their time.
    displaced: Vec<(PushKey, Push)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Push {
    parts: BTreeMap<u32, Arrived>,
    last: Option<u32>,
    total: Option<usize>,
    latest: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Arrived {
    carried: usize,
    digest: Digest,
}

impl Assembly {
    /// Takes a part in. A part that comes again with other content replaces the earlier one.
    pub fn observe(&mut self, part: &Part, received: Timestamp) -> Progress {
        let Some(place) = part.place() else {
            return Progress::Refused;
        };
        let key = part.push();
        let arrived = Arrived {
            carried: part.carried,
            digest: part.digest,
        };
        if self.is_known(&key, place.ordinal, arrived) {
            return Progress::Duplicate;
        }
        let push = self.open.entry(key.clone()).or_insert_with(|| Push::new(received));
        if !push.fits(place) {
            return Progress::Refused;
        }
        push.take(place, arrived, part.total, received);
        let whole = push.whole();
        match whole {
            Some(whole) => {
                self.finish(key);
                Progress::Complete(whole)
            }
            None => {
                self.make_room(&key);
                Progress::Partial
            }
        }
    }

    /// Gives up the pushes whose latest part came [`PATIENCE`] ago or longer. A part that comes later
    /// begins its push anew.
    pub fn expire(&mut self, now: Timestamp) -> Vec<Expired> {
        self.expire_after(now, PATIENCE)
    }

    /// The same with another patience.
    pub fn expire_after(&mut self, now: Timestamp, patience: SignedDuration) -> Vec<Expired> {
        let mut expired: Vec<_> = std::mem::take(&mut self.displaced)
            .into_iter()
            .map(|(key, push)| push.expired(key))
            .collect();
        let late = |push: &Push| now.millis().saturating_sub(push.latest.millis()) as i128 >= patience.as_millis();
        let keys: Vec<_> = self
            .open
            .iter()
            .filter(|(_, push)| late(push))
            .map(|(key, _)| key.clone())
            .collect();
        for key in keys {
            expired.extend(self.open.remove(&key).map(|push| push.expired(key)));
        }
        expired
    }

    /// How many pushes are waited for.
    pub fn waiting(&self) -> usize {
        self.open.len()
    }

    /// The ordinals that are missing of a push that is waited for, as far as is known.
    pub fn missing(&self, push: &PushKey) -> Vec<u32> {
        self.open.get(push).map(Push::missing).unwrap_or_default()
    }

    fn is_known(&self, key: &PushKey, ordinal: u32, arrived: Arrived) -> bool {
        let open = self.open.get(key).and_then(|push| push.parts.get(&ordinal));
        let complete = self.complete.get(key);
        open == Some(&arrived) || complete.is_some_and(|digests| digests.contains(&arrived.digest))
    }

    /// Remembers the parts of a complete push. An earlier push of the same key stays known, so that it
    /// is not taken for news when it comes again.
    fn finish(&mut self, key: PushKey) {
        let Some(push) = self.open.remove(&key) else { return };
        let digests = self.complete.entry(key.clone()).or_default();
        if digests.is_empty() {
            self.order.push_back(key);
        }
        digests.extend(push.parts.values().map(|part| part.digest));
        let surplus = digests.len().saturating_sub(PARTS as usize);
        digests.drain(..surplus);
        while self.order.len() > REMEMBERED {
            if let Some(oldest) = self.order.pop_front() {
                self.complete.remove(&oldest);
            }
        }
    }

    /// Keeps the number of open pushes bounded.
    fn make_room(&mut self, newest: &PushKey) {
        if self.open.len() <= OPEN {
            return;
        }
        let oldest = self.open.iter().filter(|(key, _)| *key != newest);
        let oldest = oldest
            .min_by_key(|(_, push)| push.latest.millis())
            .map(|(key, _)| key.clone());
        if let Some(entry) = oldest.and_then(|key| self.open.remove_entry(&key)) {
            self.displaced.push(entry);
        }
    }
}

impl Push {
    fn new(received: Timestamp) -> Self {
        Self {
            parts: BTreeMap::new(),
            last: None,
            total: None,
            latest: received,
        }
    }

    /// Whether a part can be one of this push: not after its last, and if it is the last, before none.
    fn fits(&self, place: part::Place) -> bool {
        let highest = self.parts.keys().next_back().copied().unwrap_or_default();
        self.last.is_none_or(|last| place.ordinal <= last) && (!place.last || place.ordinal >= highest)
    }

    fn take(&mut self, place: part::Place, arrived: Arrived, total: Option<usize>, received: Timestamp) {
        self.parts.insert(place.ordinal, arrived);
        if place.last {
            self.last = Some(place.ordinal);
        }
        self.total = self.total.max(total);
        if received.millis() > self.latest.millis() {
            self.latest = received;
        }
    }

    fn carried(&self) -> usize {
        self.parts.values().map(|part| part.carried).sum()
    }

    fn whole(&self) -> Option<Whole> {
        let last = self.last?;
        (self.parts.len() == last as usize).then(|| Whole {
            parts: last,
            carried: self.carried(),
            total: self.total,
        })
    }

    fn missing(&self) -> Vec<u32> {
        let highest = self.parts.keys().next_back().copied().unwrap_or_default();
        (1..=self.last.unwrap_or(highest))
            .filter(|ordinal| !self.parts.contains_key(ordinal))
            .collect()
    }

    fn expired(self, push: PushKey) -> Expired {
        Expired {
            push,
            missing: self.missing(),
            end_known: self.last.is_some(),
            carried: self.carried(),
            total: self.total,
        }
    }
}

/// A map as a list of pairs, so that keys need not be words.
mod pairs {
    use super::PushKey;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::collections::BTreeMap;

    pub(super) fn serialize<V, S>(map: &BTreeMap<PushKey, V>, serializer: S) -> Result<S::Ok, S::Error>
    where
        V: Serialize,
        S: Serializer,
    {
        serializer.collect_seq(map)
    }

    pub(super) fn deserialize<'de, V, D>(deserializer: D) -> Result<BTreeMap<PushKey, V>, D::Error>
    where
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        let pairs: Vec<(PushKey, V)> = Vec::deserialize(deserializer)?;
        Ok(pairs.into_iter().collect())
    }
}

#[cfg(test)]
mod tests;
