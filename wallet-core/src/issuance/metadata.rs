//! Credential Issuer Metadata (OpenID4VCI 1.0 12.2), as far as it was checked.

use super::encryption::Encryption;
use super::error::{IssuanceError, NotIssuable};
use super::identifier::{AllowLoopbackHttp, IssuerIdentifier, endpoint};
use super::proof_requirement::{KeyName, ProofRequirement};
use super::signed_metadata::SignedMetadata;
use super::{Checked, Ports};
use super::{jwt_vc, ldp_vc};
use crate::formats::CredentialFormat;
use crate::http::Purpose;
use crate::json::{self, Limits};
use crate::order;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Largest metadata document looked at.
pub(super) const MAX_METADATA_BYTES: usize = 256 * 1024;
const MAX_AUTHORIZATION_SERVERS: usize = 16;
const MAX_CONFIGURATIONS: usize = 256;
const JSON: &str = "application/json";
const JWT: &str = "application/jwt";
const RULE: &str = "OpenID4VCI 1.0 12.2.4";

/// The metadata of one Credential Issuer. Its `credential_issuer` is the identifier that was asked for.
#[derive(Clone, Debug)]
pub struct IssuerMetadata {
    pub(super) issuer: IssuerIdentifier,
    pub(super) signer: Option<String>,
    authorization_servers: Option<Vec<IssuerIdentifier>>,
    pub(super) credential_endpoint: String,
    deferred_endpoint: Option<String>,
    pub(super) nonce_endpoint: Option<String>,
    pub(super) notification_endpoint: Option<String>,
    batch_size: usize,
    pub(super) encryption: Encryption,
    pub(super) display: Value,
    configurations: BTreeMap<String, Result<CredentialConfiguration, NotIssuable>>,
}

/// One entry of `credential_configurations_supported` that this wallet can use.
#[derive(Clone, Debug)]
pub struct CredentialConfiguration {
    id: String,
    format: CredentialFormat,
    credential_type: String,
    scope: Option<String>,
    proof: ProofRequirement,
    pub(super) key_name: KeyName,
    pub(super) credential_metadata: Value,
}

impl CredentialConfiguration {
    /// Its id at this issuer.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The format.
    #[must_use]
    pub const fn format(&self) -> CredentialFormat {
        self.format
    }

    /// The type: see [`crate::formats::Credential::credential_type`].
    #[must_use]
    pub fn credential_type(&self) -> &str {
        &self.credential_type
    }

    /// The scope by which it is asked for at the authorization server (5.1.2).
    #[must_use]
    pub fn scope(&self) -> Option<&str> {
        self.scope.as_deref()
    }

    /// The proof of possession wanted.
    #[must_use]
    pub const fn proof(&self) -> &ProofRequirement {
        &self.proof
    }

    fn parse(id: &str, value: &Value) -> Result<Self, NotIssuable> {
        let object = value.as_object().ok_or(NotIssuable::Malformed)?;
        let identifier = object.get("format").and_then(Value::as_str);
        let format = CredentialFormat::from_identifier(identifier.ok_or(NotIssuable::Malformed)?)
            .ok_or(NotIssuable::UnknownFormat)?;
        let mut key_name = KeyName::Jwk;
        let (credential_type, proof) = match format {
            CredentialFormat::SdJwtVc => (vct(object)?, ProofRequirement::parse(object)?),
            CredentialFormat::LdpVc => ldp_vc::parse(object)?,
            CredentialFormat::JwtVc => {
                key_name = KeyName::of(object)?;
                let proof = ProofRequirement::of_any_name(object)?;
                (jwt_vc::credential_type(object)?, proof)
            }
        };
        Ok(Self {
            id: id.to_owned(),
            format,
            credential_type,
            scope: scope(object)?,
            proof,
            key_name,
            credential_metadata: object
                .get("credential_metadata")
                .cloned()
                .unwrap_or_default(),
        })
    }
}

impl IssuerMetadata {
    /// Fetches and checks the metadata of `issuer` (OpenID4VCI 1.0 12.2.2), signed where the issuer signs them.
    pub(super) async fn fetch(
        ports: &Ports<'_>,
        issuer: &IssuerIdentifier,
    ) -> Result<Checked<Self>, IssuanceError> {
        let url = issuer.well_known("openid-credential-issuer");
        let is_required = ports.settings.require_signed_metadata;
        let accept = match (is_required, ports.trust.issuers.is_empty()) {
            (true, _) => JWT,
            // Nobody's signature would be believed.
            (false, true) => JSON,
            (false, false) => "application/json, application/jwt",
        };
        let answer = ports.fetcher().get(Purpose::Metadata, &url, accept).await?;
        let value = if answer.content_type() == Some(JWT) {
            let signed = SignedMetadata::verify(ports, answer.body(), issuer)?;
            Self {
                signer: Some(signed.signer),
                ..Self::parse(&signed.payload, issuer, ports.loopback())?
            }
        } else {
            Self::parse(answer.body(), issuer, ports.loopback())?
        };
        Ok(Checked {
            value,
            address_checked: answer.address_checked(),
        })
    }

