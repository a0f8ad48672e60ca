//! One question, put to each partner in turn.

use super::hits::Told;
use super::plan::{Ground, Open, Plan, Planned};
use super::subject::Subject;
use super::words::{Answered, Outcome, PartnerAnswer, report};
use super::{AskError, Requester, detail, entry};
use crate::agreements::Bilateral;
use crate::answer::authorize::facts;
use crate::command::{Question, Report};
use crate::ledger::{Decision, Kind};
use crate::partners::Partner;
use piux_policy::Decision as PolicyDecision;
use piux_protocol::blind::requester::Question as Blinded;
use piux_protocol::blind::{Bucket, Descriptor, LookupRequest, Query};
use piux_protocol::client::{Client, ClientError};
use piux_protocol::identifier::{Keyset, MatchKey};
use piux_protocol::message::problem::{Clause, ProblemKind};
use piux_protocol::token::{AuthorizationDetails, Granted};
use piux_protocol::vocabulary::{Action, Class, Digest, Scope, UnitId, Window, sha256};

/// Why one partner gave no answer.
pub(super) enum Stop {
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

/// A question on its way to one partner.
pub(super) struct Errand<'a> {
    pub(super) partner: &'a Partner,
    pub(super) bilateral: &'a Bilateral,
    pub(super) question: &'a Question,
    pub(super) subject: &'a Subject,
    pub(super) keyset: Keyset,
    pub(super) client: Client,
}

/// Leave to send one request.
struct Ticket {
    details: AuthorizationDetails,
    granted: Granted,
}

