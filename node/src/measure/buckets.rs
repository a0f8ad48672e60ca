//! End to end: one unit blinds, the other evaluates and answers from padded buckets.
//!
//! Everything between the two is the protocol's own code, in memory: what signs,
//! permits and records an exchange does not change what it finds.

use super::data::Record;
use super::derivation::{Searched, judged};
use super::figures::Tally;
use crate::keys::SystemRandom;
use piux_protocol::blind::{
    AnswerBuilder, Bucket, BucketFamily, Descriptor, EpochKey, EpochSeed, Gate, Handles, LiveRow, LookupAnswer,
    LookupRequest, Query, Question, Rekey, RowSecret, SlotCount, StorageKey, Undated,
};
use piux_protocol::grade::{FrequencyTable, Grade, grade};
use piux_protocol::identifier::MatchKey;
use piux_protocol::vocabulary::{
    AgreementId, Class, Digest, Handle, Purpose, Quarter, Scope, Timestamp, Window, sha256,
};
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap};

/// The grades, surest first.
pub(super) const GRADES: [Grade; 3] = [Grade::Strong, Grade::Possible, Grade::Weak];

/// Bits of a bucket: one by birth date and one by document are a subject's whole leak budget of 8.
const BITS: u8 = 4;
const PURPOSE: Purpose = Purpose::SeriousCrime;
const ROUTINE: Option<Gate> = Some(Gate::Routine);

/// What the questions of one data set found.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Exchanged {
    /// By names, in the bucket of the birth date.
    pub(super) names: Tally,
    /// By anything, in that bucket and the one of the document.
    pub(super) all: Tally,
    /// Like `all`, by the best grade of each subject found, in the order of [`GRADES`].
    pub(super) graded: [Tally; 3],
}

/// Asks every question of a unit that holds every record.
pub(super) fn exchange(scope: Scope, held: &[Record], asked: &[Record]) -> Exchanged {
    let responder = Responder::holding(scope, held);
    asked
        .par_iter()
        .map(|question| responder.judged(held, question))
        .reduce(Exchanged::default, Exchanged::and)
}

impl Exchanged {
    fn and(self, other: Self) -> Self {
        let [a, b, c] = self.graded;
        let [d, e, f] = other.graded;
        Self {
            names: self.names.and(other.names),
            all: self.all.and(other.all),
            graded: [a.and(d), b.and(e), c.and(f)],
        }
    }
}

/// A unit with an index of blinded rows.
struct Responder {
    scope: Scope,
    seed: EpochSeed,
    descriptor: Descriptor,
    rows: HashMap<Bucket, HashMap<Class, Vec<LiveRow>>>,
    subjects: u64,
}

/// A hit as the requester sees it, and whom it is about, which only the measurement knows.
struct Hit<'a> {
    key: &'a MatchKey,
    handle: Handle,
    family: BucketFamily,
    subject: u32,
}

impl Responder {
    fn holding(scope: Scope, held: &[Record]) -> Self {
        let seed = EpochSeed::draw(&SystemRandom);
        let mut responder = Self {
            scope,
            descriptor: descriptor(scope, &seed),
            seed,
            rows: HashMap::new(),
            subjects: held.len() as u64,
        };
        for class in scope.segments() {
            responder.index(*class, held);
            responder.publish_slots(*class);
        }
        responder
    }

    /// Puts the rows of a class into their buckets.
    fn index(&mut self, class: Class, held: &[Record]) {
        let subjects: Vec<(u32, &Record)> = (0..).zip(held).collect();
        let rows: Vec<_> = subjects
            .par_chunks(64)
            .flat_map_iter(|subjects| self.rows_of(class, subjects))
            .collect();
        for (bucket, row) in rows {
            self.rows.entry(bucket).or_default().entry(class).or_default().push(row);
        }
    }

    /// The rows of some subjects and their buckets, by way of elements at rest.
    fn rows_of(&self, class: Class, subjects: &[(u32, &Record)]) -> Vec<(Bucket, LiveRow)> {
        let storage = StorageKey::derive(&[1; 32], class);
        let rekey = Rekey::new(&self.seed.key(PURPOSE, class), &storage);
        let context = self.descriptor.context(PURPOSE, class);
        let context = context.expect("every class of the scope is published");
        let entries: Vec<(u32, Vec<Bucket>, MatchKey)> = subjects
            .iter()
            .flat_map(|(subject, record)| self.entries(class, *subject, record))
            .collect();
        let stored: Vec<_> = entries.iter().map(|(.., key)| storage.store(&key.input())).collect();
        let secrets = rekey
            .row_secrets(&context, &stored)
            .expect("elements just made are elements");
        let rows = entries.into_iter().zip(secrets).flat_map(|((subject, buckets, _), s)| {
            buckets.into_iter().map(move |bucket| (bucket, row(s.clone(), subject)))
        });
        rows.collect()
    }

