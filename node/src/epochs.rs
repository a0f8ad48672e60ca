//! Our epochs as responder: a seed each, and a signed, hash-chained descriptor.
//!
//! An epoch of an agreement lasts at most seven days. Its descriptor fixes the
//! number of rows of every bucket, with room to grow; when a bucket outgrows it, a
//! new epoch begins, and nothing is ever cut off. Bucket bits are chosen once per
//! agreement and never grow.

mod offer;

pub(crate) use offer::{low_bits, top_bits};

use crate::agreements::Bilateral;
use crate::files::{self, Readers};
use crate::keys::{EpochKey as HeldKey, KeyError, KeyRing, Seed};
use crate::store::{Store, StoreError};
use offer::{Occupancy, Offer};
use piux_protocol::blind::{Descriptor, EpochSeed, SubjectCount};
use piux_protocol::identifier::Keyset;
use piux_protocol::jws::JwsError;
use piux_protocol::message::epoch::{self, EpochChain};
use piux_protocol::signature::SigningKey;
use piux_protocol::vocabulary::{AgreementId, Class, Quarter, Random, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// An epoch and its grace, in seconds: seven days each.
const EPOCH_SECONDS: i64 = 7 * 86_400;

/// An epoch we answer in.
#[derive(Debug, Clone)]
pub struct Epoch {
    /// What partners know of it.
    pub descriptor: Descriptor,
    /// What only we know.
    pub seed: EpochSeed,
}

/// An epoch cannot be opened or kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EpochError {
    /// The keyring refused.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The index could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The descriptor could not be signed or read.
    #[error(transparent)]
    Statement(#[from] JwsError),
    /// The folder cannot be read or written.
    #[error("the epochs' files cannot be read or written")]
    Disk(#[source] std::io::Error),
    /// A file is not what was written.
    #[error("{} is damaged; restore it from a backup", .0.display())]
    Damaged(PathBuf),
}

/// All epochs of a node.
pub struct Epochs {
    dir: PathBuf,
    keys: Arc<KeyRing>,
    store: Arc<Store>,
    random: Arc<dyn Random>,
    chains: Mutex<BTreeMap<AgreementId, Chain>>,
    outgrown: Mutex<BTreeSet<(AgreementId, u32)>>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Chain {
    signed: Vec<String>,
    descriptors: Vec<Descriptor>,
}

impl Epochs {
    /// The epochs of a node's folder.
    pub fn open(dir: &Path, keys: Arc<KeyRing>, store: Arc<Store>, random: Arc<dyn Random>) -> Self {
        Self {
            dir: dir.join("epochs"),
            keys,
            store,
            random,
            chains: Mutex::default(),
            outgrown: Mutex::default(),
        }
    }

    /// The epoch to ask in now; a new one begins when the last is over or outgrown.
    pub fn current(&self, bilateral: &Bilateral, signer: &SigningKey, now: Timestamp) -> Result<Epoch, EpochError> {
        let mut chains = self.chains.lock().unwrap_or_else(PoisonError::into_inner);
        let chain = self.chain(&mut chains, bilateral.agreement.id())?;
        let version = bilateral.agreement.version();
        let usable = chain
            .descriptors
            .last()
            .filter(|last| last.is_current(now) && last.agreement_version == version);
        if let Some(last) = usable.filter(|last| self.has_room(last, now).unwrap_or(false)) {
            let held = self.keys.epoch_seed(&last.agreement, last.epoch);
            if let Some(held) = held {
                return Ok(Epoch {
                    descriptor: last.clone(),
                    seed: EpochSeed::from_bytes(*held.seed.expose()),
                });
            }
        }
        self.begin(chain, bilateral, signer, now)
    }

    /// Says that a bucket holds more rows than the epoch's descriptor publishes: the next
    /// question begins a new epoch. Nothing is ever cut off.
    pub fn outgrown(&self, descriptor: &Descriptor) {
        let mut outgrown = self.outgrown.lock().unwrap_or_else(PoisonError::into_inner);
        outgrown.insert((descriptor.agreement.clone(), descriptor.epoch));
    }

    /// An epoch by number, while it may be asked in or followed up.
    pub fn by_number(&self, agreement: &AgreementId, number: u32) -> Result<Option<Epoch>, EpochError> {
        let mut chains = self.chains.lock().unwrap_or_else(PoisonError::into_inner);
        let chain = self.chain(&mut chains, agreement)?;
        let descriptor = chain
            .descriptors
            .iter()
            .find(|descriptor| descriptor.epoch == number)
            .cloned();
        let held = self.keys.epoch_seed(agreement, number);
        Ok(descriptor.zip(held).map(|(descriptor, held)| {
            let seed = EpochSeed::from_bytes(*held.seed.expose());
            Epoch { descriptor, seed }
        }))
    }

    /// The signed chain, as partners fetch it.
    pub fn signed_chain(&self, agreement: &AgreementId) -> Result<EpochChain, EpochError> {
        let mut chains = self.chains.lock().unwrap_or_else(PoisonError::into_inner);
        let chain = self.chain(&mut chains, agreement)?;
        Ok(EpochChain {
            v: Default::default(),
            agreement: agreement.clone(),
            descriptors: chain.signed.clone(),
        })
    }

    fn begin(
        &self,
        chain: &mut Chain,
        bilateral: &Bilateral,
        signer: &SigningKey,
        now: Timestamp,
    ) -> Result<Epoch, EpochError> {
        self.keys.destroy_expired_epochs(now)?;
        let seed = Seed::draw(&*self.random);
        let epoch_seed = EpochSeed::from_bytes(*seed.expose());
        let descriptor = self.describe(chain, bilateral, &epoch_seed, now)?;
        let held = HeldKey {
            epoch: descriptor.epoch,
            seed,
            not_before: descriptor.not_before,
            expires: descriptor.expires,
            grace_until: descriptor.grace_until,
        };
        self.keys.put_epoch(&descriptor.agreement, held)?;
        chain.signed.push(epoch::sign(&descriptor, signer)?);
        chain.descriptors.push(descriptor.clone());
        chain.forget(now);
        self.write(&descriptor.agreement, chain)?;
        Ok(Epoch {
            descriptor,
            seed: epoch_seed,
        })
    }

    fn describe(
        &self,
        chain: &Chain,
        bilateral: &Bilateral,
        seed: &EpochSeed,
        now: Timestamp,
    ) -> Result<Descriptor, EpochError> {
        let terms = bilateral.answering.terms();
        let last = chain.descriptors.last();
        let occupied = self.occupancy(bilateral.keyset(), now)?;
        let subjects = self.store.subjects_per_quarter()?;
        let offer = Offer::of(terms, subjects.values().sum(), &occupied, last.map(|last| last.bits));
        let expires = now.plus_seconds(EPOCH_SECONDS);
        let of_quarter = |(quarter, subjects)| SubjectCount { quarter, subjects };
        Ok(Descriptor {
            v: 1,
            agreement: bilateral.agreement.id().clone(),
            agreement_version: bilateral.agreement.version(),
            epoch: last.map_or(1, |last| last.epoch.saturating_add(1)),
            not_before: now,
            expires,
            grace_until: expires.plus_seconds(EPOCH_SECONDS),
            keys: offer.public_keys(seed),
            bits: offer.bits,
            slots: offer.slots(&occupied),
            undated: offer.undated,
            subjects_per_quarter: subjects.into_iter().map(of_quarter).collect(),
            prev: chain.signed.last().map(|signed| epoch::link(signed)),
        })
    }

    /// Rows of each finest bucket, per class and quarter; the current quarter always counts.
    fn occupancy(&self, keyset: Keyset, now: Timestamp) -> Result<Occupancy, EpochError> {
        let mut occupied = Occupancy::new();
        let current = Quarter::of(now.date());
        for class in Class::ALL {
            occupied.entry((*class, current)).or_default();
            for ((bucket, quarter), rows) in self.store.occupancy(keyset, *class)? {
                occupied.entry((*class, quarter)).or_default().push((bucket, rows));
            }
        }
        Ok(occupied)
    }

    /// Whether the descriptor still covers what is held: every quarter with records is
    /// published, and no bucket was found fuller than published.
    ///
    /// Buckets are counted once, when an epoch begins; the index is too large to count it for
    /// every question.
    fn has_room(&self, descriptor: &Descriptor, now: Timestamp) -> Result<bool, EpochError> {
        let published = |quarter: Quarter| descriptor.slots.iter().any(|slot| slot.quarter == quarter);
        let outgrown = self.outgrown.lock().unwrap_or_else(PoisonError::into_inner);
        let held = self.store.subjects_per_quarter()?.into_keys();
        let all = held.chain([Quarter::of(now.date())]).all(published);
        Ok(all && !outgrown.contains(&(descriptor.agreement.clone(), descriptor.epoch)))
    }

    fn chain<'a>(
        &self,
        chains: &'a mut BTreeMap<AgreementId, Chain>,
        agreement: &AgreementId,
    ) -> Result<&'a mut Chain, EpochError> {
        if !chains.contains_key(agreement) {
            chains.insert(agreement.clone(), self.read(agreement)?);
        }
        Ok(chains.entry(agreement.clone()).or_default())
    }

    fn read(&self, agreement: &AgreementId) -> Result<Chain, EpochError> {
        let file = self.file(agreement);
        match std::fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| EpochError::Damaged(file)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Chain::default()),
            Err(error) => Err(EpochError::Disk(error)),
        }
    }

    fn write(&self, agreement: &AgreementId, chain: &Chain) -> Result<(), EpochError> {
        let bytes = serde_json::to_vec(chain).map_err(|error| EpochError::Disk(error.into()))?;
        files::replace(&self.file(agreement), &bytes, Readers::Folder).map_err(EpochError::Disk)
    }

    fn file(&self, agreement: &AgreementId) -> PathBuf {
        self.dir.join(format!("{agreement}.json"))
    }
}

impl Chain {
    /// Leaves out what is past its grace; the newest always stays.
    fn forget(&mut self, now: Timestamp) {
        let over = self
            .descriptors
            .iter()
            .take_while(|descriptor| descriptor.grace_until <= now)
            .count();
        let over = over.min(self.descriptors.len().saturating_sub(1));
        self.descriptors.drain(..over);
        self.signed.drain(..over);
    }
}

impl std::fmt::Debug for Epochs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Epochs({})", self.dir.display())
    }
}
