//! A credential copy of the wallet, as far as a query can see it.

use crate::clock::UnixTime;
use crate::formats::claim_path::ClaimPath;
use crate::formats::data_integrity::{DataIntegrityCredential, Feature};
use crate::formats::{Credential, CredentialFormat, IssuerSignature};
use crate::jose::{Algorithm, PublicKey};
use crate::trust::status::CardStatus;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The wallet's name for a credential (the logical card).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CredentialRef(pub String);

/// The wallet's name for one copy of a credential.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CopyRef(pub String);

/// What the holder must have done before a card is shown. Sealed with each card.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UserAuthPolicy {
    /// An unlocked wallet and the holder's approval are enough.
    #[default]
    Unlocked,
    /// The holder authenticates afresh for each showing, for this very plan.
    EachShowing,
}

/// How showing one claim reveals others.
#[derive(Clone, Copy)]
pub enum Reveals<'a> {
    /// A claim brings along the disclosures around it (RFC 9901 7.2: parents are needed) and inside it (7.1.1: a claim is
    /// selected with its sub-claims).
    Disclosures,
    /// A claim brings along everything inside it, and what the statements that show it say besides: identifiers and types of
    /// what lies around it.
    Statements(&'a DataIntegrityCredential),
}

/// The copy of a credential that would be shown next.
///
/// A format without selective disclosure has no `disclosable` claims and lists all of them as `always_disclosed`: then
/// every match gives everything, and the plan says so.
#[derive(Clone)]
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
    /// How showing one claim reveals others.
    pub reveals: Reveals<'a>,
    /// Authority key identifiers of the certificates in the credential's chain.
    pub authority_key_ids: Vec<Vec<u8>>,
    /// How the issuer signed.
    pub issuer_signature: IssuerSignature,
    /// The algorithm of the holder's key; `None` if the credential is bound to no key.
    pub holder_algorithm: Option<Algorithm>,
    /// What secrets of the holder it is bound to instead; `None` for none.
    pub feature: Option<Feature>,
    /// Whether its issuer says that nobody gets a second secret for pseudonyms.
    pub is_one_per_person: bool,
    /// Whether its issuer's proof that it was anchored is kept with it.
    pub is_anchored: bool,
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
    /// What is known of its status.
    pub status: CardStatus,
}

impl core::fmt::Debug for Candidate<'_> {
    /// What is claimed is the holder's.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Candidate")
            .field("credential", &self.credential)
            .field("copy", &self.copy)
            .finish_non_exhaustive()
    }
}

impl<'a> Candidate<'a> {
    /// The view of a copy. `extended_types` are the types its own extends, nearest first; `uses` says how often this copy
    /// was shown.
    #[must_use]
    pub fn of(
        card: CredentialRef,
        copy: CopyRef,
        credential: &'a Credential,
        extended_types: &[String],
        uses: u32,
        user_auth: UserAuthPolicy,
    ) -> Self {
        let mut types = credential.types();
        types.extend_from_slice(extended_types);
        Self {
            credential: card,
            copy,
            copy_digest: *credential.digest(),
            format: credential.format(),
            types,
            claims: credential.claims(),
            disclosable: credential.disclosable(),
            always_disclosed: credential.always_disclosed(),
            reveals: match credential {
                Credential::SdJwtVc(_) | Credential::JwtVc(_) => Reveals::Disclosures,
                Credential::DataIntegrity(credential) => Reveals::Statements(credential),
            },
            authority_key_ids: credential.evidence().authority_key_ids().to_vec(),
            issuer_signature: credential.issuer_signature(),
            holder_algorithm: credential.holder_key().map(PublicKey::algorithm),
            feature: credential.feature(),
            is_one_per_person: credential.is_one_per_person(),
            is_anchored: false,
            not_before: credential.not_before(),
            expires: credential.expires(),
            has_status: credential.status().is_some(),
            uses,
            user_auth,
            status: CardStatus::NotTracked,
        }
    }

    /// The same with what is known of its status.
    #[must_use]
    pub fn with_status(self, status: CardStatus) -> Self {
        Self { status, ..self }
    }

    /// The same with whether a proof of anchoring is kept with it.
    #[must_use]
    pub fn with_anchor(self, is_anchored: bool) -> Self {
        Self {
            is_anchored,
            ..self
        }
    }

    /// Whether it is valid at `now`.
    #[must_use]
    pub fn is_valid_at(&self, now: UnixTime) -> bool {
        self.not_before.is_none_or(|start| start <= now) && self.expires.is_none_or(|end| now < end)
    }
}
