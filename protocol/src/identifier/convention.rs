//! How states spell letters outside `A-Z` when they do not follow Doc 9303.
//!
//! A state keeps to one convention for the whole name. So a name has one spelling per
//! convention that fits its letters, and not one per combination of letters.

use super::written::Written;

/// A way to spell a name in `A-Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Convention {
    /// ICAO Doc 9303 Part 3 section 6: the primary spelling.
    Icao,
    /// Marks dropped: `MULLER` for Müller.
    Plain,
    /// Passports of the Russian Federation until 2010: `YURIY`.
    Russian,
    /// Resolution 55 of 2010 of the Cabinet of Ministers of Ukraine: `HRYHORII`.
    Ukrainian,
    /// Passports of Belarus: `HALINA`.
    Belarusian,
    /// The Bulgarian Transliteration Act of 2009: `HRISTO`.
    Bulgarian,
    /// Passports of North Macedonia: `KJOSEV`.
    Macedonian,
    /// Serbian Latin letters without their marks: `SASIC`.
    Serbian,
    /// The letter groups that Doc 9303 gives letters without equal (`MXHMD`, `MUNXXOZ`), undone.
    Groups,
}

impl Convention {
    /// Every convention, in the order of the spellings.
    pub(super) const ALL: &'static [Self] = &[
        Self::Icao,
        Self::Plain,
        Self::Russian,
        Self::Ukrainian,
        Self::Belarusian,
        Self::Bulgarian,
        Self::Macedonian,
        Self::Serbian,
        Self::Groups,
    ];

    /// The conventions to try on a name: those whose alphabet has all its Cyrillic letters.
    pub(super) fn of(surname: &Written<'_>, given: &Written<'_>) -> impl Iterator<Item = Self> {
        let ascii = surname.text().is_ascii() && given.text().is_ascii();
        let groups = [surname, given].iter().any(|field| field.text().contains(['X', 'x']));
        let characters = surname.characters().iter().chain(given.characters());
        let upper: Vec<char> = characters.filter_map(|character| character.upper).collect();
        let cyrillic: Vec<char> = upper.iter().copied().filter(|letter| is_cyrillic(*letter)).collect();
        Self::ALL.iter().copied().filter(move |convention| match convention {
            Self::Icao => true,
            Self::Plain => !ascii && upper.iter().any(|letter| find(convention.letters(), *letter).is_some()),
            Self::Groups => groups,
            _ => !cyrillic.is_empty() && cyrillic.iter().all(|letter| convention.alphabet().contains(*letter)),
        })
    }

    /// The capital Cyrillic letters of the language; empty if the convention is for Latin letters.
    pub(super) const fn alphabet(self) -> &'static str {
        match self {
            Self::Icao | Self::Plain | Self::Groups => "",
            Self::Russian => "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ",
            Self::Ukrainian => "АБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯ",
            Self::Belarusian => "АБВГДЕЁЖЗІЙКЛМНОПРСТУЎФХЦЧШЫЬЭЮЯ",
            Self::Bulgarian => "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЬЮЯ",
            Self::Macedonian => "АБВГДЃЕЖЗЅИЈКЛЉМНЊОПРСТЌУФХЦЧЏШ",
            Self::Serbian => "АБВГДЂЕЖЗИЈКЛЉМНЊОПРСТЋУФХЦЧЏШ",
        }
    }

    /// The letters spelled otherwise than in Doc 9303.
    pub(super) const fn letters(self) -> &'static [(char, &'static str)] {
        match self {
            Self::Icao | Self::Groups => &[],
            Self::Plain => &[('Ä', "A"), ('Ö', "O"), ('Ü', "U"), ('Å', "A"), ('Ø', "O")],
            Self::Russian => &[('Й', "Y"), ('Ъ', ""), ('Ю', "YU"), ('Я', "YA")],
            Self::Ukrainian => &[('Г', "H"), ('И', "Y")],
            Self::Belarusian => &[('Г', "H"), ('Ё', "IO")],
            Self::Bulgarian => &[
                ('Й', "Y"),
                ('Х', "H"),
                ('Щ', "SHT"),
                ('Ъ', "A"),
                ('Ь', "Y"),
                ('Ю', "YU"),
                ('Я', "YA"),
            ],
            Self::Macedonian => &[('Ѓ', "GJ"), ('Ќ', "KJ"), ('Х', "H"), ('Ц', "C"), ('Џ', "DJ")],
            Self::Serbian => &[('Ђ', "DJ"), ('Ж', "Z"), ('Х', "H"), ('Ц', "C"), ('Ч', "C"), ('Ш', "S")],
        }
    }

    /// The letters spelled otherwise where a word begins.
    pub(super) const fn initials(self) -> &'static [(char, &'static str)] {
        match self {
            Self::Ukrainian => &[('Є', "YE"), ('Ї', "YI"), ('Й', "Y"), ('Ю', "YU"), ('Я', "YA")],
            _ => &[],
        }
    }

    /// How a capital letter is spelled between its neighbors, if not as in Doc 9303.
    pub(super) fn spell(self, letter: char, before: Option<char>, after: Option<char>) -> Option<&'static str> {
        let in_word = |neighbor: Option<char>| neighbor.is_some_and(char::is_alphabetic);
        let is = |neighbor: Option<char>, letter: char| neighbor.is_some_and(|c| c.to_uppercase().eq([letter]));
        match (self, letter) {
            (Self::Ukrainian, 'Г') if is(before, 'З') => Some("GH"),
            (Self::Bulgarian, 'Я') if is(before, 'И') && !in_word(after) => Some("A"),
            _ => {
                let initial = find(self.initials(), letter).filter(|_| !in_word(before));
                initial.or_else(|| find(self.letters(), letter))
            }
        }
    }
}

