//! What an answer costs a node, and the ratios it promises. Read the ratios, not
//! the times: everything runs in one process on one machine.
//!
//! Promises: an answer of one class and one quarter with 4,096 warm rows at most
//! 10 times one evaluation with proof at the same n; re-keying a cold bucket at
//! the cost of its group operations on all cores.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark may stop at the first surprise"
)]

#[path = "answer/setting.rs"]
mod setting;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use curve25519_dalek::ristretto::CompressedRistretto;
use curve25519_dalek::{RistrettoPoint, Scalar};
use piux_node::keys::SystemRandom;
use piux_node::ledger::{Entry, Kind, Ledger, Role};
use piux_protocol::blind::{Blind, BlindedElement, RowSealer, SealedRows, evaluate};
use piux_protocol::vocabulary::{Class, Digest, Salt};
use rayon::prelude::*;
use setting::{Holding, PURPOSE, ROWS};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Threads that record at the same time.
const WRITERS: u64 = 64;
/// Entries each of them records.
const ENTRIES: u64 = 8;

fn answering(c: &mut Criterion) {
    let mut group = c.benchmark_group("answer");
    for class in [Class::Doc, Class::Nx] {
        let holding = Holding::of(class);
        let blinded = blinded(class);
        assert_eq!(
            holding.live_rows().iter().filter(|row| row.eligible.is_some()).count(),
            ROWS
        );
        group.bench_function(BenchmarkId::new("evaluation_alone", class), |b| {
            b.iter(|| evaluation(&holding, &blinded))
        });
        group.bench_function(BenchmarkId::new("warm_4096_rows", class), |b| {
            b.iter(|| warm(&holding, &blinded))
        });
        let (whole, alone) = side_by_side(|| drop(warm(&holding, &blinded)), || evaluation(&holding, &blinded));
        say(&format!(
            "{class}: a warm answer costs {:.1} evaluations with proof (at most 10)",
            ratio(whole, alone)
        ));
    }
}

fn rekeying(c: &mut Criterion) {
    let mut group = c.benchmark_group("cold_bucket");
    let holding = Holding::of(Class::Nx);
    group.throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("rekey_4096", |b| {
        b.iter(|| holding.cold().live_rows(&holding.search(), holding.eligibility()))
    });
    group.bench_function("group_operations_4096", |b| b.iter(|| group_operations(&holding)));
    let (cold, floor) = side_by_side(
        || {
            drop(
                holding
                    .cold()
                    .live_rows(&holding.search(), holding.eligibility())
                    .unwrap(),
            )
        },
        || group_operations(&holding),
    );
    say(&format!(
        "a cold bucket of {ROWS}: {:.1} ms, read, unsealed and re-keyed; its group operations alone {:.1} ms: {:.2} times",
        milliseconds(cold),
        milliseconds(floor),
        ratio(cold, floor)
    ));
}

fn recording(c: &mut Criterion) {
    let mut group = c.benchmark_group("ledger");
    let folder = tempfile::tempdir().unwrap();
    let ledger = setting::ledger(folder.path());
    group.sample_size(10);
    group.throughput(Throughput::Elements(1));
    group.bench_function("one_writer", |b| b.iter(|| record(&ledger, 1)));
    group.throughput(Throughput::Elements(WRITERS * ENTRIES));
    group.bench_function("64_writers", |b| b.iter(|| record_together(&ledger)));
    let (together, alone) = side_by_side(|| record_together(&ledger), || record(&ledger, 1));
    say(&format!(
        "the ledger takes {:.0} durable entries a second from one writer, {:.0} from {WRITERS} together",
        1.0 / alone.as_secs_f64(),
        (WRITERS * ENTRIES) as f64 / together.as_secs_f64()
    ));
}

fn blinded(class: Class) -> Vec<BlindedElement> {
    let slots = 0..class.slots() as u64;
    slots
        .map(|i| Blind::draw(&SystemRandom).blind(&i.to_be_bytes()))
        .collect()
}

fn evaluation(holding: &Holding, blinded: &[BlindedElement]) {
    let key = holding.epoch.seed.key(PURPOSE, holding.class);
    black_box(evaluate(&key, &holding.public, black_box(blinded), &SystemRandom).unwrap());
}

/// As a node answers: rows under their keys, who may be found, sealed, and the evaluation.
fn warm(holding: &Holding, blinded: &[BlindedElement]) -> SealedRows {
    let live = holding.live_rows();
    let sealer = RowSealer::new(&holding.epoch.seed, &Digest([1; 32]), &Salt([2; 16]));
    let sealed = sealer.seal(holding.class, &live, ROWS).unwrap();
    evaluation(holding, blinded);
    sealed
}

/// The floor: decode, multiply in constant time, encode in batches, on all cores.
fn group_operations(holding: &Holding) {
    let scalar = Scalar::from_bytes_mod_order([7; 32]);
    let multiply = |element: &[u8; 32]| CompressedRistretto(*element).decompress().unwrap() * scalar;
    let encoded = holding.elements.par_chunks(256).map(|chunk| {
        let points: Vec<RistrettoPoint> = chunk.iter().map(multiply).collect();
        RistrettoPoint::double_and_compress_batch(&points)
    });
    black_box(encoded.collect::<Vec<_>>());
}

fn record(ledger: &Ledger, entries: u64) {
    for _ in 0..entries {
        ledger
            .record(Entry::new(Kind::QueryIn, Role::Responder, setting::now()), ())
            .unwrap();
    }
}

fn record_together(ledger: &Ledger) {
    std::thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| record(ledger, ENTRIES));
        }
    });
}

/// Medians of two measurements taken in turns, so that the machine's moods hit both.
fn side_by_side(mut first: impl FnMut(), mut second: impl FnMut()) -> (Duration, Duration) {
    let mut times: [Vec<Duration>; 2] = [Vec::new(), Vec::new()];
    for _ in 0..31 {
        let [firsts, seconds] = &mut times;
        firsts.push(time(&mut first));
        seconds.push(time(&mut second));
    }
    let [first, second] = times.map(median);
    (first, second)
}

fn time(run: &mut impl FnMut()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn ratio(first: Duration, second: Duration) -> f64 {
    first.as_secs_f64() / second.as_secs_f64()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn say(line: &str) {
    println!("\n>> {line}\n");
}

criterion_group!(benches, answering, rekeying, recording);
criterion_main!(benches);
