//! Which credentials answer which credential query, and with which claims (OpenID4VP 1.0 6.4).

use super::candidate::Candidate;
use super::claims::{self, SelectedClaim};
use super::query::{ClaimsQuery, CredentialQuery, DcqlQuery};
use super::trusted_authorities;
use crate::clock::UnixTime;
use crate::formats::claim_path::ClaimPath;
use crate::formats::data_integrity::Feature;
use crate::formats::data_integrity::ecdsa_rdfc_2019::SUITE as OUTER_SUITE;
use crate::formats::{CredentialFormat, IssuerSignature};
use crate::jose::Algorithm;

/// The formats and algorithms the verifier accepts (`vp_formats_supported`, 11.1 and appendix B).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VpFormats {
    /// `dc+sd-jwt`; `None` if the verifier does not take it.
    pub sd_jwt_vc: Option<SdJwtVcAlgorithms>,
    /// `ldp_vc`; `None` if the verifier does not take it.
    pub ldp_vc: Option<LdpVcProofs>,
    /// `jwt_vc_json`; `None` if the verifier does not take it.
    pub jwt_vc: Option<JwtVcAlgorithms>,
}

impl VpFormats {
    /// Whether the verifier takes the format at all.
    #[must_use]
    pub const fn has(&self, format: CredentialFormat) -> bool {
        match format {
            CredentialFormat::SdJwtVc => self.sd_jwt_vc.is_some(),
            CredentialFormat::LdpVc => self.ldp_vc.is_some(),
            CredentialFormat::JwtVc => self.jwt_vc.is_some(),
        }
    }
}

/// Algorithms for `dc+sd-jwt` (B.3.4); `None` is no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SdJwtVcAlgorithms {
    /// `sd-jwt_alg_values`: the issuer's signature.
    pub issuer: Option<Vec<String>>,
    /// `kb-jwt_alg_values`: the KB-JWT.
    pub key_binding: Option<Vec<String>>,
}

/// Algorithms for `jwt_vc_json` (B.1.3.1); `None` is no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JwtVcAlgorithms {
    /// `alg_values`: of the credential and of the presentation.
    pub named: Option<Vec<String>>,
}

/// Proofs for `ldp_vc` (B.1.3.2); `None` is no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LdpVcProofs {
    /// `proof_type_values`: the types of proofs.
    pub types: Option<Vec<String>>,
    /// `cryptosuite_values`: the suites of Data Integrity proofs.
    pub suites: Option<Vec<String>>,
}

impl LdpVcProofs {
    /// Whether a Data Integrity proof of this suite is taken.
    pub(super) fn take(&self, suite: &str) -> bool {
        let has = |list: &Option<Vec<String>>, name: &str| {
            list.as_ref()
                .is_none_or(|list| list.iter().any(|entry| entry == name))
        };
        has(&self.types, "DataIntegrityProof") && has(&self.suites, suite)
    }
}

/// The credentials that answer one credential query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryMatch {
    /// The query's identifier.
    pub query: String,
    /// The answers, in the order of the candidates.
    pub candidates: Vec<CandidateMatch>,
}

/// One credential that answers, with every way in which it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CandidateMatch {
    /// The place among the candidates.
    pub candidate: usize,
    /// The satisfiable options in the verifier's order: never empty.
    pub options: Vec<ClaimOption>,
}

/// One satisfiable combination of claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimOption {
    /// The place in `claim_sets`, if the query has them.
    pub claim_set: Option<usize>,
    /// The claims asked for.
    pub claims: Vec<SelectedClaim>,
    /// Disclosable claims that this option reveals: the claims asked for, those around and those inside them.
    pub disclosed: Vec<ClaimPath>,
    /// Disclosable claims that stay hidden.
    pub withheld: Vec<ClaimPath>,
}

