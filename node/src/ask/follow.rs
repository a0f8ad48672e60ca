//! Following a hit up, and keeping what partners release for as long as we may.

use super::keep::Hit;
use super::{AskError, Requester, detail, entry, receipt_digest};
use crate::agreements::Bilateral;
use crate::command::{FollowUp, Report};
use crate::keys::KeyName;
use crate::ledger::{Counter, Decision, Entry, Kind, Obligation as Recorded, Role};
use crate::store::DocumentTable;
use piux_protocol::client::{Client, ClientError, Exchange, Outgoing};
use piux_protocol::message::disclosure::{
    Disclosure, DisclosureId, DisclosureRequest, Grounds, Obligation, ProvenHit, Release,
};
use piux_protocol::message::{DISCLOSURES_PATH, JSON, MAX_DOCUMENT, disclosure_path, strict_json};
use piux_protocol::seal::SealingKeyPair;
use piux_protocol::token::{AuthorizationDetails, Granted};
use piux_protocol::vocabulary::{Action, Class, Nonce, Salt, Timestamp, sha256};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// A pending request is looked after so long, in seconds.
const PATIENCE: i64 = 60 * 86_400;

/// A hit cannot be followed up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FollowError {
    /// No such hit, or its time is over.
    #[error("no hit of this name can be followed up; it may have expired: ask again with `piux lookup`")]
    NoHit,
    /// The partner is gone or the agreement is not in force.
    #[error("the agreement of this hit is not here any more")]
    Agreement,
    /// The partner cannot be reached.
    #[error("the partner did not answer: {0}")]
    Partner(String),
    /// No such request.
    #[error("nothing of this name is held; `piux received list` shows what is")]
    NotHeld,
    /// What arrived does not open.
    #[error("what the partner released does not open; ask it to release again")]
    Release,
}

/// What we hold, or wait for, from a partner.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Held {
    id: DisclosureId,
    hit: Hit,
    asked: Timestamp,
    officer: String,
    state: HeldState,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "lowercase", deny_unknown_fields)]
enum HeldState {
    Pending {
        due: Timestamp,
    },
    Released {
        release: Box<Release>,
        erase_by: Timestamp,
    },
    Refused {
        clauses: Vec<piux_protocol::message::problem::Clause>,
    },
}

impl Requester {
    /// Asks for data elements of a hit, with reasons.
    pub async fn disclose(&self, follow_up: FollowUp, statement: &str) -> Result<Report, AskError> {
        let now = self.ground.clock.now();
        let hit = self.hit(&follow_up.hit, now)?.ok_or(FollowError::NoHit)?;
        let bilateral = self.agreements.get(&hit.agreement).ok_or(FollowError::Agreement)?;
        let partner = self.partners.get(hit.partner).ok_or(FollowError::Agreement)?;
        let details = self.disclosure_details(&hit, &bilateral, &follow_up.officer, &follow_up.reasons)?;
        let body = self.disclosure_body(&hit, &bilateral, &follow_up);
        self.record_request(&hit, &bilateral, &details, &follow_up, &body)?;
        let client = self.client(&partner, statement).await.map_err(partner_error)?;
        let (granted, _) = match client.token(&details).await {
            Ok(granted) => granted,
            Err(ClientError::Refused(exchange)) => return self.refused_at_once(&hit, &bilateral, &details, &exchange),
            Err(error) => return Err(partner_error(error).into()),
        };
        let outgoing = Outgoing::post(DISCLOSURES_PATH, JSON, body)
            .with_token(&granted)
            .with_idempotency_key(Nonce(self.ground.random.bytes()));
        let exchange = client.send(outgoing).await.map_err(partner_error)?;
        if exchange.problem().is_some() {
            return self.refused_at_once(&hit, &bilateral, &details, &exchange);
        }
        let held = self.take(&hit, &bilateral, &details, &exchange, &follow_up.officer)?;
        self.report_held(&held, Some(&exchange))
    }

    /// Fetches what is ready and lists everything held, with the day it must be gone.
    pub async fn received_list(&self, statement: &str) -> Result<Report, AskError> {
        let now = self.ground.clock.now();
        self.ground.store.sweep_documents(now)?;
        let mut lines = Vec::new();
        let mut all = Vec::new();
        for mut held in self.all_held(now)? {
            if matches!(held.state, HeldState::Pending { .. }) {
                held = self.poll(&held, statement).await.unwrap_or(held);
            }
            lines.push(line(&held));
            all.push(summary(&held));
        }
        let text = if lines.is_empty() {
            "Nothing is held from partners.".to_owned()
        } else {
            lines.join("\n")
        };
        Ok(Report::done(json!({ "received": all }), text))
    }

