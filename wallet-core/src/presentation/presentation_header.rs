//! The `presentationHeader` of a derived bbs-2023 proof: what ties it to one verifier and one request.
//!
//! A profile of ours, told byte for byte in docs/presentation-header.md: OpenID4VP 1.0 has no rule for it. A verifier that
//! does not compute it again takes a proof that was made for somebody else.

use super::encoding::Encoding;
use super::verifier::{Destination, VerifiedRequest};
use crate::labels::PRESENTATION_HEADER;
use sha2::{Digest as _, Sha256};

/// What a derived proof is bound to.
pub(super) struct Binding<'a> {
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    /// The response URI, or the origin of the caller of the Digital Credentials API.
    pub(super) destination: &'a str,
    /// RFC 7638 thumbprint of the key the answer is encrypted to.
    pub(super) encryption_thumbprint: Option<[u8; 32]>,
    /// The transaction data it authorises, each as the verifier wrote it.
    pub(super) transaction_data: Vec<&'a str>,
}

impl<'a> Binding<'a> {
    /// To a request, and the transactions at these places.
    pub(super) fn to(request: &'a VerifiedRequest, transactions: &[usize]) -> Self {
        let all = request.transaction_data();
        let data = transactions.iter().filter_map(|place| all.get(*place));
        Self {
            client_id: request.verifier().client_id().as_str(),
            nonce: request.nonce(),
            destination: match request.destination() {
                Destination::ResponseUri(uri) => uri,
                Destination::Caller { origin, .. } => origin.as_str(),
            },
            encryption_thumbprint: request.encryption_thumbprint(),
            transaction_data: data.map(|data| data.raw()).collect(),
        }
    }

    pub(super) fn header(&self) -> [u8; 32] {
        let mut encoding = Encoding::new(PRESENTATION_HEADER);
        encoding.text(self.client_id);
        encoding.text(self.nonce);
        encoding.text(self.destination);
        let thumbprint = self.encryption_thumbprint.as_ref();
        encoding.bytes(thumbprint.map_or(&[], <[u8; 32]>::as_slice));
        encoding.list(&self.transaction_data, |encoding, data| {
            encoding.bytes(&Sha256::digest(data));
        });
        encoding.sha256()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::collections::BTreeSet;

    fn binding<'a>() -> Binding<'a> {
        Binding {
            client_id: "x509_san_dns:verifier.example",
            nonce: "n-0S6_WzA2Mj",
            destination: "https://verifier.example/response",
            encryption_thumbprint: None,
            transaction_data: Vec::new(),
        }
    }

    fn hex(header: [u8; 32]) -> String {
        header.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The examples of docs/presentation-header.md, computed with Python's hashlib.
    #[test]
    fn the_headers_are_those_of_the_documentation() {
        let documented = include_str!("../../../docs/presentation-header.md");
        let plain = hex(binding().header());
        assert!(documented.contains(&plain), "{plain}");
        let full = Binding {
            encryption_thumbprint: Some([7; 32]),
            transaction_data: vec!["eyJhIjoxfQ", "eyJiIjoyfQ"],
            ..binding()
        };
        let full = hex(full.header());
        assert!(documented.contains(&full), "{full}");
    }

    #[test]
    fn every_part_changes_the_header_and_none_can_pass_for_another() {
        let other = [
            binding(),
            Binding {
                client_id: "x509_san_dns:verifier.examplen",
                nonce: "-0S6_WzA2Mj",
                ..binding()
            },
            Binding {
                nonce: "other",
                ..binding()
            },
            Binding {
                destination: "https://verifier.example/other",
                ..binding()
            },
            Binding {
                encryption_thumbprint: Some([0; 32]),
                ..binding()
            },
            Binding {
                transaction_data: vec!["a"],
                ..binding()
            },
            Binding {
                transaction_data: vec!["a", "b"],
                ..binding()
            },
            Binding {
                transaction_data: vec!["b", "a"],
                ..binding()
            },
        ];
        let headers: BTreeSet<_> = other.iter().map(Binding::header).collect();
        assert_eq!(headers.len(), other.len());
    }
}
