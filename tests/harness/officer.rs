//! Questions as an officer puts them, and answers as programs read them.

use crate::Unit;
use piux_node::command::{Command, Question, Report};
use piux_node::node::NodeError;
use piux_protocol::vocabulary::{Basis, Declaration, Offence, Purpose, UnitId, Window};
use serde_json::Value;

/// A question in the making: for serious crime, duly reasoned, in every quarter.
#[derive(Debug)]
pub struct Asking<'a> {
    unit: &'a Unit,
    question: Question,
}

/// The answer of the one partner asked.
#[derive(Debug)]
pub struct Answer {
    /// The partner's part of the report.
    pub json: Value,
    /// The report as people read it.
    pub text: String,
    /// The exit code.
    pub exit: u8,
}

impl<'a> Asking<'a> {
    pub(crate) fn new(unit: &'a Unit, partner: &str) -> Self {
        let question = Question {
            to: vec![UnitId::of_state(partner).unwrap()],
            agreement: None,
            purpose: Purpose::SeriousCrime,
            offence: Offence::A04,
            basis: Basis::Pnr9_2,
            case: "2026/117".to_owned(),
            reasons: "suspected courier".to_owned(),
            officer: "officer Quill".to_owned(),
            documents: Vec::new(),
            persons: Vec::new(),
            phones: Vec::new(),
            emails: Vec::new(),
            locators: Vec::new(),
            frequent_flyers: Vec::new(),
            window: Window::All,
            declares: vec![Declaration::CaseSpecific, Declaration::AirLink, Declaration::Gravity],
            urgent: false,
        };
        Self { unit, question }
    }

    /// About `SURNAME/GIVEN NAMES/YYYY-MM-DD`; again for another spelling or birth date.
    #[must_use]
    pub fn about(mut self, person: &str) -> Self {
        self.question.persons.push(person.to_owned());
        self
    }

    /// About `ISSUER:NUMBER`.
    #[must_use]
    pub fn with_document(mut self, document: &str) -> Self {
        self.question.documents.push(document.to_owned());
        self
    }

    /// About `CARRIER:LOCATOR:YYYY-MM`.
    #[must_use]
    pub fn with_locator(mut self, locator: &str) -> Self {
        self.question.locators.push(locator.to_owned());
        self
    }

    /// About a telephone number.
    #[must_use]
    pub fn with_phone(mut self, phone: &str) -> Self {
        self.question.phones.push(phone.to_owned());
        self
    }

    /// For terrorist offences.
    #[must_use]
    pub fn against_terrorism(mut self) -> Self {
        (self.question.purpose, self.question.offence) = (Purpose::TerroristOffences, Offence::Ter);
        self
    }

    /// With any other change.
    #[must_use]
    pub fn but(mut self, change: impl FnOnce(&mut Question)) -> Self {
        change(&mut self.question);
        self
    }

    /// Puts the question; it may not even be possible to.
    pub async fn tries(self) -> Result<Report, NodeError> {
        self.unit.tries(Command::Lookup(Box::new(self.question))).await
    }

    /// Puts the question to the partner.
    pub async fn asks(self) -> Answer {
        let report = self.tries().await.unwrap();
        let partners = report.json["partners"].as_array().unwrap().clone();
        let [partner] = partners.as_slice() else {
            panic!("one partner was asked: {}", report.json)
        };
        Answer {
            json: partner.clone(),
            text: report.text,
            exit: report.exit,
        }
    }
}

impl Answer {
    /// `hit`, `no-hit`, `refused` or `unreachable`.
    pub fn outcome(&self) -> &str {
        self.json["outcome"].as_str().unwrap()
    }

    /// The grade of the only hit.
    pub fn grade(&self) -> &str {
        self.only_hit()["grade"].as_str().unwrap()
    }

    /// The name of the only hit.
    pub fn hit(&self) -> String {
        self.only_hit()["hit"].as_str().unwrap().to_owned()
    }

    /// The classes of the only hit.
    pub fn classes(&self) -> Vec<&str> {
        self.only_hit()["classes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|class| class.as_str().unwrap())
            .collect()
    }

    /// The names of all hits.
    pub fn hits(&self) -> Vec<&str> {
        let hits = self.json["hits"].as_array().unwrap().iter();
        hits.map(|hit| hit["hit"].as_str().unwrap()).collect()
    }

    /// Why the only hit has its grade.
    pub fn reasons(&self) -> String {
        self.only_hit()["reasons"].to_string()
    }

    /// What was not searched, in the words of the report.
    pub fn not_searched(&self) -> String {
        self.json["not_searched"].to_string()
    }

    /// How many requests were sent to the partner.
    pub fn requests(&self) -> usize {
        self.json["receipts"].as_array().unwrap().len()
    }

    /// The clauses that refused.
    pub fn clauses(&self) -> Vec<&str> {
        self.json["clauses"]
            .as_array()
            .unwrap()
            .iter()
            .map(|clause| clause["id"].as_str().unwrap())
            .collect()
    }

    fn only_hit(&self) -> &Value {
        let hits = self.json["hits"].as_array().unwrap();
        assert_eq!(hits.len(), 1, "one hit: {}", self.json);
        &hits[0]
    }
}
