//! The credential request (OpenID4VCI 1.0 7, 8.2).

use super::Ports;
use super::access::AccessToken;
use super::authorization_server::Client;
use super::commitment;
use super::credential::{Copies, IssuanceContext};
use super::deferred::{DeferredIssuance, Requested};
use super::error::IssuanceError;
use super::exchange::{Exchanged, exchange};
use super::identifier::IssuerIdentifier;
use super::metadata::{CredentialConfiguration, IssuerMetadata};
use super::proof::{ProofClaims, check_keys, make_proofs};
use super::proof_requirement::ProofRequirement;
use super::refresh::RefreshGrant;
use super::token::TokenAnswer;
use crate::formats::data_integrity::HolderSecrets;
use crate::http::{FORM, Purpose};
use crate::keys::HolderKey;
use crate::secret::SecretText;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

const MAX_NONCE_BYTES: usize = 2048;

/// The issuer's go: an access token, and what may be ordered with it.
pub struct AuthorizedIssuance {
    metadata: Arc<IssuerMetadata>,
    server: IssuerIdentifier,
    client: Client,
    token: Arc<AccessToken>,
    refresh_token: Option<SecretText>,
    orders: Vec<CredentialOrder>,
}

/// What a credential is to be bound to.
enum Binding<'a> {
    Keys(&'a [Arc<dyn HolderKey>]),
    Secrets(&'a HolderSecrets),
}

impl<'a> Binding<'a> {
    const fn keys(&self) -> &'a [Arc<dyn HolderKey>] {
        match self {
            Self::Keys(keys) => keys,
            Self::Secrets(_) => &[],
        }
    }

    const fn secrets(&self) -> Option<&'a HolderSecrets> {
        match self {
            Self::Keys(_) => None,
            Self::Secrets(holder) => Some(holder),
        }
    }
}

/// One credential that may be ordered: a configuration and, where the token answer named any, one of its credential
/// identifiers (6.2). Only [`AuthorizedIssuance`] makes orders.
#[derive(Clone, Debug)]
pub struct CredentialOrder {
    pub(super) configuration: CredentialConfiguration,
    pub(super) credential_identifier: Option<String>,
}

impl CredentialOrder {
    /// The configuration.
    #[must_use]
    pub const fn configuration(&self) -> &CredentialConfiguration {
        &self.configuration
    }

    /// Which of several credentials of that configuration.
    #[must_use]
    pub fn credential_identifier(&self) -> Option<&str> {
        self.credential_identifier.as_deref()
    }
}

impl AuthorizedIssuance {
    pub(super) fn new(
        metadata: Arc<IssuerMetadata>,
        server: IssuerIdentifier,
        client: Client,
        answer: TokenAnswer,
        offered: impl Iterator<Item = CredentialConfiguration>,
    ) -> Result<Self, IssuanceError> {
        let mut orders = Vec::new();
        for configuration in offered {
            let order = |credential_identifier| CredentialOrder {
                configuration: configuration.clone(),
                credential_identifier,
            };
            match &answer.credential_identifiers {
                None => orders.push(order(None)),
                Some(identifiers) => orders.extend(
                    identifiers
                        .get(configuration.id())
                        .into_iter()
                        .flatten()
                        .map(|identifier| order(Some(identifier.clone()))),
                ),
            }
        }
        if orders.is_empty() {
            return Err(IssuanceError::TokenResponse {
                reason: "authorization_details",
            });
        }
        Ok(Self {
            metadata,
            server,
            client,
            token: Arc::new(answer.token),
            refresh_token: answer.refresh_token,
            orders,
        })
    }

    /// What to keep sealed for an issuance without the holder, where the server gave a refresh token (RFC 6749 6).
    #[must_use]
    pub fn refresh_grant(&self) -> Option<RefreshGrant> {
        let mut configuration_ids: Vec<String> = Vec::new();
        let mut identifiers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for order in &self.orders {
            let id = order.configuration.id();
            if !configuration_ids.iter().any(|known| known == id) {
                configuration_ids.push(id.to_owned());
            }
            if let Some(identifier) = &order.credential_identifier {
                let named = identifiers.entry(id.to_owned()).or_default();
                named.push(identifier.clone());
            }
        }
        Some(RefreshGrant {
            issuer: self.metadata.issuer.clone(),
            authorization_server: self.server.clone(),
            client_id: self.client.id().map(str::to_owned),
            refresh_token: self.refresh_token.as_ref()?.duplicate(),
            dpop_key: self.token.dpop().map(|dpop| dpop.to_kept()),
            is_attested: matches!(self.client, Client::Attested(_)),
            configuration_ids,
            credential_identifiers: (!identifiers.is_empty()).then_some(identifiers),
            other: Map::new(),
        })
    }

