//! The keyring on a real disk: who may open it, what survives, what is gone for good.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use piux_node::keys::{
    DayPart, EpochKey, KeyError, KeyName, KeyRing, Passphrase, Secret, Seed, SeededRandom, SystemRandom, UnitSecrets,
};
use piux_protocol::vocabulary::{AgreementId, Timestamp, UnitId};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use zeroize::Zeroizing;

const NOW: i64 = 1_790_000_000;

fn secrets() -> UnitSecrets {
    let unit = UnitId::of_state("UTO").unwrap();
    UnitSecrets::draw(
        unit,
        Secret::new(vec![1; 48]),
        vec![2; 300],
        &SeededRandom::new(b"secrets"),
    )
}

fn create(dir: &Path, passphrase: &Passphrase) -> KeyRing {
    let now = Timestamp::from_seconds(NOW);
    KeyRing::create(dir, secrets(), passphrase, Arc::new(SystemRandom), now).unwrap()
}

fn open(dir: &Path, passphrase: &Passphrase) -> Result<KeyRing, KeyError> {
    KeyRing::open(dir, passphrase, Arc::new(SystemRandom))
}

fn words(text: &str) -> Passphrase {
    Passphrase::Words(Zeroizing::new(text.to_owned()))
}

fn unprotected() -> (TempDir, KeyRing) {
    let dir = tempfile::tempdir().unwrap();
    let keys = create(dir.path(), &Passphrase::None);
    (dir, keys)
}

fn agreement() -> AgreementId {
    "UTO-RUR-2026".parse().unwrap()
}

fn epoch(number: u32) -> EpochKey {
    let start = Timestamp::from_seconds(NOW).plus_seconds(i64::from(number) * 7 * 86_400);
    EpochKey {
        epoch: number,
        seed: Seed::from_bytes([u8::try_from(number).unwrap(); 32]),
        not_before: start,
        expires: start.plus_seconds(7 * 86_400),
        grace_until: start.plus_seconds(14 * 86_400),
    }
}

#[test]
fn a_keyring_opens_under_its_passphrase_and_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let root = *create(dir.path(), &words("open sesame"))
        .seed(KeyName::Root)
        .unwrap()
        .expose();
    assert_eq!(KeyRing::needs_passphrase(dir.path()), Ok(true));
    let again = open(dir.path(), &words("open sesame")).unwrap();
    assert_eq!(again.seed(KeyName::Root).unwrap().expose(), &root);
    assert_eq!(again.unit().state(), "UTO");
    assert_eq!(
        open(dir.path(), &words("open sesam")).unwrap_err(),
        KeyError::WrongPassphrase
    );
    assert_eq!(
        open(dir.path(), &Passphrase::None).unwrap_err(),
        KeyError::PassphraseNeeded
    );
}

