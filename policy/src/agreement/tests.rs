#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

use super::*;
use crate::dsse::{DualSigned, Envelope, EnvelopeError, thumbprint};
use crate::lifecycle::{Event, State, TransitionError};
use ed25519_dalek::SigningKey;

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn party(state: &str, seed: u8) -> TemplateParty {
    TemplateParty {
        unit: UnitId::of_state(state).unwrap(),
        regime: Regime::MemberState,
        root: thumbprint(&key(seed).verifying_key()),
        legal: thumbprint(&key(seed + 1).verifying_key()),
        authority: key(seed + 2).verifying_key().to_bytes(),
    }
}

fn text() -> String {
    let parties = [party("UTO", 1), party("RUR", 4)];
    let first = "2026-01-01T00:00:00.000Z".parse().unwrap();
    Agreement::template(&"UTO-RUR-2026".parse().unwrap(), &parties, "piux-1", first)
}

fn parse(text: &str) -> Result<Agreement, Vec<Finding>> {
    Agreement::parse(text.as_bytes(), &Profile::eu_pnr().unwrap())
}

/// The findings after one change to the template.
fn findings(from: &str, to: &str) -> Vec<Finding> {
    let changed = text().replacen(from, to, 1);
    assert_ne!(changed, text(), "the template holds {from}");
    parse(&changed).unwrap_err()
}

fn code(from: &str, to: &str) -> &'static str {
    findings(from, to)[0].code
}

#[test]
fn the_template_is_an_agreement() {
    let agreement = parse(&text()).unwrap();
    assert_eq!(agreement.id().as_ref(), "UTO-RUR-2026");
    assert_eq!(agreement.validity().not_after.to_string(), "2027-01-01T00:00:00.000Z");
    assert_eq!(agreement.version(), piux_protocol::vocabulary::sha256(text()));
    let [uto, rur] = agreement.parties().each_ref().map(|party| party.unit);
    assert_eq!(agreement.partner_of(uto).unwrap().unit, rur);
}

#[test]
fn a_misspelt_element_is_found_with_its_place_and_a_suggestion() {
    let found = findings("\"pnr.05_contact\"", "\"pnr.05_contacts\"");
    let line = text().lines().position(|line| line.contains("pnr.05_contact")).unwrap() + 1;
    assert_eq!((found[0].code, found[0].line, found[0].column), ("A020", line, 87));
    assert_eq!(found[0].help.as_deref(), Some("did you mean `pnr.05_contact`?"));
}

#[test]
fn an_unknown_key_is_found_with_a_suggestion() {
    let found = findings("retention_days", "retention_day");
    assert_eq!(found[0].code, "A000");
    assert_eq!(found[0].help.as_deref(), Some("did you mean `retention_days`?"));
}

#[test]
fn an_agreement_only_narrows_the_profile() {
    assert_eq!(code("retention_days = 365", "retention_days = 9999"), "A040");
    assert_eq!(code("queries_per_day = 2000", "queries_per_day = 200_000"), "A040");
    assert_eq!(code("leak_bits = 8", "leak_bits = 10"), "A040");
    assert_eq!(code("bits      = 8", "bits      = 16"), "A040");
    assert_eq!(code("not_after  = 2027", "not_after  = 2037"), "A031");
    assert_eq!(code("\"pnr.16_baggage\"", "\"x.medical\""), "A021");
    assert_eq!(
        code("\"full\", \"masked\"]", "\"full\", \"masked\", \"expired\"]"),
        "A019"
    );
    assert_eq!(code("[purpose.serious_crime]", "[purpose.border_control]"), "A010");
    assert_eq!(code("bases = [\"pnr_9_2\"", "bases = [\"pnr_10\""), "A014");
}

#[test]
fn a_leak_of_ten_bits_takes_a_written_exception() {
    let excepted = text().replace(
        "leak_bits = 8 ",
        "leak_exception = \"letter of 3 May\"\nleak_bits = 10 ",
    );
    assert_eq!(
        parse(&excepted)
            .unwrap()
            .terms(unit("UTO"), unit("RUR"))
            .privacy
            .leak_bits,
        10
    );
}

#[test]
fn words_outside_the_closed_lists_are_found() {
    assert_eq!(code("\"A04\"", "\"A27\""), "A011");
    assert_eq!(code("\"A04\"", "\"TER\""), "A012");
    assert_eq!(code("\"contact\"]", "\"wide\"]"), "A016");
    assert_eq!(code("classes = [\"DOC\"", "classes = [\"DOCS\""), "A017");
    assert_eq!(code("valid_for  = \"PT72H\"", "valid_for  = \"72h later\""), "A041");
}

#[test]
fn every_finding_is_told_at_once() {
    let wrong = text()
        .replacen("\"A04\"", "\"A27\"", 1)
        .replacen("\"pnr.14_seat\"", "\"pnr.14_seats\"", 1);
    assert_eq!(parse(&wrong).unwrap_err().len(), 2);
}

