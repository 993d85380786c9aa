// Written by `cargo xtask bindings` from docs/errors.md. Do not edit.

/// The version of this library, and the one the native library must have.
package let boundVersion = "0.1.0"

/// What went wrong. The ``text`` of a code never changes and never gets another meaning; new codes may come, so that a `switch`
/// over them needs a `default`. `docs/errors.md` says for each what to do.
public struct ErrorCode: Hashable, Sendable, CustomStringConvertible {
    /// The stable text.
    public let text: String

    public init(_ text: String) {
        self.text = text
    }

    public var description: String { text }

    /// The PIN, passphrase or recovery code does not open this slot. The store is intact.
    public static let wrongSecret = ErrorCode("wrong_secret")

    /// Too many wrong tries: wait. `retry_after` says how long.
    public static let lockedOut = ErrorCode("locked_out")

    /// No slot of that kind exists in this store.
    public static let slotMissing = ErrorCode("slot_missing")

    /// The hardware key cannot be used right now (before first unlock, interrupted). Nothing is lost.
    public static let deviceKeyUnavailableNow = ErrorCode("device_key_unavailable_now")

    /// The operating system destroyed the hardware key (biometrics or screen lock changed). Use another slot.
    public static let deviceKeyInvalidated = ErrorCode("device_key_invalidated")

    /// The hardware key is not on this device: the files were restored from elsewhere. Use another slot.
    public static let deviceKeyMissing = ErrorCode("device_key_missing")

    /// The hardware key failed.
    public static let deviceKeyFailed = ErrorCode("device_key_failed")

    /// The holder cancelled a prompt.
    public static let userCancelled = ErrorCode("user_cancelled")

    /// The operation needs the holder to authenticate first.
    public static let userAuthRequired = ErrorCode("user_auth_required")

    /// There is no store at this place.
    public static let storeMissing = ErrorCode("store_missing")

    /// There is a store already: it is never overwritten.
    public static let storeExists = ErrorCode("store_exists")

    /// The store was written by a newer version.
    public static let storeTooNew = ErrorCode("store_too_new")

    /// The store was written by a version too old to migrate.
    public static let storeTooOld = ErrorCode("store_too_old")

    /// The store was being erased when that was interrupted: erase it again to finish.
    public static let erasePending = ErrorCode("erase_pending")

    /// Both slot files are damaged.
    public static let headerCorrupt = ErrorCode("header_corrupt")

    /// A slot was changed by someone without the key.
    public static let slotTampered = ErrorCode("slot_tampered")

    /// A slot asks for key-derivation work outside the allowed bounds.
    public static let kdfParamsOutOfRange = ErrorCode("kdf_params_out_of_range")

    /// The memory for key derivation could not be had.
    public static let kdfMemoryUnavailable = ErrorCode("kdf_memory_unavailable")

    /// The PIN is too easy to guess, or not 6 to 12 ASCII digits.
    public static let weakPin = ErrorCode("weak_pin")

    /// The passphrase is too easy to guess.
    public static let weakPassphrase = ErrorCode("weak_passphrase")

    /// The recovery code has a typing error.
    public static let recoveryCodeMalformed = ErrorCode("recovery_code_malformed")

    /// The configuration asked for would not protect the store, or would lose it too easily.
    public static let unsafeConfiguration = ErrorCode("unsafe_configuration")

    /// A record does not decrypt: damaged or changed.
    public static let recordCorrupt = ErrorCode("record_corrupt")

    /// A record stands where another one belongs.
    public static let recordMisplaced = ErrorCode("record_misplaced")

    /// The store is older than the last one seen on this device.
    public static let rolledBack = ErrorCode("rolled_back")

    /// Records are missing or were added outside the library.
    public static let setMismatch = ErrorCode("set_mismatch")

    /// The anchor outside the files is gone (restored or new phone).
    public static let anchorMissing = ErrorCode("anchor_missing")

    /// The anchor could not be read or written.
    public static let anchorFailed = ErrorCode("anchor_failed")

