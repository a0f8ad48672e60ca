//! One question, put to each partner in turn.

use super::keep::Hit;
use super::subject::{Planned, Subject};
use super::words::{Answered, Outcome, PartnerAnswer, ShownHit, report};
use super::{AskError, Requester, detail, entry, receipt_digest};
use crate::agreements::Bilateral;
use crate::answer::authorize::facts;
use crate::command::{Question, Report};
use crate::ledger::{ClauseId, Counter, Decision, Kind};
use crate::partners::Partner;
use piux_policy::Decision as PolicyDecision;
use piux_protocol::blind::requester::Question as Blinded;
use piux_protocol::blind::{Descriptor, Gate, LookupAnswer, LookupRequest, OpenError, Opened, Query};
use piux_protocol::client::{Client, ClientError, Exchange};
use piux_protocol::identifier::KEYSET;
use piux_protocol::message::disclosure::ClassHit;
use piux_protocol::message::problem::{Clause, Problem, ProblemKind};
use piux_protocol::token::{AuthorizationDetails, Granted};
use piux_protocol::vocabulary::{Action, Class, Digest, Handle, Scope, sha256};
use serde_json::json;
use std::collections::BTreeMap;

/// Why one partner gave no answer.
enum Stop {
    /// We, or the partner, refused.
    Refused(Vec<Clause>, Option<Digest>),
    /// The partner cannot be reached or does not answer as it must.
    Unreachable(String),
    /// Our own node cannot go on.
    Ask(AskError),
}

impl<E: Into<AskError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Ask(error.into())
    }
}

/// One lookup on its way.
struct Errand<'a> {
    partner: &'a Partner,
    bilateral: &'a Bilateral,
    question: &'a Question,
    subject: &'a Subject,
    client: Client,
}

impl Requester {
    /// Asks every addressed partner and reports all answers together.
    pub async fn lookup(&self, question: Question, statement: &str) -> Result<Report, AskError> {
        let subject = Subject::of(&question)?;
        let addressed = self.addressed(&question, self.ground.clock.now())?;
        let mut answers = Vec::new();
        for (partner, bilateral) in addressed {
            let answered = match bilateral {
                Ok(bilateral) => self.ask(&partner, &bilateral, &question, &subject, statement).await,
                Err(error) if question.to.is_empty() => {
                    drop(error);
                    continue;
                }
                Err(error) => Err(Stop::Ask(error)),
            };
            answers.push(self.outcome(partner.unit(), answered, &subject)?);
        }
        if answers.is_empty() {
            return Err(AskError::NoAgreement);
        }
        Ok(report(&question, &answers))
    }

    fn outcome(
        &self,
        partner: piux_protocol::vocabulary::UnitId,
        answered: Result<Answered, Stop>,
        subject: &Subject,
    ) -> Result<PartnerAnswer, AskError> {
        let not_searched = subject.not_searched();
        match answered {
            Ok(answered) => Ok(PartnerAnswer::answered(partner, answered, not_searched)),
            Err(Stop::Refused(clauses, receipt)) => {
                Ok(PartnerAnswer::stopped(partner, Outcome::Refused, clauses, receipt))
            }
            Err(Stop::Unreachable(why)) => Ok(PartnerAnswer::unreachable(partner, why)),
            Err(Stop::Ask(error)) => Err(error),
        }
    }

    async fn ask(
        &self,
        partner: &Partner,
        bilateral: &Bilateral,
        question: &Question,
        subject: &Subject,
        statement: &str,
    ) -> Result<Answered, Stop> {
        let client = self
            .client(partner, statement)
            .await
            .map_err(|error| unreachable(&error))?;
        if client.partner().keyset != KEYSET || bilateral.asking.terms().privacy.keyset != KEYSET {
            return Err(Stop::Refused(vec![other_keyset()], None));
        }
        let errand = Errand {
            partner,
            bilateral,
            question,
            subject,
            client,
        };
        let mut answered = Answered::default();
        for scope in subject.scopes() {
            answered.extend(self.run(&errand, scope).await?);
        }
        Ok(answered)
    }

