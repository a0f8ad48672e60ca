#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]
use crate::ingest::edifact::{MESSAGE_SEGMENTS, SEGMENT_BYTES, segments};
use crate::ingest::{Decoded, Finding, Severity, decode, resume};
use piux_protocol::vocabulary::Timestamp;
use proptest::prelude::*;
use std::io::{BufRead, Read};

const LIST: &str = include_str!("../../../../tests/fixtures/list-two-legs.edi");
const PUSH: &str = include_str!("../../../../tests/fixtures/push-family.edi");

fn now() -> Timestamp {
    "2026-03-04T20:00:00.000Z".parse().unwrap()
}

fn read(bytes: &[u8]) -> Decoded {
    decode(bytes, None, now())
}

fn rules(decoded: &Decoded) -> Vec<&'static str> {
    decoded.findings.iter().map(|finding| finding.rule).collect()
}

fn finding<'d>(decoded: &'d Decoded, rule: &str) -> &'d Finding {
    decoded.findings.iter().find(|finding| finding.rule == rule).unwrap()
}

/// A stream that gives its bytes in pieces of these sizes, again and again.
struct Drip<'a> {
    rest: &'a [u8],
    sizes: Vec<usize>,
    at: usize,
}

impl<'a> Drip<'a> {
    fn new(rest: &'a [u8], sizes: Vec<usize>) -> Self {
        Self { rest, sizes, at: 0 }
    }
}

impl Read for Drip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let mut piece = self.fill_buf()?;
        let count = piece.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Drip<'_> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        let size = self.sizes[self.at % self.sizes.len()].max(1);
        Ok(&self.rest[..size.min(self.rest.len())])
    }

    fn consume(&mut self, count: usize) {
        self.rest = &self.rest[count..];
        self.at += 1;
    }
}

/// The parts a stream gives, from an offset on.
fn parts(input: &mut dyn BufRead, after: u64) -> Vec<Decoded> {
    let mut all = Vec::new();
    resume::<std::io::Error>(input, None, now(), after, &mut |part| {
        all.push(part);
        Ok(())
    })
    .unwrap();
    all
}

