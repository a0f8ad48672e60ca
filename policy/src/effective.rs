//! What one unit may ask of another: profile, national rules and agreement in one.

mod outcome;

use crate::agreement::{Terms, Validity};
use crate::decision::{Decision, Refusal, Verdict};
use crate::facts::{ApprovalFacts, Approvals, DisclosureFacts, Person, QueryFacts, RecordClass};
use crate::profile::Profile;
use crate::rules::{Attributes, FactError, Item, Name, Question, Rules, Value, Verb, World};
use crate::table::{Table, TableKey};
use crate::term::Approval;
use crate::world::{self, Standing, word};
use piux_protocol::vocabulary::{Class, Declaration, Digest, ElementId, Timestamp, UnitId, Window};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A policy that cannot be put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// The agreement does not fit the schema of the rules.
    #[error("the agreement does not fit the schema of the rules")]
    Agreement,
}

impl From<FactError> for PolicyError {
    fn from(_: FactError) -> Self {
        Self::Agreement
    }
}

/// The policy for one direction of one agreement in one state.
///
/// A pure function of facts and time; decision tables are computed once and
/// kept. A change of state, rules or agreement makes a new one.
#[derive(Debug)]
pub struct Effective {
    rules: Arc<Rules>,
    world: World,
    agreement: Name,
    version: Digest,
    validity: Validity,
    terms: Terms,
    most_quarters: u16,
    asks: UnitId,
    answers: UnitId,
    tables: Mutex<HashMap<TableKey, Arc<Table>>>,
}

impl Effective {
    pub(crate) fn new(
        rules: Arc<Rules>,
        standing_world: &World,
        profile: &Profile,
        standing: &Standing<'_>,
    ) -> Result<Self, PolicyError> {
        let Standing {
            agreement,
            asks,
            answers,
            ..
        } = *standing;
        let world = rules.extended(standing_world, world::direction(standing))?;
        Ok(Self {
            rules,
            world,
            agreement: world::agreement_name(standing),
            version: agreement.version(),
            validity: *agreement.validity(),
            terms: agreement.terms(asks, answers).clone(),
            most_quarters: profile.limits.window_quarters,
            asks,
            answers,
            tables: Mutex::default(),
        })
    }

    /// What the agreement says for this direction.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// When the agreement holds.
    pub fn validity(&self) -> &Validity {
        &self.validity
    }

    /// The version of the agreement.
    pub fn version(&self) -> Digest {
        self.version
    }

    /// Decides a question, class by class, before any data are touched.
    pub fn decide_query(&self, facts: &QueryFacts, now: Timestamp) -> Decision<Class> {
        let verdicts = facts
            .classes
            .iter()
            .map(|class| (*class, self.authorize(facts, *class, now)));
        Decision::from_verdicts(verdicts)
    }

    /// Decides the release of elements: the question must still be allowed, then each element.
    pub fn decide_disclosure(
        &self,
        query: &QueryFacts,
        facts: &DisclosureFacts,
        now: Timestamp,
    ) -> Decision<ElementId> {
        if let Decision::Refused(refusal) = self.decide_query(query, now) {
            return Decision::Refused(refusal);
        }
        let elements = facts.elements.iter();
        Decision::from_verdicts(elements.map(|element| (element.clone(), self.element(query, facts, element))))
    }

    /// The fewest approvals, those on file included, with which something of this
    /// release is allowed; `None` if nothing would be with all of them.
    pub fn approvals_needed(&self, query: &QueryFacts, facts: &DisclosureFacts, now: Timestamp) -> Option<Approvals> {
        facts.approvals.supersets().into_iter().find(|approvals| {
            let facts = DisclosureFacts {
                approvals: *approvals,
                ..facts.clone()
            };
            self.decide_disclosure(query, &facts, now).is_permit()
        })
    }

    /// Decides whether a person may sign an approval step.
    pub fn decide_approval(&self, facts: &ApprovalFacts) -> Decision<Approval> {
        let verdict = self
            .approve(facts)
            .unwrap_or_else(|_| self.rules.ask(&self.world, &approval_question(facts)));
        Decision::from_verdicts([(facts.step, verdict)])
    }

    /// The decision table for lookups of one purpose, basis, class and set of approvals.
    pub fn table(&self, key: TableKey) -> Arc<Table> {
        let tables = || self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(table) = tables().get(&key) {
            return Arc::clone(table);
        }
        // Computed outside the lock: a second thread may do the same work, with the same result.
        let table = Arc::new(Table::compute(|record| self.outcome(key, record)));
        Arc::clone(tables().entry(key).or_insert(table))
    }

    /// Whether a record of this class may produce a hit, decided directly.
    pub fn decide_record(&self, key: TableKey, record: RecordClass) -> Result<(), Refusal> {
        let verdict = self.record(key, record);
        if verdict.permitted {
            Ok(())
        } else {
            Err(Refusal::of(verdict.clauses))
        }
    }

