//! Which statements are signed for which claim of a document.

use super::base_proof::BaseProof;
use super::error::DataIntegrityError;
use super::json_ld;
use super::leaves::leaves;
use super::pointer::Pointer;
use super::rdf::{Node, Object};
use super::statements::{Indexes, Statements};
use crate::formats::claim_path::{ClaimPath, ClaimPaths, PathSegment};
use crate::order;
use bbs::MAX_MESSAGES;
use serde_json::{Map, Value};

const RDF_TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";

/// What no showing leaves out: a verifier who is not told when a credential ends, or where it is revoked, takes it for one
/// that does not end and cannot be.
const ALWAYS: [&str; 5] = [
    "validFrom",
    "validUntil",
    "issuanceDate",
    "expirationDate",
    "credentialStatus",
];

/// A document as it was signed.
pub(super) struct Transformed {
    pub(super) statements: Statements,
    /// The statements of the mandatory pointers.
    pub(super) mandatory: Indexes,
    /// The statements every verifier sees: those, and those of [`ALWAYS`].
    always: Indexes,
    /// The least claims that can be shown or withheld by themselves.
    claims: Vec<Claim>,
    /// IRIs.
    pub(super) types: Vec<String>,
}

/// A claim, with the statements that show it and what it lies in.
struct Claim {
    path: ClaimPath,
    statements: Indexes,
}

impl Transformed {
    pub(super) fn of(
        document: &Map<String, Value>,
        base: &BaseProof,
    ) -> Result<Self, DataIntegrityError> {
        // First, since what is written out later is bounded by it.
        let leaves = leaves(document)?;
        let statements = Statements::of(document, &base.labelling())?;
        let mandatory = statements.select(base.mandatory());
        let mandatory = mandatory.map_err(|error| match error {
            DataIntegrityError::NoSuchClaim => DataIntegrityError::MandatoryPointer,
            other => other,
        })?;
        let mandatory = mandatory.indexes;
        if statements.lines().len() - mandatory.len() > MAX_MESSAGES {
            return Err(DataIntegrityError::TooManyStatements);
        }
        let always = statements.select(&[base.mandatory(), &always_shown(document)].concat())?;
        let signed = Self {
            claims: claims(leaves, &statements)?,
            always: always.indexes,
            mandatory,
            statements,
            types: types(document)?,
        };
        // Else something would be shown to every verifier that no claim tells.
        let is_told = signed.tells(&signed.mandatory) && signed.tells(&signed.always);
        is_told
            .then_some(signed)
            .ok_or(DataIntegrityError::MandatoryPointer)
    }

    /// Whether every one of these statements is of a claim that they show.
    pub(super) fn tells(&self, shown: &Indexes) -> bool {
        let claims = self.claims.iter().map(|claim| &claim.statements);
        let told = claims.filter(|statements| statements.is_subset(shown));
        order::set(told.flatten()).len() == shown.len()
    }

    /// The claims every verifier sees.
    pub(super) fn always_disclosed(&self) -> Vec<ClaimPath> {
        self.paths(|claim| claim.statements.is_subset(&self.always))
    }

    /// The claims that can be withheld.
    pub(super) fn disclosable(&self) -> Vec<ClaimPath> {
        self.paths(|claim| !claim.statements.is_subset(&self.always))
    }

    /// The claims these statements show, but for those every verifier sees.
    pub(super) fn disclosed_by(&self, shown: &Indexes) -> Vec<ClaimPath> {
        self.paths(|claim| {
            claim.statements.is_subset(shown) && !claim.statements.is_subset(&self.always)
        })
    }

    /// The claims that showing those at these paths shows, but for those every verifier sees.
    pub(super) fn revealed_by(&self, selected: &[ClaimPath]) -> Vec<ClaimPath> {
        // Where nothing else is shown, the types are.
        let is_type = |claim: &Claim| matches!(claim.path.segments(), [PathSegment::Key(name)] if name == "type");
        let is_bare = selected.is_empty() && self.always.is_empty();
        let selected = ClaimPaths::new(selected);
        let mut shown = self.always.clone();
        for claim in &self.claims {
            if selected.touch(&claim.path) || (is_bare && is_type(claim)) {
                shown.extend(&claim.statements);
            }
        }
        self.disclosed_by(&shown)
    }

    fn paths(&self, is_wanted: impl Fn(&Claim) -> bool) -> Vec<ClaimPath> {
        let wanted = self.claims.iter().filter(|claim| is_wanted(claim));
        wanted.map(|claim| claim.path.clone()).collect()
    }
}

/// The places of [`ALWAYS`] in the document.
pub(super) fn always_shown(document: &Map<String, Value>) -> Vec<Pointer> {
    let names = ALWAYS.iter().filter(|name| document.contains_key(**name));
    names.map(|name| Pointer::to_member(name)).collect()
}

fn claims(
    leaves: Vec<ClaimPath>,
    statements: &Statements,
) -> Result<Vec<Claim>, DataIntegrityError> {
    let mut claims: Vec<Claim> = Vec::with_capacity(leaves.len());
    for leaf in leaves {
        let is_known = |claim: &Claim| leaf.starts_with(&claim.path);
        if !claims.last().is_some_and(is_known) {
            claims.push(claim(leaf, statements)?);
        }
    }
    Ok(claims)
}

/// The claim at this place, or the least one around it that can be shown by itself: an element of a list has no meaning
/// outside of it.
fn claim(mut path: ClaimPath, statements: &Statements) -> Result<Claim, DataIntegrityError> {
    loop {
        let pointer = Pointer::to_place(&path).ok_or(DataIntegrityError::NoSuchClaim)?;
        let error = match statements.select(&[pointer]) {
            Ok(selected) => {
                let statements = selected.indexes;
                return Ok(Claim { path, statements });
            }
            Err(error) => error,
        };
        let (_, around) = path.segments().split_last().ok_or(error.clone())?;
        path = ClaimPath::new(around.to_vec()).ok_or(error)?;
    }
}

/// The types of the document itself, as IRIs.
pub(super) fn types(document: &Map<String, Value>) -> Result<Vec<String>, DataIntegrityError> {
    let typed = [
        ("@context", document.get("@context").cloned()),
        ("type", document.get("type").cloned()),
    ];
    let typed = typed
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect();
    let quads = json_ld::to_rdf(&typed)?;
    let types = quads.into_iter().filter_map(|quad| match quad.object {
        Object::Node(Node::Iri(iri)) if quad.predicate == RDF_TYPE => Some(iri),
        _ => None,
    });
    Ok(types.collect())
}
