//! A type and all it extends, as one (SD-JWT VC -13 6.4, 8.2, 9.5).

use super::document::{ClaimMetadata, Document, SelectiveDisclosure, TypeDisplay};
use super::error::TypeMetadataError;
use super::integrity::Integrity;
use super::source::TypeMetadataSource;

/// Most types that are extended one after the other.
pub const MAX_EXTENDS: usize = 4;

/// What a type says, with what it inherits from the types it extends. All locales are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeMetadata {
    /// The type itself, then the types it extends, nearest first.
    pub types: Vec<String>,
    /// How it is shown, by locale.
    pub display: Vec<TypeDisplay>,
    /// What it says of claims.
    pub claims: Vec<ClaimMetadata>,
}

/// Gets the metadata of the type `vct` and of every type it extends, and merges them. The first source that has a
/// document is believed; `integrity` is the credential's `vct#integrity`. `Ok(None)` where no source knows the type:
/// a URN, say.
///
/// # Errors
/// Any [`TypeMetadataError`]. None of them says anything about the credential itself.
pub async fn resolve(
    vct: &str,
    integrity: Option<&str>,
    sources: &[&dyn TypeMetadataSource],
) -> Result<Option<TypeMetadata>, TypeMetadataError> {
    let Some(first) = document(vct, integrity, sources).await? else {
        return Ok(None);
    };
    let mut chain = vec![first];
    while let Some((extended, integrity)) = next(&chain)? {
        let parent = document(&extended, integrity.as_deref(), sources).await?;
        chain.push(parent.ok_or(TypeMetadataError::ExtendedTypeMissing)?);
    }
    Ok(Some(merge(chain)))
}

/// The type the last of the chain extends, with its integrity.
fn next(chain: &[Document]) -> Result<Option<(String, Option<String>)>, TypeMetadataError> {
    let Some(extended) = chain
        .last()
        .and_then(|last| last.extends.as_ref().map(|e| (last, e)))
    else {
        return Ok(None);
    };
    let (last, extended) = extended;
    if chain.iter().any(|document| document.vct == *extended) {
        return Err(TypeMetadataError::ExtendsLoop);
    }
    if chain.len() > MAX_EXTENDS {
        return Err(TypeMetadataError::ExtendsTooDeep);
    }
    Ok(Some((extended.clone(), last.extends_integrity.clone())))
}

async fn document(
    vct: &str,
    integrity: Option<&str>,
    sources: &[&dyn TypeMetadataSource],
) -> Result<Option<Document>, TypeMetadataError> {
    for source in sources {
        let Some(bytes) = source.document(vct).await? else {
            continue;
        };
        // Over the received bytes, before anything is made of them.
        if integrity.is_some_and(|text| !Integrity::parse(text).matches(&bytes)) {
            return Err(TypeMetadataError::Integrity);
        }
        let document = Document::parse(&bytes)?;
        if document.vct != vct {
            return Err(TypeMetadataError::WrongType);
        }
        return Ok(Some(document));
    }
    Ok(None)
}

/// Merges a chain, the extending type first.
fn merge(chain: Vec<Document>) -> TypeMetadata {
    let types = chain.iter().map(|document| document.vct.clone()).collect();
    let mut display = Vec::new();
    let mut claims = Vec::new();
    for document in chain.into_iter().rev() {
        if let Some(own) = document.display {
            display = own;
        }
        for claim in document.claims {
            extend_claims(&mut claims, claim);
        }
    }
    TypeMetadata {
        types,
        display,
        claims,
    }
}

/// A claim replaces the inherited one of the same path, but cannot loosen it: `sd` once decided and `mandatory` once
/// true stay (SD-JWT VC -13 9.5.1).
fn extend_claims(claims: &mut Vec<ClaimMetadata>, mut claim: ClaimMetadata) {
    match claims
        .iter_mut()
        .find(|inherited| inherited.path == claim.path)
    {
        None => claims.push(claim),
        Some(inherited) => {
            claim.mandatory |= inherited.mandatory;
            if inherited.sd != SelectiveDisclosure::Allowed {
                claim.sd = inherited.sd;
            }
            *inherited = claim;
        }
    }
}
