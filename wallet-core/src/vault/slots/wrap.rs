//! Wrapping the root key under a slot's key.
//!
//! `a` is what the secret gives (Argon2id, or HKDF for the recovery code; empty where there is no secret), `h` what the
//! hardware key answers to `x = HKDF(a, …)`. So `a` never leaves the library and every guess goes through the hardware.

use super::codec::encode_header;
use super::{Method, Slot, SlotHeader};
use crate::labels;
use crate::random::{Random, make_bytes};
use crate::secret::{Secret, SecretBytes};
use crate::vault::derive::{bug, hkdf};
use crate::vault::error::VaultError;
use crate::vault::kdf;
use crate::vault::keyring::Keyring;
use crate::vault::store_id::StoreId;
use subtle::ConstantTimeEq as _;
use wallet_primitives::Refused;
use wallet_primitives::xchacha::{self, NONCE_BYTES, TAG_BYTES};
use zeroize::Zeroizing;

const ENTRY_BYTES: usize = 36;

/// What the holder's secret gives: `a`.
pub(crate) struct Stretched(SecretBytes);

impl Stretched {
    /// Stretches a PIN or passphrase (slow), or takes a recovery code as it is.
    pub(crate) fn new(
        store: &StoreId,
        header: &SlotHeader,
        secret: &[u8],
    ) -> Result<Self, VaultError> {
        let a = match &header.method {
            Method::Pin { kdf, .. } | Method::Passphrase { kdf } => {
                kdf::derive(secret, &header.salt, kdf.check()?)?
            }
            // 128 bits need no stretching.
            Method::RecoveryCode => hkdf(
                Some(&header.salt),
                secret,
                &[labels::RECOVERY_CODE, store.as_bytes(), &header.id],
            )?,
            Method::OsAuth { .. } => return Ok(Self(SecretBytes::new(Vec::new()))),
        };
        Ok(Self(SecretBytes::new(a.expose().to_vec())))
    }

    /// `x`, what the hardware key is asked.
    pub(crate) fn prf_input(
        &self,
        store: &StoreId,
        header: &SlotHeader,
    ) -> Result<Secret<32>, VaultError> {
        hkdf(
            None,
            &self.0,
            &[
                labels::SLOT_PRF,
                store.as_bytes(),
                &header.id,
                &header.version.to_be_bytes(),
            ],
        )
    }
}

/// The key of one slot and the commitment to it.
pub(crate) struct SlotKey {
    wrap: Secret<32>,
    commitment: Secret<32>,
}

impl SlotKey {
    /// `HKDF(ikm = a ‖ h, salt = slot salt, info = label ‖ store ‖ whole slot header)`.
    pub(crate) fn new(
        store: &StoreId,
        header: &SlotHeader,
        a: &Stretched,
        h: Option<&Secret<32>>,
    ) -> Result<Self, VaultError> {
        let mut ikm = Zeroizing::new(Vec::with_capacity(64));
        ikm.extend_from_slice(&a.0);
        if let Some(h) = h {
            ikm.extend_from_slice(h.expose());
        }
        let header_bytes = encode_header(header)?;
        let key = |label: &[u8]| {
            hkdf(
                Some(&header.salt),
                &ikm,
                &[label, store.as_bytes(), &header_bytes],
            )
        };
        Ok(Self {
            wrap: key(labels::SLOT_KEK)?,
            commitment: key(labels::SLOT_COMMITMENT)?,
        })
    }

    /// A slot that opens with this key.
    pub(crate) fn seal(
        &self,
        store: &StoreId,
        header: SlotHeader,
        keyring: &Keyring,
        random: &dyn Random,
    ) -> Result<Slot, VaultError> {
        let nonce: [u8; NONCE_BYTES] = make_bytes(random)?;
        let mut text = Zeroizing::new(Vec::with_capacity(2 * ENTRY_BYTES + TAG_BYTES));
        for (epoch, root) in keyring.entries() {
            text.extend_from_slice(&epoch.to_be_bytes());
            text.extend_from_slice(root.expose());
        }
        let associated_data = associated_data(store, &header)?;
        let tag = xchacha::seal(self.wrap.expose(), &nonce, &associated_data, &mut text)
            .map_err(|Refused| bug())?;
        text.extend_from_slice(&tag);
        Ok(Slot {
            header,
            commitment: *self.commitment.expose(),
            nonce,
            wrapped: core::mem::take(&mut *text),
        })
    }

    /// The root keys in the slot; `None` if this is not its key.
    ///
    /// # Errors
    /// `slot_tampered` if the key is right and the wrapped bytes are not.
    pub(crate) fn open(&self, store: &StoreId, slot: &Slot) -> Result<Option<Keyring>, VaultError> {
        // XChaCha20-Poly1305 does not commit to its key; this does.
        if !bool::from(self.commitment.expose().ct_eq(&slot.commitment)) {
            return Ok(None);
        }
        let (text, tag) = slot
            .wrapped
            .split_last_chunk::<TAG_BYTES>()
            .ok_or(VaultError::SlotTampered)?;
        let mut text = SecretBytes::new(text.to_vec());
        let associated_data = associated_data(store, &slot.header)?;
        let wrap = self.wrap.expose();
        xchacha::open(wrap, &slot.nonce, &associated_data, &mut text, tag)
            .map_err(|Refused| VaultError::SlotTampered)?;
        let mut entries = text.chunks_exact(ENTRY_BYTES).filter_map(|entry| {
            let (epoch, root) = entry.split_first_chunk::<4>()?;
            let root = Secret::take(&mut Zeroizing::new(<[u8; 32]>::try_from(root).ok()?));
            Some((u32::from_be_bytes(*epoch), root))
        });
        let (epoch, root) = entries.next().ok_or(VaultError::SlotTampered)?;
        let first = Keyring::new(epoch, root);
        let keyring = match entries.next() {
            Some((_, next)) => first.with_next(next).ok_or(VaultError::SlotTampered)?,
            None => first,
        };
        Ok(Some(keyring))
    }
}

fn associated_data(store: &StoreId, header: &SlotHeader) -> Result<Vec<u8>, VaultError> {
    Ok([store.as_bytes(), &encode_header(header)?[..]].concat())
}
