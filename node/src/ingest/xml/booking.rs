//! One `PNR` element as a booking (headings of Annex I: reference table of the guide 16.1).

use super::moment::moment;
use super::person;
use super::tree::Node;
use crate::ingest::docs;
use crate::ingest::finding::{ElementPath, Position, Severity};
use crate::ingest::model::{
    Agency, Booking, BookingKind, Contact, ContactOwner, Flight, Function, LocatorRef, Operating, Payment, Provenance,
    Push,
};
use crate::ingest::pnrgov::people::{self, Claim, Fact};
use crate::ingest::pnrgov::request;
use crate::ingest::report::Decoded;
use crate::ingest::sensitive::{self, Fate};
use jiff::civil::Date;

/// A booking while its elements are read.
pub(super) struct Reading {
    booking: Booking,
    claims: Vec<Claim>,
    message: Date,
    position: Position,
    doubts: Vec<(&'static str, ElementPath)>,
    /// A locator is written, readable or not.
    named: bool,
}

/// Where in a PNR an element stands.
#[derive(Clone, Copy, Default)]
struct Place {
    traveller: Option<usize>,
    flight: Option<usize>,
    history: bool,
    agency: bool,
}

impl Reading {
    /// A booking of which nothing has been read. The century of its dates follows from the date of the transaction.
    pub(super) fn new(pnr: &Node, provenance: Provenance, received: Date, position: Position) -> Self {
        let changed = moment(pnr.attribute("pnrtransdate"), received);
        let message = changed.map_or(received, |(date, _)| date);
        let mut booking = Booking::new(BookingKind::Pnr, provenance);
        booking.changed = changed.and_then(|(_, time)| time);
        booking.created = moment(pnr.attribute("pnrcreationdate"), message).map(|(date, _)| date);
        booking.ticketed = moment(pnr.attribute("lasttktdate"), message).map(|(date, _)| date);
        Self {
            booking,
            claims: Vec::new(),
            message,
            position,
            doubts: Vec::new(),
            named: false,
        }
    }

    /// Reads the PNR and hands its booking over, or counts its travellers as lost.
    pub(super) fn read(mut self, pnr: &Node, push: &Push, out: &mut Decoded) {
        // Passengers first: requests name them, wherever they stand.
        for passenger in pnr.all("passenger") {
            let traveller = person::traveller(passenger);
            if traveller.names.is_empty() {
                self.doubt("field.placeholder", "Passenger");
            }
            self.booking.travellers.push(traveller);
        }
        let mut passengers = 0;
        for child in &pnr.children {
            let mut place = Place::default();
            if child.name == "passenger" {
                place.traveller = Some(passengers);
                passengers += 1;
            }
            self.element(child, place, out);
        }
        let counted = pnr.attribute("numberofpassengers");
        if counted.parse::<usize>().is_ok_and(|counted| counted != passengers) {
            self.doubt("envelope.passengers", "PNR");
        }
        self.finish(push, out);
    }

    /// Reads an element by its name; what is in one that has no meaning here is looked through.
    fn element(&mut self, node: &Node, mut place: Place, out: &mut Decoded) {
        match node.name.as_str() {
            name if name.contains("history") => {
                place.history = true;
                self.booking.history_entries += node.children.len();
            }
            "ssr" | "docssr" => return self.request(node, place, out),
            _ if place.history => {}
            "bookingrefid" => return self.locator(node),
            "pos" | "travelagency" | "agency" => {
                place.agency = true;
                self.office(node);
            }
            "contactinfo" => return self.contacts(node, place),
            "flight" => place.flight = self.flight(node),
            "custloyalty" => self.of_traveller(place, |one| {
                one.add_frequent_flyer(node.attribute("programid"), node.attribute("membershipid"));
            }),
            "ticketdocument" => self.ticket(node, place),
            "excessbaggage" | "prepaidbag" | "baggage" | "bagtag" => {
                self.of_traveller(place, |one| person::bags(node, one))
            }
            "osi" | "remark" | "remarks" | "generalremark" | "othserviceinfo" | "otherserviceinformation" => {
                self.remark(node, place, out);
            }
            "checkininfo" | "seat" | "seatassignment" => self.check_in(node, place),
            "paymentinfo" => self.booking.payments.extend(payment(node)),
            _ => {}
        }
        for child in &node.children {
            self.element(child, place, out);
        }
    }

    /// A request: what is sensitive goes before anything else is looked at.
    fn request(&mut self, node: &Node, place: Place, out: &mut Decoded) {
        let code = node.first_of(&["ssrcode", "code"]);
        match sensitive::fate(code) {
            Fate::Remove(code) => out.removed(code),
            _ if place.history => out.withheld("history"),
            Fate::Flag(code) => self.claim(Fact::Service(code), node, place),
            Fate::Read(code) => {
                let facts = self.facts(code, node);
                if facts.is_empty() && !node.text_of("text").is_empty() {
                    out.withheld("SSR");
                }
                for fact in facts {
                    self.claim(fact, node, place);
                }
            }
            Fate::Withhold => out.withheld("SSR"),
        }
    }

