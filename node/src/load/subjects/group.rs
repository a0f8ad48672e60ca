//! Taking records out of a person, and persons apart.
//!
//! The records of a person hang together: each is tied to another one. When a record goes,
//! what it alone held together falls apart.

use super::trace::{self, How, Reason, Tie, Trace};
use crate::ground::Ground;
use crate::keys::day_of;
use crate::load::LoadError;
use crate::store::{Batch, RecordId, SubjectId};
use piux_protocol::vocabulary::Timestamp;
use std::collections::BTreeSet;

/// A person of more records than this is not looked through for what holds it together.
const MOST: usize = 1000;

/// What became of a record that was to be set apart.
pub(super) enum SetApart {
    /// There is no such record, or its time is over.
    Unknown,
    /// It is its person's only record.
    Alone,
    /// It is a person of its own now, apart from this one, which fell into so many.
    Done {
        subject: SubjectId,
        from: SubjectId,
        parts: usize,
    },
}

/// Takes a record out of its person; the trace is the caller's to replace or remove.
pub(in crate::load) fn leave(batch: &mut Batch<'_>, trace: &Trace) -> Result<(), LoadError> {
    batch.remove_member(trace.subject, trace.record)?;
    let others = trace::of_subject(batch, trace.subject, MOST)?;
    for join in &trace.joins {
        let is_shared = others.iter().any(|other| other.joins.contains(join));
        if !is_shared && batch.owner(join.key)? == Some(trace.subject) {
            batch.remove_owner(join.key)?;
        }
    }
    Ok(())
}

/// Looks whether a person still hangs together, and makes persons of the parts if not.
/// The largest part stays who it was. Returns the new subjects.
pub(in crate::load) fn regroup(
    ground: &Ground,
    batch: &mut Batch<'_>,
    subject: SubjectId,
    now: Timestamp,
) -> Result<Vec<SubjectId>, LoadError> {
    let members = trace::of_subject(batch, subject, MOST)?;
    if members.len() < 2 || members.len() == MOST {
        return Ok(Vec::new());
    }
    let mut parts = parts(members);
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    let mut parts = parts.into_iter();
    let staying = parts.next().unwrap_or_default();
    let mut fresh = Vec::new();
    for part in parts {
        let to = SubjectId::draw(&*ground.random);
        for mut member in part {
            disown(batch, &member, &staying, to)?;
            let how = How::Regrouped { from: subject };
            give(batch, &mut member, to, Reason { at: now, how })?;
        }
        for other in batch.apart(subject)? {
            keep_apart(batch, to, other, now)?;
        }
        fresh.push(to);
    }
    Ok(fresh)
}

/// Makes a record a person of its own, for good.
pub(super) fn set_apart(
    ground: &Ground,
    batch: &mut Batch<'_>,
    record: RecordId,
    now: Timestamp,
) -> Result<SetApart, LoadError> {
    let Some(mut trace) = Trace::read(batch, record)? else {
        return Ok(SetApart::Unknown);
    };
    let (from, to) = (trace.subject, SubjectId::draw(&*ground.random));
    let mut rest = trace::of_subject(batch, from, MOST)?;
    rest.retain(|member| member.record != record);
    if rest.is_empty() {
        return Ok(SetApart::Alone);
    }
    trace.set_apart = true;
    disown(batch, &trace, &rest, to)?;
    let how = How::SetApart { from };
    give(batch, &mut trace, to, Reason { at: now, how })?;
    for other in batch.apart(from)? {
        keep_apart(batch, to, other, now)?;
    }
    let mut parts = regroup(ground, batch, from, now)?;
    parts.push(from);
    for part in &parts {
        keep_apart(batch, to, *part, now)?;
    }
    Ok(SetApart::Done {
        subject: to,
        from,
        parts: parts.len(),
    })
}

/// Gives a record and its index rows to another person.
pub(super) fn give(batch: &mut Batch<'_>, trace: &mut Trace, to: SubjectId, why: Reason) -> Result<(), LoadError> {
    batch.remove_member(trace.subject, trace.record)?;
    batch.put_member(to, trace.record, trace.day)?;
    batch.reassign_index(&trace.rows, to)?;
    trace.subject = to;
    trace.reasons.push(why);
    trace.write(batch)
}

/// What was set apart from a person stays apart from the one it became.
pub(super) fn inherit_apart(
    batch: &mut Batch<'_>,
    from: SubjectId,
    to: SubjectId,
    now: Timestamp,
) -> Result<(), LoadError> {
    for other in batch.apart(from)? {
        keep_apart(batch, to, other, now)?;
    }
    Ok(())
}

/// Notes with both that they never become one.
fn keep_apart(batch: &mut Batch<'_>, one: SubjectId, other: SubjectId, now: Timestamp) -> Result<(), LoadError> {
    for (subject, other) in [(one, other), (other, one)] {
        let mut apart: BTreeSet<SubjectId> = batch.apart(subject)?.into_iter().collect();
        apart.insert(other);
        let apart: Vec<SubjectId> = apart.into_iter().collect();
        batch.put_apart(subject, &apart, day_of(now))?;
    }
    Ok(())
}

/// The keys that only this record has go with it.
fn disown(batch: &mut Batch<'_>, trace: &Trace, staying: &[Trace], to: SubjectId) -> Result<(), LoadError> {
    for join in &trace.joins {
        let stays = staying.iter().any(|other| other.joins.contains(join));
        if !stays && batch.owner(join.key)? == Some(trace.subject) {
            batch.put_owner(join.key, to, trace.day)?;
        }
    }
    Ok(())
}

/// Records that hang together, set by set.
fn parts(members: Vec<Trace>) -> Vec<Vec<Trace>> {
    let mut parts: Vec<Vec<Trace>> = Vec::new();
    for member in members {
        let (tied, mut others): (Vec<_>, Vec<_>) = parts
            .into_iter()
            .partition(|part| part.iter().any(|other| are_tied(other, &member)));
        let mut part: Vec<Trace> = tied.into_iter().flatten().collect();
        part.push(member);
        others.push(part);
        parts = others;
    }
    parts
}

fn are_tied(one: &Trace, other: &Trace) -> bool {
    match one.tie_with(&other.joins) {
        Some(Tie::Name) => true,
        Some(Tie::Document) => !one.likeness.contradicts(&other.likeness),
        None => false,
    }
}
