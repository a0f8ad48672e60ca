//! Commands that need no running node and no network.

use super::arguments::AuthorityVerb;
use super::{Cannot, read};
use crate::command::Report;
use crate::config::Config;
use crate::files::{self, Readers};
use crate::keys::{KeyRing, Passphrase, SystemRandom};
use crate::ledger::{self, Reader, Selector};
use crate::measure::Extent;
use crate::node::verifier_file;
use crate::store::{EngineKind, FolderLock, Store};
use ed25519_dalek::SigningKey;
use piux_policy::order::{Order, OrderDecision};
use piux_protocol::identifier::{Document, Person, Source, derive};
use piux_protocol::receipt::Receipt;
use piux_protocol::transparency::NoteVerifier;
use piux_protocol::transparency::detail::DpoKeyPair;
use piux_protocol::vocabulary::{AgreementId, Digest, Random, Timestamp, base64url, decode_base64url};
use serde::Deserialize;
use serde_json::json;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use zeroize::Zeroizing;

/// One person, as `piux match-keys` reads it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonLine {
    source: String,
    #[serde(default)]
    surname: String,
    #[serde(default)]
    given: String,
    #[serde(default)]
    dob: Option<String>,
    #[serde(default)]
    documents: Vec<String>,
}

/// A JSON line of match keys for every line of persons.
pub(super) fn match_keys(file: &Path) -> Result<Report, Cannot> {
    let text = if file == Path::new("-") {
        standard_input()?
    } else {
        Zeroizing::new(read(file)?)
    };
    let mut lines = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let person = person(line).ok_or_else(|| {
            Cannot::new(format!(
                "line {} is not a person as `piux match-keys --help` shows it",
                number + 1
            ))
        })?;
        let keys: Vec<_> = derive(&person)
            .iter()
            .map(|key| json!({ "class": key.class(), "family": key.family(), "canonical": key.canonical() }))
            .collect();
        lines.push(json!(keys));
    }
    let text: Vec<String> = lines.iter().map(ToString::to_string).collect();
    Ok(Report::done(json!(lines), text.join("\n")))
}

/// The table of how well people are found in a folder of labelled data.
pub(super) fn measure(folder: &Path, sample: Option<usize>, derivation_only: bool) -> Result<Report, Cannot> {
    let table = crate::measure::measure(
        folder,
        Extent {
            sample,
            derivation_only,
        },
    );
    if table.lines.is_empty() {
        return Err(Cannot::new(format!(
            "{} has no labelled data; it needs one of: {}",
            folder.display(),
            table.missing.join(", ")
        )));
    }
    let (json, text) = (table.json(), table.to_string());
    let complete = table.missing.is_empty();
    Ok(if complete {
        Report::done(json, text)
    } else {
        Report::negative(json, text)
    })
}

fn person(line: &str) -> Option<Person> {
    let line: PersonLine = serde_json::from_str(line).ok()?;
    let source = match line.source.as_str() {
        "api" => Source::Api,
        "pnr" => Source::Pnr,
        _ => return None,
    };
    let birth_date = line.dob.as_deref().map(str::parse).transpose().ok()?;
    let documents: Result<Vec<Document>, _> = line.documents.iter().map(|text| text.parse()).collect();
    Some(Person {
        source,
        surname: line.surname,
        given: line.given,
        birth_date,
        documents: documents.ok()?,
        ..Person::default()
    })
}

fn standard_input() -> Result<Zeroizing<String>, Cannot> {
    let mut text = Zeroizing::new(String::new());
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| Cannot::because(&error))?;
    Ok(text)
}

/// The independent authority's tool.
pub(super) fn authority(verb: AuthorityVerb) -> Result<Report, Cannot> {
    match verb {
        AuthorityVerb::New { key } => new_authority(&key),
        AuthorityVerb::Sign {
            request,
            key,
            valid_until,
        } => sign_order(&request, &key, valid_until),
    }
}

fn new_authority(file: &Path) -> Result<Report, Cannot> {
    refuse_existing(file)?;
    let random: &dyn Random = &SystemRandom;
    let seed = Zeroizing::new(random.bytes::<32>());
    let public = base64url(SigningKey::from_bytes(&seed).verifying_key().as_bytes());
    let private =
        Zeroizing::new(json!({ "kty": "OKP", "crv": "Ed25519", "d": base64url(*seed), "x": public }).to_string());
    files::replace(file, private.as_bytes(), Readers::Owner).map_err(|error| Cannot::because(&error))?;
    let text = format!(
        "The authority's private key is in {}. Keep it away from the unit.\nPublic key for the agreement: {public}",
        file.display()
    );
    Ok(Report::done(json!({ "order": null, "authority": public }), text))
}

