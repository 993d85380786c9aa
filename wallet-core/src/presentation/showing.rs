//! What the holder sees of a plan: each presentation it would make, and what else could be chosen.

use super::dcql::{CopyRef, CredentialRef, SelectedClaim, UserAuthPolicy};
use super::linkability::Linkability;
use super::pseudonym::PseudonymShowing;
use crate::formats::CredentialFormat;
use crate::formats::claim_path::ClaimPath;
use crate::trust::status::CardStatus;

/// Something the holder should know of a showing before approving it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ShowingNote {
    /// The proof is bound to this verifier and request by its presentation header alone: a verifier that does not compare it
    /// would take the same proof from anybody, again (docs/presentation-header.md).
    HeaderUnchecked,
    /// A key made for this showing alone ties it to this verifier and request. It protects against replay and is no holder
    /// binding: whoever has the credential can do the same.
    ReplayProtectionOnly,
    /// It takes the link secret of the card to show it, which the verifier does not see. That is holder binding by software:
    /// whoever copies the wallet has it too.
    LinkSecret,
    /// Nothing binds the proof to this verifier and request: whoever sees it can show it again.
    NotBound,
}

impl ShowingNote {
    /// A stable word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HeaderUnchecked => "header_unchecked",
            Self::ReplayProtectionOnly => "replay_protection_only",
            Self::LinkSecret => "link_secret",
            Self::NotBound => "not_bound",
        }
    }
}

/// One presentation the plan would make. The values are told by [`crate::wallet::Wallet::revealed`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Showing {
    /// The credential query it answers.
    pub query: String,
    /// The card.
    pub credential: CredentialRef,
    /// The copy of the card.
    pub copy: CopyRef,
    /// SHA-256 of the copy's bytes.
    pub copy_digest: [u8; 32],
    /// The format.
    pub format: CredentialFormat,
    /// The verifier's `claim_sets` entry it follows, if there are any.
    pub claim_set: Option<usize>,
    /// The claims asked for. Expected values of the query are not repeated here.
    pub claims: Vec<SelectedClaim>,
    /// The claims that would be disclosed because of it: those asked for, and those around and inside them.
    pub disclosed: Vec<ClaimPath>,
    /// The claims that are disclosed whatever is asked: issuer, type, validity, key, status, and all of a format
    /// without selective disclosure.
    pub always_disclosed: Vec<ClaimPath>,
    /// The claims that stay hidden.
    pub withheld: Vec<ClaimPath>,
    /// Whether a proof with the key is made that the card is bound to.
    pub key_binding: bool,
    /// The pseudonym that is shown with it.
    pub pseudonym: Option<PseudonymShowing>,
    /// Whether the proof that the card was anchored goes along (docs/ledger.md).
    pub anchor_proof: bool,
    /// The transaction data that the holder authorises by it: places in
    /// [`super::VerifiedRequest::transaction_data`].
    pub transactions: Vec<usize>,
    /// What makes this showing linkable to others, besides network and time.
    pub linkability: Vec<Linkability>,
    /// What else the holder should know.
    pub notes: Vec<ShowingNote>,
    /// What the card's policy asks of the holder.
    pub user_auth: UserAuthPolicy,
    /// What is known of the card's status; nobody was asked for it now. The verifier will ask for itself.
    pub status: CardStatus,
}

/// Another way to answer one credential query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// The credential query.
    pub query: String,
    /// The card.
    pub credential: CredentialRef,
    /// The `claim_sets` entry.
    pub claim_set: Option<usize>,
    /// What it would disclose.
    pub disclosed: Vec<ClaimPath>,
    /// What it would disclose in any case.
    pub always_disclosed: Vec<ClaimPath>,
    /// Whether it is the one chosen.
    pub chosen: bool,
}

/// A use case of the verifier and the options that could satisfy it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAlternative {
    /// The place in `credential_sets`; 0 for a query without.
    pub set: usize,
    /// Whether the verifier insists on it.
    pub required: bool,
    /// The options that can be chosen: their place in `options` and the credential queries they answer.
    pub options: Vec<(usize, Vec<String>)>,
    /// The place of the chosen option; `None` if the use case is skipped.
    pub chosen: Option<usize>,
}
