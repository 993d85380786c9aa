//! What the holder sees before agreeing to an offer.

use super::Ports;
use super::authorization_server::{AuthorizationServer, Client};
use super::display::{CredentialDisplay, IssuerDisplay};
use super::error::{IssuanceError, NotIssuable};
use super::identifier::IssuerIdentifier;
use super::metadata::{CredentialConfiguration, IssuerMetadata};
use super::offer::{CredentialOffer, TxCode};
use super::request::AuthorizedIssuance;
use super::server_session::ServerSession;
use super::token::{Grant, request_token};
use std::sync::{Arc, Mutex, PoisonError};
use zeroize::Zeroizing;

/// An offer whose issuer answered for itself: metadata fetched and checked, nothing asked of it yet. The offer alone
/// proves nothing (OpenID4VCI 1.0 13.5): whether the issuer is trusted shows with the credential's signature.
pub struct OfferedIssuance {
    metadata: Arc<IssuerMetadata>,
    server: AuthorizationServer,
    client: Client,
    configurations: Vec<OfferedConfiguration>,
    issuer_display: Vec<IssuerDisplay>,
    tx_code: Option<TxCode>,
    /// Gone once the code was exchanged: it is used once (13.6.1).
    code: Mutex<Option<Zeroizing<String>>>,
    address_checked: bool,
}

/// One credential on offer.
#[derive(Clone, Debug)]
pub struct OfferedConfiguration {
    /// Its id at this issuer.
    pub id: String,
    /// What is known about it, or why this wallet cannot receive it.
    pub configuration: Result<CredentialConfiguration, NotIssuable>,
    /// Its names by locale, without pictures: those are fetched at issuance.
    pub display: Vec<CredentialDisplay>,
}

impl OfferedIssuance {
    /// Fetches the metadata of the issuer and of its authorization server.
    ///
    /// # Errors
    /// `offer_invalid`, `grant_not_supported`, `issuer_mismatch`, `issuer_metadata_invalid`, `not_supported`, the reason
    /// of the first credential where none can be received, and the fetcher's.
    pub async fn fetch(ports: &Ports<'_>, offer: CredentialOffer) -> Result<Self, IssuanceError> {
        let issuer = IssuerIdentifier::parse(&offer.credential_issuer, ports.loopback()).ok_or(
            IssuanceError::Offer {
                reason: "credential_issuer",
                rule: "OpenID4VCI 1.0 12.2.1",
            },
        )?;
        // Without a code from the offer, every grant the issuer may have needs the authorization endpoint.
        let grant = offer
            .pre_authorized
            .ok_or(IssuanceError::GrantNotSupported {
                rule: "OpenID4VCI 1.0 4.1.1",
            })?;
        let metadata = IssuerMetadata::fetch(ports, &issuer).await?;
        let mut address_checked = metadata.address_checked;
        let metadata = metadata.value;
        let configurations = offered_configurations(&metadata, &offer.configuration_ids)?;
        let servers = metadata.authorization_servers(grant.authorization_server.as_deref())?;
        let server = choose_server(ports, &servers, &mut address_checked).await?;
        let client = server.client(ports.settings.client_id.as_deref())?;
        Ok(Self {
            issuer_display: IssuerDisplay::read_all(&metadata.display),
            metadata: Arc::new(metadata),
            server,
            client,
            configurations,
            tx_code: grant.tx_code,
            code: Mutex::new(Some(grant.code)),
            address_checked,
        })
    }

    /// The issuer, by the identifier its metadata was fetched for.
    #[must_use]
    pub fn issuer(&self) -> &IssuerIdentifier {
        self.metadata.issuer()
    }

    /// The issuer's names by locale, cleaned for display and without pictures. See [`super::lookup`].
    #[must_use]
    pub fn issuer_display(&self) -> &[IssuerDisplay] {
        &self.issuer_display
    }

    /// What is offered, in the order of the offer; at least one can be received.
    #[must_use]
    pub fn configurations(&self) -> &[OfferedConfiguration] {
        &self.configurations
    }

