//! DIDs whose keys stand on a chain: from proofs to a document, and before that which proofs are needed.

use super::did_ethr::{EthrDid, EthrDocument, EthrNetwork, History};
use super::did_meta::{self, Identity, MetaDid, MetaRegistries};
use super::{Anchor, BlockRef, Did, DidDocument, DidError, Evidence, NetworkNames, ResolvedDid};
use crate::clock::UnixTime;
use crate::ledger::LedgerError;
use crate::ledger::accepted::AcceptedBlock;
use crate::ledger::bundle::ProofBundle;
use crate::ledger::chain_profile::{AcceptedBlocks, ChainProfile, PinnedContracts};
use crate::ledger::contract::PinnedContract;
use crate::ledger::policy::Currency;
use crate::ledger::proven::ProvenState;
use crate::ledger::reading::{self, ChainState, Need, ReadError};

/// A DID of a method whose documents are read from a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChainDid {
    /// did:ethr, of an ERC-1056 registry.
    Ethr(EthrDid),
    /// did:meta, of METADIUM's registry.
    Meta(MetaDid),
}

/// Which time a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// How it is now, by proofs that were fetched for this question.
    Now,
    /// How it was at the block the proofs are of: a block of the past, or proofs that came with a credential.
    AtBlock,
}

impl ChainDid {
    /// Reads a DID.
    ///
    /// # Errors
    /// [`DidError::MethodNotSupported`] for methods that are on no chain this library reads, [`DidError::Malformed`].
    pub fn parse(did: &str) -> Result<Self, DidError> {
        match EthrDid::parse(did) {
            Err(DidError::MethodNotSupported) => MetaDid::parse(did).map(Self::Meta),
            parsed => parsed.map(Self::Ethr),
        }
    }

    /// The identifier its document has: of did:meta the canonical form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Ethr(did) => did.as_str(),
            Self::Meta(did) => did.as_str(),
        }
    }

    /// Whether the DID is of this profile's chain, and the profile has the contracts of its method. A network is named by
    /// the chain's number, by a name everybody knows, or else by the name the app gave the profile.
    #[must_use]
    pub fn is_of(&self, profile: &ChainProfile) -> bool {
        let chain_id = profile.chain.chain_id;
        let (names, network, has_contracts) = match self {
            Self::Ethr(did) => {
                let has_registry = profile.contracts.ethr_did_registry.is_some();
                match did.network() {
                    EthrNetwork::ChainId(number) => return has_registry && *number == chain_id,
                    EthrNetwork::Name(name) => (NetworkNames::Ethr, name.as_str(), has_registry),
                }
            }
            Self::Meta(did) => {
                let has_registries = profile.contracts.meta_did.is_some();
                (NetworkNames::Meta, did.network(), has_registries)
            }
        };
        let means = names.means(network, chain_id);
        has_contracts && means.unwrap_or_else(|| network == profile.name)
    }

    /// What has to be proven next, given what is known so far; nothing if that is all. What is known may be anyone's word:
    /// the proofs are checked by [`Self::resolve`].
    ///
    /// # Errors
    /// [`DidError::NotOnChain`] if the profile is not of the DID's chain; what cannot be as it is said to be.
    pub fn needs(
        &self,
        profile: &ChainProfile,
        state: &dyn ChainState,
    ) -> Result<Vec<Need>, DidError> {
        self.belongs_to(profile)?;
        let needs = match self {
            Self::Ethr(did) => {
                let registry = ethr_registry(&profile.contracts)?;
                reading::needs(History::read(registry.address, did.address(), state))
            }
            Self::Meta(did) => {
                let registries = meta_registries(&profile.contracts)?;
                reading::needs(Identity::read(&registries, did.ein(), state))
            }
        };
        Ok(needs?)
    }

    /// The document that is proven. `blocks` are those of `bundle`, accepted by the profile's policy.
    ///
    /// What ends is judged at `now`, but never before the block: a phone whose clock is behind would bring back what was
    /// revoked in it.
    ///
    /// # Errors
    /// [`DidError::NotOnChain`], [`DidError::NotFound`], [`DidError::Ledger`] for every proof that does not hold or is
    /// missing: there is never a document that says less than the chain.
    pub fn resolve(
        &self,
        profile: &ChainProfile,
        bundle: &ProofBundle,
        blocks: &AcceptedBlocks,
        asked: Asked,
        now: UnixTime,
    ) -> Result<ResolvedDid, DidError> {
        self.belongs_to(profile)?;
        blocks.are_of(profile)?;
        let head = blocks.head()?;
        let currency = profile.currency(head, now)?;
        let state = ProvenState::verify(&profile.contracts, bundle, blocks)?;
        let time = UnixTime::from_secs(i64::try_from(head.header().time()).unwrap_or(i64::MAX));
        let as_of = match currency {
            // Whoever hands the block out may have written any time into it.
            Currency::Undated => None,
            Currency::Current | Currency::Stale => Some(time),
        };
        let (json, steps) = match self {
            Self::Ethr(did) => {
                let registry = ethr_registry(&profile.contracts)?;
                let history = History::read(registry.address, did.address(), &state)
                    .map_err(LedgerError::from)?;
                let at = match (asked, as_of) {
                    (Asked::AtBlock, Some(time)) => time,
                    (Asked::Now, _) | (_, None) => now.max(time),
                };
                let document = EthrDocument::of(did, profile.chain.chain_id, &history, at);
                (document.json.clone(), ethr_steps(&history, &document))
            }
            Self::Meta(did) => {
                let registries = meta_registries(&profile.contracts)?;
                let identity = match Identity::read(&registries, did.ein(), &state) {
                    Err(ReadError::Refused(LedgerError::NoIdentity)) => {
                        return Err(DidError::NotFound);
                    }
                    read => read.map_err(LedgerError::from)?,
                };
                (did_meta::document(did, &identity), meta_steps(&identity))
            }
        };
        let did = Did::parse(self.as_str())?;
        let document = DidDocument::from_json(&did, json)?;
        let evidence = evidence(profile, head, asked, currency);
        let resolved = ResolvedDid::new(&did, document, evidence, as_of)?;
        let steps = proof_steps(head, &state).into_iter().chain(steps);
        Ok(steps.fold(resolved, ResolvedDid::step))
    }

    fn belongs_to(&self, profile: &ChainProfile) -> Result<(), DidError> {
        match self.is_of(profile) {
            true => Ok(()),
            false => Err(DidError::NotOnChain),
        }
    }
}

