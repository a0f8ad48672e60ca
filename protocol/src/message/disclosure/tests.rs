#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]
use super::*;
use crate::message::{MAX_REQUEST, strict_json};
use crate::seal::{SealError, SealingKeyPair};
use crate::vocabulary::UnitId;
use serde_json::{Value, json};

/// The same byte again and again: enough chance for a test.
struct Always(u8);

impl Random for Always {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

fn request() -> Value {
    json!({
        "v": 1, "salt": "AAAAAAAAAAAAAAAAAAAAAA", "qid": "AQEBAQEBAQEBAQEBAQEBAQ", "handle": "AgICAgICAg",
        "hits": [{"class": "DOC", "hit": "AwMDAwMDAwMDAwMDAwMDAw"}],
        "agreement": "UTO-RUR-2026", "agreement_version": "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0",
        "purpose": "terrorist_offences", "elements": ["pnr.04_names"],
        "offence": "TER", "basis": "pnr_9_2", "case": "CASE-MARKER", "reasons": "REASON-MARKER", "orders": [],
    })
}

fn read(value: &Value) -> Result<DisclosureRequest, crate::message::JsonError> {
    strict_json(value.to_string().as_bytes(), MAX_REQUEST)
}

#[test]
fn a_request_reads_and_writes_alike() {
    let parsed = read(&request()).unwrap();
    assert_eq!(serde_json::to_value(&parsed).unwrap(), request());
}

#[test]
fn lists_and_texts_outside_their_bounds_are_refused() {
    let hit = request()["hits"][0].clone();
    for (member, value) in [
        ("v", json!(2)),
        ("hits", json!([])),
        ("hits", json!(vec![hit; 5])),
        ("elements", json!([])),
        ("case", json!("")),
        ("reasons", json!("")),
        ("reasons", json!("x".repeat(4001))),
        ("orders", json!(vec!["x"; 5])),
        ("surprise", json!(1)),
    ] {
        let mut changed = request();
        changed[member] = value;
        assert!(read(&changed).is_err(), "{member}");
    }
}

#[test]
fn case_and_reasons_are_never_printed() {
    let printed = format!("{:?}", read(&request()).unwrap());
    assert!(!printed.contains("MARKER"), "{printed}");
}

#[test]
fn each_state_reads_back_and_surprises_are_refused() {
    let id = DisclosureId(Salt([5; 16]));
    let pending = Disclosure::Pending {
        v: Version,
        salt: Salt([1; 16]),
        id,
        due: Timestamp::from_seconds(1_800_000_000),
    };
    let text = serde_json::to_string(&pending).unwrap();
    assert_eq!(strict_json::<Disclosure>(text.as_bytes(), 1000), Ok(pending));
    let more = text.replace("\"status\"", "\"more\":1,\"status\"");
    assert!(strict_json::<Disclosure>(more.as_bytes(), 1000).is_err());
}

fn release() -> Release {
    let provenance = Provenance {
        source: SourceKind::Api,
        format: "PAXLST".into(),
        carrier: Some("UA".into()),
        received: Timestamp::from_seconds(1_790_000_000),
    };
    let names = (ElementId::new("pnr.04_names").unwrap(), vec!["NAME-MARKER".to_owned()]);
    Release {
        v: Version,
        id: DisclosureId(Salt([5; 16])),
        qid: QueryId([6; 16]),
        from: UnitId::of_state("RUR").unwrap(),
        to: UnitId::of_state("UTO").unwrap(),
        agreement: "UTO-RUR-2026".parse().unwrap(),
        agreement_version: crate::vocabulary::sha256("agreement"),
        released: Timestamp::from_seconds(1_800_000_000),
        handling: vec![Handling::H1],
        obligations: vec![
            Obligation::EraseBy {
                by: Timestamp::from_seconds(1_810_000_000),
            },
            Obligation::Onward {
                rule: Onward::PriorConsent,
            },
        ],
        needs_human_review: true,
        records: vec![ReleasedRecord {
            provenance,
            band: Band::Full,
            elements: [names].into(),
        }],
    }
}

fn open(sealed: &Sealed, key: &SealingKeyPair, qid: QueryId) -> Result<Release, ReleaseError> {
    let (release, units) = (release(), [release().from, release().to]);
    Release::open(sealed, key, units, &release.agreement, (release.id, qid))
}

#[test]
fn a_release_opens_for_its_receiver_and_its_disclosure_only() {
    let key = SealingKeyPair::generate(&Always(7));
    let sealed = release().seal(&key.public_key(), &Always(9)).unwrap();
    assert_eq!(open(&sealed, &key, release().qid), Ok(release()));

    let closed = Err(ReleaseError::Seal(SealError::Closed));
    assert_eq!(open(&sealed, &key, QueryId([7; 16])), closed);
    assert_eq!(
        open(&sealed, &SealingKeyPair::generate(&Always(8)), release().qid),
        closed
    );
}

#[test]
fn a_release_is_never_printed() {
    let printed = format!("{:?} {:?}", release(), release().records);
    assert!(!printed.contains("MARKER"), "{printed}");
}
