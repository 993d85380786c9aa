//! The holder's approval: of one plan, by its hash, once.

use super::encoding::Encoding;
use super::plan::ConsentPlan;
use super::showing::Showing;
use super::verifier::{Destination, VerifiedRequest};
use crate::clock::UnixTime;
use crate::error::WalletError;
use crate::formats::claim_path::ClaimPath;
use crate::labels::CONSENT_PLAN;
use core::fmt;

/// SHA-256 over a salted, length-prefixed encoding of a plan. What the app showed and what is sent are tied by it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ApprovalHash([u8; 32]);

impl ApprovalHash {
    /// From the bytes the app kept beside what it showed.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(super) fn of(salt: &[u8; 32], request: &VerifiedRequest, showings: &[Showing]) -> Self {
        let mut encoding = Encoding::new(CONSENT_PLAN);
        encoding.bytes(salt);
        let verifier = request.verifier();
        encoding.text(verifier.client_id().as_str());
        encoding.text(verifier.proof().as_str());
        encoding.text(verifier.trust().as_str());
        encoding.optional(verifier.vouched_by().map(str::as_bytes));
        encoding.optional(verifier.certificate_sha256().map(<[u8; 32]>::as_slice));
        encoding.text(request.nonce());
        encoding.optional(request.state().map(str::as_bytes));
        encoding.destination(request.destination());
        encoding.text(request.response_mode().as_str());
        encoding.optional(
            request
                .encryption_thumbprint()
                .as_ref()
                .map(<[u8; 32]>::as_slice),
        );
        encoding.list(request.transaction_data(), |encoding, data| {
            encoding.text(data.raw());
        });
        encoding.bytes(&request.expires_at().as_secs().to_be_bytes());
        encoding.list(showings, Encoding::showing);
        Self(encoding.sha256())
    }
}

impl fmt::Debug for ApprovalHash {
    /// The hash is never logged.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApprovalHash")
    }
}

impl Encoding {
    fn destination(&mut self, destination: &Destination) {
        match destination {
            Destination::ResponseUri(uri) => self.text(uri),
            Destination::Caller { protocol, origin } => {
                self.text(protocol.as_str());
                self.text(origin.as_str());
            }
        }
    }

    fn path(&mut self, path: &ClaimPath) {
        self.text(&path.to_json().to_string());
    }

    fn showing(&mut self, showing: &Showing) {
        self.text(showing.status.as_str());
        self.text(&showing.query);
        self.text(&showing.credential.0);
        self.text(&showing.copy.0);
        self.bytes(&showing.copy_digest);
        self.text(showing.format.as_str());
        self.list(showing.claim_set.as_slice(), |encoding, place| {
            encoding.count(*place)
        });
        self.list(&showing.claims, |encoding, claim| {
            encoding.path(&claim.asked);
            encoding.list(&claim.selected, Self::path);
            encoding.flag(claim.intent_to_retain);
        });
        self.list(&showing.disclosed, Self::path);
        self.list(&showing.always_disclosed, Self::path);
        self.list(&showing.withheld, Self::path);
        self.flag(showing.key_binding);
        self.list(showing.pseudonym.as_slice(), |encoding, pseudonym| {
            encoding.text(&pseudonym.service);
            encoding.text(&pseudonym.scope);
            encoding.flag(pseudonym.is_one_per_person);
        });
        self.flag(showing.anchor_proof);
        self.list(&showing.transactions, |encoding, place| {
            encoding.count(*place)
        });
        self.list(&showing.linkability, |encoding, note| {
            encoding.text(note.as_str())
        });
        self.list(&showing.notes, |encoding, note| {
            encoding.text(note.as_str());
        });
        self.flag(showing.user_auth == super::dcql::UserAuthPolicy::EachShowing);
    }
}

/// Evidence that the holder authenticated for a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserAuth {
    /// The holder did not.
    None,
    /// The app's own check (PIN, biometrics) succeeded at this time.
    Verified {
        /// When.
        at: UnixTime,
    },
}

impl UserAuth {
    /// Whether the holder authenticated after the plan was made, and not in the future.
    pub(super) fn is_fresh(self, made_at: UnixTime, now: UnixTime) -> bool {
        match self {
            Self::None => false,
            Self::Verified { at } => made_at <= at && at <= now,
        }
    }
}

/// A plan the holder agreed to. It is used up by making the answer.
#[derive(Debug)]
pub struct ApprovedPlan {
    pub(super) request: VerifiedRequest,
    pub(super) showings: Vec<Showing>,
}

impl ApprovedPlan {
    pub(super) fn new(request: VerifiedRequest, showings: Vec<Showing>) -> Self {
        Self { request, showings }
    }

    /// The request.
    #[must_use]
    pub fn request(&self) -> &VerifiedRequest {
        &self.request
    }

    /// The presentations to make: the caller finds each copy's material.
    #[must_use]
    pub fn showings(&self) -> &[Showing] {
        &self.showings
    }
}

/// A plan that was not approved, given back.
#[derive(Debug)]
pub struct NotApproved {
    /// The plan, unchanged.
    pub plan: Box<ConsentPlan>,
    /// Why: `consent_mismatch`, `consent_expired` or `user_auth_required`.
    pub error: WalletError,
}

impl From<NotApproved> for WalletError {
    /// For callers that do not try again with the plan.
    fn from(refused: NotApproved) -> Self {
        refused.error
    }
}