#[test]
fn an_authority_with_a_key_of_a_unit_is_refused() {
    let own = base64(key(2).verifying_key().to_bytes());
    let independent = base64(key(3).verifying_key().to_bytes());
    assert_eq!(code(&independent, &own), "A052");
}

fn base64(key: [u8; 32]) -> String {
    piux_protocol::vocabulary::base64url(key)
}

#[test]
fn bytes_a_screen_does_not_show_are_refused() {
    assert_eq!(code("version = 1\n", "version = 1\r\n"), "A072");
    assert_eq!(code("version = 1\n", "version = 1 \n"), "A073");
    assert_eq!(
        Agreement::parse(&[0xff], &Profile::eu_pnr().unwrap()).unwrap_err()[0].code,
        "A070"
    );
}

fn unit(state: &str) -> UnitId {
    UnitId::of_state(state).unwrap()
}

#[test]
fn a_direction_may_have_terms_of_its_own() {
    let own =
        "[[direction]]\nasks = \"UTO\"\nanswers = \"RUR\"\nsearch = { classes = [\"DOC\"], window_quarters = 4 }\n";
    let agreement = parse(&(text() + own)).unwrap();
    assert_eq!(agreement.terms(unit("UTO"), unit("RUR")).window_quarters, Some(4));
    assert_eq!(agreement.terms(unit("RUR"), unit("UTO")).window_quarters, None);
    let stranger = own.replace("UTO", "XXA");
    assert_eq!(parse(&(text() + &stranger)).unwrap_err()[0].code, "A058");
}

#[test]
fn the_urgent_reserve_serves_threats_only() {
    let quota = Quota {
        queries_per_day: 10,
        slots_per_day: 50,
        urgent_reserve: 2,
    };
    assert!(!quota.exceeded(9, 45, 5, false, Basis::Pnr9_2));
    assert!(quota.exceeded(9, 46, 5, false, Basis::Pnr9_2));
    assert!(quota.exceeded(10, 0, 5, true, Basis::Pnr9_2));
    assert!(!quota.exceeded(11, 50, 5, true, Basis::Pnr9_4));
    assert!(quota.exceeded(12, 50, 5, true, Basis::Pnr9_4));
}

fn signed() -> DualSigned {
    let agreement = parse(&text()).unwrap();
    let mut envelope = Envelope::of_agreement(&agreement);
    let keys = [1, 2, 4, 5].map(key);
    keys.iter().for_each(|key| envelope.sign(key));
    envelope
        .complete(&agreement, &keys.map(|key| key.verifying_key()))
        .unwrap()
}

#[test]
fn an_agreement_holds_once_both_parties_signed_with_both_keys() {
    let agreement = parse(&text()).unwrap();
    let mut envelope = Envelope::of_agreement(&agreement);
    let keys = [1, 2, 4, 5].map(key);
    let public: Vec<_> = keys.iter().map(SigningKey::verifying_key).collect();
    for (signed, key) in keys.iter().enumerate() {
        let Err(EnvelopeError::Missing(missing)) = envelope.complete(&agreement, &public) else {
            unreachable!()
        };
        assert_eq!(missing.len(), 4 - signed);
        envelope.sign(key);
    }
    assert_eq!(
        envelope.complete(&agreement, &public).unwrap().version(),
        agreement.version()
    );
    let other = parse(&text().replace("version = 1", "version = 2")).unwrap();
    assert_eq!(envelope.complete(&other, &public), Err(EnvelopeError::Payload));
}

#[test]
fn either_side_narrows_alone_and_both_widen() {
    let proof = signed();
    let agreed = State::Draft.after(Event::Agree(&proof)).unwrap();
    let active = agreed.after(Event::Activate(&proof)).unwrap();
    let suspended = active.after(Event::Suspend).unwrap();
    assert_eq!(suspended.after(Event::Resume(&proof)), Ok(State::Active));
    assert_eq!(suspended.after(Event::Terminate), Ok(State::Terminated));
    let ended = State::Terminated.after(Event::Resume(&proof));
    assert_eq!(
        ended,
        Err(TransitionError {
            from: State::Terminated
        })
    );
    assert_eq!(
        State::Draft.after(Event::Activate(&proof)),
        Err(TransitionError { from: State::Draft })
    );
}

#[test]
fn the_clock_ends_an_agreement() {
    let validity = *parse(&text()).unwrap().validity();
    assert_eq!(
        State::Active.at(validity.not_after.plus_seconds(-1), &validity),
        State::Active
    );
    assert_eq!(State::Active.at(validity.not_after, &validity), State::Expired);
    assert_eq!(State::Terminated.at(validity.not_after, &validity), State::Terminated);
}
