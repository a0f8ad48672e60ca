//! `piux demo`: two fictional nations on this machine, one story.
//!
//! Every step is really executed: two nodes in folders of their own, commands
//! through their desks, everything between them over TLS.

mod nation;
mod story;

use super::Cannot;
use crate::command::Report;
use nation::Nation;
use serde_json::{Value, json};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use story::Story;

/// One step of the story, and how it went.
struct Step {
    name: &'static str,
    ok: bool,
    detail: String,
}

/// Tells the story; on a terminal the nodes then keep serving until Ctrl-C.
pub(super) fn run(keep: Option<PathBuf>, json: bool) -> Result<Report, Cannot> {
    let temporary = tempfile::tempdir().map_err(|error| Cannot::because(&error))?;
    let dir = keep.as_deref().unwrap_or(temporary.path());
    refuse_existing(dir)?;
    super::door::runtime()?.block_on(tell(dir, json))
}

/// A demonstration never touches a node that is there.
fn refuse_existing(dir: &Path) -> Result<(), Cannot> {
    let taken = ["utopia", "ruritania"]
        .iter()
        .map(|name| dir.join(name))
        .find(|nation| nation.exists());
    match taken {
        Some(taken) => Err(Cannot::new(format!(
            "{} exists already; name an empty folder with --keep",
            taken.display()
        ))),
        None => Ok(()),
    }
}

async fn tell(dir: &Path, json: bool) -> Result<Report, Cannot> {
    let mut steps = Vec::new();
    let (utopia, ruritania) = match begin(dir, json, &mut steps).await {
        Ok(nations) => nations,
        Err(why) => return Ok(ended(&steps, Some(&why))),
    };
    let mut story = Story::new(dir, &utopia, &ruritania);
    for (name, step) in story::STEPS {
        let outcome = story.step(*step).await;
        let failed = outcome.as_ref().err().map(ToString::to_string);
        note(&mut steps, name, outcome, json);
        if let Some(why) = failed {
            return Ok(ended(&steps, Some(&Cannot::new(why))));
        }
    }
    let report = ended(&steps, None);
    if !json && std::io::stdout().is_terminal() {
        super::say(&report.text);
        super::say(&format!(
            "\nThe two nodes go on serving; their desks are at\n  {}\n  {}\nCtrl-C ends them.",
            utopia.desk(),
            ruritania.desk()
        ));
        let _ = tokio::signal::ctrl_c().await;
    }
    utopia.stop().await;
    ruritania.stop().await;
    Ok(report)
}

async fn begin(dir: &Path, json: bool, steps: &mut Vec<Step>) -> Result<(Nation, Nation), Cannot> {
    let utopia = Nation::found(dir, "UTO", "utopia", "PIU Utopia", None).await;
    let ruritania = Nation::found(dir, "RUR", "ruritania", "PIU Ruritania", Some(story::NATIONAL_RULE)).await;
    let nations = utopia.and_then(|utopia| ruritania.map(|ruritania| (utopia, ruritania)));
    let told = nations.as_ref().map_err(|why| Cannot::new(why.to_string())).map(|_| {
        "Two nations, Utopia and Ruritania, each run a node: keys, an empty store, an empty ledger.".to_owned()
    });
    note(steps, "create", told, json);
    nations
}

/// Notes a step and tells it while it is fresh.
fn note(steps: &mut Vec<Step>, name: &'static str, outcome: Result<String, Cannot>, json: bool) {
    let step = match outcome {
        Ok(detail) => Step { name, ok: true, detail },
        Err(why) => Step {
            name,
            ok: false,
            detail: why.to_string(),
        },
    };
    if !json {
        super::say(&format!(
            "{} {}\n{}\n",
            if step.ok { "[ok]" } else { "[failed]" },
            step.name,
            indented(&step.detail)
        ));
    }
    steps.push(step);
}

fn indented(text: &str) -> String {
    text.lines()
        .map(|line| format!("    {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn ended(steps: &[Step], why: Option<&Cannot>) -> Report {
    let ok = why.is_none() && steps.iter().all(|step| step.ok);
    let listed: Vec<Value> = steps
        .iter()
        .map(|step| json!({ "name": step.name, "ok": step.ok, "detail": step.detail }))
        .collect();
    let json = json!({ "ok": ok, "steps": listed });
    match why {
        None => Report::done(
            json,
            "Both ledgers hold. Nobody learned more than the answer they were entitled to.",
        ),
        Some(why) => Report::negative(json, format!("The demonstration stopped: {why}")),
    }
}
