//! Follow-ups: who proves a hit may ask for data elements, and people decide.

use super::admit::Admitted;
use super::authorize::facts;
use super::eligibility::Bands;
use super::find::{AnsweredLookup, answered_name, search};
use super::release::Decided;
use super::{Answer, Ending, Note, Refusal, Responder};
use crate::agreements::Bilateral;
use crate::epochs::Epoch;
use crate::records::RecordFacts;
use crate::requests::{Request, RequestState};
use crate::store::DocumentTable;
use piux_policy::facts::{Approvals, QueryFacts};
use piux_protocol::blind::Handles;
use piux_protocol::message::disclosure::{Disclosure, DisclosureId, DisclosureRequest};
use piux_protocol::message::{IDEMPOTENCY_HEADER, MAX_REQUEST, VERSION, problem, strict_json};
use piux_protocol::vocabulary::{Action, Salt, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The records of one subject that carry a proven key.
type ProvenRecords = BTreeMap<[u8; 16], RecordFacts>;

impl Responder {
    /// `GET /v1/epochs/{agreement}`: the signed descriptors, a fresh one where needed.
    pub(super) fn epochs(
        &self,
        admitted: &Admitted,
        agreement: &str,
        note: &mut Note,
        now: Timestamp,
    ) -> Result<Answer, Refusal> {
        note.epochs();
        let id = agreement.parse().map_err(|_| Refusal::NotFound)?;
        let token = self.presented(admitted, now)?;
        if token.details().agreement != id {
            return Err(Refusal::TokenInvalid);
        }
        let bilateral = self.bilateral(admitted, &id)?;
        note.bilateral(&bilateral, self.agreements.bundle().digest());
        self.in_force(&bilateral, now)?;
        let current = self.epochs.current(&bilateral, &self.ground.exchange_key, now);
        current.map_err(|_| Refusal::IndexUnavailable)?;
        let chain = self.epochs.signed_chain(&id).map_err(|_| Refusal::IndexUnavailable)?;
        Answer::json(Ending::Answered, &chain)
    }

    /// `POST /v1/disclosures`.
    pub(super) fn disclosure(&self, admitted: &Admitted, note: &mut Note, now: Timestamp) -> Result<Answer, Refusal> {
        let body = admitted.request.body();
        let request: DisclosureRequest = strict_json(body, MAX_REQUEST).map_err(|_| Refusal::Malformed)?;
        note.disclosure(&request);
        let details = self.spend(admitted, Action::Disclose, now)?;
        note.details(&details);
        let same = (&request.agreement, request.agreement_version, request.purpose)
            == (&details.agreement, details.agreement_version, details.purpose)
            && (request.grounds.offence, request.grounds.basis) == (details.offence, details.basis)
            && request.hit.hits.iter().all(|hit| details.classes.contains(&hit.class));
        if !same {
            return Err(Refusal::TokenInvalid);
        }
        let bilateral = self.bilateral(admitted, &request.agreement)?;
        note.bilateral(&bilateral, self.agreements.bundle().digest());
        self.in_force(&bilateral, now)?;
        if let Some(earlier) = self.repeated(admitted, now)? {
            return self.state_of(&earlier, note);
        }
        let proven = self.proven(admitted, &request, now)?;
        let query = QueryFacts {
            classes: request.hit.hits.iter().map(|hit| hit.class).collect(),
            ..facts(&details, false)
        };
        let request = self.take(admitted, request, query, &proven, &bilateral, now)?;
        self.state_of(&request, note)
    }

    /// `GET /v1/disclosures/{id}`: only for the unit that asked.
    pub(super) fn disclosure_state(
        &self,
        admitted: &Admitted,
        id: &str,
        note: &mut Note,
        now: Timestamp,
    ) -> Result<Answer, Refusal> {
        let id: DisclosureId = id.parse().map_err(|_| Refusal::NotFound)?;
        let token = self.presented(admitted, now)?;
        let request = Request::read(&self.ground.store, id, now).map_err(|_| Refusal::IndexUnavailable)?;
        let asker = (admitted.partner.unit(), &token.details().agreement);
        let request = request.filter(|request| (request.partner, &request.body.agreement) == asker);
        let request = request.ok_or(Refusal::NotFound)?;
        let bilateral = self.bilateral(admitted, &request.body.agreement)?;
        note.bilateral(&bilateral, self.agreements.bundle().digest());
        self.in_force(&bilateral, now)?;
        self.state_of(&request, note)
    }

    /// Decides at once what needs nobody, and keeps what people must decide.
    fn take(
        &self,
        admitted: &Admitted,
        body: DisclosureRequest,
        query: QueryFacts,
        proven: &ProvenRecords,
        bilateral: &Arc<Bilateral>,
        now: Timestamp,
    ) -> Result<Request, Refusal> {
        let mut request = Request {
            id: DisclosureId::draw(&*self.ground.random),
            partner: admitted.partner.unit(),
            received: now,
            due: now.plus_seconds(due_seconds(bilateral, query.urgent)),
            digest: admitted.request.request_hash(),
            declares: query.declares.clone(),
            urgent: query.urgent,
            body,
            records: proven.iter().map(|(id, facts)| (*id, *facts)).collect(),
            approvals: Vec::new(),
            state: RequestState::Pending,
        };
        match self.decide_release(&request, bilateral, Approvals::NONE, now) {
            Decided::Release(release) => self.release(&mut request, release, bilateral)?,
            Decided::Needs(_) => {}
            Decided::Never(clauses) => return Err(Refusal::Disclosure(clauses)),
        }
        request
            .write(&self.ground.store)
            .map_err(|_| Refusal::IndexUnavailable)?;
        self.note_idempotency(admitted, &request)?;
        Ok(request)
    }

    /// The subject's records that carry a proven key; every failure is the same refusal.
    fn proven(
        &self,
        admitted: &Admitted,
        request: &DisclosureRequest,
        now: Timestamp,
    ) -> Result<ProvenRecords, Refusal> {
        let (lookup, epoch) = self.answered(admitted, request, now).ok_or(Refusal::HitProofInvalid)?;
        let keyset = lookup.keyset.parse().map_err(|_| Refusal::HitProofInvalid)?;
        let handles = Handles::new(&epoch.seed, &lookup.req_hash, &lookup.salt);
        let bands = Bands::at(now, self.agreements.bundle().schedule());
        let mut proven = ProvenRecords::new();
        for hit in &request.hit.hits {
            let search = search(&epoch, &lookup.request, hit.class, keyset);
            let rows = self.index.rows(&search).map_err(|_| Refusal::IndexUnavailable)?;
            let mut accepted = false;
            for row in rows.iter().filter(|row| handles.of(&row.subject) == request.hit.handle) {
                if row.secret.accepts(&lookup.req_hash, &request.hit.handle, &hit.hit) {
                    accepted = true;
                    proven.insert(row.record, row.facts);
                }
            }
            if !accepted {
                return Err(Refusal::HitProofInvalid);
            }
        }
        proven.retain(|_, facts| facts.class(bands.of(facts.received)).is_some());
        if proven.is_empty() {
            Err(Refusal::HitProofInvalid)
        } else {
            Ok(proven)
        }
    }

    /// The lookup that is followed up, if it was this partner's, for the same purpose, and in grace.
    fn answered(
        &self,
        admitted: &Admitted,
        request: &DisclosureRequest,
        now: Timestamp,
    ) -> Option<(AnsweredLookup, Epoch)> {
        let name = answered_name(admitted.partner.unit(), request.hit.qid.as_ref());
        let kept = self
            .ground
            .store
            .get_document(DocumentTable::AnsweredQueries, &name, now)
            .ok()??;
        let lookup: AnsweredLookup = serde_json::from_slice(&kept.body).ok()?;
        let same = (lookup.partner, &lookup.request.agreement, lookup.request.purpose)
            == (admitted.partner.unit(), &request.agreement, request.purpose);
        let epoch = self
            .epochs
            .by_number(&lookup.request.agreement, lookup.request.epoch)
            .ok()??;
        (same && epoch.descriptor.may_follow_up(now)).then_some((lookup, epoch))
    }

    fn state_of(&self, request: &Request, note: &mut Note) -> Result<Answer, Refusal> {
        note.request(request);
        let (v, salt, id) = (VERSION, Salt(self.ground.random.bytes()), request.id);
        match &request.state {
            RequestState::Pending => Answer::json(
                Ending::Pending,
                &Disclosure::Pending {
                    v,
                    salt,
                    id,
                    due: request.due,
                },
            ),
            RequestState::Released { sealed } => Answer::json(
                Ending::Made,
                &Disclosure::Released {
                    v,
                    salt,
                    id,
                    sealed: sealed.clone(),
                },
            ),
            RequestState::Refused { clauses } => {
                let wire = |clause: &piux_policy::Clause| problem::Clause {
                    id: clause.id.clone(),
                    title: clause.title.clone(),
                    cite: clause.cite.clone(),
                };
                let clauses = clauses.iter().map(wire).collect();
                Answer::json(Ending::Answered, &Disclosure::Refused { v, salt, id, clauses })
            }
        }
    }

    /// The request an idempotency key was used for; another body under it is a conflict.
    fn repeated(&self, admitted: &Admitted, now: Timestamp) -> Result<Option<Request>, Refusal> {
        let Some(name) = idempotency_name(admitted) else {
            return Ok(None);
        };
        let store = &self.ground.store;
        let kept = store
            .get_document(DocumentTable::Replies, &name, now)
            .map_err(|_| Refusal::IndexUnavailable)?;
        let Some(kept) = kept else { return Ok(None) };
        let (id, digest): (DisclosureId, _) = serde_json::from_slice(&kept.body).map_err(|_| Refusal::Internal)?;
        if admitted.request.request_hash() != digest {
            return Err(Refusal::IdempotencyConflict);
        }
        Request::read(store, id, now).map_err(|_| Refusal::IndexUnavailable)
    }

    fn note_idempotency(&self, admitted: &Admitted, request: &Request) -> Result<(), Refusal> {
        let Some(name) = idempotency_name(admitted) else {
            return Ok(());
        };
        let body = serde_json::to_vec(&(request.id, request.digest)).map_err(|_| Refusal::Internal)?;
        let until = request.received.plus_seconds(86_400);
        let kept = self
            .ground
            .store
            .put_document(DocumentTable::Replies, &name, &body, Some(until));
        kept.map_err(|_| Refusal::IndexUnavailable)
    }
}

fn idempotency_name(admitted: &Admitted) -> Option<Vec<u8>> {
    let key = admitted.request.request().header(IDEMPOTENCY_HEADER)?;
    Some([admitted.partner.unit().state().as_bytes(), key.as_bytes()].concat())
}

fn due_seconds(bilateral: &Bilateral, urgent: bool) -> i64 {
    let service = bilateral.answering.terms().service;
    i64::from(if urgent {
        service.disclose_urgent_s
    } else {
        service.disclose_s
    })
}
