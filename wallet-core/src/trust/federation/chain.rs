//! Trust chains (OpenID Federation 1.0 4, 10.2) and what they resolve to.

use super::constraints;
use super::metadata_policy::MetadataPolicy;
use super::statement::EntityStatement;
use super::{FederationError, MAX_DEPTH, VERIFIER};
use crate::clock::UnixTime;
use crate::jose::KeySet;
use crate::trust::PinnedKeys;
use serde_json::{Map, Value};

/// A verifier a federation of the app vouches for.
#[derive(Clone, Debug)]
pub struct ResolvedVerifier {
    anchor: String,
    keys: KeySet,
    metadata: Map<String, Value>,
}

impl ResolvedVerifier {
    /// The trust anchor, as the app pinned it.
    #[must_use]
    pub fn anchor(&self) -> &str {
        &self.anchor
    }

    /// The keys the verifier signs requests with.
    #[must_use]
    pub const fn keys(&self) -> &KeySet {
        &self.keys
    }

    /// Its metadata of type `openid_credential_verifier`, after all policies.
    #[must_use]
    pub const fn metadata(&self) -> &Map<String, Value> {
        &self.metadata
    }
}

/// Verifies a chain: the entity's configuration, the statements of its superiors one after the other, the last by a
/// trust anchor, and perhaps that anchor's configuration.
///
/// # Errors
/// The first rule that is broken.
pub fn verify_chain<S: AsRef<str>>(
    chain: &[S],
    entity: &str,
    anchors: &[PinnedKeys],
    now: UnixTime,
) -> Result<ResolvedVerifier, FederationError> {
    // Configuration, statements, the anchor's configuration.
    if chain.len() > MAX_DEPTH + 2 {
        return Err(FederationError::TooLong);
    }
    let statements = chain
        .iter()
        .map(|text| EntityStatement::parse(text.as_ref()));
    verify_statements(
        &statements.collect::<Result<Vec<_>, _>>()?,
        entity,
        anchors,
        now,
    )
}

pub(super) fn verify_statements(
    chain: &[EntityStatement],
    entity: &str,
    anchors: &[PinnedKeys],
    now: UnixTime,
) -> Result<ResolvedVerifier, FederationError> {
    let Some((configuration, above)) = chain.split_first() else {
        return Err(FederationError::NotAChain);
    };
    for statement in chain {
        statement.check_time(now)?;
    }
    let (superiors, anchor_configuration) = match above.split_last() {
        Some((last, rest)) if last.is_configuration() => (rest, Some(last)),
        _ => (above, None),
    };
    let top = superiors.last().ok_or(FederationError::NoAnchor)?;
    if superiors.len() > MAX_DEPTH {
        return Err(FederationError::TooLong);
    }
    check_links(configuration, superiors, entity)?;
    if anchor_configuration.is_some_and(|anchor| anchor.issuer != top.issuer) {
        return Err(FederationError::NotAChain);
    }
    let anchor = anchors
        .iter()
        .find(|anchor| anchor.identifier() == top.issuer)
        .ok_or(FederationError::NoAnchor)?;

    // From the pinned keys down: a statement's keys are believed once it is verified itself.
    let mut keys = anchor.keys();
    if let Some(configuration) = anchor_configuration {
        keys.verify(&configuration.jws)?;
    }
    for statement in superiors.iter().rev() {
        keys.verify(&statement.jws)?;
        keys = &statement.keys;
    }
    keys.verify(&configuration.jws)?;
    configuration.keys.verify(&configuration.jws)?;

    constraints::check(superiors)?;
    resolve(configuration, superiors, anchor.identifier())
}

/// Each statement is about the issuer of the one before, and nobody occurs twice.
fn check_links(
    configuration: &EntityStatement,
    superiors: &[EntityStatement],
    entity: &str,
) -> Result<(), FederationError> {
    if !configuration.is_configuration() || configuration.subject != entity {
        return Err(FederationError::NotAChain);
    }
    let mut below = vec![entity];
    for statement in superiors {
        if below.last() != Some(&statement.subject.as_str())
            || below.contains(&statement.issuer.as_str())
        {
            return Err(FederationError::NotAChain);
        }
        below.push(&statement.issuer);
    }
    Ok(())
}

/// The verifier's metadata: its own, what its direct superior says instead, and then the policies from the anchor down
/// (6.1.4).
fn resolve(
    configuration: &EntityStatement,
    superiors: &[EntityStatement],
    anchor: &str,
) -> Result<ResolvedVerifier, FederationError> {
    let own = configuration.metadata(VERIFIER)?;
    let mut metadata = own.ok_or(FederationError::NotAVerifier)?.clone();
    if let Some(superior) = superiors.first()
        && let Some(instead) = superior.metadata(VERIFIER)?
    {
        metadata.extend(instead.clone());
    }
    let mut policy = MetadataPolicy::default();
    for statement in superiors.iter().rev() {
        if let Some(below) = statement.metadata_policy(VERIFIER)? {
            policy.merge(below)?;
        }
    }
    policy.apply(&mut metadata)?;
    let jwks = metadata.get("jwks").ok_or(FederationError::NoKeys)?;
    Ok(ResolvedVerifier {
        anchor: anchor.to_owned(),
        keys: KeySet::parse(jwks).map_err(|_| FederationError::NoKeys)?,
        metadata,
    })
}
