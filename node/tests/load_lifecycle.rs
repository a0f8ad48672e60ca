//! What messages do to what is known, each rule by name, against a real store.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "load/messages.rs"]
mod messages;
#[path = "load/unit.rs"]
mod unit;

use messages::{BACK, OUT, booking, cancelled, full, list, listed, nameless, part_of_list, push, traveller, update};
use piux_node::keys::DayPart;
use piux_node::ledger::Kind;
use piux_node::load::{LoadReport, TravellerCounts};
use piux_node::records;
use piux_protocol::vocabulary::{Class, ElementId};
use proptest::prelude::*;
use unit::{Unit, element, seen};

fn ada() -> String {
    booking("ADA111", OUT, &[&traveller("QUILL", "ADA", "UT1000001")])
}

fn bo() -> String {
    booking("BOO222", OUT, &[&traveller("REED", "BO", "UT1000002")])
}

fn cy() -> String {
    booking("CYY333", OUT, &[&traveller("STYLUS", "CY", "UT1000003")])
}

fn counts(report: &LoadReport) -> (u64, u64, u64, u64) {
    let TravellerCounts {
        read,
        stored,
        merged,
        rejected,
    } = report.travellers;
    (read, stored, merged, rejected)
}

fn rules(report: &LoadReport) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.rule.as_str()).collect()
}

fn is_cancelled(unit: &Unit, locator: &str) -> bool {
    element(&unit.with(locator), "pnr.10_status").contains("cancelled")
}

#[test]
fn a_first_push_stores_and_the_same_file_again_changes_nothing() {
    let unit = Unit::new();
    let file = full("PUSH1", &[ada(), bo()]);
    assert_eq!(counts(&unit.load(&file)), (2, 2, 0, 0));
    let before = (unit.content(), unit.rows(Class::Doc), unit.rows(Class::Nx));
    let again = unit.load(&file);
    assert_eq!((counts(&again), again.versions), ((2, 0, 2, 0), 0));
    assert_eq!((unit.content(), unit.rows(Class::Doc), unit.rows(Class::Nx)), before);
}

#[test]
fn a_booking_left_out_of_a_complete_full_push_is_cancelled_and_stays_findable() {
    let unit = Unit::new();
    unit.load(&full("PUSH1", &[ada(), bo()]));
    let rows = unit.rows(Class::Doc);
    let report = unit.load(&full("PUSH2", &[ada()]));
    assert_eq!((report.cancelled, report.pushes.complete, report.versions), (1, 1, 1));
    assert!(is_cancelled(&unit, "BOO222"));
    assert!(!is_cancelled(&unit, "ADA111"));
    assert_eq!(unit.rows(Class::Doc), rows);
}

#[test]
fn what_an_incomplete_push_leaves_out_is_unknown_and_never_cancelled() {
    let unit = Unit::new();
    unit.load(&full("PUSH1", &[ada(), bo()]));
    let report = unit.load(&push("22", "PUSH2", "01:F", 2, &[ada()]));
    assert_eq!((report.cancelled, report.unknown, report.pushes.incomplete), (0, 1, 1));
    assert!(rules(&report).contains(&"push.incomplete"));
    assert!(element(&unit.with("BOO222"), "pnr.10_status").contains("unknown"));
}

#[test]
fn a_push_waits_five_minutes_for_its_parts() {
    let unit = Unit::new();
    unit.load(&full("PUSH1", &[ada(), bo(), cy()]));
    let report = unit.load(&push("22", "PUSH2", "01:C", 2, &[ada()]));
    assert_eq!((report.pushes.open, report.cancelled, report.unknown), (1, 0, 0));
    unit.clock.advance(299);
    let mut early = LoadReport::default();
    unit.loader.expire_pushes(&mut early).unwrap();
    assert_eq!(early.unknown, 0);
    unit.clock.advance(1);
    let mut late = LoadReport::default();
    unit.loader.expire_pushes(&mut late).unwrap();
    assert_eq!((late.unknown, late.pushes.incomplete), (2, 1));
    assert_eq!(late.quality["ZZ"].parts_missing, 1);
}

