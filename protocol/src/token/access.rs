//! What was granted: a JWT access token (RFC 9068) bound to the signing key.

use super::{AuthorizationDetails, TokenError, check_span};
use crate::jws::{self, JwsError};
use crate::signature::{SigningKey, VerifyingKey};
use crate::vocabulary::{Digest, Nonce, Random, Timestamp, UnitId};
use serde::{Deserialize, Serialize};

/// The claims of an access token. The responder issues it to itself: `iss` and `aud` are one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessToken {
    /// The responder that granted.
    pub iss: UnitId,
    /// The responder that answers: the same.
    pub aud: UnitId,
    /// The requester.
    pub sub: UnitId,
    /// The requester again (RFC 9068 section 2.2).
    pub client_id: UnitId,
    /// Seconds since 1970 when it was granted.
    pub iat: i64,
    /// Seconds since 1970 from which it is valid.
    pub nbf: i64,
    /// Seconds since 1970 when it ends.
    pub exp: i64,
    /// Its name.
    pub jti: Nonce,
    /// The key whose signature must accompany it.
    pub cnf: Confirmation,
    /// What was granted, within what was asked.
    pub authorization_details: [AuthorizationDetails; 1],
    /// Digest of the policy that decided.
    pub policy: Digest,
}

/// The key an access token is bound to (RFC 7800 section 3, RFC 7638).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// Thumbprint of the requester's exchange key.
    pub jkt: Digest,
}

/// What the responder decided: the substance of a new access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The responder.
    pub responder: UnitId,
    /// The requester.
    pub requester: UnitId,
    /// Thumbprint of the key the requester signed its token request with.
    pub jkt: Digest,
    /// What is granted.
    pub details: AuthorizationDetails,
    /// Digest of the policy that decided.
    pub policy: Digest,
}

impl AccessToken {
    /// Validity in seconds.
    pub const LIFETIME: i64 = 300;

    /// A token for a grant, valid for 300 s from now.
    pub fn issue(grant: Grant, now: Timestamp, random: &dyn Random) -> Self {
        Self {
            iss: grant.responder,
            aud: grant.responder,
            sub: grant.requester,
            client_id: grant.requester,
            iat: now.seconds(),
            nbf: now.seconds(),
            exp: now.seconds().saturating_add(Self::LIFETIME),
            jti: Nonce(random.bytes()),
            cnf: Confirmation { jkt: grant.jkt },
            authorization_details: [grant.details],
            policy: grant.policy,
        }
    }

    /// Signs it with the responder's exchange key.
    pub fn sign(&self, key: &SigningKey) -> Result<String, JwsError> {
        jws::sign(jws::ACCESS_TOKEN, self, key)
    }

    /// Verifies a token that `requester` presents to `responder` with a request signed by key `jkt`.
    ///
    /// `keys` are the responder's own exchange keys, current and last.
    pub fn verify(
        text: &str,
        keys: &[VerifyingKey],
        [requester, responder]: [UnitId; 2],
        jkt: Digest,
        now: Timestamp,
    ) -> Result<Self, TokenError> {
        let claims: Self = jws::verify_among(text, jws::ACCESS_TOKEN, keys)?;
        if claims.iss != responder {
            return Err(TokenError::Issuer);
        }
        if claims.aud != responder {
            return Err(TokenError::Audience);
        }
        if claims.sub != requester || claims.client_id != requester {
            return Err(TokenError::Subject);
        }
        if claims.cnf.jkt != jkt {
            return Err(TokenError::Confirmation);
        }
        check_span(claims.iat.max(claims.nbf), claims.exp, Self::LIFETIME, now.seconds())?;
        Ok(claims)
    }

    /// What was granted.
    pub fn details(&self) -> &AuthorizationDetails {
        let [details] = &self.authorization_details;
        details
    }

    /// When it ends.
    pub fn expires(&self) -> Timestamp {
        Timestamp::from_seconds(self.exp)
    }
}

/// The answer to a token request (RFC 6749 section 5.1, RFC 9396 section 7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Granted {
    /// The signed access token.
    pub access_token: String,
    /// `Bearer` in syntax (RFC 6750); worthless without the key in `cnf`.
    pub token_type: TokenType,
    /// Seconds it is valid.
    pub expires_in: i64,
    /// What was granted.
    pub authorization_details: [AuthorizationDetails; 1],
}

/// How the token is presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenType {
    /// `Authorization: Bearer TOKEN`.
    Bearer,
}

impl Granted {
    /// The answer that hands over a signed token.
    pub fn new(token: &AccessToken, signed: String) -> Self {
        Self {
            access_token: signed,
            token_type: TokenType::Bearer,
            expires_in: AccessToken::LIFETIME,
            authorization_details: token.authorization_details.clone(),
        }
    }

    /// The value of the header `authorization`.
    pub fn authorization(&self) -> String {
        format!("Bearer {}", self.access_token)
    }

    /// The token in a value of the header `authorization`.
    pub fn token_in(header: &str) -> Option<&str> {
        header.strip_prefix("Bearer ").filter(|token| !token.is_empty())
    }

    /// What was granted.
    pub fn details(&self) -> &AuthorizationDetails {
        let [details] = &self.authorization_details;
        details
    }
}
