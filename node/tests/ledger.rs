//! Promises of the ledger: durable before acknowledged, tamper-evident, closed to everybody but the officer.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "ledger/support.rs"]
mod support;

use piux_node::ledger::{
    Category, Counter, Decision, Detail, Entry, Filter, Kind, Ledger, LedgerError, OperationClass, Options, Reader,
    Role, Selector, verify,
};
use piux_protocol::transparency::detail::{DpoKeyPair, Group};
use piux_protocol::transparency::{Checkpoint, LogProof, Shelf, Tile, leaf_hash};
use piux_protocol::vocabulary::{Nonce, Timestamp};
use std::fs;
use std::sync::Arc;
use support::{Folder, ORIGIN, answer, chance, now, query};

#[test]
fn a_recorded_entry_is_there_after_a_restart_with_every_member() {
    let folder = Folder::new();
    let ledger = folder.open();
    let recorded = ledger.record(answer(now()), "the answer").unwrap();
    assert_eq!(*recorded.value(), "the answer");
    let (promise, index) = (recorded.promise(), recorded.index());
    ledger.close(now()).unwrap();

    let ledger = folder.open();
    let line = ledger.reader().unwrap().line(index).unwrap();
    assert_eq!(leaf_hash(&line.bytes), promise.leaf);
    let json = line.json();
    let members: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    let every =
        "agr agv art cl cls cnt d dec ep k leg non obl off op peer pn pol pur qid rcpt role rq rs rx seq sid t v";
    assert_eq!(members, every.split(' ').collect::<Vec<_>>());
    assert!(
        json["d"]
            .as_object()
            .unwrap()
            .keys()
            .eq(["blind", "what", "who", "why"])
    );
    assert_eq!(
        (json["k"].as_str(), json["op"].as_str()),
        (Some("exch.answer.out"), Some("disclosure"))
    );
}

#[test]
fn a_promise_falls_on_the_checkpoint_grid() {
    let folder = Folder::new();
    let ledger = folder.open();
    let by = |at: &str| {
        ledger
            .record(query(at.parse().unwrap()), ())
            .unwrap()
            .promise()
            .by
            .to_string()
    };
    assert_eq!(by("2026-11-21T19:02:11.042Z"), "2026-11-21T19:40:00.000Z");
    assert_eq!(by("2026-11-21T19:10:00.000Z"), "2026-11-21T19:50:00.000Z");
}

#[test]
fn nonces_and_quotas_can_be_rebuilt_from_recent_entries() {
    let folder = Folder::new();
    let ledger = folder.open();
    for minute in 0..20_u8 {
        let entry = Entry {
            nonce: Some(Nonce([minute; 16])),
            ..query(now().plus_seconds(i64::from(minute) * 60)).count(Counter::Slots, 5)
        };
        ledger.record(entry, ()).unwrap();
    }
    drop(ledger);
    let recent = folder.open().recent(now().plus_seconds(15 * 60)).unwrap();
    let leaves: Vec<_> = recent.into_iter().filter_map(|line| line.leaf).collect();
    let nonces: Vec<u8> = leaves
        .iter()
        .filter_map(|leaf| leaf.non.map(|nonce| nonce.0[0]))
        .collect();
    assert_eq!(nonces, [15, 16, 17, 18, 19]);
    assert_eq!(
        leaves
            .iter()
            .filter_map(|leaf| leaf.cnt.get(&Counter::Slots))
            .sum::<u64>(),
        25
    );
}

#[test]
fn entries_with_a_partner_are_numbered_and_chained_across_restarts() {
    let folder = Folder::new();
    for _ in 0..3 {
        let ledger = folder.open();
        ledger.record(query(now()), ()).unwrap();
        ledger.record(answer(now()), ()).unwrap();
    }
    let lines = folder.open().reader().unwrap().list(&Filter::default()).unwrap();
    let chained: Vec<_> = lines
        .iter()
        .filter(|line| line.leaf.as_ref().unwrap().peer.is_some())
        .collect();
    for (before, pair) in chained.windows(2).enumerate() {
        let leaf = pair[1].leaf.as_ref().unwrap();
        assert_eq!((leaf.pn, leaf.pp), (Some(before as u64 + 2), Some(pair[0].hash)));
    }
    assert_eq!(chained.len(), 6);
    assert!(folder.verify().ok);
}

