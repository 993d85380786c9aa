//! Parties that mean harm: a server that answers as it should not, requests and offers that break one rule each.
//! The other end of what `tests/hostile` shows of the wallet.

mod impostor;
mod server;
mod verifier;

pub use impostor::Impostor;
pub use server::{Hostile, Received, Trick};
pub use verifier::{ForgedRequest, Forger};

/// The parameter of a link, decoded.
pub fn parameter(link: &str, name: &str) -> Option<String> {
    let (_, query) = link.split_once('?')?;
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs
        .find(|(n, _)| n == name)
        .map(|(_, value)| value.into_owned())
}

/// Bytes as an entry of `x5c`.
pub fn base64(bytes: &[u8]) -> String {
    crate::encoding::base64(bytes)
}