    /// Another process, or another call, is using or making the store.
    public static let storeBusy = ErrorCode("store_busy")

    /// The medium is full. Nothing was changed.
    public static let diskFull = ErrorCode("disk_full")

    /// Reading or writing failed.
    public static let ioFailed = ErrorCode("io_failed")

    /// The medium or folder cannot be written.
    public static let readOnlyMedium = ErrorCode("read_only_medium")

    /// The database file is damaged: salvage into a new store.
    public static let storeCorrupt = ErrorCode("store_corrupt")

    /// The wallet is locked.
    public static let locked = ErrorCode("locked")

    /// The SQLite in use has a known corruption fault.
    public static let sqliteTooOld = ErrorCode("sqlite_too_old")

    /// A record or the store would exceed its limit.
    public static let quotaExceeded = ErrorCode("quota_exceeded")

    /// The clock is unavailable or implausible.
    public static let clockImplausible = ErrorCode("clock_implausible")

    /// No randomness could be had.
    public static let randomUnavailable = ErrorCode("random_unavailable")

    /// There is no such credential, key or record.
    public static let notFound = ErrorCode("not_found")

    /// The record was changed by another process meanwhile: read again.
    public static let conflict = ErrorCode("conflict")

    /// The credential's keys stayed on another device: it must be issued again.
    public static let needsReissue = ErrorCode("needs_reissue")

    /// The holder key is gone or unusable.
    public static let keyUnavailable = ErrorCode("key_unavailable")

    /// Signing failed.
    public static let keyFailed = ErrorCode("key_failed")

    /// The key may not be used for this purpose.
    public static let keyPurpose = ErrorCode("key_purpose")

    /// The app or device does not support what was asked.
    public static let notSupported = ErrorCode("not_supported")

    /// Larger than the limit.
    public static let tooLarge = ErrorCode("too_large")

    /// Nested deeper than the limit.
    public static let tooDeep = ErrorCode("too_deep")

    /// A JSON object or CBOR map names a member twice.
    public static let duplicateKey = ErrorCode("duplicate_key")

    /// Not in the one allowed encoding.
    public static let notCanonical = ErrorCode("not_canonical")

    /// Bytes follow the end.
    public static let trailingData = ErrorCode("trailing_data")

    /// Not valid UTF-8.
    public static let invalidUtf8 = ErrorCode("invalid_utf8")

    /// A number cannot be represented exactly.
    public static let numberOutOfRange = ErrorCode("number_out_of_range")

    /// Not of the form the standard prescribes.
    public static let malformed = ErrorCode("malformed")

    /// The algorithm is not one of ours.
    public static let algorithmNotAllowed = ErrorCode("algorithm_not_allowed")

    /// A signature does not verify.
    public static let signatureInvalid = ErrorCode("signature_invalid")

    /// An encrypted message does not decrypt under our key.
    public static let decryptionFailed = ErrorCode("decryption_failed")

    /// The issuer's certificate leads to no anchor of the app.
    public static let untrustedIssuer = ErrorCode("untrusted_issuer")

    /// The verifier could not be authenticated.
    public static let untrustedVerifier = ErrorCode("untrusted_verifier")

    /// A certificate in the chain is not acceptable; the subject says why.
    public static let certificateRejected = ErrorCode("certificate_rejected")

    /// The address may not be called (scheme, port, private address, user info).
    public static let urlNotAllowed = ErrorCode("url_not_allowed")

    /// The server redirected where that is forbidden.
    public static let redirectRefused = ErrorCode("redirect_refused")

    /// No connection, or it broke.
    public static let networkFailed = ErrorCode("network_failed")

    /// No answer in time.
    public static let networkTimeout = ErrorCode("network_timeout")

    /// The server answered with an error status.
    public static let httpStatus = ErrorCode("http_status")

    /// The answer has a content type that is not allowed here.
    public static let contentTypeNotAllowed = ErrorCode("content_type_not_allowed")

