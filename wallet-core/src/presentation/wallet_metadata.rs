//! What a verifier is told about the wallet when it asks for that (OpenID4VP 1.0 5.10, 10): the same for every holder.

use super::client_id::ClientIdPrefix;
use super::verifier::ResponseMode;
use crate::formats::data_integrity::Cryptosuite;
use crate::formats::data_integrity::ecdsa_rdfc_2019::SUITE as OUTER_SUITE;
use crate::formats::jwt_vc;
use crate::jose::Algorithm;
use crate::profile::Profile;
use serde_json::{Value, json};

/// The metadata under a profile. Without `issuer`: the audience of the request object stays that of static discovery
/// (5.8).
pub(super) fn wallet_metadata(profile: Profile) -> Value {
    let (prefixes, modes) = match profile {
        Profile::Standard => (
            ClientIdPrefix::ALL.to_vec(),
            vec![ResponseMode::DirectPostJwt, ResponseMode::DirectPost],
        ),
        Profile::Haip => (
            vec![ClientIdPrefix::X509Hash],
            vec![ResponseMode::DirectPostJwt],
        ),
    };
    let prefixes: Vec<_> = prefixes.iter().map(|prefix| prefix.as_str()).collect();
    let modes: Vec<_> = modes.iter().map(|mode| mode.as_str()).collect();
    let algorithms = [Algorithm::Es256, Algorithm::Es384, Algorithm::EdDsa].map(Algorithm::as_str);
    let [bbs, ecdsa] = [Cryptosuite::Bbs2023, Cryptosuite::EcdsaSd2023].map(Cryptosuite::as_str);
    let suites = [bbs, ecdsa, OUTER_SUITE];
    let w3c_algorithms = jwt_vc::ALGORITHMS.map(Algorithm::as_str);
    // Of holder keys, whatever this holder has.
    let holder_algorithms = [Algorithm::Es256, Algorithm::EdDsa].map(Algorithm::as_str);
    json!({
        "vp_formats_supported": {
            "dc+sd-jwt": {"sd-jwt_alg_values": algorithms, "kb-jwt_alg_values": holder_algorithms},
            "jwt_vc_json": {"alg_values": w3c_algorithms},
            "ldp_vc": {"proof_type_values": ["DataIntegrityProof"], "cryptosuite_values": suites},
        },
        "client_id_prefixes_supported": prefixes,
        "response_types_supported": ["vp_token"],
        "response_modes_supported": modes,
        "request_object_signing_alg_values_supported": algorithms,
        "authorization_encryption_alg_values_supported": ["ECDH-ES"],
        "authorization_encryption_enc_values_supported": ["A256GCM", "A128GCM"],
    })
}
