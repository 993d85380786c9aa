//! The fixed vocabulary: what the terms of a card stand for. It is what `test-fixtures/contexts/citizen-id-v1.jsonld` and
//! the contexts of the W3C say, which a test compares.

use serde_json::{Value, json};

use crate::refused::{OrRefuse, Refused, Result, ensure};

/// Context of every credential (VC Data Model 2.0).
pub const CREDENTIALS_CONTEXT: &str = "https://www.w3.org/ns/credentials/v2";
/// Context of the citizen ID.
pub const CITIZEN_ID_CONTEXT: &str = "https://citizenwallet.example/contexts/citizen-id/v1";
/// Type of every credential.
pub const CREDENTIAL: &str = "https://www.w3.org/2018/credentials#VerifiableCredential";
/// Type of the citizen ID.
pub const CITIZEN_ID: &str = "https://citizenwallet.example/vocab#CitizenIdCredential";

pub(super) const TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
pub(super) const XSD_STRING: &str = "http://www.w3.org/2001/XMLSchema#string";
pub(super) const XSD_BOOLEAN: &str = "http://www.w3.org/2001/XMLSchema#boolean";
const XSD_DATE_TIME: &str = "http://www.w3.org/2001/XMLSchema#dateTime";
const XSD_DATE: &str = "http://www.w3.org/2001/XMLSchema#date";

/// What values a term takes.
#[derive(Clone, Copy)]
pub(super) enum Range {
    /// Another thing, or its IRI.
    Node,
    /// Another thing, whose statements stand in a graph of their own.
    Graph,
    /// What a proof is for.
    Purpose,
    /// Text of this datatype; a boolean has its own.
    Literal(&'static str),
}

const TEXT: Range = Range::Literal(XSD_STRING);
const DATE: Range = Range::Literal(XSD_DATE);
const DATE_TIME: Range = Range::Literal(XSD_DATE_TIME);

/// By term.
const TERMS: &[(&str, &str, Range)] = &[
    (
        "issuer",
        "https://www.w3.org/2018/credentials#issuer",
        Range::Node,
    ),
    (
        "credentialSubject",
        "https://www.w3.org/2018/credentials#credentialSubject",
        Range::Node,
    ),
    (
        "validFrom",
        "https://www.w3.org/2018/credentials#validFrom",
        DATE_TIME,
    ),
    (
        "validUntil",
        "https://www.w3.org/2018/credentials#validUntil",
        DATE_TIME,
    ),
    ("name", "https://schema.org/name", TEXT),
    // Of a proof.
    ("created", "http://purl.org/dc/terms/created", DATE_TIME),
    (
        "cryptosuite",
        "https://w3id.org/security#cryptosuite",
        Range::Literal("https://w3id.org/security#cryptosuiteString"),
    ),
    (
        "proofPurpose",
        "https://w3id.org/security#proofPurpose",
        Range::Purpose,
    ),
    (
        "verificationMethod",
        "https://w3id.org/security#verificationMethod",
        Range::Node,
    ),
    (
        "proofValue",
        "https://w3id.org/security#proofValue",
        Range::Literal("https://w3id.org/security#multibase"),
    ),
    ("challenge", "https://w3id.org/security#challenge", TEXT),
    ("domain", "https://w3id.org/security#domain", TEXT),
    ("proof", "https://w3id.org/security#proof", Range::Graph),
    // Of a presentation.
    (
        "holder",
        "https://www.w3.org/2018/credentials#holder",
        Range::Node,
    ),
    (
        "verifiableCredential",
        "https://www.w3.org/2018/credentials#verifiableCredential",
        Range::Graph,
    ),
];

/// Of a citizen.
const CITIZEN_TERMS: &[(&str, &str, Range)] = &[
    (
        "name_latin",
        "https://citizenwallet.example/vocab#name_latin",
        TEXT,
    ),
    (
        "birthdate",
        "https://citizenwallet.example/vocab#birthdate",
        DATE,
    ),
    (
        "resident_registration_number",
        "https://citizenwallet.example/vocab#resident_registration_number",
        TEXT,
    ),
    ("sex", "https://citizenwallet.example/vocab#sex", TEXT),
    (
        "nationality",
        "https://citizenwallet.example/vocab#nationality",
        TEXT,
    ),
    (
        "address",
        "https://citizenwallet.example/vocab#address",
        Range::Node,
    ),
    ("region", "https://citizenwallet.example/vocab#region", TEXT),
    (
        "locality",
        "https://citizenwallet.example/vocab#locality",
        TEXT,
    ),
    (
        "street_address",
        "https://citizenwallet.example/vocab#street_address",
        TEXT,
    ),
    (
        "postal_code",
        "https://citizenwallet.example/vocab#postal_code",
        TEXT,
    ),
    (
        "country",
        "https://citizenwallet.example/vocab#country",
        TEXT,
    ),
    (
        "portrait",
        "https://citizenwallet.example/vocab#portrait",
        TEXT,
    ),
    (
        "age_over_14",
        "https://citizenwallet.example/vocab#age_over_14",
        TEXT,
    ),
    (
        "age_over_19",
        "https://citizenwallet.example/vocab#age_over_19",
        TEXT,
    ),
    (
        "age_over_65",
        "https://citizenwallet.example/vocab#age_over_65",
        TEXT,
    ),
    (
        "one_per_person",
        "https://citizenwallet.example/vocab#one_per_person",
        TEXT,
    ),
    (
        "issuing_authority",
        "https://citizenwallet.example/vocab#issuing_authority",
        TEXT,
    ),
    (
        "date_of_issue",
        "https://citizenwallet.example/vocab#date_of_issue",
        DATE,
    ),
];

/// What a proof's purpose stands for.
pub(super) fn purpose(name: &str) -> Result<&'static str> {
    match name {
        "assertionMethod" => Ok("https://w3id.org/security#assertionMethod"),
        "authentication" => Ok("https://w3id.org/security#authenticationMethod"),
        _ => Err(Refused::because("an unknown purpose")),
    }
}

