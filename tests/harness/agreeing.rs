//! Pairing and agreements, as admins and lawyers of two units do it.

use crate::Unit;
use ed25519_dalek::SigningKey;
use piux_node::command::Command;
use piux_protocol::vocabulary::{AgreementId, base64url};

/// The key of a state's independent authority.
pub fn authority_key(state: &str) -> SigningKey {
    let mut seed = [7; 32];
    for (byte, letter) in seed.iter_mut().zip(state.bytes()) {
        *byte = letter;
    }
    SigningKey::from_bytes(&seed)
}

/// Each takes the other's metadata after comparing the fingerprint.
pub(crate) async fn pair(a: &Unit, b: &Unit) {
    for (giver, taker) in [(a, b), (b, a)] {
        let export = giver.does(Command::PairExport).await;
        let text = |member: &str| export[member].as_str().unwrap().to_owned();
        let (metadata, fingerprint) = (text("metadata"), Some(text("fingerprint")));
        taker.does(Command::PairImport { metadata, fingerprint }).await;
    }
}

/// `a` drafts and signs, `b` signs too, both import and activate.
pub(crate) async fn agree(a: &Unit, b: &Unit, edit: impl FnOnce(String) -> String) -> AgreementId {
    let draft = edit(draft(a, b.state()).await);
    let signed = sign(a, draft).await;
    let complete = sign(b, signed).await;
    bring_into_force(a, complete.clone()).await;
    bring_into_force(b, complete).await
}

/// A draft with the keys of both authorities filled in, the drafter's first.
pub(crate) async fn draft(drafter: &Unit, partner: &str) -> String {
    let with = piux_protocol::vocabulary::UnitId::of_state(partner).unwrap();
    let text = drafter.does(Command::AgreementNew { with }).await["text"]
        .as_str()
        .unwrap()
        .to_owned();
    let nobody = base64url([0; 32]);
    let key = |state: &str| base64url(authority_key(state).verifying_key().as_bytes());
    text.replacen(&nobody, &key(drafter.state()), 1)
        .replacen(&nobody, &key(partner), 1)
}

pub(crate) async fn sign(unit: &Unit, text: String) -> String {
    unit.does(Command::AgreementSign { text }).await["envelope"]
        .as_str()
        .unwrap()
        .to_owned()
}

pub(crate) async fn bring_into_force(unit: &Unit, envelope: String) -> AgreementId {
    let taken = unit.does(Command::AgreementImport { envelope }).await;
    let id: AgreementId = taken["id"].as_str().unwrap().parse().unwrap();
    let active = unit.does(Command::AgreementActivate { id: id.clone() }).await;
    assert_eq!(active["status"], "active");
    id
}
