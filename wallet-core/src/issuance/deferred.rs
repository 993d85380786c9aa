//! Credentials that come later (OpenID4VCI 1.0 8.3, 9).
//!
//! [`DeferredIssuance`] is what must survive until then: where, which transaction, with which token. The issuer's
//! metadata is fetched again at each try, so that its endpoints and encryption keys may have changed meanwhile.

use super::Ports;
use super::access::{AccessToken, KeptAccess};
use super::credential::{Copies, IssuanceContext, ReceivedCredentials};
use super::error::IssuanceError;
use super::exchange::{DEFAULT_INTERVAL, Exchanged, exchange};
use super::metadata::IssuerMetadata;
use super::notification::PendingNotification;
use super::request::CredentialOrder;
use crate::clock::UnixTime;
use crate::error::WalletError;
use crate::json::{self, Limits};
use crate::keys::HolderKey;
use crate::profile::Profile;
use crate::secret::SecretText;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Longest wait between two tries to verify an answer that is here, in seconds. Each asks servers about its issuer.
const MAX_INTERVAL: u64 = 3600;

/// How a credential request went.
pub enum Requested {
    /// The credentials are here and verified.
    Received(Box<ReceivedCredentials>),
    /// They come later.
    Deferred(Box<DeferredIssuance>),
    /// They came, and cannot be verified yet for want of a network, or of evidence of the issuer's DID. The issuer gave them
    /// once, so that the promise holds its answer: nobody is asked for it again.
    Unverified {
        /// What verifies them later.
        issuance: Box<DeferredIssuance>,
        /// Why not now.
        error: Box<IssuanceError>,
        /// What the issuer is owed if the answer cannot be kept.
        notification: Option<PendingNotification>,
    },
}

impl Requested {
    /// The credentials, for callers that do not wait.
    ///
    /// # Errors
    /// `issuance_deferred` with the seconds to wait, or why what came cannot be verified yet. It is given up either way.
    pub fn received(self) -> Result<ReceivedCredentials, IssuanceError> {
        match self {
            Self::Received(received) => Ok(*received),
            Self::Deferred(deferred) => Err(IssuanceError::Deferred {
                interval: deferred.interval,
            }),
            Self::Unverified { error, .. } => Err(*error),
        }
    }
}

/// An issuance the issuer has accepted and not finished.
pub struct DeferredIssuance {
    context: IssuanceContext,
    transaction_id: SecretText,
    interval: u64,
    not_before: UnixTime,
    token: Arc<AccessToken>,
    /// Came, and could not be verified yet for want of a network or of evidence: the issuer may give it once.
    answer: Option<SecretText>,
}

/// A [`DeferredIssuance`] as it is written into a sealed record, and nowhere else: it holds the access token.
#[derive(Serialize, Deserialize)]
pub struct KeptDeferred {
    context: IssuanceContext,
    transaction_id: SecretText,
    interval: u64,
    access: KeptAccess,
    /// The issuer's answer, where it came and could not be verified yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<SecretText>,
}

impl KeptDeferred {
    /// Where the credential will come from, and which one it will be.
    #[must_use]
    pub const fn context(&self) -> &IssuanceContext {
        &self.context
    }

    /// How many bytes of the issuer's answer are in it, where it came and could not be verified yet.
    #[must_use]
    pub fn answer_bytes(&self) -> Option<usize> {
        self.answer.as_ref().map(|answer| answer.expose().len())
    }
}

/// How one try went.
pub enum DeferredAnswer {
    /// The credentials are here and verified. The transaction is over (13.6.1).
    Ready(Box<ReceivedCredentials>),
    /// Not yet: try again, at the earliest when [`DeferredIssuance::not_before`] says.
    NotYet,
    /// There will be no credential: what the issuer said last, or what was wrong with what it sent.
    Over(IssuanceError),
}

impl DeferredIssuance {
    pub(super) fn new(
        context: IssuanceContext,
        transaction_id: String,
        interval: u64,
        token: Arc<AccessToken>,
        now: UnixTime,
    ) -> Self {
        Self {
            context,
            transaction_id: SecretText::new(transaction_id),
            interval,
            not_before: after(now, interval),
            token,
            answer: None,
        }
    }

    /// One whose answer came, and could not be verified yet.
    pub(super) fn of_answer(
        context: IssuanceContext,
        answer: Map<String, Value>,
        token: Arc<AccessToken>,
        now: UnixTime,
    ) -> Self {
        Self {
            answer: Some(needed(answer)),
            // Nobody is asked by it: the answer is here.
            ..Self::new(context, String::new(), DEFAULT_INTERVAL, token, now)
        }
    }

    /// Where the credential will come from, and which one it will be.
    #[must_use]
    pub const fn context(&self) -> &IssuanceContext {
        &self.context
    }

    /// The issuer may not be asked before (9.2).
    #[must_use]
    pub const fn not_before(&self) -> UnixTime {
        self.not_before
    }

    /// What is to be sealed until the next try.
    #[must_use]
    pub fn to_kept(&self) -> KeptDeferred {
        KeptDeferred {
            context: self.context.clone(),
            transaction_id: self.transaction_id.duplicate(),
            interval: self.interval,
            access: self.token.to_kept(),
            answer: self.answer.as_ref().map(SecretText::duplicate),
        }
    }

