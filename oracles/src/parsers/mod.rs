//! One target for each parser of foreign bytes.
//!
//! A target takes any bytes, gives them to the wallet core as a stranger would, and panics if the core breaks a promise;
//! a panic of the core itself is found as well. `fuzz/` runs the targets under libFuzzer; `tests/corpus.rs` replays
//! `fuzz/corpus` and mutates it a little on every test run. Where bytes are signed, a target signs them itself after
//! the mutation, with fixed test keys, so that the fuzzer gets past the signature.
// To panic is what a target is for.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod answers;
mod bbs;
mod bbs_blind;
mod cbor;
mod claims;
mod data_integrity;
mod dc_api;
mod dids;
mod federation;
mod fixture;
mod http;
mod issuance;
mod issuer;
mod jose;
mod json;
mod jwt_vc;
mod ledger;
mod ledger_policy;
mod ledger_rpc;
mod on_chain;
mod rdf;
mod requests;
mod sd_jwt;
mod status;
mod texts;
mod type_metadata;
mod vault;
mod verifiers;
mod x509;

/// Takes any bytes; panics where the wallet core breaks a promise.
pub type Target = fn(&[u8]);

/// Every target with the name of its folder in `fuzz/corpus` and of its program in `fuzz/fuzz_targets`.
pub const TARGETS: &[(&str, Target)] = &[
    ("json", json::strict_json),
    ("base64url", jose::base64url_text),
    ("jwk", jose::jwk),
    ("key_set", jose::key_set),
    ("jws", jose::jws),
    ("jws_signed", jose::jws_signed),
    ("jwe", jose::jwe),
    ("jwe_sealed", jose::jwe_sealed),
    ("sd_jwt", sd_jwt::text_form),
    ("sd_jwt_signed", sd_jwt::signed),
    ("sd_jwt_round_trip", sd_jwt::round_trip),
    ("sd_jwt_presentation", sd_jwt::presentation),
    ("jwt_vc_issuer_metadata", sd_jwt::issuer_metadata),
    ("type_metadata", type_metadata::documents),
    ("claim_path", claims::claim_path),
    ("dcql_query", claims::dcql_query),
    ("dcql_match", claims::dcql_match),
    ("request_link", requests::link),
    ("request_object", requests::object_form),
    ("request_uri_post", verifiers::request_uri_post),
    ("request_by_did", verifiers::request_by_did),
    ("verifier_attestation", verifiers::verifier_attestation),
    ("client_metadata", requests::client_metadata),
    ("verifier_response", requests::verifier_response),
    ("transaction_data", requests::transaction_data),
    ("did_url", verifiers::did_url),
    ("did_document", dids::document),
    ("did_web", dids::web),
    ("did_ethr_events", on_chain::ethr_events),
    ("did_meta_words", on_chain::meta_words),
    ("ledger_profile", ledger_policy::profile),
    ("ledger_checkpoint", ledger_policy::checkpoint),
    ("ledger_seals", ledger_policy::seals),
    ("ledger_rpc", ledger_rpc::answers),
    ("checkpoint_file", ledger_rpc::checkpoint_file),
    ("anchored_proof", ledger_rpc::anchored_proof),
    ("anchored_receipt", ledger_rpc::receipt),
    ("federation_chain", federation::chain),
    ("metadata_policy", federation::metadata_policy),
    ("dc_api", dc_api::request),
    ("cbor", cbor::strict_cbor),
    ("cose", cbor::cose),
    ("status_array", status::array),
    ("status_list_jwt", status::jwt),
    ("status_list_cwt", status::cwt),
    ("bitstring", status::bitstring),
    ("bitstring_credential", status::bitstring_credential),
    ("credential_offer", issuance::offer),
    ("issuer_metadata", issuance::issuer_metadata),
    ("signed_issuer_metadata", issuance::signed_issuer_metadata),
    ("authorization_server", issuance::authorization_server),
    ("token_response", issuance::token_response),
    ("nonce_response", issuance::nonce_response),
    ("credential_response", issuance::credential_response),
    ("deferred_response", issuance::deferred_response),
    ("kept_deferred", issuance::kept_deferred),
    (
        "credential_response_encrypted",
        issuance::credential_response_encrypted,
    ),
    ("dpop", issuance::dpop),
    ("wallet_attestation", issuance::wallet_attestation),
    ("key_attestation", issuance::key_attestation),
    ("authorization", issuance::authorization),
    ("picture", issuance::picture),
    ("intent", texts::intent),
    ("display_text", texts::display_text),
    ("claim_picture", texts::claim_picture),
    ("recovery_code", texts::recovery_code),
    ("url", http::url),
    ("fetch", http::fetch),
    ("certificate", x509::certificate),
    ("certificate_signed", x509::certificate_signed),
    ("pem", x509::pem),
    ("jwt_vc", jwt_vc::text_form),
    ("jwt_vc_signed", jwt_vc::signed),
    ("data_integrity", data_integrity::credential),
    ("data_integrity_base_proof", data_integrity::base_proof),
    (
        "data_integrity_derived_proof",
        data_integrity::derived_proof,
    ),
    ("data_integrity_presentation", data_integrity::presentation),
    ("json_pointer", data_integrity::pointer),
    ("bbs_key", bbs::key),
    ("bbs_signature", bbs::signature),
    ("bbs_proof", bbs::proof),
    ("bbs_commitment", bbs_blind::commitment),
    ("bbs_blind_proof", bbs_blind::proof),
    ("bbs_pseudonym", bbs_blind::pseudonym),
    ("rdf_n_quads", rdf::n_quads),
    ("rdf_canonicalize", rdf::canonical),
    ("json_ld_document", rdf::document),
    ("ledger_header", ledger::header),
    ("ledger_bundle", ledger::bundle),
    ("ledger_storage", ledger::storage),
    ("ledger_receipts", ledger::receipts),
    ("slot_file", vault::slot_file),
    ("vault_files", vault::damaged_files),
    ("salvage", vault::salvage),
];

/// Runs the target of this name.
///
/// # Panics
/// If there is none, and where the wallet core breaks a promise.
pub fn run(name: &str, input: &[u8]) {
    let target = TARGETS.iter().find(|(target, _)| *target == name);
    let (_, target) = target.expect("a target of this name");
    target(input);
}
