//! Purpose tokens: granted by policy before any data are touched, presented with each request.

use super::admit::Admitted;
use super::{Answer, Ending, Note, Refusal, Responder};
use crate::agreements::Bilateral;
use piux_policy::decision::{Decision, Permit};
use piux_policy::facts::QueryFacts;
use piux_policy::lifecycle::State;
use piux_protocol::blind::LookupRequest;
use piux_protocol::identifier::Keyset;
use piux_protocol::token::{AccessToken, Assertion, AuthorizationDetails, Grant, Granted, TokenRequest};
use piux_protocol::vocabulary::{Action, AgreementId, Class, Digest, Nonce, Timestamp};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Tokens and assertions that were used; a token serves one request.
#[derive(Debug)]
pub(crate) struct Tokens {
    /// Tokens older than this process are refused: whether they were used is not known.
    since: Timestamp,
    used: Mutex<BTreeMap<(i64, Nonce), ()>>,
}

/// A lookup with a valid, unused token.
#[derive(Debug)]
pub(crate) struct Authorized {
    pub(crate) request: LookupRequest,
    pub(crate) req_hash: Digest,
    pub(crate) details: AuthorizationDetails,
    pub(crate) bilateral: Arc<Bilateral>,
}

impl Tokens {
    pub(crate) fn since(since: Timestamp) -> Self {
        Self {
            since,
            used: Mutex::default(),
        }
    }

    /// Uses a name once until it expires.
    fn take(&self, name: Nonce, expires: i64, now: Timestamp) -> bool {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        *used = used.split_off(&(now.seconds(), Nonce([0; 16])));
        used.insert((expires, name), ()).is_none()
    }
}

impl Responder {
    /// `POST /oauth/token`: the policy decides, class by class, and may narrow.
    pub(super) fn grant(&self, admitted: &Admitted, note: &mut Note, now: Timestamp) -> Result<Answer, Refusal> {
        let asked = TokenRequest::from_form(admitted.request.body()).map_err(|_| Refusal::Malformed)?;
        note.details(&asked.details);
        self.check_assertion(admitted, &asked.assertion, now)?;
        let bilateral = self.bilateral(admitted, &asked.details.agreement)?;
        note.bilateral(&bilateral, self.agreements.bundle().digest());
        self.holds_keyset(&bilateral)?;
        let permit = self.decide(&bilateral, &asked.details, now)?;
        let details = AuthorizationDetails {
            classes: permit.granted().to_vec(),
            ..asked.details
        };
        note.permit(&permit, slots(&details));
        if details.actions.contains(&Action::Lookup) {
            self.reserve(&details, now);
        }
        let token = AccessToken::issue(self.grant_of(admitted, details), now, &*self.ground.random);
        let signed = token.sign(&self.ground.exchange_key).map_err(|_| Refusal::Internal)?;
        Answer::json(Ending::Answered, &Granted::new(&token, signed))
    }

    /// The token a request presents, if it is ours, the sender's, in time and unused.
    pub(super) fn spend(
        &self,
        admitted: &Admitted,
        action: Action,
        now: Timestamp,
    ) -> Result<AuthorizationDetails, Refusal> {
        let token = self.presented(admitted, now)?;
        let fits = token.details().actions.contains(&action);
        if fits && self.tokens.take(token.jti, token.exp, now) {
            Ok(token.details().clone())
        } else {
            Err(Refusal::TokenInvalid)
        }
    }

    /// The token a request presents, if it is ours, the sender's and in time; it stays unused.
    pub(super) fn presented(&self, admitted: &Admitted, now: Timestamp) -> Result<AccessToken, Refusal> {
        let header = admitted
            .request
            .request()
            .header("authorization")
            .ok_or(Refusal::TokenInvalid)?;
        let text = Granted::token_in(header).ok_or(Refusal::TokenInvalid)?;
        let units = [admitted.partner.unit(), self.ground.unit];
        let key = admitted.request.key_id();
        let keys = [self.ground.exchange_key.verifying_key()];
        let token = AccessToken::verify(text, &keys, units, key, now).map_err(|_| Refusal::TokenInvalid)?;
        if token.iat < self.tokens.since.seconds() {
            Err(Refusal::TokenInvalid)
        } else {
            Ok(token)
        }
    }

    pub(super) fn authorize_lookup(
        &self,
        admitted: &Admitted,
        note: &mut Note,
        now: Timestamp,
    ) -> Result<Authorized, Refusal> {
        let request = LookupRequest::parse(admitted.request.body()).map_err(|_| Refusal::Malformed)?;
        note.lookup(&request);
        let details = self.spend(admitted, Action::Lookup, now)?;
        note.details(&details);
        let same = (
            &request.agreement,
            request.agreement_version,
            request.purpose,
            request.scope,
        ) == (
            &details.agreement,
            details.agreement_version,
            details.purpose,
            details.scope,
        );
        if !same {
            return Err(Refusal::TokenInvalid);
        }
        let bilateral = self.bilateral(admitted, &details.agreement)?;
        note.bilateral(&bilateral, self.agreements.bundle().digest());
        Ok(Authorized {
            request,
            req_hash: admitted.request.request_hash(),
            details,
            bilateral,
        })
    }

