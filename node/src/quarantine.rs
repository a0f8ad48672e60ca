//! Quarantine: parts of files whose structure was lost wait here for a person.
//!
//! Nobody has looked into them, so they may hold what the law forbids to process: they are
//! sealed under a key of their own, live two weeks, and are shown only to an officer who says
//! why. The key lies with what is known of the part, which is no part of the segment log:
//! dropped or expired, the sealed bytes open nowhere any more.

use crate::ground::Ground;
use crate::ingest::Lost;
use crate::keys::{KeyError, KeyName, SealingKey, day_of, mac};
use crate::ledger::{Counter, Detail, Entry, Kind, LedgerError, Role};
use crate::store::{DocumentTable, RecordId, StoreError};
use piux_protocol::vocabulary::{Digest, Timestamp, sha256};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::fmt;
use std::sync::Arc;
use zeroize::Zeroizing;

/// How long a part waits, in days.
pub const DAYS: i64 = 14;
/// Most bytes kept of one part; what is longer is cut and says so.
pub const LONGEST: usize = 3 * 1024 * 1024;

const NAME: &[u8] = b"piux/quarantine";

/// The parts that wait.
pub struct Quarantine {
    ground: Arc<Ground>,
}

/// A part of a file as the decoder gave it up.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    /// The byte of the file it begins at.
    pub offset: u64,
    /// The message (or line) in the file, from 1.
    pub message: u64,
    /// The rule that gave it up.
    pub rule: &'a str,
    /// The travellers lost with it, as far as they can be counted.
    pub travellers: u64,
    /// Its bytes, as received.
    pub content: &'a [u8],
    /// Whether that is all of it.
    pub complete: bool,
    /// Whether it is of an export that a mapping file explains.
    pub mapped: bool,
}

/// What is known of a waiting part: nothing of its content, and not who sent it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// Its name.
    pub id: RecordId,
    /// A keyed digest of the file's name: parts of one file can be told.
    pub file: Digest,
    /// The byte of the file it begins at.
    pub offset: u64,
    /// The message (or line) in the file, from 1.
    pub message: u64,
    /// The rule that gave it up.
    pub rule: String,
    /// The travellers lost with it.
    pub travellers: u64,
    /// How long it is, in bytes.
    pub bytes: u64,
    /// Whether only its beginning was kept.
    pub cut: bool,
    /// Whether it is of an export, and means nothing without the mapping file that explains it.
    #[serde(default)]
    pub mapped: bool,
    /// When it came.
    pub received: Timestamp,
    /// When it is forgotten.
    pub expires: Timestamp,
}

/// How a part is kept among the documents.
#[derive(Serialize, Deserialize)]
struct Kept {
    held: Held,
    key: Zeroizing<[u8; 32]>,
}

