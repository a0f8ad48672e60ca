//! Whatever either node writes or says, nobody's name, document or case can be read in it.

use piux_node::command::{Command, FollowUp};
use piux_policy::order::{Order, OrderDecision};
use piux_protocol::vocabulary::{Digest, ElementId};
use piux_tests::{Traveller, World, authority_key, find, morning};
use std::fs::File;
use std::sync::Mutex;

const MARKERS: &[&str] = &[
    "ZZQUORNWEX",
    "VIXPLOOMA",
    "1971-10-23",
    "QZX7741YW",
    "ZQXJVK",
    "CASEMARKZQ",
    "REASONMARKZQ",
    "OFFICERMARKZQ",
    "GROUNDSMARKZQ",
    "BRANDMARKZQ",
];

/// Everything either node logs, down to the finest of ours.
fn log_into(file: File) {
    let filter = tracing_subscriber::EnvFilter::new("debug,piux_node=trace,piux_protocol=trace,piux_policy=trace");
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(Mutex::new(file))
        .with_ansi(false);
    log.try_init().unwrap();
}

async fn lookups(world: &World) -> String {
    let asking = world
        .unit("UTO")
        .asks("RUR")
        .about("ZZQUORNWEX/VIXPLOOMA/1971-10-23")
        .with_document("UTO:QZX7741YW");
    let told = |question: &mut piux_node::command::Question| {
        question.case = "CASEMARKZQ".to_owned();
        question.reasons = "REASONMARKZQ".to_owned();
        question.officer = "OFFICERMARKZQ".to_owned();
    };
    let answer = asking.but(told).asks().await;
    let locator = world
        .unit("UTO")
        .asks("RUR")
        .against_terrorism()
        .with_locator("UT:ZQXJVK:2026-06")
        .but(told)
        .asks()
        .await;
    assert_eq!((answer.outcome(), locator.outcome()), ("hit", "hit"));
    std::fs::write(
        world.outside("answers"),
        format!("{}{}{}{}", answer.text, answer.json, locator.text, locator.json),
    )
    .unwrap();
    answer.hit()
}

async fn disclosure(world: &World, hit: String) {
    let (uto, rur) = (world.unit("UTO"), world.unit("RUR"));
    let follow_up = FollowUp {
        hit,
        elements: ["pnr.04_names", "api.names", "api.document", "api.birth"]
            .map(|id| ElementId::new(id).unwrap())
            .into(),
        reasons: "GROUNDSMARKZQ".to_owned(),
        officer: "OFFICERMARKZQ".to_owned(),
    };
    uto.does(Command::Disclose(Box::new(follow_up))).await;
    let request = rur.does(Command::RequestsList).await["requests"][0].clone();
    let order = Order {
        v: 1,
        request: request["id"].as_str().unwrap().to_owned(),
        request_digest: request["digest"].as_str().unwrap().parse().unwrap(),
        agreement: "UTO-RUR-2026".parse().unwrap(),
        decision: OrderDecision::Approve,
        decided_at: morning(),
        valid_until: morning().plus_seconds(3600),
        authority: Digest([0; 32]),
        reference: "1/26".to_owned(),
    };
    let order = Some(order.sign(&authority_key("RUR")).to_json());
    let id = request["id"].as_str().unwrap().to_owned();
    rur.does(Command::RequestsApprove {
        id: id.clone(),
        officer: "BRANDMARKZQ".to_owned(),
        order,
    })
    .await;
    uto.does(Command::ReceivedList).await;
    let shown = uto
        .does(Command::ReceivedShow {
            id,
            reason: "REASONMARKZQ".to_owned(),
        })
        .await;
    assert!(
        shown.to_string().contains("ZZQUORNWEX"),
        "the release itself is readable for whoever may: {shown}"
    );
}

/// Commands that fail, each with a marker in it; what they say is kept to be searched.
async fn failures(world: &World) {
    let uto = world.unit("UTO");
    let mut said = String::new();
    let broken = [
        ("ZZQUORNWEX", None),
        ("ZZQUORNWEX/VIXPLOOMA/CASEMARKZQ", None),
        ("", Some("ZZQUORNWEX:QZX7741YW")),
        ("", Some("QZX7741YW")),
    ];
    for (person, document) in broken {
        let asking = uto.asks("RUR").but(|question| {
            question.persons = Some(person.to_owned())
                .filter(|person| !person.is_empty())
                .into_iter()
                .collect();
            question.documents = document.map(str::to_owned).into_iter().collect();
        });
        let error = asking.tries().await.unwrap_err();
        said += &format!("{error} {error:?}\n");
    }
    let line = Traveller::new("ZZQUORNWEX", "VIXPLOOMA", "1971-10-23")
        .with_passport("UTO", "QZX7741YW")
        .line();
    let damaged = tempfile::Builder::new().suffix(".ndjson").tempfile().unwrap();
    std::fs::write(
        damaged.path(),
        format!("{}\n{line}ZZQUORNWEX\n", &line[..line.len() - 9]),
    )
    .unwrap();
    let report = uto
        .tries(Command::Ingest {
            paths: vec![damaged.path().to_owned()],
            format: None,
        })
        .await
        .unwrap();
    said += &format!("{}\n{}\n", report.text, report.json);
    let facts = "purpose = 'ZZQUORNWEX'".to_owned();
    said += &uto
        .tries(Command::PolicyExplain { facts })
        .await
        .map_or_else(|_| String::new(), |report| report.text);
    for id in ["CASEMARKZQ", "QZX7741YW"] {
        let error = uto
            .tries(Command::ReceivedShow {
                id: id.to_owned(),
                reason: "REASONMARKZQ".to_owned(),
            })
            .await;
        said += &format!("{:?}\n", error.unwrap_err());
    }
    std::fs::write(world.outside("said"), said).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_no_log_and_no_error_holds_a_marker() {
    let mut world = World::of(&["UTO", "RUR"]).await;
    log_into(File::create(world.outside("log")).unwrap());
    world.agrees(|text| text).await;
    let traveller = Traveller::new("ZZQUORNWEX", "VIXPLOOMA", "1971-10-23").with_passport("UTO", "QZX7741YW");
    world.unit("RUR").loads(&[traveller.booked_under("ZQXJVK")]).await;
    let hit = lookups(&world).await;
    disclosure(&world, hit).await;
    failures(&world).await;
    for state in ["UTO", "RUR"] {
        world.unit(state).ledger(200).await;
        assert_eq!(find(world.folder(), MARKERS), [], "while the nodes run");
        world.unit_mut(state).restart().await;
    }
    assert_eq!(find(world.folder(), MARKERS), []);
    assert!(
        std::fs::metadata(world.outside("log")).unwrap().len() > 0,
        "something was logged"
    );
}
