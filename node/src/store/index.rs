//! The index: one sealed row per match key, found by bucket and quarter.
//!
//! In clear are keyset, class, bucket, quarter and day of receipt; the element, subject
//! and record of a row are sealed under the day's `index` key. The keyset comes first, so
//! that the rows of two keysets lie side by side while units migrate from one to the
//! other; bucket comes before day, so that one range of keys is one bucket (SPEC.md 4.5).

use super::cell::{DaySealing, Table, opened, place};
use super::engine::damaged;
use super::{Batch, Store, StoreError, SubjectId};
use crate::keys::{DayPart, SealingKey};
use piux_protocol::identifier::Keyset;
use piux_protocol::vocabulary::{Class, DecodeError, Quarter, Timestamp, Window, base64url, decode_base64url};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Rows deleted at a time when a whole keyset goes.
const PART: usize = 10_000;

/// Where a row lies, at the finest grain of 8 bits; coarser buckets are several of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BucketRef {
    /// Family S: by birth date, days since 1900-01-01 mod 256 after sorting.
    S(u8),
    /// Family I: by the identifier's core, the top 8 bits of its hash.
    I(u8),
    /// No birth date is known.
    Undated,
}

/// What the index knows of one match key of one record.
#[derive(Clone, PartialEq, Eq)]
pub struct IndexRow {
    /// P = k0(class) * H(x), compressed.
    pub element: [u8; 32],
    /// The person.
    pub subject: [u8; 16],
    /// The record.
    pub record: [u8; 16],
    /// When the record was received.
    pub received: Timestamp,
    /// The record's class for policy.
    pub kind: u8,
    /// Restrictions and provenance, as ingest defines them.
    pub flags: u8,
}

/// One row and where it belongs.
#[derive(Debug, Clone)]
pub struct IndexEntry {
    /// The keyset that derived the match key.
    pub keyset: Keyset,
    /// The class of the match key.
    pub class: Class,
    /// Its bucket.
    pub bucket: BucketRef,
    /// The day of receipt, which settles the quarter.
    pub day: u32,
    /// The row.
    pub row: IndexRow,
}

/// Names one row, to remove it by; says what lies in clear anyway.
///
/// `table || keyset || class || family || bucket || u16 quarter || u32 day || random 8`, in base64url.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RowKey([u8; RowKey::LEN]);

impl fmt::Debug for IndexRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IndexRow(..)")
    }
}

impl Batch<'_> {
    /// Adds rows to the index and names them in the same order.
    pub fn put_index(&mut self, entries: &[IndexEntry]) -> Result<Vec<RowKey>, StoreError> {
        let mut days = DaySealing::new(|day| self.store.day_key(day, DayPart::Index));
        let mut names = Vec::with_capacity(entries.len());
        let mut changes = Vec::with_capacity(entries.len());
        for entry in entries {
            self.store.keys.day_keys(entry.day)?.require(DayPart::Index)?;
            let sealing = days
                .get(entry.day)
                .ok_or(crate::keys::KeyError::Destroyed(DayPart::Index))?;
            let key = self.store.row_key(entry);
            changes.push((entry.day, key, self.store.seal_row(sealing, &key.0, &entry.row)));
            names.push(key);
        }
        for (day, key, value) in changes {
            self.push(Some(day), key.0.to_vec(), Some(value));
        }
        self.sightings
            .extend(entries.iter().map(|entry| (entry.day, entry.row.subject)));
        Ok(names)
    }

    /// Removes rows by name; rows that are gone already are passed over.
    pub fn remove_index(&mut self, rows: &[RowKey]) {
        for row in rows {
            self.push(Some(row.day()), row.0.to_vec(), None);
        }
    }

    /// The row of this name; none if it is gone or its day is forgotten.
    pub fn index_row(&self, name: RowKey) -> Result<Option<IndexRow>, StoreError> {
        let Some(seed) = self.store.day_key(name.day(), DayPart::Index) else {
            return Ok(None);
        };
        let Some(value) = self.get(&name.0)? else {
            return Ok(None);
        };
        let content = SealingKey::new(seed.expose()).open(&place(self.store.unit(), &name.0), &value);
        opened(content.and_then(|content| IndexRow::decode(&content))).map(Some)
    }

    /// Gives rows to another subject; rows that are gone are passed over.
    pub fn reassign_index(&mut self, rows: &[RowKey], subject: SubjectId) -> Result<(), StoreError> {
        for name in rows {
            let Some(row) = self.index_row(*name)? else { continue };
            let Some(seed) = self.store.day_key(name.day(), DayPart::Index) else {
                continue;
            };
            let row = IndexRow {
                subject: subject.0,
                ..row
            };
            let value = self.store.seal_row(&SealingKey::new(seed.expose()), &name.0, &row);
            self.push(Some(name.day()), name.0.to_vec(), Some(value));
            self.sightings.push((name.day(), subject.0));
        }
        Ok(())
    }
}

