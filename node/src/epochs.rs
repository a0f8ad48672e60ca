//! Our epochs as responder: a seed each, and a signed, hash-chained descriptor.
//!
//! An epoch of an agreement lasts at most seven days. Its descriptor fixes the
//! number of rows of every bucket, with room to grow; when a bucket outgrows it, a
//! new epoch begins, and nothing is ever cut off. Bucket bits are chosen once per
//! agreement and never grow.

use crate::agreements::Bilateral;
use crate::files::{self, Readers};
use crate::keys::{EpochKey as HeldKey, KeyError, KeyRing, Seed};
use crate::store::{BucketRef, Store, StoreError};
use piux_protocol::blind::{Descriptor, EpochKey, EpochSeed, SlotCount, SubjectCount, Undated};
use piux_protocol::identifier::Keyset;
use piux_protocol::jws::JwsError;
use piux_protocol::message::epoch::{self, EpochChain};
use piux_protocol::signature::SigningKey;
use piux_protocol::vocabulary::{AgreementId, Class, Purpose, Quarter, Random, Scope, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// An epoch and its grace, in seconds: seven days each.
const EPOCH_SECONDS: i64 = 7 * 86_400;
/// Rows come in steps of so many.
const SLOT_STEP: u32 = 512;
/// A padded answer of all segments should fit so many bytes.
const ANSWER_BYTES: u64 = 1024 * 1024;
/// The largest index in which names may be searched however spelt. In a national travel
/// history every question would match strangers.
const FULL_SUBJECTS: u64 = 2_000_000;
/// The classes that find a name however spelt.
const SPELLINGS: [Class; 2] = [Class::Pk, Class::Si];
/// Entries of a class without birth date that every bucket of family S may hold.
const MOST_UNDATED: u32 = 4_096;

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
        if let Some(last) = usable.filter(|last| self.has_room(last, bilateral.keyset()).unwrap_or(false)) {
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
        let size = subjects.values().sum();
        let offered = offered(terms, size);
        let undated = undated(&occupied);
        let bits = match last {
            Some(last) => last.bits.min(terms.privacy.bits),
            None => bits(&occupied, &offered, undated, terms.privacy.bits),
        };
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
            keys: public_keys(&offered, seed),
            bits,
            slots: occupied
                .iter()
                .map(|(place, counts)| slot_count(*place, counts, bits, undated))
                .collect(),
            undated,
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

    /// Whether every bucket still fits the rows published for it.
    fn has_room(&self, descriptor: &Descriptor, keyset: Keyset) -> Result<bool, EpochError> {
        let occupied = self.occupancy(keyset, descriptor.not_before)?;
        let fits = |(place, counts): (&(Class, Quarter), &Vec<(BucketRef, u32)>)| {
            let (s, i) = largest(counts, descriptor.bits, descriptor.undated);
            let published = descriptor
                .slots
                .iter()
                .find(|slot| (slot.class, slot.quarter) == *place);
            published.is_some_and(|slot| s <= slot.s && i <= slot.i)
        };
        Ok(occupied.iter().all(fits))
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

type Occupancy = BTreeMap<(Class, Quarter), Vec<(BucketRef, u32)>>;

/// What each purpose may be asked by: the classes agreed, as far as the size of the index allows.
fn offered(terms: &piux_policy::Terms, size: u64) -> BTreeMap<Purpose, Vec<Class>> {
    let allowed = |class: &Class| size <= FULL_SUBJECTS || !SPELLINGS.contains(class);
    let purposes = terms.purposes.keys().copied();
    let of_purpose = |purpose| terms.classes_for(purpose).into_iter().filter(allowed).collect();
    purposes.map(|purpose| (purpose, of_purpose(purpose))).collect()
}

fn public_keys(offered: &BTreeMap<Purpose, Vec<Class>>, seed: &EpochSeed) -> Vec<EpochKey> {
    let key = |purpose: Purpose, class: Class| EpochKey {
        purpose,
        class,
        pk: seed.key(purpose, class).public_key(),
    };
    let of_purpose = |(purpose, classes): (&Purpose, &Vec<Class>)| {
        let purpose = *purpose;
        classes
            .iter()
            .map(move |class| key(purpose, *class))
            .collect::<Vec<_>>()
    };
    offered.iter().flat_map(of_purpose).collect()
}

/// Entries without birth date are in every bucket of family S, if the index keeps them there
/// and they are few.
fn undated(occupied: &Occupancy) -> Undated {
    let mut of_class = BTreeMap::<Class, u32>::new();
    for ((class, _), counts) in occupied {
        let rows = counts.iter().filter(|(bucket, _)| *bucket == BucketRef::Undated);
        *of_class.entry(*class).or_default() += rows.map(|(_, rows)| rows).sum::<u32>();
    }
    let kept = of_class.values().any(|rows| *rows > 0);
    if kept && of_class.into_values().all(|rows| rows <= MOST_UNDATED) {
        Undated::All
    } else {
        Undated::I
    }
}

/// The fewest bits with which the padded answer of every scope offered, and of every search
/// for one identifier, fits [`ANSWER_BYTES`].
fn bits(occupied: &Occupancy, offered: &BTreeMap<Purpose, Vec<Class>>, undated: Undated, most: u8) -> u8 {
    let searchable = |class: &Class| offered.values().any(|classes| classes.contains(class));
    let scopes = Scope::ALL.iter().map(|scope| scope.segments());
    let scopes: Vec<&[Class]> = scopes.filter(|classes| classes.iter().all(searchable)).collect();
    let fits = |bits: &u8| {
        let mut rows = BTreeMap::<Class, (u64, u64)>::new();
        for (place, counts) in occupied {
            let slots = slot_count(*place, counts, *bits, undated);
            let (s, i) = rows.entry(place.0).or_default();
            *s += u64::from(slots.s);
            *i += u64::from(slots.i);
        }
        let by_birth = |classes: &&[Class]| {
            classes
                .iter()
                .filter_map(|class| rows.get(class))
                .map(|(s, _)| 16 * s)
                .sum()
        };
        let alone = rows
            .iter()
            .filter(|(class, _)| searchable(class))
            .map(|(_, (_, i))| 16 * i);
        scopes
            .iter()
            .map(by_birth)
            .chain(alone)
            .all(|bytes: u64| bytes <= ANSWER_BYTES)
    };
    (0..=most).find(fits).unwrap_or(most)
}

fn slot_count(
    (class, quarter): (Class, Quarter),
    counts: &[(BucketRef, u32)],
    bits: u8,
    undated: Undated,
) -> SlotCount {
    let (s, i) = largest(counts, bits, undated);
    SlotCount {
        class,
        quarter,
        s: with_room(s),
        i: with_room(i),
    }
}

/// A tenth more than needed, in whole steps.
fn with_room(rows: u32) -> u32 {
    rows.saturating_add(rows / 10)
        .saturating_add(1)
        .next_multiple_of(SLOT_STEP)
}

/// The fullest bucket of each family, at so many bits.
fn largest(counts: &[(BucketRef, u32)], bits: u8, undated: Undated) -> (u32, u32) {
    let (mut s, mut i) = (BTreeMap::<u8, u32>::new(), BTreeMap::<u8, u32>::new());
    let mut everywhere = 0;
    for (bucket, rows) in counts {
        let rows = *rows;
        match bucket {
            BucketRef::S(number) => *s.entry(low_bits(*number, bits)).or_default() += rows,
            BucketRef::I(number) => *i.entry(top_bits(*number, bits)).or_default() += rows,
            BucketRef::Undated if undated == Undated::All => everywhere += rows,
            BucketRef::Undated => {}
        }
    }
    let most = |sums: BTreeMap<u8, u32>| sums.into_values().max().unwrap_or(0);
    (most(s).saturating_add(everywhere), most(i))
}

/// The bucket of fewer bits that holds finest bucket `number` of family S.
pub(crate) fn low_bits(number: u8, bits: u8) -> u8 {
    if bits >= 8 {
        number
    } else {
        number & ((1_u8 << bits) - 1)
    }
}

/// The bucket of fewer bits that holds finest bucket `number` of family I.
pub(crate) fn top_bits(number: u8, bits: u8) -> u8 {
    number.checked_shr(8_u32.saturating_sub(u32::from(bits))).unwrap_or(0)
}

impl std::fmt::Debug for Epochs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Epochs({})", self.dir.display())
    }
}
