//! A credential copy of the wallet, as far as a query can see it.

use crate::clock::UnixTime;
use crate::formats::CredentialFormat;
use crate::formats::claim_path::ClaimPath;
use crate::jose::Algorithm;
use serde_json::Value;

/// The wallet's name for a credential (the logical card).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CredentialRef(pub String);

/// The wallet's name for one copy of a credential.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CopyRef(pub String);

/// What the card's policy asks of the holder before a showing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum UserAuthPolicy {
    /// The holder's approval is enough.
    #[default]
    None,
    /// The holder must authenticate for this very plan.
    Required,
}

/// The copy of a credential that would be shown next.
///
/// A format without selective disclosure has no `disclosable` claims and lists all of them as `always_disclosed`: then
/// every match gives everything, and the plan says so.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    /// The card.
    pub credential: CredentialRef,
    /// The copy.
    pub copy: CopyRef,
    /// SHA-256 of the copy's stored bytes: what is approved is this copy and no other.
    pub copy_digest: [u8; 32],
    /// The format.
    pub format: CredentialFormat,
    /// Its type identifiers: the `vct`, then the types it extends (B.3.5).
    pub types: Vec<String>,
    /// Every claim, disclosed (for SD-JWT: the processed payload).
    pub claims: &'a Value,
    /// Concrete paths of the claims the holder may disclose or withhold.
    pub disclosable: Vec<ClaimPath>,
    /// Concrete paths of the claims that any showing reveals.
    pub always_disclosed: Vec<ClaimPath>,
    /// Authority key identifiers of the certificates in the credential's chain.
    pub authority_key_ids: Vec<Vec<u8>>,
    /// The algorithm of the issuer's signature.
    pub issuer_algorithm: Algorithm,
    /// The algorithm of the holder's key; `None` if the credential is bound to no key.
    pub holder_algorithm: Option<Algorithm>,
    /// Not valid before.
    pub not_before: Option<UnixTime>,
    /// Not valid at or after.
    pub expires: Option<UnixTime>,
    /// Whether it carries a status reference.
    pub has_status: bool,
    /// How often this copy was shown before.
    pub uses: u32,
    /// What the card's policy asks of the holder.
    pub user_auth: UserAuthPolicy,
}

impl Candidate<'_> {
    /// Whether it is valid at `now`.
    #[must_use]
    pub fn is_valid_at(&self, now: UnixTime) -> bool {
        self.not_before.is_none_or(|start| start <= now) && self.expires.is_none_or(|end| now < end)
    }
}
