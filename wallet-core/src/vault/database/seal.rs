//! Sealing one record: XChaCha20-Poly1305 under a key of its own, bound to everything that is clear in its row.

use super::error::DatabaseError;
use super::keys::EpochKeys;
use super::record::{MAX_BODY_BYTES, RecordId, RecordKind};
use crate::labels;
use crate::random::{Random, make_bytes};
use crate::secret::{Secret, SecretBytes};
use crate::vault::StoreId;
use wallet_primitives::xchacha::{self, NONCE_BYTES, TAG_BYTES};
use wallet_primitives::{Refused, mac};

const LENGTH_BYTES: usize = 4;

/// The clear columns of a row, apart from its rowid. All of it is associated data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) id: RecordId,
    pub(super) kind: RecordKind,
    pub(super) schema: u16,
    pub(super) version: u64,
    pub(super) key_epoch: u32,
}

impl Header {
    /// `label ‖ store ‖ id ‖ kind ‖ schema ‖ version ‖ key epoch`, every field of fixed width, big-endian.
    fn associated_data(&self, store: &StoreId) -> Vec<u8> {
        [
            labels::RECORD_AD,
            store.as_bytes(),
            self.id.as_bytes(),
            &self.kind.0.to_be_bytes(),
            &self.schema.to_be_bytes(),
            &self.version.to_be_bytes(),
            &self.key_epoch.to_be_bytes(),
        ]
        .concat()
    }

    /// `HKDF-Expand(K_rec, label ‖ kind ‖ id)`: K_rec is uniform, so RFC 5869 3.3 lets extraction be skipped.
    fn key(&self, keys: &EpochKeys) -> Result<Secret<32>, DatabaseError> {
        let kind = self.kind.0.to_be_bytes();
        let info = [labels::RECORD_KEY, &kind, self.id.as_bytes()];
        Secret::try_with(|key| mac::hkdf_expand(keys.records.expose(), &info, key))
            .map_err(|Refused| DatabaseError::Bug)
    }
}

/// Length of the padded plaintext for a body: steps of 256 bytes to 4 KiB, then of 1 KiB.
fn padded_len(body: usize) -> usize {
    let len = body.saturating_add(LENGTH_BYTES);
    len.next_multiple_of(if len <= 4096 { 256 } else { 1024 })
}

/// Length of the largest blob that can be ours.
pub(super) const MAX_BLOB_BYTES: usize =
    (MAX_BODY_BYTES + LENGTH_BYTES).next_multiple_of(1024) + NONCE_BYTES + TAG_BYTES;

/// `nonce ‖ ciphertext ‖ tag` of `body ‖ zeros ‖ length of body (u32, big-endian)`.
pub(super) fn seal(
    store: &StoreId,
    keys: &EpochKeys,
    header: &Header,
    body: &[u8],
    random: &dyn Random,
) -> Result<Vec<u8>, DatabaseError> {
    let length = u32::try_from(body.len()).map_err(|_| DatabaseError::Quota)?;
    let padded = padded_len(body.len());
    let nonce: [u8; NONCE_BYTES] = make_bytes(random).map_err(|_| DatabaseError::Random)?;
    // Sized once, so that no copy of the plaintext is left behind by growing; then encrypted in place.
    let mut blob = Vec::with_capacity(NONCE_BYTES + padded + TAG_BYTES);
    blob.extend_from_slice(&nonce);
    blob.extend_from_slice(body);
    blob.resize(NONCE_BYTES + padded - LENGTH_BYTES, 0);
    blob.extend_from_slice(&length.to_be_bytes());
    let (_, text) = blob.split_at_mut(NONCE_BYTES);
    let key = header.key(keys)?;
    let tag = xchacha::seal(key.expose(), &nonce, &header.associated_data(store), text)
        .map_err(|Refused| DatabaseError::Bug)?;
    blob.extend_from_slice(&tag);
    Ok(blob)
}

/// The tag of a blob, or `None` if it is too short to be one.
pub(super) fn tag_of(blob: &[u8]) -> Option<[u8; TAG_BYTES]> {
    blob.last_chunk().copied()
}

/// Opens a blob. `None` if it is not exactly what was sealed under this header.
pub(super) fn open(
    store: &StoreId,
    keys: &EpochKeys,
    header: &Header,
    blob: &[u8],
) -> Result<Option<SecretBytes>, DatabaseError> {
    if blob.len() > MAX_BLOB_BYTES {
        return Ok(None);
    }
    let Some((nonce, rest)) = blob.split_first_chunk::<NONCE_BYTES>() else {
        return Ok(None);
    };
    let Some((text, tag)) = rest.split_last_chunk::<TAG_BYTES>() else {
        return Ok(None);
    };
    let mut text = SecretBytes::new(text.to_vec());
    let key = header.key(keys)?;
    let associated_data = header.associated_data(store);
    Ok(
        match xchacha::open(key.expose(), nonce, &associated_data, &mut text, tag) {
            Ok(()) => unpad(text),
            Err(Refused) => None,
        },
    )
}

