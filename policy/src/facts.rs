//! Everything a decision may look at. Identifiers and findings are not among it.

use crate::term::{Approval, Band, Kind, Role, Term};
use piux_protocol::vocabulary::{Basis, Class, Declaration, Digest, ElementId, Offence, Purpose, UnitId, Window};
use std::fmt;

/// What is known of one question, before any data are touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryFacts {
    /// What the question serves.
    pub purpose: Purpose,
    /// The offence.
    pub offence: Offence,
    /// The legal basis.
    pub basis: Basis,
    /// The classes to search, or those of the proven hits of a disclosure.
    pub classes: Vec<Class>,
    /// What the asking unit asserts.
    pub declares: Vec<Declaration>,
    /// The agreement version the asking unit names.
    pub agreement_version: Digest,
    /// Whether case, officer and reasons were given, in clear or committed to (L12).
    pub reasoned: bool,
    /// Whether the asking unit calls the case urgent.
    pub urgent: bool,
    /// Whether the recipient's intended use was checked and recorded (Directive (EU) 2016/681 Art. 11(3)).
    pub undertaking: bool,
    /// Whether this question is beyond the volumes of the agreement; see [`Quota::exceeded`](crate::agreement::Quota::exceeded).
    pub quota_exceeded: bool,
    /// The quarters to search, once known.
    pub window: Option<Window>,
    /// Bits the responder learns of the person, rounded up, once known.
    pub leak_bits: Option<u8>,
}

/// What is known of one release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisclosureFacts {
    /// The class of the record to release from.
    pub record: RecordClass,
    /// The elements asked for.
    pub elements: Vec<ElementId>,
    /// The approvals on file, and still valid.
    pub approvals: Approvals,
    /// Whether free text passed the sensitive-data filter.
    pub filtered: bool,
}

/// Who wants to sign an approval step, of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalFacts {
    /// The person who signs.
    pub approver: Person,
    /// The person who asked, at the asking unit.
    pub requester: Person,
    /// The unit that answers.
    pub holder: UnitId,
    /// The step.
    pub step: Approval,
    /// Those who signed this step, or the officer's step, before.
    pub approved_by: Vec<OfficerId>,
}

/// A person acting in an approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who it is.
    pub id: OfficerId,
    /// Their unit; none for an independent authority.
    pub unit: Option<UnitId>,
    /// Their roles.
    pub roles: Vec<Role>,
}

/// Names an officer within a unit; never printed by `Debug`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OfficerId(String);

impl OfficerId {
    /// The officer of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }
}

impl AsRef<str> for OfficerId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for OfficerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OfficerId(..)")
    }
}

/// A set of approvals: facts on file, never levels.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Approvals(u8);

impl Approvals {
    /// No approval.
    pub const NONE: Self = Self(0);

    /// This set with one more.
    #[must_use]
    pub fn with(self, approval: Approval) -> Self {
        Self(self.0 | bit(approval))
    }

    /// This set without one.
    #[must_use]
    pub fn without(self, approval: Approval) -> Self {
        Self(self.0 & !bit(approval))
    }

    /// Whether the approval is on file.
    pub fn contains(self, approval: Approval) -> bool {
        self.0 & bit(approval) != 0
    }

    /// The approvals of both sets.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The approvals in the set.
    pub fn iter(self) -> impl Iterator<Item = Approval> {
        Approval::ALL
            .iter()
            .copied()
            .filter(move |approval| self.contains(*approval))
    }

    /// Every set of approvals that holds this one, smaller ones first.
    pub(crate) fn supersets(self) -> Vec<Self> {
        let mut sets: Vec<Self> = (0..8).map(Self).filter(|set| set.union(self) == *set).collect();
        sets.sort_by_key(|set| (set.0.count_ones(), set.0));
        sets
    }
}

impl FromIterator<Approval> for Approvals {
    fn from_iter<I: IntoIterator<Item = Approval>>(approvals: I) -> Self {
        approvals.into_iter().fold(Self::NONE, Self::with)
    }
}

impl fmt::Debug for Approvals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

fn bit(approval: Approval) -> u8 {
    match approval {
        Approval::Officer => 1,
        Approval::FourEyes => 2,
        Approval::Independent => 4,
    }
}

/// All a rule may know of a stored record; every record is in exactly one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecordClass {
    /// What it is.
    pub kind: Kind,
    /// How old it is.
    pub band: Band,
    /// A flight within the Union (Directive (EU) 2016/681 Art. 2).
    pub intra_eu: bool,
    /// Objective material links the passenger to the purposes (CJEU C-817/19 paras 248-262).
    pub objective_link: bool,
    /// Processing is restricted (Directive (EU) 2016/680 Art. 16(3)).
    pub restricted: bool,
    /// A negative result kept only to avoid future false matches (Art. 12(5)).
    pub false_positive: bool,
    /// A minor.
    pub minor: bool,
    /// An automated match was reviewed by a person (Art. 6(5)).
    pub reviewed: bool,
}

impl RecordClass {
    /// How many classes there are.
    pub const COUNT: usize = 576;

    /// The class of a record with no flag set.
    pub fn new(kind: Kind, band: Band) -> Self {
        Self {
            kind,
            band,
            intra_eu: false,
            objective_link: false,
            restricted: false,
            false_positive: false,
            minor: false,
            reviewed: false,
        }
    }

    /// The number of the class: 192 for each kind, 64 for each band, a bit for each flag.
    pub fn index(self) -> usize {
        let flags = [
            self.intra_eu,
            self.objective_link,
            self.restricted,
            self.false_positive,
            self.minor,
            self.reviewed,
        ];
        let flags = flags.iter().rev().fold(0, |bits, flag| bits * 2 + usize::from(*flag));
        place(self.kind) * 192 + place(self.band) * 64 + flags
    }

    /// The class of a number below [`COUNT`](Self::COUNT).
    pub fn from_index(index: usize) -> Option<Self> {
        let flag = |bit: usize| index >> bit & 1 == 1;
        Some(Self {
            kind: Kind::ALL.get(index / 192).copied()?,
            band: Band::ALL.get(index % 192 / 64).copied()?,
            intra_eu: flag(0),
            objective_link: flag(1),
            restricted: flag(2),
            false_positive: flag(3),
            minor: flag(4),
            reviewed: flag(5),
        })
    }

    /// Every class, in the order of its number.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT).filter_map(Self::from_index)
    }
}

fn place<T: Term + PartialEq>(term: T) -> usize {
    T::ALL.iter().take_while(|other| **other != term).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_record_class_has_its_own_number() {
        assert_eq!(RecordClass::all().count(), RecordClass::COUNT);
        for (index, class) in RecordClass::all().enumerate() {
            assert_eq!(class.index(), index);
        }
        assert_eq!(RecordClass::from_index(RecordClass::COUNT), None);
    }

    #[test]
    fn supersets_of_approvals_start_with_the_set_itself() {
        let officer = Approvals::NONE.with(Approval::Officer);
        let sets = officer.supersets();
        assert_eq!(sets.first(), Some(&officer));
        assert_eq!(sets.len(), 4);
    }
}
