//! Commands: agreements and policy.

use super::opening::{national, signers};
use super::{Node, NodeError};
use crate::agreements::{AgreementError, Bilateral};
use crate::command::Report;
use crate::ledger::{Entry, Kind, Role};
use piux_policy::Finding;
use piux_policy::agreement::{Agreement, TemplateParty};
use piux_policy::dsse::{Envelope, EnvelopeError};
use piux_policy::term::{Regime, Term};
use piux_protocol::identifier::KEYSET;
use piux_protocol::vocabulary::{AgreementId, Timestamp, UnitId};
use serde_json::{Value, json};

impl Node {
    pub(super) fn agreement_new(&self, with: UnitId) -> Result<Report, NodeError> {
        let partner = self.partners.get(with).ok_or_else(|| {
            NodeError::Input(format!(
                "{} is no partner yet; pair first with `piux pair import`",
                with.state()
            ))
        })?;
        let ours = self.metadata().map(|metadata| metadata.keys)?;
        let theirs = &partner.metadata.keys;
        let today = Timestamp::from_seconds(self.now().day() * 86_400);
        let id = format!("{}-{}-{}", self.config.unit.state(), with.state(), today.date().year());
        let id: AgreementId = id.parse().map_err(|_| NodeError::Stopped)?;
        let party = |unit, root, legal| TemplateParty {
            unit,
            regime: Regime::MemberState,
            root,
            legal,
            authority: [0; 32],
        };
        let parties = [
            party(self.config.unit, ours.root.key_id(), ours.legal.key_id()),
            party(with, theirs.root.key_id(), theirs.legal.key_id()),
        ];
        let text = Agreement::template(&id, &parties, KEYSET, today);
        Ok(Report::done(json!({ "id": id, "status": "draft", "text": text }), text))
    }

    pub(super) fn agreement_check(&self, text: &str) -> Report {
        match self.agreements.parse(text.as_bytes()) {
            Ok(agreement) => {
                let json = json!({ "id": agreement.id(), "version": agreement.version(), "status": "draft", "ok": true, "findings": [] });
                Report::done(
                    json,
                    format!(
                        "{} holds against our profile. Version {}",
                        agreement.id(),
                        agreement.version()
                    ),
                )
            }
            Err(AgreementError::Findings(findings)) => {
                let json = json!({ "ok": false, "findings": findings.iter().map(finding).collect::<Vec<_>>() });
                Report::negative(json, crate::agreements::listed(&findings))
            }
            Err(error) => Report::negative(json!({ "ok": false, "findings": [] }), error.to_string()),
        }
    }

    /// Signs with our legal and root keys; what comes in may be a draft or the partner's envelope.
    pub(super) fn agreement_sign(&self, text: &str) -> Result<Report, NodeError> {
        let (agreement, mut envelope) = match Envelope::from_json(text.as_bytes()) {
            Ok(envelope) => (self.agreements.parse(envelope.payload())?, envelope),
            Err(EnvelopeError::Malformed) => {
                let agreement = self.agreements.parse(text.as_bytes())?;
                let envelope = Envelope::of_agreement(&agreement);
                (agreement, envelope)
            }
            Err(error) => return Err(AgreementError::from(error).into()),
        };
        let keys = signers(&self.ground, &self.partners, &agreement);
        envelope.verify(&keys).map_err(AgreementError::from)?;
        for name in [crate::keys::KeyName::Legal, crate::keys::KeyName::Root] {
            let seed = self.ground.keys.seed(name)?;
            envelope.sign(&ed25519_dalek::SigningKey::from_bytes(seed.expose()));
        }
        let complete = envelope.complete(&agreement, &keys).is_ok();
        self.record_agreement(Kind::AgreementSign, &agreement, None)?;
        let status = if complete { "agreed" } else { "draft" };
        let json = json!({ "id": agreement.id(), "version": agreement.version(), "status": status, "envelope": envelope.to_json() });
        Ok(Report::done(json, envelope.to_json()))
    }

