//! Work state: what is neither a passenger record nor evidence.
//!
//! Documents are sealed under a key per table, names included, and may expire. They
//! are not in the segment log: a log could not forget them. After a rebuild they are
//! gone; what must survive that is in the ledger.

use super::cell::{Table, opened, place};
use super::engine::Change;
use super::{Batch, Store, StoreError};
use crate::keys::{KeyName, SealingKey, mac};
use piux_protocol::vocabulary::{Timestamp, length_prefixed};
use std::fmt;
use std::sync::PoisonError;
use zeroize::Zeroizing;

/// The tables of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum DocumentTable {
    /// What partners ask of us and an officer must decide.
    Requests = 1,
    /// Disclosures received from partners.
    Received = 2,
    /// Lookups we sent: what is needed to open the answer and follow a hit up.
    Queries = 3,
    /// What each subject's questions have told partners so far.
    Leaks = 4,
    /// Answers kept for repeated requests with the same `Idempotency-Key`.
    Replies = 5,
    /// Questions asked and answered per partner and day.
    Quotas = 6,
    /// Signed descriptors of our epochs and of our partners'.
    Descriptors = 7,
    /// Partners' metadata and agreements as they came in.
    Partners = 8,
    /// Lookups we answered: what is needed to find a hit's subject again.
    AnsweredQueries = 9,
    /// What is known of the lost parts of files that wait in quarantine; their content lies elsewhere.
    Quarantine = 16,
}

/// A document and its name.
pub struct Document {
    /// Its name within its table.
    pub name: Zeroizing<Vec<u8>>,
    /// When it may no longer be read.
    pub expires: Option<Timestamp>,
    /// Its content.
    pub body: Zeroizing<Vec<u8>>,
}

/// What becomes of a document (see [`Store::update_document`]).
pub enum Update {
    /// It is replaced by this content, until then.
    Put(Vec<u8>, Option<Timestamp>),
    /// It is deleted.
    Delete,
    /// It stays as it is.
    Keep,
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document(until {:?}, ..)", self.expires)
    }
}

impl fmt::Debug for Update {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Put(..) => "Put(..)",
            Self::Delete => "Delete",
            Self::Keep => "Keep",
        })
    }
}

impl Batch<'_> {
    /// Keeps a document until `expires` (or until deleted), in the place of one of the same name.
    pub fn put_document(
        &mut self,
        table: DocumentTable,
        name: &[u8],
        body: &[u8],
        expires: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let change = self.store.document_change(table, name, body, expires)?;
        self.add(change);
        Ok(())
    }

    /// Deletes a document; one that is not there is passed over.
    pub fn delete_document(&mut self, table: DocumentTable, name: &[u8]) -> Result<(), StoreError> {
        let key = self.store.document_key(table, name)?;
        self.push(None, key, None);
        Ok(())
    }
}

impl Store {
    /// Keeps a document (see [`Batch::put_document`]), durably.
    pub fn put_document(
        &self,
        table: DocumentTable,
        name: &[u8],
        body: &[u8],
        expires: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let put = || Update::Put(body.to_vec(), expires);
        self.update_document(table, name, Timestamp::from_millis(0), |_| (put(), ()))
    }

    /// The document of this name, unless it has expired at `now`.
    pub fn get_document(
        &self,
        table: DocumentTable,
        name: &[u8],
        now: Timestamp,
    ) -> Result<Option<Document>, StoreError> {
        let key = self.document_key(table, name)?;
        let found = self.open_document(&self.document_sealing(table)?, &key)?;
        Ok(found.filter(|document| document.is_current(now)))
    }

    /// Every document of a table that has not expired at `now`, in no order.
    pub fn list_documents(&self, table: DocumentTable, now: Timestamp) -> Result<Vec<Document>, StoreError> {
        let sealing = self.document_sealing(table)?;
        let mut found = Vec::new();
        for key in self.engine.keys(&Table::Document.key(&[&[table as u8]]))? {
            found.extend(self.open_document(&sealing, &key)?);
        }
        found.retain(|document| document.is_current(now));
        Ok(found)
    }

    /// Deletes a document, durably.
    pub fn delete_document(&self, table: DocumentTable, name: &[u8]) -> Result<(), StoreError> {
        self.update_document(table, name, Timestamp::from_millis(0), |_| (Update::Delete, ()))
    }