    /// The credential offer breaks a rule.
    public static let offerInvalid = ErrorCode("offer_invalid")

    /// The issuer's or authorization server's metadata breaks a rule.
    public static let issuerMetadataInvalid = ErrorCode("issuer_metadata_invalid")

    /// The metadata belongs to another issuer than asked for.
    public static let issuerMismatch = ErrorCode("issuer_mismatch")

    /// The offer needs a grant type this wallet cannot do.
    public static let grantNotSupported = ErrorCode("grant_not_supported")

    /// The issuer offers a format this wallet cannot hold.
    public static let formatNotSupported = ErrorCode("format_not_supported")

    /// The issuer wants a transaction code.
    public static let txCodeRequired = ErrorCode("tx_code_required")

    /// A transaction code was given but none is expected.
    public static let txCodeNotExpected = ErrorCode("tx_code_not_expected")

    /// The code was refused: wrong transaction code, or the offer was used or has expired.
    public static let grantRefused = ErrorCode("grant_refused")

    /// The authorization server refused, or the holder did there; the subject says which.
    public static let authorizationRefused = ErrorCode("authorization_refused")

    /// The answer to an authorization request breaks a rule, or is not the answer to one of ours.
    public static let authorizationResponseInvalid = ErrorCode("authorization_response_invalid")

    /// The wallet's provider gave an attestation that cannot be used; the subject says why.
    public static let attestationInvalid = ErrorCode("attestation_invalid")

    /// The token endpoint refused.
    public static let tokenRefused = ErrorCode("token_refused")

    /// The token answer breaks a rule.
    public static let tokenResponseInvalid = ErrorCode("token_response_invalid")

    /// The issuer refused the proof of possession.
    public static let proofRefused = ErrorCode("proof_refused")

    /// The issuer refused the nonce, twice.
    public static let nonceRefused = ErrorCode("nonce_refused")

    /// The issuer refused the credential request.
    public static let credentialRefused = ErrorCode("credential_refused")

    /// The credential answer breaks a rule.
    public static let credentialResponseInvalid = ErrorCode("credential_response_invalid")

    /// An encrypted answer was asked for, and it came unencrypted.
    public static let answerNotEncrypted = ErrorCode("answer_not_encrypted")

    /// The issuer will issue later, or what it issued cannot be verified yet.
    public static let issuanceDeferred = ErrorCode("issuance_deferred")

    /// The credential is not of the type that was ordered.
    public static let wrongCredentialType = ErrorCode("wrong_credential_type")

    /// The credential is bound to a key that is not ours.
    public static let holderKeyMismatch = ErrorCode("holder_key_mismatch")

    /// The number or the binding of the copies is not what was asked for, or they do not say the same.
    public static let batchMismatch = ErrorCode("batch_mismatch")

    /// A disclosure does not match the signed digests, or is referenced twice or not at all.
    public static let disclosureInvalid = ErrorCode("disclosure_invalid")

    /// A JSON-LD credential uses a context that does not ship with the library.
    public static let unknownContext = ErrorCode("unknown_context")

    /// A JSON-LD document holds something whose meaning would be lost, or could be changed.
    public static let jsonLdUnsafe = ErrorCode("json_ld_unsafe")

    /// A document does not match its integrity hash.
    public static let integrityMismatch = ErrorCode("integrity_mismatch")

    /// The issuance was already finished or has expired.
    public static let issuanceExpired = ErrorCode("issuance_expired")

    /// The card cannot be renewed without its holder: the issuer gave no refresh token, or takes it no more.
    public static let renewalNeedsHolder = ErrorCode("renewal_needs_holder")

    /// What was issued is not the card it was to renew; the subject says what differs.
    public static let renewalMismatch = ErrorCode("renewal_mismatch")

    /// The list of an issuer that says which credentials are withdrawn breaks a rule; the subject says which.
    public static let statusListInvalid = ErrorCode("status_list_invalid")

