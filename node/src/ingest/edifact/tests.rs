#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]
use super::*;
use proptest::prelude::*;
use std::borrow::Cow;

fn segments(text: &[u8]) -> Vec<Segment<'_>> {
    Segments::new(text, 0, Delimiters::default()).collect()
}

#[test]
fn a_released_delimiter_is_text() {
    let all = segments(b"PDT+P/E54321A:980831:IE+O?'LEARY:KRIS??'UNT+2'");
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].text(2, 0), "O'LEARY");
    assert_eq!(all[0].text(2, 1), "KRIS?");
    assert_eq!(all[0].text(1, 2), "IE");
}

#[test]
fn a_line_break_inside_a_value_joins_without_a_blank() {
    let all = segments(b"SSR+DOCS:HK::UT:::::/P/UTO/X1/VANDENBE\r\nRG/KEVIN'");
    assert_eq!(all[0].text(1, 8), "/P/UTO/X1/VANDENBERG/KEVIN");
}

#[test]
fn blanks_around_tags_do_not_hide_them() {
    let tags: Vec<_> = segments(b" UNG +PAXLST'\r\n  UNH+1' ")
        .iter()
        .map(|s| s.tag().to_owned())
        .collect();
    assert_eq!(tags, ["UNG", "UNH"]);
}

#[test]
fn a_typographic_terminator_at_a_line_end_is_taken_for_one() {
    let text = "RCI+1A:X+OZ:Y\u{2019}\nTVL+1'IFT+4:28+ROCK \u{2019}N ROLL'";
    let all = segments(text.as_bytes());
    assert_eq!(all.iter().map(Segment::tag).collect::<Vec<_>>(), ["RCI", "TVL", "IFT"]);
}

#[test]
fn bytes_that_are_not_utf8_are_read_as_latin_one() {
    let all = segments(b"NAD+FL+++M\xDCLLER:ZO\xC9'");
    assert_eq!(all[0].text(4, 0), "MÜLLER");
    assert!(all[0].is_foreign());
}

#[test]
fn what_is_absent_is_empty() {
    let all = segments(b"DOC++'DAT'");
    assert_eq!(all[0].text(2, 0), "");
    assert_eq!(all[0].text(9, 9), "");
    assert!(all[0].is_empty() && all[1].is_empty());
}

#[test]
fn repetitions_are_occurrences_of_one_element() {
    let delimiters = Delimiters::advised(*b":+.?*'").unwrap();
    let all: Vec<_> = Segments::new(b"FTI+AA:1*BB:2+CC?*'", 0, delimiters).collect();
    let programmes: Vec<_> = all[0]
        .element(1)
        .occurrences()
        .map(|o| o.component(0).into_owned())
        .collect();
    assert_eq!(programmes, ["AA", "BB"]);
    assert_eq!(all[0].text(2, 0), "CC*");
}

#[test]
fn delimiters_that_clash_are_refused() {
    for told in [b":+.?*:", b"::.? '", b":+.? \n", b"A+.? '"] {
        assert_eq!(Delimiters::advised(*told), None);
    }
}

fn flat_ours(text: &[u8]) -> Vec<Vec<Vec<String>>> {
    let one = |s: &Segment<'_>| {
        s.elements()
            .map(|e| e.components().map(Cow::into_owned).collect())
            .collect()
    };
    segments(text).iter().map(one).collect()
}

fn flat_oracle(text: &[u8]) -> Option<Vec<Vec<Vec<String>>>> {
    let all: Vec<_> = edifact_rs::from_bytes(text).collect::<Result<_, _>>().ok()?;
    let words = |e: &edifact_rs::Element<'_>| e.components.iter().map(|(text, _)| text.to_string()).collect();
    Some(all.iter().map(|s| s.elements.iter().map(words).collect()).collect())
}

proptest! {
    #[test]
    fn any_bytes_are_split_without_loss_of_place(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut last = 0;
        for segment in segments(&bytes) {
            prop_assert!(segment.offset() >= last);
            last = segment.offset();
            let _ = segment.elements().map(|e| e.components().count()).sum::<usize>();
        }
    }

    #[test]
    fn well_formed_segments_read_as_the_oracle_reads_them(text in "([A-Z]{3}(\\+[A-Z0-9 ?:/.-]{0,12}){1,4}'){1,6}") {
        if let Some(theirs) = flat_oracle(text.as_bytes()) {
            prop_assert_eq!(flat_ours(text.as_bytes()), theirs);
        }
    }
}