#[test]
fn many_writers_share_commits_and_all_are_kept() {
    let folder = Folder::new();
    let ledger = folder.open();
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                for _ in 0..50 {
                    ledger.record(query(now()), ()).unwrap();
                }
            });
        }
    });
    assert_eq!(ledger.size(), 3 + 800);
    drop(ledger);
    let report = folder.verify();
    assert_eq!((report.ok, report.size), (true, 803), "{:?}", report.findings);
}

#[test]
fn a_second_opener_is_refused() {
    let folder = Folder::new();
    let _ledger = folder.open();
    assert!(matches!(folder.try_open(Options::default()), Err(LedgerError::Locked)));
}

#[test]
fn a_full_disk_closes_the_ledger_for_good() {
    let folder = Folder::new();
    let small = Options {
        segment_bytes: 32 << 10,
        capacity_bytes: Some(64 << 10),
        ..Options::default()
    };
    let ledger = folder.try_open(small).unwrap();
    let mut kept = 0;
    let refused = loop {
        match ledger.record(answer(now()), ()) {
            Ok(_) => kept += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, LedgerError::Unwritable), "{refused:?}");
    assert!(kept > 3 && !ledger.is_writable());
    assert!(matches!(ledger.record(query(now()), ()), Err(LedgerError::Unwritable)));
    assert!(matches!(ledger.checkpoint(), Err(LedgerError::Unwritable)));
    drop(ledger);

    let ledger = folder
        .try_open(Options {
            capacity_bytes: None,
            ..small
        })
        .unwrap();
    let answers = Filter {
        kind: Some(Kind::AnswerOut),
        ..Filter::default()
    };
    assert_eq!(ledger.reader().unwrap().list(&answers).unwrap().len(), kept);
}

#[test]
fn a_write_that_the_disk_refuses_closes_the_ledger() {
    let folder = Folder::new();
    let ledger = folder
        .try_open(Options {
            segment_bytes: 32 << 10,
            ..Options::default()
        })
        .unwrap();
    // Where the next segment should be made there is something else.
    fs::create_dir(folder.path("wal/00000002.wal")).unwrap();
    let refused = (0..200).find_map(|_| ledger.record(answer(now()), ()).err());
    assert!(matches!(refused, Some(LedgerError::Unwritable)));
    assert!(matches!(ledger.record(query(now()), ()), Err(LedgerError::Unwritable)));
}

#[test]
fn a_checkpoint_that_cannot_be_put_in_place_closes_the_ledger() {
    let folder = Folder::new();
    let ledger = folder.open();
    fs::remove_file(folder.path("log/2026/checkpoint")).unwrap();
    fs::create_dir_all(folder.path("log/2026/checkpoint/in-the-way")).unwrap();
    assert!(matches!(ledger.checkpoint(), Err(LedgerError::Unwritable)));
    assert!(matches!(ledger.record(query(now()), ()), Err(LedgerError::Unwritable)));
}

#[test]
fn an_entry_too_long_is_refused_and_the_ledger_goes_on() {
    let folder = Folder::new();
    let ledger = folder.open();
    let detail = Detail {
        why: Some("x".repeat(40_000).into()),
        ..Detail::default()
    };
    let refused = ledger.record(Entry { detail, ..query(now()) }, ());
    assert!(matches!(refused, Err(LedgerError::Detail(_))));
    ledger.record(query(now()), ()).unwrap();
    drop(ledger);
    assert!(folder.verify().ok);
}

