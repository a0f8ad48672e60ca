//! Which person a record is about.
//!
//! Records join only on a document, or on full name and birth date. A join keeps its
//! reason, and whatever joined is taken apart again when the reason is gone:
//!
//! - a document joins nobody whose name and birth date are clearly others', nor a child
//!   with the adult it travels with;
//! - one name is no full name, and a birth date that stands for an unknown one (1 January,
//!   1 July) tells nobody apart: neither joins;
//! - two persons become one when a record belongs to both and they do not contradict each
//!   other; without that record they are two again;
//! - what an officer set apart stays apart.

mod bytes;
mod explain;
mod group;
mod likeness;
mod trace;

pub(super) use group::{leave, regroup};
pub(super) use trace::{Join, Tie, Trace};

use super::LoadError;
use super::keys::Keys;
use crate::ground::Ground;
use crate::ingest::Traveller;
use crate::ledger::{Counter, Entry, Kind, Role};
use crate::store::{Batch, RecordId, SubjectId};
use likeness::Likeness;
use piux_protocol::identifier::{Keyset, MatchKey};
use piux_protocol::vocabulary::{Family, Timestamp};
use std::collections::BTreeMap;
use trace::{How, Reason};

/// What full names are compared in: one spelling of each name. The other spellings and
/// readings of later keysets find people, with a grade; they would join strangers.
pub(super) const JOINING: Keyset = Keyset::Exact;
/// Records of a person that are looked at before another one joins them.
const LOOKED_AT: usize = 64;

/// What a record says of the person it is about.
#[derive(Clone)]
pub(super) struct Evidence {
    pub(super) joins: Vec<Join>,
    likeness: Likeness,
}

/// Where a record belongs.
pub(super) struct Placed {
    pub(super) subject: SubjectId,
    reasons: Vec<Reason>,
    set_apart: bool,
    /// Documents that are another person's too: kept apart.
    pub(super) conflicts: u64,
}

/// A person the record may be about.
struct Candidate {
    subject: SubjectId,
    ties: Vec<Tie>,
    members: Vec<Trace>,
    likeness: Likeness,
}

impl Evidence {
    /// What a record's keys say: those of [`JOINING`], and those of the newest keyset.
    pub(super) fn of(
        ground: &Ground,
        (exact, newest): (&Keys, &Keys),
        traveller: &Traveller,
        now: Timestamp,
    ) -> Result<Self, LoadError> {
        let mut joins = Vec::new();
        for (key, tie) in exact.keys().filter_map(|key| Some((key, tie(key)?))) {
            let key = ground.store.join_key(&key.input())?;
            joins.push(Join { tie, key });
        }
        Ok(Self {
            joins,
            likeness: Likeness::of(newest.keys(), traveller, now),
        })
    }
}

impl Placed {
    /// The trace of a record placed here.
    pub(super) fn trace(self, record: RecordId, day: u32, evidence: Evidence) -> Trace {
        Trace {
            record,
            day,
            subject: self.subject,
            rows: Vec::new(),
            joins: evidence.joins,
            likeness: evidence.likeness,
            reasons: self.reasons,
            set_apart: self.set_apart,
        }
    }
}

/// Which keys make two records one person.
fn tie(key: &MatchKey) -> Option<Tie> {
    match key.family() {
        Family::Doc => Some(Tie::Document),
        Family::Nx if !likeness::has_default_date(key) => Some(Tie::Name),
        _ => None,
    }
}

/// The person a record is about: one known by a document or by full name and birth date,
/// or a new one. Persons whom the record shows to be one become one.
///
/// The earlier trace of the same record, if there is one, has been taken out already.
pub(super) fn place(
    ground: &Ground,
    batch: &mut Batch<'_>,
    record: RecordId,
    evidence: &Evidence,
    earlier: Option<&Trace>,
    now: Timestamp,
) -> Result<Placed, LoadError> {
    if let Some(earlier) = earlier.filter(|earlier| earlier.set_apart) {
        return Ok(Placed {
            subject: earlier.subject,
            reasons: earlier.reasons.clone(),
            set_apart: true,
            conflicts: 0,
        });
    }
    let (candidates, mut conflicts) = candidates(batch, evidence)?;
    let mut candidates = candidates.into_iter();
    let Some(chosen) = candidates.next() else {
        let subject = newcomer(ground, batch, earlier)?;
        return Ok(Placed::at(subject, How::First, now, conflicts));
    };
    for other in candidates {
        if may_be_one(batch, &chosen, &other)? {
            merge(ground, batch, (other.subject, chosen.subject), record, now)?;
        } else {
            conflicts += 1;
        }
    }
    let tie = chosen.ties.iter().copied().max().unwrap_or(Tie::Document);
    Ok(Placed::at(chosen.subject, How::Joined(tie), now, conflicts))
}

