//! What reading passenger messages costs, and the ratios it promises. Read the ratios, not the
//! times: everything runs in one process on one machine.
//!
//! Promises: our tokenizer is at least as fast as `edifact-parser` and twice as fast as `edifact-rs`
//! on the same bytes; decoding with normalization takes 5,000 bookings a second and core.
//!
//! The traffic is what `piux synth` writes, without slips: the other tokenizers refuse some of them.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark may stop at the first surprise"
)]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use edifact_parser::{EdifactHandler, EdifactStreamParser};
use edifact_primitives::{Control, RawSegment};
use piux_node::ingest::edifact::segments;
use piux_node::ingest::{Decoded, decode, read};
use piux_node::synth::{Feed, Rates, Recipe, parcels};
use piux_protocol::vocabulary::Timestamp;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Travellers on the flights that are read.
const TRAVELLERS: u64 = 2_000;

/// The files of some flights, in one format.
struct Traffic {
    name: &'static str,
    files: Vec<Vec<u8>>,
}

impl Traffic {
    fn new(feed: Feed) -> Self {
        let recipe = Recipe {
            seed: 7,
            travellers: TRAVELLERS,
            first_day: jiff::civil::date(2026, 3, 5),
            feeds: [feed].into(),
            rates: Rates::NONE,
        };
        Self {
            name: feed.word(),
            files: parcels(&recipe).map(|(_, parcel)| parcel.bytes).collect(),
        }
    }

    fn bytes(&self) -> usize {
        self.files.iter().map(Vec::len).sum()
    }

    /// The sum of what is done with each file.
    fn each(&self, work: fn(&[u8]) -> usize) -> usize {
        self.files.iter().map(|file| work(black_box(file))).sum()
    }
}

fn tokenizing(c: &mut Criterion) {
    for traffic in [Feed::Pnrgov, Feed::Paxlst].map(Traffic::new) {
        let name = traffic.name;
        assert_eq!(traffic.each(ours), traffic.each(parsers));
        let mut group = c.benchmark_group(format!("tokenize/{name}"));
        group.throughput(Throughput::Bytes(traffic.bytes() as u64));
        group.bench_function("ours", |b| b.iter(|| traffic.each(ours)));
        group.bench_function("edifact-parser", |b| b.iter(|| traffic.each(parsers)));
        group.bench_function("edifact-rs", |b| b.iter(|| traffic.each(rs)));
        group.finish();
        let (theirs, mine) = side_by_side(|| traffic.each(parsers), || traffic.each(ours));
        say(&format!(
            "{name}: {:.1} times as fast as edifact-parser (at least 1)",
            ratio(theirs, mine)
        ));
        let (theirs, mine) = side_by_side(|| traffic.each(rs), || traffic.each(ours));
        say(&format!(
            "{name}: {:.1} times as fast as edifact-rs (at least 2)",
            ratio(theirs, mine)
        ));
    }
}

/// A booking of a passenger list is one passenger.
fn decoding(c: &mut Criterion) {
    let mut group = c.benchmark_group("decode");
    for traffic in [Feed::Pnrgov, Feed::Paxlst].map(Traffic::new) {
        let (name, bookings) = (traffic.name, traffic.each(whole));
        group.throughput(Throughput::Elements(bookings as u64));
        group.bench_function(BenchmarkId::new("whole", name), |b| b.iter(|| traffic.each(whole)));
        group.bench_function(BenchmarkId::new("streamed", name), |b| {
            b.iter(|| traffic.each(streamed));
        });
        let (decoding, tokens) = side_by_side(|| traffic.each(whole), || traffic.each(ours));
        say(&format!(
            "{name}: {:.0} bookings a second and core, {} bytes each; {:.1} times the tokenizer alone",
            bookings as f64 / decoding.as_secs_f64(),
            traffic.bytes() / bookings,
            ratio(decoding, tokens)
        ));
    }
}

fn now() -> Timestamp {
    "2026-03-04T20:00:00.000Z".parse().unwrap()
}

fn whole(bytes: &[u8]) -> usize {
    let decoded = decode(bytes, None, now());
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
    let elements = segments(bytes).flat_map(|segment| segment.elements());
    elements.map(|element| element.components().count()).sum()
}

fn rs(bytes: &[u8]) -> usize {
    edifact_rs::from_bytes(bytes)
        .flat_map(|segment| segment.unwrap().elements)
        .map(|element| element.components.iter().count())
        .sum()
}

fn parsers(bytes: &[u8]) -> usize {
    let mut counting = Counting(0);
    EdifactStreamParser::parse(bytes, &mut counting).unwrap();
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
