//! What match keys promise, whatever the names are.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use super::*;
use crate::vocabulary::{Class, Family, Random};
use jiff::civil::date;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn person(surname: &str, given: &str) -> Person {
    Person {
        source: Source::Api,
        surname: surname.to_owned(),
        given: given.to_owned(),
        birth_date: Some(date(1985, 4, 12).into()),
        documents: Vec::new(),
        ..Person::default()
    }
}

fn booked(surname: &str, given: &str) -> Person {
    Person {
        source: Source::Pnr,
        ..person(surname, given)
    }
}

fn share_a_name_key(one: &Person, other: &Person) -> bool {
    let keys = derive(other);
    derive(one)
        .iter()
        .any(|key| key.class() == Some(Class::Nx) && keys.contains(key))
}

/// A name that no table of ours touches; three letters or more.
fn token() -> impl Strategy<Value = String> {
    "[B-DF-Z][A-Z][B-DF-Z][A-Z]{0,6}".prop_filter("an ordinary name", |token| {
        let name = name::Name::read(Source::Api, &["QUILL", token].join(" "), "").unwrap();
        name.surname.tokens == ["QUILL", token] && !token.ends_with(['S', 'R'])
    })
}

fn names() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(token(), 1..4)
}

#[test]
fn a_person_without_birth_date_has_no_name_keys() {
    let undated = Person {
        birth_date: None,
        documents: vec!["UTO:L898902C3".parse().unwrap()],
        ..person("Eriksson", "Anna Maria")
    };
    let keys = derive(&undated);
    assert_eq!(keys.iter().map(MatchKey::family).collect::<Vec<_>>(), [Family::Doc]);
}

#[test]
fn a_request_has_at_most_the_slots_of_each_class_and_a_holder_has_all() {
    let documents = ["UTO:L898902C3", "UTO:L898902C3", "UTO:A1234567", "UTO:B1234567"];
    let locators = ["UA:K7B2QX:2026-11", "LH:K7B2QX:2026-11", "AF:K7B2QX:2026-11"];
    let person = Person {
        documents: documents.iter().map(|text| text.parse().unwrap()).collect(),
        locators: locators.iter().map(|text| text.parse().unwrap()).collect(),
        ..person("Al Qahtani", "Abdul Rahman")
    };
    let (asked, held) = (derive_query(&person), derive(&person));
    let of = |keys: &[MatchKey], class: Class| -> Vec<String> {
        let keys = keys.iter().filter(|key| key.class() == Some(class));
        keys.map(|key| key.canonical().to_owned()).collect()
    };
    assert_eq!(of(&asked, Class::Doc), ["L898902C3/UTO", "A1234567/UTO"]);
    assert_eq!(of(&held, Class::Doc), ["L898902C3/UTO", "A1234567/UTO", "B1234567/UTO"]);
    assert_eq!(
        of(&asked, Class::Nx),
        [
            "ABDUL|QAHTANI|RAHMAN/19850412",
            "ABDULRAHMAN|QAHTANI/19850412",
            "ABDULRAHMAN|ALQAHTANI/19850412",
        ]
    );
    assert_eq!(of(&asked, Class::Loc), ["UA/K7B2QX/202611", "LH/K7B2QX/202611"]);
    assert_eq!(of(&held, Class::Loc).len(), 3);
    let core = |class| asked.iter().find(|key| key.class() == Some(class)).unwrap().core();
    assert_eq!(
        (core(Class::Doc), core(Class::Nx), core(Class::Loc)),
        (Some("L898902C3"), None, Some("K7B2QX"))
    );
}

