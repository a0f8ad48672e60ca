//! Sealing details with a key that is forgotten at once, and the file they lie in.

use super::entry::Detail;
use super::{LedgerError, layout};
use piux_protocol::transparency::detail::{
    Binding, DetailError, DpoKeyPair, DpoPublicKey, Group, Ratchet, SealedEpoch,
};
use piux_protocol::vocabulary::{Commitment, Digest, Random, Salt, Timestamp, base64url, decode_base64url, sha256};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// One line of a detail file: what one leaf only commits to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct SealedDetail {
    pub(super) ep: String,
    pub(super) sid: Salt,
    #[serde(flatten)]
    pub(super) groups: BTreeMap<Group, String>,
}

/// The day of an instant, as epochs and folders are named.
pub(super) fn day(at: Timestamp) -> String {
    at.date().to_string().replace('-', "")
}

/// The sealing key in use, for one day and one start of the node.
#[derive(Debug)]
pub(super) struct Epoch {
    name: String,
    ratchet: Ratchet,
    record: u64,
}

impl Epoch {
    /// Draws a secret, seals it to the officer, and keeps the sealed form durably; its digest goes into a leaf.
    pub(super) fn open(
        dir: &Path,
        origin: &str,
        at: Timestamp,
        dpo: &DpoPublicKey,
        random: &dyn Random,
    ) -> Result<(Self, Digest), LedgerError> {
        let name = unused_name(dir, &day(at)).ok_or(LedgerError::TooLarge)?;
        let (ratchet, sealed) = Ratchet::start(origin, &name, dpo, random).map_err(LedgerError::Detail)?;
        let blob = serde_json::to_vec(&sealed).map_err(|_| LedgerError::Detail(DetailError::Key))?;
        layout::replace(&layout::epoch_key(dir, &name), &blob, true)?;
        layout::sync_dir(dir)?;
        Ok((
            Self {
                name,
                ratchet,
                record: 0,
            },
            sha256(&blob),
        ))
    }

    pub(super) fn day(&self) -> &str {
        self.name.split('-').next().unwrap_or_default()
    }

    /// Seals the details of one leaf; where they lie, the commitments, and the line for the detail file.
    pub(super) fn seal(
        &mut self,
        origin: &str,
        sid: &Salt,
        detail: &Detail,
        random: &dyn Random,
    ) -> Result<(SealedDetail, BTreeMap<Group, Commitment>), LedgerError> {
        let key = self.ratchet.step();
        let ep = format!("{}/{}", self.name, self.record);
        self.record += 1;
        let (mut groups, mut commitments) = (BTreeMap::new(), BTreeMap::new());
        for (group, value) in detail.groups() {
            let json = serde_json::to_vec(value).map_err(|_| LedgerError::TooLarge)?;
            let json = Zeroizing::new(json);
            let (sealed, commitment) = key
                .seal(Binding { origin, sid, group }, &json, random)
                .map_err(LedgerError::Detail)?;
            groups.insert(group, base64url(sealed));
            commitments.insert(group, commitment);
        }
        Ok((SealedDetail { ep, sid: *sid, groups }, commitments))
    }
}

fn unused_name(dir: &Path, day: &str) -> Option<String> {
    let names = (1..10_000).map(|number| format!("{day}-{number:02}"));
    names.into_iter().find(|name| !layout::epoch_key(dir, name).exists())
}

/// Where the details of a leaf lie.
struct Place<'a> {
    epoch: &'a str,
    record: u64,
}

fn place(ep: &str) -> Option<Place<'_>> {
    let (epoch, record) = ep.split_once('/')?;
    Some(Place {
        epoch,
        record: record.parse().ok()?,
    })
    .filter(|place| layout::is_epoch(place.epoch))
}

/// The detail file of an epoch reference such as `20261121-01/3`.
pub(super) fn file_of(dir: &Path, ep: &str) -> Option<PathBuf> {
    place(ep).map(|place| layout::epoch_details(dir, place.epoch))
}

/// Opens the details of one leaf with the officer's private key, and checks them against its commitments.
pub(super) fn open(
    dir: &Path,
    origin: &str,
    leaf: &super::Leaf,
    dpo: &DpoKeyPair,
) -> Result<BTreeMap<Group, Value>, LedgerError> {
    let Some(ep) = leaf.ep.as_deref() else {
        return Ok(BTreeMap::new());
    };
    let place = place(ep).ok_or(LedgerError::Damaged("an entry's reference to its details"))?;
    let blob = fs::read(layout::epoch_key(dir, place.epoch)).map_err(|_| LedgerError::Damaged("the keyring"))?;
    let sealed: SealedEpoch = serde_json::from_slice(&blob).map_err(|_| LedgerError::Damaged("the keyring"))?;
    let key = sealed.open(dpo).map_err(LedgerError::Detail)?.nth(place.record);
    let line = find(&layout::epoch_details(dir, place.epoch), ep)?;
    let mut opened = BTreeMap::new();
    for (group, commitment) in &leaf.d {
        let bytes = line.groups.get(group).and_then(|text| decode_base64url(text).ok());
        let bytes = bytes.ok_or(LedgerError::Damaged("the details"))?;
        let binding = Binding {
            origin,
            sid: &leaf.sid,
            group: *group,
        };
        let json = key.open(binding, &bytes, commitment).map_err(LedgerError::Detail)?;
        opened.insert(
            *group,
            serde_json::from_slice(&json).map_err(|_| LedgerError::Damaged("the details"))?,
        );
    }
    Ok(opened)
}

fn find(path: &Path, ep: &str) -> Result<SealedDetail, LedgerError> {
    let text = fs::read_to_string(path).map_err(|_| LedgerError::Damaged("the details"))?;
    let mut lines = text
        .lines()
        .filter_map(|line| serde_json::from_str::<SealedDetail>(line).ok());
    lines
        .find(|line| line.ep == ep)
        .ok_or(LedgerError::Damaged("the details"))
}
