//! What the ledger will say of a request, gathered along the journey.
//!
//! Only terms, counts and digests: nothing here can hold a name.

use super::admit::Admitted;
use super::quota::Quotas;
use super::refusal::Refusal;
use super::replay::ReplaySet;
use crate::agreements::Bilateral;
use crate::ledger::{ClauseId, Counter, Decision, Detail, Entry, Kind, Leaf, Obligation, Role};
use crate::requests::{Request, RequestState};
use piux_policy::Clause;
use piux_policy::decision::Permit;
use piux_protocol::blind::{LookupAnswer, LookupRequest};
use piux_protocol::message::disclosure::DisclosureRequest;
use piux_protocol::token::AuthorizationDetails;
use piux_protocol::vocabulary::{
    Action, AgreementId, Basis, Class, Digest, Offence, Purpose, QueryId, Timestamp, sha256,
};
use serde_json::json;
use std::collections::BTreeMap;

/// The entry of one request in the making.
#[derive(Debug, Default)]
pub(crate) struct Note {
    kind: Option<Kind>,
    agreement: Option<AgreementId>,
    revision: Option<u32>,
    version: Option<Digest>,
    purpose: Option<Purpose>,
    offence: Option<Offence>,
    basis: Option<Basis>,
    classes: Vec<Class>,
    counts: BTreeMap<Counter, u64>,
    clauses: Vec<ClauseId>,
    obligations: Vec<Obligation>,
    policy: Option<Digest>,
    query: Option<QueryId>,
    detail: Detail,
}

impl Note {
    pub(crate) fn details(&mut self, details: &AuthorizationDetails) {
        self.kind.get_or_insert(Kind::QueryIn);
        self.agreement = Some(details.agreement.clone());
        self.purpose = Some(details.purpose);
        self.offence = Some(details.offence);
        self.basis = Some(details.basis);
        self.classes = details.classes.clone();
        self.detail.who = Some(json!({ "officer": details.need.officer }));
        self.detail.why = Some(json!({ "case": details.need.case, "reason_code": details.need.reason_code }));
        if details.actions.contains(&Action::Lookup) && self.kind == Some(Kind::QueryIn) {
            self.counts.insert(Counter::Slots, super::authorize::slots(details));
        }
    }

    pub(crate) fn bilateral(&mut self, bilateral: &Bilateral, policy: Digest) {
        self.agreement = Some(bilateral.agreement.id().clone());
        self.revision = Some(bilateral.agreement.revision());
        self.version = Some(bilateral.agreement.version());
        self.policy = Some(policy);
    }

    pub(crate) fn permit(&mut self, permit: &Permit<Class>, slots: u64) {
        self.classes = permit.granted().to_vec();
        self.counts.insert(Counter::Slots, slots);
        self.clauses = names(permit.rules().iter().chain(&permit.narrowed_by()));
    }

    pub(crate) fn lookup(&mut self, request: &LookupRequest) {
        self.kind = Some(Kind::AnswerOut);
        self.query = Some(request.qid);
        self.counts.insert(Counter::Segments, request.segments.len() as u64);
    }

    pub(crate) fn epochs(&mut self) {
        self.kind = Some(Kind::Epochs);
    }

    pub(crate) fn leak(&mut self, bits: u32) {
        self.counts.insert(Counter::LeakBits, u64::from(bits));
    }

    pub(crate) fn answered(&mut self, answer: &LookupAnswer) {
        let rows: usize = answer.segments.iter().map(|segment| segment.rows.len()).sum();
        self.counts.insert(Counter::Rows, rows as u64);
        self.obligations.push(Obligation::HumanReview);
    }

    pub(crate) fn disclosure(&mut self, request: &DisclosureRequest) {
        self.kind = Some(Kind::DisclosureRequest);
        self.query = Some(request.hit.qid);
        self.counts.insert(Counter::Elements, request.elements.len() as u64);
        self.detail.what = Some(json!({ "elements": request.elements }));
    }

    /// What a disclosure request asks is told in clear, so it is sealed in clear.
    pub(crate) fn request(&mut self, request: &Request) {
        self.kind = Some(match request.state {
            RequestState::Pending => Kind::DisclosureRequest,
            RequestState::Released { .. } => Kind::DisclosureRelease,
            RequestState::Refused { .. } => Kind::DisclosureRefuse,
        });
        self.query = Some(request.body.hit.qid);
        self.purpose = Some(request.body.purpose);
        self.offence = Some(request.body.grounds.offence);
        self.basis = Some(request.body.grounds.basis);
        self.agreement = Some(request.body.agreement.clone());
        self.detail = detail(request, None);
    }

