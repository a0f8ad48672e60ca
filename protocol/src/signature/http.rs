//! An HTTP message as far as a signature sees it.

use super::SignatureError;
use super::structured_field::{BareItem, Item, Value, parse_dictionary};
use crate::vocabulary::sha256;
use std::fmt;
use subtle::ConstantTimeEq;

/// A request: what the requester sends, or what the responder received.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// `GET`, `POST`, ..; upper case.
    pub method: String,
    /// The absolute URI; a responder builds it from its configured public address
    /// and the path, never from headers a proxy may have written.
    pub target_uri: String,
    /// Field names in any case, and values, in the order received.
    pub headers: Vec<(String, String)>,
    /// The whole body; empty if there is none.
    pub body: Vec<u8>,
}

/// A response: what the responder sends, or what the requester received.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpResponse {
    /// Status code.
    pub status: u16,
    /// Field names in any case, and values, in the order received.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Vec<u8>,
}

impl HttpRequest {
    /// The value of a header that occurs exactly once.
    pub fn header(&self, name: &str) -> Option<&str> {
        single(&self.headers, name).ok()
    }
}

impl HttpResponse {
    /// The value of a header that occurs exactly once.
    pub fn header(&self, name: &str) -> Option<&str> {
        single(&self.headers, name).ok()
    }
}

/// The value of `content-digest` for a body (RFC 9530, SHA-256 only).
pub fn content_digest(body: &[u8]) -> String {
    format!("sha-256={}", BareItem::Bytes(sha256(body).0.to_vec()))
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpRequest({}, {} bytes)", self.method, self.body.len())
    }
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpResponse({}, {} bytes)", self.status, self.body.len())
    }
}

/// The values of all headers of this name.
pub(super) fn values<'a>(headers: &'a [(String, String)], name: &str) -> impl Iterator<Item = &'a str> {
    let wanted = name.to_owned();
    headers
        .iter()
        .filter(move |(name, _)| name.eq_ignore_ascii_case(&wanted))
        .map(|(_, value)| value.as_str())
}

/// Whether there is a header of this name, once or more often.
pub(super) fn present(headers: &[(String, String)], name: &str) -> bool {
    values(headers, name).next().is_some()
}

/// The value of a header that must occur exactly once.
pub(super) fn single<'a>(headers: &'a [(String, String)], name: &str) -> Result<&'a str, SignatureError> {
    let mut found = values(headers, name);
    let value = found.next().ok_or(SignatureError::Absent)?;
    match found.next() {
        None => Ok(value),
        Some(_) => Err(SignatureError::Repeated),
    }
}

/// Replaces every header of this name by one.
pub(super) fn set(headers: &mut Vec<(String, String)>, name: &str, value: String) {
    headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
    headers.push((name.to_owned(), value));
}

/// Checks that the one `content-digest` holds exactly the SHA-256 of the body.
pub(super) fn verify_digest(headers: &[(String, String)], body: &[u8]) -> Result<(), SignatureError> {
    let members = parse_dictionary(single(headers, "content-digest")?).map_err(|_| SignatureError::Malformed)?;
    let [member] = members.as_slice() else {
        return Err(SignatureError::Malformed);
    };
    match &member.value {
        Value::Item(Item {
            value: BareItem::Bytes(digest),
            parameters,
        }) if member.key == "sha-256" && parameters.is_empty() => {
            let same = digest.as_slice().ct_eq(sha256(body).as_ref());
            if same.into() {
                Ok(())
            } else {
                Err(SignatureError::Digest)
            }
        }
        _ => Err(SignatureError::Malformed),
    }
}
