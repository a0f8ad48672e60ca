//! Signed responses, which cover the request they answer (SPEC.md 2.3).

use super::base::{Component, Message};
use super::http::{HttpRequest, HttpResponse, content_digest, present, set, verify_digest};
use super::profile::{LABEL, LONGEST_LIFE, RESPONSE_TAG, Received, Stamp, attach, require_single, sign};
use super::{SignatureError, SigningKey, VerifyingKey};
use crate::vocabulary::{Digest, Nonce, Timestamp};
use std::fmt;

/// Signs the response to a signed request: adds `content-digest`, `signature-input` and
/// `signature`, in place of any that are there.
///
/// `content-type` must be there; `piux-promise` is covered if it is there.
pub fn sign_response(
    response: &mut HttpResponse,
    key: &SigningKey,
    request: &HttpRequest,
    created: Timestamp,
    nonce: Nonce,
) -> Result<(), SignatureError> {
    let stamp = Stamp::new(created, LONGEST_LIFE, nonce, key)?;
    let digest = content_digest(&response.body);
    set(&mut response.headers, "content-digest", digest);
    require_covered_once(response, request)?;
    let components = covered_components(response, request);
    let signed = sign(
        Message::Response(response, request),
        &components,
        stamp,
        RESPONSE_TAG,
        key,
    )?;
    attach(&mut response.headers, signed);
    Ok(())
}

/// Proves that `key` gave this response to this very request: the digest of the body,
/// the signature, the time window.
///
/// `request` is the request as it was sent, signature headers included.
pub fn verify_response<'a>(
    response: &'a HttpResponse,
    request: &HttpRequest,
    key: &VerifyingKey,
    now: Timestamp,
) -> Result<VerifiedResponse<'a>, SignatureError> {
    let received = Received::read(&response.headers, covered_components(response, request), RESPONSE_TAG)?;
    require_covered_once(response, request)?;
    if key.key_id() != received.stamp.key_id {
        return Err(SignatureError::Key);
    }
    verify_digest(&response.headers, &response.body)?;
    let covered = received.verify(Message::Response(response, request), key)?;
    received.stamp.check_window(now)?;
    Ok(VerifiedResponse {
        response,
        stamp: received.stamp,
        signature: received.signature,
        covered,
    })
}

/// A response that its key signed for one request. Made by [`verify_response`] only.
#[derive(Clone)]
pub struct VerifiedResponse<'a> {
    response: &'a HttpResponse,
    stamp: Stamp,
    signature: [u8; 64],
    covered: String,
}

impl<'a> VerifiedResponse<'a> {
    /// The response with all its headers, covered or not.
    pub fn response(&self) -> &'a HttpResponse {
        self.response
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.response.status
    }

    /// The body.
    pub fn body(&self) -> &'a [u8] {
        &self.response.body
    }

    /// The responder's promise to show its ledger entry, if it made one.
    pub fn promise(&self) -> Option<&'a str> {
        self.response.header("piux-promise")
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
}

impl fmt::Debug for VerifiedResponse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifiedResponse({}, key {})", self.status(), self.key_id())
    }
}

/// The request's signature alone would not do: another key may fit it to another
/// request, so the parts of the request are repeated.
fn covered_components(response: &HttpResponse, request: &HttpRequest) -> Vec<Component> {
    let mut components = vec![
        Component::named("@status"),
        Component::named("content-type"),
        Component::named("content-digest"),
    ];
    if present(&response.headers, "piux-promise") {
        components.push(Component::named("piux-promise"));
    }
    components.push(Component::named("@method").of_request());
    components.push(Component::named("@target-uri").of_request());
    if present(&request.headers, "content-digest") {
        components.push(Component::named("content-digest").of_request());
    }
    components.push(Component::named("signature").of_request().member(LABEL));
    components.push(Component::named("signature-input").of_request().member(LABEL));
    components
}

fn require_covered_once(response: &HttpResponse, request: &HttpRequest) -> Result<(), SignatureError> {
    require_single(&response.headers, &["content-type", "content-digest"])?;
    if present(&response.headers, "piux-promise") {
        require_single(&response.headers, &["piux-promise"])?;
    }
    require_single(&request.headers, &["signature", "signature-input"])?;
    if present(&request.headers, "content-digest") {
        require_single(&request.headers, &["content-digest"])?;
    }
    Ok(())
}
