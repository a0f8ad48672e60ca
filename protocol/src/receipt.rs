//! Receipts: one exchange, provable offline and years later (SPEC.md 7).
//!
//! A receipt holds what both sides signed (the covered components, line by line,
//! as RFC 9421 section 2.5 writes them), both signatures, and what both units
//! said of their keys at the time. It holds digests of the bodies, never the
//! bodies: whoever keeps a body can show that it is the one. The access token is
//! among the covered components; one for a disclosure may state reasons in
//! clear, so receipts are kept like the ledger's sealed details.
//!
//! To check one without this crate: join `covered` with line feeds and verify
//! `signature` (Ed25519) with the exchange key in that side's `metadata`.

mod base;

use self::ReceiptError::Components;
use crate::message::{MAX_DOCUMENT, Promise, VERSION, Version, strict_json};
use crate::metadata::{Metadata, MetadataError};
use crate::signature::{LABEL, REQUEST_TAG, RESPONSE_TAG, VerifiedRequest, VerifiedResponse};
use crate::vocabulary::{Digest, Timestamp, UnitId, base64url, decode_base64url, sha256};
use base::Base;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

/// The evidence of one exchange, as `application/piux-receipt+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Version of this document.
    pub v: Version,
    /// What the requester signed.
    pub request: Signed,
    /// What the responder signed.
    pub response: Signed,
    /// The responder's promise, as the response covers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<Promise>,
}

/// One side's half: what it signed, and what it said of its keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// The lines of the signature base; the last holds the signature's parameters.
    pub covered: Vec<String>,
    /// Ed25519 over the lines joined with line feeds, base64url.
    pub signature: String,
    /// The signer's signed metadata, valid when it signed.
    pub metadata: String,
}

/// Which half of a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// The requester's.
    Request,
    /// The responder's.
    Response,
}

/// Why a receipt proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptError {
    /// Not the JSON of a receipt.
    #[error("not a receipt")]
    Form,
    /// The covered components are not those of the profile.
    #[error("{0:?}: covered components are not those of the profile")]
    Components(Half),
    /// Metadata does not verify, or was not valid when the message was signed.
    #[error("{0:?}: metadata is not valid for the time of signing")]
    Metadata(Half, #[source] MetadataError),
    /// The root key behind the metadata is none of the pinned ones.
    #[error("{0:?}: the root key is not pinned")]
    Root(Half),
    /// Signed by no exchange key of that unit, or the signature does not verify.
    #[error("{0:?}: the signature does not verify")]
    Signature(Half),
    /// The response covers another request.
    #[error("the response answers another request")]
    OtherRequest,
    /// The response was signed long before or after the request.
    #[error("the times of request and response do not fit together")]
    Time,
    /// The request went to another address than the responder's.
    #[error("the request was addressed to somebody else")]
    Address,
    /// The promise beside the signatures is not the one that was signed.
    #[error("the promise is not the one that was signed")]
    Promise,
}

/// What a verified receipt proves. Made by [`Receipt::verify`] only.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proven {
    /// Who asked.
    pub requester: UnitId,
    /// Who answered.
    pub responder: UnitId,
    /// HTTP method of the request.
    pub method: String,
    /// Where the request went.
    pub target: String,
    /// When the request was signed.
    pub asked: Timestamp,
    /// When the response was signed.
    pub answered: Timestamp,
    /// HTTP status of the response.
    pub status: u16,
    /// SHA-256 of the request's body; `None` without a body.
    pub request_digest: Option<Digest>,
    /// SHA-256 of the response's body.
    pub response_digest: Digest,
    /// What the responder promised about its ledger.
    pub promise: Option<Promise>,
}

impl Proven {
    /// Whether these are the bodies of the exchange.
    pub fn covers(&self, request_body: &[u8], response_body: &[u8]) -> bool {
        self.request_digest.is_none_or(|digest| digest == sha256(request_body))
            && self.response_digest == sha256(response_body)
    }
}

/// Seconds between the two signatures of one exchange, at most, for slow answers and skewed clocks.
const LONGEST_EXCHANGE: i64 = 600;

impl Receipt {
    /// Puts a receipt together from both verified messages and both metadata statements.
    pub fn new(
        request: &VerifiedRequest,
        response: &VerifiedResponse<'_>,
        [requester, responder]: [String; 2],
    ) -> Self {
        let signed = |covered: &str, signature: &[u8; 64], metadata| Signed {
            covered: covered.split('\n').map(str::to_owned).collect(),
            signature: base64url(signature),
            metadata,
        };
        Self {
            v: VERSION,
            request: signed(request.covered(), request.signature(), requester),
            response: signed(response.covered(), response.signature(), responder),
            promise: response.promise().and_then(|text| text.parse().ok()),
        }
    }