#[test]
fn without_a_passphrase_the_key_lies_beside_and_both_files_are_private() {
    let (dir, keys) = unprotected();
    for file in ["keyring", "keyring.key"] {
        let mode = fs::metadata(dir.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    assert_eq!(KeyRing::needs_passphrase(dir.path()), Ok(false));
    assert_eq!(
        keys.secret(KeyName::TlsCertificate).unwrap().expose(),
        vec![2; 300].as_slice()
    );
    assert_eq!(
        keys.seed(KeyName::TlsKey).unwrap_err(),
        KeyError::Absent(KeyName::TlsKey)
    );
    fs::remove_file(dir.path().join("keyring.key")).unwrap();
    assert_eq!(open(dir.path(), &Passphrase::None).unwrap_err(), KeyError::ClearKey);
}

#[test]
fn a_keyring_others_can_read_is_refused() {
    let (dir, _) = unprotected();
    for file in ["keyring", "keyring.key"] {
        let path = dir.path().join(file);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(
            open(dir.path(), &Passphrase::None).unwrap_err(),
            KeyError::Mode { file, mode: 0o640 }
        );
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    assert!(open(dir.path(), &Passphrase::None).is_ok());
}

#[test]
fn a_damaged_keyring_is_recognised_at_any_byte() {
    let (dir, _) = unprotected();
    let path = dir.path().join("keyring");
    let whole = fs::read(&path).unwrap();
    for at in (0..whole.len() - 1).step_by(37) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(&path, bytes).unwrap();
        // A changed letter of the protection's name may also ask for another way in.
        assert!(open(dir.path(), &Passphrase::None).is_err(), "byte {at}");
    }
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(open(dir.path(), &Passphrase::None).unwrap_err(), KeyError::Damaged);
    fs::remove_file(&path).unwrap();
    assert_eq!(open(dir.path(), &Passphrase::None).unwrap_err(), KeyError::Missing);
}

#[test]
fn a_keyring_is_never_replaced_by_a_new_one() {
    let (dir, _) = unprotected();
    let now = Timestamp::from_seconds(NOW);
    let again = KeyRing::create(dir.path(), secrets(), &Passphrase::None, Arc::new(SystemRandom), now);
    assert_eq!(again.unwrap_err(), KeyError::Exists);
}

#[test]
fn day_keys_are_made_once_and_kept() {
    let (dir, keys) = unprotected();
    assert!(keys.known_day(20_000).is_none());
    let made = keys.day_keys(20_000).unwrap();
    keys.ensure_days(&[20_000, 20_001, 20_002]).unwrap();
    let again = open(dir.path(), &Passphrase::None).unwrap();
    let found = again.day_keys(20_000).unwrap();
    for part in DayPart::ALL {
        assert_eq!(made.key(part).unwrap().expose(), found.key(part).unwrap().expose());
    }
    assert_eq!(
        again.days().iter().map(|(day, _)| *day).collect::<Vec<_>>(),
        [20_000, 20_001, 20_002]
    );
}

#[test]
fn a_destroyed_day_never_gets_another_key() {
    let (dir, keys) = unprotected();
    keys.ensure_days(&[1, 2]).unwrap();
    assert_eq!(keys.destroy_day(1, &[DayPart::Identity, DayPart::Index]), Ok(2));
    assert_eq!(keys.destroy_day(1, &[DayPart::Identity]), Ok(0));
    let keys = open(dir.path(), &Passphrase::None).unwrap();
    let first = keys.day_keys(1).unwrap();
    assert_eq!(
        first.require(DayPart::Identity).unwrap_err(),
        KeyError::Destroyed(DayPart::Identity)
    );
    assert!(first.key(DayPart::Rest).is_some());
    assert_eq!(keys.destroy_days(&[1, 2], &DayPart::ALL), Ok(4));
    assert!(keys.day_keys(1).unwrap().is_gone());
}

#[test]
fn epoch_seeds_are_kept_until_their_grace_is_over() {
    let (dir, keys) = unprotected();
    keys.put_epoch(&agreement(), epoch(1)).unwrap();
    keys.put_epoch(&agreement(), epoch(2)).unwrap();
    assert_eq!(
        keys.put_epoch(&agreement(), epoch(2)).unwrap_err(),
        KeyError::EpochTaken
    );
    assert_eq!(
        keys.destroy_expired_epochs(epoch(1).grace_until.plus_seconds(-1)),
        Ok(0)
    );
    assert_eq!(keys.destroy_expired_epochs(epoch(1).grace_until), Ok(1));
    let keys = open(dir.path(), &Passphrase::None).unwrap();
    assert!(keys.epoch_seed(&agreement(), 1).is_none());
    assert_eq!(keys.epoch_seed(&agreement(), 2).unwrap().seed.expose(), &[2; 32]);
    assert_eq!(
        keys.put_epoch(&agreement(), epoch(1)).unwrap_err(),
        KeyError::EpochTaken
    );
    assert_eq!(keys.destroy_agreement(&agreement()), Ok(1));
    assert!(keys.epochs(&agreement()).is_empty());
}

#[test]
fn the_next_exchange_key_becomes_the_current_one() {
    let (_dir, keys) = unprotected();
    let announced = *keys.seed(KeyName::ExchangeNext).unwrap().expose();
    keys.promote_exchange(Timestamp::from_seconds(NOW + 1)).unwrap();
    assert_eq!(keys.seed(KeyName::Exchange).unwrap().expose(), &announced);
    assert_ne!(keys.seed(KeyName::ExchangeNext).unwrap().expose(), &announced);
}

#[test]
fn a_keyring_changed_by_another_process_is_not_overwritten() {
    let (dir, keys) = unprotected();
    let other = open(dir.path(), &Passphrase::None).unwrap();
    other.destroy_day(3, &DayPart::ALL).unwrap();
    assert_eq!(keys.ensure_days(&[4]).unwrap_err(), KeyError::Changed);
    assert!(keys.known_day(4).is_none(), "a change that was not kept must not count");
}

#[test]
fn the_list_tells_keys_apart_and_shows_none() {
    let (_dir, keys) = unprotected();
    keys.put_epoch(&agreement(), epoch(1)).unwrap();
    let list = keys.list();
    assert_eq!(list.len(), KeyName::ALL.len() + 1);
    assert_eq!(list.last().unwrap().name, "epoch UTO-RUR-2026 1");
    let shown = serde_json::to_string(&list).unwrap();
    for name in KeyName::ALL {
        let secret = keys.secret(name).unwrap();
        assert!(
            !shown.contains(&piux_protocol::vocabulary::base64url(secret.expose())),
            "{name}"
        );
    }
    let mut prints: Vec<_> = list.iter().map(|key| &key.fingerprint).collect();
    prints.sort();
    prints.dedup();
    assert_eq!(prints.len(), list.len());
}

#[test]
fn nothing_of_the_old_file_is_left_beside_the_new_one() {
    let (dir, keys) = unprotected();
    keys.ensure_days(&[1]).unwrap();
    let mut names: Vec<_> = fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["keyring", "keyring.key"]);
}
