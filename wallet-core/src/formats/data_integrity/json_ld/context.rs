//! Context processing (JSON-LD 1.1 API 4.1, 4.2) and IRI expansion (5.2). Contexts are bundled, so what is not used by one
//! of them is refused instead of implemented.

use super::bundle;
use super::error::JsonLdError as E;
use super::limits::MAX_CONTEXTS;
use super::term::{Coercion, Keyword, Meaning, Term, is_graph_container};
use crate::formats::data_integrity::rdf::is_absolute_iri;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// How many contexts a thread keeps.
const MAX_KEPT: usize = 16;

thread_local! {
    /// What was made of bundled contexts, which never change: of one document every part is read by itself, under the same
    /// ones.
    static KEPT: RefCell<Vec<Kept>> = const { RefCell::new(Vec::new()) };
}

/// `local` over `active`.
struct Kept {
    active: Rc<Context>,
    local: &'static Value,
    scope: Scope,
    result: Rc<Context>,
}

/// The active context: what names mean at one place of a document.
#[derive(Clone, Default)]
pub(super) struct Context {
    terms: BTreeMap<&'static str, Rc<Term>>,
    protected: BTreeSet<&'static str>,
    vocabulary: Option<&'static str>,
    /// The one before a context that holds for one object only.
    previous: Option<Rc<Context>>,
}

/// How a local context meets the active one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Named by the document.
    Document,
    /// Of a property: it may redefine what is protected.
    Property,
    /// Of a type: it holds for one object and not for those below.
    Type,
}

impl Context {
    /// The contexts that a document's `@context` names, in their order, over this one.
    pub(super) fn with_named(self: &Rc<Self>, names: &Value) -> Result<Rc<Self>, E> {
        let names = match names {
            Value::Array(names) => names.as_slice(),
            name => core::slice::from_ref(name),
        };
        if names.is_empty() {
            return Err(E::NoContext);
        }
        if names.len() > MAX_CONTEXTS {
            return Err(E::TooLarge);
        }
        names.iter().try_fold(Rc::clone(self), |context, name| {
            let name = name.as_str().ok_or(E::InlineContext)?;
            let local = bundle::context(name).ok_or(E::UnknownContext)?;
            context.with(local, Scope::Document)
        })
    }

    /// The definitions of `local`, over these.
    pub(super) fn with(
        self: &Rc<Self>,
        local: &'static Value,
        scope: Scope,
    ) -> Result<Rc<Self>, E> {
        let is_it = |kept: &&Kept| {
            let is_same =
                Rc::ptr_eq(&kept.active, self) || kept.active.is_empty() && self.is_empty();
            is_same && core::ptr::eq(kept.local, local) && kept.scope == scope
        };
        let find = |kept: &RefCell<Vec<Kept>>| {
            let kept = kept.borrow();
            kept.iter().find(is_it).map(|kept| Rc::clone(&kept.result))
        };
        if let Some(result) = KEPT.with(find) {
            return Ok(result);
        }
        let result = self.make_with(local, scope)?;
        KEPT.with_borrow_mut(|kept| {
            if kept.len() == MAX_KEPT {
                kept.clear();
            }
            kept.push(Kept {
                active: Rc::clone(self),
                local,
                scope,
                result: Rc::clone(&result),
            });
        });
        Ok(result)
    }

    /// Whether nothing was defined yet.
    fn is_empty(&self) -> bool {
        self.terms.is_empty()
            && self.protected.is_empty()
            && self.vocabulary.is_none()
            && self.previous.is_none()
    }

    fn make_with(self: &Rc<Self>, local: &'static Value, scope: Scope) -> Result<Rc<Self>, E> {
        let mut result = match local {
            Value::Null if scope != Scope::Property && !self.protected.is_empty() => {
                return Err(E::ProtectedTerm);
            }
            Value::Null => Self::default(),
            _ => (**self).clone(),
        };
        if scope == Scope::Type && result.previous.is_none() {
            result.previous = Some(Rc::clone(self));
        }
        if let Value::Object(definitions) = local {
            Local::new(&mut result, definitions, scope)?.define_all()?;
        } else if !local.is_null() {
            return Err(E::UnsupportedContext);
        }
        Ok(Rc::new(result))
    }

