//! Structured fields, strictly: the dictionaries of RFC 9651 that signatures use.
//!
//! Decimals, dates and display strings occur in none of our fields and are refused,
//! as are duplicate keys, where RFC 9651 would let the last one win.

use base64::{Engine, engine::general_purpose::STANDARD};
use std::fmt;

/// A text that is not a structured field of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a well-formed structured field")]
pub struct StructuredFieldError;

/// A bare item (RFC 9651 section 3.3).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BareItem {
    /// `?0` or `?1`.
    Boolean(bool),
    /// At most 15 digits.
    Integer(i64),
    /// A quoted string of printable ASCII.
    String(String),
    /// An unquoted word.
    Token(String),
    /// Base64 between colons.
    Bytes(Vec<u8>),
}

/// Parameters, in their order.
pub type Parameters = Vec<(String, BareItem)>;

/// An item with its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The value.
    pub value: BareItem,
    /// What is said about the value.
    pub parameters: Parameters,
}

/// A parenthesized list of items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InnerList {
    /// The items, in their order.
    pub items: Vec<Item>,
    /// What is said about the list.
    pub parameters: Parameters,
}

/// What a dictionary key stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// One item.
    Item(Item),
    /// A list.
    List(InnerList),
}

/// One member of a dictionary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member<'a> {
    /// The key.
    pub key: String,
    /// The value, read.
    pub value: Value,
    /// The value exactly as received, without the key and the `=`.
    pub raw: &'a str,
}

/// Reads a dictionary (RFC 9651 section 4.2.2).
pub fn parse_dictionary(text: &str) -> Result<Vec<Member<'_>>, StructuredFieldError> {
    let mut parser = Parser {
        rest: text.trim_matches(' '),
    };
    let mut members: Vec<Member<'_>> = Vec::new();
    while !parser.rest.is_empty() {
        let member = parser.member()?;
        if members.iter().any(|other| other.key == member.key) {
            return Err(StructuredFieldError);
        }
        members.push(member);
        parser.separator()?;
    }
    Ok(members)
}

impl fmt::Display for BareItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(value) => write!(f, "?{}", u8::from(*value)),
            Self::Integer(value) => write!(f, "{value}"),
            Self::String(text) => write!(f, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
            Self::Token(word) => f.write_str(word),
            Self::Bytes(bytes) => write!(f, ":{}:", STANDARD.encode(bytes)),
        }
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.value)?;
        write_parameters(f, &self.parameters)
    }
}

impl fmt::Display for InnerList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for (position, item) in self.items.iter().enumerate() {
            let space = if position == 0 { "" } else { " " };
            write!(f, "{space}{item}")?;
        }
        f.write_str(")")?;
        write_parameters(f, &self.parameters)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Item(item) => fmt::Display::fmt(item, f),
            Self::List(list) => fmt::Display::fmt(list, f),
        }
    }
}

fn write_parameters(f: &mut fmt::Formatter<'_>, parameters: &Parameters) -> fmt::Result {
    for (key, value) in parameters {
        match value {
            BareItem::Boolean(true) => write!(f, ";{key}")?,
            other => write!(f, ";{key}={other}")?,
        }
    }
    Ok(())
}

