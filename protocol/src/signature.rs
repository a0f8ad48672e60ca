//! Signing every request and response (RFC 9421, RFC 9530; SPEC.md 2).
//!
//! A strict profile with one label, one algorithm and fixed component lists. What
//! is signed is verified exactly as received: nothing is parsed and printed again.
//! The signature-base builder ([`base`]) is general; the profile stands in
//! [`sign_request`], [`parse_request`], [`sign_response`] and [`verify_response`].

pub mod base;
mod http;
mod key;
mod profile;
mod request;
mod response;
pub mod structured_field;

pub use http::{HttpRequest, HttpResponse, content_digest};
pub use key::{KeyError, SigningKey, VerifyingKey};
pub use profile::{LABEL, LONGEST_LIFE, REQUEST_TAG, RESPONSE_TAG, WINDOW_AFTER, WINDOW_BEFORE};
pub use request::{SignedRequest, VerifiedRequest, parse_request, sign_request};
pub use response::{VerifiedResponse, sign_response, verify_response};

/// Why a message cannot be signed or a signature is not accepted.
///
/// No variant carries input: a refusal may be printed and sent as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// There is no signature.
    #[error("the message is not signed")]
    Unsigned,
    /// A header or a message part cannot be read.
    #[error("a signed part of the message is malformed")]
    Malformed,
    /// A component is covered but not there (RFC 9421 section 2.5).
    #[error("a covered component is absent")]
    Absent,
    /// A header that may occur once occurs more often.
    #[error("a covered header occurs more than once")]
    Repeated,
    /// A component, or a parameter of one, that this builder does not know.
    #[error("a covered component is not supported")]
    Unsupported,
    /// The covered components are not exactly those of the profile, in their order.
    #[error("the covered components are not those of the profile")]
    Components,
    /// A signature parameter is absent, repeated, unknown or has a wrong value.
    #[error("the signature parameters are not those of the profile")]
    Parameters,
    /// `content-digest` does not belong to the body.
    #[error("the content digest does not match the body")]
    Digest,
    /// The signature names another key than the one at hand.
    #[error("the signature was made with another key")]
    Key,
    /// The signature does not verify.
    #[error("the signature does not verify")]
    Invalid,
    /// The signature is expired, or from outside the window around now.
    #[error("the signature is outside its time window")]
    Window,
}
