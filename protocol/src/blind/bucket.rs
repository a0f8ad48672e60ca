//! Buckets: the few bits of a question that the responder learns (SPEC.md 4.5).

use crate::vocabulary::{Class, length_prefixed, sha256};
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

/// The most bits a bucket may have, by written exception.
pub const MAX_BITS: u8 = 10;

/// A bucket that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BucketError {
    /// More than [`MAX_BITS`].
    #[error("a bucket has at most 10 bits")]
    Bits,
    /// Not below two to the power of the bits.
    #[error("a bucket's number is below two to the power of its bits")]
    Number,
    /// A class in family S, or none in family I.
    #[error("a bucket of family I names a class, one of family S does not")]
    Class,
}

/// How entries are sorted into buckets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum BucketFamily {
    /// By birth date: one bucket for everything that is known of a person.
    S,
    /// By one identifier.
    I,
}

/// A part of the index that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Bucket {
    /// Family S: all entries whose birth date falls here.
    S {
        /// Bits told, 0 to [`MAX_BITS`].
        bits: u8,
        /// Below `2^bits`.
        number: u16,
    },
    /// Family I: all entries of a class whose core falls here.
    I {
        /// Bits told, 0 to [`MAX_BITS`].
        bits: u8,
        /// Below `2^bits`.
        number: u16,
        /// The class of the one identifier asked for.
        class: Class,
    },
}

impl Bucket {
    /// Family S: days since 1900-01-01 modulo `2^bits`.
    ///
    /// With a day up to 12, day and month are sorted first (the smaller becomes
    /// the month), so that a date and the same date with day and month swapped
    /// share a bucket. `bits` above [`MAX_BITS`] count as [`MAX_BITS`].
    pub fn of_birth_date(birth: Date, bits: u8) -> Self {
        let bits = bits.min(MAX_BITS);
        let days = sorted(birth)
            .since((jiff::Unit::Day, date(1900, 1, 1)))
            .map_or(0, |span| span.get_days());
        let number = i64::from(days).rem_euclid(1 << bits);
        Self::S {
            bits,
            number: u16::try_from(number).unwrap_or(0),
        }
    }

    /// Family I: the top `bits` bits of `SHA-256("piux/1/bucket\0" || LP(class) || LP(core))`.
    ///
    /// The core of a document is its number, of a locator the locator.
    /// `bits` above [`MAX_BITS`] count as [`MAX_BITS`].
    pub fn of_core(class: Class, core: &str, bits: u8) -> Self {
        let bits = bits.min(MAX_BITS);
        let message = [
            b"piux/1/bucket\0".as_slice(),
            &length_prefixed(class.term()),
            &length_prefixed(core),
        ]
        .concat();
        let [first, second, ..] = sha256(message).0;
        let top = u32::from(u16::from_be_bytes([first, second])) >> (16 - u32::from(bits));
        Self::I {
            bits,
            number: u16::try_from(top).unwrap_or(0),
            class,
        }
    }

    /// The bucket of `bits` bits that holds this one; itself if it has no more.
    #[must_use]
    pub fn coarser(self, bits: u8) -> Self {
        if bits >= self.bits() {
            return self;
        }
        match self {
            Self::S { number, .. } => Self::S {
                bits,
                number: number & ((1 << bits) - 1),
            },
            Self::I {
                bits: from,
                number,
                class,
            } => Self::I {
                bits,
                number: number >> (from - bits),
                class,
            },
        }
    }

    /// Whether everything in `other` is in this bucket too.
    pub fn holds(self, other: Self) -> bool {
        other.bits() >= self.bits() && other.coarser(self.bits()) == self
    }

    /// The bits this bucket tells.
    pub const fn bits(self) -> u8 {
        match self {
            Self::S { bits, .. } | Self::I { bits, .. } => bits,
        }
    }

    /// The number of the bucket within its family and bits.
    pub const fn number(self) -> u16 {
        match self {
            Self::S { number, .. } | Self::I { number, .. } => number,
        }
    }

    /// How its entries are sorted.
    pub const fn family(self) -> BucketFamily {
        match self {
            Self::S { .. } => BucketFamily::S,
            Self::I { .. } => BucketFamily::I,
        }
    }

    /// The class of a bucket of family I.
    pub const fn class(self) -> Option<Class> {
        match self {
            Self::S { .. } => None,
            Self::I { class, .. } => Some(class),
        }
    }
}