/// Reads from the front of `rest`.
struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn member(&mut self) -> Result<Member<'a>, StructuredFieldError> {
        let key = self.key()?;
        if !self.eat('=') {
            let from = self.rest;
            let item = Item {
                value: BareItem::Boolean(true),
                parameters: self.parameters()?,
            };
            let value = Value::Item(item);
            return Ok(Member {
                key,
                value,
                raw: self.since(from),
            });
        }
        let from = self.rest;
        let value = if self.rest.starts_with('(') {
            Value::List(self.list()?)
        } else {
            Value::Item(self.item()?)
        };
        Ok(Member {
            key,
            value,
            raw: self.since(from),
        })
    }

    /// A comma with optional blanks around it and something after it, or the end.
    fn separator(&mut self) -> Result<(), StructuredFieldError> {
        self.blanks();
        if self.rest.is_empty() {
            return Ok(());
        }
        self.expect(',')?;
        self.blanks();
        if self.rest.is_empty() {
            Err(StructuredFieldError)
        } else {
            Ok(())
        }
    }

    fn list(&mut self) -> Result<InnerList, StructuredFieldError> {
        self.expect('(')?;
        let mut items = Vec::new();
        loop {
            let spaced = self.eat(' ');
            self.rest = self.rest.trim_start_matches(' ');
            if self.eat(')') {
                let parameters = self.parameters()?;
                return Ok(InnerList { items, parameters });
            }
            if !spaced && !items.is_empty() {
                return Err(StructuredFieldError);
            }
            items.push(self.item()?);
        }
    }

    fn item(&mut self) -> Result<Item, StructuredFieldError> {
        let value = self.bare_item()?;
        let parameters = self.parameters()?;
        Ok(Item { value, parameters })
    }

    fn parameters(&mut self) -> Result<Parameters, StructuredFieldError> {
        let mut parameters = Parameters::new();
        while self.eat(';') {
            self.rest = self.rest.trim_start_matches(' ');
            let key = self.key()?;
            let value = if self.eat('=') {
                self.bare_item()?
            } else {
                BareItem::Boolean(true)
            };
            if parameters.iter().any(|(other, _)| *other == key) {
                return Err(StructuredFieldError);
            }
            parameters.push((key, value));
        }
        Ok(parameters)
    }

    fn bare_item(&mut self) -> Result<BareItem, StructuredFieldError> {
        match self.rest.chars().next() {
            Some('"') => self.string().map(BareItem::String),
            Some(':') => self.bytes().map(BareItem::Bytes),
            Some('?') => self.boolean().map(BareItem::Boolean),
            Some('-' | '0'..='9') => self.integer().map(BareItem::Integer),
            Some('*' | 'A'..='Z' | 'a'..='z') => Ok(BareItem::Token(self.take_while(is_token).to_owned())),
            _ => Err(StructuredFieldError),
        }
    }

    fn string(&mut self) -> Result<String, StructuredFieldError> {
        self.expect('"')?;
        let mut text = String::new();
        loop {
            match self.next()? {
                '"' => return Ok(text),
                '\\' => match self.next()? {
                    escaped @ ('"' | '\\') => text.push(escaped),
                    _ => return Err(StructuredFieldError),
                },
                plain @ ' '..='~' => text.push(plain),
                _ => return Err(StructuredFieldError),
            }
        }
    }

    fn bytes(&mut self) -> Result<Vec<u8>, StructuredFieldError> {
        self.expect(':')?;
        let encoded = self.take_while(|c| c != ':');
        self.expect(':')?;
        STANDARD.decode(encoded).map_err(|_| StructuredFieldError)
    }

    fn boolean(&mut self) -> Result<bool, StructuredFieldError> {
        self.expect('?')?;
        match self.next()? {
            '0' => Ok(false),
            '1' => Ok(true),
            _ => Err(StructuredFieldError),
        }
    }

    fn integer(&mut self) -> Result<i64, StructuredFieldError> {
        let negative = self.eat('-');
        let digits = self.take_while(|c| c.is_ascii_digit());
        if !(1..=15).contains(&digits.len()) || self.rest.starts_with('.') {
            return Err(StructuredFieldError);
        }
        let value: i64 = digits.parse().map_err(|_| StructuredFieldError)?;
        Ok(if negative { -value } else { value })
    }

    fn key(&mut self) -> Result<String, StructuredFieldError> {
        if !self.rest.starts_with(|c: char| c.is_ascii_lowercase() || c == '*') {
            return Err(StructuredFieldError);
        }
        Ok(self.take_while(is_key).to_owned())
    }

    fn blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }

    fn next(&mut self) -> Result<char, StructuredFieldError> {
        let mut chars = self.rest.chars();
        let next = chars.next().ok_or(StructuredFieldError)?;
        self.rest = chars.as_str();
        Ok(next)
    }

    fn eat(&mut self, wanted: char) -> bool {
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, wanted: char) -> Result<(), StructuredFieldError> {
        if self.eat(wanted) {
            Ok(())
        } else {
            Err(StructuredFieldError)
        }
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let from = self.rest;
        self.rest = from.trim_start_matches(wanted);
        self.since(from)
    }

    /// What was read since the parser stood at `from`.
    fn since(&self, from: &'a str) -> &'a str {
        from.strip_suffix(self.rest).unwrap_or_default()
    }
}

