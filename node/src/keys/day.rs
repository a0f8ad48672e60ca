//! Three keys for each day of receipt: `rest`, `identity` and `index`.
//!
//! Destroying a key is the erasure: at the mask boundary `identity` and `index` go,
//! at the end `rest` (design/records.md, Directive (EU) 2016/681 Art. 12). A day
//! keeps an empty entry for ever, so that no new key is made for it by mistake.

use super::{KeyError, KeyRing, Seed};
use piux_protocol::vocabulary::{Random, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One of the three keys of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DayPart {
    /// Seals the elements that identify nobody by themselves.
    Rest,
    /// Seals the identifying elements (Art. 12(2)).
    Identity,
    /// Seals index rows and the map to subjects.
    Index,
}

impl DayPart {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Rest, Self::Identity, Self::Index];
}

impl fmt::Display for DayPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rest => "rest",
            Self::Identity => "identity",
            Self::Index => "index",
        })
    }
}

/// The keys of one day of receipt that still exist.
#[derive(Debug, Clone)]
pub struct DayKeys(HeldDay);

impl DayKeys {
    /// The key of this part, unless it was destroyed.
    pub fn key(&self, part: DayPart) -> Option<&Seed> {
        self.0.key(part)
    }

    /// The key of this part, or the error that says it was destroyed.
    pub fn require(&self, part: DayPart) -> Result<&Seed, KeyError> {
        self.key(part).ok_or(KeyError::Destroyed(part))
    }

    /// Whether every key of the day was destroyed.
    pub fn is_gone(&self) -> bool {
        DayPart::ALL.iter().all(|part| self.key(*part).is_none())
    }
}

/// The day of receipt of an instant: whole days since 1970-01-01 (UTC).
pub fn day_of(received: Timestamp) -> u32 {
    u32::try_from(received.day()).unwrap_or(0)
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeldDay {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rest: Option<Seed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    identity: Option<Seed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    index: Option<Seed>,
}

impl HeldDay {
    fn draw(random: &dyn Random) -> Self {
        Self {
            rest: Some(Seed::draw(random)),
            identity: Some(Seed::draw(random)),
            index: Some(Seed::draw(random)),
        }
    }

    fn key(&self, part: DayPart) -> Option<&Seed> {
        match part {
            DayPart::Rest => self.rest.as_ref(),
            DayPart::Identity => self.identity.as_ref(),
            DayPart::Index => self.index.as_ref(),
        }
    }

    fn take(&mut self, part: DayPart) -> bool {
        let place = match part {
            DayPart::Rest => &mut self.rest,
            DayPart::Identity => &mut self.identity,
            DayPart::Index => &mut self.index,
        };
        place.take().is_some()
    }
}

impl KeyRing {
    /// The keys of a day, drawn and made durable first if the day has none yet.
    pub fn day_keys(&self, day: u32) -> Result<DayKeys, KeyError> {
        if let Some(keys) = self.known_day(day) {
            return Ok(keys);
        }
        self.ensure_days(&[day])?;
        Ok(self.known_day(day).unwrap_or(DayKeys(HeldDay::default())))
    }

    /// The keys of a day that has been seen before; nothing is drawn.
    pub fn known_day(&self, day: u32) -> Option<DayKeys> {
        self.state().contents.days.get(&day).cloned().map(DayKeys)
    }

    /// Draws the keys of all days among these that have none, in one rewrite.
    pub fn ensure_days(&self, days: &[u32]) -> Result<(), KeyError> {
        if days.iter().all(|day| self.state().contents.days.contains_key(day)) {
            return Ok(());
        }
        self.change(|contents| {
            for day in days {
                contents
                    .days
                    .entry(*day)
                    .or_insert_with(|| HeldDay::draw(&*self.random));
            }
            Ok(())
        })
    }

    /// Every day that has or had keys, oldest first.
    pub fn days(&self) -> Vec<(u32, DayKeys)> {
        let state = self.state();
        let days = state.contents.days.iter();
        days.map(|(day, held)| (*day, DayKeys(held.clone()))).collect()
    }

    /// Destroys these parts of these days for good; returns how many keys that were.
    pub fn destroy_days(&self, days: &[u32], parts: &[DayPart]) -> Result<usize, KeyError> {
        self.change(|contents| {
            let mut destroyed = 0;
            for day in days {
                let Some(held) = contents.days.get_mut(day) else {
                    continue;
                };
                destroyed += parts.iter().filter(|part| held.take(**part)).count();
            }
            Ok(destroyed)
        })
    }

    /// Destroys these parts of one day for good.
    pub fn destroy_day(&self, day: u32, parts: &[DayPart]) -> Result<usize, KeyError> {
        self.destroy_days(&[day], parts)
    }
}
