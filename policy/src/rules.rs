//! The rules of law: the only file that names Cedar.
//!
//! Cedar skips a policy whose evaluation fails, a forbid too, and would then
//! allow what the law forbids. Here any evaluation error is a refusal.

use crate::decision::{Clause, Obligation, Verdict, nothing_permits};
use crate::finding::{Finding, Findings, SourceFile, did_you_mean};
use crate::term::Term;
use cedar_policy::{
    ActionConstraint, Authorizer, Context, Decision, Effect, Entities, Entity, EntityId, EntityTypeName, EntityUid,
    ParseErrors, Policy, PolicyId, PolicySet, Request, RestrictedExpression, Schema, ValidationMode, Validator,
};
use miette::Diagnostic;
use piux_protocol::vocabulary::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::str::FromStr;

/// An action of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verb {
    Authorize,
    Lookup,
    Disclose,
    Approve,
}

impl Verb {
    const ALL: [Self; 4] = [Self::Authorize, Self::Lookup, Self::Disclose, Self::Approve];

    fn word(self) -> &'static str {
        match self {
            Self::Authorize => "authorize",
            Self::Lookup => "lookup",
            Self::Disclose => "disclose",
            Self::Approve => "approve",
        }
    }
}

/// A thing of the schema: its type and its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name(pub(crate) &'static str, pub(crate) String);

/// A value of an attribute.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Bool(bool),
    Time(Timestamp),
    Name(Name),
    Set(Vec<Name>),
}

pub(crate) type Attributes = Vec<(&'static str, Value)>;

/// A thing with its attributes.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) name: Name,
    pub(crate) attributes: Attributes,
}

/// One question to the rules.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) principal: Name,
    pub(crate) verb: Verb,
    pub(crate) resource: Name,
    pub(crate) context: Attributes,
}

/// Everything the rules can look up by name.
#[derive(Debug, Clone)]
pub(crate) struct World(Entities);

/// A thing that does not fit the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a fact does not fit the schema of the rules")]
pub(crate) struct FactError;

/// The rules in force, parsed, checked and sliced by action.
#[derive(Debug)]
pub(crate) struct Rules {
    schema: Schema,
    slices: BTreeMap<Verb, PolicySet>,
    clauses: BTreeMap<String, (Clause, Vec<Obligation>)>,
    authorizer: Authorizer,
}

impl Rules {
    /// Loads rules against their schema; `restrictions` may only forbid. All findings at once.
    pub(crate) fn load(
        schema: &SourceFile,
        rules: &[SourceFile],
        restrictions: &[SourceFile],
        instruments: &[String],
    ) -> Result<Self, Vec<Finding>> {
        let mut loader = Loader::new(parse_schema(schema)?, instruments);
        for file in rules {
            loader.add(file, false);
        }
        for file in restrictions {
            loader.add(file, true);
        }
        loader.finish()
    }

    /// Every clause, with its law.
    pub(crate) fn clauses(&self) -> impl Iterator<Item = &Clause> {
        self.clauses.values().map(|(clause, _)| clause)
    }

    /// A world of these things.
    pub(crate) fn world(&self, items: impl IntoIterator<Item = Item>) -> Result<World, FactError> {
        let entities = entities(items)?;
        Entities::from_entities(entities, Some(&self.schema))
            .map(World)
            .map_err(|_| FactError)
    }

    /// The same world with more things in it.
    pub(crate) fn extended(&self, world: &World, items: impl IntoIterator<Item = Item>) -> Result<World, FactError> {
        let entities = entities(items)?;
        let larger = world.0.clone().add_entities(entities, Some(&self.schema));
        larger.map(World).map_err(|_| FactError)
    }

    /// Asks the rules. A question that cannot be put, or that makes any rule fail, is refused.
    pub(crate) fn ask(&self, world: &World, question: &Question) -> Verdict {
        let Ok(request) = self.request(question) else {
            return Verdict::refused(vec![evaluation_failed()]);
        };
        let Some(slice) = self.slices.get(&question.verb) else {
            return Verdict::refused(vec![nothing_permits()]);
        };
        let response = self.authorizer.is_authorized(&request, slice, &world.0);
        let failed = response.diagnostics().errors().next().is_some();
        let deciding = response.diagnostics().reason();
        let found: BTreeSet<_> = deciding
            .filter_map(|id| self.clauses.get(AsRef::<str>::as_ref(id)))
            .collect();
        let clauses: Vec<Clause> = found.iter().map(|(clause, _)| clause.clone()).collect();
        match (response.decision(), failed) {
            (Decision::Allow, false) => {
                let obligations = found.iter().flat_map(|(_, obligations)| obligations).copied().collect();
                Verdict {
                    permitted: true,
                    clauses,
                    obligations,
                }
            }
            (Decision::Allow, true) => Verdict::refused(vec![evaluation_failed()]),
            (Decision::Deny, true) => Verdict::refused(clauses.into_iter().chain([evaluation_failed()]).collect()),
            (Decision::Deny, false) if clauses.is_empty() => Verdict::refused(vec![nothing_permits()]),
            (Decision::Deny, false) => Verdict::refused(clauses),
        }
    }

