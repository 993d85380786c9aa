//! W3C credentials as JWT: parsing, verification, presentation, and reading it back.

use super::fixture::{NOW, WORLD, base64url, holder_key, lines, object, text};
use serde_json::Value;
use std::sync::LazyLock;
use wallet_core::formats::claim_path::{ClaimPath, PathSegment};
use wallet_core::formats::jwt_vc::{
    JwtVc, JwtVcCredential, Occasion, VerifyPolicy, resolve_issuer_key,
};

/// The holder's key as DID.
static HOLDER: LazyLock<String> = LazyLock::new(|| {
    format!(
        "did:jwk:{}",
        base64url(WORLD.holder_jwk.to_string().as_bytes())
    )
});

/// Any text. Nothing verifies by a stranger's signature; what verifies keeps its bytes.
pub(super) fn text_form(input: &[u8]) {
    let Some(text) = text(input) else { return };
    if let Some(credential) = verified(text) {
        assert_eq!(credential.text(), text);
        check(&credential);
    }
}

/// A header and a payload, signed under the anchor. In the payload `"@"` stands for the holder's DID.
pub(super) fn signed(input: &[u8]) {
    let [header, payload] = lines(input);
    let Some(payload) = text(payload) else { return };
    let payload = payload.replace("\"@\"", &Value::from(HOLDER.as_str()).to_string());
    let typ = match payload.contains("\"vc\"") {
        true => "JWT",
        false => "vc+jwt",
    };
    let text = WORLD.sign_certified(object(header), typ, payload.as_bytes());
    if let Some(credential) = verified(&text) {
        assert!(!credential.issuer().starts_with("did:"));
        check(&credential);
    }
}

fn verified(text: &str) -> Option<JwtVcCredential> {
    let parsed = JwtVc::parse(text).ok()?;
    let key = pollster::block_on(resolve_issuer_key(&parsed, &WORLD.trust, None, NOW)).ok()?;
    parsed.verify(&key, &VerifyPolicy::at(NOW)).ok()
}

/// What holds of every credential that verified.
fn check(credential: &JwtVcCredential) {
    let (claims, listed) = (credential.claims(), credential.always_disclosed());
    for path in listed {
        assert!(path.value_in(claims).is_some());
    }
    let mut here = Vec::new();
    require_listed(claims, &mut here, listed);
    let end = credential.expires();
    assert!(end.is_none_or(|end| end.saturating_add(60) > NOW));
    let start = credential.not_before();
    assert!(start.is_none_or(|start| start <= NOW.saturating_add(60)));
    if credential.holder_key().map(|key| key.to_jwk().into()) == Some(WORLD.holder_jwk.clone()) {
        show(credential);
    }
}

/// Every value is one of those listed or within one, but for the addresses of contexts.
fn require_listed(value: &Value, here: &mut Vec<PathSegment>, listed: &[ClaimPath]) {
    if listed.iter().any(|path| path.segments() == here.as_slice()) {
        return;
    }
    let mut within = |segment: PathSegment, value: &Value| {
        here.push(segment);
        require_listed(value, here, listed);
        here.pop();
    };
    match value {
        Value::Object(members) if !members.is_empty() => members
            .iter()
            .for_each(|(name, value)| within(PathSegment::Key(name.clone()), value)),
        Value::Array(elements) if !elements.is_empty() => (0..)
            .zip(elements)
            .for_each(|(place, value)| within(PathSegment::Index(place), value)),
        _ => {
            let is_context = here.first() == Some(&PathSegment::Key("@context".to_owned()));
            assert!(is_context && here.len() <= 2, "not listed: {here:?}");
        }
    }
}

/// Presents for one occasion, and for no other.
fn show(credential: &JwtVcCredential) {
    let occasion = Occasion {
        audience: "x509_san_dns:verifier.example.org".to_owned(),
        nonce: "nonce".to_owned(),
        issued_at: NOW,
    };
    let text = pollster::block_on(credential.present(&occasion, &holder_key()));
    let text = text.expect("what is bound to the key can be shown by it");
    credential.read_presentation(&text, &occasion).unwrap();
    let other = Occasion {
        nonce: "other".to_owned(),
        ..occasion
    };
    assert!(credential.read_presentation(&text, &other).is_err());
}
