//! What it costs to make match keys of a person.
//!
//! Promises: a skeleton in about a microsecond, a person in less than 20.

#![allow(missing_docs, reason = "a benchmark names itself")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use jiff::civil::date;
use piux_protocol::identifier::{Person, derive, derive_query, skeletons};
use std::hint::black_box;

const PERSONS: [(&str, &str, &str); 7] = [
    ("plain", "ERIKSSON", "ANNA MARIA"),
    ("one_name", "SUHARTO", "FNU"),
    ("particles", "AL QAHTANI", "ABDUL RAHMAN MUHAMMAD"),
    ("run_together", "NGUYEN", "THILINHQUYEN"),
    ("two_spellings", "Müller-Lüdenscheidt", "Hans Peter"),
    ("three_readings", "WONG", "MEI LING"),
    ("five_spellings", "Щукин", "Юрий Яковлевич"),
];

fn person(surname: &str, given: &str) -> Person {
    Person {
        surname: surname.to_owned(),
        given: given.to_owned(),
        birth_date: Some(date(1985, 4, 12).into()),
        ..Person::default()
    }
}

fn derivation(c: &mut Criterion) {
    let mut group = c.benchmark_group("derive");
    for (name, surname, given) in PERSONS {
        let person = person(surname, given);
        group.bench_function(BenchmarkId::new("held", name), |b| {
            b.iter(|| derive(black_box(&person)))
        });
        group.bench_function(BenchmarkId::new("asked", name), |b| {
            b.iter(|| derive_query(black_box(&person)));
        });
    }
    group.finish();
}

fn skeleton(c: &mut Criterion) {
    let tokens = [
        "MUHAMMAD",
        "SHCHERBAKOV",
        "WIDJAJA",
        "ALQAHTANI",
        "NGUYEN",
        "KHALID",
        "SMITH",
        "OKONKWO",
    ];
    let mut group = c.benchmark_group("skeleton");
    group.throughput(Throughput::Elements(tokens.len() as u64));
    group.bench_function("eight_tokens", |b| {
        b.iter(|| {
            tokens
                .iter()
                .map(|token| skeletons(black_box(token)).len())
                .sum::<usize>()
        });
    });
    group.finish();
}

criterion_group!(benches, derivation, skeleton);
criterion_main!(benches);