/// Quarantine cannot do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QuarantineError {
    /// No such part.
    #[error("nothing of this name waits in quarantine; `piux quarantine list` shows what does")]
    NotFound,
    /// Nobody said why.
    #[error("say why with --reason; it is sealed to the data protection officer")]
    Reason,
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keyring refused.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The ledger refused: what is not recorded does not happen.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl Quarantine {
    /// The quarantine of a unit.
    pub const fn new(ground: Arc<Ground>) -> Self {
        Self { ground }
    }

    /// Takes a part in. Its ledger entry is that of the load it came with.
    pub fn keep(&self, file: &str, part: Part<'_>, now: Timestamp) -> Result<Held, QuarantineError> {
        let kept = part.content.get(..LONGEST).unwrap_or(part.content);
        let held = Held {
            id: RecordId::draw(&*self.ground.random),
            file: self.pseudonym(file)?,
            offset: part.offset,
            message: part.message,
            rule: part.rule.to_owned(),
            travellers: part.travellers,
            bytes: part.content.len() as u64,
            cut: !part.complete || kept.len() < part.content.len(),
            mapped: part.mapped,
            received: now,
            expires: now.plus_seconds(DAYS * 86_400),
        };
        let key = Zeroizing::new(self.ground.random.bytes::<32>());
        let sealed = SealingKey::new(&key).seal(&*self.ground.random, &place(held.id), kept);
        let document = Zeroizing::new(document(&held, &key));
        let mut batch = self.ground.store.batch();
        batch.put_record(held.id, day_of(now), &sealed, b"{}")?;
        batch.put_document(DocumentTable::Quarantine, &name(held.id), &document, Some(held.expires))?;
        batch.commit()?;
        Ok(held)
    }

    /// What waits, oldest first.
    pub fn list(&self, now: Timestamp) -> Result<Vec<Held>, QuarantineError> {
        let documents = self.ground.store.list_documents(DocumentTable::Quarantine, now)?;
        let kept = documents
            .iter()
            .filter_map(|document| serde_json::from_slice::<Kept>(&document.body).ok());
        let mut held: Vec<_> = kept.map(|kept| kept.held).collect();
        held.sort_by_key(|held| (held.received, held.file, held.offset));
        Ok(held)
    }

    /// What is known of one part.
    pub fn show(&self, id: RecordId, now: Timestamp) -> Result<Held, QuarantineError> {
        Ok(self.kept(id, now)?.held)
    }

    /// The content of a part, for an officer who says why; recorded first.
    pub fn content(
        &self,
        id: RecordId,
        (officer, reason): (&str, &str),
        now: Timestamp,
    ) -> Result<Zeroizing<Vec<u8>>, QuarantineError> {
        let kept = self.kept(id, now)?;
        let entry = self.entry(Kind::QuarantineRead, id, (officer, reason), now)?;
        let (kept, _) = self.ground.ledger.record(entry, kept)?.into_parts();
        self.opened(&kept)
    }

    /// The content of a part for the decoder, which nobody sees.
    pub(crate) fn reopened(&self, id: RecordId, now: Timestamp) -> Result<Zeroizing<Vec<u8>>, QuarantineError> {
        self.opened(&self.kept(id, now)?)
    }

    /// Drops a part for good, for an officer who says why; recorded first.
    pub fn discard(&self, id: RecordId, by: (&str, &str), now: Timestamp) -> Result<(), QuarantineError> {
        self.kept(id, now)?;
        let entry = self.entry(Kind::DataErase, id, by, now)?;
        self.ground.ledger.record(entry, ())?;
        self.forget(id)
    }

    /// Drops every part whose time is over; returns how many.
    pub fn sweep(&self, now: Timestamp) -> Result<u64, QuarantineError> {
        let always = Timestamp::from_millis(0);
        let expired: Vec<_> = self
            .list(always)?
            .into_iter()
            .filter(|held| held.expires <= now)
            .collect();
        let count = expired.len() as u64;
        if count > 0 {
            let entry = Entry::new(Kind::DataErase, Role::Node, now).count(Counter::Quarantined, count);
            self.ground.ledger.record(entry, ())?;
        }
        for held in expired {
            self.forget(held.id)?;
        }
        Ok(count)
    }

    fn kept(&self, id: RecordId, now: Timestamp) -> Result<Kept, QuarantineError> {
        let document = self
            .ground
            .store
            .get_document(DocumentTable::Quarantine, &name(id), now)?;
        let kept = document.and_then(|document| serde_json::from_slice(&document.body).ok());
        kept.ok_or(QuarantineError::NotFound)
    }

    fn opened(&self, kept: &Kept) -> Result<Zeroizing<Vec<u8>>, QuarantineError> {
        let id = kept.held.id;
        let stored = self.ground.store.get_record(id)?;
        let sealed = stored
            .and_then(|stored| stored.identity)
            .ok_or(QuarantineError::NotFound)?;
        SealingKey::new(&kept.key)
            .open(&place(id), &sealed)
            .ok_or(QuarantineError::NotFound)
    }

    /// Drops a part that waits for nothing any more.
    pub(crate) fn forget(&self, id: RecordId) -> Result<(), QuarantineError> {
        let mut batch = self.ground.store.batch();
        batch.delete_record(id)?;
        batch.delete_document(DocumentTable::Quarantine, &name(id))?;
        Ok(batch.commit()?)
    }

    fn entry(
        &self,
        kind: Kind,
        id: RecordId,
        (officer, reason): (&str, &str),
        now: Timestamp,
    ) -> Result<Entry, QuarantineError> {
        if reason.trim().is_empty() {
            return Err(QuarantineError::Reason);
        }
        Ok(Entry {
            artifact: Some(sha256(name(id))),
            detail: Detail {
                who: Some(json!({ "officer": officer })),
                why: Some(json!({ "reason": reason })),
                ..Detail::default()
            },
            ..Entry::new(kind, Role::Officer, now).count(Counter::Quarantined, 1)
        })
    }

    fn pseudonym(&self, file: &str) -> Result<Digest, KeyError> {
        let seed = self.ground.keys.seed(KeyName::Actor)?;
        Ok(sha256(mac(seed.expose(), &[b"piux/file-name\0", file.as_bytes()])))
    }
}

fn document(held: &Held, key: &Zeroizing<[u8; 32]>) -> Vec<u8> {
    let kept = Kept {
        held: held.clone(),
        key: key.clone(),
    };
    serde_json::to_vec(&kept).unwrap_or_default()
}

fn name(id: RecordId) -> Vec<u8> {
    [NAME, &id.0].concat()
}

fn place(id: RecordId) -> Vec<u8> {
    name(id)
}

impl fmt::Debug for Quarantine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Quarantine(..)")
    }
}

impl<'a> From<&'a Lost> for Part<'a> {
    fn from(lost: &'a Lost) -> Self {
        Self {
            offset: lost.position.offset as u64,
            message: lost.position.message as u64,
            rule: lost.rule,
            travellers: lost.travellers as u64,
            content: &lost.content,
            complete: lost.complete,
            mapped: false,
        }
    }
}

impl fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Part({} bytes)", self.content.len())
    }
}
