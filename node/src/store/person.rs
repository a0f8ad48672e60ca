//! What is remembered of each record and person, so that a join can be explained and undone.
//!
//! The trace of a record says whose it is and where its rows lie. The members of a
//! subject are its records; the subjects set apart from it never become one with it. In
//! clear are names of records and days of receipt, as in the table of records; subjects
//! appear as HMACs only, so that the database tells nobody which records are one person.

use super::cell::{Table, opened};
use super::dated::Dated;
use super::{Batch, RecordId, StoreError, SubjectId};
use crate::keys::{KeyName, mac};
use zeroize::Zeroizing;

impl Batch<'_> {
    /// Keeps the trace of a record received on `day`, in the place of an earlier one.
    pub fn put_trace(&mut self, record: RecordId, day: u32, content: &[u8]) -> Result<(), StoreError> {
        self.put_dated(trace_key(record), day, content)
    }

    /// The day of receipt and the trace of a record.
    pub fn trace(&self, record: RecordId) -> Result<Option<Dated>, StoreError> {
        self.get_dated(&trace_key(record))
    }

    /// Notes that a record of `day` belongs to a subject.
    pub fn put_member(&mut self, subject: SubjectId, record: RecordId, day: u32) -> Result<(), StoreError> {
        let key = self.member_key(subject, record)?;
        self.put_dated(key, day, &record.0)
    }

    /// Notes that a record no longer belongs to a subject.
    pub fn remove_member(&mut self, subject: SubjectId, record: RecordId) -> Result<(), StoreError> {
        let key = self.member_key(subject, record)?;
        self.remove_dated(key)
    }

    /// The records of a subject whose days are not forgotten, at most so many.
    pub fn members(&self, subject: SubjectId, most: usize) -> Result<Vec<RecordId>, StoreError> {
        let prefix = Table::Member.key(&[&self.hidden(b"member", subject)?]);
        let mut members = Vec::new();
        for key in self.keys(&prefix)? {
            if members.len() == most {
                break;
            }
            if let Some((_, content)) = self.get_dated(&key)? {
                members.push(RecordId(opened(content.as_slice().try_into().ok())?));
            }
        }
        Ok(members)
    }

    /// Notes the subjects that never become one with this one; none deletes the note.
    pub fn put_apart(&mut self, subject: SubjectId, others: &[SubjectId], day: u32) -> Result<(), StoreError> {
        let key = Table::Apart.key(&[&self.hidden(b"apart", subject)?]);
        if others.is_empty() {
            return self.remove_dated(key);
        }
        let latest = self.get_dated(&key)?.map_or(day, |(seen, _)| seen.max(day));
        let content: Zeroizing<Vec<u8>> = Zeroizing::new(others.iter().flat_map(|other| other.0).collect());
        self.put_dated(key, latest, &content)
    }

    /// The subjects that never become one with this one.
    pub fn apart(&self, subject: SubjectId) -> Result<Vec<SubjectId>, StoreError> {
        let key = Table::Apart.key(&[&self.hidden(b"apart", subject)?]);
        let Some((_, content)) = self.get_dated(&key)? else {
            return Ok(Vec::new());
        };
        let (others, rest) = content.as_chunks();
        opened(rest.is_empty().then(|| others.iter().copied().map(SubjectId).collect()))
    }

    /// `table || HMAC(subject) 16 || HMAC(subject, record) 16`
    fn member_key(&self, subject: SubjectId, record: RecordId) -> Result<Vec<u8>, StoreError> {
        let join = self.store.keys.seed(KeyName::Join)?;
        let member = mac(join.expose(), &[b"piux/1/record-of\0", &subject.0, &record.0]);
        let member = member.first_chunk::<16>().copied().unwrap_or_default();
        Ok(Table::Member.key(&[&self.hidden(b"member", subject)?, &member]))
    }

    fn hidden(&self, use_of: &[u8], subject: SubjectId) -> Result<[u8; 16], StoreError> {
        let join = self.store.keys.seed(KeyName::Join)?;
        let hidden = mac(join.expose(), &[b"piux/1/", use_of, b"\0", &subject.0]);
        Ok(hidden.first_chunk().copied().unwrap_or_default())
    }
}

fn trace_key(record: RecordId) -> Vec<u8> {
    Table::Trace.key(&[&record.0])
}