    /// What may be ordered, in the order of the offer.
    #[must_use]
    pub fn orders(&self) -> &[CredentialOrder] {
        &self.orders
    }

    /// The Credential Issuer Identifier.
    #[must_use]
    pub fn issuer(&self) -> &IssuerIdentifier {
        &self.metadata.issuer
    }

    /// Most keys in one request.
    #[must_use]
    pub fn batch_size(&self) -> usize {
        self.metadata.batch_size()
    }

    /// Orders one credential with as many copies as keys, none where the configuration wants no proof of keys, and verifies
    /// every copy. One that fails makes all fail, and the issuer is told `credential_failure`; unless nothing was wrong with
    /// them, and a server did not answer: then they may be verified later ([`Requested::Unverified`]).
    ///
    /// # Errors
    /// `not_supported` for keys that do not fit (before any request), `attestation_invalid` and the provider's where keys are
    /// attested (before the credential request), `nonce_refused`, `proof_refused`,
    /// `credential_refused`, `issuance_expired`, `answer_not_encrypted`, `decryption_failed`,
    /// `credential_response_invalid`, `wrong_credential_type`, `holder_key_mismatch`, `batch_mismatch`, what SD-JWT VC
    /// verification refuses, the key's and the fetcher's.
    pub async fn request(
        &self,
        ports: &Ports<'_>,
        order: &CredentialOrder,
        keys: &[Arc<dyn HolderKey>],
    ) -> Result<Requested, IssuanceError> {
        if matches!(
            order.configuration.proof(),
            ProofRequirement::Commitment { .. }
        ) {
            return Err(IssuanceError::Call {
                reason: "holder_secrets",
                rule: "OpenID4VCI 1.0 8.2",
            });
        }
        self.request_with(ports, order, &Binding::Keys(keys)).await
    }

    /// Orders one credential that is bound to the holder's secrets, as [`Self::request`] does one that is bound to keys.
    ///
    /// # Errors
    /// As [`Self::request`]; `issuer_metadata_invalid` of an issuer without a Nonce Endpoint; `not_supported` for a configuration that wants no commitment, or one to other secrets;
    /// `holder_key_mismatch` for a credential that is bound to other secrets or to none; `issuance_deferred` where it would
    /// come later: the transaction is given up. Nor does one wait that cannot be verified yet.
    pub async fn request_bound(
        &self,
        ports: &Ports<'_>,
        order: &CredentialOrder,
        holder: &HolderSecrets,
    ) -> Result<Requested, IssuanceError> {
        let wanted = order.configuration.proof();
        let feature = holder.feature();
        if *wanted != (ProofRequirement::Commitment { feature }) {
            return Err(IssuanceError::Call {
                reason: "holder_secrets",
                rule: "OpenID4VCI 1.0 8.2",
            });
        }
        // Without a nonce, who recorded the request could send it again to the issuer.
        self.metadata.require_nonce_endpoint()?;
        self.request_with(ports, order, &Binding::Secrets(holder))
            .await
    }

    async fn request_with(
        &self,
        ports: &Ports<'_>,
        order: &CredentialOrder,
        binding: &Binding<'_>,
    ) -> Result<Requested, IssuanceError> {
        let (keys, holder) = (binding.keys(), binding.secrets());
        check_keys(order.configuration.proof(), keys, self.batch_size())?;
        let mut refused_nonces = 0;
        let exchanged = loop {
            match self.post_request(ports, order, binding).await {
                // A nonce may just have run out: one more try with a new one and new proofs (8.3.1.2).
                Err(IssuanceError::NonceRefused)
                    if refused_nonces == 0 && self.metadata.nonce_endpoint.is_some() =>
                {
                    refused_nonces += 1;
                }
                outcome => break outcome?,
            }
        };
        let context = self.context(order);
        match exchanged {
            Exchanged::Issued(answer) => {
                let context = context.notified_by(&answer);
                let copies = Copies {
                    order,
                    keys,
                    holder,
                    notification: context.notification(&self.metadata, &self.token),
                    context,
                    metadata: &self.metadata,
                };
                match copies.verify_all(ports, &answer).await {
                    Err(error) if holder.is_none() && passes_by_itself(&error) => {
                        let (token, now) = (Arc::clone(&self.token), ports.clock.now()?);
                        let (context, notification) = (copies.context, copies.notification);
                        let issuance = DeferredIssuance::of_answer(context, answer, token, now);
                        Ok(Requested::Unverified {
                            issuance: Box::new(issuance),
                            error: Box::new(error),
                            notification,
                        })
                    }
                    verified => {
                        let received = copies.finish(ports, verified).await?;
                        Ok(Requested::Received(Box::new(received)))
                    }
                }
            }
            Exchanged::Later {
                transaction_id,
                interval,
            } => {
                self.metadata.require_deferred_endpoint()?;
                if holder.is_some() {
                    // What is kept of a promise knows keys only.
                    return Err(IssuanceError::Deferred { interval });
                }
                let now = ports.clock.now()?;
                let token = Arc::clone(&self.token);
                let deferred = DeferredIssuance::new(context, transaction_id, interval, token, now);
                Ok(Requested::Deferred(Box::new(deferred)))
            }
        }
    }

