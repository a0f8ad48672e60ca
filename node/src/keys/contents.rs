//! What the keyring holds, in the form it is sealed in (JSON).

use super::day::HeldDay;
use super::epoch::HeldEpoch;
use super::{KeyName, Secret, Seed, UnitSecrets};
use piux_protocol::vocabulary::{AgreementId, Random, Timestamp, UnitId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contents {
    pub(super) unit: UnitId,
    pub(super) secrets: BTreeMap<KeyName, Held>,
    pub(super) epochs: BTreeMap<AgreementId, BTreeMap<u32, HeldEpoch>>,
    pub(super) days: BTreeMap<u32, HeldDay>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Held {
    pub(super) created: Timestamp,
    pub(super) secret: Secret,
}

impl Contents {
    pub(super) fn new(born: UnitSecrets, random: &dyn Random, now: Timestamp) -> Self {
        let named = [
            (KeyName::Root, born.root.into()),
            (KeyName::Exchange, born.exchange.into()),
            (KeyName::ExchangeNext, born.exchange_next.into()),
            (KeyName::Legal, born.legal.into()),
            (KeyName::Ledger, born.ledger.into()),
            (KeyName::Sealing, born.sealing.into()),
            (KeyName::TlsKey, born.tls_key),
            (KeyName::TlsCertificate, Secret::new(born.tls_certificate)),
        ];
        let held = |(name, secret)| (name, Held { created: now, secret });
        let mut contents = Self {
            unit: born.unit,
            secrets: named.into_iter().map(held).collect(),
            epochs: BTreeMap::new(),
            days: BTreeMap::new(),
        };
        for name in [KeyName::Storage, KeyName::Join, KeyName::Actor, KeyName::Store] {
            contents.draw(name, random, now);
        }
        contents
    }

    pub(super) fn draw(&mut self, name: KeyName, random: &dyn Random, now: Timestamp) {
        let secret = Seed::draw(random).into();
        self.secrets.insert(name, Held { created: now, secret });
    }

    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        // Room for everything at once: a growing buffer would leave copies behind.
        let epochs: usize = self.epochs.values().map(BTreeMap::len).sum();
        let certificates = self.secrets.values().map(|held| held.secret.expose().len() * 2);
        let room = 4096 + certificates.sum::<usize>() + self.secrets.len() * 128 + epochs * 512 + self.days.len() * 512;
        let mut out = Zeroizing::new(Vec::with_capacity(room));
        serde_json::to_writer(&mut *out, self).expect("the keyring's members are all strings and maps of strings");
        out
    }
}
