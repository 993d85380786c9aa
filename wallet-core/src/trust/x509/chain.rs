//! From an end certificate to an anchor of the app (RFC 5280 6.1, with the anchor's own limits of RFC 5937).

use super::certificate::Certificate;
use super::error::{RejectReason, TrustError};
use super::usage::CertificateUsage;
use super::{MAX_CHAIN, names::NameConstraints};
use crate::clock::UnixTime;
use crate::jose::PublicKey;
use crate::trust::TrustAnchor;
use wallet_primitives::hash::sha256;

/// Whether a chain may contain its trust anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnchorInChain {
    /// It may; RFC 7515 4.1.6 leaves it open.
    Tolerated,
    /// It must not (HAIP 1.0 5 and 6.1.1).
    Refused,
}

/// How a chain is to be verified.
#[derive(Clone, Copy, Debug)]
pub struct ChainRules {
    usage: CertificateUsage,
    at: UnixTime,
    anchor_in_chain: AnchorInChain,
}

impl ChainRules {
    /// For a usage at a time; the anchor in the chain is tolerated.
    #[must_use]
    pub const fn new(usage: CertificateUsage, at: UnixTime) -> Self {
        Self {
            usage,
            at,
            anchor_in_chain: AnchorInChain::Tolerated,
        }
    }

    /// Says whether the chain may contain its anchor.
    #[must_use]
    pub const fn anchor_in_chain(mut self, rule: AnchorInChain) -> Self {
        self.anchor_in_chain = rule;
        self
    }

    /// Verifies a chain of DER certificates, the end certificate first and each certified by the next.
    ///
    /// The chain may end below the anchor or with it; what follows an anchor is not looked at further.
    ///
    /// # Errors
    /// [`TrustError::Untrusted`] where no anchor bears the issuer's name, else [`TrustError::Rejected`] with the rule.
    pub fn verify(
        &self,
        x5c: &[Vec<u8>],
        anchors: &[TrustAnchor],
    ) -> Result<VerifiedChain, TrustError> {
        let usage = self.usage;
        let reject = |reason| TrustError::Rejected { usage, reason };
        let certificates = parse(x5c).map_err(reject)?;
        let (leaf, above) = certificates
            .split_first()
            .ok_or(reject(RejectReason::ChainEmpty))?;
        self.check_leaf(leaf).map_err(reject)?;

        let end = above
            .iter()
            .position(|one| anchors.iter().any(|anchor| one.is_same_ca(anchor)));
        if end.is_some() && self.anchor_in_chain == AnchorInChain::Refused {
            return Err(reject(RejectReason::AnchorInChain));
        }
        let path = certificates
            .get(..=end.unwrap_or(above.len()))
            .unwrap_or_default();
        let top = path.last().unwrap_or(leaf);

        // Anchors may share a name, when a CA changes its key: one through which the path holds is enough. Otherwise
        // the most telling reason is given, not that of an anchor whose key has nothing to do with the chain.
        let mut error = TrustError::Untrusted { usage };
        for anchor in anchors {
            if !top.names_issuer(anchor.certificate()) {
                continue;
            }
            let Err(reason) = self.check_path(path, anchor.certificate()) else {
                return Ok(VerifiedChain::new(leaf, path));
            };
            if !is_other_key(reason) || error.reason().is_none() {
                error = reject(reason);
            }
        }
        Err(error)
    }

    fn check_leaf(&self, leaf: &Certificate) -> Result<(), RejectReason> {
        if leaf.is_self_issued() {
            return Err(RejectReason::SelfSignedLeaf);
        }
        if leaf.is_ca() {
            return Err(RejectReason::LeafIsCa);
        }
        // RFC 5280 4.2.1.10: name constraints belong in CA certificates only.
        if leaf.extensions().name_constraints.is_some() {
            return Err(RejectReason::NameConstraint);
        }
        self.usage.check_leaf(leaf.extensions())
    }

    /// RFC 5280 6.1.3 to 6.1.5, from the anchor down to the end certificate.
    fn check_path(&self, path: &[Certificate], anchor: &Certificate) -> Result<(), RejectReason> {
        anchor.check_validity(self.at)?;
        let mut issuer = anchor;
        let mut constraints: Vec<&NameConstraints> = Vec::new();
        constraints.extend(anchor.extensions().name_constraints.as_ref());
        let mut cas_left = anchor.path_length();

        for (index, certificate) in path.iter().enumerate().rev() {
            if !certificate.names_issuer(issuer) {
                return Err(RejectReason::NameChaining);
            }
            certificate.check_key_identifier(issuer)?;
            certificate.check_signature(issuer)?;
            certificate.check_validity(self.at)?;
            for constraint in &constraints {
                constraint.check(&certificate.extensions().alternative_names)?;
            }
            if index == 0 {
                break;
            }
            certificate.require_ca()?;
            self.usage.check_intermediate(certificate.extensions())?;
            cas_left = next_path_length(cas_left, certificate)?;
            constraints.extend(certificate.extensions().name_constraints.as_ref());
            issuer = certificate;
        }
        Ok(())
    }
}

