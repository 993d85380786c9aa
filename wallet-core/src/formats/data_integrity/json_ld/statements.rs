//! From a compact document to statements: expansion (JSON-LD 1.1 API 5.1) and serialisation as RDF (8.1) in one walk.

use super::context::{Context, Scope};
use super::error::JsonLdError as E;
use super::limits::{MAX_DEPTH, MAX_NAME, MAX_TYPES};
use super::literal;
use super::skolem::{self, Naming, Place};
use super::term::{Coercion, Keyword, Meaning, Term};
use crate::formats::claim_path::PathSegment;
use crate::formats::data_integrity::rdf::limits::MAX_QUADS;
use crate::formats::data_integrity::rdf::{Node, Object, Quad};
use crate::order;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::rc::Rc;

const RDF_TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";

type Members = Map<String, Value>;

/// What a document says.
pub(super) struct Statements {
    quads: Vec<Quad>,
    /// The objects without an identifier, and the labels they got.
    pub(super) unnamed: Vec<Place>,
    /// Whether some of it stands in graphs of their own.
    pub(super) has_graphs: bool,
    naming: Naming,
    blank_nodes: usize,
    /// Where in the document the walk is.
    path: Vec<PathSegment>,
    depth: usize,
}

impl Statements {
    /// Those of `document`.
    pub(super) fn of(document: &Members, naming: Naming) -> Result<Self, E> {
        let mut statements = Self {
            quads: Vec::new(),
            unnamed: Vec::new(),
            has_graphs: false,
            naming,
            blank_nodes: 0,
            path: Vec::new(),
            depth: 0,
        };
        if !document.contains_key("@context") {
            return Err(E::NoContext);
        }
        statements.document(document, &Rc::default(), None)?;
        Ok(statements)
    }

    /// The statements, each once, in the order they were made.
    pub(super) fn into_quads(self) -> Vec<Quad> {
        let mut seen = BTreeSet::new();
        let is_new: Vec<_> = self.quads.iter().map(|quad| seen.insert(quad)).collect();
        let quads = self.quads.into_iter().zip(is_new);
        quads
            .filter_map(|(quad, is_new)| is_new.then_some(quad))
            .collect()
    }

    /// An object that may name contexts of its own, and has to say something.
    fn document(
        &mut self,
        members: &Members,
        context: &Rc<Context>,
        graph: Option<&Node>,
    ) -> Result<(), E> {
        let context = match members.get("@context") {
            Some(names) => context.with_named(names)?,
            None => Rc::clone(context),
        };
        let before = self.quads.len();
        self.node(members, &context, graph)?;
        (self.quads.len() > before).then_some(()).ok_or(E::Dropped)
    }

    /// A node object, under its property's context; gives its name.
    fn node(
        &mut self,
        members: &Members,
        context: &Rc<Context>,
        graph: Option<&Node>,
    ) -> Result<Node, E> {
        if self.depth == MAX_DEPTH {
            return Err(E::TooDeep);
        }
        self.depth += 1;
        let types = types(members, context)?;
        let type_context = self.with_type_contexts(&types, context)?;
        let subject = self.subject(members, &type_context)?;
        for name in types {
            let Meaning::Iri(iri) = context.meaning(name)? else {
                return Err(E::Identifier);
            };
            let object = Object::Node(Node::Iri(skolem::unreserved(short(iri)?)?));
            self.state(&subject, RDF_TYPE.to_owned(), object, graph)?;
        }
        for (name, value) in members.iter().filter(|(name, _)| *name != "@context") {
            // A term is never an IRI. Who reads the JSON would look for the term and not find what is said.
            if name.contains(':') {
                return Err(E::UndefinedTerm);
            }
            match type_context.meaning(name)? {
                Meaning::Keyword(Keyword::Id | Keyword::Type) => {}
                Meaning::Keyword(_) => return Err(E::Unsupported),
                Meaning::Nothing => return Err(E::UndefinedTerm),
                Meaning::Iri(predicate) => {
                    self.path.push(PathSegment::Key(name.clone()));
                    let property = Property {
                        subject: &subject,
                        predicate: skolem::unreserved(short(predicate)?)?,
                        term: type_context.term(name).cloned(),
                        context: &type_context,
                        graph,
                    };
                    self.values(&property, value)?;
                    self.path.pop();
                }
            }
        }
        self.depth -= 1;
        Ok(subject)
    }

