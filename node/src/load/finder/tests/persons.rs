//! Which records are one person's.

use super::setting::{DAY, Unit, With, booking, traveller};
use crate::ingest::model::Kind;

#[test]
fn records_join_on_a_document_and_on_full_name_with_birth_date() {
    let unit = Unit::new();
    unit.put(1, &traveller("QUILL", "ZOE", "1984-02-29").document("UTO", "L898902C3"));
    unit.put(2, &traveller("QUILL", "ZOE ANNA", "").document("UTO", "l 898902-C3"));
    unit.put(3, &traveller("ZOE", "QUILL", "1984-02-29"));
    unit.put(4, &traveller("QUILL", "ZOE", "1984-02-28"));
    assert!(unit.are_one(&[1, 2, 3]));
    assert_ne!(unit.subject(4), unit.subject(1));
}

#[test]
fn the_same_number_of_another_issuer_never_joins() {
    let unit = Unit::new();
    unit.put(1, &traveller("QUILL", "ZOE", "1984-02-29").document("UTO", "L898902C3"));
    unit.put(2, &traveller("QUILL", "ZOE", "").document("RUR", "L898902C3"));
    assert!(!unit.are_one(&[1, 2]));
}

#[test]
fn a_document_joins_nobody_of_clearly_another_name_and_birth_date() {
    let unit = Unit::new();
    unit.put(1, &traveller("QUILL", "ZOE", "1984-02-29").document("UTO", "L898902C3"));
    unit.put(
        2,
        &traveller("TESTMANN", "ERIKA", "1991-05-06").document("UTO", "L898902C3"),
    );
    assert!(!unit.are_one(&[1, 2]));
    assert_eq!(unit.loader.noticed().conflicts, 1);
    unit.put(3, &traveller("QUILL", "ZOE", "1984-03-01").document("UTO", "L898902C3"));
    unit.put(4, &traveller("KWILL", "SOE", "1984-02-29").document("UTO", "L898902C3"));
    assert!(
        unit.are_one(&[1, 3, 4]),
        "an error in the date or in the name is no other person"
    );
    unit.put(5, &traveller("TESTMANN", "ERIKA", "1991-05-06"));
    assert!(unit.are_one(&[2, 5]), "the other one is known by name and birth date");
}

#[test]
fn a_spouse_listed_with_the_others_document_stays_another_person() {
    let unit = Unit::new();
    unit.put(
        1,
        &traveller("QUILL", "OMAR", "1980-06-07").document("UTO", "L898902C3"),
    );
    unit.put(2, &traveller("QUILL", "ZOE", "1984-02-29").document("UTO", "L898902C3"));
    unit.put(3, &traveller("QUILL", "ZOE", "1984-02-29").document("UTO", "M555555Z1"));
    assert!(unit.are_one(&[2, 3]));
    assert!(!unit.are_one(&[1, 2]));
}

#[test]
fn an_infant_on_a_parents_document_is_another_person() {
    let unit = Unit::new();
    let parent = traveller("QUILL", "ZOE", "").of(Kind::Adult);
    let infant = traveller("QUILL", "ZOE", "").of(Kind::Infant);
    unit.put(1, &parent.document("UTO", "L898902C3"));
    unit.put(2, &infant.document("UTO", "L898902C3"));
    unit.put(
        3,
        &traveller("QUILL", "ZOE MAY", "2025-06-07").document("UTO", "L898902C3"),
    );
    assert!(!unit.are_one(&[1, 2]));
    assert!(
        !unit.are_one(&[1, 3]),
        "the birth date tells, where the message does not"
    );
}

#[test]
fn a_child_that_grew_up_is_the_same_person() {
    let unit = Unit::new();
    let child = || traveller("QUILL", "ZOE", "2016-06-07").document("UTO", "L898902C3");
    unit.put(1, &child().of(Kind::Child));
    unit.put(2, &child().of(Kind::Adult));
    assert!(unit.are_one(&[1, 2]));
}