/// Everything that was read, to compare.
fn told(parts: &[Decoded]) -> String {
    let one = |part: &Decoded| {
        let bookings = serde_json::to_string(&part.bookings).unwrap();
        let lost: Vec<_> = part.lost.iter().map(|lost| lost.content.to_vec()).collect();
        format!(
            "{bookings} {:?} {:?} {} {lost:?}",
            part.findings, part.parts, part.position_end
        )
    };
    parts.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// A stream of several interchanges in different dress.
fn mixed() -> Vec<u8> {
    let bare = "UNB+UNOA:4+ZZ+UTOPIU+260304:0915+7'UNH+1+PAXLST:D:02B:UN'BGM+745'TDT+20+ZZ7'LOC+125+UTA'\
                DTM+189:2603050700:201'LOC+87+RUB'NAD+FL+++MERROW:TILDA'UNT+8+1'UNZ+1+7'";
    let lost = "UNB+UNOA:4+ZZ+UTOPIU+260304:0915+8'UNH+1+PAXLST:D:02B:UN'BGM+745'NAD+FL+++FENWICK:ODO'\
                UNT+4+1'UNZ+1+8'";
    [LIST, "some words\r\n", PUSH, bare, "\x03\r\n", lost, bare]
        .concat()
        .into_bytes()
}

#[test]
fn a_stream_is_handed_over_message_by_message() {
    let text = mixed();
    let all = parts(&mut text.as_slice(), 0);
    let messages: Vec<_> = all.iter().map(|part| part.messages).collect();
    assert_eq!(
        messages,
        [1, 1, 1, 1, 1],
        "the first list, the push, and three bare lists"
    );
    let ends: Vec<_> = all.iter().map(|part| part.position_end).collect();
    assert!(ends.windows(2).all(|pair| pair[0] < pair[1]));
    let numbers: Vec<_> = all
        .iter()
        .flat_map(|part| &part.findings)
        .map(|finding| finding.position.message)
        .filter(|number| *number > 0)
        .collect();
    assert!(numbers.windows(2).all(|pair| pair[0] <= pair[1]) && numbers.contains(&4));
}

#[test]
fn reading_is_resumed_where_it_stopped_with_sender_and_ordinals_known() {
    let text = mixed();
    let all = parts(&mut text.as_slice(), 0);
    for stop in 0..all.len() {
        let again = parts(&mut text.as_slice(), all[stop].position_end);
        assert_eq!(again.len(), all.len() - stop - 1);
        let same = |pair: (&Decoded, &Decoded)| {
            serde_json::to_string(&pair.0.bookings).unwrap() == serde_json::to_string(&pair.1.bookings).unwrap()
                && pair.0.parts == pair.1.parts
        };
        assert!(
            again.iter().zip(&all[stop + 1..]).all(same),
            "resumed after part {stop}"
        );
    }
}

#[test]
fn reading_stops_when_the_taker_does() {
    let text = mixed();
    let mut count = 0;
    let outcome = crate::ingest::read(&mut text.as_slice(), None, now(), &mut |_| {
        count += 1;
        Err(std::io::Error::other("enough"))
    });
    assert!(outcome.is_err());
    assert_eq!(count, 1);
}

#[test]
fn a_lost_message_is_kept_whole_and_can_be_decoded_on_its_own() {
    let text = "UNA:*.? $UNB*UNOA:4*ZZ*UTOPIU*260304:0915*8$UNH*1*PAXLST:D:02B:UN*REF$BGM*745$\
                NAD*FL***FENWICK:ODO$NAD*FL***FENWICK:IDA$UNT*5*1$UNZ*1*8$";
    let decoded = read(text.as_bytes());
    assert_eq!((decoded.rejected, decoded.travellers_read), (2, 2));
    let [lost] = decoded.lost.as_slice() else {
        panic!("one message is lost")
    };
    assert_eq!(
        (lost.rule, lost.travellers, lost.complete),
        ("structure.no_flight", 2, true)
    );
    let flight = "TDT*20*ZZ7$LOC*125*UTA$DTM*189:2603050700:201$LOC*87*RUB$NAD*FL";
    let mended = String::from_utf8(lost.content.to_vec())
        .unwrap()
        .replacen("NAD*FL", flight, 1);
    let again = read(mended.as_bytes());
    assert_eq!((again.rejected, again.bookings.len()), (0, 2));
    assert_eq!(again.bookings[0].provenance.sender, "ZZ");
    assert!(!format!("{:?} {:?}", decoded, decoded.lost).contains("FENWICK"));
}

#[test]
fn what_stands_outside_of_any_message_is_counted_and_kept() {
    let text = "UNB+UNOA:4+ZZ+UTOPIU+260304:0915+8'BGM+745'NAD+FL+++FENWICK:ODO'DTM+329:810101'UNZ+0+8'";
    let decoded = read(text.as_bytes());
    assert_eq!(rules(&decoded), ["envelope.outside", "structure.no_unh"]);
    assert_eq!((decoded.rejected, decoded.lost.len()), (1, 1));
}

#[test]
fn a_message_cut_off_is_read_as_far_as_it_goes_and_kept() {
    let cut = LIST.find("BRAM").unwrap();
    let decoded = read(&LIST.as_bytes()[..cut]);
    assert_eq!((decoded.travellers_read, decoded.rejected), (2, 1));
    assert_eq!(decoded.lost[0].rule, "syntax.cut_off");
    assert_eq!(decoded.bookings[0].travellers.len(), 1);
}

#[test]
fn a_huge_field_costs_only_itself_and_binds_nothing_wrongly() {
    let huge = "X".repeat(3 * SEGMENT_BYTES);
    let text = LIST.replace("NAD+FL+++QUILLFEATHER:BRAM'", &format!("NAD+FL+++{huge}:BRAM'"));
    let text = text.replace("DOC+V:110:111+V55501'", &format!("DOC+V:110:111+{huge}'"));
    for sizes in [vec![1 << 30], vec![700], vec![65_537]] {
        let all = parts(&mut Drip::new(text.as_bytes(), sizes), 0);
        let [list] = all.as_slice() else { panic!("one message") };
        assert_eq!(rules(list).iter().filter(|rule| **rule == "limit.segment").count(), 2);
        assert_eq!((list.travellers_read, list.rejected), (3, 0));
        let first = &list.bookings[0].travellers[0];
        assert_eq!(first.documents.len(), 1, "the visa is gone and its issuer is nobody's");
        assert_eq!(first.names[0].surname, "QUILLFEATHER");
        assert_eq!(list.bookings[0].travellers[1].names.len(), 0);
    }
}

#[test]
fn a_field_without_end_is_read_in_bounded_memory() {
    struct Endless(u64);
    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = buffer.len().min(usize::try_from(self.0).unwrap());
            buffer[..count].fill(b'X');
            self.0 -= count as u64;
            Ok(count)
        }
    }
    let start = b"UNB+UNOA:4+ZZ+UTOPIU+260304:0915+8'UNH+1+PAXLST:D:02B:UN'FTX+".as_slice();
    let flood = Endless(300 * 1024 * 1024);
    let mut input = std::io::BufReader::new(start.chain(flood));
    let mut window = super::Window::new(&mut input);
    let mut scan = super::Scan::default();
    let mut largest = 0;
    while scan
        .find(
            window.rest(),
            super::Delimiters::advised(*b":+.? ~").unwrap(),
            window.ended(),
        )
        .is_none()
    {
        if scan.searched() > SEGMENT_BYTES {
            let searched = scan.restart();
            window.cut(searched);
        }
        window.fill().unwrap();
        largest = largest.max(window.rest().len());
    }
    assert!(largest < 4 * SEGMENT_BYTES);
    assert_eq!(
        window.offset() + window.rest().len() as u64,
        start.len() as u64 + 300 * 1024 * 1024
    );
}

