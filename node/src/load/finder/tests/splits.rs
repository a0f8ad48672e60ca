//! Records an officer sets apart, and the words in which persons are explained.

use super::setting::{DAY, Unit, With, booking, record, traveller};
use crate::ingest::Traveller;

fn zoe() -> Traveller {
    traveller("QUILL", "ZOE", "1984-02-29").document("UTO", "L898902C3")
}

#[test]
fn a_record_set_apart_is_a_person_of_its_own_and_stays_so() {
    let unit = Unit::new();
    for number in 1..=3 {
        unit.put(number, &zoe());
    }
    assert_eq!(unit.split(2), 0);
    assert!(unit.are_one(&[1, 3]));
    assert!(!unit.are_one(&[1, 2]));
    assert_eq!(unit.recorded("data.separate"), 1);
    unit.put(2, &zoe());
    assert!(!unit.are_one(&[1, 2]), "another version of it");
    unit.put(4, &zoe());
    assert!(unit.are_one(&[1, 4]), "others join as before");
}

#[test]
fn a_record_that_belongs_to_both_does_not_make_one_of_what_was_set_apart() {
    let unit = Unit::new();
    let other = || traveller("QUILL", "ZOE", "1984-02-29").document("UTO", "M111222Z3");
    unit.put(1, &zoe());
    unit.put(2, &other());
    assert!(unit.are_one(&[1, 2]));
    assert_eq!(unit.split(2), 0);
    unit.put(3, &other().document("UTO", "L898902C3"));
    assert!(!unit.are_one(&[1, 2]));
    assert_eq!(unit.recorded("data.combine"), 0);
}

#[test]
fn setting_the_joining_record_apart_undoes_the_joining_of_two_persons() {
    let unit = Unit::new();
    unit.put_two_and_what_joins_them();
    assert_eq!(unit.split(3), 0);
    let persons = [1, 2, 3].map(|number| unit.subject(number));
    assert!(persons[0] != persons[1] && persons[1] != persons[2] && persons[0] != persons[2]);
}

#[test]
fn what_was_decided_survives_the_rebuilding_of_the_store() {
    let unit = Unit::new();
    for number in 1..=3 {
        unit.put(number, &zoe());
    }
    unit.split(2);
    let unit = unit.rebuilt();
    assert!(unit.are_one(&[1, 3]));
    assert!(!unit.are_one(&[1, 2]));
    unit.put(2, &zoe());
    unit.put(4, &zoe());
    assert!(unit.are_one(&[1, 4]) && !unit.are_one(&[1, 2]));
}

#[test]
fn a_record_that_is_unknown_or_alone_cannot_be_set_apart() {
    let unit = Unit::new();
    unit.put(1, &zoe());
    assert_eq!((unit.split(1), unit.split(9)), (1, 1));
    assert_eq!(unit.loader.subject_split("no record", "").unwrap().exit, 1);
    assert_eq!(unit.recorded("data.separate"), 0);
}

#[test]
fn a_person_is_explained_in_words_that_tell_nothing_of_the_records() {
    let unit = Unit::new();
    unit.put(1, &zoe());
    unit.put(2, &traveller("QUILL", "ZOE ANNA", "").document("UTO", "L898902C3"));
    unit.put_in(3, DAY + 1, &booking(), &traveller("QUILL", "ZOE", "1984-02-29"));
    let name = String::from(record(2));
    let report = unit.loader.subject_show(&name).unwrap();
    assert!(report.text.contains("2026-02-10: joined on a document"));
    assert!(report.text.contains("2026-02-11: joined on full name and birth date"));
    assert!(
        report
            .text
            .contains(&format!("the same document of the same issuer as {name}"))
    );
    let of_subject = unit.loader.subject_show(&String::from(unit.subject(1))).unwrap();
    assert_eq!(of_subject.json, report.json);
    for told in [&report.text, &report.json.to_string()] {
        assert!(
            ["QUILL", "ZOE", "1984", "898902"]
                .iter()
                .all(|secret| !told.contains(secret))
        );
    }
    assert_eq!(unit.loader.subject_show("QUILL").unwrap().exit, 1);
    assert_eq!(unit.recorded("data.explain"), 3, "every reading is recorded");
}

#[test]
fn what_an_officer_set_apart_is_told() {
    let unit = Unit::new();
    unit.put(1, &zoe());
    unit.put(2, &zoe());
    unit.split(2);
    let report = unit.loader.subject_show(&String::from(record(2))).unwrap();
    assert!(report.text.contains("an officer set it apart from person"));
    assert!(report.text.contains("Stays apart, as an officer judged"));
}
