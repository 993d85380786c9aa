//! SD-JWT VC Type Metadata, and the types it extends.

use super::fixture::{json, lines, text};
use super::sd_jwt::card;
use super::texts::assert_is_safe;
use async_trait::async_trait;
use serde_json::Value;
use std::collections::BTreeSet;
use wallet_core::formats::sd_jwt_vc::type_metadata::{
    ImageReference, Integrity, MAX_EXTENDS, TypeMetadata, TypeMetadataError, TypeMetadataSource,
    resolve,
};

/// The integrity of the first document, then the documents, one a line. The first is of the type asked for.
pub(super) fn documents(input: &[u8]) {
    let [integrity, documents] = lines(input);
    let registry: Vec<_> = documents.split(|byte| *byte == b'\n').take(8).collect();
    let first = registry.first().copied().unwrap_or_default();
    let Some(vct) = type_of(first) else { return };
    let integrity = text(integrity).filter(|text| !text.is_empty());
    let source = Registry(registry.iter().map(|document| document.to_vec()).collect());
    let Ok(Some(metadata)) = pollster::block_on(resolve(&vct, integrity, &[&source])) else {
        return;
    };
    if let Some(integrity) = integrity {
        assert!(Integrity::parse(integrity).matches(first));
        assert!(integrity.contains("sha"));
    }
    check(&metadata);
    assert_eq!(metadata.types.first(), Some(&vct));
    for warning in metadata.check(card()) {
        let _ = format!("{warning:?}");
    }
}

fn check(metadata: &TypeMetadata) {
    let types: BTreeSet<_> = metadata.types.iter().collect();
    assert_eq!(types.len(), metadata.types.len(), "a type extends itself");
    assert!(types.len() <= 1 + MAX_EXTENDS);
    for display in &metadata.display {
        assert_is_safe(&display.name);
        display
            .description
            .iter()
            .for_each(|text| assert_is_safe(text));
        let looks = &display.rendering;
        for colour in [&looks.background_color, &looks.text_color]
            .into_iter()
            .flatten()
        {
            assert!(colour.starts_with('#') && colour.is_ascii() && colour.len() <= 9);
        }
        let templates = looks.svg_templates.iter().map(|template| &template.image);
        let pictures = looks
            .logo
            .iter()
            .chain(&looks.background_image)
            .chain(templates);
        pictures.for_each(check_picture);
    }
    let paths: BTreeSet<_> = metadata.claims.iter().map(|claim| &claim.path).collect();
    assert_eq!(
        paths.len(),
        metadata.claims.len(),
        "a path is described twice"
    );
    for label in metadata.claims.iter().flat_map(|claim| &claim.display) {
        assert_is_safe(&label.label);
        label
            .description
            .iter()
            .for_each(|text| assert_is_safe(text));
    }
}

fn check_picture(picture: &ImageReference) {
    picture
        .alt_text
        .iter()
        .for_each(|text| assert_is_safe(text));
}

fn type_of(document: &[u8]) -> Option<String> {
    let document = json(document)?;
    document
        .get("vct")
        .and_then(Value::as_str)
        .map(str::to_owned)
}

/// Documents by their own `vct`.
struct Registry(Vec<Vec<u8>>);

#[async_trait]
impl TypeMetadataSource for Registry {
    async fn document(&self, vct: &str) -> Result<Option<Vec<u8>>, TypeMetadataError> {
        let found = self
            .0
            .iter()
            .find(|document| type_of(document).as_deref() == Some(vct));
        Ok(found.cloned())
    }
}
