//! What lets verifiers recognise the holder of a card, computed from the card and from what is shown of it.

use super::dcql::{Candidate, Reveals};
use crate::clock::UnixTime;
use crate::formats::claim_path::{ClaimPath, PathSegment};
use crate::formats::data_integrity::{Cryptosuite, DataIntegrityCredential};
use crate::formats::{CredentialFormat, IssuerSignature};
use crate::order;
use serde_json::Value;

const SECONDS_OF_A_DAY: i64 = 86_400;

/// What lets verifiers recognise the holder in two showings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Linkability {
    /// The issuer's signature, with its salts, is the same in every showing of this copy.
    IssuerSignature,
    /// The holder's key is the same in every showing of this copy.
    HolderKey,
    /// The credential names its own place in a status list.
    StatusReference,
    /// Its statements are in an order of its own, which every showing tells something of (bbs-2023).
    StatementOrder,
    /// The credential or its subject has an identifier, and shows it.
    CredentialId,
    /// A date about the credential is exact to the second, and so shared with few.
    Dates,
    /// Values about the holder that any showing reveals.
    AlwaysDisclosedValues,
    /// Values about the holder that this showing reveals.
    DisclosedValues,
    /// The holder's pseudonym is the same in every showing to this verifier for this service.
    Pseudonym,
    /// The proof that this copy was anchored is the same wherever it is given. It has a place in its issuer's tree: proofs of
    /// the card's other copies may point at each other, where an issuer put them side by side.
    AnchorProof,
    /// This copy was shown before.
    CopyShownBefore,
}

impl Linkability {
    /// A stable word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IssuerSignature => "issuer_signature",
            Self::HolderKey => "holder_key",
            Self::StatusReference => "status_reference",
            Self::StatementOrder => "statement_order",
            Self::CredentialId => "credential_id",
            Self::Dates => "dates",
            Self::AlwaysDisclosedValues => "always_disclosed_values",
            Self::DisclosedValues => "disclosed_values",
            Self::Pseudonym => "pseudonym",
            Self::AnchorProof => "anchor_proof",
            Self::CopyShownBefore => "copy_shown_before",
        }
    }
}

/// What showings of one card have in common.
#[derive(Clone, Debug)]
pub(super) struct Links {
    /// In every showing, sorted.
    always: Vec<Linkability>,
    /// The claims that can be withheld, and what they would add.
    of_claims: Vec<(ClaimPath, Linkability)>,
}

impl Links {
    pub(super) fn of(candidate: &Candidate<'_>) -> Self {
        let stays = signature_stays(candidate.issuer_signature);
        let is_sd_jwt = candidate.format == CredentialFormat::SdJwtVc;
        let of_proof = match candidate.reveals {
            Reveals::Disclosures => Vec::new(),
            Reveals::Statements(credential) => proof(credential),
        };
        let mut always: Vec<_> = [
            (stays, Linkability::IssuerSignature),
            (candidate.holder_algorithm.is_some(), Linkability::HolderKey),
            // Other formats show it as a claim.
            (
                is_sd_jwt && candidate.has_status,
                Linkability::StatusReference,
            ),
            (stays && candidate.uses > 0, Linkability::CopyShownBefore),
        ]
        .into_iter()
        .filter_map(|(holds, note)| holds.then_some(note))
        .chain(of_proof)
        .collect();
        let link = |path: &ClaimPath| match candidate.format {
            CredentialFormat::SdJwtVc => sd_jwt_claim(path, candidate.claims),
            CredentialFormat::LdpVc => w3c_claim(path, candidate.claims),
            CredentialFormat::JwtVc => jwt_claim(path, candidate.claims),
        };
        let fixed = candidate.always_disclosed.iter().filter_map(link);
        always.extend(fixed.map(|note| match note {
            Linkability::DisclosedValues => Linkability::AlwaysDisclosedValues,
            other => other,
        }));
        order::sort(&mut always);
        always.dedup();
        let of_claim = |path: &ClaimPath| Some((path.clone(), link(path)?));
        Self {
            always,
            of_claims: candidate.disclosable.iter().filter_map(of_claim).collect(),
        }
    }

