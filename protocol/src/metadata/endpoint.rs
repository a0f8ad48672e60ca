//! Where a unit is reached, and the one certificate that is trusted there.

use crate::vocabulary::{DecodeError, base64url, decode_base64url, sha256};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The base address of a unit's exchange: `https://host[:port]`, without path.
///
/// `http://` is understood for `127.0.0.1`, `[::1]` and `localhost` only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Endpoint(String);

/// A text that is not such an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an exchange address is `https://host[:port]`, or `http://` on loopback")]
pub struct ParseEndpointError;

impl Endpoint {
    /// Whether the address is reached by TLS.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The target URI of a path below this address.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

impl AsRef<str> for Endpoint {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Endpoint {
    type Err = ParseEndpointError;
    fn from_str(text: &str) -> Result<Self, ParseEndpointError> {
        let (secure, authority) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(authority), _) => (true, authority),
            (_, Some(authority)) => (false, authority),
            _ => return Err(ParseEndpointError),
        };
        let (host, port) = split(authority)?;
        let fits = text.len() <= 255 && is_host(host) && port.is_none_or(is_port);
        if fits && (secure || matches!(host, "127.0.0.1" | "[::1]" | "localhost")) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseEndpointError)
        }
    }
}

/// Host and port; an IPv6 address keeps its brackets.
fn split(authority: &str) -> Result<(&str, Option<&str>), ParseEndpointError> {
    let host_end = match authority.find(']') {
        Some(bracket) => bracket + 1,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, rest) = authority.split_at_checked(host_end).ok_or(ParseEndpointError)?;
    match rest.strip_prefix(':') {
        Some(port) => Ok((host, Some(port))),
        None if rest.is_empty() => Ok((host, None)),
        None => Err(ParseEndpointError),
    }
}

/// Lower case only: the address is signed byte for byte, and HTTP clients fold case.
fn is_host(host: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-');
    match host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        Some(inner) => inner
            .parse::<std::net::Ipv6Addr>()
            .is_ok_and(|address| address.to_string() == inner),
        None => !host.is_empty() && host.bytes().all(plain),
    }
}

/// A port as a client writes it: no leading zero, and not the default one.
fn is_port(port: &str) -> bool {
    port.parse::<u16>()
        .is_ok_and(|number| number.to_string() == port && !matches!(number, 0 | 80 | 443))
}

impl TryFrom<String> for Endpoint {
    type Error = ParseEndpointError;
    fn try_from(text: String) -> Result<Self, ParseEndpointError> {
        text.parse()
    }
}

impl From<Endpoint> for String {
    fn from(endpoint: Endpoint) -> Self {
        endpoint.0
    }
}

/// An X.509 certificate (DER), trusted byte for byte and for nothing it says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Certificate(Vec<u8>);

impl Certificate {
    /// The certificate of these DER bytes.
    pub fn from_der(der: &[u8]) -> Self {
        Self(der.to_vec())
    }
}

impl AsRef<[u8]> for Certificate {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", sha256(&self.0))
    }
}

impl TryFrom<String> for Certificate {
    type Error = DecodeError;
    fn try_from(text: String) -> Result<Self, DecodeError> {
        decode_base64url(&text).map(Self)
    }
}

impl From<Certificate> for String {
    fn from(certificate: Certificate) -> Self {
        base64url(certificate.0)
    }
}