    /// One release in full; the reading is recorded with its reason.
    pub fn received_show(&self, id: &str, reason: &str) -> Result<Report, AskError> {
        let now = self.ground.clock.now();
        let id: DisclosureId = id.parse().map_err(|_| FollowError::NotHeld)?;
        let held = self.held(id, now)?.ok_or(FollowError::NotHeld)?;
        let mut entry = Entry::new(Kind::AuditRead, Role::Officer, now);
        entry.peer = Some(held.hit.partner);
        entry.query = Some(held.hit.qid);
        entry.detail.why = Some(json!({ "reason": reason }));
        self.ground.ledger.record(entry, ())?;
        self.report_held(&held, None)
    }

    async fn poll(&self, held: &Held, statement: &str) -> Result<Held, AskError> {
        let partner = self.partners.get(held.hit.partner).ok_or(FollowError::Agreement)?;
        let bilateral = self.agreements.get(&held.hit.agreement).ok_or(FollowError::Agreement)?;
        let details = self.disclosure_details(&held.hit, &bilateral, &held.officer, "status of a request")?;
        let client: Client = self.client(&partner, statement).await.map_err(partner_error)?;
        let (granted, _): (Granted, Exchange) = client.token(&details).await.map_err(partner_error)?;
        let outgoing = Outgoing::get(&disclosure_path(&held.id)).with_token(&granted);
        let exchange = client.send(outgoing).await.map_err(partner_error)?;
        if exchange.problem().is_some() {
            return Err(FollowError::NotHeld.into());
        }
        self.take(&held.hit, &bilateral, &details, &exchange, &held.officer)
    }

    /// What the partner says of the request: kept, opened and recorded before it is shown.
    fn take(
        &self,
        hit: &Hit,
        bilateral: &Bilateral,
        details: &AuthorizationDetails,
        exchange: &Exchange,
        officer: &str,
    ) -> Result<Held, AskError> {
        let disclosure: Disclosure = strict_json(&exchange.body, MAX_DOCUMENT).map_err(|_| FollowError::Release)?;
        let now = self.ground.clock.now();
        let id = disclosure.id();
        let state = match disclosure {
            Disclosure::Pending { due, .. } => HeldState::Pending { due },
            Disclosure::Refused { clauses, .. } => HeldState::Refused { clauses },
            Disclosure::Released { sealed, .. } => {
                let seed = self.ground.keys.seed(KeyName::Sealing)?;
                let key = SealingKeyPair::from_seed(seed.expose());
                let units = [hit.partner, self.ground.unit];
                let release = Release::open(&sealed, &key, units, &hit.agreement, (id, hit.qid));
                let release = Box::new(release.map_err(|_| FollowError::Release)?);
                let erase_by = erase_by(&release, now);
                HeldState::Released { release, erase_by }
            }
        };
        let held = Held {
            id,
            hit: hit.clone(),
            asked: now,
            officer: officer.to_owned(),
            state,
        };
        self.record_state(&held, bilateral, details, exchange)?;
        self.keep_receipt(exchange)?;
        self.keep_held(&held)?;
        Ok(held)
    }

    fn disclosure_details(
        &self,
        hit: &Hit,
        bilateral: &Bilateral,
        officer: &str,
        reasons: &str,
    ) -> Result<AuthorizationDetails, AskError> {
        let (need, _) = self.need(&hit.case, officer, reasons)?;
        let mut classes: Vec<Class> = hit.hits.iter().map(|hit| hit.class).collect();
        classes.sort_unstable();
        classes.dedup();
        Ok(AuthorizationDetails {
            actions: vec![Action::Disclose],
            agreement: hit.agreement.clone(),
            agreement_version: bilateral.agreement.version(),
            purpose: hit.purpose,
            offence: hit.offence,
            basis: hit.basis,
            classes,
            scope: hit.scope,
            declares: hit.declares.clone(),
            urgent: hit.urgent,
            need,
        })
    }