impl Store {
    /// Adds rows to the index (see [`Batch::put_index`]), durably.
    pub fn put_index(&self, entries: &[IndexEntry]) -> Result<Vec<RowKey>, StoreError> {
        let mut batch = self.batch();
        let names = batch.put_index(entries)?;
        batch.commit()?;
        Ok(names)
    }

    /// All rows of a keyset's bucket received within the window whose keys exist, by quarter and day.
    pub fn scan_bucket(
        &self,
        keyset: Keyset,
        class: Class,
        bucket: BucketRef,
        window: Window,
    ) -> Result<Vec<IndexRow>, StoreError> {
        let mut days = DaySealing::new(|day| self.day_key(day, DayPart::Index));
        let (first, last) = match window {
            Window::All => (0, u16::MAX),
            Window::Quarters(first, last) => (first.number(), last.number()),
        };
        let start = Table::Index.key(&[&[number_of(keyset)], &bucket.prefix(class), &first.to_be_bytes()]);
        let end = Table::Index.key(&[
            &[number_of(keyset)],
            &bucket.prefix(class),
            &last.to_be_bytes(),
            &[0xff; 12],
        ]);
        let mut rows = Vec::new();
        self.engine.each(start..=end, |key, value| {
            let name = RowKey::read(key).ok_or(damaged("an index row has another form"))?;
            if let Some(sealing) = days.get(name.day()) {
                let content = opened(sealing.open(&place(self.unit(), key), value))?;
                rows.push(opened(IndexRow::decode(&content))?);
            }
            Ok(())
        })?;
        Ok(rows)
    }

    /// How many rows each bucket of a keyset's class holds in each quarter; for planning slots.
    pub fn occupancy(&self, keyset: Keyset, class: Class) -> Result<BTreeMap<(BucketRef, Quarter), u32>, StoreError> {
        let mut counts = BTreeMap::new();
        let start = Table::Index.key(&[&[number_of(keyset), class.code()]]);
        let end = [start.as_slice(), &[0xff; 17]].concat();
        self.engine.each(start..=end, |key, _| {
            if let Some(cell) = bucket_and_quarter(key) {
                *counts.entry(cell).or_default() += 1;
            }
            Ok(())
        })?;
        Ok(counts)
    }

    /// The keysets of which the index has rows.
    pub fn keysets(&self) -> Result<BTreeSet<Keyset>, StoreError> {
        let mut held = BTreeSet::new();
        for keyset in Keyset::ALL {
            if self.engine.has_any(&Table::Index.key(&[&[number_of(*keyset)]]))? {
                held.insert(*keyset);
            }
        }
        Ok(held)
    }

    /// Deletes the rows of a keyset no partner asks under any more; returns how many.
    pub fn drop_keyset(&self, keyset: Keyset) -> Result<usize, StoreError> {
        let prefix = Table::Index.key(&[&[number_of(keyset)]]);
        let mut dropped = 0;
        loop {
            let part = self.engine.keys_up_to(&prefix, PART)?;
            if part.is_empty() {
                return Ok(dropped);
            }
            let mut batch = self.batch();
            for key in &part {
                let row = RowKey::read(key).ok_or(damaged("an index row has another form"))?;
                batch.remove_index(&[row]);
            }
            batch.commit()?;
            dropped += part.len();
        }
    }

    /// The row keys of a day: one short range in each bucket.
    pub(super) fn rows_of_day(&self, day: u32) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut found = Vec::new();
        let quarter = quarter_of(day).number().to_be_bytes();
        for keyset in self.keysets()? {
            for (class, bucket) in Class::ALL
                .iter()
                .flat_map(|class| BucketRef::all().map(move |b| (class, b)))
            {
                let prefix = Table::Index.key(&[
                    &[number_of(keyset)],
                    &bucket.prefix(*class),
                    &quarter,
                    &day.to_be_bytes(),
                ]);
                found.extend(self.engine.keys(&prefix)?);
            }
        }
        Ok(found)
    }

    /// `table || keyset || class || family || bucket || u16 quarter || u32 day || random 8`
    fn row_key(&self, entry: &IndexEntry) -> RowKey {
        let [class, family, bucket] = entry.bucket.prefix(entry.class);
        let [q0, q1] = quarter_of(entry.day).number().to_be_bytes();
        let [d0, d1, d2, d3] = entry.day.to_be_bytes();
        let mut key = [0; RowKey::LEN];
        self.random.fill(&mut key);
        let [head @ .., _, _, _, _, _, _, _, _] = &mut key;
        *head = [
            Table::Index as u8,
            number_of(entry.keyset),
            class,
            family,
            bucket,
            q0,
            q1,
            d0,
            d1,
            d2,
            d3,
        ];
        RowKey(key)
    }

    fn seal_row(&self, sealing: &SealingKey, key: &[u8], row: &IndexRow) -> Vec<u8> {
        sealing.seal(&*self.random, &place(self.unit(), key), &row.encode())
    }
}

