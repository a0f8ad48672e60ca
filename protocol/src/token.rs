//! Purpose tokens: who may ask what, decided before any data is touched.
//!
//! A requester states purpose, basis and classes ([`AuthorizationDetails`], RFC
//! 9396), proves who it is ([`Assertion`], RFC 7523) and gets an [`AccessToken`]
//! (RFC 9068) that names what was granted and works only with its signing key
//! (RFC 7800 `cnf.jkt`). No clock is read: every check takes `now`.

mod access;
mod assertion;
mod details;
mod form;
mod opening;

pub use crate::jws::install_provider;
pub use access::{AccessToken, Confirmation, Grant, Granted, TokenType};
pub use assertion::Assertion;
pub use details::{AuthorizationDetails, DetailsType, Need, ReasonCode, Reasons};
pub use form::{FormError, TokenRequest};
pub use opening::{Opening, TooLongToCommit};

use crate::jws::JwsError;

/// Seconds a signed time may lie in the future.
const SKEW: i64 = 10;

/// Why an assertion or an access token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// Not a statement of the expected type by the expected key.
    #[error(transparent)]
    Statement(#[from] JwsError),
    /// Issued by another unit than its signer.
    #[error("wrong issuer")]
    Issuer,
    /// Meant for another unit.
    #[error("wrong audience")]
    Audience,
    /// About another unit than the one that presents it.
    #[error("wrong subject")]
    Subject,
    /// No longer valid.
    #[error("expired")]
    Expired,
    /// Not valid yet.
    #[error("not valid yet")]
    Early,
    /// Valid for longer than allowed.
    #[error("valid for too long")]
    TooLong,
    /// Bound to another signing key (RFC 7800).
    #[error("bound to another key")]
    Confirmation,
}

/// Checks a span of validity, in seconds since 1970.
fn check_span(from: i64, until: i64, longest: i64, now: i64) -> Result<(), TokenError> {
    if until.saturating_sub(from) > longest {
        Err(TokenError::TooLong)
    } else if from > now.saturating_add(SKEW) {
        Err(TokenError::Early)
    } else if now >= until {
        Err(TokenError::Expired)
    } else {
        Ok(())
    }
}