/// Which terms and types a document's context gives it.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Vocabulary {
    /// Those of credentials, presentations and proofs.
    #[default]
    Credentials,
    /// Those of the citizen ID, too.
    CitizenId,
}

impl Vocabulary {
    /// Of these contexts, in their order, and no other: another could give the terms another meaning.
    pub(crate) fn of(context: Option<&Value>) -> Result<Self> {
        let context = context.or_refuse("no @context")?;
        if *context == json!([CREDENTIALS_CONTEXT, CITIZEN_ID_CONTEXT]) {
            return Ok(Self::CitizenId);
        }
        ensure(*context == json!([CREDENTIALS_CONTEXT]), "another @context")?;
        Ok(Self::Credentials)
    }

    /// What a term stands for, and its values.
    pub(super) fn term(self, name: &str) -> Result<(&'static str, Range)> {
        let of_citizen = match self {
            Self::Credentials => &[][..],
            Self::CitizenId => CITIZEN_TERMS,
        };
        let mut terms = TERMS.iter().chain(of_citizen);
        let found = terms.find(|(term, ..)| *term == name);
        let (_, iri, range) = found.or_refuse("an unknown term")?;
        Ok((iri, *range))
    }

    /// What a type stands for.
    pub(crate) fn class(self, name: &str) -> Result<&'static str> {
        match (name, self) {
            ("VerifiableCredential", _) => Ok(CREDENTIAL),
            ("VerifiablePresentation", _) => {
                Ok("https://www.w3.org/2018/credentials#VerifiablePresentation")
            }
            ("DataIntegrityProof", _) => Ok("https://w3id.org/security#DataIntegrityProof"),
            ("CitizenIdCredential", Self::CitizenId) => Ok(CITIZEN_ID),
            _ => Err(Refused::because("an unknown type")),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const CONTEXT: &str = include_str!("../../../test-fixtures/contexts/citizen-id-v1.jsonld");

    #[test]
    fn the_table_says_what_the_published_context_says() {
        let context: Value = serde_json::from_str(CONTEXT).unwrap();
        let mut context = context["@context"].as_object().unwrap().clone();
        assert_eq!(context.remove("@protected"), Some(true.into()));
        assert_eq!(
            context.remove("CitizenIdCredential"),
            Some(CITIZEN_ID.into())
        );
        assert!(context.len() > 10);
        for (name, definition) in &context {
            let (iri, range) = Vocabulary::CitizenId.term(name).unwrap();
            assert!(Vocabulary::Credentials.term(name).is_err());
            let named = definition.as_str().or(definition["@id"].as_str());
            assert_eq!(named, Some(iri));
            match range {
                Range::Literal(XSD_STRING) | Range::Node => assert!(definition.is_string()),
                Range::Literal(datatype) => assert_eq!(definition["@type"], datatype),
                Range::Purpose | Range::Graph => panic!("{name}"),
            }
        }
    }
}
