//! The story of one lookup, without a network: who does what, with fixed chance.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

#[path = "seeded/random.rs"]
mod random;

use piux_protocol::blind::{
    AnswerBuilder, Bucket, Descriptor, EpochKey, EpochSeed, Gate, Handles, LiveRow, LookupAnswer, LookupRequest,
    OpenError, Opened, ProofError, Query, QueryError, Question, Rekey, RequestError, SealError, SlotCount, StorageKey,
    StoredElement, Undated,
};
use piux_protocol::vocabulary::{Class, Digest, Purpose, Scope, Timestamp, length_prefixed, sha256};
use random::Seeded;

const SLOTS: u32 = 64;
const PURPOSE: Purpose = Purpose::SeriousCrime;
const BIRTH: jiff::civil::Date = jiff::civil::date(1974, 8, 12);

/// The unit that holds records: elements at rest, never an identifier.
struct Responder {
    seed: EpochSeed,
    storage: [u8; 32],
    held: Vec<Held>,
}

struct Held {
    class: Class,
    element: StoredElement,
    subject: [u8; 16],
    eligible: Option<Gate>,
}

fn x(family: &str, canonical: &str) -> Vec<u8> {
    [
        b"piux/1/id\0".as_slice(),
        &length_prefixed(family),
        &length_prefixed(canonical),
    ]
    .concat()
}

impl Responder {
    fn new(seed: u8) -> Self {
        Self {
            seed: EpochSeed::from_bytes([seed; 32]),
            storage: [seed + 1; 32],
            held: Vec::new(),
        }
    }

    fn holds(mut self, class: Class, input: &[u8], subject: u8, eligible: Option<Gate>) -> Self {
        let element = StorageKey::derive(&self.storage, class).store(input);
        self.held.push(Held {
            class,
            element,
            subject: [subject; 16],
            eligible,
        });
        self
    }

    fn publishes(&self) -> Descriptor {
        let start = Timestamp::from_seconds(1_780_000_000);
        let key = |class| EpochKey {
            purpose: PURPOSE,
            class,
            pk: self.seed.key(PURPOSE, class).public_key(),
        };
        let slots = |class| SlotCount {
            class,
            quarter: "2026Q1".parse().unwrap(),
            s: SLOTS,
            i: SLOTS,
        };
        Descriptor {
            v: 1,
            agreement: "UTO-RUR-2026".parse().unwrap(),
            agreement_version: sha256("agreement"),
            epoch: 7,
            not_before: start,
            expires: start.plus_seconds(86_400),
            grace_until: start.plus_seconds(2 * 86_400),
            keys: Class::ALL.iter().copied().map(key).collect(),
            bits: 8,
            slots: Class::ALL.iter().copied().map(slots).collect(),
            undated: Undated::I,
            subjects_per_quarter: vec![],
            prev: None,
        }
    }

    fn rows(&self, class: Class, purpose: Purpose) -> Vec<LiveRow> {
        let held: Vec<_> = self.held.iter().filter(|held| held.class == class).collect();
        let elements: Vec<_> = held.iter().map(|held| held.element).collect();
        let rekey = Rekey::new(
            &self.seed.key(purpose, class),
            &StorageKey::derive(&self.storage, class),
        );
        let context = self.publishes().context(PURPOSE, class).unwrap();
        let secrets = rekey.row_secrets(&context, &elements).unwrap();
        let rows = held.iter().zip(secrets);
        rows.map(|(held, s)| LiveRow {
            s,
            subject: held.subject,
            eligible: held.eligible,
        })
        .collect()
    }

    fn answers(&self, body: &[u8]) -> Vec<u8> {
        self.answers_for(body, PURPOSE)
    }

    /// Answers with the keys of another purpose than asked for, if a test wants so.
    fn answers_for(&self, body: &[u8], purpose: Purpose) -> Vec<u8> {
        let request = LookupRequest::parse(body).unwrap();
        let random = Seeded::new(2);
        let mut answer = AnswerBuilder::new(&self.seed, &request, LookupRequest::hash(body), &random);
        for segment in &request.segments {
            let key = self.seed.key(purpose, segment.class);
            let rows = self.rows(segment.class, PURPOSE);
            let sealed = answer.sealer().seal(segment.class, &rows, SLOTS as usize).unwrap();
            answer.segment(&key, &key.public_key(), sealed, &random).unwrap();
        }
        answer.finish().unwrap().encode()
    }
}