    fn request(&self, question: &Question) -> Result<Request, FactError> {
        let pairs: Result<Vec<_>, FactError> = question
            .context
            .iter()
            .map(|(key, value)| Ok(((*key).to_owned(), expression(value)?)))
            .collect();
        let context = Context::from_pairs(pairs?).map_err(|_| FactError)?;
        let action = uid(&Name("Action", question.verb.word().to_owned()))?;
        let (principal, resource) = (uid(&question.principal)?, uid(&question.resource)?);
        Request::new(principal, action, resource, context, Some(&self.schema)).map_err(|_| FactError)
    }
}

fn evaluation_failed() -> Clause {
    Clause {
        id: "E-EVALUATION".to_owned(),
        title: "A rule could not be evaluated, so nothing is allowed".to_owned(),
        cite: "Directive (EU) 2016/680 Art. 4(4)".to_owned(),
    }
}

fn uid(name: &Name) -> Result<EntityUid, FactError> {
    let of_type = EntityTypeName::from_str(&format!("Piu::{}", name.0)).map_err(|_| FactError)?;
    Ok(EntityUid::from_type_name_and_id(of_type, EntityId::new(&name.1)))
}

fn expression(value: &Value) -> Result<RestrictedExpression, FactError> {
    Ok(match value {
        Value::Bool(value) => RestrictedExpression::new_bool(*value),
        Value::Time(time) => RestrictedExpression::new_datetime(time.to_string()),
        Value::Name(name) => RestrictedExpression::new_entity_uid(uid(name)?),
        Value::Set(names) => {
            let uids: Result<Vec<_>, FactError> = names.iter().map(uid).collect();
            RestrictedExpression::new_set(uids?.into_iter().map(RestrictedExpression::new_entity_uid))
        }
    })
}

fn entities(items: impl IntoIterator<Item = Item>) -> Result<Vec<Entity>, FactError> {
    items.into_iter().map(|item| entity(&item)).collect()
}

fn entity(item: &Item) -> Result<Entity, FactError> {
    let attributes: Result<HashMap<_, _>, FactError> = item
        .attributes
        .iter()
        .map(|(key, value)| Ok(((*key).to_owned(), expression(value)?)))
        .collect();
    Entity::new(uid(&item.name)?, attributes?, HashSet::new()).map_err(|_| FactError)
}

fn parse_schema(file: &SourceFile) -> Result<Schema, Vec<Finding>> {
    let parsed = Schema::from_cedarschema_str(&file.text);
    parsed.map(|(schema, _)| schema).map_err(|error| {
        let mut findings = Findings::new(&file.path, &file.text);
        findings.report("C001", &error);
        findings.into_vec()
    })
}

impl Findings<'_> {
    fn report(&mut self, code: &'static str, diagnostic: &dyn Diagnostic) {
        let label = diagnostic.labels().and_then(|mut labels| labels.next());
        let span = label.map_or(0..0, |label| label.offset()..label.offset() + label.len());
        let help = diagnostic.help().map(|help| help.to_string());
        self.add_with_help(span, code, diagnostic.to_string(), help);
    }
}

/// Reads rule files one after the other and collects what is wrong with them.
struct Loader<'a> {
    validator: Validator,
    instruments: &'a [String],
    policies: PolicySet,
    clauses: BTreeMap<String, (Clause, Vec<Obligation>)>,
    findings: Vec<Finding>,
}

impl<'a> Loader<'a> {
    fn new(schema: Schema, instruments: &'a [String]) -> Self {
        Self {
            validator: Validator::new(schema),
            instruments,
            policies: PolicySet::new(),
            clauses: BTreeMap::new(),
            findings: Vec::new(),
        }
    }

