//! Who is who in a booking.
//!
//! Documents hang on references, on the group they stand in, or on nothing but a name. An
//! infant's passport is filed under the adult (sex `FI` or `MI`): it must never become the
//! adult's, or a lookup for the child finds the mother.

use crate::ingest::date::PartialDate;
use crate::ingest::docs::{Doca, Doco, Docs, Identification, Inft};
use crate::ingest::model::{Booking, Contact, Document, Kind, NameForm, NameSource, Role, Traveller};

/// Something a request says about somebody.
pub(in crate::ingest) enum Fact {
    Docs(Box<Docs>),
    Inft(Inft),
    Doco(Box<Doco>),
    Doca(Box<Doca>),
    Identified(Identification),
    Contact(Contact),
    Child(Option<PartialDate>),
    Ticket { text: String, infant: bool },
    Member(String, String),
    Seat(String),
    Service(&'static str),
}

impl Fact {
    /// Whether it says that it is about the infant, whoever it hangs on.
    fn is_infants(&self) -> bool {
        match self {
            Self::Doco(read) => read.infant,
            Self::Doca(read) => read.infant,
            Self::Ticket { infant, .. } => *infant,
            _ => false,
        }
    }
}

/// A fact, and everything that tells whom it is about.
pub(in crate::ingest) struct Claim {
    pub(in crate::ingest) fact: Fact,
    pub(in crate::ingest) references: Vec<String>,
    /// The traveller in whose group the request stands.
    pub(in crate::ingest) group: Option<usize>,
    pub(in crate::ingest) flight: Option<usize>,
}

/// A traveller of the name field. `TBA` and a letter is a place held for somebody: no name.
pub(super) fn named(surname: &str, given: &str, kind: &str, reference: &str) -> Traveller {
    let kind = match kind {
        "A" | "ADT" => Kind::Adult,
        "C" | "CHD" => Kind::Child,
        "IN" | "INF" | "IF" | "IS" => Kind::Infant,
        _ => Kind::Unknown,
    };
    let mut traveller = Traveller::new(Role::Passenger, kind);
    traveller.reference = (!reference.is_empty()).then(|| reference.to_owned());
    if surname != "TBA" || given.len() > 1 {
        traveller.add_name(NameForm::new(NameSource::Tif, surname, given));
    }
    traveller
}

/// The traveller of a reference.
pub(in crate::ingest) fn by_reference(booking: &Booking, reference: &str) -> Option<usize> {
    let same = |traveller: &Traveller| traveller.reference.as_deref() == Some(reference);
    booking
        .travellers
        .iter()
        .position(same)
        .filter(|_| !reference.is_empty())
}

/// The traveller a second mention of a name means.
pub(in crate::ingest) fn known(booking: &Booking, mention: &Traveller) -> Option<usize> {
    let reference = mention
        .reference
        .as_deref()
        .and_then(|reference| by_reference(booking, reference));
    let name = || mention.names.first().and_then(|name| by_name(booking, name));
    let alone = || (mention.names.is_empty() && booking.travellers.len() == 1).then_some(0);
    reference.or_else(name).or_else(alone)
}

/// Gives every claim to its traveller. Infants first, then documents, which may name more of them:
/// what is theirs must not fall to an adult.
pub(in crate::ingest) fn settle(booking: &mut Booking, claims: Vec<Claim>, doubts: &mut Vec<&'static str>) {
    let (infants, rest): (Vec<_>, Vec<_>) = claims
        .into_iter()
        .partition(|claim| matches!(claim.fact, Fact::Inft(_)));
    let (documents, rest): (Vec<_>, Vec<_>) = rest.into_iter().partition(|claim| matches!(claim.fact, Fact::Docs(_)));
    for claim in &infants {
        if let Fact::Inft(named) = &claim.fact {
            let host = host(booking, claim);
            announce(booking, named, host);
        }
    }
    for claim in &documents {
        if let Fact::Docs(docs) = &claim.fact {
            identify(booking, docs, claim, doubts);
        }
    }
    for claim in rest {
        credit(booking, claim, doubts);
    }
    for at in 0..booking.travellers.len() {
        accompany(booking, at);
    }
}

/// An infant that an adult's request names: found, or added beside the adult.
fn announce(booking: &mut Booking, named: &Inft, adult: Option<usize>) {
    let adult = adult.filter(|at| !is_infant(booking, *at));
    let at = infant(booking, &named.name, named.birth).unwrap_or_else(|| add_infant(booking, adult));
    if let Some(infant) = booking.travellers.get_mut(at) {
        infant.companion = infant.companion.or(adult);
        if infant.names.iter().all(|name| !name.resembles(&named.name)) {
            infant.add_name(named.name.clone());
        }
        named.birth.into_iter().for_each(|date| infant.add_birth(date));
    }
}

/// A document goes to the infant it is of, else to the traveller it hangs on, else to the name it bears.
fn identify(booking: &mut Booking, docs: &Docs, claim: &Claim, doubts: &mut Vec<&'static str>) {
    let host = host(booking, claim);
    let adult = host.filter(|at| !is_infant(booking, *at));
    let named = infant(booking, &docs.name, docs.birth).filter(|at| is_born(booking, *at, docs));
    let own = host.filter(|at| is_infant(booking, *at)).or(named);
    let target = if let Some(at) = own {
        at
    } else if docs.infant {
        infant(booking, &docs.name, docs.birth).unwrap_or_else(|| add_infant(booking, adult))
    } else {
        host.or_else(|| by_any_mark(booking, docs)).unwrap_or_else(|| {
            doubts.push("ref.traveller");
            booking.travellers.push(Traveller::new(Role::Passenger, Kind::Unknown));
            booking.travellers.len().saturating_sub(1)
        })
    };
    if let Some(traveller) = booking.travellers.get_mut(target) {
        traveller.companion = traveller.companion.or(adult).filter(|_| traveller.kind == Kind::Infant);
        bear(traveller, docs);
    }
}

/// The bearer by name, by a document already known, or by a surname that only one traveller has.
fn by_any_mark(booking: &Booking, docs: &Docs) -> Option<usize> {
    by_name(booking, &docs.name)
        .or_else(|| by_document(booking, docs.document.as_ref()))
        .or_else(|| by_surname(booking, &docs.name))
}

/// What a `DOCS` says, said of its bearer. The document's date of birth goes before any other.
fn bear(traveller: &mut Traveller, docs: &Docs) {
    traveller.add_name(docs.name.clone());
    for name in traveller.names.iter_mut().filter(|name| name.source == NameSource::Tif) {
        name.unglue(&docs.name);
    }
    docs.birth.into_iter().for_each(|date| traveller.add_birth(date));
    traveller.sex = docs.sex.or(traveller.sex);
    docs.nationality
        .iter()
        .for_each(|country| traveller.add_nationality(country.clone()));
    docs.document
        .iter()
        .for_each(|document| traveller.add_document(document.clone()));
}

fn credit(booking: &mut Booking, claim: Claim, doubts: &mut Vec<&'static str>) {
    let host = host(booking, &claim);
    let infants = claim.fact.is_infants();
    let target = if infants {
        let ward = host.and_then(|adult| ward(booking, adult));
        host.filter(|at| is_infant(booking, *at)).or(ward)
    } else {
        host
    };
    match target.and_then(|at| booking.travellers.get_mut(at)) {
        Some(traveller) => say(traveller, claim),
        None if infants => doubts.push("ref.infant"),
        None => say_of_all(booking, claim.fact, doubts),
    }
}

/// What hangs on nobody is of the booking as a whole, if it can be.
fn say_of_all(booking: &mut Booking, fact: Fact, doubts: &mut Vec<&'static str>) {
    match fact {
        Fact::Service(code) => {
            if !booking.services.iter().any(|known| known == code) {
                booking.services.push(code.to_owned());
            }
        }
        Fact::Contact(contact) => {
            if !booking.contacts.contains(&contact) {
                booking.contacts.push(contact);
            }
        }
        Fact::Seat(_) => {}
        _ => doubts.push("ref.traveller"),
    }
}

fn say(traveller: &mut Traveller, claim: Claim) {
    match claim.fact {
        Fact::Doco(read) => visa(traveller, *read),
        Fact::Doca(read) => address(traveller, *read),
        Fact::Identified(Identification::Document(document)) => {
            if !traveller.documents.iter().any(|known| known.is_same(&document)) {
                traveller.add_document(document);
            }
        }
        Fact::Identified(Identification::FrequentFlyer(programme, number)) | Fact::Member(programme, number) => {
            traveller.add_frequent_flyer(&programme, &number);
        }
        Fact::Identified(Identification::Ticket(text)) | Fact::Ticket { text, .. } => traveller.add_ticket(&text),
        Fact::Contact(contact) => traveller.add_contact(contact),
        Fact::Child(birth) => child(traveller, birth),
        Fact::Seat(number) => traveller.add_seat(claim.flight, &number),
        Fact::Service(code) if !traveller.services.iter().any(|known| known == code) => {
            traveller.services.push(code.to_owned());
        }
        Fact::Service(_) | Fact::Docs(_) | Fact::Inft(_) => {}
    }
}

fn visa(traveller: &mut Traveller, read: Doco) {
    read.visa.into_iter().for_each(|visa| traveller.add_document(visa));
    if let Some((kind, number)) = read.reference {
        traveller.add_reference(kind, &number);
    }
    traveller.birth_place = traveller.birth_place.take().or(read.birth_place);
}

fn address(traveller: &mut Traveller, read: Doca) {
    read.address
        .into_iter()
        .for_each(|address| traveller.add_contact(address));
    traveller.residence = traveller.residence.take().or(read.residence);
    traveller.birth_place = traveller.birth_place.take().or(read.birth_place);
}

fn child(traveller: &mut Traveller, birth: Option<PartialDate>) {
    birth.into_iter().for_each(|date| traveller.add_birth(date));
    if traveller.kind != Kind::Infant {
        traveller.kind = Kind::Child;
    }
}

/// Whom a claim hangs on: a reference, else the open group, else the only traveller there is.
fn host(booking: &Booking, claim: &Claim) -> Option<usize> {
    let referred = claim
        .references
        .iter()
        .find_map(|reference| by_reference(booking, reference));
    let mut adults = (0..booking.travellers.len()).filter(|at| !is_infant(booking, *at));
    let alone = adults.next().filter(|_| adults.next().is_none());
    referred.or(claim.group).or(alone)
}

fn is_infant(booking: &Booking, at: usize) -> bool {
    booking
        .travellers
        .get(at)
        .is_some_and(|traveller| traveller.kind == Kind::Infant)
}

fn by_name(booking: &Booking, name: &NameForm) -> Option<usize> {
    booking
        .travellers
        .iter()
        .position(|traveller| traveller.names.iter().any(|known| known.resembles(name)))
}

fn by_document(booking: &Booking, document: Option<&Document>) -> Option<usize> {
    let number = &document?.number;
    booking
        .travellers
        .iter()
        .position(|traveller| traveller.documents.iter().any(|known| known.number == *number))
}

fn by_surname(booking: &Booking, name: &NameForm) -> Option<usize> {
    let same = |traveller: &Traveller| traveller.names.iter().any(|known| known.surname == name.surname);
    let mut all = (0..booking.travellers.len()).filter(|at| booking.travellers.get(*at).is_some_and(same));
    all.next().filter(|_| all.next().is_none() && !name.surname.is_empty())
}

/// The infant of this name, or of this surname and date of birth.
fn infant(booking: &Booking, name: &NameForm, birth: Option<PartialDate>) -> Option<usize> {
    let mut infants = (0..booking.travellers.len()).filter(|at| is_infant(booking, *at));
    infants.find(|at| {
        booking.travellers.get(*at).is_some_and(|infant| {
            let born = birth.is_some() && infant.birth_date == birth;
            infant
                .names
                .iter()
                .any(|known| known.resembles(name) || (born && known.surname == name.surname))
        })
    })
}

/// Whether a `DOCS` bears the date of birth of this infant.
fn is_born(booking: &Booking, at: usize, docs: &Docs) -> bool {
    booking
        .travellers
        .get(at)
        .is_some_and(|infant| docs.birth.is_some() && infant.birth_date == docs.birth)
}

fn add_infant(booking: &mut Booking, companion: Option<usize>) -> usize {
    let mut infant = Traveller::new(Role::Passenger, Kind::Infant);
    infant.companion = companion;
    booking.travellers.push(infant);
    booking.travellers.len().saturating_sub(1)
}

/// The infant that travels with an adult.
fn ward(booking: &Booking, adult: usize) -> Option<usize> {
    booking
        .travellers
        .iter()
        .position(|traveller| traveller.companion == Some(adult))
}

/// Finds the adult of an infant that nobody has claimed: by its reference `43578I`, or the only one there is.
fn accompany(booking: &mut Booking, at: usize) {
    let Some(infant) = booking
        .travellers
        .get(at)
        .filter(|one| one.kind == Kind::Infant && one.companion.is_none())
    else {
        return;
    };
    let reference = infant
        .reference
        .as_deref()
        .and_then(|reference| reference.strip_suffix('I'));
    let referred = reference.and_then(|reference| by_reference(booking, reference));
    let mut adults = (0..booking.travellers.len()).filter(|at| !is_infant(booking, *at));
    let alone = adults.next().filter(|_| adults.next().is_none());
    if let Some(infant) = booking.travellers.get_mut(at) {
        infant.companion = referred.or(alone);
    }
}
