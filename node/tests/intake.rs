//! Every door by which messages come in: the command, the desk, a watched folder; and what waits in quarantine.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "command_line/piux.rs"]
#[allow(dead_code, reason = "shared with the tests of the command line")]
mod piux;

use piux::{Piux, text, traveller};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

/// Two messages; the second ends in the middle of its second person.
const BROKEN: &str = "UNB+UNOA:4+ZZ+PIUTEST+260304:2000+77'UNH+1+PAXLST:D:05B:UN:IATA+ZZ1/260304/2000'BGM+745'\
    TDT+20+ZZ417+++ZZ'LOC+125+UTP'DTM+189:2603050830:201'LOC+87+STR'DTM+232:2603051145:201'\
    NAD+FL+++TESTMANN:ERIKA'ATT+2++F'DTM+329:840229'DOC+P:110:111+L898902C3'LOC+91+UTO'CNT+42:1'UNT+14+1'\
    UNH+2+PAXLST:D:05B:UN:IATA+ZZ2/260304/2000'BGM+745'NAD+FL+++MUSTERFRAU:ZOE'DTM+329:840229'\
    NAD+FL+++MUSTERMA";

fn waiting(file: &Path) {
    let late = Instant::now() + Duration::from_secs(30);
    while !file.exists() {
        assert!(Instant::now() < late, "{} does not come", file.display());
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn number(json: &Value, path: &str) -> u64 {
    json.pointer(path)
        .and_then(Value::as_u64)
        .unwrap_or_else(|| panic!("{path} in {json}"))
}

/// A connection to the desk on which a request was begun: its head, and this part of its body.
fn begun(piux: &Piux, path: &str, credential: &str, (body, length): (&str, usize)) -> TcpStream {
    let run = piux.dir().join("run");
    let addresses: Value = serde_json::from_slice(&std::fs::read(run.join("addresses.json")).unwrap()).unwrap();
    let host = addresses["desk"]
        .as_str()
        .unwrap()
        .trim_start_matches("http://")
        .to_owned();
    let mut stream = TcpStream::connect(&host).unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {credential}\r\nconnection: close\r\n\
         content-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let _ = stream.write_all(body.as_bytes());
    stream
}

/// Status line and body of one plain request to the desk.
fn request(piux: &Piux, path: &str, credential: &str, body: &str) -> (String, String) {
    let mut stream = begun(piux, path, credential, (body, body.len()));
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().to_owned(), body.to_owned())
}

/// The credential of a running node's desk.
fn credential(piux: &Piux) -> String {
    std::fs::read_to_string(piux.dir().join("run/desk-credential")).unwrap()
}

#[test]
fn a_running_node_takes_a_stream_and_gives_a_receipt() {
    let piux = Piux::of("UTO");
    let lines: String = (0..700).map(|number| traveller(number) + "\n").collect();
    let file = piux.file("export.ndjson", &lines);
    let serving = piux.serves();
    let (exit, first) = piux.tells(&["ingest", text(&file)]);
    assert_eq!((exit, number(&first, "/travellers/stored")), (0, 700));
    assert_eq!(first["receipts"].as_array().unwrap().len(), 1);
    let credential = credential(&piux);
    let (status, body) = request(&piux, "/v1/ingest?name=again&format=ndjson", &credential, &lines);
    assert_eq!(status, "HTTP/1.1 200 OK", "{body}");
    let again: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(number(&again, "/json/travellers/merged"), 700);
    assert_eq!(
        again["json"]["receipts"][0]["artifact"],
        first["receipts"][0]["artifact"]
    );
    drop(serving);
    assert_eq!(piux.runs(&["audit", "verify"]).exit, 0);
}

#[test]
fn a_stream_without_the_credential_or_with_unknown_words_is_refused() {
    let piux = Piux::of("UTO");
    let _serving = piux.serves();
    let credential = credential(&piux);
    let (status, _) = request(&piux, "/v1/ingest", "guess", &traveller(1));
    assert_eq!(status, "HTTP/1.1 401 Unauthorized");
    let (status, body) = request(&piux, "/v1/ingest?nmae=x", &credential, &traveller(1));
    assert_eq!(status, "HTTP/1.1 400 Bad Request", "{body}");
    let (status, body) = request(&piux, "/v1/ingest?format=paper", &credential, &traveller(1));
    assert_eq!(status, "HTTP/1.1 422 Unprocessable Entity", "{body}");
    assert!(body.contains("ndjson"), "{body}");
}

#[test]
fn a_stream_that_breaks_off_goes_on_where_it_was() {
    let piux = Piux::of("UTO");
    let lines: String = (0..1_200).map(|number| traveller(number) + "\n").collect();
    let _serving = piux.serves();
    let credential = credential(&piux);
    let path = "/v1/ingest?name=feed&format=ndjson&mark=export-7";
    let half = lines.split_at(lines.len() / 2).0;
    drop(begun(&piux, path, &credential, (half, lines.len())));
    // Nobody is told when the node has taken in what it had of the broken stream: 250 lines a batch.
    let late = Instant::now() + Duration::from_secs(30);
    let taken_in = || {
        let (_, entries) = piux.tells(&["audit", "list", "--limit", "10000"]);
        entries.to_string().matches("data.load").count() >= 3
    };
    while !taken_in() {
        assert!(Instant::now() < late, "the broken stream does not come to its end");
        std::thread::sleep(Duration::from_millis(50));
    }
    let (status, body) = request(&piux, path, &credential, &lines);
    assert_eq!(status, "HTTP/1.1 200 OK", "{body}");
    let report: Value = serde_json::from_str(&body).unwrap();
    assert!(
        (600..=601).contains(&number(&report, "/json/travellers/stored")),
        "{body}"
    );
    assert!(number(&report, "/json/travellers/read") <= 701, "{body}");
}

#[test]
fn a_fifth_stream_at_once_is_told_to_come_again() {
    let piux = Piux::of("UTO");
    let _serving = piux.serves();
    let credential = credential(&piux);
    let five = (0..5).map(|_| begun(&piux, "/v1/ingest?format=ndjson", &credential, ("", 1_000)));
    let mut five: Vec<TcpStream> = five.collect();
    for stream in &five {
        stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    }
    let heard = |stream: &mut TcpStream| {
        let mut answer = String::new();
        // Those that were taken have nothing to say yet.
        let _ = stream.read_to_string(&mut answer);
        (!answer.is_empty()).then_some(answer)
    };
    let late = Instant::now() + Duration::from_secs(30);
    let refused = loop {
        if let Some(refused) = five.iter_mut().find_map(heard) {
            break refused;
        }
        assert!(Instant::now() < late, "the node takes five streams at once");
    };
    assert!(refused.starts_with("HTTP/1.1 503 Service Unavailable"), "{refused}");
    assert!(
        refused.contains("retry-after: 5") && refused.contains("send this one again"),
        "{refused}"
    );
}

#[test]
fn a_watched_folder_is_emptied_into_the_node_and_receipted() {
    let piux = Piux::of("UTO");
    let inbox = piux.dir().join("inbox");
    let config = piux.dir().join("node.toml");
    let mut toml = std::fs::read_to_string(&config).unwrap();
    toml += &format!("watch = {:?}\n", inbox.display().to_string());
    std::fs::write(&config, toml).unwrap();
    let serving = piux.serves();
    std::fs::write(inbox.join("still.ndjson.part"), traveller(1)).unwrap();
    std::fs::write(inbox.join("done.ndjson"), traveller(2)).unwrap();
    let receipt = inbox.join("receipts/done.ndjson.json");
    waiting(&receipt);
    let told: Value = serde_json::from_slice(&std::fs::read(&receipt).unwrap()).unwrap();
    assert_eq!(number(&told, "/travellers/stored"), 1);
    let late = Instant::now() + Duration::from_secs(5);
    while inbox.join("done.ndjson").exists() && Instant::now() < late {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(!inbox.join("done.ndjson").exists() && inbox.join("still.ndjson.part").exists());
    drop(serving);
    let receipt = std::fs::read_to_string(&receipt).unwrap();
    assert!(!receipt.contains("TESTMANN"), "a receipt names nobody");
}

#[test]
fn what_cannot_be_read_waits_sealed_until_an_officer_decides() {
    let piux = Piux::of("UTO");
    let file = piux.file("broken.edi", BROKEN);
    let (exit, report) = piux.tells(&["ingest", text(&file)]);
    assert_eq!((exit, number(&report, "/travellers/stored")), (1, 1), "{report}");
    let sums = ["stored", "merged", "rejected"].map(|word| number(&report, &format!("/travellers/{word}")));
    assert_eq!(number(&report, "/travellers/read"), sums.iter().sum::<u64>());
    assert_eq!(number(&report, "/quarantined"), 1);

    let (_, list) = piux.tells(&["quarantine", "list"]);
    let held = list["quarantine"].as_array().unwrap();
    assert_eq!(held.len(), 1);
    assert!(!list.to_string().contains("MUSTER"), "the list shows no content");
    let id = held[0]["id"].as_str().unwrap();

    assert_eq!(
        piux.runs(&["quarantine", "show", id, "--content"]).exit,
        2,
        "not without saying why"
    );
    let by = ["--officer", "A. Officer", "--reason", "the carrier asks what is wrong"];
    let shown = piux.runs(&[&["quarantine", "show", id, "--content"], &by[..]].concat());
    assert!(shown.out.contains("MUSTERFRAU"), "{shown:?}");

    let (exit, retried) = piux.tells(&["quarantine", "retry", id]);
    assert_eq!(exit, 1, "it is as broken as before: {retried}");
    let (_, list) = piux.tells(&["quarantine", "list"]);
    assert_eq!(list["quarantine"].as_array().unwrap().len(), 1, "still there, and once");

    assert_eq!(piux.runs(&[&["quarantine", "drop", id], &by[..]].concat()).exit, 0);
    let (_, list) = piux.tells(&["quarantine", "list"]);
    assert_eq!(list["quarantine"].as_array().unwrap().len(), 0);
    let (_, entries) = piux.tells(&["audit", "list", "--limit", "100"]);
    let entries = entries.to_string();
    assert!(entries.contains("quarantine") && entries.contains("erase"), "{entries}");
    assert!(!entries.contains("MUSTER") && !entries.contains("carrier asks"));
    assert_eq!(piux.runs(&["audit", "verify"]).exit, 0);
}
