//! Stapled proofs of cards, and receipts: kept sealed, proven on the device. Nothing here asks a network.

use super::Wallet;
use super::cards;
use super::receipt::Receipt;
use super::records::{
    AnchoredRecord, AnchoredThing, CopyRecord, CredentialRecord, Other, RecordName,
};
use super::store::{self, Batch, Stored, make_name};
use crate::clock::UnixTime;
use crate::error::{Category, ErrorCode, WalletError};
use crate::issuance::ReceivedCopy;
use crate::ledger::anchored::{AnchorSource, Anchored, AnchoredKind, AnchoredProof};
use crate::ledger::chain_profile::ChainProfile;
use crate::ledger::policy::{TrustBasis, TrustPolicy};
use crate::ledger::{Address, LedgerError};
use crate::order;
use crate::vault::database::{Database, RecordKind};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Whose anchors an app believes.
#[derive(Clone, Debug)]
pub struct AnchoringIssuer {
    /// The issuer: its Credential Issuer Identifier, and what its receipts name.
    pub issuer: String,
    /// The chain it writes on, with the anchor registry.
    pub chain: Arc<ChainProfile>,
    /// The account it writes with.
    pub account: Address,
}

/// What a stapled proof shows, checked just now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnchorReport {
    /// Whose anchor it is.
    pub issuer: String,
    /// The app's name of the chain.
    pub chain: String,
    /// What was proven. It speaks of its block, never of now.
    pub anchored: Anchored,
    /// The time of that block.
    pub as_of: UnixTime,
    /// Why the block is believed.
    pub basis: TrustBasis,
}

/// A receipt that is kept.
#[derive(Clone, Debug)]
pub struct KeptReceipt {
    /// Its name.
    pub id: RecordName,
    /// What it says.
    pub receipt: Receipt,
    /// What its proof shows now; an error if the app's policy has changed so that it shows nothing.
    pub report: Result<AnchorReport, WalletError>,
}

impl Wallet {
    /// Keeps the proof that a copy of a card was anchored by its issuer. It is checked first: the block must be one
    /// the app's policy accepts without asking anybody. An older proof of the same copy is replaced.
    ///
    /// # Errors
    /// `not_found`; `not_supported` if the app believes no anchors of this issuer; `ledger_proof` and `ledger_unverified` if
    /// it shows nothing of this card; `locked` and those of the store.
    pub fn staple(&self, card: &RecordName, proof: &[u8]) -> Result<AnchorReport, WalletError> {
        let now = self.now()?;
        let proof = AnchoredProof::parse(proof)?;
        self.commit(|db, batch| {
            let card: Stored<CredentialRecord> = store::get(db, card)?;
            let issuer = &card.value.issuer;
            let mut refused = LedgerError::NotAnchored.into();
            for name in &card.value.copies {
                let content = match content_of(db, &card.value, name)? {
                    Some(Ok(content)) => content,
                    Some(Err(damaged)) => {
                        refused = damaged;
                        continue;
                    }
                    None => continue,
                };
                match self.check(issuer, &proof, AnchoredKind::Credential, content.as_bytes(), now) {
                    Ok(report) => {
                        let of_copy = |one: &AnchoredThing| matches!(one, AnchoredThing::Copy(copy) if copy == name);
                        for old in anchored(db, of_copy)? {
                            batch.delete(&old.name)?;
                        }
                        let record = AnchoredRecord {
                            of: AnchoredThing::Copy(name.clone()),
                            issuer: issuer.clone(),
                            proof: proof.to_json(),
                            kept_at: now.as_secs(),
                            other: Other::new(),
                        };
                        batch.insert(RecordKind::ANCHORED, &make_name(self.random())?, &record)?;
                        return Ok(report);
                    }
                    Err(why) => refused = why.into(),
                }
            }
            Err(refused)
        })
    }

