//! What is remembered of each record: whose it is, why, and where its index rows lie.

use super::bytes::{Reader, list};
use super::likeness::Likeness;
use crate::load::LoadError;
use crate::store::{Batch, JoinKey, RecordId, RowKey, StoreError, SubjectId};
use piux_protocol::vocabulary::Timestamp;
use zeroize::Zeroizing;

/// How two records are one person's; full name and birth date weigh more than a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::load) enum Tie {
    /// The same document of the same issuer.
    Document,
    /// The same full name and birth date.
    Name,
}

/// One key by which a record joins others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::load) struct Join {
    pub(in crate::load) tie: Tie,
    pub(in crate::load) key: JoinKey,
}

/// How a record came to its subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// Nobody was known to be the same person.
    First,
    /// It joined records that are tied to it.
    Joined(Tie),
    /// Its person became one with another, shown by a record that belongs to both.
    Merged { from: SubjectId, by: RecordId },
    /// An officer set it apart.
    SetApart { from: SubjectId },
    /// What tied it to the person it was with is gone.
    Regrouped { from: SubjectId },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reason {
    pub(super) at: Timestamp,
    pub(super) how: How,
}

/// What is remembered of one record.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::load) struct Trace {
    pub(in crate::load) record: RecordId,
    /// The day of receipt.
    pub(in crate::load) day: u32,
    pub(in crate::load) subject: SubjectId,
    /// None while the record is taken out of the index.
    pub(in crate::load) rows: Vec<RowKey>,
    pub(in crate::load) joins: Vec<Join>,
    pub(super) likeness: Likeness,
    /// The latest last.
    pub(super) reasons: Vec<Reason>,
    /// By an officer: the record stays where it was put.
    pub(in crate::load) set_apart: bool,
}

/// The traces of a subject's records, at most so many.
pub(super) fn of_subject(batch: &Batch<'_>, subject: SubjectId, most: usize) -> Result<Vec<Trace>, LoadError> {
    let mut traces = Vec::new();
    for record in batch.members(subject, most)? {
        traces.extend(Trace::read(batch, record)?);
    }
    Ok(traces)
}

impl Trace {
    /// The trace of a record; none if it has none or its day is forgotten.
    pub(in crate::load) fn read(batch: &Batch<'_>, record: RecordId) -> Result<Option<Self>, LoadError> {
        let Some((day, content)) = batch.trace(record)? else {
            return Ok(None);
        };
        let damaged = StoreError::Damaged {
            sign: "the trace of a record does not read",
        };
        Ok(Some(Self::decode(record, day, &content).ok_or(damaged)?))
    }

    /// Keeps the trace.
    pub(in crate::load) fn write(&self, batch: &mut Batch<'_>) -> Result<(), LoadError> {
        Ok(batch.put_trace(self.record, self.day, &self.encode())?)
    }

    /// The strongest tie to a record that joins by these keys.
    pub(super) fn tie_with(&self, joins: &[Join]) -> Option<Tie> {
        let shared = self.joins.iter().filter(|mine| joins.contains(mine));
        shared.map(|join| join.tie).max()
    }

    /// `1 || subject || set apart || rows || joins || likeness || reasons`; a list is preceded by its u16 length.
    fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(vec![1]);
        out.extend_from_slice(&self.subject.0);
        out.push(u8::from(self.set_apart));
        list(&mut out, &self.rows, |row, out| out.extend_from_slice(&row.bytes()));
        list(&mut out, &self.joins, |join, out| {
            out.push(join.tie as u8);
            out.extend_from_slice(&join.key.0);
        });
        self.likeness.encode(&mut out);
        list(&mut out, &self.reasons, Reason::encode);
        out
    }

    fn decode(record: RecordId, day: u32, bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let [1] = reader.take()? else { return None };
        let trace = Self {
            record,
            day,
            subject: SubjectId(reader.take()?),
            set_apart: reader.take()? == [1],
            rows: reader.list(|reader| RowKey::read(&reader.take::<{ RowKey::LEN }>()?))?,
            joins: reader.list(Join::decode)?,
            likeness: Likeness::decode(&mut reader)?,
            reasons: reader.list(Reason::decode)?,
        };
        reader.0.is_empty().then_some(trace)
    }
}

