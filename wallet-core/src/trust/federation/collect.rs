//! Finding a chain: from the entity's configuration over the authorities it names up to an anchor (OpenID Federation 1.0
//! 8.1, 9, 10.1).

use super::chain::{ResolvedVerifier, verify_statements};
use super::statement::EntityStatement;
use super::{FederationError, MAX_DEPTH};
use crate::clock::UnixTime;
use crate::http::{Fetcher, Purpose};
use crate::order;
use crate::trust::PinnedKeys;
use serde_json::Value;
use std::collections::VecDeque;
use url::Url;

/// Most requests for one entity.
pub(crate) const MAX_FETCHES: u8 = 16;

const STATEMENT: &str = "application/entity-statement+jwt";

/// An authority still to be asked about the last entity of a path.
struct Step {
    path: Vec<EntityStatement>,
    about: String,
    authority: String,
}

/// Finds and verifies a chain from `entity` to one of the anchors, the shortest first. Each authority learns which entity
/// is looked up.
///
/// # Errors
/// That of the last chain that was found, or of the entity's own configuration.
pub async fn collect(
    entity: &str,
    fetcher: &Fetcher<'_>,
    anchors: &[PinnedKeys],
    now: UnixTime,
) -> Result<ResolvedVerifier, FederationError> {
    if anchors.is_empty() {
        return Err(FederationError::NoAnchor);
    }
    let mut source = Source {
        fetcher,
        left: MAX_FETCHES.into(),
    };
    let configuration = source.configuration(entity).await?;
    let mut open = VecDeque::new();
    add_steps(
        &mut open,
        &configuration,
        vec![configuration.clone()],
        anchors,
    )?;
    let mut error = FederationError::NoAnchor;
    while let Some(step) = open.pop_front() {
        match source.climb(step, entity, anchors, now, &mut open).await {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => {}
            Err(FederationError::TooManyFetches) => return Err(FederationError::TooManyFetches),
            Err(other) => error = other,
        }
    }
    Err(error)
}

/// The authorities of an entity, anchors of the app first.
fn add_steps(
    open: &mut VecDeque<Step>,
    configuration: &EntityStatement,
    path: Vec<EntityStatement>,
    anchors: &[PinnedKeys],
) -> Result<(), FederationError> {
    let mut hints = configuration.authority_hints()?;
    hints.retain(|hint| {
        *hint != configuration.subject && path.iter().all(|one| one.issuer != *hint)
    });
    order::sort_by_key(&mut hints, |hint| {
        !anchors.iter().any(|anchor| anchor.identifier() == hint)
    });
    open.extend(hints.into_iter().map(|authority| Step {
        path: path.clone(),
        about: configuration.subject.clone(),
        authority,
    }));
    Ok(())
}

struct Source<'a> {
    fetcher: &'a Fetcher<'a>,
    left: usize,
}

impl Source<'_> {
    /// Asks an authority about the entity below it. At an anchor the chain is complete.
    async fn climb(
        &mut self,
        step: Step,
        entity: &str,
        anchors: &[PinnedKeys],
        now: UnixTime,
        open: &mut VecDeque<Step>,
    ) -> Result<Option<ResolvedVerifier>, FederationError> {
        let Step {
            mut path,
            about,
            authority,
        } = step;
        let configuration = self.configuration(&authority).await?;
        let endpoint = configuration
            .metadata("federation_entity")?
            .and_then(|metadata| metadata.get("federation_fetch_endpoint"))
            .and_then(Value::as_str)
            .ok_or(FederationError::Statement)?;
        let mut url = Url::parse(endpoint).map_err(|_| FederationError::Statement)?;
        url.query_pairs_mut().append_pair("sub", &about);
        let statement = self.statement(url.as_str()).await?;
        if statement.issuer != authority || statement.subject != about {
            return Err(FederationError::NotAChain);
        }
        path.push(statement);
        if anchors
            .iter()
            .any(|anchor| anchor.identifier() == authority)
        {
            return verify_statements(&path, entity, anchors, now).map(Some);
        }
        if path.len() > MAX_DEPTH {
            return Err(FederationError::TooLong);
        }
        add_steps(open, &configuration, path, anchors)?;
        Ok(None)
    }

    /// The configuration an entity publishes about itself, signed by itself (9).
    async fn configuration(&mut self, entity: &str) -> Result<EntityStatement, FederationError> {
        if entity.contains(['?', '#']) {
            return Err(FederationError::Statement);
        }
        let base = entity.strip_suffix('/').unwrap_or(entity);
        let url = format!("{base}/.well-known/openid-federation");
        let configuration = self.statement(&url).await?;
        if !configuration.is_configuration() || configuration.subject != entity {
            return Err(FederationError::NotAChain);
        }
        configuration.keys.verify(&configuration.jws)?;
        Ok(configuration)
    }

    async fn statement(&mut self, url: &str) -> Result<EntityStatement, FederationError> {
        self.left = self
            .left
            .checked_sub(1)
            .ok_or(FederationError::TooManyFetches)?;
        let fetched = self.fetcher.get(Purpose::Metadata, url, STATEMENT).await?;
        let text = core::str::from_utf8(fetched.body()).map_err(|_| FederationError::Statement)?;
        EntityStatement::parse(text)
    }
}
