//! The signature base (RFC 9421 section 2.5), for any list of components.
//!
//! Not built, because nothing of ours needs them: `@query-param`, and the component
//! parameters `sf`, `bs` and `tr`. They are refused, never skipped.

use super::SignatureError;
use super::http::{HttpRequest, HttpResponse, values};
use super::structured_field::{BareItem, InnerList, Item, Parameters, parse_dictionary};
use std::fmt;

/// The message a signature covers.
#[derive(Debug, Clone, Copy)]
pub enum Message<'a> {
    /// A request.
    Request(&'a HttpRequest),
    /// A response, and the signed request it answers.
    Response(&'a HttpResponse, &'a HttpRequest),
}

/// A component identifier: a name and its parameters (RFC 9421 section 2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    name: String,
    parameters: Parameters,
}

impl Component {
    /// A header field (lower case) or a derived component (`@..`).
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            parameters: Parameters::new(),
        }
    }

    /// The same component, taken from the request a response answers: `;req`.
    #[must_use]
    pub fn of_request(mut self) -> Self {
        self.parameters.push(("req".to_owned(), BareItem::Boolean(true)));
        self
    }

    /// One member of the dictionary that the header holds: `;key=".."`.
    #[must_use]
    pub fn member(mut self, key: &str) -> Self {
        self.parameters
            .push(("key".to_owned(), BareItem::String(key.to_owned())));
        self
    }

    /// The component an item of a signature's list names.
    pub fn from_item(item: &Item) -> Result<Self, SignatureError> {
        match &item.value {
            BareItem::String(name) => Ok(Self {
                name: name.clone(),
                parameters: item.parameters.clone(),
            }),
            _ => Err(SignatureError::Malformed),
        }
    }

    /// The item that names this component in a signature's list.
    pub fn to_item(&self) -> Item {
        Item {
            value: BareItem::String(self.name.clone()),
            parameters: self.parameters.clone(),
        }
    }

    /// Whether both name the same component; the order of parameters says nothing.
    fn is_same(&self, other: &Self) -> bool {
        let covers = |all: &Parameters, some: &Parameters| some.iter().all(|parameter| all.contains(parameter));
        self.name == other.name
            && covers(&self.parameters, &other.parameters)
            && covers(&other.parameters, &self.parameters)
    }
}

impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_item(), f)
    }
}

/// The components a signature's list names, each of them once.
pub fn components(list: &InnerList) -> Result<Vec<Component>, SignatureError> {
    let mut named: Vec<Component> = Vec::new();
    for item in &list.items {
        let component = Component::from_item(item)?;
        if named.iter().any(|other| other.is_same(&component)) {
            return Err(SignatureError::Components);
        }
        named.push(component);
    }
    Ok(named)
}

/// The text that is signed.
///
/// `parameters` is the value of the signature's member in `signature-input`, byte
/// for byte as received or about to be sent.
pub fn signature_base(
    message: Message<'_>,
    components: &[Component],
    parameters: &str,
) -> Result<String, SignatureError> {
    let mut base = String::new();
    for component in components {
        let value = value(message, component)?;
        base.push_str(&format!("{component}: {value}\n"));
    }
    base.push_str("\"@signature-params\": ");
    base.push_str(parameters);
    Ok(base)
}

/// The value of one component (RFC 9421 sections 2.1 to 2.4).
fn value(message: Message<'_>, component: &Component) -> Result<String, SignatureError> {
    let selection = Selection::of(&component.parameters)?;
    let value = match (message, selection.of_request) {
        (Message::Request(request), false) | (Message::Response(_, request), true) => {
            request_value(request, &component.name, selection.member)?
        }
        (Message::Response(response, _), false) => response_value(response, &component.name, selection.member)?,
        (Message::Request(_), true) => return Err(SignatureError::Unsupported),
    };
    if value.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t')) {
        Ok(value)
    } else {
        Err(SignatureError::Malformed)
    }
}

