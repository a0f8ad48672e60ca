//! Bookings in PADIS EDIFACT: a full push two days before departure in parts, then an
//! update with what was canceled since.

use super::bookings::{Booking, Member};
use super::departure::Departure;
use super::dice::Dice;
use super::edifact::{Dialect, Interchange};
use super::paxlst::repeated;
use super::person::Age;
use super::slips::{Rates, Spelt};
use super::truth::{Summary, Truth, WrittenName};
use super::{Feed, Parcel};
use jiff::civil::{Date, DateTime};

/// Bookings in one message of a push.
const BOOKINGS: usize = 50;
/// The agency that thousands of bookings share.
const AGENCY_PHONE: &str = "+442079460000";

/// The files of a departure: one per push; some are sent again.
pub(super) fn write(departure: &Departure, rates: &Rates, dice: &mut Dice) -> Vec<Parcel> {
    let mut parcels = repeated(full_push(departure, rates, dice), rates, dice);
    parcels.extend(update(departure, rates, dice));
    parcels
}

fn full_push(departure: &Departure, rates: &Rates, dice: &mut Dice) -> Parcel {
    let name = format!("{}-1.edi", departure.name());
    let file = format!("{}/{name}", Feed::Pnrgov.word());
    let prepared = departure.before(48);
    let mut out = open(departure, prepared, "1", rates, dice);
    let parts = departure.bookings.chunks(BOOKINGS);
    let last = parts.len();
    let lost = (last > 2 && dice.chance(rates.lost_part)).then(|| dice.between(2, last as u64 - 1));
    let mut truths = Vec::new();
    let mut summary = Summary::default();
    for (at, bookings) in parts.enumerate() {
        if lost == Some(at as u64 + 1) {
            summary.lost_parts += 1;
            continue;
        }
        summary.messages += 1;
        summary.bookings += bookings.len() as u64;
        out.message(
            &["PNRGOV", "11", "1", "IA"],
            &access(departure, prepared),
            &part(at + 1, last),
        );
        level0(&mut out, departure, "22", departure.bookings.len());
        for booking in bookings {
            let mut writer = Pnr {
                out: &mut out,
                departure,
                prepared: prepared.date(),
                rates,
                dice,
            };
            truths.extend(writer.booking(&file, booking, &mut summary));
        }
        out.end_message(u64::from(dice.chance(rates.wrong_count)));
    }
    let sums = Summary::of(summary.messages, summary.bookings, &truths);
    summary.files = sums.files;
    summary.travellers = sums.travellers;
    summary.documents = sums.documents;
    Parcel {
        name,
        bytes: out.close(),
        truths,
        summary,
    }
}

/// Bookings that were canceled: locator, and an empty office.
fn update(departure: &Departure, rates: &Rates, dice: &mut Dice) -> Option<Parcel> {
    let canceled: Vec<&Booking> = departure.bookings.iter().filter(|booking| booking.canceled).collect();
    if canceled.is_empty() {
        return None;
    }
    let prepared = departure.before(2);
    let mut out = open(departure, prepared, "2", rates, dice);
    out.message(&["PNRGOV", "11", "1", "IA"], &access(departure, prepared), &part(1, 1));
    level0(&mut out, departure, "141", canceled.len());
    for booking in &canceled {
        out.segment("SRC", &[]);
        locator(&mut out, departure, booking);
        out.segment("ORG", &[]);
    }
    out.end_message(u64::from(dice.chance(rates.wrong_count)));
    let mut summary = Summary::of(1, canceled.len() as u64, &[]);
    summary.cancellations = canceled.len() as u64;
    Some(Parcel {
        name: format!("{}-2.edi", departure.name()),
        bytes: out.close(),
        truths: Vec::new(),
        summary,
    })
}