    /// The transaction code to ask the holder for, if any.
    #[must_use]
    pub const fn tx_code(&self) -> Option<&TxCode> {
        self.tx_code.as_ref()
    }

    /// Most copies of one credential the issuer gives at once.
    #[must_use]
    pub fn batch_size(&self) -> usize {
        self.metadata.batch_size()
    }

    /// Whether the HTTP client told which addresses it connected to. `false`: only names were checked.
    #[must_use]
    pub const fn address_checked(&self) -> bool {
        self.address_checked
    }

    /// After the holder agreed: exchanges the pre-authorised code for an access token (6.1). After `grant_refused` it
    /// may be called again with another transaction code; after success it cannot.
    ///
    /// # Errors
    /// `tx_code_required`, `tx_code_not_expected` (both before any request), `issuance_expired`, `grant_refused`,
    /// `token_refused`, `token_response_invalid`, `not_supported` (DPoP), and the fetcher's.
    pub async fn accept(
        &self,
        ports: &Ports<'_>,
        tx_code: Option<&str>,
    ) -> Result<AuthorizedIssuance, IssuanceError> {
        match (&self.tx_code, tx_code) {
            (Some(expected), Some(typed)) => expected.check(typed)?,
            (Some(_), None) => return Err(IssuanceError::TxCodeRequired { reason: "missing" }),
            (None, Some(_)) => return Err(IssuanceError::TxCodeNotExpected),
            (None, None) => {}
        }
        let code = self.lock_code().clone().ok_or(IssuanceError::OfferUsed)?;
        let session = ServerSession::open(ports, &self.server, self.client.clone())?;
        let grant = Grant::PreAuthorized {
            code: &code,
            tx_code,
        };
        let answer = request_token(ports, &session, grant).await?;
        *self.lock_code() = None;
        AuthorizedIssuance::new(
            Arc::clone(&self.metadata),
            self.server.issuer.clone(),
            self.client.clone(),
            answer,
            self.configurations
                .iter()
                .filter_map(|offered| offered.configuration.as_ref().ok().cloned()),
        )
    }

    fn lock_code(&self) -> std::sync::MutexGuard<'_, Option<Zeroizing<String>>> {
        self.code.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn offered_configurations(
    metadata: &IssuerMetadata,
    ids: &[String],
) -> Result<Vec<OfferedConfiguration>, IssuanceError> {
    let mut offered = Vec::with_capacity(ids.len());
    for id in ids {
        let configuration = metadata.configuration(id).cloned();
        let display = match &configuration {
            Ok(known) => CredentialDisplay::read_all(&known.credential_metadata),
            Err(_) => Vec::new(),
        };
        offered.push(OfferedConfiguration {
            id: id.clone(),
            configuration,
            display,
        });
    }
    let first_problem = offered
        .iter()
        .find_map(|offered| offered.configuration.as_ref().err().copied());
    match first_problem {
        Some(problem) if offered.iter().all(|one| one.configuration.is_err()) => {
            Err(problem.into())
        }
        _ => Ok(offered),
    }
}

/// The first server that answers for itself and allows the grant; else what was wrong with the first one.
async fn choose_server(
    ports: &Ports<'_>,
    servers: &[IssuerIdentifier],
    address_checked: &mut bool,
) -> Result<AuthorizationServer, IssuanceError> {
    let mut problem = None;
    for issuer in servers {
        match AuthorizationServer::fetch(ports, issuer).await {
            Ok(server) if server.value.allows_pre_authorized() => {
                *address_checked &= server.address_checked;
                return Ok(server.value);
            }
            Ok(_) => problem.get_or_insert(IssuanceError::GrantNotSupported { rule: "RFC 8414 2" }),
            Err(error) => problem.get_or_insert(error),
        };
    }
    Err(problem.unwrap_or(IssuanceError::GrantNotSupported {
        rule: "OpenID4VCI 1.0 12.3",
    }))
}
