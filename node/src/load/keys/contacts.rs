//! Telephone numbers in international form and e-mail addresses, as far as they are the
//! traveller's own.
//!
//! A number in national form means something only together with its country: it is read
//! with the numbering plans of the countries the traveller may be in, and kept only if
//! they leave no choice.

use crate::ingest::model::{Contact, ContactKind, ContactOwner, Country};
use crate::ingest::{Booking, Traveller};
use phonenumber::{Mode, country};
use piux_protocol::identifier::{Email, Phone, country as alpha_3};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// Contacts that were read, and how many were not.
#[derive(Default)]
pub(in crate::load) struct Contacts<T> {
    pub(in crate::load) read: Vec<T>,
    pub(in crate::load) unread: u64,
}

/// The passengers' telephone numbers of a traveller and the booking.
pub(in crate::load) fn phones(booking: &Booking, traveller: &Traveller) -> Contacts<Phone> {
    let regions = regions(booking, traveller);
    gathered(booking, traveller, ContactKind::Phone, |text| phone(text, &regions))
}

/// The passengers' e-mail addresses of a traveller and the booking.
pub(in crate::load) fn emails(booking: &Booking, traveller: &Traveller) -> Contacts<Email> {
    gathered(booking, traveller, ContactKind::Email, email)
}

fn gathered<T: Ord>(
    booking: &Booking,
    traveller: &Traveller,
    kind: ContactKind,
    read: impl Fn(&str) -> Option<T>,
) -> Contacts<T> {
    let own = |contact: &&Contact| contact.kind == kind && contact.owner == ContactOwner::Passenger;
    let (mut found, mut unread) = (BTreeSet::new(), 0);
    for contact in traveller.contacts.iter().chain(&booking.contacts).filter(own) {
        match read(&contact.value) {
            Some(contact) => drop(found.insert(contact)),
            None => unread += 1,
        }
    }
    Contacts {
        read: found.into_iter().collect(),
        unread,
    }
}

/// Where a national number may belong: the point of sale, nationality, residence.
fn regions(booking: &Booking, traveller: &Traveller) -> BTreeSet<&'static str> {
    let sale = booking.agency.iter().filter_map(|agency| alpha_3(&agency.country));
    let own = traveller.nationalities.iter().chain(&traveller.residence);
    let own = own.filter_map(|country: &Country| alpha_3(&country.raw));
    sale.chain(own).collect()
}

/// A number with `+`, or one that is valid in exactly one way in these countries.
fn phone(number: &str, regions: &BTreeSet<&'static str>) -> Option<Phone> {
    match number.strip_prefix('+') {
        Some(digits) => international(digits),
        None => national(number, regions),
    }
}

/// In the form of the numbering plan, without a trunk zero; as it stands if no plan knows it.
fn international(digits: &str) -> Option<Phone> {
    let written = format!("+{digits}");
    let valid = phonenumber::parse(None, &written).ok().filter(phonenumber::is_valid);
    let plain = valid.map(|number| number.format().mode(Mode::E164).to_string());
    plain.unwrap_or(written).parse().ok()
}

fn national(digits: &str, regions: &BTreeSet<&'static str>) -> Option<Phone> {
    let read = |region: &&str| {
        let number = phonenumber::parse(Some(region_id(region)?), digits).ok()?;
        let number = Some(number).filter(phonenumber::is_valid)?;
        number.format().mode(Mode::E164).to_string().parse().ok()
    };
    let numbers: BTreeSet<Phone> = regions.iter().filter_map(read).collect();
    let mut numbers = numbers.into_iter();
    numbers.next().filter(|_| numbers.next().is_none())
}

/// The numbering plan of a country by its alpha-3 code.
fn region_id(alpha_3_code: &str) -> Option<country::Id> {
    static REGIONS: OnceLock<BTreeMap<&'static str, country::Id>> = OnceLock::new();
    let regions = REGIONS.get_or_init(|| {
        let letters = || (b'A'..=b'Z').map(char::from);
        let codes = letters().flat_map(|first| letters().map(move |second| format!("{first}{second}")));
        codes
            .filter_map(|code| Some((alpha_3(&code)?, code.parse().ok()?)))
            .collect()
    });
    regions.get(alpha_3_code).copied()
}

