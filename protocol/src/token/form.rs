//! The token request as it travels: a form (RFC 6749 section 4.4.2).

use super::AuthorizationDetails;
use crate::message::{JsonError, MAX_REQUEST, strict_json};
use std::fmt::Write as _;

/// What `POST /oauth/token` carries.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenRequest {
    /// The signed [`Assertion`](super::Assertion).
    pub assertion: String,
    /// What the token is asked for.
    pub details: AuthorizationDetails,
}

/// Why a body is not a token request. Never echoes the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormError {
    /// Not a form: bad escapes, not UTF-8, too long, a name twice or an unknown name.
    #[error("not a token request form")]
    Form,
    /// A member is missing, or has another value than the one that is possible.
    #[error("unexpected member in a token request")]
    Member,
    /// The authorization details are not an array of the one object we know.
    #[error("unexpected authorization details")]
    Details(#[source] JsonError),
}

const GRANT: &str = "client_credentials";
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

impl TokenRequest {
    /// Writes the form: `application/x-www-form-urlencoded`, members in a fixed order.
    pub fn to_form(&self) -> Result<Vec<u8>, FormError> {
        let details = serde_json::to_string(&[&self.details]).map_err(|_| FormError::Member)?;
        let members = [
            ("grant_type", GRANT),
            ("client_assertion_type", ASSERTION),
            ("client_assertion", &self.assertion),
            ("authorization_details", &details),
        ];
        let pairs: Vec<_> = members
            .iter()
            .map(|(name, value)| format!("{name}={}", escape(value)))
            .collect();
        Ok(pairs.join("&").into_bytes())
    }

    /// Reads a form: each member exactly once, in any order, no other.
    pub fn from_form(body: &[u8]) -> Result<Self, FormError> {
        if body.len() > MAX_REQUEST {
            return Err(FormError::Form);
        }
        let body = std::str::from_utf8(body).map_err(|_| FormError::Form)?;
        let mut members = Members::default();
        for pair in body.split('&') {
            let (name, value) = pair.split_once('=').ok_or(FormError::Form)?;
            let slot = members.slot(&unescape(name)?).ok_or(FormError::Form)?;
            if slot.replace(unescape(value)?).is_some() {
                return Err(FormError::Form);
            }
        }
        members.finish()
    }
}

impl std::fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenRequest")
            .field("details", &self.details)
            .finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Members {
    grant_type: Option<String>,
    assertion_type: Option<String>,
    assertion: Option<String>,
    details: Option<String>,
}

impl Members {
    fn slot(&mut self, name: &str) -> Option<&mut Option<String>> {
        match name {
            "grant_type" => Some(&mut self.grant_type),
            "client_assertion_type" => Some(&mut self.assertion_type),
            "client_assertion" => Some(&mut self.assertion),
            "authorization_details" => Some(&mut self.details),
            _ => None,
        }
    }

    fn finish(self) -> Result<TokenRequest, FormError> {
        let fixed = self.grant_type.as_deref() == Some(GRANT) && self.assertion_type.as_deref() == Some(ASSERTION);
        let (Some(assertion), Some(details), true) = (self.assertion, self.details, fixed) else {
            return Err(FormError::Member);
        };
        let [details] = strict_json(details.as_bytes(), MAX_REQUEST).map_err(FormError::Details)?;
        Ok(TokenRequest { assertion, details })
    }
}

/// Percent-encodes all but the unreserved characters (RFC 3986 section 2.3).
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 3 / 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("a string takes any text");
        }
    }
    out
}

/// Undoes percent-encoding and `+` for a space (WHATWG URL section 5.1).
fn unescape(text: &str) -> Result<String, FormError> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => 16 * hex(bytes.next())? + hex(bytes.next())?,
            b'+' => b' ',
            other => other,
        });
    }
    String::from_utf8(out).map_err(|_| FormError::Form)
}

fn hex(digit: Option<u8>) -> Result<u8, FormError> {
    let value = digit.and_then(|digit| char::from(digit).to_digit(16));
    value.and_then(|value| u8::try_from(value).ok()).ok_or(FormError::Form)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_survives_the_form(text in ".*") {
            prop_assert_eq!(unescape(&escape(&text)).unwrap(), text);
        }

        #[test]
        fn any_body_is_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(TokenRequest::from_form(&body).is_err());
        }
    }

    #[test]
    fn unknown_repeated_and_broken_members_are_refused() {
        for body in [
            "",
            "a",
            "scope=x",
            "grant_type=a&grant_type=a",
            "grant_type=%4",
            "grant_type=%zz",
        ] {
            assert_eq!(
                TokenRequest::from_form(body.as_bytes()).err(),
                Some(FormError::Form),
                "{body}"
            );
        }
        assert_eq!(
            TokenRequest::from_form(b"grant_type=password").err(),
            Some(FormError::Member)
        );
    }
}
