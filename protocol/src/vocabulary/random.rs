//! Chance is an argument: no part of this crate draws its own.

/// A source of uniformly random bytes.
///
/// The node hands in the operating system's generator, a test a seeded one; a
/// whole conversation then replays exactly.
pub trait Random: Send + Sync {
    /// Fills `bytes` with uniformly random bytes.
    fn fill(&self, bytes: &mut [u8]);
}

impl dyn Random + '_ {
    /// Draws a fixed number of random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}