/// An address with its domain in ASCII (RFC 5891). What a booking appends to say whose it
/// is (`-1QUILL`, `/QUILL`) is left out.
fn email(text: &str) -> Option<Email> {
    let (name, domain) = text.trim().split_once('@')?;
    let domain = domain.split('/').next().unwrap_or_default();
    let domain = match domain.split_once("-1") {
        Some((before, after)) if before.contains('.') && !is_domain_rest(after) => before,
        _ => domain,
    };
    let domain = idna::domain_to_ascii(domain.trim_end_matches('.')).ok()?;
    format!("{name}@{domain}").parse().ok()
}

/// Whether a domain may go on like this: `.org` may, `.1` of a name's number may not.
fn is_domain_rest(after: &str) -> bool {
    after
        .rsplit_once('.')
        .is_some_and(|(_, last)| last.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use proptest::prelude::*;

    fn digits(text: &str, regions: &[&'static str]) -> Option<String> {
        let regions = regions.iter().copied().collect();
        let contact = Contact::phone(ContactOwner::Passenger, text)?;
        let own = Some(contact).filter(|contact| contact.owner == ContactOwner::Passenger)?;
        phone(&own.value, &regions).map(|phone| phone.digits().to_owned())
    }

    fn address(text: &str) -> Option<String> {
        email(text).map(|email| email.address().to_owned())
    }

    #[test]
    fn an_international_number_needs_no_country() {
        for text in [
            "+447700900123",
            "00447700900123",
            "+44 (0)7700 900123",
            "LON +44 7700 900123 M",
        ] {
            assert_eq!(digits(text, &[]).as_deref(), Some("447700900123"), "{text}");
        }
        assert_eq!(
            digits("+39 06 55501234", &[]).as_deref(),
            Some("390655501234"),
            "a zero that is dialled stays"
        );
    }

    #[test]
    fn a_national_number_is_read_where_exactly_one_country_has_it() {
        assert_eq!(digits("020 7946 0018", &["GBR"]).as_deref(), Some("442079460018"));
        assert_eq!(digits("WAS 202 555 0143 H", &["USA"]).as_deref(), Some("12025550143"));
        assert_eq!(digits("2025550143", &["CAN", "USA"]).as_deref(), Some("12025550143"));
        assert_eq!(digits("020 7946 0018", &[]), None, "no country is known");
        assert_eq!(
            digits("020 7946 0018", &["XXA"]),
            None,
            "a stateless person's code is no country"
        );
    }

    #[test]
    fn a_number_that_two_countries_have_is_not_guessed() {
        assert!(digits("0612345678", &["FRA"]).is_some());
        assert!(digits("0612345678", &["NLD"]).is_some());
        assert_eq!(digits("0612345678", &["FRA", "NLD"]), None);
    }

    #[test]
    fn the_number_of_an_agency_is_nobodys() {
        assert_eq!(digits("BOG +57 1 600 5830 A", &[]), None);
        assert_eq!(digits("LON 020 7946 0018-A", &["GBR"]), None);
        assert!(digits("LON 020 7946 0018-M", &["GBR"]).is_some());
    }

    #[test]
    fn a_number_too_short_to_tell_persons_apart_is_none() {
        assert_eq!(digits("+44 123", &[]), None);
        assert_eq!(digits("", &["GBR"]), None);
    }

    #[test]
    fn what_a_booking_appends_to_an_address_is_left_out() {
        assert_eq!(address("zoe@example.org-1.1").as_deref(), Some("zoe@example.org"));
        assert_eq!(address("zoe@example.org-1quill").as_deref(), Some("zoe@example.org"));
        assert_eq!(address("zoe@example.org/quill").as_deref(), Some("zoe@example.org"));
        assert_eq!(
            address("zoe@mail.example-1.org").as_deref(),
            Some("zoe@mail.example-1.org")
        );
        assert_eq!(address("zoe-1@example.org").as_deref(), Some("zoe-1@example.org"));
    }

    #[test]
    fn a_domain_in_other_letters_is_written_in_ascii() {
        assert_eq!(
            address("zoe@bücher.example").as_deref(),
            Some("zoe@xn--bcher-kva.example")
        );
        assert_eq!(address("zoe@"), None);
        assert_eq!(address("nobody"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_a_contact_or_none(text in "\\PC{0,40}", digits in "[+0-9 /-]{0,24}") {
            let regions = BTreeSet::from(["GBR", "USA", "ITA", "SGP"]);
            for text in [&text, &digits] {
                if let Some(phone) = phone(text, &regions) {
                    prop_assert!(phone.digits().bytes().all(|byte| byte.is_ascii_digit()));
                }
                let _ = email(text);
            }
        }
    }
}
