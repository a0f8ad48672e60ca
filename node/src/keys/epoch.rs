//! Epoch seeds: one per (agreement, epoch), destroyed when the grace is over (SPEC.md 4.1).

use super::{KeyError, KeyRing, Seed};
use piux_protocol::vocabulary::{AgreementId, Timestamp};
use serde::{Deserialize, Serialize};

/// The secret of one epoch and its times.
#[derive(Debug, Clone)]
pub struct EpochKey {
    /// The number of the epoch within its agreement.
    pub epoch: u32,
    /// The secret everything of the epoch is derived from.
    pub seed: Seed,
    /// Evaluations start.
    pub not_before: Timestamp,
    /// Evaluations end.
    pub expires: Timestamp,
    /// Follow-ups end, and the seed is destroyed.
    pub grace_until: Timestamp,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeldEpoch {
    pub(super) not_before: Timestamp,
    pub(super) expires: Timestamp,
    pub(super) grace_until: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) seed: Option<Seed>,
}

impl HeldEpoch {
    fn key(&self, epoch: u32) -> Option<EpochKey> {
        Some(EpochKey {
            epoch,
            seed: self.seed.clone()?,
            not_before: self.not_before,
            expires: self.expires,
            grace_until: self.grace_until,
        })
    }
}

impl KeyRing {
    /// Keeps the seed of a new epoch; an epoch that has or had one is refused.
    pub fn put_epoch(&self, agreement: &AgreementId, key: EpochKey) -> Result<(), KeyError> {
        self.change(|contents| {
            let epochs = contents.epochs.entry(agreement.clone()).or_default();
            if epochs.contains_key(&key.epoch) {
                return Err(KeyError::EpochTaken);
            }
            let held = HeldEpoch {
                not_before: key.not_before,
                expires: key.expires,
                grace_until: key.grace_until,
                seed: Some(key.seed),
            };
            epochs.insert(key.epoch, held);
            Ok(())
        })
    }

    /// The seed of an epoch, unless it was never made or is destroyed.
    pub fn epoch_seed(&self, agreement: &AgreementId, epoch: u32) -> Option<EpochKey> {
        self.state().contents.epochs.get(agreement)?.get(&epoch)?.key(epoch)
    }

    /// Every epoch of an agreement whose seed still exists, oldest first.
    pub fn epochs(&self, agreement: &AgreementId) -> Vec<EpochKey> {
        let state = self.state();
        let epochs = state.contents.epochs.get(agreement).into_iter().flatten();
        epochs.filter_map(|(epoch, held)| held.key(*epoch)).collect()
    }

    /// Destroys every seed of an agreement, as when it is terminated; returns how many.
    pub fn destroy_agreement(&self, agreement: &AgreementId) -> Result<usize, KeyError> {
        self.destroy_epochs(|name, _| name == agreement)
    }

    /// Destroys every seed whose grace is over at `now`; returns how many.
    pub fn destroy_expired_epochs(&self, now: Timestamp) -> Result<usize, KeyError> {
        self.destroy_epochs(|_, held| held.grace_until <= now)
    }

    /// Destroys the seed of one epoch; returns whether there was one.
    pub fn destroy_epoch(&self, agreement: &AgreementId, epoch: u32) -> Result<bool, KeyError> {
        self.change(|contents| {
            let held = contents
                .epochs
                .get_mut(agreement)
                .and_then(|epochs| epochs.get_mut(&epoch));
            Ok(held.is_some_and(|held| held.seed.take().is_some()))
        })
    }

    fn destroy_epochs(&self, due: impl Fn(&AgreementId, &HeldEpoch) -> bool) -> Result<usize, KeyError> {
        let is_due = |name: &AgreementId, held: &HeldEpoch| held.seed.is_some() && due(name, held);
        let any = self
            .state()
            .contents
            .epochs
            .iter()
            .any(|(name, epochs)| epochs.values().any(|held| is_due(name, held)));
        if !any {
            return Ok(0);
        }
        self.change(|contents| {
            let mut destroyed = 0;
            for (name, epochs) in &mut contents.epochs {
                for held in epochs.values_mut().filter(|held| is_due(name, held)) {
                    held.seed = None;
                    destroyed += 1;
                }
            }
            Ok(destroyed)
        })
    }
}