    /// Whatever is shown.
    pub(super) fn always(&self) -> &[Linkability] {
        &self.always
    }

    /// Where these claims are disclosed.
    pub(super) fn when_disclosed(&self, disclosed: &[ClaimPath]) -> Vec<Linkability> {
        let of_claims = self.of_claims.iter();
        let added = of_claims.filter(|(path, _)| disclosed.contains(path));
        let mut all = self.always.clone();
        all.extend(added.map(|(_, note)| *note));
        order::sort(&mut all);
        all.dedup();
        all
    }
}

/// What any showing of a card lets others recognise, sorted.
pub(crate) fn of_card(candidate: &Candidate<'_>) -> Vec<Linkability> {
    Links::of(candidate).always().to_vec()
}

/// Whether every showing has the same signature in it.
const fn signature_stays(signature: IssuerSignature) -> bool {
    match signature {
        IssuerSignature::DataIntegrity(Cryptosuite::Bbs2023) => false,
        IssuerSignature::DataIntegrity(Cryptosuite::EcdsaSd2023) | IssuerSignature::Jws(_) => true,
    }
}

/// What a Data Integrity proof says besides its value, in every showing.
fn proof(credential: &DataIntegrityCredential) -> Vec<Linkability> {
    let has_dates = credential.proof_dates().any(|date| !is_whole_day(date));
    let notes = [
        (has_dates, Linkability::Dates),
        (credential.has_named_key(), Linkability::CredentialId),
        (
            credential.has_order_of_its_own(),
            Linkability::StatementOrder,
        ),
    ];
    let notes = notes.into_iter();
    notes
        .filter_map(|(holds, note)| holds.then_some(note))
        .collect()
}

/// What a claim of an SD-JWT VC lets others recognise; `None` for what the credentials of a type share. Signature, key and status are told by themselves.
fn sd_jwt_claim(path: &ClaimPath, claims: &Value) -> Option<Linkability> {
    let [PathSegment::Key(name)] = path.segments() else {
        return Some(Linkability::DisclosedValues);
    };
    match name.as_str() {
        "iss" | "vct" | "vct#integrity" | "aka_vcts" | "cnf" | "status" => None,
        "exp" | "nbf" | "iat" => {
            let seconds = path.value_in(claims).and_then(Value::as_i64);
            let is_shared = seconds.is_some_and(|seconds| seconds % SECONDS_OF_A_DAY == 0);
            (!is_shared).then_some(Linkability::Dates)
        }
        "jti" | "sub" => Some(Linkability::CredentialId),
        _ => Some(Linkability::DisclosedValues),
    }
}

/// The same of a W3C credential as JWT: claims of the JWT stand beside those of the credential.
fn jwt_claim(path: &ClaimPath, claims: &Value) -> Option<Linkability> {
    match path.segments() {
        [PathSegment::Key(name)]
            if matches!(
                name.as_str(),
                "exp" | "nbf" | "iat" | "iss" | "sub" | "jti" | "cnf"
            ) =>
        {
            sd_jwt_claim(path, claims)
        }
        [PathSegment::Key(name)] if name == "nonce" => Some(Linkability::CredentialId),
        [PathSegment::Key(name)] if name == "status" => Some(Linkability::StatusReference),
        _ => w3c_claim(path, claims),
    }
}

/// The same of a W3C credential.
fn w3c_claim(path: &ClaimPath, claims: &Value) -> Option<Linkability> {
    let names = path.segments().iter().map(|segment| match segment {
        PathSegment::Key(name) => name.as_str(),
        _ => "",
    });
    match *names.collect::<Vec<_>>() {
        ["credentialStatus", ..] => Some(Linkability::StatusReference),
        ["issuer"]
            if path
                .value_in(claims)
                .is_none_or(|issuer| !issuer.is_object()) =>
        {
            None
        }
        ["issuer", "id"] => None,
        ["type", ..] => {
            let value = path.value_in(claims);
            value
                .is_some_and(has_type_without_term)
                .then_some(Linkability::CredentialId)
        }
        [.., "id"] => Some(Linkability::CredentialId),
        [
            "validFrom" | "validUntil" | "issuanceDate" | "expirationDate",
            ..,
        ] => {
            let date = path.value_in(claims).and_then(Value::as_str);
            (!date.is_some_and(is_whole_day)).then_some(Linkability::Dates)
        }
        _ => Some(Linkability::DisclosedValues),
    }
}

