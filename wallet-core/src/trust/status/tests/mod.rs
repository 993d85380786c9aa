//! Vectors are in `test-fixtures/vectors/token-status-list` and `…/bitstring-status-list`.
#![allow(clippy::unwrap_used)]

mod bitstring;
mod cards;
mod compression;
mod cwt;
mod jwt;
mod references;
mod vectors;
mod web_site;

use super::{StatusError, StatusSigners};
use crate::clock::UnixTime;
use crate::trust::{TrustAnchor, TrustAnchors};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::io::Write as _;
use wallet_parties::pki::{CertificateAuthority, Leaf, LeafProfile};

const NOW: u64 = 1_700_000_000;
const URI: &str = "https://issuer.example/statuslists/1";

fn at() -> UnixTime {
    UnixTime::from_secs(NOW as i64)
}

/// An issuer and those who trust its authority.
struct World {
    leaf: Leaf,
    stranger: Leaf,
    anchor: Vec<u8>,
    trust: TrustAnchors,
}

impl World {
    fn new() -> Self {
        let authority = CertificateAuthority::generate_at("Test CA", NOW).unwrap();
        let stranger = CertificateAuthority::generate_at("Other CA", NOW).unwrap();
        let profile = LeafProfile::Issuer {
            common_name: "Residents' office".to_owned(),
            uri: None,
        };
        Self {
            leaf: authority.issue_leaf(&profile).unwrap(),
            stranger: stranger.issue_leaf(&profile).unwrap(),
            anchor: authority.der().to_vec(),
            trust: TrustAnchors {
                issuers: vec![TrustAnchor::from_der(authority.der()).unwrap()],
                ..TrustAnchors::default()
            },
        }
    }

    /// Believes certificates alone.
    fn signers(&self) -> StatusSigners<'_> {
        StatusSigners::of(&self.trust, None, [], at())
    }
}

/// zlib of `bytes`.
fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn refusal<T>(result: Result<T, StatusError>) -> StatusError {
    result.err().expect("this must be refused")
}
