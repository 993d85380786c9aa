//! The wallet's facade against an issuer and verifiers that share no code with it, over real HTTP on loopback.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

#[path = "../support/attestation.rs"]
mod attestation;
#[path = "../support/http.rs"]
mod http;
mod network;
mod phone;
mod world;

mod anchor_proofs;
mod anchors;
mod authorizing;
mod cancelled;
mod clients;
mod consent;
mod damage;
mod dc_api;
mod deferred;
mod deletion;
mod delivery;
mod device_bound;
mod due;
mod hardware;
mod history;
mod identities;
mod integrity;
mod issuer_faults;
mod jwt_credentials;
mod key_attestation;
mod ledgers;
mod locking;
mod pace;
#[cfg(feature = "draft-pseudonym")]
mod pseudonyms;
mod receiving;
mod refusal;
mod renewal;
mod renewal_safety;
mod renewed_later;
mod replacing;
mod rescue;
mod reuse;
mod spawning;
mod status;
mod transactions;
mod two_handles;
mod unverified;
mod verifier_faults;
mod w3c_credentials;
mod whole;