    /// One request of one scope; asked again once when the partner began a new epoch meanwhile.
    async fn run(&self, errand: &Errand<'_>, scope: Scope) -> Result<Answered, Stop> {
        match self.run_once(errand, scope).await {
            Ok(Some(answered)) => Ok(answered),
            Ok(None) => {
                let again = self.run_once(errand, scope).await?;
                again.ok_or_else(|| {
                    Stop::Unreachable("the partner keeps changing its epoch; ask again later".to_owned())
                })
            }
            Err(stop) => Err(stop),
        }
    }

    async fn run_once(&self, errand: &Errand<'_>, scope: Scope) -> Result<Option<Answered>, Stop> {
        let details = self.announce(errand, scope)?;
        let (granted, exchange) = match errand.client.token(&details).await {
            Ok(granted) => granted,
            Err(error) => return Err(self.refused(errand, &details, error)?),
        };
        self.keep_receipt(&exchange)?;
        let descriptor = self.descriptor(errand, &granted).await?;
        let Some(planned) = errand.subject.plan(scope, &descriptor) else {
            return Ok(Some(Answered::default()));
        };
        let leak = self.check_leak(errand, &details, &planned, &descriptor)?;
        let (query, body) = self.blind(errand, &details, planned, &descriptor)?;
        let exchange = errand
            .client
            .lookup(body, &granted)
            .await
            .map_err(|error| unreachable(&error))?;
        if let Some(problem) = exchange.problem() {
            if problem.kind == ProblemKind::EpochUnknown {
                return Ok(None);
            }
            return Err(self.denied(errand, &details, &exchange, &problem)?);
        }
        self.open(errand, &details, &query, &descriptor, &exchange, leak)
            .map(Some)
    }

    /// Our own policy first, then the ledger, before anything is sent.
    fn announce(&self, errand: &Errand<'_>, scope: Scope) -> Result<AuthorizationDetails, Stop> {
        let now = self.ground.clock.now();
        let question = errand.question;
        let (need, openings) = self.need(&question.case, &question.officer, &question.reasons)?;
        let details = AuthorizationDetails {
            actions: vec![Action::Lookup],
            agreement: errand.bilateral.agreement.id().clone(),
            agreement_version: errand.bilateral.agreement.version(),
            purpose: question.purpose,
            offence: question.offence,
            basis: question.basis,
            classes: scope.segments().to_vec(),
            scope,
            declares: question.declares.clone(),
            urgent: question.urgent,
            need,
        };
        let mut query = facts(&details, false);
        query.reasoned = !question.case.trim().is_empty() && !question.reasons.trim().is_empty();
        query.window = Some(question.window);
        let decision = errand.bilateral.asking.decide_query(&query, now);
        let mut entry = entry(Kind::QueryOut, errand.partner.unit(), errand.bilateral, &details, now);
        entry.detail = detail(&question.officer, openings);
        entry.policy = Some(self.agreements.bundle().digest());
        entry.decision = Some(if decision.is_permit() {
            Decision::Permit
        } else {
            Decision::Deny
        });
        entry.clauses = crate::answer::names(&decision.clauses());
        self.ground.ledger.record(entry, ())?;
        match decision {
            PolicyDecision::Permit(_) => Ok(details),
            PolicyDecision::Refused(refusal) => Err(Stop::Refused(refusal.clauses().iter().map(wire).collect(), None)),
        }
    }

    async fn descriptor(&self, errand: &Errand<'_>, granted: &Granted) -> Result<Descriptor, Stop> {
        let agreement = errand.bilateral.agreement.id();
        let chain: Vec<Descriptor> = match errand.client.epochs(agreement, granted).await {
            Ok(chain) => chain,
            Err(error) => return Err(unreachable(&error)),
        };
        let (now, version) = (self.ground.clock.now(), errand.bilateral.agreement.version());
        let open = |descriptor: &Descriptor| descriptor.is_current(now) && descriptor.agreement_version == version;
        let current = chain.into_iter().rev().find(open);
        current.ok_or_else(|| {
            Stop::Unreachable("the partner offers no epoch of this agreement version that is open now".to_owned())
        })
    }

