//! What requests and responses share: label, parameters, time window (SPEC.md 2.1).

use super::SignatureError;
use super::base::{Component, Message, components, signature_base};
use super::http::{set, single};
use super::structured_field::{BareItem, InnerList, Item, Parameters, Value, parse_dictionary};
use super::{SigningKey, VerifyingKey};
use crate::vocabulary::{Digest, Nonce, Timestamp};

/// The label of the one signature a message carries.
pub const LABEL: &str = "piux";
/// The tag of a signed request.
pub const REQUEST_TAG: &str = "piux-request";
/// The tag of a signed response.
pub const RESPONSE_TAG: &str = "piux-response";
/// Seconds from `created` to `expires`, at most.
pub const LONGEST_LIFE: u32 = 60;
/// Seconds a signature may be old.
pub const WINDOW_BEFORE: i64 = 60;
/// Seconds a signature may be ahead of the verifier's time.
pub const WINDOW_AFTER: i64 = 10;

const INPUT_HEADER: &str = "signature-input";
const SIGNATURE_HEADER: &str = "signature";

/// The parameters of a signature, apart from its tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) created: i64,
    pub(super) expires: i64,
    pub(super) nonce: Nonce,
    pub(super) key_id: Digest,
}

impl Stamp {
    pub(super) fn new(created: Timestamp, life: u32, nonce: Nonce, key: &SigningKey) -> Result<Self, SignatureError> {
        if !(1..=LONGEST_LIFE).contains(&life) {
            return Err(SignatureError::Parameters);
        }
        Ok(Self {
            created: created.seconds(),
            expires: created.seconds() + i64::from(life),
            nonce,
            key_id: key.key_id(),
        })
    }

    /// Refuses signatures from outside [-60 s, +10 s] and expired ones.
    pub(super) fn check_window(&self, now: Timestamp) -> Result<(), SignatureError> {
        let now = now.seconds();
        let made_in_window = (now - WINDOW_BEFORE..=now + WINDOW_AFTER).contains(&self.created);
        if made_in_window && now <= self.expires {
            Ok(())
        } else {
            Err(SignatureError::Window)
        }
    }

    fn to_parameters(self, tag: &str) -> Parameters {
        let text = |text: String| BareItem::String(text);
        vec![
            ("created".to_owned(), BareItem::Integer(self.created)),
            ("expires".to_owned(), BareItem::Integer(self.expires)),
            ("nonce".to_owned(), text(self.nonce.to_string())),
            ("keyid".to_owned(), text(self.key_id.to_string())),
            ("tag".to_owned(), text(tag.to_owned())),
        ]
    }

    /// Reads the five parameters, in any order, and no others.
    fn of(parameters: &Parameters, tag: &str) -> Result<Self, SignatureError> {
        let value = |wanted: &str| {
            let found = parameters.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| value).ok_or(SignatureError::Parameters)
        };
        let stamp = Self {
            created: seconds(value("created")?)?,
            expires: seconds(value("expires")?)?,
            nonce: text(value("nonce")?)?.parse().map_err(|_| SignatureError::Parameters)?,
            key_id: text(value("keyid")?)?.parse().map_err(|_| SignatureError::Parameters)?,
        };
        let life = stamp.expires - stamp.created;
        let fits = text(value("tag")?)? == tag && (1..=i64::from(LONGEST_LIFE)).contains(&life);
        if fits && parameters.len() == 5 {
            Ok(stamp)
        } else {
            Err(SignatureError::Parameters)
        }
    }
}

/// A signature as received, its structure checked and nothing else.
#[derive(Debug, Clone)]
pub(super) struct Received {
    pub(super) stamp: Stamp,
    pub(super) signature: [u8; 64],
    components: Vec<Component>,
    parameters: String,
}

