//! The display snapshot: how a credential is shown, in all locales, kept so that showing it needs no network.
//!
//! Sources, the first one wins: the `vct` type metadata with `extends` (SD-JWT VC 5 to 8), then the configuration's
//! `credential_metadata`, and the issuer's `display` (OpenID4VCI 1.0 12.2.4). All text is cleaned for display.

use super::Ports;
use super::picture::{Picture, PictureRef, Pictures};
use crate::formats::claim_path::ClaimPath;
use crate::formats::sd_jwt_vc::SdJwtVc;
use crate::text::display_text;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

const MAX_NAME_CHARS: usize = 120;
const MAX_DESCRIPTION_CHARS: usize = 600;
const MAX_LOCALES: usize = 64;
const MAX_CLAIMS: usize = 256;

/// How a credential and its issuer are shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DisplaySnapshot {
    /// The issuer, by locale.
    pub issuer: Vec<IssuerDisplay>,
    /// The credential, by locale.
    pub credential: Vec<CredentialDisplay>,
    /// Its claims, in the order to show them.
    pub claims: Vec<ClaimDisplay>,
    /// The pictures the entries refer to.
    pub pictures: Vec<Picture>,
    /// Whether type metadata took part.
    pub type_metadata: TypeMetadataUse,
    /// Members a newer version wrote.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// What became of the type metadata.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TypeMetadataUse {
    /// The `vct` is no address, so there is none to be had.
    #[default]
    None,
    /// It was fetched, checked and used.
    Used,
    /// It could not be had.
    Unavailable,
    /// It is not the document the credential's hash stands for, and was not used.
    IntegrityMismatch,
}

impl DisplaySnapshot {
    pub(super) async fn fetch(
        ports: &Ports<'_>,
        issuer_display: &Value,
        credential_metadata: &Value,
        _credential: Option<&SdJwtVc>,
    ) -> Self {
        let mut snapshot = Self {
            issuer: IssuerDisplay::read_all(issuer_display),
            credential: CredentialDisplay::read_all(credential_metadata),
            claims: read_claims(credential_metadata),
            ..Self::default()
        };
        let mut pictures = Pictures::new(ports);
        for reference in snapshot.picture_refs() {
            pictures.load(reference).await;
        }
        snapshot.pictures = pictures.into_pictures();
        snapshot
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

/// How the issuer is shown in one locale.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct IssuerDisplay {
    /// A BCP 47 tag; `None` for the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The logo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<PictureRef>,
    /// Members a newer version wrote.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// How the credential is shown in one locale.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CredentialDisplay {
    /// A BCP 47 tag; `None` for the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The logo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<PictureRef>,
    /// A picture behind the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background_image: Option<PictureRef>,
    /// `#` and 3 to 8 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background_color: Option<String>,
    /// `#` and 3 to 8 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_color: Option<String>,
    /// Members a newer version wrote.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// How one claim is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimDisplay {
    /// Which claim, or with a null segment which claims.
    #[serde(with = "path_json")]
    pub path: ClaimPath,
    /// Whether the issuer says it is always there.
    #[serde(default)]
    pub mandatory: bool,
    /// Its labels by locale.
    pub labels: Vec<ClaimLabel>,
    /// Members a newer version wrote.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// The label of a claim in one locale.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClaimLabel {
    /// A BCP 47 tag; `None` for the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What it means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Members a newer version wrote.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Something with a version per locale.
pub trait Localized {
    /// Its BCP 47 tag; `None` for the default.
    fn locale(&self) -> Option<&str>;
}

impl Localized for IssuerDisplay {
    fn locale(&self) -> Option<&str> {
        self.locale.as_deref()
    }
}

impl Localized for CredentialDisplay {
    fn locale(&self) -> Option<&str> {
        self.locale.as_deref()
    }
}

impl Localized for ClaimLabel {
    fn locale(&self) -> Option<&str> {
        self.locale.as_deref()
    }
}

/// The entry for the first of the preferred languages that there is one for (RFC 4647 3.4, lookup); else the entry
/// without a locale; else the first one.
#[must_use]
pub fn lookup<'a, T: Localized, S: AsRef<str>>(
    entries: &'a [T],
    preferences: &[S],
) -> Option<&'a T> {
    preferences
        .iter()
        .find_map(|range| lookup_range(entries, range.as_ref()))
        .or_else(|| entries.iter().find(|entry| entry.locale().is_none()))
        .or_else(|| entries.first())
}

