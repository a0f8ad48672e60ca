//! Answers as a duty officer reads them, and as programs do.

use super::keep::Hit;
use crate::command::{Question, Report};
use piux_protocol::blind::Gate;
use piux_protocol::message::problem::Clause;
use piux_protocol::vocabulary::{Class, Digest, Timestamp, UnitId};
use serde::Serialize;
use serde_json::{Value, json};

/// How sure a hit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Grade {
    /// Document and full name name the same person.
    Strong,
    /// One of them does.
    Possible,
}

/// What a partner's answer comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Outcome {
    Hit,
    NoHit,
    Refused,
    Unreachable,
}

/// A hit as it is shown.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ShownHit {
    hit: String,
    grade: Grade,
    gate: Gate,
    classes: Vec<Class>,
    follow_up_until: Timestamp,
    needs_human_review: bool,
}

impl ShownHit {
    pub(super) fn of(hit: &Hit) -> Self {
        let classes: Vec<Class> = hit.hits.iter().map(|hit| hit.class).collect();
        Self {
            hit: hit.name(),
            grade: grade(&classes),
            gate: hit.gate,
            classes,
            follow_up_until: hit.follow_up_until,
            needs_human_review: true,
        }
    }
}

/// The answers of one partner to all requests about one subject.
#[derive(Debug, Clone, Default)]
pub(super) struct Answered {
    pub(super) hits: Vec<ShownHit>,
    pub(super) classes: Vec<Class>,
    pub(super) leak_bits: u32,
    pub(super) receipt: Option<Digest>,
    pub(super) crowded: bool,
}

impl Answered {
    pub(super) fn extend(&mut self, more: Self) {
        self.hits.extend(more.hits);
        self.classes.extend(more.classes);
        self.leak_bits = self.leak_bits.max(more.leak_bits);
        self.receipt = more.receipt.or(self.receipt);
        self.crowded |= more.crowded;
    }
}

/// One partner's line of the report.
#[derive(Debug, Clone)]
pub(super) struct PartnerAnswer {
    partner: UnitId,
    outcome: Outcome,
    answered: Answered,
    not_searched: Vec<String>,
    clauses: Vec<Clause>,
    why: Option<String>,
}

impl PartnerAnswer {
    pub(super) fn answered(partner: UnitId, answered: Answered, mut not_searched: Vec<String>) -> Self {
        if answered.crowded {
            not_searched
                .push("one key is shared by too many people to name any of them; ask with a document".to_owned());
        }
        let outcome = if answered.hits.is_empty() {
            Outcome::NoHit
        } else {
            Outcome::Hit
        };
        Self {
            partner,
            outcome,
            answered,
            not_searched,
            clauses: Vec::new(),
            why: None,
        }
    }

    pub(super) fn stopped(partner: UnitId, outcome: Outcome, clauses: Vec<Clause>, receipt: Option<Digest>) -> Self {
        let answered = Answered {
            receipt,
            ..Answered::default()
        };
        Self {
            partner,
            outcome,
            answered,
            not_searched: vec!["nothing was searched".to_owned()],
            clauses,
            why: None,
        }
    }

    pub(super) fn unreachable(partner: UnitId, why: String) -> Self {
        let stopped = Self::stopped(partner, Outcome::Unreachable, Vec::new(), None);
        Self {
            why: Some(why),
            ..stopped
        }
    }

    fn json(&self) -> Value {
        let clauses: Vec<_> = self
            .clauses
            .iter()
            .map(|clause| json!({ "id": clause.id, "title": clause.title, "cite": clause.cite }))
            .collect();
        json!({
            "partner": self.partner, "outcome": self.outcome, "hits": self.answered.hits,
            "classes_tried": self.answered.classes, "not_searched": self.not_searched,
            "leak_bits": self.answered.leak_bits, "clauses": clauses, "receipt": self.answered.receipt,
            "why": self.why,
        })
    }

    fn text(&self) -> String {
        let name = self.partner.state();
        let mut text = match self.outcome {
            Outcome::Hit => format!("{name}: known there.\n"),
            Outcome::NoHit => format!("{name}: no hit.\n"),
            Outcome::Refused => format!("{name}: refused.\n"),
            Outcome::Unreachable => format!(
                "{name}: no answer ({}).\n",
                self.why.as_deref().unwrap_or("unknown cause")
            ),
        };
        for hit in &self.answered.hits {
            text += &hit_text(hit);
        }
        for clause in &self.clauses {
            text += &format!("  {}  {}{}\n", clause.id, clause.title, cited(&clause.cite));
        }
        if matches!(self.outcome, Outcome::Hit | Outcome::NoHit) {
            text += &format!("  Not searched: {}.\n", self.not_searched.join("; "));
            text += &format!(
                "  The partner learned at most {} bit(s) about the person.\n",
                self.answered.leak_bits
            );
        }
        if let Some(receipt) = self.answered.receipt {
            text += &format!("  Receipt: {receipt}\n");
        }
        text
    }
}

fn hit_text(hit: &ShownHit) -> String {
    let sure = match hit.grade {
        Grade::Strong => "strong: document and full name name the same person",
        Grade::Possible => "possible: one identifier matches",
    };
    let next = match hit.gate {
        Gate::Routine => "follow up with a reasoned request",
        Gate::Masked => "masked: a follow-up needs the independent authority's approval",
        Gate::Refused | Gate::Crowded => "data elements are not released for this purpose",
    };
    format!(
        "  Hit {}: {sure}.\n    Next: {next}, until {}. A person must review it before anything else follows.\n",
        hit.hit, hit.follow_up_until
    )
}

fn cited(cite: &str) -> String {
    if cite.is_empty() {
        String::new()
    } else {
        format!("  ({cite})")
    }
}

/// The whole report.
pub(super) fn report(question: &Question, answers: &[PartnerAnswer]) -> Report {
    let asked = format!(
        "Asked blindly for {}, offence {}, basis {}, window {}: {}.\n\n",
        question.purpose,
        question.offence,
        question.basis,
        question.window,
        identifiers(question)
    );
    let text = asked + &answers.iter().map(PartnerAnswer::text).collect::<Vec<_>>().join("\n");
    let query = json!({
        "purpose": question.purpose, "offence": question.offence, "basis": question.basis,
        "window": question.window, "identifiers": identifiers(question),
    });
    let json = json!({ "query": query, "partners": answers.iter().map(PartnerAnswer::json).collect::<Vec<_>>() });
    let refused = answers.iter().any(|answer| answer.outcome == Outcome::Refused);
    if refused {
        Report::negative(json, text)
    } else {
        Report::done(json, text)
    }
}

/// How sure: a document and the full name on one person are strong, one of them is possible.
fn grade(classes: &[Class]) -> Grade {
    if classes.contains(&Class::Doc) && classes.contains(&Class::Nx) {
        Grade::Strong
    } else {
        Grade::Possible
    }
}

/// What kinds of identifier were given; never the identifier.
fn identifiers(question: &Question) -> String {
    let given = [
        ("a document", question.document.is_some()),
        ("name and birth date", question.person.is_some()),
        ("a record locator", question.locator.is_some()),
    ];
    given
        .iter()
        .filter(|(_, given)| *given)
        .map(|(name, _)| *name)
        .collect::<Vec<_>>()
        .join(", ")
}
