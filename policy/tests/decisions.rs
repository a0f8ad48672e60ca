//! Every case a lawyer wrote, and the tables held against the rules.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "decisions/situation.rs"]
mod situation;

use piux_policy::decision::Decision;
use piux_policy::facts::{Approvals, RecordClass};
use piux_policy::table::{Gate, TableKey};
use piux_policy::term::{Approval, Term};
use piux_policy::{Clause, Obligation};
use piux_protocol::vocabulary::{Basis, Class, Purpose};
use proptest::prelude::*;
use serde::Deserialize;
use situation::Situation;
use std::collections::BTreeSet;
use std::fmt::Display;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<toml::Table>,
}

/// What must come out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    expect: String,
    #[serde(default)]
    because: BTreeSet<String>,
    granted: Option<Vec<String>>,
    #[serde(default)]
    obligations: BTreeSet<String>,
    gate: Option<String>,
}

struct Outcome {
    permitted: bool,
    clauses: Vec<Clause>,
    granted: Vec<String>,
    obligations: BTreeSet<String>,
    gate: Option<Gate>,
}

impl<T: Display> From<Decision<T>> for Outcome {
    fn from(decision: Decision<T>) -> Self {
        let clauses = decision.clauses();
        let (granted, obligations) = match &decision {
            Decision::Permit(permit) => (
                permit.granted().iter().map(T::to_string).collect(),
                permit.obligations(),
            ),
            Decision::Refused(_) => (Vec::new(), [].as_slice()),
        };
        let obligations = obligations
            .iter()
            .map(|duty: &Obligation| duty.word().to_owned())
            .collect();
        Self {
            permitted: decision.is_permit(),
            clauses,
            granted,
            obligations,
            gate: None,
        }
    }
}

fn decide(situation: &Situation) -> Outcome {
    let policy = situation.policy();
    let (query, release) = (situation.query(&policy), situation.release());
    match situation.ask.as_str() {
        "question" => policy.decide_query(&query, situation.now()).into(),
        "release" => policy.decide_disclosure(&query, &release, situation.now()).into(),
        "approval" => policy.decide_approval(&situation.approval()).into(),
        "record" => {
            let key = situation.key();
            let decided = policy.decide_record(key, situation.record());
            Outcome {
                permitted: decided.is_ok(),
                clauses: decided
                    .err()
                    .map(|refusal| refusal.clauses().to_vec())
                    .unwrap_or_default(),
                granted: Vec::new(),
                obligations: BTreeSet::new(),
                gate: policy.table(key).gate(situation.record()),
            }
        }
        other => panic!("no such question: {other}"),
    }
}

fn check(name: &str, outcome: &Outcome, expected: &Expected) {
    let clauses: BTreeSet<String> = outcome.clauses.iter().map(|clause| clause.id.clone()).collect();
    assert_eq!(outcome.permitted, expected.expect == "permit", "{name}: {clauses:?}");
    assert!(expected.because.is_subset(&clauses), "{name}: because {clauses:?}");
    assert!(
        outcome.permitted || !expected.because.is_empty(),
        "{name}: a refusal says because"
    );
    assert!(
        expected.obligations.is_subset(&outcome.obligations),
        "{name}: {:?}",
        outcome.obligations
    );
    if let Some(granted) = &expected.granted {
        assert_eq!(&outcome.granted, granted, "{name}");
    }
    if let Some(gate) = &expected.gate {
        let got = outcome.gate.map(|gate| format!("{gate:?}").to_lowercase());
        assert_eq!(got.as_ref(), Some(gate), "{name}");
    }
}

