//! Which rows a record has.

use super::setting::{DAY, Unit, With, booking, traveller};
use crate::ingest::model::{Contact, ContactOwner, FrequentFlyer, NameForm, NameSource};
use crate::load::keys;
use piux_protocol::identifier::Keyset;
use piux_protocol::vocabulary::{Class, Window};

fn rows_in_store(unit: &Unit) -> u32 {
    let of = |class: &Class| unit.ground.store.occupancy(Keyset::CURRENT, *class).unwrap();
    Class::ALL.iter().map(|class| of(class).values().sum::<u32>()).sum()
}

fn of_class(unit: &Unit, class: Class) -> u32 {
    let counts = unit.ground.store.occupancy(Keyset::CURRENT, class).unwrap();
    counts.values().sum()
}

fn phone(number: &str) -> Option<Contact> {
    Contact::phone(ContactOwner::Passenger, number)
}

#[test]
fn a_record_put_again_has_its_new_rows_and_none_of_the_old() {
    let unit = Unit::new();
    unit.put(
        1,
        &traveller("QUILL", "ZOE ANNA MAY", "1984-02-29").document("UTO", "L898902C3"),
    );
    let before = unit.trace(1).unwrap();
    unit.put(1, &traveller("QUILL", "ZOE", "1984-02-29"));
    let after = unit.trace(1).unwrap();
    assert!(after.rows.iter().all(|row| !before.rows.contains(row)));
    assert_eq!(rows_in_store(&unit), u32::try_from(after.rows.len()).unwrap());
    assert_eq!(of_class(&unit, Class::Doc), 0);
    assert_eq!(after.subject, before.subject, "it is about the same person");
}

#[test]
fn every_spelling_and_birth_date_is_found_and_documents_lie_in_both_families() {
    let mut zoe = traveller("QUILL", "ZOE", "1984-02-29").document("UTO", "L898902C3");
    zoe.add_name(NameForm::new(NameSource::Tif, "QUIL", "ZOEMRS"));
    zoe.add_birth("1984-03-01".parse().unwrap());
    let keys = keys::of(Keyset::CURRENT, &booking(), &zoe);
    let canonicals: Vec<_> = keys.keys().map(|key| key.canonical().to_owned()).collect();
    for expected in [
        "QUILL|ZOE/19840229",
        "QUILL|ZOE/19840301",
        "QUIL|ZOE/19840229",
        "QUIL|ZOE/19840301",
    ] {
        assert!(canonicals.iter().any(|canonical| canonical == expected), "{expected}");
    }
    let buckets = |start: &str| {
        let found = keys.iter().find(|(key, _)| key.canonical().starts_with(start));
        found.map(|(_, buckets)| buckets.len()).unwrap()
    };
    assert_eq!(buckets("QUILL|ZOE/19840229"), 1, "by its own date");
    assert_eq!(buckets("L898902C3/UTO"), 3, "by each date and by number");
}

#[test]
fn what_belongs_to_a_traveller_is_found_without_a_birth_date() {
    let unit = Unit::new();
    let mut omar = traveller("QUILL", "OMAR", "").contact(phone("+447700900123"));
    omar.frequent_flyer.push(FrequentFlyer {
        programme: "ZZ".to_owned(),
        number: "12345678".to_owned(),
    });
    let omar = omar.contact(Contact::email(ContactOwner::Passenger, "OMAR//EXAMPLE.ORG"));
    unit.put(1, &omar);
    for class in [Class::Phone, Class::Email, Class::Ff, Class::Loc] {
        assert_eq!(of_class(&unit, class), 1, "{class}");
    }
    assert_eq!(
        unit.put(2, &traveller("QUILL", "OMAR", "1980")),
        1,
        "a year alone is no birth date"
    );
}

#[test]
fn contacts_of_agencies_and_payers_find_nobody() {
    let unit = Unit::new();
    let omar = traveller("QUILL", "OMAR", "1980-06-07")
        .contact(Contact::phone(ContactOwner::Agency, "+447700900123"))
        .contact(Contact::phone(ContactOwner::Payer, "+447700900124"));
    let mut booking = booking();
    booking
        .contacts
        .extend(Contact::email(ContactOwner::Agency, "desk@agency.example"));
    unit.put_in(1, DAY, &booking, &omar);
    assert_eq!(of_class(&unit, Class::Phone) + of_class(&unit, Class::Email), 0);
}

#[test]
fn a_contact_of_the_booking_finds_all_its_travellers_and_makes_them_no_one_person() {
    let unit = Unit::new();
    let mut booking = booking();
    booking.contacts.extend(phone("+447700900123"));
    unit.put_in(1, DAY, &booking, &traveller("QUILL", "OMAR", ""));
    unit.put_in(2, DAY, &booking, &traveller("TESTMANN", "ERIKA", ""));
    assert_eq!(of_class(&unit, Class::Phone), 2);
    assert!(!unit.are_one(&[1, 2]));
}

#[test]
fn a_number_that_too_many_persons_share_finds_nobody_any_more() {
    let unit = Unit::new();
    let caller = |number: u8| {
        traveller("QUILL", &format!("OMAR{}", char::from(b'A' + number / 8)), "").contact(phone("+447700900123"))
    };
    for number in 1..=50 {
        unit.put(number, &caller(number));
    }
    assert_eq!(of_class(&unit, Class::Phone), 50);
    unit.put(50, &caller(50));
    assert_eq!(of_class(&unit, Class::Phone), 50, "another version is no other person");
    unit.put(51, &caller(51));
    assert_eq!(of_class(&unit, Class::Phone), 0);
    unit.put(52, &caller(52));
    assert_eq!(of_class(&unit, Class::Phone), 0);
    assert_eq!(unit.loader.noticed().crowded_contacts, 2);
}

#[test]
fn a_number_nobody_can_place_is_counted_and_not_guessed() {
    let unit = Unit::new();
    unit.put(1, &traveller("QUILL", "OMAR", "").contact(phone("07700900123")));
    assert_eq!(of_class(&unit, Class::Phone), 0);
    assert_eq!(unit.loader.noticed().unread_contacts, 1);
}

#[test]
fn a_masked_day_leaves_nothing_by_which_persons_could_be_told() {
    let unit = Unit::new();
    unit.put(1, &traveller("QUILL", "ZOE", "1984-02-29").document("UTO", "L898902C3"));
    unit.ground
        .keys
        .destroy_day(DAY, &[crate::keys::DayPart::Index])
        .unwrap();
    assert!(unit.trace(1).is_none());
    let scanned = |bucket| {
        let rows = unit
            .ground
            .store
            .scan_bucket(Keyset::CURRENT, Class::Nx, bucket, Window::All);
        rows.unwrap().len()
    };
    assert_eq!(
        (0..=255)
            .map(|number| scanned(crate::store::BucketRef::S(number)))
            .sum::<usize>(),
        0
    );
    unit.ground.store.delete_day(DAY).unwrap();
    unit.put_in(2, DAY + 1, &booking(), &traveller("QUILL", "ZOE", "1984-02-29"));
    assert_eq!(unit.ground.store.batch().members(unit.subject(2), 9).unwrap().len(), 1);
}
