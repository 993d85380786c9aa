//! From a DID to its document, by the method's own rules or by a resolver of the app's.

use super::{
    DatedEvidence, Did, DidError, DidTrust, DidUrl, Evidence, KeyMaterial, Relationship,
    ResolvedDid, address, did_jwk, did_key, did_web,
};
use crate::clock::UnixTime;
use crate::http::Fetcher;
use crate::jose::{CompactJws, JoseError, PublicKey};
use crate::ledger::LedgerError;
use crate::ledger::policy::{LastSeen, PolicyError};
use crate::ledger::rpc::{OwnDids, RpcError};
use async_trait::async_trait;

/// What resolving may use, and has to heed.
#[derive(Clone, Copy)]
pub struct Resolving<'a> {
    /// The one way to the network.
    pub fetcher: &'a Fetcher<'a>,
    /// The time.
    pub now: UnixTime,
    /// What the holder's wallet knows.
    pub holder: &'a HolderState,
}

impl<'a> Resolving<'a> {
    /// For who holds nothing: a verifier, a tool of an integrator.
    #[must_use]
    pub const fn new(fetcher: &'a Fetcher<'a>, now: UnixTime) -> Self {
        static NOTHING: HolderState = HolderState {
            own: OwnDids::none(),
            ledgers_seen: Vec::new(),
            is_memory_damaged: false,
        };
        Self {
            fetcher,
            now,
            holder: &NOTHING,
        }
    }
}

/// What a wallet knows that every resolver has to heed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HolderState {
    /// The holder's own DIDs: nobody is asked about them.
    pub own: OwnDids,
    /// The newest blocks that were taken for current: no answer about now goes behind them.
    pub ledgers_seen: Vec<LastSeen>,
    /// Whether something of [`Self::ledgers_seen`] is lost: no answer of a ledger about now is believed then.
    pub is_memory_damaged: bool,
}

/// A DID method beyond those of this library, or one that needs to know a ledger.
#[async_trait]
pub trait DidResolver: Send + Sync {
    /// Whether this resolver is the one for this DID. It makes no request.
    fn resolves(&self, did: &Did) -> bool;

    /// The document of the DID, with what shows that it is that. A resolver that only asks a server answers
    /// [`Evidence::TransportOnly`]; one that reads a ledger heeds the blocks in [`HolderState::ledgers_seen`].
    ///
    /// # Errors
    /// Any [`DidError`].
    async fn resolve(&self, did: &Did, with: &Resolving<'_>) -> Result<ResolvedDid, DidError>;

    /// The newest block of a ledger that an answer about now was read from. The wallet keeps it, and takes no answer that
    /// goes behind what it kept.
    fn last_seen(&self) -> Option<LastSeen> {
        None
    }

    /// A block that was refused because its checkpoint and one seen before cannot both be true. The wallet keeps both as
    /// evidence against who signed them.
    fn contradiction(&self) -> Option<LastSeen> {
        None
    }
}

/// The document of a DID: `key` and `jwk` without a request, `web` from its host whoever that is, other methods by the
/// first resolver of the app's that takes it. What the evidence is worth is for [`DidTrust::accepts`]. Nobody is asked
/// about a DID of the holder's own.
///
/// # Errors
/// [`DidError::MethodNotSupported`], [`RpcError::HoldersOwn`], [`PolicyError::MemoryDamaged`] and those of the method.
pub async fn resolve(
    did: &Did,
    trust: &DidTrust,
    with: &Resolving<'_>,
) -> Result<ResolvedDid, DidError> {
    if let Some(resolved) = self_certified(did, with.now)? {
        return Ok(resolved);
    }
    if with.holder.own.contains(did) {
        return Err(RpcError::HoldersOwn.into());
    }
    if did.method() == "web" {
        return did_web::resolve(did, with).await;
    }
    let mut resolvers = trust.resolvers.iter();
    let resolver = resolvers.find(|resolver| resolver.resolves(did));
    let resolver = resolver.ok_or(DidError::MethodNotSupported)?;
    let resolved = resolver.resolve(did, with).await?;
    if with.holder.is_memory_damaged && matches!(resolved.evidence(), Evidence::LedgerProof { .. })
    {
        return Err(LedgerError::Policy(PolicyError::MemoryDamaged).into());
    }
    match resolved.document().id() == did.as_str() {
        true => Ok(resolved),
        false => Err(DidError::AnotherSubject),
    }
}

/// The document that follows from the identifier alone, where the method is of that kind.
pub(crate) fn self_certified(did: &Did, now: UnixTime) -> Result<Option<ResolvedDid>, DidError> {
    let document = match did.method() {
        "key" => did_key::document(did)?,
        "jwk" => did_jwk::document(did)?,
        _ => return Ok(None),
    };
    ResolvedDid::new(did, document, Evidence::SelfCertifying, now).map(Some)
}

/// As [`resolve`], for those who will use a key: a host that the app does not list is not asked.
pub(crate) async fn resolve_to_trust(
    did: &Did,
    trust: &DidTrust,
    with: &Resolving<'_>,
) -> Result<ResolvedDid, DidError> {
    if did.method() == "web" && !trust.accepts_host(&did_web::Address::of(did)?.host) {
        return Err(DidError::EvidenceTooWeak);
    }
    resolve(did, trust, with).await
}

/// The key a DID URL names for this use, if the evidence is what the app's policy asks. A host that the app does not
/// list is not asked.
///
/// # Errors
/// [`DidError::EvidenceTooWeak`], [`DidError::EvidenceStale`], [`DidError::NoSuchKey`], [`DidError::UnusableKey`] and those of [`resolve`].
pub async fn resolve_key(
    url: &DidUrl,
    relationship: Relationship,
    trust: &DidTrust,
    with: &Resolving<'_>,
) -> Result<FoundKey, DidError> {
    let resolved = resolve_to_trust(&url.to_did(), trust, with).await?;
    FoundKey::of(&resolved, url, relationship, trust)
}

/// A key of a DID, and what shows that it is that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundKey {
    method: String,
    material: KeyMaterial,
    multibase: Option<String>,
    evidence: DatedEvidence,
}

