//! First station: who sent this, is it genuine, in time, and new?

use super::Refusal;
use crate::answer::replay::ReplaySet;
use crate::partners::{Partner, Partners};
use piux_protocol::signature::{HttpRequest, SignatureError, VerifiedRequest, parse_request};
use piux_protocol::vocabulary::{Timestamp, UnitId};
use std::sync::{Arc, Mutex, PoisonError};

/// A request of a known partner, signed, in time and not seen before.
#[derive(Debug)]
pub(crate) struct Admitted {
    pub(crate) partner: Arc<Partner>,
    pub(crate) request: VerifiedRequest,
}

/// Why a request is turned away at the door, and whether we know who sent it.
#[derive(Debug)]
pub(crate) enum TurnedAway {
    /// Nobody we know, or not provably: counted, answered unsigned, not recorded.
    Stranger(Refusal),
    /// A partner's replay: recorded and answered like anything a partner does.
    Partner(Box<Admitted>, Refusal),
}

/// The door of the exchange listener.
#[derive(Debug)]
pub(crate) struct Admission {
    partners: Arc<Partners>,
    seen: Mutex<ReplaySet>,
}

impl Admission {
    pub(crate) fn new(partners: Arc<Partners>, seen: ReplaySet) -> Self {
        Self {
            partners,
            seen: Mutex::new(seen),
        }
    }

    /// The partner of this name.
    pub(super) fn partner(&self, unit: UnitId) -> Option<Arc<Partner>> {
        self.partners.get(unit)
    }

    /// Admits a request: known key, digest, signature, time window, nonce, in this order.
    pub(crate) fn admit(&self, request: HttpRequest, now: Timestamp) -> Result<Admitted, TurnedAway> {
        let signed = parse_request(request).map_err(|error| stranger(error, now))?;
        let partner = self.partners.with_key(signed.key_id());
        let partner = partner.ok_or(TurnedAway::Stranger(Refusal::UnknownSender))?;
        let key = partner.metadata.keys.exchange_key(signed.key_id());
        let key = *key.ok_or(TurnedAway::Stranger(Refusal::UnknownSender))?;
        let request = signed.verify(&key, now).map_err(|error| stranger(error, now))?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let new = seen.insert(partner.unit(), request.nonce(), now);
        let admitted = Admitted { partner, request };
        if new {
            Ok(admitted)
        } else {
            Err(TurnedAway::Partner(Box::new(admitted), Refusal::Replayed))
        }
    }
}

fn stranger(error: SignatureError, now: Timestamp) -> TurnedAway {
    TurnedAway::Stranger(match error {
        SignatureError::Window => Refusal::ClockSkew(now),
        SignatureError::Malformed => Refusal::Malformed,
        _ => Refusal::BadSignature,
    })
}
