//! How the holder authenticated for a plan.

use super::{FreshAuth, Wallet};
use crate::error::WalletError;
use crate::presentation::UserAuth;

/// How the holder authenticated for a plan, after it was made or changed.
pub enum HolderAuth<'a> {
    /// As the app says; only its time can be checked.
    App(UserAuth),
    /// By the wallet's own check. One of another store, or older than a minute, is refused.
    Fresh(&'a FreshAuth),
}

impl From<UserAuth> for HolderAuth<'_> {
    fn from(auth: UserAuth) -> Self {
        Self::App(auth)
    }
}

impl<'a> From<&'a FreshAuth> for HolderAuth<'a> {
    fn from(auth: &'a FreshAuth) -> Self {
        Self::Fresh(auth)
    }
}

impl Wallet {
    /// When the holder authenticated, as far as this wallet can tell.
    pub(super) fn checked_auth(&self, auth: HolderAuth<'_>) -> Result<UserAuth, WalletError> {
        match auth {
            HolderAuth::App(auth) => Ok(auth),
            HolderAuth::Fresh(auth) => {
                self.require_fresh(auth)?;
                Ok(UserAuth::Verified { at: auth.at() })
            }
        }
    }
}
