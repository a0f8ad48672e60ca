//! How common names are among travellers: a public table with its version and source.

use super::agreement::Likeness;
use crate::identifier::skeletons;
use crate::vocabulary::sha256;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The table this crate ships; its header tells how it was made.
const TEXT: &str = include_str!("name_shares.tsv");

/// The share of a name that no list has: size-biased mean of the names beyond the common ones.
const UNLISTED: f64 = 2e-4;
/// What unlisted names add to a skeleton of one, two, three, four and more letters.
const UNLISTED_SKELETONS: [f64; 5] = [3e-3, 3e-3, 1.5e-3, 8e-4, 4e-4];
/// The share of names that begin with a given letter.
const INITIAL: f64 = 1.0 / 14.0;

static PUBLIC: LazyLock<FrequencyTable> = LazyLock::new(|| FrequencyTable::read(TEXT));

/// The shares of names in populations of travellers.
///
/// Names are not independent: who is called NGUYEN is likelier to be called THI than
/// others are. So names are taken together within each population, and the populations
/// by their weights.
#[derive(Debug)]
pub struct FrequencyTable {
    version: String,
    source: String,
    groups: Vec<Group>,
}

#[derive(Debug)]
struct Group {
    code: &'static str,
    /// Share of travellers; all weights make 1.
    weight: f64,
    names: HashMap<&'static str, f64>,
    skeletons: HashMap<String, f64>,
}

impl FrequencyTable {
    /// The table both units can look up: made for this protocol from published figures.
    pub fn public() -> &'static Self {
        &PUBLIC
    }

    /// The table's version: a number, and the first eight bytes of its SHA-256 in hex.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Where the figures are from, a line for each population.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The share of travellers who bear a name: a token of `A-Z` as SPEC.md 3.2 makes it.
    pub fn token_share(&self, token: &str) -> f64 {
        self.mixed(|group| group.exact(token))
    }

    /// The share of travellers who bear a name with this skeleton (SPEC.md 3.2).
    pub fn skeleton_share(&self, code: &str) -> f64 {
        self.mixed(|group| group.skeleton(code))
    }

    /// The share of travellers who bear all of these names.
    pub(super) fn together(&self, names: &[Likeness]) -> f64 {
        self.mixed(|group| names.iter().map(|name| group.share(name)).product())
    }

    fn mixed(&self, share: impl Fn(&Group) -> f64) -> f64 {
        self.groups.iter().map(|group| group.weight * share(group)).sum()
    }

    fn read(text: &'static str) -> Self {
        let mut table = Self {
            version: format!(
                "1-{}",
                hex::encode(sha256(text).0.iter().take(8).copied().collect::<Vec<_>>())
            ),
            source: String::new(),
            groups: Vec::new(),
        };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let known = table.take(&line.split('\t').collect::<Vec<_>>());
            debug_assert!(known.is_some(), "the shipped table has lines of its two forms only");
        }
        let all: f64 = table.groups.iter().map(|group| group.weight).sum();
        for group in &mut table.groups {
            group.weight /= all;
            group.hear();
        }
        table
    }

    /// Takes one line; none if it has neither form.
    fn take(&mut self, fields: &[&'static str]) -> Option<()> {
        match fields {
            ["group", code, weight, source] => {
                self.source.push_str(&format!("{code}: {source}\n"));
                self.groups.push(Group::new(code, weight.parse().ok()?));
            }
            [code, "s" | "g", name, share] => {
                let group = self.groups.iter_mut().find(|group| group.code == *code)?;
                let share: f64 = share.parse().ok()?;
                *group.names.entry(name).or_default() += share / 100_000.0;
            }
            _ => return None,
        }
        Some(())
    }
}

impl Group {
    fn new(code: &'static str, weight: f64) -> Self {
        Self {
            code,
            weight,
            names: HashMap::new(),
            skeletons: HashMap::new(),
        }
    }

    /// Adds up the shares of names with one skeleton.
    fn hear(&mut self) {
        for (name, share) in &self.names {
            for code in skeletons(name) {
                *self.skeletons.entry(code).or_default() += share;
            }
        }
    }

    fn exact(&self, name: &str) -> f64 {
        self.names.get(name).copied().unwrap_or_default().max(UNLISTED)
    }

    fn skeleton(&self, code: &str) -> f64 {
        let listed = self.skeletons.get(code).copied().unwrap_or_default();
        let [.., rarest] = UNLISTED_SKELETONS;
        let unlisted = UNLISTED_SKELETONS
            .get(code.len().saturating_sub(1))
            .copied()
            .unwrap_or(rarest);
        (listed + unlisted).min(1.0)
    }

    fn share(&self, name: &Likeness) -> f64 {
        match name {
            Likeness::Exact(name) => self.exact(name),
            Likeness::Skeleton(code) => self.skeleton(code),
            Likeness::Initial => INITIAL,
        }
    }
}
