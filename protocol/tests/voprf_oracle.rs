//! Both roles against the `voprf` crate, which implements all of RFC 9497.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

#[path = "seeded/random.rs"]
mod random;

use piux_protocol::blind::voprf::unblind;
use piux_protocol::blind::{Blind, BlindedElement, EvaluatedElement, Proof, SecretKey, evaluate, verify};
use piux_protocol::vocabulary::base64url;
use proptest::prelude::*;
use rand_core_06::OsRng;
use random::Seeded;
use sha2::{Digest, Sha512};
use voprf::{Ristretto255, VoprfClient, VoprfServer};

type Client = VoprfClient<Ristretto255>;
type Server = VoprfServer<Ristretto255>;

const INFO: &[u8] = b"piux/1";

fn inputs(n: usize) -> Vec<Vec<u8>> {
    (0..n).map(|i| format!("piux/1/id {i}").into_bytes()).collect()
}

/// The rest of RFC 9497 `Finalize`, which the protocol leaves out.
fn finalize(input: &[u8], element: &[u8; 32]) -> Vec<u8> {
    let length = u16::try_from(input.len()).unwrap().to_be_bytes();
    Sha512::digest([&length, input, &[0, 32], element, b"Finalize"].concat()).to_vec()
}

/// Our responder answers the crate's client, which accepts and finalizes.
fn our_responder_their_client(n: usize, seed: [u8; 32]) {
    let inputs = inputs(n);
    let blinds: Vec<_> = inputs
        .iter()
        .map(|input| Client::blind(input, &mut OsRng).unwrap())
        .collect();
    let sent: Vec<BlindedElement> = blinds
        .iter()
        .map(|blind| blind.message.serialize()[..].try_into().unwrap())
        .collect();
    let key = SecretKey::derive(&seed, INFO);
    let (evaluated, proof) = evaluate(&key, &key.public_key(), &sent, &Seeded::new(1)).unwrap();
    let clients: Vec<_> = blinds.into_iter().map(|blind| blind.state).collect();
    let messages: Vec<_> = evaluated
        .iter()
        .map(|d| voprf::EvaluationElement::deserialize(d.as_ref()).unwrap())
        .collect();
    let proof = voprf::Proof::deserialize(&proof.to_bytes()).unwrap();
    let server = Server::new_from_seed(&seed, INFO).unwrap();
    assert_eq!(
        server.get_public_key().compress().to_bytes(),
        key.public_key().to_bytes()
    );
    let outputs = Client::batch_finalize(&inputs, &clients, &messages, &proof, server.get_public_key()).unwrap();
    for (input, output) in inputs.iter().zip(outputs) {
        assert_eq!(output.unwrap(), server.evaluate(input).unwrap());
    }
}

/// The crate's server answers our requester, which accepts and unblinds.
fn our_requester_their_server(n: usize, seed: [u8; 32]) {
    let inputs = inputs(n);
    let random = Seeded::new(2);
    let blinds: Vec<_> = inputs.iter().map(|_| Blind::draw(&random)).collect();
    let blinded: Vec<_> = blinds
        .iter()
        .zip(&inputs)
        .map(|(blind, input)| blind.blind(input))
        .collect();
    let received: Vec<_> = blinded
        .iter()
        .map(|b| voprf::BlindedElement::deserialize(b.as_ref()).unwrap())
        .collect();
    let server = Server::new_from_seed(&seed, INFO).unwrap();
    let prepared: Vec<_> = server.batch_blind_evaluate_prepare(received.iter()).collect();
    let finished = server
        .batch_blind_evaluate_finish(&mut OsRng, received.iter(), &prepared)
        .unwrap();
    let evaluated: Vec<EvaluatedElement> = finished
        .messages
        .map(|d| d.serialize()[..].try_into().unwrap())
        .collect();
    let proof = Proof::try_from(&finished.proof.serialize()[..]).unwrap();
    let public = SecretKey::derive(&seed, INFO).public_key();
    verify(&public, &blinded, &evaluated, &proof).unwrap();
    let elements = unblind(&blinds.iter().collect::<Vec<_>>(), &evaluated);
    for (input, element) in inputs.iter().zip(elements) {
        assert_eq!(finalize(input, &element), server.evaluate(input).unwrap().to_vec());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn both_implementations_agree_in_both_directions(n in 1_usize..40, seed: [u8; 32]) {
        our_responder_their_client(n, seed);
        our_requester_their_server(n, seed);
    }
}

#[test]
fn our_blinds_open_in_their_client() {
    let theirs = Client::blind(b"x", &mut OsRng).unwrap();
    let state = theirs.state.serialize();
    let blind: Blind = serde_json::from_value(base64url(&state[..32]).into()).unwrap();
    assert_eq!(blind.blind(b"x").as_ref(), &theirs.message.serialize()[..]);
}
