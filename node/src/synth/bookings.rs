//! Invented bookings: parties of people, how they booked, what becomes of them.

use super::dice::Dice;
use super::nations::Nation;
use super::person::{Age, Person, days_span, shifted};
use jiff::civil::Date;
use std::collections::VecDeque;

/// Codes of requests that must be deleted on receipt, so that the deletion can be counted.
const SENSITIVE: [&str; 6] = ["MOML", "KSML", "VJML", "DBML", "WCHR", "BLND"];
/// Most people who are remembered as having flown before.
const KNOWN: usize = 2_000;

/// People who travel together under one locator.
pub(super) struct Booking {
    pub(super) locator: String,
    pub(super) created: Date,
    /// By an agency: its telephone number is in many bookings.
    pub(super) agency: bool,
    pub(super) card: bool,
    pub(super) canceled: bool,
    /// The locator this booking was split from.
    pub(super) split_from: Option<String>,
    pub(super) party: Vec<Member>,
}

/// A person in a booking.
pub(super) struct Member {
    pub(super) person: Person,
    pub(super) age: Age,
    /// Whether document data were given at booking.
    pub(super) documented: bool,
    pub(super) seat: String,
    pub(super) ticket: String,
    /// A request whose code is deleted on receipt.
    pub(super) sensitive: Option<&'static str>,
}

/// Makes bookings; some people come back.
pub(super) struct Desk {
    dice: Dice,
    born: u64,
    known: VecDeque<Person>,
}

impl Desk {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            dice: Dice::of(seed, "bookings", 0),
            born: 0,
            known: VecDeque::new(),
        }
    }

    /// Bookings of at least so many people.
    pub(super) fn fill(&mut self, seats: u64, day: Date) -> Vec<Booking> {
        let mut bookings: Vec<Booking> = Vec::new();
        let mut taken = 0;
        while taken < seats {
            let mut booking = self.booking(day);
            let split = bookings.last().filter(|_| self.dice.chance(0.01));
            booking.split_from = split.map(|other| other.locator.clone());
            taken += booking.party.len() as u64;
            bookings.push(booking);
        }
        let people = bookings.iter_mut().flat_map(|booking| &mut booking.party);
        for (at, member) in people.enumerate() {
            let letter = ["A", "B", "C", "D", "E", "F"].get(at % 6).unwrap_or(&"A");
            member.seat = format!("{}{letter}", 1 + at / 6);
        }
        bookings
    }

    fn booking(&mut self, day: Date) -> Booking {
        let size = match self.dice.below(100) {
            0..55 => 1,
            55..83 => 2,
            83..97 => self.dice.between(3, 4),
            _ => self.dice.between(5, 9),
        };
        let party = self.party(size, day);
        let dice = &mut self.dice;
        Booking {
            locator: dice.text("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 6),
            created: shifted(day, -days_span(dice.between(3, 90))),
            agency: dice.chance(0.5),
            card: dice.chance(0.6),
            canceled: dice.chance(0.08),
            split_from: None,
            party,
        }
    }

    fn party(&mut self, size: u64, day: Date) -> Vec<Member> {
        let back = self.dice.chance(0.15) && self.known.len() > 50;
        let first = if back {
            let at = usize::try_from(self.dice.below(self.known.len() as u64)).unwrap_or(0);
            self.known.get(at).cloned()
        } else {
            None
        };
        let nation = first
            .as_ref()
            .map(|person| person.nation)
            .or_else(|| Nation::draw(&mut self.dice));
        let Some(nation) = nation else { return Vec::new() };
        let family = first.as_ref().map(|person| person.surname.clone());
        let family = family.unwrap_or_else(|| nation.family(&mut self.dice));
        let mut party = Vec::new();
        for at in 0..size {
            let age = match self.dice.below(100) {
                _ if at == 0 => Age::Adult,
                0..3 => Age::Infant,
                3..22 => Age::Child,
                _ => Age::Adult,
            };
            let person = match &first {
                Some(person) if at == 0 => person.clone(),
                _ => self.somebody(nation, &family, age, day),
            };
            party.push(self.member(person, age));
        }
        party
    }

    fn somebody(&mut self, nation: &'static Nation, family: &str, age: Age, day: Date) -> Person {
        self.born += 1;
        let person = Person::born(self.born, nation, family, age, day, &mut self.dice);
        if age == Age::Adult {
            self.known.push_back(person.clone());
            if self.known.len() > KNOWN {
                self.known.pop_front();
            }
        }
        person
    }

    fn member(&mut self, person: Person, age: Age) -> Member {
        let dice = &mut self.dice;
        Member {
            person,
            age,
            documented: age == Age::Infant || dice.chance(0.8),
            seat: String::new(),
            ticket: format!("999{}", dice.digits(10)),
            sensitive: dice.chance(0.05).then(|| dice.pick(&SENSITIVE).copied()).flatten(),
        }
    }
}