/// A request that was sent, with all that opens its answer.
pub(super) struct Sent<'a> {
    pub(super) details: &'a AuthorizationDetails,
    pub(super) descriptor: &'a Descriptor,
    pub(super) planned: &'a Planned,
    pub(super) query: Query,
    pub(super) leak: u32,
    pub(super) population: u64,
    /// Whether names are searched by this or another request of the plan.
    pub(super) named: bool,
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
        let (scope, classes) = first_look(errand.subject, &open);
        let ticket = self.ticket(errand, scope, classes).await?;
        if ticket.granted.details().classes.len() < ticket.details.classes.len() {
            open.names.retain(|other| *other != scope);
        }
        let mut descriptor = self.descriptor(errand, &ticket.granted).await?;
        let mut plan = self.plan(errand, &open, &descriptor)?;
        if plan.requests.is_empty() {
            return Err(self.nothing_to_ask(errand, &ticket.details, &plan));
        }
        let (mut unused, mut told, mut renewed) = (Some(ticket), Vec::new(), false);
        let mut next = 0;
        while let Some(planned) = plan.requests.get(next) {
            let fitting = unused.take().filter(|ticket| ticket.serves(planned));
            let ticket = match fitting {
                Some(ticket) => ticket,
                None => self.ticket(errand, planned.scope, planned.classes()).await?,
            };
            match self
                .send(errand, &ticket, planned, &descriptor, plan.is_named())
                .await?
            {
                Some(answer) => {
                    told.push(answer);
                    next += 1;
                }
                None if renewed => {
                    let why = "the partner keeps changing its epoch; ask again later";
                    return Err(Stop::Unreachable(why.to_owned()));
                }
                None => {
                    renewed = true;
                    descriptor = self.descriptor(errand, &ticket.granted).await?;
                    plan = self.plan(errand, &open, &descriptor)?;
                }
            }
        }
        Ok(Answered::of(told, plan))
    }

    /// What our own policy leaves open, class by class; the partner's may narrow it further.
    fn open(&self, errand: &Errand<'_>) -> Open {
        let (terms, purpose) = (errand.bilateral.asking.terms(), errand.question.purpose);
        let permits = |scope: Scope, classes: &[Class]| self.permits(errand, scope, classes);
        let scopes = terms.scopes_for(purpose);
        let names = [Scope::Full, Scope::Tight].into_iter();
        let names = names.filter(|scope| scopes.contains(scope) && permits(*scope, scope.segments()));
        let agreed = terms.purposes.get(&purpose).map(|terms| &terms.scopes);
        let single = Class::ALL.iter().filter_map(|class| {
            let holds = |scope: &&Scope| scope.segments().contains(class);
            let scope = agreed.into_iter().flatten().find(holds).copied()?;
            permits(scope, &[*class]).then_some((*class, scope))
        });
        Open {
            names: names.collect(),
            single: single.collect(),
        }
    }

    fn permits(&self, errand: &Errand<'_>, scope: Scope, classes: &[Class]) -> bool {
        let Ok((details, _)) = self.details(errand, scope, classes.to_vec()) else {
            return false;
        };
        let asked = facts(&details, false);
        match errand.bilateral.asking.decide_query(&asked, self.ground.clock.now()) {
            PolicyDecision::Permit(permit) => permit.granted().len() == classes.len(),
            PolicyDecision::Refused(_) => false,
        }
    }

    fn plan(&self, errand: &Errand<'_>, open: &Open, descriptor: &Descriptor) -> Result<Plan, AskError> {
        let asked = self.asked_before(errand, &errand.subject.identifiers(errand.keyset))?;
        let ground = Ground {
            descriptor,
            purpose: errand.question.purpose,
            open,
            keyset: errand.keyset,
            window: errand.question.window,
            budget: u32::from(errand.bilateral.asking.terms().privacy.leak_bits),
            asked: &asked,
        };
        Ok(Plan::make(errand.subject, &ground))
    }

    /// Why a plan is empty: the budget, as our policy cites it, or what nobody offers.
    fn nothing_to_ask(&self, errand: &Errand<'_>, details: &AuthorizationDetails, plan: &Plan) -> Stop {
        match plan.over_budget {
            Some(bits) => match self.check_leak(errand, details, bits) {
                Err(stop) => stop,
                Ok(()) => Stop::Refused(vec![problem(ProblemKind::LeakBudget, "SPEC.md 4.5")], None),
            },
            None => Stop::Refused(vec![problem(ProblemKind::ClassNotAllowed, "SPEC.md 3.4")], None),
        }
    }

    async fn ticket(&self, errand: &Errand<'_>, scope: Scope, classes: Vec<Class>) -> Result<Ticket, Stop> {
        let details = self.announce(errand, scope, classes)?;
        let (granted, exchange) = match errand.client.token(&details).await {
            Ok(granted) => granted,
            Err(error) => return Err(self.refused(errand, &details, error)?),
        };
        self.keep_receipt(&exchange)?;
        Ok(Ticket { details, granted })
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

    /// Our own policy first, then the ledger, before anything is sent.
    fn announce(&self, errand: &Errand<'_>, scope: Scope, classes: Vec<Class>) -> Result<AuthorizationDetails, Stop> {
        let now = self.ground.clock.now();
        let question = errand.question;
        let (details, openings) = self.details(errand, scope, classes)?;
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

    /// What a token is asked for, and what opens its commitments.
    fn details(
        &self,
        errand: &Errand<'_>,
        scope: Scope,
        classes: Vec<Class>,
    ) -> Result<(AuthorizationDetails, serde_json::Value), AskError> {
        let question = errand.question;
        let (need, openings) = self.need(&question.case, &question.officer, &question.reasons)?;
        let details = AuthorizationDetails {
            actions: vec![Action::Lookup],
            agreement: errand.bilateral.agreement.id().clone(),
            agreement_version: errand.bilateral.agreement.version(),
            purpose: question.purpose,
            offence: question.offence,
            basis: question.basis,
            classes,
            scope,
            declares: question.declares.clone(),
            urgent: question.urgent,
            need,
        };
        Ok((details, openings))
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
        let keys: Vec<MatchKey> = planned.identifier().cloned().into_iter().collect();
        let bits = self.leak(errand, &keys, asked, &descriptor.subjects_per_quarter)?;
        self.check_leak(errand, details, bits)?;
        self.remember_asked(errand, &keys, asked)?;
        Ok(bits)
    }

    /// Refuses before sending when the subject's questions would have told too much.
    fn check_leak(&self, errand: &Errand<'_>, details: &AuthorizationDetails, bits: u32) -> Result<(), Stop> {
        let mut query = facts(details, false);
        query.window = Some(errand.question.window);
        query.leak_bits = Some(u8::try_from(bits).unwrap_or(u8::MAX));
        match errand.bilateral.asking.decide_query(&query, self.ground.clock.now()) {
            PolicyDecision::Permit(_) => Ok(()),
            PolicyDecision::Refused(refusal) => Err(Stop::Refused(refusal.clauses().iter().map(wire).collect(), None)),
        }
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

impl Ticket {
    /// Whether the token was granted for every segment of a request.
    fn serves(&self, planned: &Planned) -> bool {
        let granted = &self.granted.details().classes;
        self.details.scope == planned.scope && planned.classes().iter().all(|class| granted.contains(class))
    }
}

/// What the first token is asked for: the names if there are any, else the first identifier.
fn first_look(subject: &Subject, open: &Open) -> (Scope, Vec<Class>) {
    let names = open.names.first().copied().unwrap_or(Scope::Tight);
    let identifiers = subject.identifiers(Keyset::CURRENT);
    let first = identifiers.iter().filter_map(MatchKey::class).next();
    match first.filter(|_| !subject.is_named()) {
        None => (names, names.segments().to_vec()),
        Some(class) => {
            let holds = |scope: &&Scope| scope.segments().contains(&class);
            let any = Scope::ALL.iter().find(holds).copied();
            let scope = open.single.get(&class).copied().or(any);
            (scope.unwrap_or(names), vec![class])
        }
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

/// A problem we find ourselves, in the words a partner would use.
pub(super) fn problem(kind: ProblemKind, cite: &str) -> Clause {
    Clause {
        id: kind.urn().to_owned(),
        title: kind.title().to_owned(),
        cite: cite.to_owned(),
    }
}

fn wire(clause: &piux_policy::Clause) -> Clause {
    Clause {
        id: clause.id.clone(),
        title: clause.title.clone(),
        cite: clause.cite.clone(),
    }
}

pub(super) fn unreachable(error: &ClientError) -> Stop {
    let mut why = error.to_string();
    if let ClientError::Unauthenticated { problem, .. } = error {
        why = format!("{why}: {problem}");
    }
    Stop::Unreachable(why)
}

/// Where and when a request looks.
pub(super) type Asked = (Bucket, Window);
