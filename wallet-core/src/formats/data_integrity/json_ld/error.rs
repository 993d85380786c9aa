//! Why a JSON-LD document was refused.

use crate::error::{Category, ErrorCode, WalletError};

/// Why a JSON-LD document was refused. Holds nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonLdError {
    /// It has no `@context`.
    #[error("the JSON-LD document has no context")]
    NoContext,
    /// It names a context that does not ship with the library.
    #[error("the JSON-LD context is unknown")]
    UnknownContext,
    /// It brings a context of its own instead of naming one.
    #[error("the JSON-LD document defines terms inline")]
    InlineContext,
    /// A part of it names a context: only the document, and a credential within a presentation, may.
    #[error("the JSON-LD context is misplaced")]
    MisplacedContext,
    /// Its contexts give a protected term two meanings (JSON-LD 1.1 4.1.11).
    #[error("the JSON-LD contexts redefine a protected term")]
    ProtectedTerm,
    /// A context uses what this library does not know.
    #[error("the JSON-LD context is not supported")]
    UnsupportedContext,

    /// More than [`super::limits`] allow.
    #[error("the JSON-LD document is too large")]
    TooLarge,
    /// Nested deeper than [`super::limits`] allow.
    #[error("the JSON-LD document is nested too deeply")]
    TooDeep,
    /// No context defines a name that it uses, so that RDF would not hold it; or an IRI stands where a term belongs.
    #[error("the JSON-LD document uses an undefined term")]
    UndefinedTerm,
    /// A null, an empty array or an object that says nothing: RDF would not hold it.
    #[error("the JSON-LD document holds a value that would be dropped")]
    Dropped,
    /// An identifier is no absolute IRI, or a name of one says more than one thing.
    #[error("the JSON-LD document holds an identifier that is no absolute IRI")]
    Identifier,
    /// An identifier is of `urn:bnid:`, which stands for a blank node here.
    #[error("the JSON-LD document uses a reserved identifier")]
    ReservedIdentifier,
    /// A number that would not be kept exactly.
    #[error("the JSON-LD document holds a number that cannot be kept exactly")]
    Number,
    /// A form of JSON-LD this library does not know: lists, reverse and nested properties, maps by language or index,
    /// arrays within arrays.
    #[error("the JSON-LD document uses an unsupported form")]
    Unsupported,
    /// A value object that says two things, or nothing that is known (JSON-LD 1.1 9.5).
    #[error("the JSON-LD document holds a malformed value object")]
    ValueObject,
}

impl From<JsonLdError> for WalletError {
    fn from(error: JsonLdError) -> Self {
        use ErrorCode as Code;
        use JsonLdError as E;
        let unsafe_for = |about| Self::new(Code::JsonLdUnsafe).about(about);
        let malformed = |about| Self::new(Code::Malformed).about(about);
        match error {
            E::NoContext => malformed("@context").rule("JSON-LD 1.1 3.1"),
            E::UnknownContext => Self::new(Code::UnknownContext),
            E::InlineContext => unsafe_for("inline_context"),
            E::MisplacedContext => unsafe_for("misplaced_context"),
            E::ProtectedTerm => unsafe_for("protected_term").rule("JSON-LD 1.1 4.1.11"),
            E::UnsupportedContext => unsafe_for("context"),
            E::TooLarge => Self::new(Code::TooLarge).about("json_ld"),
            E::TooDeep => Self::new(Code::TooDeep).about("json_ld"),
            E::UndefinedTerm => unsafe_for("undefined_term"),
            E::Dropped => unsafe_for("dropped_value"),
            E::Identifier => unsafe_for("identifier"),
            E::ReservedIdentifier => unsafe_for("reserved_identifier"),
            E::Number => Self::new(Code::NumberOutOfRange).about("json_ld"),
            E::Unsupported => unsafe_for("form"),
            E::ValueObject => malformed("value_object").rule("JSON-LD 1.1 9.5"),
        }
        .by(Category::Issuer)
    }
}