/// Matches every credential query against every candidate.
#[must_use]
pub fn match_query(
    query: &DcqlQuery,
    formats: Option<&VpFormats>,
    candidates: &[Candidate<'_>],
    now: UnixTime,
) -> Vec<QueryMatch> {
    let matches = |query: &CredentialQuery| QueryMatch {
        query: query.id.clone(),
        candidates: candidates
            .iter()
            .enumerate()
            .filter(|(_, candidate)| {
                candidate.is_valid_at(now)
                    && is_accepted(query, formats, candidate)
                    && fits(query, candidate)
            })
            .filter_map(|(place, candidate)| {
                let options = claim_options(query, candidate);
                (!options.is_empty()).then_some(CandidateMatch {
                    candidate: place,
                    options,
                })
            })
            .collect(),
    };
    query.credentials().iter().map(matches).collect()
}

/// Format, type, authority and binding.
fn fits(query: &CredentialQuery, candidate: &Candidate<'_>) -> bool {
    query.format == Some(candidate.format)
        && (query.pseudonym.is_none() || candidate.feature.is_some_and(Feature::has_pseudonym))
        && query.meta.allows(&candidate.types)
        && trusted_authorities::matches(
            query.trusted_authorities.as_deref(),
            &candidate.authority_key_ids,
        )
        && (!query.require_cryptographic_holder_binding || can_be_bound(candidate))
}

/// Whether a showing can be tied to the verifier's nonce: by the key the card is bound to, or, of a W3C credential, by a
/// presentation around it that a fresh key signs. The plan says which.
fn can_be_bound(candidate: &Candidate<'_>) -> bool {
    candidate.holder_algorithm.is_some() || candidate.format == CredentialFormat::LdpVc
}

/// The verifier's limits on formats and algorithms.
fn is_accepted(
    query: &CredentialQuery,
    formats: Option<&VpFormats>,
    candidate: &Candidate<'_>,
) -> bool {
    let Some(formats) = formats else { return true };
    match candidate.issuer_signature {
        IssuerSignature::DataIntegrity(suite) => {
            let taken = formats.ldp_vc.as_ref();
            let outer = query
                .require_cryptographic_holder_binding
                .then_some(OUTER_SUITE);
            let mut suites = core::iter::once(suite.as_str()).chain(outer);
            taken.is_some_and(|taken| suites.all(|suite| taken.take(suite)))
        }
        IssuerSignature::Jws(issuer) => {
            let lists = match candidate.format {
                CredentialFormat::JwtVc => formats
                    .jwt_vc
                    .as_ref()
                    .map(|taken| [taken.named.as_deref(); 2]),
                _ => formats
                    .sd_jwt_vc
                    .as_ref()
                    .map(|taken| [taken.issuer.as_deref(), taken.key_binding.as_deref()]),
            };
            lists.is_some_and(|[of_issuer, of_holder]| {
                let signed_here = query.require_cryptographic_holder_binding;
                names(of_issuer, issuer)
                    && candidate
                        .holder_algorithm
                        .filter(|_| signed_here)
                        .is_none_or(|algorithm| names(of_holder, algorithm))
            })
        }
    }
}

/// Whether a list of fully-specified algorithm identifiers (RFC 9864) has this one; the older `EdDSA` counts as well.
fn names(list: Option<&[String]>, algorithm: Algorithm) -> bool {
    list.is_none_or(|list| {
        list.iter().any(|name| match algorithm {
            Algorithm::Es256 => name == "ES256",
            Algorithm::Es384 => name == "ES384",
            Algorithm::EdDsa => name == "Ed25519" || name == "EdDSA",
            Algorithm::Es256K => name == "ES256K",
        })
    })
}

/// Every satisfiable option, in the verifier's order (6.4.1).
fn claim_options(query: &CredentialQuery, candidate: &Candidate<'_>) -> Vec<ClaimOption> {
    let Some(claims) = query.claims.as_deref() else {
        return vec![option(candidate, None, Vec::new())];
    };
    // Each claim is looked up once, however many sets name it.
    let selected: Vec<_> = claims
        .iter()
        .map(|claim| claims::select(claim, candidate.claims))
        .collect();
    let all = |places: &[usize]| -> Option<Vec<SelectedClaim>> {
        places
            .iter()
            .map(|place| selected.get(*place).cloned().flatten())
            .collect()
    };
    match &query.claim_sets {
        None => {
            let every: Vec<_> = (0..claims.len())
                .filter(|at| !is_repeated(claims, *at))
                .collect();
            all(&every)
                .map(|claims| option(candidate, None, claims))
                .into_iter()
                .collect()
        }
        Some(sets) => (0..)
            .zip(sets)
            .filter_map(|(place, set)| Some(option(candidate, Some(place), all(set)?)))
            .collect(),
    }
}

/// A claim asked for a second time in the same way is ignored (6.1).
fn is_repeated(claims: &[ClaimsQuery], at: usize) -> bool {
    claims.get(at).is_some_and(|claim| {
        claims
            .iter()
            .take(at)
            .any(|earlier| earlier.path == claim.path && earlier.values == claim.values)
    })
}

fn option(
    candidate: &Candidate<'_>,
    claim_set: Option<usize>,
    claims: Vec<SelectedClaim>,
) -> ClaimOption {
    let (disclosed, withheld) = claims::split_disclosable(candidate, &claims);
    ClaimOption {
        claim_set,
        claims,
        disclosed,
        withheld,
    }
}