impl Placed {
    fn at(subject: SubjectId, how: How, at: Timestamp, conflicts: u64) -> Self {
        Self {
            subject,
            reasons: vec![Reason { at, how }],
            set_apart: false,
            conflicts,
        }
    }
}

/// A record that is about nobody else keeps its subject through its versions.
fn newcomer(ground: &Ground, batch: &Batch<'_>, earlier: Option<&Trace>) -> Result<SubjectId, LoadError> {
    match earlier {
        Some(earlier) if batch.members(earlier.subject, 1)?.is_empty() => Ok(earlier.subject),
        _ => Ok(SubjectId::draw(&*ground.random)),
    }
}

/// Who may be meant, the likeliest first, and how many are not although a document says so.
fn candidates(batch: &Batch<'_>, evidence: &Evidence) -> Result<(Vec<Candidate>, u64), LoadError> {
    let mut ties: BTreeMap<SubjectId, Vec<Tie>> = BTreeMap::new();
    for join in &evidence.joins {
        if let Some(subject) = batch.owner(join.key)? {
            ties.entry(subject).or_default().push(join.tie);
        }
    }
    let (mut found, mut conflicts) = (Vec::new(), 0);
    for (subject, ties) in ties {
        let members = trace::of_subject(batch, subject, LOOKED_AT)?;
        if members.is_empty() || members.iter().any(|member| is_one(member, evidence)) {
            let likeness = members.iter().map(|member| &member.likeness).collect();
            found.push(Candidate {
                subject,
                ties,
                members,
                likeness,
            });
        } else {
            conflicts += 1;
        }
    }
    found.sort_by_key(|candidate| std::cmp::Reverse(candidate.weight()));
    Ok((found, conflicts))
}

impl Candidate {
    /// Full name and birth date first, then what has more ties, then more records.
    fn weight(&self) -> (Option<Tie>, usize, usize) {
        (self.ties.iter().copied().max(), self.ties.len(), self.members.len())
    }
}

/// Whether a record of a person and a new one are about one person.
fn is_one(member: &Trace, evidence: &Evidence) -> bool {
    match member.tie_with(&evidence.joins) {
        Some(Tie::Name) => true,
        Some(Tie::Document) => !member.likeness.contradicts(&evidence.likeness),
        None => false,
    }
}

fn may_be_one(batch: &Batch<'_>, one: &Candidate, other: &Candidate) -> Result<bool, LoadError> {
    let apart = batch.apart(one.subject)?.contains(&other.subject);
    Ok(!apart && !one.likeness.contradicts(&other.likeness))
}

/// Gives every record of a person to another, whom `by` shows to be the same one. Recorded
/// first; undone when `by` is taken out of the person again.
fn merge(
    ground: &Ground,
    batch: &mut Batch<'_>,
    (from, to): (SubjectId, SubjectId),
    by: RecordId,
    now: Timestamp,
) -> Result<(), LoadError> {
    let members = trace::of_subject(batch, from, usize::MAX)?;
    let mut entry = Entry::new(Kind::DataCombine, Role::Node, now)
        .count(Counter::Subjects, 2)
        .count(Counter::Records, members.len() as u64);
    entry.detail.what = Some(serde_json::json!({ "record": by, "subject": to, "was": from }));
    ground.ledger.record(entry, ())?;
    for mut member in members {
        for join in &member.joins {
            if batch.owner(join.key)? == Some(from) {
                batch.put_owner(join.key, to, member.day)?;
            }
        }
        let how = How::Merged { from, by };
        group::give(batch, &mut member, to, Reason { at: now, how })?;
    }
    group::inherit_apart(batch, from, to, now)
}
