//! The credential answer (OpenID4VCI 1.0 8.3): every copy is verified and matched to its key by content before any is
//! returned.

use super::Ports;
use super::access::AccessToken;
use super::display::DisplaySnapshot;
use super::error::IssuanceError;
use super::identifier::IssuerIdentifier;
use super::metadata::IssuerMetadata;
use super::notification::{NotificationEvent, PendingNotification};
use super::proof_requirement::ProofRequirement;
use super::request::CredentialOrder;
use crate::formats::data_integrity::HolderSecrets;
use crate::formats::{Credential, CredentialFormat, ReceivePolicy};
use crate::keys::{HolderKey, KeyId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Verified credentials, not stored yet. Store them, then [`PendingNotification::send`].
pub struct ReceivedCredentials {
    /// At least one copy.
    pub copies: Vec<ReceivedCopy>,
    /// Keys the issuer gave no copy for: it may issue fewer than asked (8.3).
    pub unused_keys: Vec<KeyId>,
    /// What to keep for later dealings with this issuer.
    pub context: IssuanceContext,
    /// The notification owed to the issuer, if it wants one.
    pub notification: Option<PendingNotification>,
    order: CredentialOrder,
    metadata: IssuerMetadata,
}

/// One verified copy of a credential.
pub struct ReceivedCopy {
    /// The credential; its type is the one ordered.
    pub credential: Credential,
    /// The key it is bound to: one of those the request was made with. `None` for credentials without binding.
    pub key: Option<KeyId>,
    /// The member `anchor_proof` beside the credential (docs/ledger.md), if the issuer stapled one. Not verified.
    pub anchor_proof: Option<Map<String, Value>>,
}

/// What to remember about where a credential came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuanceContext {
    /// The Credential Issuer Identifier.
    pub issuer: IssuerIdentifier,
    /// The authorization server that gave the token.
    pub authorization_server: IssuerIdentifier,
    /// The `client_id` used; absent for anonymous access.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The id of the credential configuration.
    pub configuration_id: String,
    /// Its type (`vct`).
    pub credential_type: String,
    /// The credential identifier ordered, where the token answer named some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_identifier: Option<String>,
    /// The issuer's Notification Endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification_endpoint: Option<String>,
    /// The id of this issuance there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification_id: Option<String>,
    /// Most copies the issuer gives at once.
    pub batch_size: usize,
    /// Members a newer version wrote.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl IssuanceContext {
    /// With the id under which the issuer wants to hear how it went (8.3, 9.2).
    pub(super) fn notified_by(mut self, answer: &Map<String, Value>) -> Self {
        let id = answer.get("notification_id").and_then(Value::as_str);
        self.notification_id = id.map(str::to_owned);
        self
    }

    /// The notification owed, if the issuer wants one.
    pub(super) fn notification(
        &self,
        metadata: &IssuerMetadata,
        token: &Arc<AccessToken>,
    ) -> Option<PendingNotification> {
        Some(PendingNotification {
            endpoint: metadata.notification_endpoint.clone()?,
            id: self.notification_id.clone()?,
            token: Arc::clone(token),
        })
    }
}

impl ReceivedCredentials {
    /// Everything needed to show these credentials later without a network: texts in all locales and pictures as
    /// bytes. Never fails: what cannot be had is left out.
    pub async fn fetch_display(&self, ports: &Ports<'_>) -> DisplaySnapshot {
        let credential = self.copies.first().map(|copy| &copy.credential);
        DisplaySnapshot::fetch(
            ports,
            &self.metadata.display,
            &self.order.configuration.credential_metadata,
            credential,
        )
        .await
    }
}

/// An answer on its way to becoming [`ReceivedCredentials`].
pub(super) struct Copies<'a> {
    pub(super) order: &'a CredentialOrder,
    pub(super) keys: &'a [Arc<dyn HolderKey>],
    pub(super) holder: Option<&'a HolderSecrets>,
    pub(super) notification: Option<PendingNotification>,
    pub(super) context: IssuanceContext,
    pub(super) metadata: &'a IssuerMetadata,
}