    /// The credential has expired.
    public static let credentialExpired = ErrorCode("credential_expired")

    /// The credential is not valid yet.
    public static let credentialNotYetValid = ErrorCode("credential_not_yet_valid")

    /// The issuer has revoked the credential.
    public static let credentialRevoked = ErrorCode("credential_revoked")

    /// The issuer has suspended the credential.
    public static let credentialSuspended = ErrorCode("credential_suspended")

    /// No unused copy is left and the policy forbids reuse.
    public static let oneTimeExhausted = ErrorCode("one_time_exhausted")

    /// What should prove the state of a ledger does not; the subject says which part.
    public static let ledgerProof = ErrorCode("ledger_proof")

    /// What the ledger holds was proven and is not what the app has pinned; the subject says what.
    public static let ledgerUnverified = ErrorCode("ledger_unverified")

    /// What was proven is older than what this device saw before, or than the chain's profile allows: an old state is served.
    public static let ledgerStale = ErrorCode("ledger_stale")

    /// Those who vouch for the blocks of a ledger contradict each other; the subject says who.
    public static let ledgerDisagreement = ErrorCode("ledger_disagreement")

    /// A server of a ledger did not give what was asked of it: no answer of JSON-RPC, an error, another chain, a block it does not have; the subject says what.
    public static let ledgerEndpoint = ErrorCode("ledger_endpoint")

    /// The request breaks a rule.
    public static let requestInvalid = ErrorCode("request_invalid")

    /// The client identifier outside is not the one inside the signed request.
    public static let clientIdMismatch = ErrorCode("client_id_mismatch")

    /// The client identifier has a prefix this wallet does not know.
    public static let unknownClientIdPrefix = ErrorCode("unknown_client_id_prefix")

    /// The answer would go to an address that is not the verifier's.
    public static let responseUriNotAllowed = ErrorCode("response_uri_not_allowed")

    /// The request has no nonce, or one that was seen already.
    public static let nonceMissingOrReused = ErrorCode("nonce_missing_or_reused")

    /// The verifier asked too often in the last minute.
    public static let requestRateLimited = ErrorCode("request_rate_limited")

    /// Another request is being read.
    public static let requestPending = ErrorCode("request_pending")

    /// The request has expired or is not valid yet.
    public static let requestExpired = ErrorCode("request_expired")

    /// The request asks for something this wallet cannot do (response type or mode).
    public static let requestNotSupported = ErrorCode("request_not_supported")

    /// The request carries transaction data of an unknown type, or wants a hash this wallet does not make.
    public static let transactionDataNotSupported = ErrorCode("transaction_data_not_supported")

    /// The request carries transaction data that breaks a rule of its type.
    public static let transactionDataInvalid = ErrorCode("transaction_data_invalid")

    /// A signed request came from an origin it was not signed for.
    public static let originMismatch = ErrorCode("origin_mismatch")

    /// The verifier wants an encrypted answer but gave no usable key.
    public static let noEncryptionKey = ErrorCode("no_encryption_key")

    /// The DCQL query breaks a rule.
    public static let queryInvalid = ErrorCode("query_invalid")

    /// The wallet cannot, or the holder does not want to, show what was asked.
    public static let claimsNotAvailable = ErrorCode("claims_not_available")

    /// What was approved is not what would be sent.
    public static let consentMismatch = ErrorCode("consent_mismatch")

    /// The plan was used, changed or has expired.
    public static let consentExpired = ErrorCode("consent_expired")

    /// The verifier did not accept the answer.
    public static let presentationRefused = ErrorCode("presentation_refused")

    /// It is unknown whether the answer arrived; only the same bytes may be sent again.
    public static let deliveryUnknown = ErrorCode("delivery_unknown")

    /// A function the app gave the wallet failed in a way it did not declare; the subject says which.
    public static let hostFailed = ErrorCode("host_failed")

    /// This offer, card, plan or attempt was used already.
    public static let usedUp = ErrorCode("used_up")