#[test]
fn a_segment_ends_and_the_next_goes_on() {
    let folder = Folder::new();
    let small = Options {
        segment_bytes: 32 << 10,
        ..Options::default()
    };
    let ledger = folder.try_open(small).unwrap();
    for _ in 0..60 {
        ledger.record(answer(now()), ()).unwrap();
    }
    drop(ledger);
    assert!(folder.path("wal/00000003.wal").exists());
    let ledger = folder.try_open(small).unwrap();
    assert_eq!(ledger.size(), 3 + 60 + 2);
    drop(ledger);
    assert!(folder.verify().ok);

    fs::remove_file(folder.path("wal/00000002.wal")).unwrap();
    assert!(matches!(
        folder.try_open(small),
        Err(LedgerError::Corrupt { segment: 2, .. })
    ));
}

#[test]
fn a_clock_that_went_back_is_recorded_and_time_stands_still() {
    let folder = Folder::new();
    let ledger = folder.open();
    ledger.record(query(now().plus_seconds(3600)), ()).unwrap();
    ledger.record(query(now()), ()).unwrap();
    ledger.record(query(now()), ()).unwrap();
    let lines = ledger.reader().unwrap().list(&Filter::default()).unwrap();
    let clock: Vec<_> = lines.iter().filter(|line| line.json()["k"] == "node.clock").collect();
    assert_eq!(clock.len(), 1);
    assert_eq!(clock[0].json()["cnt"]["step_seconds"], 3600);
    assert_eq!(lines.last().unwrap().leaf.as_ref().unwrap().t, now().plus_seconds(3600));
    drop(ledger);
    assert!(folder.verify().ok);
}

#[test]
fn only_the_officer_opens_details_and_nothing_else_shows_them() {
    let folder = Folder::new();
    let ledger = folder.open();
    let index = ledger.record(answer(now()), ()).unwrap().index();
    let later = ledger.record(answer(now().plus_seconds(86_400)), ()).unwrap().index();
    drop(ledger);

    let reader = Reader::open(folder.dir()).unwrap();
    for index in [index, later] {
        let line = reader.line(index).unwrap();
        let opened = reader.open_detail(&line, folder.dpo()).unwrap();
        assert_eq!(opened[&Group::Who]["officer"], "ERIKSSON");
        assert_eq!(opened[&Group::Why]["case"], "CASE-4711");
        let stranger = DpoKeyPair::generate(chance().as_ref());
        assert!(matches!(
            reader.open_detail(&line, &stranger),
            Err(LedgerError::Detail(_))
        ));
    }
    assert!(folder.path("detail/20261121/20261121-01.jsonl").exists());
    assert!(folder.path("detail/20261122/20261122-01.jsonl").exists());
    for canary in ["ERIKSSON", "CASE-4711", "suspicion", "opening"] {
        folder.each_file(|path, bytes| {
            let found = bytes.windows(canary.len()).any(|part| part == canary.as_bytes());
            assert!(!found, "{canary} in {}", path.display());
        });
    }
}

#[test]
fn a_proof_stands_alone() {
    let folder = Folder::new();
    let ledger = folder.open();
    for _ in 0..300 {
        ledger.record(query(now()), ()).unwrap();
    }
    for index in [0, 5, 255, 256, 290] {
        let proof: LogProof = ledger.prove(index).unwrap().parse().unwrap();
        let line = ledger.reader().unwrap().line(index).unwrap();
        proof.verify(&line.bytes, ledger.verifier()).unwrap();
        assert!(proof.verify(b"another entry", ledger.verifier()).is_err());
    }
    assert!(matches!(ledger.prove(10_000), Err(LedgerError::NotFound)));
}

