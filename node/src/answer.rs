//! The answering side: one signed request in, one recorded answer out.
//!
//! ```text
//! HTTP bytes -> Admitted -> Authorized -> Permitted -> Findings -> Answer -> Recorded<Answer> -> signed
//! ```
//!
//! Each station consumes what the last one proved. Refusals take the same exit:
//! recorded, signed, citing their clause. `now` is read once. Nothing here ever
//! sees a raw identifier.

mod admit;
pub(crate) mod authorize;
pub(crate) mod disclose;
pub(crate) mod eligibility;
mod find;
pub(crate) mod live;
mod note;
mod quota;
mod refusal;
mod release;
mod replay;

pub use eligibility::{Bands, Eligibility};
pub use live::{LiveError, LiveIndex, Search};
pub use release::DecisionError;

pub(crate) use note::{Note, names};
pub(crate) use refusal::Refusal;

use crate::agreements::Agreements;
use crate::epochs::Epochs;
use crate::ground::Ground;
use crate::ledger::{LedgerError, Recorded};
use crate::partners::Partners;
use admit::{Admission, Admitted, TurnedAway};
use authorize::Tokens;
use piux_protocol::message::problem::Problem;
use piux_protocol::message::{JSON, PROMISE_HEADER};
use piux_protocol::signature::{HttpRequest, HttpResponse, SignatureError, sign_response};
use piux_protocol::vocabulary::{Nonce, Timestamp};
use quota::Quotas;
use replay::ReplaySet;
use std::sync::{Arc, Mutex};

/// What a partner may ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// A purpose token.
    Token,
    /// The epoch descriptors of an agreement.
    Epochs(String),
    /// A blinded lookup.
    Lookup,
    /// Data elements of a hit.
    Disclosure,
    /// The state of a disclosure.
    DisclosureState(String),
}

/// How a journey ended; the door turns it into a status code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Answered.
    Answered,
    /// A resource was made.
    Made,
    /// Taken; people still have to decide.
    Pending,
    /// A problem.
    Problem(piux_protocol::message::problem::ProblemKind),
}

/// What leaves, once it is recorded and signed.
#[derive(Debug)]
pub struct Answer {
    ending: Ending,
    media_type: &'static str,
    body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(ending: Ending, body: &impl serde::Serialize) -> Result<Self, Refusal> {
        let body = serde_json::to_vec(body).map_err(|_| Refusal::Internal)?;
        Ok(Self {
            ending,
            media_type: JSON,
            body,
        })
    }

    pub(crate) fn binary(media_type: &'static str, body: Vec<u8>) -> Self {
        Self {
            ending: Ending::Answered,
            media_type,
            body,
        }
    }

    fn refusal(refusal: &Refusal) -> Self {
        Self::problem(&refusal.problem())
    }

    fn problem(problem: &Problem) -> Self {
        let ending = Ending::Problem(problem.kind);
        Self {
            ending,
            media_type: piux_protocol::message::problem::MEDIA_TYPE,
            body: problem.to_json(),
        }
    }
}

/// The end of a journey.
#[derive(Debug)]
pub enum Journey {
    /// Nobody we know: answered unsigned, counted, not recorded.
    Stranger(Problem),
    /// A partner: recorded, to be signed.
    Partner(Box<Closed>),
}

/// A recorded answer with the request it answers.
#[derive(Debug)]
pub struct Closed {
    request: HttpRequest,
    answer: Recorded<Answer>,
    now: Timestamp,
}

impl Closed {
    /// How the journey ended.
    pub fn ending(&self) -> Ending {
        self.answer.value().ending
    }
}

/// Answers partners.
#[derive(Debug)]
pub struct Responder {
    ground: Arc<Ground>,
    agreements: Arc<Agreements>,
    epochs: Arc<Epochs>,
    index: Arc<LiveIndex>,
    admission: Admission,
    tokens: Tokens,
    quotas: Mutex<Quotas>,
}