    pub(super) fn agreement_import(&self, text: &str) -> Result<Report, NodeError> {
        let envelope = Envelope::from_json(text.as_bytes()).map_err(AgreementError::from)?;
        let bilateral = self
            .agreements
            .import(envelope, &|agreement| signers(&self.ground, &self.partners, agreement))?;
        self.record_agreement(Kind::AgreementImport, &bilateral.agreement, None)?;
        Ok(self.standing(
            &bilateral,
            "is signed by both sides; activate it when it should come into force",
        ))
    }

    pub(super) fn agreement_activate(&self, id: &AgreementId) -> Result<Report, NodeError> {
        let held = self
            .agreements
            .get(id)
            .ok_or_else(|| AgreementError::Unknown(id.clone()))?;
        self.record_agreement(Kind::AgreementActivate, &held.agreement, None)?;
        let bilateral = self.agreements.activate(id)?;
        Ok(self.standing(&bilateral, "is in force"))
    }

    /// Narrowing holds first and is recorded then: a ledger that fails must not keep a door open.
    pub(super) fn agreement_suspend(&self, id: &AgreementId, reason: &str) -> Result<Report, NodeError> {
        let bilateral = self.agreements.suspend(id)?;
        self.record_agreement(Kind::AgreementSuspend, &bilateral.agreement, Some(reason))?;
        Ok(self.standing(&bilateral, "is suspended; every query under it is refused from now on"))
    }

    pub(super) fn agreement_terminate(&self, id: &AgreementId, reason: &str) -> Result<Report, NodeError> {
        let bilateral = self.agreements.terminate(id)?;
        self.ground.keys.destroy_agreement(id)?;
        self.record_agreement(Kind::AgreementTerminate, &bilateral.agreement, Some(reason))?;
        Ok(self.standing(
            &bilateral,
            "is ended; its epoch keys are destroyed, duties on received data go on",
        ))
    }

    pub(super) fn agreement_list(&self) -> Report {
        let now = self.now();
        let all = self.agreements.all();
        let line = |bilateral: &std::sync::Arc<Bilateral>| {
            format!(
                "{}  {}  {}",
                bilateral.agreement.id(),
                bilateral.state_at(now).word(),
                bilateral.agreement.title()
            )
        };
        let text: Vec<_> = all.iter().map(line).collect();
        let json: Vec<_> = all.iter().map(|bilateral| self.standing_json(bilateral)).collect();
        Report::done(
            json!({ "agreements": json }),
            if text.is_empty() {
                "No agreements yet.".to_owned()
            } else {
                text.join("\n")
            },
        )
    }

    pub(super) fn agreement_show(&self, id: &AgreementId) -> Result<Report, NodeError> {
        let bilateral = self
            .agreements
            .get(id)
            .ok_or_else(|| AgreementError::Unknown(id.clone()))?;
        let text = String::from_utf8_lossy(bilateral.agreement.bytes()).into_owned();
        Ok(Report::done(self.standing_json(&bilateral), text))
    }

    /// The files as they are on disk now, not as they were loaded.
    pub(super) fn policy_check(&self) -> Report {
        let findings = match national(&self.dir) {
            Err(_) => return Report::negative(json!({ "ok": false, "findings": [] }), "DIR/policy cannot be read"),
            Ok(files) => piux_policy::Profile::eu_pnr()
                .and_then(|profile| piux_policy::Bundle::load(profile, &files))
                .err()
                .unwrap_or_default(),
        };
        let json = json!({ "ok": findings.is_empty(), "findings": findings.iter().map(finding).collect::<Vec<_>>() });
        if findings.is_empty() {
            Report::done(json, "Profile and national rules hold.")
        } else {
            Report::negative(json, crate::agreements::listed(&findings))
        }
    }