    /// The issuance that was kept with [`Self::to_kept`]. When it may be tried again is the keeper's to know: another
    /// try of it may have moved that.
    ///
    /// # Errors
    /// `key_unavailable` if the key of its token is malformed.
    pub fn from_kept(kept: &KeptDeferred, not_before: UnixTime) -> Result<Self, WalletError> {
        Ok(Self {
            context: kept.context.clone(),
            transaction_id: kept.transaction_id.duplicate(),
            interval: kept.interval,
            not_before,
            token: Arc::new(AccessToken::from_kept(&kept.access)?),
            answer: kept.answer.as_ref().map(SecretText::duplicate),
        })
    }

    /// Seconds between two tries.
    #[must_use]
    pub const fn interval(&self) -> u64 {
        self.interval
    }

    /// Asks once (9.1) with the keys of the first request, and verifies every copy as if it had come then. The interval
    /// counts anew from now; where the answer is here already it is twice as long each time, up to an hour.
    ///
    /// # Errors
    /// `issuance_deferred` before its time, `not_supported` under HAIP for a token of whoever bears it, both without any
    /// request. Any other error says nothing about the credential: no
    /// network, no usable metadata, a server in trouble. An answer that came and could not be verified for want of a
    /// network, or of evidence of the issuer's DID, is verified at the next try. What ends the issuance is [`DeferredAnswer::Over`].
    pub async fn poll(
        &mut self,
        ports: &Ports<'_>,
        keys: &[Arc<dyn HolderKey>],
    ) -> Result<DeferredAnswer, IssuanceError> {
        let now = ports.clock.now()?;
        let early = self.not_before.as_secs().saturating_sub(now.as_secs());
        if let Ok(early @ 1..) = u64::try_from(early) {
            return Err(IssuanceError::Deferred { interval: early });
        }
        if ports.settings.profile == Profile::Haip && self.token.dpop().is_none() {
            return Err(IssuanceError::BearerToken);
        }
        if self.answer.is_some() {
            self.interval = self.interval.saturating_mul(2).min(MAX_INTERVAL);
        }
        self.not_before = after(now, self.interval);
        let metadata = IssuerMetadata::fetch(ports, &self.context.issuer)
            .await?
            .value;
        let configuration = metadata.configuration(&self.context.configuration_id)?;
        if configuration.credential_type() != self.context.credential_type {
            return Err(IssuanceError::WrongType);
        }
        let order = CredentialOrder {
            configuration: configuration.clone(),
            credential_identifier: self.context.credential_identifier.clone(),
        };
        match self.ask(ports, &metadata).await {
            Ok(Exchanged::Issued(answer)) => {
                let context = self.context.clone().notified_by(&answer);
                let copies = Copies {
                    order: &order,
                    keys,
                    holder: None,
                    notification: context.notification(&metadata, &self.token),
                    context,
                    metadata: &metadata,
                };
                match copies.verify_all(ports, &answer).await {
                    Err(error) if error.is_passing() => {
                        self.answer = Some(needed(answer));
                        Err(error)
                    }
                    verified => Ok(match copies.finish(ports, verified).await {
                        Ok(received) => DeferredAnswer::Ready(Box::new(received)),
                        Err(error) => DeferredAnswer::Over(error),
                    }),
                }
            }
            Ok(Exchanged::Later {
                transaction_id,
                interval,
            }) => {
                if !self.transaction_id.is(&transaction_id) {
                    // 9.2 has it repeated; another one would be another issuance.
                    return Err(IssuanceError::CredentialResponse {
                        reason: "transaction_id",
                        rule: "OpenID4VCI 1.0 9.2",
                    });
                }
                self.interval = interval;
                self.not_before = after(now, interval);
                Ok(DeferredAnswer::NotYet)
            }
            Err(
                error @ (IssuanceError::TransactionOver
                | IssuanceError::TokenExpired
                | IssuanceError::CredentialRefused { .. }),
            ) => Ok(DeferredAnswer::Over(error)),
            Err(error) => Err(error),
        }
    }

    async fn ask(
        &self,
        ports: &Ports<'_>,
        metadata: &IssuerMetadata,
    ) -> Result<Exchanged, IssuanceError> {
        if let Some(answer) = &self.answer {
            let limits = Limits::bytes(answer.expose().len());
            return Ok(Exchanged::Issued(json::parse_object(
                answer.expose().as_bytes(),
                limits,
            )?));
        }
        let endpoint = metadata.require_deferred_endpoint()?;
        let mut members = Map::new();
        let id = json!(self.transaction_id.expose());
        members.insert("transaction_id".to_owned(), id);
        exchange(ports, &metadata.encryption, &self.token, endpoint, members).await
    }
}

/// Of an answer what is needed to verify it later: nothing else that an issuer may have put in.
fn needed(mut answer: Map<String, Value>) -> SecretText {
    answer.retain(|name, _| ["credentials", "notification_id"].contains(&name.as_str()));
    SecretText::new(Value::Object(answer).to_string())
}

fn after(now: UnixTime, seconds: u64) -> UnixTime {
    now.saturating_add(i64::try_from(seconds).unwrap_or(i64::MAX))
}