#[test]
fn every_case_is_decided_as_the_lawyer_expects_and_by_the_clause_named() {
    let files = [
        include_str!("cases/purpose.toml"),
        include_str!("cases/parties.toml"),
        include_str!("cases/records.toml"),
        include_str!("cases/release.toml"),
    ];
    for file in files {
        let cases: Cases = toml::from_str(file).unwrap();
        for mut case in cases.case {
            let name = case.remove("name").unwrap().as_str().unwrap().to_owned();
            assert!(case.remove("law").is_some(), "{name}: names no law");
            let keys = ["expect", "because", "granted", "obligations", "gate"];
            let expected = keys
                .into_iter()
                .filter_map(|key| Some((key.to_owned(), case.remove(key)?)));
            let expected: Expected = toml::Value::Table(expected.collect()).try_into().unwrap();
            let situation: Situation = toml::Value::Table(case)
                .try_into()
                .unwrap_or_else(|e| panic!("{name}: {e}"));
            check(&name, &decide(&situation), &expected);
        }
    }
}

#[test]
fn a_hit_that_only_an_authority_can_follow_up_has_the_gate_masked() {
    let mut situation = Situation::ordinary("record");
    situation.without_agreed_order = true;
    let policy = situation.policy();
    assert_eq!(
        policy.table(situation.key()).gate(situation.record()),
        Some(Gate::Masked)
    );
    situation.strict = false;
    let policy = situation.policy();
    assert_eq!(
        policy.table(situation.key()).gate(situation.record()),
        Some(Gate::Routine)
    );
}

#[test]
fn the_fewest_approvals_needed_are_told() {
    let situation = Situation {
        elements: vec!["pnr.04_names".to_owned()],
        ..Situation::ordinary("release")
    };
    let policy = situation.policy();
    let query = situation.query(&policy);
    let needed = policy
        .approvals_needed(&query, &situation.release(), situation.now())
        .unwrap();
    let expected: Approvals = [Approval::Officer, Approval::Independent].into_iter().collect();
    assert_eq!(needed, expected);
    let hopeless = Situation {
        elements: vec!["x.medical".to_owned()],
        ..situation
    };
    assert_eq!(
        policy.approvals_needed(&query, &hopeless.release(), hopeless.now()),
        None
    );
}

#[test]
fn an_explanation_names_the_facts_that_would_change_the_answer() {
    let situation = Situation {
        reasoned: false,
        ..Situation::ordinary("question")
    };
    let policy = situation.policy();
    let explanation = policy.explain_query(&situation.query(&policy), situation.now());
    assert!(!explanation.permitted);
    let flip = explanation.flips.iter().find(|flip| flip.permitted).unwrap();
    assert_eq!(
        (flip.fact.as_str(), flip.lifts.as_slice()),
        ("reasoned = true", ["F-REASONED".to_owned()].as_slice())
    );
}

fn keys() -> impl Strategy<Value = TableKey> {
    let pick = proptest::sample::select::<Purpose>;
    let approvals = proptest::sample::subsequence(Approval::ALL.to_vec(), 0..=3);
    (
        pick(Purpose::ALL.to_vec()),
        proptest::sample::select(Basis::ALL.to_vec()),
        proptest::sample::select(Class::ALL.to_vec()),
        approvals,
    )
        .prop_map(|(purpose, basis, class, approvals)| TableKey {
            purpose,
            basis,
            class,
            approvals: approvals.into_iter().collect(),
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    #[test]
    fn a_table_equals_asking_the_rules_each_time(
        key in keys(),
        strict in any::<bool>(),
        records in proptest::collection::vec(0..RecordClass::COUNT, 60),
    ) {
        let policy = Situation { strict, ..Situation::ordinary("record") }.policy();
        let table = policy.table(key);
        for record in records.into_iter().filter_map(RecordClass::from_index) {
            let outcome = table.outcome(record).unwrap();
            match policy.decide_record(key, record) {
                Ok(()) => prop_assert!(outcome.gate.is_some()),
                Err(refusal) => {
                    prop_assert_eq!(outcome.gate, None);
                    let direct: BTreeSet<&Clause> = refusal.clauses().iter().collect();
                    prop_assert_eq!(outcome.clauses.iter().collect::<BTreeSet<_>>(), direct);
                }
            }
        }
    }
}
