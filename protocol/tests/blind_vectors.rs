//! The vectors of `vectors/blind`, which were computed without this code.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use piux_protocol::blind::row::RowDeriver;
use piux_protocol::blind::voprf::{hash_to_group, unblind};
use piux_protocol::blind::{
    AnswerBuilder, Blind, BlindedElement, Bucket, Context, Descriptor, EpochKey, EpochSeed, EvaluatedElement, Gate,
    LiveRow, LookupAnswer, LookupRequest, Proof, PublicKey, Query, QueryKey, Question, Rekey, RowSecret, SecretKey,
    SlotCount, StorageKey, StoredElement, Undated, evaluate, verify,
};
use piux_protocol::vocabulary::{Class, Digest, Purpose, Random, Salt, Timestamp, base64url};
use serde_json::Value;
use sha2::{Digest as _, Sha512};
use std::collections::VecDeque;
use std::sync::Mutex;

/// Hands out prepared draws, one for each call.
struct Scripted(Mutex<VecDeque<Vec<u8>>>);

impl Scripted {
    fn new(draws: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self(Mutex::new(draws.into_iter().collect()))
    }
}

impl Random for Scripted {
    fn fill(&self, bytes: &mut [u8]) {
        let mut draws = self.0.lock().expect("no test panics while drawing");
        let draw = draws.pop_front().expect("a draw for every call");
        assert_eq!(draw.len(), bytes.len(), "a draw of the right length");
        bytes.copy_from_slice(&draw);
    }
}

