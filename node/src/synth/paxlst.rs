//! Passenger lists: who boarded, in messages of at most 99 people.

use super::bookings::{Booking, Member};
use super::departure::Departure;
use super::dice::Dice;
use super::edifact::{Dialect, Interchange};
use super::slips::{Rates, Spelt};
use super::truth::{Summary, Truth, WrittenName};
use super::{Feed, Parcel};

/// People in one message.
const PEOPLE: usize = 99;
/// The releases of the directory that are in use.
const RELEASES: [&str; 4] = ["02B", "05B", "12B", "15B"];

/// The list of a departure; some are sent again.
pub(super) fn write(departure: &Departure, rates: &Rates, dice: &mut Dice) -> Vec<Parcel> {
    let boarded: Vec<(&Booking, &Member)> = departure
        .flown()
        .flat_map(|booking| booking.party.iter().map(move |member| (booking, member)))
        .collect();
    let name = format!("{}.edi", departure.name());
    let file = format!("{}/{name}", Feed::Paxlst.word());
    let prepared = departure.before(0);
    let day = prepared.strftime("%y%m%d").to_string();
    let time = prepared.strftime("%H%M").to_string();
    let reference = format!("{}{}{}", departure.carrier, departure.number, day);
    let dialect = Dialect::draw(rates.dialects, dice);
    let mut out = Interchange::open(dialect, &["UNOA", "4"], departure.carrier, [&day, &time], &reference);
    let release = dice.pick(&RELEASES).copied().unwrap_or("05B");
    let messages = boarded.chunks(PEOPLE);
    let last = messages.len();
    let mut truths = Vec::new();
    for (at, people) in messages.enumerate() {
        let access = format!("{}{}/{day}/{time}", departure.carrier, departure.number);
        let number = format!("{:02}", at + 1);
        let part: &[&str] = match at + 1 {
            _ if last == 1 => &[],
            1 => &[&number, "C"],
            end if end == last => &[&number, "F"],
            _ => &[&number],
        };
        out.message(&["PAXLST", "D", release, "UN", "IATA"], &access, part);
        flight(&mut out, departure, &reference);
        for (booking, member) in people {
            truths.push(person(&mut out, &file, booking, member, departure, rates, dice));
        }
        out.segment("CNT", &[&["42", &boarded.len().to_string()]]);
        out.end_message(u64::from(dice.chance(rates.wrong_count)));
    }
    let summary = Summary::of(last as u64, departure.flown().count() as u64, &truths);
    let parcel = Parcel {
        name,
        bytes: out.close(),
        truths,
        summary,
    };
    repeated(parcel, rates, dice)
}

/// A file, and at a rate the same file once more under another name.
pub(super) fn repeated(parcel: Parcel, rates: &Rates, dice: &mut Dice) -> Vec<Parcel> {
    if !dice.chance(rates.repeated) {
        return vec![parcel];
    }
    let mut again = parcel.clone();
    again.name = format!("again-{}", parcel.name);
    again.summary.repeated = 1;
    vec![parcel, again]
}

fn flight(out: &mut Interchange, departure: &Departure, reference: &str) {
    let number = format!("{}{}", departure.carrier, departure.number);
    out.segment("BGM", &[&["745"]]);
    out.segment("RFF", &[&["TN", reference, "", "", "1"]]);
    out.segment("NAD", &[&["MS"], &[], &[], &["PASSENGER SYSTEMS"]]);
    out.segment("TDT", &[&["20"], &[&number], &[], &[], &[departure.carrier]]);
    out.segment("LOC", &[&["125"], &[departure.board]]);
    let minute = |time: jiff::civil::DateTime| time.strftime("%y%m%d%H%M").to_string();
    out.segment("DTM", &[&["189", &minute(departure.leaves), "201"]]);
    out.segment("LOC", &[&["87"], &[departure.off]]);
    out.segment("DTM", &[&["232", &minute(departure.arrives), "201"]]);
}

fn person(
    out: &mut Interchange,
    file: &str,
    booking: &Booking,
    member: &Member,
    departure: &Departure,
    rates: &Rates,
    dice: &mut Dice,
) -> Truth {
    let spelt = Spelt::of(&member.person, rates, dice);
    let (first, second) = spelt.given.split_once(' ').unwrap_or((&spelt.given, ""));
    out.segment("NAD", &[&["FL"], &[], &[], &[&spelt.surname, first, second]]);
    out.segment("ATT", &[&["2"], &[], &[if member.person.woman { "F" } else { "M" }]]);
    out.segment("DTM", &[&["329", &spelt.birth_date.strftime("%y%m%d").to_string()]]);
    out.segment("GEI", &[&["4"], &["173"]]);
    out.segment("LOC", &[&["178"], &[departure.board]]);
    out.segment("LOC", &[&["179"], &[departure.off]]);
    out.segment("NAT", &[&["2"], &[&spelt.issuer]]);
    out.segment("RFF", &[&["AVF", &booking.locator]]);
    out.segment("RFF", &[&["SEA", &format!("{:0>4}", member.seat)]]);
    out.segment("DOC", &[&["P", "110", "111"], &[&spelt.number]]);
    out.segment("DTM", &[&["36", &member.person.expiry.strftime("%y%m%d").to_string()]]);
    out.segment("LOC", &[&["91"], &[&spelt.issuer]]);
    let written = WrittenName {
        surname: spelt.surname.clone(),
        given: spelt.given.clone(),
    };
    Truth::of(file, booking, member, spelt, written, true)
}
