//! Name parts by nationality, from the data file.

use super::dice::Dice;
use serde::Deserialize;
use std::sync::LazyLock;

/// The lists; a test reads them, so they are known to parse.
static NATIONS: LazyLock<Vec<Nation>> = LazyLock::new(|| {
    let file: Option<File> = toml::from_str(include_str!("../../data/synth/nations.toml")).ok();
    file.map(|file| file.nation).unwrap_or_default()
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "format")]
    _format: String,
    nation: Vec<Nation>,
}

/// How people of one nationality are called.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nation {
    /// Issuing state, alpha-3.
    pub(super) code: String,
    order: Order,
    weight: u64,
    surnames: Vec<String>,
    #[serde(default)]
    stems: Vec<String>,
    #[serde(default)]
    endings: Vec<String>,
    women: Vec<String>,
    men: Vec<String>,
    /// Other romanisations in use: a part of a name, and what stands for it.
    pub(super) spellings: Vec<(String, String)>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Order {
    Family,
    Two,
    Middle,
    Double,
    Father,
    Patronymic,
    Single,
    Syllables,
}

impl Nation {
    /// A nation, by weight.
    pub(super) fn draw(dice: &mut Dice) -> Option<&'static Self> {
        let all = NATIONS.iter().map(|nation| nation.weight).sum();
        let mut at = dice.below(all);
        NATIONS.iter().find(|nation| match at.checked_sub(nation.weight) {
            Some(rest) => {
                at = rest;
                false
            }
            None => true,
        })
    }

    /// A family name; a family shares it.
    pub(super) fn family(&self, dice: &mut Dice) -> String {
        let one = self.surname(dice);
        match self.order {
            Order::Double => format!("{one} {}", self.surname(dice)),
            _ => one,
        }
    }

    /// Surname and given names of a member of a family; the surname is empty for people who have none.
    pub(super) fn member(&self, family: &str, woman: bool, dice: &mut Dice) -> (String, String) {
        let given = self.given(woman, dice);
        match self.order {
            Order::Father => (
                family.to_owned(),
                format!("{given} {}", if woman { "BINTI" } else { "BIN" }),
            ),
            Order::Patronymic => (family.to_owned(), format!("{given} {}", self.surname(dice))),
            Order::Single if dice.chance(0.3) => {
                (given.split(' ').next().unwrap_or_default().to_owned(), String::new())
            }
            Order::Syllables => {
                let more = (0..dice.between(1, 2)).map(|_| self.surname(dice));
                let rest = more.collect::<Vec<_>>().join(" ");
                (String::new(), format!("{given} {rest}"))
            }
            _ => (family.to_owned(), given),
        }
    }

    fn given(&self, woman: bool, dice: &mut Dice) -> String {
        let list = if woman { &self.women } else { &self.men };
        list.get(dice.ranked(list.len())).cloned().unwrap_or_default()
    }

    fn surname(&self, dice: &mut Dice) -> String {
        if !self.stems.is_empty() && dice.chance(0.5) {
            let parts = [dice.pick(&self.stems), dice.pick(&self.endings)];
            return parts.into_iter().flatten().map(String::as_str).collect();
        }
        let at = dice.ranked(self.surnames.len());
        self.surnames.get(at).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn at_least_25_nationalities_are_known_and_all_of_south_east_asia() {
        let codes: BTreeSet<_> = NATIONS.iter().map(|nation| nation.code.as_str()).collect();
        assert!(codes.len() >= 25 && codes.len() == NATIONS.len());
        for code in [
            "BRN", "IDN", "KHM", "LAO", "MMR", "MYS", "PHL", "SGP", "THA", "TLS", "VNM",
        ] {
            assert!(codes.contains(code), "{code}");
        }
        for nation in NATIONS.iter() {
            assert_eq!(
                piux_protocol::identifier::country(&nation.code),
                Some(nation.code.as_str())
            );
            assert!(
                nation.weight > 0 && nation.women.len() >= 8 && nation.men.len() >= 8 && nation.surnames.len() >= 8
            );
        }
    }

    #[test]
    fn names_are_written_as_machine_readable_zones_write_them() {
        let mut dice = Dice::of(1, "names", 0);
        for _ in 0..2_000 {
            let nation = Nation::draw(&mut dice).expect("a nation");
            let family = nation.family(&mut dice);
            let (surname, given) = nation.member(&family, dice.chance(0.5), &mut dice);
            assert!(!(surname.is_empty() && given.is_empty()));
            assert!(
                format!("{surname}{given}")
                    .bytes()
                    .all(|b| b == b' ' || b.is_ascii_uppercase())
            );
        }
    }
}
