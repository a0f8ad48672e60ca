//! A unit that loads into a real store, and what can be seen of it afterwards.

use piux_node::answer::LiveIndex;
use piux_node::clock::{Clock, FixedClock};
use piux_node::ground::Ground;
use piux_node::keys::{DayPart, KeyName, KeyRing, Passphrase, Secret, SystemRandom, UnitSecrets, day_of};
use piux_node::ledger::{Kind, Ledger, LedgerIdentity};
use piux_node::load::{LoadError, LoadOptions, LoadReport, Loader};
use piux_node::records::{self, Record};
use piux_node::store::{BucketRef, FolderLock, RecordId, Store};
use piux_policy::Profile;
use piux_protocol::identifier::Keyset;
use piux_protocol::signature::SigningKey;
use piux_protocol::transparency::detail::DpoKeyPair;
use piux_protocol::vocabulary::{Class, ElementId, Timestamp, UnitId, Window};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tempfile::TempDir;
use zeroize::Zeroizing;

pub(crate) const NOW: &str = "2026-03-04T20:00:00.000Z";

pub(crate) struct Unit {
    pub(crate) ground: Arc<Ground>,
    pub(crate) loader: Loader,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) dir: TempDir,
}

/// A record as a test looks at it: elements by name, one text each.
pub(crate) type Seen = BTreeMap<String, String>;

impl Unit {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let now: Timestamp = NOW.parse().unwrap();
        let clock = Arc::new(FixedClock::at(now));
        let random = Arc::new(SystemRandom);
        let unit = UnitId::of_state("UTO").unwrap();
        let secrets = UnitSecrets::draw(unit, Secret::new(vec![1]), vec![2], &SystemRandom);
        let keys = KeyRing::create(dir.path(), secrets, &Passphrase::None, random.clone(), now).unwrap();
        let keys = Arc::new(keys);
        let identity = LedgerIdentity {
            origin: "uto.example/audit/1".to_owned(),
            seed: Zeroizing::new(*keys.seed(KeyName::Ledger).unwrap().expose()),
            dpo: DpoKeyPair::generate(&SystemRandom).public().to_bytes(),
        };
        let ledger = Ledger::open(&dir.path().join("ledger"), identity, random.clone(), now).unwrap();
        let lock = FolderLock::acquire(dir.path()).unwrap();
        let store = Arc::new(Store::open(lock, keys.clone(), random.clone()).unwrap());
        let exchange_key = SigningKey::from_seed(keys.seed(KeyName::Exchange).unwrap().expose());
        let storage = Zeroizing::new(*keys.seed(KeyName::Storage).unwrap().expose());
        let index = Arc::new(LiveIndex::new(store.clone(), storage));
        let ground = Arc::new(Ground {
            unit,
            keys,
            store,
            ledger,
            clock: clock.clone(),
            random,
            exchange_key,
        });
        let loader = Loader::new(ground.clone(), index, Profile::eu_pnr().unwrap()).unwrap();
        Self {
            ground,
            loader,
            clock,
            dir,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Loads a text as a file of its own.
    pub(crate) fn load(&self, text: &str) -> LoadReport {
        self.try_load(text, &mut |_| {}).unwrap()
    }

    pub(crate) fn try_load(&self, text: &str, progress: &mut dyn FnMut(u64)) -> Result<LoadReport, LoadError> {
        let mut report = LoadReport::default();
        let options = LoadOptions::default();
        self.loader
            .load_stream("file", &mut text.as_bytes(), &options, &mut report, progress)?;
        let counts = report.travellers;
        assert_eq!(
            counts.read,
            counts.stored + counts.merged + counts.rejected,
            "{report:?}"
        );
        Ok(report)
    }

    /// Every record that is current, versions left out, in no order.
    pub(crate) fn records(&self) -> Vec<Record> {
        self.granted(&[])
    }

    /// The same with heading 19 as it is where these elements are granted.
    pub(crate) fn granted(&self, elements: &[ElementId]) -> Vec<Record> {
        let store = &self.ground.store;
        let days = store.record_days().unwrap().into_keys();
        let ids: Vec<RecordId> = days.flat_map(|day| store.records_of_day(day).unwrap()).collect();
        let all: Vec<_> = ids
            .iter()
            .filter_map(|id| Some((*id, records::open(store, id.0, elements).unwrap()?)))
            .collect();
        let versions: BTreeSet<RecordId> = all
            .iter()
            .flat_map(|(_, record)| &record.versions)
            .map(|version| version.record)
            .collect();
        let current = all.into_iter().filter(|(id, _)| !versions.contains(id));
        current.map(|(_, record)| record).collect()
    }

    /// The elements of every current record, sorted, history left out.
    pub(crate) fn content(&self) -> Vec<Seen> {
        let mut all: Vec<_> = self.records().iter().map(seen).collect();
        for one in &mut all {
            one.remove("pnr.19_history");
        }
        all.sort();
        all
    }

    /// The one current record in which some element holds this text.
    pub(crate) fn with(&self, text: &str) -> Record {
        let mut found = self.all_with(text);
        assert_eq!(found.len(), 1, "records with {text}");
        found.remove(0)
    }

    pub(crate) fn all_with(&self, text: &str) -> Vec<Record> {
        let mut all = self.records();
        all.retain(|record| seen(record).values().any(|value| value.contains(text)));
        all
    }

    /// Index rows of a class.
    pub(crate) fn rows(&self, class: Class) -> usize {
        let buckets = (0..=255).flat_map(|number| [BucketRef::S(number), BucketRef::I(number)]);
        let rows = buckets.map(|bucket| {
            self.ground
                .store
                .scan_bucket(Keyset::CURRENT, class, bucket, Window::All)
                .unwrap()
                .len()
        });
        rows.sum()
    }

    pub(crate) fn forget(&self, part: DayPart) {
        self.ground.keys.destroy_day(day_of(self.now()), &[part]).unwrap();
    }

    /// How many ledger entries of a kind there are.
    pub(crate) fn entries(&self, kind: Kind) -> usize {
        let lines = self.ground.ledger.recent(Timestamp::from_millis(0)).unwrap();
        let of_kind = |line: &&piux_node::ledger::Line| line.leaf.as_ref().is_some_and(|leaf| leaf.k == kind);
        lines.iter().filter(of_kind).count()
    }
}

pub(crate) fn seen(record: &Record) -> Seen {
    let elements = record.elements.iter();
    elements
        .map(|(id, values)| (id.to_string(), values.join(" ")))
        .collect()
}

/// One element of a record.
pub(crate) fn element(record: &Record, id: &str) -> String {
    seen(record).remove(id).unwrap_or_default()
}