/// Types with a term are of a vocabulary that many share; an IRI can be made for one holder.
fn has_type_without_term(types: &Value) -> bool {
    match types {
        Value::Array(types) => types.iter().any(has_type_without_term),
        name => name.as_str().is_none_or(|name| name.contains(':')),
    }
}

/// Whether a date is the beginning of a day, written in the one plain way: fractions and offsets tell holders apart too.
fn is_whole_day(date: &str) -> bool {
    date.ends_with("T00:00:00Z") && UnixTime::from_rfc3339(date).is_some()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn link(
        rule: fn(&ClaimPath, &Value) -> Option<Linkability>,
        claims: &Value,
        path: Value,
    ) -> Option<Linkability> {
        rule(&ClaimPath::from_json(&path).unwrap(), claims)
    }

    #[test]
    fn a_date_to_the_day_is_shared_and_one_to_the_second_is_not() {
        let days = json!({"exp": 1_800_057_600, "iat": 1_800_057_601, "nbf": "soon"});
        let of = |name: &str| link(sd_jwt_claim, &days, json!([name]));
        assert_eq!(of("exp"), None);
        assert_eq!(of("iat"), Some(Linkability::Dates));
        assert_eq!(of("nbf"), Some(Linkability::Dates));
        let w3c = json!({
            "validFrom": "2026-01-01T00:00:00Z",
            "validUntil": "2026-01-01T00:00:01Z",
            "credentialSubject": {"validFrom": "2026-01-01T00:00:01Z"},
        });
        assert_eq!(link(w3c_claim, &w3c, json!(["validFrom"])), None);
        let until = link(w3c_claim, &w3c, json!(["validUntil"]));
        assert_eq!(until, Some(Linkability::Dates));
    }

    #[test]
    fn a_type_that_is_an_iri_may_be_the_holders_own_and_types_inside_are_values() {
        let claims = json!({
            "type": ["VerifiableCredential", "urn:citizen:4711"],
            "credentialSubject": {"type": "Person"},
        });
        let of = |claims, path| link(w3c_claim, claims, path);
        let own = Some(Linkability::CredentialId);
        assert_eq!(of(&claims, json!(["type"])), own);
        assert_eq!(of(&claims, json!(["type", 1])), own);
        let shared = json!({"type": ["VerifiableCredential", "CitizenIdCredential"]});
        assert_eq!(of(&shared, json!(["type"])), None);
        let inside = of(&claims, json!(["credentialSubject", "type"]));
        assert_eq!(inside, Some(Linkability::DisclosedValues));
    }

    #[test]
    fn identifiers_status_and_values_are_told_apart_and_types_and_issuers_are_common() {
        let claims = json!({});
        let w3c = |path| link(w3c_claim, &claims, path);
        assert_eq!(w3c(json!(["id"])), Some(Linkability::CredentialId));
        let subject = json!(["credentialSubject", "id"]);
        assert_eq!(w3c(subject), Some(Linkability::CredentialId));
        let index = json!(["credentialStatus", "statusListIndex"]);
        assert_eq!(w3c(index), Some(Linkability::StatusReference));
        let name = json!(["credentialSubject", "name"]);
        assert_eq!(w3c(name), Some(Linkability::DisclosedValues));
        for common in [json!(["issuer"]), json!(["issuer", "id"]), json!(["type"])] {
            assert_eq!(w3c(common), None);
        }
        let sd_jwt = |path| link(sd_jwt_claim, &claims, path);
        for common in ["iss", "vct", "vct#integrity", "aka_vcts", "cnf", "status"] {
            assert_eq!(sd_jwt(json!([common])), None);
        }
        for id in ["jti", "sub"] {
            assert_eq!(sd_jwt(json!([id])), Some(Linkability::CredentialId));
        }
        let inside = sd_jwt(json!(["address", "vct"]));
        assert_eq!(inside, Some(Linkability::DisclosedValues));
    }
}
