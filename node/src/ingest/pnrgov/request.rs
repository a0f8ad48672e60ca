//! `SSR`: what is sensitive is purged before anything else; of the rest, only known grammars are read.

use super::booking::Draft;
use super::people::{Claim, Fact};
use crate::ingest::date::{self, Century};
use crate::ingest::docs;
use crate::ingest::edifact::Segment;
use crate::ingest::report::Decoded;
use crate::ingest::sensitive::{self, Fate};
use jiff::civil::Date;
use std::borrow::Cow;

/// Counts a request that is not read: among history nothing is.
pub(super) fn purge(segment: &Segment<'_>, out: &mut Decoded) {
    match sensitive::fate(&segment.text(1, 0)) {
        Fate::Remove(code) => out.removed(code),
        _ => out.withheld("history"),
    }
}

/// Reads a request into claims about travellers.
pub(super) fn take(draft: &mut Draft, segment: &Segment<'_>, out: &mut Decoded) {
    match sensitive::fate(&segment.text(1, 0)) {
        Fate::Remove(code) => out.removed(code),
        Fate::Read(code) => read(draft, code, segment, out),
        Fate::Flag(code) => claim(draft, segment, Fact::Service(code)),
        Fate::Withhold => out.withheld("SSR"),
    }
}

fn read(draft: &mut Draft, code: &str, segment: &Segment<'_>, out: &mut Decoded) {
    if matches!(code, "SEAT" | "NSST" | "NSSA" | "NSSB" | "NSSW" | "RQST") {
        if seats(draft, segment) == 0 {
            out.withheld("SSR");
        }
        return;
    }
    match fact(code, &free_text(segment), draft.message) {
        Some(fact) => claim(draft, segment, fact),
        None => out.withheld("SSR"),
    }
}

/// What the text of a request says, by the grammar of its code; none if nothing of it can be read.
pub(in crate::ingest) fn fact(code: &str, text: &str, message: Date) -> Option<Fact> {
    match code {
        "DOCS" => Some(Fact::Docs(Box::new(docs::docs(text, message)))),
        "DOCO" => docs::doco(text, message).map(|read| Fact::Doco(Box::new(read))),
        "DOCA" => docs::doca(text).map(|read| Fact::Doca(Box::new(read))),
        "FOID" => docs::foid(text).map(Fact::Identified),
        "INFT" => docs::inft(text, message).map(Fact::Inft),
        "CHLD" => Some(Fact::Child(date::lettered(
            text.trim_matches(['/', ' ']),
            Century::Birth,
            message,
        ))),
        "TKNE" => Some(Fact::Ticket {
            text: text.to_owned(),
            infant: text.trim_start().starts_with("INF"),
        }),
        "FQTV" | "FQTR" | "FQTS" | "FQTU" => {
            docs::frequent_flyer(text).map(|(programme, number)| Fact::Member(programme.to_owned(), number.to_owned()))
        }
        "CTCR" => Some(docs::request_contact(code, text).map_or(Fact::Service("CTCR"), Fact::Contact)),
        "CTCM" | "CTCE" => docs::request_contact(code, text).map(Fact::Contact),
        _ => None,
    }
}

/// `+15A::1+15B::2`: a seat and the traveller it is for. Gives how many there were.
fn seats(draft: &mut Draft, segment: &Segment<'_>) -> usize {
    let before = draft.claims.len();
    let flight = draft.open_flight();
    let group = draft.open_traveller();
    for element in segment.items(2).filter(|element| !element.is_empty()) {
        let fact = Fact::Seat(element.component(0).into_owned());
        draft.claims.push(Claim {
            fact,
            references: vec![element.component(2).into_owned()],
            group,
            flight,
        });
    }
    draft.claims.len() - before
}

fn claim(draft: &mut Draft, segment: &Segment<'_>, fact: Fact) {
    let references = segment.items(2).map(|element| element.component(2).into_owned());
    let references = references.filter(|reference| !reference.is_empty()).collect();
    let (group, flight) = (draft.open_traveller(), draft.open_flight());
    draft.claims.push(Claim {
        fact,
        references,
        group,
        flight,
    });
}

/// The text of a request: the ninth component, or an earlier one that some senders use.
fn free_text<'a>(segment: &Segment<'a>) -> Cow<'a, str> {
    let request = segment.element(1);
    let text = request.component(8);
    if text.is_empty() {
        request
            .components()
            .skip(4)
            .find(|part| part.contains('/'))
            .unwrap_or_default()
    } else {
        text
    }
}
