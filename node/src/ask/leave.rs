//! Leave to ask: our own policy first, then the ledger, then the partner's token.

use super::errand::{Errand, Stop, Ticket, problem};
use super::plan::{Open, Plan};
use super::{AskError, Requester, detail, entry};
use crate::answer::authorize::facts;
use crate::ledger::{Decision, Kind};
use piux_policy::Decision as PolicyDecision;
use piux_protocol::identifier::MatchKey;
use piux_protocol::message::problem::{Clause, ProblemKind};
use piux_protocol::token::AuthorizationDetails;
use piux_protocol::vocabulary::{Action, Class, Scope};
use std::sync::PoisonError;

impl Requester {
    /// What our own policy leaves open, class by class; the partner's may narrow it further.
    pub(super) fn open(&self, errand: &Errand<'_>) -> Open {
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

    /// What the first token is asked for: the names if there are any, in the scope that served
    /// last; else the first identifier.
    pub(super) fn first_look(&self, errand: &Errand<'_>, open: &Open) -> (Scope, Vec<Class>) {
        let served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
        let served = served.get(errand.bilateral.agreement.id()).copied();
        let served = served.filter(|scope| open.names.contains(scope));
        let names = served.or(open.names.first().copied()).unwrap_or(Scope::Tight);
        let identifiers = errand.subject.identifiers(errand.keyset);
        let first = identifiers.iter().filter_map(MatchKey::class).next();
        let Some(class) = first.filter(|_| !errand.subject.is_named()) else {
            return (names, names.segments().to_vec());
        };
        let holds = |scope: &&Scope| scope.segments().contains(&class);
        let any = Scope::ALL.iter().find(holds).copied();
        let scope = open.single.get(&class).copied().or(any);
        (scope.unwrap_or(names), vec![class])
    }

    /// Why a plan is empty: the budget, as our policy cites it, or what nobody offers.
    pub(super) fn nothing_to_ask(&self, errand: &Errand<'_>, details: &AuthorizationDetails, plan: &Plan) -> Stop {
        match plan.over_budget {
            Some(bits) => match self.check_leak(errand, details, bits) {
                Err(stop) => stop,
                Ok(()) => Stop::Refused(vec![problem(ProblemKind::LeakBudget, "SPEC.md 4.5")], None),
            },
            None => Stop::Refused(vec![problem(ProblemKind::ClassNotAllowed, "SPEC.md 3.4")], None),
        }
    }

    pub(super) async fn ticket(&self, errand: &Errand<'_>, scope: Scope, classes: Vec<Class>) -> Result<Ticket, Stop> {
        let details = self.announce(errand, scope, classes)?;
        let (granted, exchange) = match errand.client.token(&details).await {
            Ok(granted) => granted,
            Err(error) => return Err(self.refused(errand, &details, error)?),
        };
        self.keep_receipt(&exchange)?;
        Ok(Ticket { details, granted })
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

    /// Refuses before sending when the subject's questions would have told too much.
    pub(super) fn check_leak(
        &self,
        errand: &Errand<'_>,
        details: &AuthorizationDetails,
        bits: u32,
    ) -> Result<(), Stop> {
        let mut query = facts(details, false);
        query.window = Some(errand.question.window);
        query.leak_bits = Some(u8::try_from(bits).unwrap_or(u8::MAX));
        match errand.bilateral.asking.decide_query(&query, self.ground.clock.now()) {
            PolicyDecision::Permit(_) => Ok(()),
            PolicyDecision::Refused(refusal) => Err(Stop::Refused(refusal.clauses().iter().map(wire).collect(), None)),
        }
    }
}

fn wire(clause: &piux_policy::Clause) -> Clause {
    Clause {
        id: clause.id.clone(),
        title: clause.title.clone(),
        cite: clause.cite.clone(),
    }
}
