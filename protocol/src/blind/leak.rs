//! How much a responder can have learned of one subject (SPEC.md 4.5).

use super::bucket::Bucket;
use super::descriptor::SubjectCount;
use crate::vocabulary::Window;

/// Bits that may be told of a subject.
pub const BUDGET: u32 = 8;

/// Bits that may be told of a subject by written exception.
pub const EXCEPTION: u32 = 10;

/// Counts the bits that questions about one subject have told one responder.
#[derive(Debug, Clone, Copy)]
pub struct LeakMeter<'a> {
    subjects: &'a [SubjectCount],
}

impl<'a> LeakMeter<'a> {
    /// A meter for a responder with this many subjects per quarter.
    pub fn new(subjects: &'a [SubjectCount]) -> Self {
        Self { subjects }
    }

    /// The bits told by everything ever asked about one subject: those of all
    /// distinct buckets, and those by which the windows narrow the field down.
    pub fn bits(&self, asked: &[(Bucket, Window)]) -> u32 {
        bucket_bits(asked) + self.window_bits(asked)
    }

    /// `ceil(log2(subjects in all / subjects in the narrowest window intersection))`.
    ///
    /// Windows that have no quarter in common count as if one subject were left.
    fn window_bits(&self, asked: &[(Bucket, Window)]) -> u32 {
        let total: u64 = self.subjects.iter().map(|count| count.subjects).sum();
        let searched = |count: &&SubjectCount| asked.iter().all(|(_, window)| window.contains(count.quarter));
        let left: u64 = self.subjects.iter().filter(searched).map(|count| count.subjects).sum();
        let (total, left) = (u128::from(total), u128::from(left.max(1)));
        (0..u64::BITS).find(|bits| left << bits >= total).unwrap_or(u64::BITS)
    }
}

/// A bucket that holds another one asked for tells nothing beyond it.
fn bucket_bits(asked: &[(Bucket, Window)]) -> u32 {
    let mut finest: Vec<Bucket> = asked.iter().map(|(bucket, _)| *bucket).collect();
    finest.sort_unstable();
    finest.dedup();
    let told = |bucket: &&Bucket| !finest.iter().any(|other| other != *bucket && bucket.holds(*other));
    finest.iter().filter(told).map(|bucket| u32::from(bucket.bits())).sum()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::vocabulary::Class;

    fn subjects() -> Vec<SubjectCount> {
        ["2025Q4", "2026Q1", "2026Q2", "2026Q3"]
            .map(|quarter| SubjectCount {
                quarter: quarter.parse().unwrap(),
                subjects: 1000,
            })
            .to_vec()
    }

    fn asked(buckets: &[Bucket], window: &str) -> Vec<(Bucket, Window)> {
        buckets
            .iter()
            .map(|bucket| (*bucket, window.parse().unwrap()))
            .collect()
    }

    const FINE: Bucket = Bucket::S { bits: 8, number: 115 };

    #[test]
    fn a_repeated_or_coarser_question_tells_nothing_new() {
        let counts = subjects();
        let meter = LeakMeter::new(&counts);
        assert_eq!(meter.bits(&[]), 0);
        assert_eq!(meter.bits(&asked(&[FINE], "all")), 8);
        assert_eq!(meter.bits(&asked(&[FINE, FINE, FINE.coarser(6)], "all")), 8);
    }

    #[test]
    fn distinct_buckets_add_up() {
        let counts = subjects();
        let meter = LeakMeter::new(&counts);
        let document = Bucket::I {
            bits: 4,
            number: 3,
            class: Class::Doc,
        };
        assert_eq!(meter.bits(&asked(&[FINE.coarser(4), document], "all")), 8);
        assert_eq!(
            meter.bits(&asked(&[FINE, Bucket::S { bits: 8, number: 116 }], "all")),
            16
        );
    }

    #[test]
    fn windows_count_by_what_they_leave() {
        let counts = subjects();
        let meter = LeakMeter::new(&counts);
        assert_eq!(meter.bits(&asked(&[FINE], "2026Q1..2026Q1")), 10);
        assert_eq!(meter.bits(&asked(&[FINE], "2025Q4..2026Q2")), 9);
        let mut both = asked(&[FINE], "2025Q4..2026Q1");
        both.extend(asked(&[FINE], "2026Q1..2026Q2"));
        assert_eq!(meter.bits(&both), 10);
        both.extend(asked(&[FINE], "2026Q3..2026Q3"));
        assert_eq!(meter.bits(&both), 8 + 12, "no quarter in common: one of 4000 is left");
    }
}