    /// The context under which an object of these types is read. Types are taken in their order as texts.
    fn with_type_contexts(&self, types: &[&str], context: &Rc<Context>) -> Result<Rc<Context>, E> {
        let ordered = order::set(types);
        let scoped = ordered
            .iter()
            .filter_map(|name| context.term(name)?.context);
        scoped
            .into_iter()
            .try_fold(Rc::clone(context), |context, local| {
                context.with(local, Scope::Type)
            })
    }

    /// The identifier of an object, or a new blank node.
    fn subject(&mut self, members: &Members, context: &Rc<Context>) -> Result<Node, E> {
        let mut found = None;
        for (name, value) in members.iter().filter(|(name, _)| *name != "@context") {
            if is_keyword(context, name, Keyword::Id)? && found.replace(value).is_some() {
                return Err(E::Identifier);
            }
        }
        match found {
            Some(id) => {
                let id = id.as_str().ok_or(E::Identifier)?;
                self.naming.node(short(context.identifier(id)?)?)
            }
            None => {
                let label = self.new_label()?;
                let name = if is_keyword(context, "id", Keyword::Id)? {
                    "id"
                } else {
                    "@id"
                };
                self.unnamed.push(Place {
                    path: self.path.clone(),
                    name,
                    label: label.clone(),
                });
                Ok(Node::Blank(label))
            }
        }
    }

    fn identified(&self, context: &Context, id: &str) -> Result<Node, E> {
        self.naming.node(context.identifier(id)?)
    }

    fn new_label(&mut self) -> Result<String, E> {
        if self.naming == Naming::Skolemized {
            return Err(E::Identifier);
        }
        let label = format!("b{}", self.blank_nodes);
        self.blank_nodes += 1;
        Ok(label)
    }

    /// What stands under a property.
    fn values(&mut self, property: &Property<'_>, value: &Value) -> Result<(), E> {
        if property.coercion() == &Coercion::Json {
            return self.say(property, Object::Literal(literal::json(value)?));
        }
        let Value::Array(items) = value else {
            return self.value(property, value);
        };
        if items.is_empty() {
            return Err(E::Dropped);
        }
        for (index, item) in (0..).zip(items) {
            self.path.push(PathSegment::Index(index));
            self.value(property, item)?;
            self.path.pop();
        }
        Ok(())
    }

    fn value(&mut self, property: &Property<'_>, value: &Value) -> Result<(), E> {
        match value {
            Value::Null => Err(E::Dropped),
            Value::Array(_) => Err(E::Unsupported),
            Value::Object(members) => self.object(property, members),
            _ if property.is_graph() => Err(E::Unsupported),
            scalar => {
                let object = self.scalar(property, scalar)?;
                self.say(property, object)
            }
        }
    }

    /// A string, number or boolean (Value Expansion, 5.3).
    fn scalar(&self, property: &Property<'_>, scalar: &Value) -> Result<Object, E> {
        let context = property.scoped(property.context)?;
        Ok(match (property.coercion(), scalar) {
            (Coercion::Id, Value::String(id)) => Object::Node(self.identified(&context, id)?),
            (Coercion::Vocab, Value::String(name)) => match context.meaning(name)? {
                Meaning::Iri(iri) => Object::Node(self.naming.node(iri)?),
                _ => return Err(E::Identifier),
            },
            (Coercion::Datatype(datatype), scalar) => {
                Object::Literal(literal::typed(scalar, datatype)?)
            }
            (_, scalar) => Object::Literal(literal::plain(scalar)?),
        })
    }