    /// What the proofs show that are kept with a card, by copy; an error for a copy that is damaged. A proof is as recognisable as a serial number: a verifier is
    /// given one only where it asks for it and the holder agrees to a plan that says so.
    ///
    /// # Errors
    /// `not_found`, `locked` and those of the store.
    pub fn stapled(
        &self,
        card: &RecordName,
    ) -> Result<Vec<Result<AnchorReport, WalletError>>, WalletError> {
        let now = self.now()?;
        self.with_store(|db| {
            let card: Stored<CredentialRecord> = store::get(db, card)?;
            let kept = by_copy(db)?;
            let mut reports = Vec::new();
            for name in &card.value.copies {
                let Some(kept) = kept.get(name) else {
                    continue;
                };
                if let Some(content) = content_of(db, &card.value, name)? {
                    reports.push(content.and_then(|content| {
                        let kind = AnchoredKind::Credential;
                        self.check_kept(kept, kind, content.as_bytes(), now)
                    }));
                }
            }
            Ok(reports)
        })
    }

    /// Keeps a receipt with its proof. Both are checked first.
    ///
    /// # Errors
    /// As [`Self::staple`]; `malformed` for what is no receipt.
    pub fn keep_receipt(&self, receipt: &[u8], proof: &[u8]) -> Result<KeptReceipt, WalletError> {
        let now = self.now()?;
        let read = Receipt::parse(receipt)?;
        let text = core::str::from_utf8(receipt).map_err(|_| LedgerError::AnchoredReceipt)?;
        let proof = AnchoredProof::parse(proof)?;
        let report = self.check(&read.issuer, &proof, AnchoredKind::Receipt, receipt, now)?;
        let id = make_name(self.random())?;
        let record = AnchoredRecord {
            of: AnchoredThing::Receipt(text.to_owned()),
            issuer: read.issuer.clone(),
            proof: proof.to_json(),
            kept_at: now.as_secs(),
            other: Other::new(),
        };
        self.commit(|_, batch| batch.insert(RecordKind::ANCHORED, &id, &record))?;
        Ok(KeptReceipt {
            id,
            receipt: read,
            report: Ok(report),
        })
    }

    /// All receipts, each proven again.
    ///
    /// # Errors
    /// `locked` and those of the store.
    pub fn receipts(&self) -> Result<Vec<KeptReceipt>, WalletError> {
        let now = self.now()?;
        let kept =
            self.with_store(|db| anchored(db, |one| matches!(one, AnchoredThing::Receipt(_))))?;
        let mut receipts = Vec::new();
        for record in kept {
            let AnchoredThing::Receipt(text) = &record.value.of else {
                continue;
            };
            receipts.push(KeptReceipt {
                receipt: Receipt::parse(text.as_bytes())?,
                report: self.check_kept(&record.value, AnchoredKind::Receipt, text.as_bytes(), now),
                id: record.name,
            });
        }
        order::sort_by_key(&mut receipts, |kept| kept.receipt.issued_at);
        Ok(receipts)
    }

    /// Deletes a receipt with its proof.
    ///
    /// # Errors
    /// `not_found`, `locked` and those of the store.
    pub fn delete_receipt(&self, id: &RecordName) -> Result<(), WalletError> {
        self.commit(|db, batch| {
            let kept: Stored<AnchoredRecord> = store::get(db, id)?;
            match kept.value.of {
                AnchoredThing::Receipt(_) => batch.delete(id),
                AnchoredThing::Copy(_) => Err(ErrorCode::NotFound.into()),
            }
        })
    }

    /// Keeps the proof an issuer stapled to a copy, where the app believes anchors of the issuer. One that is shown to be false
    /// refuses the card: who ships it is not to be believed in silence. Of one that shows nothing here, for a reason that
    /// an honest issuer may not even know, nothing is kept but the card.
    pub(super) fn add_stapled(
        &self,
        batch: &mut Batch,
        issuer: &str,
        copy: &ReceivedCopy,
        name: &RecordName,
    ) -> Result<(), WalletError> {
        let believed = self.policy.anchors.iter().any(|one| one.issuer == issuer);
        let Some(proof) = copy.anchor_proof.as_ref().filter(|_| believed) else {
            return Ok(());
        };
        let now = self.now()?;
        let content = copy.credential.signed_text().as_bytes();
        let proof = AnchoredProof::from_json(proof.clone()).map_err(ShowsNothing::Refused);
        let checked = proof.and_then(|proof| {
            let report = self.check(issuer, &proof, AnchoredKind::Credential, content, now);
            report.map(|_| proof)
        });
        let proof = match checked {
            Ok(proof) => proof,
            Err(why) if why.is_false() => {
                return Err(WalletError::from(why).by(Category::Issuer));
            }
            Err(_) => return Ok(()),
        };
        let record = AnchoredRecord {
            of: AnchoredThing::Copy(name.clone()),
            issuer: issuer.to_owned(),
            proof: proof.to_json(),
            kept_at: now.as_secs(),
            other: Other::new(),
        };
        batch.insert(RecordKind::ANCHORED, &make_name(self.random())?, &record)
    }

