//! One question, put to each partner in turn.

use super::errand::{Errand, Sent, Stop, Ticket, problem, unreachable};
use super::plan::{Ground, Open, Plan, Planned};
use super::subject::Subject;
use super::told::Told;
use super::words::{Answered, Outcome, PartnerAnswer, report};
use super::{AskError, Requester, entry};
use crate::agreements::Bilateral;
use crate::command::{Question, Report};
use crate::ledger::{Decision, Kind};
use crate::partners::Partner;
use piux_protocol::blind::requester::Question as Blinded;
use piux_protocol::blind::{Descriptor, LookupRequest, Query};
use piux_protocol::message::problem::ProblemKind;
use piux_protocol::token::{AuthorizationDetails, Granted};
use piux_protocol::vocabulary::{UnitId, sha256};
use std::sync::PoisonError;

/// How far a question has come.
struct Way {
    open: Open,
    descriptor: Descriptor,
    plan: Plan,
    /// The first token, until a request it serves is sent.
    unused: Option<Ticket>,
    /// Whether the plan was made anew for another epoch already.
    renewed: bool,
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
            answers.push(outcome(partner.unit(), answered)?);
        }
        if answers.is_empty() {
            return Err(AskError::NoAgreement);
        }
        Ok(report(&question, &answers))
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
        let named = &bilateral.asking.terms().privacy.keyset;
        let keyset = named.parse().ok().filter(|_| client.partner().holds_keyset(named));
        let errand = Errand {
            partner,
            bilateral,
            question,
            subject,
            keyset: keyset
                .ok_or_else(|| Stop::Refused(vec![problem(ProblemKind::KeysetMismatch, "SPEC.md 3.9")], None))?,
            client,
        };
        self.carry_out(&errand).await
    }

    /// One token to learn the epoch, a plan, then every request of it, whatever the answers say.
    async fn carry_out(&self, errand: &Errand<'_>) -> Result<Answered, Stop> {
        let mut open = self.open(errand);
        let (scope, classes) = self.first_look(errand, &open);
        let ticket = self.ticket(errand, scope, classes).await?;
        if ticket.granted.details().classes.len() < ticket.details.classes.len() {
            open.names.retain(|other| *other != scope);
        }
        let descriptor = self.descriptor(errand, &ticket.granted).await?;
        let plan = self.plan(errand, &open, &descriptor)?;
        if plan.requests.is_empty() {
            return Err(self.nothing_to_ask(errand, &ticket.details, &plan));
        }
        let mut way = Way {
            open,
            descriptor,
            plan,
            unused: Some(ticket),
            renewed: false,
        };
        let mut told = Vec::new();
        while told.len() < way.plan.requests.len() {
            match self.next(errand, &mut way, told.len()).await {
                Ok(Some(answer)) => told.push(answer),
                Ok(None) => {}
                Err(stop) if told.is_empty() => return Err(stop),
                Err(Stop::Ask(error)) => return Err(Stop::Ask(error)),
                Err(stop) => {
                    way.plan.breaks_off(told.len(), &stop.why());
                    break;
                }
            }
        }
        Ok(Answered::of(told, way.plan))
    }

    /// Sends one request of the plan; none if a new epoch had begun and the plan was made anew.
    async fn next(&self, errand: &Errand<'_>, way: &mut Way, at: usize) -> Result<Option<Told>, Stop> {
        let Some(planned) = way.plan.requests.get(at) else {
            return Ok(None);
        };
        let fitting = way.unused.take().filter(|ticket| ticket.serves(planned));
        let ticket = match fitting {
            Some(ticket) => ticket,
            None => self.ticket(errand, planned.scope, planned.classes()).await?,
        };
        let named = way.plan.is_named();
        if let Some(told) = self.send(errand, &ticket, planned, &way.descriptor, named).await? {
            return Ok(Some(told));
        }
        if way.renewed {
            let why = "the partner keeps changing its epoch; ask again later";
            return Err(Stop::Unreachable(why.to_owned()));
        }
        way.renewed = true;
        way.descriptor = self.descriptor(errand, &ticket.granted).await?;
        way.plan = self.plan(errand, &way.open, &way.descriptor)?;
        Ok(None)
    }

    fn plan(&self, errand: &Errand<'_>, open: &Open, descriptor: &Descriptor) -> Result<Plan, AskError> {
        let asked = self.asked_before(errand)?;
        let ground = Ground {
            descriptor,
            purpose: errand.question.purpose,
            open,
            keyset: errand.keyset,
            window: errand.question.window,
            budget: u32::from(errand.bilateral.asking.terms().privacy.leak_bits),
            asked: &asked,
        };
        let plan = Plan::make(errand.subject, &ground);
        if let Some(named) = plan.requests.iter().find(|planned| planned.bucket.class().is_none()) {
            let mut served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
            served.insert(errand.bilateral.agreement.id().clone(), named.scope);
        }
        Ok(plan)
    }

    /// Sends one request; none if its epoch is over.
    async fn send(
        &self,
        errand: &Errand<'_>,
        ticket: &Ticket,
        planned: &Planned,
        descriptor: &Descriptor,
        named: bool,
    ) -> Result<Option<Told>, Stop> {
        if !ticket.serves(planned) {
            let clause = problem(ProblemKind::ClassNotAllowed, "SPEC.md 3.4");
            return Err(Stop::Refused(vec![clause], None));
        }
        let leak = self.tell(errand, &ticket.details, planned, descriptor)?;
        let (query, body) = self.blind(errand, &ticket.details, planned, descriptor)?;
        let exchange = errand
            .client
            .lookup(body, &ticket.granted)
            .await
            .map_err(|error| unreachable(&error))?;
        let sent = Sent {
            details: &ticket.details,
            descriptor,
            planned,
            query,
            leak,
            population: super::plan::population(descriptor, errand.question.window),
            named,
        };
        match exchange.problem() {
            Some(problem) if problem.kind == ProblemKind::EpochUnknown => Ok(None),
            Some(problem) => Err(self.denied(errand, sent.details, &exchange, &problem)?),
            None => self.accept(errand, &sent, &exchange).map(Some),
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

    /// Counts what this request tells, refuses beyond the budget, and remembers it before it is sent.
    fn tell(
        &self,
        errand: &Errand<'_>,
        details: &AuthorizationDetails,
        planned: &Planned,
        descriptor: &Descriptor,
    ) -> Result<u32, Stop> {
        let asked = (planned.bucket, errand.question.window);
        let bits = self.leak(errand, asked, &descriptor.subjects_per_quarter)?;
        self.check_leak(errand, details, bits)?;
        self.remember_asked(errand, planned.identifier(), asked)?;
        Ok(bits)
    }

    /// Blinds, and seals what opens the blinding to our own authority, before anything is sent.
    fn blind(
        &self,
        errand: &Errand<'_>,
        details: &AuthorizationDetails,
        planned: &Planned,
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
        let query = Query::new(blinded, &planned.inputs(), &*self.ground.random);
        let (query, request): (Query, LookupRequest) =
            query.map_err(|_| Stop::Unreachable("the question does not fit into one request".to_owned()))?;
        let body = request.to_body();
        let now = self.ground.clock.now();
        let mut entry = entry(Kind::QueryOut, errand.partner.unit(), errand.bilateral, details, now);
        entry.request = Some(sha256(&body));
        entry.query = Some(request.qid);
        entry.decision = Some(Decision::Permit);
        entry.detail.blind = serde_json::to_value(&query).ok();
        self.ground.ledger.record(entry, ())?;
        Ok((query, body))
    }
}

fn outcome(partner: UnitId, answered: Result<Answered, Stop>) -> Result<PartnerAnswer, AskError> {
    match answered {
        Ok(answered) => Ok(PartnerAnswer::answered(partner, answered)),
        Err(Stop::Refused(clauses, receipt)) => Ok(PartnerAnswer::stopped(partner, Outcome::Refused, clauses, receipt)),
        Err(Stop::Unreachable(why)) => Ok(PartnerAnswer::unreachable(partner, why)),
        Err(Stop::Ask(error)) => Err(error),
    }
}
