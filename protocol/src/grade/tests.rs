#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]
use super::*;
use crate::identifier::derive;

fn person(surname: &str, given: &str, birth: &str) -> Person {
    Person {
        surname: surname.into(),
        given: given.into(),
        birth_date: Some(birth.parse().unwrap()),
        ..Person::default()
    }
}

fn graded(person: &Person, hit: impl Fn(&MatchKey) -> bool, population: u64) -> Graded {
    let keys = derive(person);
    let hits: Vec<&MatchKey> = keys.iter().filter(|key| hit(key)).collect();
    assert!(!hits.is_empty(), "the person has such keys");
    grade(FrequencyTable::public(), person, &hits, population)
}

fn of(families: &'static [Family]) -> impl Fn(&MatchKey) -> bool {
    move |key| families.contains(&key.family())
}

#[test]
fn the_table_has_a_version_a_source_and_common_names() {
    let table = FrequencyTable::public();
    assert!(table.version().starts_with("1-") && table.version().len() == 18);
    assert!(table.source().lines().count() > 20);
    for (common, rare) in [
        ("NGUYEN", "TRUONG"),
        ("MOHAMMED", "IBRAHIM"),
        ("GARCIA", "BLANCO"),
        ("KIM", "ZZYZX"),
    ] {
        assert!(table.token_share(common) > table.token_share(rare), "{common} {rare}");
        assert!(table.token_share(rare) > 0.0);
    }
    assert!(table.skeleton_share("MMT") > table.token_share("MOHAMMED"));
    assert!(table.skeleton_share("MMT") > table.skeleton_share("KSTRN"));
}

#[test]
fn a_rare_full_name_is_strong_even_in_a_nation() {
    let rare = person("Testmannsdorfer", "Wunhilde Erika", "1974-08-12");
    let graded = graded(&rare, of(&[Family::Nx]), 100_000_000);
    assert_eq!(graded.grade, Grade::Strong, "{graded:?}");
    assert_eq!(graded.reasons, [Reason::FullName, Reason::BirthDate]);
}

#[test]
fn a_common_pair_is_weak_in_a_nation_and_possible_in_a_small_index() {
    let common = person("Nguyen", "Thi Huong", "1974-08-12");
    let keys = derive(&common);
    let pair = keys.iter().find(|key| key.canonical().starts_with("NGUYEN|THI/"));
    let Some(pair) = pair else { return };
    let table = FrequencyTable::public();
    assert_eq!(grade(table, &common, &[pair], 100_000_000).grade, Grade::Weak);
    assert_eq!(grade(table, &common, &[pair], 100_000).grade, Grade::Possible);
    assert!(expected(table, pair, 100_000_000) >= 1.0);
}

#[test]
fn more_strangers_are_expected_in_more_subjects() {
    let table = FrequencyTable::public();
    for key in derive(&person("Garcia Lopez", "Maria Carmen", "1980-03-04")) {
        let (few, many) = (expected(table, &key, 1_000), expected(table, &key, 1_000_000));
        assert!(few > 0.0 && many / few > 999.0 && many / few < 1001.0);
    }
}

#[test]
fn names_that_agree_in_several_keys_count_once() {
    let asked = person("Garcia", "Maria", "1980-03-04");
    let one = graded(&asked, of(&[Family::Nx]), 1_000_000);
    let all = graded(&asked, |key| key.family() != Family::Ds, 1_000_000);
    assert!((one.expected - all.expected).abs() < 1e-12, "{one:?} {all:?}");
}

#[test]
fn a_third_name_makes_a_hit_surer() {
    let two = graded(&person("Garcia", "Maria", "1980-03-04"), of(&[Family::Nx]), 1_000_000);
    let three = graded(
        &person("Garcia", "Maria Soledad", "1980-03-04"),
        of(&[Family::Nx]),
        1_000_000,
    );
    assert!(three.expected < two.expected / 10.0);
}

#[test]
fn joined_names_say_no_more_than_their_parts() {
    let asked = person("Garcia Lopez", "Maria", "1980-03-04");
    let keys = derive(&asked);
    let joined = keys
        .iter()
        .find(|key| key.canonical().starts_with("GARCIALOPEZ|"))
        .unwrap();
    let parts = keys
        .iter()
        .find(|key| key.canonical().starts_with("GARCIA|LOPEZ|"))
        .unwrap();
    let table = FrequencyTable::public();
    let apart = grade(table, &asked, &[parts], 1_000_000).expected;
    assert_eq!(grade(table, &asked, &[joined], 1_000_000).expected, apart);
    assert_eq!(grade(table, &asked, &[joined, parts], 1_000_000).expected, apart);
}

#[test]
fn a_default_date_says_a_tenth() {
    let day = |date| graded(&person("Garcia", "Maria", date), of(&[Family::Nx]), 1_000_000);
    let (default, other) = (day("1980-01-01"), day("1980-01-02"));
    assert!((default.expected / other.expected - 10.0).abs() < 1e-6);
    assert!(default.reasons.contains(&Reason::DefaultDate) && !other.reasons.contains(&Reason::DefaultDate));
    assert_eq!(day("1980-07-01").expected, default.expected);
}

#[test]
fn a_document_with_a_name_is_strong_and_without_it_a_conflict() {
    let mut asked = person("Garcia", "Maria", "1980-03-04");
    asked.documents = vec!["UTO:L898902C3".parse().unwrap()];
    let both = graded(&asked, of(&[Family::Doc, Family::Nx]), 100_000_000);
    assert_eq!(both.grade, Grade::Strong, "{both:?}");
    let alone = graded(&asked, of(&[Family::Doc]), 100_000_000);
    assert_eq!(alone.grade, Grade::Possible);
    assert_eq!(alone.reasons, [Reason::Document, Reason::DocumentConflict]);
    asked.surname.clear();
    asked.given.clear();
    assert_eq!(graded(&asked, of(&[Family::Doc]), 100_000_000).grade, Grade::Strong);
}

#[test]
fn a_single_name_and_a_general_romanization_are_never_strong() {
    let single = graded(&person("Sukarnoputrowati", "", "1980-03-04"), of(&[Family::Mx]), 100);
    assert_eq!(single.grade, Grade::Possible);
    assert!(single.reasons.contains(&Reason::SingleName));
    let greek = person("Δημητρόπουλος", "Ξενοφών Αριστείδης", "1980-03-04");
    if greek.machine_romanized() {
        assert_eq!(graded(&greek, of(&[Family::Nx]), 100).grade, Grade::Possible);
    }
}

#[test]
fn every_reason_is_a_sentence_of_its_own() {
    let sentences = [Reason::Document, Reason::FullName, Reason::Initial, Reason::DefaultDate].map(|r| r.to_string());
    assert!(sentences.iter().all(|text| text.len() > 15 && !text.contains('_')));
    assert_eq!(
        serde_json::to_string(&Reason::DocumentConflict).unwrap(),
        "\"document_conflict\""
    );
    assert_eq!(
        serde_json::to_string(&Grade::Strong).unwrap(),
        format!("\"{}\"", Grade::Strong)
    );
}

#[test]
fn a_grade_prints_nothing_of_the_person() {
    let graded = graded(&person("Testmann", "Erika", "1980-03-04"), of(&[Family::Nx]), 100);
    assert!(!format!("{graded:?}").contains("TESTMANN"));
}
