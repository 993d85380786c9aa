//! Who signed a request object, as its client identifier prefix prescribes (OpenID4VP 1.0 5.9.3).

use super::attestation::{self, Attestation};
use super::client_id::{ClientId, ClientIdPrefix};
use super::error::PresentationError;
use super::policy::RequestPolicy;
use super::request::Found;
use super::verifier::{Proof, Verifier, VerifierTrust};
use crate::clock::UnixTime;
use crate::did::{self, DidUrl, FoundKey, Relationship, ResolvedDid};
use crate::jose::{CompactJws, base64url};
use crate::profile::Profile;
use crate::trust::federation::{self, ResolvedVerifier};
use crate::trust::x509::{AnchorInChain, CertificateUsage, ChainRules, VerifiedChain};
use serde_json::{Map, Value};

/// The signer of a request object, and what is known of it.
pub(super) struct Signer {
    pub(super) verifier: Verifier,
    /// The only addresses the answer may go to, where whoever vouches for it names them.
    pub(super) answer_uris: Option<Vec<String>>,
    /// The metadata that hold instead of the request's own.
    pub(super) metadata: Option<Map<String, Value>>,
}

impl Signer {
    fn new(client_id: &ClientId, proof: Proof, trust: VerifierTrust) -> Self {
        Self {
            verifier: Verifier::new(client_id.clone(), proof, trust),
            answer_uris: None,
            metadata: None,
        }
    }

    fn vouched_by(mut self, who: String) -> Self {
        self.verifier.vouched_by = Some(who);
        self
    }

    /// Verifies the signature with the key that belongs to the client identifier. `found` is what its federation says,
    /// where that was looked up.
    pub(super) fn of(
        client_id: &ClientId,
        jws: &CompactJws,
        found: &Found,
        policy: &RequestPolicy<'_>,
        now: UnixTime,
    ) -> Result<Self, PresentationError> {
        match client_id.prefix() {
            ClientIdPrefix::X509SanDns | ClientIdPrefix::X509Hash => {
                Self::by_certificate(client_id, jws, policy, now)
            }
            ClientIdPrefix::DecentralizedIdentifier => {
                Self::by_did(client_id, jws, found.did.as_ref(), policy, now)
            }
            ClientIdPrefix::VerifierAttestation => {
                Self::by_attestation(client_id, jws, policy, now)
            }
            ClientIdPrefix::OpenIdFederation => {
                Self::by_federation(client_id, jws, found.federation.as_ref(), policy, now)
            }
            ClientIdPrefix::Origin => Err(PresentationError::UnknownPrefix),
            ClientIdPrefix::RedirectUri => Err(PresentationError::SignedRedirectUri),
        }
    }

    fn by_certificate(
        client_id: &ClientId,
        jws: &CompactJws,
        policy: &RequestPolicy<'_>,
        now: UnixTime,
    ) -> Result<Self, PresentationError> {
        let x5c = jws.x5c()?.ok_or(PresentationError::CertificateMissing)?;
        let rules = ChainRules::new(CertificateUsage::Verifier, now).anchor_in_chain(match policy
            .profile
        {
            Profile::Standard => AnchorInChain::Tolerated,
            Profile::Haip => AnchorInChain::Refused,
        });
        let chain = rules.verify(&x5c, &policy.trust.verifiers)?;
        jws.verify(chain.leaf_key())?;
        let proof = match_certificate(client_id, &chain)?;
        let mut signer = Self::new(client_id, proof, VerifierTrust::Anchored);
        signer.verifier.certificate_subject = Some(chain.subject().to_owned());
        signer.verifier.certificate_sha256 = Some(chain.leaf_sha256());
        Ok(signer)
    }

