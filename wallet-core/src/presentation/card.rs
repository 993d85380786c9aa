//! A card as a plan knows it.

use super::dcql::{Candidate, ClaimOption, CopyRef, CredentialRef, UserAuthPolicy};
use super::showing::Linkability;
use crate::formats::CredentialFormat;
use crate::formats::claim_path::ClaimPath;
use crate::trust::status::CardStatus;

/// The parts of a candidate that the plan needs after matching.
#[derive(Clone, Debug)]
pub(super) struct Card {
    pub(super) credential: CredentialRef,
    pub(super) copy: CopyRef,
    pub(super) copy_digest: [u8; 32],
    pub(super) format: CredentialFormat,
    pub(super) always_disclosed: Vec<ClaimPath>,
    pub(super) is_bound: bool,
    pub(super) has_status: bool,
    pub(super) uses: u32,
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
            is_bound: candidate.holder_algorithm.is_some(),
            has_status: candidate.has_status,
            uses: candidate.uses,
            user_auth: candidate.user_auth,
            status: candidate.status,
        }
    }

    pub(super) fn linkability(&self) -> Vec<Linkability> {
        [
            (true, Linkability::IssuerSignature),
            (self.is_bound, Linkability::HolderKey),
            (self.has_status, Linkability::StatusReference),
            (self.uses > 0, Linkability::CopyShownBefore),
        ]
        .into_iter()
        .filter_map(|(holds, note)| holds.then_some(note))
        .collect()
    }

    /// How many claims a showing of it in this way reveals.
    pub(super) fn cost(&self, option: &ClaimOption) -> usize {
        option.disclosed.len() + self.always_disclosed.len()
    }
}
