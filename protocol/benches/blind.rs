//! What a lookup costs, next to the `voprf` crate. Read the ratios, not the
//! times: everything runs in one process on one machine.
//!
//! Promises: evaluation with proof at least 1.5 times as fast per element as
//! the crate from 32 elements on; an answer of one class with 4,096 warm rows at
//! most 10 times one evaluation with proof; re-keying at the cost of its group
//! operations (decode, multiply, encode).

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark may stop at the first surprise"
)]

#[path = "../tests/seeded/random.rs"]
mod random;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use curve25519_dalek::ristretto::CompressedRistretto;
use curve25519_dalek::{RistrettoPoint, Scalar};
use piux_protocol::blind::{
    Blind, BlindedElement, Context, EpochSeed, EvaluatedElement, Gate, LiveRow, Proof, Rekey, RowSealer, SecretKey,
    StorageKey, StoredElement, evaluate, verify,
};
use piux_protocol::vocabulary::{Class, Digest, Purpose, Random, Salt, sha256};
use rand_core_06::OsRng;
use random::Seeded;
use std::hint::black_box;
use voprf::{Ristretto255, VoprfServer};

const SEED: [u8; 32] = [7; 32];
const ROWS: usize = 4096;

fn blinded(n: u64) -> Vec<BlindedElement> {
    let random = Seeded::new(1);
    (0..n).map(|i| Blind::draw(&random).blind(&i.to_be_bytes())).collect()
}

fn evaluated(n: u64) -> (Vec<BlindedElement>, Vec<EvaluatedElement>, Proof) {
    let key = SecretKey::derive(&SEED, b"bench");
    let blinded = blinded(n);
    let (evaluated, proof) = evaluate(&key, &key.public_key(), &blinded, &Seeded::new(2)).unwrap();
    (blinded, evaluated, proof)
}

fn evaluation(c: &mut Criterion) {
    let mut group = c.benchmark_group("evaluate_with_proof");
    let key = SecretKey::derive(&SEED, b"bench");
    let public = key.public_key();
    let server = VoprfServer::<Ristretto255>::new_from_seed(&SEED, b"bench").unwrap();
    let random = Seeded::new(3);
    for n in [1, 32, 1024] {
        let ours = blinded(n);
        let theirs: Vec<_> = ours
            .iter()
            .map(|b| voprf::BlindedElement::deserialize(b.as_ref()).unwrap())
            .collect();
        group.throughput(Throughput::Elements(n));
        group.bench_function(BenchmarkId::new("piux", n), |b| {
            b.iter(|| evaluate(&key, &public, black_box(&ours), &random).unwrap());
        });
        group.bench_function(BenchmarkId::new("voprf", n), |b| {
            b.iter(|| evaluate_with_crate(&server, black_box(&theirs)))
        });
    }
}

/// Elements come out encoded, as ours do.
fn evaluate_with_crate(
    server: &VoprfServer<Ristretto255>,
    blinded: &[voprf::BlindedElement<Ristretto255>],
) -> (Vec<[u8; 32]>, [u8; 64]) {
    let prepared: Vec<_> = server.batch_blind_evaluate_prepare(blinded.iter()).collect();
    let finished = server
        .batch_blind_evaluate_finish(&mut OsRng, blinded.iter(), &prepared)
        .unwrap();
    let messages = finished.messages.map(|element| element.serialize().into()).collect();
    (messages, finished.proof.serialize().into())
}

fn verification(c: &mut Criterion) {
    let mut group = c.benchmark_group("verify");
    let public = SecretKey::derive(&SEED, b"bench").public_key();
    for n in [1, 32, 1024] {
        let (blinded, evaluated, proof) = evaluated(n);
        group.throughput(Throughput::Elements(n));
        group.bench_function(BenchmarkId::new("piux", n), |b| {
            b.iter(|| verify(&public, black_box(&blinded), &evaluated, &proof).unwrap());
        });
    }
}

/// One class, one quarter, all slots taken by eligible rows of distinct subjects.
fn answer(c: &mut Criterion) {
    let mut group = c.benchmark_group("warm_answer");
    let (seed, key) = (EpochSeed::from_bytes(SEED), SecretKey::derive(&SEED, b"bench"));
    let (public, random) = (key.public_key(), Seeded::new(4));
    let rows = live_rows(&random);
    let seal = || {
        RowSealer::new(&seed, &Digest([1; 32]), &Salt([2; 16]))
            .seal(Class::Nx, black_box(&rows), ROWS)
            .unwrap()
    };
    group.bench_function("seal_4096", |b| b.iter(seal));
    for class in [Class::Doc, Class::Nx] {
        let blinded = blinded(class.slots() as u64);
        let evaluation = || evaluate(&key, &public, black_box(&blinded), &random).unwrap();
        group.bench_function(BenchmarkId::new("evaluation_alone", class), |b| b.iter(evaluation));
        group.bench_function(BenchmarkId::new("evaluation_and_4096_rows", class), |b| {
            b.iter(|| (evaluation(), seal()))
        });
    }
}

/// Rows sorted by their secret, as a bucket in memory keeps them.
fn live_rows(random: &dyn Random) -> Vec<LiveRow> {
    let mut secrets: Vec<[u8; 32]> = (0..ROWS).map(|_| random.bytes()).collect();
    secrets.sort_unstable();
    let row = |s: [u8; 32]| LiveRow {
        s: piux_protocol::blind::RowSecret::from_bytes(s),
        subject: random.bytes(),
        eligible: Some(Gate::Routine),
    };
    secrets.into_iter().map(row).collect()
}

fn rekeying(c: &mut Criterion) {
    let mut group = c.benchmark_group("rekey");
    let (key, storage) = (
        SecretKey::derive(&SEED, b"bench"),
        StorageKey::derive(&SEED, Class::Doc),
    );
    let agreement = "UTO-RUR-2026".parse().unwrap();
    let context = Context::new(&agreement, 7, Purpose::SeriousCrime, Class::Doc, &key.public_key());
    let stored: Vec<StoredElement> = (0..256_u16).map(|i| storage.store(&i.to_be_bytes())).collect();
    let rekey = Rekey::new(&key, &storage);
    group.throughput(Throughput::Elements(stored.len() as u64));
    group.bench_function("row_secrets_256", |b| {
        b.iter(|| rekey.row_secrets(&context, black_box(&stored)).unwrap())
    });
    group.bench_function("group_operations_256", |b| {
        b.iter(|| group_operations(black_box(&stored)))
    });
}

/// The floor: decode, multiply in constant time, encode in a batch.
fn group_operations(stored: &[StoredElement]) -> Vec<CompressedRistretto> {
    let scalar = Scalar::from_bytes_mod_order(sha256("scalar").0);
    let points = stored
        .iter()
        .map(|element| CompressedRistretto(element.0).decompress().unwrap() * scalar);
    RistrettoPoint::double_and_compress_batch(&points.collect::<Vec<_>>())
}

criterion_group!(benches, evaluation, verification, answer, rekeying);
criterion_main!(benches);