#[test]
fn a_checkpoint_for_partners_tells_no_more_than_a_multiple_of_256() {
    let folder = Folder::new();
    let ledger = folder.open();
    let recorded = ledger.record(query(now()), ()).unwrap();
    let note = ledger.publish_padded(now().plus_seconds(60)).unwrap();
    let head = Checkpoint::open(&note, ledger.verifier()).unwrap();
    assert_eq!(head.size, 256);
    let again = ledger.publish_padded(now().plus_seconds(120)).unwrap();
    assert_eq!(Checkpoint::open(&again, ledger.verifier()).unwrap().size, 256);

    let proof: LogProof = ledger.prove(recorded.index()).unwrap().parse().unwrap();
    proof.verify_hash(&recorded.promise().leaf, ledger.verifier()).unwrap();
    ledger.record(query(now()), ()).unwrap();
    let note = ledger.publish_padded(now().plus_seconds(180)).unwrap();
    assert_eq!(Checkpoint::open(&note, ledger.verifier()).unwrap().size, 512);
    drop(ledger);
    let report = folder.verify();
    assert!(report.ok, "{:?}", report.findings);
    let since = verify(folder.dir(), &folder.verifier(), Some(&note)).unwrap();
    assert!(since.ok, "{:?}", since.findings);
}

#[test]
fn the_officer_can_search_count_and_read_in_plain_language() {
    let folder = Folder::new();
    let ledger = folder.open();
    ledger.record(query(now()), ()).unwrap();
    let index = ledger.record(answer(now()), ()).unwrap().index();
    let refused = Entry {
        decision: Some(Decision::Deny),
        clauses: vec!["uto.7.1".parse().unwrap()],
        ..Entry::new(Kind::Deny, Role::Responder, now())
    };
    ledger
        .record(
            Entry {
                peer: query(now()).peer,
                ..refused
            },
            (),
        )
        .unwrap();
    let reader = ledger.reader().unwrap();

    let denied = Filter {
        decision: Some(Decision::Deny),
        ..Filter::default()
    };
    assert_eq!(reader.list(&denied).unwrap().len(), 1);
    let clause = Filter {
        clause: Some("uto.7.1".into()),
        newest: Some(1),
        ..Filter::default()
    };
    assert_eq!(
        reader.list(&clause).unwrap()[0].sentence(),
        "On 2026-11-21 at 19:02:11 UTC we refused a request of RUR (the answering unit acting); \
         it was refused because of clause uto.7.1."
    );
    let line = reader.show(Selector::Index(index)).unwrap();
    let sid = line.leaf.as_ref().unwrap().sid;
    assert_eq!(reader.show(sid.to_string().parse().unwrap()).unwrap(), line);
    assert_eq!(
        line.sentence(),
        "On 2026-11-21 at 19:02:11 UTC we answered a blinded question of RUR under agreement UTO-RUR-2026 version 3 \
         (the answering unit acting); the purpose given was serious crime, offence 5 of Annex II, on the basis of \
         Article 9(2) of Directive (EU) 2016/681; searched were travel documents and names with birth dates; \
         counted were 1 hits and 4 slots asked; it was permitted by clause eu-pnr.9.2; the data must be erased by \
         2026-12-21 and the data must not be passed on."
    );
    let stats = reader.stats(&Filter::default()).unwrap();
    assert_eq!(stats.partners["RUR"], 3);
    assert_eq!(
        (stats.decisions[&Decision::Permit], stats.decisions[&Decision::Deny]),
        (1, 1)
    );
    assert_eq!(stats.operations[&OperationClass::Consultation], 2);
    assert!(matches!("no such name".parse::<Selector>(), Err(LedgerError::NotFound)));
}

#[test]
fn a_ledger_of_another_name_or_key_is_refused() {
    let folder = Folder::new();
    drop(folder.open());
    let open =
        |origin: &str, seed: u8| Ledger::open(folder.dir(), folder.identity(origin, seed), chance(), now()).map(drop);
    assert!(matches!(open("rur.example/audit/2026", 7), Err(LedgerError::Identity)));
    assert!(matches!(open(ORIGIN, 8), Err(LedgerError::Identity)));
    assert!(open(ORIGIN, 7).is_ok());
}

