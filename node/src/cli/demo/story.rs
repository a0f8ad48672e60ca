//! What happens between Utopia and Ruritania.

use super::Cannot;
use super::nation::Nation;
use crate::cli::arguments::AuthorityVerb;
use crate::cli::offline;
use crate::command::{Command, FollowUp, Question, Report};
use crate::synth::{self, Feed, Rates, Recipe};
use jiff::civil::date;
use piux_protocol::vocabulary::{AgreementId, Basis, Declaration, ElementId, Offence, Purpose, Timestamp, Window};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A rule of Ruritania's own: forbids only, like all national rules.
pub(super) const NATIONAL_RULE: &str = r#"@id("RUR-VEHICLES")
@title("Vehicle theft is no ground for a passenger-data query in Ruritania")
@cite("National PNR Act of Ruritania (fictional) s. 9(3)")
forbid (principal, action == Piu::Action::"authorize", resource)
when { context.offence == Piu::Offence::"A25" };
"#;

const PASSENGER_LIST: &str = include_str!("../../../data/demo/ruritania-arrivals.paxlst.edi");
const BOOKINGS: &str = include_str!("../../../data/demo/ruritania-bookings.pnrgov.edi");

/// The steps after the nodes are there, in their order.
pub(super) const STEPS: &[(&str, StepKind)] = &[
    ("pair", StepKind::Pair),
    ("agree", StepKind::Agree),
    ("ingest", StepKind::Ingest),
    ("lookup-hit", StepKind::Hit),
    ("lookup-miss", StepKind::Miss),
    ("lookup-name-order", StepKind::NameOrder),
    ("lookup-spelling", StepKind::Spelling),
    ("lookup-refused", StepKind::Refused),
    ("disclose", StepKind::Disclose),
    ("audit-verify", StepKind::Verify),
];

/// One step.
#[derive(Clone, Copy)]
pub(super) enum StepKind {
    Pair,
    Agree,
    Ingest,
    Hit,
    Miss,
    NameOrder,
    Spelling,
    Refused,
    Disclose,
    Verify,
}

/// The story so far.
pub(super) struct Story<'a> {
    dir: PathBuf,
    utopia: &'a Nation,
    ruritania: &'a Nation,
    hit: Option<String>,
}

/// A few flights of people nobody asks about.
fn traffic() -> Recipe {
    Recipe {
        seed: 7,
        travellers: 60,
        first_day: date(2026, 11, 18),
        feeds: [Feed::Paxlst, Feed::Pnrgov].into(),
        rates: Rates::default(),
    }
}

impl<'a> Story<'a> {
    pub(super) fn new(dir: &Path, utopia: &'a Nation, ruritania: &'a Nation) -> Self {
        Self {
            dir: dir.to_owned(),
            utopia,
            ruritania,
            hit: None,
        }
    }

    /// Lives one step and tells it.
    pub(super) async fn step(&mut self, step: StepKind) -> Result<String, Cannot> {
        match step {
            StepKind::Pair => self.pair().await,
            StepKind::Agree => self.agree().await,
            StepKind::Ingest => self.ingest().await,
            StepKind::Hit => self.hit().await,
            StepKind::Miss => self.miss().await,
            StepKind::NameOrder => self.name_order().await,
            StepKind::Spelling => self.spelling().await,
            StepKind::Refused => self.refused().await,
            StepKind::Disclose => self.disclose().await,
            StepKind::Verify => self.verify().await,
        }
    }

    /// Each admin imports the other's metadata and confirms the fingerprint.
    async fn pair(&self) -> Result<String, Cannot> {
        let theirs = introduce(self.ruritania, self.utopia).await?;
        let ours = introduce(self.utopia, self.ruritania).await?;
        Ok(format!(
            "The admins read their fingerprints to each other by phone:\nUtopia    {ours}\nRuritania {theirs}"
        ))
    }

    /// A draft, four signatures, and from now on it is in force.
    async fn agree(&self) -> Result<String, Cannot> {
        let draft = self
            .utopia
            .does(Command::AgreementNew {
                with: self.ruritania.unit(),
            })
            .await?;
        let text = self.with_authorities(text_of(&draft, "text")?)?;
        let signed = self.utopia.does(Command::AgreementSign { text }).await?;
        let signed = self
            .ruritania
            .does(Command::AgreementSign {
                text: text_of(&signed, "envelope")?,
            })
            .await?;
        let envelope = text_of(&signed, "envelope")?;
        let id = text_of(&signed, "id")?;
        for nation in [self.utopia, self.ruritania] {
            nation
                .does(Command::AgreementImport {
                    envelope: envelope.clone(),
                })
                .await?;
            let id: AgreementId = id.parse().map_err(|error| Cannot::because(&error))?;
            nation.does(Command::AgreementActivate { id }).await?;
        }
        Ok(format!(
            "Both units signed {id}, each with its legal and its root key. It is in force."
        ))
    }

