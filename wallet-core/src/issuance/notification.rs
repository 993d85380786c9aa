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

/// What became of the received credentials: the `event` (11.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotificationEvent {
    /// Every copy is stored durably.
    Accepted,
    /// The holder declined them during issuance.
    Deleted,
    /// They could not be verified or stored.
    Failure,
}

impl NotificationEvent {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "credential_accepted",
            Self::Deleted => "credential_deleted",
            Self::Failure => "credential_failure",
        }
    }
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
    /// Tells it.
    pub async fn send(self, ports: &Ports<'_>, event: NotificationEvent) -> Notified {
        let body = json!({ "notification_id": self.id, "event": event.as_str() });
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
