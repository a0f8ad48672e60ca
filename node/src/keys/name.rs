//! What the unit's secrets are called.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The name of one secret of the unit, as `piux key list` shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyName {
    /// Signs the unit's metadata; pinned by partners.
    Root,
    /// Signs requests, responses and tokens.
    Exchange,
    /// The exchange key announced as the next one.
    ExchangeNext,
    /// Signs agreements.
    Legal,
    /// Signs ledger checkpoints.
    Ledger,
    /// Opens disclosures sealed to this unit (HPKE).
    Sealing,
    /// TLS private key.
    TlsKey,
    /// TLS certificate.
    TlsCertificate,
    /// Seed of k0, under which match keys are stored.
    Storage,
    /// Keys the map from match keys to subjects.
    Join,
    /// Keys the pseudonyms of officers.
    Actor,
    /// Seals the store's work state: requests, disclosures, queries, meters.
    Store,
}

impl KeyName {
    /// Every name, in its order.
    pub const ALL: [Self; 12] = [
        Self::Root,
        Self::Exchange,
        Self::ExchangeNext,
        Self::Legal,
        Self::Ledger,
        Self::Sealing,
        Self::TlsKey,
        Self::TlsCertificate,
        Self::Storage,
        Self::Join,
        Self::Actor,
        Self::Store,
    ];

    /// The name as typed and printed.
    pub const fn term(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Exchange => "exchange",
            Self::ExchangeNext => "exchange-next",
            Self::Legal => "legal",
            Self::Ledger => "ledger",
            Self::Sealing => "sealing",
            Self::TlsKey => "tls-key",
            Self::TlsCertificate => "tls-certificate",
            Self::Storage => "storage",
            Self::Join => "join",
            Self::Actor => "actor",
            Self::Store => "store",
        }
    }

    /// Whether the secret is the seed of an Ed25519 signing key.
    pub const fn signs(self) -> bool {
        matches!(
            self,
            Self::Root | Self::Exchange | Self::ExchangeNext | Self::Legal | Self::Ledger
        )
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.term())
    }
}

impl FromStr for KeyName {
    type Err = super::KeyError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().copied().find(|name| name.term() == text);
        found.ok_or(super::KeyError::UnknownName)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_written_in_files_as_it_is_typed() {
        for name in KeyName::ALL {
            assert_eq!(serde_json::to_value(name).ok(), Some(name.term().into()));
            assert_eq!(name.term().parse(), Ok(name));
        }
    }
}
