//! What the holder sees before agreeing to an offer.

use super::Ports;
use super::authorization::AuthorizationStart;
use super::authorization_server::{AuthorizationServer, ClientMethod};
use super::display::{ClaimDisplay, CredentialDisplay, IssuerDisplay};
use super::error::{IssuanceError, NotIssuable};
use super::identifier::IssuerIdentifier;
use super::metadata::{CredentialConfiguration, IssuerMetadata};
use super::offer::{AuthorizationCodeGrant, CredentialOffer, PreAuthorizedGrant, TxCode};
use super::request::AuthorizedIssuance;
use super::server_session::ServerSession;
use super::token::{Grant, request_token};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use zeroize::Zeroizing;

/// An offer whose issuer answered for itself: metadata fetched and checked, nothing asked of it yet. The offer alone
/// proves nothing (OpenID4VCI 1.0 13.5): whether the issuer is trusted shows with the credential's signature.
pub struct OfferedIssuance {
    metadata: Arc<IssuerMetadata>,
    configurations: Vec<OfferedConfiguration>,
    issuer_display: Vec<IssuerDisplay>,
    /// At least one of the two.
    pre_authorized: Option<PreAuthorized>,
    authorization: Option<AuthorizationStart>,
    address_checked: bool,
}

/// The pre-authorised code and where it is exchanged.
struct PreAuthorized {
    server: AuthorizationServer,
    method: ClientMethod,
    tx_code: Option<TxCode>,
    /// Gone while it is exchanged, and once it was: it is used once (13.6.1).
    code: Mutex<Option<Zeroizing<String>>>,
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
    /// The claims the issuer says it has, in its order.
    pub claims: Vec<ClaimDisplay>,
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
        let metadata = IssuerMetadata::fetch(ports, &issuer).await?;
        let mut address_checked = metadata.address_checked;
        let metadata = metadata.value;
        let configurations = offered_configurations(ports, &metadata, &offer.configuration_ids)?;
        let mut servers = Servers {
            ports,
            metadata: &metadata,
            address_checked: &mut address_checked,
        };
        let (pre_authorized, authorization) = match (offer.pre_authorized, offer.authorization_code)
        {
            (Some(grant), None) => (Some(servers.pre_authorized(grant).await?), None),
            (None, Some(grant)) => (None, Some(servers.authorization(grant).await?)),
            // An offer without grants leaves the choice to what the server can (4.1.1).
            (None, None) => {
                let grant = AuthorizationCodeGrant::default();
                (None, Some(servers.authorization(grant).await?))
            }
            // One of the two is enough.
            (Some(code), Some(grant)) => {
                let authorization = servers.authorization(grant).await.ok();
                match servers.pre_authorized(code).await {
                    Err(error) if authorization.is_none() => return Err(error),
                    pre_authorized => (pre_authorized.ok(), authorization),
                }
            }
        };
        Ok(Self {
            issuer_display: IssuerDisplay::read_all(&metadata.display),
            metadata: Arc::new(metadata),
            configurations,
            pre_authorized,
            authorization,
            address_checked,
        })
    }

    /// The same for a wallet that comes by itself: what `issuer` says about the configurations with these ids (3.4).
    ///
    /// # Errors
    /// As [`Self::fetch`].
    pub async fn discover(
        ports: &Ports<'_>,
        issuer: &str,
        configuration_ids: &[String],
    ) -> Result<Self, IssuanceError> {
        Self::fetch(
            ports,
            CredentialOffer::wallet_started(issuer, configuration_ids),
        )
        .await
    }

    pub(super) fn metadata(&self) -> &IssuerMetadata {
        &self.metadata
    }

    pub(super) const fn authorization(&self) -> Option<&AuthorizationStart> {
        self.authorization.as_ref()
    }

    /// Whether [`Self::accept`] leads on: the issuer knows the holder already.
    #[must_use]
    pub const fn is_pre_authorized(&self) -> bool {
        self.pre_authorized.is_some()
    }

    /// Whether [`Self::authorize`] leads on: the holder answers in the browser.
    #[must_use]
    pub const fn can_be_authorized(&self) -> bool {
        self.authorization.is_some()
    }

    /// Who signed the issuer's metadata, by a certificate that leads to an anchor of the app; `None` where they are not
    /// signed.
    #[must_use]
    pub fn metadata_signer(&self) -> Option<&str> {
        self.metadata.signer.as_deref()
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
    pub fn tx_code(&self) -> Option<&TxCode> {
        self.pre_authorized.as_ref()?.tx_code.as_ref()
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
        let grant = self.pre_authorized.as_ref().ok_or(IssuanceError::Call {
            reason: "pre_authorized_code",
            rule: "OpenID4VCI 1.0 4.1.1",
        })?;
        match (&grant.tx_code, tx_code) {
            (Some(expected), Some(typed)) => expected.check(typed)?,
            (Some(_), None) => return Err(IssuanceError::TxCodeRequired { reason: "missing" }),
            (None, Some(_)) => return Err(IssuanceError::TxCodeNotExpected),
            (None, None) => {}
        }
        let exchange = Exchange::begin(grant)?;
        let session = ServerSession::open(ports, &grant.server, &grant.method).await?;
        let request = Grant::PreAuthorized {
            code: &exchange.code,
            tx_code,
        };
        let answer = request_token(ports, &session, request).await?;
        exchange.end();
        AuthorizedIssuance::new(
            Arc::clone(&self.metadata),
            session.server.issuer.clone(),
            session.client,
            answer,
            self.configurations
                .iter()
                .filter_map(|offered| offered.configuration.as_ref().ok().cloned()),
        )
    }
}

