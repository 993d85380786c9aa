//! Everything together.

use serde::Serialize;

use crate::http::RecordedRequest;
use crate::issuer::Issuer;
use crate::pki::CertificateAuthority;
use crate::refused::Result;
use crate::verifier::Verifier;

/// What a wallet must trust to deal with the parties, in PEM.
#[derive(Debug, Clone, Serialize)]
pub struct Anchors {
    /// Anchor of credential issuers.
    pub issuer_pem: String,
    /// Anchor of verifiers.
    pub verifier_pem: String,
    /// Anchor of the wallet's provider: what the issuer believes attestations under. A wallet does not need it.
    pub attestation_pem: String,
}

/// An issuer and the verifiers, running on loopback until dropped.
pub struct Parties {
    /// The issuer.
    pub issuer: Issuer,
    /// The verifiers.
    pub verifier: Verifier,
    /// What a wallet must trust.
    pub anchors: Anchors,
    /// The authority over issuers, for tests that certify more of them.
    pub issuer_authority: CertificateAuthority,
    /// The authority over verifiers.
    pub verifier_authority: CertificateAuthority,
    /// The authority over the wallet's provider, for tests that attest wallets and keys.
    pub attestation_authority: CertificateAuthority,
}

impl Parties {
    /// Starts everything on free ports, with fresh keys and certificates.
    pub fn start() -> Result<Self> {
        let issuer_authority = CertificateAuthority::generate("Fictional Issuer Root")?;
        let verifier_authority = CertificateAuthority::generate("Fictional Verifier Root")?;
        let attestation_authority = CertificateAuthority::generate("Fictional Provider Root")?;
        let issuer = Issuer::start(&issuer_authority)?;
        issuer.trust_attestations(attestation_authority.der());
        let issuer_anchors = vec![issuer_authority.der().to_vec()];
        let verifier = Verifier::start(&verifier_authority, issuer_anchors)?;
        verifier.trust_controller(&issuer.controller());
        Ok(Self {
            issuer,
            verifier,
            anchors: Anchors {
                issuer_pem: issuer_authority.pem()?,
                verifier_pem: verifier_authority.pem()?,
                attestation_pem: attestation_authority.pem()?,
            },
            issuer_authority,
            verifier_authority,
            attestation_authority,
        })
    }

    /// Every request either side has seen, the issuer's first.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        let mut all = self.issuer.requests();
        all.extend(self.verifier.requests());
        all
    }
}
