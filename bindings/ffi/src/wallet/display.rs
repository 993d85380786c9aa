//! How a card looks, in one language.

use crate::bytes::Bytes;
use crate::redacted::redacted;
use wallet_core::issuance::{self, DisplaySnapshot, PictureRef, lookup};

redacted!(Picture, Image, IssuerLook, CardLook);

/// A picture, kept with the card.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Picture {
    /// The picture; none where it could not be had.
    pub image: Option<Image>,
    /// What it shows, in words.
    pub alt_text: Option<String>,
}

/// The bytes of a picture. They are foreign: decode them with the platform's decoder only.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Image {
    /// `image/png`, `image/jpeg`, `image/webp` or `image/svg+xml`.
    pub media_type: String,
    /// The bytes.
    pub bytes: Bytes,
}

/// How an issuer looks.
#[derive(Clone, Default, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct IssuerLook {
    /// What it calls itself. Nobody vouches for it.
    pub name: Option<String>,
    /// Its logo.
    pub logo: Option<Picture>,
}

/// How a card looks. All text is safe to show.
#[derive(Clone, Default, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct CardLook {
    /// What it is called.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Its logo.
    pub logo: Option<Picture>,
    /// A picture behind the text.
    pub background_image: Option<Picture>,
    /// `#` and 3, 4, 6 or 8 hexadecimal digits.
    pub background_color: Option<String>,
    /// `#` and 3, 4, 6 or 8 hexadecimal digits.
    pub text_color: Option<String>,
    /// Its issuer.
    pub issuer: IssuerLook,
}

impl CardLook {
    pub(super) fn of(display: &DisplaySnapshot, locales: &[String]) -> Self {
        let issuer = lookup(&display.issuer, locales);
        let issuer = issuer.cloned().unwrap_or_default();
        let card: issuance::CredentialDisplay = lookup(&display.credential, locales)
            .cloned()
            .unwrap_or_default();
        let picture = |reference: Option<PictureRef>| reference.map(|it| picture(display, it));
        Self {
            name: card.name,
            description: card.description,
            logo: picture(card.logo),
            background_image: picture(card.background_image),
            background_color: card.background_color,
            text_color: card.text_color,
            issuer: IssuerLook {
                name: issuer.name,
                logo: picture(issuer.logo),
            },
        }
    }
}

fn picture(display: &DisplaySnapshot, reference: PictureRef) -> Picture {
    let kept = |sha256: &String| display.pictures.iter().find(|kept| kept.sha256 == *sha256);
    let kept = reference.sha256.as_ref().and_then(kept);
    Picture {
        image: kept.map(|kept| Image {
            media_type: kept.media_type.clone(),
            bytes: kept.bytes.clone().into(),
        }),
        alt_text: reference.alt_text,
    }
}