    /// Each state has an independent authority; the agreement pins its key, never one of the unit's.
    fn with_authorities(&self, draft: String) -> Result<String, Cannot> {
        let empty = piux_protocol::vocabulary::base64url([0; 32]);
        let mut text = draft;
        for name in ["utopia", "ruritania"] {
            let made = offline::authority(AuthorityVerb::New {
                key: self.authority_file(name),
            })?;
            text = text.replacen(&empty, &text_of(&made.json, "authority")?, 1);
        }
        Ok(text)
    }

    fn authority_file(&self, name: &str) -> PathBuf {
        self.dir.join(format!("authority-of-{name}.json"))
    }

    /// Ruritania's carriers send what they always send.
    async fn ingest(&self) -> Result<String, Cannot> {
        let feed = self.dir.join("feed");
        synth::write(&feed, &traffic()).map_err(|error| Cannot::because(&error))?;
        let truths = ["truth.ndjson", "truth.json"];
        let written = truths
            .iter()
            .try_for_each(|truth| std::fs::rename(feed.join(truth), self.dir.join(truth)))
            .and_then(|()| std::fs::write(feed.join("arrivals.edi"), PASSENGER_LIST))
            .and_then(|()| std::fs::write(feed.join("bookings.edi"), BOOKINGS));
        written.map_err(|error| Cannot::because(&error))?;
        let report = self
            .ruritania
            .asks(Command::Ingest {
                paths: vec![feed],
                format: None,
            })
            .await?;
        if count(&report.json, "/travellers/stored")? == 0 {
            return Err(Cannot::new(report.text));
        }
        Ok(format!(
            "Ruritania loads what its carriers send: lists (PAXLST), bookings (PNRGOV), invented and as dirty as real \
             ones.\n{}",
            report.text
        ))
    }

    /// Utopia asks about a woman and her passport; Ruritania knows her, and does not learn whom.
    async fn hit(&mut self) -> Result<String, Cannot> {
        let report = self
            .utopia
            .asks(self.question(
                Offence::A04,
                Some("UTO:L898902C3"),
                "TESTMANN/ERIKA JOSEFINE/1984-02-29",
            ))
            .await?;
        let outcome = outcome(&report)?;
        let hit = report.json.pointer("/partners/0/hits/0/hit").and_then(Value::as_str);
        self.hit = hit.map(str::to_owned);
        expect(outcome == "hit" && self.hit.is_some(), &report)?;
        Ok(format!(
            "An officer in Utopia asks Ruritania about one traveller.\n{}",
            report.text.trim_end()
        ))
    }

    async fn miss(&self) -> Result<String, Cannot> {
        let report = self
            .utopia
            .asks(self.question(Offence::A04, None, "NOBODY/JANE/1990-06-15"))
            .await?;
        expect(outcome(&report)? == "no-hit", &report)?;
        Ok(format!(
            "About another, Ruritania knows nothing; its answer looks the same from outside.\n{}",
            report.text.trim_end()
        ))
    }

    /// The given names first, the family name last: the same person.
    async fn name_order(&self) -> Result<String, Cannot> {
        let report = self
            .utopia
            .asks(self.question(Offence::A04, None, "JOSEFINE TESTMANN/ERIKA/1984-02-29"))
            .await?;
        expect(outcome(&report)? == "hit", &report)?;
        Ok(format!(
            "The same woman, her names in another order.\n{}",
            report.text.trim_end()
        ))
    }

    /// As another alphabet would bring her name back: no part of it is written the same.
    async fn spelling(&self) -> Result<String, Cannot> {
        let report = self
            .utopia
            .asks(self.question(Offence::A04, None, "TESTMAN/ERICA YOSEFINE/1984-02-29"))
            .await?;
        let hit = report.json.pointer("/partners/0/hits/0");
        let exact = hit
            .and_then(|hit| hit.get("classes"))
            .is_some_and(|classes| classes.to_string().contains("NX"));
        expect(outcome(&report)? == "hit" && !exact, &report)?;
        Ok(format!(
            "The same woman, her name spelt as it sounds abroad; the answer says how sure that is.\n{}",
            report.text.trim_end()
        ))
    }

    /// A question Utopia's law allows and Ruritania's does not.
    async fn refused(&self) -> Result<String, Cannot> {
        let report = self
            .utopia
            .asks(self.question(Offence::A25, None, "MARCHETTI/LUCA GIOVANNI/1979-03-17"))
            .await?;
        let clause = report.json.pointer("/partners/0/clauses/0/id").and_then(Value::as_str);
        expect(
            outcome(&report)? == "refused" && clause == Some("RUR-VEHICLES"),
            &report,
        )?;
        Ok(format!(
            "Ruritania's own law refuses a question about stolen vehicles, and says which clause.\n{}",
            report.text.trim_end()
        ))
    }

