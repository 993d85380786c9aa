//! Telling the issuer how it went (OpenID4VCI 1.0 11.1).

use super::Ports;
use super::access::AccessToken;
use serde_json::json;
use std::sync::Arc;

const JSON: &str = "application/json";

/// What happened to a notification. A failed one changes nothing about the credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Notified {
    /// The issuer took it.
    Sent,
    /// It did not arrive or was refused. The credential is held all the same.
    Failed,
}

/// The one notification owed to the issuer for one set of received credentials. Sending it uses it up.
///
/// Deleting a credential later is never told.
pub struct PendingNotification {
    pub(super) endpoint: String,
    pub(super) id: String,
    pub(super) token: Arc<AccessToken>,
}

impl PendingNotification {
    /// `credential_accepted`: only after every copy is durable.
    pub async fn accepted(self, ports: &Ports<'_>) -> Notified {
        self.send(ports, "credential_accepted").await
    }

    /// `credential_deleted`: only where the holder declines during issuance.
    pub async fn declined(self, ports: &Ports<'_>) -> Notified {
        self.send(ports, "credential_deleted").await
    }

    /// `credential_failure`: the credentials could not be verified or stored.
    pub async fn failed(self, ports: &Ports<'_>) -> Notified {
        self.send(ports, "credential_failure").await
    }

    async fn send(self, ports: &Ports<'_>, event: &str) -> Notified {
        let body = json!({ "notification_id": self.id, "event": event });
        let body = body.to_string().into_bytes();
        let answer = self
            .token
            .post(ports, &self.endpoint, JSON, JSON, body)
            .await;
        match answer {
            Ok(answer) if answer.is_success() => Notified::Sent,
            _ => Notified::Failed,
        }
    }
}