fn open(departure: &Departure, prepared: DateTime, push: &str, rates: &Rates, dice: &mut Dice) -> Interchange {
    let day = prepared.strftime("%y%m%d").to_string();
    let time = prepared.strftime("%H%M").to_string();
    let reference = format!("{}{}{day}{push}", departure.carrier, departure.number);
    let dialect = Dialect::draw(rates.dialects, dice);
    Interchange::open(dialect, &["IATA", "1"], departure.carrier, [&day, &time], &reference)
}

fn access(departure: &Departure, prepared: DateTime) -> String {
    let when = prepared.strftime("%d%m%y/%H%M");
    format!("{}{}/{when}", departure.carrier, departure.number)
}

fn part(number: usize, last: usize) -> [&'static str; 2] {
    const NUMBERS: [&str; 10] = ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10"];
    let word = NUMBERS.get(number.saturating_sub(1)).copied().unwrap_or("99");
    match number {
        _ if number == last => [word, "F"],
        1 => [word, "C"],
        _ => [word, ""],
    }
}

fn level0(out: &mut Interchange, departure: &Departure, push: &str, bookings: usize) {
    out.segment("MSG", &[&["", push]]);
    out.segment("ORG", &[&[departure.carrier, departure.board]]);
    times(out, departure, &[]);
    out.segment("EQN", &[&[&bookings.to_string()]]);
}

fn times(out: &mut Interchange, departure: &Departure, class: &[&str]) {
    let (day, time) = (
        |at: DateTime| at.strftime("%d%m%y").to_string(),
        |at: DateTime| at.strftime("%H%M").to_string(),
    );
    let (leaves, arrives) = (departure.leaves, departure.arrives);
    let number = departure.number.to_string();
    let mut flight = vec![number.as_str()];
    flight.extend(class);
    let sold = [departure.carrier, departure.operating.map_or("", |(other, _)| other)];
    let when = [&*day(leaves), &*time(leaves), &*day(arrives), &*time(arrives)];
    out.segment("TVL", &[&when, &[departure.board], &[departure.off], &sold, &flight]);
}

fn locator(out: &mut Interchange, departure: &Departure, booking: &Booking) {
    let created = booking.created.strftime("%d%m%y").to_string();
    out.segment("RCI", &[&[departure.carrier, &booking.locator, "", &created, "1015"]]);
}

/// What writing one booking needs.
struct Pnr<'a> {
    out: &'a mut Interchange,
    departure: &'a Departure,
    prepared: Date,
    rates: &'a Rates,
    dice: &'a mut Dice,
}

