//! Anonymous holder binding (vc-di-bbs 4.1): a secret in the signature that the issuer never saw.

use wallet_bbs::{Blinding, Message};
use zeroize::Zeroizing;

/// What a credential with holder binding is shown with: the holder's secret, and what blinded the commitment to it. Bytes
/// that can be copied: whoever has them and the credential is its holder. Wiped when dropped; prints nothing.
pub struct HolderSecret {
    secret: Zeroizing<Vec<u8>>,
    pub(super) blinding: Blinding,
}

impl HolderSecret {
    /// The secret as it was committed to, and the blinding of that commitment.
    #[must_use]
    pub fn new(secret: Zeroizing<Vec<u8>>, blinding: Blinding) -> Self {
        Self { secret, blinding }
    }

    /// The one message that was committed to.
    pub(super) fn committed(&self) -> [Message<'_>; 1] {
        [Message::Bytes(&self.secret)]
    }
}