/// The unit that asks.
struct Requester {
    query: Query,
    body: Vec<u8>,
}

impl Requester {
    fn asks(bucket: Bucket, keys: &[(Class, Vec<Vec<u8>>)]) -> Self {
        let (query, request) = Query::new(question(bucket), keys, &Seeded::new(1)).unwrap();
        Self {
            query,
            body: request.to_body(),
        }
    }

    fn opens(&self, answer: &[u8], descriptor: &Descriptor) -> Result<Vec<Opened>, OpenError> {
        let answer = LookupAnswer::decode(answer).unwrap();
        self.query.open(&answer, &LookupRequest::hash(&self.body), descriptor)
    }
}

fn question(bucket: Bucket) -> Question {
    Question {
        agreement: "UTO-RUR-2026".parse().unwrap(),
        agreement_version: sha256("agreement"),
        epoch: 7,
        purpose: PURPOSE,
        scope: Scope::Tight,
        bucket,
        window: "all".parse().unwrap(),
    }
}

fn document() -> Vec<u8> {
    x("DOC", "L898902C3/UTO")
}

fn name() -> Vec<u8> {
    x("NX", "ANNA|ERIKSSON|MARIA/19740812")
}

/// A whole person: one document and one name.
fn person() -> Vec<(Class, Vec<Vec<u8>>)> {
    vec![(Class::Doc, vec![document()]), (Class::Nx, vec![name()])]
}

fn by_birth() -> Bucket {
    Bucket::of_birth_date(BIRTH, 8)
}

fn known() -> Responder {
    let routine = Some(Gate::Routine);
    Responder::new(5)
        .holds(Class::Doc, &document(), 1, routine)
        .holds(Class::Nx, &name(), 1, routine)
}

#[test]
fn a_known_traveller_is_found_by_document_and_name_on_one_handle() {
    // Requester: blinds one person; responder: evaluates and seals; requester: opens.
    let (requester, responder) = (Requester::asks(by_birth(), &person()), known());
    let opened = requester
        .opens(&responder.answers(&requester.body), &responder.publishes())
        .unwrap();
    let [document, name] = opened.as_slice() else {
        unreachable!("one hit per class")
    };
    assert_eq!((document.class, name.class), (Class::Doc, Class::Nx));
    assert_eq!(document.handle, name.handle, "one person, one handle");
    assert_eq!(document.gate, Gate::Routine);

    // Requester: follows up with the hit proof; responder: finds the subject and checks it.
    let answer = LookupAnswer::decode(&responder.answers(&requester.body)).unwrap();
    let handles = Handles::new(&responder.seed, &answer.req_hash, &answer.salt);
    let row = responder
        .rows(Class::Doc, PURPOSE)
        .into_iter()
        .find(|row| handles.of(&row.subject) == document.handle);
    assert!(
        row.unwrap()
            .s
            .accepts(&answer.req_hash, &document.handle, &document.hit)
    );
}

#[test]
fn hits_on_two_persons_carry_two_handles() {
    let responder = Responder::new(5)
        .holds(Class::Doc, &document(), 1, Some(Gate::Routine))
        .holds(Class::Nx, &name(), 2, Some(Gate::Masked));
    let requester = Requester::asks(by_birth(), &person());
    let opened = requester
        .opens(&responder.answers(&requester.body), &responder.publishes())
        .unwrap();
    assert_ne!(opened[0].handle, opened[1].handle);
    assert_eq!(opened[1].gate, Gate::Masked);
}

#[test]
fn a_stranger_and_an_ineligible_person_look_the_same() {
    let requester = Requester::asks(by_birth(), &person());
    let stranger = Responder::new(5);
    let hidden = Responder::new(5)
        .holds(Class::Doc, &document(), 1, None)
        .holds(Class::Nx, &name(), 1, None);
    for responder in [stranger, hidden, known()] {
        let answer = responder.answers(&requester.body);
        assert_eq!(answer.len(), known().answers(&requester.body).len());
        let eligible = responder.held.iter().filter(|held| held.eligible.is_some()).count();
        assert_eq!(
            requester.opens(&answer, &responder.publishes()).unwrap().len(),
            eligible
        );
    }
}

