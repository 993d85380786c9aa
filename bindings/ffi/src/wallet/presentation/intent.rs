//! What a scanned or clicked text wants, decided from the text alone.

use crate::error::WalletError;
use crate::guard::caught;
use wallet_core::intent;
use wallet_core::presentation::AuthorizationRequest;

/// How a text reached the wallet; it decides how long it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum LinkMedium {
    /// A QR code: at most 4 KiB.
    Qr,
    /// A link or deep link: at most 64 KiB.
    Link,
}

/// What a text is for. Nothing in it has been checked or trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum LinkIntent {
    /// An offer of cards.
    Offer,
    /// A request to show cards.
    Presentation,
    /// A request to show cards nearby.
    Proximity,
    /// Nothing this wallet knows.
    Unknown,
}

/// What a text is for, by its scheme and the names of its parameters. No network request is made.
///
/// # Errors
/// `too_large`
#[uniffi::export]
pub fn link_intent(text: &str, medium: LinkMedium) -> Result<LinkIntent, WalletError> {
    let medium = match medium {
        LinkMedium::Qr => intent::Medium::Qr,
        LinkMedium::Link => intent::Medium::Link,
    };
    caught(|| {
        Ok(match intent::open(text, medium)? {
            intent::Intent::Offer => LinkIntent::Offer,
            intent::Intent::Presentation => LinkIntent::Presentation,
            intent::Intent::Proximity => LinkIntent::Proximity,
            _ => LinkIntent::Unknown,
        })
    })
}

/// The host that reading this request contacts first, if any: for the holder's go. No network request is made.
///
/// # Errors
/// Those about the form of a request
#[uniffi::export]
pub fn request_contacts(link: &str) -> Result<Option<String>, WalletError> {
    caught(|| {
        let request = AuthorizationRequest::parse(link);
        let request = request.map_err(wallet_core::WalletError::from)?;
        Ok(request.contacts().map(str::to_owned))
    })
}