    /// `kid` names a key of the DID for authentication. Anyone can make a DID: it is trusted
    /// only if the app lists it. `found` is its document, where it was asked for; without it only what follows from the
    /// identifier itself can be judged.
    fn by_did(
        client_id: &ClientId,
        jws: &CompactJws,
        found: Option<&ResolvedDid>,
        policy: &RequestPolicy<'_>,
        now: UnixTime,
    ) -> Result<Self, PresentationError> {
        let (url, did) = (key_url(client_id, jws)?, client_id.original());
        let own = match found {
            Some(_) => None,
            None => did::self_certified(&url.to_did(), now)?,
        };
        let resolved = found.or(own.as_ref()).ok_or(PresentationError::DidMethod)?;
        let key = FoundKey::of(
            resolved,
            &url,
            Relationship::Authentication,
            &policy.trust.dids,
        )?;
        key.verify(jws)?;
        let is_listed = policy.trust.verifier_dids.iter().any(|one| one == did);
        let trust = if is_listed {
            VerifierTrust::Anchored
        } else {
            VerifierTrust::Unverified
        };
        let mut signer = Self::new(client_id, Proof::DecentralizedIdentifier, trust);
        signer.verifier.did_evidence = Some(key.evidence().clone());
        Ok(signer)
    }

    fn by_attestation(
        client_id: &ClientId,
        jws: &CompactJws,
        policy: &RequestPolicy<'_>,
        now: UnixTime,
    ) -> Result<Self, PresentationError> {
        let Attestation {
            issuer,
            key,
            redirect_uris,
        } = attestation::verify(jws, client_id.original(), &policy.trust.attesters, now)?;
        jws.verify(&key)?;
        let proof = Proof::VerifierAttestation;
        Ok(Self {
            answer_uris: redirect_uris,
            ..Self::new(client_id, proof, VerifierTrust::Anchored).vouched_by(issuer)
        })
    }

    /// A key of the metadata a chain of entity statements ends in signs; those metadata take the place of the
    /// request's.
    fn by_federation(
        client_id: &ClientId,
        jws: &CompactJws,
        found: Option<&ResolvedVerifier>,
        policy: &RequestPolicy<'_>,
        now: UnixTime,
    ) -> Result<Self, PresentationError> {
        let verifier = match (found, trust_chain(jws)?) {
            (Some(found), _) => found.clone(),
            (None, Some(chain)) => {
                let anchors = &policy.trust.federation;
                federation::verify_chain(&chain, client_id.original(), anchors, now)?
            }
            (None, None) => return Err(PresentationError::TrustChainMissing),
        };
        verifier.keys().verify(jws)?;
        let anchor = verifier.anchor().to_owned();
        Ok(Self {
            metadata: Some(verifier.metadata().clone()),
            ..Self::new(client_id, Proof::Federation, VerifierTrust::Anchored).vouched_by(anchor)
        })
    }
}

/// `kid`, which names a key of the DID that the client identifier is.
pub(super) fn key_url(client_id: &ClientId, jws: &CompactJws) -> Result<DidUrl, PresentationError> {
    let url = jws.kid().and_then(|kid| DidUrl::parse(kid).ok());
    url.filter(|url| url.did() == client_id.original())
        .ok_or(PresentationError::DidKeyMismatch)
}

/// The chain of entity statements that came along: in the header, or as a parameter (OpenID Federation 1.0 4.3,
/// OpenID4VP 1.0 5.9.3).
pub(super) fn trust_chain(jws: &CompactJws) -> Result<Option<Vec<String>>, PresentationError> {
    let payload = jws.payload_object()?;
    let chain = jws.header().get("trust_chain");
    let Some(chain) = chain.or_else(|| payload.get("trust_chain")) else {
        return Ok(None);
    };
    let texts = chain.as_array().map(|chain| {
        chain
            .iter()
            .map(|text| text.as_str().map(str::to_owned))
            .collect()
    });
    texts
        .flatten()
        .map(Some)
        .ok_or(PresentationError::ParameterType)
}

/// Compares the identifier with the certificate that signed. Wildcard names are not among the chain's: the identifier
/// must stand in the certificate as it is.
fn match_certificate(
    client_id: &ClientId,
    chain: &VerifiedChain,
) -> Result<Proof, PresentationError> {
    let id = client_id.original();
    if client_id.prefix() == ClientIdPrefix::X509Hash {
        return if base64url::encode(&chain.leaf_sha256()) == id {
            Ok(Proof::CertificateHash)
        } else {
            Err(PresentationError::CertificateHashMismatch)
        };
    }
    let is_named = chain
        .dns_names()
        .iter()
        .any(|name| name.eq_ignore_ascii_case(id));
    if is_named {
        Ok(Proof::CertificateDnsName)
    } else {
        Err(PresentationError::DnsNameMismatch)
    }
}
