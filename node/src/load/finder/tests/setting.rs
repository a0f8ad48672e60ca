//! A unit's store and a finder; travellers invented for it.

use crate::answer::LiveIndex;
use crate::clock::FixedClock;
use crate::ground::Ground;
use crate::ingest::model::{
    BookingKind, Contact, Document, Flight, Kind, LocatorRef, NameForm, NameSource, Provenance, Role,
};
use crate::ingest::{Booking, Traveller};
use crate::keys::{KeyName, KeyRing, Passphrase, Secret, SystemRandom, UnitSecrets};
use crate::ledger::{Filter, Ledger, LedgerIdentity};
use crate::load::Loader;
use crate::load::subjects::Trace;
use crate::records::RecordFacts;
use crate::store::{FolderLock, IndexRow, RecordId, Store, SubjectId};
use piux_policy::Profile;
use piux_protocol::transparency::detail::DpoKeyPair;
use piux_protocol::vocabulary::{Timestamp, UnitId};
use std::sync::Arc;
use tempfile::TempDir;
use zeroize::Zeroizing;

/// 2026-02-10.
pub(super) const DAY: u32 = 20_494;

pub(super) struct Unit {
    pub(super) loader: Loader,
    pub(super) ground: Arc<Ground>,
    clock: Arc<FixedClock>,
    dir: TempDir,
}

impl Unit {
    pub(super) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let unit = UnitId::of_state("UTO").unwrap();
        let secrets = UnitSecrets::draw(unit, Secret::new(vec![1]), vec![2], &SystemRandom);
        KeyRing::create(dir.path(), secrets, &Passphrase::None, Arc::new(SystemRandom), now(DAY)).unwrap();
        let lock = FolderLock::acquire(dir.path()).unwrap();
        Self::furnish(dir, |keys| Store::open(lock, keys, Arc::new(SystemRandom)).unwrap())
    }

    /// The same unit after its database was made anew from the segment log.
    pub(super) fn rebuilt(self) -> Self {
        let Self {
            loader, ground, dir, ..
        } = self;
        drop(loader);
        drop(ground);
        let lock = FolderLock::acquire(dir.path()).unwrap();
        Self::furnish(dir, |keys| {
            Store::rebuild_from_segments(lock, keys, Arc::new(SystemRandom), None)
                .unwrap()
                .0
        })
    }

    fn furnish(dir: TempDir, open: impl FnOnce(Arc<KeyRing>) -> Store) -> Self {
        let keys = KeyRing::open(dir.path(), &Passphrase::None, Arc::new(SystemRandom)).unwrap();
        let keys = Arc::new(keys);
        let clock = Arc::new(FixedClock::at(now(DAY)));
        let seed = |name| *keys.seed(name).unwrap().expose();
        let identity = LedgerIdentity {
            origin: "uto.piux/audit/1".to_owned(),
            seed: Zeroizing::new(seed(KeyName::Ledger)),
            dpo: DpoKeyPair::generate(&SystemRandom).public().to_bytes(),
        };
        let ground = Arc::new(Ground {
            unit: keys.unit(),
            store: Arc::new(open(keys.clone())),
            ledger: Ledger::open(&dir.path().join("ledger"), identity, Arc::new(SystemRandom), now(DAY)).unwrap(),
            clock: clock.clone(),
            random: Arc::new(SystemRandom),
            exchange_key: piux_protocol::signature::SigningKey::from_seed(&seed(KeyName::Exchange)),
            keys: keys.clone(),
        });
        let index = LiveIndex::new(ground.store.clone(), Zeroizing::new(seed(KeyName::Storage)));
        let profile = Profile::eu_pnr().unwrap();
        let loader = Loader::new(ground.clone(), Arc::new(index), profile).unwrap();
        Self {
            loader,
            ground,
            clock,
            dir,
        }
    }

    pub(super) fn put(&self, number: u8, traveller: &Traveller) -> u64 {
        self.put_in(number, DAY, &booking(), traveller)
    }

    pub(super) fn put_in(&self, number: u8, day: u32, booking: &Booking, traveller: &Traveller) -> u64 {
        self.clock.set(now(day));
        let facts = RecordFacts {
            received: now(day),
            kind: 0,
            flags: 0,
        };
        let _alone = self.ground.store.joining();
        let mut batch = self.ground.store.batch();
        let keys = self
            .loader
            .finder
            .put(&mut batch, record(number), booking, traveller, facts);
        batch.commit().unwrap();
        keys.unwrap()
    }

    /// Two records of two documents, and a third of both: one person.
    pub(super) fn put_two_and_what_joins_them(&self) {
        self.put(1, &traveller("QUILL", "ZOE", "1984-02-29").document("UTO", "L898902C3"));
        self.put(2, &traveller("QUILL", "Z", "").document("UTO", "M111222Z3"));
        let both = traveller("QUILL", "ZOE", "").document("UTO", "L898902C3");
        self.put(3, &both.document("UTO", "M111222Z3"));
        assert!(self.are_one(&[1, 2, 3]));
    }

    pub(super) fn trace(&self, number: u8) -> Option<Trace> {
        Trace::read(&self.ground.store.batch(), record(number)).unwrap()
    }

    /// Whose a record is; every index row of it says the same.
    pub(super) fn subject(&self, number: u8) -> SubjectId {
        let subject = self.trace(number).unwrap().subject;
        let rows = self.rows(number);
        assert!(
            rows.iter()
                .all(|row| row.subject == subject.0 && row.record == record(number).0)
        );
        subject
    }

    pub(super) fn rows(&self, number: u8) -> Vec<IndexRow> {
        let batch = self.ground.store.batch();
        let names = self.trace(number).map(|trace| trace.rows).unwrap_or_default();
        names
            .iter()
            .filter_map(|name| batch.index_row(*name).unwrap())
            .collect()
    }

    pub(super) fn are_one(&self, numbers: &[u8]) -> bool {
        numbers
            .windows(2)
            .all(|two| self.subject(two[0]) == self.subject(two[1]))
    }

    pub(super) fn split(&self, number: u8) -> u8 {
        let report = self
            .loader
            .subject_split(&String::from(record(number)), "another person of that name");
        report.unwrap().exit
    }

    /// What the ledger has of this kind.
    pub(super) fn recorded(&self, kind: &str) -> usize {
        let lines = self.ground.ledger.reader().unwrap().list(&Filter::default()).unwrap();
        let of_kind = |line: &&crate::ledger::Line| line.leaf.as_ref().is_some_and(|leaf| leaf.k.term() == kind);
        lines.iter().filter(of_kind).count()
    }
}

