//! A legal profile: statute as data, and the rules that go with it.

use crate::finding::{Finding, Findings, SourceFile};
use crate::retention::{Period, Schedule};
use crate::term::{Kind, Regime, Term};
use piux_protocol::vocabulary::{Basis, Offence};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

/// A legal profile, read and checked.
#[derive(Debug, Clone)]
pub struct Profile {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) instruments: Vec<String>,
    pub(crate) schedule: Schedule,
    pub(crate) limits: Limits,
    pub(crate) bases: BTreeMap<Regime, BTreeSet<Basis>>,
    pub(crate) elements: BTreeMap<String, Element>,
    pub(crate) offences: BTreeMap<Offence, String>,
    pub(crate) ssr_codes: BTreeMap<String, String>,
    pub(crate) schema: SourceFile,
    pub(crate) rules: Vec<SourceFile>,
    pub(crate) strict: SourceFile,
    pub(crate) data: SourceFile,
}

/// Upper bounds for every agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Days the recipient may keep data.
    pub recipient_retention_days: u32,
    /// Years an agreement may last.
    pub agreement_years: u16,
    /// Questions on one day.
    pub queries_per_day: u32,
    /// Slots on one day.
    pub slots_per_day: u32,
    /// Quarters of receipt one question may search; `all` counts as this many.
    pub window_quarters: u16,
    /// Hours an approval stays valid.
    pub approval_valid_hours: u32,
    /// Bits of a bucket number.
    pub bits: u8,
    /// Bits a question may tell the responder of the person.
    pub leak_bits: u8,
    /// The same, with a written exception.
    pub leak_bits_by_exception: u8,
}

/// A data element that can be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Element {
    /// Its name, such as `pnr.04_names`.
    pub id: String,
    /// Its heading in Annex I of Directive (EU) 2016/681.
    pub annex: Option<u8>,
    /// What kind of record holds it.
    #[serde(default = "pnr")]
    pub kind: Kind,
    /// What it is, for people.
    pub label: String,
    /// Could serve to identify the passenger directly, and is masked at six months (Art. 12(2)).
    #[serde(default)]
    pub identifying: bool,
    /// Reveals a sensitive thing, and exists here only to be refused (Art. 13(4)).
    #[serde(default)]
    pub sensitive: bool,
    /// Free text, released only after the sensitive-data filter.
    #[serde(default)]
    pub free_text: bool,
}

fn pnr() -> Kind {
    Kind::Pnr
}

impl Profile {
    /// Directive (EU) 2016/681 with CJEU C-817/19.
    pub fn eu_pnr() -> Result<Self, Vec<Finding>> {
        macro_rules! shipped {
            ($name:literal) => {
                SourceFile::new(
                    concat!("eu-pnr/", $name),
                    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/profiles/eu-pnr/", $name)),
                )
            };
        }
        let rules = vec![
            shipped!("00-anchors.cedar"),
            shipped!("10-parties.cedar"),
            shipped!("20-purpose.cedar"),
            shipped!("30-retention.cedar"),
            shipped!("40-protection.cedar"),
            shipped!("50-approvals.cedar"),
        ];
        Self::new(
            shipped!("profile.toml"),
            shipped!("schema.cedarschema"),
            rules,
            shipped!("strict.cedar"),
        )
    }

    /// A profile of these files: its data, the schema, the rules, and the strict rules a unit may leave out.
    pub fn new(
        data: SourceFile,
        schema: SourceFile,
        rules: Vec<SourceFile>,
        strict: SourceFile,
    ) -> Result<Self, Vec<Finding>> {
        let mut findings = Findings::new(&data.path, &data.text);
        let file: File = match toml::from_str(&data.text) {
            Ok(file) => file,
            Err(error) => {
                findings.add_toml("P000", &error);
                return Err(findings.into_vec());
            }
        };
        check(&file, &mut findings);
        if !findings.is_empty() {
            return Err(findings.into_vec());
        }
        Ok(file.into_profile(data.clone(), schema, rules, strict))
    }

    /// The name of the profile.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The law it stands for.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// How long records are kept.
    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// Upper bounds for every agreement.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Every data element that has a name.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.elements.values()
    }

    /// The data element of this name.
    pub fn element(&self, id: &str) -> Option<&Element> {
        self.elements.get(id)
    }

    /// What an offence is called.
    pub fn offence(&self, offence: Offence) -> Option<&str> {
        self.offences.get(&offence).map(String::as_str)
    }

    /// Special service codes to delete on receipt, with what they reveal (Art. 13(4)).
    pub fn sensitive_ssr_codes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.ssr_codes
            .iter()
            .map(|(code, reveals)| (code.as_str(), reveals.as_str()))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: Spanned<String>,
    id: String,
    title: String,
    #[expect(dead_code, reason = "read by people; listed so that it is not an unknown key")]
    law: Vec<String>,
    instruments: Vec<String>,
    retention: Retention,
    limits: Limits,
    bases: BTreeMap<Regime, Vec<Basis>>,
    sensitive: Sensitive,
    element: Vec<Spanned<Element>>,
    offences: BTreeMap<Offence, Titled>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Retention {
    full: Until,
    erase: Until,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Until {
    until: Spanned<String>,
    #[expect(dead_code, reason = "read by people; listed so that it is not an unknown key")]
    cite: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sensitive {
    #[expect(dead_code, reason = "read by people; listed so that it is not an unknown key")]
    cite: String,
    ssr_codes: Vec<Codes>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Codes {
    reveals: String,
    codes: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Titled {
    label: String,
    #[expect(dead_code, reason = "read by people; listed so that it is not an unknown key")]
    cite: Option<String>,
}

fn check(file: &File, findings: &mut Findings<'_>) {
    if file.format.get_ref() != "piux-profile/1" {
        findings.add(
            file.format.span(),
            "P001",
            "a profile starts with `format = \"piux-profile/1\"`",
        );
    }
    for until in [&file.retention.full.until, &file.retention.erase.until] {
        if let Err(error) = until.get_ref().parse::<Period>() {
            findings.add(until.span(), "P002", error.to_string());
        }
    }
    let mut seen = BTreeSet::new();
    for element in &file.element {
        if !seen.insert(&element.get_ref().id) {
            findings.add(element.span(), "P003", "this element is listed twice");
        }
    }
    for offence in Offence::ALL {
        if !file.offences.contains_key(offence) {
            findings.add(0..0, "P004", format!("offence `{}` has no label", offence.word()));
        }
    }
}

impl File {
    fn into_profile(self, data: SourceFile, schema: SourceFile, rules: Vec<SourceFile>, strict: SourceFile) -> Profile {
        let period = |until: &Until| until.until.get_ref().parse().unwrap_or(Period::months(0));
        let codes = self.sensitive.ssr_codes.into_iter().flat_map(|entry| {
            let reveals = entry.reveals;
            entry.codes.into_iter().map(move |code| (code, reveals.clone()))
        });
        Profile {
            id: self.id,
            title: self.title,
            instruments: self.instruments,
            schedule: Schedule {
                full: period(&self.retention.full),
                erase: period(&self.retention.erase),
            },
            limits: self.limits,
            bases: self
                .bases
                .into_iter()
                .map(|(regime, bases)| (regime, bases.into_iter().collect()))
                .collect(),
            elements: self
                .element
                .into_iter()
                .map(Spanned::into_inner)
                .map(|e| (e.id.clone(), e))
                .collect(),
            offences: self
                .offences
                .into_iter()
                .map(|(offence, titled)| (offence, titled.label))
                .collect(),
            ssr_codes: codes.collect(),
            schema,
            rules,
            strict,
            data,
        }
    }
}