#[test]
fn a_lost_tile_is_written_again_and_the_repair_is_recorded() {
    let folder = Folder::new();
    let ledger = folder.open();
    for _ in 0..300 {
        ledger.record(query(now()), ()).unwrap();
    }
    drop(ledger);
    let tile = Tile::of_size(Shelf::Hashes(0), 0, 300).unwrap().to_string();
    folder.flip(&format!("log/2026/{tile}"), 40);
    assert!(!folder.verify().ok);
    drop(folder.open());
    let report = folder.verify();
    assert!(report.ok, "{:?}", report.findings);
    let starts = Filter {
        kind: Some(Kind::NodeStart),
        newest: Some(1),
        ..Filter::default()
    };
    let start = Reader::open(folder.dir()).unwrap().list(&starts).unwrap();
    assert_eq!(start[0].json()["cnt"]["repaired_files"], 1);
}

#[test]
fn everything_that_is_tampered_with_is_found_and_has_its_exit_code() {
    let folder = Folder::new();
    let ledger = folder.open();
    for _ in 0..300 {
        ledger.record(answer(now()), ()).unwrap();
    }
    drop(ledger);
    assert_eq!(folder.verify().exit_code(), 0);
    let tampered = |file: &str, at: usize| {
        let original = folder.flip(file, at);
        let report = folder.verify();
        fs::write(folder.path(file), original).unwrap();
        assert!(!report.ok, "{file}");
        report.exit_code()
    };
    assert_eq!(tampered("log/2026/checkpoint", 30), 10);
    assert_eq!(tampered("log/2026/tile/entries/000", 700), 11);
    assert_eq!(tampered("log/2026/tile/0/000", 700), 11);
    assert_eq!(tampered("keyring/20261121-01.json", 700), 16);
    let bundle = folder.path("log/2026/tile/entries/000");
    fs::remove_file(&bundle).unwrap();
    assert_eq!(folder.verify().findings[0].category, Category::Gap);
}

/// The forged-tile attack on a whole ledger: entry, bundle and tile agree with each other, not with the root.
#[test]
fn a_forged_entry_with_a_matching_tile_is_found() {
    let folder = Folder::new();
    let ledger = folder.open();
    for _ in 0..300 {
        ledger.record(query(now()), ()).unwrap();
    }
    drop(ledger);
    let bundle = folder.path("log/2026/tile/entries/000");
    let bytes = fs::read(&bundle).unwrap();
    let mut entries = piux_protocol::transparency::decode_bundle(&bytes).unwrap();
    let forged = String::from_utf8(entries[9].clone())
        .unwrap()
        .replace("exch.query.in", "exch.query.out");
    entries[9] = forged.into_bytes();
    let mut tile = fs::read(folder.path("log/2026/tile/0/000")).unwrap();
    tile[9 * 32..10 * 32].copy_from_slice(&leaf_hash(&entries[9]).0);
    fs::write(&bundle, piux_protocol::transparency::encode_bundle(&entries).unwrap()).unwrap();
    fs::write(folder.path("log/2026/tile/0/000"), tile).unwrap();

    assert!(
        folder
            .verify()
            .findings
            .iter()
            .any(|finding| finding.category == Category::Mismatch)
    );
    let reader = Reader::open(folder.dir()).unwrap();
    assert!(matches!(reader.prove(9), Err(LedgerError::Damaged(_))));
}

#[test]
fn a_ledger_can_be_read_while_the_node_runs() {
    let folder = Folder::new();
    let ledger = Arc::new(folder.open());
    let writer = Arc::clone(&ledger);
    let thread = std::thread::spawn(move || {
        (0..400).for_each(|n| {
            writer.record(query(now()), ()).unwrap();
            if n % 40 == 0 {
                drop(writer.checkpoint().unwrap());
            }
        });
    });
    while !thread.is_finished() {
        let report = folder.verify();
        assert!(report.ok, "{:?}", report.findings);
    }
    thread.join().unwrap();
}

#[test]
fn opening_at_any_time_never_goes_back_in_time() {
    let folder = Folder::new();
    drop(folder.open());
    let earlier = Ledger::open(
        folder.dir(),
        folder.identity(ORIGIN, 7),
        chance(),
        Timestamp::from_millis(0),
    )
    .unwrap();
    drop(earlier);
    assert!(folder.verify().ok);
}