fn now(day: u32) -> Timestamp {
    Timestamp::from_seconds(i64::from(day) * 86_400 + 3600)
}

pub(super) fn record(number: u8) -> RecordId {
    RecordId([number; 16])
}

pub(super) fn booking() -> Booking {
    let mut booking = Booking::new(BookingKind::Pnr, Provenance::default());
    booking.locators.extend(LocatorRef::new("UA", "K7B2QX", None));
    let mut flight = Flight::new("UA", "12");
    flight.dep_date = Some(jiff::civil::date(2026, 3, 1));
    booking.flights.push(flight);
    booking
}

/// A traveller of these names, with this birth date unless it is empty.
pub(super) fn traveller(surname: &str, given: &str, birth: &str) -> Traveller {
    let mut traveller = Traveller::new(Role::Passenger, Kind::Unknown);
    traveller.add_name(NameForm::new(NameSource::Docs, surname, given));
    if !birth.is_empty() {
        traveller.add_birth(birth.parse().unwrap());
    }
    traveller
}

pub(super) trait With {
    fn of(self, kind: Kind) -> Self;
    fn document(self, issuer: &str, number: &str) -> Self;
    fn contact(self, contact: Option<Contact>) -> Self;
}

impl With for Traveller {
    fn of(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    fn document(mut self, issuer: &str, number: &str) -> Self {
        self.add_document(Document::new("P", number, issuer).unwrap());
        self
    }

    fn contact(mut self, contact: Option<Contact>) -> Self {
        self.add_contact(contact.unwrap());
        self
    }
}
