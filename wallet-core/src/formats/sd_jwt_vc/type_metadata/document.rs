//! One type metadata document, parsed (SD-JWT VC -13 6.2, 8, 9).

use super::error::TypeMetadataError;
use super::integrity::Integrity;
use crate::formats::claim_path::ClaimPath;
use crate::http::{Purpose, max_bytes};
use crate::json::{self, Limits};
use crate::text::{display_text, is_hex_color};
use serde_json::{Map, Value};

/// Most locales of one thing.
const MAX_LOCALES: usize = 100;
/// Most claims of a type.
const MAX_CLAIMS: usize = 500;
/// Most SVG templates of one locale.
const MAX_TEMPLATES: usize = 16;
/// Longest name or label kept, in characters.
const MAX_NAME: usize = 100;
/// Longest description or alternative text kept, in characters.
const MAX_DESCRIPTION: usize = 500;

/// How a type is shown in one locale (SD-JWT VC -13 8). All texts are made safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeDisplay {
    /// The language tag (BCP 47), as written. Drafts before -13 call it `lang`.
    pub locale: String,
    /// The name of the type.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
    /// Its looks.
    pub rendering: Rendering,
}

/// The looks of a card (SD-JWT VC -13 8.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendering {
    /// The issuer's logo.
    pub logo: Option<ImageReference>,
    /// A picture behind the text.
    pub background_image: Option<ImageReference>,
    /// A CSS colour: `#` and 3, 4, 6 or 8 hexadecimal digits.
    pub background_color: Option<String>,
    /// As `background_color`, of the text.
    pub text_color: Option<String>,
    /// SVG templates. They may hold code: never give them to a web view.
    pub svg_templates: Vec<SvgTemplate>,
}

/// A picture somewhere (SD-JWT VC -13 8.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageReference {
    /// Where it is: foreign, to be called through the fetcher only.
    pub uri: String,
    /// What its bytes must hash to.
    pub integrity: Option<Integrity>,
    /// What to say where it cannot be seen.
    pub alt_text: Option<String>,
}

/// An SVG template (SD-JWT VC -13 8.1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SvgTemplate {
    /// Where it is, and its hash.
    pub image: ImageReference,
    /// `portrait` or `landscape`.
    pub orientation: Option<String>,
    /// `light` or `dark`.
    pub color_scheme: Option<String>,
    /// `normal` or `high`.
    pub contrast: Option<String>,
}

/// What a type says of one claim, or of several by `null` in the path (SD-JWT VC -13 9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimMetadata {
    /// Which claims.
    pub path: ClaimPath,
    /// Their labels.
    pub display: Vec<ClaimDisplay>,
    /// Whether every credential of the type has them.
    pub mandatory: bool,
    /// Whether they can be withheld.
    pub sd: SelectiveDisclosure,
    /// Their name in SVG templates.
    pub svg_id: Option<String>,
}

/// The label of a claim in one locale (SD-JWT VC -13 9.2). All texts are made safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimDisplay {
    /// The language tag (BCP 47), as written.
    pub locale: String,
    /// The label.
    pub label: String,
    /// What the claim means.
    pub description: Option<String>,
}

/// Whether a claim can be withheld (SD-JWT VC -13 9.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SelectiveDisclosure {
    /// It must be selectively disclosable.
    Always,
    /// It may be.
    #[default]
    Allowed,
    /// It must not be.
    Never,
}

/// One document, before the types it extends are merged in.
pub(super) struct Document {
    pub(super) vct: String,
    pub(super) extends: Option<String>,
    pub(super) extends_integrity: Option<String>,
    /// `None` where the document has no `display`: then that of the extended type stands.
    pub(super) display: Option<Vec<TypeDisplay>>,
    pub(super) claims: Vec<ClaimMetadata>,
}

impl Document {
    /// Parses a document. Members that are not known are ignored (SD-JWT VC -13 6.2); of the known ones, each must be
    /// as the text says.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, TypeMetadataError> {
        let members = json::parse_object(bytes, Limits::bytes(max_bytes(Purpose::Metadata)))?;
        Self::read(&members).ok_or(TypeMetadataError::Malformed)
    }

    fn read(members: &Map<String, Value>) -> Option<Self> {
        let claims = list(members, "claims", MAX_CLAIMS, read_claim)?;
        Some(Self {
            vct: members.get("vct")?.as_str()?.to_owned(),
            extends: optional_text(members, "extends")?,
            extends_integrity: optional_text(members, "extends#integrity")?,
            display: list(members, "display", MAX_LOCALES, read_type_display)?,
            claims: claims.unwrap_or_default(),
        })
    }
}

// The readers below give `None` for a value that is not as it must be. Where a member is optional, that makes two
// layers: `Some(None)` is absent.

type Members = Map<String, Value>;

fn optional_text(members: &Members, name: &str) -> Option<Option<String>> {
    match members.get(name) {
        None => Some(None),
        Some(value) => Some(Some(value.as_str()?.to_owned())),
    }
}

