//! What may go wrong on the issuer's side.

use serde::{Deserialize, Serialize};

/// What goes wrong on the issuer's side after an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fault {
    /// The credentials' signatures are broken.
    BadSignature,
    /// The credentials are bound to a key nobody asked for.
    WrongKey,
    /// The credentials are of another type than ordered.
    WrongType,
    /// The first credential request is refused with `invalid_nonce`, as if its nonce had just expired.
    StaleNonce,
    /// Every credential request is refused with `invalid_nonce`.
    AlwaysStaleNonce,
    /// The credentials expired an hour ago.
    Expired,
    /// The credentials become valid tomorrow.
    NotYetValid,
    /// The signer's certificate leads to no anchor of the wallet.
    UntrustedSigner,
    /// Only the last copy of the batch has a broken signature.
    OneBadCopy,
    /// One credential less than was ordered.
    OneCopyMissing,
    /// A digest appears twice in the payload (RFC 9901 section 7.1).
    RepeatedDigest,
    /// The base proof names other mandatory pointers than were signed (`ldp_vc`).
    OtherMandatory,
    /// The issuer's part of the secret for pseudonyms is another than before (`ldp_vc`).
    OtherEntropy,
    /// `vct#integrity` does not fit the type metadata.
    WrongTypeIntegrity,
    /// The credential endpoint answers 500.
    ServerError,
    /// The authorization answer comes without `state`.
    NoState,
    /// The authorization answer comes with a `state` of another request.
    WrongState,
    /// The authorization answer comes without `iss` (RFC 9207), though the metadata promise it.
    NoIss,
    /// The authorization answer names another authorization server.
    WrongIss,
    /// The authorization answer is an error: the holder did not consent.
    AuthorizationDenied,
    /// `token_type` in capitals where there should be none (RFC 6749 section 5.1).
    TokenTypeCase,
    /// A Bearer token for a wallet that proved a DPoP key.
    BearerForDpop,
    /// The token response does not say how long the token lives.
    NoExpiresIn,
    /// A plain answer to a request for an encrypted one.
    PlainResponse,
    /// A deferred issuance ends in a refusal.
    DeferredDenied,
    /// The refresh token is refused.
    RefreshRefused,
}
