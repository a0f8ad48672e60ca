//! Any script to `A-Z`, as travel documents do it (ICAO Doc 9303 Part 3 section 6).
//!
//! The table of Doc 9303 comes first, because general romanization disagrees with
//! it. What it does not list loses its marks; what is still not Latin is romanized by
//! `any_ascii`, whose version is pinned: another table would be another keyset.

use super::convention::Convention;
use super::written::{Character, Written};
use any_ascii::any_ascii_char;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

/// A field in `A-Z` and blanks, spelled by a convention.
pub(super) fn latin_letters(field: &Written<'_>, convention: Convention) -> String {
    let mut latin = String::with_capacity(field.text().len());
    if field.characters().is_empty() {
        let ascii = field.text().chars().map(Character::new);
        ascii.for_each(|character| transliterate(character, &mut latin));
        return latin;
    }
    let after = field.characters().iter().skip(1).map(|next| Some(next.written));
    let mut before = None;
    for (character, after) in field.characters().iter().zip(after.chain([None])) {
        let spelled = character
            .upper
            .and_then(|letter| convention.spell(letter, before, after));
        match spelled {
            Some(spelled) => latin.push_str(spelled),
            None => transliterate(*character, &mut latin),
        }
        before = Some(character.written);
    }
    latin
}

/// Appends what stands for a character: letters `A-Z`, one space, or nothing.
fn transliterate(Character { written, upper }: Character, out: &mut String) {
    match written {
        'A'..='Z' => return out.push(written),
        'a'..='z' => return out.push(written.to_ascii_uppercase()),
        _ if is_silent(written) => return,
        _ => {}
    }
    let length = out.len();
    match (upper, written) {
        (Some(letter @ 'A'..='Z'), _) => out.push(letter),
        (_, 'ß') => out.push_str("SS"),
        (Some(letter), _) => match latin(letter).or_else(|| cyrillic(letter)) {
            Some(written) => return out.push_str(written),
            None => romanize(written, out),
        },
        (None, _) => romanize(written, out),
    }
    if out.len() == length && separates(written) {
        out.push(' ');
    }
}

/// Whether a letter is neither Latin nor in the table of Doc 9303.
pub(super) fn is_general(character: char) -> bool {
    let listed = Character::new(character)
        .upper
        .is_some_and(|letter| latin(letter).or_else(|| cyrillic(letter)).is_some());
    let bare = |c: char| std::iter::once(c).nfkd().all(|c| c.is_ascii() || is_combining_mark(c));
    character.is_alphabetic() && !listed && !character.to_uppercase().all(bare)
}

/// Marks that vanish: apostrophes, as `D'SOUZA` is `DSOUZA`, and invisible characters.
pub(super) fn is_silent(character: char) -> bool {
    matches!(
        character,
        '\'' | '`' | '\u{b4}' | '\u{2b9}' | '\u{2bc}' | '\u{2be}' | '\u{2bf}' | '\u{2018}' | '\u{2019}'
            | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    )
}

/// Whether a character that stands for no letter ends a word: blanks and punctuation
/// do, digits and marks do not.
fn separates(character: char) -> bool {
    !character.is_alphanumeric() && !is_combining_mark(character)
}

/// Drops the marks of a letter, or spells it in Latin letters.
fn romanize(character: char, out: &mut String) {
    let bare: String = character
        .to_uppercase()
        .nfkd()
        .filter(|c| canonical_combining_class(*c) == 0)
        .collect();
    let spelled = if bare.is_ascii() {
        &bare
    } else {
        any_ascii_char(character)
    };
    out.extend(
        spelled
            .chars()
            .map(|c| c.to_ascii_uppercase())
            .filter(char::is_ascii_uppercase),
    );
}

/// Latin letters that do not just lose a mark.
pub(super) fn latin(letter: char) -> Option<&'static str> {
    Some(match letter {
        'Ä' | 'Æ' => "AE",
        'Å' => "AA",
        'Ö' | 'Ø' | 'Œ' => "OE",
        'Ü' => "UE",
        'ẞ' => "SS",
        'Þ' => "TH",
        'Ĳ' => "IJ",
        'Ð' | 'Đ' => "D",
        'Ħ' => "H",
        'İ' => "I",
        'Ł' => "L",
        'Ñ' | 'Ŋ' => "N",
        'Ŧ' => "T",
        'Ə' => "E",
        _ => return None,
    })
}

/// Cyrillic letters, as in Russian.
pub(super) fn cyrillic(letter: char) -> Option<&'static str> {
    Some(match letter {
        'А' => "A",
        'Б' => "B",
        'В' => "V",
        'Г' | 'Ґ' | 'Ѓ' => "G",
        'Д' | 'Ђ' => "D",
        'Е' | 'Ё' | 'Э' => "E",
        'Є' | 'Ъ' => "IE",
        'Ж' => "ZH",
        'З' => "Z",
        'Ѕ' | 'Џ' => "DZ",
        'И' | 'Й' | 'І' | 'Ї' => "I",
        'Ј' => "J",
        'К' | 'Ќ' => "K",
        'Л' => "L",
        'Љ' => "LJ",
        'М' => "M",
        'Н' => "N",
        'Њ' => "NJ",
        'О' => "O",
        'П' => "P",
        'Р' => "R",
        'С' => "S",
        'Т' => "T",
        'Ћ' => "C",
        'У' | 'Ў' => "U",
        'Ф' => "F",
        'Х' => "KH",
        'Ц' => "TS",
        'Ч' => "CH",
        'Ш' => "SH",
        'Щ' => "SHCH",
        'Ы' => "Y",
        'Ь' => "",
        'Ю' => "IU",
        'Я' => "IA",
        _ => return None,
    })
}
