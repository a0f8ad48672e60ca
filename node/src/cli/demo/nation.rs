//! One nation of the demonstration: a served node and its desk.

use super::Cannot;
use crate::cli::{door, offline};
use crate::command::{Command, Report};
use crate::founding::{self, Founding};
use crate::keys::Passphrase;
use crate::node::Node;
use crate::server::{self, Addressing, Running};
use crate::store::EngineKind;
use piux_protocol::vocabulary::UnitId;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A node in its own folder, asked through its desk like any other.
pub(super) struct Nation {
    dir: PathBuf,
    unit: UnitId,
    running: Running,
}

impl Nation {
    /// Makes the folder, adds a national rule, serves.
    pub(super) async fn found(
        dir: &Path,
        state: &str,
        folder: &str,
        name: &str,
        national: Option<&str>,
    ) -> Result<Self, Cannot> {
        let dir = dir.join(folder);
        let unit = UnitId::of_state(state).map_err(|error| Cannot::because(&error))?;
        let founding = Founding {
            unit,
            name: name.to_owned(),
            profile: "eu-pnr".to_owned(),
            public_url: None,
            dpo_key: None,
            passphrase: Passphrase::None,
            engine: EngineKind::default(),
        };
        founding::found(&dir, founding).map_err(|error| Cannot::because(&error))?;
        if let Some(rule) = national {
            std::fs::write(dir.join("policy/national.cedar"), rule).map_err(|error| Cannot::because(&error))?;
        }
        let node = Node::open(&dir, crate::cli::passphrase::passphrase).map_err(|error| Cannot::because(&error))?;
        let running = server::start(Arc::new(node), Addressing::loopback()).await;
        Ok(Self {
            dir,
            unit,
            running: running.map_err(|error| Cannot::because(&error))?,
        })
    }

    pub(super) fn unit(&self) -> UnitId {
        self.unit
    }

    pub(super) fn desk(&self) -> &str {
        &self.running.addresses().desk
    }

    /// Carries a command out through the desk.
    pub(super) async fn asks(&self, command: Command) -> Result<Report, Cannot> {
        door::through_desk(&self.dir, &command).await
    }

    /// The same, for commands that must not end in a refusal.
    pub(super) async fn does(&self, command: Command) -> Result<Value, Cannot> {
        let report = self.asks(command).await?;
        if report.exit == 0 {
            Ok(report.json)
        } else {
            Err(Cannot::new(report.text))
        }
    }

    /// Verifies the ledger from its files alone.
    pub(super) fn verified_ledger(&self) -> Result<Report, Cannot> {
        offline::verify_published(&self.dir)
    }

    pub(super) async fn stop(self) {
        self.running.stop().await;
    }
}