    /// The context without one that was for the object above only.
    pub(super) fn reverted(self: &Rc<Self>) -> Rc<Self> {
        Rc::clone(self.previous.as_ref().unwrap_or(self))
    }

    /// The definition of a term.
    pub(super) fn term(&self, name: &str) -> Option<&Rc<Term>> {
        self.terms.get(name)
    }

    /// What a member's name, a type or a term under `@vocab` stands for.
    pub(super) fn meaning(&self, name: &str) -> Result<Meaning, E> {
        if let Some(keyword) = Keyword::of(name) {
            return Ok(Meaning::Keyword(keyword));
        }
        if let Some(term) = self.terms.get(name) {
            return Ok(term.meaning.clone());
        }
        let iri = match (self.compact_iri(name), self.vocabulary) {
            (Some(iri), _) => iri,
            (None, Some(vocabulary)) if !name.contains(':') => format!("{vocabulary}{name}"),
            _ => return Err(E::UndefinedTerm),
        };
        let is_iri = is_absolute_iri(&iri);
        is_iri.then_some(Meaning::Iri(iri)).ok_or(E::Identifier)
    }

    /// The absolute IRI that an identifier stands for.
    pub(super) fn identifier(&self, text: &str) -> Result<String, E> {
        let iri = self.compact_iri(text).ok_or(E::Identifier)?;
        is_absolute_iri(&iri).then_some(iri).ok_or(E::Identifier)
    }

    /// `text` with a prefix that is a term replaced; `None` without a colon.
    fn compact_iri(&self, text: &str) -> Option<String> {
        let (prefix, suffix) = text.split_once(':')?;
        let term = self.terms.get(prefix).filter(|term| term.is_prefix);
        Some(match term.map(|term| &term.meaning) {
            Some(Meaning::Iri(iri)) if !suffix.starts_with("//") => format!("{iri}{suffix}"),
            _ => text.to_owned(),
        })
    }
}

/// A local context on its way into an active one.
struct Local<'a> {
    active: &'a mut Context,
    definitions: &'static Map<String, Value>,
    scope: Scope,
    is_protected: bool,
    /// Terms that are defined, and those that are being defined (`false`).
    defined: BTreeMap<&'static str, bool>,
}

impl<'a> Local<'a> {
    fn new(
        active: &'a mut Context,
        definitions: &'static Map<String, Value>,
        scope: Scope,
    ) -> Result<Self, E> {
        let mut is_protected = false;
        for (name, value) in definitions.iter().filter(|(name, _)| name.starts_with('@')) {
            match (name.as_str(), value) {
                ("@version", version) if version.as_f64() == Some(1.1) => {}
                ("@protected", Value::Bool(value)) => is_protected = *value,
                ("@vocab", Value::String(iri)) if is_absolute_iri(iri) => {
                    active.vocabulary = Some(iri);
                }
                _ => return Err(E::UnsupportedContext),
            }
        }
        Ok(Self {
            active,
            definitions,
            scope,
            is_protected,
            defined: BTreeMap::new(),
        })
    }

    fn define_all(mut self) -> Result<(), E> {
        let names = self.definitions.keys().map(String::as_str);
        for name in names.filter(|name| !name.starts_with('@')) {
            self.define(name)?;
        }
        Ok(())
    }

