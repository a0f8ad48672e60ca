//! A program of your own asks a real node, with its own keys and the SDK alone.
//!
//! Normalize, announce the purpose, blind, sign and send, open, keep the receipt.
//! `cargo run -p piux-examples --example ask_a_peer`

use piux_examples::{Chance, Outcome, OwnKeys, TRAVELLER, Unit, now, person, text};
use piux_node::command::Command;
use piux_protocol::blind::{Bucket, Descriptor, LookupAnswer, LookupRequest, Query, Question};
use piux_protocol::client::{Client, Identity, Surroundings};
use piux_protocol::identifier::{BirthDate, derive_query};
use piux_protocol::metadata::Metadata;
use piux_protocol::token::{AuthorizationDetails, Need, Opening, Reasons};
use piux_protocol::vocabulary::{
    Action, AgreementId, Basis, Class, Declaration, Digest, Offence, Purpose, Scope, Window,
};
use std::sync::Arc;

#[tokio::main]
async fn main() -> Outcome<()> {
    let partner = Unit::start("RUR", "PIU Ruritania").await?;
    partner.load(TRAVELLER).await?;
    let own = OwnKeys::draw("UTO")?;
    let (agreement, version) = own.agree_with(&partner).await?;
    let statement = text(&partner.run(Command::PairExport).await?, "metadata")?;
    let asked = ask(&own, &statement, agreement, version).await;
    partner.stop().await;
    asked
}

async fn ask(own: &OwnKeys, statement: &str, agreement: AgreementId, version: Digest) -> Outcome<()> {
    // 1. Normalize: one person becomes a few match keys.
    let subject = person("Testmann", "Josefine Erika", "1984-02-29", "UTO:L898902C3")?;
    let keys = derive_query(&subject);
    let birth_date = subject
        .birth_date
        .and_then(BirthDate::complete)
        .ok_or("no birth date")?;

    // 2. A purpose token: the partner's policy decides before it touches any data.
    let pinned = Metadata::verify_self_signed(statement, now())?.keys.root.key_id(); // compared by people before
    let identity = Identity {
        unit: own.unit,
        key: own.exchange.clone(),
        statement: own.statement()?,
    };
    let around = Surroundings {
        clock: Arc::new(now),
        random: Arc::new(Chance::new()),
    };
    let client = Client::new(identity, statement, pinned, around)?;
    let details = details(agreement, version)?;
    let (granted, _) = client.token(&details).await?;
    println!("granted for {} under {}", details.purpose, details.agreement);

    // 3. Blind: the epoch's descriptor says with how many bits a bucket may be named.
    let epochs: Vec<Descriptor> = client.epochs(&details.agreement, &granted).await?;
    let epoch = epochs
        .into_iter()
        .rev()
        .find(|epoch| epoch.is_current(now()))
        .ok_or("no open epoch")?;
    let question = Question {
        agreement: details.agreement,
        agreement_version: version,
        epoch: epoch.epoch,
        purpose: details.purpose,
        scope: details.scope,
        bucket: Bucket::of_birth_date(birth_date, epoch.bits),
        window: Window::All,
    };
    let of = |class| {
        keys.iter()
            .filter(|key| key.class() == Some(class))
            .map(|key| key.input())
            .collect()
    };
    let by_class: Vec<(Class, Vec<_>)> = details.classes.iter().map(|class| (*class, of(*class))).collect();
    let (query, request) = Query::new(question, &by_class, &Chance::new())?;

    // 4. Sign and send: the client signs (RFC 9421) and accepts only what the partner signed in turn.
    let exchange = client.lookup(request.to_body(), &granted).await?;
    if let Some(problem) = exchange.problem() {
        return Err(problem.to_string().into());
    }

    // 5. Open: proofs and row counts are checked, then each row that is ours.
    let answer = LookupAnswer::decode(&exchange.body)?;
    for hit in query.open(&answer, &LookupRequest::hash(&exchange.request_body), &epoch)? {
        println!("known by {}, handle {}, next: {:?}", hit.class, hit.handle, hit.gate);
    }

    // 6. The receipt proves all this to others, offline.
    let proven = exchange.receipt.verify(&[own.root.key_id(), pinned])?;
    let covers = proven.covers(&exchange.request_body, &exchange.body);
    println!(
        "receipt: {} asked {} at {}, bodies fit: {covers}",
        proven.requester, proven.responder, proven.asked
    );
    Ok(())
}

/// Why we ask: purpose and basis in clear, case, officer and reasons as commitments.
fn details(agreement: AgreementId, agreement_version: Digest) -> Outcome<AuthorizationDetails> {
    let commit = |label, value| Opening::draw(label, value, &Chance::new()).map(|opening| opening.commitment());
    Ok(AuthorizationDetails {
        actions: vec![Action::Lookup],
        agreement,
        agreement_version,
        purpose: Purpose::SeriousCrime,
        offence: Offence::A04,
        basis: Basis::Pnr9_2,
        classes: Scope::Tight.segments().to_vec(),
        scope: Scope::Tight,
        declares: vec![Declaration::CaseSpecific, Declaration::AirLink, Declaration::Gravity],
        urgent: false,
        need: Need {
            case: commit("case", "2026/117")?,
            officer: commit("officer", "duty officer")?,
            reason_code: "case".parse()?,
            reasons: Reasons::Committed(commit("reasons", "suspected courier")?),
        },
    })
}
