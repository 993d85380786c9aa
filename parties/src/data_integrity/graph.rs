//! A document as statements of RDF, each with the place in the document it comes from; canonicalised by RDFC-1.0
//! (`sophia_c14n`).

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value};
use sophia_api::quad::Spog;
use sophia_api::term::{BnodeId, IriRef, SimpleTerm};

use super::vocabulary::{Range, TYPE, Vocabulary, XSD_BOOLEAN, XSD_STRING, purpose};
use crate::refused::{OrRefuse, Refused, Result, ensure};

const MAX_DEPTH: usize = 8;

/// A thing that statements are about.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Node {
    Named(String),
    /// By a label that counts through the document.
    Blank(String),
}

enum Object {
    Node(Node),
    Literal(String, &'static str),
}

/// One statement.
pub(super) struct Statement {
    /// The graph it stands in, if it is not the default one.
    graph: Option<Node>,
    subject: Node,
    predicate: &'static str,
    object: Object,
    /// JSON Pointer of the value it comes from; of the thing itself for its type.
    place: String,
}

impl Statement {
    /// Whether selecting `pointer` selects this (vc-di-ecdsa section 3.4.13): everything below a pointer, and what leads to
    /// it with the types on the way.
    pub(super) fn is_selected_by(&self, pointer: &str) -> bool {
        is_at_or_below(&self.place, pointer) || is_at_or_below(pointer, &self.place)
    }

    /// JSON Pointer of where it comes from.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// The place of a value; a link to another thing is none.
    pub(super) fn place_of_value(&self) -> Option<&str> {
        matches!(self.object, Object::Literal(..)).then_some(self.place.as_str())
    }

    /// As N-Quads line with blank nodes under new labels.
    pub(super) fn line(&self, labels: &Labels) -> Result<String> {
        let node = |node: &Node| match node {
            Node::Named(iri) => Ok(format!("<{iri}>")),
            Node::Blank(label) => {
                let label = labels.get(label).or_refuse("a blank node without label")?;
                Ok(format!("_:{label}"))
            }
        };
        let object = match &self.object {
            Object::Node(object) => node(object)?,
            Object::Literal(text, XSD_STRING) => format!("\"{}\"", escaped(text)),
            Object::Literal(text, datatype) => format!("\"{}\"^^<{datatype}>", escaped(text)),
        };
        let subject = node(&self.subject)?;
        let graph = match &self.graph {
            Some(graph) => format!(" {}", node(graph)?),
            None => String::new(),
        };
        Ok(format!(
            "{subject} <{}> {object}{graph} .\n",
            self.predicate
        ))
    }
}

fn is_at_or_below(place: &str, pointer: &str) -> bool {
    let rest = place.strip_prefix(pointer);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// New labels of blank nodes, by label in the document.
pub(super) type Labels = BTreeMap<String, String>;

/// JSON Pointers to the blank nodes, by label in the document.
pub(super) fn places_of_nodes(statements: &[Statement]) -> Labels {
    // The document itself is the one that nothing leads to.
    let mut places = Labels::new();
    for Statement { subject, .. } in statements {
        if let Node::Blank(label) = subject {
            places.entry(label.clone()).or_default();
        }
    }
    for statement in statements {
        if let Object::Node(Node::Blank(label)) = &statement.object {
            places.insert(label.clone(), statement.place.clone());
        }
    }
    places
}

/// The statements of `document`, a JSON-LD object of the fixed vocabulary without proof.
pub(super) fn statements(document: &Map<String, Value>) -> Result<Vec<Statement>> {
    let mut reading = Reading::default();
    reading.document(document, "", 0)?;
    Ok(reading.statements)
}

/// The labels RDFC-1.0 gives: `c14n0` …
pub(super) fn canonical_labels(statements: &[Statement]) -> Result<Labels> {
    let quads: Result<HashSet<Spog<SimpleTerm<'static>>>> = statements.iter().map(quad).collect();
    let (_, labels) = sophia_c14n::rdfc10::relabel(&quads?).or_refuse("canonicalisation")?;
    let labels = labels.iter();
    Ok(labels
        .map(|(old, new)| (old.to_string(), new.as_str().to_owned()))
        .collect())
}

/// The lines under these labels, sorted, with the statements they come from. The same line twice is one.
pub(super) fn sorted_lines<'a>(
    statements: &'a [Statement],
    labels: &Labels,
) -> Result<Vec<(String, &'a Statement)>> {
    let lines: Result<BTreeMap<String, &Statement>> = statements
        .iter()
        .map(|statement| Ok((statement.line(labels)?, statement)))
        .collect();
    Ok(lines?.into_iter().collect())
}

fn quad(statement: &Statement) -> Result<Spog<SimpleTerm<'static>>> {
    let iri = |text: &str| {
        let iri = IriRef::new(text.to_owned().into()).or_refuse("not an IRI");
        iri.map(SimpleTerm::Iri)
    };
    let node = |node: &Node| match node {
        Node::Named(name) => iri(name),
        Node::Blank(label) => {
            let label = BnodeId::new(label.clone().into()).or_refuse("not a label");
            label.map(SimpleTerm::BlankNode)
        }
    };
    let object = match &statement.object {
        Object::Node(object) => node(object)?,
        Object::Literal(text, datatype) => {
            let datatype = IriRef::new((*datatype).into()).or_refuse("not an IRI")?;
            SimpleTerm::LiteralDatatype(text.clone().into(), datatype)
        }
    };
    let triple = [node(&statement.subject)?, iri(statement.predicate)?, object];
    let graph = statement.graph.as_ref().map(node).transpose()?;
    Ok((triple, graph))
}

