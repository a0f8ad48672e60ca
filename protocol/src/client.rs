//! Feature `client`: asks a partner's node over HTTP. Builds and checks, decides nothing.
//!
//! A [`Client`] is bound to one partner: it speaks TLS 1.3 to exactly the
//! certificate in the partner's metadata, signs each request, accepts only
//! responses the partner's exchange key signed for that request, and keeps the
//! evidence of both as a [`Receipt`]. No proxy, no redirect, no cookie, no retry:
//! an unanswered lookup is asked again as a new one.

mod exchange;
mod pin;

pub use exchange::{Exchange, Outgoing};

use crate::jws::JwsError;
use crate::message::epoch::{ChainError, EpochChain, Linked};
use crate::message::problem::Problem;
use crate::message::{
    FORM, JSON, JsonError, LOOKUPS_PATH, MAX_ANSWER, MAX_DOCUMENT, MAX_REQUEST, METADATA_PATH, TOKEN_PATH, epochs_path,
    strict_json,
};
use crate::metadata::{Metadata, MetadataError};
use crate::signature::{HttpResponse, SignatureError, SigningKey};
use crate::token::{Assertion, AuthorizationDetails, FormError, Granted, TokenRequest};
use crate::vocabulary::{AgreementId, Digest, Random, Timestamp, UnitId};
use serde::de::DeserializeOwned;
use std::fmt;
use std::sync::Arc;

#[cfg(doc)]
use crate::receipt::Receipt;

/// Why a partner could not be asked, or its answer is not to be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// No connection, a certificate other than the pinned one, or a broken transfer.
    #[error("the partner cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The request cannot be sent as it is: bad path, header or form.
    #[error("the request cannot be built")]
    Request,
    /// The request cannot be signed.
    #[error("the request cannot be signed")]
    Signing(#[source] SignatureError),
    /// The answer is longer than such an answer may be.
    #[error("the answer is longer than {limit} bytes")]
    TooLarge {
        /// The longest allowed, in bytes.
        limit: usize,
    },
    /// The partner did not sign this answer to this request.
    #[error("the answer is not signed by the partner for this request")]
    Unproven(#[source] SignatureError),
    /// An unsigned problem: how a node answers senders it cannot authenticate.
    #[error("the node does not accept us as a partner (status {status})")]
    Unauthenticated {
        /// HTTP status.
        status: u16,
        /// What it says, unproven.
        problem: Box<Problem>,
    },
    /// A signed refusal, with its evidence.
    #[error("the partner refuses (status {})", .0.status)]
    Refused(Box<Exchange>),
    /// The partner's metadata is not acceptable.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// The partner granted something else than was asked.
    #[error("the grant is not within what was asked")]
    Grant,
    /// A signed answer with another body than such an answer has.
    #[error("unexpected answer")]
    Answer(#[from] JsonError),
    /// The partner's epoch descriptors do not hold together.
    #[error(transparent)]
    Epochs(#[from] ChainError),
}

impl From<FormError> for ClientError {
    fn from(_: FormError) -> Self {
        Self::Request
    }
}

impl From<JwsError> for ClientError {
    fn from(_: JwsError) -> Self {
        Self::Request
    }
}

/// Who asks.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The own unit.
    pub unit: UnitId,
    /// The own exchange key.
    pub key: SigningKey,
    /// The own signed metadata, for receipts.
    pub statement: String,
}

/// Where time and chance come from.
#[derive(Clone)]
pub struct Surroundings {
    /// The time now.
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Chance.
    pub random: Arc<dyn Random>,
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Surroundings(..)")
    }
}

/// A connection to one partner.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    own: Identity,
    partner: Metadata,
    statement: String,
    around: Surroundings,
}

impl Client {
    /// A client for the partner that made this statement under the pinned root key.
    pub fn new(own: Identity, statement: &str, pinned: Digest, around: Surroundings) -> Result<Self, ClientError> {
        let partner = Metadata::verify(statement, pinned, (around.clock)())?;
        Ok(Self {
            http: pin::http_client(partner.certificate.as_ref())?,
            own,
            partner,
            statement: statement.to_owned(),
            around,
        })
    }

