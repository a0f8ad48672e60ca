//! Contacts that many persons share identify none of them.
//!
//! An agency's telephone number stands in thousands of bookings. For each contact the
//! store remembers who has it and where their rows lie, until there are too many; then
//! the rows go and only that remains known.

use super::cell::{Table, opened};
use super::{Batch, JoinKey, RowKey, StoreError, SubjectId};
use std::collections::BTreeMap;
use std::fmt;
use zeroize::Zeroizing;

/// Who has a contact.
#[derive(Clone, PartialEq, Eq)]
pub enum Sharers {
    /// These persons, and the index rows that say so.
    Few(BTreeMap<SubjectId, Vec<RowKey>>),
    /// More persons than a contact can tell apart.
    Crowd,
}

impl fmt::Debug for Sharers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Few(_) => "Few(..)",
            Self::Crowd => "Crowd",
        })
    }
}

impl Batch<'_> {
    /// Who has the contact of this match key.
    pub fn sharers(&self, key: JoinKey) -> Result<Sharers, StoreError> {
        match self.get_dated(&sharers_key(key))? {
            None => Ok(Sharers::Few(BTreeMap::new())),
            Some((_, content)) => opened(Sharers::decode(&content)),
        }
    }

    /// Keeps who has the contact, until the latest day it was seen on is forgotten.
    pub fn put_sharers(&mut self, key: JoinKey, sharers: &Sharers, day: u32) -> Result<(), StoreError> {
        let key = sharers_key(key);
        let latest = self.get_dated(&key)?.map_or(day, |(seen, _)| seen.max(day));
        self.put_dated(key, latest, &sharers.encode())
    }
}

impl Sharers {
    /// `0`, or `1 || (subject 16 || u16 rows || row...)...`
    fn encode(&self) -> Zeroizing<Vec<u8>> {
        let Self::Few(persons) = self else {
            return Zeroizing::new(vec![0]);
        };
        let mut out = Zeroizing::new(vec![1]);
        for (subject, rows) in persons {
            let most = usize::from(u16::MAX);
            out.extend_from_slice(&subject.0);
            out.extend_from_slice(&u16::try_from(rows.len()).unwrap_or(u16::MAX).to_be_bytes());
            rows.iter()
                .take(most)
                .for_each(|row| out.extend_from_slice(&row.bytes()));
        }
        out
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (form, mut bytes) = bytes.split_first()?;
        if *form == 0 {
            return bytes.is_empty().then_some(Self::Crowd);
        }
        let mut persons = BTreeMap::new();
        while !bytes.is_empty() {
            let (subject, rest) = bytes.split_first_chunk()?;
            let (count, rest) = rest.split_first_chunk()?;
            let length = usize::from(u16::from_be_bytes(*count)) * RowKey::LEN;
            let (rows, rest) = rest.split_at_checked(length)?;
            let rows: Option<Vec<RowKey>> = rows.chunks(RowKey::LEN).map(RowKey::read).collect();
            persons.insert(SubjectId(*subject), rows?);
            bytes = rest;
        }
        Some(Self::Few(persons))
    }
}

fn sharers_key(key: JoinKey) -> Vec<u8> {
    Table::Sharers.key(&[&key.0])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sharers_read_back_as_written(
            persons: BTreeMap<[u8; 16], Vec<[u8; 18]>>,
        ) {
            let row = |tail: [u8; 18]| RowKey::read(&[[Table::Index as u8].as_slice(), &tail].concat()).unwrap();
            let few = persons.into_iter().map(|(subject, rows)| (SubjectId(subject), rows.into_iter().map(row).collect()));
            let sharers = Sharers::Few(few.collect());
            prop_assert!(Sharers::decode(&sharers.encode()) == Some(sharers));
        }

        #[test]
        fn any_bytes_read_as_sharers_or_not_at_all(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Some(sharers) = Sharers::decode(&bytes).filter(|sharers| *sharers != Sharers::Crowd) {
                prop_assert_eq!(Sharers::decode(&sharers.encode()), Some(sharers));
            }
        }
    }

    #[test]
    fn a_crowd_has_no_names() {
        assert_eq!(Sharers::decode(&Sharers::Crowd.encode()), Some(Sharers::Crowd));
    }
}