#[test]
fn a_frequent_traveller_stays_one_person_when_the_passport_is_renewed() {
    let unit = Unit::new();
    for (number, day, passport) in [
        (1, 0, "L898902C3"),
        (2, 30, "L898902C3"),
        (3, 60, "M111222Z3"),
        (4, 90, "M111222Z3"),
    ] {
        let zoe = traveller("QUILL", "ZOE", "1984-02-29").document("UTO", passport);
        unit.put_in(number, DAY + day, &booking(), &zoe);
    }
    unit.put_in(
        5,
        DAY + 95,
        &booking(),
        &traveller("QUILL", "Z", "").document("UTO", "M111222Z3"),
    );
    assert!(unit.are_one(&[1, 2, 3, 4, 5]));
}

#[test]
fn one_name_or_a_date_that_stands_for_an_unknown_one_joins_nobody() {
    let unit = Unit::new();
    unit.put(1, &traveller("RAHIM", "", "1980-06-07"));
    unit.put(2, &traveller("RAHIM", "", "1980-06-07"));
    assert!(!unit.are_one(&[1, 2]));
    for (number, birth) in [
        (3, "1980-01-01"),
        (4, "1980-01-01"),
        (5, "1980-07-01"),
        (6, "1980-07-01"),
    ] {
        unit.put(number, &traveller("QUILL", "OMAR", birth));
    }
    assert!(!unit.are_one(&[3, 4]) && !unit.are_one(&[5, 6]));
}

#[test]
fn records_of_one_batch_join_like_any_other() {
    let unit = Unit::new();
    let mut batch = unit.ground.store.batch();
    for number in [1, 2] {
        let facts = crate::records::RecordFacts {
            received: unit.ground.clock.now(),
            kind: 0,
            flags: 0,
        };
        let zoe = traveller("QUILL", "ZOE", "1984-02-29");
        let record = super::setting::record(number);
        unit.loader
            .finder
            .put(&mut batch, record, &booking(), &zoe, facts)
            .unwrap();
    }
    batch.commit().unwrap();
    assert!(unit.are_one(&[1, 2]));
}

#[test]
fn two_persons_become_one_when_a_record_belongs_to_both() {
    let unit = Unit::new();
    unit.put(1, &traveller("QUILL", "ZOE", "1984-02-29").document("UTO", "L898902C3"));
    unit.put(2, &traveller("QUILL", "Z", "").document("UTO", "M111222Z3"));
    assert!(!unit.are_one(&[1, 2]));
    let both = || {
        traveller("QUILL", "ZOE", "")
            .document("UTO", "L898902C3")
            .document("UTO", "M111222Z3")
    };
    unit.put(3, &both());
    assert!(unit.are_one(&[1, 2, 3]));
    assert_eq!(unit.recorded("data.combine"), 1);
    unit.put(4, &traveller("QUILL", "ZOE", "").document("UTO", "M111222Z3"));
    assert!(unit.are_one(&[1, 4]));
}

#[test]
fn two_persons_who_contradict_each_other_do_not_become_one() {
    let unit = Unit::new();
    unit.put(
        1,
        &traveller("QUILL", "OMAR", "1980-06-07").document("UTO", "L898902C3"),
    );
    unit.put(
        2,
        &traveller("TESTMANN", "ERIKA", "1991-05-06").document("UTO", "M111222Z3"),
    );
    unit.put(
        3,
        &traveller("GROUP", "", "")
            .document("UTO", "L898902C3")
            .document("UTO", "M111222Z3"),
    );
    assert!(!unit.are_one(&[1, 2]));
    assert_eq!(unit.recorded("data.combine"), 0);
}

#[test]
fn without_the_record_that_joined_them_they_are_two_again() {
    let unit = Unit::new();
    unit.put_two_and_what_joins_them();
    unit.put(3, &traveller("QUILL", "ZOE", "").document("UTO", "L898902C3"));
    assert!(unit.are_one(&[1, 3]), "the number was corrected");
    assert!(!unit.are_one(&[1, 2]));
    unit.put(4, &traveller("QUILL", "Z", "").document("UTO", "M111222Z3"));
    assert!(unit.are_one(&[2, 4]));
}