fn is_key(c: char) -> bool {
    matches!(c, 'a'..='z' | '0'..='9' | '_' | '-' | '.' | '*')
}

fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~:/".contains(c)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        clippy::panic,
        reason = "a test may stop at the first surprise"
    )]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_value_of_a_member_is_kept_as_received() {
        let members = parse_dictionary("a=1;x,  b=(\"c\"  \"d\";req);created=5 , c").unwrap();
        let raw: Vec<_> = members.iter().map(|member| (member.key.as_str(), member.raw)).collect();
        assert_eq!(raw, [("a", "1;x"), ("b", "(\"c\"  \"d\";req);created=5"), ("c", "")]);
        assert_eq!(members[1].value.to_string(), "(\"c\" \"d\";req);created=5");
    }

    #[test]
    fn malformed_fields_are_refused() {
        for text in [
            "a=1,",
            "a=1 b=2",
            "A=1",
            "a=",
            "a=\"",
            "a=\"\u{e9}\"",
            "a=:!:",
            "a=:YQ:",
            "a=(1",
            "a=(1\"b\")",
            "a=1.5",
            "a=1234567890123456",
            "a=1, a=2",
            "a=1;b=1;b=2",
            "=1",
            ",",
            "a=1,,b=2",
            "a=@1",
            "a=-",
            "a=?2",
            "a=\"\\n\"",
        ] {
            assert_eq!(parse_dictionary(text), Err(StructuredFieldError), "{text}");
        }
    }

    fn bare_item() -> impl Strategy<Value = BareItem> {
        prop_oneof![
            any::<bool>().prop_map(BareItem::Boolean),
            (-999_999_999_999_999_i64..=999_999_999_999_999).prop_map(BareItem::Integer),
            "[ -~]{0,20}".prop_map(BareItem::String),
            "[A-Za-z*][A-Za-z0-9:/!#]{0,10}".prop_map(BareItem::Token),
            prop::collection::vec(any::<u8>(), 0..70).prop_map(BareItem::Bytes),
        ]
    }

    fn parameters() -> impl Strategy<Value = Parameters> {
        prop::collection::btree_map("[a-z*][a-z0-9_.*-]{0,6}", bare_item(), 0..4)
            .prop_map(|map| map.into_iter().collect())
    }

    fn item() -> impl Strategy<Value = Item> {
        (bare_item(), parameters()).prop_map(|(value, parameters)| Item { value, parameters })
    }

    proptest! {
        #[test]
        fn a_printed_list_is_read_back(items in prop::collection::vec(item(), 0..5), parameters in parameters()) {
            let list = InnerList { items, parameters };
            let text = format!("label={list}");
            let members = parse_dictionary(&text).unwrap();
            prop_assert_eq!(members[0].raw, list.to_string());
            prop_assert_eq!(&members[0].value, &Value::List(list));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC*") {
            let _ = parse_dictionary(&text);
        }

        #[test]
        fn no_near_miss_makes_the_parser_panic(text in "[a-z=(\")\\\\;:,?* 0-9\t.-]{0,60}") {
            let _ = parse_dictionary(&text);
        }
    }
}
