//! Chance that a seed repeats.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A stream of chance.
#[derive(Debug, Clone)]
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream of a seed for one purpose: streams do not disturb each other.
    pub(super) fn of(seed: u64, purpose: &str, number: u64) -> Self {
        let text = format!("piux synth {seed} {purpose} {number}");
        Self(ChaCha8Rng::from_seed(piux_protocol::vocabulary::sha256(text).0))
    }

    /// True in `rate` of all cases.
    pub(super) fn chance(&mut self, rate: f64) -> bool {
        self.0.random::<f64>() < rate
    }

    /// A number below `end`; 0 if that is 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        if end == 0 { 0 } else { self.0.random_range(0..end) }
    }

    /// A number from `first` to `last`, both included.
    pub(super) fn between(&mut self, first: u64, last: u64) -> u64 {
        first.saturating_add(self.below(last.saturating_sub(first).saturating_add(1)))
    }

    /// An index below `length`, low ones more often: rank r about in proportion to r to the power of -0.8.
    pub(super) fn ranked(&mut self, length: usize) -> usize {
        let share = self.0.random::<f64>().powi(5);
        let index = format!("{:.0}", share * length as f64).parse::<usize>().unwrap_or(0);
        index.min(length.saturating_sub(1))
    }

    /// One of a list that is never empty.
    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let at = usize::try_from(self.below(items.len() as u64)).ok()?;
        items.get(at)
    }

    /// So many characters of an alphabet.
    pub(super) fn text(&mut self, alphabet: &str, length: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..length).filter_map(|_| self.pick(&letters).copied()).collect()
    }

    /// So many digits.
    pub(super) fn digits(&mut self, length: usize) -> String {
        self.text("0123456789", length)
    }
}
