//! Two units on this machine: pair, agree, load, ask. What `piux demo` tells at length.
//!
//! `cargo run -p piux-examples --example two_nodes`

use piux_examples::{Outcome, TRAVELLER, Unit, text, with_authorities};
use piux_node::command::{Command, Question};
use piux_protocol::vocabulary::{AgreementId, Basis, Declaration, Offence, Purpose, UnitId, Window};

#[tokio::main]
async fn main() -> Outcome<()> {
    let utopia = Unit::start("UTO", "PIU Utopia").await?;
    let ruritania = Unit::start("RUR", "PIU Ruritania").await?;
    let outcome = exchange(&utopia, &ruritania).await;
    utopia.stop().await;
    ruritania.stop().await;
    outcome
}

async fn exchange(utopia: &Unit, ruritania: &Unit) -> Outcome<()> {
    pair(utopia, ruritania).await?;
    pair(ruritania, utopia).await?;
    let agreement = agree(utopia, ruritania).await?;
    println!("{agreement} is in force on both sides.\n");

    println!("Ruritania loads:\n{}\n", ruritania.load(TRAVELLER).await?.text);

    // The names in another order, and the document: the same person.
    let known = question("TESTMANN/JOSEFINE ERIKA/1984-02-29", Some("UTO:L898902C3"))?;
    println!("{}", utopia.run(Command::Lookup(Box::new(known))).await?.text);
    let unknown = question("NOBODY/NEMO/1970-01-01", None)?;
    println!("{}", utopia.run(Command::Lookup(Box::new(unknown))).await?.text);

    let reason = "the example shows what was recorded".to_owned();
    let list = Command::AuditList {
        limit: 8,
        partner: None,
        reason,
    };
    println!(
        "In Ruritania's ledger, newest first:\n{}",
        ruritania.run(list).await?.text
    );
    Ok(())
}

/// `piux pair export`, then `piux pair import` after both admins compared the fingerprint by telephone.
async fn pair(unit: &Unit, partner: &Unit) -> Outcome<()> {
    let export = partner.run(Command::PairExport).await?;
    let fingerprint = Some(text(&export, "fingerprint")?);
    let metadata = text(&export, "metadata")?;
    println!(
        "{}",
        unit.run(Command::PairImport { metadata, fingerprint }).await?.text
    );
    Ok(())
}

/// Drafted by one side, signed by both, imported and activated by each.
async fn agree(drafter: &Unit, partner: &Unit) -> Outcome<AgreementId> {
    let draft = drafter
        .run(Command::AgreementNew {
            with: UnitId::of_state("RUR")?,
        })
        .await?;
    let id: AgreementId = text(&draft, "id")?.parse()?;
    let terms = with_authorities(&text(&draft, "text")?); // people edit the rest too
    let signed = drafter.run(Command::AgreementSign { text: terms }).await?;
    let signed = partner
        .run(Command::AgreementSign {
            text: text(&signed, "envelope")?,
        })
        .await?;
    for unit in [drafter, partner] {
        unit.run(Command::AgreementImport {
            envelope: text(&signed, "envelope")?,
        })
        .await?;
        unit.run(Command::AgreementActivate { id: id.clone() }).await?;
    }
    Ok(id)
}

/// What the duty officer types after `piux lookup`.
fn question(person: &str, document: Option<&str>) -> Outcome<Question> {
    Ok(Question {
        to: vec![UnitId::of_state("RUR")?],
        agreement: None,
        purpose: Purpose::SeriousCrime,
        offence: Offence::A04,
        basis: Basis::Pnr9_2,
        case: "2026/117".to_owned(),
        reasons: "suspected courier".to_owned(),
        officer: "duty officer".to_owned(),
        documents: document.map(str::to_owned).into_iter().collect(),
        persons: vec![person.to_owned()],
        phones: Vec::new(),
        emails: Vec::new(),
        locators: Vec::new(),
        frequent_flyers: Vec::new(),
        window: Window::All,
        declares: vec![Declaration::CaseSpecific, Declaration::AirLink, Declaration::Gravity],
        urgent: false,
    })
}
