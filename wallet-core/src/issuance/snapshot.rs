//! Making a display snapshot: fetched once, when a credential is received, and never while presenting.
//!
//! Sources: the type metadata of the `vct` with what it extends (SD-JWT VC 4 to 9), the configuration's
//! `credential_metadata` and the issuer's `display` (OpenID4VCI 1.0 12.2.4). Where two say something for the same
//! locale or claim, type metadata wins.

use super::Ports;
use super::display::{
    ClaimDisplay, ClaimLabel, CredentialDisplay, DisplaySnapshot, IssuerDisplay, Localized,
    TypeMetadataUse,
};
use super::picture::{PictureRef, Pictures};
use crate::formats::Credential;
use crate::formats::claim_path::ClaimPath;
use crate::formats::sd_jwt_vc::SdJwtVc;
use crate::formats::sd_jwt_vc::type_metadata::{
    self, ClaimMetadata, ReceivedDocuments, TypeDisplay, TypeMetadata, TypeMetadataError,
};
use crate::text::{display_text, is_hex_color};
use serde_json::{Map, Value};

const MAX_NAME_CHARS: usize = 120;
const MAX_DESCRIPTION_CHARS: usize = 600;
const MAX_LOCALES: usize = 64;
const MAX_CLAIMS: usize = 256;

impl DisplaySnapshot {
    /// Of a received credential. What cannot be had is left out.
    pub(super) async fn fetch(
        ports: &Ports<'_>,
        issuer_display: &Value,
        credential_metadata: &Value,
        credential: Option<&Credential>,
    ) -> Self {
        let mut snapshot = Self {
            issuer: IssuerDisplay::read_all(issuer_display),
            credential: CredentialDisplay::read_all(credential_metadata),
            claims: ClaimDisplay::read_all(credential_metadata),
            ..Self::default()
        };
        if let Some(Credential::SdJwtVc(credential)) = credential {
            snapshot.add_type_metadata(ports, credential).await;
        }
        let mut pictures = Pictures::new(ports);
        for reference in snapshot.picture_refs() {
            pictures.load(reference).await;
        }
        let mut pictures = pictures.into_pictures();
        let used: Vec<_> = snapshot
            .picture_refs()
            .filter_map(|reference| reference.sha256.clone())
            .collect();
        pictures.retain(|picture| used.contains(&picture.sha256));
        snapshot.pictures = pictures;
        snapshot
    }

    async fn add_type_metadata(&mut self, ports: &Ports<'_>, credential: &SdJwtVc) {
        let received = ReceivedDocuments::of(credential);
        let fetcher = ports.fetcher();
        let resolved = type_metadata::resolve(
            credential.vct(),
            credential.vct_integrity(),
            &[&received, &fetcher],
        )
        .await;
        self.type_metadata = match resolved {
            Ok(Some(metadata)) => {
                let types = metadata.types.iter().skip(1);
                self.extended_types = types.cloned().collect();
                self.prefer(metadata);
                TypeMetadataUse::Used
            }
            Ok(None) => TypeMetadataUse::None,
            Err(TypeMetadataError::Integrity) => TypeMetadataUse::IntegrityMismatch,
            Err(_) => TypeMetadataUse::Unavailable,
        };
    }

    fn prefer(&mut self, metadata: TypeMetadata) {
        let display = metadata.display.into_iter().map(CredentialDisplay::from);
        prefer_locales(&mut self.credential, display.collect());
        let claims = metadata.claims.into_iter().take(MAX_CLAIMS);
        let mut claims: Vec<_> = claims.map(ClaimDisplay::from).collect();
        for other in std::mem::take(&mut self.claims) {
            match claims.iter_mut().find(|claim| claim.path == other.path) {
                Some(claim) => {
                    let preferred = std::mem::replace(&mut claim.labels, other.labels);
                    prefer_locales(&mut claim.labels, preferred);
                }
                None => claims.push(other),
            }
        }
        self.claims = claims;
    }

    fn picture_refs(&mut self) -> impl Iterator<Item = &mut PictureRef> {
        let issuer = self
            .issuer
            .iter_mut()
            .filter_map(|entry| entry.logo.as_mut());
        let credential = self.credential.iter_mut().flat_map(|entry| {
            let logo = entry.logo.as_mut();
            logo.into_iter().chain(entry.background_image.as_mut())
        });
        credential.chain(issuer)
    }
}

/// Puts `preferred` before `entries` and drops the entries of its locales.
fn prefer_locales<T: Localized>(entries: &mut Vec<T>, preferred: Vec<T>) {
    let others = std::mem::replace(entries, preferred);
    for other in others {
        if !entries.iter().any(|known| is_same_locale(known, &other)) {
            entries.push(other);
        }
    }
}

