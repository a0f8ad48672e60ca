//! What is answered to a list or a push: read back by our own decoder and by another tokenizer.

use super::{LIST, PUSH, interchange, read};
use edifact_rs::from_bytes;
use piux_node::ingest::model::{ResponseKind, Verdict};

fn answers(bytes: &[u8]) -> Vec<String> {
    read(bytes).acknowledgements("UTOPIU", "2026-03-04T20:05:00.000Z".parse().unwrap())
}

/// Tags and elements as the other tokenizer reads them.
fn segments(text: &str) -> Vec<Vec<String>> {
    let segments = from_bytes(text.as_bytes()).collect::<Result<Vec<_>, _>>().unwrap();
    segments
        .iter()
        .map(|segment| {
            let elements = segment.elements.iter().map(|element| {
                let parts = element.components.iter().map(|(text, _)| text.to_string());
                parts.collect::<Vec<_>>().join(":")
            });
            std::iter::once(segment.tag.to_string()).chain(elements).collect()
        })
        .collect()
}

fn find<'a>(segments: &'a [Vec<String>], tag: &str) -> &'a [String] {
    segments.iter().find(|segment| segment[0] == tag).unwrap()
}

#[test]
fn a_list_is_answered_with_its_own_references() {
    let [answer]: [String; 1] = answers(LIST).try_into().unwrap();
    let told = segments(&answer);
    assert_eq!(find(&told, "UNB")[2..5], ["UTOPIU", "UTOPIA AIR", "260304:2005"]);
    assert_eq!(find(&told, "UNB")[5], "UT000451");
    assert_eq!(find(&told, "UNH")[2..4], ["CUSRES:D:15B:UN:IATA", "UT451/260305/0700"]);
    assert_eq!(find(&told, "BGM")[1], "312");
    assert_eq!(find(&told, "RFF")[1], "TN:UT45126");
    assert!(told.iter().any(|segment| segment[1..] == ["AF:UT451"]));
    assert!(!told.iter().any(|segment| segment[0] == "ERP"));
    let back = read(answer.as_bytes());
    let response = &back.responses[0];
    assert_eq!(
        (response.kind, response.transaction.as_deref()),
        (ResponseKind::Receipt, Some("UT45126"))
    );
    assert!(response.errors.is_empty() && response.answers.is_empty());
}

#[test]
fn a_push_that_lost_somebody_is_answered_so() {
    let [answer]: [String; 1] = answers(PUSH).try_into().unwrap();
    let told = segments(&answer);
    assert_eq!(find(&told, "UNH")[2..4], ["ACKRES:13:1:IA", "050326/0700/UT/451"]);
    assert_eq!(find(&told, "MSG")[1..3], [":23", "7"]);
    let back = read(answer.as_bytes());
    assert_eq!(
        (back.responses[0].kind, back.responses[0].accepted),
        (ResponseKind::Acknowledgement, Some(false))
    );
    assert_eq!(back.responses[0].errors, ["118"]);
}

#[test]
fn every_count_and_reference_of_an_answer_is_right() {
    for bytes in [LIST, PUSH] {
        for answer in answers(bytes) {
            let told = segments(&answer);
            let open = told.iter().position(|segment| segment[0] == "UNH").unwrap();
            let close = told.iter().position(|segment| segment[0] == "UNT").unwrap();
            assert_eq!(told[close][1].parse(), Ok(close - open + 1));
            assert_eq!(told[close][2], told[open][1]);
            assert_eq!(
                (told.last().unwrap()[1].as_str(), &told.last().unwrap()[2]),
                ("1", &find(&told, "UNB")[5])
            );
            let rules: Vec<_> = read(answer.as_bytes())
                .findings
                .iter()
                .map(|finding| finding.rule)
                .collect();
            assert_eq!(rules, ["message.response"]);
        }
    }
}

#[test]
fn an_answer_names_nobody() {
    let told = [answers(LIST), answers(PUSH)].concat().concat();
    for word in ["QUILLFEATHER", "ROOKWOOD", "UT8842177", "QF7K2M", "FAM1LY", "550011226"] {
        assert!(!told.contains(word), "{word}");
    }
}

#[test]
fn a_message_nothing_could_be_made_of_is_answered_too() {
    let lost = interchange("PAXLST:D:05B:UN:IATA", "REF1", "", "BGM+745'RFF+TN:A?'B'NAD+FL+++A:B'");
    let [answer]: [String; 1] = answers(&lost).try_into().unwrap();
    let back = read(answer.as_bytes());
    let response = &back.responses[0];
    assert_eq!(
        (response.transaction.as_deref(), response.errors.as_slice()),
        (Some("A'B"), &["118".to_owned()][..])
    );
    assert!(answer.contains("STRUCTURE.NO_FLIGHT"));
}

#[test]
fn an_answer_passenger_by_passenger_is_read() {
    let body = "BGM+962'RFF+TN:T1'RFF+AF:UT451'ERP+2'RFF+AVF:QF7K2M'RFF+ABO:P1'ERC+0Z'FTX+AAP+++GO'\
                ERP+2'RFF+ABO:P2'ERC+1Z'ERP+2'RFF+ABO:P3'ERP+1'ERC+118'";
    let decoded = read(&interchange("CUSRES:D:05B:UN:IATA", "REF1", "01:F", body));
    let response = &decoded.responses[0];
    let verdicts: Vec<_> = response.answers.iter().map(|one| one.verdict).collect();
    assert_eq!(verdicts, [Verdict::Board, Verdict::NoBoard, Verdict::Unclear]);
    assert_eq!(
        (response.errors.as_slice(), decoded.travellers_read),
        (&["118".to_owned()][..], 0)
    );
    assert_eq!(
        format!("{response:?} {:?}", response.answers[0]),
        "Response(..) Answer(..)"
    );
}

#[test]
fn a_request_for_data_is_recognised_and_holds_nobody() {
    let decoded = read(&interchange(
        "GOVREQ:13:1:IA",
        "X",
        "",
        "MSG+:43'ORG+UT:UTA'RCI+UT:QF7K2M'",
    ));
    let rules: Vec<_> = decoded.findings.iter().map(|finding| finding.rule).collect();
    assert_eq!(
        (rules, decoded.travellers_read, decoded.rejected),
        (vec!["message.request"], 0, 0)
    );
}
