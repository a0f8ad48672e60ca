//! Nodes on one machine under one clock.

use crate::agreeing;
use crate::{Clerk, Unit};
use piux_node::clock::FixedClock;
use piux_protocol::vocabulary::{AgreementId, Timestamp};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

/// Running nodes; their folders vanish with it.
#[derive(Debug)]
pub struct World {
    clock: Arc<FixedClock>,
    units: Vec<Unit>,
    folder: TempDir,
}

/// When every world begins.
pub fn morning() -> Timestamp {
    "2026-06-15T08:00:00.000Z".parse().unwrap()
}

impl World {
    /// Nodes of these states, running, strangers to each other.
    pub async fn of(states: &[&str]) -> Self {
        let (clock, folder) = (Arc::new(FixedClock::at(morning())), TempDir::new().unwrap());
        let mut units = Vec::new();
        for state in states {
            units.push(Unit::found(folder.path(), state, clock.clone()).await);
        }
        Self { clock, units, folder }
    }

    /// UTO and RUR, paired, with an agreement in force.
    pub async fn of_two() -> Self {
        Self::of_two_agreed_on(|text| text).await
    }

    /// UTO and RUR, paired, with an agreement of their own wording in force.
    pub async fn of_two_agreed_on(edit: impl FnOnce(String) -> String) -> Self {
        let world = Self::of(&["UTO", "RUR"]).await;
        world.agrees(edit).await;
        world
    }

    /// Pairs UTO and RUR and brings an agreement of their own wording into force.
    pub async fn agrees(&self, edit: impl FnOnce(String) -> String) -> AgreementId {
        agreeing::pair(self.unit("UTO"), self.unit("RUR")).await;
        agreeing::agree(self.unit("UTO"), self.unit("RUR"), edit).await
    }

    /// One node, RUR, and a partner of it that speaks by hand; the agreement is in force.
    pub async fn of_one_and_a_clerk() -> (Self, Clerk) {
        let world = Self::of(&["RUR"]).await;
        let clerk = world.clerk(|text| text).await;
        (world, clerk)
    }

    /// A partner of RUR that speaks by hand, with an agreement of their own wording in force.
    pub async fn clerk(&self, edit: impl FnOnce(String) -> String) -> Clerk {
        Clerk::partner_of(self.unit("RUR"), self.clock.clone(), edit).await
    }

    /// The node of a state.
    pub fn unit(&self, state: &str) -> &Unit {
        self.units.iter().find(|unit| unit.state() == state).unwrap()
    }

    /// The node of a state, to be stopped, moved or started.
    pub fn unit_mut(&mut self, state: &str) -> &mut Unit {
        self.units.iter_mut().find(|unit| unit.state() == state).unwrap()
    }

    /// The clock of all nodes.
    pub fn clock(&self) -> &FixedClock {
        &self.clock
    }

    /// A file outside every node's folder.
    pub fn outside(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// The folder that holds the nodes' folders.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}