#[derive(Default)]
struct Reading {
    statements: Vec<Statement>,
    blank_nodes: usize,
    /// Which terms there are.
    vocabulary: Vocabulary,
    graph: Option<Node>,
}

impl Reading {
    /// A thing with a context of its own.
    fn document(
        &mut self,
        document: &Map<String, Value>,
        place: &str,
        depth: usize,
    ) -> Result<Node> {
        let mut members = document.clone();
        let vocabulary = Vocabulary::of(members.remove("@context").as_ref())?;
        let around = std::mem::replace(&mut self.vocabulary, vocabulary);
        let node = self.node(&members, place, depth);
        self.vocabulary = around;
        node
    }

    /// What a thing says in a graph of its own.
    fn graph(&mut self, members: &Map<String, Value>, place: &str, depth: usize) -> Result<Node> {
        let graph = self.blank();
        let around = self.graph.replace(graph.clone());
        match members.contains_key("@context") {
            true => self.document(members, place, depth),
            false => self.node(members, place, depth),
        }?;
        self.graph = around;
        Ok(graph)
    }

    fn blank(&mut self) -> Node {
        self.blank_nodes += 1;
        Node::Blank(format!("n{:03}", self.blank_nodes))
    }

    fn node(&mut self, members: &Map<String, Value>, place: &str, depth: usize) -> Result<Node> {
        ensure(depth < MAX_DEPTH, "too deep")?;
        let subject = match members.get("id") {
            None => self.blank(),
            Some(id) => Node::Named(absolute(id)?),
        };
        for class in members.get("type").into_iter().flat_map(each) {
            let class = class.as_str().or_refuse("a type is not text")?;
            let class = Node::Named(self.vocabulary.class(class)?.to_owned());
            // A thing's type goes with the thing.
            self.say(&subject, TYPE, Object::Node(class), place.to_owned());
        }
        let members = members.iter();
        for (name, value) in members.filter(|(name, _)| !["id", "type"].contains(&name.as_str())) {
            let (predicate, range) = self.vocabulary.term(name)?;
            let place = format!("{place}/{name}");
            for (index, one) in each(value).enumerate() {
                let place = match value {
                    Value::Array(_) => format!("{place}/{index}"),
                    _ => place.clone(),
                };
                let object = self.object(range, one, &place, depth)?;
                self.say(&subject, predicate, object, place);
            }
        }
        Ok(subject)
    }

    fn object(&mut self, range: Range, value: &Value, place: &str, depth: usize) -> Result<Object> {
        match (range, value) {
            (Range::Node, Value::Object(members)) => {
                self.node(members, place, depth + 1).map(Object::Node)
            }
            (Range::Graph, Value::Object(members)) => {
                self.graph(members, place, depth + 1).map(Object::Node)
            }
            (Range::Node, value) => absolute(value).map(Node::Named).map(Object::Node),
            (Range::Purpose, Value::String(word)) => {
                Ok(Object::Node(Node::Named(purpose(word)?.to_owned())))
            }
            (Range::Literal(datatype), Value::String(text)) => {
                Ok(Object::Literal(text.clone(), datatype))
            }
            (Range::Literal(XSD_STRING), Value::Bool(value)) => {
                Ok(Object::Literal(value.to_string(), XSD_BOOLEAN))
            }
            _ => Err(Refused::because("a value of another kind than its term's")),
        }
    }

    fn say(&mut self, subject: &Node, predicate: &'static str, object: Object, place: String) {
        self.statements.push(Statement {
            graph: self.graph.clone(),
            subject: subject.clone(),
            predicate,
            object,
            place,
        });
    }
}

/// The elements of an array, or the one value.
fn each(value: &Value) -> impl Iterator<Item = &Value> {
    match value {
        Value::Array(values) => values.iter(),
        one => std::slice::from_ref(one).iter(),
    }
}

/// An absolute IRI: with a scheme, and without what would break out of `<…>`.
fn absolute(value: &Value) -> Result<String> {
    let text = value.as_str().or_refuse("an identifier is not text")?;
    let plain = text
        .chars()
        .all(|c| !c.is_control() && !" <>\"{}|^`\\".contains(c));
    ensure(
        plain && url::Url::parse(text).is_ok(),
        "not an absolute IRI",
    )?;
    Ok(text.to_owned())
}

/// Canonical N-Quads (RDF-CANON section 5).
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{C}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\0'..='\u{1F}' | '\u{7F}' => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}
