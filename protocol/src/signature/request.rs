//! Signed requests (SPEC.md 2.2).

use super::base::{Component, Message};
use super::http::{HttpRequest, content_digest, present, set, verify_digest};
use super::profile::{REQUEST_TAG, Received, Stamp, attach, require_single, sign};
use super::{SignatureError, SigningKey, VerifyingKey};
use crate::vocabulary::{Digest, Nonce, Timestamp, sha256};
use std::fmt;

const WITH_TOKEN: &[&str] = &[
    "@method",
    "@target-uri",
    "content-type",
    "content-digest",
    "authorization",
];
const WITHOUT_TOKEN: &[&str] = &["@method", "@target-uri", "content-type", "content-digest"];
const WITHOUT_BODY: &[&str] = &["@method", "@target-uri", "authorization"];
/// Covered as the last component wherever the header is sent with a token and a body.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Signs a request: adds `content-digest` if there is a body, `signature-input` and
/// `signature`, in place of any that are there.
///
/// `life` is the seconds until `expires`, 1 to 60. Everything the signature covers must
/// be in its place: `content-type` with a body, `authorization` wherever a token is
/// due, which is always without a body.
pub fn sign_request(
    request: &mut HttpRequest,
    key: &SigningKey,
    created: Timestamp,
    life: u32,
    nonce: Nonce,
) -> Result<(), SignatureError> {
    let stamp = Stamp::new(created, life, nonce, key)?;
    if !request.body.is_empty() {
        let digest = content_digest(&request.body);
        set(&mut request.headers, "content-digest", digest);
    }
    let names = covered_names(request);
    require_single(&request.headers, &names)?;
    let signed = sign(Message::Request(request), &named(&names), stamp, REQUEST_TAG, key)?;
    attach(&mut request.headers, signed);
    Ok(())
}

/// Reads the signature of a request; proves nothing about it yet.
pub fn parse_request(request: HttpRequest) -> Result<SignedRequest, SignatureError> {
    let names = covered_names(&request);
    let received = Received::read(&request.headers, named(&names), REQUEST_TAG)?;
    require_single(&request.headers, &names)?;
    Ok(SignedRequest { request, received })
}

/// A request whose signature has the right form and is not yet verified.
#[derive(Clone)]
pub struct SignedRequest {
    request: HttpRequest,
    received: Received,
}

impl SignedRequest {
    /// The key the sender says it used: find it, then [`verify`](Self::verify).
    pub fn key_id(&self) -> Digest {
        self.received.stamp.key_id
    }

    /// The nonce, not yet proved.
    pub fn nonce(&self) -> Nonce {
        self.received.stamp.nonce
    }

    /// When the sender says it signed, to the second; not yet proved.
    pub fn created(&self) -> Timestamp {
        Timestamp::from_seconds(self.received.stamp.created)
    }

    /// Proves the request: the digest of the body, the signature, the time window.
    ///
    /// Whether the nonce is new is for the caller to find out, after this.
    pub fn verify(self, key: &VerifyingKey, now: Timestamp) -> Result<VerifiedRequest, SignatureError> {
        if key.key_id() != self.received.stamp.key_id {
            return Err(SignatureError::Key);
        }
        if has_body(&self.request) {
            verify_digest(&self.request.headers, &self.request.body)?;
        }
        let covered = self.received.verify(Message::Request(&self.request), key)?;
        self.received.stamp.check_window(now)?;
        Ok(VerifiedRequest {
            request: self.request,
            stamp: self.received.stamp,
            signature: self.received.signature,
            covered,
        })
    }
}

/// A request that its key signed, within the time window. Made by
/// [`SignedRequest::verify`] only.
#[derive(Clone)]
pub struct VerifiedRequest {
    request: HttpRequest,
    stamp: Stamp,
    signature: [u8; 64],
    covered: String,
}

impl VerifiedRequest {
    /// The request with all its headers, covered or not.
    pub fn request(&self) -> &HttpRequest {
        &self.request
    }

    /// The request, given up: what a response is signed for.
    pub fn into_request(self) -> HttpRequest {
        self.request
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.request.body
    }

    /// The nonce, which a key may use once.
    pub fn nonce(&self) -> Nonce {
        self.stamp.nonce
    }

    /// The key that signed.
    pub fn key_id(&self) -> Digest {
        self.stamp.key_id
    }

    /// When it was signed, to the second.
    pub fn created(&self) -> Timestamp {
        Timestamp::from_seconds(self.stamp.created)
    }

    /// The signature base: every covered component and the parameters.
    pub fn covered(&self) -> &str {
        &self.covered
    }

    /// The signature over [`covered`](Self::covered).
    pub fn signature(&self) -> &[u8; 64] {
        &self.signature
    }

    /// `req_hash`: SHA-256 of the body (SPEC.md 4.4).
    pub fn request_hash(&self) -> Digest {
        sha256(&self.request.body)
    }
}

impl fmt::Debug for SignedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignedRequest(key {})", self.key_id())
    }
}

impl fmt::Debug for VerifiedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifiedRequest(key {})", self.key_id())
    }
}

/// The component list that fits what the request carries.
fn covered_names(request: &HttpRequest) -> Vec<&'static str> {
    let token = present(&request.headers, "authorization");
    match (has_body(request), token) {
        (false, _) => WITHOUT_BODY.to_vec(),
        (true, false) => WITHOUT_TOKEN.to_vec(),
        (true, true) => {
            let idempotent = present(&request.headers, IDEMPOTENCY_KEY).then_some(IDEMPOTENCY_KEY);
            WITH_TOKEN.iter().copied().chain(idempotent).collect()
        }
    }
}

/// A digest without a body stands for an empty body; a body without a digest is a
/// request that lost its digest, and must not pass for one without a body.
fn has_body(request: &HttpRequest) -> bool {
    !request.body.is_empty() || present(&request.headers, "content-digest")
}

fn named(names: &[&str]) -> Vec<Component> {
    names.iter().map(|name| Component::named(name)).collect()
}