    fn disclosure_body(&self, hit: &Hit, bilateral: &Bilateral, follow_up: &FollowUp) -> Vec<u8> {
        let request = DisclosureRequest {
            salt: Salt(self.ground.random.bytes()),
            hit: ProvenHit {
                qid: hit.qid,
                handle: hit.handle,
                hits: hit.hits.clone(),
            },
            agreement: hit.agreement.clone(),
            agreement_version: bilateral.agreement.version(),
            purpose: hit.purpose,
            elements: follow_up.elements.clone(),
            grounds: Grounds {
                offence: hit.offence,
                basis: hit.basis,
                case: hit.case.clone(),
                reasons: follow_up.reasons.clone(),
                orders: Vec::new(),
            },
        };
        serde_json::to_vec(&request).unwrap_or_default()
    }

    fn record_request(
        &self,
        hit: &Hit,
        bilateral: &Bilateral,
        details: &AuthorizationDetails,
        follow_up: &FollowUp,
        body: &[u8],
    ) -> Result<(), AskError> {
        let now = self.ground.clock.now();
        let mut entry = entry(Kind::DisclosureRequest, hit.partner, bilateral, details, now)
            .count(Counter::Elements, follow_up.elements.len() as u64);
        entry.request = Some(sha256(body));
        entry.query = Some(hit.qid);
        entry.detail = detail(
            &follow_up.officer,
            json!({ "case": hit.case, "reasons": follow_up.reasons }),
        );
        entry.detail.what = Some(json!({ "elements": follow_up.elements }));
        self.ground.ledger.record(entry, ())?;
        Ok(())
    }

    fn record_state(
        &self,
        held: &Held,
        bilateral: &Bilateral,
        details: &AuthorizationDetails,
        exchange: &Exchange,
    ) -> Result<(), AskError> {
        let (kind, decision) = match held.state {
            HeldState::Pending { .. } => (Kind::DisclosureRequest, Decision::Pending),
            HeldState::Released { .. } => (Kind::DisclosureReceive, Decision::Permit),
            HeldState::Refused { .. } => (Kind::Denied, Decision::Deny),
        };
        let mut entry = entry(kind, held.hit.partner, bilateral, details, self.ground.clock.now());
        entry.decision = Some(decision);
        entry.query = Some(held.hit.qid);
        entry.request = Some(sha256(&exchange.request_body));
        entry.response = Some(sha256(&exchange.body));
        entry.receipt = Some(receipt_digest(&exchange.receipt));
        if let HeldState::Released { erase_by, release } = &held.state {
            entry.obligations = vec![Recorded::EraseBy(*erase_by), Recorded::HumanReview];
            entry.counts.insert(Counter::Records, release.records.len() as u64);
        }
        self.ground.ledger.record(entry, ())?;
        Ok(())
    }

    fn refused_at_once(
        &self,
        hit: &Hit,
        bilateral: &Bilateral,
        details: &AuthorizationDetails,
        exchange: &Exchange,
    ) -> Result<Report, AskError> {
        let problem = exchange.problem().ok_or(FollowError::Release)?;
        let receipt = self.keep_receipt(exchange)?;
        let mut entry = entry(Kind::Denied, hit.partner, bilateral, details, self.ground.clock.now());
        entry.decision = Some(Decision::Deny);
        entry.clauses = problem
            .clauses
            .iter()
            .filter_map(|clause| clause.id.parse().ok())
            .collect();
        entry.query = Some(hit.qid);
        entry.receipt = Some(receipt_digest(&exchange.receipt));
        self.ground.ledger.record(entry, ())?;
        let json = json!({
            "request": null, "status": "refused", "elements": {}, "obligations": [],
            "clauses": problem.clauses, "receipt": receipt,
        });
        let clauses: Vec<String> = problem
            .clauses
            .iter()
            .map(|clause| format!("  {}  {}  ({})", clause.id, clause.title, clause.cite))
            .collect();
        Ok(Report::negative(
            json,
            format!("{} refused: {problem}\n{}", hit.partner.state(), clauses.join("\n")),
        ))
    }

    fn keep_held(&self, held: &Held) -> Result<(), AskError> {
        let until = match &held.state {
            HeldState::Released { erase_by, .. } => *erase_by,
            HeldState::Pending { .. } | HeldState::Refused { .. } => held.asked.plus_seconds(PATIENCE),
        };
        let body = Zeroizing::new(serde_json::to_vec(held).unwrap_or_default());
        Ok(self
            .ground
            .store
            .put_document(DocumentTable::Received, held.id.0.as_ref(), &body, Some(until))?)
    }

