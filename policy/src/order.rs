//! The signed order of an independent authority (Directive (EU) 2016/681 Art. 12(3)(b), CJEU C-817/19).

use crate::dsse::{Envelope, EnvelopeError};
use crate::thumbprint::{thumbprint, thumbprint_of};
use ed25519_dalek::{SigningKey, VerifyingKey};
use piux_protocol::vocabulary::{AgreementId, Digest, Timestamp};
use serde::{Deserialize, Serialize};

/// The payload type of an order.
pub const ORDER_TYPE: &str = "application/vnd.piux.order+json";

/// What the authority decided about one request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Version of this form: 1.
    pub v: u8,
    /// The request, as the unit names it.
    pub request: String,
    /// SHA-256 of the request's exact bytes.
    pub request_digest: Digest,
    /// The agreement it rests on.
    pub agreement: AgreementId,
    /// The decision.
    pub decision: OrderDecision,
    /// When it was made.
    pub decided_at: Timestamp,
    /// Until when it may be carried out.
    pub valid_until: Timestamp,
    /// RFC 7638 thumbprint of the authority's key.
    pub authority: Digest,
    /// The authority's file number.
    pub reference: String,
}

/// Approve or refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OrderDecision {
    /// The release may happen.
    Approve,
    /// It may not.
    Refuse,
}

/// What an order must be about.
#[derive(Debug, Clone, Copy)]
pub struct ExpectedOrder<'a> {
    /// The request.
    pub request: &'a str,
    /// SHA-256 of its exact bytes.
    pub request_digest: Digest,
    /// The agreement.
    pub agreement: &'a AgreementId,
    /// The authority the agreement pins for the answering unit.
    pub authority: [u8; 32],
    /// Every key of the unit: none of them can order.
    pub unit_keys: &'a [VerifyingKey],
}

/// An order that holds now. Only [`verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedOrder(Order);

/// Why an order does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OrderError {
    /// The envelope proves nothing.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The authority's key is a key of the unit (L34).
    #[error("the unit cannot be its own independent authority")]
    OwnKey,
    /// The agreement pins no usable key.
    #[error("the agreement names no usable key of the authority")]
    AuthorityKey,
    /// Not signed by the authority.
    #[error("not signed by the authority the agreement names")]
    NotSigned,
    /// Not an order.
    #[error("not an order of this version")]
    Malformed,
    /// About another request or agreement.
    #[error("the order concerns another request")]
    OtherRequest,
    /// Decided later than now, or no longer valid.
    #[error("the order is not valid at this time")]
    NotValidNow,
}

impl Order {
    /// The order, signed by the authority.
    pub fn sign(mut self, key: &SigningKey) -> Envelope {
        self.authority = thumbprint(&key.verifying_key());
        let mut envelope = Envelope::new(ORDER_TYPE, serde_json::to_vec(&self).unwrap_or_default());
        envelope.sign(key);
        envelope
    }
}

impl VerifiedOrder {
    /// What was decided.
    pub fn decision(&self) -> OrderDecision {
        self.0.decision
    }

    /// The whole order.
    pub fn order(&self) -> &Order {
        &self.0
    }
}

/// Verifies an order against the authority that the agreement pins.
pub fn verify(envelope: &Envelope, expected: &ExpectedOrder<'_>, now: Timestamp) -> Result<VerifiedOrder, OrderError> {
    let key = VerifyingKey::from_bytes(&expected.authority).map_err(|_| OrderError::AuthorityKey)?;
    if key.is_weak() {
        return Err(OrderError::AuthorityKey);
    }
    if expected.unit_keys.contains(&key) {
        return Err(OrderError::OwnKey);
    }
    if envelope.payload_type() != ORDER_TYPE {
        return Err(EnvelopeError::Type.into());
    }
    if envelope.verify(&[key])?.is_empty() {
        return Err(OrderError::NotSigned);
    }
    let order: Order = serde_json::from_slice(envelope.payload()).map_err(|_| OrderError::Malformed)?;
    check(order, expected, now)
}

fn check(order: Order, expected: &ExpectedOrder<'_>, now: Timestamp) -> Result<VerifiedOrder, OrderError> {
    if order.v != 1 || order.authority != thumbprint_of(&expected.authority) {
        return Err(OrderError::Malformed);
    }
    let asked = (expected.request, expected.request_digest, expected.agreement);
    if (order.request.as_str(), order.request_digest, &order.agreement) != asked {
        return Err(OrderError::OtherRequest);
    }
    // Clocks of authority and node may differ by a minute.
    if now < order.decided_at.plus_seconds(-60) || now >= order.valid_until {
        return Err(OrderError::NotValidNow);
    }
    Ok(VerifiedOrder(order))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use piux_protocol::vocabulary::sha256;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    fn now() -> Timestamp {
        "2026-11-21T12:00:00.000Z".parse().unwrap()
    }

    fn order() -> Order {
        Order {
            v: 1,
            request: "R-1".to_owned(),
            request_digest: sha256("request"),
            agreement: "UTO-RUR-2026".parse().unwrap(),
            decision: OrderDecision::Approve,
            decided_at: now(),
            valid_until: now().plus_seconds(3600),
            authority: sha256("set when signing"),
            reference: "12 Gs 345/26".to_owned(),
        }
    }

    fn outcome(envelope: &Envelope, request: &str, unit_keys: &[VerifyingKey], now: Timestamp) -> Option<OrderError> {
        let agreement = "UTO-RUR-2026".parse().unwrap();
        let expected = ExpectedOrder {
            request,
            request_digest: sha256("request"),
            agreement: &agreement,
            authority: key(7).verifying_key().to_bytes(),
            unit_keys,
        };
        verify(envelope, &expected, now).err()
    }

    #[test]
    fn an_order_of_the_pinned_authority_holds() {
        assert_eq!(
            outcome(&order().sign(&key(7)), "R-1", &[key(1).verifying_key()], now()),
            None
        );
    }

    #[test]
    fn a_unit_is_never_its_own_authority() {
        let keys = [key(7).verifying_key()];
        assert_eq!(
            outcome(&order().sign(&key(7)), "R-1", &keys, now()),
            Some(OrderError::OwnKey)
        );
    }

    #[test]
    fn an_order_signed_by_another_key_is_refused() {
        assert_eq!(
            outcome(&order().sign(&key(8)), "R-1", &[], now()),
            Some(OrderError::NotSigned)
        );
    }

    #[test]
    fn an_order_for_another_request_is_refused() {
        assert_eq!(
            outcome(&order().sign(&key(7)), "R-2", &[], now()),
            Some(OrderError::OtherRequest)
        );
    }

    #[test]
    fn an_order_is_valid_until_its_last_instant_only() {
        let envelope = order().sign(&key(7));
        assert_eq!(outcome(&envelope, "R-1", &[], now().plus_seconds(3599)), None);
        assert_eq!(
            outcome(&envelope, "R-1", &[], now().plus_seconds(3600)),
            Some(OrderError::NotValidNow)
        );
        assert_eq!(
            outcome(&envelope, "R-1", &[], now().plus_seconds(-61)),
            Some(OrderError::NotValidNow)
        );
    }
}
