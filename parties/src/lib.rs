//! Small issuer and verifier on loopback: the other side of the wallet, for the demo and the tests.
//!
//! Nothing here is shared with `wallet-core`: what both get right, they got right apart.
//!
//! ```no_run
//! use serde_json::json;
//! use wallet_parties::{Parties, issuer::OfferOptions, verifier::RequestOptions};
//!
//! let parties = Parties::start()?;
//! let offer = parties.issuer.offer(&OfferOptions::of("resident_card"))?;
//! println!("a wallet that trusts {} may open {}", parties.anchors.issuer_pem, offer.uri);
//! let vct = parties.issuer.vct("resident_card");
//! let query = json!({"credentials": [{
//!     "id": "card", "format": "dc+sd-jwt", "meta": {"vct_values": [vct]},
//!     "claims": [{"path": ["age_equal_or_over", "19"], "values": [true]}],
//! }]});
//! let request = parties.verifier.request(&RequestOptions::new("bar", query))?;
//! println!("{} → {:?}", request.uri, parties.verifier.result(&request.session)?);
//! # Ok::<(), wallet_parties::Refused>(())
//! ```
#![forbid(unsafe_code)]

mod calendar;
mod cbor;
mod certificates;
pub mod chain;
pub mod collusion;
pub mod control;
pub mod data_integrity;
mod encoding;
pub mod hostile;
mod http;
pub mod issuer;
pub mod jwe;
pub mod jws;
pub mod jwt_vc;
mod keys;
mod parties;
pub mod peers;
pub mod pki;
mod png;
mod refused;
pub mod sd_jwt;
pub mod status_list;
pub mod verifier;

pub use certificates::trusted_key;
pub use encoding::{base64url, from_base64url, random_token, sha256, unix_now};
pub use http::RecordedRequest;
pub use keys::{EcKey, VerificationKey, thumbprint};
pub use parties::{Anchors, Parties};
pub use refused::{Refused, Result};