/// A keyset's number in the keys of rows: its place in the list of all, from 1.
fn number_of(keyset: Keyset) -> u8 {
    let before = Keyset::ALL.iter().take_while(|other| **other != keyset);
    u8::try_from(before.count() + 1).unwrap_or(u8::MAX)
}

/// The quarter of a day of receipt.
pub fn quarter_of(day: u32) -> Quarter {
    Quarter::of(Timestamp::from_seconds(i64::from(day) * 86_400).date())
}

impl RowKey {
    /// Bytes of a row's name.
    pub const LEN: usize = 19;

    /// The keyset of the row.
    pub fn keyset(self) -> Option<Keyset> {
        let [_, number, ..] = self.0;
        Keyset::ALL.iter().copied().find(|keyset| number_of(*keyset) == number)
    }

    /// Its bytes.
    pub fn bytes(self) -> [u8; Self::LEN] {
        self.0
    }

    /// The name of these bytes, if they are one.
    pub fn read(key: &[u8]) -> Option<Self> {
        let key = Self(key.try_into().ok()?);
        (key.0.first() == Some(&(Table::Index as u8))).then_some(key)
    }

    fn day(self) -> u32 {
        let [_, _, _, _, _, _, _, day @ .., _, _, _, _, _, _, _, _] = self.0;
        u32::from_be_bytes(day)
    }
}

impl From<RowKey> for String {
    fn from(key: RowKey) -> Self {
        base64url(key.0)
    }
}

impl TryFrom<String> for RowKey {
    type Error = DecodeError;
    fn try_from(text: String) -> Result<Self, DecodeError> {
        let bytes = decode_base64url(&text)?;
        Self::read(&bytes).ok_or(DecodeError::Length {
            expected: Self::LEN,
            got: bytes.len(),
        })
    }
}

impl BucketRef {
    fn prefix(self, class: Class) -> [u8; 3] {
        match self {
            Self::S(number) => [class.code(), b'S', number],
            Self::I(number) => [class.code(), b'I', number],
            Self::Undated => [class.code(), b'U', 0],
        }
    }

    fn all() -> impl Iterator<Item = Self> {
        let dated = (0..=u8::MAX).map(Self::S).chain((0..=u8::MAX).map(Self::I));
        dated.chain([Self::Undated])
    }
}

fn bucket_and_quarter(key: &[u8]) -> Option<(BucketRef, Quarter)> {
    let (head, _) = key.split_first_chunk::<7>()?;
    let [_, _, _, family, number, quarter @ ..] = *head;
    let bucket = match family {
        b'S' => BucketRef::S(number),
        b'I' => BucketRef::I(number),
        _ => BucketRef::Undated,
    };
    Some((bucket, Quarter::from_number(u16::from_be_bytes(quarter))))
}

impl IndexRow {
    const LEN: usize = 32 + 16 + 16 + 8 + 2;

    fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(Self::LEN);
        out.extend_from_slice(&self.element);
        out.extend_from_slice(&self.subject);
        out.extend_from_slice(&self.record);
        out.extend_from_slice(&self.received.millis().to_be_bytes());
        out.extend_from_slice(&[self.kind, self.flags]);
        out
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (element, bytes) = bytes.split_first_chunk()?;
        let (subject, bytes) = bytes.split_first_chunk()?;
        let (record, bytes) = bytes.split_first_chunk()?;
        let (received, bytes) = bytes.split_first_chunk()?;
        let [kind, flags] = *bytes else { return None };
        Some(Self {
            element: *element,
            subject: *subject,
            record: *record,
            received: Timestamp::from_millis(i64::from_be_bytes(*received)),
            kind,
            flags,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_row_reads_back_as_written(
            element: [u8; 32], subject: [u8; 16], record: [u8; 16], millis in 0i64..4_000_000_000_000, kind: u8, flags: u8,
        ) {
            let row = IndexRow { element, subject, record, received: Timestamp::from_millis(millis), kind, flags };
            prop_assert_eq!(row.encode().len(), IndexRow::LEN);
            prop_assert_eq!(IndexRow::decode(&row.encode()), Some(row));
        }

        #[test]
        fn a_row_of_another_length_is_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(IndexRow::decode(&bytes).is_some(), bytes.len() == IndexRow::LEN);
        }
    }

    #[test]
    fn quarters_begin_on_the_first_of_their_months() {
        assert_eq!(quarter_of(20_453).to_string(), "2025Q4");
        assert_eq!(quarter_of(20_454).to_string(), "2026Q1");
    }
}
