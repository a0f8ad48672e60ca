//! Writing interchanges (ISO 9735), in the dialects that senders use.

use super::dice::Dice;

/// The six service characters of `UNA`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    component: u8,
    element: u8,
    decimal: u8,
    release: u8,
    repetition: u8,
    terminator: u8,
    announced: bool,
}

/// The delimiters that are in use.
const DIALECTS: [&[u8; 6]; 5] = [b":+.? '", b":+.?*'", b":*.? $", b":+.\\*'", b":(.) -"];

/// An interchange while it is written.
pub(super) struct Interchange {
    dialect: Dialect,
    bytes: Vec<u8>,
    reference: String,
    messages: u64,
    segments: u64,
    message_reference: String,
}

impl Dialect {
    /// The default of ISO 9735, not announced.
    const DEFAULT: Self = Self::new(b":+.? '", false);

    const fn new(characters: &[u8; 6], announced: bool) -> Self {
        let [component, element, decimal, release, repetition, terminator] = *characters;
        Self {
            component,
            element,
            decimal,
            release,
            repetition,
            terminator,
            announced,
        }
    }

    /// The default, or at a rate another.
    pub(super) fn draw(rate: f64, dice: &mut Dice) -> Self {
        let other = dice.chance(rate).then(|| dice.pick(&DIALECTS)).flatten();
        other.map_or(Self::DEFAULT, |characters| Self::new(characters, true))
    }

    fn announcement(&self) -> [u8; 9] {
        let Self {
            component,
            element,
            decimal,
            release,
            repetition,
            terminator,
            ..
        } = *self;
        [
            b'U', b'N', b'A', component, element, decimal, release, repetition, terminator,
        ]
    }

    fn is_service(&self, byte: u8) -> bool {
        let repeats = self.repetition != b' ' && byte == self.repetition;
        repeats || [self.component, self.element, self.release, self.terminator].contains(&byte)
    }
}

impl Interchange {
    /// Opens an interchange of a sender; the date is `yymmdd:hhmm`.
    pub(super) fn open(dialect: Dialect, syntax: &[&str], sender: &str, prepared: [&str; 2], reference: &str) -> Self {
        let mut bytes = Vec::new();
        if dialect.announced {
            bytes.extend(dialect.announcement());
        }
        let mut interchange = Self {
            dialect,
            bytes,
            reference: reference.to_owned(),
            messages: 0,
            segments: 0,
            message_reference: String::new(),
        };
        interchange.segment("UNB", &[syntax, &[sender], &["PIUTEST"], &prepared, &[reference]]);
        interchange
    }

    /// Opens a message of a type, with its common access reference and its part in a push.
    pub(super) fn message(&mut self, kind: &[&str], access: &str, part: &[&str]) {
        self.messages += 1;
        self.segments = 0;
        self.message_reference = self.messages.to_string();
        let reference = self.message_reference.clone();
        self.segment("UNH", &[&[&reference], kind, &[access], part]);
    }

    /// Closes the message; `off` is added to the true number of segments.
    pub(super) fn end_message(&mut self, off: u64) {
        let count = (self.segments + 1 + off).to_string();
        let reference = self.message_reference.clone();
        self.segment("UNT", &[&[&count], &[&reference]]);
    }

    /// Closes the interchange.
    pub(super) fn close(mut self) -> Vec<u8> {
        let (count, reference) = (self.messages.to_string(), self.reference.clone());
        self.segment("UNZ", &[&[&count], &[&reference]]);
        self.bytes
    }

    /// A segment of elements of components; what is empty at the end is left out.
    pub(super) fn segment(&mut self, tag: &str, elements: &[&[&str]]) {
        self.segments += 1;
        self.bytes.extend_from_slice(tag.as_bytes());
        let used = elements
            .iter()
            .rposition(|element| element.iter().any(|part| !part.is_empty()));
        for element in elements.iter().take(used.map_or(0, |last| last + 1)) {
            self.bytes.push(self.dialect.element);
            self.element(element);
        }
        self.bytes.push(self.dialect.terminator);
        self.bytes.push(b'\n');
    }

    fn element(&mut self, components: &[&str]) {
        let used = components.iter().rposition(|part| !part.is_empty());
        for (at, part) in components.iter().take(used.map_or(0, |last| last + 1)).enumerate() {
            if at > 0 {
                self.bytes.push(self.dialect.component);
            }
            for byte in part.bytes() {
                if self.dialect.is_service(byte) {
                    self.bytes.push(self.dialect.release);
                }
                self.bytes.push(byte);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_in_texts_are_released_and_empty_ends_left_out() {
        let dialect = Dialect::new(b":+.? '", true);
        let mut interchange = Interchange::open(dialect, &["UNOA", "4"], "ZZ", ["261118", "0601"], "1");
        interchange.message(&["PAXLST", "D", "05B"], "ZZ1", &[]);
        interchange.segment("FTX", &[&["A+B", "", "C?"], &[], &["", ""]]);
        interchange.end_message(0);
        let text = String::from_utf8(interchange.close()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "UNA:+.? 'UNB+UNOA:4+ZZ+PIUTEST+261118:0601+1'",
                "UNH+1+PAXLST:D:05B+ZZ1'",
                "FTX+A?+B::C??'",
                "UNT+3+1'",
                "UNZ+1+1'",
            ]
        );
    }
}
