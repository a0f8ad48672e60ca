//! One node with its folder: founded, opened, served, stopped, opened again.

use crate::{Asking, Traveller};
use piux_node::clock::FixedClock;
use piux_node::command::{Command, FollowUp, Report};
use piux_node::founding::{self, Founding};
use piux_node::keys::{Passphrase, SystemRandom};
use piux_node::node::{Node, NodeError, OpenError};
use piux_node::server::{self, Addressing, Running};
use piux_node::store::EngineKind;
use piux_protocol::vocabulary::{AgreementId, ElementId, UnitId};
use serde_json::Value;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// A node of one state.
#[derive(Debug)]
pub struct Unit {
    unit: UnitId,
    dir: PathBuf,
    clock: Arc<FixedClock>,
    addressing: Addressing,
    running: Option<Running>,
}

impl Unit {
    /// Makes a node's folder below `folder` and starts the node.
    pub(crate) async fn found(folder: &Path, state: &str, clock: Arc<FixedClock>) -> Self {
        let (unit, dir) = (UnitId::of_state(state).unwrap(), folder.join(state));
        let founding = Founding {
            unit,
            name: format!("Passenger Information Unit of {state}"),
            profile: "eu-pnr".to_owned(),
            public_url: None,
            dpo_key: None,
            passphrase: Passphrase::None,
            engine: EngineKind::default(),
        };
        founding::found(&dir, founding).unwrap();
        let mut unit = Self {
            unit,
            dir,
            clock,
            addressing: Addressing::loopback(),
            running: None,
        };
        unit.start().await;
        unit
    }

    /// Starts the node, at its old address if it had one.
    pub async fn start(&mut self) {
        let node = Arc::new(self.open().await.unwrap());
        let running = server::start(node, self.addressing.clone()).await.unwrap();
        let address: SocketAddr = running
            .addresses()
            .exchange
            .trim_start_matches("https://")
            .parse()
            .unwrap();
        self.addressing.exchange = address;
        self.running = Some(running);
    }

    /// Stops the node and closes its folder.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    /// Stops and starts the node.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.start().await;
    }

    /// Opens the folder; waits for its last holder to let go.
    pub async fn open(&self) -> Result<Node, OpenError> {
        let mut attempts = 50;
        loop {
            match self.open_at_once() {
                Err(OpenError::Locked(_)) if attempts > 0 => {
                    attempts -= 1;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                opened => return opened,
            }
        }
    }

    /// Opens the folder, or says at once why not.
    pub fn open_at_once(&self) -> Result<Node, OpenError> {
        Node::open_with(
            &self.dir,
            || Ok(Passphrase::None),
            self.clock.clone(),
            Arc::new(SystemRandom),
        )
    }

    /// The three letters of its state.
    pub fn state(&self) -> &str {
        self.unit.state()
    }

    /// Its name in the protocol.
    pub fn id(&self) -> UnitId {
        self.unit
    }

    /// Its folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Its exchange address.
    pub fn url(&self) -> &str {
        &self.running.as_ref().unwrap().addresses().exchange
    }

    /// The address of its health checks.
    pub fn ops(&self) -> &str {
        &self.running.as_ref().unwrap().addresses().ops
    }

    /// The running node.
    pub fn node(&self) -> &Arc<Node> {
        self.running.as_ref().unwrap().node()
    }

    /// Carries a command out.
    pub async fn tries(&self, command: Command) -> Result<Report, NodeError> {
        self.node().execute(command).await
    }

    /// Carries out a command that must succeed; gives what it prints for programs.
    pub async fn does(&self, command: Command) -> Value {
        self.tries(command).await.unwrap().json
    }

    /// Loads travellers, from a file outside every node's folder that is gone afterwards.
    pub async fn loads(&self, travellers: &[Traveller]) -> Value {
        let lines: Vec<String> = travellers.iter().map(Traveller::line).collect();
        let file = tempfile::Builder::new().suffix(".ndjson").tempfile().unwrap();
        std::fs::write(file.path(), lines.join("\n") + "\n").unwrap();
        self.does(Command::Ingest {
            paths: vec![file.path().to_owned()],
            format: None,
        })
        .await
    }

    /// An officer of the unit begins a question.
    pub fn asks(&self, partner: &str) -> Asking<'_> {
        Asking::new(self, partner)
    }

    /// An officer follows a hit up.
    pub async fn follows_up(&self, hit: &str, elements: &[&str]) -> Report {
        let follow_up = FollowUp {
            hit: hit.to_owned(),
            elements: elements.iter().map(|id| ElementId::new(id).unwrap()).collect(),
            reasons: "the courier's bookings of this spring".to_owned(),
            officer: "officer Quill".to_owned(),
        };
        self.tries(Command::Disclose(Box::new(follow_up))).await.unwrap()
    }

    /// Suspends an agreement.
    pub async fn suspends(&self, id: &AgreementId) -> Value {
        self.does(Command::AgreementSuspend {
            id: id.clone(),
            reason: "a doubt".to_owned(),
        })
        .await
    }

    /// The newest entries of the ledger, newest first; the reading itself is the very newest.
    pub async fn ledger(&self, limit: usize) -> Vec<Value> {
        let list = Command::AuditList {
            limit,
            partner: None,
            reason: "test".to_owned(),
        };
        self.does(list).await["entries"].as_array().unwrap().clone()
    }
}
