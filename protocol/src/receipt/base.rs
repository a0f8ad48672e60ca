//! A signature base, read back: which components, with which values.

use super::{Half, ReceiptError};
use crate::signature::structured_field::{BareItem, InnerList, Value, parse_dictionary};
use crate::vocabulary::{Digest, Timestamp};
use base64::{Engine, engine::general_purpose::STANDARD};

/// The covered components of one half, in their order.
pub(super) struct Base<'a> {
    components: Vec<(String, &'a str)>,
    /// The signature's list and parameters, as signed.
    pub(super) parameters: &'a str,
    /// When it was signed.
    pub(super) created: Timestamp,
    /// The key it says it was signed with.
    pub(super) key_id: Digest,
}

const PARAMETERS: &str = "\"@signature-params\": ";

const REQUEST: [&[&str]; 4] = [
    &[
        "@method",
        "@target-uri",
        "content-type",
        "content-digest",
        "authorization",
    ],
    &[
        "@method",
        "@target-uri",
        "content-type",
        "content-digest",
        "authorization",
        "idempotency-key",
    ],
    &["@method", "@target-uri", "content-type", "content-digest"],
    &["@method", "@target-uri", "authorization"],
];

impl<'a> Base<'a> {
    /// Reads the lines: each must be the next component of the signature's own list.
    pub(super) fn read(lines: &'a [String], tag: &str) -> Option<Self> {
        let (last, lines) = lines.split_last()?;
        let parameters = last.strip_prefix(PARAMETERS)?;
        let list = read_list(parameters)?;
        if list.items.len() != lines.len() || text(&list, "tag")? != tag {
            return None;
        }
        let components = list.items.iter().zip(lines).map(|(item, line)| {
            let name = item.to_string();
            let value = line.strip_prefix(&name)?.strip_prefix(": ")?;
            (!value.contains('\n')).then_some((name, value))
        });
        Some(Self {
            components: components.collect::<Option<_>>()?,
            parameters,
            created: created(&list)?,
            key_id: text(&list, "keyid")?.parse().ok()?,
        })
    }

    /// The value of a component, by its serialized identifier.
    pub(super) fn value(&self, name: &str) -> Option<&'a str> {
        let found = self.components.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| *value)
    }

    /// Whether exactly the components of the profile are covered, in its order (SPEC.md 2.2, 2.3).
    pub(super) fn fits_profile(&self, half: Half) -> bool {
        let names: Vec<&str> = self.components.iter().map(|(name, _)| name.as_str()).collect();
        match half {
            Half::Request => REQUEST
                .iter()
                .any(|list| list.iter().map(|name| format!("\"{name}\"")).eq(names.iter().copied())),
            Half::Response => {
                let optional = ["\"piux-promise\"", "\"content-digest\";req"];
                let all = [
                    "\"@status\"",
                    "\"content-type\"",
                    "\"content-digest\"",
                    "\"piux-promise\"",
                    "\"@method\";req",
                    "\"@target-uri\";req",
                    "\"content-digest\";req",
                    "\"signature\";req;key=\"piux\"",
                    "\"signature-input\";req;key=\"piux\"",
                ];
                let present = all
                    .into_iter()
                    .filter(|name| !optional.contains(name) || names.contains(name));
                present.eq(names.iter().copied())
            }
        }
    }

    /// The SHA-256 in `content-digest` (RFC 9530), if it is covered.
    pub(super) fn digest(&self, half: Half) -> Result<Option<Digest>, ReceiptError> {
        let Some(value) = self.value("\"content-digest\"") else {
            return Ok(None);
        };
        let encoded = value.strip_prefix("sha-256=:").and_then(|rest| rest.strip_suffix(':'));
        let bytes = encoded.and_then(|encoded| STANDARD.decode(encoded).ok());
        let digest = bytes.and_then(|bytes| Digest::try_from(bytes.as_slice()).ok());
        digest.map(Some).ok_or(ReceiptError::Components(half))
    }
}

/// The one list that is the value of `@signature-params`.
fn read_list(parameters: &str) -> Option<InnerList> {
    let text = format!("piux={parameters}");
    let mut members = parse_dictionary(&text).ok()?;
    match (members.pop(), members.is_empty()) {
        (Some(member), true) => match member.value {
            Value::List(list) => Some(list),
            Value::Item(_) => None,
        },
        _ => None,
    }
}

fn parameter<'l>(list: &'l InnerList, name: &str) -> Option<&'l BareItem> {
    let mut found = list.parameters.iter().filter(|(other, _)| other == name);
    match (found.next(), found.next()) {
        (Some((_, value)), None) => Some(value),
        _ => None,
    }
}

fn text<'l>(list: &'l InnerList, name: &str) -> Option<&'l str> {
    match parameter(list, name)? {
        BareItem::String(text) => Some(text),
        _ => None,
    }
}

fn created(list: &InnerList) -> Option<Timestamp> {
    match parameter(list, "created")? {
        BareItem::Integer(seconds) => Some(Timestamp::from_seconds(*seconds)),
        _ => None,
    }
}