    /// A reasoned request, an officer, an order of the independent authority, a sealed release.
    async fn disclose(&self) -> Result<String, Cannot> {
        let hit = self
            .hit
            .clone()
            .ok_or_else(|| Cannot::new("there is no hit to follow up"))?;
        let elements = ["api.names", "api.birth", "api.flight"]
            .iter()
            .filter_map(|name| ElementId::new(name).ok());
        let follow_up = FollowUp {
            hit,
            elements: elements.collect(),
            reasons: "courier of a drug network, flight of 18 November, case 2026/117".to_owned(),
            officer: "Officer Brandt".to_owned(),
        };
        let asked = self.utopia.does(Command::Disclose(Box::new(follow_up))).await?;
        let id = text_of(&asked, "request")?;
        let waiting = self.ruritania.does(Command::RequestsList).await?;
        let order = self.order(&waiting)?;
        let approve = |order| Command::RequestsApprove {
            id: id.clone(),
            officer: "Officer Rassendyll".to_owned(),
            order,
        };
        let first = self.ruritania.does(approve(None)).await?;
        if text_of(&first, "status")? != "pending" {
            return Err(Cannot::new("an officer alone must not be enough"));
        }
        let decided = self.ruritania.does(approve(Some(order))).await?;
        if text_of(&decided, "status")? != "released" {
            return Err(Cannot::new("officer and authority approved, and nothing was released"));
        }
        self.utopia.does(Command::ReceivedList).await?;
        let shown = Command::ReceivedShow {
            id,
            reason: "case 2026/117".to_owned(),
        };
        let received = self.utopia.asks(shown).await?;
        expect(received.json.pointer("/elements/api.names/0").is_some(), &received)?;
        Ok(format!(
            "Utopia follows the hit up with reasons. An officer in Ruritania approves; that is not enough.\nThe independent authority orders it; the data arrive sealed, with their duties.\n{}",
            received.text.trim_end()
        ))
    }

    fn order(&self, waiting: &Value) -> Result<String, Cannot> {
        let file = self.dir.join("request.json");
        std::fs::write(&file, waiting.to_string()).map_err(|error| Cannot::because(&error))?;
        let now = crate::clock::Clock::now(&crate::clock::SystemClock);
        let valid_until: Timestamp = now.plus_seconds(86_400);
        let sign = AuthorityVerb::Sign {
            request: file,
            key: self.authority_file("ruritania"),
            valid_until,
        };
        text_of(&offline::authority(sign)?.json, "order")
    }

    /// Both ledgers, from their files alone.
    async fn verify(&self) -> Result<String, Cannot> {
        let mut told = Vec::new();
        for nation in [self.utopia, self.ruritania] {
            nation.does(Command::AuditStats).await?;
            let report = nation.verified_ledger()?;
            expect(report.exit == 0, &report)?;
            told.push(report.text);
        }
        Ok(told.join("\n"))
    }

    fn question(&self, offence: Offence, document: Option<&str>, person: &str) -> Command {
        Command::Lookup(Box::new(Question {
            to: vec![self.ruritania.unit()],
            agreement: None,
            purpose: Purpose::SeriousCrime,
            offence,
            basis: Basis::Pnr9_2,
            case: "2026/117".to_owned(),
            reasons: "suspected courier of a drug network".to_owned(),
            officer: "Officer Brandt".to_owned(),
            documents: document.map(str::to_owned).into_iter().collect(),
            persons: vec![person.to_owned()],
            phones: Vec::new(),
            emails: Vec::new(),
            locators: Vec::new(),
            frequent_flyers: Vec::new(),
            window: Window::All,
            declares: Declaration::ALL.to_vec(),
            urgent: false,
        }))
    }
}

/// `to` takes `of`'s metadata after comparing the fingerprint.
async fn introduce(of: &Nation, to: &Nation) -> Result<String, Cannot> {
    let exported = of.does(Command::PairExport).await?;
    let fingerprint = text_of(&exported, "fingerprint")?;
    let import = Command::PairImport {
        metadata: text_of(&exported, "metadata")?,
        fingerprint: Some(fingerprint.clone()),
    };
    to.does(import).await?;
    Ok(fingerprint)
}

fn outcome(report: &Report) -> Result<String, Cannot> {
    let outcome = report.json.pointer("/partners/0/outcome").and_then(Value::as_str);
    outcome
        .map(str::to_owned)
        .ok_or_else(|| Cannot::new(report.text.clone()))
}

fn expect(holds: bool, report: &Report) -> Result<(), Cannot> {
    if holds {
        Ok(())
    } else {
        Err(Cannot::new(format!("unexpected: {}", report.text)))
    }
}

fn text_of(json: &Value, member: &str) -> Result<String, Cannot> {
    let text = json.get(member).and_then(Value::as_str);
    text.map(str::to_owned)
        .ok_or_else(|| Cannot::new(format!("an answer has no `{member}`")))
}

fn count(json: &Value, pointer: &str) -> Result<u64, Cannot> {
    json.pointer(pointer)
        .and_then(Value::as_u64)
        .ok_or_else(|| Cannot::new(format!("an answer has no `{pointer}`")))
}
