//! Every error code, and who can act on it. docs/errors.md says what to do.

/// Who can act on an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Category {
    /// The person holding the phone: a wrong PIN, a refusal, a choice to make.
    Holder,
    /// The app that embeds the library: a wrong call or configuration.
    App,
    /// The issuer broke a rule or refused.
    Issuer,
    /// The verifier broke a rule or refused.
    Verifier,
    /// The phone: storage, hardware keys, clock, network.
    Device,
    /// A fault of this library.
    Bug,
}

impl Category {
    /// The stable text of the category.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Holder => "holder",
            Self::App => "app",
            Self::Issuer => "issuer",
            Self::Verifier => "verifier",
            Self::Device => "device",
            Self::Bug => "bug",
        }
    }
}

/// One line per code, so that the text, the category and the list of all codes cannot drift apart.
macro_rules! error_codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $text:literal, $category:ident, $retryable:literal;)+) => {
        /// A stable error code. The text of a code never changes and is never used for another meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl ErrorCode {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable text of the code.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// Who can act on it.
            #[must_use]
            pub const fn category(self) -> Category {
                match self { $(Self::$variant => Category::$category,)+ }
            }

            /// Whether the same call may succeed later without anything else being changed.
            #[must_use]
            pub const fn is_retryable(self) -> bool {
                match self { $(Self::$variant => $retryable,)+ }
            }

            /// The line above the code, for the test of docs/errors.md. Sentences for people are the app's.
            #[cfg(test)]
            const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+),)+ }
            }
        }
    };
}

