//! The passphrase of a keyring: from a file named in the environment, or typed.

use super::Cannot;
use crate::keys::Passphrase;
use std::path::Path;
use zeroize::Zeroizing;

/// Where the passphrase is read when nobody sits at the terminal.
const PASSPHRASE_FILE: &str = "PIUX_PASSPHRASE_FILE";

/// The passphrase of an existing keyring: from the file named in the environment, or typed.
pub(super) fn passphrase() -> std::io::Result<Passphrase> {
    match std::env::var_os(PASSPHRASE_FILE) {
        Some(file) => from_file(Path::new(&file)),
        None => Ok(Passphrase::Words(Zeroizing::new(rpassword::prompt_password(
            "Passphrase of the keyring: ",
        )?))),
    }
}

/// A passphrase for a keyring that is made.
pub(super) fn new_passphrase() -> Result<Passphrase, Cannot> {
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
