//! The contexts that ship with the library. They are part of what a signature means, so they are pinned: a test compares
//! each with its SHA-256, and nothing is ever fetched. contexts/PROVENANCE.md says whence they are.

use serde_json::Value;
use std::sync::OnceLock;

/// The context of the demo's citizen ID.
pub const CITIZEN_ID_CONTEXT: &str = "https://citizenwallet.example/contexts/citizen-id/v1";

/// A context and the name it goes by.
pub(super) struct Bundled {
    pub(super) name: &'static str,
    #[cfg_attr(not(test), expect(dead_code, reason = "compared by a test"))]
    pub(super) sha256: &'static str,
    pub(super) text: &'static str,
    parsed: OnceLock<Value>,
}

impl Bundled {
    pub(super) const fn new(name: &'static str, sha256: &'static str, text: &'static str) -> Self {
        Self {
            name,
            sha256,
            text,
            parsed: OnceLock::new(),
        }
    }

    /// What its `@context` holds.
    fn context(&self) -> &Value {
        let parsed = self
            .parsed
            .get_or_init(|| serde_json::from_slice(self.text.as_bytes()).unwrap_or_default());
        &parsed["@context"]
    }
}

pub(super) static SHIPPED: [Bundled; 10] = [
    Bundled::new(
        "https://www.w3.org/2018/credentials/v1",
        "ab4ddd9a531758807a79a5b450510d61ae8d147eab966cc9a200c07095b0cdcc",
        include_str!("contexts/credentials-v1.jsonld"),
    ),
    Bundled::new(
        "https://www.w3.org/ns/credentials/v2",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
        include_str!("contexts/credentials-v2.jsonld"),
    ),
    Bundled::new(
        "https://w3id.org/security/data-integrity/v1",
        "b5d829bd09aa7c42abc6efa0c8ed7635313b5487f37ccfce3ecd149ca9418554",
        include_str!("contexts/data-integrity-v1.jsonld"),
    ),
    Bundled::new(
        "https://w3id.org/security/data-integrity/v2",
        "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
        include_str!("contexts/data-integrity-v2.jsonld"),
    ),
    Bundled::new(
        "https://w3id.org/security/multikey/v1",
        "ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597",
        include_str!("contexts/multikey-v1.jsonld"),
    ),
    Bundled::new(
        "https://w3id.org/citizenship/v3",
        "5a4855907ef40afdb50a51af131d7a883c62e891478ebbb81f5ecb9a5a9b99d7",
        include_str!("contexts/citizenship-v3.jsonld"),
    ),
    Bundled::new(
        "https://w3id.org/citizenship/v4rc1",
        "a89b0bc00b1848ac3dfdf956c7dd5de8567e755351c07ec6a1c2b4a08b67953b",
        include_str!("contexts/citizenship-v4rc1.jsonld"),
    ),
    Bundled::new(
        "https://w3id.org/vdl/v1",
        "5e61aa138bc6a1bf92299edd01408df52f20c24057b9dbea72ccaeef5b792010",
        include_str!("contexts/vdl-v1.jsonld"),
    ),
    Bundled::new(
        "https://w3id.org/vdl/aamva/v1",
        "8394e1f448f15c12b173b264a6f6006f85b343a81548f8e5f1a532bc258894e6",
        include_str!("contexts/vdl-aamva-v1.jsonld"),
    ),
    Bundled::new(
        CITIZEN_ID_CONTEXT,
        "af8dfba6154e252a02d07b1ec664411c1dec77b5f7877560cae27539f95272cc",
        include_str!("../../../../../test-fixtures/contexts/citizen-id-v1.jsonld"),
    ),
];

/// What the context of this name defines.
pub(super) fn context(name: &str) -> Option<&'static Value> {
    #[cfg(test)]
    let known = SHIPPED.iter().chain(&super::tests::CONTEXTS);
    #[cfg(not(test))]
    let known = SHIPPED.iter();
    known
        .into_iter()
        .find(|bundled| bundled.name == name)
        .map(Bundled::context)
}