    /// Checks a metadata document against the identifier it was asked for with.
    ///
    /// # Errors
    /// `issuer_mismatch`, `issuer_metadata_invalid`, `not_supported` (encryption) and what strict JSON refuses.
    pub fn parse(
        bytes: &[u8],
        issuer: &IssuerIdentifier,
        loopback: AllowLoopbackHttp,
    ) -> Result<Self, IssuanceError> {
        let metadata = json::parse_object(bytes, Limits::bytes(MAX_METADATA_BYTES))?;
        match metadata.get("credential_issuer").and_then(Value::as_str) {
            Some(claimed) if claimed == issuer.as_str() => {}
            Some(_) => {
                return Err(IssuanceError::OtherIssuer {
                    rule: "OpenID4VCI 1.0 12.2.2",
                });
            }
            None => return Err(invalid("credential_issuer")),
        }
        let url = |name| optional_endpoint(&metadata, name, loopback);
        Ok(Self {
            issuer: issuer.clone(),
            signer: None,
            authorization_servers: authorization_servers(&metadata, loopback)?,
            credential_endpoint: url("credential_endpoint")?
                .ok_or(invalid("credential_endpoint"))?,
            deferred_endpoint: url("deferred_credential_endpoint")?,
            nonce_endpoint: url("nonce_endpoint")?,
            notification_endpoint: url("notification_endpoint")?,
            batch_size: batch_size(&metadata)?,
            encryption: Encryption::read(&metadata)?,
            display: metadata.get("display").cloned().unwrap_or_default(),
            configurations: configurations(&metadata)?,
        })
    }

    /// The identifier.
    #[must_use]
    pub const fn issuer(&self) -> &IssuerIdentifier {
        &self.issuer
    }

    /// Most copies in one request; 1 where batches are not offered.
    #[must_use]
    pub const fn batch_size(&self) -> usize {
        self.batch_size
    }

    /// Whether credentials come encrypted to a key of ours (10).
    #[must_use]
    pub const fn encrypts_answers(&self) -> bool {
        let answer = match &self.encryption {
            Encryption::None => return false,
            Encryption::Request { answer, .. } => answer,
        };
        answer.is_some()
    }

    /// Where credentials that come later are asked for (9).
    ///
    /// # Errors
    /// `issuer_metadata_invalid` if there is no such place.
    pub(super) fn require_deferred_endpoint(&self) -> Result<&str, IssuanceError> {
        let endpoint = self.deferred_endpoint.as_deref();
        endpoint.ok_or(invalid("deferred_credential_endpoint"))
    }

    /// Requires that the issuer gives nonces.
    ///
    /// # Errors
    /// `issuer_metadata_invalid` if it does not.
    pub(super) fn require_nonce_endpoint(&self) -> Result<(), IssuanceError> {
        let endpoint = self.nonce_endpoint.as_ref();
        endpoint.map(|_| ()).ok_or(invalid("nonce_endpoint"))
    }