/// What the parameters of a component select.
#[derive(Default)]
struct Selection<'a> {
    of_request: bool,
    member: Option<&'a str>,
}

impl<'a> Selection<'a> {
    fn of(parameters: &'a Parameters) -> Result<Self, SignatureError> {
        let mut selection = Self::default();
        for (key, value) in parameters {
            match (key.as_str(), value) {
                ("req", BareItem::Boolean(true)) => selection.of_request = true,
                ("key", BareItem::String(member)) => selection.member = Some(member),
                _ => return Err(SignatureError::Unsupported),
            }
        }
        Ok(selection)
    }
}

fn request_value(request: &HttpRequest, name: &str, member: Option<&str>) -> Result<String, SignatureError> {
    if !name.starts_with('@') {
        return field(&request.headers, name, member);
    }
    if member.is_some() {
        return Err(SignatureError::Unsupported);
    }
    let target = Target::of(&request.target_uri)?;
    Ok(match name {
        "@method" => request.method.clone(),
        "@target-uri" => request.target_uri.clone(),
        "@scheme" => target.scheme.to_ascii_lowercase(),
        "@authority" => target.authority(),
        "@path" => target.path().to_owned(),
        "@query" => format!("?{}", target.query.unwrap_or_default()),
        "@request-target" => match target.query {
            Some(query) => format!("{}?{query}", target.path()),
            None => target.path().to_owned(),
        },
        _ => return Err(SignatureError::Unsupported),
    })
}

fn response_value(response: &HttpResponse, name: &str, member: Option<&str>) -> Result<String, SignatureError> {
    match (name, member) {
        ("@status", None) => Ok(format!("{:03}", response.status)),
        _ if name.starts_with('@') => Err(SignatureError::Unsupported),
        _ => field(&response.headers, name, member),
    }
}

/// A field: its values without surrounding blanks, joined; or one member of it.
fn field(headers: &[(String, String)], name: &str, member: Option<&str>) -> Result<String, SignatureError> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(SignatureError::Malformed);
    }
    let lines: Vec<_> = values(headers, name)
        .map(|line| line.trim_matches([' ', '\t']))
        .collect();
    if lines.is_empty() {
        return Err(SignatureError::Absent);
    }
    let joined = lines.join(", ");
    let Some(member) = member else { return Ok(joined) };
    let members = parse_dictionary(&joined).map_err(|_| SignatureError::Malformed)?;
    let found = members
        .iter()
        .find(|other| other.key == member)
        .ok_or(SignatureError::Absent)?;
    Ok(found.value.to_string())
}

/// An absolute `http` or `https` URI in its parts.
struct Target<'a> {
    scheme: &'a str,
    authority: &'a str,
    path: &'a str,
    query: Option<&'a str>,
}

impl<'a> Target<'a> {
    fn of(uri: &'a str) -> Result<Self, SignatureError> {
        let (scheme, rest) = uri.split_once("://").ok_or(SignatureError::Malformed)?;
        let printable = uri.bytes().all(|byte| byte.is_ascii_graphic());
        if !printable || uri.contains('#') {
            return Err(SignatureError::Malformed);
        }
        let (before, query) = match rest.split_once('?') {
            Some((before, query)) => (before, Some(query)),
            None => (rest, None),
        };
        let (authority, path) = before.split_at(before.find('/').unwrap_or(before.len()));
        if authority.is_empty() {
            return Err(SignatureError::Malformed);
        }
        Ok(Self {
            scheme,
            authority,
            path,
            query,
        })
    }

    /// The authority in lower case and without the scheme's default port.
    fn authority(&self) -> String {
        let authority = self.authority.to_ascii_lowercase();
        let port = if self.scheme.eq_ignore_ascii_case("https") {
            ":443"
        } else {
            ":80"
        };
        authority.strip_suffix(port).map(str::to_owned).unwrap_or(authority)
    }

    fn path(&self) -> &'a str {
        if self.path.is_empty() { "/" } else { self.path }
    }
}