fn find(table: &[(char, &'static str)], letter: char) -> Option<&'static str> {
    let found = table.iter().find(|(listed, _)| *listed == letter);
    found.map(|(_, spelled)| *spelled)
}

fn is_cyrillic(letter: char) -> bool {
    matches!(letter, '\u{400}'..='\u{52f}')
}

/// Groups of any token: the letters Ü and Ñ.
pub(super) const MARKED: &[(&str, &str)] = &[("UXX", "U"), ("NXX", "N")];

/// Groups of Doc 9303 for Arabic letters, decoded to what a traveler would write.
#[rustfmt::skip]
pub(super) const ARABIC: &[(&str, &str)] = &[
    ("XTH", "TH"), ("XKH", "KH"), ("XDH", "DH"), ("XSH", "SH"), ("XSS", "S"), ("XDZ", "D"), ("XTT", "T"),
    ("XZZ", "Z"), ("XAY", "A"), ("XGG", "G"), ("XKK", "K"), ("XXT", "T"), ("XXD", "D"), ("XXR", "R"), ("XNN", "N"),
    ("XDO", "H"), ("XXG", "H"), ("XYA", "Y"), ("XYB", "E"), ("XRT", "T"), ("XXH", "CH"), ("XKE", "DZ"),
    ("XDR", "D"), ("XRR", "R"), ("XXS", "SH"), ("XNG", "NG"), ("XXN", "N"), ("XBE", "E"), ("XXA", "A"),
    ("XH", "H"), ("XC", "CH"), ("XJ", "ZH"),
];

/// A token of `A-Z` with its letter groups undone.
///
/// Short vowels are not written in that spelling of Arabic. So a token with I, O or U
/// outside its groups (`HOXHA`, an Albanian name) keeps its Arabic groups.
pub(super) fn undo_groups(token: &str) -> String {
    let (marked, _) = undo(token, MARKED);
    match undo(&marked, ARABIC) {
        (decoded, outside) if !outside.contains(['I', 'O', 'U']) => decoded,
        _ => marked,
    }
}

/// Replaces groups from left to right, the longest first; also gives the letters outside groups.
fn undo(token: &str, groups: &[(&str, &str)]) -> (String, String) {
    let (mut undone, mut outside) = (String::new(), String::new());
    let mut rest = token;
    while let Some(letter) = rest.chars().next() {
        let found = groups
            .iter()
            .find_map(|(group, spelled)| Some((rest.strip_prefix(group)?, spelled)));
        if let Some((after, spelled)) = found {
            undone.push_str(spelled);
            rest = after;
        } else {
            undone.push(letter);
            outside.push(letter);
            rest = rest.strip_prefix(letter).unwrap_or_default();
        }
    }
    (undone, outside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_tried_in_the_languages_that_have_its_letters() {
        let of = |surname, given| Convention::of(&Written::new(surname), &Written::new(given)).collect::<Vec<_>>();
        use Convention::{Bulgarian, Groups, Icao, Plain, Russian, Serbian, Ukrainian};
        assert_eq!(of("Eriksson", "Anna"), [Icao]);
        assert_eq!(of("Hoxha", "Ana"), [Icao, Groups]);
        assert_eq!(of("Müller", "Ana"), [Icao, Plain]);
        assert_eq!(of("Щукин", "Юрий"), [Icao, Russian, Ukrainian, Bulgarian]);
        assert_eq!(of("Ћосић", "Иван"), [Icao, Serbian]);
        assert_eq!(of("Їжак", "Ганна"), [Icao, Ukrainian]);
    }

    #[test]
    fn groups_are_undone_where_no_short_vowel_speaks_against_it() {
        for (written, undone) in [
            ("MXHMD", "MHMD"),
            ("XKHALD", "KHALD"),
            ("MUNXXOZ", "MUNOZ"),
            ("MUXXLLER", "MULLER"),
            ("HOXHA", "HOXHA"),
            ("XAVIER", "XAVIER"),
            ("XI", "XI"),
        ] {
            assert_eq!(undo_groups(written), undone);
        }
    }

    #[test]
    fn a_language_may_spell_a_letter_by_its_place() {
        use Convention::{Bulgarian, Russian, Ukrainian};
        assert_eq!(Ukrainian.spell('Я', None, Some('К')), Some("YA"));
        assert_eq!(Ukrainian.spell('Я', Some('л'), None), None);
        assert_eq!(Ukrainian.spell('Г', Some('з'), Some('у')), Some("GH"));
        assert_eq!(Ukrainian.spell('Г', None, Some('а')), Some("H"));
        assert_eq!(Bulgarian.spell('Я', Some('и'), None), Some("A"));
        assert_eq!(Bulgarian.spell('Я', None, Some('н')), Some("YA"));
        assert_eq!(Russian.spell('Ъ', Some('п'), Some('е')), Some(""));
    }
}
