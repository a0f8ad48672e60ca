//! `piux init`: makes a node's folder.

use super::Cannot;
use super::passphrase::new_passphrase;
use super::typed::unit;
use crate::command::Report;
use crate::founding::{self, Founding};
use crate::keys::Passphrase;
use crate::store::EngineKind;
use clap::Args;
use piux_protocol::vocabulary::UnitId;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct InitArguments {
    /// The three-letter code of the state.
    #[arg(long, value_parser = unit)]
    pub country: UnitId,
    /// The unit's name, for people.
    #[arg(long)]
    pub name: String,
    /// The legal profile.
    #[arg(long, default_value = "eu-pnr")]
    pub profile: String,
    /// The data protection officer's public key; without it a pair is made.
    #[arg(long, value_name = "FILE")]
    pub dpo_key: Option<PathBuf>,
    /// Where partners reach this node, such as https://piu.example:8443.
    #[arg(long)]
    pub public_url: Option<String>,
    /// Keep the keyring without a passphrase; for demos and tests.
    #[arg(long)]
    pub no_passphrase: bool,
    /// What keeps the rows of the store.
    #[arg(long, value_enum, value_name = "ENGINE", default_value_t)]
    pub store: EngineKind,
}

/// Makes the folder and says what to hand over.
pub(super) fn run(dir: &Path, arguments: InitArguments) -> Result<Report, Cannot> {
    let passphrase = if arguments.no_passphrase {
        Passphrase::None
    } else {
        new_passphrase()?
    };
    let founding = Founding {
        unit: arguments.country,
        name: arguments.name,
        profile: arguments.profile,
        public_url: arguments.public_url,
        dpo_key: arguments.dpo_key,
        passphrase,
        engine: arguments.store,
    };
    let founded = founding::found(dir, founding).map_err(|error| Cannot::because(&error))?;
    let mut text = format!(
        "The node of {} is ready in {}.\nFingerprint, to be read out to partners: {}\n",
        founded.unit.state(),
        dir.display(),
        founded.fingerprint
    );
    if let Some(file) = &founded.dpo_private_key {
        text += &format!(
            "Hand {} to the data protection officer and delete it here: it opens the sealed detail of the ledger.\n",
            file.display()
        );
    }
    if arguments.no_passphrase {
        text += "Warning: the keyring opens without a passphrase. Use this node for demonstrations and tests only.\n";
    }
    Ok(Report::done(
        json!({ "unit": founded.unit, "fingerprint": founded.fingerprint.to_string() }),
        text,
    ))
}
