//! One PNR as a small tree. Names are local, in small letters, without `_`.

use super::cut::DEPTH;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zeroize::Zeroize;

/// Longest attribute that is read.
const ATTRIBUTE_BYTES: usize = 8 * 1024;

/// Elements one PNR may have.
const ELEMENTS: usize = 20_000;

/// Attributes one element may have.
const ATTRIBUTES: usize = 200;

/// An element.
#[derive(Default)]
pub(super) struct Node {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    text: String,
    pub(super) children: Vec<Self>,
}

/// An element that has been read, and what is doubtful about it.
pub(super) struct Whole {
    pub(super) root: Node,
    pub(super) doubts: Vec<&'static str>,
}

/// Elements of which some are still open.
pub(super) struct Partly {
    pub(super) root: Node,
    pub(super) damaged: bool,
}

impl Node {
    /// An attribute; empty if it is not there.
    pub(super) fn attribute(&self, name: &str) -> &str {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.trim())
    }

    /// The first of these attributes that says something.
    pub(super) fn first_of(&self, names: &[&str]) -> &str {
        let mut values = names.iter().map(|name| self.attribute(name));
        values.find(|value| !value.is_empty()).unwrap_or_default()
    }

    /// Its own text.
    pub(super) fn text(&self) -> &str {
        self.text.trim()
    }

    /// Its children of a name.
    pub(super) fn all<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// Its first child of a name.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of its first child of a name; empty if there is none.
    pub(super) fn text_of(&self, name: &str) -> &str {
        self.child(name).map_or("", Self::text)
    }

    /// An attribute of its first child of a name; empty if there is none.
    pub(super) fn attribute_of(&self, child: &str, name: &str) -> &str {
        self.child(child).map_or("", |child| child.attribute(name))
    }

    /// The first element of a name, itself or below.
    pub(super) fn find(&self, name: &str) -> Option<&Self> {
        if self.name == name {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(name))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.text.zeroize();
        self.attributes.iter_mut().for_each(|(_, value)| value.zeroize());
    }
}

/// Reads one whole element.
///
/// # Errors
/// The rule it breaks: it is lost.
pub(super) fn element(text: &str) -> Result<Whole, &'static str> {
    let mut builder = Builder::default();
    builder.read(text)?;
    match builder.roots.pop() {
        Some(root) if builder.open.is_empty() && builder.roots.is_empty() => Ok(Whole {
            root,
            doubts: builder.doubts,
        }),
        _ => Err("syntax.xml"),
    }
}

/// Reads what there is of elements that are not closed yet.
pub(super) fn open(text: &str) -> Partly {
    let mut builder = Builder::default();
    let damaged = builder.read(text).is_err();
    while !builder.open.is_empty() {
        builder.close();
    }
    let mut root = Node::default();
    root.children = builder.roots;
    Partly { root, damaged }
}

#[derive(Default)]
struct Builder {
    open: Vec<Node>,
    roots: Vec<Node>,
    doubts: Vec<&'static str>,
    elements: usize,
}

impl Builder {
    fn read(&mut self, text: &str) -> Result<(), &'static str> {
        let mut reader = Reader::from_str(text);
        loop {
            match reader.read_event().map_err(|_| "syntax.xml")? {
                Event::Start(tag) => self.start(&tag)?,
                Event::Empty(tag) => {
                    self.start(&tag)?;
                    self.close();
                }
                Event::End(_) => self.close(),
                Event::Text(text) => self.text(&text.xml10_content()),
                Event::CData(text) => self.text(&text.xml10_content()),
                Event::GeneralRef(reference) => {
                    let entity = reference.xml10_content();
                    let character = reference.resolve_char_ref().map_err(|_| "xml.entity")?;
                    match character {
                        Some(character) => self.text(character.encode_utf8(&mut [0; 4])),
                        None => self.text(predefined(&entity).ok_or("xml.entity")?),
                    }
                }
                Event::DocType(_) => return Err("xml.doctype"),
                Event::Eof => return Ok(()),
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
            }
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), &'static str> {
        self.elements += 1;
        if self.open.len() >= DEPTH {
            return Err("limit.depth");
        }
        if self.elements > ELEMENTS {
            return Err("limit.elements");
        }
        let mut node = Node::default();
        node.name = plain(tag.local_name().as_ref());
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| "syntax.xml")?;
            if attribute.value.len() > ATTRIBUTE_BYTES || node.attributes.len() >= ATTRIBUTES {
                self.doubts.push("limit.attribute");
                continue;
            }
            let value = quick_xml::escape::unescape(&attribute.value).map_err(|_| "xml.entity")?;
            let name = plain(attribute.key.local_name().as_ref());
            node.attributes.push((name, tidy(&value)));
        }
        self.open.push(node);
        Ok(())
    }

    fn close(&mut self) {
        let Some(node) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some(parent) => parent.children.push(node),
            None => self.roots.push(node),
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(node) = self.open.last_mut() {
            node.text.push_str(&tidy(text));
        }
    }
}

/// A name as it is compared.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| *c != '_')
        .flat_map(char::to_lowercase)
        .collect()
}

/// Line ends and control characters as blanks.
fn tidy(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn predefined(entity: &str) -> Option<&'static str> {
    match entity {
        "amp" => Some("&"),
        "lt" => Some("<"),
        "gt" => Some(">"),
        "quot" => Some("\""),
        "apos" => Some("'"),
        _ => None,
    }
}