fn unpad(mut text: SecretBytes) -> Option<SecretBytes> {
    let length = u32::from_be_bytes(*text.last_chunk::<LENGTH_BYTES>()?);
    let length = usize::try_from(length).ok()?;
    if length > MAX_BODY_BYTES || padded_len(length) != text.len() {
        return None;
    }
    text.truncate(length);
    Some(text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::random::OsRandom;
    use proptest::prelude::*;

    fn keys(byte: u8) -> EpochKeys {
        EpochKeys::derive(&STORE, 1, &Secret::take(&mut [byte; 32]))
    }

    const STORE: StoreId = StoreId::from_bytes([7; 16]);

    fn header() -> Header {
        Header {
            id: RecordId::from_bytes([1; 16]),
            kind: RecordKind::BODY,
            schema: 1,
            version: 1,
            key_epoch: 1,
        }
    }

    #[test]
    fn sizes_are_padded_in_steps_of_256_bytes_to_4_kib_and_1_kib_above() {
        let cases = [
            (0, 256),
            (252, 256),
            (253, 512),
            (4092, 4096),
            (4093, 5120),
            (1 << 20, (1 << 20) + 1024),
        ];
        for (body, padded) in cases {
            assert_eq!(padded_len(body), padded, "{body}");
            let blob = seal(&STORE, &keys(1), &header(), &vec![9; body], &OsRandom).unwrap();
            assert_eq!(blob.len(), padded + 40);
        }
    }

    #[test]
    fn the_sealing_is_xchacha20poly1305_over_the_documented_bytes() {
        // The same, spelled out with the crates' one-shot functions.
        use chacha20poly1305::aead::{Aead as _, Payload};
        use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
        use hkdf::Hkdf;
        use sha2::Sha256;
        let blob = seal(&STORE, &keys(1), &header(), b"hello", &OsRandom).unwrap();
        let root = [1u8; 32];
        let mut k_rec = [0; 32];
        let salt = [7u8; 16];
        Hkdf::<Sha256>::new(Some(&salt), &root)
            .expand(b"wallet/v1/rec-root\x00\x00\x00\x01", &mut k_rec)
            .unwrap();
        let mut key = [0; 32];
        let mut info = b"wallet/v1/rec-key\x00\x04".to_vec();
        info.extend([1; 16]);
        Hkdf::<Sha256>::from_prk(&k_rec)
            .unwrap()
            .expand(&info, &mut key)
            .unwrap();
        let mut aad = b"wallet/v1/rec-ad".to_vec();
        aad.extend([7; 16]);
        aad.extend([1; 16]);
        aad.extend([0, 4, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
        let plain = XChaCha20Poly1305::new(&key.into())
            .decrypt(
                &XNonce::try_from(&blob[..24]).unwrap(),
                Payload {
                    msg: &blob[24..],
                    aad: &aad,
                },
            )
            .unwrap();
        let mut expected = b"hello".to_vec();
        expected.resize(252, 0);
        expected.extend([0, 0, 0, 5]);
        assert_eq!(plain, expected);
    }

    #[test]
    fn a_blob_opens_under_no_other_header_store_or_key() {
        let blob = seal(&STORE, &keys(1), &header(), b"hello", &OsRandom).unwrap();
        let other_headers = [
            Header {
                id: RecordId::from_bytes([2; 16]),
                ..header()
            },
            Header {
                kind: RecordKind::COPY,
                ..header()
            },
            Header {
                schema: 2,
                ..header()
            },
            Header {
                version: 2,
                ..header()
            },
            Header {
                key_epoch: 2,
                ..header()
            },
        ];
        for other in other_headers {
            assert!(open(&STORE, &keys(1), &other, &blob).unwrap().is_none());
        }
        let other_store = StoreId::from_bytes([8; 16]);
        assert!(
            open(&other_store, &keys(1), &header(), &blob)
                .unwrap()
                .is_none()
        );
        assert!(open(&STORE, &keys(2), &header(), &blob).unwrap().is_none());
        assert!(open(&STORE, &keys(1), &header(), &blob).unwrap().is_some());
    }

    proptest! {
        #[test]
        fn a_body_comes_back_and_a_changed_bit_anywhere_is_refused(
            body in proptest::collection::vec(any::<u8>(), 0..6000),
            at in any::<prop::sample::Index>(),
            bit in 0u8..8,
        ) {
            let mut blob = seal(&STORE, &keys(1), &header(), &body, &OsRandom).unwrap();
            let opened = open(&STORE, &keys(1), &header(), &blob).unwrap().unwrap();
            prop_assert_eq!(opened.as_slice(), body.as_slice());
            let at = at.index(blob.len());
            blob[at] ^= 1 << bit;
            prop_assert!(open(&STORE, &keys(1), &header(), &blob).unwrap().is_none());
        }

        #[test]
        fn foreign_bytes_never_panic(blob in proptest::collection::vec(any::<u8>(), 0..600)) {
            prop_assert!(open(&STORE, &keys(1), &header(), &blob).unwrap().is_none());
        }
    }
}
