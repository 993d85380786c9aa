// Written by `cargo xtask bindings` from docs/errors.md. Do not edit.

package org.citizenwallet

/** The version of this library, and the one the native library must have. */
internal const val LIBRARY_VERSION: String = "0.1.0"

/**
 * What went wrong. The [text] of a code never changes and never gets another meaning; new codes may come, so that a `when`
 * over them needs an `else`. `docs/errors.md` says for each what to do.
 */
@JvmInline
public value class ErrorCode(public val text: String) {
    override fun toString(): String = text

    public companion object {
        /** The PIN, passphrase or recovery code does not open this slot. The store is intact. */
        public val WRONG_SECRET: ErrorCode = ErrorCode("wrong_secret")

        /** Too many wrong tries: wait. `retry_after` says how long. */
        public val LOCKED_OUT: ErrorCode = ErrorCode("locked_out")

        /** No slot of that kind exists in this store. */
        public val SLOT_MISSING: ErrorCode = ErrorCode("slot_missing")

        /** The hardware key cannot be used right now (before first unlock, interrupted). Nothing is lost. */
        public val DEVICE_KEY_UNAVAILABLE_NOW: ErrorCode = ErrorCode("device_key_unavailable_now")

        /** The operating system destroyed the hardware key (biometrics or screen lock changed). Use another slot. */
        public val DEVICE_KEY_INVALIDATED: ErrorCode = ErrorCode("device_key_invalidated")

        /** The hardware key is not on this device: the files were restored from elsewhere. Use another slot. */
        public val DEVICE_KEY_MISSING: ErrorCode = ErrorCode("device_key_missing")

        /** The hardware key failed. */
        public val DEVICE_KEY_FAILED: ErrorCode = ErrorCode("device_key_failed")

        /** The holder cancelled a prompt. */
        public val USER_CANCELLED: ErrorCode = ErrorCode("user_cancelled")

        /** The operation needs the holder to authenticate first. */
        public val USER_AUTH_REQUIRED: ErrorCode = ErrorCode("user_auth_required")

        /** There is no store at this place. */
        public val STORE_MISSING: ErrorCode = ErrorCode("store_missing")

        /** There is a store already: it is never overwritten. */
        public val STORE_EXISTS: ErrorCode = ErrorCode("store_exists")

        /** The store was written by a newer version. */
        public val STORE_TOO_NEW: ErrorCode = ErrorCode("store_too_new")

        /** The store was written by a version too old to migrate. */
        public val STORE_TOO_OLD: ErrorCode = ErrorCode("store_too_old")

        /** The store was being erased when that was interrupted: erase it again to finish. */
        public val ERASE_PENDING: ErrorCode = ErrorCode("erase_pending")

        /** Both slot files are damaged. */
        public val HEADER_CORRUPT: ErrorCode = ErrorCode("header_corrupt")

        /** A slot was changed by someone without the key. */
        public val SLOT_TAMPERED: ErrorCode = ErrorCode("slot_tampered")

        /** A slot asks for key-derivation work outside the allowed bounds. */
        public val KDF_PARAMS_OUT_OF_RANGE: ErrorCode = ErrorCode("kdf_params_out_of_range")

        /** The memory for key derivation could not be had. */
        public val KDF_MEMORY_UNAVAILABLE: ErrorCode = ErrorCode("kdf_memory_unavailable")

        /** The PIN is too easy to guess, or not 6 to 12 ASCII digits. */
        public val WEAK_PIN: ErrorCode = ErrorCode("weak_pin")

        /** The passphrase is too easy to guess. */
        public val WEAK_PASSPHRASE: ErrorCode = ErrorCode("weak_passphrase")

        /** The recovery code has a typing error. */
        public val RECOVERY_CODE_MALFORMED: ErrorCode = ErrorCode("recovery_code_malformed")

        /** The configuration asked for would not protect the store, or would lose it too easily. */
        public val UNSAFE_CONFIGURATION: ErrorCode = ErrorCode("unsafe_configuration")

        /** A record does not decrypt: damaged or changed. */
        public val RECORD_CORRUPT: ErrorCode = ErrorCode("record_corrupt")

        /** A record stands where another one belongs. */
        public val RECORD_MISPLACED: ErrorCode = ErrorCode("record_misplaced")

        /** The store is older than the last one seen on this device. */
        public val ROLLED_BACK: ErrorCode = ErrorCode("rolled_back")

        /** Records are missing or were added outside the library. */
        public val SET_MISMATCH: ErrorCode = ErrorCode("set_mismatch")

        /** The anchor outside the files is gone (restored or new phone). */
        public val ANCHOR_MISSING: ErrorCode = ErrorCode("anchor_missing")

        /** The anchor could not be read or written. */
        public val ANCHOR_FAILED: ErrorCode = ErrorCode("anchor_failed")

        /** Another process, or another call, is using or making the store. */
        public val STORE_BUSY: ErrorCode = ErrorCode("store_busy")

        /** The medium is full. Nothing was changed. */
        public val DISK_FULL: ErrorCode = ErrorCode("disk_full")

        /** Reading or writing failed. */
        public val IO_FAILED: ErrorCode = ErrorCode("io_failed")

        /** The medium or folder cannot be written. */
        public val READ_ONLY_MEDIUM: ErrorCode = ErrorCode("read_only_medium")

        /** The database file is damaged: salvage into a new store. */
        public val STORE_CORRUPT: ErrorCode = ErrorCode("store_corrupt")

        /** The wallet is locked. */
        public val LOCKED: ErrorCode = ErrorCode("locked")

        /** The SQLite in use has a known corruption fault. */
        public val SQLITE_TOO_OLD: ErrorCode = ErrorCode("sqlite_too_old")

        /** A record or the store would exceed its limit. */
        public val QUOTA_EXCEEDED: ErrorCode = ErrorCode("quota_exceeded")

        /** The clock is unavailable or implausible. */
        public val CLOCK_IMPLAUSIBLE: ErrorCode = ErrorCode("clock_implausible")

        /** No randomness could be had. */
        public val RANDOM_UNAVAILABLE: ErrorCode = ErrorCode("random_unavailable")

        /** There is no such credential, key or record. */
        public val NOT_FOUND: ErrorCode = ErrorCode("not_found")

        /** The record was changed by another process meanwhile: read again. */
        public val CONFLICT: ErrorCode = ErrorCode("conflict")

        /** The credential's keys stayed on another device: it must be issued again. */
        public val NEEDS_REISSUE: ErrorCode = ErrorCode("needs_reissue")

        /** The holder key is gone or unusable. */
        public val KEY_UNAVAILABLE: ErrorCode = ErrorCode("key_unavailable")

        /** Signing failed. */
        public val KEY_FAILED: ErrorCode = ErrorCode("key_failed")

        /** The key may not be used for this purpose. */
        public val KEY_PURPOSE: ErrorCode = ErrorCode("key_purpose")

        /** The app or device does not support what was asked. */
        public val NOT_SUPPORTED: ErrorCode = ErrorCode("not_supported")

        /** Larger than the limit. */
        public val TOO_LARGE: ErrorCode = ErrorCode("too_large")

        /** Nested deeper than the limit. */
        public val TOO_DEEP: ErrorCode = ErrorCode("too_deep")

        /** A JSON object or CBOR map names a member twice. */
        public val DUPLICATE_KEY: ErrorCode = ErrorCode("duplicate_key")

        /** Not in the one allowed encoding. */
        public val NOT_CANONICAL: ErrorCode = ErrorCode("not_canonical")

        /** Bytes follow the end. */
        public val TRAILING_DATA: ErrorCode = ErrorCode("trailing_data")

        /** Not valid UTF-8. */
        public val INVALID_UTF8: ErrorCode = ErrorCode("invalid_utf8")

        /** A number cannot be represented exactly. */
        public val NUMBER_OUT_OF_RANGE: ErrorCode = ErrorCode("number_out_of_range")

        /** Not of the form the standard prescribes. */
        public val MALFORMED: ErrorCode = ErrorCode("malformed")

        /** The algorithm is not one of ours. */
        public val ALGORITHM_NOT_ALLOWED: ErrorCode = ErrorCode("algorithm_not_allowed")

        /** A signature does not verify. */
        public val SIGNATURE_INVALID: ErrorCode = ErrorCode("signature_invalid")

        /** An encrypted message does not decrypt under our key. */
        public val DECRYPTION_FAILED: ErrorCode = ErrorCode("decryption_failed")

        /** The issuer's certificate leads to no anchor of the app. */
        public val UNTRUSTED_ISSUER: ErrorCode = ErrorCode("untrusted_issuer")

        /** The verifier could not be authenticated. */
        public val UNTRUSTED_VERIFIER: ErrorCode = ErrorCode("untrusted_verifier")

        /** A certificate in the chain is not acceptable; the subject says why. */
        public val CERTIFICATE_REJECTED: ErrorCode = ErrorCode("certificate_rejected")

        /** The address may not be called (scheme, port, private address, user info). */
        public val URL_NOT_ALLOWED: ErrorCode = ErrorCode("url_not_allowed")

        /** The server redirected where that is forbidden. */
        public val REDIRECT_REFUSED: ErrorCode = ErrorCode("redirect_refused")

        /** No connection, or it broke. */
        public val NETWORK_FAILED: ErrorCode = ErrorCode("network_failed")

        /** No answer in time. */
        public val NETWORK_TIMEOUT: ErrorCode = ErrorCode("network_timeout")

        /** The server answered with an error status. */
        public val HTTP_STATUS: ErrorCode = ErrorCode("http_status")

        /** The answer has a content type that is not allowed here. */
        public val CONTENT_TYPE_NOT_ALLOWED: ErrorCode = ErrorCode("content_type_not_allowed")

        /** The credential offer breaks a rule. */
        public val OFFER_INVALID: ErrorCode = ErrorCode("offer_invalid")

        /** The issuer's or authorization server's metadata breaks a rule. */
        public val ISSUER_METADATA_INVALID: ErrorCode = ErrorCode("issuer_metadata_invalid")

        /** The metadata belongs to another issuer than asked for. */
        public val ISSUER_MISMATCH: ErrorCode = ErrorCode("issuer_mismatch")

        /** The offer needs a grant type this wallet cannot do. */
        public val GRANT_NOT_SUPPORTED: ErrorCode = ErrorCode("grant_not_supported")

        /** The issuer offers a format this wallet cannot hold. */
        public val FORMAT_NOT_SUPPORTED: ErrorCode = ErrorCode("format_not_supported")

        /** The issuer wants a transaction code. */
        public val TX_CODE_REQUIRED: ErrorCode = ErrorCode("tx_code_required")

        /** A transaction code was given but none is expected. */
        public val TX_CODE_NOT_EXPECTED: ErrorCode = ErrorCode("tx_code_not_expected")

        /** The code was refused: wrong transaction code, or the offer was used or has expired. */
        public val GRANT_REFUSED: ErrorCode = ErrorCode("grant_refused")

        /** The authorization server refused, or the holder did there; the subject says which. */
        public val AUTHORIZATION_REFUSED: ErrorCode = ErrorCode("authorization_refused")

        /** The answer to an authorization request breaks a rule, or is not the answer to one of ours. */
        public val AUTHORIZATION_RESPONSE_INVALID: ErrorCode = ErrorCode("authorization_response_invalid")

        /** The wallet's provider gave an attestation that cannot be used; the subject says why. */
        public val ATTESTATION_INVALID: ErrorCode = ErrorCode("attestation_invalid")

        /** The token endpoint refused. */
        public val TOKEN_REFUSED: ErrorCode = ErrorCode("token_refused")

        /** The token answer breaks a rule. */
        public val TOKEN_RESPONSE_INVALID: ErrorCode = ErrorCode("token_response_invalid")

        /** The issuer refused the proof of possession. */
        public val PROOF_REFUSED: ErrorCode = ErrorCode("proof_refused")

        /** The issuer refused the nonce, twice. */
        public val NONCE_REFUSED: ErrorCode = ErrorCode("nonce_refused")

        /** The issuer refused the credential request. */
        public val CREDENTIAL_REFUSED: ErrorCode = ErrorCode("credential_refused")

        /** The credential answer breaks a rule. */
        public val CREDENTIAL_RESPONSE_INVALID: ErrorCode = ErrorCode("credential_response_invalid")

        /** An encrypted answer was asked for, and it came unencrypted. */
        public val ANSWER_NOT_ENCRYPTED: ErrorCode = ErrorCode("answer_not_encrypted")

        /** The issuer will issue later, or what it issued cannot be verified yet. */
        public val ISSUANCE_DEFERRED: ErrorCode = ErrorCode("issuance_deferred")

        /** The credential is not of the type that was ordered. */
        public val WRONG_CREDENTIAL_TYPE: ErrorCode = ErrorCode("wrong_credential_type")

        /** The credential is bound to a key that is not ours. */
        public val HOLDER_KEY_MISMATCH: ErrorCode = ErrorCode("holder_key_mismatch")

        /** The number or the binding of the copies is not what was asked for, or they do not say the same. */
        public val BATCH_MISMATCH: ErrorCode = ErrorCode("batch_mismatch")

        /** A disclosure does not match the signed digests, or is referenced twice or not at all. */
        public val DISCLOSURE_INVALID: ErrorCode = ErrorCode("disclosure_invalid")

        /** A JSON-LD credential uses a context that does not ship with the library. */
        public val UNKNOWN_CONTEXT: ErrorCode = ErrorCode("unknown_context")

        /** A JSON-LD document holds something whose meaning would be lost, or could be changed. */
        public val JSON_LD_UNSAFE: ErrorCode = ErrorCode("json_ld_unsafe")

        /** A document does not match its integrity hash. */
        public val INTEGRITY_MISMATCH: ErrorCode = ErrorCode("integrity_mismatch")

        /** The issuance was already finished or has expired. */
        public val ISSUANCE_EXPIRED: ErrorCode = ErrorCode("issuance_expired")

        /** The card cannot be renewed without its holder: the issuer gave no refresh token, or takes it no more. */
        public val RENEWAL_NEEDS_HOLDER: ErrorCode = ErrorCode("renewal_needs_holder")

        /** What was issued is not the card it was to renew; the subject says what differs. */
        public val RENEWAL_MISMATCH: ErrorCode = ErrorCode("renewal_mismatch")

        /** The list of an issuer that says which credentials are withdrawn breaks a rule; the subject says which. */
        public val STATUS_LIST_INVALID: ErrorCode = ErrorCode("status_list_invalid")

        /** The credential has expired. */
        public val CREDENTIAL_EXPIRED: ErrorCode = ErrorCode("credential_expired")

        /** The credential is not valid yet. */
        public val CREDENTIAL_NOT_YET_VALID: ErrorCode = ErrorCode("credential_not_yet_valid")

        /** The issuer has revoked the credential. */
        public val CREDENTIAL_REVOKED: ErrorCode = ErrorCode("credential_revoked")

        /** The issuer has suspended the credential. */
        public val CREDENTIAL_SUSPENDED: ErrorCode = ErrorCode("credential_suspended")

        /** No unused copy is left and the policy forbids reuse. */
        public val ONE_TIME_EXHAUSTED: ErrorCode = ErrorCode("one_time_exhausted")

        /** What should prove the state of a ledger does not; the subject says which part. */
        public val LEDGER_PROOF: ErrorCode = ErrorCode("ledger_proof")

        /** What the ledger holds was proven and is not what the app has pinned; the subject says what. */
        public val LEDGER_UNVERIFIED: ErrorCode = ErrorCode("ledger_unverified")

        /** What was proven is older than what this device saw before, or than the chain's profile allows: an old state is served. */
        public val LEDGER_STALE: ErrorCode = ErrorCode("ledger_stale")

        /** Those who vouch for the blocks of a ledger contradict each other; the subject says who. */
        public val LEDGER_DISAGREEMENT: ErrorCode = ErrorCode("ledger_disagreement")

        /** A server of a ledger did not give what was asked of it: no answer of JSON-RPC, an error, another chain, a block it does not have; the subject says what. */
        public val LEDGER_ENDPOINT: ErrorCode = ErrorCode("ledger_endpoint")

        /** The request breaks a rule. */
        public val REQUEST_INVALID: ErrorCode = ErrorCode("request_invalid")

        /** The client identifier outside is not the one inside the signed request. */
        public val CLIENT_ID_MISMATCH: ErrorCode = ErrorCode("client_id_mismatch")

        /** The client identifier has a prefix this wallet does not know. */
        public val UNKNOWN_CLIENT_ID_PREFIX: ErrorCode = ErrorCode("unknown_client_id_prefix")

        /** The answer would go to an address that is not the verifier's. */
        public val RESPONSE_URI_NOT_ALLOWED: ErrorCode = ErrorCode("response_uri_not_allowed")

        /** The request has no nonce, or one that was seen already. */
        public val NONCE_MISSING_OR_REUSED: ErrorCode = ErrorCode("nonce_missing_or_reused")

        /** The verifier asked too often in the last minute. */
        public val REQUEST_RATE_LIMITED: ErrorCode = ErrorCode("request_rate_limited")

        /** Another request is being read. */
        public val REQUEST_PENDING: ErrorCode = ErrorCode("request_pending")

        /** The request has expired or is not valid yet. */
        public val REQUEST_EXPIRED: ErrorCode = ErrorCode("request_expired")

        /** The request asks for something this wallet cannot do (response type or mode). */
        public val REQUEST_NOT_SUPPORTED: ErrorCode = ErrorCode("request_not_supported")

        /** The request carries transaction data of an unknown type, or wants a hash this wallet does not make. */
        public val TRANSACTION_DATA_NOT_SUPPORTED: ErrorCode = ErrorCode("transaction_data_not_supported")

        /** The request carries transaction data that breaks a rule of its type. */
        public val TRANSACTION_DATA_INVALID: ErrorCode = ErrorCode("transaction_data_invalid")

        /** A signed request came from an origin it was not signed for. */
        public val ORIGIN_MISMATCH: ErrorCode = ErrorCode("origin_mismatch")

        /** The verifier wants an encrypted answer but gave no usable key. */
        public val NO_ENCRYPTION_KEY: ErrorCode = ErrorCode("no_encryption_key")

        /** The DCQL query breaks a rule. */
        public val QUERY_INVALID: ErrorCode = ErrorCode("query_invalid")

        /** The wallet cannot, or the holder does not want to, show what was asked. */
        public val CLAIMS_NOT_AVAILABLE: ErrorCode = ErrorCode("claims_not_available")

        /** What was approved is not what would be sent. */
        public val CONSENT_MISMATCH: ErrorCode = ErrorCode("consent_mismatch")

        /** The plan was used, changed or has expired. */
        public val CONSENT_EXPIRED: ErrorCode = ErrorCode("consent_expired")

        /** The verifier did not accept the answer. */
        public val PRESENTATION_REFUSED: ErrorCode = ErrorCode("presentation_refused")

        /** It is unknown whether the answer arrived; only the same bytes may be sent again. */
        public val DELIVERY_UNKNOWN: ErrorCode = ErrorCode("delivery_unknown")

        /** A function the app gave the wallet failed in a way it did not declare; the subject says which. */
        public val HOST_FAILED: ErrorCode = ErrorCode("host_failed")

        /** This offer, card, plan or attempt was used already. */
        public val USED_UP: ErrorCode = ErrorCode("used_up")

        /** A function the app gave the wallet called back into the wallet, which waits for its answer. */
        public val CALLED_BACK: ErrorCode = ErrorCode("called_back")

        /** The native library and the bindings are of different versions. */
        public val LIBRARY_MISMATCH: ErrorCode = ErrorCode("library_mismatch")

        /** A fault of this library. Please report it. */
        public val BUG: ErrorCode = ErrorCode("bug")

        /** Those known when this library was made. */
        public val ALL: List<ErrorCode> =
            listOf(
                WRONG_SECRET,
                LOCKED_OUT,
                SLOT_MISSING,
                DEVICE_KEY_UNAVAILABLE_NOW,
                DEVICE_KEY_INVALIDATED,
                DEVICE_KEY_MISSING,
                DEVICE_KEY_FAILED,
                USER_CANCELLED,
                USER_AUTH_REQUIRED,
                STORE_MISSING,
                STORE_EXISTS,
                STORE_TOO_NEW,
                STORE_TOO_OLD,
                ERASE_PENDING,
                HEADER_CORRUPT,
                SLOT_TAMPERED,
                KDF_PARAMS_OUT_OF_RANGE,
                KDF_MEMORY_UNAVAILABLE,
                WEAK_PIN,
                WEAK_PASSPHRASE,
                RECOVERY_CODE_MALFORMED,
                UNSAFE_CONFIGURATION,
                RECORD_CORRUPT,
                RECORD_MISPLACED,
                ROLLED_BACK,
                SET_MISMATCH,
                ANCHOR_MISSING,
                ANCHOR_FAILED,
                STORE_BUSY,
                DISK_FULL,
                IO_FAILED,
                READ_ONLY_MEDIUM,
                STORE_CORRUPT,
                LOCKED,
                SQLITE_TOO_OLD,
                QUOTA_EXCEEDED,
                CLOCK_IMPLAUSIBLE,
                RANDOM_UNAVAILABLE,
                NOT_FOUND,
                CONFLICT,
                NEEDS_REISSUE,
                KEY_UNAVAILABLE,
                KEY_FAILED,
                KEY_PURPOSE,
                NOT_SUPPORTED,
                TOO_LARGE,
                TOO_DEEP,
                DUPLICATE_KEY,
                NOT_CANONICAL,
                TRAILING_DATA,
                INVALID_UTF8,
                NUMBER_OUT_OF_RANGE,
                MALFORMED,
                ALGORITHM_NOT_ALLOWED,
                SIGNATURE_INVALID,
                DECRYPTION_FAILED,
                UNTRUSTED_ISSUER,
                UNTRUSTED_VERIFIER,
                CERTIFICATE_REJECTED,
                URL_NOT_ALLOWED,
                REDIRECT_REFUSED,
                NETWORK_FAILED,
                NETWORK_TIMEOUT,
                HTTP_STATUS,
                CONTENT_TYPE_NOT_ALLOWED,
                OFFER_INVALID,
                ISSUER_METADATA_INVALID,
                ISSUER_MISMATCH,
                GRANT_NOT_SUPPORTED,
                FORMAT_NOT_SUPPORTED,
                TX_CODE_REQUIRED,
                TX_CODE_NOT_EXPECTED,
                GRANT_REFUSED,
                AUTHORIZATION_REFUSED,
                AUTHORIZATION_RESPONSE_INVALID,
                ATTESTATION_INVALID,
                TOKEN_REFUSED,
                TOKEN_RESPONSE_INVALID,
                PROOF_REFUSED,
                NONCE_REFUSED,
                CREDENTIAL_REFUSED,
                CREDENTIAL_RESPONSE_INVALID,
                ANSWER_NOT_ENCRYPTED,
                ISSUANCE_DEFERRED,
                WRONG_CREDENTIAL_TYPE,
                HOLDER_KEY_MISMATCH,
                BATCH_MISMATCH,
                DISCLOSURE_INVALID,
                UNKNOWN_CONTEXT,
                JSON_LD_UNSAFE,
                INTEGRITY_MISMATCH,
                ISSUANCE_EXPIRED,
                RENEWAL_NEEDS_HOLDER,
                RENEWAL_MISMATCH,
                STATUS_LIST_INVALID,
                CREDENTIAL_EXPIRED,
                CREDENTIAL_NOT_YET_VALID,
                CREDENTIAL_REVOKED,
                CREDENTIAL_SUSPENDED,
                ONE_TIME_EXHAUSTED,
                LEDGER_PROOF,
                LEDGER_UNVERIFIED,
                LEDGER_STALE,
                LEDGER_DISAGREEMENT,
                LEDGER_ENDPOINT,
                REQUEST_INVALID,
                CLIENT_ID_MISMATCH,
                UNKNOWN_CLIENT_ID_PREFIX,
                RESPONSE_URI_NOT_ALLOWED,
                NONCE_MISSING_OR_REUSED,
                REQUEST_RATE_LIMITED,
                REQUEST_PENDING,
                REQUEST_EXPIRED,
                REQUEST_NOT_SUPPORTED,
                TRANSACTION_DATA_NOT_SUPPORTED,
                TRANSACTION_DATA_INVALID,
                ORIGIN_MISMATCH,
                NO_ENCRYPTION_KEY,
                QUERY_INVALID,
                CLAIMS_NOT_AVAILABLE,
                CONSENT_MISMATCH,
                CONSENT_EXPIRED,
                PRESENTATION_REFUSED,
                DELIVERY_UNKNOWN,
                HOST_FAILED,
                USED_UP,
                CALLED_BACK,
                LIBRARY_MISMATCH,
                BUG,
            )
    }
}
