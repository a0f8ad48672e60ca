//! A unit that holds one full bucket, an epoch to ask it in, and the policy that lets it be found.

use ed25519_dalek::SigningKey;
use piux_node::answer::{Bands, Eligibility, LiveIndex, Search};
use piux_node::clock::{Clock, SystemClock};
use piux_node::epochs::Epoch;
use piux_node::keys::{KeyName, KeyRing, Passphrase, Secret, SystemRandom, UnitSecrets, day_of};
use piux_node::ledger::{Ledger, LedgerIdentity};
use piux_node::records::RecordFacts;
use piux_node::store::{BucketRef, FolderLock, IndexEntry, IndexRow, Store};
use piux_policy::agreement::{Agreement, TemplateParty};
use piux_policy::dsse::{Envelope, thumbprint};
use piux_policy::facts::Approvals;
use piux_policy::lifecycle::State;
use piux_policy::table::{Table, TableKey};
use piux_policy::term::{Kind, Regime};
use piux_policy::{Bundle, Profile};
use piux_protocol::blind::{
    Bucket, Descriptor, EpochKey, EpochSeed, LiveRow, PublicKey, SlotCount, StorageKey, Undated,
};
use piux_protocol::identifier::{KEYSET, Keyset};
use piux_protocol::transparency::detail::DpoKeyPair;
use piux_protocol::vocabulary::{Basis, Class, Purpose, Quarter, Timestamp, UnitId, Window, base64url, sha256};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use zeroize::Zeroizing;

pub(crate) const PURPOSE: Purpose = Purpose::SeriousCrime;
pub(crate) const ROWS: usize = 4096;
const BUCKET: u8 = 5;

/// A store with one bucket of [`ROWS`] rows of as many subjects.
pub(crate) struct Holding {
    pub(crate) class: Class,
    pub(crate) epoch: Epoch,
    pub(crate) public: PublicKey,
    pub(crate) elements: Vec<[u8; 32]>,
    store: Arc<Store>,
    storage: [u8; 32],
    eligibility: Eligibility,
    index: LiveIndex,
    _dir: TempDir,
}

impl Holding {
    pub(crate) fn of(class: Class) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let secrets = UnitSecrets::draw(unit("RUR"), Secret::new(vec![1]), vec![2], &SystemRandom);
        let keys = KeyRing::create(dir.path(), secrets, &Passphrase::None, Arc::new(SystemRandom), now());
        let keys = Arc::new(keys.unwrap());
        let storage = *keys.seed(KeyName::Storage).unwrap().expose();
        let lock = FolderLock::acquire(dir.path()).unwrap();
        let store = Arc::new(Store::open(lock, keys, Arc::new(SystemRandom)).unwrap());
        let elements = fill(&store, &storage, class);
        let epoch = epoch(class);
        let public = epoch.seed.key(PURPOSE, class).public_key();
        let bundle = Bundle::load(Profile::eu_pnr().unwrap(), &[]).unwrap();
        let eligibility = Eligibility::new(table(&bundle, class), Bands::at(now(), bundle.schedule()));
        let index = LiveIndex::new(store.clone(), Zeroizing::new(storage));
        Self {
            class,
            epoch,
            public,
            elements,
            store,
            storage,
            eligibility,
            index,
            _dir: dir,
        }
    }

    /// An index that was never asked.
    pub(crate) fn cold(&self) -> LiveIndex {
        LiveIndex::new(self.store.clone(), Zeroizing::new(self.storage))
    }

    pub(crate) fn live_rows(&self) -> Vec<LiveRow> {
        self.index.live_rows(&self.search(), &self.eligibility).unwrap()
    }

    pub(crate) fn eligibility(&self) -> &Eligibility {
        &self.eligibility
    }

    pub(crate) fn search(&self) -> Search<'_> {
        let bucket = Bucket::S {
            bits: 8,
            number: BUCKET.into(),
        };
        Search {
            epoch: &self.epoch,
            purpose: PURPOSE,
            keyset: Keyset::CURRENT,
            class: self.class,
            bucket,
            window: Window::All,
        }
    }
}

