//! Invented people, as lines of the format `piu-passenger-v1`.

use serde_json::json;

/// One traveller of one booking.
#[derive(Debug, Clone)]
pub struct Traveller {
    surname: String,
    given: String,
    born: String,
    document: Option<(String, String)>,
    phone: Option<String>,
    locator: String,
}

impl Traveller {
    /// A person, born on `YYYY-MM-DD`, with a booking of their own.
    pub fn new(surname: &str, given: &str, born: &str) -> Self {
        let locator = surname
            .bytes()
            .chain(given.bytes())
            .chain(*b"QQQQQQ")
            .filter(u8::is_ascii_alphabetic)
            .take(6);
        Self {
            surname: surname.to_owned(),
            given: given.to_owned(),
            born: born.to_owned(),
            document: None,
            phone: None,
            locator: locator.map(|letter| char::from(letter.to_ascii_uppercase())).collect(),
        }
    }

    /// With a passport.
    #[must_use]
    pub fn with_passport(mut self, issuer: &str, number: &str) -> Self {
        self.document = Some((issuer.to_owned(), number.to_owned()));
        self
    }

    /// With a telephone number of their own.
    #[must_use]
    pub fn with_phone(mut self, phone: &str) -> Self {
        self.phone = Some(phone.to_owned());
        self
    }

    /// Booked under a locator of the carrier UT.
    #[must_use]
    pub fn booked_under(mut self, locator: &str) -> Self {
        self.locator = locator.to_owned();
        self
    }

    /// The traveller as a line of a message file.
    pub fn line(&self) -> String {
        let documents: Vec<_> = self
            .document
            .iter()
            .map(|(issuer, number)| json!({ "type": "P", "number": number, "issuer": issuer, "expiry": "2032-11-12" }))
            .collect();
        let contacts: Vec<_> = self
            .phone
            .iter()
            .map(|phone| json!({ "kind": "phone", "holder": "passenger", "value": phone }))
            .collect();
        json!({
            "src": "test", "src_id": self.locator,
            "flight": { "carrier": "UT", "number": "451", "date": "2026-06-20", "dep": "UTA", "arr": "RUB" },
            "booking": { "system": "UT", "locator": self.locator, "created": "2026-05-11" },
            "person": { "surname": self.surname, "given": self.given, "dob": self.born, "nat": "UTO" },
            "docs": documents, "contacts": contacts,
            "seat": "12A",
        })
        .to_string()
    }
}