    /// What the partner says of itself.
    pub fn partner(&self) -> &Metadata {
        &self.partner
    }

    /// Fetches the partner's newest metadata, accepted under the same root key only.
    ///
    /// To use it, make a new client from the statement.
    pub async fn metadata(&self) -> Result<(Metadata, String), ClientError> {
        let url = self.partner.endpoint.join(METADATA_PATH);
        let request = self.http.get(&url).build().map_err(ClientError::Unreachable)?;
        let response = self.exchange(request, MAX_REQUEST).await?;
        let statement = String::from_utf8(response.body).map_err(|_| MetadataError::Statement(JwsError::Form))?;
        let metadata = Metadata::verify(&statement, self.partner.keys.root.key_id(), self.now())?;
        if metadata.iss == self.partner.iss {
            Ok((metadata, statement))
        } else {
            Err(MetadataError::Unit.into())
        }
    }

    /// Asks for a purpose token; a refusal is [`ClientError::Refused`].
    pub async fn token(&self, details: &AuthorizationDetails) -> Result<(Granted, Exchange), ClientError> {
        let assertion = Assertion::new(self.own.unit, self.partner.iss, self.now(), &*self.around.random);
        let request = TokenRequest {
            assertion: assertion.sign(&self.own.key)?,
            details: details.clone(),
        };
        let exchange = self.send(Outgoing::post(TOKEN_PATH, FORM, request.to_form()?)).await?;
        let granted: Granted = strict_json(&exchange.permitted()?.body, MAX_DOCUMENT)?;
        if granted.details().narrows(details) {
            Ok((granted, exchange))
        } else {
            Err(ClientError::Grant)
        }
    }

    /// Sends a blinded lookup; whatever the partner signed is the answer, a refusal too.
    pub async fn lookup(&self, body: Vec<u8>, granted: &Granted) -> Result<Exchange, ClientError> {
        let lookup = Outgoing::post(LOOKUPS_PATH, JSON, body).with_token(granted);
        self.send(lookup.up_to(MAX_ANSWER)).await
    }

    /// Fetches the epoch descriptors of an agreement, verified, oldest first.
    pub async fn epochs<T: DeserializeOwned + Linked>(
        &self,
        agreement: &AgreementId,
        granted: &Granted,
    ) -> Result<Vec<T>, ClientError> {
        let request = Outgoing::get(&epochs_path(agreement)).with_token(granted);
        let exchange = self.send(request).await?;
        let chain: EpochChain = strict_json(&exchange.permitted()?.body, MAX_DOCUMENT)?;
        if chain.agreement != *agreement {
            return Err(ChainError::Broken.into());
        }
        let keys: Vec<_> = self.partner.keys.exchange_keys().copied().collect();
        Ok(chain.verify(&keys)?)
    }

    /// Signs and sends a request; gives the verified response and the evidence of both.
    pub async fn send(&self, outgoing: Outgoing) -> Result<Exchange, ClientError> {
        let limit = outgoing.limit;
        let (request, asked) = self.sign(outgoing)?;
        let sent = exchange::to_reqwest(&request)?;
        let response = self.exchange(sent, limit).await?;
        self.verify(&request, &asked, response)
    }

    /// One request, one response, bounded.
    async fn exchange(&self, request: reqwest::Request, limit: usize) -> Result<HttpResponse, ClientError> {
        let mut response = self.http.execute(request).await.map_err(ClientError::Unreachable)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(ClientError::Unreachable)? {
            if body.len() + chunk.len() > limit {
                return Err(ClientError::TooLarge { limit });
            }
            body.extend_from_slice(&chunk);
        }
        exchange::from_reqwest(&response, body)
    }

    fn now(&self) -> Timestamp {
        (self.around.clock)()
    }
}
