#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

use super::*;
use crate::profile::Profile;
use crate::world::standing;

const PERMIT: &str = r#"
@id("P-LOOKUP") @title("Open") @cite("Agreement, article on scope")
permit (principal is Piu::Partner, action == Piu::Action::"lookup", resource);
@id("F-EXPIRED") @title("Too old") @cite("Directive (EU) 2016/681 Art. 12(1)")
forbid (principal, action == Piu::Action::"lookup", resource)
when { context.record.band == Piu::Band::"expired" };
"#;

fn load(rules: &str, restrictions: &str) -> Result<Rules, Vec<Finding>> {
    let profile = Profile::eu_pnr().unwrap();
    let rules = [SourceFile::new("rules.cedar", rules)];
    let restrictions = [SourceFile::new("national.cedar", restrictions)];
    Rules::load(&profile.schema, &rules, &restrictions, &profile.instruments)
}

fn code_of(rules: &str, restrictions: &str) -> (&'static str, usize) {
    let findings = load(rules, restrictions).unwrap_err();
    (findings[0].code, findings[0].line)
}

fn lookup(record: &str) -> Question {
    let named = |of_type, id: &str| Value::Name(Name(of_type, id.to_owned()));
    Question {
        principal: Name("Partner", "UTO".to_owned()),
        verb: Verb::Lookup,
        resource: Name("Dataset", "RUR".to_owned()),
        context: vec![
            ("agreement", named("Agreement", "A")),
            ("record", named("RecordClass", record)),
            ("purpose", named("Purpose", "serious_crime")),
            ("basis", named("Basis", "pnr_9_2")),
            ("class", named("Class", "DOC")),
            ("approvals", Value::Set(Vec::new())),
        ],
    }
}

#[test]
fn an_evaluation_error_refuses() {
    let rules = load(PERMIT, "").unwrap();
    let world = rules.world([]).unwrap();
    // Cedar alone allows this: the forbid fails on the unknown record class and is skipped.
    let verdict = rules.ask(&world, &lookup("0"));
    assert!(!verdict.permitted);
    assert_eq!(verdict.clauses[0].id, "E-EVALUATION");
}

#[test]
fn the_same_question_is_allowed_once_the_record_class_is_known() {
    let rules = load(PERMIT, "").unwrap();
    let world = rules.world(standing(&Profile::eu_pnr().unwrap())).unwrap();
    assert!(rules.ask(&world, &lookup("0")).permitted);
}

#[test]
fn a_question_that_does_not_fit_the_schema_is_refused() {
    let rules = load(PERMIT, "").unwrap();
    let world = rules.world(standing(&Profile::eu_pnr().unwrap())).unwrap();
    let mut question = lookup("0");
    question.context.pop();
    assert_eq!(rules.ask(&world, &question).clauses[0].id, "E-EVALUATION");
}

#[test]
fn what_no_rule_permits_is_refused_with_a_clause() {
    let rules = load(PERMIT, "").unwrap();
    let world = rules.world(standing(&Profile::eu_pnr().unwrap())).unwrap();
    let mut question = lookup("0");
    question.verb = Verb::Approve;
    assert!(!rules.ask(&world, &question).permitted);
}

#[test]
fn a_national_permit_is_a_finding() {
    let extra = r#"@id("N-1") @title("Open") @cite("National law")
permit (principal, action == Piu::Action::"lookup", resource);"#;
    assert_eq!(code_of(PERMIT, extra), ("C300", 1));
}

#[test]
fn a_rule_without_id_title_or_cite_is_a_finding() {
    assert_eq!(code_of("permit (principal, action, resource);", "").0, "C301");
    let untitled = "\n@id(\"X\") @cite(\"Agreement\")\nforbid (principal, action, resource);";
    assert_eq!(code_of(untitled, ""), ("C301", 2));
}

#[test]
fn a_misspelt_term_is_found_at_its_place() {
    let misspelt = PERMIT.replace("\"expired\"", "\"expierd\"");
    let findings = load(&misspelt, "").unwrap_err();
    assert_eq!((findings[0].code, findings[0].line), ("C100", 6), "{findings:?}");
}

#[test]
fn an_unknown_instrument_or_obligation_is_a_finding() {
    let cites = PERMIT.replace("Directive (EU) 2016/681 Art. 12(1)", "Directive (EU) 2061/681");
    assert_eq!(code_of(&cites, "").0, "C304");
    let obliges = PERMIT.replace(
        "@id(\"P-LOOKUP\")",
        "@id(\"P-LOOKUP\") @obligation(\"log_consultations\")",
    );
    let findings = load(&obliges, "").unwrap_err();
    assert_eq!(findings[0].help.as_deref(), Some("did you mean `log_consultation`?"));
}

#[test]
fn two_rules_of_one_name_are_a_finding() {
    assert_eq!(code_of(&format!("{PERMIT}{PERMIT}"), "").0, "C302");
}
