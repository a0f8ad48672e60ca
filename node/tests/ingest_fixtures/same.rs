//! The same said otherwise: cut into other parts, in another order, twice, in other dress.

use super::read;
use piux_node::ingest::Booking;
use piux_node::ingest::model::Provenance;
use proptest::prelude::*;

const LEVEL0: &str = "MSG+:22'ORG+UT:UTA'TVL+050326:0700:0910+UTA+RUB+UT+451'EQN+6'";

/// Six bookings of one or two travellers each.
fn bookings() -> Vec<String> {
    let one = |at: usize| {
        format!(
            "SRC'RCI+1A:LOC{at}AA::110126:0439'ORG+1A:UTA+12345675:UTAUT2400+UTA+1A+T+GB'\
             TIF+ROOKWOOD+TAMSIN {at}MRS:A:1:1'REF+:UT{at}77'\
             SSR+DOCS:HK:1:UT:::::/P/GBR/55001{at}226/GBR/0{at}JUL88/F/12NOV32/ROOKWOOD/TAMSIN+::1'\
             SSR+INFT:HK:1:UT:::::ROOKWOOD/PEARL 2{at}SEP25+::1'\
             TVL+050326:0700::0910+UTA+RUB+UT+451:Y'RPI+1+HK'SSR+SEAT:HK:1:UT:::UTA:RUB+1{at}A::1'"
        )
    };
    (1..=6).map(one).collect()
}

/// One part of the push, an interchange of its own.
fn part(ordinal: usize, of: usize, bookings: &[String]) -> String {
    let mark = match ordinal {
        _ if ordinal == of => ":F",
        1 => ":C",
        _ => "",
    };
    let body = bookings.concat();
    let segments = LEVEL0.matches('\'').count() + body.matches('\'').count() + 2;
    format!(
        "UNB+IATA:1+UT+UTOPIU+260304:1215+PUSH{ordinal}'UNH+1+PNRGOV:13:1:IA+050326/0700/UT/451+{ordinal:02}{mark}'\
         {LEVEL0}{body}UNT+{segments}+1'UNZ+1+PUSH{ordinal}'\r\n"
    )
}

/// The bookings without what says how they came.
fn bare(bytes: &[u8]) -> Vec<Booking> {
    let decoded = read(bytes);
    assert_eq!(decoded.rejected, 0);
    let mut bookings = decoded.bookings;
    for booking in &mut bookings {
        booking.provenance = Provenance::default();
        if let Some(push) = &mut booking.push {
            assert_eq!(push.total, Some(6));
            (push.part, push.last) = (None, true);
        }
    }
    bookings.sort_by_key(|booking| booking.locators[0].locator.clone());
    bookings
}

fn whole() -> Vec<Booking> {
    bare(part(1, 1, &bookings()).as_bytes())
}

proptest! {
    #[test]
    fn a_push_means_the_same_however_it_is_cut_and_ordered(
        cuts in prop::collection::btree_set(1usize..6, 0..5), order in any::<prop::sample::Index>(),
    ) {
        let all = bookings();
        let ends: Vec<_> = cuts.into_iter().chain([all.len()]).collect();
        let mut from = 0;
        let mut parts = Vec::new();
        for (at, end) in ends.iter().enumerate() {
            parts.push(part(at + 1, ends.len(), &all[from..*end]));
            from = *end;
        }
        let turned = order.index(parts.len());
        parts.rotate_left(turned);
        prop_assert!(bare(parts.concat().as_bytes()) == whole());
    }

    #[test]
    fn a_part_that_comes_twice_says_nothing_new(again in 0usize..3) {
        let all = bookings();
        let parts: Vec<_> = all.chunks(2).enumerate().map(|(at, some)| part(at + 1, 3, some)).collect();
        let sent = format!("{}{}", parts.concat(), parts[again]);
        let mut read = bare(sent.as_bytes());
        prop_assert_eq!(read.len(), 8);
        read.dedup_by(|one, other| one == other);
        prop_assert!(read == whole());
    }

    #[test]
    fn line_breaks_anywhere_change_nothing(width in 7usize..120) {
        let text = part(1, 1, &bookings());
        let lines: Vec<_> = text.trim_end().as_bytes().chunks(width).map(|line| String::from_utf8_lossy(line)).collect();
        // A message begins where its first line does: the first break falls behind the tag.
        prop_assert!(bare(lines.join("\r\n").as_bytes()) == whole());
    }

    #[test]
    fn delimiters_are_only_delimiters(dialect in prop::sample::select(vec![
        ("UNA:*.? $", [":", "*", "$"]), ("UNA:(.) -", [":", "(", "-"]), ("UNA:+.\\*'", [":", "+", "'"]), ("UNA|#.?*!", ["|", "#", "!"]),
    ])) {
        let (advice, [component, element, terminator]) = dialect;
        let text = part(1, 1, &bookings()).replace('\'', "\u{1}").replace('+', "\u{2}").replace(':', "\u{3}");
        let told = text.replace('\u{1}', terminator).replace('\u{2}', element).replace('\u{3}', component);
        let dressed = [advice, told.as_str()].concat();
        prop_assert!(bare(dressed.as_bytes()) == whole());
    }

    #[test]
    fn transport_dress_is_no_content(header in "QK [A-Z]{7}\r\n\\.[A-Z]{7} [0-9]{6}\r\n", blanks in "[ \r\n]{0,6}") {
        let text = part(1, 1, &bookings()).replace('\'', &format!("'{blanks}"));
        let dressed = [header.as_str(), "\u{2}", text.as_str(), "\u{3}"].concat();
        prop_assert!(bare(dressed.as_bytes()) == whole());
    }
}
