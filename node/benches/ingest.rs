//! What reading passenger messages costs, and the ratios it promises. Read the ratios, not the
//! times: everything runs in one process on one machine.
//!
//! Promises: our tokenizer is at least as fast as `edifact-parser` and twice as fast as `edifact-rs`
//! on the same bytes; decoding with normalization takes 5,000 bookings a second and core.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark may stop at the first surprise"
)]

#[path = "ingest/feed.rs"]
mod feed;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use edifact_parser::{EdifactHandler, EdifactStreamParser};
use edifact_primitives::{Control, RawSegment};
use piux_node::ingest::edifact::segments;
use piux_node::ingest::{Decoded, decode, read};
use piux_protocol::vocabulary::Timestamp;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Bookings in the push that is read.
const BOOKINGS: usize = 1_000;
/// Passengers in the list that is read.
const PASSENGERS: usize = 1_000;

fn tokenizing(c: &mut Criterion) {
    for (name, bytes) in [("pnrgov", feed::push(BOOKINGS)), ("paxlst", feed::list(PASSENGERS))] {
        assert_eq!(ours(&bytes), parsers(&bytes));
        let mut group = c.benchmark_group(format!("tokenize/{name}"));
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function("ours", |b| b.iter(|| ours(&bytes)));
        group.bench_function("edifact-parser", |b| b.iter(|| parsers(&bytes)));
        group.bench_function("edifact-rs", |b| b.iter(|| rs(&bytes)));
        group.finish();
        let (theirs, mine) = side_by_side(|| parsers(&bytes), || ours(&bytes));
        say(&format!(
            "{name}: {:.1} times as fast as edifact-parser (at least 1)",
            ratio(theirs, mine)
        ));
        let (theirs, mine) = side_by_side(|| rs(&bytes), || ours(&bytes));
        say(&format!(
            "{name}: {:.1} times as fast as edifact-rs (at least 2)",
            ratio(theirs, mine)
        ));
    }
}

fn decoding(c: &mut Criterion) {
    let (push, list) = (feed::push(BOOKINGS), feed::list(PASSENGERS));
    let feeds = [("bookings", BOOKINGS, &push), ("passengers", PASSENGERS, &list)];
    let mut group = c.benchmark_group("decode");
    for (what, count, bytes) in feeds {
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::new("whole", what), |b| b.iter(|| whole(bytes)));
        group.bench_function(BenchmarkId::new("streamed", what), |b| b.iter(|| streamed(bytes)));
        let (decoding, tokens) = side_by_side(|| whole(bytes), || ours(bytes));
        say(&format!(
            "{what}: {:.0} a second and core, {} bytes each; {:.1} times the tokenizer alone",
            count as f64 / decoding.as_secs_f64(),
            bytes.len() / count,
            ratio(decoding, tokens)
        ));
    }
}

fn now() -> Timestamp {
    "2026-03-04T20:00:00.000Z".parse().unwrap()
}

fn whole(bytes: &[u8]) -> usize {
    let decoded = decode(black_box(bytes), None, now());
    assert_eq!(decoded.rejected, 0);
    decoded.bookings.len()
}

fn streamed(mut bytes: &[u8]) -> usize {
    let mut count = 0;
    read::<std::io::Error>(&mut bytes, None, now(), &mut |part: Decoded| {
        count += part.bookings.len();
        Ok(())
    })
    .unwrap();
    count
}

/// Every component of every element of every segment, looked at.
fn ours(bytes: &[u8]) -> usize {
    let elements = segments(black_box(bytes)).flat_map(|segment| segment.elements());
    elements.map(|element| element.components().count()).sum()
}

fn rs(bytes: &[u8]) -> usize {
    edifact_rs::from_bytes(black_box(bytes))
        .flat_map(|segment| segment.unwrap().elements)
        .map(|element| element.components.iter().count())
        .sum()
}

fn parsers(bytes: &[u8]) -> usize {
    let mut counting = Counting(0);
    EdifactStreamParser::parse(black_box(bytes), &mut counting).unwrap();
    counting.0
}

struct Counting(usize);

impl EdifactHandler for Counting {
    fn on_segment(&mut self, segment: &RawSegment<'_>) -> Control {
        self.0 += segment.elements.iter().map(Vec::len).sum::<usize>();
        Control::Continue
    }
}

/// The fastest of many measurements taken in turns: what else the machine does only adds time.
fn side_by_side(mut first: impl FnMut() -> usize, mut second: impl FnMut() -> usize) -> (Duration, Duration) {
    let mut fastest = (Duration::MAX, Duration::MAX);
    for _ in 0..61 {
        fastest.0 = fastest.0.min(time(&mut first));
        fastest.1 = fastest.1.min(time(&mut second));
    }
    fastest
}

fn time(run: &mut impl FnMut() -> usize) -> Duration {
    let start = Instant::now();
    black_box(run());
    start.elapsed()
}

fn ratio(first: Duration, second: Duration) -> f64 {
    first.as_secs_f64() / second.as_secs_f64()
}

fn say(line: &str) {
    println!("\n>> {line}\n");
}

criterion_group!(benches, tokenizing, decoding);
criterion_main!(benches);
