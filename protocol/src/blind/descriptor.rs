//! What a responder publishes about an epoch (SPEC.md 4.3). Signed elsewhere.

use super::bucket::{Bucket, BucketFamily, MAX_BITS};
use super::element::PublicKey;
use super::epoch::Context;
use crate::vocabulary::{AgreementId, Class, Digest, Purpose, Quarter, Timestamp, Window};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Why a descriptor is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DescriptorError {
    /// Another version than 1.
    #[error("unknown descriptor version")]
    Version,
    /// `not_before`, `expires`, `grace_until` out of order, or an epoch or its grace longer than 7 days.
    #[error("an epoch lasts at most 7 days and its grace 7 more")]
    Times,
    /// More bits than a bucket may have.
    #[error("a bucket has at most 10 bits")]
    Bits,
    /// A key or a count given twice.
    #[error("a key or a count is given twice")]
    Twice,
}

/// The public side of one epoch of one agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct Descriptor {
    /// Always 1.
    pub v: u8,
    /// The agreement.
    pub agreement: AgreementId,
    /// Digest of the agreement's text.
    pub agreement_version: Digest,
    /// Epochs of an agreement count upwards.
    pub epoch: u32,
    /// First instant of the epoch.
    pub not_before: Timestamp,
    /// From here on nothing is evaluated; at most 7 days later.
    pub expires: Timestamp,
    /// Until here hits may be followed up; at most 7 days later still.
    pub grace_until: Timestamp,
    /// A public key for each purpose and class offered.
    pub keys: Vec<EpochKey>,
    /// Bits of a bucket; a request may use fewer.
    pub bits: u8,
    /// Rows of one bucket, whatever it holds.
    pub slots: Vec<SlotCount>,
    /// Where entries without a birth date are found.
    pub undated: Undated,
    /// Subjects whose records were received in each quarter.
    pub subjects_per_quarter: Vec<SubjectCount>,
    /// Digest of the previous epoch's descriptor as signed; none in the first.
    pub prev: Option<Digest>,
}

/// The public key of a purpose and class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpochKey {
    /// What is asked for.
    pub purpose: Purpose,
    /// The kind of match key.
    pub class: Class,
    /// `pk = k(purpose, class)*G`.
    pub pk: PublicKey,
}

/// Rows of one bucket of a class in a quarter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotCount {
    /// The kind of match key.
    pub class: Class,
    /// The quarter of receipt.
    pub quarter: Quarter,
    /// Rows of a bucket of family S.
    pub s: u32,
    /// Rows of a bucket of family I.
    pub i: u32,
}

/// Subjects of a quarter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectCount {
    /// The quarter of receipt.
    pub quarter: Quarter,
    /// How many.
    pub subjects: u64,
}

/// Where entries without a birth date are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Undated {
    /// In every bucket of family S, at most 4,096 of a class.
    All,
    /// In family I only.
    I,
}

impl Descriptor {
    /// The public key of a purpose and class, if offered.
    pub fn public_key(&self, purpose: Purpose, class: Class) -> Option<PublicKey> {
        self.keys
            .iter()
            .find(|key| key.purpose == purpose && key.class == class)
            .map(|key| key.pk)
    }

    /// The context of a purpose and class, if offered.
    pub fn context(&self, purpose: Purpose, class: Class) -> Option<Context> {
        let public = self.public_key(purpose, class)?;
        Some(Context::new(&self.agreement, self.epoch, purpose, class, &public))
    }

    /// Rows an answer must have for a class, bucket and window: the published
    /// counts of the window's quarters, doubled for every bit the bucket has less.
    ///
    /// None if the bucket has more bits than published, or is another class's.
    pub fn rows(&self, class: Class, bucket: Bucket, window: &Window) -> Option<usize> {
        let fewer = self.bits.checked_sub(bucket.bits())?;
        if bucket.class().is_some_and(|of| of != class) {
            return None;
        }
        let counts = self
            .slots
            .iter()
            .filter(|count| count.class == class && window.contains(count.quarter));
        let rows: u64 = counts.map(|count| u64::from(count.of(bucket.family()))).sum();
        usize::try_from(rows.checked_mul(1 << fewer)?).ok()
    }

    /// Whether the epoch may be asked in at `now`.
    pub fn is_current(&self, now: Timestamp) -> bool {
        self.not_before <= now && now < self.expires
    }

    /// Whether hits of this epoch may be followed up at `now`.
    pub fn may_follow_up(&self, now: Timestamp) -> bool {
        self.not_before <= now && now < self.grace_until
    }