    /// A value object, or an object that is a node or a graph of its own.
    fn object(&mut self, property: &Property<'_>, members: &Members) -> Result<(), E> {
        let mut has_value = false;
        let mut is_reference = members.len() == 1;
        for name in members.keys().filter(|name| *name != "@context") {
            // What is undefined here may be defined by the object's types.
            has_value |= is_keyword(property.context, name, Keyword::Value)?;
            is_reference &= is_keyword(property.context, name, Keyword::Id)?;
        }
        if has_value && property.is_graph() {
            return Err(E::Unsupported);
        }
        if has_value {
            let context = property.scoped(property.context)?;
            let literal = literal::value_object(members, &context)?;
            return self.say(property, Object::Literal(literal));
        }
        let outer = if is_reference {
            Rc::clone(property.context)
        } else {
            property.context.reverted()
        };
        let context = property.scoped(&outer)?;
        if property.is_graph() {
            self.has_graphs = true;
            let graph = Node::Blank(self.new_label()?);
            self.say(property, Object::Node(graph.clone()))?;
            return self.document(members, &context, Some(&graph));
        }
        if members.contains_key("@context") {
            return Err(E::MisplacedContext);
        }
        let node = self.node(members, &context, property.graph)?;
        self.say(property, Object::Node(node))
    }

    fn say(&mut self, property: &Property<'_>, object: Object) -> Result<(), E> {
        let predicate = property.predicate.clone();
        self.state(property.subject, predicate, object, property.graph)
    }

    fn state(
        &mut self,
        subject: &Node,
        predicate: String,
        object: Object,
        graph: Option<&Node>,
    ) -> Result<(), E> {
        if self.quads.len() == MAX_QUADS {
            return Err(E::TooLarge);
        }
        self.quads.push(Quad {
            subject: subject.clone(),
            predicate,
            object,
            graph: graph.cloned(),
        });
        Ok(())
    }
}

/// A property of a node, and how what stands under it is read.
struct Property<'a> {
    subject: &'a Node,
    predicate: String,
    term: Option<Rc<Term>>,
    context: &'a Rc<Context>,
    graph: Option<&'a Node>,
}

impl Property<'_> {
    fn coercion(&self) -> &Coercion {
        self.term
            .as_ref()
            .map_or(&Coercion::None, |term| &term.coercion)
    }

    fn is_graph(&self) -> bool {
        self.term.as_ref().is_some_and(|term| term.is_graph)
    }

    /// `context` with the one of the property over it.
    fn scoped(&self, context: &Rc<Context>) -> Result<Rc<Context>, E> {
        match self.term.as_ref().and_then(|term| term.context) {
            Some(local) => context.with(local, Scope::Property),
            None => Ok(Rc::clone(context)),
        }
    }
}

/// The types of an object, as they are written.
fn types<'d>(members: &'d Members, context: &Context) -> Result<Vec<&'d str>, E> {
    let mut types = Vec::new();
    let mut is_found = false;
    for (name, value) in members.iter().filter(|(name, _)| *name != "@context") {
        if !is_keyword(context, name, Keyword::Type)? {
            continue;
        }
        let values = match value {
            Value::Array(values) => values.as_slice(),
            value => core::slice::from_ref(value),
        };
        if core::mem::replace(&mut is_found, true) {
            return Err(E::Identifier);
        }
        if values.is_empty() {
            return Err(E::Dropped);
        }
        if values.len() > MAX_TYPES {
            return Err(E::TooLarge);
        }
        for value in values {
            types.push(value.as_str().ok_or(E::Identifier)?);
        }
    }
    Ok(types)
}

/// The IRI of a subject, predicate or type: statements repeat it.
fn short(iri: String) -> Result<String, E> {
    (iri.len() <= MAX_NAME).then_some(iri).ok_or(E::TooLarge)
}

/// Whether a member's name is this keyword or another name of it. What is not defined is none.
fn is_keyword(context: &Context, name: &str, keyword: Keyword) -> Result<bool, E> {
    match context.meaning(name) {
        Ok(Meaning::Keyword(found)) => Ok(found == keyword),
        Ok(_) | Err(E::UndefinedTerm) => Ok(false),
        Err(error) => Err(error),
    }
}