/// The date with the smaller of day and month as its month, if both could be one.
fn sorted(birth: Date) -> Date {
    let (month, day) = (birth.month(), birth.day());
    if day >= month || day > 12 {
        return birth;
    }
    Date::new(birth.year(), day, month).unwrap_or(birth)
}

/// A bucket as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    family: BucketFamily,
    bits: u8,
    number: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    class: Option<Class>,
}

impl TryFrom<Written> for Bucket {
    type Error = BucketError;
    fn try_from(written: Written) -> Result<Self, BucketError> {
        let Written {
            family,
            bits,
            number,
            class,
        } = written;
        if bits > MAX_BITS {
            return Err(BucketError::Bits);
        }
        if u32::from(number) >= 1 << bits {
            return Err(BucketError::Number);
        }
        match (family, class) {
            (BucketFamily::S, None) => Ok(Self::S { bits, number }),
            (BucketFamily::I, Some(class)) => Ok(Self::I { bits, number, class }),
            _ => Err(BucketError::Class),
        }
    }
}

impl From<Bucket> for Written {
    fn from(bucket: Bucket) -> Self {
        let (family, class) = (bucket.family(), bucket.class());
        Self {
            family,
            bits: bucket.bits(),
            number: bucket.number(),
            class,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_day_number_is_folded() {
        assert_eq!(
            Bucket::of_birth_date(date(1974, 8, 12), 8),
            Bucket::S { bits: 8, number: 115 }
        );
        assert_eq!(
            Bucket::of_birth_date(date(1974, 8, 12), 6),
            Bucket::S { bits: 6, number: 51 }
        );
        assert_eq!(
            Bucket::of_birth_date(date(1899, 12, 31), 8),
            Bucket::S { bits: 8, number: 255 }
        );
        assert_eq!(
            Bucket::of_birth_date(date(1974, 8, 12), 0),
            Bucket::S { bits: 0, number: 0 }
        );
    }

    #[test]
    fn a_swapped_date_shares_the_bucket() {
        assert_eq!(
            Bucket::of_birth_date(date(1974, 12, 8), 8),
            Bucket::of_birth_date(date(1974, 8, 12), 8)
        );
        assert_ne!(
            Bucket::of_birth_date(date(1974, 8, 13), 8),
            Bucket::of_birth_date(date(1974, 8, 12), 8)
        );
    }

    #[test]
    fn impossible_buckets_are_refused() {
        for text in [
            r#"{"family":"S","bits":11,"number":0}"#,
            r#"{"family":"S","bits":8,"number":256}"#,
            r#"{"family":"S","bits":8,"number":0,"class":"DOC"}"#,
            r#"{"family":"I","bits":8,"number":0}"#,
            r#"{"family":"I","bits":8,"number":0,"class":"DOC","extra":1}"#,
            r#"{"family":"S","bits":8,"bits":8,"number":0}"#,
        ] {
            assert!(serde_json::from_str::<Bucket>(text).is_err(), "{text}");
        }
    }

    prop_compose! {
        fn any_date()(days in -40_000_i64..60_000) -> Date {
            date(1970, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap()
        }
    }

    proptest! {
        #[test]
        fn folding_and_coarsening_agree(birth in any_date(), core in "[A-Z0-9]{1,12}", bits in 0_u8..=10, fewer in 0_u8..=10) {
            let fewer = fewer.min(bits);
            for (fine, coarse) in [
                (Bucket::of_birth_date(birth, bits), Bucket::of_birth_date(birth, fewer)),
                (Bucket::of_core(Class::Doc, &core, bits), Bucket::of_core(Class::Doc, &core, fewer)),
            ] {
                prop_assert_eq!(fine.coarser(fewer), coarse);
                prop_assert!(coarse.holds(fine));
                prop_assert!(u32::from(fine.number()) < 1 << bits);
                let text = serde_json::to_string(&fine).unwrap();
                prop_assert_eq!(serde_json::from_str::<Bucket>(&text).unwrap(), fine);
            }
        }

        #[test]
        fn swapping_day_and_month_changes_nothing(year in 1880_i16..2030, day in 1_i8..=12, month in 1_i8..=12) {
            let there = Bucket::of_birth_date(date(year, month, day), 8);
            prop_assert_eq!(there, Bucket::of_birth_date(date(year, day, month), 8));
        }
    }
}
