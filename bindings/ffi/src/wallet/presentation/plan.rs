//! Plans as objects that are used once, and what is shown of them.

use super::super::element;
use super::showing::{Alternative, Showing, UseCase};
use super::verifier::RequestOverview;
use crate::bytes::Bytes;
use crate::error::WalletError;
use crate::guard::caught;
use crate::once::Single;
use crate::redacted::redacted;
use crate::secrets::FreshAuth;
use crate::time::unix_time;
use std::sync::Arc;
use std::time::SystemTime;
use wallet_core::presentation as core;
use wallet_core::presentation::dcql::UserAuthPolicy;
use wallet_core::wallet::{self, DcApiRefused};

redacted!(PlanOverview, UnavailableOverview);

/// What can be put before the holder. Both kinds need the holder's answer before anything is sent.
#[derive(uniffi::Enum)]
pub enum Proposal {
    /// The request can be answered.
    Plan {
        /// How.
        plan: Arc<ConsentPlan>,
    },
    /// The request cannot be answered; it can only be refused.
    Unavailable {
        /// What was asked.
        plan: Arc<UnavailablePlan>,
    },
}

/// What became of a request of the Digital Credentials API.
#[derive(uniffi::Enum)]
pub enum DcApiProposal {
    /// It can be put before the holder.
    Proposed {
        /// What can be.
        proposal: Proposal,
    },
    /// It was refused.
    Refused {
        /// Why.
        error: WalletError,
        /// What the caller may be given, if the app answers at all: JSON with `protocol` and `data`. Only after the holder
        /// has agreed to something; otherwise cancel the flow, because any answer can tell which cards there are.
        response: Option<Bytes>,
    },
}

/// An answer that the holder may change, approve or refuse. Approved or refused it is used up; an approval that fails
/// leaves it as it was. Closing it answers nothing.
#[derive(uniffi::Object)]
pub struct ConsentPlan(pub(super) Single<core::ConsentPlan>);

/// A request no card satisfies. Refusing it sends the same bytes as refusing a plan.
#[derive(uniffi::Object)]
pub struct UnavailablePlan(Single<core::UnavailablePlan>);

/// A plan the holder agreed to. It is used up by presenting it, however that ends.
#[derive(uniffi::Object)]
pub struct ApprovedPlan(pub(super) Single<core::ApprovedPlan>);

/// All that is to be shown of a plan, and the hash of just that.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct PlanOverview {
    /// Who asks, and where the answer goes.
    pub request: RequestOverview,
    /// The presentations that would be made.
    pub showings: Vec<Showing>,
    /// Whether the holder must authenticate for this plan, now that it is as it is.
    pub needs_auth: bool,
    /// Every way to answer each query that is answered, those that disclose least first.
    pub alternatives: Vec<Alternative>,
    /// The verifier's use cases and the options that can be chosen.
    pub use_cases: Vec<UseCase>,
    /// What the holder approves, after having been shown this overview. Never store or log it.
    pub hash: Vec<u8>,
}

/// A request no card satisfies.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct UnavailableOverview {
    /// Who asks, and where the answer goes.
    pub request: RequestOverview,
    /// The queries no card answers. Why is not said: a value that differs looks like a card that is absent.
    pub unmatched: Vec<String>,
}

/// How the holder authenticated for a plan, after it was made or changed.
#[derive(uniffi::Enum)]
pub enum HolderAuth {
    /// Not at all: enough where [`PlanOverview::needs_auth`] says no.
    None,
    /// By the wallet's own check (`authenticate`). One of another store, or older than a minute, is refused.
    Fresh {
        /// Its proof.
        auth: Arc<FreshAuth>,
    },
    /// By the app's own check.
    Verified {
        /// When, by the clock the wallet was given.
        at: SystemTime,
    },
}

#[uniffi::export]
impl ConsentPlan {
    /// The plan as it is now.
    ///
    /// # Errors
    /// `used_up`
    pub fn overview(&self) -> Result<PlanOverview, WalletError> {
        caught(|| self.0.with(PlanOverview::of))
    }
}

#[uniffi::export]
impl UnavailablePlan {
    /// What was asked, and by whom.
    ///
    /// # Errors
    /// `used_up`
    pub fn overview(&self) -> Result<UnavailableOverview, WalletError> {
        let overview = |plan: &core::UnavailablePlan| UnavailableOverview {
            request: RequestOverview::of(plan.request()),
            unmatched: plan.unmatched().to_vec(),
        };
        caught(|| self.0.with(overview))
    }
}

impl ConsentPlan {
    /// One of its showings.
    pub(super) fn showing(&self, place: u32) -> Result<core::Showing, WalletError> {
        self.0
            .with(|plan| element(plan.showings(), place, "showing").cloned())?
    }
}

impl ApprovedPlan {
    pub(super) fn of(approved: core::ApprovedPlan) -> Arc<Self> {
        Arc::new(Self(Single::new(approved)))
    }
}

impl Proposal {
    pub(super) fn of(proposal: core::Proposal) -> Self {
        match proposal {
            core::Proposal::Plan(plan) => Self::Plan {
                plan: Arc::new(ConsentPlan(Single::new(*plan))),
            },
            core::Proposal::Unavailable(plan) => Self::Unavailable {
                plan: Arc::new(UnavailablePlan(Single::new(*plan))),
            },
        }
    }

    pub(super) fn take(&self) -> Result<core::Proposal, WalletError> {
        Ok(match self {
            Self::Plan { plan } => core::Proposal::Plan(Box::new(plan.0.take()?)),
            Self::Unavailable { plan } => core::Proposal::Unavailable(Box::new(plan.0.take()?)),
        })
    }
}

impl DcApiProposal {
    pub(super) fn of(proposal: Result<core::Proposal, DcApiRefused>) -> Self {
        match proposal {
            Ok(proposal) => Self::Proposed {
                proposal: Proposal::of(proposal),
            },
            Err(refused) => Self::Refused {
                error: refused.error.into(),
                response: refused.response.map(Bytes::from),
            },
        }
    }
}

impl PlanOverview {
    pub(super) fn of(plan: &core::ConsentPlan) -> Self {
        let request = plan.request();
        let showings = plan.showings().iter();
        Self {
            request: RequestOverview::of(request),
            showings: showings
                .map(|showing| Showing::of(showing, request.transaction_data()))
                .collect(),
            needs_auth: plan.user_auth() != UserAuthPolicy::Unlocked,
            alternatives: plan.alternatives().iter().map(Alternative::of).collect(),
            use_cases: plan.set_alternatives().iter().map(UseCase::of).collect(),
            hash: plan.hash().as_bytes().to_vec(),
        }
    }
}

impl HolderAuth {
    pub(super) fn to_core(&self) -> wallet::HolderAuth<'_> {
        match self {
            Self::None => core::UserAuth::None.into(),
            Self::Fresh { auth } => (&auth.0).into(),
            Self::Verified { at } => core::UserAuth::Verified { at: unix_time(*at) }.into(),
        }
    }
}
