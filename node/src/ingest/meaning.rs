//! What the rules of findings mean, for people. The sentences are data: `node/data/findings.toml`.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sentences {
    format: String,
    rules: BTreeMap<String, String>,
}

static SENTENCES: LazyLock<Sentences> = LazyLock::new(|| {
    let sentences: Sentences = toml::from_str(include_str!("../../data/findings.toml"))
        .expect("the sentences of the repository are well formed");
    assert_eq!(
        sentences.format, "piux-findings/1",
        "the sentences of the repository have the known format"
    );
    sentences
});

/// What a rule means and what to do about it, in one line; none of a rule that nobody knows.
pub fn meaning(rule: &str) -> Option<&'static str> {
    SENTENCES.rules.get(rule).map(String::as_str)
}

/// All rules.
pub fn rules() -> impl Iterator<Item = &'static str> {
    SENTENCES.rules.keys().map(String::as_str)
}
