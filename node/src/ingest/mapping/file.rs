//! The written form of a mapping, and what can be wrong with it.

use super::pattern::Pattern;
use super::rule::Rule;
use super::{Charset, Mapping, Source};
use crate::ingest::profile::{Field, List};
use piux_protocol::vocabulary::sha256;
use serde::de::{MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use toml::Spanned;

const FORMAT: &str = "piux-mapping/1";

/// What is wrong, and where.
pub(super) struct Fault {
    span: Range<usize>,
    pub(super) message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: Spanned<String>,
    source: Spanned<String>,
    separator: Option<Spanned<String>>,
    charset: Option<Spanned<String>>,
    list: Option<Spanned<String>>,
    #[serde(default)]
    empty: Vec<String>,
    #[serde(default)]
    constants: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    skip: BTreeMap<String, Vec<String>>,
    fields: BTreeMap<Spanned<String>, Spanned<WrittenRule>>,
}

/// A column, or a table that says more.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Table {
    column: Option<String>,
    columns: Vec<String>,
    join: Option<String>,
    split: Option<String>,
    part: Option<usize>,
    dates: Vec<String>,
    translate: Option<BTreeMap<String, String>>,
    optional: bool,
}

struct WrittenRule(Table);

impl<'de> Deserialize<'de> for WrittenRule {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = WrittenRule;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a column's name, or a table such as { column = \"..\", dates = [\"..\"] }")
            }
            fn visit_str<E: serde::de::Error>(self, column: &str) -> Result<WrittenRule, E> {
                Ok(WrittenRule(Table {
                    column: Some(column.to_owned()),
                    ..Table::default()
                }))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<WrittenRule, A::Error> {
                Table::deserialize(MapAccessDeserializer::new(map)).map(WrittenRule)
            }
        }
        from.deserialize_any(Either)
    }
}

impl Fault {
    fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
        }
    }

    /// The line it is in, from 1.
    pub(super) fn line(&self, text: &str) -> usize {
        let before = text.as_bytes().get(..self.span.start).unwrap_or_default();
        before.iter().filter(|b| **b == b'\n').count() + 1
    }
}

/// Reads a mapping; the first fault ends it.
pub(super) fn parse(text: &str) -> Result<Mapping, Fault> {
    let written: Written =
        toml::from_str(text).map_err(|error| Fault::new(error.span().unwrap_or(0..0), error.message()))?;
    if written.format.get_ref() != FORMAT {
        return Err(Fault::new(written.format.span(), format!("the format is \"{FORMAT}\"")));
    }
    let source = match written.source.get_ref().as_str() {
        "csv" => Source::Csv,
        "json" => Source::Json,
        _ => return Err(Fault::new(written.source.span(), "the source is \"csv\" or \"json\"")),
    };
    let separator = written
        .separator
        .as_ref()
        .map(|told| separator(told, source))
        .transpose()?;
    let charset = written.charset.as_ref().map(charset).transpose()?;
    if let Some(list) = written.list.as_ref().filter(|_| source == Source::Csv) {
        return Err(Fault::new(list.span(), "only a \"json\" source has a list"));
    }
    let mut rules = Vec::new();
    for (key, text) in &written.constants {
        let (field, item) = target(key)?;
        value(field, text.get_ref(), &text.span())?;
        rules.push(Rule::constant(field, item, text.get_ref()));
    }
    for (key, table) in written.fields {
        let (field, item) = target(&key)?;
        let span = table.span();
        rules.push(rule(field, item, table.into_inner().0, &span)?);
    }
    complete(&rules)?;
    // Items are filled in their order, so that an item no row fills leaves no gap behind it.
    rules.sort_by_key(|rule| (rule.field, rule.item));
    Ok(Mapping {
        digest: sha256(text),
        source,
        separator,
        charset,
        list: written.list.map(Spanned::into_inner),
        empty: written.empty,
        skip: written.skip.into_iter().collect(),
        rules,
        profile: false,
    })
}

fn separator(told: &Spanned<String>, source: Source) -> Result<u8, Fault> {
    match told.get_ref().as_bytes() {
        [byte @ (b',' | b';' | b'\t' | b'|')] if source == Source::Csv => Ok(*byte),
        _ if source != Source::Csv => Err(Fault::new(told.span(), "only a \"csv\" source has a separator")),
        _ => Err(Fault::new(told.span(), "the separator is one of , ; | or a tab")),
    }
}

fn charset(told: &Spanned<String>) -> Result<Charset, Fault> {
    match told.get_ref().to_ascii_lowercase().as_str() {
        "utf-8" => Ok(Charset::Utf8),
        "iso-8859-1" => Ok(Charset::Latin1),
        _ => Err(Fault::new(told.span(), "the charset is \"utf-8\" or \"iso-8859-1\"")),
    }
}

