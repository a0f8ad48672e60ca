//! Randomness comes from here and nowhere else.

use super::sealing::mac;
use piux_protocol::vocabulary::Random;
use ring::rand::SecureRandom;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use zeroize::Zeroizing;

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        let system = ring::rand::SystemRandom::new();
        system.fill(bytes).expect("the operating system supplies random bytes");
    }
}

/// Repeats itself from its seed (HMAC-SHA-256 over a counter); for tests and vectors only.
pub struct SeededRandom {
    seed: Zeroizing<Vec<u8>>,
    drawn: AtomicU64,
}

impl SeededRandom {
    /// The generator of this seed; equal seeds draw equal bytes in equal order.
    pub fn new(seed: &[u8]) -> Self {
        Self {
            seed: Zeroizing::new(seed.to_vec()),
            drawn: AtomicU64::new(0),
        }
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for block in bytes.chunks_mut(32) {
            let count = self.drawn.fetch_add(1, Ordering::SeqCst).to_be_bytes();
            for (to, from) in block.iter_mut().zip(mac(&self.seed, &[&count])) {
                *to = from;
            }
        }
    }
}

impl fmt::Debug for SeededRandom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SeededRandom(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_seeds_draw_equal_bytes() {
        let (one, other): (&dyn Random, &dyn Random) = (&SeededRandom::new(b"a"), &SeededRandom::new(b"a"));
        let first = one.bytes::<40>();
        assert_eq!(first, other.bytes::<40>());
        assert_ne!(first, one.bytes::<40>());
    }

    #[test]
    fn the_system_never_draws_the_same_bytes_twice() {
        let system: &dyn Random = &SystemRandom;
        assert_ne!(system.bytes::<32>(), system.bytes::<32>());
    }
}