impl Responder {
    /// A responder that remembers the nonces and volumes the ledger shows.
    pub fn new(
        ground: Arc<Ground>,
        partners: Arc<Partners>,
        agreements: Arc<Agreements>,
        epochs: Arc<Epochs>,
        index: Arc<LiveIndex>,
    ) -> Self {
        let now = ground.clock.now();
        let (seen, quotas) = remembered(&ground, now);
        Self {
            admission: Admission::new(partners, seen),
            tokens: Tokens::since(now),
            quotas: Mutex::new(quotas),
            ground,
            agreements,
            epochs,
            index,
        }
    }

    /// The whole journey of one request.
    pub fn answer(&self, route: &Route, request: HttpRequest) -> Journey {
        let now = self.ground.clock.now();
        let mut note = Note::default();
        let (admitted, outcome) = match self.admission.admit(request, now) {
            Ok(admitted) => {
                let outcome = self.travel(route, &admitted, &mut note, now);
                (admitted, outcome)
            }
            Err(TurnedAway::Partner(admitted, refusal)) => (*admitted, Err(refusal)),
            Err(TurnedAway::Stranger(refusal)) => return Journey::Stranger(refusal.problem()),
        };
        match self.close(admitted, outcome, note, now) {
            Ok(closed) => Journey::Partner(Box::new(closed)),
            Err(_) => Journey::Stranger(Refusal::LedgerUnavailable.problem()),
        }
    }

    fn travel(&self, route: &Route, admitted: &Admitted, note: &mut Note, now: Timestamp) -> Result<Answer, Refusal> {
        match route {
            Route::Token => self.grant(admitted, note, now),
            Route::Epochs(agreement) => self.epochs(admitted, agreement, note, now),
            Route::Lookup => self.lookup(admitted, note, now),
            Route::Disclosure => self.disclosure(admitted, note, now),
            Route::DisclosureState(id) => self.disclosure_state(admitted, id, note, now),
        }
    }

    /// The answer to a lookup: authorized by its token, permitted by policy, found in the index.
    fn lookup(&self, admitted: &Admitted, note: &mut Note, now: Timestamp) -> Result<Answer, Refusal> {
        let authorized = self.authorize_lookup(admitted, note, now)?;
        let permitted = self.permit_lookup(authorized, note, now)?;
        self.find(&permitted, note, now)
    }

    /// The one exit: recorded first, then it may be signed.
    fn close(
        &self,
        admitted: Admitted,
        outcome: Result<Answer, Refusal>,
        note: Note,
        now: Timestamp,
    ) -> Result<Closed, LedgerError> {
        let refused = outcome.as_ref().err().cloned();
        let answer = outcome.unwrap_or_else(|refusal| Answer::refusal(&refusal));
        let entry = note.entry(&admitted, refused.as_ref(), &answer.body, now);
        let answer = self.ground.ledger.record(entry, answer)?;
        Ok(Closed {
            request: admitted.request.into_request(),
            answer,
            now,
        })
    }

    /// Signs a recorded answer; `status` is what the door made of its ending.
    pub fn sign(&self, closed: Closed, status: u16) -> Result<HttpResponse, SignatureError> {
        let promise = closed.answer.promise().to_string();
        let (answer, _) = closed.answer.into_parts();
        let headers = vec![
            ("content-type".to_owned(), answer.media_type.to_owned()),
            (PROMISE_HEADER.to_owned(), promise),
        ];
        let mut response = HttpResponse {
            status,
            headers,
            body: answer.body,
        };
        let nonce = Nonce(self.ground.random.bytes());
        sign_response(
            &mut response,
            &self.ground.exchange_key,
            &closed.request,
            closed.now,
            nonce,
        )?;
        Ok(response)
    }
}

/// What the last minutes and the present day of the ledger say.
fn remembered(ground: &Ground, now: Timestamp) -> (ReplaySet, Quotas) {
    let (mut seen, mut quotas) = (ReplaySet::default(), Quotas::default());
    let midnight = Timestamp::from_seconds(now.day() * 86_400);
    let minutes_ago = now.plus_seconds(-replay::REMEMBERED_SECONDS);
    let recent = ground.ledger.recent(midnight.min(minutes_ago)).unwrap_or_default();
    for leaf in recent.iter().filter_map(|line| line.leaf.as_ref()) {
        note::remember(leaf, minutes_ago, &mut seen, &mut quotas, now);
    }
    (seen, quotas)
}
