//! The program as people and scripts meet it: what it prints, and how it ends.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "command_line/piux.rs"]
#[allow(dead_code, reason = "shared with the test that kills")]
mod piux;

use piux::{Piux, Said, text, traveller};
use serde_json::{Value, json};
use std::io::Write;
use std::process::Stdio;

/// The names of an object's members, sorted.
fn members(json: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

#[test]
fn what_cannot_be_typed_is_usage_and_ends_with_two() {
    let piux = Piux::nowhere();
    for arguments in [
        &[][..],
        &["dance"],
        &["init", "--name", "PIU"],
        &["init", "--country", "utopia", "--name", "PIU"],
        &["lookup", "--to", "RUR", "--purpose", "curiosity"],
        &["audit", "list", "--limit", "many"],
    ] {
        let said = piux.runs(arguments);
        assert_eq!((said.exit, said.out.as_str()), (2, ""), "{arguments:?}");
        assert!(
            said.err.contains("--help") || said.err.contains("Usage"),
            "{}",
            said.err
        );
    }
    assert!(!piux.dir().exists(), "nothing was made");
}

#[test]
fn a_name_that_begins_with_a_dash_is_a_name() {
    let piux = Piux::of("UTO");
    let (short, long) = ("-hVdnXxIv7Tz9rqNcH0sEw", "-V3IyP1mN8bqs0RzX2kLw9dTfGhJ4aCeUoYiWvBn-_Q");
    for arguments in [
        &["quarantine", "show", short][..],
        &["quarantine", "retry", short],
        &[
            "quarantine",
            "drop",
            short,
            "--officer",
            "A. Officer",
            "--reason",
            "old",
        ],
        &["received", "show", short, "--reason", "for the case"],
        &["requests", "approve", short, "--officer", "A. Officer"],
        &["requests", "refuse", short, "--officer", "A. Officer", "--reason", "no"],
        &["receipt", "show", long],
        &["subject", "show", short],
        &["subject", "split", "--record", short, "--reason", "a namesake"],
    ] {
        let said = piux.runs(arguments);
        assert!(matches!(said.exit, 1 | 3), "{arguments:?}: {said:?}");
        assert!(!format!("{said:?}").contains("Usage"), "{arguments:?}: {said:?}");
    }
}

#[test]
fn a_question_without_a_subject_is_usage_too() {
    let asked = [
        "lookup",
        "--to",
        "RUR",
        "--purpose",
        "serious_crime",
        "--offence",
        "A04",
        "--basis",
        "pnr_9_2",
    ];
    let said = Piux::of("UTO").runs(&[&asked[..], &["--case", "1", "--reasons", "2"]].concat());
    assert_eq!(said.exit, 2, "{}", said.err);
    assert!(
        said.err.contains("--person") && said.err.contains("--document"),
        "{}",
        said.err
    );
}

#[test]
fn init_makes_a_node_once() {
    let piux = Piux::nowhere();
    let init = ["init", "--country", "UTO", "--name", "PIU", "--no-passphrase"];
    let (exit, json) = piux.tells(&init);
    assert_eq!((exit, members(&json)), (0, vec!["fingerprint", "unit"]));
    assert_eq!(json["unit"], "urn:piux:unit:UTO");
    let before = std::fs::read(piux.dir().join("node.toml")).unwrap();
    let (exit, json) = piux.tells(&init);
    assert_eq!((exit, members(&json)), (3, vec!["error"]));
    assert_eq!(std::fs::read(piux.dir().join("node.toml")).unwrap(), before);
}

#[test]
fn a_folder_without_a_node_says_how_to_make_one() {
    let said = Piux::nowhere().runs(&["pair", "list"]);
    assert_eq!((said.exit, said.out.as_str()), (3, ""));
    assert!(said.err.contains("init"), "{}", said.err);
}

#[test]
fn the_keyring_opens_with_its_passphrase_only() {
    let piux = Piux::nowhere();
    let (right, wrong) = (
        piux.file("right", "correct horse battery\n"),
        piux.file("wrong", "incorrect horse\n"),
    );
    let run = |file: &std::path::Path, arguments: &[&str]| {
        Said::of(
            piux.command(arguments)
                .env("PIUX_PASSPHRASE_FILE", file)
                .output()
                .unwrap(),
        )
    };
    assert_eq!(run(&right, &["init", "--country", "UTO", "--name", "PIU"]).exit, 0);
    assert_eq!(run(&right, &["key", "list"]).exit, 0);
    let said = run(&wrong, &["key", "list"]);
    assert_eq!((said.exit, said.out.as_str()), (3, ""));
    assert!(said.err.contains("passphrase"), "{}", said.err);
    assert_eq!(piux.runs(&["key", "list"]).exit, 3, "no terminal, no passphrase");
}

#[test]
fn match_keys_need_no_node_and_echo_nothing_they_do_not_understand() {
    let piux = Piux::nowhere();
    let line =
        r#"{"source":"api","surname":"TESTMANN","given":"ERIKA","dob":"1984-02-29","documents":["UTO:L898902C3"]}"#;
    let file = piux.file("persons", format!("{line}\n\n{line}\n"));
    let (exit, json) = piux.tells(&["match-keys", text(&file)]);
    assert_eq!(exit, 0);
    let [one, other] = json.as_array().unwrap().as_slice() else {
        panic!("a list for each line: {json}")
    };
    assert_eq!(one, other);
    assert_eq!(members(&one[0]), ["canonical", "class", "family"]);
    assert!(
        one.as_array()
            .unwrap()
            .iter()
            .any(|key| key["canonical"] == "L898902C3/UTO"),
        "{one}"
    );

    let mut child = piux.command(&["match-keys", "-"]);
    let mut child = child
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
    let said = Said::of(child.wait_with_output().unwrap());
    assert_eq!((said.exit, said.out.lines().count()), (0, 1));

    let damaged = piux.file(
        "damaged",
        format!("{line}\n{}", line.replace("1984-02-29", "SECRETDATE")),
    );
    let said = piux.runs(&["match-keys", text(&damaged)]);
    assert_eq!((said.exit, said.out.as_str()), (3, ""));
    assert!(
        said.err.contains("line 2") && !said.err.contains("SECRETDATE"),
        "{}",
        said.err
    );
}

#[test]
fn pairing_takes_nothing_without_the_right_fingerprint() {
    let (uto, rur) = (Piux::of("UTO"), Piux::of("RUR"));
    let (exit, exported) = rur.tells(&["pair", "export"]);
    assert_eq!(
        (exit, members(&exported)),
        (0, vec!["fingerprint", "metadata", "partner"])
    );
    let file = uto.file("rur.json", exported.to_string());
    let (exit, shown) = uto.tells(&["pair", "import", text(&file)]);
    assert_eq!((exit, &shown["fingerprint"]), (1, &exported["fingerprint"]));
    let wrong = uto.tells(&["pair", "export"]).1["fingerprint"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        uto.runs(&["pair", "import", text(&file), "--fingerprint", &wrong]).exit,
        3
    );
    assert_eq!(uto.tells(&["pair", "list"]).1["partners"], json!([]));
    let right = exported["fingerprint"].as_str().unwrap();
    assert_eq!(uto.tells(&["pair", "import", text(&file), "--fingerprint", right]).0, 0);
    assert_eq!(
        uto.tells(&["pair", "list"]).1["partners"][0]["partner"],
        "urn:piux:unit:RUR"
    );
}

#[test]
fn a_whole_ledger_verifies_and_a_changed_one_does_not() {
    let piux = Piux::of("UTO");
    for _ in 0..3 {
        assert_eq!(piux.runs(&["audit", "list"]).exit, 0);
    }
    let (exit, report) = piux.tells(&["audit", "verify"]);
    assert_eq!(
        (exit, &report["ok"], &report["findings"]),
        (0, &json!(true), &json!([])),
        "{report}"
    );
    for member in ["origin", "size", "root", "checkpoint_time", "cosignatures", "pruned"] {
        assert!(report.get(member).is_some(), "{member}");
    }
    let shard = piux.dir().join("ledger/log/1");
    let change = |file: &str, expected: &[i32]| {
        let path = shard.join(file);
        let good = std::fs::read(&path).unwrap();
        let mut bad = good.clone();
        *bad.iter_mut().rev().nth(4).unwrap() ^= 1;
        std::fs::write(&path, bad).unwrap();
        let (exit, report) = piux.tells(&["audit", "verify"]);
        assert!(expected.contains(&exit), "{file}: {exit} {report}");
        assert_eq!(report["ok"], false);
        std::fs::write(&path, good).unwrap();
    };
    change("checkpoint", &[10]);
    let tile = first_tile(&shard);
    change(&tile, &[11]);
    assert_eq!(piux.runs(&["audit", "verify"]).exit, 0);
    std::fs::remove_file(shard.join("checkpoint")).unwrap();
    assert_eq!(piux.runs(&["audit", "verify"]).exit, 10, "nothing is signed");
}

/// The first tile of hashes, whole or partial, by its path within the shard.
fn first_tile(shard: &std::path::Path) -> String {
    let folder = "tile/0/000.p";
    let mut partial: Vec<_> = std::fs::read_dir(shard.join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    partial.sort_by_key(|name| name.to_str().unwrap().parse::<u32>().unwrap());
    format!("{folder}/{}", partial.last().unwrap().to_str().unwrap())
}

#[test]
fn the_dpo_alone_reads_why_the_ledger_was_read() {
    let piux = Piux::of("UTO");
    piux.runs(&["audit", "list", "--reason", "complaint 7/26"]);
    let (_, list) = piux.tells(&["audit", "list"]);
    assert!(!list.to_string().contains("complaint"), "{list}");
    let search = list["entries"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .find(|entry| entry["leaf"]["k"] == "audit.search");
    let index = search.unwrap()["index"].to_string();
    let key = piux.dir().join("dpo-private.json");
    let (exit, shown) = piux.tells(&["audit", "show", &index, "--key", text(&key)]);
    assert_eq!(exit, 0, "{shown}");
    assert!(shown["detail"].to_string().contains("complaint 7/26"), "{shown}");
    let other = Piux::of("RUR").dir().join("dpo-private.json");
    assert_eq!(piux.runs(&["audit", "show", &index, "--key", text(&other)]).exit, 3);
}

#[test]
fn a_running_node_carries_commands_out_and_a_second_one_is_told_to_use_it() {
    let piux = Piux::of("UTO");
    let serving = piux.serves();
    let file = piux.file("one.ndjson", traveller(1));
    let (exit, report) = piux.tells(&["ingest", text(&file)]);
    assert_eq!((exit, &report["travellers"]["stored"]), (0, &json!(1)), "{report}");
    let any = "127.0.0.1:0";
    let said = piux.runs(&["serve", "--exchange", any, "--desk", any, "--ops", any]);
    assert_eq!(said.exit, 3);
    assert!(
        said.err.contains("use the running node, or stop it first"),
        "{}",
        said.err
    );
    assert_eq!(piux.runs(&["audit", "verify"]).exit, 0, "also while it runs");
    drop(serving);
    let (_, report) = piux.tells(&["ingest", text(&file)]);
    assert_eq!(report["travellers"]["merged"], 1, "{report}");
}

#[test]
fn a_carrier_is_answered_without_a_node() {
    let piux = Piux::nowhere();
    let push = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/push-family.edi");
    let said = piux.runs(&["acknowledge", push, "--from", "UTOPIU"]);
    assert_eq!(said.exit, 0, "{said:?}");
    assert!(
        said.out.contains("ACKRES:") && said.out.contains("UTOPIU"),
        "{}",
        said.out
    );
    let answer = piux.file("answer.edi", &said.out);
    let refused = piux.runs(&["acknowledge", text(&answer), "--from", "UTOPIU"]);
    assert_eq!(refused.exit, 3, "an acknowledgement is not acknowledged: {refused:?}");
    let refused = piux.runs(&["acknowledge", push, "--from", "PIÜ"]);
    assert_eq!((refused.exit, refused.out.as_str()), (3, ""));
    let (_, told) = piux.tells(&["acknowledge", push, "--from", "UTOPIU"]);
    let [push] = told["acknowledgements"].as_array().unwrap().as_slice() else {
        panic!("{told}")
    };
    assert_eq!(push["accepted"], false, "one booking of it has no locator");
}

#[test]
fn a_node_keeps_its_rows_in_the_engine_it_was_made_with_until_it_is_rebuilt_in_another() {
    let piux = Piux::nowhere();
    let made = [
        "init",
        "--country",
        "UTO",
        "--name",
        "PIU",
        "--no-passphrase",
        "--store",
    ];
    assert_eq!(piux.runs(&[&made[..], &["sled"]].concat()).exit, 0);
    let file = piux.file("one.ndjson", traveller(1));
    for stored in [1, 0] {
        let (_, report) = piux.tells(&["ingest", text(&file)]);
        assert_eq!(report["travellers"]["stored"], stored);
    }
    assert!(piux.dir().join("db/db").exists() && !piux.dir().join("db.redb").exists());
    assert_eq!(piux.runs(&["store", "rebuild", "--store", "redb"]).exit, 0);
    assert!(piux.dir().join("db.redb").exists() && !piux.dir().join("db").exists());
    let (_, report) = piux.tells(&["ingest", text(&file)]);
    assert_eq!(report["travellers"]["merged"], 1, "it is the same store");
}

#[test]
fn a_receipt_that_is_none_proves_nothing() {
    let piux = Piux::nowhere();
    let file = piux.file("receipt.json", "{}");
    let (exit, report) = piux.tells(&["receipt", "verify", text(&file)]);
    assert_eq!((exit, &report["ok"]), (1, &json!(false)));
    assert_eq!(piux.tells(&["receipt", "verify", "nowhere.json"]).0, 3);
    let unknown = "A".repeat(43);
    assert_eq!(Piux::of("UTO").runs(&["receipt", "show", &unknown]).exit, 3);
}

#[test]
fn an_authority_makes_its_key_once_and_signs_for_one_request() {
    let piux = Piux::nowhere();
    let key = piux.dir().with_file_name("authority.json");
    let (exit, made) = piux.tells(&["authority", "new", "--key", text(&key)]);
    assert_eq!((exit, made["authority"].as_str().unwrap().len()), (0, 43));
    assert_eq!(
        piux.runs(&["authority", "new", "--key", text(&key)]).exit,
        3,
        "never replaced"
    );
    let digest = "A".repeat(43);
    let pending = json!({ "id": "AAAAAAAAAAAAAAAAAAAAAA", "digest": digest, "agreement": "UTO-RUR-2026", "case": "1" });
    let sign = |request: Value| {
        let file = piux.file("request.json", request.to_string());
        piux.tells(&[
            "authority",
            "sign",
            text(&file),
            "--key",
            text(&key),
            "--valid-until",
            "2030-01-01T00:00:00.000Z",
        ])
    };
    let (exit, signed) = sign(json!({ "requests": [pending] }));
    assert_eq!((exit, members(&signed)), (0, vec!["order"]));
    assert_eq!(
        sign(json!({ "requests": [pending, pending] })).0,
        3,
        "one request, one order"
    );
}

#[test]
fn keys_are_listed_without_their_values_and_the_doctor_is_content() {
    let piux = Piux::of("UTO");
    let (exit, keys) = piux.tells(&["key", "list"]);
    assert_eq!(exit, 0);
    assert!(keys["keys"].as_array().unwrap().len() > 5, "{keys}");
    let (exit, checks) = piux.tells(&["doctor"]);
    assert_eq!(exit, 0, "{checks}");
    for check in checks["checks"].as_array().unwrap() {
        assert_eq!(
            (members(check), &check["ok"]),
            (vec!["detail", "name", "ok"], &json!(true))
        );
    }
    assert_eq!(piux.tells(&["doctor", "--partner", "RUR"]).0, 1, "not paired");
    assert_eq!(
        piux.tells(&["policy", "check"]),
        (0, json!({ "ok": true, "findings": [] }))
    );
}

#[test]
fn a_damaged_message_file_loads_what_can_be_loaded_and_reports_the_rest() {
    let piux = Piux::of("UTO");
    let file = piux.file(
        "mixed.ndjson",
        format!("{}\n{{\"src\":\n{}\n", traveller(1), traveller(2)),
    );
    let (_, report) = piux.tells(&["ingest", text(&file)]);
    assert_eq!(report["travellers"]["stored"], 2, "{report}");
    assert_eq!(report["findings"].as_array().unwrap().len(), 1, "{report}");
    assert_eq!(piux.tells(&["ingest", "nowhere.edi"]).0, 3);
}