/// The field of a key, `docs.number` or `docs[2].number`, and the item it fills, from 0.
fn target(key: &Spanned<String>) -> Result<(Field, usize), Fault> {
    let written = key.get_ref();
    let fault = |message: String| Fault::new(key.span(), message);
    let (path, item) = match written.split_once('[') {
        None => (written.clone(), 1),
        Some((list, rest)) => {
            let parsed = rest
                .split_once(']')
                .and_then(|(item, rest)| Some((item.parse::<usize>().ok()?, rest)));
            let (item, rest) = parsed
                .filter(|(item, _)| (1..=99).contains(item))
                .ok_or_else(|| fault(format!("`{written}`: an item is written [1] to [99]")))?;
            (format!("{list}{rest}"), item)
        }
    };
    let field = Field::of(&path).ok_or_else(|| fault(unknown(&path)))?;
    if written.contains('[') && field.list().is_none() {
        return Err(fault(format!("`{path}` is no list; a line has it once")));
    }
    Ok((field, item.saturating_sub(1)))
}

fn unknown(path: &str) -> String {
    if List::of(path).is_some() {
        return format!("`{path}` is a list; name a field of it, such as `{path}.number`");
    }
    let distance = |field: &&Field| distance(field.path(), path);
    match Field::ALL
        .iter()
        .min_by_key(distance)
        .filter(|field| distance(field) <= 4)
    {
        Some(field) => format!("the profile has no field `{path}`; did you mean `{}`?", field.path()),
        None => format!("the profile has no field `{path}`; see node/data/mapping/README.md for all of them"),
    }
}

fn rule(field: Field, item: usize, table: Table, span: &Range<usize>) -> Result<Rule, Fault> {
    let fault = |message: &str| Fault::new(span.clone(), format!("`{}`: {message}", field.path()));
    let columns = match (table.column, table.columns) {
        (Some(column), columns) if columns.is_empty() => vec![column],
        (None, columns) if !columns.is_empty() => columns,
        _ => return Err(fault("say either `column` or `columns`")),
    };
    if table.join.is_some() && columns.len() < 2 {
        return Err(fault("`join` needs several `columns`"));
    }
    let part = match (&table.split, table.part) {
        (_, None) => None,
        (Some(_), Some(part)) if part > 0 => part.checked_sub(1),
        _ => return Err(fault("`part` counts from 1 and needs `split`")),
    };
    if table.split.is_some() && part.is_none() && field.list().is_none() {
        return Err(fault("is no list: `split` needs `part`, from 1"));
    }
    if table.split.as_ref().is_some_and(String::is_empty) {
        return Err(fault("`split` is empty"));
    }
    let mut dates = Vec::new();
    for pattern in &table.dates {
        dates.push(Pattern::new(pattern).map_err(|part| {
            let parts = "the parts are YYYY YY MM MON DD hh mm ss, and there is a year";
            fault(&format!("cannot read the date pattern at `{part}`; {parts}"))
        })?);
    }
    let translate = table.translate.map(|pairs| {
        let pairs = pairs.into_iter().map(|(name, meaning)| (name.to_uppercase(), meaning));
        pairs.collect::<Vec<_>>()
    });
    for (_, meaning) in translate.iter().flatten().filter(|(_, meaning)| meaning != "=") {
        value(field, meaning, span)?;
    }
    Ok(Rule {
        field,
        item,
        columns,
        join: table.join.unwrap_or_else(|| " ".to_owned()),
        constant: None,
        split: table.split,
        part,
        dates,
        translate,
        optional: table.optional,
    })
}

/// Checks a text against the closed list of values that a field may have.
fn value(field: Field, text: &str, span: &Range<usize>) -> Result<(), Fault> {
    let values: &[&str] = match field {
        Field::Operation => &["upsert", "cancel"],
        Field::Role => &["passenger", "crew", "transit", "transit_crew"],
        Field::Kind => &["adult", "child", "infant", "unknown"],
        Field::Sex => &["F", "M", "X"],
        Field::ContactKind => &["phone", "email", "address"],
        Field::ContactHolder => &["passenger", "agency", "payer"],
        Field::DocumentVerified => &["true", "false"],
        _ => return Ok(()),
    };
    if text.is_empty() || values.contains(&text) {
        return Ok(());
    }
    let list = values.join(", ");
    Err(Fault::new(
        span.clone(),
        format!("`{}` is one of {list}; not `{text}`", field.path()),
    ))
}

/// A mapping that cannot name a flight loads nothing.
fn complete(rules: &[Rule]) -> Result<(), Fault> {
    for field in [Field::Carrier, Field::Number] {
        if !rules.iter().any(|rule| rule.field == field) {
            return Err(Fault::new(
                0..0,
                format!("no rule for `{}`: nothing could be loaded", field.path()),
            ));
        }
    }
    Ok(())
}

/// How many letters differ (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (at, a) in one.chars().enumerate() {
        let mut above = at;
        let mut left = at + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(other.chars()) {
            let best = (above + usize::from(a != b)).min(*cell + 1).min(left + 1);
            above = std::mem::replace(cell, best);
            left = best;
        }
        if let Some(first) = row.first_mut() {
            *first = at + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}
