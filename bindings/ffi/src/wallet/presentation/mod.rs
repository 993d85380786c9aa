//! Showing cards: what is asked and by whom, what would be shown, the holder's approval, and how it ended.

mod inspect;
mod intent;
mod outcome;
mod plan;
mod showing;
mod transactions;
mod verifier;

pub use inspect::{Inspected, InspectedCredential, inspect_credential};
pub use intent::{LinkIntent, LinkMedium, link_intent, request_contacts};
pub use outcome::{Declined, Outcome, Presented, SharedBefore, ShownCard};
pub use plan::{
    ApprovedPlan, ConsentPlan, DcApiProposal, HolderAuth, PlanOverview, Proposal,
    UnavailableOverview, UnavailablePlan,
};
pub use showing::{
    Alternative, AskedClaim, Choice, Linkability, PseudonymShowing, Showing, ShowingNote, UseCase,
    UseCaseOption,
};
pub use transactions::{Transaction, TransactionLine};
pub use verifier::{
    Destination, RequestOverview, Verifier, VerifierInfo, VerifierProof, VerifierTrust,
};

use super::NativeWallet;
use super::claims::Claims;
use crate::error::WalletError;
use std::sync::Arc;
use wallet_core::presentation::ApprovalHash;
use wallet_core::wallet::shared_before;
use wallet_core::{ErrorCode, WalletError as CoreError};

#[uniffi::export]
impl NativeWallet {
    /// Reads and verifies a request and matches it against the cards. Call it after the holder's go only: it may make a
    /// request to the address the link names (see `request_contacts`).
    ///
    /// # Errors
    /// `locked`, the integrity codes, `request_rate_limited`, `request_pending`, and every refusal of OpenID4VP. A
    /// verifier that was authenticated is told which kind of rule its request broke.
    pub async fn request(&self, link: String) -> Result<Proposal, WalletError> {
        self.call_async(async { Ok(Proposal::of(self.core.request(&link).await?)) })
            .await
    }

    /// Verifies a request of the Digital Credentials API and matches it against the cards. `protocol` and `data` (JSON)
    /// are what the caller gave, `origin` is what the *platform* says about the caller: `https://verifier.example` or
    /// `android:apk-key-hash:…`. No network request is made.
    ///
    /// # Errors
    /// `bug`; a request that is refused is [`DcApiProposal::Refused`].
    pub fn dc_api_request(
        &self,
        protocol: String,
        data: String,
        origin: String,
    ) -> Result<DcApiProposal, WalletError> {
        self.call(|core| {
            let proposal = core.dc_api_request(&protocol, &data, &origin);
            Ok(DcApiProposal::of(proposal))
        })
    }

    /// Every claim that this showing of the plan (its place in [`PlanOverview::showings`]) reveals, as in the very copy
    /// that would be sent. What is withheld inside a claim is left out of its value.
    ///
    /// # Errors
    /// `not_found`, `consent_mismatch` if the card was changed meanwhile, `used_up`, `locked` and those of the store
    pub fn revealed(
        &self,
        plan: Arc<ConsentPlan>,
        showing: u32,
        locales: Vec<String>,
    ) -> Result<Arc<Claims>, WalletError> {
        self.call(|core| {
            let claims = core.revealed(&plan.showing(showing)?, &locales)?;
            Ok(Claims::of(claims))
        })
    }

    /// What the verifier of this plan was shown before, oldest first, as far as the history was not deleted.
    ///
    /// # Errors
    /// `used_up`, `locked` and those of the store
    pub fn shared_before(&self, plan: Arc<ConsentPlan>) -> Result<Vec<SharedBefore>, WalletError> {
        self.call(|core| {
            let verifier = plan.0.with(|plan| {
                let verifier = plan.request().verifier();
                verifier.client_id().as_str().to_owned()
            })?;
            let history = core.history()?;
            let before = shared_before(&history, &verifier).into_iter();
            Ok(before.filter_map(SharedBefore::of).collect())
        })
    }

    /// Changes a plan: another card, another of the verifier's options. What comes back must be shown, and has another
    /// hash.
    ///
    /// # Errors
    /// `not_found` if the request or the cards do not allow the choice: the plan stays as it was; `used_up`
    pub fn select(
        &self,
        plan: Arc<ConsentPlan>,
        choice: Choice,
    ) -> Result<PlanOverview, WalletError> {
        self.call(|core| {
            plan.0.change(|plan| {
                core.select(plan, &choice.to_core())?;
                Ok(PlanOverview::of(plan))
            })?
        })
    }

    /// The holder agrees to the plan with this hash: that of the [`PlanOverview`] that was shown.
    ///
    /// # Errors
    /// `consent_mismatch`, `consent_expired`, `user_auth_required`, those of the clock, `locked` with a `FreshAuth`: the
    /// plan stays as it was. `used_up`
    pub fn approve(
        &self,
        plan: Arc<ConsentPlan>,
        hash: Vec<u8>,
        auth: HolderAuth,
    ) -> Result<Arc<ApprovedPlan>, WalletError> {
        self.call(|core| {
            let hash = <[u8; 32]>::try_from(hash.as_slice());
            // Of another length it is of no plan.
            let hash = hash.map_err(|_| CoreError::new(ErrorCode::ConsentMismatch))?;
            let hash = ApprovalHash::from_bytes(hash);
            match core.approve(plan.0.take()?, &hash, auth.to_core()) {
                Ok(approved) => Ok(ApprovedPlan::of(approved)),
                Err(refused) => {
                    plan.0.put_back(*refused.plan);
                    Err(refused.error.into())
                }
            }
        })
    }

    /// Makes the presentation, writes down that the copies are used and what is shown, and only then sends it, or gives
    /// out the bytes for the caller.
    ///
    /// # Errors
    /// Before anything was sent: `used_up`, `locked`, the integrity codes, `conflict`, `one_time_exhausted`,
    /// `consent_expired`, `needs_reissue`, those of the keys and of the store. After that it does not fail: see
    /// [`Presented::outcome`].
    pub async fn present(&self, approved: Arc<ApprovedPlan>) -> Result<Presented, WalletError> {
        self.call_async(async {
            let presented = self.core.present(approved.0.take()?).await?;
            Ok(Presented::of(presented))
        })
        .await
    }

    /// The holder says no, or has seen that no card fits: the verifier cannot tell the two apart.
    ///
    /// # Errors
    /// `used_up`; `locked` and those of the store: the refusal is sent all the same.
    pub async fn refuse(&self, proposal: Proposal) -> Result<Declined, WalletError> {
        self.call_async(async {
            let declined = self.core.refuse(proposal.take()?).await?;
            Ok(Declined::of(declined))
        })
        .await
    }

    /// Sends the very bytes of a presentation again whose arrival is unknown ([`Presented::history`]), to the very same
    /// place.
    ///
    /// # Errors
    /// `locked`, the integrity codes, `not_found` if there is nothing to send again, `request_expired`
    pub async fn resend(&self, history: String) -> Result<Presented, WalletError> {
        self.call_async(async {
            let presented = self.core.resend(&super::name(&history)?).await?;
            Ok(Presented::of(presented))
        })
        .await
    }
}