#[test]
fn the_older_keyset_is_derived_beside_the_newer() {
    let person = Person {
        documents: vec!["UTO:L898902C3".parse().unwrap()],
        phones: vec!["+447700900123".parse().unwrap()],
        ..person("Müller", "Jürgen")
    };
    let families = |keyset: Keyset| -> BTreeSet<Family> {
        let keys = keyset.derive(&person);
        keys.iter().map(MatchKey::family).collect()
    };
    assert_eq!(families(Keyset::Exact), [Family::Doc, Family::Nx].into());
    assert!(families(Keyset::V1).is_superset(&[Family::Pk, Family::Si, Family::Phone].into()));
    let exact: Vec<_> = Keyset::Exact.derive(&person);
    assert_eq!(exact.last().map(MatchKey::canonical), Some("JUERGEN|MUELLER/19850412"));
    for keyset in Keyset::ALL {
        assert_eq!(keyset.id().parse(), Ok(*keyset));
        assert_eq!(keyset.to_string(), keyset.id());
    }
    assert_eq!("piux-0".parse::<Keyset>(), Err(ParseKeysetError));
    assert_eq!(KEYSET, Keyset::CURRENT.id());
}

#[test]
fn one_name_finds_several_both_ways_and_several_never_meet_by_one() {
    let (alone, father, brother) = (person("RAHIM", ""), person("RAHIM", "KARIM"), person("SALIM", "KARIM"));
    let meet = |asked: &Person, held: &Person| {
        let held = derive(held);
        let asked = derive_query(asked);
        asked.iter().any(|key| key.family() == Family::Mb && held.contains(key))
    };
    assert!(meet(&father, &alone) && meet(&alone, &father));
    assert!(!meet(&brother, &alone) && !meet(&alone, &brother));
    assert!(!meet(&father, &brother) && !meet(&brother, &father) && !meet(&father, &father));
}

#[test]
fn states_spell_a_letter_differently_and_still_share_a_key() {
    for (written, spelled) in [
        (("Müller", "Jörg"), ("MULLER", "JORG")),
        (("Müller", "Jörg"), ("MUXXLLER", "JORG")),
        (("Muñoz", "Inés"), ("MUNXXOZ", "INES")),
        (("Åkesson", "Øyvind"), ("AKESSON", "OYVIND")),
        (("Щукин", "Юрий"), ("SHCHUKIN", "YURIY")),
        (("Григоренко", "Яна"), ("HRYHORENKO", "YANA")),
        (("Згурський", "Ганна"), ("ZGHURSKYI", "HANNA")),
        (("Христова", "Мария"), ("HRISTOVA", "MARIA")),
        (("Ђукић", "Жељко"), ("DJUKIC", "ZELJKO")),
        (("Ќосев", "Ѓорѓи"), ("KJOSEV", "GJORGJI")),
        (("陳", "大文"), ("CHAN", "DAWEN")),
    ] {
        let (written, spelled) = (person(written.0, written.1), person(spelled.0, spelled.1));
        assert!(share_a_name_key(&written, &spelled), "{}", spelled.surname);
    }
}

#[test]
fn a_dialect_form_meets_the_forms_it_may_stand_for_and_these_stay_apart() {
    let share = |one: &str, other: &str| share_a_name_key(&person(one, "MEI LING"), &person(other, "MEILING"));
    assert!(share("WONG", "WANG") && share("WONG", "HUANG") && share("TAN", "CHEN") && share("LEE", "LI"));
    assert!(!share("WANG", "HUANG") && !share("LI", "YI"));
}

#[test]
fn part_of_a_birth_date_gives_the_keys_it_suffices_for() {
    let families = |birth: &str| -> Vec<(Family, String)> {
        let keys = derive(&Person {
            birth_date: Some(birth.parse().unwrap()),
            ..person("GARCIA LOPEZ", "MARIA")
        });
        let keys = keys.iter();
        keys.map(|key| (key.family(), key.canonical().to_owned())).collect()
    };
    let year = (Family::Y, "GARCIALOPEZ|MARIA/1980".to_owned());
    let month = (Family::D2, "GARCIALOPEZ|MARIA/198005".to_owned());
    assert_eq!(families("1980-05"), [month, year.clone()]);
    assert_eq!(families("1980"), [year]);
}

