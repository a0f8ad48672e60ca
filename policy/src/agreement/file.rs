//! The agreement file as written: structure only, every word with its place.

use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;
use toml::value::Datetime;

pub(super) type Word = Spanned<String>;
pub(super) type Words = Vec<Word>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) format: Word,
    pub(super) id: Word,
    pub(super) version: Spanned<u32>,
    pub(super) replaces: Option<Word>,
    pub(super) title: String,
    #[serde(rename = "annex", default)]
    pub(super) annexes: Vec<Annex>,
    #[serde(rename = "party", default)]
    pub(super) parties: Vec<Spanned<Party>>,
    pub(super) validity: Validity,
    pub(super) legal: Legal,
    #[serde(rename = "purpose")]
    pub(super) purposes: BTreeMap<Word, Purpose>,
    pub(super) search: Search,
    pub(super) scope: Scope,
    pub(super) release: Release,
    pub(super) approvals: Approvals,
    pub(super) recipient: Recipient,
    pub(super) quota: Quota,
    pub(super) privacy: Privacy,
    pub(super) service: Service,
    #[serde(rename = "direction", default)]
    pub(super) directions: Vec<Spanned<Direction>>,
}

/// A signed paper beside the file, by its hash.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Annex {
    #[expect(dead_code, reason = "read by people; listed so that it is not an unknown key")]
    pub(super) file: String,
    pub(super) sha256: Word,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Party {
    pub(super) unit: Word,
    pub(super) regime: Word,
    pub(super) transfer: Option<Word>,
    pub(super) root: Word,
    pub(super) legal: Word,
    pub(super) authority: Word,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Validity {
    pub(super) not_before: Spanned<Datetime>,
    pub(super) not_after: Spanned<Datetime>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Legal {
    pub(super) bases: Words,
    #[expect(dead_code, reason = "read by people; listed so that it is not an unknown key")]
    #[serde(default)]
    pub(super) cite: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Purpose {
    pub(super) offences: Words,
    pub(super) activities: Words,
    pub(super) scopes: Words,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Search {
    pub(super) classes: Words,
    pub(super) window_quarters: Option<Spanned<u16>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scope {
    pub(super) kinds: Words,
    pub(super) bands: Words,
    pub(super) intra_eu: bool,
    #[serde(default)]
    pub(super) screening: bool,
    #[serde(default)]
    pub(super) reidentification: Option<Spanned<bool>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Release {
    pub(super) full: Elements,
    pub(super) masked: Elements,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Elements {
    pub(super) elements: Words,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Approvals {
    pub(super) lookup: Words,
    pub(super) disclose: Words,
    pub(super) reidentify: Words,
    pub(super) valid_for: Word,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recipient {
    pub(super) retention_days: Spanned<u32>,
    pub(super) delete_on: Words,
    pub(super) report_use: Word,
    pub(super) onward: Word,
    pub(super) handling: Words,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Quota {
    pub(super) queries_per_day: Spanned<u32>,
    pub(super) slots_per_day: Spanned<u32>,
    pub(super) urgent_reserve: Spanned<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Privacy {
    pub(super) bits: Spanned<u8>,
    pub(super) leak_bits: Spanned<u8>,
    pub(super) leak_exception: Option<String>,
    pub(super) keyset: Word,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Service {
    pub(super) lookup: Word,
    pub(super) disclose_urgent: Word,
    pub(super) disclose: Word,
}

/// A table given here replaces the table of that name for this direction.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Direction {
    pub(super) asks: Word,
    pub(super) answers: Word,
    pub(super) search: Option<Search>,
    pub(super) scope: Option<Scope>,
    pub(super) release: Option<Release>,
    pub(super) approvals: Option<Approvals>,
    pub(super) recipient: Option<Recipient>,
    pub(super) quota: Option<Quota>,
}
