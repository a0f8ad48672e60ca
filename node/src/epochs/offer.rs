//! What an epoch offers: classes by the size of the index, bits and rows by what its buckets hold.

use crate::store::BucketRef;
use piux_policy::Terms;
use piux_protocol::blind::{EpochKey, EpochSeed, SlotCount, Undated};
use piux_protocol::vocabulary::{Class, Purpose, Quarter, Scope};
use std::collections::BTreeMap;

/// Rows come in steps of so many.
const SLOT_STEP: u32 = 512;
/// A padded answer of all segments should fit so many bytes.
const ANSWER_BYTES: u64 = 1024 * 1024;
/// The largest index in which names may be searched however spelt. In a national travel
/// history every question would match strangers.
const FULL_SUBJECTS: u64 = 2_000_000;
/// The classes that find a name however spelt.
const SPELLINGS: [Class; 2] = [Class::Pk, Class::Si];
/// Entries of a class without birth date that every bucket of family S may hold.
const MOST_UNDATED: u32 = 4_096;

/// Rows of each finest bucket, per class and quarter.
pub(super) type Occupancy = BTreeMap<(Class, Quarter), Vec<(BucketRef, u32)>>;

/// What the descriptor of a new epoch says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offer {
    /// What each purpose may be asked by.
    classes: BTreeMap<Purpose, Vec<Class>>,
    /// Bits of a bucket.
    pub(super) bits: u8,
    /// Where entries without a birth date are found.
    pub(super) undated: Undated,
}

impl Offer {
    /// The offer of an index of `size` subjects; bits never grow beyond those of the epoch before.
    pub(super) fn of(terms: &Terms, size: u64, occupied: &Occupancy, before: Option<u8>) -> Self {
        let (classes, undated) = (offered(terms, size), undated(occupied));
        let most = terms.privacy.bits;
        let bits = match before {
            Some(before) => before.min(most),
            None => bits(occupied, &classes, undated, most),
        };
        Self { classes, bits, undated }
    }

    /// A public key for each purpose and class.
    pub(super) fn public_keys(&self, seed: &EpochSeed) -> Vec<EpochKey> {
        let keys = self
            .classes
            .iter()
            .flat_map(|(purpose, classes)| classes.iter().map(move |class| (*purpose, *class)));
        keys.map(|(purpose, class)| EpochKey {
            purpose,
            class,
            pk: seed.key(purpose, class).public_key(),
        })
        .collect()
    }

    /// The rows of a bucket of each class and quarter.
    pub(super) fn slots(&self, occupied: &Occupancy) -> Vec<SlotCount> {
        let count = |(place, counts): (&(Class, Quarter), &Vec<_>)| slot_count(*place, counts, self.bits, self.undated);
        occupied.iter().map(count).collect()
    }
}

/// What each purpose may be asked by: the classes agreed, as far as the size of the index allows.
fn offered(terms: &Terms, size: u64) -> BTreeMap<Purpose, Vec<Class>> {
    let allowed = |class: &Class| size <= FULL_SUBJECTS || !SPELLINGS.contains(class);
    let purposes = terms.purposes.keys().copied();
    let of_purpose = |purpose| terms.classes_for(purpose).into_iter().filter(allowed).collect();
    purposes.map(|purpose| (purpose, of_purpose(purpose))).collect()
}

/// Entries without birth date are in every bucket of family S, if the index keeps them there
/// and they are few.
fn undated(occupied: &Occupancy) -> Undated {
    let mut of_class = BTreeMap::<Class, u32>::new();
    for ((class, _), counts) in occupied {
        let rows = counts.iter().filter(|(bucket, _)| *bucket == BucketRef::Undated);
        *of_class.entry(*class).or_default() += rows.map(|(_, rows)| rows).sum::<u32>();
    }
    let kept = of_class.values().any(|rows| *rows > 0);
    if kept && of_class.into_values().all(|rows| rows <= MOST_UNDATED) {
        Undated::All
    } else {
        Undated::I
    }
}

/// The fewest bits with which the padded answer of every scope offered, and of every search
/// for one identifier, fits [`ANSWER_BYTES`].
fn bits(occupied: &Occupancy, offered: &BTreeMap<Purpose, Vec<Class>>, undated: Undated, most: u8) -> u8 {
    let searchable = |class: &Class| offered.values().any(|classes| classes.contains(class));
    let scopes = Scope::ALL.iter().map(|scope| scope.segments());
    let scopes: Vec<&[Class]> = scopes.filter(|classes| classes.iter().all(searchable)).collect();
    let fits = |bits: &u8| {
        let mut rows = BTreeMap::<Class, (u64, u64)>::new();
        for (place, counts) in occupied {
            let slots = slot_count(*place, counts, *bits, undated);
            let (s, i) = rows.entry(place.0).or_default();
            *s += u64::from(slots.s);
            *i += u64::from(slots.i);
        }
        let by_birth = |classes: &&[Class]| {
            classes
                .iter()
                .filter_map(|class| rows.get(class))
                .map(|(s, _)| 16 * s)
                .sum()
        };
        let alone = rows
            .iter()
            .filter(|(class, _)| searchable(class))
            .map(|(_, (_, i))| 16 * i);
        scopes
            .iter()
            .map(by_birth)
            .chain(alone)
            .all(|bytes: u64| bytes <= ANSWER_BYTES)
    };
    (0..=most).find(fits).unwrap_or(most)
}

