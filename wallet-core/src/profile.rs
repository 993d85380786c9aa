//! Which rules hold beyond those of the standards themselves.

/// A set of rules the app holds issuers and verifiers to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Profile {
    /// OpenID4VCI 1.0 and OpenID4VP 1.0 as they are written.
    #[default]
    Standard,
    /// The OpenID4VC High Assurance Interoperability Profile 1.0. It adds, for verifiers:
    ///
    /// - Requests are signed under `x509_hash`, without the trust anchor in `x5c` (5); any other client identifier is
    ///   refused, and so is a request that is not signed.
    /// - By a link a request comes as `request_uri` and is answered with `direct_post.jwt` (5.1); through the Digital
    ///   Credentials API it is answered with `dc_api.jwt` (5.2).
    ///
    /// and for issuers: access tokens are bound to a key, redirect answers name their server (4), the wallet is attested
    /// wherever the server takes that, and attestations of the wallet and its keys name their signer by `x5c` (4.4.1, 4.5.1).
    ///
    /// What else HAIP asks of a wallet holds in every profile: DCQL only, answers encrypted with ECDH-ES on P-256 to a
    /// key of `client_metadata`, A256GCM before A128GCM, end certificates that are not self-signed.
    Haip,
}

impl Profile {
    /// A stable word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Haip => "haip",
        }
    }
}
