//! The transport dress around an interchange: Type B header lines, SOH and STX, blanks and
//! line ends, text after the end. Found by where a service segment begins, never by content.

use super::delimiters::Delimiters;

/// Where the next interchange starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Start {
    /// Offset of the first segment after any `UNA`.
    pub(crate) at: usize,
    /// Offset where the interchange, `UNA` included, begins.
    pub(crate) found: usize,
    /// The delimiters to read it with.
    pub(crate) delimiters: Delimiters,
    /// A `UNA` was there and could not be used.
    pub(crate) damaged: bool,
}

/// How many bytes after the start of an interchange are looked at: a `UNA` and the padding after it.
pub(crate) const LOOK: usize = 4 * 1024;

/// Finds the next interchange at or after an offset. `fresh` says that something may begin at the
/// offset itself; elsewhere it begins after padding only, or after a byte order mark.
pub(crate) fn next(bytes: &[u8], from: usize, fresh: bool) -> Option<Start> {
    memchr::memmem::find_iter(bytes.get(from..)?, b"UN").find_map(|found| {
        let at = from + found;
        let before = bytes.get(..at)?;
        let begins = (fresh && at == from)
            || before.last().is_some_and(|byte| is_padding(*byte))
            || before.ends_with(b"\xEF\xBB\xBF");
        let rest = bytes.get(at..bytes.len().min(at + LOOK))?;
        begins.then(|| start(rest, at)).flatten()
    })
}

/// Whether there is anything but padding in this part of a file.
pub(crate) fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| is_padding(*b))
}

pub(crate) const fn is_padding(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte.is_ascii_control()
}

fn start(rest: &[u8], at: usize) -> Option<Start> {
    match rest.get(2)? {
        b'A' => advice(rest, at),
        b'B' | b'G' | b'H' => rest
            .get(3)
            .is_some_and(|next| !next.is_ascii_alphanumeric())
            .then_some(Start {
                at,
                found: at,
                delimiters: Delimiters::default(),
                damaged: false,
            }),
        _ => None,
    }
}

/// Reads a `UNA`. One that a word processor has been at is passed over and the defaults hold.
fn advice(rest: &[u8], at: usize) -> Option<Start> {
    let told = rest
        .get(3..9)
        .and_then(|told| <[u8; 6]>::try_from(told).ok())
        .and_then(Delimiters::advised);
    let after = |from: usize| {
        rest.get(from..)?
            .iter()
            .position(|b| !is_padding(*b))
            .map(|skipped| from + skipped)
    };
    let whole = told
        .zip(after(9))
        .filter(|(_, next)| rest.get(*next..).is_some_and(|rest| rest.starts_with(b"UN")));
    if let Some((delimiters, next)) = whole {
        return Some(Start {
            at: at + next,
            found: at,
            delimiters,
            damaged: false,
        });
    }
    let next = (3..rest.len().min(24)).find(|from| rest.get(*from..).is_some_and(|rest| rest.starts_with(b"UN")))?;
    Some(Start {
        at: at + next,
        found: at,
        delimiters: Delimiters::default(),
        damaged: true,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn a_type_b_header_is_not_part_of_the_message() {
        let text = b"QK LONPPXS\r\n.MUCKMTS 250521\r\n\x02UNB+UNOA:4+A+B'";
        let start = next(text, 0, true).unwrap();
        assert!(text.get(start.at..).unwrap().starts_with(b"UNB+"));
        assert!(!start.damaged);
    }

    #[test]
    fn a_byte_order_mark_hides_nothing() {
        let start = next(b"\xEF\xBB\xBFUNB+UNOC:3+A+B'", 0, true).unwrap();
        assert_eq!(start.at, 3);
    }

    #[test]
    fn words_that_begin_alike_are_no_interchange() {
        assert_eq!(next(b"UNION STREET\nUNBOUND\nXUNB+A'", 0, true), None);
        assert_eq!(next(b"UNB+A'", 0, false), None);
    }

    #[test]
    fn every_dialect_seen_is_understood() {
        for told in [b":+.? '", b":+.?*'", b":+.\\*'", b":*.? $", b":-.? *", b":(.) -"] {
            let text = [b"UNA", told.as_slice(), b"\r\n UNB"].concat();
            let start = next(&text, 0, true).unwrap();
            assert!(!start.damaged);
            assert_eq!(start.delimiters, Delimiters::advised(*told).unwrap());
            assert!(text.get(start.at..).unwrap().starts_with(b"UNB"));
        }
    }

    #[test]
    fn advice_from_a_word_processor_is_passed_over() {
        for told in ["UNA:+\\*'\nUNB+", "UNA:+.\\*\u{2019} UNB+"] {
            let start = next(told.as_bytes(), 0, true).unwrap();
            assert!(start.damaged);
            assert_eq!(start.delimiters, Delimiters::default());
        }
    }
}