    fn check(&self) -> Result<(), DescriptorError> {
        if self.v != 1 {
            return Err(DescriptorError::Version);
        }
        if !within_days(self.not_before, self.expires, 7) || !within_days(self.expires, self.grace_until, 7) {
            return Err(DescriptorError::Times);
        }
        if self.bits > MAX_BITS {
            return Err(DescriptorError::Bits);
        }
        let keys = self.keys.iter().map(|key| (key.purpose, key.class));
        let slots = self.slots.iter().map(|count| (count.class, count.quarter));
        let subjects = self.subjects_per_quarter.iter().map(|count| count.quarter);
        if distinct(keys) && distinct(slots) && distinct(subjects) {
            Ok(())
        } else {
            Err(DescriptorError::Twice)
        }
    }
}

impl crate::message::epoch::Linked for Descriptor {
    fn previous(&self) -> Option<Digest> {
        self.prev
    }
}

impl SlotCount {
    fn of(&self, family: BucketFamily) -> u32 {
        match family {
            BucketFamily::S => self.s,
            BucketFamily::I => self.i,
        }
    }
}

fn within_days(from: Timestamp, to: Timestamp, days: i64) -> bool {
    from <= to && to <= from.plus_seconds(days * 86_400)
}

fn distinct<T: Ord>(items: impl Iterator<Item = T>) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    items.into_iter().all(|item| seen.insert(item))
}

impl Serialize for Descriptor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Descriptor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let descriptor = Self::deserialize(deserializer)?;
        descriptor.check().map_err(de::Error::custom)?;
        Ok(descriptor)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::blind::EpochSeed;
    use crate::vocabulary::sha256;

    fn descriptor() -> Descriptor {
        let pk = EpochSeed::from_bytes([1; 32])
            .key(Purpose::SeriousCrime, Class::Doc)
            .public_key();
        let start = Timestamp::from_seconds(1_780_000_000);
        let count = |quarter: &str, s, i| SlotCount {
            class: Class::Doc,
            quarter: quarter.parse().unwrap(),
            s,
            i,
        };
        Descriptor {
            v: 1,
            agreement: "UTO-RUR-2026".parse().unwrap(),
            agreement_version: sha256("agreement"),
            epoch: 7,
            not_before: start,
            expires: start.plus_seconds(7 * 86_400),
            grace_until: start.plus_seconds(14 * 86_400),
            keys: vec![EpochKey {
                purpose: Purpose::SeriousCrime,
                class: Class::Doc,
                pk,
            }],
            bits: 8,
            slots: vec![count("2026Q1", 512, 640), count("2026Q2", 1024, 1100)],
            undated: Undated::I,
            subjects_per_quarter: vec![],
            prev: None,
        }
    }

    #[test]
    fn a_descriptor_survives_its_text() {
        let text = serde_json::to_string(&descriptor()).unwrap();
        assert_eq!(serde_json::from_str::<Descriptor>(&text).unwrap(), descriptor());
    }

    #[test]
    fn a_descriptor_that_stretches_the_rules_is_refused() {
        let stretched: [fn(&mut Descriptor); 5] = [
            |d| d.v = 2,
            |d| d.expires = d.expires.plus_seconds(1),
            |d| d.grace_until = d.not_before,
            |d| d.bits = 11,
            |d| d.keys.push(*d.keys.first().unwrap()),
        ];
        for stretch in stretched {
            let mut descriptor = descriptor();
            stretch(&mut descriptor);
            let text = serde_json::to_string(&descriptor).unwrap();
            assert!(serde_json::from_str::<Descriptor>(&text).is_err(), "{text}");
        }
    }

    #[test]
    fn rows_follow_window_bits_and_family() {
        let descriptor = descriptor();
        let rows = |bucket, window: &str| descriptor.rows(Class::Doc, bucket, &window.parse().unwrap());
        let fine = Bucket::S { bits: 8, number: 1 };
        assert_eq!(rows(fine, "all"), Some(1536));
        assert_eq!(rows(fine, "2026Q2..2026Q2"), Some(1024));
        assert_eq!(rows(fine.coarser(6), "all"), Some(6144));
        assert_eq!(
            rows(
                Bucket::I {
                    bits: 8,
                    number: 1,
                    class: Class::Doc
                },
                "all"
            ),
            Some(1740)
        );
        assert_eq!(
            rows(
                Bucket::I {
                    bits: 8,
                    number: 1,
                    class: Class::Nx
                },
                "all"
            ),
            None
        );
        assert_eq!(rows(Bucket::S { bits: 9, number: 1 }, "all"), None);
    }
}
