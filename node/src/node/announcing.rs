//! What partners are told of us.

use super::{Node, NodeError};
use crate::keys::{KeyError, KeyName};
use piux_protocol::identifier::{KEYSET, Keyset};
use piux_protocol::metadata::{Certificate, Keys, Metadata, PROTOCOL};
use piux_protocol::seal::SealingKeyPair;
use std::sync::PoisonError;

impl Node {
    /// Where partners reach us, as the configuration says.
    pub fn configured_url(&self) -> Option<String> {
        self.config.public_url.clone()
    }

    /// Says where partners reach us from now on.
    pub fn announce(&self, url: &str) -> Result<(), NodeError> {
        *self.public_url.write().unwrap_or_else(PoisonError::into_inner) = url.to_owned();
        self.metadata().map(drop)
    }

    /// Where partners reach us.
    pub fn public_url(&self) -> String {
        self.public_url.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What we say of ourselves, as of now.
    pub fn metadata(&self) -> Result<Metadata, NodeError> {
        let now = self.ground.clock.now();
        let endpoint = self.public_url().parse().map_err(|_| NodeError::NoAddress)?;
        let key = |name| Ok::<_, KeyError>(self.ground.signing_key(name)?.verifying_key());
        let hpke = SealingKeyPair::from_seed(self.ground.keys.seed(KeyName::Sealing)?.expose()).public_key();
        let certificate = self.ground.keys.secret(KeyName::TlsCertificate)?;
        Ok(Metadata {
            iss: self.config.unit,
            sub: self.config.unit,
            iat: now.seconds(),
            exp: now.seconds() + Metadata::LONGEST,
            name: self.config.name.clone(),
            keys: Keys {
                root: key(KeyName::Root)?,
                exchange: key(KeyName::Exchange)?,
                exchange_next: Some(key(KeyName::ExchangeNext)?),
                legal: key(KeyName::Legal)?,
                ledger: key(KeyName::Ledger)?,
                witness: None,
                hpke,
            },
            endpoint,
            certificate: Some(Certificate::from_der(certificate.expose())),
            protocol: vec![PROTOCOL.to_owned()],
            software: format!("piux {}", env!("CARGO_PKG_VERSION")),
            keyset: KEYSET.to_owned(),
            keysets: self.older_keysets()?,
        })
    }

    /// The derivations we have an index of besides the newest.
    fn older_keysets(&self) -> Result<Vec<String>, NodeError> {
        let held = self.ground.store.keysets()?;
        let older = held.into_iter().filter(|keyset| *keyset != Keyset::CURRENT);
        Ok(older.map(|keyset| keyset.to_string()).collect())
    }

    /// The signed statement of ourselves.
    pub fn statement(&self) -> Result<String, NodeError> {
        Ok(self.metadata()?.sign(&self.ground.signing_key(KeyName::Root)?)?)
    }
}