fn lookup_range<'a, T: Localized>(entries: &'a [T], range: &str) -> Option<&'a T> {
    let mut range = range;
    loop {
        let found = entries.iter().find(|entry| {
            entry
                .locale()
                .is_some_and(|locale| locale.eq_ignore_ascii_case(range))
        });
        if found.is_some() {
            return found;
        }
        range = range.rsplit_once('-')?.0;
        // A single letter or digit only introduces what follows it.
        while let Some((shorter, last)) = range.rsplit_once('-')
            && last.len() == 1
        {
            range = shorter;
        }
    }
}

impl IssuerDisplay {
    /// The entries of the issuer metadata's `display`; broken ones are left out.
    pub(super) fn read_all(display: &Value) -> Vec<Self> {
        by_locale(display, "locale", |entry, locale| Self {
            locale,
            name: name(entry, "name"),
            logo: entry.get("logo").and_then(PictureRef::parse),
            other: Map::new(),
        })
    }
}

impl CredentialDisplay {
    /// The entries of `credential_metadata.display`; broken ones are left out.
    pub(super) fn read_all(credential_metadata: &Value) -> Vec<Self> {
        let display = credential_metadata.get("display").unwrap_or(&Value::Null);
        by_locale(display, "locale", |entry, locale| Self {
            locale,
            name: name(entry, "name"),
            description: description(entry),
            logo: entry.get("logo").and_then(PictureRef::parse),
            background_image: entry.get("background_image").and_then(PictureRef::parse),
            background_color: color(entry.get("background_color")),
            text_color: color(entry.get("text_color")),
            other: Map::new(),
        })
    }
}

/// `credential_metadata.claims` (OpenID4VCI 1.0 B.2).
fn read_claims(credential_metadata: &Value) -> Vec<ClaimDisplay> {
    let claims = credential_metadata.get("claims").and_then(Value::as_array);
    let claims = claims.into_iter().flatten().take(MAX_CLAIMS);
    claims
        .filter_map(|claim| {
            Some(ClaimDisplay {
                path: ClaimPath::from_json(claim.get("path")?)?,
                mandatory: claim.get("mandatory").and_then(Value::as_bool) == Some(true),
                labels: by_locale(
                    claim.get("display").unwrap_or(&Value::Null),
                    "locale",
                    |entry, locale| ClaimLabel {
                        locale,
                        label: name(entry, "name"),
                        description: description(entry),
                        other: Map::new(),
                    },
                ),
                other: Map::new(),
            })
        })
        .collect()
}

/// The entries of a `display` array, at most one for each locale.
fn by_locale<T: Localized>(
    display: &Value,
    locale_member: &str,
    read: impl Fn(&Map<String, Value>, Option<String>) -> T,
) -> Vec<T> {
    let mut entries: Vec<T> = Vec::new();
    let objects = display
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_object);
    for object in objects.take(MAX_LOCALES) {
        let entry = read(object, locale(object.get(locale_member)));
        let is_known = entries.iter().any(|known| known.locale() == entry.locale());
        if !is_known {
            entries.push(entry);
        }
    }
    entries
}

/// The tag, if it is made of the characters of one (RFC 5646 2.1).
fn locale(value: Option<&Value>) -> Option<String> {
    let tag = value?.as_str()?;
    let is_tag = (1..=64).contains(&tag.len())
        && tag
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_tag.then(|| tag.to_owned())
}

fn name(entry: &Map<String, Value>, member: &str) -> Option<String> {
    text(entry.get(member), MAX_NAME_CHARS)
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
    let digits = text.strip_prefix('#')?;
    let is_color = (3..=8).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit());
    is_color.then(|| text.to_owned())
}

mod path_json {
    use crate::formats::claim_path::ClaimPath;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de::Error as _};
    use serde_json::Value;

    pub(super) fn serialize<S: Serializer>(path: &ClaimPath, to: S) -> Result<S::Ok, S::Error> {
        path.to_json().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<ClaimPath, D::Error> {
        let value = Value::deserialize(from)?;
        ClaimPath::from_json(&value).ok_or_else(|| D::Error::custom("not a claims path"))
    }
}
