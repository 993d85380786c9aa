//! What ships, and that all of it can be used.

use crate::formats::data_integrity::json_ld::bundle::{SHIPPED, context};
use crate::formats::data_integrity::json_ld::context::{Context, Scope};
use serde_json::Value;
use std::rc::Rc;
use wallet_primitives::hash::sha256;

#[test]
fn every_shipped_context_is_the_one_that_was_pinned() {
    for bundled in &SHIPPED {
        let hash = sha256(&[bundled.text.as_bytes()]).map(|byte| format!("{byte:02x}"));
        assert_eq!(hash.concat(), bundled.sha256, "{}", bundled.name);
        assert!(
            context(bundled.name).unwrap().is_object(),
            "{}",
            bundled.name
        );
    }
}

/// Every context within `local` over `active`, as if each type and property were used.
fn process_all(active: &Rc<Context>, local: &'static Value, scope: Scope, name: &str) {
    let context = active
        .with(local, scope)
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    for (term, definition) in local.as_object().into_iter().flatten() {
        if let Some(scoped) = definition.get("@context") {
            let is_type = term.starts_with(|c: char| c.is_ascii_uppercase());
            let scope = if is_type {
                Scope::Type
            } else {
                Scope::Property
            };
            process_all(&context, scoped, scope, term);
        }
    }
}

#[test]
fn every_shipped_context_uses_only_what_is_supported() {
    for bundled in &SHIPPED {
        let local = context(bundled.name).unwrap();
        process_all(&Rc::default(), local, Scope::Document, bundled.name);
    }
}
