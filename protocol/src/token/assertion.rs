//! Who asks for a token: `private_key_jwt` (RFC 7523 section 2.2).

use super::{TokenError, check_span};
use crate::jws::{self, JwsError};
use crate::signature::{SigningKey, VerifyingKey};
use crate::vocabulary::{Digest, Nonce, Random, Timestamp, UnitId};
use serde::{Deserialize, Serialize};

/// A unit's statement that it asks the audience for a token, valid at most 60 s and once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assertion {
    /// The requester.
    pub iss: UnitId,
    /// The requester again (RFC 7523 section 3).
    pub sub: UnitId,
    /// The responder as issuer of tokens: that one string, never an address or a list.
    pub aud: UnitId,
    /// Seconds since 1970 when it was made.
    pub iat: i64,
    /// Seconds since 1970 when it ends.
    pub exp: i64,
    /// Its name, never used again.
    pub jti: Nonce,
}

impl Assertion {
    /// Longest validity, in seconds.
    pub const LONGEST: i64 = 60;

    /// A fresh statement of `requester` towards `responder`.
    pub fn new(requester: UnitId, responder: UnitId, now: Timestamp, random: &dyn Random) -> Self {
        Self {
            iss: requester,
            sub: requester,
            aud: responder,
            iat: now.seconds(),
            exp: now.seconds().saturating_add(Self::LONGEST),
            jti: Nonce(random.bytes()),
        }
    }

    /// Signs it with the requester's exchange key.
    pub fn sign(&self, key: &SigningKey) -> Result<String, JwsError> {
        jws::sign(jws::CLIENT_AUTHENTICATION, self, key)
    }

    /// The key an assertion says it is signed with; finds the partner, proves nothing.
    pub fn key_id(text: &str) -> Result<Digest, JwsError> {
        jws::key_id(text, jws::CLIENT_AUTHENTICATION)
    }

    /// Verifies an assertion of `requester` towards `responder`.
    ///
    /// That `jti` was not seen before is for the caller to check until `exp`.
    pub fn verify(
        text: &str,
        key: &VerifyingKey,
        [requester, responder]: [UnitId; 2],
        now: Timestamp,
    ) -> Result<Self, TokenError> {
        let claims: Self = jws::verify(text, jws::CLIENT_AUTHENTICATION, key)?;
        if claims.iss != requester {
            return Err(TokenError::Issuer);
        }
        if claims.sub != requester {
            return Err(TokenError::Subject);
        }
        if claims.aud != responder {
            return Err(TokenError::Audience);
        }
        check_span(claims.iat, claims.exp, Self::LONGEST, now.seconds())?;
        Ok(claims)
    }
}
