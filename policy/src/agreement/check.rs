//! Reads the words of an agreement file and holds each against the profile.

mod terms;

use super::file::{self, File, Word};
use super::{Agreement, FORMAT, MAX_BYTES, Party, Validity};
use crate::finding::{Finding, Findings, did_you_mean};
use crate::profile::Profile;
use crate::retention::Period;
use crate::term::{Regime, Term, Transfer};
use crate::thumbprint::thumbprint_of;
use jiff::{Span, tz::TimeZone};
use piux_protocol::vocabulary::{AgreementId, Digest, Timestamp, UnitId, sha256};
use std::collections::BTreeSet;
use std::ops::Range;
use std::str::FromStr;
use toml::Spanned;
use toml::value::Datetime;

/// The bytes are canonical enough that a lawyer signs what the screen shows.
pub(super) fn hygiene(text: &str, findings: &mut Findings<'_>) {
    if text.len() > MAX_BYTES {
        return findings.add(0..0, "A071", "larger than 256 KiB");
    }
    if let Some(at) = text.find(|c: char| c.is_control() && c != '\n') {
        findings.add(at..at + 1, "A072", "a tab, carriage return or other control character");
    }
    let mut start = 0;
    for line in text.split('\n') {
        if line.ends_with(' ') {
            let end = start + line.len();
            findings.add(end..end, "A073", "blanks at the end of a line");
        }
        start += line.len() + 1;
    }
}

/// The agreement of a file, or everything that is wrong with it.
pub(super) fn agreement(
    file: &File,
    bytes: &[u8],
    profile: &Profile,
    findings: Findings<'_>,
) -> Result<Agreement, Vec<Finding>> {
    let mut reader = Reader { profile, findings };
    let read = reader.agreement(file, bytes);
    match (read, reader.findings.is_empty()) {
        (Some(agreement), true) => Ok(agreement),
        (None, true) => {
            reader.findings.add(0..0, "A000", "the agreement is incomplete");
            Err(reader.findings.into_vec())
        }
        (_, false) => Err(reader.findings.into_vec()),
    }
}

struct Reader<'a> {
    profile: &'a Profile,
    findings: Findings<'a>,
}

