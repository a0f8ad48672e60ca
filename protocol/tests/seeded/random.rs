//! Chance for tests: the same every time.

use piux_protocol::vocabulary::{Random, sha256};
use std::sync::atomic::{AtomicU64, Ordering};

/// Pseudo-random bytes from a seed; two of the same seed agree.
pub(crate) struct Seeded {
    seed: u64,
    drawn: AtomicU64,
}

impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            drawn: AtomicU64::new(0),
        }
    }
}

impl Random for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
            let block = sha256([self.seed.to_be_bytes(), drawn.to_be_bytes()].concat());
            chunk.iter_mut().zip(block.0).for_each(|(to, from)| *to = from);
        }
    }
}
