//! The ground floor, as both journeys stand on it: who we are, keys, store, ledger, time, chance.

use crate::clock::Clock;
use crate::keys::{KeyError, KeyName, KeyRing};
use crate::ledger::Ledger;
use crate::store::Store;
use ed25519_dalek::VerifyingKey as DsseKey;
use piux_protocol::signature::SigningKey;
use piux_protocol::vocabulary::{Random, UnitId};
use std::fmt;
use std::sync::Arc;

/// Keys, store, ledger, clock and chance of one unit.
pub struct Ground {
    /// The unit.
    pub unit: UnitId,
    /// Every secret.
    pub keys: Arc<KeyRing>,
    /// Records, index and work state, sealed.
    pub store: Arc<Store>,
    /// What happened.
    pub ledger: Ledger,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub random: Arc<dyn Random>,
    /// Signs requests, responses and tokens.
    pub exchange_key: SigningKey,
}

impl Ground {
    /// The signing key of this name.
    pub fn signing_key(&self, name: KeyName) -> Result<SigningKey, KeyError> {
        Ok(SigningKey::from_seed(self.keys.seed(name)?.expose()))
    }

    /// All our signing keys as DSSE knows them: none of them can be an authority's.
    pub fn own_dsse_keys(&self) -> Vec<DsseKey> {
        let names = [
            KeyName::Root,
            KeyName::Legal,
            KeyName::Exchange,
            KeyName::ExchangeNext,
            KeyName::Ledger,
        ];
        let keys = names.iter().filter_map(|name| self.signing_key(*name).ok());
        keys.filter_map(|key| DsseKey::from_bytes(key.verifying_key().as_bytes()).ok())
            .collect()
    }
}

impl fmt::Debug for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ground({:?})", self.unit)
    }
}
