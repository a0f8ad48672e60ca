//! Travel skeleton codes (SPEC.md 3.6): what spellings of one name have in common.
//!
//! Consonants survive in groups that spelling systems confuse, vowels only as gaps.
//! Where two systems read the same letters differently a token has two codes.

/// Most codes kept while a token is read.
const MOST_PARTIAL: usize = 16;
/// Most codes of a token.
const MOST_CODES: usize = 2;
/// Stands in a partial code where vowels stood: a letter after it may repeat the one before.
const GAP: char = '.';

/// What a group of letters is read as: one text or several.
type Rule = (&'static str, &'static [&'static str]);

/// The codes of a token of `A-Z` that match keys are made of: at most two, none if
/// nothing of the token is heard (`H`).
///
/// A token that may begin with a run-together article (`ALQAHTANI`) has its own first
/// code and that of the rest.
pub fn skeletons(token: &str) -> Vec<String> {
    let mut codes = codes(token);
    if let Some(rest) = without_article(token) {
        codes.truncate(1);
        let rest = self::codes(rest).into_iter().take(1);
        let new: Vec<String> = rest.filter(|code| !codes.contains(code)).collect();
        codes.extend(new);
    }
    codes
}

fn without_article(token: &str) -> Option<&str> {
    let rest = token.strip_prefix("AL").or_else(|| token.strip_prefix("EL"));
    rest.filter(|rest| rest.len() >= 4)
}

/// The first codes of a token, in the order of the readings.
fn codes(token: &str) -> Vec<String> {
    let mut codes: Vec<String> = Vec::with_capacity(MOST_CODES);
    for mut code in read(token.as_bytes()) {
        code.retain(|letter| letter != GAP);
        if !code.is_empty() && !codes.contains(&code) && codes.len() < MOST_CODES {
            codes.push(code);
        }
    }
    codes
}

/// Every reading of the letters, gaps still in it.
fn read(letters: &[u8]) -> Vec<String> {
    let begins_with_vowel = letters.first().is_some_and(|letter| is_vowel(*letter));
    let mut first = String::with_capacity(letters.len() + 1);
    first.extend(begins_with_vowel.then_some('A'));
    let mut partial = vec![first];
    let mut rest = letters;
    while let Some((first, after)) = rest.split_first() {
        match rule(*first, rest, rest.len() == letters.len()) {
            Some((length, readings)) => {
                branch(&mut partial, readings);
                rest = rest.get(length..).unwrap_or_default();
            }
            None => {
                partial.iter_mut().for_each(open_gap);
                rest = after;
            }
        }
    }
    partial
}

fn open_gap(code: &mut String) {
    if !code.is_empty() && !code.ends_with(GAP) {
        code.push(GAP);
    }
}

/// Every partial code continued by every reading, in that order; each once, the first ones.
fn branch(partial: &mut Vec<String>, readings: &[&str]) {
    if let [reading] = readings {
        partial.iter_mut().for_each(|code| extend(code, reading));
    } else {
        let continued = |code: &String, reading: &str| {
            let mut longer = code.clone();
            extend(&mut longer, reading);
            longer
        };
        let longer = partial
            .iter()
            .flat_map(|code| readings.iter().map(move |reading| continued(code, reading)));
        *partial = longer.collect();
    }
    if partial.len() > 1 {
        let all = std::mem::take(partial);
        for code in all {
            if !partial.contains(&code) {
                partial.push(code);
            }
        }
        partial.truncate(MOST_PARTIAL);
    }
}

/// Appends a reading; a letter is not repeated unless a gap stands between.
fn extend(code: &mut String, reading: &str) {
    for letter in reading.chars() {
        if !code.ends_with(letter) {
            code.push(letter);
        }
    }
}

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'A' | b'E' | b'I' | b'O' | b'U' | b'Y')
}

/// How many letters the first matching rule takes, and how they are read; none for a vowel.
fn rule(first: u8, rest: &[u8], initial: bool) -> Option<(usize, &'static [&'static str])> {
    if first == b'J' && initial {
        return Some((1, &["S", "A"]));
    }
    let listed = rules(first)
        .iter()
        .find(|(group, _)| rest.starts_with(group.as_bytes()));
    match listed {
        Some((group, readings)) => Some((group.len(), readings)),
        None if first == b'C' => Some((1, before(rest.get(1).copied()))),
        None => None,
    }
}