impl PreAuthorized {
    fn lock(&self) -> MutexGuard<'_, Option<Zeroizing<String>>> {
        self.code.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A code that is being exchanged: nobody else does meanwhile. A server may take a second use for theft and end the first
/// (RFC 6749 4.1.2). Dropped before its end, the code may be tried again.
struct Exchange<'a> {
    grant: &'a PreAuthorized,
    code: Zeroizing<String>,
    is_over: bool,
}

impl<'a> Exchange<'a> {
    fn begin(grant: &'a PreAuthorized) -> Result<Self, IssuanceError> {
        let code = grant.lock().take().ok_or(IssuanceError::OfferUsed)?;
        Ok(Self {
            grant,
            code,
            is_over: false,
        })
    }

    fn end(mut self) {
        self.is_over = true;
    }
}

impl Drop for Exchange<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            *self.grant.lock() = Some(core::mem::take(&mut self.code));
        }
    }
}

fn offered_configurations(
    ports: &Ports<'_>,
    metadata: &IssuerMetadata,
    ids: &[String],
) -> Result<Vec<OfferedConfiguration>, IssuanceError> {
    let mut offered = Vec::with_capacity(ids.len());
    for id in ids {
        let configuration = metadata.orderable(id, ports).cloned();
        let (display, claims) = match &configuration {
            Ok(known) => (
                CredentialDisplay::read_all(&known.credential_metadata),
                ClaimDisplay::read_all(&known.credential_metadata),
            ),
            Err(_) => Default::default(),
        };
        offered.push(OfferedConfiguration {
            id: id.clone(),
            configuration,
            display,
            claims,
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

/// The authorization servers of an issuer, to choose from.
struct Servers<'a> {
    ports: &'a Ports<'a>,
    metadata: &'a IssuerMetadata,
    address_checked: &'a mut bool,
}

impl Servers<'_> {
    async fn pre_authorized(
        &mut self,
        grant: PreAuthorizedGrant,
    ) -> Result<PreAuthorized, IssuanceError> {
        let named = grant.authorization_server.as_deref();
        let server = self
            .choose(named, AuthorizationServer::allows_pre_authorized)
            .await?;
        Ok(PreAuthorized {
            method: server.pre_authorized_client(self.ports)?,
            server,
            tx_code: grant.tx_code,
            code: Mutex::new(Some(grant.code)),
        })
    }

    async fn authorization(
        &mut self,
        grant: AuthorizationCodeGrant,
    ) -> Result<AuthorizationStart, IssuanceError> {
        let named = grant.authorization_server.as_deref();
        let server = self
            .choose(named, AuthorizationServer::allows_authorization_code)
            .await?;
        if !server.takes_s256() {
            return Err(IssuanceError::NotSupported {
                feature: "code_challenge_method",
                rule: "OpenID4VCI 1.0 5.1.4",
            });
        }
        Ok(AuthorizationStart {
            method: server.client(self.ports)?,
            server,
            issuer_state: grant.issuer_state,
        })
    }

    /// The first server that answers for itself and allows the grant; else what was wrong with the first one.
    async fn choose(
        &mut self,
        named: Option<&str>,
        allows: impl Fn(&AuthorizationServer) -> bool,
    ) -> Result<AuthorizationServer, IssuanceError> {
        let mut problem = None;
        for issuer in &self.metadata.authorization_servers(named)? {
            match AuthorizationServer::fetch(self.ports, issuer).await {
                Ok(server) if allows(&server.value) => {
                    *self.address_checked &= server.address_checked;
                    return Ok(server.value);
                }
                Ok(_) => {
                    problem.get_or_insert(IssuanceError::GrantNotSupported { rule: "RFC 8414 2" })
                }
                Err(error) => problem.get_or_insert(error),
            };
        }
        Err(problem.unwrap_or(IssuanceError::GrantNotSupported {
            rule: "OpenID4VCI 1.0 12.3",
        }))
    }
}