#[test]
fn parts_of_a_push_may_come_in_any_order_and_twice() {
    let parts = [
        push("22", "PUSH2A", "01:C", 2, &[ada()]),
        push("22", "PUSH2B", "02:F", 2, &[cy()]),
    ];
    let mut contents = Vec::new();
    for order in [vec![0, 1], vec![1, 0], vec![1, 1, 0], vec![0, 1, 0, 1]] {
        let unit = Unit::new();
        unit.load(&full("PUSH1", &[ada(), bo(), cy()]));
        let cancelled: u64 = order.iter().map(|part| unit.load(&parts[*part]).cancelled).sum();
        assert_eq!(cancelled, 1, "{order:?}");
        contents.push(unit.content());
    }
    assert!(contents.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn a_list_in_parts_is_whole_when_all_of_it_came() {
    let unit = Unit::new();
    let ada = listed("QUILL", "ADA", "UT1000001", "", true);
    let bo = listed("REED", "BO", "UT1000002", "", true);
    let first = unit.load(&part_of_list("LIST1", "745", "01:C", 2, &[ada]));
    assert_eq!((first.pushes.open, rules(&first)), (1, vec![]));
    let last = unit.load(&part_of_list("LIST2", "745", "02:F", 2, &[bo]));
    assert_eq!((last.pushes.open, last.pushes.complete, rules(&last)), (0, 1, vec![]));
    let again = unit.load(&part_of_list("LIST3", "745", "01:F", 3, &[]));
    assert_eq!((again.cancelled, again.unknown), (0, 0));
}

#[test]
fn what_is_missing_of_a_list_in_parts_is_told_and_cancels_nobody() {
    let unit = Unit::new();
    let ada = listed("QUILL", "ADA", "UT1000001", "", true);
    let bo = listed("REED", "BO", "UT1000002", "", true);
    unit.load(&part_of_list("LIST1", "745", "01:C", 3, std::slice::from_ref(&ada)));
    let short = unit.load(&part_of_list("LIST2", "745", "02:F", 3, &[bo]));
    assert_eq!((short.pushes.incomplete, rules(&short)), (1, vec!["list.incomplete"]));
    assert_eq!(
        short.quality["ZZAIR"].parts_missing, 0,
        "a passenger is missing, no part"
    );
    unit.load(&part_of_list("LIST3", "745", "01:C", 2, &[ada]));
    unit.clock.advance(300);
    let mut late = LoadReport::default();
    unit.loader.expire_pushes(&mut late).unwrap();
    assert_eq!((late.pushes.incomplete, late.cancelled, late.unknown), (1, 0, 0));
    assert_eq!(late.quality["ZZAIR"].parts_missing, 1);
}

#[test]
fn a_full_push_without_bookings_cancels_everybody() {
    let unit = Unit::new();
    unit.load(&full("PUSH1", &[ada(), bo()]));
    assert_eq!(unit.load(&full("PUSH2", &[])).cancelled, 2);
}

#[test]
fn what_loses_its_structure_waits_in_quarantine_and_the_rest_is_loaded() {
    let unit = Unit::new();
    let broken = list("LIST1", "745", &[listed("QUILL", "ADA", "UT1000001", "", true)]).replace("TDT+20", "QQQ+20");
    let report = unit.load(&format!("{broken}{}", full("PUSH1", &[bo()])));
    assert_eq!((counts(&report), report.quarantined), ((2, 1, 0, 1), 1));
    let held = unit.loader.quarantine().list(unit.now()).unwrap();
    assert_eq!((held.len(), held[0].travellers), (1, 1));
}

#[test]
fn an_update_push_leaves_the_others_alone_and_cancels_by_an_empty_office() {
    let unit = Unit::new();
    unit.load(&full("PUSH1", &[ada(), bo()]));
    let report = unit.load(&update("PUSH2", &[cy(), cancelled("BOO222")]));
    assert_eq!((counts(&report), report.cancelled), ((1, 1, 0, 0), 1));
    assert!(is_cancelled(&unit, "BOO222"));
    assert!(!is_cancelled(&unit, "ADA111"));
}

#[test]
fn a_booking_cancelled_by_an_update_is_not_cancelled_again_by_the_next_full_push() {
    let unit = Unit::new();
    unit.load(&full("PUSH1", &[ada(), bo()]));
    unit.load(&update("PUSH2", &[cancelled("BOO222")]));
    assert_eq!(unit.load(&full("PUSH3", &[ada()])).cancelled, 0);
}

#[test]
fn a_cancellation_of_what_nobody_knows_is_a_finding() {
    let report = Unit::new().load(&update("PUSH1", &[cancelled("NOBODY")]));
    assert!(rules(&report).contains(&"lifecycle.unknown_booking"));
}

#[test]
fn a_cancelled_booking_that_comes_back_is_active_again() {
    let unit = Unit::new();
    unit.load(&full("PUSH1", &[ada(), bo()]));
    unit.load(&full("PUSH2", &[ada()]));
    unit.load(&full("PUSH3", &[ada(), bo()]));
    assert!(!is_cancelled(&unit, "BOO222"));
}

#[test]
fn another_itinerary_under_one_locator_is_a_new_version_of_one_record() {
    let unit = Unit::new();
    unit.load(&full("PUSH1", &[ada()]));
    let both = format!("{OUT}{BACK}");
    let changed = booking("ADA111", &both, &[&traveller("QUILL", "ADA", "UT1000001")]);
    let report = unit.load(&update("PUSH2", &[changed]));
    assert_eq!((counts(&report), report.versions), ((1, 0, 1, 0), 1));
    let record = unit.with("ADA111");
    assert!(element(&record, "pnr.07_itinerary").contains("418"));
    assert_eq!(record.versions.len(), 1);
}

#[test]
fn heading_19_tells_what_changed_and_contents_only_of_granted_elements() {
    let unit = Unit::new();
    unit.load(&full(
        "PUSH1",
        &[booking("ADA111", OUT, &[&traveller("QUILL", "ADA", "UT1000001")])],
    ));
    unit.load(&full(
        "PUSH2",
        &[booking("ADA111", OUT, &[&traveller("QUILL", "ADA", "UT1000009")])],
    ));
    let record = unit.with("ADA111");
    let told = element(&record, "pnr.19_history");
    assert!(told.contains("pnr.18_api") && !told.contains("UT1000001"), "{told}");
    let granted = unit.granted(&[ElementId::new("pnr.18_api").unwrap()]);
    assert!(element(&granted[0], "pnr.19_history").contains("UT1000001"));
}

#[test]
fn the_history_of_masked_elements_is_masked_with_its_own_day() {
    let unit = Unit::new();
    unit.load(&full(
        "PUSH1",
        &[booking("ADA111", OUT, &[&traveller("QUILL", "ADA", "UT1000001")])],
    ));
    let first_day = unit.now();
    unit.clock.advance(86_400);
    unit.load(&full(
        "PUSH2",
        &[booking("ADA111", OUT, &[&traveller("QUILL", "ADA", "UT1000009")])],
    ));
    let days = unit.ground.store.record_days().unwrap();
    assert_eq!(days.len(), 2, "the version keeps the day it was received on");
    let first = piux_node::keys::day_of(first_day);
    unit.ground.keys.destroy_day(first, &[DayPart::Identity]).unwrap();
    let record = unit.with("ADA111");
    let past = records::history(&unit.ground.store, &record).unwrap();
    let api = ElementId::new("pnr.18_api").unwrap();
    assert!(past.iter().all(|past| !past.changed.contains_key(&api)));
    assert!(element(&record, "pnr.18_api").contains("UT1000009"));
}

#[test]
fn a_changed_record_is_found_by_what_it_says_now() {
    let unit = Unit::new();
    unit.load(&full("PUSH1", &[ada()]));
    unit.load(&full(
        "PUSH2",
        &[booking("ADA111", OUT, &[&traveller("QUILL", "ADA", "UT1000009")])],
    ));
    assert_eq!(unit.all_with("UT1000009").len(), 1);
    assert_eq!(unit.records().len(), 1);
}

#[test]
fn a_traveller_who_leaves_the_party_is_cancelled_and_the_rest_travel() {
    let unit = Unit::new();
    let people = [
        traveller("QUILL", "ADA", "UT1000001"),
        traveller("QUILL", "BEN", "UT1000004"),
    ];
    unit.load(&full("PUSH1", &[booking("ADA111", OUT, &[&people[0], &people[1]])]));
    let report = unit.load(&full("PUSH2", &[booking("ADA111", OUT, &[&people[0]])]));
    assert_eq!(report.cancelled, 1);
    let status = |passport: &str| {
        let own = |record: &piux_node::records::Record| element(record, "pnr.18_api").contains(passport);
        let record = unit.records().into_iter().find(own).unwrap();
        element(&record, "pnr.10_status")
    };
    assert!(status("UT1000004").contains("cancelled"));
    assert!(!status("UT1000001").contains("cancelled"));
}

#[test]
fn a_corrected_traveller_is_not_among_the_others_of_the_party() {
    let unit = Unit::new();
    let people = [
        traveller("QUILL", "ADA", "UT1000001"),
        traveller("REED", "BO", "UT1000002"),
    ];
    unit.load(&list("LIST1", "745", &[listed("QUILL", "ADA", "UT1000005", "", true)]));
    unit.load(&full("PUSH1", &[booking("ADA111", OUT, &[&people[0], &people[1]])]));
    let own = |record: &piux_node::records::Record| element(record, "pnr.18_api").contains("UT1000005");
    let record = unit.records().into_iter().find(own).unwrap();
    let others = element(&record, "pnr.17_travellers");
    assert!(others.contains("REED") && !others.contains("QUILL"), "{others}");
}

#[test]
fn split_bookings_name_each_other_and_stay_two() {
    let unit = Unit::new();
    let people = [
        traveller("QUILL", "ADA", "UT1000001"),
        traveller("QUILL", "BEN", "UT1000004"),
    ];
    unit.load(&full("PUSH1", &[booking("ADA111", OUT, &[&people[0], &people[1]])]));
    let split = format!("{}EQN+1'RCI+ZZ:ADA111'", booking("SPL444", OUT, &[&people[1]]));
    let rest = booking("ADA111", OUT, &[&people[0]]);
    let report = unit.load(&update("PUSH2", &[split, rest]));
    assert_eq!(counts(&report), (2, 1, 1, 0));
    let linked = unit.all_with("SPL444");
    assert!(linked.len() >= 2, "{}", linked.len());
    assert!(unit.records().iter().any(|record| {
        element(record, "pnr.01_locator").contains("ADA111") && element(record, "pnr.11_split").contains("SPL444")
    }));
}

#[test]
fn a_locator_used_again_years_later_is_another_booking() {
    let unit = Unit::new();
    unit.load(&full("PUSH1", &[ada()]));
    let later = ada().replace("::010226:", "::010326:").replace(OUT, BACK);
    let report = unit.load(&update("PUSH2", &[later.replace("QUILL", "OTHER")]));
    assert_eq!(counts(&report), (1, 1, 0, 0));
    assert_eq!(unit.records().len(), 2);
}

#[test]
fn father_and_son_of_one_name_in_one_booking_stay_two() {
    let unit = Unit::new();
    let father = traveller("QUILL", "ADA", "UT1000001");
    let son = traveller("QUILL", "ADA", "UT1000004").replace("03MAY71", "03MAY99");
    let both = |control| full(control, &[booking("ADA111", OUT, &[&father, &son])]);
    assert_eq!(counts(&unit.load(&both("PUSH1"))), (2, 2, 0, 0));
    assert_eq!(counts(&unit.load(&both("PUSH2"))), (2, 0, 2, 0));
    assert_eq!(unit.records().len(), 2);
}

#[test]
fn an_older_message_that_comes_late_changes_nothing() {
    let unit = Unit::new();
    unit.load(&update(
        "PUSH2",
        &[booking("ADA111", OUT, &[&traveller("QUILL", "ADA", "UT1000009")])],
    ));
    let old = update("PUSH1", &[ada()]).replace("260304:1215", "260303:1215");
    let report = unit.load(&old);
    assert_eq!(
        (counts(&report), rules(&report)),
        ((1, 0, 1, 0), vec!["lifecycle.late"])
    );
    assert!(unit.all_with("UT1000001").is_empty());
}

#[test]
fn a_verified_document_of_the_border_wins_over_the_bookings() {
    let unit = Unit::new();
    unit.load(&full(
        "PUSH1",
        &[booking("ADA111", OUT, &[&traveller("QUILL", "ADA", "UT1000001")])],
    ));
    let people = [listed("QUILL", "ADA MARIE", "UT1000005", "ADA111", true)];
    let report = unit.load(&list("LIST1", "745", &people).replace("ADA MARIE", "ADA"));
    assert_eq!((counts(&report), report.corrected), ((1, 1, 0, 0), 1));
    let booked = unit
        .records()
        .into_iter()
        .find(|one| one.elements.keys().any(|id| id.as_ref() == "pnr.18_api"));
    let api = element(&booked.unwrap(), "pnr.18_api");
    assert!(api.contains("UT1000005") && !api.contains("UT1000001"), "{api}");
}

#[test]
fn an_unverified_document_is_added_and_every_name_form_stays() {
    let unit = Unit::new();
    unit.load(&full(
        "PUSH1",
        &[booking("ADA111", OUT, &[&traveller("QUILL", "ADA", "UT1000001")])],
    ));
    unit.load(&list("LIST1", "745", &[listed("QUILL", "ADA", "UT1000005", "", false)]));
    let booked = unit
        .records()
        .into_iter()
        .find(|one| one.elements.keys().any(|id| id.as_ref() == "pnr.18_api"));
    let booked = booked.unwrap();
    let api = element(&booked, "pnr.18_api");
    assert!(api.contains("UT1000005") && api.contains("UT1000001"), "{api}");
    let names = element(&booked, "pnr.04_names");
    assert!(
        names.contains("docs") && names.contains("nad") && names.contains("tif"),
        "{names}"
    );
}

#[test]
fn lists_correct_bookings_whichever_came_first() {
    let booked = full("PUSH1", &[booking("ADA111", OUT, &[&nameless("QUILL", "ADA")])]);
    let people = list("LIST1", "745", &[listed("QUILL", "ADA", "UT1000005", "ADA111", true)]);
    let people = people.replace("QUILL:ADA'", "QUILL:ADAMR'");
    let (one, other) = (Unit::new(), Unit::new());
    one.load(&booked);
    one.load(&people);
    other.load(&people);
    other.load(&booked);
    assert_eq!(one.content(), other.content());
    assert_eq!(one.all_with("UT1000005").len(), 2, "one record of each kind");
}

#[test]
fn a_corrected_booking_sent_again_stays_corrected() {
    let unit = Unit::new();
    unit.load(&full("PUSH1", &[ada()]));
    unit.load(&list("LIST1", "745", &[listed("QUILL", "ADA", "UT1000005", "", true)]));
    let before = unit.content();
    let report = unit.load(&full("PUSH2", &[ada()]));
    assert_eq!((counts(&report), report.versions), ((1, 0, 1, 0), 0));
    assert_eq!(unit.content(), before);
}

#[test]
fn a_cancelled_flight_cancels_everybody_on_its_list() {
    let unit = Unit::new();
    let people = [
        listed("QUILL", "ADA", "UT1000001", "", true),
        listed("REED", "BO", "UT1000002", "", true),
    ];
    unit.load(&list("LIST1", "745", &people));
    let report = unit.load(&list("LIST2", "266+XF", &[]));
    assert_eq!(report.cancelled, 2);
    assert!(
        unit.records()
            .iter()
            .all(|one| element(one, "api.flight").contains("cancelled"))
    );
}

#[test]
fn a_party_reduced_loses_only_those_listed() {
    let unit = Unit::new();
    let people = [
        listed("QUILL", "ADA", "UT1000001", "", true),
        listed("REED", "BO", "UT1000002", "", true),
    ];
    unit.load(&list("LIST1", "745", &people));
    let report = unit.load(&list("LIST2", "745+RP", &people[1..]));
    assert_eq!((counts(&report), report.cancelled), ((1, 0, 1, 0), 1));
    assert!(!element(&unit.with("UT1000001"), "api.flight").contains("cancelled"));
}

#[test]
fn a_close_out_says_who_is_on_board_and_keeps_the_rest() {
    let unit = Unit::new();
    unit.load(&list(
        "LIST1",
        "745",
        &[listed("QUILL", "ADA", "UT1000001", "ADA111", true)],
    ));
    unit.load(&list(
        "LIST2",
        "266+CLOB",
        &["NAD+FL+++QUILL:ADA'RFF+AVF:ADA111'".to_owned()],
    ));
    let record = unit.with("UT1000001");
    assert_eq!(unit.records().len(), 1);
    assert!(element(&record, "api.birth").contains("1971-05-03"));
}

#[test]
fn lines_of_one_booking_in_two_files_add_up() {
    let line = |flight: &str, date: &str| {
        format!(
            r#"{{"flight":{{"carrier":"ZZ","number":"{flight}","date":"{date}","dep":"UTP","arr":"STR"}},"booking":{{"system":"ZZ","locator":"LIN555","created":"2026-02-01"}},"person":{{"surname":"QUILL","given":"ADA","dob":"1971-05-03"}}}}"#
        )
    };
    let unit = Unit::new();
    assert_eq!(counts(&unit.load(&line("417", "2026-03-05"))), (1, 1, 0, 0));
    assert_eq!(counts(&unit.load(&line("418", "2026-03-09"))), (1, 0, 1, 0));
    let itinerary = element(&unit.with("LIN555"), "pnr.07_itinerary");
    assert!(itinerary.contains("417") && itinerary.contains("418"), "{itinerary}");
}

#[test]
fn a_new_version_of_an_exported_record_replaces_the_traveller_and_an_old_one_comes_too_late() {
    let line = |version: &str, flight: &str, passport: &str| {
        format!(
            r#"{{"src":"border","src_id":"7","ver":"{version}","flight":{{"carrier":"ZZ","number":"{flight}","date":"2026-03-05","dep":"UTP","arr":"STR"}},"booking":{{"system":"ZZ","locator":"LIN555","created":"2026-02-01"}},"person":{{"surname":"QUILL","given":"ADA","dob":"1971-05-03"}},"docs":[{{"type":"P","number":"{passport}","issuer":"UTO"}}]}}"#
        )
    };
    let unit = Unit::new();
    unit.load(&line("9", "417", "UT1000001"));
    unit.load(&line("9", "418", "UT1000002"));
    let both = element(&unit.with("LIN555"), "pnr.18_api");
    assert!(both.contains("UT1000001") && both.contains("UT1000002"), "{both}");
    let report = unit.load(&line("10", "418", "UT1000003"));
    assert_eq!((counts(&report), report.versions), ((1, 0, 1, 0), 1));
    let late = unit.load(&line("9", "418", "UT1000004"));
    assert_eq!((counts(&late), rules(&late)), ((1, 0, 1, 0), vec!["lifecycle.late"]));
    let record = unit.with("LIN555");
    let api = element(&record, "pnr.18_api");
    assert!(
        api.contains("UT1000003") && !api.contains("UT1000001") && !api.contains("UT1000004"),
        "{api}"
    );
    let itinerary = element(&record, "pnr.07_itinerary");
    assert!(itinerary.contains("417") && itinerary.contains("418"), "{itinerary}");
}

#[test]
fn one_person_in_one_file_is_one_subject() {
    let unit = Unit::new();
    let again = booking("ADB777", BACK, &[&traveller("QUILL", "ADA", "UT1000001")]);
    unit.load(&update("PUSH1", &[ada(), again]));
    assert_eq!(unit.ground.store.subjects().unwrap(), 1);
}

#[test]
fn nothing_is_stored_without_its_entry_and_a_small_file_has_one() {
    let unit = Unit::new();
    unit.load(&full("PUSH1", &[ada(), bo()]));
    assert_eq!(unit.entries(Kind::DataLoad), 1);
}

#[test]
fn quality_is_told_by_sender() {
    let unit = Unit::new();
    let some = booking("NON888", OUT, &[&nameless("STYLUS", "CY")]);
    let report = unit.load(&full("PUSH1", &[ada(), some]));
    let quality = &report.quality["ZZ"];
    assert_eq!((quality.messages, quality.travellers, quality.with_document), (1, 2, 1));
    assert!((quality.birth_date_share - 0.5).abs() < 1e-9);
}

#[test]
fn progress_ends_with_every_byte() {
    let unit = Unit::new();
    let file = full("PUSH1", &[ada()]);
    let mut last = 0;
    unit.try_load(&file, &mut |read| last = read).unwrap();
    assert_eq!(last, file.len() as u64);
}

#[test]
fn a_rebuilt_store_still_knows_its_bookings() {
    let unit = Unit::new();
    unit.load(&full("PUSH1", &[ada(), bo()]));
    let Unit {
        ground,
        loader,
        clock: _,
        dir,
    } = unit;
    drop(loader);
    let ground = std::sync::Arc::into_inner(ground).unwrap();
    let keys = ground.keys.clone();
    drop(ground);
    let lock = piux_node::store::FolderLock::acquire(dir.path()).unwrap();
    let random = std::sync::Arc::new(piux_node::keys::SystemRandom);
    let (store, _) = piux_node::store::Store::rebuild_from_segments(lock, keys, random, None).unwrap();
    assert_eq!(store.record_days().unwrap().values().sum::<u64>(), 2);
}

#[test]
fn a_memory_of_bookings_ends_with_the_index_key() {
    let unit = Unit::new();
    unit.load(&full("PUSH1", &[ada()]));
    unit.forget(DayPart::Index);
    unit.clock.advance(86_400);
    let report = unit.load(&full("PUSH2", &[ada()]));
    assert_eq!(
        counts(&report),
        (1, 1, 0, 0),
        "nobody can tell any more that it was known"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Whatever is sent again, and however often, leaves the same store and exact sums.
    #[test]
    fn files_sent_again_leave_the_same_content(repeats in proptest::collection::vec(0usize..3, 0..6)) {
        let files = [full("PUSH1", &[ada(), bo()]), update("PUSH2", &[cy()]), list("LIST1", "745", &[
            listed("QUILL", "ADA", "UT1000001", "ADA111", true),
        ])];
        let (plain, repeated) = (Unit::new(), Unit::new());
        for file in &files {
            plain.load(file);
            repeated.load(file);
        }
        for at in repeats {
            let report = repeated.load(&files[at]);
            prop_assert_eq!(report.travellers.stored, 0);
            prop_assert_eq!(report.versions, 0);
        }
        prop_assert_eq!(plain.content(), repeated.content());
        prop_assert!(!plain.records().iter().any(|record| seen(record).is_empty()));
    }
}
