//! A question on its way to one partner, and what may stop it.

use super::AskError;
use super::plan::Planned;
use super::subject::Subject;
use crate::agreements::Bilateral;
use crate::command::Question;
use crate::partners::Partner;
use piux_protocol::blind::{Bucket, Descriptor, Query};
use piux_protocol::client::{Client, ClientError};
use piux_protocol::identifier::Keyset;
use piux_protocol::message::problem::{Clause, ProblemKind};
use piux_protocol::token::{AuthorizationDetails, Granted};
use piux_protocol::vocabulary::{Digest, Window};

/// A question on its way to one partner.
pub(super) struct Errand<'a> {
    pub(super) partner: &'a Partner,
    pub(super) bilateral: &'a Bilateral,
    pub(super) question: &'a Question,
    pub(super) subject: &'a Subject,
    pub(super) keyset: Keyset,
    pub(super) client: Client,
}

/// Where and when a request looks.
pub(super) type Asked = (Bucket, Window);

/// Leave to send one request.
pub(super) struct Ticket {
    pub(super) details: AuthorizationDetails,
    pub(super) granted: Granted,
}

impl Ticket {
    /// Whether the token was granted for every segment of a request.
    pub(super) fn serves(&self, planned: &Planned) -> bool {
        let granted = &self.granted.details().classes;
        self.details.scope == planned.scope && planned.classes().iter().all(|class| granted.contains(class))
    }
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

/// Why one partner gave no answer.
pub(super) enum Stop {
    /// We, or the partner, refused.
    Refused(Vec<Clause>, Option<Digest>),
    /// The partner cannot be reached or does not answer as it must.
    Unreachable(String),
    /// Our own node cannot go on.
    Ask(AskError),
}

impl Stop {
    /// Why, in a few words.
    pub(super) fn why(&self) -> String {
        match self {
            Self::Refused(clauses, _) => {
                let ids: Vec<&str> = clauses.iter().map(|clause| clause.id.as_str()).collect();
                format!("refused: {}", ids.join(", "))
            }
            Self::Unreachable(why) => why.clone(),
            Self::Ask(error) => error.to_string(),
        }
    }
}

impl<E: Into<AskError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Ask(error.into())
    }
}

pub(super) fn unreachable(error: &ClientError) -> Stop {
    let mut why = error.to_string();
    if let ClientError::Unauthenticated { problem, .. } = error {
        why = format!("{why}: {problem}");
    }
    Stop::Unreachable(why)
}

/// A problem we find ourselves, in the words a partner would use.
pub(super) fn problem(kind: ProblemKind, cite: &str) -> Clause {
    Clause {
        id: kind.urn().to_owned(),
        title: kind.title().to_owned(),
        cite: cite.to_owned(),
    }
}