const fn is_other_key(reason: RejectReason) -> bool {
    matches!(
        reason,
        RejectReason::Signature | RejectReason::KeyIdentifier
    )
}

/// RFC 5280 6.1.4 l and m: counts CAs that are not self-issued, and takes a smaller limit over.
fn next_path_length(
    cas_left: Option<usize>,
    ca: &Certificate,
) -> Result<Option<usize>, RejectReason> {
    let left = match cas_left {
        Some(left) if !ca.is_self_issued() => {
            Some(left.checked_sub(1).ok_or(RejectReason::PathLength)?)
        }
        other => other,
    };
    Ok(match (left, ca.path_length()) {
        (Some(left), Some(own)) => Some(left.min(own)),
        (left, own) => left.or(own),
    })
}

fn parse(x5c: &[Vec<u8>]) -> Result<Vec<Certificate>, RejectReason> {
    if x5c.len() > MAX_CHAIN {
        return Err(RejectReason::ChainTooLong);
    }
    x5c.iter().map(|der| Certificate::parse(der)).collect()
}

/// Verifies a chain with the default rules: see [`ChainRules::verify`].
///
/// # Errors
/// As [`ChainRules::verify`].
pub fn verify_chain(
    x5c: &[Vec<u8>],
    anchors: &[TrustAnchor],
    usage: CertificateUsage,
    at: UnixTime,
) -> Result<VerifiedChain, TrustError> {
    ChainRules::new(usage, at).verify(x5c, anchors)
}

/// A chain that led to an anchor of the app. Only verification makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedChain {
    leaf_key: PublicKey,
    leaf_sha256: [u8; 32],
    dns_names: Vec<String>,
    uris: Vec<String>,
    subject: String,
    organisation: Option<String>,
    authority_key_ids: Vec<Vec<u8>>,
}

impl VerifiedChain {
    fn new(leaf: &Certificate, path: &[Certificate]) -> Self {
        let names = &leaf.extensions().alternative_names;
        Self {
            leaf_key: leaf.key().clone(),
            leaf_sha256: sha256(&[leaf.der()]),
            dns_names: names.hosts(),
            uris: names.uris().to_vec(),
            subject: leaf.subject_text(),
            organisation: leaf.organisation_text(),
            authority_key_ids: path
                .iter()
                .filter_map(|one| one.extensions().authority_key_id.clone())
                .collect(),
        }
    }

    /// The key of the end certificate.
    #[must_use]
    pub const fn leaf_key(&self) -> &PublicKey {
        &self.leaf_key
    }

    /// SHA-256 of the end certificate's DER (`x509_hash`, OpenID4VP 1.0 5.9.3).
    #[must_use]
    pub const fn leaf_sha256(&self) -> [u8; 32] {
        self.leaf_sha256
    }

    /// The `dNSName` alternative names of the end certificate that name one host each, in lower case (`x509_san_dns`,
    /// OpenID4VP 1.0 5.9.3). Wildcards are left out.
    #[must_use]
    pub fn dns_names(&self) -> &[String] {
        &self.dns_names
    }

    /// The URI alternative names of the end certificate, as written. Untrusted text: for comparison, not for display.
    #[must_use]
    pub fn uris(&self) -> &[String] {
        &self.uris
    }

    /// The whole subject (RFC 4514), made safe to show.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The subject's organisation, else its common name, made safe to show.
    #[must_use]
    pub fn organisation(&self) -> Option<&str> {
        self.organisation.as_deref()
    }

    /// The authority key identifiers of the chain's certificates, for `trusted_authorities` of type `aki`
    /// (OpenID4VP 1.0 6.1.1.1).
    #[must_use]
    pub fn authority_key_ids(&self) -> &[Vec<u8>] {
        &self.authority_key_ids
    }
}

/// Whether a chain of ours may be sent under HAIP 1.0 (4.1, 4.4.1, 4.5.1): its end certificate is not self-signed and
/// the anchor is not in it.
pub(crate) fn is_haip_chain(x5c: &[Vec<u8>]) -> bool {
    let certificates = parse(x5c).unwrap_or_default();
    !certificates.is_empty() && !certificates.iter().any(Certificate::is_self_issued)
}
