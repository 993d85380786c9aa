//! The second seal of software holder keys: it also needs this device's hardware key, so that the files with a recovery
//! code give the cards but never their keys.

use crate::error::{ErrorCode, WalletError};
use crate::labels::DEVICE_BOUND_KEY;
use crate::random::{Random, make_bytes};
use crate::secret::{Secret, SecretBytes};
use crate::vault::database::RecordId;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use std::sync::Arc;
use zeroize::Zeroizing;

const NONCE: usize = 24;

/// Seals and opens under the device's key.
pub(crate) struct DeviceBoundSeal(Arc<Secret<32>>);

impl DeviceBoundSeal {
    pub(crate) fn new(key: Arc<Secret<32>>) -> Self {
        Self(key)
    }

    /// Nonce and sealed bytes, bound to the record they will be in.
    pub(crate) fn seal(
        &self,
        id: &RecordId,
        secret: &[u8],
        random: &dyn Random,
    ) -> Result<SecretBytes, WalletError> {
        let nonce: [u8; NONCE] = make_bytes(random)?;
        let payload = Payload {
            msg: secret,
            aad: &associated_data(id),
        };
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| WalletError::new(ErrorCode::Bug).about("device_bound_seal"))?;
        Ok(Zeroizing::new([nonce.as_slice(), &sealed].concat()))
    }

    /// What [`Self::seal`] sealed.
    ///
    /// # Errors
    /// `needs_reissue` if it was sealed on another device or changed.
    pub(crate) fn open(&self, id: &RecordId, sealed: &[u8]) -> Result<SecretBytes, WalletError> {
        let elsewhere = || WalletError::new(ErrorCode::NeedsReissue);
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or_else(elsewhere)?;
        let payload = Payload {
            msg: sealed,
            aad: &associated_data(id),
        };
        self.cipher()
            .decrypt(&XNonce::from(*nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| elsewhere())
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(*self.0.expose()))
    }
}

fn associated_data(id: &RecordId) -> Vec<u8> {
    [DEVICE_BOUND_KEY, id.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::random::OsRandom;

    fn seal(byte: u8) -> DeviceBoundSeal {
        DeviceBoundSeal::new(Arc::new(Secret::take(&mut [byte; 32])))
    }

    #[test]
    fn a_key_opens_on_the_device_and_record_it_was_sealed_for_and_nowhere_else() {
        let (here, id) = (RecordId::from_bytes([1; 16]), seal(1));
        let sealed = id.seal(&here, &[7; 32], &OsRandom).unwrap();
        assert_eq!(id.open(&here, &sealed).unwrap().as_slice(), [7; 32]);
        let other_device = seal(2).open(&here, &sealed).unwrap_err();
        assert_eq!(other_device.code(), ErrorCode::NeedsReissue);
        assert!(id.open(&RecordId::from_bytes([2; 16]), &sealed).is_err());
        assert!(id.open(&here, &sealed[..sealed.len() - 1]).is_err());
        assert!(id.open(&here, &[]).is_err());
    }
}
