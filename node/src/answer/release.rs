//! Releasing: policy is decided again, element by element, and the result is sealed.

use super::eligibility::Bands;
use super::{Note, Refusal, Responder};
use crate::agreements::Bilateral;
use crate::records::{self, RecordFacts};
use crate::requests::{Approved, Request, RequestState};
use piux_policy::Clause;
use piux_policy::decision::Decision;
use piux_policy::dsse::Envelope;
use piux_policy::facts::{ApprovalFacts, Approvals, DisclosureFacts, OfficerId, Person, QueryFacts};
use piux_policy::lifecycle::State;
use piux_policy::order::{self, ExpectedOrder, OrderDecision};
use piux_policy::term::{Approval, Band as PolicyBand, Role};
use piux_protocol::message::disclosure::{Band, DisclosureRequest, Release, ReleasedRecord};
use piux_protocol::vocabulary::{Class, ElementId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// What the policy says of a request with the approvals on file.
#[derive(Debug)]
pub(super) enum Decided {
    /// These elements of these records may leave.
    Release(Vec<([u8; 16], RecordFacts, Vec<ElementId>)>),
    /// These approvals are missing.
    Needs(Approvals),
    /// Nothing could ever be released.
    Never(Vec<Clause>),
}

/// A decision of ours could not be taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecisionError {
    /// No request of this name waits.
    #[error("no request of this name waits for a decision; `piux requests list` shows those that do")]
    NotPending,
    /// The officer may not approve it.
    #[error("this officer may not approve the request: {}", titles(.0))]
    Approver(Vec<Clause>),
    /// The order does not hold.
    #[error("the authority's order is not accepted: {0}")]
    Order(#[from] order::OrderError),
    /// The agreement is not in force; the request waits.
    #[error("the agreement of this request is not in force; nothing was decided, and the request goes on waiting")]
    NotInForce,
    /// The agreement is gone.
    #[error("the agreement of this request is no longer here")]
    Agreement,
    /// The store or the ledger cannot be written.
    #[error("the decision could not be kept; nothing was released")]
    Disk,
}

impl Responder {
    /// Decides each record with the approvals on file; what differs per record is left out.
    pub(super) fn decide_release(
        &self,
        request: &Request,
        bilateral: &Bilateral,
        approvals: Approvals,
        now: Timestamp,
    ) -> Decided {
        let query = query_facts(request);
        let bands = Bands::at(now, self.agreements.bundle().schedule());
        let (mut released, mut needed, mut clauses) = (Vec::new(), Vec::new(), BTreeSet::new());
        for (id, facts) in &request.records {
            let facts = *facts;
            let Some(record) = facts.class(bands.of(facts.received)) else {
                continue;
            };
            let elements = request.body.elements.clone();
            let asked = DisclosureFacts {
                record,
                elements,
                approvals,
                filtered: true,
            };
            match bilateral.answering.decide_disclosure(&query, &asked, now) {
                Decision::Permit(permit) => released.push((*id, facts, permit.granted().to_vec())),
                Decision::Refused(refusal) => clauses.extend(refusal.clauses().iter().cloned()),
            }
            needed.extend(bilateral.answering.approvals_needed(&query, &asked, now));
        }
        match needed.into_iter().reduce(Approvals::union) {
            _ if !released.is_empty() => Decided::Release(released),
            Some(needed) => Decided::Needs(needed),
            None => Decided::Never(clauses.into_iter().collect()),
        }
    }

    /// Opens the records, keeps the allowed elements, seals them to the partner.
    pub(super) fn release(
        &self,
        request: &mut Request,
        allowed: Vec<([u8; 16], RecordFacts, Vec<ElementId>)>,
        bilateral: &Bilateral,
    ) -> Result<(), Refusal> {
        let now = self.ground.clock.now();
        let bands = Bands::at(now, self.agreements.bundle().schedule());
        let mut released = Vec::new();
        for (id, facts, elements) in allowed {
            let record = records::open(&self.ground.store, id, &elements).map_err(|_| Refusal::IndexUnavailable)?;
            let Some(record) = record else { continue };
            let band = if bands.of(facts.received) == PolicyBand::Full {
                Band::Full
            } else {
                Band::Masked
            };
            let keep =
                |(element, values): (ElementId, Vec<String>)| elements.contains(&element).then_some((element, values));
            let provenance = record.provenance(facts.received);
            let elements: BTreeMap<_, _> = record.elements.into_iter().filter_map(keep).collect();
            released.push(ReleasedRecord {
                provenance,
                band,
                elements,
            });
        }
        let release = self.compose(request, released, bilateral, now);
        let partner = self.admission.partner(request.partner).ok_or(Refusal::UnknownSender)?;
        let sealed = release
            .seal(&partner.metadata.keys.hpke, &*self.ground.random)
            .map_err(|_| Refusal::Internal)?;
        request.state = RequestState::Released { sealed };
        Ok(())
    }

    fn compose(
        &self,
        request: &Request,
        records: Vec<ReleasedRecord>,
        bilateral: &Bilateral,
        now: Timestamp,
    ) -> Release {
        let duties = records::Duties::of(&bilateral.answering.terms().recipient, request.body.purpose, now);
        Release {
            v: piux_protocol::message::VERSION,
            id: request.id,
            qid: request.body.hit.qid,
            from: self.ground.unit,
            to: request.partner,
            agreement: request.body.agreement.clone(),
            agreement_version: request.body.agreement_version,
            released: now,
            handling: duties.handling,
            obligations: duties.obligations,
            needs_human_review: true,
            records,
        }
    }

    /// An officer approves, with the authority's order where one is needed; released when nothing is missing.
    pub fn approve(&self, id: &str, officer: &str, order: Option<&str>) -> Result<Request, DecisionError> {
        let now = self.ground.clock.now();
        let (mut request, bilateral) = self.pending(id, now)?;
        if bilateral.state_at(now) != State::Active {
            return Err(DecisionError::NotInForce);
        }
        self.approve_as_officer(&mut request, &bilateral, officer, now)?;
        if let Some(order) = order {
            let refused = self.take_order(&mut request, &bilateral, order, now)?;
            if refused {
                return self.finish(request, officer, None, now);
            }
        }
        let approvals = on_file(&request, bilateral.answering.terms().approvals.valid_for_s, now);
        match self.decide_release(&request, &bilateral, approvals, now) {
            Decided::Release(allowed) => {
                self.release(&mut request, allowed, &bilateral)
                    .map_err(|_| DecisionError::Disk)?;
            }
            Decided::Needs(_) => {}
            Decided::Never(clauses) => request.state = RequestState::Refused { clauses },
        }
        self.finish(request, officer, None, now)
    }

    /// An officer refuses.
    pub fn refuse(&self, id: &str, officer: &str, reason: &str) -> Result<Request, DecisionError> {
        let now = self.ground.clock.now();
        let (mut request, _) = self.pending(id, now)?;
        request.state = RequestState::Refused {
            clauses: vec![officer_refused()],
        };
        self.finish(request, officer, Some(reason), now)
    }

    /// The approvals still missing.
    pub fn missing(&self, request: &Request, now: Timestamp) -> Vec<Approval> {
        let Some(bilateral) = self.agreements.get(&request.body.agreement) else {
            return Vec::new();
        };
        let approvals = on_file(request, bilateral.answering.terms().approvals.valid_for_s, now);
        match self.decide_release(request, &bilateral, approvals, now) {
            Decided::Needs(needed) => needed
                .iter()
                .filter(|approval| !approvals.contains(*approval))
                .collect(),
            Decided::Release(_) | Decided::Never(_) => Vec::new(),
        }
    }

    fn pending(&self, id: &str, now: Timestamp) -> Result<(Request, std::sync::Arc<Bilateral>), DecisionError> {
        let id = id.parse().map_err(|_| DecisionError::NotPending)?;
        let request = Request::read(&self.ground.store, id, now).map_err(|_| DecisionError::Disk)?;
        let request = request.filter(|request| matches!(request.state, RequestState::Pending));
        let request = request.ok_or(DecisionError::NotPending)?;
        let bilateral = self
            .agreements
            .get(&request.body.agreement)
            .ok_or(DecisionError::Agreement)?;
        Ok((request, bilateral))
    }

    fn approve_as_officer(
        &self,
        request: &mut Request,
        bilateral: &Bilateral,
        officer: &str,
        now: Timestamp,
    ) -> Result<(), DecisionError> {
        let approved_by = request.approvals.iter().filter_map(|approved| match approved {
            Approved::Officer { officer, .. } => Some(OfficerId::new(officer.clone())),
            Approved::Independent { .. } => None,
        });
        let approved_by: Vec<OfficerId> = approved_by.collect();
        let step = if approved_by.is_empty() {
            Approval::Officer
        } else {
            Approval::FourEyes
        };
        if approved_by.iter().any(|earlier| earlier.as_ref() == officer) {
            return Ok(());
        }
        let facts = ApprovalFacts {
            approver: Person {
                id: OfficerId::new(officer),
                unit: Some(self.ground.unit),
                roles: vec![Role::Approver],
            },
            requester: Person {
                id: OfficerId::new(format!("officer of {}", request.partner)),
                unit: Some(request.partner),
                roles: Vec::new(),
            },
            holder: self.ground.unit,
            step,
            approved_by,
        };
        if let Decision::Refused(refusal) = bilateral.answering.decide_approval(&facts) {
            return Err(DecisionError::Approver(refusal.clauses().to_vec()));
        }
        request.approvals.push(Approved::Officer {
            officer: officer.to_owned(),
            at: now,
        });
        Ok(())
    }

    /// Takes an order; `true` when the authority refuses.
    fn take_order(
        &self,
        request: &mut Request,
        bilateral: &Bilateral,
        order: &str,
        now: Timestamp,
    ) -> Result<bool, DecisionError> {
        let envelope = Envelope::from_json(order.as_bytes()).map_err(order::OrderError::from)?;
        let party = bilateral
            .agreement
            .party(self.ground.unit)
            .ok_or(DecisionError::Agreement)?;
        let expected = ExpectedOrder {
            request: &request.id.to_string(),
            request_digest: request.digest,
            agreement: &request.body.agreement,
            authority: party.authority,
            unit_keys: &self.ground.own_dsse_keys(),
        };
        let verified = order::verify(&envelope, &expected, now)?;
        if verified.decision() == OrderDecision::Refuse {
            request.state = RequestState::Refused {
                clauses: vec![authority_refused()],
            };
            return Ok(true);
        }
        request.approvals.push(Approved::Independent {
            valid_until: verified.order().valid_until,
            reference: verified.order().reference.clone(),
        });
        Ok(false)
    }

    /// Records the decision, then lets it hold.
    fn finish(
        &self,
        request: Request,
        officer: &str,
        reason: Option<&str>,
        now: Timestamp,
    ) -> Result<Request, DecisionError> {
        let mut entry = Note::decision(&request, officer, self.agreements.bundle().digest(), now);
        if let Some(reason) = reason {
            entry.detail.why = Some(serde_json::json!({ "reason": reason }));
        }
        let recorded = self
            .ground
            .ledger
            .record(entry, request)
            .map_err(|_| DecisionError::Disk)?;
        let (request, _) = recorded.into_parts();
        request.write(&self.ground.store).map_err(|_| DecisionError::Disk)?;
        Ok(request)
    }
}

/// The question behind a request, as the policy sees it.
fn query_facts(request: &Request) -> QueryFacts {
    QueryFacts {
        purpose: request.body.purpose,
        offence: request.body.grounds.offence,
        basis: request.body.grounds.basis,
        classes: proven_classes(&request.body),
        declares: request.declares.clone(),
        agreement_version: request.body.agreement_version,
        reasoned: !request.body.grounds.reasons.trim().is_empty() && !request.body.grounds.case.trim().is_empty(),
        urgent: request.urgent,
        undertaking: false,
        quota_exceeded: false,
        window: None,
        leak_bits: None,
    }
}

/// The classes of a request's proven hits, each once.
fn proven_classes(request: &DisclosureRequest) -> Vec<Class> {
    let mut classes: Vec<Class> = request.hit.hits.iter().map(|hit| hit.class).collect();
    classes.sort_unstable();
    classes.dedup();
    classes
}

/// The approvals that still hold.
fn on_file(request: &Request, valid_for_s: u32, now: Timestamp) -> Approvals {
    let mut officers = 0;
    let mut approvals = Approvals::NONE;
    for approved in &request.approvals {
        match approved {
            Approved::Officer { at, .. } if now < at.plus_seconds(i64::from(valid_for_s)) => officers += 1,
            Approved::Independent { valid_until, .. } if now < *valid_until => {
                approvals = approvals.with(Approval::Independent);
            }
            Approved::Officer { .. } | Approved::Independent { .. } => {}
        }
    }
    if officers > 0 {
        approvals = approvals.with(Approval::Officer);
    }
    if officers > 1 {
        approvals = approvals.with(Approval::FourEyes);
    }
    approvals
}

fn officer_refused() -> Clause {
    Clause {
        id: "H-OFFICER".to_owned(),
        title: "An officer of the answering unit refused".to_owned(),
        cite: "Directive (EU) 2016/681 Art. 6(5), Art. 9(2)".to_owned(),
    }
}

fn authority_refused() -> Clause {
    Clause {
        id: "H-AUTHORITY".to_owned(),
        title: "The independent authority refused".to_owned(),
        cite: "Directive (EU) 2016/681 Art. 12(3); CJEU C-817/19".to_owned(),
    }
}

fn titles(clauses: &[Clause]) -> String {
    clauses
        .iter()
        .map(|clause| clause.title.as_str())
        .collect::<Vec<_>>()
        .join("; ")
}
