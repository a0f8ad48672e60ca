//! Two keysets side by side.

use super::setting::{DAY, Unit, With, booking, record, traveller};
use piux_protocol::identifier::Keyset;
use piux_protocol::vocabulary::Class;
use serde_json::json;

fn rows(unit: &Unit, keyset: Keyset) -> u32 {
    let of = |class: &Class| unit.ground.store.occupancy(keyset, *class).unwrap();
    Class::ALL.iter().map(|class| of(class).values().sum::<u32>()).sum()
}

fn other() -> Keyset {
    let older = Keyset::ALL.iter().copied().find(|keyset| *keyset != Keyset::CURRENT);
    older.unwrap()
}

#[test]
fn a_new_node_indexes_under_the_newest_keyset_only() {
    let unit = Unit::new();
    unit.put(1, &traveller("QUILL", "ZOE", "1984-02-29"));
    assert!(unit.ground.store.keysets().unwrap().into_iter().eq([Keyset::CURRENT]));
}

#[test]
fn a_keyset_taken_up_covers_the_records_already_there_and_those_to_come() {
    let unit = Unit::new();
    let zoe = traveller("QUILL", "ZOE", "1984-02-29").document("UTO", "L898902C3");
    let half = json!({ "elements": {}, "material": { "booking": booking(), "traveller": zoe } });
    let rest = json!({});
    let store = &unit.ground.store;
    store
        .put_record(record(1), DAY, half.to_string().as_bytes(), rest.to_string().as_bytes())
        .unwrap();
    store.put_record(record(2), DAY, b"{}", b"{}").unwrap();
    unit.put(1, &zoe);
    unit.put(2, &traveller("TESTMANN", "ERIKA", "1991-05-06"));
    let newest = rows(&unit, Keyset::CURRENT);

    let report = unit.loader.reindex(other()).unwrap();
    assert_eq!(
        (report.json["records"].as_u64(), report.json["without"].as_u64()),
        (Some(1), Some(1))
    );
    let older = rows(&unit, other());
    assert!(older > 0);
    assert_eq!(rows(&unit, Keyset::CURRENT), newest, "the newest is as it was");
    unit.loader.reindex(other()).unwrap();
    assert_eq!(rows(&unit, other()), older, "twice is once");

    unit.put(3, &traveller("QUILL", "OMAR", "1980-06-07"));
    assert!(rows(&unit, other()) > older);
    assert!(unit.are_one(&[1]));

    let newest = rows(&unit, Keyset::CURRENT);
    unit.loader.drop_keyset(other()).unwrap();
    assert_eq!(rows(&unit, other()), 0);
    assert_eq!(rows(&unit, Keyset::CURRENT), newest);
    unit.put(4, &traveller("QUILL", "OMAR", "1980-06-07"));
    assert_eq!(rows(&unit, other()), 0, "new records no longer have it");
    assert_eq!(unit.loader.drop_keyset(Keyset::CURRENT).unwrap().exit, 1);
}