    /// Reads a receipt; proves nothing yet.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ReceiptError> {
        strict_json(bytes, MAX_DOCUMENT).map_err(|_| ReceiptError::Form)
    }

    /// Writes the receipt.
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).expect("a receipt holds only text")
    }

    /// The root keys the two statements name, requester first; for people to compare with those they know.
    pub fn roots(&self) -> Result<[Digest; 2], ReceiptError> {
        let root = |half, signed: &Signed| {
            crate::jws::key_id(&signed.metadata, crate::jws::ENTITY_STATEMENT)
                .map_err(|error| ReceiptError::Metadata(half, error.into()))
        };
        Ok([
            root(Half::Request, &self.request)?,
            root(Half::Response, &self.response)?,
        ])
    }

    /// Verifies a receipt with nothing but the thumbprints of both units' root keys.
    ///
    /// No clock and no network: metadata is judged for the time its unit signed.
    pub fn verify(&self, pinned: &[Digest]) -> Result<Proven, ReceiptError> {
        let (request, asked_by) = self.request.verify(Half::Request, pinned)?;
        let (response, answered_by) = self.response.verify(Half::Response, pinned)?;
        self.check_link(&request, &response)?;
        let (asked, answered) = (request.created, response.created);
        if (answered.seconds() - asked.seconds()).abs() > LONGEST_EXCHANGE {
            return Err(ReceiptError::Time);
        }
        let target = request.value("\"@target-uri\"").ok_or(Components(Half::Request))?;
        let path = target.strip_prefix(answered_by.endpoint.as_ref());
        if asked_by.iss == answered_by.iss || !path.is_some_and(|path| path.starts_with('/')) {
            return Err(ReceiptError::Address);
        }
        Ok(Proven {
            requester: asked_by.iss,
            responder: answered_by.iss,
            method: request.value("\"@method\"").unwrap_or_default().to_owned(),
            target: target.to_owned(),
            asked,
            answered,
            status: response
                .value("\"@status\"")
                .and_then(|status| status.parse().ok())
                .ok_or(Components(Half::Response))?,
            request_digest: request.digest(Half::Request)?,
            response_digest: response.digest(Half::Response)?.ok_or(Components(Half::Response))?,
            promise: self.check_promise(&response)?,
        })
    }

    /// The response must cover this very request, its signature included.
    fn check_link(&self, request: &Base<'_>, response: &Base<'_>) -> Result<(), ReceiptError> {
        let signature = decode_base64url(&self.request.signature).map_err(|_| ReceiptError::Form)?;
        let same_parts = ["\"@method\"", "\"@target-uri\"", "\"content-digest\""]
            .into_iter()
            .all(|name| response.value(&format!("{name};req")) == request.value(name));
        let signature_line = format!(":{}:", STANDARD.encode(signature));
        let same_signature = response.value(&format!("\"signature\";req;key=\"{LABEL}\"")) == Some(&signature_line)
            && response.value(&format!("\"signature-input\";req;key=\"{LABEL}\"")) == Some(request.parameters);
        if same_parts && same_signature {
            Ok(())
        } else {
            Err(ReceiptError::OtherRequest)
        }
    }

    fn check_promise(&self, response: &Base<'_>) -> Result<Option<Promise>, ReceiptError> {
        let signed = match response.value("\"piux-promise\"") {
            Some(text) => Some(text.parse().map_err(|_| ReceiptError::Promise)?),
            None => None,
        };
        if signed == self.promise {
            Ok(signed)
        } else {
            Err(ReceiptError::Promise)
        }
    }
}

impl Signed {
    /// Verifies one half; gives its components and the metadata of its signer.
    fn verify(&self, half: Half, pinned: &[Digest]) -> Result<(Base<'_>, Metadata), ReceiptError> {
        let tag = match half {
            Half::Request => REQUEST_TAG,
            Half::Response => RESPONSE_TAG,
        };
        let base = Base::read(&self.covered, tag).ok_or(Components(half))?;
        if !base.fits_profile(half) {
            return Err(Components(half));
        }
        let metadata = Metadata::verify_self_signed(&self.metadata, base.created)
            .map_err(|error| ReceiptError::Metadata(half, error))?;
        if !pinned.contains(&metadata.keys.root.key_id()) {
            return Err(ReceiptError::Root(half));
        }
        let key = metadata.keys.exchange_key(base.key_id);
        let signature = decode_base64url(&self.signature).ok();
        let signature: Option<[u8; 64]> = signature.and_then(|bytes| bytes.try_into().ok());
        let (Some(key), Some(signature)) = (key, signature) else {
            return Err(ReceiptError::Signature(half));
        };
        key.verify(self.covered.join("\n").as_bytes(), &signature)
            .map_err(|_| ReceiptError::Signature(half))?;
        Ok((base, metadata))
    }
}
