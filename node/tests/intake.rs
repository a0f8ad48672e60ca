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

/// How many bytes lie in a folder.
fn bytes_in(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let bytes = |path: &Path| match path.metadata() {
        Ok(about) if about.is_dir() => bytes_in(path),
        Ok(about) => about.len(),
        Err(_) => 0,
    };
    entries.map(|entry| bytes(&entry.path())).sum()
}

#[test]
fn a_command_that_was_killed_goes_on_where_it_was_and_nothing_is_lost() {
    let piux = Piux::of("UTO");
    let lines: String = (0..1_500).map(|number| traveller(number) + "\n").collect();
    let file = piux.file("export.ndjson", &lines);
    let records = piux.dir().join("records");
    let mut loading = piux.command(&["ingest", text(&file)]).spawn().unwrap();
    let late = Instant::now() + Duration::from_secs(60);
    while bytes_in(&records) < 2_000_000 {
        assert!(Instant::now() < late, "nothing is loaded");
        std::thread::sleep(Duration::from_millis(5));
    }
    loading.kill().unwrap();
    loading.wait().unwrap();
    let (exit, rest) = piux.tells(&["ingest", text(&file)]);
    let read = number(&rest, "/travellers/read");
    assert!(exit == 0 && (1..1_500).contains(&read), "{rest}");
    let copy = piux.file("copy.ndjson", &lines);
    let (_, again) = piux.tells(&["ingest", text(&copy)]);
    assert_eq!(number(&again, "/travellers/merged"), 1_500, "{again}");
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

/// Waits until a file is gone.
fn leaves(file: &Path) {
    let late = Instant::now() + Duration::from_secs(30);
    while file.exists() {
        assert!(Instant::now() < late, "{} does not leave", file.display());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// An export of another system.
const EXPORT: &str = "Family name;Given name;Line;No;Date;From;To;Birth\n\
    TESTMANN;ERIKA;ZZ;417;2026-03-05;UTP;STR;1984-02-29\n\
    MUSTERMANN;OLE;ZZ;417;2026-03-05;UTP;STR;1979-07-12\n";

/// What explains it.
const MAPPING: &str = r#"
    format = "piux-mapping/1"
    source = "csv"
    [constants]
    src = "port-register"
    [fields]
    "flight.carrier" = "Line"
    "flight.number" = "No"
    "flight.date" = "Date"
    "flight.dep" = "From"
    "flight.arr" = "To"
    "person.surname" = "Family name"
    "person.given" = "Given name"
    "person.dob" = "Birth"
"#;

#[test]
fn a_watched_folder_in_the_folder_has_a_mapping_file_of_its_own() {
    let piux = Piux::of("UTO");
    let inbox = piux.dir().join("inbox");
    let port = inbox.join("port");
    std::fs::create_dir_all(&port).unwrap();
    std::fs::write(port.join("mapping.toml"), MAPPING).unwrap();
    let _serving = piux.serves_with(&["--watch", text(&inbox)]);
    std::fs::write(port.join("monday.csv"), EXPORT).unwrap();
    let receipt = port.join("receipts/monday.csv.json");
    waiting(&receipt);
    leaves(&port.join("monday.csv"));
    let told: Value = serde_json::from_slice(&std::fs::read(&receipt).unwrap()).unwrap();
    assert_eq!(number(&told, "/travellers/stored"), 2, "{told}");
    assert!(port.join("mapping.toml").exists());
}

#[test]
fn a_watched_file_that_quarantine_cannot_keep_whole_is_put_by() {
    let piux = Piux::of("UTO");
    let inbox = piux.dir().join("inbox");
    let _serving = piux.serves_with(&["--watch", text(&inbox)]);
    let scan = "a scan of a paper manifest\n".repeat(200_000);
    std::fs::write(inbox.join("paper.txt"), &scan).unwrap();
    leaves(&inbox.join("paper.txt"));
    let unread: Vec<_> = std::fs::read_dir(inbox.join("unread")).unwrap().collect();
    assert_eq!(unread.len(), 1);
    let kept = std::fs::read_to_string(unread[0].as_ref().unwrap().path()).unwrap();
    assert!(kept == scan, "not a byte of it is lost");
    let receipt = std::fs::read(inbox.join("receipts/paper.txt.json")).unwrap();
    let told: Value = serde_json::from_slice(&receipt).unwrap();
    assert_eq!((number(&told, "/unkept"), number(&told, "/quarantined")), (1, 1));
}

#[test]
fn an_export_without_its_mapping_is_read_from_quarantine_once_the_mapping_is_given() {
    let piux = Piux::of("UTO");
    let (file, mapping) = (piux.file("export.csv", EXPORT), piux.file("port.toml", MAPPING));
    let (exit, report) = piux.tells(&["ingest", text(&file)]);
    assert_eq!((exit, number(&report, "/quarantined")), (1, 1), "{report}");
    let (_, list) = piux.tells(&["quarantine", "list"]);
    let id = list["quarantine"][0]["id"].as_str().unwrap();
    let (exit, retried) = piux.tells(&["quarantine", "retry", id, "--mapping", text(&mapping)]);
    assert_eq!((exit, number(&retried, "/travellers/stored")), (0, 2), "{retried}");
    let (_, list) = piux.tells(&["quarantine", "list"]);
    assert_eq!(list["quarantine"].as_array().unwrap().len(), 0);
}

#[test]
fn a_row_of_an_export_is_read_again_under_a_better_mapping_only() {
    let piux = Piux::of("UTO");
    let moved = EXPORT.replace("Line;No", "Line;Carrier;No").replace(";ZZ;", ";ZZ;;");
    let file = piux.file("export.csv", moved.replace("OLE;ZZ;;", "OLE;;ZZ;"));
    let mapping = piux.file("port.toml", MAPPING);
    let both = r#"= { columns = ["Line", "Carrier"], join = "" }"#;
    let better = piux.file("better.toml", MAPPING.replace(r#"= "Line""#, both));
    let (exit, report) = piux.tells(&["ingest", text(&file), "--mapping", text(&mapping)]);
    assert_eq!((exit, number(&report, "/travellers/rejected")), (1, 1), "{report}");
    let findings = report["findings"].as_array().unwrap();
    let flightless = findings.iter().find(|finding| finding["rule"] == "structure.no_flight");
    assert_eq!(number(flightless.unwrap(), "/message"), 3);
    let (_, list) = piux.tells(&["quarantine", "list"]);
    let id = list["quarantine"][0]["id"].as_str().unwrap();
    let without = piux.runs(&["quarantine", "retry", id]);
    assert!(without.exit == 3 && without.err.contains("--mapping"), "{without:?}");
    let (exit, retried) = piux.tells(&["quarantine", "retry", id, "--mapping", text(&better)]);
    assert_eq!((exit, number(&retried, "/travellers/stored")), (0, 1), "{retried}");
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