    pub(crate) fn record(&self, key: TableKey, record: RecordClass) -> Verdict {
        let mut context = self.record_context(key, record, key.approvals);
        context.push(("class", Value::Name(word("Class", key.class))));
        self.ask(Verb::Lookup, world::dataset(self.answers), context)
    }

    /// One element, without the question: for tables and explanations.
    pub(crate) fn element_of(&self, key: TableKey, facts: &DisclosureFacts, element: &ElementId) -> Verdict {
        let mut context = self.record_context(key, facts.record, facts.approvals);
        context.push(("filtered", Value::Bool(facts.filtered)));
        self.ask(Verb::Disclose, world::element(element), context)
    }

    fn element(&self, query: &QueryFacts, facts: &DisclosureFacts, element: &ElementId) -> Verdict {
        let class = query.classes.first().copied().unwrap_or(Class::Doc);
        let key = TableKey {
            purpose: query.purpose,
            basis: query.basis,
            class,
            approvals: facts.approvals,
        };
        self.element_of(key, facts, element)
    }

    fn authorize(&self, facts: &QueryFacts, class: Class, now: Timestamp) -> Verdict {
        let declares = |declaration| Value::Bool(facts.declares.contains(&declaration));
        let context = vec![
            ("agreement", Value::Name(self.agreement.clone())),
            ("purpose", Value::Name(word("Purpose", facts.purpose))),
            ("offence", Value::Name(word("Offence", facts.offence))),
            ("basis", Value::Name(word("Basis", facts.basis))),
            ("class", Value::Name(word("Class", class))),
            ("now", Value::Time(now)),
            ("reasoned", Value::Bool(facts.reasoned)),
            ("urgent", Value::Bool(facts.urgent)),
            ("caseSpecific", declares(Declaration::CaseSpecific)),
            ("gravity", declares(Declaration::Gravity)),
            ("airLink", declares(Declaration::AirLink)),
            ("undertaking", Value::Bool(facts.undertaking)),
            ("quotaExceeded", Value::Bool(facts.quota_exceeded)),
            (
                "windowExceeded",
                Value::Bool(facts.window.is_some_and(|window| self.window_exceeded(window))),
            ),
            (
                "leakExceeded",
                Value::Bool(facts.leak_bits.is_some_and(|bits| bits > self.terms.privacy.leak_bits)),
            ),
            ("versionPinned", Value::Bool(facts.agreement_version == self.version)),
        ];
        self.ask(Verb::Authorize, world::dataset(self.answers), context)
    }

    /// `all` counts as the most quarters the profile knows.
    fn window_exceeded(&self, window: Window) -> bool {
        let quarters = match window {
            Window::All => self.most_quarters,
            Window::Quarters(first, last) => last.number().saturating_sub(first.number()).saturating_add(1),
        };
        self.terms.window_quarters.is_some_and(|limit| quarters > limit)
    }

    fn record_context(&self, key: TableKey, record: RecordClass, approvals: Approvals) -> Attributes {
        vec![
            ("agreement", Value::Name(self.agreement.clone())),
            ("record", Value::Name(world::record(record))),
            ("purpose", Value::Name(word("Purpose", key.purpose))),
            ("basis", Value::Name(word("Basis", key.basis))),
            ("approvals", world::approvals(approvals)),
        ]
    }

    fn ask(&self, verb: Verb, resource: Name, context: Attributes) -> Verdict {
        let principal = world::partner(self.asks);
        self.rules.ask(
            &self.world,
            &Question {
                principal,
                verb,
                resource,
                context,
            },
        )
    }

    fn approve(&self, facts: &ApprovalFacts) -> Result<Verdict, FactError> {
        let signed = facts.approved_by.iter().map(|id| Person {
            id: id.clone(),
            ..facts.approver.clone()
        });
        let signed: Vec<Name> = signed.map(|person| world::officer(&person)).collect();
        let request = Item {
            name: Name("ApprovalRequest", "request".to_owned()),
            attributes: vec![
                ("requestedBy", Value::Name(world::officer(&facts.requester))),
                ("holder", Value::Name(world::partner(facts.holder))),
                ("step", Value::Name(word("Approval", facts.step))),
                ("approvedBy", Value::Set(signed)),
            ],
        };
        let mut people = vec![world::officer_item(&facts.approver)];
        if world::officer(&facts.requester) != world::officer(&facts.approver) {
            people.push(world::officer_item(&facts.requester));
        }
        let world = self.rules.extended(&self.world, people.into_iter().chain([request]))?;
        Ok(self.rules.ask(&world, &approval_question(facts)))
    }
}

/// The question of an approval; in a world without the request it is refused.
fn approval_question(facts: &ApprovalFacts) -> Question {
    Question {
        principal: world::officer(&facts.approver),
        verb: Verb::Approve,
        resource: Name("ApprovalRequest", "request".to_owned()),
        context: Vec::new(),
    }
}
