//! Rows: 16 bytes that say something to whoever asked for exactly this key, and
//! nothing to anybody else (SPEC.md 4.6 to 4.8).

use super::epoch::Context;
use super::mac::Mac;
use crate::vocabulary::{Digest, Handle, HitProof, Salt};
use std::fmt;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// `tag(8) || (label XOR pad)(8)`.
pub type Row = [u8; 16];

/// How many subjects may share one key before they become one crowded row.
pub const CROWD: u8 = 8;

/// What must happen before a hit is followed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gate {
    /// A reasoned request suffices.
    Routine = 1,
    /// The record is masked: an approval is needed.
    Masked = 2,
    /// Refused by default.
    Refused = 3,
    /// More than [`CROWD`] subjects share the key; ask more narrowly.
    Crowded = 4,
}

impl Gate {
    /// The number of the gate in a label.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The gate of a number; an unknown one is no hit.
    pub fn from_code(code: u8) -> Option<Self> {
        [Self::Routine, Self::Masked, Self::Refused, Self::Crowded]
            .into_iter()
            .find(|gate| gate.code() == code)
    }
}

/// What a row says: `gate(1) || handle(7)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    /// What must happen before a hit is followed up.
    pub gate: Gate,
    /// The subject, for this answer only; zero bytes when crowded.
    pub handle: Handle,
}

impl Label {
    pub(super) fn to_bytes(self) -> [u8; 8] {
        let [a, b, c, d, e, f, g] = self.handle.0;
        [self.gate.code(), a, b, c, d, e, f, g]
    }

    fn from_bytes([gate, handle @ ..]: [u8; 8]) -> Option<Self> {
        Gate::from_code(gate).map(|gate| Self {
            gate,
            handle: Handle(handle),
        })
    }
}

/// `s = HMAC(ctx, "piux/1/row\0" || N)`: the secret of one key in one epoch.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct RowSecret([u8; 32]);

impl RowSecret {
    pub(super) const ZERO: Self = Self([0; 32]);

    /// A secret kept from before; to be sealed wherever it rests.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for sealing only.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// `hit = HMAC(s, "piux/1/hit\0" || req_hash || handle)[0..16]` (SPEC.md 4.8).
    pub fn hit(&self, req_hash: &Digest, handle: &Handle) -> HitProof {
        let mac = Mac::new(&self.0).of_parts(&[b"piux/1/hit\0", req_hash.as_ref(), handle.as_ref()]);
        HitProof(first_half(mac))
    }

    /// Whether `hit` shows that its sender opened the row of this secret, in constant time.
    pub fn accepts(&self, req_hash: &Digest, handle: &Handle, hit: &HitProof) -> bool {
        self.hit(req_hash, handle).0.ct_eq(&hit.0).into()
    }
}

impl fmt::Debug for RowSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RowSecret(..)")
    }
}

/// Derives row secrets under one [`Context`], with its key schedule made once.
pub struct RowDeriver(Mac);

impl RowDeriver {
    /// For the rows of one context.
    pub fn new(context: &Context) -> Self {
        Self(Mac::new(context.as_ref()))
    }

    /// `s = HMAC(ctx, "piux/1/row\0" || N)`, N encoded.
    pub fn secret(&self, element: &[u8; 32]) -> RowSecret {
        let mut message = *b"piux/1/row\0................................";
        fill(&mut message, 11, element);
        let secret = RowSecret(self.0.of(&message));
        message.zeroize();
        secret
    }
}

impl fmt::Debug for RowDeriver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RowDeriver(..)")
    }
}

/// `qk = HMAC(req_hash, "piux/1/query\0" || salt)`: known to both sides.
pub struct QueryKey(Mac);

impl QueryKey {
    /// The key of one request and its answer's salt.
    pub fn new(req_hash: &Digest, salt: &Salt) -> Self {
        let key = Mac::new(&req_hash.0).of_parts(&[b"piux/1/query\0", salt.as_ref()]);
        Self(Mac::new(&key))
    }

    pub(super) fn filler(key: Mac) -> Self {
        Self(key)
    }

    /// The row of subject number `j` of a key, saying `label`.
    pub fn seal(&self, secret: &RowSecret, j: u8, label: Label) -> Row {
        self.seal_bytes(&secret.0, j, label.to_bytes())
    }

