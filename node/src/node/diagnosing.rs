//! Commands: layered checks, each with its own verdict, and the list of keys.

use super::{Node, NodeError};
use crate::command::Report;
use piux_policy::lifecycle::State;
use piux_protocol::identifier::KEYSET;
use piux_protocol::vocabulary::UnitId;
use serde_json::{Value, json};
use std::net::ToSocketAddrs;
use std::sync::Arc;
use std::time::Duration;

/// One check and what it found.
struct Check {
    name: &'static str,
    ok: bool,
    detail: String,
}

impl Check {
    fn new(name: &'static str, ok: bool, detail: impl Into<String>) -> Self {
        Self {
            name,
            ok,
            detail: detail.into(),
        }
    }
}

impl Node {
    pub(super) fn key_list(&self) -> Report {
        let keys = self.ground.keys.list();
        let json: Vec<Value> = keys
            .iter()
            .map(|key| serde_json::to_value(key).unwrap_or_default())
            .collect();
        let text: Vec<String> = keys
            .iter()
            .map(|key| format!("{:<28}  {}  {}", key.name, key.created, key.fingerprint))
            .collect();
        Report::done(json!({ "keys": json }), text.join("\n"))
    }

    pub(super) async fn doctor(self: &Arc<Self>, partner: Option<UnitId>) -> Result<Report, NodeError> {
        let mut checks = self.own_checks();
        if let Some(unit) = partner {
            checks.extend(self.partner_checks(unit).await);
        }
        let ok = checks.iter().all(|check| check.ok);
        let line = |check: &Check| {
            format!(
                "{}  {:<12}  {}",
                if check.ok { "ok  " } else { "FAIL" },
                check.name,
                check.detail
            )
        };
        let text: Vec<String> = checks.iter().map(line).collect();
        let json: Vec<Value> = checks
            .iter()
            .map(|check| json!({ "name": check.name, "ok": check.ok, "detail": check.detail }))
            .collect();
        let json = json!({ "checks": json });
        Ok(if ok {
            Report::done(json, text.join("\n"))
        } else {
            Report::negative(json, text.join("\n"))
        })
    }

    fn own_checks(&self) -> Vec<Check> {
        let disk = tempfile::tempfile_in(&self.dir).is_ok();
        let store = self.ground.store.subjects();
        let subjects = store
            .as_ref()
            .map_or_else(ToString::to_string, |subjects| format!("about {subjects} subjects"));
        let metadata = self.metadata();
        vec![
            Check::new(
                "disk",
                disk,
                if disk {
                    "the folder can be written"
                } else {
                    "the folder cannot be written; free or remount its disk"
                },
            ),
            Check::new(
                "clock",
                self.now().seconds() > 1_700_000_000,
                format!("{} UTC", self.now()),
            ),
            Check::new("store", store.is_ok(), subjects),
            Check::new(
                "ledger",
                self.ground.ledger.is_writable(),
                format!("{} entries", self.ground.ledger.size()),
            ),
            Check::new(
                "keys",
                metadata.is_ok(),
                metadata.map_or_else(
                    |error| error.to_string(),
                    |metadata| format!("fingerprint {}", metadata.fingerprint()),
                ),
            ),
        ]
    }

    /// From the address up to the agreement; a layer that fails ends the way.
    async fn partner_checks(&self, unit: UnitId) -> Vec<Check> {
        let Some(partner) = self.partners.get(unit) else {
            return vec![Check::new("identity", false, "not paired; see `piux pair import`")];
        };
        let now = self.now();
        let address = authority(partner.metadata.endpoint.as_ref());
        let resolved = address.to_socket_addrs().ok().and_then(|mut all| all.next());
        let mut checks = vec![Check::new("dns", resolved.is_some(), address.clone())];
        let Some(socket) = resolved else { return checks };
        let connected = tokio::time::timeout(Duration::from_secs(5), tokio::net::TcpStream::connect(socket)).await;
        let connected = matches!(connected, Ok(Ok(_)));
        checks.push(Check::new(
            "tcp",
            connected,
            if connected {
                "reachable"
            } else {
                "no connection; is the node running, is a firewall between?"
            },
        ));
        if !connected {
            return checks;
        }
        match self.requester.reach(&partner).await {
            Err(error) => checks.push(Check::new("tls", false, error)),
            Ok(metadata) => {
                checks.push(Check::new("tls", true, "the pinned certificate answers"));
                checks.push(Check::new("identity", true, metadata.fingerprint().to_string()));
                let skew = metadata.iat - now.seconds();
                checks.push(Check::new("clock", skew.abs() <= 10, format!("{skew} s apart")));
                checks.push(Check::new(
                    "keyset",
                    metadata.holds_keyset(KEYSET),
                    metadata.keyset.clone(),
                ));
            }
        }
        let active = self.agreements.active_with(unit, now);
        let standing: Vec<String> = self
            .agreements
            .all()
            .iter()
            .filter(|bilateral| bilateral.agreement.party(unit).is_some())
            .map(|bilateral| format!("{} {}", bilateral.agreement.id(), word(bilateral.state_at(now))))
            .collect();
        checks.push(Check::new(
            "agreement",
            !active.is_empty(),
            if standing.is_empty() {
                "none".to_owned()
            } else {
                standing.join(", ")
            },
        ));
        checks
    }
}

fn word(state: State) -> &'static str {
    use piux_policy::term::Term;
    state.word()
}

/// `host:port` of an address.
fn authority(endpoint: &str) -> String {
    let rest = endpoint.split_once("://").map_or(endpoint, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    if authority.contains(':') {
        authority.to_owned()
    } else {
        format!("{authority}:443")
    }
}