    /// The configuration of this id.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn configuration(&self, id: &str) -> Result<&CredentialConfiguration, NotIssuable> {
        self.configurations
            .get(id)
            .ok_or(NotIssuable::UnknownConfiguration)?
            .as_ref()
            .map_err(|reason| *reason)
    }

    /// The same, if it can be ordered with what the app has.
    ///
    /// # Errors
    /// As [`Self::configuration`]; [`NotIssuable::KeyAttestation`] where nobody attests keys.
    pub(super) fn orderable(
        &self,
        id: &str,
        ports: &Ports<'_>,
    ) -> Result<&CredentialConfiguration, NotIssuable> {
        let configuration = self.configuration(id)?;
        if configuration.proof.needs_attestation() && ports.attestation.is_none() {
            return Err(NotIssuable::KeyAttestation);
        }
        Ok(configuration)
    }

    /// Whether the metadata name authorization servers: requests to them then say which issuer they are for (5.1.1, 5.1.2).
    pub(super) const fn names_authorization_servers(&self) -> bool {
        self.authorization_servers.is_some()
    }

    /// Checks that a server chosen earlier is still one of the issuer's: codes and tokens are not sent to one it gave up.
    pub(super) fn require_authorization_server(
        &self,
        server: &IssuerIdentifier,
    ) -> Result<(), IssuanceError> {
        if self.authorization_servers(None)?.contains(server) {
            Ok(())
        } else {
            Err(IssuanceError::OtherIssuer { rule: RULE })
        }
    }

    /// The authorization servers to try, in order: the one the offer names, if the issuer lists it (4.1.1); else all
    /// that are listed; else the issuer itself (12.2.4).
    ///
    /// # Errors
    /// `offer_invalid` if the offer names one that is not listed.
    pub(super) fn authorization_servers(
        &self,
        named: Option<&str>,
    ) -> Result<Vec<IssuerIdentifier>, IssuanceError> {
        let listed = self.authorization_servers.as_deref();
        match named {
            None => Ok(listed.map_or_else(|| vec![self.issuer.clone()], <[_]>::to_vec)),
            Some(named) => listed
                .unwrap_or_default()
                .iter()
                .find(|server| server.as_str() == named)
                .map(|server| vec![server.clone()])
                .ok_or(IssuanceError::Offer {
                    reason: "authorization_server",
                    rule: "OpenID4VCI 1.0 4.1.1",
                }),
        }
    }
}

/// The type of an SD-JWT VC (A.3.2).
fn vct(configuration: &Map<String, Value>) -> Result<String, NotIssuable> {
    let vct = configuration.get("vct").and_then(Value::as_str);
    let vct = vct.filter(|vct| !vct.is_empty());
    vct.map(str::to_owned).ok_or(NotIssuable::Malformed)
}

/// One scope token (RFC 6749 3.3).
fn scope(configuration: &Map<String, Value>) -> Result<Option<String>, NotIssuable> {
    let is_token = |scope: &str| {
        let is_allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
        !scope.is_empty() && scope.bytes().all(is_allowed)
    };
    match configuration.get("scope") {
        None => Ok(None),
        Some(Value::String(scope)) if is_token(scope) => Ok(Some(scope.clone())),
        Some(_) => Err(NotIssuable::Malformed),
    }
}

const fn invalid(reason: &'static str) -> IssuanceError {
    IssuanceError::Metadata { reason, rule: RULE }
}

fn optional_endpoint(
    metadata: &Map<String, Value>,
    name: &'static str,
    loopback: AllowLoopbackHttp,
) -> Result<Option<String>, IssuanceError> {
    match metadata.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => endpoint(text, loopback, name, RULE).map(Some),
        Some(_) => Err(invalid(name)),
    }
}

fn authorization_servers(
    metadata: &Map<String, Value>,
    loopback: AllowLoopbackHttp,
) -> Result<Option<Vec<IssuerIdentifier>>, IssuanceError> {
    let wrong = || invalid("authorization_servers");
    let Some(listed) = metadata.get("authorization_servers") else {
        return Ok(None);
    };
    let listed = listed
        .as_array()
        .filter(|list| (1..=MAX_AUTHORIZATION_SERVERS).contains(&list.len()))
        .ok_or_else(wrong)?;
    listed
        .iter()
        .map(|server| IssuerIdentifier::parse(server.as_str()?, loopback))
        .collect::<Option<Vec<_>>>()
        .map(Some)
        .ok_or_else(wrong)
}

fn batch_size(metadata: &Map<String, Value>) -> Result<usize, IssuanceError> {
    let Some(batch) = metadata.get("batch_credential_issuance") else {
        return Ok(1);
    };
    batch
        .get("batch_size")
        .and_then(Value::as_u64)
        .filter(|size| *size >= 1)
        .map(|size| usize::try_from(size).unwrap_or(usize::MAX))
        .ok_or(invalid("batch_credential_issuance"))
}

fn configurations(
    metadata: &Map<String, Value>,
) -> Result<BTreeMap<String, Result<CredentialConfiguration, NotIssuable>>, IssuanceError> {
    let listed = metadata
        .get("credential_configurations_supported")
        .and_then(Value::as_object)
        .filter(|list| list.len() <= MAX_CONFIGURATIONS)
        .ok_or(invalid("credential_configurations_supported"))?;
    let read = |(id, value): (&String, &Value)| {
        let configuration = CredentialConfiguration::parse(id, value);
        (id.clone(), configuration)
    };
    Ok(order::map(listed.iter().map(read)))
}