fn slot_count(
    (class, quarter): (Class, Quarter),
    counts: &[(BucketRef, u32)],
    bits: u8,
    undated: Undated,
) -> SlotCount {
    let (s, i) = largest(counts, bits, undated);
    SlotCount {
        class,
        quarter,
        s: with_room(s),
        i: with_room(i),
    }
}

/// A tenth more than needed, in whole steps.
fn with_room(rows: u32) -> u32 {
    rows.saturating_add(rows / 10)
        .saturating_add(1)
        .next_multiple_of(SLOT_STEP)
}

/// The fullest bucket of each family, at so many bits.
fn largest(counts: &[(BucketRef, u32)], bits: u8, undated: Undated) -> (u32, u32) {
    let (mut s, mut i) = (BTreeMap::<u8, u32>::new(), BTreeMap::<u8, u32>::new());
    let mut everywhere = 0;
    for (bucket, rows) in counts {
        let rows = *rows;
        match bucket {
            BucketRef::S(number) => *s.entry(low_bits(*number, bits)).or_default() += rows,
            BucketRef::I(number) => *i.entry(top_bits(*number, bits)).or_default() += rows,
            BucketRef::Undated if undated == Undated::All => everywhere += rows,
            BucketRef::Undated => {}
        }
    }
    let most = |sums: BTreeMap<u8, u32>| sums.into_values().max().unwrap_or(0);
    (most(s).saturating_add(everywhere), most(i))
}

/// The bucket of fewer bits that holds finest bucket `number` of family S.
pub(crate) fn low_bits(number: u8, bits: u8) -> u8 {
    if bits >= 8 {
        number
    } else {
        number & ((1_u8 << bits) - 1)
    }
}

/// The bucket of fewer bits that holds finest bucket `number` of family I.
pub(crate) fn top_bits(number: u8, bits: u8) -> u8 {
    number.checked_shr(8_u32.saturating_sub(u32::from(bits))).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use proptest::prelude::*;

    fn quarter() -> Quarter {
        "2026Q2".parse().unwrap()
    }

    /// All classes, as many rows in each of 256 buckets of both families.
    fn even(rows: u32) -> Occupancy {
        let buckets = || (0..=u8::MAX).flat_map(|n| [(BucketRef::S(n), 1), (BucketRef::I(n), 1)]);
        let counts: Vec<_> = buckets().map(|(bucket, _)| (bucket, rows)).collect();
        let places = Class::ALL.iter().map(|class| (*class, quarter()));
        places.map(|place| (place, counts.clone())).collect()
    }

    fn all_classes() -> BTreeMap<Purpose, Vec<Class>> {
        BTreeMap::from([(Purpose::SeriousCrime, Class::ALL.to_vec())])
    }

    fn full_answer(occupied: &Occupancy, bits: u8) -> u64 {
        let slots = occupied
            .iter()
            .map(|(place, counts)| slot_count(*place, counts, bits, Undated::I));
        let full = slots.filter(|slot| Scope::Full.segments().contains(&slot.class));
        full.map(|slot| 16 * u64::from(slot.s)).sum()
    }

    #[test]
    fn entries_without_a_birth_date_are_everywhere_while_they_are_few() {
        let mut occupied = even(1);
        assert_eq!(undated(&occupied), Undated::I, "the index keeps none apart");
        let place = (Class::Doc, quarter());
        occupied
            .entry(place)
            .or_default()
            .push((BucketRef::Undated, MOST_UNDATED));
        assert_eq!(undated(&occupied), Undated::All);
        let counts = occupied.get(&place).unwrap();
        assert_eq!(largest(counts, 8, Undated::All), (1 + MOST_UNDATED, 1));
        assert_eq!(largest(counts, 8, Undated::I), (1, 1));
        occupied.entry(place).or_default().push((BucketRef::Undated, 1));
        assert_eq!(undated(&occupied), Undated::I);
    }

    #[test]
    fn a_small_index_is_one_bucket() {
        assert_eq!(bits(&even(1), &all_classes(), Undated::I, 8), 0);
    }

    proptest! {
        #[test]
        fn the_fewest_bits_are_chosen_that_keep_the_full_answer_within_a_mebibyte(rows in 0_u32..11_000) {
            let occupied = even(rows);
            let bits = bits(&occupied, &all_classes(), Undated::I, 8);
            prop_assert!(full_answer(&occupied, bits) <= ANSWER_BYTES);
            prop_assert!(bits == 0 || full_answer(&occupied, bits - 1) > ANSWER_BYTES);
        }

        #[test]
        fn every_bucket_fits_the_rows_published(counts in proptest::collection::vec((any::<u8>(), 0_u32..9_000), 0..40), bits in 0_u8..=8) {
            let counts: Vec<_> = counts.into_iter().map(|(n, rows)| (BucketRef::S(n), rows)).collect();
            let published = slot_count((Class::Nx, quarter()), &counts, bits, Undated::I).s;
            for bucket in 0..=u8::MAX {
                let inside = counts.iter().filter(|(held, _)| matches!(held, BucketRef::S(n) if low_bits(*n, bits) == bucket));
                prop_assert!(inside.map(|(_, rows)| rows).sum::<u32>() < published);
            }
        }
    }
}
