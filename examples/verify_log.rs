//! What a supervisor checks without trusting anybody: a receipt, a log, and that
//! the log still holds what the receipt promises. No node, no network, no clock.
//!
//! `cargo run -p piux-examples --example verify_log`

use piux_examples::{Outcome, OwnKeys, now};
use piux_protocol::message::{JSON, LOOKUP_ANSWER, LOOKUPS_PATH, PROMISE_HEADER, Promise};
use piux_protocol::receipt::Receipt;
use piux_protocol::signature::{
    HttpRequest, HttpResponse, parse_request, sign_request, sign_response, verify_response,
};
use piux_protocol::transparency::{
    Checkpoint, LogProof, NoteSigner, Tree, leaf_hash, prove_consistency, prove_inclusion, root, verify_consistency,
};
use piux_protocol::vocabulary::{Digest, Nonce};

const ORIGIN: &str = "rur.piux/audit/1";

fn main() -> Outcome<()> {
    // A unit's log: a hundred entries, the 42nd about an answer it gave; then it grows.
    let entries: Vec<String> = (0..150).map(|n| format!("entry {n}")).collect();
    let tree: Tree = entries.iter().map(leaf_hash).collect();
    let log = NoteSigner::new(ORIGIN, &[3; 32])?;
    let promised = leaf_hash("entry 42");
    let earlier = Checkpoint::new(ORIGIN, 100, root(&tree, 100)?).sign(&log)?.to_string();
    let later = Checkpoint::new(ORIGIN, 150, tree.root()).sign(&log)?;
    let inclusion = LogProof {
        index: 42,
        hashes: prove_inclusion(&tree, 42, 150)?,
        checkpoint: later.clone(),
    };
    let consistency = prove_consistency(&tree, 100, 150)?;

    // What reaches the supervisor: texts, the log's key, and the root keys of both units.
    let (receipt, pinned) = receipt(promised)?;
    let (inclusion, vkey) = (inclusion.to_string(), log.verifier().to_string());
    println!(
        "received: a receipt of {} bytes, a proof of {} bytes, {vkey}",
        receipt.len(),
        inclusion.len()
    );

    // 1. The receipt: both sides signed this exchange, and the responder promised an entry.
    let proven = Receipt::from_json(&receipt)?.verify(&pinned)?;
    let promise = proven.promise.ok_or("the responder promised no entry")?;
    println!(
        "1. {} asked, {} answered at {}",
        proven.requester.state(),
        proven.responder.state(),
        proven.answered
    );
    println!("   and promised entry {} in its log by {}", promise.leaf, promise.by);

    // 2. Inclusion: the promised entry is in the log under the later checkpoint.
    let verifier = vkey.parse()?;
    let head = inclusion.parse::<LogProof>()?.verify_hash(&promise.leaf, &verifier)?;
    println!(
        "2. the promise is kept: the entry is one of the {} in {}",
        head.size, head.origin
    );

    // 3. Consistency: everything under the earlier checkpoint is still there, in its place.
    let before = Checkpoint::open(&earlier.parse()?, &verifier)?;
    verify_consistency((before.size, &before.root), (head.size, &head.root), &consistency)?;
    println!(
        "3. nothing was rewritten: {} entries became {} by appending only",
        before.size, head.size
    );

    // 4. And what a lie looks like.
    let rewritten = Checkpoint::new(ORIGIN, 100, leaf_hash("another history"));
    let told = (rewritten.size, &rewritten.root);
    match verify_consistency(told, (head.size, &head.root), &consistency) {
        Ok(()) => Err("another history was accepted".into()),
        Err(error) => {
            println!("4. another history is found out: {error}");
            Ok(())
        }
    }
}

/// An exchange as two nodes make it, kept as the requester's receipt; and both root keys.
fn receipt(promised: Digest) -> Outcome<(Vec<u8>, [Digest; 2])> {
    let (uto, rur) = (OwnKeys::draw("UTO")?, OwnKeys::draw("RUR")?);
    let mut request = HttpRequest {
        method: "POST".into(),
        target_uri: rur.metadata()?.endpoint.join(LOOKUPS_PATH),
        headers: vec![
            ("content-type".into(), JSON.into()),
            ("authorization".into(), "Bearer token".into()),
        ],
        body: b"a blinded question".to_vec(),
    };
    sign_request(&mut request, &uto.exchange, now(), 60, Nonce([1; 16]))?;
    let promise = Promise {
        leaf: promised,
        by: now().plus_seconds(2400),
    };
    let headers = [
        ("content-type", LOOKUP_ANSWER.to_owned()),
        (PROMISE_HEADER, promise.to_string()),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value)).into();
    let mut response = HttpResponse {
        status: 200,
        headers,
        body: b"padded rows".to_vec(),
    };
    sign_response(&mut response, &rur.exchange, &request, now(), Nonce([2; 16]))?;
    let answered = verify_response(&response, &request, &rur.exchange.verifying_key(), now())?;
    let asked = parse_request(request.clone())?.verify(&uto.exchange.verifying_key(), now())?;
    let statements = [uto.statement()?, rur.statement()?];
    let receipt = Receipt::new(&asked, &answered, statements);
    Ok((receipt.to_json(), [uto.root.key_id(), rur.root.key_id()]))
}
