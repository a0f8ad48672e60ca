//! What a decoder must find.

use super::bookings::{Booking, Member};
use super::slips::{Slip, Spelt};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;

/// What becomes of a traveller in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Booked or boarded.
    Travels,
    /// Booked here, canceled by a later update.
    Canceled,
}

/// A name as it stands in a message and as a decoder must show it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct WrittenName {
    /// Surname or primary identifier.
    pub surname: String,
    /// Given names, a glued title included where nothing proves it is one.
    pub given: String,
}

/// One traveller in one file.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Truth {
    /// The file, with the folder of its feed.
    pub file: String,
    /// Counts people; the same person comes back under the same number.
    pub person: u64,
    /// Their booking.
    pub locator: String,
    /// What becomes of them.
    pub status: Status,
    /// Issuing state of the document and nationality.
    pub nationality: String,
    /// Name as in the passport.
    pub surname: String,
    /// Given names as in the passport.
    pub given: String,
    /// Birth date as in the passport.
    #[serde(serialize_with = "display")]
    pub birth_date: Date,
    /// The passport, `STATE:NUMBER`.
    pub document: String,
    /// The name that comes first in this file.
    pub written: WrittenName,
    /// The birth date in this file, if it has one.
    #[serde(serialize_with = "display_some")]
    pub written_birth: Option<Date>,
    /// The document in this file, if it has one: `STATE:NUMBER`.
    pub written_document: Option<String>,
    /// What went wrong.
    pub slips: Vec<Slip>,
}

/// The sums of files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Files.
    pub files: u64,
    /// Messages, or lines of NDJSON.
    pub messages: u64,
    /// Bookings; in a passenger list the travellers of one locator are one.
    pub bookings: u64,
    /// Travellers in them.
    pub travellers: u64,
    /// Travellers with a document.
    pub documents: u64,
    /// Bookings that an update cancels.
    pub cancellations: u64,
    /// Files sent once more, counted above as well.
    pub repeated: u64,
    /// Parts of pushes that were never sent.
    pub lost_parts: u64,
    /// Requests to delete on receipt, per code.
    pub sensitive: BTreeMap<String, u64>,
}

impl Truth {
    /// A member of a booking as a file writes them.
    pub(super) fn of(
        file: &str,
        booking: &Booking,
        member: &Member,
        spelt: Spelt,
        written: WrittenName,
        documented: bool,
    ) -> Self {
        let person = &member.person;
        Self {
            file: file.to_owned(),
            person: person.number,
            locator: booking.locator.clone(),
            status: if booking.canceled {
                Status::Canceled
            } else {
                Status::Travels
            },
            nationality: person.nation.code.clone(),
            surname: person.surname.clone(),
            given: person.given.clone(),
            birth_date: person.birth_date,
            document: format!("{}:{}", person.nation.code, person.passport),
            written,
            written_birth: documented.then_some(spelt.birth_date),
            written_document: documented.then(|| format!("{}:{}", person.nation.code, spelt.number)),
            slips: spelt.slips,
        }
    }
}

impl Summary {
    /// Adds the sums of more files.
    pub fn add(&mut self, more: &Self) {
        self.files += more.files;
        self.messages += more.messages;
        self.bookings += more.bookings;
        self.travellers += more.travellers;
        self.documents += more.documents;
        self.cancellations += more.cancellations;
        self.repeated += more.repeated;
        self.lost_parts += more.lost_parts;
        for (code, count) in &more.sensitive {
            *self.sensitive.entry(code.clone()).or_default() += count;
        }
    }

    /// The sums of one file of so many messages.
    pub(super) fn of(messages: u64, bookings: u64, truths: &[Truth]) -> Self {
        Self {
            files: 1,
            messages,
            bookings,
            travellers: truths.len() as u64,
            documents: truths.iter().filter(|truth| truth.written_document.is_some()).count() as u64,
            ..Self::default()
        }
    }

    /// Counts a request to delete.
    pub(super) fn sensitive(&mut self, code: &str) {
        *self.sensitive.entry(code.to_owned()).or_default() += 1;
    }
}

fn display<S: serde::Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(date)
}

fn display_some<S: serde::Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    match date {
        Some(date) => serializer.collect_str(date),
        None => serializer.serialize_none(),
    }
}

impl std::fmt::Debug for Truth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Truth(person {}, {})", self.person, self.file)
    }
}
