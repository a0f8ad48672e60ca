//! The national profile: one line per traveller on the flight.

use super::bookings::{Booking, Member};
use super::departure::Departure;
use super::dice::Dice;
use super::slips::{Rates, Spelt};
use super::truth::{Summary, Truth, WrittenName};
use super::{Feed, Parcel};
use serde_json::{Value, json};

/// The lines of a departure.
pub(super) fn write(departure: &Departure, rates: &Rates, dice: &mut Dice) -> Vec<Parcel> {
    let name = format!("{}.ndjson", departure.name());
    let file = format!("{}/{name}", Feed::Ndjson.word());
    let (mut bytes, mut truths) = (Vec::new(), Vec::new());
    for booking in &departure.bookings {
        for member in &booking.party {
            let spelt = Spelt::of(&member.person, rates, dice);
            bytes.extend(line(departure, booking, member, &spelt).to_string().into_bytes());
            bytes.push(b'\n');
            let written = WrittenName {
                surname: spelt.surname.clone(),
                given: spelt.given.clone(),
            };
            truths.push(Truth::of(&file, booking, member, spelt, written, true));
        }
    }
    let lines = truths.len() as u64;
    let summary = Summary::of(lines, lines, &truths);
    vec![Parcel {
        name,
        bytes,
        truths,
        summary,
    }]
}

fn line(departure: &Departure, booking: &Booking, member: &Member, spelt: &Spelt) -> Value {
    let person = &member.person;
    let phone = person
        .phone
        .iter()
        .map(|value| json!({ "kind": "phone", "value": value, "holder": "passenger" }));
    let email = person
        .email
        .iter()
        .map(|value| json!({ "kind": "email", "value": value, "holder": "passenger" }));
    let contacts: Vec<Value> = phone.chain(email).collect();
    let flyer: Vec<Value> = person
        .flyer
        .iter()
        .map(|num| json!({ "prog": departure.carrier, "num": num }))
        .collect();
    json!({
        "src": "SYNTH", "src_id": format!("{}-{}-{}", departure.name(), booking.locator, member.seat), "ver": 1, "op": "upsert",
        "flight": {
            "carrier": departure.carrier, "number": departure.number.to_string(), "date": departure.leaves.date().to_string(),
            "dep": departure.board, "arr": departure.off,
            "dep_local": departure.leaves.to_string(), "arr_local": departure.arrives.to_string(),
        },
        "booking": { "system": departure.carrier, "locator": booking.locator, "created": booking.created.to_string() },
        "person": {
            "role": "passenger", "surname": spelt.surname, "given": spelt.given,
            "sex": if person.woman { "F" } else { "M" }, "dob": spelt.birth_date.to_string(), "nat": spelt.issuer,
        },
        "docs": [{ "type": "P", "number": spelt.number, "issuer": spelt.issuer, "expiry": person.expiry.to_string() }],
        "contacts": contacts, "ff": flyer, "seat": member.seat, "status": "HK",
    })
}