    /// What `row` says, if it is that of subject number `j` of this key.
    pub fn open(&self, secret: &RowSecret, j: u8, row: &Row) -> Option<Label> {
        let (tag, pad) = halves(self.output(&secret.0, j));
        let (row_tag, masked) = halves(*row);
        if tag == row_tag {
            Label::from_bytes(xor(masked, pad))
        } else {
            None
        }
    }

    /// The tag by which the requester finds the row.
    pub fn tag(&self, secret: &RowSecret, j: u8) -> [u8; 8] {
        halves(self.output(&secret.0, j)).0
    }

    #[inline]
    pub(super) fn seal_bytes(&self, secret: &[u8; 32], j: u8, label: [u8; 8]) -> Row {
        let (tag, pad) = halves(self.output(secret, j));
        (u128::from(u64::from_be_bytes(tag)) << 64 | u128::from(u64::from_be_bytes(xor(label, pad)))).to_be_bytes()
    }

    /// `o = HMAC(qk, "piux/1/o\0" || s || j)[0..16]`: tag and pad.
    fn output(&self, secret: &[u8; 32], j: u8) -> [u8; 16] {
        let mut message = *b"piux/1/o\0.................................";
        fill(&mut message, 9, secret);
        fill(&mut message, 41, &[j]);
        first_half(self.0.of(&message))
    }
}

impl fmt::Debug for QueryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("QueryKey(..)")
    }
}

/// Overwrites `message` from `start` on; what does not fit is left out.
fn fill(message: &mut [u8], start: usize, bytes: &[u8]) {
    message
        .iter_mut()
        .skip(start)
        .zip(bytes)
        .for_each(|(to, from)| *to = *from);
}

fn first_half(mac: [u8; 32]) -> [u8; 16] {
    let mut half = [0; 16];
    fill(&mut half, 0, &mac);
    half
}

fn halves(bytes: [u8; 16]) -> ([u8; 8], [u8; 8]) {
    let whole = u128::from_be_bytes(bytes);
    (((whole >> 64) as u64).to_be_bytes(), (whole as u64).to_be_bytes())
}

fn xor(a: [u8; 8], b: [u8; 8]) -> [u8; 8] {
    (u64::from_ne_bytes(a) ^ u64::from_ne_bytes(b)).to_ne_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_row_opens_for_its_key_and_number_only(s: [u8; 32], handle: [u8; 7], code in 1_u8..=4, j in 0_u8..8) {
            let key = QueryKey::new(&Digest([1; 32]), &Salt([2; 16]));
            let gate = Gate::from_code(code).expect("codes 1 to 4 are gates");
            let label = Label { gate, handle: Handle(handle) };
            let secret = RowSecret::from_bytes(s);
            let row = key.seal(&secret, j, label);
            prop_assert_eq!(key.open(&secret, j, &row), Some(label));
            prop_assert_eq!(key.open(&secret, j + 1, &row), None);
            let other = QueryKey::new(&Digest([1; 32]), &Salt([3; 16]));
            prop_assert_eq!(other.open(&secret, j, &row), None);
        }
    }

    #[test]
    fn an_unknown_gate_is_no_hit() {
        let key = QueryKey::new(&Digest([1; 32]), &Salt([2; 16]));
        let secret = RowSecret::from_bytes([4; 32]);
        for code in [0, 5, 255] {
            let row = key.seal_bytes(&[4; 32], 0, [code; 8]);
            assert_eq!(key.open(&secret, 0, &row), None);
        }
    }

    #[test]
    fn a_hit_proof_is_for_one_request_and_handle() {
        let (secret, handle) = (RowSecret::from_bytes([4; 32]), Handle([5; 7]));
        let hit = secret.hit(&Digest([1; 32]), &handle);
        assert!(secret.accepts(&Digest([1; 32]), &handle, &hit));
        assert!(!secret.accepts(&Digest([2; 32]), &handle, &hit));
        assert!(!secret.accepts(&Digest([1; 32]), &Handle([6; 7]), &hit));
        assert!(!RowSecret::from_bytes([3; 32]).accepts(&Digest([1; 32]), &handle, &hit));
    }
}
