//! The asking side: our officers' questions to partners, under our own policy and ledger.
//!
//! ```text
//! Subject -> permitted by our policy -> recorded -> token -> Plan -> recorded with its blind -> sent
//!         -> proved and opened -> graded -> recorded -> shown
//! ```
//!
//! Raw identifiers live here, and in the sealed detail of the ledger.

mod errand;
mod follow;
mod hits;
mod keep;
mod leave;
mod lookup;
mod people;
mod plan;
mod subject;
mod told;
mod words;

pub use follow::FollowError;

use crate::agreements::{Agreements, Bilateral};
use crate::command::{Question, Report};
use crate::files::{self, Readers};
use crate::ground::Ground;
use crate::ledger::{Detail, Entry, Kind, LedgerError, Role};
use crate::partners::{Partner, PartnerError, Partners};
use crate::store::StoreError;
use piux_protocol::client::{Client, ClientError, Exchange, Identity, Surroundings};
use piux_protocol::identifier::IdentifierError;
use piux_protocol::receipt::Receipt;
use piux_protocol::token::{AuthorizationDetails, Need, Opening, Reasons};
use piux_protocol::vocabulary::{AgreementId, Digest, Scope, Timestamp, UnitId, sha256};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// Metadata older than this is fetched anew before a partner is asked, in seconds.
const FRESH_SECONDS: i64 = 86_400;

/// A partner, with the agreement a question to it rests on.
type Addressed = (Arc<Partner>, Result<Arc<Bilateral>, AskError>);

/// Asks partners.
#[derive(Debug)]
pub struct Requester {
    ground: Arc<Ground>,
    partners: Arc<Partners>,
    agreements: Arc<Agreements>,
    receipts: PathBuf,
    /// The scope in which names were last asked under each agreement.
    served: Mutex<BTreeMap<AgreementId, Scope>>,
}

