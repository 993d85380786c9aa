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
const SECURITY: &str = "https://w3id.org/security#";

/// What values a term takes.
#[derive(Clone, Copy)]
pub(super) enum Range {
    /// Another thing, or its IRI.
    Node,
    /// A word of this vocabulary.
    Keyword(&'static str),
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
        Range::Keyword(SECURITY),
    ),
    (
        "verificationMethod",
        "https://w3id.org/security#verificationMethod",
        Range::Node,
    ),
    // Of a citizen.
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

/// What a term stands for, and its values.
pub(super) fn term(name: &str) -> Result<(&'static str, Range)> {
    let found = TERMS.iter().find(|(term, ..)| *term == name);
    let (_, iri, range) = found.or_refuse("an unknown term")?;
    Ok((iri, *range))
}

/// What a type stands for.
pub(crate) fn class(name: &str) -> Result<String> {
    let class = match name {
        "VerifiableCredential" => CREDENTIAL,
        "CitizenIdCredential" => CITIZEN_ID,
        "DataIntegrityProof" => "https://w3id.org/security#DataIntegrityProof",
        _ => return Err(Refused::because("an unknown type")),
    };
    Ok(class.to_owned())
}

/// Both contexts, in their order, and no other: another could give the terms another meaning.
pub(super) fn check_context(context: Option<&Value>) -> Result<()> {
    let known = json!([CREDENTIALS_CONTEXT, CITIZEN_ID_CONTEXT]);
    ensure(context == Some(&known), "another @context")
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
            let (iri, range) = term(name).unwrap();
            let named = definition.as_str().or(definition["@id"].as_str());
            assert_eq!(named, Some(iri));
            match range {
                Range::Literal(XSD_STRING) | Range::Node => assert!(definition.is_string()),
                Range::Literal(datatype) => assert_eq!(definition["@type"], datatype),
                Range::Keyword(_) => panic!("{name}"),
            }
        }
    }
}
