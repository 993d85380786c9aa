//! Pictures of a display snapshot: fetched once at issuance, kept as bytes, never decoded or rendered here.

use super::{Ports, percent};
use crate::formats::sd_jwt_vc::type_metadata::{ImageReference, Integrity};
use crate::http::{Fetcher, Purpose};
use crate::jose::base64url;
use crate::picture::begins_as;
use crate::text::display_text;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use wallet_primitives::{base64, hash::sha256};

const ACCEPTED: &str = "image/png, image/jpeg, image/webp, image/svg+xml";
const MAX_PICTURE_BYTES: usize = 256 * 1024;
/// All pictures of one snapshot; as text in a sealed record they stay well under its limit.
const MAX_TOTAL_BYTES: usize = 512 * 1024;
const MAX_PICTURES: usize = 16;
/// Pictures that cannot be had before no more are tried: the holder is waiting.
const MAX_FAILURES: usize = 3;
const MAX_ALT_TEXT_CHARS: usize = 300;

/// A picture as it was received. An SVG may hold scripts and references: show it only in a viewer that runs and loads
/// nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// SHA-256 of the bytes in base64url: its name in the snapshot.
    pub sha256: String,
    /// `image/png`, `image/jpeg`, `image/webp` or `image/svg+xml`; the bytes look like it.
    pub media_type: String,
    /// The bytes; base64url when serialised.
    #[serde(with = "base64url_bytes")]
    pub bytes: Vec<u8>,
}

/// The place of a picture in a display entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureRef {
    /// The name of the picture in the snapshot; `None` if it could not be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// What to say in its place, cleaned for display.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt_text: Option<String>,
    /// Where it is, until it was fetched.
    #[serde(skip)]
    source: Option<Source>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Source {
    uri: String,
    integrity: Option<Integrity>,
}

impl PictureRef {
    /// Reads `{"uri", "alt_text"?}` (OpenID4VCI 1.0 12.2.4).
    pub(super) fn parse(value: &Value) -> Option<Self> {
        let object = value.as_object()?;
        let text = |name| object.get(name).and_then(Value::as_str);
        Some(Self {
            sha256: None,
            alt_text: text("alt_text").map(|raw| display_text(raw, MAX_ALT_TEXT_CHARS)),
            source: Some(Source {
                uri: text("uri")?.to_owned(),
                integrity: None,
            }),
        })
    }
}

impl From<ImageReference> for PictureRef {
    fn from(image: ImageReference) -> Self {
        Self {
            sha256: None,
            alt_text: image.alt_text,
            source: Some(Source {
                uri: image.uri,
                integrity: image.integrity,
            }),
        }
    }
}

/// Collects the pictures of one snapshot.
pub(super) struct Pictures<'a> {
    fetcher: Fetcher<'a>,
    found: Vec<Picture>,
    by_source: BTreeMap<String, Option<String>>,
    total_bytes: usize,
    failures: usize,
}

impl<'a> Pictures<'a> {
    pub(super) fn new(ports: &Ports<'a>) -> Self {
        Self {
            fetcher: ports.fetcher(),
            found: Vec::new(),
            by_source: BTreeMap::new(),
            total_bytes: 0,
            failures: 0,
        }
    }

    /// Fetches the picture and names it in `reference`; leaves the name out if it cannot be had.
    pub(super) async fn load(&mut self, reference: &mut PictureRef) {
        let Some(source) = reference.source.take() else {
            return;
        };
        let known = self.by_source.get(&source.uri).cloned();
        let name = match known {
            Some(name) => name,
            None => self.fetch(&source).await,
        };
        // The same address may be given with and without a hash: each reference is checked by its own.
        reference.sha256 = name
            .clone()
            .filter(|name| self.has_integrity(name, &source));
        self.by_source.insert(source.uri, name);
    }

    pub(super) fn into_pictures(self) -> Vec<Picture> {
        self.found
    }

    async fn fetch(&mut self, source: &Source) -> Option<String> {
        if self.found.len() >= MAX_PICTURES || self.failures >= MAX_FAILURES {
            return None;
        }
        let picture = match source.uri.strip_prefix("data:") {
            Some(data) => read_data_uri(data),
            None => self.fetch_remote(&source.uri).await,
        };
        let room = MAX_PICTURE_BYTES.min(MAX_TOTAL_BYTES - self.total_bytes);
        let Some(picture) = picture.filter(|picture| picture.bytes.len() <= room) else {
            self.failures += 1;
            return None;
        };
        let name = picture.sha256.clone();
        if !self.found.iter().any(|known| known.sha256 == name) {
            self.total_bytes += picture.bytes.len();
            self.found.push(picture);
        }
        Some(name)
    }

    async fn fetch_remote(&self, uri: &str) -> Option<Picture> {
        let answer = self
            .fetcher
            .get(Purpose::Display, uri, ACCEPTED)
            .await
            .ok()?;
        let declared = answer.content_type()?.to_owned();
        picture(&declared, answer.into_body())
    }

    fn has_integrity(&self, name: &str, source: &Source) -> bool {
        let Some(integrity) = &source.integrity else {
            return true;
        };
        let picture = self.found.iter().find(|picture| picture.sha256 == name);
        picture.is_some_and(|picture| integrity.matches(&picture.bytes))
    }
}

/// Reads what follows `data:` (RFC 2397).
fn read_data_uri(data: &str) -> Option<Picture> {
    // Three quarters of the text are bytes; percent encoding takes up to three times as much.
    if data.len() > 3 * MAX_PICTURE_BYTES + 256 {
        return None;
    }
    let (head, body) = data.split_once(',')?;
    let mut parameters = head.split(';');
    let media_type = parameters.next()?.to_ascii_lowercase();
    let is_base64 = parameters.any(|parameter| parameter.eq_ignore_ascii_case("base64"));
    let text = percent::decode(body)?;
    let bytes = if is_base64 {
        base64::decode(core::str::from_utf8(&text).ok()?).ok()?
    } else {
        text
    };
    picture(&media_type, bytes)
}

/// A picture, if the bytes begin as the declared media type does.
fn picture(declared: &str, bytes: Vec<u8>) -> Option<Picture> {
    begins_as(declared, &bytes).then(|| Picture {
        sha256: base64url::encode(&sha256(&[&bytes])),
        media_type: declared.to_owned(),
        bytes,
    })
}

mod base64url_bytes {
    use crate::jose::base64url;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&base64url::encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        base64url::decode(&text).map_err(D::Error::custom)
    }
}