#[test]
fn letters_no_table_has_are_told_apart() {
    assert!(person("王", "小明").machine_romanized());
    for (surname, given) in [
        ("Müller", "Łukasz"),
        ("Щукин", "Юрий"),
        ("O’Brien", "José-María 3"),
        ("ﬁ", "Ế"),
    ] {
        assert!(!person(surname, given).machine_romanized(), "{surname}");
    }
}

#[test]
fn the_input_prefixes_family_and_canonical_with_their_lengths() {
    let person = Person {
        documents: vec!["UTO:L898902C3".parse().unwrap()],
        ..person("", "")
    };
    assert_eq!(
        derive(&person)[0].input().as_slice(),
        b"piux/1/id\0\0\x03DOC\0\x0dL898902C3/UTO"
    );
}

#[test]
fn a_dummy_is_a_word_and_sixteen_random_bytes() {
    struct Sevens;
    impl Random for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }
    assert_eq!(
        dummy_input(&Sevens).as_slice(),
        [b"piux/1/dummy\0".as_slice(), &[7; 16]].concat()
    );
}

#[test]
fn surnames_that_are_titles_elsewhere_stay() {
    assert!(share_a_name_key(&person("NA", "MOONHEE"), &person("MOONHEE", "NA")));
    assert!(share_a_name_key(&person("ENG", "SOKLY"), &person("SOKLY", "ENG")));
    assert_eq!(derive(&person("ENG", "SOKLY"))[0].family(), Family::Nx);
}

#[test]
fn names_that_cannot_be_read_are_told_before_a_search_misses() {
    assert_eq!(person(&"a".repeat(201), "").check_names(), Err(IdentifierError::Name));
    assert_eq!(person("Eriksson", "Anna").check_names(), Ok(()));
}

#[test]
fn nothing_prints_a_person() {
    let person = Person {
        documents: vec!["UTO:L898902C3".parse().unwrap()],
        ..person("Eriksson", "Anna")
    };
    let printed = format!("{person:?} {:?}", derive(&person));
    assert!(
        !printed.contains("ERIK") && !printed.contains("Erik") && !printed.contains("L898"),
        "{printed}"
    );
}