fn vectors(name: &str) -> Value {
    let path = format!("{}/vectors/blind/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

fn fixed<const N: usize>(value: &Value) -> [u8; N] {
    bytes(value).try_into().unwrap()
}

fn list(value: &Value) -> Vec<Vec<u8>> {
    value.as_array().unwrap().iter().map(bytes).collect()
}

fn number<T: TryFrom<u64, Error: std::fmt::Debug>>(value: &Value) -> T {
    value.as_u64().unwrap().try_into().unwrap()
}

fn blind(scalar: &[u8]) -> Blind {
    serde_json::from_value(base64url(scalar).into()).unwrap()
}

/// 64 random bytes that become exactly this scalar.
fn draw_of(scalar: &[u8]) -> Vec<u8> {
    [scalar, &[0; 32]].concat()
}

#[test]
fn rfc_9497_keys_elements_and_proofs_are_reproduced() {
    let file = vectors("rfc9497.json");
    let key = SecretKey::derive(&fixed(&file["seed"]), &bytes(&file["key_info"]));
    let public = key.public_key();
    assert_eq!(public.as_ref(), bytes(&file["pk"]));
    for vector in file["vectors"].as_array().unwrap() {
        let (inputs, blinds) = (list(&vector["input"]), list(&vector["blind"]));
        let blinds: Vec<_> = blinds.iter().map(|scalar| blind(scalar)).collect();
        let blinded: Vec<_> = blinds
            .iter()
            .zip(&inputs)
            .map(|(blind, input)| blind.blind(input))
            .collect();
        assert_eq!(
            blinded.iter().map(|b| b.as_ref().to_vec()).collect::<Vec<_>>(),
            list(&vector["blinded"])
        );
        let nonce = Scripted::new([draw_of(&bytes(&vector["proof_random_scalar"]))]);
        let (evaluated, proof) = evaluate(&key, &public, &blinded, &nonce).unwrap();
        assert_eq!(
            evaluated.iter().map(|d| d.as_ref().to_vec()).collect::<Vec<_>>(),
            list(&vector["evaluated"])
        );
        assert_eq!(proof.to_bytes().as_slice(), bytes(&vector["proof"]));
        verify(&public, &blinded, &evaluated, &proof).unwrap();
        let elements = unblind(&blinds.iter().collect::<Vec<_>>(), &evaluated);
        let outputs = inputs
            .iter()
            .zip(&elements)
            .map(|(input, element)| finalize(input, &**element));
        assert_eq!(outputs.collect::<Vec<_>>(), list(&vector["output"]));
    }
}

/// The rest of RFC 9497 `Finalize`, which the protocol leaves out.
fn finalize(input: &[u8], element: &[u8]) -> Vec<u8> {
    let length = u16::try_from(input.len()).unwrap().to_be_bytes();
    Sha512::digest([&length, input, &[0, 32], element, b"Finalize"].concat()).to_vec()
}

#[test]
fn elements_are_refused_and_accepted_as_listed() {
    let file = vectors("elements.json");
    for case in file["refused"].as_array().unwrap() {
        let encoding = bytes(&case["encoding"]);
        assert!(
            BlindedElement::try_from(encoding.as_slice()).is_err(),
            "{}",
            case["comment"]
        );
        assert!(
            EvaluatedElement::try_from(encoding.as_slice()).is_err(),
            "{}",
            case["comment"]
        );
        assert!(PublicKey::try_from(encoding.as_slice()).is_err(), "{}", case["comment"]);
    }
    for encoding in list(&file["accepted"]) {
        assert_eq!(
            BlindedElement::try_from(encoding.as_slice()).unwrap().as_ref(),
            encoding
        );
    }
}

#[test]
fn buckets_are_those_listed() {
    let file = vectors("buckets.json");
    for case in file["s"].as_array().unwrap() {
        let (bits, number) = (number(&case["bits"]), number(&case["number"]));
        let birth = case["birth_date"].as_str().unwrap().parse().unwrap();
        assert_eq!(Bucket::of_birth_date(birth, bits), Bucket::S { bits, number }, "{case}");
    }
    for case in file["i"].as_array().unwrap() {
        let (bits, number) = (number(&case["bits"]), number(&case["number"]));
        let class: Class = case["class"].as_str().unwrap().parse().unwrap();
        let bucket = Bucket::of_core(class, case["core"].as_str().unwrap(), bits);
        assert_eq!(bucket, Bucket::I { bits, number, class }, "{case}");
    }
}

/// The lookup of `lookup.json`, as far as both sides know it.
struct Lookup {
    file: Value,
    seed: EpochSeed,
    purpose: Purpose,
    epoch: u32,
}

impl Lookup {
    fn load() -> Self {
        let file = vectors("lookup.json");
        let seed = EpochSeed::from_bytes(fixed(&file["epoch_seed"]));
        let purpose = file["purpose"].as_str().unwrap().parse().unwrap();
        let epoch = number(&file["epoch"]);
        Self {
            file,
            seed,
            purpose,
            epoch,
        }
    }

    fn classes(&self) -> impl Iterator<Item = (Class, &Value)> {
        let classes = self.file["classes"].as_array().unwrap().iter();
        classes.map(|value| (value["class"].as_str().unwrap().parse().unwrap(), value))
    }

    fn context(&self, class: Class) -> Context {
        let agreement = self.file["agreement"].as_str().unwrap().parse().unwrap();
        let public = self.seed.key(self.purpose, class).public_key();
        Context::new(&agreement, self.epoch, self.purpose, class, &public)
    }

    fn question(&self) -> Question {
        Question {
            agreement: self.file["agreement"].as_str().unwrap().parse().unwrap(),
            agreement_version: Digest(fixed(&self.file["agreement_version"])),
            epoch: self.epoch,
            purpose: self.purpose,
            scope: self.file["scope"].as_str().unwrap().parse().unwrap(),
            bucket: serde_json::from_value(self.file["bucket"].clone()).unwrap(),
            window: self.file["window"].as_str().unwrap().parse().unwrap(),
        }
    }

    fn query(&self) -> (Query, LookupRequest) {
        let keys: Vec<_> = self
            .classes()
            .map(|(class, value)| (class, vec![bytes(&value["slots"][0]["input"])]))
            .collect();
        let chance = Scripted::new(list(&self.file["draws"]));
        Query::new(self.question(), &keys, &chance).unwrap()
    }

    fn descriptor(&self) -> Descriptor {
        let start = Timestamp::from_seconds(1_780_000_000);
        let question = self.question();
        let key = |(class, _)| EpochKey {
            purpose: self.purpose,
            class,
            pk: self.seed.key(self.purpose, class).public_key(),
        };
        let rows = number(&self.file["slots"]);
        let slots = |(class, _)| SlotCount {
            class,
            quarter: "2026Q1".parse().unwrap(),
            s: rows,
            i: rows,
        };
        Descriptor {
            v: 1,
            agreement: question.agreement,
            agreement_version: question.agreement_version,
            epoch: self.epoch,
            not_before: start,
            expires: start.plus_seconds(86_400),
            grace_until: start.plus_seconds(2 * 86_400),
            keys: self.classes().map(key).collect(),
            bits: 8,
            slots: self.classes().map(slots).collect(),
            undated: Undated::I,
            subjects_per_quarter: vec![],
            prev: None,
        }
    }
}

fn held(rows: &Value) -> Vec<LiveRow> {
    let rows = rows.as_array().unwrap().iter().filter(|row| row["subject"].is_string());
    rows.map(|row| LiveRow {
        s: RowSecret::from_bytes(fixed(&row["row_secret"])),
        subject: fixed(&row["subject"]),
        eligible: row["gate"]
            .as_u64()
            .map(|code| Gate::from_code(code.try_into().unwrap()).unwrap()),
    })
    .collect()
}

#[test]
fn keys_contexts_and_elements_at_rest_are_those_listed() {
    let lookup = Lookup::load();
    for (class, value) in lookup.classes() {
        let key = lookup.seed.key(lookup.purpose, class);
        assert_eq!(key.public_key().as_ref(), bytes(&value["pk"]));
        assert_eq!(*lookup.context(class).as_ref(), fixed(&value["ctx"]));
        let storage = StorageKey::derive(&fixed(&lookup.file["storage_seed"]), class);
        for slot in value["slots"].as_array().unwrap() {
            let input = bytes(&slot["input"]);
            assert_eq!(hash_to_group(&input).compress().to_bytes(), fixed(&slot["hash"]));
            assert_eq!(storage.store(&input), StoredElement(fixed(&slot["stored"])));
            let secret = RowSecret::from_bytes(fixed(&slot["row_secret"]));
            assert_eq!(
                RowDeriver::new(&lookup.context(class)).secret(&fixed(&slot["element"])),
                secret
            );
            let rekeyed = Rekey::new(&key, &storage)
                .row_secrets(&lookup.context(class), &[StoredElement(fixed(&slot["stored"]))]);
            assert_eq!(rekeyed.unwrap(), [secret]);
        }
    }
}

#[test]
fn blinding_the_listed_keys_gives_the_listed_body() {
    let lookup = Lookup::load();
    let (query, request) = lookup.query();
    let body = request.to_body();
    assert_eq!(
        std::str::from_utf8(&body).unwrap(),
        lookup.file["body"].as_str().unwrap()
    );
    assert_eq!(LookupRequest::hash(&body).as_ref(), bytes(&lookup.file["req_hash"]));
    assert_eq!(LookupRequest::parse(&body).unwrap(), request);
    assert!(query.reproduces(&request));
    for (class, value) in lookup.classes() {
        let blinded: Vec<_> = value["slots"]
            .as_array()
            .unwrap()
            .iter()
            .map(|slot| bytes(&slot["blinded"]))
            .collect();
        let sent: Vec<_> = request
            .elements(class)
            .unwrap()
            .iter()
            .map(|b| b.as_ref().to_vec())
            .collect();
        assert_eq!(sent, blinded);
    }
}

#[test]
fn sealing_the_listed_rows_gives_the_listed_answer() {
    let lookup = Lookup::load();
    let (_, request) = lookup.query();
    let req_hash = Digest(fixed(&lookup.file["req_hash"]));
    let slots = number(&lookup.file["slots"]);
    let salt = Scripted::new([bytes(&lookup.file["answer_salt"])]);
    let mut answer = AnswerBuilder::new(&lookup.seed, &request, req_hash, &salt);
    for (class, value) in lookup.classes() {
        let key = lookup.seed.key(lookup.purpose, class);
        let sealed = answer.sealer().seal(class, &held(&value["rows"]), slots).unwrap();
        let nonce = Scripted::new([draw_of(&bytes(&value["proof_random_scalar"]))]);
        answer.segment(&key, &key.public_key(), sealed, &nonce).unwrap();
    }
    let answer = answer.finish().unwrap();
    assert_eq!(hex::encode(answer.encode()), lookup.file["answer"].as_str().unwrap());
}

#[test]
fn opening_the_listed_answer_gives_the_listed_hits() {
    let lookup = Lookup::load();
    let (query, _) = lookup.query();
    let answer = LookupAnswer::decode(&bytes(&lookup.file["answer"])).unwrap();
    let req_hash = Digest(fixed(&lookup.file["req_hash"]));
    let opened = query.open(&answer, &req_hash, &lookup.descriptor()).unwrap();
    let mut expected = Vec::new();
    for (class, value) in lookup.classes() {
        let asked = &value["slots"][0]["row_secret"];
        let rows = value["rows"].as_array().unwrap().iter();
        let mut hits: Vec<_> = rows
            .filter(|row| row["row_secret"] == *asked && row["gate"].is_u64())
            .collect();
        hits.sort_by_key(|row| row["j"].as_u64());
        expected.extend(
            hits.iter()
                .map(|row| (class, 0, bytes(&row["label"]), bytes(&row["hit"]))),
        );
    }
    let found = opened.iter().map(|opened| {
        let label = [&[opened.gate.code()], opened.handle.as_ref()].concat();
        (opened.class, opened.slot, label, opened.hit.as_ref().to_vec())
    });
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

#[test]
fn every_listed_row_opens_to_its_label() {
    let lookup = Lookup::load();
    let (req_hash, salt) = (
        Digest(fixed(&lookup.file["req_hash"])),
        Salt(fixed(&lookup.file["answer_salt"])),
    );
    let key = QueryKey::new(&req_hash, &salt);
    for (_, value) in lookup.classes() {
        assert_eq!(
            Proof::try_from(bytes(&value["proof"]).as_slice())
                .unwrap()
                .to_bytes()
                .as_slice(),
            bytes(&value["proof"])
        );
        for row in value["rows"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| row["gate"].is_u64())
        {
            let secret = RowSecret::from_bytes(fixed(&row["row_secret"]));
            let label = key.open(&secret, number(&row["j"]), &fixed(&row["row"])).unwrap();
            assert_eq!(label.gate.code(), number::<u8>(&row["gate"]));
            assert_eq!(label.handle.as_ref(), bytes(&row["handle"]));
            assert_eq!(key.tag(&secret, number(&row["j"])).as_slice(), &bytes(&row["o"])[..8]);
            assert_eq!(secret.hit(&req_hash, &label.handle).as_ref(), bytes(&row["hit"]));
        }
    }
}