    async fn post_request(
        &self,
        ports: &Ports<'_>,
        order: &CredentialOrder,
        binding: &Binding<'_>,
    ) -> Result<Exchanged, IssuanceError> {
        let mut body = Map::new();
        match &order.credential_identifier {
            Some(identifier) => body.insert("credential_identifier".to_owned(), json!(identifier)),
            None => body.insert(
                "credential_configuration_id".to_owned(),
                json!(order.configuration.id()),
            ),
        };
        if *order.configuration.proof() != ProofRequirement::None {
            let nonce = self.fetch_nonce(ports).await?;
            let claims = ProofClaims {
                audience: self.metadata.issuer.as_str(),
                client_id: self.client.id(),
                issued_at: ports.clock.now()?,
                nonce: nonce.as_deref(),
                key_name: order.configuration.key_name,
            };
            let proofs = match binding {
                Binding::Keys(keys) => {
                    make_proofs(ports, order.configuration.proof(), &claims, keys).await?
                }
                Binding::Secrets(holder) => {
                    Some(commitment::make_proofs(ports.random, &claims, holder).await?)
                }
            };
            body.extend(proofs.map(|proofs| ("proofs".to_owned(), proofs)));
        }
        let endpoint = &self.metadata.credential_endpoint;
        exchange(
            ports,
            &self.metadata.encryption,
            &self.token,
            endpoint,
            body,
        )
        .await
    }

    /// A fresh nonce, where the issuer has a Nonce Endpoint (7): no body, no token, never cached.
    async fn fetch_nonce(&self, ports: &Ports<'_>) -> Result<Option<String>, IssuanceError> {
        let Some(endpoint) = &self.metadata.nonce_endpoint else {
            return Ok(None);
        };
        let answer = ports
            .fetcher()
            .post(Purpose::Credential, endpoint, &[], FORM, Vec::new())
            .await?
            .require_success()?;
        // The answer may bring the nonce for DPoP, too (7.2, HAIP 4).
        if let Some(dpop) = self.token.dpop() {
            dpop.learn(&self.metadata.credential_endpoint, &answer);
        }
        let answer = answer.json_object()?;
        match answer.get("c_nonce").and_then(Value::as_str) {
            Some(nonce) if !nonce.is_empty() && nonce.len() <= MAX_NONCE_BYTES => {
                Ok(Some(nonce.to_owned()))
            }
            _ => Err(IssuanceError::NonceResponse),
        }
    }

    fn context(&self, order: &CredentialOrder) -> IssuanceContext {
        IssuanceContext {
            issuer: self.metadata.issuer.clone(),
            authorization_server: self.server.clone(),
            client_id: self.client.id().map(str::to_owned),
            configuration_id: order.configuration.id().to_owned(),
            credential_type: order.configuration.credential_type().to_owned(),
            credential_identifier: order.credential_identifier.clone(),
            notification_endpoint: self.metadata.notification_endpoint.clone(),
            notification_id: None,
            batch_size: self.metadata.batch_size(),
            other: Map::new(),
        }
    }
}

/// Whether the same answer may be verified later though nobody does anything about it. What the app has to mend is told at
/// once.
const fn passes_by_itself(error: &IssuanceError) -> bool {
    let is_apps = matches!(error, IssuanceError::Credential(why) if why.waits_for_the_app());
    error.is_passing() && !is_apps
}
