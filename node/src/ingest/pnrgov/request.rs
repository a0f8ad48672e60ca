//! `SSR`: what is sensitive is purged before anything else; of the rest, only known grammars are read.

use super::people::{Claim, Fact};
use crate::ingest::date::{self, Century};
use crate::ingest::docs;
use crate::ingest::edifact::{Element, Segment};
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

/// Where a request stands: what it may be about, and when the message was made.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// The traveller whose group is open.
    pub(super) traveller: Option<usize>,
    /// The flight whose group is open.
    pub(super) flight: Option<usize>,
    pub(super) message: Date,
}

/// Reads a request into claims about travellers.
pub(super) fn claims(segment: &Segment<'_>, place: Place, out: &mut Decoded) -> Vec<Claim> {
    let claims = match sensitive::fate(&segment.text(1, 0)) {
        Fate::Remove(code) => {
            out.removed(code);
            return Vec::new();
        }
        Fate::Read(code) => read(code, segment, place),
        Fate::Flag(code) => vec![place.claim(segment, Fact::Service(code))],
        Fate::Withhold => Vec::new(),
    };
    if claims.is_empty() {
        out.withheld("SSR");
    }
    claims
}

fn read(code: &str, segment: &Segment<'_>, place: Place) -> Vec<Claim> {
    match code {
        "SEAT" | "NSST" | "NSSA" | "NSSB" | "NSSW" | "RQST" => place.seats(segment),
        _ => {
            let fact = fact(code, &free_text(segment), place.message);
            fact.map(|fact| place.claim(segment, fact)).into_iter().collect()
        }
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

impl Place {
    /// `+15A::1+15B::2`: a seat and the traveller it is for.
    fn seats(self, segment: &Segment<'_>) -> Vec<Claim> {
        let given = segment.items(2).filter(|element| !element.is_empty());
        let claim = |element: Element<'_>| Claim {
            fact: Fact::Seat(element.component(0).into_owned()),
            references: vec![element.component(2).into_owned()],
            group: self.traveller,
            flight: self.flight,
        };
        given.map(claim).collect()
    }

    fn claim(self, segment: &Segment<'_>, fact: Fact) -> Claim {
        let references = segment.items(2).map(|element| element.component(2).into_owned());
        Claim {
            fact,
            references: references.filter(|reference| !reference.is_empty()).collect(),
            group: self.traveller,
            flight: self.flight,
        }
    }
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