    /// Create Term Definition (JSON-LD 1.1 API 4.2).
    fn define(&mut self, name: &'static str) -> Result<(), E> {
        match self.defined.get(name) {
            Some(true) => return Ok(()),
            Some(false) => return Err(E::UnsupportedContext),
            None => {}
        }
        // A term that looks like an IRI would have to mean it.
        if name.is_empty() || name.contains([':', '/']) {
            return Err(E::UnsupportedContext);
        }
        let Some(definition) = self.definitions.get(name) else {
            return Ok(());
        };
        self.defined.insert(name, false);
        let previous = self.active.terms.remove(name);
        let (term, is_protected) = self.term(name, definition)?;
        let was_protected = self.active.protected.contains(name);
        if was_protected && self.scope != Scope::Property {
            if previous.as_deref() != Some(&term) {
                return Err(E::ProtectedTerm);
            }
        } else if is_protected {
            self.active.protected.insert(name);
        } else {
            self.active.protected.remove(name);
        }
        self.active.terms.insert(name, Rc::new(term));
        self.defined.insert(name, true);
        Ok(())
    }

    /// The definition of `name`, and whether it is protected.
    fn term(&mut self, name: &str, definition: &'static Value) -> Result<(Term, bool), E> {
        let (members, id) = match definition {
            Value::Object(members) => (Some(members), members.get("@id")),
            Value::String(_) | Value::Null => (None, Some(definition)),
            _ => return Err(E::UnsupportedContext),
        };
        let member = |name| members.and_then(|members| members.get(name));
        let known = [
            "@id",
            "@type",
            "@container",
            "@context",
            "@protected",
            "@prefix",
        ];
        let mut names = members.into_iter().flat_map(Map::keys);
        if names.any(|name| !known.contains(&name.as_str())) {
            return Err(E::UnsupportedContext);
        }
        let flag = |name, default| match member(name) {
            None => Ok(default),
            Some(value) => value.as_bool().ok_or(E::UnsupportedContext),
        };
        let meaning = match id {
            None => self.vocabulary_meaning(name)?,
            Some(Value::Null) => Meaning::Nothing,
            Some(Value::String(id)) => self.meaning(id)?,
            Some(_) => return Err(E::UnsupportedContext),
        };
        let ends_as_prefix = matches!(&meaning, Meaning::Iri(iri) if iri.ends_with([':', '/', '?', '#', '[', ']', '@']));
        let term = Term {
            meaning,
            coercion: self.coercion(member("@type"))?,
            is_graph: is_graph_container(member("@container"))?,
            is_prefix: flag("@prefix", members.is_none() && ends_as_prefix)?,
            context: member("@context"),
        };
        Ok((term, flag("@protected", self.is_protected)?))
    }

    fn coercion(&mut self, kind: Option<&'static Value>) -> Result<Coercion, E> {
        Ok(match kind.map(Value::as_str) {
            None => Coercion::None,
            Some(Some("@id")) => Coercion::Id,
            Some(Some("@vocab")) => Coercion::Vocab,
            Some(Some("@json")) => Coercion::Json,
            Some(Some(datatype)) => match self.meaning(datatype)? {
                Meaning::Iri(iri) => Coercion::Datatype(iri),
                _ => return Err(E::UnsupportedContext),
            },
            Some(None) => return Err(E::UnsupportedContext),
        })
    }

    /// A name within the context, whose own terms may be needed for it.
    fn meaning(&mut self, name: &'static str) -> Result<Meaning, E> {
        let prefix = name.split_once(':').map_or(name, |(prefix, _)| prefix);
        self.define_if_here(prefix)?;
        self.active.meaning(name)
    }

    fn define_if_here(&mut self, name: &'static str) -> Result<(), E> {
        if self.definitions.contains_key(name) && !name.starts_with('@') {
            self.define(name)?;
        }
        Ok(())
    }

    /// A term without `@id`, which is of the vocabulary.
    fn vocabulary_meaning(&self, name: &str) -> Result<Meaning, E> {
        let vocabulary = self.active.vocabulary.ok_or(E::UnsupportedContext)?;
        Ok(Meaning::Iri(format!("{vocabulary}{name}")))
    }
}
