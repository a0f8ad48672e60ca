//! Names as they are written, before any convention spells them.

use unicode_normalization::UnicodeNormalization;

/// A name field as it is written, ready to be spelled by one convention after the other.
pub(super) struct Written<'a> {
    text: &'a str,
    /// Its characters, composed (NFC); none are needed of plain ASCII.
    characters: Vec<Character>,
}

/// A character and its upper-case letter, if that is one letter.
#[derive(Clone, Copy)]
pub(super) struct Character {
    pub(super) written: char,
    pub(super) upper: Option<char>,
}

impl<'a> Written<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let others = Some(text).filter(|text| !text.is_ascii());
        let characters = others.into_iter().flat_map(UnicodeNormalization::nfc);
        Self {
            text,
            characters: characters.map(Character::new).collect(),
        }
    }

    pub(super) const fn text(&self) -> &str {
        self.text
    }

    /// Its characters; none if all are ASCII.
    pub(super) fn characters(&self) -> &[Character] {
        &self.characters
    }
}

impl Character {
    pub(super) fn new(written: char) -> Self {
        let mut upper = written.to_uppercase();
        Self {
            written,
            upper: upper.next().filter(|_| upper.len() == 0),
        }
    }
}
