//! Answers as a duty officer reads them, and as programs do.

use super::people::people;
use super::plan::Plan;
use super::told::{ShownHit, Told};
use crate::command::{Question, Report};
use piux_protocol::blind::Gate;
use piux_protocol::message::problem::Clause;
use piux_protocol::vocabulary::{Class, Digest, UnitId};
use serde::Serialize;
use serde_json::{Value, json};

/// What a partner's answer comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Outcome {
    Hit,
    NoHit,
    Refused,
    Unreachable,
}

/// The answers of one partner to all requests about one subject.
#[derive(Debug, Clone, Default)]
pub(super) struct Answered {
    hits: Vec<ShownHit>,
    classes: Vec<Class>,
    not_searched: Vec<String>,
    left_out: usize,
    weak: usize,
    crowded: usize,
    leak_bits: u32,
    receipts: Vec<Digest>,
}

impl Answered {
    /// Puts the answers to all requests of a plan together; nobody is counted twice who is
    /// known to be the same person.
    pub(super) fn of(told: Vec<Told>, plan: Plan) -> Self {
        let mut classes: Vec<Class> = told.iter().flat_map(|told| told.tried.iter().copied()).collect();
        classes.sort_unstable();
        classes.dedup();
        let mut answered = Self {
            classes,
            not_searched: plan.not_searched,
            left_out: plan.left_out,
            weak: told.iter().map(|told| told.weak).sum(),
            crowded: told.iter().map(|told| told.crowded).sum(),
            leak_bits: told.iter().map(|told| told.leak).max().unwrap_or(0),
            receipts: told.iter().map(|told| told.receipt).collect(),
            ..Self::default()
        };
        answered.hits = people(told);
        if answered.crowded > 0 {
            let crowded = answered.crowded;
            answered.not_searched.push(format!(
                "{crowded} key(s) are shared by too many people to name any of them; ask with a document"
            ));
        }
        if answered.weak > 0 {
            let weak = answered.weak;
            answered.not_searched.push(format!(
                "{weak} person(s) share no more than strangers would and are not shown; ask with a document"
            ));
        }
        answered
    }
}

/// One partner's line of the report.
#[derive(Debug, Clone)]
pub(super) struct PartnerAnswer {
    partner: UnitId,
    outcome: Outcome,
    answered: Answered,
    clauses: Vec<Clause>,
    why: Option<String>,
}

impl PartnerAnswer {
    pub(super) fn answered(partner: UnitId, answered: Answered) -> Self {
        let outcome = if answered.hits.is_empty() {
            Outcome::NoHit
        } else {
            Outcome::Hit
        };
        Self {
            partner,
            outcome,
            answered,
            clauses: Vec::new(),
            why: None,
        }
    }

    pub(super) fn stopped(partner: UnitId, outcome: Outcome, clauses: Vec<Clause>, receipt: Option<Digest>) -> Self {
        let answered = Answered {
            receipts: receipt.into_iter().collect(),
            not_searched: vec!["nothing was searched".to_owned()],
            ..Answered::default()
        };
        Self {
            partner,
            outcome,
            answered,
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
        let answered = &self.answered;
        json!({
            "partner": self.partner, "outcome": self.outcome, "hits": answered.hits,
            "classes_tried": answered.classes, "not_searched": answered.not_searched,
            "left_out": answered.left_out, "weak": answered.weak, "crowded": answered.crowded,
            "leak_bits": answered.leak_bits, "clauses": clauses, "receipt": answered.receipts.last(),
            "receipts": answered.receipts, "why": self.why,
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
        if self.answered.hits.iter().any(|hit| !hit.may_be.is_empty()) {
            text += "  Hits of different requests may be the same person.\n";
        }
        for clause in &self.clauses {
            text += &format!("  {}  {}{}\n", clause.id, clause.title, cited(&clause.cite));
        }
        if matches!(self.outcome, Outcome::Hit | Outcome::NoHit) {
            text += &self.answered.searched();
        }
        for receipt in &self.answered.receipts {
            text += &format!("  Receipt: {receipt}\n");
        }
        text
    }
}

impl Answered {
    fn searched(&self) -> String {
        let classes: Vec<&str> = self.classes.iter().map(|class| class.term()).collect();
        format!(
            "  Searched by: {}.\n  Not searched: {}.\n  The partner learned at most {} bit(s) about the person.\n",
            classes.join(", "),
            self.not_searched.join("; "),
            self.leak_bits
        )
    }
}

fn hit_text(hit: &ShownHit) -> String {
    let next = match hit.gate {
        Gate::Routine => "follow up with a reasoned request",
        Gate::Masked => "masked: a follow-up needs the independent authority's approval",
        Gate::Refused | Gate::Crowded => "data elements are not released for this purpose",
    };
    format!(
        "  Hit {}: {}: {}.\n    {}.\n    Next: {next}, until {}. A person must review it before anything else follows.\n",
        hit.hit,
        hit.grade,
        hit.reasons.join("; "),
        strangers(hit.expected),
        hit.follow_up_until
    )
}

/// The expected number of strangers as an officer reads it.
fn strangers(expected: f64) -> String {
    if expected >= 0.1 {
        format!("About {expected:.1} stranger(s) there would be expected to match as well")
    } else {
        let in_ten = (-expected.max(1e-12).log10()).floor();
        format!(
            "Expected strangers that match as well: fewer than 1 in {:.0}",
            10_f64.powf(in_ten)
        )
    }
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

/// What kinds of identifier were given; never the identifier.
fn identifiers(question: &Question) -> String {
    let given = [
        ("a document", &question.documents),
        ("name and birth date", &question.persons),
        ("a telephone number", &question.phones),
        ("an e-mail address", &question.emails),
        ("a frequent flyer number", &question.frequent_flyers),
        ("a record locator", &question.locators),
    ];
    let given = given.iter().filter(|(_, given)| !given.is_empty());
    let told = given.map(|(name, given)| match given.len() {
        1 => (*name).to_owned(),
        many => format!("{name} ({many} of them)"),
    });
    told.collect::<Vec<_>>().join(", ")
}