fn is_same_locale(one: &impl Localized, other: &impl Localized) -> bool {
    match (one.locale(), other.locale()) {
        (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
        (one, other) => one == other,
    }
}

impl From<TypeDisplay> for CredentialDisplay {
    fn from(display: TypeDisplay) -> Self {
        let rendering = display.rendering;
        Self {
            locale: as_locale(&display.locale),
            name: Some(display.name),
            description: display.description,
            logo: rendering.logo.map(PictureRef::from),
            background_image: rendering.background_image.map(PictureRef::from),
            background_color: rendering.background_color,
            text_color: rendering.text_color,
            other: Map::new(),
        }
    }
}

impl From<ClaimMetadata> for ClaimDisplay {
    fn from(claim: ClaimMetadata) -> Self {
        let label = |display: type_metadata::ClaimDisplay| ClaimLabel {
            locale: as_locale(&display.locale),
            label: Some(display.label),
            description: display.description,
            other: Map::new(),
        };
        Self {
            path: claim.path,
            mandatory: claim.mandatory,
            labels: claim.display.into_iter().map(label).collect(),
            other: Map::new(),
        }
    }
}

impl IssuerDisplay {
    /// The entries of the issuer metadata's `display`; broken ones are left out.
    pub(super) fn read_all(display: &Value) -> Vec<Self> {
        by_locale(display, |entry, locale| Self {
            locale,
            name: name(entry),
            logo: entry.get("logo").and_then(PictureRef::parse),
            other: Map::new(),
        })
    }
}

impl CredentialDisplay {
    /// The entries of `credential_metadata.display`; broken ones are left out.
    pub(super) fn read_all(credential_metadata: &Value) -> Vec<Self> {
        let display = credential_metadata.get("display").unwrap_or(&Value::Null);
        by_locale(display, |entry, locale| Self {
            locale,
            name: name(entry),
            description: description(entry),
            logo: entry.get("logo").and_then(PictureRef::parse),
            background_image: entry.get("background_image").and_then(PictureRef::parse),
            background_color: color(entry.get("background_color")),
            text_color: color(entry.get("text_color")),
            other: Map::new(),
        })
    }
}

impl ClaimDisplay {
    /// `credential_metadata.claims` (OpenID4VCI 1.0 B.2).
    pub(super) fn read_all(credential_metadata: &Value) -> Vec<Self> {
        let claims = credential_metadata.get("claims").and_then(Value::as_array);
        let claims = claims.into_iter().flatten().take(MAX_CLAIMS);
        claims.filter_map(Self::read).collect()
    }

    fn read(claim: &Value) -> Option<Self> {
        Some(Self {
            path: ClaimPath::from_json(claim.get("path")?)?,
            mandatory: claim.get("mandatory").and_then(Value::as_bool) == Some(true),
            labels: by_locale(
                claim.get("display").unwrap_or(&Value::Null),
                |entry, locale| ClaimLabel {
                    locale,
                    label: name(entry),
                    description: description(entry),
                    other: Map::new(),
                },
            ),
            other: Map::new(),
        })
    }
}

/// The entries of a `display` array, at most one for each locale.
fn by_locale<T: Localized>(
    display: &Value,
    read: impl Fn(&Map<String, Value>, Option<String>) -> T,
) -> Vec<T> {
    let mut entries: Vec<T> = Vec::new();
    let objects = display
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_object);
    for object in objects.take(MAX_LOCALES) {
        let entry = read(object, locale(object.get("locale")));
        let is_known = entries.iter().any(|known| is_same_locale(known, &entry));
        if !is_known {
            entries.push(entry);
        }
    }
    entries
}

fn locale(value: Option<&Value>) -> Option<String> {
    as_locale(value?.as_str()?)
}

/// The tag, if it is made of the characters of one (RFC 5646 2.1).
fn as_locale(tag: &str) -> Option<String> {
    let is_tag = (1..=64).contains(&tag.len())
        && tag
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_tag.then(|| tag.to_owned())
}

fn name(entry: &Map<String, Value>) -> Option<String> {
    text(entry.get("name"), MAX_NAME_CHARS)
}

fn description(entry: &Map<String, Value>) -> Option<String> {
    text(entry.get("description"), MAX_DESCRIPTION_CHARS)
}

fn text(value: Option<&Value>, max_chars: usize) -> Option<String> {
    let shown = display_text(value?.as_str()?, max_chars);
    (!shown.is_empty()).then_some(shown)
}

fn color(value: Option<&Value>) -> Option<String> {
    let text = value?.as_str()?;
    is_hex_color(text).then(|| text.to_owned())
}