    /// The entry of a request of a partner, answered or refused.
    pub(crate) fn entry(self, admitted: &Admitted, refusal: Option<&Refusal>, answer: &[u8], now: Timestamp) -> Entry {
        let kind = match (refusal, self.kind) {
            (Some(_), _) => Kind::Deny,
            (None, kind) => kind.unwrap_or(Kind::QueryIn),
        };
        let mut entry = Entry::new(kind, Role::Responder, now);
        entry.peer = Some(admitted.partner.unit());
        entry.recipient = Some(admitted.partner.unit());
        entry.agreement = self.agreement;
        entry.agreement_version = self.revision;
        entry.artifact = self.version;
        entry.purpose = self.purpose;
        entry.offence = self.offence;
        entry.basis = self.basis;
        entry.classes = self.classes;
        entry.counts = if refusal.is_some() {
            BTreeMap::new()
        } else {
            self.counts
        };
        entry.decision = Some(if refusal.is_some() {
            Decision::Deny
        } else {
            Decision::Permit
        });
        entry.clauses = refusal.map_or(self.clauses, |refusal| names(refusal.clauses()));
        entry.obligations = self.obligations;
        entry.policy = self.policy;
        entry.request = Some(admitted.request.request_hash());
        entry.response = Some(sha256(answer));
        entry.nonce = Some(admitted.request.nonce());
        entry.query = self.query;
        entry.detail = self.detail;
        entry
    }

    /// The entry of a decision an officer took.
    pub(crate) fn decision(request: &Request, officer: &str, policy: Digest, now: Timestamp) -> Entry {
        let (kind, decision) = match &request.state {
            RequestState::Pending => (Kind::DisclosureApprove, Decision::Pending),
            RequestState::Released { .. } => (Kind::DisclosureRelease, Decision::Permit),
            RequestState::Refused { .. } => (Kind::DisclosureRefuse, Decision::Deny),
        };
        let mut entry = Entry::new(kind, Role::Validator, now)
            .count(Counter::Elements, request.body.elements.len() as u64)
            .count(Counter::Records, request.records.len() as u64)
            .count(Counter::Approvals, request.approvals.len() as u64);
        entry.peer = Some(request.partner);
        entry.recipient = Some(request.partner);
        entry.agreement = Some(request.body.agreement.clone());
        entry.artifact = Some(request.body.agreement_version);
        entry.purpose = Some(request.body.purpose);
        entry.offence = Some(request.body.grounds.offence);
        entry.basis = Some(request.body.grounds.basis);
        entry.decision = Some(decision);
        entry.policy = Some(policy);
        entry.request = Some(request.digest);
        entry.query = Some(request.body.hit.qid);
        if let RequestState::Refused { clauses } = &request.state {
            entry.clauses = names(clauses);
        }
        entry.detail = detail(request, Some(officer));
        entry
    }
}

fn detail(request: &Request, officer: Option<&str>) -> Detail {
    Detail {
        who: officer.map(|officer| json!({ "officer": officer })),
        why: Some(json!({ "case": request.body.grounds.case, "reasons": request.body.grounds.reasons })),
        what: Some(
            json!({ "request": request.id, "elements": request.body.elements, "handle": request.body.hit.handle }),
        ),
        blind: None,
    }
}

/// The names of clauses as the ledger keeps them; a name it cannot hold is no clause of ours.
pub(crate) fn names<'a>(clauses: impl IntoIterator<Item = &'a Clause>) -> Vec<ClauseId> {
    clauses
        .into_iter()
        .filter_map(|clause| clause.id.parse().ok())
        .collect()
}

/// Takes from one leaf what a restarted node must not forget: nonces and volumes.
pub(super) fn remember(leaf: &Leaf, since: Timestamp, seen: &mut ReplaySet, quotas: &mut Quotas, now: Timestamp) {
    if let (Some(nonce), Some(peer), true) = (leaf.non, leaf.peer, leaf.t >= since) {
        seen.insert(peer, nonce, leaf.t);
    }
    let granted = leaf.k == Kind::QueryIn && leaf.dec == Some(Decision::Permit) && leaf.t.day() == now.day();
    if let (true, Some(agreement), Some(slots)) = (granted, &leaf.agr, leaf.cnt.get(&Counter::Slots)) {
        quotas.reserve(agreement, *slots, now);
    }
}
