//! Strict reading of JSON (RFC 8259 section 4 leaves duplicates open; we do not).

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::collections::HashSet;
use std::fmt;

/// Why a body is not the JSON it should be. Never echoes the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// More bytes than such a body may have.
    #[error("body is longer than {limit} bytes")]
    TooLarge {
        /// The longest allowed, in bytes.
        limit: usize,
    },
    /// Not UTF-8 JSON, bytes after its end, or an object with one key twice.
    #[error("not strict json (line {line}, column {column})")]
    Syntax {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// JSON, but with unknown, missing or ill-formed members.
    #[error("unexpected member or value (line {line}, column {column})")]
    Shape {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
}

/// Reads one JSON value of type `T` from at most `limit` bytes.
///
/// Duplicate keys at any depth and bytes after the value are refused here;
/// unknown members by `T` (`deny_unknown_fields`).
pub fn strict_json<T: DeserializeOwned>(bytes: &[u8], limit: usize) -> Result<T, JsonError> {
    if bytes.len() > limit {
        return Err(JsonError::TooLarge { limit });
    }
    serde_json::from_slice::<Unambiguous>(bytes).map_err(|error| JsonError::Syntax {
        line: error.line(),
        column: error.column(),
    })?;
    serde_json::from_slice(bytes).map_err(|error| JsonError::Shape {
        line: error.line(),
        column: error.column(),
    })
}

/// Any JSON value in which no object holds a key twice.
struct Unambiguous;

impl<'de> Deserialize<'de> for Unambiguous {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Walk)
    }
}

struct Walk;

impl<'de> Visitor<'de> for Walk {
    type Value = Unambiguous;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("json without duplicate keys")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unambiguous, A::Error> {
        let mut keys = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if !keys.insert(key) {
                return Err(A::Error::custom("duplicate key"));
            }
            map.next_value::<Unambiguous>()?;
        }
        Ok(Unambiguous)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Unambiguous, A::Error> {
        while seq.next_element::<Unambiguous>()?.is_some() {}
        Ok(Unambiguous)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Unambiguous, E> {
        Ok(Unambiguous)
    }
    fn visit_i64<E: Error>(self, _: i64) -> Result<Unambiguous, E> {
        Ok(Unambiguous)
    }
    fn visit_u64<E: Error>(self, _: u64) -> Result<Unambiguous, E> {
        Ok(Unambiguous)
    }
    fn visit_f64<E: Error>(self, _: f64) -> Result<Unambiguous, E> {
        Ok(Unambiguous)
    }
    fn visit_str<E: Error>(self, _: &str) -> Result<Unambiguous, E> {
        Ok(Unambiguous)
    }
    fn visit_unit<E: Error>(self) -> Result<Unambiguous, E> {
        Ok(Unambiguous)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    #[test]
    fn a_duplicate_key_is_refused_at_any_depth() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"a":[{"b":1,"b":2}]}"#, r#"{"a":1,"\u0061":2}"#] {
            let read = strict_json::<Value>(text.as_bytes(), 100);
            assert!(matches!(read, Err(JsonError::Syntax { .. })), "{text}");
        }
    }

    #[test]
    fn bytes_after_the_value_are_refused() {
        assert!(strict_json::<Value>(b"{} {}", 100).is_err());
        assert!(strict_json::<Value>(b"{},", 100).is_err());
        assert_eq!(strict_json::<Value>(b" {} ", 100), Ok(json!({})));
    }

    #[test]
    fn a_long_body_is_refused_before_it_is_read() {
        assert_eq!(
            strict_json::<Value>(b"not json", 4),
            Err(JsonError::TooLarge { limit: 4 })
        );
    }

    #[test]
    fn depth_without_end_is_refused() {
        let deep = "[".repeat(10_000);
        assert!(strict_json::<Value>(deep.as_bytes(), 100_000).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = strict_json::<Value>(&bytes, 200);
        }

        #[test]
        fn what_serde_json_writes_is_read(map in proptest::collection::btree_map(".*", any::<i64>(), 0..8)) {
            let text = serde_json::to_vec(&map).unwrap();
            prop_assert_eq!(strict_json::<std::collections::BTreeMap<String, i64>>(&text, 100_000), Ok(map));
        }
    }
}
