//! `piux init`: makes a node's folder.

use super::Cannot;
use super::arguments::InitArguments;
use crate::command::Report;
use crate::founding::{self, Founding};
use crate::keys::Passphrase;
use serde_json::json;
use std::path::Path;
use zeroize::Zeroizing;

/// Where the passphrase is read when nobody sits at the terminal.
const PASSPHRASE_FILE: &str = "PIUX_PASSPHRASE_FILE";

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

/// The passphrase of an existing keyring: from the file named in the environment, or typed.
pub(crate) fn passphrase() -> std::io::Result<Passphrase> {
    match std::env::var_os(PASSPHRASE_FILE) {
        Some(file) => from_file(Path::new(&file)),
        None => Ok(Passphrase::Words(Zeroizing::new(rpassword::prompt_password(
            "Passphrase of the keyring: ",
        )?))),
    }
}

fn new_passphrase() -> Result<Passphrase, Cannot> {
    let prompt = "Choose a passphrase for the keyring (or run with --no-passphrase for a demonstration): ";
    let chosen = match std::env::var_os(PASSPHRASE_FILE) {
        Some(file) => return from_file(Path::new(&file)).map_err(|error| no_passphrase(&error)),
        None => Zeroizing::new(rpassword::prompt_password(prompt).map_err(|error| no_passphrase(&error))?),
    };
    let again = Zeroizing::new(rpassword::prompt_password("Again: ").map_err(|error| no_passphrase(&error))?);
    if chosen.len() < 12 {
        return Err(Cannot::new(
            "the passphrase needs at least 12 characters; nothing was made",
        ));
    }
    if chosen != again {
        return Err(Cannot::new("the two passphrases differ; nothing was made, try again"));
    }
    Ok(Passphrase::Words(chosen))
}

fn from_file(file: &Path) -> std::io::Result<Passphrase> {
    let words = Zeroizing::new(std::fs::read_to_string(file)?);
    Ok(Passphrase::Words(Zeroizing::new(
        words.trim_end_matches(['\r', '\n']).to_owned(),
    )))
}

fn no_passphrase(error: &std::io::Error) -> Cannot {
    Cannot::new(format!(
        "no passphrase could be read ({error}); set {PASSPHRASE_FILE} to a file that holds it, or use --no-passphrase for a demonstration"
    ))
}