/// A DPO's key pair, made where the DPO sits.
pub(super) fn new_dpo_key(file: &Path) -> Result<Report, Cannot> {
    refuse_existing(file)?;
    let pair = DpoKeyPair::generate(&SystemRandom);
    files::replace(file, pair.to_json().as_bytes(), Readers::Owner).map_err(|error| Cannot::because(&error))?;
    let public = pair.public().to_json();
    Ok(Report::done(serde_json::from_str(&public).unwrap_or_default(), public))
}

/// The database made anew from the segment log; the node must not run.
pub(super) fn rebuild_store(dir: &Path, engine: Option<EngineKind>) -> Result<Report, Cannot> {
    let config = Config::read(dir).map_err(|error| Cannot::because(&error))?;
    let lock = FolderLock::acquire(dir).map_err(|error| Cannot::because(&error))?;
    let passphrase = match config.no_passphrase {
        true => Passphrase::None,
        false => super::passphrase::passphrase().map_err(|error| Cannot::because(&error))?,
    };
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    let keys = KeyRing::open(dir, &passphrase, random.clone()).map_err(|error| Cannot::because(&error))?;
    let rebuilt = Store::rebuild_from_segments(lock, Arc::new(keys), random, engine);
    let (_, report) = rebuilt.map_err(|error| Cannot::because(&error))?;
    let json = json!({ "entries": report.entries, "changes": report.changes, "forgotten": report.forgotten });
    let text = format!(
        "{} entries read, {} changes taken over, {} left out because their keys are destroyed. Pending requests and \
         received releases are not in the log and are gone.",
        report.entries, report.changes, report.forgotten
    );
    Ok(Report::done(json, text))
}

fn refuse_existing(file: &Path) -> Result<(), Cannot> {
    if file.exists() {
        return Err(Cannot::new(format!(
            "{} exists already, and a key is never replaced",
            file.display()
        )));
    }
    Ok(())
}

/// What of a pending request an order is about; the rest is for the authority to read.
#[derive(Deserialize)]
struct Pending {
    id: String,
    digest: Digest,
    agreement: AgreementId,
}

fn sign_order(request: &Path, key: &Path, valid_until: Timestamp) -> Result<Report, Cannot> {
    let pending = pending(&read(request)?).ok_or_else(|| {
        Cannot::new("the request is one object of `piux requests list --json`; save the one to decide in a file")
    })?;
    let key = authority_key(key)?;
    let order = Order {
        v: 1,
        request: pending.id.clone(),
        request_digest: pending.digest,
        agreement: pending.agreement,
        decision: OrderDecision::Approve,
        decided_at: crate::clock::Clock::now(&crate::clock::SystemClock),
        valid_until,
        authority: Digest([0; 32]),
        reference: pending.id,
    };
    let envelope = order.sign(&key).to_json();
    Ok(Report::done(json!({ "order": envelope }), envelope))
}

/// The one request in the file: the object itself, or the only one of a list.
fn pending(text: &str) -> Option<Pending> {
    let json: serde_json::Value = serde_json::from_str(text).ok()?;
    let listed = json.get("requests").and_then(|list| list.as_array());
    let one = match listed.map(Vec::as_slice) {
        Some([only]) => only.clone(),
        Some(_) => return None,
        None => json,
    };
    serde_json::from_value(one).ok()
}

/// The private part of a key as a JWK (RFC 8037).
#[derive(Deserialize)]
struct PrivateKey {
    d: Zeroizing<String>,
}

fn authority_key(file: &Path) -> Result<SigningKey, Cannot> {
    let text = Zeroizing::new(read(file)?);
    let key = serde_json::from_str(&text).ok();
    let seed = key.and_then(|key: PrivateKey| decode_base64url(&key.d).ok().map(Zeroizing::new));
    let seed = seed.and_then(|seed| Some(Zeroizing::new(*seed.first_chunk::<32>().filter(|_| seed.len() == 32)?)));
    let seed = seed.ok_or_else(|| Cannot::new("this is no key of `piux authority new`"))?;
    Ok(SigningKey::from_bytes(&seed))
}