#[test]
fn a_flood_of_segments_is_cut_and_everybody_beyond_is_counted() {
    let flood = "NAD+FL+++MERROW:TILDA'".repeat(MESSAGE_SEGMENTS + 7);
    let text = format!(
        "UNB+UNOA:4+ZZ+UTOPIU+260304:0915+7'UNH+1+PAXLST:D:02B:UN'TDT+20+ZZ7'LOC+125+UTA'\
         DTM+189:2603050700:201'LOC+87+RUB'{flood}UNT+8+1'UNZ+1+7'"
    );
    let decoded = read(text.as_bytes());
    assert_eq!(decoded.travellers_read, MESSAGE_SEGMENTS + 7);
    assert_eq!(decoded.rejected, 11, "seven, and four for the flight's segments");
    assert_eq!(finding(&decoded, "limit.segments").severity, Severity::Error);
    assert_eq!(decoded.lost.len(), 1);
}

#[test]
fn counts_that_are_wrong_are_findings_and_reject_nobody() {
    let text = LIST
        .replace("UNT+53+M1", "UNT+9+M1")
        .replace("UNE+1+1", "UNE+4+1")
        .replace("UNZ+1+", "UNZ+3+");
    let decoded = read(text.as_bytes());
    assert_eq!(
        rules(&decoded),
        ["envelope.unt_count", "envelope.une_count", "envelope.unz_count"]
    );
    assert_eq!(decoded.rejected, 0);
    let path = finding(&decoded, "envelope.unt_count").path.unwrap();
    assert_eq!(path.to_string(), "PAXLST UNT/1");
}

#[test]
fn a_finding_about_a_segment_says_which() {
    let decoded = read(LIST.replace("DTM+329:840229", "DTM+329:849999").as_bytes());
    assert_eq!(
        finding(&decoded, "field.date").path.unwrap().to_string(),
        "PAXLST DTM/1/2"
    );
}

#[test]
fn bytes_of_another_character_set_reject_nobody() {
    let mut text = LIST.as_bytes().to_vec();
    let at = LIST.find("QUILLFEATHER").unwrap();
    text[at + 1] = 0xDC;
    let decoded = read(&text);
    assert_eq!((decoded.travellers_read, decoded.rejected), (3, 0));
    assert_eq!(decoded.bookings[0].travellers[0].names[0].surname, "QÜILLFEATHER");
    assert_eq!(finding(&decoded, "syntax.charset").severity, Severity::Info);
}

#[test]
fn no_interchange_at_all_is_one_rejection_and_is_kept() {
    let decoded = read(b"Dear colleagues,\nattached please find nothing.");
    assert_eq!((rules(&decoded), decoded.rejected), (vec!["format.unknown"], 1));
    assert_eq!(decoded.lost[0].content.len(), 46);
    assert_eq!(rules(&read(b" \r\n\x03")), ["format.empty"]);
}

#[test]
fn an_interchange_far_behind_other_words_is_found() {
    let text = [
        vec![b'x'; 300_000],
        b"\nsuper UNION UN\n".to_vec(),
        LIST.as_bytes().to_vec(),
    ]
    .concat();
    for sizes in [vec![1 << 30], vec![1, 4_095, 9]] {
        let mut input = Drip::new(&text, sizes);
        let all = parts(&mut input, 0);
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].travellers_read, 3);
    }
}

