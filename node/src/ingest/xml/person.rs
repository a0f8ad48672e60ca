//! A `Passenger` element, and the documents that attributes describe.

use super::country;
use super::moment::any_date;
use super::tree::Node;
use crate::ingest::date::{Century, PartialDate};
use crate::ingest::model::{Kind, NameForm, NameSource, Role, Traveller};
use jiff::civil::Date;

/// The traveller an element is about: names, age group, reference. Requests are read elsewhere.
pub(super) fn traveller(node: &Node) -> Traveller {
    let mut traveller = Traveller::new(Role::Passenger, kind(node));
    let reference = node.attribute("rph");
    traveller.reference = (!reference.is_empty()).then(|| reference.to_owned());
    let unique = node.first_of(&["uniquecustomerid", "uniquepassengerreference", "passengerid"]);
    traveller.carrier_ref = (!unique.is_empty()).then(|| unique.to_owned());
    let given: Vec<_> = ["givenname", "middlename"]
        .into_iter()
        .flat_map(|name| node.all(name).map(Node::text))
        .filter(|text| !text.is_empty())
        .collect();
    let surname = format!("{} {}", node.text_of("surnameprefix"), node.text_of("surname"));
    let held = surname.trim() == "TBA" && given.iter().all(|given| given.len() <= 1);
    if !held {
        let mut name = NameForm::new(NameSource::Tif, &surname, &given.join(" "));
        let title = ["nametitle", "nameprefix"].map(|name| node.text_of(name));
        let title = title.into_iter().find(|title| !title.is_empty());
        name.title = name.title.or_else(|| title.map(str::to_owned));
        traveller.add_name(name);
    }
    traveller
}

fn kind(node: &Node) -> Kind {
    let own = node.first_of(&["passengertypecode", "passengertype", "ptccode", "type"]);
    let fare = node.find("fareinfo").map_or("", |fare| fare.attribute("ptccode"));
    match if own.is_empty() { fare } else { own }.to_ascii_uppercase().as_str() {
        "A" | "ADT" => Kind::Adult,
        "C" | "CHD" | "CNN" => Kind::Child,
        "IN" | "INF" | "INS" | "IF" => Kind::Infant,
        _ => Kind::Unknown,
    }
}

/// A `TicketDocument`: its number, if it has the length of one.
pub(super) fn ticket(node: &Node, traveller: &mut Traveller) {
    traveller.add_ticket(node.first_of(&["ticketdocumentnbr", "ticketnumber"]));
}

/// A bag tag: carrier, first number, how many follow each other.
pub(super) fn bags(node: &Node, traveller: &mut Traveller) {
    let number = node.first_of(&["serialnumber", "bagtagnumber", "tagnumber"]);
    if number.is_empty() {
        return;
    }
    let issuer = node.attribute("issuercode");
    let count = node.attribute("sequencecount").parse().unwrap_or(1);
    let bags = traveller.bags.get_or_insert_default();
    bags.add_tags(&format!("{issuer}{number}"), count);
}

/// The attributes of `DOCS`, `DOCO` or `DOCA` as the text of the same request, so that both ways
/// to say it are read by one grammar. None of another element, or if no attribute says anything.
pub(super) fn slashes(node: &Node, message: Date) -> Option<String> {
    let day = |name: &str, century| lettered(any_date(node.attribute(name), century, message));
    let word = |names: &[&str]| node.first_of(names).replace('/', " ");
    let state = |names: &[&str]| country::code(node.first_of(names)).replace('/', " ");
    let fields: Vec<String> = match node.name.as_str() {
        "docs" => vec![
            word(&["traveldoctype", "doctype"]),
            state(&["issuingloc", "issuingcountry", "docissuecountry"]),
            word(&["traveldocnbr", "traveldocnumber", "docnumber"]),
            state(&["paxnationality", "nationality"]),
            day("dateofbirth", Century::Birth),
            word(&["gender"]),
            day("expirydate", Century::Expiry),
            word(&["surname"]),
            word(&["firstgivenname", "givenname"]),
            word(&["secondgivenname", "middlename"]),
        ],
        "doco" => vec![
            word(&["birthlocation"]),
            word(&["traveldoctype"]),
            word(&["traveldocnbr", "traveldocnumber"]),
            word(&["placeofissue"]),
            day("dateofissue", Century::Expiry),
            state(&["countrystate", "country"]),
        ],
        "doca" => vec![
            word(&["addresstype"]),
            state(&["country"]),
            word(&["address"]),
            word(&["cityname"]),
            word(&["stateprovcounty", "stateprov"]),
            word(&["postalcode"]),
        ],
        _ => return None,
    };
    let says = fields.iter().any(|field| !field.is_empty());
    says.then(|| format!("/{}", fields.join("/")))
}

/// A date the way the text of a request writes it, with all four digits of the year.
fn lettered(date: Option<PartialDate>) -> String {
    const MONTHS: [&str; 12] = [
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ];
    let Some(date) = date else { return String::new() };
    let month = date
        .month()
        .and_then(|month| usize::try_from(month).ok()?.checked_sub(1));
    let Some(name) = month.and_then(|month| MONTHS.get(month)) else {
        return String::new();
    };
    format!("{:02}{name}{:04}", date.day().unwrap_or(0), date.year())
}