#[test]
fn a_document_alone_is_one_segment_of_family_i() {
    let bucket = Bucket::of_core(Class::Doc, "L898902C3", 8);
    let requester = Requester::asks(bucket, &[(Class::Doc, vec![document()])]);
    let request = LookupRequest::parse(&requester.body).unwrap();
    assert_eq!(request.segments.len(), 1);
    let opened = requester
        .opens(&known().answers(&requester.body), &known().publishes())
        .unwrap();
    assert_eq!(opened.len(), 1);
}

#[test]
fn a_request_has_its_full_shape_whatever_is_known() {
    let nothing = Requester::asks(by_birth(), &[]);
    let everything = Requester::asks(by_birth(), &person());
    assert_eq!(nothing.body.len(), everything.body.len());
    assert_eq!(
        nothing.opens(&known().answers(&nothing.body), &known().publishes()),
        Ok(vec![])
    );
}

#[test]
fn keys_without_a_place_are_refused() {
    let ask = |bucket, keys: &[(Class, Vec<Vec<u8>>)]| Query::new(question(bucket), keys, &Seeded::new(1)).map(|_| ());
    let three = (Class::Doc, vec![document(), document(), document()]);
    assert_eq!(
        ask(by_birth(), &[three]).unwrap_err(),
        QueryError::TooManyKeys(Class::Doc)
    );
    let locator = (Class::Loc, vec![x("LOC", "XX/ABC123/202608")]);
    assert_eq!(ask(by_birth(), &[locator]).unwrap_err(), QueryError::Class(Class::Loc));
    let core = Bucket::of_core(Class::Doc, "L898902C3", 8);
    assert_eq!(ask(core, &person()).unwrap_err(), QueryError::Class(Class::Nx));
    let locator = Bucket::of_core(Class::Loc, "ABC123", 8);
    assert_eq!(ask(locator, &[]).unwrap_err(), QueryError::Bucket);
}

#[test]
fn an_evaluation_of_another_purpose_key_or_epoch_is_not_accepted() {
    let (requester, responder) = (Requester::asks(by_birth(), &person()), known());
    let other_purpose = responder.answers_for(&requester.body, Purpose::TerroristOffences);
    let other_epoch = Responder::new(6).answers(&requester.body);
    for answer in [other_purpose, other_epoch] {
        let refused = requester.opens(&answer, &responder.publishes()).unwrap_err();
        assert_eq!(
            refused,
            OpenError::Proof {
                class: Class::Doc,
                source: ProofError::Invalid
            }
        );
    }
    let mut later = responder.publishes();
    later.epoch += 1;
    assert_eq!(
        requester.opens(&responder.answers(&requester.body), &later),
        Err(OpenError::Descriptor)
    );
}

#[test]
fn an_evaluation_for_one_purpose_opens_no_row_of_another() {
    let seed = EpochSeed::from_bytes([5; 32]);
    let storage = StorageKey::derive(&[6; 32], Class::Doc);
    let stored = [storage.store(&document())];
    let descriptor = known().publishes();
    let context = descriptor.context(PURPOSE, Class::Doc).unwrap();
    let secret = |purpose| {
        let rekey = Rekey::new(&seed.key(purpose, Class::Doc), &storage);
        rekey.row_secrets(&context, &stored).unwrap().remove(0)
    };
    assert_ne!(secret(Purpose::SeriousCrime), secret(Purpose::TerroristOffences));
}

#[test]
fn swapped_cut_and_misdirected_answers_are_not_accepted() {
    let (requester, responder) = (Requester::asks(by_birth(), &person()), known());
    let descriptor = responder.publishes();
    let hash = LookupRequest::hash(&requester.body);
    let answer = LookupAnswer::decode(&responder.answers(&requester.body)).unwrap();
    let refusal = |change: &dyn Fn(&mut LookupAnswer)| {
        let mut answer = answer.clone();
        change(&mut answer);
        requester.query.open(&answer, &hash, &descriptor).unwrap_err()
    };
    let unproved = |class| OpenError::Proof {
        class,
        source: ProofError::Invalid,
    };
    assert_eq!(
        refusal(&|answer| answer.segments[0].evaluated.swap(0, 1)),
        unproved(Class::Doc)
    );
    assert_eq!(
        refusal(&|answer| answer.segments[1].proof = answer.segments[0].proof),
        unproved(Class::Nx)
    );
    assert_eq!(refusal(&|answer| answer.segments.swap(0, 1)), OpenError::Segments);
    assert_eq!(refusal(&|answer| drop(answer.segments.pop())), OpenError::Segments);
    assert_eq!(
        refusal(&|answer| answer.segments[1].rows.truncate(63)),
        OpenError::Rows(Class::Nx)
    );
    assert_eq!(
        refusal(&|answer| answer.req_hash = Digest([0; 32])),
        OpenError::OtherRequest
    );
    assert_eq!(refusal(&|answer| answer.qid.0[0] ^= 1), OpenError::OtherRequest);
    let other_salt = {
        let mut answer = answer.clone();
        answer.salt.0[0] ^= 1;
        answer
    };
    assert_eq!(
        requester.query.open(&other_salt, &hash, &descriptor),
        Ok(vec![]),
        "rows are bound to their salt"
    );
}

