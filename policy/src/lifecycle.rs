//! The life of an agreement. Either side narrows alone; widening takes both signatures.

use crate::agreement::Validity;
use crate::dsse::DualSigned;
use crate::term::Term;
use piux_protocol::vocabulary::Timestamp;

/// Where an agreement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Written, not signed by both.
    Draft,
    /// Signed by both.
    Agreed,
    /// In force.
    Active,
    /// Halted by one side; obligations go on.
    Suspended,
    /// Ended by one side, for good.
    Terminated,
    /// Past its last day, for good.
    Expired,
}

impl Term for State {
    const NAME: &'static str = "state";
    const ALL: &'static [Self] = &[
        Self::Draft,
        Self::Agreed,
        Self::Active,
        Self::Suspended,
        Self::Terminated,
        Self::Expired,
    ];
    fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Agreed => "agreed",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Terminated => "terminated",
            Self::Expired => "expired",
        }
    }
}

/// What happens to an agreement. What widens carries the proof of both signatures.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// The last signature arrived.
    Agree(&'a DualSigned),
    /// It comes into force.
    Activate(&'a DualSigned),
    /// One side halts it, at once.
    Suspend,
    /// Both let it go on.
    Resume(&'a DualSigned),
    /// One side ends it.
    Terminate,
}

/// A step that is not open from the present state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not possible while the agreement is {}", .from.word())]
pub struct TransitionError {
    /// The present state.
    pub from: State,
}

impl State {
    /// The state after an event.
    pub fn after(self, event: Event<'_>) -> Result<Self, TransitionError> {
        match (self, event) {
            (Self::Draft, Event::Agree(_)) => Ok(Self::Agreed),
            (Self::Agreed, Event::Activate(_)) | (Self::Suspended, Event::Resume(_)) => Ok(Self::Active),
            (Self::Active, Event::Suspend) => Ok(Self::Suspended),
            (Self::Draft | Self::Agreed | Self::Active | Self::Suspended, Event::Terminate) => Ok(Self::Terminated),
            _ => Err(TransitionError { from: self }),
        }
    }

    /// The state as the clock leaves it: past its last day an agreement is expired.
    #[must_use]
    pub fn at(self, now: Timestamp, validity: &Validity) -> Self {
        match self {
            Self::Terminated => Self::Terminated,
            _ if now >= validity.not_after => Self::Expired,
            state => state,
        }
    }
}
