//! Why records are one person, in words; and an officer's judgment that they are not.

use super::group::{self, SetApart};
use super::trace::{self, How, Reason, Tie, Trace};
use crate::command::Report;
use crate::ledger::{Counter, Entry, Kind, Role};
use crate::load::{LoadError, Loader};
use crate::store::{Batch, RecordId, SubjectId};
use piux_protocol::vocabulary::Timestamp;
use serde_json::{Value, json};

impl Loader {
    /// The records of a person and why they are one; `name` is a record's or the subject's.
    /// Says nothing of what the records hold. The reading is recorded.
    pub fn subject_show(&self, name: &str) -> Result<Report, LoadError> {
        let entry = Entry::new(Kind::DataExplain, Role::Officer, self.ground.clock.now());
        self.ground.ledger.record(entry, ())?;
        let batch = self.ground.store.batch();
        let Some((subject, members)) = find(&batch, name)? else {
            return Ok(unknown());
        };
        let records: Vec<Value> = members.iter().map(|member| described(member, &members)).collect();
        let apart = batch.apart(subject)?;
        let text = story(subject, &members, &apart);
        let json = json!({ "subject": subject, "records": records, "apart": apart });
        Ok(Report::done(json, text))
    }

    /// Makes a record a person of its own, for good: it never joins those it was with again.
    pub fn subject_split(&self, record: &str, reason: &str) -> Result<Report, LoadError> {
        let now = self.ground.clock.now();
        let Ok(record) = RecordId::try_from(record.to_owned()) else {
            return Ok(unknown());
        };
        let _alone = self.ground.store.joining();
        let mut batch = self.ground.store.batch();
        let outcome = group::set_apart(&self.ground, &mut batch, record, now)?;
        let (subject, from, parts) = match outcome {
            SetApart::Unknown => return Ok(unknown()),
            SetApart::Alone => {
                let json = json!({ "error": "alone", "record": record });
                return Ok(Report::negative(json, "The record is its person's only one."));
            }
            SetApart::Done { subject, from, parts } => (subject, from, parts),
        };
        let mut entry = Entry::new(Kind::DataSeparate, Role::Officer, now).count(Counter::Records, 1);
        entry.detail.why = Some(json!({ "reason": reason }));
        entry.detail.what = Some(json!({ "record": record, "subject": subject, "was": from }));
        self.ground.ledger.record(entry, ())?;
        batch.commit()?;
        self.index.changed();
        let text = format!(
            "The record is a person of its own now ({}) and stays apart from {}.{}",
            String::from(subject),
            String::from(from),
            fell(parts)
        );
        let json = json!({ "record": record, "subject": subject, "was": from, "parts": parts });
        Ok(Report::done(json, text))
    }
}

fn unknown() -> Report {
    let text = "No record or person of this name, or its time is over.";
    Report::negative(json!({ "error": "unknown" }), text)
}

fn fell(parts: usize) -> String {
    match parts {
        0 | 1 => String::new(),
        parts => format!(" Without it the others were no longer one: they are {parts} persons."),
    }
}

/// The person of this name, or of the record of this name, with all its records by day.
fn find(batch: &Batch<'_>, name: &str) -> Result<Option<(SubjectId, Vec<Trace>)>, LoadError> {
    let Ok(RecordId(bytes)) = RecordId::try_from(name.to_owned()) else {
        return Ok(None);
    };
    let of_record = Trace::read(batch, RecordId(bytes))?.map(|trace| trace.subject);
    let subject = of_record.unwrap_or(SubjectId(bytes));
    let mut members = trace::of_subject(batch, subject, usize::MAX)?;
    members.sort_by_key(|member| (member.day, member.reasons.first().map(|reason| reason.at)));
    Ok((!members.is_empty()).then_some((subject, members)))
}

fn described(member: &Trace, all: &[Trace]) -> Value {
    json!({
        "record": member.record,
        "received": received(member),
        "reasons": member.reasons.iter().map(reason).collect::<Vec<_>>(),
        "same_document": tied(member, all, Tie::Document),
        "same_name_and_birth_date": tied(member, all, Tie::Name),
    })
}

fn reason(reason: &Reason) -> Value {
    let (how, of) = match reason.how {
        How::First => ("first", json!({})),
        How::Joined(Tie::Document) => ("document", json!({})),
        How::Joined(Tie::Name) => ("name", json!({})),
        How::Merged { from, by } => ("merged", json!({ "was": from, "by": by })),
        How::SetApart { from } => ("set_apart", json!({ "was": from })),
        How::Regrouped { from } => ("regrouped", json!({ "was": from })),
    };
    json!({ "at": reason.at, "how": how, "of": of })
}

/// The other records that have a key of this sort in common with this one.
fn tied(member: &Trace, all: &[Trace], tie: Tie) -> Vec<RecordId> {
    let shares = |other: &&Trace| {
        let mut joins = other.joins.iter().filter(|join| join.tie == tie);
        other.record != member.record && joins.any(|join| member.joins.contains(join))
    };
    all.iter().filter(shares).map(|other| other.record).collect()
}

fn story(subject: SubjectId, members: &[Trace], apart: &[SubjectId]) -> String {
    let mut lines = vec![format!(
        "Person {}: {} record{}.",
        String::from(subject),
        members.len(),
        if members.len() == 1 { "" } else { "s" }
    )];
    for member in members {
        lines.push(format!(
            "  Record {}, received {}",
            String::from(member.record),
            received(member)
        ));
        for (tie, words) in [
            (Tie::Document, "the same document of the same issuer as"),
            (Tie::Name, "the same full name and birth date as"),
        ] {
            let others = tied(member, members, tie);
            if !others.is_empty() {
                lines.push(format!("    has {words} {}", listed(others)));
            }
        }
        lines.extend(member.reasons.iter().map(|reason| format!("    {}", told(reason))));
    }
    if !apart.is_empty() {
        lines.push(format!(
            "  Stays apart, as an officer judged, from {}",
            listed(apart.to_vec())
        ));
    }
    lines.join("\n")
}

fn told(reason: &Reason) -> String {
    let day = reason.at.date();
    match reason.how {
        How::First => format!("{day}: nobody was known to be the same person"),
        How::Joined(Tie::Document) => format!("{day}: joined on a document"),
        How::Joined(Tie::Name) => format!("{day}: joined on full name and birth date"),
        How::Merged { from, by } => format!(
            "{day}: was person {} until record {} turned out to be about both",
            String::from(from),
            String::from(by)
        ),
        How::SetApart { from } => format!("{day}: an officer set it apart from person {}", String::from(from)),
        How::Regrouped { from } => format!("{day}: nothing ties it to person {} any more", String::from(from)),
    }
}

fn received(member: &Trace) -> String {
    Timestamp::from_seconds(i64::from(member.day) * 86_400)
        .date()
        .to_string()
}

fn listed<N: Into<String>>(names: Vec<N>) -> String {
    names.into_iter().map(Into::into).collect::<Vec<String>>().join(", ")
}