impl Pnr<'_> {
    fn booking(&mut self, file: &str, booking: &Booking, summary: &mut Summary) -> Vec<Truth> {
        self.out.segment("SRC", &[]);
        locator(self.out, self.departure, booking);
        let changed = self.prepared.strftime("%d%m%y").to_string();
        self.out.segment(
            "DAT",
            &[
                &["700", &changed, "0830"],
                &["710", &booking.created.strftime("%d%m%y").to_string(), "1020"],
            ],
        );
        self.office(booking);
        let mut truths = Vec::new();
        for (at, member) in booking.party.iter().enumerate() {
            truths.push(self.member(file, booking, member, at + 1));
            if let Some(code) = member.sensitive {
                summary.sensitive(code);
                self.out.segment("SSR", &[&[code, "HK", "1", self.departure.carrier]]);
            }
        }
        if booking.card {
            self.out
                .segment("FOP", &[&["CC", "", "512.40", "VI", "XXXXXXXXXXXX1186", "0829"]]);
        }
        self.flight(booking);
        if let Some(other) = &booking.split_from {
            self.out.segment("EQN", &[&["1"]]);
            self.out.segment("RCI", &[&[self.departure.carrier, other]]);
        }
        truths
    }

    fn office(&mut self, booking: &Booking) {
        let carrier = self.departure.carrier;
        let (office, kind) = if booking.agency {
            ("LONZZ0100", "T")
        } else {
            ("LONZZ08AA", "A")
        };
        self.out.segment(
            "ORG",
            &[
                &[carrier, "LON"],
                &["99123456", office],
                &["LON"],
                &[carrier],
                &[kind],
                &["GB", "EUR"],
            ],
        );
        if booking.agency {
            self.out.segment(
                "IFT",
                &[
                    &["4", "28", "", carrier],
                    &[&format!("CTCT LON {AGENCY_PHONE} TRAVEL SHOP")],
                ],
            );
        }
    }

    fn member(&mut self, file: &str, booking: &Booking, member: &Member, number: usize) -> Truth {
        let mut spelt = Spelt::of(&member.person, self.rates, self.dice);
        let given = spelt.titled(member, self.rates, self.dice);
        let reference = number.to_string();
        let kind = match member.age {
            Age::Adult => "A",
            Age::Child => "C",
            Age::Infant => "IN",
        };
        let surname = if spelt.surname.is_empty() {
            "LNU"
        } else {
            &spelt.surname
        };
        self.out.segment("TIF", &[&[surname], &[&given, kind, &reference]]);
        self.contacts(member);
        self.out.segment("TKT", &[&[&member.ticket, "T", "1"]]);
        if member.documented {
            self.document(&spelt, member);
        }
        let written = if member.documented {
            WrittenName {
                surname: spelt.surname.clone(),
                given: spelt.given.clone(),
            }
        } else {
            name_field(surname, &given)
        };
        Truth::of(file, booking, member, spelt, written, member.documented)
    }

    fn contacts(&mut self, member: &Member) {
        let (person, carrier) = (&member.person, self.departure.carrier);
        if let Some(flyer) = &person.flyer {
            self.out.segment("FTI", &[&[carrier, flyer]]);
        }
        if let Some(phone) = &person.phone {
            let text = format!("/{}", phone.trim_start_matches('+'));
            self.request("CTCM", &text);
        }
        if let Some(email) = &person.email {
            let text = format!("/{}", email.replace('@', "//").to_ascii_uppercase());
            self.request("CTCE", &text);
        }
    }

    fn document(&mut self, spelt: &Spelt, member: &Member) {
        let person = &member.person;
        let sex = match (person.woman, member.age == Age::Infant) {
            (true, true) => "FI",
            (false, true) => "MI",
            (true, false) => "F",
            (false, false) => "M",
        };
        let day = |date: Date| date.strftime("%d%b%y").to_string().to_ascii_uppercase();
        let given = spelt.given.replacen(' ', "/", 1);
        let text = format!(
            "/P/{}/{}/{}/{}/{sex}/{}/{}/{given}",
            spelt.issuer,
            spelt.number,
            spelt.issuer,
            day(spelt.birth_date),
            day(person.expiry),
            spelt.surname,
        );
        self.request("DOCS", &text);
    }

    fn request(&mut self, code: &str, text: &str) {
        self.out.segment(
            "SSR",
            &[&[code, "HK", "1", self.departure.carrier, "", "", "", "", text]],
        );
    }

    fn flight(&mut self, booking: &Booking) {
        times(self.out, self.departure, &["Y"]);
        if let Some((_, number)) = self.departure.operating {
            self.out
                .segment("TVL", &[&[], &[], &[], &[], &[&number.to_string(), "Y"]]);
        }
        self.out.segment("RPI", &[&[&booking.party.len().to_string()], &["HK"]]);
        for (at, member) in booking.party.iter().enumerate() {
            if member.age != Age::Infant {
                let place = ["SEAT", "HK", "1", self.departure.carrier];
                self.out
                    .segment("SSR", &[&place, &[&member.seat, "", &(at + 1).to_string()]]);
            }
        }
    }
}

/// The name field of a booking as a decoder shows it: a title that stands apart is none of the name.
fn name_field(surname: &str, given: &str) -> WrittenName {
    const TITLES: [&str; 4] = ["MR", "MRS", "MISS", "MSTR"];
    let apart = given.rsplit_once(' ').filter(|(_, last)| TITLES.contains(last));
    WrittenName {
        surname: surname.to_owned(),
        given: apart.map_or(given, |(names, _)| names).to_owned(),
    }
}
