//! The second seal of software holder keys and refresh tokens: it also needs this device's hardware key, so that the
//! files with a recovery code give the cards but neither their keys nor new ones.

use crate::error::{ErrorCode, WalletError};
use crate::labels::{DEVICE_BOUND_GRANT, DEVICE_BOUND_KEY};
use crate::random::{Random, make_bytes};
use crate::secret::{Secret, SecretBytes};
use crate::vault::database::RecordId;
use std::sync::Arc;
use wallet_primitives::Refused;
use wallet_primitives::xchacha::{self, NONCE_BYTES, TAG_BYTES};

/// What is sealed: one cannot be taken for the other.
#[derive(Clone, Copy)]
pub(crate) enum Sealed {
    /// The private bytes of a holder key.
    HolderKey,
    /// What renews a card.
    RefreshGrant,
}

/// Seals and opens under the device's key.
pub(crate) struct DeviceBoundSeal(Arc<Secret<32>>);

impl DeviceBoundSeal {
    pub(crate) fn new(key: Arc<Secret<32>>) -> Self {
        Self(key)
    }

    /// Nonce and sealed bytes, bound to the record they will be in.
    pub(crate) fn seal(
        &self,
        what: Sealed,
        id: &RecordId,
        secret: &[u8],
        random: &dyn Random,
    ) -> Result<SecretBytes, WalletError> {
        let nonce: [u8; NONCE_BYTES] = make_bytes(random)?;
        // Sized once, so that no copy of the secret is left behind by growing; then encrypted in place.
        let length = NONCE_BYTES + secret.len() + TAG_BYTES;
        let mut sealed = SecretBytes::new(Vec::with_capacity(length));
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(secret);
        let (_, text) = sealed.split_at_mut(NONCE_BYTES);
        let tag = xchacha::seal(self.0.expose(), &nonce, &associated_data(what, id), text)
            .map_err(|Refused| WalletError::new(ErrorCode::Bug).about("device_bound_seal"))?;
        sealed.extend_from_slice(&tag);
        Ok(sealed)
    }

    /// What [`Self::seal`] sealed.
    ///
    /// # Errors
    /// `needs_reissue` if it was sealed on another device or changed.
    pub(crate) fn open(
        &self,
        what: Sealed,
        id: &RecordId,
        sealed: &[u8],
    ) -> Result<SecretBytes, WalletError> {
        let elsewhere = || WalletError::new(ErrorCode::NeedsReissue);
        let (nonce, sealed) = sealed
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or_else(elsewhere)?;
        let (text, tag) = sealed
            .split_last_chunk::<TAG_BYTES>()
            .ok_or_else(elsewhere)?;
        let mut text = SecretBytes::new(text.to_vec());
        let associated_data = associated_data(what, id);
        xchacha::open(self.0.expose(), nonce, &associated_data, &mut text, tag)
            .map_err(|Refused| elsewhere())?;
        Ok(text)
    }
}

fn associated_data(what: Sealed, id: &RecordId) -> Vec<u8> {
    let label = match what {
        Sealed::HolderKey => DEVICE_BOUND_KEY,
        Sealed::RefreshGrant => DEVICE_BOUND_GRANT,
    };
    [label, id.as_bytes()].concat()
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
        let (id, here) = (RecordId::from_bytes([1; 16]), seal(1));
        for (what, other) in [
            (Sealed::HolderKey, Sealed::RefreshGrant),
            (Sealed::RefreshGrant, Sealed::HolderKey),
        ] {
            let sealed = here.seal(what, &id, &[7; 32], &OsRandom).unwrap();
            assert_eq!(here.open(what, &id, &sealed).unwrap().as_slice(), [7; 32]);
            let other_device = seal(2).open(what, &id, &sealed).unwrap_err();
            assert_eq!(other_device.code(), ErrorCode::NeedsReissue);
            assert!(here.open(other, &id, &sealed).is_err());
            let other_record = RecordId::from_bytes([2; 16]);
            assert!(here.open(what, &other_record, &sealed).is_err());
            let shorter = &sealed[..sealed.len() - 1];
            assert!(here.open(what, &id, shorter).is_err());
            assert!(here.open(what, &id, &[]).is_err());
        }
    }
}