fn shown_text(members: &Members, name: &str, max: usize) -> Option<String> {
    Some(display_text(members.get(name)?.as_str()?, max))
}

fn optional_shown_text(members: &Members, name: &str, max: usize) -> Option<Option<String>> {
    Some(optional_text(members, name)?.map(|text| display_text(&text, max)))
}

fn list<T>(
    members: &Members,
    name: &str,
    max: usize,
    read: fn(&Members) -> Option<T>,
) -> Option<Option<Vec<T>>> {
    let Some(value) = members.get(name) else {
        return Some(None);
    };
    let elements = value.as_array().filter(|elements| elements.len() <= max)?;
    let read = |element: &Value| read(element.as_object()?);
    Some(Some(elements.iter().map(read).collect::<Option<_>>()?))
}

fn optional<T>(
    members: &Members,
    name: &str,
    read: fn(&Members) -> Option<T>,
) -> Option<Option<T>> {
    match members.get(name) {
        None => Some(None),
        Some(value) => Some(Some(read(value.as_object()?)?)),
    }
}

/// `locale`; `lang` in drafts before -13.
fn read_locale(members: &Members) -> Option<String> {
    let locale = members.get("locale").or_else(|| members.get("lang"))?;
    let is_tag = |tag: &&str| {
        let well_formed = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        (1..=35).contains(&tag.len()) && tag.bytes().all(well_formed)
    };
    locale.as_str().filter(is_tag).map(str::to_owned)
}

fn read_type_display(members: &Members) -> Option<TypeDisplay> {
    Some(TypeDisplay {
        locale: read_locale(members)?,
        name: shown_text(members, "name", MAX_NAME)?,
        description: optional_shown_text(members, "description", MAX_DESCRIPTION)?,
        rendering: optional(members, "rendering", read_rendering)?.unwrap_or_default(),
    })
}

fn read_rendering(members: &Members) -> Option<Rendering> {
    let simple = optional(members, "simple", read_simple)?.unwrap_or_default();
    let templates = list(members, "svg_templates", MAX_TEMPLATES, read_template)?;
    Some(Rendering {
        svg_templates: templates.unwrap_or_default(),
        ..simple
    })
}

fn read_simple(members: &Members) -> Option<Rendering> {
    Some(Rendering {
        logo: optional(members, "logo", read_image)?,
        background_image: optional(members, "background_image", read_image)?,
        background_color: optional_text(members, "background_color")?
            .filter(|text| is_hex_color(text)),
        text_color: optional_text(members, "text_color")?.filter(|text| is_hex_color(text)),
        svg_templates: Vec::new(),
    })
}

fn read_image(members: &Members) -> Option<ImageReference> {
    let integrity = optional_text(members, "uri#integrity")?;
    Some(ImageReference {
        uri: members.get("uri")?.as_str()?.to_owned(),
        integrity: integrity.map(|text| Integrity::parse(&text)),
        alt_text: optional_shown_text(members, "alt_text", MAX_DESCRIPTION)?,
    })
}

fn read_template(members: &Members) -> Option<SvgTemplate> {
    let empty = Map::new();
    let properties = match members.get("properties") {
        None => &empty,
        Some(value) => value.as_object()?,
    };
    let one_of = |name: &str, known: [&str; 2]| {
        let text = optional_text(properties, name)?;
        Some(text.filter(|text| known.contains(&text.as_str())))
    };
    Some(SvgTemplate {
        image: read_image(members)?,
        orientation: one_of("orientation", ["portrait", "landscape"])?,
        color_scheme: one_of("color_scheme", ["light", "dark"])?,
        contrast: one_of("contrast", ["normal", "high"])?,
    })
}

fn read_claim(members: &Members) -> Option<ClaimMetadata> {
    let display = list(members, "display", MAX_LOCALES, read_claim_display)?;
    Some(ClaimMetadata {
        path: ClaimPath::from_json(members.get("path")?)?,
        display: display.unwrap_or_default(),
        mandatory: match members.get("mandatory") {
            None => false,
            Some(value) => value.as_bool()?,
        },
        sd: match members.get("sd").map(Value::as_str) {
            None => SelectiveDisclosure::default(),
            Some(Some("always")) => SelectiveDisclosure::Always,
            Some(Some("allowed")) => SelectiveDisclosure::Allowed,
            Some(Some("never")) => SelectiveDisclosure::Never,
            Some(_) => return None,
        },
        svg_id: match optional_text(members, "svg_id")? {
            Some(id) if !is_svg_id(&id) => return None,
            id => id,
        },
    })
}

fn is_svg_id(text: &str) -> bool {
    let starts_well = text.bytes().next().is_some_and(|b| !b.is_ascii_digit());
    starts_well && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn read_claim_display(members: &Members) -> Option<ClaimDisplay> {
    Some(ClaimDisplay {
        locale: read_locale(members)?,
        label: shown_text(members, "label", MAX_NAME)?,
        description: optional_shown_text(members, "description", MAX_DESCRIPTION)?,
    })
}
