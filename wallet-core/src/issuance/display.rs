//! The display snapshot: how a credential is shown, in all locales, kept so that showing it needs no network.
//!
//! All text is of foreign origin and was cleaned for display.

use super::picture::{Picture, PictureRef};
use crate::formats::claim_path::ClaimPath;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

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
    /// The types the credential's type extends by its type metadata, nearest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extended_types: Vec<String>,
    /// Members a newer version wrote.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// What became of the type metadata.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TypeMetadataUse {
    /// The type has none: its `vct` is no address, say.
    #[default]
    None,
    /// It was checked and used.
    Used,
    /// It could not be had or breaks a rule.
    Unavailable,
    /// A document is not the one a hash stands for (`vct#integrity`, `extends#integrity`); none was used.
    IntegrityMismatch,
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
    /// `#` and 3, 4, 6 or 8 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background_color: Option<String>,
    /// `#` and 3, 4, 6 or 8 hexadecimal digits.
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
