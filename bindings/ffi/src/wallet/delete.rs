//! Deleting cards, and what is left to do about it.

use super::{NativeWallet, count, name};
use crate::error::WalletError;

#[uniffi::export]
impl NativeWallet {
    /// Deletes a card with its copies, keys and looks. The issuer is not told. Keys in hardware are deleted after it; what
    /// fails is tried again at each [`Self::do_pending`].
    ///
    /// # Errors
    /// `not_found`, `locked` and those of the store: then nothing was deleted
    pub async fn delete(&self, card: String) -> Result<(), WalletError> {
        self.call_async(async { Ok(self.core.delete(&name(&card)?).await?) })
            .await
    }

    /// Does what is left to do: hardware keys that could not be deleted yet, answers that can no longer be sent again. Call it
    /// after unlocking. Returns how many things are still left.
    ///
    /// # Errors
    /// `locked` and those of the store
    pub async fn do_pending(&self) -> Result<u32, WalletError> {
        self.call_async(async { Ok(count(self.core.do_pending().await?)) })
            .await
    }

    /// The handles of all keys in the app's hardware that this store uses or still has to delete. An app whose key store
    /// serves this store alone may delete all others, and all of these after erasing.
    ///
    /// # Errors
    /// `locked` and those of the store
    pub fn hardware_keys(&self) -> Result<Vec<String>, WalletError> {
        self.call(|core| Ok(core.hardware_keys()?))
    }
}
