//! Every domain label of the library: one constant per use of a key or hash, so that no two uses can be confused.
//!
//! Labels are free of each other's prefixes, so `label ‖ fixed-width fields` is unambiguous. docs/crypto.md says what
//! each protects.

/// Input of the device key for one slot: `x = HKDF(a, label ‖ store ‖ slot ‖ slot version)`.
pub(crate) const SLOT_PRF: &[u8] = b"wallet/v1/prf";
/// Key that wraps the root key in a slot: `HKDF(a ‖ h, salt, label ‖ slot header)`.
pub(crate) const SLOT_KEK: &[u8] = b"wallet/v1/slot-kek";
/// Commitment to that key, stored in the slot.
pub(crate) const SLOT_COMMITMENT: &[u8] = b"wallet/v1/slot-commitment";
/// Key of the MAC over a slot file, from the root key.
pub(crate) const SLOT_FILE_MAC: &[u8] = b"wallet/v1/slot-file";
/// Input of the device key for the store as a whole.
pub(crate) const STORE_PRF: &[u8] = b"wallet/v1/store-prf";
/// Domain separation tag (RFC 9380 3.1) of the point a hardware key is asked to multiply.
pub(crate) const AGREEMENT_POINT: &[u8] = b"wallet/v1/agreement-with-P256_XMD:SHA-256_SSWU_RO_";
/// What a hardware key that agrees answers: `HKDF(x of the shared point, label ‖ input)`.
pub(crate) const AGREEMENT_OUTPUT: &[u8] = b"wallet/v1/agreement-output";
/// Key of the MAC over a slot's attempt counter, from the store's device key.
pub(crate) const ATTEMPTS_MAC: &[u8] = b"wallet/v1/attempts";
/// Key that seals software holder keys of device-bound credentials, from the root key and the store's device key.
pub(crate) const DEVICE_BOUND: &[u8] = b"wallet/v1/device-bound";
/// Associated data of a software holder key sealed so, before the id of its record.
pub(crate) const DEVICE_BOUND_KEY: &[u8] = b"wallet/v1/sealed-holder-key";
/// Associated data of a refresh token sealed so, before the id of its record.
pub(crate) const DEVICE_BOUND_GRANT: &[u8] = b"wallet/v1/sealed-refresh-grant";
/// A link of the history chain.
pub(crate) const HISTORY_LINK: &[u8] = b"wallet/v1/history-link";
/// The hash of a consent plan.
pub(crate) const CONSENT_PLAN: &[u8] = b"wallet/v1/consent-plan";
/// The header of a derived bbs-2023 proof.
pub(crate) const PRESENTATION_HEADER: &[u8] = b"wallet/v1/presentation-header";
/// What a pseudonym is for.
pub(crate) const PSEUDONYM_SCOPE: &[u8] = b"wallet/v1/pseudonym-scope";
/// The digest of a credential that is anchored.
pub(crate) const ANCHORED_CREDENTIAL: &[u8] = b"wallet/v1/anchored-credential";
/// The digest of a status list that is anchored.
pub(crate) const ANCHORED_STATUS_LIST: &[u8] = b"wallet/v1/anchored-status-list";
/// The digest of a receipt that is anchored.
pub(crate) const ANCHORED_RECEIPT: &[u8] = b"wallet/v1/anchored-receipt";
/// What the signers of a checkpoint of a ledger sign.
pub(crate) const BLOCK_CHECKPOINT: &[u8] = b"wallet/v1/block-checkpoint";
/// Recovery code to key material.
pub(crate) const RECOVERY_CODE: &[u8] = b"wallet/v1/recovery-code";
/// Keys of records, from the root key.
pub(crate) const RECORDS_KEY: &[u8] = b"wallet/v1/rec-root";
/// Key of one record, from the former.
pub(crate) const RECORD_KEY: &[u8] = b"wallet/v1/rec-key";
/// Associated data of a record.
pub(crate) const RECORD_AD: &[u8] = b"wallet/v1/rec-ad";
/// Key of the root over the set of records, from the root key.
pub(crate) const SET_KEY: &[u8] = b"wallet/v1/set-key";
/// The root over the set of records.
pub(crate) const SET_ROOT: &[u8] = b"wallet/v1/set-root";
/// Key of the MAC over the anchor cell, from the root key.
pub(crate) const ANCHOR_KEY: &[u8] = b"wallet/v1/anchor-key";
/// The MAC over the anchor cell.
pub(crate) const ANCHOR_CELL: &[u8] = b"wallet/v1/anchor-cell";

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    /// Reads this file, so that no list of labels has to be kept beside it.
    #[test]
    fn every_label_is_documented_and_none_is_the_start_of_another() {
        let labels: Vec<&str> = include_str!("labels.rs")
            .lines()
            .filter(|line| line.starts_with("pub(crate) const "))
            .map(|line| line.split('"').nth(1).unwrap())
            .collect();
        assert!(labels.len() >= 8);
        let documented = include_str!("../../docs/crypto.md");
        for (i, label) in labels.iter().enumerate() {
            let name = label.strip_prefix("wallet/v1/").unwrap();
            let is_documented = [format!("`{label}`"), format!("`{name}`")]
                .iter()
                .any(|written| documented.contains(written));
            assert!(is_documented, "docs/crypto.md lacks {label}");
            for (j, other) in labels.iter().enumerate() {
                assert!(i == j || !other.starts_with(label), "{label} {other}");
            }
        }
    }
}