proptest! {
    #[test]
    fn any_text_gives_keys_of_plain_characters(
        surname in any::<String>(), given in "\\PC{0,60}", pnr: bool,
        year in -9999_i16..=9999, month in 1_i8..=12, day in 1_i8..=28
    ) {
        let person = Person {
            source: if pnr { Source::Pnr } else { Source::Api },
            birth_date: BirthDate::new(year, Some(month), Some(day)),
            ..person(&surname, &given)
        };
        let keys = derive(&person);
        for key in keys.iter().chain(&derive_query(&person)) {
            let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"|/.-".contains(&byte);
            prop_assert!(key.canonical().bytes().all(plain));
        }
        prop_assert_eq!(derive(&person), keys);
    }

    #[test]
    fn a_request_never_has_more_keys_than_slots(surname in "\\PC{0,60}", given in "[\\p{L} ]{0,60}", names in names()) {
        for person in [person(&surname, &given), person(&names.join(" "), &given), person("WONG TAN", &names.join(" "))] {
            let keys = derive_query(&person);
            for class in Class::ALL {
                prop_assert!(keys.iter().filter(|key| key.class() == Some(*class)).count() <= class.slots());
            }
            prop_assert!(keys.iter().all(|key| key.class().is_some()));
            let held = derive(&person);
            let bridges = |key: &&MatchKey| key.family() == Family::Mb;
            prop_assert!(keys.iter().filter(|key| !bridges(key)).all(|key| held.contains(key)));
        }
    }

    #[test]
    fn no_text_makes_a_document_or_locator_panic(text in any::<String>(), other in "\\PC{0,20}") {
        let _ = text.parse::<Document>();
        let _ = text.parse::<Locator>();
        let _ = Document::new("UTO", &other);
        let _ = Locator::new(&other, &text, "2026-11");
        let _ = country(&other);
    }

    #[test]
    fn swapped_fields_share_a_key(surname in names(), given in names()) {
        let (surname, given) = (surname.join(" "), given.join(" "));
        prop_assert!(share_a_name_key(&person(&surname, &given), &person(&given, &surname)));
    }

    #[test]
    fn given_names_run_together_share_a_key(surname in names(), given in names()) {
        let (surname, joined, given) = (surname.join(" "), given.concat(), given.join(" "));
        prop_assert!(share_a_name_key(&person(&surname, &given), &person(&surname, &joined)));
    }

    #[test]
    fn a_whole_name_in_one_field_shares_a_key(surname in token(), given in token(), middle in token()) {
        let apart = person(&surname, &[given.as_str(), &middle].join(" "));
        let last = [given.as_str(), &middle, &surname].join(" ");
        let first = [surname.as_str(), &given, &middle].join(" ");
        prop_assert!(share_a_name_key(&apart, &person(&last, "FNU")));
        prop_assert!(share_a_name_key(&apart, &person("", &first)));
    }

    #[test]
    fn one_name_shares_a_key_however_the_other_field_is_filled(name in token()) {
        let alone = person(&name, "");
        for other in [person(&name, "FNU"), person("LNU", &name), person(&name, &name), person(&name, "MR")] {
            prop_assert!(share_a_name_key(&alone, &other));
        }
    }

    #[test]
    fn a_glued_title_shares_a_key(surname in names(), given in names(), title in 0_usize..5) {
        let title = ["MR", "MRS", "MS", "MISS", "MSTR"][title];
        let (surname, given) = (surname.join(" "), given.join(" "));
        let plain = person(&surname, &given);
        prop_assert!(share_a_name_key(&plain, &booked(&surname, &[given.as_str(), title].concat())));
        prop_assert!(share_a_name_key(&plain, &booked(&surname, &[given.as_str(), title].join(" "))));
    }

    #[test]
    fn hyphen_space_and_apostrophe_share_a_key(first in "[A-Z]{1,6}", second in token(), given in token()) {
        let written = |sign: &str| person(&[first.as_str(), &second].join(sign), &given);
        let plain = written(" ");
        prop_assume!(derive(&plain).iter().filter(|key| key.family() == Family::Nx).count() >= 2);
        for sign in ["-", "'", "\u{2019}", ""] {
            prop_assert!(share_a_name_key(&plain, &written(sign)));
        }
    }

    #[test]
    fn marks_and_their_absence_in_decomposed_text_are_one_name(surname in "[ÄÖÜÉÈÇŞÑŁØa-zà-ÿ]{3,10}|[ИЙЁЇЎА-Яа-я]{3,10}", given in token()) {
        use unicode_normalization::UnicodeNormalization;
        let decomposed: String = surname.nfd().collect();
        prop_assert_eq!(derive(&person(&surname, &given)), derive(&person(&decomposed, &given)));
    }

    #[test]
    fn the_spelling_of_documents_and_that_without_marks_share_a_key(
        stem in "[BDFGKLMNPRT]{1,3}", letter in 0_usize..5, end in token(), given in token()
    ) {
        let (marked, icao, bare) = [("Ä", "AE", "A"), ("ö", "OE", "O"), ("Ü", "UE", "U"), ("å", "AA", "A"), ("Ø", "OE", "O")][letter];
        let written = person(&[stem.as_str(), marked, &end].concat(), &given);
        for spelled in [icao, bare] {
            prop_assert!(share_a_name_key(&written, &person(&[stem.as_str(), spelled, &end].concat(), &given)));
        }
    }

    #[test]
    fn different_names_do_not_share_a_key(one in names(), other in names(), given in token(), elsewhere in token()) {
        let all = |names: &[String], given: &String| names.iter().chain([given]).cloned().collect::<BTreeSet<_>>();
        prop_assume!(all(&one, &given).is_disjoint(&all(&other, &elsewhere)));
        prop_assert!(!share_a_name_key(&person(&one.join(" "), &given), &person(&other.join(" "), &elsewhere)));
    }
}