    /// The keys of a class a record has, each once, and where they lie.
    fn entries(&self, class: Class, subject: u32, record: &Record) -> Vec<(u32, Vec<Bucket>, MatchKey)> {
        let searched = Searched {
            scope: self.scope,
            documents: true,
        };
        let keys: BTreeSet<MatchKey> = searched.held(&record.person).into_iter().collect();
        let keys = keys.into_iter().filter(|key| key.class() == Some(class));
        keys.map(|key| (subject, buckets(record, &key), key)).collect()
    }

    /// Publishes as many slots of a class as its fullest bucket needs.
    fn publish_slots(&mut self, class: Class) {
        let fullest = |family| {
            let buckets = self.rows.iter().filter(|(bucket, _)| bucket.family() == family);
            let rows = buckets.filter_map(|(_, classes)| classes.get(&class)).map(Vec::len);
            u32::try_from(rows.max().unwrap_or(0)).unwrap_or(u32::MAX)
        };
        let count = SlotCount {
            class,
            quarter: quarter(),
            s: fullest(BucketFamily::S),
            i: fullest(BucketFamily::I),
        };
        self.descriptor.slots.push(count);
    }

    /// Asks one question by birth date and one by document, and judges what was found.
    fn judged(&self, held: &[Record], question: &Record) -> Exchanged {
        let searched = Searched {
            scope: self.scope,
            documents: true,
        };
        let keys = searched.asked(&question.person);
        let hits: Vec<Hit<'_>> = asked_buckets(question, &keys)
            .into_iter()
            .flat_map(|bucket| self.ask(bucket, &keys))
            .collect();
        let (names, name_keys) = (
            hits.iter().filter(|hit| is_name(hit.key)),
            keys.iter().filter(|key| is_name(key)),
        );
        let grades = self.graded(question, &hits);
        let of_grade = |wanted| {
            grades
                .iter()
                .filter(|(_, grade)| **grade == wanted)
                .map(|(subject, _)| *subject)
                .collect()
        };
        Exchanged {
            names: judged(held, question, &subjects(names), name_keys.count() as u64),
            all: judged(held, question, &subjects(hits.iter()), keys.len() as u64),
            graded: GRADES.map(|grade| judged(held, question, &of_grade(grade), 0)),
        }
    }

    /// The best grade of each subject found.
    fn graded(&self, question: &Record, hits: &[Hit<'_>]) -> HashMap<u32, Grade> {
        let mut handles: HashMap<(BucketFamily, Handle), (u32, Vec<&MatchKey>)> = HashMap::new();
        for hit in hits {
            let handle = handles
                .entry((hit.family, hit.handle))
                .or_insert((hit.subject, Vec::new()));
            handle.1.push(hit.key);
        }
        let mut best = HashMap::new();
        for (subject, keys) in handles.into_values() {
            let graded = grade(FrequencyTable::public(), &question.person, &keys, self.subjects).grade;
            best.entry(subject)
                .and_modify(|known: &mut Grade| *known = graded.min(*known))
                .or_insert(graded);
        }
        best
    }

    /// One request and its answer.
    fn ask<'a>(&self, bucket: Bucket, keys: &'a [MatchKey]) -> Vec<Hit<'a>> {
        let classes = self
            .scope
            .segments()
            .iter()
            .copied()
            .filter(|class| bucket.class().is_none_or(|of| of == *class));
        let keys: Vec<(Class, Vec<&MatchKey>)> = classes.map(|class| (class, in_slots(keys, class))).collect();
        let inputs = keys
            .iter()
            .map(|(class, keys)| (*class, keys.iter().map(|key| key.input()).collect()));
        let inputs: Vec<(Class, Vec<_>)> = inputs.collect();
        let (query, request) = Query::new(self.question(bucket), &inputs, &SystemRandom).expect("keys fit their slots");
        let body = request.to_body();
        let answer = LookupAnswer::decode(&self.answer(&body)).expect("an answer just encoded is one");
        let req_hash = LookupRequest::hash(&body);
        let opened = query
            .open(&answer, &req_hash, &self.descriptor)
            .expect("an answer of our own is proved");
        let subjects = self.subjects_of(bucket, &Handles::new(&self.seed, &req_hash, &answer.salt));
        let hits = opened
            .iter()
            .filter(|opened| opened.gate != Gate::Crowded)
            .filter_map(|opened| {
                let (_, keys) = keys.iter().find(|(class, _)| *class == opened.class)?;
                Some(Hit {
                    key: keys.get(opened.slot)?,
                    handle: opened.handle,
                    family: bucket.family(),
                    subject: *subjects.get(&opened.handle)?,
                })
            });
        hits.collect()
    }

    /// What the responder does with a body, from bytes to bytes.
    fn answer(&self, body: &[u8]) -> Vec<u8> {
        let request = LookupRequest::parse(body).expect("a request just made is one");
        let mut answer = AnswerBuilder::new(&self.seed, &request, LookupRequest::hash(body), &SystemRandom);
        for segment in &request.segments {
            let key = self.seed.key(PURPOSE, segment.class);
            let held = self
                .rows
                .get(&request.bucket)
                .and_then(|classes| classes.get(&segment.class));
            let slots = self.descriptor.rows(segment.class, request.bucket, &request.window);
            let sealed = answer
                .sealer()
                .seal(segment.class, held.map_or(&[], Vec::as_slice), slots.unwrap_or(0))
                .expect("slots are published for the fullest bucket");
            answer
                .segment(&key, &key.public_key(), sealed, &SystemRandom)
                .expect("elements of a request just checked evaluate");
        }
        answer
            .finish()
            .expect("handles of 7 bytes do not meet among so few subjects")
            .encode()
    }

    fn subjects_of(&self, bucket: Bucket, handles: &Handles) -> HashMap<Handle, u32> {
        let rows = self.rows.get(&bucket).into_iter().flat_map(HashMap::values).flatten();
        rows.map(|row| (handles.of(&row.subject), number(&row.subject)))
            .collect()
    }

    fn question(&self, bucket: Bucket) -> Question {
        Question {
            agreement: self.descriptor.agreement.clone(),
            agreement_version: self.descriptor.agreement_version,
            epoch: self.descriptor.epoch,
            purpose: PURPOSE,
            scope: self.scope,
            bucket,
            window: Window::All,
        }
    }
}