    /// What a request says, in its text and in attributes.
    fn facts(&self, code: &str, node: &Node) -> Vec<Fact> {
        let text = node.text_of("text");
        if matches!(code, "SEAT" | "NSST" | "NSSA" | "NSSB" | "NSSW" | "RQST") {
            let seat = text.split([' ', '/', ',']).find(|word| !word.is_empty());
            return seat.map(|seat| Fact::Seat(seat.to_owned())).into_iter().collect();
        }
        // A child needs no words: the request alone says it.
        let written = (!text.is_empty() || code == "CHLD").then(|| text.to_owned());
        let told = node
            .children
            .iter()
            .filter_map(|child| person::slashes(child, self.message));
        let texts = written.into_iter().chain(told);
        texts
            .filter_map(|text| request::fact(code, &text, self.message))
            .collect()
    }

    fn claim(&mut self, fact: Fact, node: &Node, place: Place) {
        let reference = node.attribute("rph");
        self.claims.push(Claim {
            fact,
            references: vec![reference.to_owned()],
            group: place.traveller,
            flight: place.flight,
        });
    }

    fn locator(&mut self, node: &Node) {
        let written = node.attribute("id");
        if written.is_empty() {
            return;
        }
        self.named = true;
        match LocatorRef::new(node.attribute_of("companyname", "code"), written, self.booking.created) {
            Some(locator) => self.booking.add_locator(locator),
            None => {
                self.doubt("field.locator", "BookingRefID");
                self.booking
                    .provenance
                    .source_id
                    .get_or_insert_with(|| written.to_owned());
            }
        }
    }

    fn office(&mut self, node: &Node) {
        let (Some(source), None) = (node.find("source"), &self.booking.agency) else {
            return;
        };
        let requestor = source.child("requestorid");
        let system = requestor.map_or("", |one| one.attribute_of("companyname", "code"));
        let agency = Agency {
            system: if system.is_empty() {
                source.attribute("airlinevendorid")
            } else {
                system
            }
            .to_owned(),
            iata: requestor.map_or("", |one| one.attribute("id")).to_owned(),
            office: source.attribute("pseudocitycode").to_owned(),
            place: source.attribute("airportcode").to_owned(),
            country: source.attribute("isocountry").to_owned(),
            airline: false,
        };
        self.booking.agency = Some(agency);
    }

    fn contacts(&mut self, node: &Node, place: Place) {
        let kind = node.first_of(&["contacttype", "type", "use"]).to_ascii_lowercase();
        let owner = if place.agency || kind.contains("agen") {
            ContactOwner::Agency
        } else {
            ContactOwner::Passenger
        };
        let lines = address_lines(node);
        let reach = [
            Contact::phone(owner, node.attribute("phonenumber")),
            Contact::email(owner, node.attribute("emailaddress")),
            Contact::address(owner, lines),
        ];
        for contact in reach.into_iter().flatten() {
            self.contact(contact, place);
        }
    }

    fn contact(&mut self, contact: Contact, place: Place) {
        let own = contact.owner == ContactOwner::Passenger;
        match place
            .traveller
            .filter(|_| own)
            .and_then(|at| self.booking.travellers.get_mut(at))
        {
            Some(traveller) => traveller.add_contact(contact),
            None if !self.booking.contacts.contains(&contact) => self.booking.contacts.push(contact),
            None => {}
        }
    }

    fn flight(&mut self, node: &Node) -> Option<usize> {
        let Some(flight) = flight(node, self.message) else {
            self.doubt("field.flight", "Flight");
            return None;
        };
        self.booking.flights.push(flight);
        self.booking.flights.len().checked_sub(1)
    }

    fn ticket(&mut self, node: &Node, place: Place) {
        let issued = moment(node.attribute("dateofissue"), self.message).map(|(date, _)| date);
        self.booking.ticketed = self.booking.ticketed.or(issued);
        self.of_traveller(place, |one| person::ticket(node, one));
    }

    /// A remark: its contact is taken out, its text is not kept.
    fn remark(&mut self, node: &Node, place: Place, out: &mut Decoded) {
        let texts = std::iter::once(node.text()).chain(node.all("text").map(Node::text));
        for text in texts.filter(|text| !text.is_empty()) {
            match docs::remark_contact(text) {
                Some(contact) => self.contact(contact, place),
                None => out.withheld("OSI"),
            }
        }
    }

