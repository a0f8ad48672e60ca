//! Delimiters, as a `UNA` advises them.

/// The characters with a meaning in one interchange (`UNA`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delimiters {
    pub(super) component: u8,
    pub(super) element: u8,
    pub(super) release: Option<u8>,
    pub(super) repetition: Option<u8>,
    pub(super) terminator: u8,
}

impl Default for Delimiters {
    fn default() -> Self {
        Self {
            component: b':',
            element: b'+',
            release: Some(b'?'),
            repetition: None,
            terminator: b'\'',
        }
    }
}

impl Delimiters {
    /// The delimiters of a `UNA`'s six characters; none if they cannot be meant.
    pub fn advised(told: [u8; 6]) -> Option<Self> {
        let [component, element, _decimal, release, repetition, terminator] = told;
        let optional = |byte: u8| (byte != b' ').then_some(byte);
        let meant = |byte: u8| byte.is_ascii_punctuation();
        let (release, repetition) = (optional(release), optional(repetition));
        let used = [Some(component), Some(element), release, repetition, Some(terminator)];
        let clear = used.iter().flatten().all(|byte| meant(*byte));
        let distinct = used
            .iter()
            .enumerate()
            .all(|(at, byte)| byte.is_none() || !used.iter().skip(at + 1).any(|other| other == byte));
        (clear && distinct).then_some(Self {
            component,
            element,
            release,
            repetition,
            terminator,
        })
    }

    /// Whether a tag ends before this byte.
    pub(super) const fn ends_tag(self, byte: u8) -> bool {
        byte == self.element || byte == self.component
    }

    /// The `UNA` that says so.
    pub(crate) fn advice(self) -> [u8; 9] {
        let told = |byte: Option<u8>| byte.unwrap_or(b' ');
        let (release, repetition) = (told(self.release), told(self.repetition));
        [
            b'U',
            b'N',
            b'A',
            self.component,
            self.element,
            b'.',
            release,
            repetition,
            self.terminator,
        ]
    }
}