/// One bucket by birth date, one by the first document.
fn asked_buckets(question: &Record, keys: &[MatchKey]) -> Vec<Bucket> {
    let birth = question.person.birth_date.and_then(|date| date.complete());
    let by_birth = birth.map(|date| Bucket::of_birth_date(date, BITS));
    let by_document = keys.iter().find(|key| !is_name(key)).and_then(core_bucket);
    by_birth.into_iter().chain(by_document).collect()
}

fn is_name(key: &MatchKey) -> bool {
    key.class() != Some(Class::Doc)
}

fn subjects<'a>(hits: impl Iterator<Item = &'a Hit<'a>>) -> BTreeSet<u32> {
    hits.map(|hit| hit.subject).collect()
}

/// The keys of a class, no more than it has slots.
fn in_slots(keys: &[MatchKey], class: Class) -> Vec<&MatchKey> {
    keys.iter()
        .filter(|key| key.class() == Some(class))
        .take(class.slots())
        .collect()
}

/// The buckets of an entry: by birth date, and by its identifier if it is one.
fn buckets(record: &Record, key: &MatchKey) -> Vec<Bucket> {
    let birth = record.person.birth_date.and_then(|date| date.complete());
    let by_birth = birth.map(|date| Bucket::of_birth_date(date, BITS));
    by_birth.into_iter().chain(core_bucket(key)).collect()
}

fn core_bucket(key: &MatchKey) -> Option<Bucket> {
    Some(Bucket::of_core(key.class()?, key.core()?, BITS))
}

fn row(s: RowSecret, subject: u32) -> LiveRow {
    LiveRow {
        s,
        subject: (u128::from(subject) + 1).to_be_bytes(),
        eligible: ROUTINE,
    }
}

fn number(subject: &[u8; 16]) -> u32 {
    u32::try_from(u128::from_be_bytes(*subject) - 1).unwrap_or(u32::MAX)
}

fn quarter() -> Quarter {
    "2026Q4".parse().expect("a quarter")
}

fn descriptor(scope: Scope, seed: &EpochSeed) -> Descriptor {
    let agreement: AgreementId = "UTO-RUR-2026".parse().expect("an agreement's name");
    let start = Timestamp::from_seconds(1_790_000_000);
    let version: Digest = sha256("measure");
    let keys = scope.segments().iter().map(|class| EpochKey {
        purpose: PURPOSE,
        class: *class,
        pk: seed.key(PURPOSE, *class).public_key(),
    });
    Descriptor {
        v: 1,
        agreement,
        agreement_version: version,
        epoch: 1,
        not_before: start,
        expires: start.plus_seconds(86_400),
        grace_until: start.plus_seconds(2 * 86_400),
        keys: keys.collect(),
        bits: BITS,
        slots: Vec::new(),
        undated: Undated::I,
        subjects_per_quarter: Vec::new(),
        prev: None,
    }
}