    /// A seat given at check-in, and the passenger it names.
    fn check_in(&mut self, node: &Node, place: Place) {
        let seat = node.first_of(&["seatnumber", "assignedseatnumber", "seatnbr"]);
        let reference = people::by_reference(&self.booking, node.attribute("rph"));
        let traveller = reference.or(place.traveller);
        if let Some(traveller) = traveller.and_then(|at| self.booking.travellers.get_mut(at)) {
            traveller.add_seat(place.flight, seat);
            traveller.checked_in |= node.name == "checkininfo";
        }
    }

    fn of_traveller(&mut self, place: Place, change: impl FnOnce(&mut crate::ingest::Traveller)) {
        if let Some(traveller) = place.traveller.and_then(|at| self.booking.travellers.get_mut(at)) {
            change(traveller);
        }
    }

    fn doubt(&mut self, rule: &'static str, element: &'static str) {
        self.doubts.push((rule, ElementPath::new("PNRGOV", element)));
    }

    fn finish(mut self, push: &Push, out: &mut Decoded) {
        for (rule, path) in self.doubts {
            out.note_at(rule, Severity::Warning, self.position, path);
        }
        let mut unclaimed = Vec::new();
        people::settle(&mut self.booking, self.claims, &mut unclaimed);
        for rule in unclaimed {
            out.note(rule, Severity::Warning, self.position);
        }
        let mut booking = self.booking;
        if booking.flights.is_empty() {
            booking.flights.extend(push.flight.clone());
        }
        booking.push = Some(push.clone());
        if !self.named {
            out.reject(booking.travellers.len(), "structure.no_locator", self.position);
        } else if booking.flights.is_empty() && booking.function == Function::Upsert {
            out.reject(booking.travellers.len(), "structure.no_flight", self.position);
        } else {
            if booking.travellers.is_empty() {
                out.note("structure.no_traveller", Severity::Warning, self.position);
            }
            out.accept(booking);
        }
    }
}

/// A `Flight`, or the `FlightLeg` the push is about; none if carrier, number or place is missing.
pub(super) fn flight(node: &Node, message: Date) -> Option<Flight> {
    let carrier = [
        node.attribute("carriercode"),
        node.attribute_of("marketingairline", "code"),
        node.attribute_of("operatingairline", "code"),
    ];
    let carrier = carrier.into_iter().find(|code| !code.is_empty())?;
    let mut flight = Flight::new(carrier, node.attribute("flightnumber"));
    let departs = moment(node.attribute("departuredatetime"), message);
    flight.dep_date = departs.map(|(date, _)| date);
    flight.dep_local = departs.and_then(|(_, time)| time);
    flight.arr_local = moment(node.attribute("arrivaldatetime"), message).and_then(|(_, time)| time);
    node.attribute_of("departureairport", "locationcode")
        .clone_into(&mut flight.board);
    node.attribute_of("arrivalairport", "locationcode")
        .clone_into(&mut flight.off);
    let status = node.attribute("status");
    flight.status = (!status.is_empty()).then(|| status.to_owned());
    flight.operating = node
        .child("operatingairline")
        .and_then(|airline| operating(airline, carrier));
    let known = !flight.number.is_empty() && (flight.dep_date.is_some() || !flight.board.is_empty());
    known.then_some(flight)
}

fn operating(airline: &Node, marketing: &str) -> Option<Operating> {
    let (code, number) = (airline.attribute("code"), airline.attribute("flightnumber"));
    let other = (!code.is_empty() && code != marketing) || !number.is_empty();
    other.then(|| Operating {
        carrier: code.to_owned(),
        number: (!number.is_empty()).then(|| Flight::new("", number).number),
    })
}

/// A payment; none if the element says nothing. The card number is cut down, the payer's name kept.
fn payment(node: &Node) -> Option<Payment> {
    let told = |name: &str| {
        Some(node.attribute(name))
            .filter(|text| *text != "-")
            .unwrap_or_default()
    };
    let expiry: String = told("expirydate").chars().filter(char::is_ascii_digit).collect();
    let mut payment = Payment::new(told("paymenttype"), told("vendorcode"), told("accountnbr"), &expiry);
    let payer: Vec<_> = std::iter::once(told("cardholdername"))
        .chain(address_lines(node))
        .filter(|line| !line.is_empty())
        .collect();
    payment.payer = (!payer.is_empty()).then(|| payer.join(", "));
    let empty = Payment::new("", "", "", "");
    (payment != empty).then_some(payment)
}

/// The lines of an address that stands in an element, or in an `Address` of it.
fn address_lines(node: &Node) -> Vec<&str> {
    let place = node.child("address").unwrap_or(node);
    let lines = place.all("addressline").map(Node::text);
    let rest = ["cityname", "stateprov", "postalcode", "countryname"].map(|name| place.text_of(name));
    let code = Some(place.attribute_of("countryname", "code")).filter(|_| place.text_of("countryname").is_empty());
    lines.chain(rest).chain(code).filter(|line| !line.is_empty()).collect()
}
