//! Reading N-Quads 1.1.

use super::limits::{MAX_QUADS, MAX_TEXT};
use super::quad::is_absolute_iri;
use super::{Literal, LiteralKind, Node, Object, Quad, RdfError};

/// Reads N-Quads, in any form the standard allows. A quad that stands twice comes twice.
///
/// # Errors
/// [`RdfError::Malformed`], [`RdfError::TooLarge`].
pub fn parse(text: &str) -> Result<Vec<Quad>, RdfError> {
    if text.len() > MAX_TEXT {
        return Err(RdfError::TooLarge);
    }
    let mut quads = Vec::new();
    for line in text.split(['\n', '\r']) {
        if let Some(quad) = (Line { rest: line }).statement()? {
            if quads.len() == MAX_QUADS {
                return Err(RdfError::TooLarge);
            }
            quads.push(quad);
        }
    }
    Ok(quads)
}

/// What is left of one line.
struct Line<'a> {
    rest: &'a str,
}

impl<'a> Line<'a> {
    /// The statement of the line; `None` if it is empty or a comment.
    fn statement(&mut self) -> Result<Option<Quad>, RdfError> {
        if self.is_done() {
            return Ok(None);
        }
        let subject = self.node()?;
        let predicate = match self.node()? {
            Node::Iri(iri) => iri,
            Node::Blank(_) => return Err(RdfError::Malformed),
        };
        let object = if self.next_is('"') {
            Object::Literal(self.literal()?)
        } else {
            Object::Node(self.node()?)
        };
        let graph = if self.next_is('.') {
            None
        } else {
            Some(self.node()?)
        };
        _ = self.next_is('.');
        self.take('.')?;
        let quad = Quad {
            subject,
            predicate,
            object,
            graph,
        };
        self.is_done()
            .then_some(Some(quad))
            .ok_or(RdfError::Malformed)
    }

    /// Whether nothing but white space and a comment is left.
    fn is_done(&mut self) -> bool {
        self.next_is('#') || self.rest.is_empty()
    }

    /// Passes over white space; whether `character` comes then.
    fn next_is(&mut self, character: char) -> bool {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
        self.rest.starts_with(character)
    }

    fn take(&mut self, character: char) -> Result<(), RdfError> {
        self.rest = self
            .rest
            .strip_prefix(character)
            .ok_or(RdfError::Malformed)?;
        Ok(())
    }

    /// Takes what stands before the first character that is not `wanted`.
    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn node(&mut self) -> Result<Node, RdfError> {
        if self.next_is('<') {
            return self.iri().map(Node::Iri);
        }
        self.take('_')?;
        self.take(':')?;
        let before = self.rest;
        let word = self.take_while(|c| is_name_character(c) || c == '.');
        // A full stop at the end belongs to the statement.
        let label = word.trim_end_matches('.');
        self.rest = before.split_at(label.len()).1;
        let is_label = label.starts_with(|c: char| is_name_start(c) || c.is_ascii_digit());
        is_label
            .then(|| Node::Blank(label.to_owned()))
            .ok_or(RdfError::Malformed)
    }

    fn iri(&mut self) -> Result<String, RdfError> {
        self.take('<')?;
        let raw = self.take_while(|c| c != '>');
        self.take('>')?;
        let iri = unescape(raw, false)?;
        is_absolute_iri(&iri)
            .then_some(iri)
            .ok_or(RdfError::Malformed)
    }

    fn literal(&mut self) -> Result<Literal, RdfError> {
        self.take('"')?;
        let mut is_after_backslash = false;
        let end = self.rest.find(|c| {
            let is_escaped = core::mem::take(&mut is_after_backslash);
            is_after_backslash = c == '\\' && !is_escaped;
            c == '"' && !is_escaped
        });
        let (raw, rest) = self.rest.split_at(end.ok_or(RdfError::Malformed)?);
        self.rest = rest;
        self.take('"')?;
        let value = unescape(raw, true)?;
        let kind = if let Some(rest) = self.rest.strip_prefix("^^") {
            self.rest = rest;
            LiteralKind::Datatype(self.iri()?)
        } else if self.take('@').is_ok() {
            let tag = self.take_while(|c| c.is_ascii_alphanumeric() || c == '-');
            if !is_language_tag(tag) {
                return Err(RdfError::Malformed);
            }
            LiteralKind::Language(tag.to_owned())
        } else {
            LiteralKind::Text
        };
        Ok(Literal::new(value, kind))
    }
}

/// `LANGTAG` without its `@`: letters, then letters and digits after each hyphen.
#[must_use]
pub(crate) fn is_language_tag(text: &str) -> bool {
    let mut parts = text.split('-');
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric());
    parts
        .next()
        .is_some_and(|first| is_part(first) && first.bytes().all(|b| b.is_ascii_alphabetic()))
        && parts.all(is_part)
}

/// `text` with its `\\u` and, in a literal, its other escapes replaced.
fn unescape(text: &str, is_literal: bool) -> Result<String, RdfError> {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            plain.push(character);
            continue;
        }
        let escape = characters.next().ok_or(RdfError::Malformed)?;
        plain.push(match escape {
            'u' => code_point(&mut characters, 4)?,
            'U' => code_point(&mut characters, 8)?,
            't' if is_literal => '\t',
            'b' if is_literal => '\x08',
            'n' if is_literal => '\n',
            'r' if is_literal => '\r',
            'f' if is_literal => '\x0C',
            '"' | '\'' | '\\' if is_literal => escape,
            _ => return Err(RdfError::Malformed),
        });
    }
    Ok(plain)
}

/// The character that the next `digits` hexadecimal digits name.
fn code_point(characters: &mut core::str::Chars<'_>, digits: u32) -> Result<char, RdfError> {
    let number = (0..digits).try_fold(0u32, |number, _| {
        let digit = characters.next()?.to_digit(16)?;
        number.checked_mul(16)?.checked_add(digit)
    });
    number.and_then(char::from_u32).ok_or(RdfError::Malformed)
}

/// `PN_CHARS_U` without `:`, which RDF 1.1 took out again in its errata.
fn is_name_start(c: char) -> bool {
    c == '_'
        || c.is_ascii_alphabetic()
        || matches!(c, '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}'
            | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}'
            | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
            | '\u{10000}'..='\u{EFFFF}')
}

/// `PN_CHARS`.
fn is_name_character(c: char) -> bool {
    is_name_start(c)
        || c.is_ascii_digit()
        || matches!(c, '-' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}
