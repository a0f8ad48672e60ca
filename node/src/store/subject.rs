//! Persons: which subject a match key belongs to, and about how many there are.
//!
//! The map's keys are HMAC-SHA-256(join key, x), its values sealed under the `index`
//! key of the latest day of receipt: when that day's key is destroyed, the person
//! is forgotten.

use super::cell::{DaySealing, Table, opened, place};
use super::engine::Change;
use super::index::quarter_of;
use super::name::random_name;
use super::sketch::Sketch;
use super::{Batch, Store, StoreError};
use crate::keys::{DayPart, KeyName, SealingKey, mac};
use piux_protocol::vocabulary::Quarter;
use std::collections::BTreeMap;
use std::fmt;

random_name! {
    /// Names a person as this unit knows them; told to nobody.
    SubjectId
}

/// Stands for a match key in the map: HMAC-SHA-256(join key, x).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JoinKey(pub [u8; 32]);

impl fmt::Debug for JoinKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JoinKey(..)")
    }
}

impl Batch<'_> {
    /// Notes that the match key `x`, seen on `day`, belongs to a subject (see [`Batch::put_owner`]).
    pub fn put_subject(&mut self, x: &[u8], subject: SubjectId, day: u32) -> Result<(), StoreError> {
        self.put_owner(self.store.join_key(x)?, subject, day)
    }

    /// Notes whose a match key is; it is remembered until the latest day it was seen on is forgotten.
    pub fn put_owner(&mut self, key: JoinKey, subject: SubjectId, day: u32) -> Result<(), StoreError> {
        let held = self.dated_owner(key)?;
        let latest = held.map_or(day, |(_, seen)| seen.max(day));
        if held == Some((subject, latest)) {
            return Ok(());
        }
        self.put_dated(owner_key(key), latest, &subject.0)
    }

    /// Whose a match key is, unless nobody is known or their last day is forgotten.
    pub fn owner(&self, key: JoinKey) -> Result<Option<SubjectId>, StoreError> {
        Ok(self.dated_owner(key)?.map(|(subject, _)| subject))
    }

    /// Forgets whose a match key is.
    pub fn remove_owner(&mut self, key: JoinKey) -> Result<(), StoreError> {
        self.remove_dated(owner_key(key))
    }

    fn dated_owner(&self, key: JoinKey) -> Result<Option<(SubjectId, u32)>, StoreError> {
        let Some((day, content)) = self.get_dated(&owner_key(key))? else {
            return Ok(None);
        };
        let subject = opened(content.as_slice().try_into().ok())?;
        Ok(Some((SubjectId(subject), day)))
    }
}

impl Store {
    /// Notes one subject (see [`Batch::put_subject`]), durably.
    pub fn put_subject(&self, x: &[u8], subject: SubjectId, day: u32) -> Result<(), StoreError> {
        let mut batch = self.batch();
        batch.put_subject(x, subject, day)?;
        batch.commit()
    }

    /// The subject a match key belongs to, unless none is known or its day is forgotten.
    pub fn subject(&self, x: &[u8]) -> Result<Option<SubjectId>, StoreError> {
        self.batch().owner(self.join_key(x)?)
    }

    /// What stands for the match key `x` in the map.
    pub fn join_key(&self, x: &[u8]) -> Result<JoinKey, StoreError> {
        let join = self.keys.seed(KeyName::Join)?;
        Ok(JoinKey(mac(join.expose(), &[b"piux/1/join\0", x])))
    }

    /// About how many persons have index rows, by quarter of receipt.
    pub fn subjects_per_quarter(&self) -> Result<BTreeMap<Quarter, u64>, StoreError> {
        let mut quarters: BTreeMap<Quarter, Sketch> = BTreeMap::new();
        self.each_sketch(|day, sketch| {
            quarters
                .entry(quarter_of(day))
                .or_insert_with(Sketch::new)
                .join(&sketch)
        })?;
        Ok(quarters
            .into_iter()
            .map(|(quarter, sketch)| (quarter, sketch.count()))
            .collect())
    }

    /// About how many persons have index rows at all.
    pub fn subjects(&self) -> Result<u64, StoreError> {
        let mut all = Sketch::new();
        self.each_sketch(|_, sketch| all.join(&sketch))?;
        Ok(all.count())
    }

    /// The sketches with these sightings added; the caller holds the sketch lock until they are durable.
    pub(super) fn sketch_changes(&self, sightings: &[(u32, [u8; 16])]) -> Result<Vec<Change>, StoreError> {
        let counting = self.keys.seed(KeyName::Join)?;
        let mut days: BTreeMap<u32, Sketch> = BTreeMap::new();
        for (day, subject) in sightings {
            if !days.contains_key(day) {
                days.insert(*day, self.sketch(*day)?);
            }
            if let Some(sketch) = days.get_mut(day) {
                sketch.add(counting.expose(), subject);
            }
        }
        days.iter()
            .map(|(day, sketch)| self.sketch_change(*day, sketch))
            .collect()
    }

    fn sketch(&self, day: u32) -> Result<Sketch, StoreError> {
        let key = sketch_key(day);
        let Some(value) = self.engine.get(&key)? else {
            return Ok(Sketch::new());
        };
        let keys = self.keys.day_keys(day)?;
        let sealing = SealingKey::new(keys.require(DayPart::Index)?.expose());
        let content = opened(sealing.open(&place(self.unit(), &key), &value))?;
        opened(Sketch::decode(&content))
    }

    fn sketch_change(&self, day: u32, sketch: &Sketch) -> Result<Change, StoreError> {
        let keys = self.keys.day_keys(day)?;
        let sealing = SealingKey::new(keys.require(DayPart::Index)?.expose());
        let key = sketch_key(day);
        let value = sealing.seal(&*self.random, &place(self.unit(), &key), sketch.bytes());
        Ok(Change {
            day: Some(day),
            key,
            value: Some(value),
        })
    }

    fn each_sketch(&self, mut visit: impl FnMut(u32, Sketch)) -> Result<(), StoreError> {
        let mut days = DaySealing::new(|day| self.day_key(day, DayPart::Index));
        let all = sketch_key(0)..=sketch_key(u32::MAX);
        self.engine.each(all, |key, value| {
            let day = key.last_chunk().map_or(0, |day| u32::from_be_bytes(*day));
            if let Some(sealing) = days.get(day) {
                let content = opened(sealing.open(&place(self.unit(), key), value))?;
                visit(day, opened(Sketch::decode(&content))?);
            }
            Ok(())
        })
    }
}

fn owner_key(key: JoinKey) -> Vec<u8> {
    Table::Subject.key(&[&key.0])
}

pub(super) fn sketch_key(day: u32) -> Vec<u8> {
    Table::Sketch.key(&[&day.to_be_bytes()])
}