    fn add(&mut self, file: &SourceFile, only_forbids: bool) {
        let mut findings = Findings::new(&file.path, &file.text);
        match PolicySet::from_str(&file.text) {
            Err(errors) => report_syntax(&mut findings, &errors),
            Ok(policies) => {
                self.validate(&mut findings, &policies);
                for policy in policies.policies() {
                    self.add_policy(&mut findings, file, policy, only_forbids);
                }
                if policies.num_of_templates() > 0 {
                    findings.add(0..0, "C303", "templates are not offered: write one rule for each case");
                }
            }
        }
        self.findings.extend(findings.into_vec());
    }

    fn validate(&self, findings: &mut Findings<'_>, policies: &PolicySet) {
        let result = self.validator.validate(policies, ValidationMode::Strict);
        for error in result.validation_errors() {
            findings.report("C100", error);
        }
        for warning in result.validation_warnings() {
            findings.report("C200", warning);
        }
    }

    fn add_policy(&mut self, findings: &mut Findings<'_>, file: &SourceFile, policy: &Policy, only_forbids: bool) {
        let Some(clause) = self.clause(findings, file, policy) else {
            return;
        };
        let place = place_of(file, &clause.id);
        if only_forbids && policy.effect() == Effect::Permit {
            findings.add(
                place.clone(),
                "C300",
                format!("`{}` permits: national rules may only forbid", clause.id),
            );
        }
        let obligations = obligations(findings, place.clone(), policy);
        if self.policies.add(policy.new_id(PolicyId::new(&clause.id))).is_err() {
            findings.add(place, "C302", format!("`{}` is the @id of two rules", clause.id));
        }
        self.clauses.insert(clause.id.clone(), (clause, obligations));
    }

    fn clause(&self, findings: &mut Findings<'_>, file: &SourceFile, policy: &Policy) -> Option<Clause> {
        let text = |key| {
            policy
                .annotation(key)
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        let Some(id) = text("id") else {
            findings.add(0..0, "C301", "a rule has no @id");
            return None;
        };
        let place = place_of(file, &id);
        let (title, cite) = (text("title"), text("cite"));
        for (key, value) in [("title", &title), ("cite", &cite)] {
            if value.is_none() {
                findings.add(place.clone(), "C301", format!("`{id}` has no @{key}"));
            }
        }
        let (title, cite) = (title?, cite?);
        for citation in cite.split(';').map(str::trim) {
            if !self
                .instruments
                .iter()
                .any(|known| citation.starts_with(known.as_str()))
            {
                findings.add(
                    place.clone(),
                    "C304",
                    format!("`{id}` cites an instrument the profile does not know"),
                );
            }
        }
        Some(Clause { id, title, cite })
    }

    fn finish(self) -> Result<Rules, Vec<Finding>> {
        if !self.findings.is_empty() {
            return Err(self.findings);
        }
        let slices = Verb::ALL
            .iter()
            .map(|verb| (*verb, slice(&self.policies, *verb)))
            .collect();
        let schema = self.validator.schema().clone();
        Ok(Rules {
            schema,
            slices,
            clauses: self.clauses,
            authorizer: Authorizer::new(),
        })
    }
}

/// The rules that can apply to an action: exact, since an action constraint needs no data.
fn slice(policies: &PolicySet, verb: Verb) -> PolicySet {
    let Ok(action) = uid(&Name("Action", verb.word().to_owned())) else {
        return policies.clone();
    };
    let applies = |policy: &&Policy| match policy.action_constraint() {
        ActionConstraint::Any => true,
        ActionConstraint::In(actions) => actions.contains(&action),
        ActionConstraint::Eq(only) => only == action,
    };
    let chosen = policies.policies().filter(applies).cloned();
    PolicySet::from_policies(chosen).unwrap_or_else(|_| policies.clone())
}

fn report_syntax(findings: &mut Findings<'_>, errors: &ParseErrors) {
    for error in errors.iter() {
        findings.report("C000", error);
    }
}

fn obligations(findings: &mut Findings<'_>, place: std::ops::Range<usize>, policy: &Policy) -> Vec<Obligation> {
    let words = policy.annotation("obligation").unwrap_or_default();
    let mut known = Vec::new();
    for word in words.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        match Obligation::of(word) {
            Some(obligation) => known.push(obligation),
            None => {
                let help = did_you_mean(word, Obligation::ALL.iter().map(|duty| duty.word()));
                findings.add_with_help(place.clone(), "C305", format!("unknown obligation `{word}`"), help);
            }
        }
    }
    known
}

fn place_of(file: &SourceFile, id: &str) -> std::ops::Range<usize> {
    let start = file.text.find(&format!("@id(\"{id}\")")).unwrap_or(0);
    start..start
}

#[cfg(test)]
mod tests;
