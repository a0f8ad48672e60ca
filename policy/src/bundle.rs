//! Everything a unit's decisions rest on, loaded and checked together, with one digest.

use crate::agreement::Agreement;
use crate::decision::Clause;
use crate::dsse::DualSigned;
use crate::effective::{Effective, PolicyError};
use crate::finding::{Finding, SourceFile};
use crate::lifecycle::State;
use crate::national::{SETTINGS, narrow};
use crate::profile::Profile;
use crate::retention::Schedule;
use crate::rules::{Rules, World};
use crate::world::{Standing, standing};
use piux_protocol::vocabulary::{Digest, UnitId, length_prefixed, sha256};
use std::sync::Arc;

/// A legal profile with the national settings and rules of one unit.
#[derive(Debug, Clone)]
pub struct Bundle {
    profile: Arc<Profile>,
    rules: Arc<Rules>,
    world: World,
    strict: bool,
    digest: Digest,
}

impl Bundle {
    /// Loads a profile and the national files beside it: `national.toml` and `*.cedar`.
    ///
    /// Nothing half-loads: any finding leaves the caller with what it had before.
    pub fn load(profile: Profile, national: &[SourceFile]) -> Result<Self, Vec<Finding>> {
        let unknown: Vec<Finding> = national.iter().filter_map(unknown_file).collect();
        if !unknown.is_empty() {
            return Err(unknown);
        }
        let settings = national.iter().find(|file| file.path == SETTINGS);
        let (profile, strict) = narrow(profile, settings)?;
        let mut forbids: Vec<SourceFile> = national.iter().filter(|file| is_cedar(file)).cloned().collect();
        if strict {
            forbids.push(profile.strict.clone());
        }
        let rules = Rules::load(&profile.schema, &profile.rules, &forbids, &profile.instruments)?;
        let world = rules.world(standing(&profile)).map_err(|_| vec![unfit(&profile)])?;
        let digest = digest(&profile, strict, national);
        Ok(Self {
            profile: Arc::new(profile),
            rules: Arc::new(rules),
            world,
            strict,
            digest,
        })
    }

    /// The profile, narrowed by the national settings.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// How long records are kept here.
    pub fn schedule(&self) -> &Schedule {
        self.profile.schedule()
    }

    /// Whether the strict rules of the profile hold.
    pub fn strict(&self) -> bool {
        self.strict
    }

    /// SHA-256 over the sorted (path, SHA-256) of every file, for tokens and the ledger.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Every rule, with its law: the rule book.
    pub fn clauses(&self) -> impl Iterator<Item = &Clause> {
        self.rules.clauses()
    }

    /// Reads an agreement within the bounds of this bundle.
    pub fn agreement(&self, bytes: &[u8]) -> Result<Agreement, Vec<Finding>> {
        Agreement::parse(bytes, &self.profile)
    }

    /// What one unit may ask of the other, as the agreement stands.
    ///
    /// `signed` is the proof of both signatures; without it, or with that of
    /// another version, everything is refused.
    pub fn effective(
        &self,
        agreement: &Agreement,
        state: State,
        signed: Option<&DualSigned>,
        asks: UnitId,
        answers: UnitId,
    ) -> Result<Effective, PolicyError> {
        let dual_signed = signed.is_some_and(|signed| signed.version() == agreement.version());
        let standing = Standing {
            agreement,
            state,
            dual_signed,
            asks,
            answers,
        };
        Effective::new(Arc::clone(&self.rules), &self.world, &self.profile, &standing)
    }
}

fn is_cedar(file: &SourceFile) -> bool {
    file.path.ends_with(".cedar")
}

fn unknown_file(file: &SourceFile) -> Option<Finding> {
    let known = file.path == SETTINGS || is_cedar(file);
    (!known).then(|| Finding {
        file: file.path.clone(),
        line: 1,
        column: 1,
        code: "N003",
        message: "neither national.toml nor a .cedar file".to_owned(),
        help: None,
    })
}

fn unfit(profile: &Profile) -> Finding {
    Finding {
        file: profile.data.path.clone(),
        line: 1,
        column: 1,
        code: "P005",
        message: "the data of the profile do not fit its schema".to_owned(),
        help: None,
    }
}

fn digest(profile: &Profile, strict: bool, national: &[SourceFile]) -> Digest {
    let strict = strict.then_some(&profile.strict);
    let shipped = [&profile.data, &profile.schema]
        .into_iter()
        .chain(&profile.rules)
        .chain(strict);
    let shipped = shipped.map(|file| (format!("profile/{}", file.path), sha256(&file.text)));
    let national = national
        .iter()
        .map(|file| (format!("national/{}", file.path), sha256(&file.text)));
    let mut files: Vec<(String, Digest)> = shipped.chain(national).collect();
    files.sort();
    let mut bytes = Vec::new();
    for (path, digest) in &files {
        bytes.extend(length_prefixed(path));
        bytes.extend_from_slice(digest.as_ref());
    }
    sha256(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test may stop at the first surprise"
    )]
    use super::*;

    fn load(national: &str) -> Result<Bundle, Vec<Finding>> {
        Bundle::load(Profile::eu_pnr().unwrap(), &[SourceFile::new(SETTINGS, national)])
    }

    #[test]
    fn the_profile_loads_with_a_clause_for_every_rule() {
        let bundle = Bundle::load(Profile::eu_pnr().unwrap(), &[]).unwrap();
        assert!(bundle.strict());
        assert!(bundle.clauses().any(|clause| clause.id == "S-PRIOR-REVIEW"));
        assert!(bundle.clauses().count() > 40);
    }

    #[test]
    fn national_settings_narrow_and_change_the_digest() {
        let plain = load("format = \"piux-national/1\"").unwrap();
        let narrow = "format = \"piux-national/1\"\nretention.erase = \"P3Y\"\nlimits.queries_per_day = 10";
        let narrower = load(narrow).unwrap();
        assert_eq!(narrower.profile().limits().queries_per_day, 10);
        assert_eq!(narrower.schedule().erase.to_string(), "P3Y");
        assert_ne!(plain.digest(), narrower.digest());
    }

    #[test]
    fn national_settings_that_widen_are_refused() {
        for wide in [
            "retention.full = \"P7M\"",
            "retention.erase = \"P6Y\"",
            "limits.agreement_years = 4",
        ] {
            let findings = load(&format!("format = \"piux-national/1\"\n{wide}")).unwrap_err();
            assert_eq!(findings[0].code, "N010", "{wide}");
        }
    }

    #[test]
    fn a_file_of_another_kind_is_a_finding() {
        let stray = SourceFile::new("rules.ceder", "");
        assert_eq!(
            Bundle::load(Profile::eu_pnr().unwrap(), &[stray]).unwrap_err()[0].code,
            "N003"
        );
    }
}