/// The same message in another dialect: delimiters changed, released where a text holds one.
fn rewritten(text: &str, told: [u8; 6]) -> Vec<u8> {
    let [component, element, _, release, repetition, terminator] = told;
    let mut out = [b"UNA".as_slice(), &told].concat();
    let released = |text: &str, out: &mut Vec<u8>| {
        for byte in text.bytes() {
            let used =
                [component, element, release, terminator].contains(&byte) || (repetition != b' ' && byte == repetition);
            if used && release != b' ' {
                out.push(release);
            }
            out.push(byte);
        }
    };
    for segment in segments(text.as_bytes()) {
        out.extend_from_slice(segment.tag().as_bytes());
        for item in segment.elements() {
            out.push(element);
            for (at, text) in item.components().enumerate() {
                if at > 0 {
                    out.push(component);
                }
                released(&text, &mut out);
            }
        }
        out.push(terminator);
    }
    out
}

#[test]
fn every_dialect_gives_the_same_travellers() {
    let plain = read(LIST.as_bytes());
    for told in [b":+.? '", b":+.?*'", b":+.\\*'", b":*.? $", b":-.? *", b":(.) -"] {
        let other = read(&rewritten(LIST, *told));
        assert_eq!(rules(&other), [""; 0], "{}", told.escape_ascii());
        let travellers = |decoded: &Decoded| {
            let all = decoded
                .bookings
                .iter()
                .map(|booking| (&booking.flights, &booking.travellers));
            serde_json::to_string(&all.collect::<Vec<_>>()).unwrap()
        };
        assert_eq!(travellers(&other), travellers(&plain), "{}", told.escape_ascii());
    }
}

#[test]
fn transport_dress_changes_nothing() {
    let plain = read(LIST.as_bytes());
    let wrapped: String = LIST
        .lines()
        .map(|line| {
            let (head, tail) = line.split_at(line.len() * 2 / 3);
            if line.is_ascii() && head.len() > 4 && !line.starts_with("UNA") {
                format!("{head}\r\n{tail}\r\n ")
            } else {
                format!("{line}\r\n")
            }
        })
        .collect();
    let dressed = format!("QK UTOPIXS\r\n.UTAMMUT 041215\r\n\x01\x02{wrapped}\x03\r\nEND OF TELEX");
    let other = read(dressed.as_bytes());
    assert_eq!(rules(&other), ["envelope.trailing_text"]);
    assert_eq!(
        serde_json::to_string(&other.bookings).unwrap(),
        serde_json::to_string(&plain.bookings).unwrap()
    );
}

#[test]
fn every_message_of_passengers_is_a_part_of_a_push() {
    let list = read(LIST.as_bytes());
    let [part] = list.parts.as_slice() else {
        panic!("one part")
    };
    assert_eq!(
        (part.total, part.carried, part.provenance.part.as_str()),
        (Some(2), 2, "01:F")
    );
    assert_eq!(part.provenance.function, "745");
    let push = read(PUSH.as_bytes());
    let [part] = push.parts.as_slice() else {
        panic!("one part")
    };
    assert_eq!((part.total, part.carried), (Some(3), 3));
    assert_eq!(part.provenance.access_ref, "050326/0700/UT/451");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn how_a_stream_comes_in_changes_nothing(sizes in prop::collection::vec(1_usize..5_000, 1..6)) {
        let text = mixed();
        let whole = parts(&mut text.as_slice(), 0);
        let pieces = parts(&mut Drip::new(&text, sizes), 0);
        prop_assert_eq!(told(&pieces), told(&whole));
    }

    #[test]
    fn damage_anywhere_is_read_the_same_however_it_comes_in(
        at in any::<prop::sample::Index>(),
        byte in prop::sample::select(b"'+:?*U\xE2\n\0".to_vec()),
        size in 1_usize..300,
    ) {
        let mut text = mixed();
        let at = at.index(text.len());
        text[at] = byte;
        let whole = parts(&mut text.as_slice(), 0);
        let pieces = parts(&mut Drip::new(&text, vec![size]), 0);
        prop_assert_eq!(told(&pieces), told(&whole));
        for part in &whole {
            let kept: usize = part.bookings.iter().map(|booking| booking.travellers.len()).sum();
            prop_assert_eq!(part.travellers_read, kept + part.rejected);
        }
    }

    #[test]
    fn any_bytes_are_read_to_their_end(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let text = [b"UNB+UNOA:4+ZZ'UNH+1+PNRGOV:11:1'".as_slice(), &bytes].concat();
        let all = parts(&mut text.as_slice(), 0);
        prop_assert!(all.iter().all(|part| part.position_end <= text.len() as u64));
    }
}