impl Received {
    /// Reads the one signature of a message, which must cover exactly `expected`.
    pub(super) fn read(
        headers: &[(String, String)],
        expected: Vec<Component>,
        tag: &str,
    ) -> Result<Self, SignatureError> {
        let input = signature_header(headers, INPUT_HEADER)?;
        let (list, parameters) = read_input(input)?;
        if components(&list)? != expected {
            return Err(SignatureError::Components);
        }
        Ok(Self {
            stamp: Stamp::of(&list.parameters, tag)?,
            signature: read_signature(signature_header(headers, SIGNATURE_HEADER)?)?,
            components: expected,
            parameters,
        })
    }

    /// Verifies the signature; gives the text it covers.
    pub(super) fn verify(&self, message: Message<'_>, key: &VerifyingKey) -> Result<String, SignatureError> {
        let base = signature_base(message, &self.components, &self.parameters)?;
        key.verify(base.as_bytes(), &self.signature)?;
        Ok(base)
    }
}

/// Makes the values of `signature-input` and `signature`.
pub(super) fn sign(
    message: Message<'_>,
    components: &[Component],
    stamp: Stamp,
    tag: &str,
    key: &SigningKey,
) -> Result<[(&'static str, String); 2], SignatureError> {
    let list = InnerList {
        items: components.iter().map(Component::to_item).collect(),
        parameters: stamp.to_parameters(tag),
    };
    let parameters = list.to_string();
    let base = signature_base(message, components, &parameters)?;
    let signature = BareItem::Bytes(key.sign(base.as_bytes()).to_vec());
    Ok([
        (INPUT_HEADER, format!("{LABEL}={parameters}")),
        (SIGNATURE_HEADER, format!("{LABEL}={signature}")),
    ])
}

/// Puts freshly made signature headers in the place of any others.
pub(super) fn attach(headers: &mut Vec<(String, String)>, signed: [(&'static str, String); 2]) {
    for (name, value) in signed {
        set(headers, name, value);
    }
}

/// Refuses a message in which a covered header occurs more than once.
pub(super) fn require_single(headers: &[(String, String)], names: &[&str]) -> Result<(), SignatureError> {
    names
        .iter()
        .filter(|name| !name.starts_with('@'))
        .try_for_each(|name| single(headers, name).map(|_| ()))
}

fn signature_header<'a>(headers: &'a [(String, String)], name: &str) -> Result<&'a str, SignatureError> {
    single(headers, name).map_err(|error| match error {
        SignatureError::Absent => SignatureError::Unsigned,
        other => other,
    })
}

/// The list under our label, read and exactly as received.
fn read_input(text: &str) -> Result<(InnerList, String), SignatureError> {
    let members = parse_dictionary(text).map_err(|_| SignatureError::Malformed)?;
    match members.as_slice() {
        [member] if member.key == LABEL => match &member.value {
            Value::List(list) => Ok((list.clone(), member.raw.to_owned())),
            Value::Item(_) => Err(SignatureError::Malformed),
        },
        _ => Err(SignatureError::Malformed),
    }
}

fn read_signature(text: &str) -> Result<[u8; 64], SignatureError> {
    let members = parse_dictionary(text).map_err(|_| SignatureError::Malformed)?;
    match members.as_slice() {
        [member] if member.key == LABEL => match &member.value {
            Value::Item(Item {
                value: BareItem::Bytes(bytes),
                parameters,
            }) if parameters.is_empty() => bytes.as_slice().try_into().map_err(|_| SignatureError::Malformed),
            _ => Err(SignatureError::Malformed),
        },
        _ => Err(SignatureError::Malformed),
    }
}

/// Seconds since 1970 that a four-digit year can hold.
fn seconds(value: &BareItem) -> Result<i64, SignatureError> {
    match value {
        BareItem::Integer(seconds @ 0..=253_402_300_799) => Ok(*seconds),
        _ => Err(SignatureError::Parameters),
    }
}

fn text(value: &BareItem) -> Result<&str, SignatureError> {
    match value {
        BareItem::String(text) => Ok(text),
        _ => Err(SignatureError::Parameters),
    }
}