/// How a single C is read before a letter.
fn before(next: Option<u8>) -> &'static [&'static str] {
    match next {
        Some(b'E' | b'I' | b'Y') => &["S"],
        Some(b'A' | b'O' | b'U' | b'K' | b'L' | b'R' | b'T' | b'Q') => &["K"],
        _ => &["K", "S"],
    }
}

/// The rules for groups beginning with a letter, longest group first.
pub(super) const fn rules(first: u8) -> &'static [Rule] {
    match first {
        b'B' => &[("BH", &["B"]), ("B", &["B"])],
        b'C' => &[
            ("CHR", &["KR"]),
            ("CHL", &["KL"]),
            ("CH", &["S", "K"]),
            ("CZ", &["S"]),
            ("CS", &["S"]),
            ("CK", &["K"]),
        ],
        b'D' => &[
            ("DSCH", &["S"]),
            ("DZH", &["S"]),
            ("DSJ", &["S"]),
            ("DZ", &["S"]),
            ("DJ", &["S"]),
            ("DH", &["T"]),
            ("D", &["T"]),
        ],
        b'F' | b'V' | b'W' => &[("F", &["F"]), ("V", &["F"]), ("W", &["F"])],
        b'G' => &[("GH", &["K"]), ("G", &["K"])],
        b'H' => &[("H", &[""])],
        b'J' => &[("J", &["S", ""])],
        b'K' => &[("KH", &["K", ""]), ("KS", &["KS"]), ("K", &["K"])],
        b'L' => &[("L", &["L"])],
        b'M' => &[("M", &["M"])],
        b'N' => &[("N", &["N"])],
        b'P' => &[("PH", &["F"]), ("P", &["B"])],
        b'Q' => &[("QU", &["K"]), ("Q", &["K"])],
        b'R' => &[("R", &["R"])],
        b'S' => &[
            ("SCHTSCH", &["S"]),
            ("SHTCH", &["S"]),
            ("SHCH", &["S"]),
            ("SZCZ", &["S"]),
            ("STCH", &["S"]),
            ("SCHT", &["ST"]),
            ("SCH", &["S"]),
            ("SH", &["S"]),
            ("SZ", &["S"]),
            ("SJ", &["S"]),
            ("S", &["S"]),
        ],
        b'T' => &[
            ("TZSCH", &["S"]),
            ("TSCH", &["S"]),
            ("TCH", &["S"]),
            ("TSJ", &["S"]),
            ("TSH", &["S"]),
            ("TJ", &["S"]),
            ("TS", &["S"]),
            ("TZ", &["S"]),
            ("TH", &["T"]),
            ("T", &["T"]),
        ],
        b'X' => &[("X", &["KS", "S"])],
        b'Z' => &[("ZSCH", &["S"]), ("ZS", &["S"]), ("ZH", &["S"]), ("Z", &["S"])],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_a_name_share_a_code() {
        for (one, other) in [
            ("SHCHERBAKOV", "SCHTSCHERBAKOW"),
            ("MUELLER", "MULLER"),
            ("SOEKARNO", "SUKARNO"),
            ("TJIPTO", "CIPTO"),
            ("KHALID", "HALID"),
            ("ALQAHTANI", "QAHTANI"),
            ("JOKO", "DJOKO"),
            ("YEVGENI", "JEVGENI"),
        ] {
            let other = skeletons(other);
            assert!(skeletons(one).iter().any(|code| other.contains(code)), "{one}");
        }
    }

    #[test]
    fn a_vowel_lets_a_letter_repeat_and_h_does_not() {
        assert_eq!(skeletons("ANNA"), ["AN"]);
        assert_eq!(skeletons("NINA"), ["NN"]);
        assert_eq!(skeletons("NHNA"), ["N"]);
        assert_eq!(skeletons("H"), [""; 0]);
        assert_eq!(skeletons("ELENA"), ["ALN"]);
        assert_eq!(skeletons("ELSAYED"), ["ALST", "ST"]);
    }

    proptest! {
        #[test]
        fn a_token_has_at_most_two_codes_of_known_letters(token in "[A-Z]{0,200}") {
            let codes = skeletons(&token);
            prop_assert!(codes.len() <= MOST_CODES);
            for code in codes {
                prop_assert!(!code.is_empty() && code.bytes().all(|letter| b"ABFKLMNRST".contains(&letter)));
            }
        }
    }
}