impl Reader<'_> {
    fn agreement(&mut self, file: &File, bytes: &[u8]) -> Option<Agreement> {
        self.format(&file.format);
        let id = self.parsed::<AgreementId>(&file.id, "A001");
        self.at_least_one(&file.version);
        let replaces = file.replaces.as_ref().map(|word| self.parsed::<Digest>(word, "A003"));
        for annex in &file.annexes {
            self.hex_digest(&annex.sha256);
        }
        let parties = self.parties(&file.parties);
        let validity = self.validity(&file.validity);
        let terms = self.terms(file, parties.as_ref());
        let directions = self.directions(file, &terms, parties.as_ref());
        Some(Agreement {
            bytes: bytes.to_vec(),
            version: sha256(bytes),
            id: id?,
            revision: *file.version.get_ref(),
            replaces: replaces.flatten(),
            title: file.title.clone(),
            parties: parties?,
            validity: validity?,
            terms,
            directions,
        })
    }

    fn format(&mut self, format: &Word) {
        if format.get_ref() != FORMAT {
            self.findings.add(
                format.span(),
                "A002",
                format!("an agreement starts with `format = \"{FORMAT}\"`"),
            );
        }
    }

    fn at_least_one(&mut self, number: &Spanned<u32>) {
        if *number.get_ref() == 0 {
            self.findings.add(number.span(), "A060", "must be at least 1");
        }
    }

    fn hex_digest(&mut self, word: &Word) {
        let text = word.get_ref();
        if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
            self.findings.add(
                word.span(),
                "A004",
                "a SHA-256 is written with 64 lower-case hexadecimal digits",
            );
        }
    }

    fn parties(&mut self, parties: &[Spanned<file::Party>]) -> Option<[Party; 2]> {
        let read: Vec<Option<Party>> = parties.iter().map(|party| self.party(party.get_ref())).collect();
        let place = parties.last().map_or(0..0, Spanned::span);
        let Ok([Some(first), Some(second)]) = <[Option<Party>; 2]>::try_from(read) else {
            if parties.len() != 2 {
                self.findings
                    .add(place, "A050", "an agreement has exactly two [[party]] tables");
            }
            return None;
        };
        if first.unit == second.unit {
            self.findings
                .add(place.clone(), "A050", "both parties are the same unit");
        }
        let keys = [first.root, first.legal, second.root, second.legal];
        if keys.iter().collect::<BTreeSet<_>>().len() != keys.len() {
            self.findings.add(
                place.clone(),
                "A053",
                "a key is named twice: every root and legal key is its own",
            );
        }
        let authorities = [first.authority, second.authority].map(|key| thumbprint_of(&key));
        if authorities.iter().any(|authority| keys.contains(authority)) {
            self.findings.add(
                place,
                "A052",
                "the independent authority has a key of its own, never a unit's (L34)",
            );
        }
        Some([first, second])
    }

    fn party(&mut self, party: &file::Party) -> Option<Party> {
        let unit = match UnitId::of_state(party.unit.get_ref()) {
            Ok(unit) => Some(unit),
            Err(_) => {
                self.findings.add(
                    party.unit.span(),
                    "A051",
                    "a unit is named by the three-letter code of its state",
                );
                None
            }
        };
        let regime = self.term::<Regime>(&party.regime, "A054");
        let transfer = party.transfer.as_ref().map(|word| self.term::<Transfer>(word, "A055"));
        let transfer = transfer.flatten().unwrap_or(Transfer::None);
        if regime == Some(Regime::ThirdCountry) && transfer == Transfer::None {
            let message = "a third country needs `transfer`: adequacy, safeguards or derogation (L24)";
            self.findings.add(party.regime.span(), "A055", message);
        }
        let root = self.parsed(&party.root, "A056");
        let legal = self.parsed(&party.legal, "A056");
        let authority = self.parsed::<Digest>(&party.authority, "A057").map(|key| key.0);
        if authority.is_some_and(|key| ed25519_dalek::VerifyingKey::from_bytes(&key).map_or(true, |key| key.is_weak()))
        {
            self.findings
                .add(party.authority.span(), "A057", "not an Ed25519 public key");
        }
        Some(Party {
            unit: unit?,
            regime: regime?,
            transfer,
            root: root?,
            legal: legal?,
            authority: authority?,
        })
    }

    fn validity(&mut self, validity: &file::Validity) -> Option<Validity> {
        let (from, until) = (self.instant(&validity.not_before), self.instant(&validity.not_after));
        let (not_before, not_after) = (from?, until?);
        if not_after <= not_before {
            self.findings
                .add(validity.not_after.span(), "A030", "ends before it begins");
        }
        let years = self.profile.limits.agreement_years;
        if not_after > Period::months(years.saturating_mul(12)).after(not_before) {
            self.findings.add(
                validity.not_after.span(),
                "A031",
                format!("lasts longer than {years} years"),
            );
        }
        Some(Validity { not_before, not_after })
    }

    fn instant(&mut self, time: &Spanned<Datetime>) -> Option<Timestamp> {
        let parsed: Option<jiff::Timestamp> = time.get_ref().to_string().parse().ok();
        if parsed.is_none() {
            self.findings
                .add(time.span(), "A032", "a time is written like `2026-01-01T00:00:00Z`");
        }
        parsed.map(|time| Timestamp::from_millis(time.as_millisecond()))
    }

    /// A duration such as `PT72H` or `P7D`, in seconds; a day has 24 hours.
    fn seconds(&mut self, word: &Word, limit: u32) -> u32 {
        let seconds = duration(word.get_ref());
        match seconds {
            None => self
                .findings
                .add(word.span(), "A041", "a duration is written like `PT72H` or `P7D`"),
            Some(seconds) if seconds > limit => self.above(word.span(), limit),
            Some(_) => {}
        }
        seconds.unwrap_or(0)
    }

    fn bounded<T: PartialOrd + Copy + std::fmt::Display>(&mut self, number: &Spanned<T>, least: T, most: T) -> T {
        let value = *number.get_ref();
        if value > most {
            self.above(number.span(), most);
        } else if value < least {
            self.findings
                .add(number.span(), "A060", format!("must be at least {least}"));
        }
        value
    }

    fn above(&mut self, span: Range<usize>, limit: impl std::fmt::Display) {
        self.findings
            .add(span, "A040", format!("above the limit of the profile ({limit})"));
    }

    fn terms_of<T: Term + Ord>(&mut self, words: &[Word], code: &'static str) -> BTreeSet<T> {
        words.iter().filter_map(|word| self.term(word, code)).collect()
    }

    fn term<T: Term>(&mut self, word: &Word, code: &'static str) -> Option<T> {
        let known = T::of(word.get_ref());
        if known.is_none() {
            let help = did_you_mean(word.get_ref(), T::ALL.iter().map(|term| term.word()));
            self.findings
                .add_with_help(word.span(), code, format!("unknown {}", T::NAME), help);
        }
        known
    }

    fn parsed<T: FromStr<Err: std::fmt::Display>>(&mut self, word: &Word, code: &'static str) -> Option<T> {
        word.get_ref()
            .parse()
            .map_err(|error: T::Err| self.findings.add(word.span(), code, error.to_string()))
            .ok()
    }
}

fn duration(text: &str) -> Option<u32> {
    let span: Span = text.parse().ok()?;
    let start = jiff::Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
    let calendar = span.get_years() != 0 || span.get_months() != 0;
    let end = start.checked_add(span).ok()?;
    let seconds = u32::try_from(end.timestamp().as_second()).ok()?;
    (!calendar && seconds > 0).then_some(seconds)
}