    /// The agreement, if the sender is a party; a stranger to it learns no more than that.
    pub(super) fn bilateral(&self, admitted: &Admitted, id: &AgreementId) -> Result<Arc<Bilateral>, Refusal> {
        let bilateral = self.agreements.get(id).ok_or(Refusal::AgreementInactive(Vec::new()))?;
        match bilateral.agreement.party(admitted.partner.unit()) {
            Some(_) => Ok(bilateral),
            None => Err(Refusal::AgreementInactive(Vec::new())),
        }
    }

    /// Refuses under an agreement that is not in force, also what was granted or released before.
    pub(super) fn in_force(&self, bilateral: &Bilateral, now: Timestamp) -> Result<(), Refusal> {
        if bilateral.state_at(now) == State::Active {
            return Ok(());
        }
        let inactive = self
            .agreements
            .bundle()
            .clauses()
            .find(|clause| clause.id == "F-INACTIVE");
        Err(Refusal::AgreementInactive(inactive.cloned().into_iter().collect()))
    }

    /// Refuses questions by a derivation that we have no index of: each would miss in silence.
    fn holds_keyset(&self, bilateral: &Bilateral) -> Result<(), Refusal> {
        let named = bilateral.answering.terms().privacy.keyset.parse();
        let named: Keyset = named.map_err(|_| Refusal::KeysetMismatch)?;
        let held = self.ground.store.keysets().map_err(|_| Refusal::IndexUnavailable)?;
        if named == Keyset::CURRENT || held.contains(&named) {
            Ok(())
        } else {
            Err(Refusal::KeysetMismatch)
        }
    }

    fn check_assertion(&self, admitted: &Admitted, assertion: &str, now: Timestamp) -> Result<(), Refusal> {
        let units = [admitted.partner.unit(), self.ground.unit];
        let keys = admitted.partner.exchange_keys();
        let claims = keys
            .iter()
            .find_map(|key| Assertion::verify(assertion, key, units, now).ok());
        let claims = claims.ok_or(Refusal::TokenInvalid)?;
        if self.tokens.take(claims.jti, claims.exp, now) {
            Ok(())
        } else {
            Err(Refusal::TokenInvalid)
        }
    }

    fn decide(
        &self,
        bilateral: &Bilateral,
        details: &AuthorizationDetails,
        now: Timestamp,
    ) -> Result<Permit<Class>, Refusal> {
        let facts = self.query_facts(bilateral, details, now);
        let permit = match bilateral.answering.decide_query(&facts, now) {
            Decision::Permit(permit) => permit,
            Decision::Refused(refusal) => return Err(Refusal::from(&refusal)),
        };
        let purposes = &bilateral.answering.terms().purposes;
        let scope_agreed = purposes
            .get(&details.purpose)
            .is_some_and(|terms| terms.scopes.contains(&details.scope));
        if scope_agreed {
            Ok(permit)
        } else {
            Err(Refusal::ClassNotAllowed)
        }
    }

    fn query_facts(&self, bilateral: &Bilateral, details: &AuthorizationDetails, now: Timestamp) -> QueryFacts {
        let mut quotas = self.quotas.lock().unwrap_or_else(PoisonError::into_inner);
        let used = quotas.used(&details.agreement, now);
        let terms = bilateral.answering.terms();
        let asks_lookup = details.actions.contains(&Action::Lookup);
        let small = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let exceeded = terms.quota.exceeded(
            small(used.queries),
            small(used.slots),
            small(slots(details)),
            details.urgent,
            details.basis,
        );
        facts(details, asks_lookup && exceeded)
    }

    fn reserve(&self, details: &AuthorizationDetails, now: Timestamp) {
        let mut quotas = self.quotas.lock().unwrap_or_else(PoisonError::into_inner);
        quotas.reserve(&details.agreement, slots(details), now);
    }

    fn grant_of(&self, admitted: &Admitted, details: AuthorizationDetails) -> Grant {
        Grant {
            responder: self.ground.unit,
            requester: admitted.partner.unit(),
            jkt: admitted.request.key_id(),
            details,
            policy: self.agreements.bundle().digest(),
        }
    }
}

/// What the policy may know of a question.
///
/// Case, officer and reasons are committed to or told, never absent: the form of
/// the details demands them.
pub(crate) fn facts(details: &AuthorizationDetails, quota_exceeded: bool) -> QueryFacts {
    QueryFacts {
        purpose: details.purpose,
        offence: details.offence,
        basis: details.basis,
        classes: details.classes.clone(),
        declares: details.declares.clone(),
        agreement_version: details.agreement_version,
        reasoned: true,
        urgent: details.urgent,
        undertaking: false,
        quota_exceeded,
        window: None,
        leak_bits: None,
    }
}

/// Slots of one request over the granted classes.
pub(crate) fn slots(details: &AuthorizationDetails) -> u64 {
    details.classes.iter().map(|class| class.slots() as u64).sum()
}