impl FoundKey {
    /// The key of a resolved DID that `url` names for this use, if the evidence is what the app's policy asks.
    ///
    /// # Errors
    /// [`DidError::EvidenceTooWeak`], [`DidError::EvidenceStale`], [`DidError::NoSuchKey`].
    pub fn of(
        resolved: &ResolvedDid,
        url: &DidUrl,
        relationship: Relationship,
        trust: &DidTrust,
    ) -> Result<Self, DidError> {
        match resolved.evidence() {
            Evidence::Stale { .. } => return Err(DidError::EvidenceStale),
            other if !trust.accepts(other) => return Err(DidError::EvidenceTooWeak),
            _ => {}
        }
        // Both may change which document is meant.
        if url.has_path_or_query() {
            return Err(DidError::NoSuchKey);
        }
        let method = resolved.document().method(url, relationship)?;
        Ok(Self {
            method: method.id().to_owned(),
            material: method.material().clone(),
            multibase: method.multibase().map(str::to_owned),
            evidence: resolved.dated_evidence().clone(),
        })
    }

    /// The verification method, an absolute DID URL.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The key, or the address it has.
    #[must_use]
    pub const fn material(&self) -> &KeyMaterial {
        &self.material
    }

    /// The key, where the document holds it and not only its address.
    ///
    /// # Errors
    /// [`DidError::UnusableKey`].
    pub const fn public_key(&self) -> Result<&PublicKey, DidError> {
        match &self.material {
            KeyMaterial::Key(key) => Ok(key),
            KeyMaterial::Address { .. } | KeyMaterial::Unusable => Err(DidError::UnusableKey),
        }
    }

    /// The key as a Multikey, where the document has it so: also of the kinds that only Data Integrity uses.
    #[must_use]
    pub fn multibase(&self) -> Option<&str> {
        self.multibase.as_deref()
    }

    /// What shows that it is a key of the DID.
    #[must_use]
    pub const fn evidence(&self) -> &DatedEvidence {
        &self.evidence
    }

    /// Verifies a JWS by this key and gives it: where only its address is known it is recovered from the signature.
    ///
    /// # Errors
    /// [`JoseError::SignatureInvalid`], [`JoseError::UnsupportedKey`], [`JoseError::AlgorithmMismatch`].
    pub fn verify(&self, jws: &CompactJws) -> Result<PublicKey, JoseError> {
        match &self.material {
            KeyMaterial::Key(key) => jws.verify(key).map(|()| key.clone()),
            KeyMaterial::Address { address, .. } => address::verify(address, jws),
            KeyMaterial::Unusable => Err(JoseError::UnsupportedKey),
        }
    }
}

#[cfg(test)]
mod tests;