#[test]
fn an_answer_without_all_its_segments_is_not_finished() {
    let requester = Requester::asks(by_birth(), &person());
    let request = LookupRequest::parse(&requester.body).unwrap();
    let (seed, random) = (EpochSeed::from_bytes([5; 32]), Seeded::new(2));
    let builder = || AnswerBuilder::new(&seed, &request, LookupRequest::hash(&requester.body), &random);
    assert_eq!(builder().finish().unwrap_err(), SealError::Segments);
    let mut answer = builder();
    let key = seed.key(PURPOSE, Class::Nx);
    let sealed = answer.sealer().seal(Class::Nx, &[], 8).unwrap();
    assert_eq!(
        answer.segment(&key, &key.public_key(), sealed, &random),
        Err(SealError::Segments)
    );
}

#[test]
fn a_body_in_any_other_form_is_refused() {
    let text = String::from_utf8(Requester::asks(by_birth(), &person()).body).unwrap();
    let refused = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        LookupRequest::parse(text.replacen(from, to, 1).as_bytes()).unwrap_err()
    };
    assert_eq!(refused(r#""v":1"#, r#""v":2"#), RequestError::Version);
    assert_eq!(
        refused(r#""scope":"tight""#, r#""scope":"contact""#),
        RequestError::Segments
    );
    assert_eq!(refused(r#""class":"NX""#, r#""class":"DOC""#), RequestError::Segments);
    for (from, to) in [
        (r#""v":1"#, r#""v":1,"v":1"#),
        (r#""v":1"#, r#""v":1,"extra":1"#),
        (r#""elements":["#, r#""elements":[],"more":["#),
        (r#""bits":8"#, r#""bits":11"#),
        (r#""window":"all""#, r#""window":"2026Q3..2026Q1""#),
        (r#""epoch":7"#, r#""epoch":"7""#),
        (r#""qid":""#, r#""qid":"A"#),
    ] {
        assert!(matches!(refused(from, to), RequestError::Form { .. }), "{to}");
    }
    let longer = [text.as_bytes(), b"x"].concat();
    assert!(matches!(LookupRequest::parse(&longer), Err(RequestError::Form { .. })));
    assert_eq!(LookupRequest::parse(&vec![b' '; 65_537]), Err(RequestError::TooLarge));
}

#[test]
fn a_kept_query_opens_later_and_in_an_audit() {
    let (requester, responder) = (Requester::asks(by_birth(), &person()), known());
    let answer = responder.answers(&requester.body);
    let kept = serde_json::to_string(&requester.query).unwrap();
    let query: Query = serde_json::from_str(&kept).unwrap();
    let restored = Requester {
        query,
        body: requester.body.clone(),
    };
    assert_eq!(
        restored.opens(&answer, &responder.publishes()),
        requester.opens(&answer, &responder.publishes())
    );

    // Auditor: the kept inputs reproduce the request, dummies open as dummies.
    let request = LookupRequest::parse(&requester.body).unwrap();
    assert!(restored.query.reproduces(&request));
    let inputs: Vec<_> = restored.query.inputs(Class::Doc).collect();
    assert_eq!(inputs[0], document());
    assert!(inputs[1].starts_with(b"piux/1/dummy\0") && inputs[1].len() == 29);
    let mut other = request;
    other.segments[0].elements.swap(0, 1);
    assert!(!restored.query.reproduces(&other));
}

#[test]
fn a_query_prints_nothing_of_whom_it_is_about() {
    let requester = Requester::asks(by_birth(), &person());
    let printed = format!("{:?}", requester.query);
    assert!(!printed.contains("L898902C3") && printed.len() < 48, "{printed}");
}