error_codes! {
    // -- store and unlocking
    /// The PIN, passphrase or recovery code does not open this slot. The store is intact.
    WrongSecret = "wrong_secret", Holder, true;
    /// Too many wrong tries: wait. `retry_after` says how long.
    LockedOut = "locked_out", Holder, true;
    /// No slot of that kind exists in this store.
    SlotMissing = "slot_missing", App, false;
    /// The hardware key cannot be used right now (before first unlock, interrupted). Nothing is lost.
    DeviceKeyUnavailableNow = "device_key_unavailable_now", Device, true;
    /// The operating system destroyed the hardware key (biometrics or screen lock changed). Use another slot.
    DeviceKeyInvalidated = "device_key_invalidated", Device, false;
    /// The hardware key is not on this device: the files were restored from elsewhere. Use another slot.
    DeviceKeyMissing = "device_key_missing", Device, false;
    /// The hardware key failed.
    DeviceKeyFailed = "device_key_failed", Device, true;
    /// The holder cancelled a prompt.
    UserCancelled = "user_cancelled", Holder, true;
    /// The operation needs the holder to authenticate first.
    UserAuthRequired = "user_auth_required", Holder, true;
    /// There is no store at this place.
    StoreMissing = "store_missing", App, false;
    /// There is a store already: it is never overwritten.
    StoreExists = "store_exists", App, false;
    /// The store was written by a newer version.
    StoreTooNew = "store_too_new", App, false;
    /// The store was written by a version too old to migrate.
    StoreTooOld = "store_too_old", App, false;
    /// The store was being erased when that was interrupted: erase it again to finish.
    ErasePending = "erase_pending", App, false;
    /// Both slot files are damaged.
    HeaderCorrupt = "header_corrupt", Device, false;
    /// A slot was changed by someone without the key.
    SlotTampered = "slot_tampered", Device, false;
    /// A slot asks for key-derivation work outside the allowed bounds.
    KdfParamsOutOfRange = "kdf_params_out_of_range", Device, false;
    /// The memory for key derivation could not be had.
    KdfMemoryUnavailable = "kdf_memory_unavailable", Device, true;
    /// The PIN is too easy to guess, or not 6 to 12 ASCII digits.
    WeakPin = "weak_pin", Holder, false;
    /// The passphrase is too easy to guess.
    WeakPassphrase = "weak_passphrase", Holder, false;
    /// The recovery code has a typing error.
    RecoveryCodeMalformed = "recovery_code_malformed", Holder, false;
    /// The configuration asked for would not protect the store, or would lose it too easily.
    UnsafeConfiguration = "unsafe_configuration", App, false;
    /// A record does not decrypt: damaged or changed.
    RecordCorrupt = "record_corrupt", Device, false;
    /// A record stands where another one belongs.
    RecordMisplaced = "record_misplaced", Device, false;
    /// The store is older than the last one seen on this device.
    RolledBack = "rolled_back", Device, false;
    /// Records are missing or were added outside the library.
    SetMismatch = "set_mismatch", Device, false;
    /// The anchor outside the files is gone (restored or new phone).
    AnchorMissing = "anchor_missing", Device, false;
    /// The anchor could not be read or written.
    AnchorFailed = "anchor_failed", Device, true;
    /// Another process, or another call, is using or making the store.
    StoreBusy = "store_busy", Device, true;
    /// The medium is full. Nothing was changed.
    DiskFull = "disk_full", Device, true;
    /// Reading or writing failed.
    IoFailed = "io_failed", Device, true;
    /// The medium or folder cannot be written.
    ReadOnlyMedium = "read_only_medium", Device, false;
    /// The database file is damaged: salvage into a new store.
    StoreCorrupt = "store_corrupt", Device, false;
    /// The wallet is locked.
    Locked = "locked", App, true;
    /// The SQLite in use has a known corruption fault.
    SqliteTooOld = "sqlite_too_old", App, false;
    /// A record or the store would exceed its limit.
    QuotaExceeded = "quota_exceeded", App, false;
    /// The clock is unavailable or implausible.
    ClockImplausible = "clock_implausible", Device, true;
    /// No randomness could be had.
    RandomUnavailable = "random_unavailable", Device, true;
    /// There is no such credential, key or record.
    NotFound = "not_found", App, false;
    /// The record was changed by another process meanwhile: read again.
    Conflict = "conflict", App, true;
    /// The credential's keys stayed on another device: it must be issued again.
    NeedsReissue = "needs_reissue", Holder, false;

    // -- holder keys
    /// The holder key is gone or unusable.
    KeyUnavailable = "key_unavailable", Device, false;
    /// Signing failed.
    KeyFailed = "key_failed", Device, true;
    /// The key may not be used for this purpose.
    KeyPurpose = "key_purpose", App, false;
    /// The app or device does not support what was asked.
    NotSupported = "not_supported", App, false;

    // -- parsing
    /// Larger than the limit.
    TooLarge = "too_large", App, false;
    /// Nested deeper than the limit.
    TooDeep = "too_deep", App, false;
    /// A JSON object or CBOR map names a member twice.
    DuplicateKey = "duplicate_key", App, false;
    /// Not in the one allowed encoding.
    NotCanonical = "not_canonical", App, false;
    /// Bytes follow the end.
    TrailingData = "trailing_data", App, false;
    /// Not valid UTF-8.
    InvalidUtf8 = "invalid_utf8", App, false;
    /// A number cannot be represented exactly.
    NumberOutOfRange = "number_out_of_range", App, false;
    /// Not of the form the standard prescribes.
    Malformed = "malformed", App, false;

    // -- trust
    /// The algorithm is not one of ours.
    AlgorithmNotAllowed = "algorithm_not_allowed", App, false;
    /// A signature does not verify.
    SignatureInvalid = "signature_invalid", App, false;
    /// An encrypted message does not decrypt under our key.
    DecryptionFailed = "decryption_failed", App, false;
    /// The issuer's certificate leads to no anchor of the app.
    UntrustedIssuer = "untrusted_issuer", Issuer, false;
    /// The verifier could not be authenticated.
    UntrustedVerifier = "untrusted_verifier", Verifier, false;
    /// A certificate in the chain is not acceptable; the subject says why.
    CertificateRejected = "certificate_rejected", App, false;

    // -- network
    /// The address may not be called (scheme, port, private address, user info).
    UrlNotAllowed = "url_not_allowed", App, false;
    /// The server redirected where that is forbidden.
    RedirectRefused = "redirect_refused", App, false;
    /// No connection, or it broke.
    NetworkFailed = "network_failed", Device, true;
    /// No answer in time.
    NetworkTimeout = "network_timeout", Device, true;
    /// The server answered with an error status.
    HttpStatus = "http_status", App, true;
    /// The answer has a content type that is not allowed here.
    ContentTypeNotAllowed = "content_type_not_allowed", App, false;

    // -- receiving credentials
    /// The credential offer breaks a rule.
    OfferInvalid = "offer_invalid", Issuer, false;
    /// The issuer's or authorization server's metadata breaks a rule.
    IssuerMetadataInvalid = "issuer_metadata_invalid", Issuer, false;
    /// The metadata belongs to another issuer than asked for.
    IssuerMismatch = "issuer_mismatch", Issuer, false;
    /// The offer needs a grant type this wallet cannot do.
    GrantNotSupported = "grant_not_supported", Issuer, false;
    /// The issuer offers a format this wallet cannot hold.
    FormatNotSupported = "format_not_supported", Issuer, false;
    /// The issuer wants a transaction code.
    TxCodeRequired = "tx_code_required", Holder, true;
    /// A transaction code was given but none is expected.
    TxCodeNotExpected = "tx_code_not_expected", App, false;
    /// The code was refused: wrong transaction code, or the offer was used or has expired.
    GrantRefused = "grant_refused", Holder, true;
    /// The authorization server refused, or the holder did there; the subject says which.
    AuthorizationRefused = "authorization_refused", Holder, true;
    /// The answer to an authorization request breaks a rule, or is not the answer to one of ours.
    AuthorizationResponseInvalid = "authorization_response_invalid", Issuer, false;
    /// The wallet's provider gave an attestation that cannot be used; the subject says why.
    AttestationInvalid = "attestation_invalid", App, false;
    /// The token endpoint refused.
    TokenRefused = "token_refused", Issuer, false;
    /// The token answer breaks a rule.
    TokenResponseInvalid = "token_response_invalid", Issuer, false;
    /// The issuer refused the proof of possession.
    ProofRefused = "proof_refused", Issuer, false;
    /// The issuer refused the nonce, twice.
    NonceRefused = "nonce_refused", Issuer, true;
    /// The issuer refused the credential request.
    CredentialRefused = "credential_refused", Issuer, false;
    /// The credential answer breaks a rule.
    CredentialResponseInvalid = "credential_response_invalid", Issuer, false;
    /// An encrypted answer was asked for, and it came unencrypted.
    AnswerNotEncrypted = "answer_not_encrypted", Issuer, false;
    /// The issuer will issue later, or what it issued cannot be verified yet.
    IssuanceDeferred = "issuance_deferred", Issuer, true;
    /// The credential is not of the type that was ordered.
    WrongCredentialType = "wrong_credential_type", Issuer, false;
    /// The credential is bound to a key that is not ours.
    HolderKeyMismatch = "holder_key_mismatch", Issuer, false;
    /// The number or the binding of the copies is not what was asked for, or they do not say the same.
    BatchMismatch = "batch_mismatch", Issuer, false;
    /// A disclosure does not match the signed digests, or is referenced twice or not at all.
    DisclosureInvalid = "disclosure_invalid", Issuer, false;
    /// A JSON-LD credential uses a context that does not ship with the library.
    UnknownContext = "unknown_context", Issuer, false;
    /// A JSON-LD document holds something whose meaning would be lost, or could be changed.
    JsonLdUnsafe = "json_ld_unsafe", Issuer, false;
    /// A document does not match its integrity hash.
    IntegrityMismatch = "integrity_mismatch", Issuer, false;
    /// The issuance was already finished or has expired.
    IssuanceExpired = "issuance_expired", App, false;
    /// The card cannot be renewed without its holder: the issuer gave no refresh token, or takes it no more.
    RenewalNeedsHolder = "renewal_needs_holder", Holder, false;
    /// What was issued is not the card it was to renew; the subject says what differs.
    RenewalMismatch = "renewal_mismatch", Issuer, false;

    /// The list of an issuer that says which credentials are withdrawn breaks a rule; the subject says which.
    StatusListInvalid = "status_list_invalid", Issuer, false;

    // -- state of a credential
    /// The credential has expired.
    CredentialExpired = "credential_expired", Holder, false;
    /// The credential is not valid yet.
    CredentialNotYetValid = "credential_not_yet_valid", Holder, true;
    /// The issuer has revoked the credential.
    CredentialRevoked = "credential_revoked", Holder, false;
    /// The issuer has suspended the credential.
    CredentialSuspended = "credential_suspended", Holder, true;
    /// No unused copy is left and the policy forbids reuse.
    OneTimeExhausted = "one_time_exhausted", Holder, false;

    // -- ledgers
    /// What should prove the state of a ledger does not; the subject says which part.
    LedgerProof = "ledger_proof", App, true;
    /// What the ledger holds was proven and is not what the app has pinned; the subject says what.
    LedgerUnverified = "ledger_unverified", App, false;
    /// What was proven is older than what this device saw before, or than the chain's profile allows: an old state is served.
    LedgerStale = "ledger_stale", App, true;
    /// Those who vouch for the blocks of a ledger contradict each other; the subject says who.
    LedgerDisagreement = "ledger_disagreement", App, true;
    /// A server of a ledger did not give what was asked of it: no answer of JSON-RPC, an error, another chain, a block it does
    /// not have; the subject says what.
    LedgerEndpoint = "ledger_endpoint", App, true;

    // -- presenting
    /// The request breaks a rule.
    RequestInvalid = "request_invalid", Verifier, false;
    /// The client identifier outside is not the one inside the signed request.
    ClientIdMismatch = "client_id_mismatch", Verifier, false;
    /// The client identifier has a prefix this wallet does not know.
    UnknownClientIdPrefix = "unknown_client_id_prefix", Verifier, false;
    /// The answer would go to an address that is not the verifier's.
    ResponseUriNotAllowed = "response_uri_not_allowed", Verifier, false;
    /// The request has no nonce, or one that was seen already.
    NonceMissingOrReused = "nonce_missing_or_reused", Verifier, false;
    /// The verifier asked too often in the last minute.
    RequestRateLimited = "request_rate_limited", Verifier, true;
    /// Another request is being read.
    RequestPending = "request_pending", App, true;
    /// The request has expired or is not valid yet.
    RequestExpired = "request_expired", Verifier, false;
    /// The request asks for something this wallet cannot do (response type or mode).
    RequestNotSupported = "request_not_supported", Verifier, false;
    /// The request carries transaction data of an unknown type, or wants a hash this wallet does not make.
    TransactionDataNotSupported = "transaction_data_not_supported", Verifier, false;
    /// The request carries transaction data that breaks a rule of its type.
    TransactionDataInvalid = "transaction_data_invalid", Verifier, false;
    /// A signed request came from an origin it was not signed for.
    OriginMismatch = "origin_mismatch", Verifier, false;
    /// The verifier wants an encrypted answer but gave no usable key.
    NoEncryptionKey = "no_encryption_key", Verifier, false;
    /// The DCQL query breaks a rule.
    QueryInvalid = "query_invalid", Verifier, false;
    /// The wallet cannot, or the holder does not want to, show what was asked.
    ClaimsNotAvailable = "claims_not_available", Holder, false;
    /// What was approved is not what would be sent.
    ConsentMismatch = "consent_mismatch", App, false;
    /// The plan was used, changed or has expired.
    ConsentExpired = "consent_expired", App, false;
    /// The verifier did not accept the answer.
    PresentationRefused = "presentation_refused", Verifier, false;
    /// It is unknown whether the answer arrived; only the same bytes may be sent again.
    DeliveryUnknown = "delivery_unknown", Device, true;

    // -- the app's code and the bindings
    /// A function the app gave the wallet failed in a way it did not declare; the subject says which.
    HostFailed = "host_failed", App, false;
    /// This offer, card, plan or attempt was used already.
    UsedUp = "used_up", App, false;
    /// A function the app gave the wallet called back into the wallet, which waits for its answer.
    CalledBack = "called_back", App, false;
    /// The native library and the bindings are of different versions.
    LibraryMismatch = "library_mismatch", App, false;

    // -- everything else
    /// A fault of this library. Please report it.
    Bug = "bug", Bug, false;
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_code_has_a_text_of_its_own_in_snake_case() {
        let texts: HashSet<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(texts.len(), ErrorCode::ALL.len());
        assert!(texts.iter().all(|text| {
            text.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        }));
    }

    /// Errors of objects that another language holds.
    #[test]
    fn what_only_the_bindings_say_is_for_the_app_to_mend() {
        for (code, text) in [
            (ErrorCode::UsedUp, "used_up"),
            (ErrorCode::LibraryMismatch, "library_mismatch"),
        ] {
            assert_eq!(code.as_str(), text);
            assert_eq!(code.category(), Category::App);
            assert!(!code.is_retryable());
        }
    }

    /// One line per code, in the same order: text, category, retry and meaning as here; advice and test not empty.
    #[test]
    fn every_code_is_documented_with_its_category_meaning_and_advice() {
        let page = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/errors.md"));
        let mut lines = page.lines().filter(|line| line.starts_with("| `"));
        for code in ErrorCode::ALL {
            let retry = if code.is_retryable() { "yes" } else { "no" };
            let expected = [
                &format!("`{}`", code.as_str()),
                code.category().as_str(),
                retry,
                code.meaning().trim(),
            ];
            let line = lines.next().unwrap();
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            assert_eq!(cells[..4], expected);
            assert!(
                cells.len() == 6 && cells.iter().all(|cell| !cell.is_empty()),
                "{line}"
            );
        }
        assert_eq!(lines.next(), None);
    }
}
