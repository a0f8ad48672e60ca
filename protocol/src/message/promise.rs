//! The promise that an exchange stands in the responder's ledger (SPEC.md 7.1).

use crate::vocabulary::{Digest, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// "This exchange is the leaf with this hash, provable from that time on."
///
/// In the header `piux-promise` a dictionary of two strings (RFC 9651 section
/// 3.2): `leaf="<43 base64url characters>", by="2026-11-21T19:30:00.000Z"`.
/// It holds no index and no tree size: either would count the responder's
/// traffic with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promise {
    /// RFC 6962 hash of the ledger leaf.
    pub leaf: Digest,
    /// When a checkpoint that includes the leaf is due.
    pub by: Timestamp,
}

/// A header that is not a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a promise is written `leaf=\"...\", by=\"...\"`")]
pub struct ParsePromiseError;

impl fmt::Display for Promise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "leaf=\"{}\", by=\"{}\"", self.leaf, self.by)
    }
}

impl FromStr for Promise {
    type Err = ParsePromiseError;
    fn from_str(text: &str) -> Result<Self, ParsePromiseError> {
        let inner = text.strip_prefix("leaf=\"").and_then(|rest| rest.strip_suffix('"'));
        let (leaf, by) = inner
            .and_then(|inner| inner.split_once("\", by=\""))
            .ok_or(ParsePromiseError)?;
        Ok(Self {
            leaf: leaf.parse().map_err(|_| ParsePromiseError)?,
            by: by.parse().map_err(|_| ParsePromiseError)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::sha256;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_promise_prints_and_parses_back(seed in any::<[u8; 8]>(), millis in 0..4_000_000_000_000_i64) {
            let promise = Promise { leaf: sha256(seed), by: Timestamp::from_millis(millis) };
            prop_assert_eq!(promise.to_string().parse(), Ok(promise));
        }

        #[test]
        fn any_text_is_parsed_or_refused(text in ".*") {
            let _ = text.parse::<Promise>();
        }
    }
}
