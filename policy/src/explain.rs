//! Why a decision fell as it did, and which facts would have to change.

use crate::decision::{Clause, Decision};
use crate::effective::Effective;
use crate::facts::{DisclosureFacts, QueryFacts};
use crate::term::{Approval, Band, Term};
use piux_protocol::vocabulary::{Class, Declaration, ElementId, Timestamp};
use serde::Serialize;
use std::collections::BTreeSet;

/// A decision with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// Whether anything is allowed.
    pub permitted: bool,
    /// What is allowed.
    pub granted: Vec<String>,
    /// The rules that fired, with their law.
    pub rules: Vec<Clause>,
    /// Single facts whose change would change the answer.
    pub flips: Vec<Flip>,
}

/// A fact whose change would change the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flip {
    /// The fact, and what it would have to be.
    pub fact: String,
    /// Whether anything would then be allowed.
    pub permitted: bool,
    /// Clauses that would no longer stand against it.
    pub lifts: Vec<String>,
    /// Clauses that would then stand against it.
    pub adds: Vec<String>,
}

impl Effective {
    /// Explains the decision about a question.
    pub fn explain_query(&self, facts: &QueryFacts, now: Timestamp) -> Explanation {
        let decision = self.decide_query(facts, now);
        let changes = query_changes(self, facts).into_iter();
        let flips = changes.filter_map(|(fact, facts)| flip(fact, &decision, &self.decide_query(&facts, now)));
        explanation(&decision, flips.collect(), |class: &Class| class.term().to_owned())
    }

    /// Explains the decision about a release.
    pub fn explain_disclosure(&self, query: &QueryFacts, facts: &DisclosureFacts, now: Timestamp) -> Explanation {
        let decision = self.decide_disclosure(query, facts, now);
        let of_query = query_changes(self, query)
            .into_iter()
            .map(|(fact, query)| (fact, query, facts.clone()));
        let of_release = disclosure_changes(facts)
            .into_iter()
            .map(|(fact, facts)| (fact, query.clone(), facts));
        let flips = of_query
            .chain(of_release)
            .filter_map(|(fact, query, facts)| flip(fact, &decision, &self.decide_disclosure(&query, &facts, now)));
        explanation(&decision, flips.collect(), ElementId::to_string)
    }
}

fn explanation<T>(decision: &Decision<T>, flips: Vec<Flip>, name: impl Fn(&T) -> String) -> Explanation {
    let (granted, mut rules) = match decision {
        Decision::Permit(permit) => (permit.granted().iter().map(name).collect(), permit.rules().to_vec()),
        Decision::Refused(_) => (Vec::new(), Vec::new()),
    };
    rules.extend(decision.clauses());
    Explanation {
        permitted: decision.is_permit(),
        granted,
        rules,
        flips,
    }
}

/// `None` if the change makes no difference.
fn flip<T>(fact: String, before: &Decision<T>, after: &Decision<T>) -> Option<Flip> {
    let ids = |decision: &Decision<T>| -> BTreeSet<String> {
        decision.clauses().into_iter().map(|clause| clause.id).collect()
    };
    let (old, new) = (ids(before), ids(after));
    let lifts: Vec<String> = old.difference(&new).cloned().collect();
    let adds: Vec<String> = new.difference(&old).cloned().collect();
    let changed = before.is_permit() != after.is_permit() || !lifts.is_empty() || !adds.is_empty();
    changed.then(|| Flip {
        fact,
        permitted: after.is_permit(),
        lifts,
        adds,
    })
}

fn query_changes(policy: &Effective, facts: &QueryFacts) -> Vec<(String, QueryFacts)> {
    let mut changes = Vec::new();
    let mut change = |name: &str, to: bool, set: &dyn Fn(&mut QueryFacts)| {
        let mut changed = facts.clone();
        set(&mut changed);
        changes.push((format!("{name} = {to}"), changed));
    };
    change("reasoned", !facts.reasoned, &|facts| facts.reasoned ^= true);
    change("urgent", !facts.urgent, &|facts| facts.urgent ^= true);
    change("undertaking", !facts.undertaking, &|facts| facts.undertaking ^= true);
    change("quota_exceeded", !facts.quota_exceeded, &|facts| {
        facts.quota_exceeded ^= true
    });
    for declaration in Declaration::ALL {
        let declared = facts.declares.contains(declaration);
        change(declaration.term(), !declared, &|facts| {
            toggle(&mut facts.declares, *declaration)
        });
    }
    if facts.agreement_version != policy.version() {
        change("agreement_version_in_force", true, &|facts| {
            facts.agreement_version = policy.version()
        });
    }
    if facts.window.is_some() {
        change("window_within_agreement", true, &|facts| facts.window = None);
    }
    if facts.leak_bits.is_some() {
        change("leak_within_agreement", true, &|facts| facts.leak_bits = None);
    }
    changes
}

fn toggle(declares: &mut Vec<Declaration>, declaration: Declaration) {
    let before = declares.len();
    declares.retain(|other| *other != declaration);
    if declares.len() == before {
        declares.push(declaration);
    }
}

fn disclosure_changes(facts: &DisclosureFacts) -> Vec<(String, DisclosureFacts)> {
    let mut changes = Vec::new();
    let mut change = |name: String, set: &dyn Fn(&mut DisclosureFacts)| {
        let mut changed = facts.clone();
        set(&mut changed);
        changes.push((name, changed));
    };
    for approval in Approval::ALL {
        let given = facts.approvals.contains(*approval);
        change(format!("approval {} = {}", approval.word(), !given), &|facts| {
            let set = facts.approvals;
            facts.approvals = if given {
                set.without(*approval)
            } else {
                set.with(*approval)
            };
        });
    }
    for band in Band::ALL.iter().filter(|band| **band != facts.record.band) {
        change(format!("band = {}", band.word()), &|facts| facts.record.band = *band);
    }
    change(format!("filtered = {}", !facts.filtered), &|facts| {
        facts.filtered ^= true
    });
    let record = facts.record;
    change(format!("intra_eu = {}", !record.intra_eu), &|facts| {
        facts.record.intra_eu ^= true
    });
    change(format!("objective_link = {}", !record.objective_link), &|facts| {
        facts.record.objective_link ^= true
    });
    change(format!("restricted = {}", !record.restricted), &|facts| {
        facts.record.restricted ^= true
    });
    change(format!("false_positive = {}", !record.false_positive), &|facts| {
        facts.record.false_positive ^= true
    });
    change(format!("minor = {}", !record.minor), &|facts| {
        facts.record.minor ^= true
    });
    change(format!("reviewed = {}", !record.reviewed), &|facts| {
        facts.record.reviewed ^= true
    });
    changes
}