    /// Reads a document, decides, and writes, with nobody in between.
    ///
    /// `decide` sees the document as [`Store::get_document`] would give it. It must
    /// not use documents of the store itself.
    pub fn update_document<T>(
        &self,
        table: DocumentTable,
        name: &[u8],
        now: Timestamp,
        decide: impl FnOnce(Option<Document>) -> (Update, T),
    ) -> Result<T, StoreError> {
        let key = self.document_key(table, name)?;
        let lane = key.last().map_or(0, |last| usize::from(*last) % self.lanes.len());
        let lane = self.lanes.get(lane).ok_or(StoreError::Stopped)?;
        let _alone = lane.lock().unwrap_or_else(PoisonError::into_inner);
        let (update, value) = decide(self.get_document(table, name, now)?);
        let change = match update {
            Update::Keep => return Ok(value),
            Update::Delete => removal(key),
            Update::Put(body, expires) => self.document_change(table, name, &body, expires)?,
        };
        self.writer.commit(vec![change])?;
        Ok(value)
    }

    /// Deletes every document that has expired at `now`; returns how many.
    pub fn sweep_documents(&self, now: Timestamp) -> Result<usize, StoreError> {
        let mut expired = Vec::new();
        for table in DocumentTable::ALL {
            let sealing = self.document_sealing(table)?;
            for key in self.engine.keys(&Table::Document.key(&[&[table as u8]]))? {
                let document = self.open_document(&sealing, &key)?;
                if document.is_some_and(|document| !document.is_current(now)) {
                    expired.push(removal(key));
                }
            }
        }
        let count = expired.len();
        self.writer.commit(expired)?;
        Ok(count)
    }

    /// Sealed content: `i64 expires (0: never) || LP(name) || body`.
    fn document_change(
        &self,
        table: DocumentTable,
        name: &[u8],
        body: &[u8],
        expires: Option<Timestamp>,
    ) -> Result<Change, StoreError> {
        let key = self.document_key(table, name)?;
        let until = expires.map_or(0, Timestamp::millis).to_be_bytes();
        let content = Zeroizing::new([&until, &*length_prefixed(name), body].concat());
        let sealing = self.document_sealing(table)?;
        let value = sealing.seal(&*self.random, &place(self.unit(), &key), &content);
        Ok(Change {
            day: None,
            key,
            value: Some(value),
        })
    }

    fn open_document(&self, sealing: &SealingKey, key: &[u8]) -> Result<Option<Document>, StoreError> {
        let Some(value) = self.engine.get(key)? else {
            return Ok(None);
        };
        let content = opened(sealing.open(&place(self.unit(), key), &value))?;
        opened(Document::decode(&content)).map(Some)
    }

    /// `table || documents' table || HMAC(store key, table || name)`: names may tell something too.
    fn document_key(&self, table: DocumentTable, name: &[u8]) -> Result<Vec<u8>, StoreError> {
        let seed = self.keys.seed(KeyName::Store)?;
        let hidden = mac(seed.expose(), &[b"piux/1/document-name\0", &[table as u8], name]);
        Ok(Table::Document.key(&[&[table as u8], &hidden]))
    }

    fn document_sealing(&self, table: DocumentTable) -> Result<SealingKey, StoreError> {
        let seed = self.keys.seed(KeyName::Store)?;
        Ok(SealingKey::derive(
            seed.expose(),
            &[b"piux/1/document\0", &[table as u8]],
        ))
    }
}

impl DocumentTable {
    const ALL: [Self; 10] = [
        Self::Requests,
        Self::Received,
        Self::Queries,
        Self::Leaks,
        Self::Replies,
        Self::Quotas,
        Self::Descriptors,
        Self::Partners,
        Self::AnsweredQueries,
        Self::Quarantine,
    ];
}

impl Document {
    fn is_current(&self, now: Timestamp) -> bool {
        self.expires.is_none_or(|expires| now < expires)
    }

    fn decode(content: &[u8]) -> Option<Self> {
        let (until, content) = content.split_first_chunk()?;
        let (length, content) = content.split_first_chunk()?;
        let (name, body) = content.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        let until = i64::from_be_bytes(*until);
        Some(Self {
            name: Zeroizing::new(name.to_vec()),
            expires: (until != 0).then(|| Timestamp::from_millis(until)),
            body: Zeroizing::new(body.to_vec()),
        })
    }
}

fn removal(key: Vec<u8>) -> Change {
    Change {
        day: None,
        key,
        value: None,
    }
}
