//! One batch of a load: what is read again within it is what was written in it.

use super::LoadError;
use super::finder::Finder;
use super::report::{FileFinding, LoadReport};
use crate::ground::Ground;
use crate::ingest::{Booking, Severity, Traveller};
use crate::keys::{KeyName, day_of};
use crate::records::{Record, RecordFacts};
use crate::store::{Batch, RecordId, StoredRecord};
use piux_policy::Profile;
use piux_protocol::vocabulary::{Timestamp, base64url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::MutexGuard;
use zeroize::Zeroizing;

/// The changes of one batch, and their account.
pub(super) struct Work<'a> {
    ground: &'a Ground,
    finder: &'a Finder,
    profile: &'a Profile,
    /// Nobody else joins records into persons meanwhile.
    _joining: MutexGuard<'a, ()>,
    batch: Batch<'a>,
    memos: HashMap<Vec<u8>, Memo>,
    /// Records the open batch holds and the store does not show yet.
    touched: HashSet<RecordId>,
    join: Zeroizing<[u8; 32]>,
    /// The file that is loaded.
    pub(super) file: &'a str,
    /// When it is loaded.
    pub(super) now: Timestamp,
    /// What the batch did so far.
    pub(super) report: LoadReport,
}

struct Memo {
    content: Option<Zeroizing<Vec<u8>>>,
    changed: bool,
}

impl<'a> Work<'a> {
    pub(super) fn new(
        ground: &'a Ground,
        finder: &'a Finder,
        profile: &'a Profile,
        (file, now): (&'a str, Timestamp),
    ) -> Result<Self, LoadError> {
        Ok(Self {
            ground,
            finder,
            profile,
            _joining: ground.store.joining(),
            batch: ground.store.batch(),
            memos: HashMap::new(),
            touched: HashSet::new(),
            join: Zeroizing::new(*ground.keys.seed(KeyName::Join)?.expose()),
            file,
            now,
            report: LoadReport::default(),
        })
    }

    /// A fresh name.
    pub(super) fn draw(&self) -> RecordId {
        RecordId::draw(&*self.ground.random)
    }

    /// A keyed digest of something, short: equal things are told, a guess cannot be tested.
    pub(super) fn print(&self, parts: &[&[u8]]) -> String {
        let mut all = vec![b"piux/print\0".as_slice()];
        all.extend(parts);
        let mac = crate::keys::mac(&*self.join, &all);
        base64url(mac.first_chunk::<12>().unwrap_or(&[0; 12]))
    }

    /// What is remembered under this name.
    pub(super) fn memo<T: DeserializeOwned>(&mut self, name: &[u8]) -> Result<Option<T>, LoadError> {
        if !self.memos.contains_key(name) {
            let memo = Memo {
                content: self.ground.store.memo(name)?,
                changed: false,
            };
            self.memos.insert(name.to_vec(), memo);
        }
        let content = self.memos.get(name).and_then(|memo| memo.content.as_ref());
        // A memo another version wrote is no memo: at worst a booking is stored anew.
        Ok(content.and_then(|content| serde_json::from_slice(content).ok()))
    }

    /// Remembers something under this name.
    pub(super) fn remember<T: Serialize>(&mut self, name: Vec<u8>, value: &T) {
        let content = serde_json::to_vec(value).ok().map(Zeroizing::new);
        self.memos.insert(name, Memo { content, changed: true });
    }

    /// A record as it is in the store or in this batch.
    pub(super) fn record(&mut self, id: RecordId) -> Result<Option<StoredRecord>, LoadError> {
        if self.touched.contains(&id) {
            self.commit()?;
        }
        Ok(self.ground.store.get_record(id)?)
    }

    /// Keeps a record under the keys of a day.
    pub(super) fn put(&mut self, id: RecordId, day: u32, record: &Record) -> Result<(), LoadError> {
        let (identity, rest) = record.halves(self.profile);
        self.batch.put_record(id, day, &identity, &rest)?;
        self.touched.insert(id);
        Ok(())
    }

    /// Keeps a stored record under another name, both halves under the keys of its own day.
    /// Nothing is kept of one that is masked or expired.
    pub(super) fn keep(&mut self, stored: &StoredRecord) -> Result<Option<RecordId>, LoadError> {
        let (Some(identity), Some(rest)) = (&stored.identity, &stored.rest) else {
            return Ok(None);
        };
        let id = self.draw();
        self.batch.put_record(id, stored.day, identity, rest)?;
        self.report.versions += 1;
        Ok(Some(id))
    }

    /// Makes a record findable by what is known of the traveller now.
    pub(super) fn index(
        &mut self,
        id: RecordId,
        booking: &Booking,
        traveller: &Traveller,
        facts: RecordFacts,
    ) -> Result<u64, LoadError> {
        self.finder.put(&mut self.batch, id, booking, traveller, facts)
    }

    /// A remark about what the file says, not about how it says it.
    pub(super) fn note(&mut self, rule: &'static str, severity: Severity, sender: &str) {
        self.report.add_finding(FileFinding {
            file: self.file.to_owned(),
            position: 0,
            message: 0,
            segment: 0,
            rule: rule.to_owned(),
            severity,
            path: None,
        });
        let quality = self.report.quality_of(sender);
        *quality.findings.entry(rule.to_owned()).or_default() += 1;
    }

    /// Makes everything so far durable.
    pub(super) fn commit(&mut self) -> Result<(), LoadError> {
        let day = day_of(self.now);
        let changed: BTreeMap<_, _> = self.memos.iter_mut().filter(|(_, memo)| memo.changed).collect();
        for (name, memo) in changed {
            if let Some(content) = &memo.content {
                self.batch.put_memo(name, day, content)?;
            }
            memo.changed = false;
        }
        std::mem::replace(&mut self.batch, self.ground.store.batch()).commit()?;
        self.touched.clear();
        Ok(())
    }
}