fn ethr_registry(contracts: &PinnedContracts) -> Result<&PinnedContract, DidError> {
    let registry = contracts.ethr_did_registry.as_ref();
    registry.ok_or(DidError::NotOnChain)
}

fn meta_registries(contracts: &PinnedContracts) -> Result<MetaRegistries, DidError> {
    let contracts = contracts.meta_did.as_ref().ok_or(DidError::NotOnChain)?;
    let service_keys = contracts.service_key_resolvers.iter();
    Ok(MetaRegistries {
        identities: contracts.identity_registry.address,
        public_keys: vec![contracts.public_key_resolver.address],
        service_keys: service_keys.map(|it| it.address).collect(),
    })
}

fn evidence(
    profile: &ChainProfile,
    head: &AcceptedBlock,
    asked: Asked,
    currency: Currency,
) -> Evidence {
    let block = BlockRef {
        chain_id: profile.chain.chain_id,
        number: head.header().number(),
        hash: head.header().hash().0,
    };
    let anchor = Anchor::from(head.basis());
    match (asked, currency) {
        (Asked::Now, Currency::Current) => Evidence::LedgerProof { block, anchor },
        (Asked::Now, Currency::Stale) => Evidence::Stale { block },
        (Asked::Now, Currency::Undated) | (Asked::AtBlock, _) => {
            Evidence::VerifiedAt { block, anchor }
        }
    }
}

fn proof_steps(head: &AcceptedBlock, state: &ProvenState) -> Vec<String> {
    vec![
        format!(
            "block {} accepted: {}",
            head.header().number(),
            head.basis().as_str()
        ),
        format!("{} storage slots proven", state.slots()),
        format!("all events of {} blocks proven", state.blocks_with_events()),
    ]
}

fn ethr_steps(history: &History, document: &EthrDocument) -> Vec<String> {
    let mut steps = vec![match history.newest_block() {
        None => "no event: the identity was never changed".to_owned(),
        Some(block) => format!("{} events, the newest in block {block}", history.len()),
    }];
    if document.is_deactivated {
        steps.push("deactivated".to_owned());
    }
    steps
}

fn meta_steps(identity: &Identity) -> Vec<String> {
    vec![match identity {
        Identity::Deleted => "deleted: the identity has no addresses".to_owned(),
        Identity::Active {
            management,
            service,
        } => format!(
            "{} management keys, {} service keys",
            management.len(),
            service.len()
        ),
    }]
}

#[cfg(test)]
mod tests;
