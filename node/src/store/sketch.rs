//! About how many persons: one HyperLogLog sketch per day of receipt.
//!
//! 1,024 registers give the count of distinct subjects within about 3 %; a quarter
//! is the union of its days. A sketch is sealed under its day's `index` key and goes
//! with it (Flajolet et al., 2007).

use crate::keys::mac;

const REGISTERS: usize = 1024;

/// Registers of one day, or of several together.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Sketch(Vec<u8>);

impl Sketch {
    pub(super) fn new() -> Self {
        Self(vec![0; REGISTERS])
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        (bytes.len() == REGISTERS).then(|| Self(bytes.to_vec()))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn add(&mut self, key: &[u8; 32], subject: &[u8; 16]) {
        let hash = mac(key, &[b"piux/1/sketch\0", subject]);
        let hash = hash.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
        let number = usize::try_from(hash >> 54).unwrap_or(0);
        let rank = u8::try_from((hash << 10 | 1 << 9).leading_zeros() + 1).unwrap_or(1);
        if let Some(register) = self.0.get_mut(number) {
            *register = rank.max(*register);
        }
    }

    pub(super) fn join(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine = (*mine).max(*theirs);
        }
    }

    /// The estimate, with linear counting while many registers are empty.
    pub(super) fn count(&self) -> u64 {
        let registers = 1024.0_f64;
        let harmonic: f64 = self.0.iter().map(|rank| (-f64::from(*rank)).exp2()).sum();
        let estimate = 0.721_3 / (1.0 + 1.079 / registers) * registers * registers / harmonic;
        let empty = self.0.iter().filter(|rank| **rank == 0).count();
        let empty = f64::from(u32::try_from(empty).unwrap_or(0));
        let better = if estimate <= 2.5 * registers && empty > 0.0 {
            registers * (registers / empty).ln()
        } else {
            estimate
        };
        // Between 0 and about 2^60: rounds without loss that matters.
        better.round() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch_of(subjects: std::ops::Range<u128>) -> Sketch {
        let mut sketch = Sketch::new();
        for subject in subjects {
            sketch.add(&[5; 32], &subject.to_be_bytes());
        }
        sketch
    }

    #[test]
    fn counts_are_near_the_truth_from_none_to_many() {
        for (truth, slack) in [(0, 0), (1, 0), (10, 1), (300, 20), (3_000, 300), (50_000, 5_000)] {
            let count = sketch_of(0..truth).count();
            assert!(
                count.abs_diff(u64::try_from(truth).unwrap_or(0)) <= slack,
                "{truth}: {count}"
            );
        }
    }

    #[test]
    fn a_person_seen_on_two_days_counts_once() {
        let mut both = sketch_of(0..400);
        both.join(&sketch_of(200..600));
        assert!(both == sketch_of(0..600));
        assert!(Sketch::decode(both.bytes()) == Some(both));
        assert!(Sketch::decode(&[0; 7]).is_none());
    }
}