    fn check_kept(
        &self,
        kept: &AnchoredRecord,
        kind: AnchoredKind,
        content: &[u8],
        now: UnixTime,
    ) -> Result<AnchorReport, WalletError> {
        let object = kept.proof.as_object().cloned().unwrap_or_default();
        let proof = AnchoredProof::from_json(object)?;
        Ok(self.check(&kept.issuer, &proof, kind, content, now)?)
    }

    fn check(
        &self,
        issuer: &str,
        proof: &AnchoredProof,
        kind: AnchoredKind,
        content: &[u8],
        now: UnixTime,
    ) -> Result<AnchorReport, ShowsNothing> {
        let chain_id = proof.state().chain_id;
        let is_of = |one: &&AnchoringIssuer| {
            one.issuer == issuer
                && one.account == proof.issuer()
                && one.chain.chain.chain_id == chain_id
        };
        // One account may write into several registries, or be believed by several policies.
        let mut nothing = ShowsNothing::NotBelieved;
        for believed in self.policy.anchors.iter().filter(is_of) {
            match believed.check(proof, kind, content, now) {
                Ok(report) => return Ok(report),
                Err(_) if nothing.is_false() => {}
                Err(why) => nothing = why,
            }
        }
        Err(nothing)
    }
}

impl AnchoringIssuer {
    /// Checks that the chain's trust policy can accept the one block of a stapled proof without asking anybody.
    ///
    /// # Errors
    /// `unsafe_configuration` for endpoints, which would have to be asked, and for the seals of Metadium, which want several
    /// blocks.
    pub fn require_usable(&self) -> Result<(), WalletError> {
        match self.chain.trust {
            TrustPolicy::Endpoints(_) | TrustPolicy::MetadiumSeals(_) => {
                Err(WalletError::new(ErrorCode::UnsafeConfiguration).about("trust_policy"))
            }
            TrustPolicy::Checkpoints(_) | TrustPolicy::Seals(_) => Ok(()),
        }
    }

    fn check(
        &self,
        proof: &AnchoredProof,
        kind: AnchoredKind,
        content: &[u8],
        now: UnixTime,
    ) -> Result<AnchorReport, ShowsNothing> {
        let registry = self.chain.contracts.anchor_registry;
        let source = AnchorSource {
            registry: registry.ok_or(ShowsNothing::NotBelieved)?,
            issuer: self.account,
        };
        let blocks = self.chain.accept(proof.state(), &[])?;
        let block = blocks.head()?;
        // A block of the future is refused; its age does not matter, since it is never taken for now.
        self.chain.currency(block, now)?;
        let time = i64::try_from(block.header().time()).unwrap_or(i64::MAX);
        Ok(AnchorReport {
            issuer: self.issuer.clone(),
            chain: self.chain.name.clone(),
            anchored: proof.verify(kind, content, &source, block)?,
            as_of: UnixTime::from_secs(time),
            basis: block.basis().clone(),
        })
    }
}

/// Why a proof shows nothing.
#[derive(Clone, Copy, Debug)]
enum ShowsNothing {
    /// The app believes no such anchors: of another account, or on another chain.
    NotBelieved,
    /// It was refused.
    Refused(LedgerError),
}

impl ShowsNothing {
    /// Whether the proof itself shows that it is false: no honest issuer can have made it. Not so where this wallet believes
    /// other blocks (keys that were replaced, a clock that is behind), pins another contract, or does not know the format.
    const fn is_false(self) -> bool {
        use LedgerError as E;
        let Self::Refused(error) = self else {
            return false;
        };
        matches!(
            error,
            E::NotAnchored
                | E::Inclusion
                | E::ProofMismatch
                | E::ProofTruncated
                | E::ProofNotConsumed
                | E::ValueNotCanonical
                | E::SlotRepeated
                | E::SlotNotProven
                | E::WrongContract
                | E::NoContract
                | E::NoCode
        )
    }
}

