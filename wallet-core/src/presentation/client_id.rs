//! Client identifiers and their prefixes (OpenID4VP 1.0 5.9).

use super::error::PresentationError;
use super::origin::Origin;

/// Most bytes of a client identifier.
const MAX_BYTES: usize = 2048;

/// A prefix that says how a client identifier is to be understood (5.9.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ClientIdPrefix {
    /// `x509_san_dns`: a DNS name in the signer's certificate.
    X509SanDns,
    /// `x509_hash`: the SHA-256 of the signer's certificate.
    X509Hash,
    /// `redirect_uri`: the address the answer goes to; proves nothing.
    RedirectUri,
    /// `decentralized_identifier`: a DID, one of whose keys signs.
    DecentralizedIdentifier,
    /// `verifier_attestation`: the subject of an attestation JWT whose confirmed key signs.
    VerifierAttestation,
    /// `openid_federation`: an entity identifier of a federation.
    OpenIdFederation,
    /// `origin`: the caller of the Digital Credentials API, as the platform names it. Never taken from a request
    /// (5.9.3).
    Origin,
}

impl ClientIdPrefix {
    /// Every prefix.
    pub(super) const ALL: [Self; 6] = [
        Self::X509SanDns,
        Self::X509Hash,
        Self::RedirectUri,
        Self::DecentralizedIdentifier,
        Self::VerifierAttestation,
        Self::OpenIdFederation,
    ];

    /// The text of the prefix.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::X509SanDns => "x509_san_dns",
            Self::X509Hash => "x509_hash",
            Self::RedirectUri => "redirect_uri",
            Self::DecentralizedIdentifier => "decentralized_identifier",
            Self::VerifierAttestation => "verifier_attestation",
            Self::OpenIdFederation => "openid_federation",
            Self::Origin => "origin",
        }
    }
}

/// A client identifier: always used in full, prefix included (OpenID4VP 1.0 14.10).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientId {
    full: String,
    prefix: ClientIdPrefix,
}

impl ClientId {
    /// Takes an identifier apart at its first colon. There is no fallback: what is not understood is refused.
    ///
    /// # Errors
    /// Without a prefix (a pre-registered client, of which this wallet has none), with an unknown one, or with the
    /// reserved `origin`.
    pub fn parse(text: &str) -> Result<Self, PresentationError> {
        if text.len() > MAX_BYTES {
            return Err(PresentationError::TooLarge);
        }
        let (prefix, id) = text
            .split_once(':')
            .ok_or(PresentationError::NotPreRegistered)?;
        let prefix = ClientIdPrefix::ALL
            .into_iter()
            .find(|known| known.as_str() == prefix)
            .ok_or(PresentationError::UnknownPrefix)?;
        if id.is_empty() {
            return Err(PresentationError::ClientIdMissing);
        }
        Ok(Self {
            full: text.to_owned(),
            prefix,
        })
    }

    /// The identifier of a caller whose origin the platform gave.
    pub(super) fn of_origin(origin: &Origin) -> Self {
        Self {
            full: format!("{}:{}", ClientIdPrefix::Origin.as_str(), origin.as_str()),
            prefix: ClientIdPrefix::Origin,
        }
    }

    /// The full identifier, the audience of every presentation.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.full
    }

    /// The prefix.
    #[must_use]
    pub fn prefix(&self) -> ClientIdPrefix {
        self.prefix
    }

    /// The identifier without its prefix.
    #[must_use]
    pub fn original(&self) -> &str {
        self.full.split_once(':').map_or("", |(_, id)| id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // shows: VP 8
    #[test]
    fn the_prefix_is_what_stands_before_the_first_colon() {
        let id = ClientId::parse("redirect_uri:https://client.example.org/cb").ok();
        let id = id.as_ref();
        assert_eq!(id.map(ClientId::prefix), Some(ClientIdPrefix::RedirectUri));
        assert_eq!(
            id.map(ClientId::original),
            Some("https://client.example.org/cb")
        );
    }

    // shows: VP 8, VP 14, HOSTILE 2
    #[test]
    fn an_unknown_or_reserved_prefix_is_no_pre_registered_client() {
        for (text, error) in [
            ("made_up:abc", PresentationError::UnknownPrefix),
            (
                "origin:https://verifier.example.com",
                PresentationError::UnknownPrefix,
            ),
            (
                "https://client.example.org",
                PresentationError::UnknownPrefix,
            ),
            (
                "X509_SAN_DNS:client.example.org",
                PresentationError::UnknownPrefix,
            ),
            (":abc", PresentationError::UnknownPrefix),
            ("example-client", PresentationError::NotPreRegistered),
            ("", PresentationError::NotPreRegistered),
            ("x509_hash:", PresentationError::ClientIdMissing),
            ("verifier_attestation:", PresentationError::ClientIdMissing),
        ] {
            assert_eq!(ClientId::parse(text), Err(error), "{text}");
        }
        let long = format!("x509_hash:{}", "a".repeat(MAX_BYTES));
        assert_eq!(ClientId::parse(&long), Err(PresentationError::TooLarge));
    }
}
