//! Our tokenizer against another one, `edifact-rs`: on every input that one accepts, both read the
//! same segments, elements, repetitions and components.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "shared/folder.rs"]
mod folder;

use folder::shared;
use piux_node::ingest::edifact::{Element, segments};
use proptest::prelude::*;

/// Segments as lists of elements, those as lists of repetitions, those as lists of components.
type Syntax = Vec<(String, Vec<Vec<Vec<String>>>)>;

/// Line breaks in values are transport to us and content to the other.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_ascii_control()).collect()
}

fn ours(bytes: &[u8]) -> Syntax {
    let words = |element: Element<'_>| element.components().map(|text| plain(&text)).collect();
    let element = |element: Element<'_>| element.occurrences().map(words).collect();
    segments(bytes)
        .map(|segment| (segment.tag().to_owned(), segment.elements().map(element).collect()))
        .collect()
}

fn theirs(bytes: &[u8]) -> Option<Syntax> {
    let words = |components: &edifact_rs::Components<'_>| components.iter().map(|(text, _)| plain(text)).collect();
    let element = |element: &edifact_rs::Element<'_>| {
        std::iter::once(&element.components)
            .chain(&element.repeats)
            .map(words)
            .collect()
    };
    let all: Vec<_> = edifact_rs::from_bytes(bytes).collect::<Result<_, _>>().ok()?;
    Some(
        all.iter()
            .map(|segment| (segment.tag.to_string(), segment.elements.iter().map(element).collect()))
            .collect(),
    )
}

/// Repetitions joined again: where no `UNA` says so, syntax version 4 makes the other take `*` for a
/// separator, and senders have it in their names.
fn joined(syntax: Syntax) -> Vec<(String, Vec<String>)> {
    let element = |occurrences: Vec<Vec<String>>| {
        let one = |words: Vec<String>| words.join(":");
        occurrences.into_iter().map(one).collect::<Vec<_>>().join("*")
    };
    syntax
        .into_iter()
        .map(|(tag, elements)| (tag, elements.into_iter().map(element).collect()))
        .collect()
}

#[test]
fn every_sample_the_other_accepts_is_read_alike() {
    let Some(samples) = shared("samples") else { return };
    let (mut agreed, mut refused) = (0, 0);
    for folder in ["paxlst", "pnrgov", "cusres"] {
        for entry in std::fs::read_dir(samples.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            let Some(theirs) = theirs(&bytes) else {
                refused += 1;
                continue;
            };
            // A quotation mark from a word processor ends a segment for us, and is text for the other.
            if bytes.windows(3).any(|window| window == "\u{2019}".as_bytes()) {
                continue;
            }
            assert_eq!(joined(ours(&bytes)), joined(theirs), "{}", path.display());
            agreed += 1;
        }
    }
    eprintln!("{agreed} samples read alike, {refused} refused by the other tokenizer");
    assert!(agreed >= 50);
}

/// Six service characters that differ from each other and from tags; repetition used or not.
fn advice() -> impl Strategy<Value = [u8; 6]> {
    let marks = b":+?*'\\$(-)!;|^~=&%".to_vec();
    let repetition = any::<bool>();
    (Just(marks).prop_shuffle(), repetition).prop_map(|(marks, repetition)| {
        let separator = if repetition { marks[3] } else { b' ' };
        [marks[0], marks[1], b'.', marks[2], separator, marks[4]]
    })
}

type Written = Vec<(String, Vec<Vec<Vec<String>>>)>;

fn written() -> impl Strategy<Value = Written> {
    let text = "[ -~éß]{0,9}";
    let occurrence = prop::collection::vec(text, 1..4);
    let element = prop::collection::vec(occurrence, 1..3);
    let segment = ("[A-TV-Z][A-Z]{2}", prop::collection::vec(element, 1..5));
    prop::collection::vec(segment, 1..8)
}

/// Writes segments in a dialect. Without a repetition separator each element occurs once.
fn write(all: &Written, told: [u8; 6]) -> Vec<u8> {
    let [component, element, _, release, repetition, terminator] = told;
    let mut out = [
        b"UNA".as_slice(),
        &told,
        b"UNB",
        &[element],
        b"UNOY",
        &[component],
        b"4",
        &[terminator],
    ]
    .concat();
    for (tag, elements) in all {
        out.extend_from_slice(tag.as_bytes());
        for occurrences in elements {
            out.push(element);
            let count = if repetition == b' ' { 1 } else { occurrences.len() };
            for (at, words) in occurrences.iter().take(count).enumerate() {
                if at > 0 {
                    out.push(repetition);
                }
                for (at, word) in words.iter().enumerate() {
                    if at > 0 {
                        out.push(component);
                    }
                    for byte in word.bytes() {
                        if [component, element, release, terminator].contains(&byte)
                            || (byte == repetition && repetition != b' ')
                        {
                            out.push(release);
                        }
                        out.push(byte);
                    }
                }
            }
        }
        out.push(terminator);
    }
    out
}

fn expected(all: &Written, told: [u8; 6]) -> Written {
    let repeats = told[4] != b' ';
    let element = |occurrences: &Vec<Vec<String>>| {
        let count = if repeats { occurrences.len() } else { 1 };
        occurrences.iter().take(count).cloned().collect()
    };
    all.iter()
        .map(|(tag, elements)| (tag.clone(), elements.iter().map(element).collect()))
        .collect()
}

proptest! {
    #[test]
    fn what_is_written_in_any_dialect_is_read_again(all in written(), told in advice()) {
        let bytes = write(&all, told);
        let read = ours(&bytes);
        prop_assert_eq!(&read[1..], &expected(&all, told)[..]);
    }

    #[test]
    fn what_is_written_in_any_dialect_is_read_alike(all in written(), told in advice()) {
        let bytes = write(&all, told);
        if let Some(theirs) = theirs(&bytes) {
            prop_assert_eq!(ours(&bytes), theirs);
        }
    }

    #[test]
    fn damaged_text_the_other_accepts_is_read_alike(
        all in written(),
        at in any::<prop::sample::Index>(),
        byte in prop::sample::select(b"'+:?*AB9 ".to_vec()),
    ) {
        let mut bytes = write(&all, *b":+.?*'");
        // Behind the `UNA` and the tag it is told by.
        let at = 12 + at.index(bytes.len() - 12);
        bytes[at] = byte;
        if let Some(theirs) = theirs(&bytes) {
            prop_assert_eq!(ours(&bytes), theirs);
        }
    }
}