/// Checks a receipt for itself; the fingerprints are for people to compare.
pub(super) fn verify_receipt(file: &Path) -> Result<Report, Cannot> {
    let bytes = std::fs::read(file).map_err(|error| Cannot::new(format!("cannot read {}: {error}", file.display())))?;
    let checked = Receipt::from_json(&bytes).and_then(|receipt| {
        let roots = receipt.roots()?;
        receipt.verify(&roots).map(|proven| (proven, roots))
    });
    match checked {
        Ok((proven, roots)) => {
            let json = json!({
                "ok": true, "findings": [], "requester": proven.requester, "responder": proven.responder,
                "asked": proven.asked, "answered": proven.answered, "status": proven.status,
                "request": proven.request_digest, "response": proven.response_digest, "roots": roots,
                "promise": proven.promise,
            });
            let text = format!(
                "Both signatures hold: {} asked at {}, {} answered at {} (status {}).\nCompare the root keys with those you know: {}",
                proven.requester.state(),
                proven.asked,
                proven.responder.state(),
                proven.answered,
                proven.status,
                roots.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            );
            Ok(Report::done(json, text))
        }
        Err(error) => Ok(Report::negative(
            json!({ "ok": false, "findings": [error.to_string()] }),
            format!("The receipt proves nothing: {error}."),
        )),
    }
}

/// Verifies the ledger of a folder with the public key in its metadata.
///
/// A running node is first asked to publish what it has recorded; none is needed.
pub(super) fn verify_ledger(dir: &Path) -> Result<Report, Cannot> {
    super::door::publish(dir);
    verify_published(dir)
}

/// The same, of what is published.
pub(super) fn verify_published(dir: &Path) -> Result<Report, Cannot> {
    let verifier = verifier(dir)?;
    let report = ledger::verify(&dir.join("ledger"), &verifier, None).map_err(|error| Cannot::because(&error))?;
    let json = serde_json::to_value(&report).unwrap_or_default();
    let text = if report.ok {
        format!(
            "The ledger {} holds: {} entries, each under the signed root.",
            report.origin, report.size
        )
    } else {
        let lines: Vec<String> = report
            .findings
            .iter()
            .map(|finding| format!("  {}", finding.message))
            .collect();
        format!("The ledger does NOT hold:\n{}", lines.join("\n"))
    };
    Ok(Report {
        json,
        text,
        exit: report.exit_code(),
    })
}

/// The ledger's public key, kept beside it so that anybody can verify a copy of the folder.
fn verifier(dir: &Path) -> Result<NoteVerifier, Cannot> {
    let file = verifier_file(dir);
    let text = std::fs::read_to_string(&file).map_err(|_| {
        Cannot::new(format!(
            "{} is missing; a node writes it at its first start",
            file.display()
        ))
    })?;
    text.trim()
        .parse()
        .map_err(|_| Cannot::new(format!("{} is no verifier key", file.display())))
}

/// One entry with its sealed detail, opened with the DPO's own key; the opening is recorded.
pub(super) fn show_with_key(dir: &Path, index: u64, key: &Path, reason: String) -> Result<Report, Cannot> {
    let pair = DpoKeyPair::from_json(&Zeroizing::new(read(key)?)).map_err(|error| Cannot::because(&error))?;
    let shown = super::door::execute(dir, &crate::command::Command::AuditShow { index, reason })?;
    let reader = Reader::open(&dir.join("ledger")).map_err(|error| Cannot::because(&error))?;
    let line = reader
        .show(Selector::Index(index))
        .map_err(|error| Cannot::because(&error))?;
    let detail = reader
        .open_detail(&line, &pair)
        .map_err(|error| Cannot::because(&error))?;
    let detail = serde_json::to_value(detail).unwrap_or_default();
    let mut json = shown.json;
    if let Some(members) = json.as_object_mut() {
        members.insert("detail".to_owned(), detail.clone());
    }
    let text = format!(
        "{}\nSealed detail:\n{}",
        shown.text,
        serde_json::to_string_pretty(&detail).unwrap_or_default()
    );
    Ok(Report {
        json,
        text,
        exit: shown.exit,
    })
}