pub(crate) fn now() -> Timestamp {
    SystemClock.now()
}

pub(crate) fn ledger(dir: &Path) -> Ledger {
    let dpo = DpoKeyPair::generate(&SystemRandom).public().to_bytes();
    let identity = LedgerIdentity {
        origin: "rur.piux/audit/1".to_owned(),
        seed: Zeroizing::new([3; 32]),
        dpo,
    };
    Ledger::open(dir, identity, Arc::new(SystemRandom), now()).unwrap()
}

fn unit(state: &str) -> UnitId {
    UnitId::of_state(state).unwrap()
}

fn fill(store: &Store, seed: &[u8; 32], class: Class) -> Vec<[u8; 32]> {
    let storage = StorageKey::derive(seed, class);
    let elements: Vec<[u8; 32]> = (0..ROWS as u64).map(|i| storage.store(&i.to_be_bytes()).0).collect();
    let row = |(i, element): (u128, &[u8; 32])| IndexRow {
        element: *element,
        subject: i.to_be_bytes(),
        record: i.to_be_bytes(),
        received: now(),
        kind: RecordFacts::kind_number(Kind::Pnr),
        flags: 0,
    };
    let entry = |row| IndexEntry {
        keyset: Keyset::CURRENT,
        class,
        bucket: BucketRef::S(BUCKET),
        day: day_of(now()),
        row,
    };
    let entries: Vec<IndexEntry> = (0..).zip(&elements).map(row).map(entry).collect();
    store.put_index(&entries).unwrap();
    elements
}

fn epoch(class: Class) -> Epoch {
    let (seed, start) = (EpochSeed::draw(&SystemRandom), now());
    let rows = u32::try_from(ROWS).unwrap();
    let descriptor = Descriptor {
        v: 1,
        agreement: "UTO-RUR-2026".parse().unwrap(),
        agreement_version: sha256("agreement"),
        epoch: 1,
        not_before: start,
        expires: start.plus_seconds(86_400),
        grace_until: start.plus_seconds(2 * 86_400),
        keys: vec![EpochKey {
            purpose: PURPOSE,
            class,
            pk: seed.key(PURPOSE, class).public_key(),
        }],
        bits: 8,
        slots: vec![SlotCount {
            class,
            quarter: Quarter::of(start.date()),
            s: rows,
            i: rows,
        }],
        undated: Undated::I,
        subjects_per_quarter: Vec::new(),
        prev: None,
    };
    Epoch { descriptor, seed }
}

/// The decisions under a signed agreement of the template.
fn table(bundle: &Bundle, class: Class) -> Arc<Table> {
    let keys = [1, 2, 3, 4, 5, 6].map(|seed| SigningKey::from_bytes(&[seed; 32]));
    let [root, legal, other_root, other_legal, authority, other_authority] = keys.each_ref();
    let party = |state, root: &SigningKey, legal: &SigningKey, authority: &SigningKey| TemplateParty {
        unit: unit(state),
        regime: Regime::MemberState,
        root: thumbprint(&root.verifying_key()),
        legal: thumbprint(&legal.verifying_key()),
        authority: authority.verifying_key().to_bytes(),
    };
    let parties = [
        party("UTO", root, legal, authority),
        party("RUR", other_root, other_legal, other_authority),
    ];
    let text = Agreement::template(&"UTO-RUR-2026".parse().unwrap(), &parties, KEYSET, now());
    assert!(!text.contains(&base64url([0; 32])));
    let agreement = bundle.agreement(text.as_bytes()).unwrap();
    let mut envelope = Envelope::of_agreement(&agreement);
    keys.iter().take(4).for_each(|key| envelope.sign(key));
    let signed = envelope
        .complete(&agreement, &keys.each_ref().map(SigningKey::verifying_key))
        .unwrap();
    let policy = bundle
        .effective(&agreement, State::Active, Some(&signed), unit("UTO"), unit("RUR"))
        .unwrap();
    policy.table(TableKey {
        purpose: PURPOSE,
        basis: Basis::Pnr9_2,
        class,
        approvals: Approvals::NONE,
    })
}