impl From<LedgerError> for ShowsNothing {
    fn from(error: LedgerError) -> Self {
        Self::Refused(error)
    }
}

impl From<ShowsNothing> for WalletError {
    fn from(why: ShowsNothing) -> Self {
        match why {
            ShowsNothing::NotBelieved => Self::new(ErrorCode::NotSupported).about("anchor"),
            ShowsNothing::Refused(error) => error.into(),
        }
    }
}

/// What of a copy its issuer signed, or how it is damaged; nothing of one that is gone.
fn content_of(
    db: &Database,
    card: &CredentialRecord,
    copy: &RecordName,
) -> Result<Option<Result<String, WalletError>>, WalletError> {
    let signed = || {
        let copy: Stored<CopyRecord> = store::get(db, copy)?;
        if !store::is_there(db, &copy.value.body)? {
            return Ok(None);
        }
        let credential = cards::open_copy(db, card, &copy.value)?;
        Ok(Some(credential.signed_text().to_owned()))
    };
    match signed() {
        Err(error) if cards::is_damage(&error) => Ok(Some(Err(error))),
        signed => Ok(signed?.map(Ok)),
    }
}

/// The proofs of copies, of each the first.
fn by_copy(db: &Database) -> Result<BTreeMap<RecordName, AnchoredRecord>, WalletError> {
    let mut proofs = BTreeMap::new();
    for kept in anchored(db, |one| matches!(one, AnchoredThing::Copy(_)))? {
        if let AnchoredThing::Copy(copy) = &kept.value.of {
            proofs.entry(copy.clone()).or_insert(kept.value);
        }
    }
    Ok(proofs)
}

/// The copies that proofs are kept with.
pub(super) fn copies(db: &Database) -> Result<BTreeSet<RecordName>, WalletError> {
    let kept = anchored(db, |one| matches!(one, AnchoredThing::Copy(_)))?;
    let copies = kept.into_iter().filter_map(|kept| match kept.value.of {
        AnchoredThing::Copy(copy) => Some(copy),
        AnchoredThing::Receipt(_) => None,
    });
    Ok(order::set(copies))
}

/// The proof that is kept with a copy, as it was given.
pub(super) fn proof_of(db: &Database, copy: &RecordName) -> Result<Option<Value>, WalletError> {
    let of_copy = |one: &AnchoredThing| matches!(one, AnchoredThing::Copy(name) if name == copy);
    let kept = anchored(db, of_copy)?.into_iter().next();
    Ok(kept.map(|kept| kept.value.proof))
}

/// The proofs of what is asked for.
pub(super) fn anchored(
    db: &Database,
    is_asked: impl Fn(&AnchoredThing) -> bool,
) -> Result<Vec<Stored<AnchoredRecord>>, WalletError> {
    let all: Vec<Stored<AnchoredRecord>> = store::list_readable(db, RecordKind::ANCHORED)?;
    let asked = all.into_iter().filter(|kept| is_asked(&kept.value.of));
    Ok(asked.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::policy::PolicyError as P;

    #[test]
    fn a_proof_is_false_only_where_no_honest_issuer_can_have_made_it() {
        use LedgerError as E;
        for error in [
            E::NotAnchored,
            E::Inclusion,
            E::ProofMismatch,
            E::ProofTruncated,
            E::ProofNotConsumed,
            E::SlotNotProven,
        ] {
            assert!(ShowsNothing::from(error).is_false(), "{error}");
        }
        let policy = [
            P::KeySetVersion,
            P::UnknownSigner,
            P::FromTheFuture,
            P::UnusedEvidence,
            P::NoEvidence,
            P::OtherChain,
            P::TooFewSeals,
        ];
        let others = [E::OtherAnchor, E::WrongCode, E::Header, E::Bundle];
        for error in policy.map(E::Policy).into_iter().chain(others) {
            assert!(!ShowsNothing::from(error).is_false(), "{error}");
        }
        assert!(!ShowsNothing::NotBelieved.is_false());
    }
}
