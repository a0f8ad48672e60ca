//! Sealed detail: the officer opens it, nobody else, and only what the leaf commits to.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

use piux_protocol::transparency::detail::{
    Binding, DETAIL_MAX, DetailError, DpoKeyPair, DpoPublicKey, Group, Ratchet, SealedEpoch,
};
use piux_protocol::vocabulary::{Random, Salt, sha256};
use std::sync::atomic::{AtomicU64, Ordering};

/// Reproducible chance: SHA-256 of a counter.
#[derive(Default)]
struct Counted(AtomicU64);

impl Random for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let block = sha256(self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes());
            chunk.copy_from_slice(&block.0[..chunk.len()]);
        }
    }
}

const ORIGIN: &str = "uto.example/audit/2026";
const SID: Salt = Salt([9; 16]);

fn binding(group: Group) -> Binding<'static> {
    Binding {
        origin: ORIGIN,
        sid: &SID,
        group,
    }
}

#[test]
fn the_officer_opens_any_record_of_an_epoch() {
    let random = Counted::default();
    let dpo = DpoKeyPair::generate(&random);
    let (mut ratchet, sealed) = Ratchet::start(ORIGIN, "20261121-01", &dpo.public(), &random).unwrap();
    let records: Vec<_> = (0..3)
        .map(|n| {
            ratchet
                .step()
                .seal(binding(Group::Why), format!("{{\"case\":{n}}}").as_bytes(), &random)
                .unwrap()
        })
        .collect();

    let blob = serde_json::to_string(&sealed).unwrap();
    let sealed: SealedEpoch = serde_json::from_str(&blob).unwrap();
    for (n, (bytes, commitment)) in records.iter().enumerate() {
        let key = sealed.open(&dpo).unwrap().nth(n as u64);
        let json = key.open(binding(Group::Why), bytes, commitment).unwrap();
        assert_eq!(json.as_slice(), format!("{{\"case\":{n}}}").as_bytes());
    }
}

#[test]
fn detail_of_another_leaf_group_record_or_officer_does_not_open() {
    let random = Counted::default();
    let dpo = DpoKeyPair::generate(&random);
    let (mut ratchet, sealed) = Ratchet::start(ORIGIN, "20261121-01", &dpo.public(), &random).unwrap();
    let key = ratchet.step();
    let (bytes, commitment) = key.seal(binding(Group::Who), b"{}", &random).unwrap();
    let (_, other) = key.seal(binding(Group::Who), b"{}", &random).unwrap();

    assert_eq!(
        key.open(binding(Group::Why), &bytes, &commitment),
        Err(DetailError::Sealed)
    );
    let elsewhere = Binding {
        sid: &Salt([8; 16]),
        ..binding(Group::Who)
    };
    assert_eq!(key.open(elsewhere, &bytes, &commitment), Err(DetailError::Sealed));
    assert_eq!(
        ratchet.step().open(binding(Group::Who), &bytes, &commitment),
        Err(DetailError::Sealed)
    );
    assert_eq!(
        key.open(binding(Group::Who), &bytes, &other),
        Err(DetailError::Commitment)
    );
    assert_eq!(
        sealed.open(&DpoKeyPair::generate(&random)).err(),
        Some(DetailError::Sealed)
    );
}

#[test]
fn sealed_sizes_tell_little_about_the_detail() {
    let random = Counted::default();
    let dpo = DpoKeyPair::generate(&random);
    let (mut ratchet, _) = Ratchet::start(ORIGIN, "20261121-01", &dpo.public(), &random).unwrap();
    let mut size = |length: usize| {
        ratchet
            .step()
            .seal(binding(Group::What), &vec![b' '; length], &random)
            .map(|(bytes, _)| bytes.len() - 48)
    };
    assert_eq!(
        [size(2), size(254), size(255), size(4000), size(5000)],
        [256, 256, 512, 4096, 8192].map(Ok)
    );
    assert_eq!(size(DETAIL_MAX + 1), Err(DetailError::TooLarge));
}

#[test]
fn a_key_file_keeps_both_halves_and_a_node_needs_only_one() {
    let random = Counted::default();
    let dpo = DpoKeyPair::generate(&random);
    let reread = DpoKeyPair::from_json(&dpo.to_json()).unwrap();
    assert_eq!(reread.public(), dpo.public());
    assert_eq!(DpoPublicKey::from_json(&dpo.to_json()).unwrap(), dpo.public());
    assert_eq!(DpoPublicKey::from_json(&dpo.public().to_json()).unwrap(), dpo.public());
    assert!(DpoKeyPair::from_json(&dpo.public().to_json()).is_err());
    assert!(DpoKeyPair::from_json("{}").is_err());
}