    /// A function the app gave the wallet called back into the wallet, which waits for its answer.
    public static let calledBack = ErrorCode("called_back")

    /// The native library and the bindings are of different versions.
    public static let libraryMismatch = ErrorCode("library_mismatch")

    /// A fault of this library. Please report it.
    public static let bug = ErrorCode("bug")

    /// Those known when this library was made.
    public static let all: [ErrorCode] = [
        .wrongSecret,
        .lockedOut,
        .slotMissing,
        .deviceKeyUnavailableNow,
        .deviceKeyInvalidated,
        .deviceKeyMissing,
        .deviceKeyFailed,
        .userCancelled,
        .userAuthRequired,
        .storeMissing,
        .storeExists,
        .storeTooNew,
        .storeTooOld,
        .erasePending,
        .headerCorrupt,
        .slotTampered,
        .kdfParamsOutOfRange,
        .kdfMemoryUnavailable,
        .weakPin,
        .weakPassphrase,
        .recoveryCodeMalformed,
        .unsafeConfiguration,
        .recordCorrupt,
        .recordMisplaced,
        .rolledBack,
        .setMismatch,
        .anchorMissing,
        .anchorFailed,
        .storeBusy,
        .diskFull,
        .ioFailed,
        .readOnlyMedium,
        .storeCorrupt,
        .locked,
        .sqliteTooOld,
        .quotaExceeded,
        .clockImplausible,
        .randomUnavailable,
        .notFound,
        .conflict,
        .needsReissue,
        .keyUnavailable,
        .keyFailed,
        .keyPurpose,
        .notSupported,
        .tooLarge,
        .tooDeep,
        .duplicateKey,
        .notCanonical,
        .trailingData,
        .invalidUtf8,
        .numberOutOfRange,
        .malformed,
        .algorithmNotAllowed,
        .signatureInvalid,
        .decryptionFailed,
        .untrustedIssuer,
        .untrustedVerifier,
        .certificateRejected,
        .urlNotAllowed,
        .redirectRefused,
        .networkFailed,
        .networkTimeout,
        .httpStatus,
        .contentTypeNotAllowed,
        .offerInvalid,
        .issuerMetadataInvalid,
        .issuerMismatch,
        .grantNotSupported,
        .formatNotSupported,
        .txCodeRequired,
        .txCodeNotExpected,
        .grantRefused,
        .authorizationRefused,
        .authorizationResponseInvalid,
        .attestationInvalid,
        .tokenRefused,
        .tokenResponseInvalid,
        .proofRefused,
        .nonceRefused,
        .credentialRefused,
        .credentialResponseInvalid,
        .answerNotEncrypted,
        .issuanceDeferred,
        .wrongCredentialType,
        .holderKeyMismatch,
        .batchMismatch,
        .disclosureInvalid,
        .unknownContext,
        .jsonLdUnsafe,
        .integrityMismatch,
        .issuanceExpired,
        .renewalNeedsHolder,
        .renewalMismatch,
        .statusListInvalid,
        .credentialExpired,
        .credentialNotYetValid,
        .credentialRevoked,
        .credentialSuspended,
        .oneTimeExhausted,
        .ledgerProof,
        .ledgerUnverified,
        .ledgerStale,
        .ledgerDisagreement,
        .ledgerEndpoint,
        .requestInvalid,
        .clientIdMismatch,
        .unknownClientIdPrefix,
        .responseUriNotAllowed,
        .nonceMissingOrReused,
        .requestRateLimited,
        .requestPending,
        .requestExpired,
        .requestNotSupported,
        .transactionDataNotSupported,
        .transactionDataInvalid,
        .originMismatch,
        .noEncryptionKey,
        .queryInvalid,
        .claimsNotAvailable,
        .consentMismatch,
        .consentExpired,
        .presentationRefused,
        .deliveryUnknown,
        .hostFailed,
        .usedUp,
        .calledBack,
        .libraryMismatch,
        .bug,
    ]
}