/// A question could not be asked, or an answer not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AskError {
    /// The subject is not named as it should be.
    #[error("{what} is not understood: {source}")]
    Identifier {
        /// Which option.
        what: &'static str,
        /// Why.
        source: IdentifierError,
    },
    /// An option is given too often.
    #[error("{0} may be given {1} times at most")]
    TooMany(&'static str, usize),
    /// The person is not `SURNAME/GIVEN NAMES/YYYY-MM-DD`.
    #[error("--person is written 'SURNAME/GIVEN NAMES/YYYY-MM-DD'")]
    Person,
    /// Nobody to ask.
    #[error("no agreement is in force with this partner; see `piux agreement list`")]
    NoAgreement,
    /// More than one agreement.
    #[error("several agreements are in force with this partner; name one with --agreement")]
    WhichAgreement,
    /// No such receipt.
    #[error("no receipt of this name is kept here")]
    NoReceipt,
    /// The reasons are too long to commit to.
    #[error("case, officer and reasons may have at most 4,000 bytes each")]
    TooLong,
    /// Following up.
    #[error(transparent)]
    Follow(#[from] FollowError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A partner's metadata.
    #[error(transparent)]
    Partner(#[from] PartnerError),
    /// A receipt could not be written.
    #[error("the receipt could not be kept; the answer is not shown")]
    Receipt(#[source] std::io::Error),
    /// The keyring.
    #[error(transparent)]
    Keys(#[from] crate::keys::KeyError),
}

impl Requester {
    /// A requester that keeps its receipts in the node's folder.
    pub fn new(ground: Arc<Ground>, partners: Arc<Partners>, agreements: Arc<Agreements>) -> Self {
        let receipts = ground.store.dir().join("receipts");
        Self {
            ground,
            partners,
            agreements,
            receipts,
            served: Mutex::default(),
        }
    }

    /// A kept receipt, as JSON.
    pub fn receipt(&self, request: Digest) -> Result<Report, AskError> {
        let bytes = std::fs::read(self.receipt_file(request)).map_err(|_| AskError::NoReceipt)?;
        let json = serde_json::from_slice(&bytes).map_err(|_| AskError::NoReceipt)?;
        Ok(Report::done(json, String::from_utf8_lossy(&bytes).into_owned()))
    }

    fn receipt_file(&self, request: Digest) -> PathBuf {
        self.receipts.join(format!("{request}.json"))
    }

    /// Keeps the receipt of an exchange under the digest of its request.
    fn keep_receipt(&self, exchange: &Exchange) -> Result<Digest, AskError> {
        let request = named_by(exchange);
        files::replace(&self.receipt_file(request), &exchange.receipt.to_json(), Readers::Owner)
            .map_err(AskError::Receipt)?;
        Ok(request)
    }

    /// The partners a question goes to, each with its agreement.
    fn addressed(&self, question: &Question, now: Timestamp) -> Result<Vec<Addressed>, AskError> {
        let all = self.partners.all();
        let wanted = |partner: &Arc<Partner>| question.to.is_empty() || question.to.contains(&partner.unit());
        let missing = question.to.iter().any(|unit| self.partners.get(*unit).is_none());
        if missing || all.is_empty() {
            return Err(AskError::NoAgreement);
        }
        let partners = all.into_iter().filter(wanted);
        Ok(partners
            .map(|partner| {
                let bilateral = self.agreement_with(partner.unit(), question.agreement.as_ref(), now);
                (partner, bilateral)
            })
            .collect())
    }

    fn agreement_with(
        &self,
        partner: UnitId,
        named: Option<&AgreementId>,
        now: Timestamp,
    ) -> Result<Arc<Bilateral>, AskError> {
        if let Some(id) = named {
            let bilateral = self.agreements.get(id).ok_or(AskError::NoAgreement)?;
            let party = bilateral.agreement.party(partner).is_some();
            return if party {
                Ok(bilateral)
            } else {
                Err(AskError::NoAgreement)
            };
        }
        let mut active = self.agreements.active_with(partner, now).into_iter();
        match (active.next(), active.next()) {
            (Some(only), None) => Ok(only),
            (Some(_), Some(_)) => Err(AskError::WhichAgreement),
            (None, _) => Err(AskError::NoAgreement),
        }
    }

    /// A client of one partner, its metadata fresh.
    async fn client(&self, partner: &Partner, statement: &str) -> Result<Client, ClientError> {
        let clock = self.ground.clock.clone();
        let around = Surroundings {
            clock: Arc::new(move || clock.now()),
            random: self.ground.random.clone(),
        };
        let own = Identity {
            unit: self.ground.unit,
            key: self.ground.exchange_key.clone(),
            statement: statement.to_owned(),
        };
        let client = Client::new(own.clone(), &partner.statement, partner.pinned(), around.clone())?;
        if self.ground.clock.now() < partner.fetched.plus_seconds(FRESH_SECONDS) {
            return Ok(client);
        }
        let (_, newest) = client.metadata().await?;
        match self.partners.refresh(partner, &newest, self.ground.clock.now()) {
            Ok(fresh) => Client::new(own, &fresh.statement, fresh.pinned(), around),
            Err(_) => Ok(client),
        }
    }

    /// Case, officer and reasons as commitments, with their openings for our own authority.
    fn need(&self, case: &str, officer: &str, reasons: &str) -> Result<(Need, serde_json::Value), AskError> {
        let draw = |label, value| Opening::draw(label, value, &*self.ground.random).map_err(|_| AskError::TooLong);
        let (case, officer, reasons) = (
            draw("case", case)?,
            draw("officer", officer)?,
            draw("reasons", reasons)?,
        );
        let need = Need {
            case: case.commitment(),
            officer: officer.commitment(),
            reason_code: "case".parse().map_err(|_| AskError::TooLong)?,
            reasons: Reasons::Committed(reasons.commitment()),
        };
        let openings = json!({ "case": case, "officer": officer, "reasons": reasons });
        Ok((need, openings))
    }
}

/// The digest of the request's body; of its signature where there is no body.
fn named_by(exchange: &Exchange) -> Digest {
    if exchange.request_body.is_empty() {
        sha256(&exchange.receipt.request.signature)
    } else {
        sha256(&exchange.request_body)
    }
}

/// An entry about a question of ours.
fn entry(kind: Kind, partner: UnitId, bilateral: &Bilateral, details: &AuthorizationDetails, now: Timestamp) -> Entry {
    let mut entry = Entry::new(kind, Role::Requester, now);
    entry.peer = Some(partner);
    entry.agreement = Some(bilateral.agreement.id().clone());
    entry.agreement_version = Some(bilateral.agreement.revision());
    entry.artifact = Some(bilateral.agreement.version());
    entry.purpose = Some(details.purpose);
    entry.offence = Some(details.offence);
    entry.basis = Some(details.basis);
    entry.classes = details.classes.clone();
    entry
}

/// Who and why, sealed to the data protection officer.
fn detail(officer: &str, openings: serde_json::Value) -> Detail {
    Detail {
        who: Some(json!({ "officer": officer })),
        why: Some(openings),
        what: None,
        blind: None,
    }
}

/// Digest of a receipt.
fn receipt_digest(receipt: &Receipt) -> Digest {
    sha256(receipt.to_json())
}

impl Requester {
    /// Fetches a partner's metadata over its pinned connection, for diagnosis.
    pub async fn reach(&self, partner: &Partner) -> Result<piux_protocol::metadata::Metadata, String> {
        let client = self.client(partner, "").await.map_err(|error| error.to_string())?;
        let fetched = client.metadata().await;
        fetched.map(|(metadata, _)| metadata).map_err(|error| error.to_string())
    }
}