    pub(super) fn policy_explain(&self, facts: &str) -> Result<Report, NodeError> {
        let question: Facts = toml::from_str(facts).map_err(|error| NodeError::Input(error.to_string()))?;
        let id = &question.agreement;
        let bilateral = self
            .agreements
            .get(id)
            .ok_or_else(|| AgreementError::Unknown(id.clone()))?;
        let version = bilateral.agreement.version();
        let explanation = bilateral.answering.explain_query(&question.facts(version), self.now());
        let json = serde_json::to_value(&explanation).unwrap_or(Value::Null);
        Ok(Report::done(json, explained(&explanation)))
    }

    fn standing(&self, bilateral: &Bilateral, sentence: &str) -> Report {
        Report::done(
            self.standing_json(bilateral),
            format!("{} {sentence}.", bilateral.agreement.id()),
        )
    }

    fn standing_json(&self, bilateral: &Bilateral) -> Value {
        json!({
            "id": bilateral.agreement.id(),
            "version": bilateral.agreement.version(),
            "status": bilateral.state_at(self.now()).word(),
            "title": bilateral.agreement.title(),
            "partner": bilateral.partner(self.config.unit).map(|party| party.unit),
            "not_before": bilateral.agreement.validity().not_before,
            "not_after": bilateral.agreement.validity().not_after,
        })
    }

    fn record_agreement(&self, kind: Kind, agreement: &Agreement, reason: Option<&str>) -> Result<(), NodeError> {
        let mut entry = Entry::new(kind, Role::Admin, self.now());
        entry.peer = agreement.partner_of(self.config.unit).map(|party| party.unit);
        entry.agreement = Some(agreement.id().clone());
        entry.agreement_version = Some(agreement.revision());
        entry.artifact = Some(agreement.version());
        entry.detail.why = reason.map(|reason| json!({ "reason": reason }));
        self.ground.ledger.record(entry, ())?;
        Ok(())
    }
}

/// The facts of `piux policy explain`, as a lawyer writes them.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    agreement: AgreementId,
    purpose: piux_protocol::vocabulary::Purpose,
    offence: piux_protocol::vocabulary::Offence,
    basis: piux_protocol::vocabulary::Basis,
    classes: Vec<piux_protocol::vocabulary::Class>,
    #[serde(default)]
    declares: Vec<piux_protocol::vocabulary::Declaration>,
    #[serde(default = "yes")]
    reasoned: bool,
    #[serde(default)]
    urgent: bool,
    #[serde(default)]
    quota_exceeded: bool,
}

fn yes() -> bool {
    true
}

impl Facts {
    fn facts(&self, version: piux_protocol::vocabulary::Digest) -> piux_policy::facts::QueryFacts {
        piux_policy::facts::QueryFacts {
            purpose: self.purpose,
            offence: self.offence,
            basis: self.basis,
            classes: self.classes.clone(),
            declares: self.declares.clone(),
            agreement_version: version,
            reasoned: self.reasoned,
            urgent: self.urgent,
            undertaking: false,
            quota_exceeded: self.quota_exceeded,
            window: None,
            leak_bits: None,
        }
    }
}

fn explained(explanation: &piux_policy::explain::Explanation) -> String {
    let mut text = if explanation.permitted {
        format!("Allowed: {}.\n", explanation.granted.join(", "))
    } else {
        "Refused.\n".to_owned()
    };
    for clause in &explanation.rules {
        text += &format!("  {}  {}  ({})\n", clause.id, clause.title, clause.cite);
    }
    for flip in &explanation.flips {
        let outcome = if flip.permitted { "allowed" } else { "refused" };
        text += &format!("It would be {outcome} if {}.\n", flip.fact);
    }
    text
}

fn finding(finding: &Finding) -> Value {
    json!({
        "file": finding.file, "line": finding.line, "column": finding.column,
        "rule": finding.code, "message": finding.message,
    })
}
