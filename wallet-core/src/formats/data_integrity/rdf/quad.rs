//! Quads and their canonical text (RDFC-1.0 5, RDF 1.1 Concepts 3).

use core::fmt;

pub(crate) const XSD_STRING: &str = "http://www.w3.org/2001/XMLSchema#string";
const RDF_LANG_STRING: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString";

/// What statements are made about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// An absolute IRI.
    Iri(String),
    /// A blank node, by its label without `_:`.
    Blank(String),
}

/// How a literal's text is to be read.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LiteralKind {
    /// As text (`xsd:string`).
    Text,
    /// As a value of this datatype.
    Datatype(String),
    /// As text in this language.
    Language(String),
}

/// A value.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Literal {
    value: String,
    kind: LiteralKind,
}

/// What a statement says of its subject.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Object {
    /// It has to do with this node.
    Node(Node),
    /// It has this value.
    Literal(Literal),
}

/// One statement. `Display` is its line of canonical N-Quads, with the line feed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quad {
    /// What it is about.
    pub subject: Node,
    /// What it says, an absolute IRI.
    pub predicate: String,
    /// Of what or with which value.
    pub object: Object,
    /// The graph it stands in; `None` is the default graph.
    pub graph: Option<Node>,
}

impl Literal {
    /// `value`, read as `kind` says. `xsd:string` is [`LiteralKind::Text`].
    #[must_use]
    pub fn new(value: String, kind: LiteralKind) -> Self {
        let kind = match kind {
            LiteralKind::Datatype(datatype) if datatype == XSD_STRING => LiteralKind::Text,
            other => other,
        };
        Self { value, kind }
    }

    /// The text of the value.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The datatype.
    #[must_use]
    pub fn datatype(&self) -> &str {
        match &self.kind {
            LiteralKind::Text => XSD_STRING,
            LiteralKind::Datatype(datatype) => datatype,
            LiteralKind::Language(_) => RDF_LANG_STRING,
        }
    }
}

impl Quad {
    /// Its blank nodes in subject, object and graph, with the letter RDFC-1.0 has for each place.
    pub(crate) fn blank_nodes(&self) -> impl Iterator<Item = (char, &str)> {
        let object = match &self.object {
            Object::Node(node) => Some(node),
            Object::Literal(_) => None,
        };
        let places = [
            ('s', Some(&self.subject)),
            ('o', object),
            ('g', self.graph.as_ref()),
        ];
        places.into_iter().filter_map(|(place, node)| match node? {
            Node::Blank(label) => Some((place, label.as_str())),
            Node::Iri(_) => None,
        })
    }

    /// Its line of canonical N-Quads (RDFC-1.0 5), with the line feed and each blank node labelled as `name` says.
    #[must_use]
    pub fn line<'a>(&'a self, name: impl Fn(&'a str) -> &'a str) -> String {
        let mut line = String::new();
        let push_node = |line: &mut String, node: &'a Node| match node {
            Node::Iri(iri) => push_iri(line, iri),
            Node::Blank(label) => line.extend(["_:", name(label)]),
        };
        push_node(&mut line, &self.subject);
        line.push(' ');
        push_iri(&mut line, &self.predicate);
        line.push(' ');
        match &self.object {
            Object::Node(node) => push_node(&mut line, node),
            Object::Literal(literal) => literal.push_to(&mut line),
        }
        if let Some(graph) = &self.graph {
            line.push(' ');
            push_node(&mut line, graph);
        }
        line.push_str(" .\n");
        line
    }
}

impl Literal {
    fn push_to(&self, line: &mut String) {
        line.push('"');
        let mut rest = self.value.as_str();
        while let Some(at) = rest.find(is_escaped) {
            let (plain, special) = rest.split_at(at);
            line.push_str(plain);
            let mut characters = special.chars();
            characters
                .next()
                .into_iter()
                .for_each(|c| push_escaped(line, c));
            rest = characters.as_str();
        }
        line.push_str(rest);
        line.push('"');
        match &self.kind {
            LiteralKind::Text => {}
            LiteralKind::Datatype(datatype) => {
                line.push_str("^^");
                push_iri(line, datatype);
            }
            LiteralKind::Language(language) => line.extend(["@", language]),
        }
    }
}

fn push_iri(line: &mut String, iri: &str) {
    line.extend(["<", iri, ">"]);
}

/// The characters of a literal that canonical N-Quads do not hold as they are.
fn is_escaped(character: char) -> bool {
    matches!(character, '\0'..='\x1F' | '"' | '\\' | '\x7F')
}

fn push_escaped(line: &mut String, character: char) {
    match character {
        '\x08' => line.push_str("\\b"),
        '\t' => line.push_str("\\t"),
        '\n' => line.push_str("\\n"),
        '\x0C' => line.push_str("\\f"),
        '\r' => line.push_str("\\r"),
        '"' | '\\' => line.extend(['\\', character]),
        other => line.push_str(&format!("\\u{:04X}", u32::from(other))),
    }
}

impl fmt::Display for Quad {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.line(|label| label))
    }
}

/// Quads hold claims: nothing of them is printed by chance.
impl fmt::Debug for Quad {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Quad").finish_non_exhaustive()
    }
}

/// Whether `text` has a scheme and nothing that ends or breaks an IRIREF (N-Quads 3). Whoever signs N-Quads relies on it:
/// `>` in an IRI would let one statement pass for two.
#[must_use]
pub fn is_absolute_iri(text: &str) -> bool {
    let Some((scheme, _)) = text.split_once(':') else {
        return false;
    };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    is_scheme && text.chars().all(is_iri_character)
}

/// What stands unescaped in an IRIREF (N-Quads 3).
fn is_iri_character(character: char) -> bool {
    !matches!(
        character,
        '\0'..=' ' | '<' | '>' | '"' | '{' | '}' | '|' | '^' | '`' | '\\'
    )
}
