//! A card as a plan knows it.

use super::client_id::ClientId;
use super::dcql::{
    Candidate, ClaimOption, CopyRef, CredentialQuery, CredentialRef, UserAuthPolicy,
};
use super::linkability::{Linkability, Links};
use super::pseudonym::{PseudonymShowing, scope};
use super::showing::ShowingNote;
use crate::formats::claim_path::ClaimPath;
use crate::formats::data_integrity::{Cryptosuite, Feature};
use crate::formats::{CredentialFormat, IssuerSignature};
use crate::trust::status::CardStatus;

/// The parts of a candidate that the plan needs after matching.
#[derive(Clone, Debug)]
pub(super) struct Card {
    pub(super) credential: CredentialRef,
    pub(super) copy: CopyRef,
    pub(super) copy_digest: [u8; 32],
    pub(super) format: CredentialFormat,
    pub(super) always_disclosed: Vec<ClaimPath>,
    pub(super) signature: IssuerSignature,
    /// Whether it is bound to a key of the holder's.
    pub(super) is_bound: bool,
    feature: Option<Feature>,
    is_one_per_person: bool,
    is_anchored: bool,
    links: Links,
    pub(super) user_auth: UserAuthPolicy,
    pub(super) status: CardStatus,
}

impl Card {
    pub(super) fn of(candidate: &Candidate<'_>) -> Self {
        Self {
            credential: candidate.credential.clone(),
            copy: candidate.copy.clone(),
            copy_digest: candidate.copy_digest,
            format: candidate.format,
            always_disclosed: candidate.always_disclosed.clone(),
            signature: candidate.issuer_signature,
            is_bound: candidate.holder_algorithm.is_some(),
            feature: candidate.feature,
            is_one_per_person: candidate.is_one_per_person,
            is_anchored: candidate.is_anchored,
            links: Links::of(candidate),
            user_auth: candidate.user_auth,
            status: candidate.status,
        }
    }

    pub(super) fn linkability(&self, option: &ClaimOption) -> Vec<Linkability> {
        self.links.when_disclosed(&option.disclosed)
    }

    /// The pseudonym a showing to this verifier has, if it asks for one.
    pub(super) fn pseudonym(
        &self,
        client_id: &ClientId,
        query: &CredentialQuery,
    ) -> Option<PseudonymShowing> {
        let service = query.pseudonym.as_ref()?.service.clone();
        Some(PseudonymShowing {
            scope: scope(client_id, &service),
            service,
            is_one_per_person: self.is_one_per_person,
        })
    }

    /// Whether the proof that it was anchored goes along: where it is asked for, and where the verifier gets to see what was
    /// anchored. Of a derived proof it does not, and could check nothing.
    pub(super) fn gives_anchor_proof(&self, query: &CredentialQuery) -> bool {
        let shows_what_was_signed = match self.format {
            CredentialFormat::SdJwtVc | CredentialFormat::JwtVc => true,
            CredentialFormat::LdpVc => false,
        };
        query.anchor_proof && self.is_anchored && shows_what_was_signed
    }

    /// What the holder should know of a showing to a verifier that asks for binding or not.
    pub(super) fn notes(&self, binding: bool) -> Vec<ShowingNote> {
        let note = match self.signature {
            _ if binding && self.is_bound => None,
            _ if binding => Some(ShowingNote::ReplayProtectionOnly),
            IssuerSignature::DataIntegrity(Cryptosuite::Bbs2023) => {
                Some(ShowingNote::HeaderUnchecked)
            }
            IssuerSignature::DataIntegrity(Cryptosuite::EcdsaSd2023) | IssuerSignature::Jws(_) => {
                Some(ShowingNote::NotBound)
            }
        };
        let is_linked = self.feature.is_some_and(Feature::has_link_secret);
        let link = is_linked.then_some(ShowingNote::LinkSecret);
        note.into_iter().chain(link).collect()
    }

    /// How many claims a showing of it in this way reveals.
    pub(super) fn cost(&self, option: &ClaimOption) -> usize {
        option.disclosed.len() + self.always_disclosed.len()
    }
}