    /// Refuses before sending when the subject's questions would have told too much.
    fn check_leak(
        &self,
        errand: &Errand<'_>,
        details: &AuthorizationDetails,
        planned: &Planned,
        descriptor: &Descriptor,
    ) -> Result<u32, Stop> {
        let now = self.ground.clock.now();
        let keys = errand.subject.keys();
        let asked = [(planned.bucket, errand.question.window)];
        let bits = self.leak(keys, &asked, &descriptor.subjects_per_quarter, now)?;
        let mut query = facts(details, false);
        query.window = Some(errand.question.window);
        query.leak_bits = Some(u8::try_from(bits).unwrap_or(u8::MAX));
        if let PolicyDecision::Refused(refusal) = errand.bilateral.asking.decide_query(&query, now) {
            return Err(Stop::Refused(refusal.clauses().iter().map(wire).collect(), None));
        }
        self.remember_asked(keys, &asked, now)?;
        Ok(bits)
    }

    /// Blinds, and seals what opens the blinding to our own authority, before anything is sent.
    fn blind(
        &self,
        errand: &Errand<'_>,
        details: &AuthorizationDetails,
        planned: Planned,
        descriptor: &Descriptor,
    ) -> Result<(Query, Vec<u8>), Stop> {
        let blinded = Blinded {
            agreement: details.agreement.clone(),
            agreement_version: details.agreement_version,
            epoch: descriptor.epoch,
            purpose: details.purpose,
            scope: planned.scope,
            bucket: planned.bucket,
            window: errand.question.window,
        };
        let query = Query::new(blinded, &planned.keys, &*self.ground.random);
        let (query, request): (Query, LookupRequest) =
            query.map_err(|_| Stop::Unreachable("the question does not fit into one request".to_owned()))?;
        let body = request.to_body();
        let mut entry = entry(
            Kind::QueryOut,
            errand.partner.unit(),
            errand.bilateral,
            details,
            self.ground.clock.now(),
        );
        entry.request = Some(sha256(&body));
        entry.query = Some(request.qid);
        entry.decision = Some(Decision::Permit);
        entry.detail.blind = serde_json::to_value(&query).ok();
        self.ground.ledger.record(entry, ())?;
        Ok((query, body))
    }

    /// Proofs first, then the ledger, then it may be shown.
    fn open(
        &self,
        errand: &Errand<'_>,
        details: &AuthorizationDetails,
        query: &Query,
        descriptor: &Descriptor,
        exchange: &Exchange,
        leak: u32,
    ) -> Result<Answered, Stop> {
        let req_hash = sha256(&exchange.request_body);
        let opened = opened(query, exchange, &req_hash, descriptor).map_err(Stop::Unreachable)?;
        let request = query.request();
        let hits = self.hits(errand, details, &request, descriptor, &opened);
        let now = self.ground.clock.now();
        let receipt = self.keep_receipt(exchange)?;
        let mut entry = entry(Kind::AnswerIn, errand.partner.unit(), errand.bilateral, details, now)
            .count(Counter::Hits, hits.len() as u64)
            .count(Counter::LeakBits, u64::from(leak));
        entry.request = Some(req_hash);
        entry.response = Some(sha256(&exchange.body));
        entry.receipt = Some(receipt_digest(&exchange.receipt));
        entry.query = Some(request.qid);
        entry.decision = Some(Decision::Permit);
        entry.detail.what = Some(json!({ "hits": hits.iter().map(Hit::name).collect::<Vec<_>>() }));
        self.ground.ledger.record(entry, ())?;
        let mut shown = Vec::new();
        for hit in &hits {
            self.keep_hit(hit)?;
            shown.push(ShownHit::of(hit));
        }
        let crowded = opened.iter().any(|opened| opened.gate == Gate::Crowded);
        let classes = request.segments.iter().map(|segment| segment.class).collect();
        Ok(Answered {
            hits: shown,
            classes,
            leak_bits: leak,
            receipt: Some(receipt),
            crowded,
        })
    }