impl Copies<'_> {
    /// Tells the issuer when it was in vain.
    pub(super) async fn finish(
        self,
        ports: &Ports<'_>,
        verified: Result<Vec<ReceivedCopy>, IssuanceError>,
    ) -> Result<ReceivedCredentials, IssuanceError> {
        let copies = match verified {
            Ok(copies) => copies,
            Err(error) => {
                if let Some(notification) = self.notification {
                    // Told or not: the error is what counts.
                    let _ = notification.send(ports, NotificationEvent::Failure).await;
                }
                return Err(error);
            }
        };
        let is_used = |id: &KeyId| copies.iter().any(|copy| copy.key.as_ref() == Some(id));
        Ok(ReceivedCredentials {
            unused_keys: self
                .keys
                .iter()
                .map(|key| key.id().clone())
                .filter(|id| !is_used(id))
                .collect(),
            copies,
            context: self.context,
            notification: self.notification,
            order: self.order.clone(),
            metadata: self.metadata.clone(),
        })
    }

    pub(super) async fn verify_all(
        &self,
        ports: &Ports<'_>,
        answer: &Map<String, Value>,
    ) -> Result<Vec<ReceivedCopy>, IssuanceError> {
        let texts = credential_texts(answer, self.order.configuration.format())?;
        if texts.len() > self.keys.len().max(1) {
            return Err(IssuanceError::Batch);
        }
        let mut copies: Vec<ReceivedCopy> = Vec::with_capacity(texts.len());
        for (text, anchor_proof) in texts.into_iter().zip(anchor_proofs(answer)) {
            let mut copy = self.verify_copy(ports, &text).await?;
            copy.anchor_proof = anchor_proof;
            if copy.key.is_some() && copies.iter().any(|other| other.key == copy.key) {
                return Err(IssuanceError::Batch);
            }
            // The holder looks at one of them for all.
            if copies
                .first()
                .is_some_and(|first| !say_the_same(&first.credential, &copy.credential))
            {
                return Err(IssuanceError::Batch);
            }
            copies.push(copy);
        }
        Ok(copies)
    }

    async fn verify_copy(
        &self,
        ports: &Ports<'_>,
        text: &str,
    ) -> Result<ReceivedCopy, IssuanceError> {
        let policy = ReceivePolicy {
            at: ports.clock.now()?,
            leeway: ports.settings.leeway_seconds,
            accept_vc_sd_jwt_typ: ports.settings.accept_vc_sd_jwt_typ,
        };
        let format = self.order.configuration.format();
        let fetcher = ports.fetcher();
        let credential =
            Credential::verify(format, text, ports.trust, &fetcher, &policy, self.holder).await?;
        if credential.credential_type() != self.order.configuration.credential_type() {
            return Err(IssuanceError::WrongType);
        }
        let key = self.key_of(&credential)?;
        Ok(ReceivedCopy {
            credential,
            key,
            anchor_proof: None,
        })
    }

    /// The key of ours the copy is bound to: found by content, since the order of copies means nothing (8.3).
    fn key_of(&self, credential: &Credential) -> Result<Option<KeyId>, IssuanceError> {
        match (credential.holder_key(), self.order.configuration.proof()) {
            // That it is bound to the secrets was verified with its proof.
            (None, ProofRequirement::None | ProofRequirement::Commitment { .. }) => Ok(None),
            (None, _) | (Some(_), ProofRequirement::None | ProofRequirement::Commitment { .. }) => {
                Err(IssuanceError::HolderKey)
            }
            (Some(bound), _) => self
                .keys
                .iter()
                .find(|key| key.public_key().thumbprint() == bound.thumbprint())
                .map(|key| Some(key.id().clone()))
                .ok_or(IssuanceError::HolderKey),
        }
    }
}

/// Whether two copies are of one credential dataset (3.3.2), and let the holder withhold the same.
fn say_the_same(one: &Credential, other: &Credential) -> bool {
    let content =
        |credential: &Credential| credential.claims_without(credential.claims_of_the_copy());
    let withheld = |credential: &Credential| BTreeSet::from_iter(credential.disclosable());
    content(one) == content(other) && withheld(one) == withheld(other)
}

/// What issuers staple to each of `credentials`; anything else there is ignored as other unknown members are (8.3).
fn anchor_proofs(
    answer: &Map<String, Value>,
) -> impl Iterator<Item = Option<Map<String, Value>>> + '_ {
    let entries = answer.get("credentials").and_then(Value::as_array);
    let entries = entries.into_iter().flatten();
    entries.map(|entry| entry.get("anchor_proof")?.as_object().cloned())
}

/// The texts of `credentials`: objects whose `credential` is a string for SD-JWT VC (8.3, A.3.4) and for `jwt_vc_json`
/// (A.1.1.4), and an object for `ldp_vc` (A.1.2.4), which is written again with its members as they came.
fn credential_texts(
    answer: &Map<String, Value>,
    format: CredentialFormat,
) -> Result<Vec<Cow<'_, str>>, IssuanceError> {
    let invalid = |reason, rule| IssuanceError::CredentialResponse { reason, rule };
    if answer.contains_key("transaction_id") {
        return Err(invalid("transaction_id", "OpenID4VCI 1.0 8.3"));
    }
    answer
        .get("credentials")
        .and_then(Value::as_array)
        .filter(|list| !list.is_empty())
        .ok_or_else(|| invalid("credentials", "OpenID4VCI 1.0 8.3"))?
        .iter()
        .map(|entry| match (format, entry.get("credential")?) {
            (CredentialFormat::SdJwtVc | CredentialFormat::JwtVc, Value::String(text)) => {
                Some(Cow::from(text))
            }
            (CredentialFormat::LdpVc, object @ Value::Object(_)) => {
                Some(Cow::from(object.to_string()))
            }
            _ => None,
        })
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| match format {
            CredentialFormat::SdJwtVc => invalid("credential", "OpenID4VCI 1.0 A.3.4"),
            CredentialFormat::LdpVc => invalid("credential", "OpenID4VCI 1.0 A.1.2.4"),
            CredentialFormat::JwtVc => invalid("credential", "OpenID4VCI 1.0 A.1.1.4"),
        })
}