    fn held(&self, id: DisclosureId, now: Timestamp) -> Result<Option<Held>, AskError> {
        let kept = self
            .ground
            .store
            .get_document(DocumentTable::Received, id.0.as_ref(), now)?;
        Ok(kept.and_then(|kept| serde_json::from_slice(&kept.body).ok()))
    }

    fn all_held(&self, now: Timestamp) -> Result<Vec<Held>, AskError> {
        let kept = self.ground.store.list_documents(DocumentTable::Received, now)?;
        let mut all: Vec<Held> = kept
            .iter()
            .filter_map(|kept| serde_json::from_slice(&kept.body).ok())
            .collect();
        all.sort_by_key(|held| (held.asked, held.id));
        Ok(all)
    }

    fn report_held(&self, held: &Held, exchange: Option<&Exchange>) -> Result<Report, AskError> {
        let mut json = summary(held);
        if let (Some(members), HeldState::Released { release, .. }) = (json.as_object_mut(), &held.state) {
            members.insert("elements".to_owned(), elements(release));
        }
        if let (Some(members), Some(exchange)) = (json.as_object_mut(), exchange) {
            members.insert("receipt".to_owned(), json!(sha256(&exchange.request_body)));
        }
        let refused = matches!(held.state, HeldState::Refused { .. });
        let text = full_text(held);
        Ok(if refused {
            Report::negative(json, text)
        } else {
            Report::done(json, text)
        })
    }
}

fn erase_by(release: &Release, now: Timestamp) -> Timestamp {
    let by = release.obligations.iter().find_map(|obligation| match obligation {
        Obligation::EraseBy { by } => Some(*by),
        Obligation::Onward { .. } | Obligation::UseFor { .. } => None,
    });
    by.unwrap_or(now)
}

/// All values by element, over all records.
fn elements(release: &Release) -> Value {
    let mut all = std::collections::BTreeMap::<String, Vec<String>>::new();
    for (element, values) in release.records.iter().flat_map(|record| &record.elements) {
        all.entry(element.to_string())
            .or_default()
            .extend(values.iter().cloned());
    }
    json!(all)
}

fn summary(held: &Held) -> Value {
    let (status, obligations, clauses, extra) = match &held.state {
        HeldState::Pending { due } => ("pending", json!([]), json!([]), json!({ "due": due })),
        HeldState::Refused { clauses } => ("refused", json!([]), json!(clauses), json!({})),
        HeldState::Released { release, erase_by } => (
            "released",
            json!(release.obligations),
            json!([]),
            json!({ "erase_by": erase_by, "handling": release.handling }),
        ),
    };
    let mut json = json!({
        "request": held.id, "partner": held.hit.partner, "status": status, "elements": {},
        "obligations": obligations, "clauses": clauses, "receipt": null, "needs_human_review": true,
    });
    if let (Some(members), Some(more)) = (json.as_object_mut(), extra.as_object()) {
        members.extend(more.clone());
    }
    json
}

fn line(held: &Held) -> String {
    let partner = held.hit.partner.state();
    match &held.state {
        HeldState::Pending { due } => format!("{}  {partner}  pending, a decision is due by {due}", held.id),
        HeldState::Refused { .. } => format!("{}  {partner}  refused", held.id),
        HeldState::Released { erase_by, .. } => format!("{}  {partner}  released, to be erased by {erase_by}", held.id),
    }
}

fn full_text(held: &Held) -> String {
    let mut text = line(held) + "\n";
    match &held.state {
        HeldState::Released { release, .. } => {
            for record in &release.records {
                for (element, values) in &record.elements {
                    text += &format!("  {element}: {}\n", values.join(" | "));
                }
            }
            let handling: Vec<String> = release.handling.iter().map(|code| format!("{code:?}")).collect();
            text += &format!(
                "  Handling {}. A person must review it before anything else follows.\n",
                handling.join(", ")
            );
        }
        HeldState::Refused { clauses } => {
            for clause in clauses {
                text += &format!("  {}  {}  ({})\n", clause.id, clause.title, clause.cite);
            }
        }
        HeldState::Pending { .. } => text += "  `piux received list` fetches it when it is decided.\n",
    }
    text
}

fn partner_error(error: ClientError) -> FollowError {
    FollowError::Partner(error.to_string())
}