impl Join {
    fn decode(reader: &mut Reader<'_>) -> Option<Self> {
        let tie = match reader.take()? {
            [0] => Tie::Document,
            [1] => Tie::Name,
            _ => return None,
        };
        let key = JoinKey(reader.take()?);
        Some(Self { tie, key })
    }
}

impl Reason {
    /// `i64 milliseconds || how || what it names`
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.at.millis().to_be_bytes());
        match &self.how {
            How::First => out.push(0),
            How::Joined(tie) => out.extend_from_slice(&[1, *tie as u8]),
            How::Merged { from, by } => {
                out.push(2);
                out.extend_from_slice(&[from.0, by.0].concat());
            }
            How::SetApart { from } => {
                out.push(3);
                out.extend_from_slice(&from.0);
            }
            How::Regrouped { from } => {
                out.push(4);
                out.extend_from_slice(&from.0);
            }
        }
    }

    fn decode(reader: &mut Reader<'_>) -> Option<Self> {
        let at = Timestamp::from_millis(i64::from_be_bytes(reader.take()?));
        let how = match reader.take()? {
            [0] => How::First,
            [1] => match reader.take()? {
                [0] => How::Joined(Tie::Document),
                [1] => How::Joined(Tie::Name),
                _ => return None,
            },
            [2] => How::Merged {
                from: SubjectId(reader.take()?),
                by: RecordId(reader.take()?),
            },
            [3] => How::SetApart {
                from: SubjectId(reader.take()?),
            },
            [4] => How::Regrouped {
                from: SubjectId(reader.take()?),
            },
            _ => return None,
        };
        Some(Self { at, how })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use proptest::prelude::*;

    fn hows() -> impl Strategy<Value = How> {
        let subject = || any::<[u8; 16]>().prop_map(SubjectId);
        prop_oneof![
            Just(How::First),
            Just(How::Joined(Tie::Document)),
            Just(How::Joined(Tie::Name)),
            (subject(), any::<[u8; 16]>()).prop_map(|(from, by)| How::Merged { from, by: RecordId(by) }),
            subject().prop_map(|from| How::SetApart { from }),
            subject().prop_map(|from| How::Regrouped { from }),
        ]
    }

    proptest! {
        #[test]
        fn a_trace_reads_back_as_written(
            subject: [u8; 16],
            set_apart: bool,
            rows: Vec<[u8; 18]>,
            joins: Vec<(bool, [u8; 32])>,
            likeness in crate::load::subjects::likeness::any_likeness(),
            reasons in proptest::collection::vec((0i64..4_000_000_000_000, hows()), 0..4),
        ) {
            let row = |tail: [u8; 18]| RowKey::read(&[[4].as_slice(), &tail].concat()).unwrap();
            let join = |(name, key)| Join { tie: if name { Tie::Name } else { Tie::Document }, key: JoinKey(key) };
            let reason = |(at, how)| Reason { at: Timestamp::from_millis(at), how };
            let trace = Trace {
                record: RecordId([7; 16]), day: 5, subject: SubjectId(subject), set_apart, likeness,
                rows: rows.into_iter().map(row).collect(),
                joins: joins.into_iter().map(join).collect(),
                reasons: reasons.into_iter().map(reason).collect(),
            };
            prop_assert!(Trace::decode(RecordId([7; 16]), 5, &trace.encode()) == Some(trace));
        }

        #[test]
        fn any_bytes_read_as_a_trace_or_not_at_all(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Trace::decode(RecordId([7; 16]), 5, &bytes);
        }
    }
}