    /// Rows grouped by the person they name; crowded rows are no hit.
    fn hits(
        &self,
        errand: &Errand<'_>,
        details: &AuthorizationDetails,
        request: &LookupRequest,
        descriptor: &Descriptor,
        opened: &[Opened],
    ) -> Vec<Hit> {
        let mut people: BTreeMap<Handle, Vec<&Opened>> = BTreeMap::new();
        for row in opened.iter().filter(|row| row.gate != Gate::Crowded) {
            people.entry(row.handle).or_default().push(row);
        }
        let hit = |(handle, rows): (Handle, Vec<&Opened>)| Hit {
            partner: errand.partner.unit(),
            agreement: details.agreement.clone(),
            purpose: details.purpose,
            offence: details.offence,
            basis: details.basis,
            declares: details.declares.clone(),
            urgent: details.urgent,
            scope: details.scope,
            case: errand.question.case.clone(),
            qid: request.qid,
            handle,
            gate: rows.iter().map(|row| row.gate).max().unwrap_or(Gate::Refused),
            hits: one_per_class(&rows),
            follow_up_until: descriptor.grace_until,
        };
        people.into_iter().map(hit).collect()
    }

    /// What a failed token request means.
    fn refused(
        &self,
        errand: &Errand<'_>,
        details: &AuthorizationDetails,
        error: ClientError,
    ) -> Result<Stop, AskError> {
        match error {
            ClientError::Refused(exchange) => match exchange.problem() {
                Some(problem) => self.denied(errand, details, &exchange, &problem),
                None => Ok(Stop::Unreachable("the partner refused without saying why".to_owned())),
            },
            error => Ok(unreachable(&error)),
        }
    }

    /// A signed refusal is evidence like an answer.
    fn denied(
        &self,
        errand: &Errand<'_>,
        details: &AuthorizationDetails,
        exchange: &Exchange,
        problem: &Problem,
    ) -> Result<Stop, AskError> {
        let receipt = self.keep_receipt(exchange)?;
        let now = self.ground.clock.now();
        let mut entry = entry(Kind::Denied, errand.partner.unit(), errand.bilateral, details, now);
        entry.decision = Some(Decision::Deny);
        entry.clauses = problem
            .clauses
            .iter()
            .filter_map(|clause| clause.id.parse::<ClauseId>().ok())
            .collect();
        entry.request = Some(sha256(&exchange.request_body));
        entry.response = Some(sha256(&exchange.body));
        entry.receipt = Some(receipt_digest(&exchange.receipt));
        self.ground.ledger.record(entry, ())?;
        let mut clauses = problem.clauses.clone();
        if clauses.is_empty() {
            clauses.push(Clause {
                id: problem.kind.urn().to_owned(),
                title: problem.to_string(),
                cite: String::new(),
            });
        }
        Ok(Stop::Refused(clauses, Some(receipt)))
    }
}

fn opened(
    query: &Query,
    exchange: &Exchange,
    req_hash: &Digest,
    descriptor: &Descriptor,
) -> Result<Vec<Opened>, String> {
    let answer = LookupAnswer::decode(&exchange.body).map_err(|error| error.to_string())?;
    query
        .open(&answer, req_hash, descriptor)
        .map_err(|error: OpenError| error.to_string())
}

/// Asking across two derivations would miss silently, so it is refused.
fn other_keyset() -> Clause {
    let kind = ProblemKind::KeysetMismatch;
    Clause {
        id: kind.urn().to_owned(),
        title: kind.title().to_owned(),
        cite: "SPEC.md 3".to_owned(),
    }
}

/// One proof per class is enough, at most four in all.
fn one_per_class(rows: &[&Opened]) -> Vec<ClassHit> {
    let mut hits: BTreeMap<Class, ClassHit> = BTreeMap::new();
    for row in rows {
        hits.entry(row.class).or_insert(ClassHit {
            class: row.class,
            hit: row.hit,
        });
    }
    hits.into_values().take(4).collect()
}

fn wire(clause: &piux_policy::Clause) -> Clause {
    Clause {
        id: clause.id.clone(),
        title: clause.title.clone(),
        cite: clause.cite.clone(),
    }
}

fn unreachable(error: &ClientError) -> Stop {
    let mut why = error.to_string();
    if let ClientError::Unauthenticated { problem, .. } = error {
        why = format!("{why}: {problem}");
    }
    Stop::Unreachable(why)
}
