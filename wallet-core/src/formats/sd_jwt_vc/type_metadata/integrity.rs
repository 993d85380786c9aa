//! Integrity metadata (W3C Subresource Integrity 3).

use super::super::hash::HashAlgorithm;
use wallet_primitives::base64;

/// Most hash expressions looked at.
const MAX_HASHES: usize = 16;

/// An integrity string, read: the hashes of the strongest algorithm in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Integrity {
    algorithm: HashAlgorithm,
    digests: Vec<Vec<u8>>,
}

impl Integrity {
    /// Reads integrity metadata: hash expressions (`sha256-…`, `sha384-…`, `sha512-…`) parted by white space. Those of
    /// unknown algorithms are passed over, and of the known ones only the strongest count (SRI 3.3.3, 3.3.4).
    ///
    /// Where not one is known, it matches nothing: unlike a browser, a wallet does not take that for "no integrity
    /// wanted".
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut strongest = Self {
            algorithm: HashAlgorithm::Sha256,
            digests: Vec::new(),
        };
        let expressions = text.split_ascii_whitespace().take(MAX_HASHES);
        for (algorithm, digest) in expressions.filter_map(parse_expression) {
            if strength(algorithm) > strength(strongest.algorithm) {
                strongest.algorithm = algorithm;
                strongest.digests.clear();
            }
            if algorithm == strongest.algorithm {
                strongest.digests.push(digest);
            }
        }
        strongest
    }

    /// Whether `bytes`, as received, have one of the hashes (SRI 3.3.5).
    #[must_use]
    pub fn matches(&self, bytes: &[u8]) -> bool {
        let digest = self.algorithm.digest(bytes);
        self.digests.contains(&digest)
    }
}

/// `algorithm "-" base64-value ["?" options]` (SRI 3.5). The value may be in either alphabet, with or without padding.
fn parse_expression(expression: &str) -> Option<(HashAlgorithm, Vec<u8>)> {
    let expression = expression.split('?').next()?;
    let (name, value) = expression.split_once('-')?;
    let algorithm = match name {
        "sha256" => HashAlgorithm::Sha256,
        "sha384" => HashAlgorithm::Sha384,
        "sha512" => HashAlgorithm::Sha512,
        _ => return None,
    };
    let value = value
        .trim_end_matches('=')
        .replace('-', "+")
        .replace('_', "/");
    Some((algorithm, base64::decode_unpadded(&value).ok()?))
}

const fn strength(algorithm: HashAlgorithm) -> u8 {
    match algorithm {
        HashAlgorithm::Sha256 => 0,
        HashAlgorithm::Sha384 => 1,
        HashAlgorithm::Sha512 => 2,
    }
}
