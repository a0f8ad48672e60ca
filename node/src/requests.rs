//! What partners ask of us and people must decide: kept sealed until it is over.

use crate::records::RecordFacts;
use crate::store::{DocumentTable, Store, StoreError};
use piux_policy::Clause;
use piux_protocol::message::disclosure::{DisclosureId, DisclosureRequest};
use piux_protocol::seal::Sealed;
use piux_protocol::vocabulary::{Declaration, Digest, Timestamp, UnitId};
use serde::{Deserialize, Serialize};

/// A decided request is kept so long for the partner to fetch, in seconds.
const KEPT_SECONDS: i64 = 30 * 86_400;

/// One request for disclosure.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Its name.
    pub id: DisclosureId,
    /// Who asks.
    pub partner: UnitId,
    /// When it came.
    pub received: Timestamp,
    /// When a decision is due, by the agreement.
    pub due: Timestamp,
    /// SHA-256 of the request's exact bytes: what an order is about.
    pub digest: Digest,
    /// What the partner asserts.
    pub declares: Vec<Declaration>,
    /// Whether it is urgent.
    pub urgent: bool,
    /// What was asked.
    pub body: DisclosureRequest,
    /// The records that carry a proven key; their bands are found anew each time.
    pub records: Vec<([u8; 16], RecordFacts)>,
    /// Who approved what.
    pub approvals: Vec<Approved>,
    /// Where it stands.
    pub state: RequestState,
}

/// One approval on file.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
pub enum Approved {
    /// An officer of ours.
    Officer {
        /// Who.
        officer: String,
        /// When.
        at: Timestamp,
    },
    /// The independent authority.
    Independent {
        /// Until when its order may be carried out.
        valid_until: Timestamp,
        /// Its file number.
        reference: String,
    },
}

/// Where a request stands.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "lowercase", deny_unknown_fields)]
pub enum RequestState {
    /// People still have to decide.
    Pending,
    /// Released, sealed to the partner.
    Released {
        /// The release.
        sealed: Sealed,
    },
    /// Refused.
    Refused {
        /// Why.
        clauses: Vec<Clause>,
    },
}

impl RequestState {
    /// The state in one word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Released { .. } => "released",
            Self::Refused { .. } => "refused",
        }
    }
}

impl Request {
    /// The request of this name.
    pub fn read(store: &Store, id: DisclosureId, now: Timestamp) -> Result<Option<Self>, StoreError> {
        let kept = store.get_document(DocumentTable::Requests, id.0.as_ref(), now)?;
        Ok(kept.and_then(|kept| serde_json::from_slice(&kept.body).ok()))
    }

    /// Every request still kept.
    pub fn all(store: &Store, now: Timestamp) -> Result<Vec<Self>, StoreError> {
        let kept = store.list_documents(DocumentTable::Requests, now)?;
        let mut all: Vec<Self> = kept
            .iter()
            .filter_map(|kept| serde_json::from_slice(&kept.body).ok())
            .collect();
        all.sort_by_key(|request| (request.received, request.id));
        Ok(all)
    }

    /// Keeps the request as it is now.
    pub fn write(&self, store: &Store) -> Result<(), StoreError> {
        let body = zeroize::Zeroizing::new(serde_json::to_vec(self).unwrap_or_default());
        let until = self.due.plus_seconds(KEPT_SECONDS);
        store.put_document(DocumentTable::Requests, self.id.0.as_ref(), &body, Some(until))
    }
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Request({}, {:?}, {})", self.id, self.partner, self.state.word())
    }
}

impl std::fmt::Debug for Approved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Officer { .. } => "Officer(..)",
            Self::Independent { .. } => "Independent(..)",
        })
    }
}
