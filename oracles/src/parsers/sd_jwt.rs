//! SD-JWT VC: parsing, verification, presentation, and reading it back.

use super::fixture::{
    Answers, Decisions, NOW, WORLD, base64url, holder_key, json_answer, lines, object, text,
};
use super::issuer::{Hash, Issued, registered};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::LazyLock;
use wallet_core::formats::claim_path::ClaimPath;
use wallet_core::formats::sd_jwt_vc::{
    KeyBinding, SdJwt, SdJwtVc, TransactionDataHashes, VerifyPolicy, resolve_issuer_key,
};
use wallet_core::http::{FetchSettings, Fetcher};
use wallet_core::json::{Limits, parse};

/// Any text. Nothing verifies by a stranger's signature; what verifies keeps its bytes.
pub(super) fn text_form(input: &[u8]) {
    let Some(text) = text(input) else { return };
    let Ok(sd_jwt) = SdJwt::parse(text) else {
        return;
    };
    let key = pollster::block_on(resolve_issuer_key(&sd_jwt, &WORLD.trust, None, NOW));
    let key = key.unwrap_or_else(|_| WORLD.issuer.clone());
    if let Ok(credential) = sd_jwt.verify(&key, &VerifyPolicy::at(NOW)) {
        assert_eq!(credential.text(), text);
        check(&credential);
    }
}

/// A payload and disclosures of the input, signed: whatever digests the fuzzer puts where. In payload and disclosures,
/// `"#2"` stands for the digest of the third disclosure, so that references of every kind come about.
pub(super) fn signed(input: &[u8]) {
    let [header, payload, disclosures] = lines(input);
    let Some(payload) = text(payload) else { return };
    let hash = match () {
        () if payload.contains("sha-384") => Hash::Sha384,
        () if payload.contains("sha-512") => Hash::Sha512,
        () => Hash::Sha256,
    };
    let mut texts: Vec<String> = disclosures
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .take(40)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    let mut payload = payload.to_owned();
    // From the last one on, because a digest covers the digests within.
    for index in (0..texts.len()).rev() {
        texts[index] = base64url(texts[index].as_bytes());
        let digest = hash.digest(&texts[index]);
        let placeholder = format!("#{index}\"");
        let digest = format!("{digest}\"");
        payload = payload.replace(&placeholder, &digest);
        for earlier in &mut texts[..index] {
            *earlier = earlier.replace(&placeholder, &digest);
        }
    }
    let mut members = object(payload.as_bytes());
    if members.is_empty() {
        registered(&mut members);
        payload = Value::Object(members).to_string();
    }
    let jws = WORLD.sign_certified(object(header), "dc+sd-jwt", payload.as_bytes());
    let parts = core::iter::once(jws).chain(texts.iter().cloned());
    let text = parts.chain([String::new()]).collect::<Vec<_>>().join("~");
    let Ok(sd_jwt) = SdJwt::parse(&text) else {
        return;
    };
    if let Ok(credential) = sd_jwt.verify(&WORLD.issuer, &VerifyPolicy::at(NOW)) {
        assert_eq!(credential.disclosable().len(), texts.len());
        check(&credential);
    }
}

/// What holds of every credential that verified.
fn check(credential: &SdJwtVc) {
    let claims = credential.claims();
    assert!(claims.is_object());
    assert_eq!(
        claims.get("vct").and_then(Value::as_str),
        Some(credential.vct())
    );
    assert!(
        credential
            .expires()
            .is_none_or(|end| end.saturating_add(60) > NOW)
    );
    assert!(
        credential
            .not_before()
            .is_none_or(|start| start <= NOW.saturating_add(60))
    );
    let disclosable = credential.disclosable();
    let fixed = credential.always_disclosed();
    for path in disclosable.iter().chain(&fixed) {
        assert!(path.is_concrete() && path.value_in(claims).is_some());
    }
    for path in &fixed {
        assert!(!disclosable.iter().any(|hidden| path.starts_with(hidden)));
    }
    assert_eq!(
        disclosable.iter().collect::<BTreeSet<_>>().len(),
        disclosable.len()
    );
    // Nothing, everything, and each alone.
    show(credential, &[]);
    show(credential, &disclosable);
    for path in disclosable.iter().take(4) {
        show(credential, core::slice::from_ref(path));
    }
}

/// Presents, and reads what the verifier sees: no more than was selected with what lies around and in it.
fn show(credential: &SdJwtVc, selected: &[ClaimPath]) {
    let presentation = credential.present(selected).unwrap();
    let shown = credential
        .read_presentation(presentation.text(), None)
        .unwrap();
    assert_eq!(shown.disclosed, presentation.disclosed());
    for path in &shown.disclosed {
        let is_wanted = |claim: &ClaimPath| claim.starts_with(path) || path.starts_with(claim);
        assert!(
            selected.iter().any(is_wanted),
            "more is shown than selected"
        );
    }
    let verified = SdJwt::parse(presentation.text()).unwrap();
    let verified = verified.verify(&WORLD.issuer, &VerifyPolicy::at(NOW));
    // The signer's key may have been another one: then there was nothing to compare.
    if let Ok(verified) = verified {
        assert_eq!(*verified.claims(), shown.claims);
    }
}

/// Issued from fuzzed claims by the issuer here, then verified, presented and read back by the wallet: what the verifier
/// is left with is what the issuer computes.
pub(super) fn round_trip(input: &[u8]) {
    let [decisions, claims] = lines(input);
    let claims = object(claims);
    let is_plain = Limits {
        max_bytes: 32 * 1024,
        max_depth: 20,
    };
    if parse(
        Value::Object(claims.clone()).to_string().as_bytes(),
        is_plain,
    )
    .is_err()
    {
        return;
    }
    let mut decisions = Decisions::new(decisions);
    let Some(issued) = Issued::new(claims, &mut decisions) else {
        return;
    };
    let sd_jwt = SdJwt::parse(&issued.text).unwrap();
    let credential = sd_jwt
        .verify(&WORLD.issuer, &VerifyPolicy::at(NOW))
        .unwrap();
    assert_eq!(*credential.claims(), issued.claims);
    let paths = |paths: &[ClaimPath]| -> Vec<_> {
        paths.iter().map(|path| path.segments().to_vec()).collect()
    };
    assert_eq!(paths(&credential.disclosable()), issued.disclosures);

    let selected: Vec<_> = (0..decisions.below(5))
        .map(|_| decisions.below(256) * 256 + decisions.below(256))
        .filter_map(|at| ClaimPath::new(issued.places[at % issued.places.len()].clone()))
        .collect();
    let presentation = credential.present(&selected).unwrap();
    let needed = issued.needed(&selected);
    let disclosed = paths(presentation.disclosed());
    assert_eq!(disclosed.iter().cloned().collect::<BTreeSet<_>>(), needed);

    let binding = KeyBinding {
        audience: "x509_san_dns:verifier.example.org".to_owned(),
        nonce: "n-0S6_WzA2Mj".to_owned(),
        issued_at: NOW,
        transaction_data_hashes: decisions
            .yes()
            .then(|| TransactionDataHashes::over(["e30"], None)),
    };
    let bound = pollster::block_on(presentation.bind(binding.clone(), &holder_key())).unwrap();
    let shown = credential
        .read_presentation(&bound, Some(&binding))
        .unwrap();
    assert_eq!(paths(&shown.disclosed), disclosed);
    assert_eq!(shown.claims, issued.left_with(&needed));
    let other = KeyBinding {
        nonce: "another".to_owned(),
        ..binding
    };
    assert!(credential.read_presentation(&bound, Some(&other)).is_err());
    assert!(credential.read_presentation(&bound, None).is_err());
}

/// One credential with everything in it that RFC 9901 has.
static CARD: LazyLock<(String, SdJwtVc)> = LazyLock::new(|| {
    let claims = json!({
        "given_name": "Minji", "age_over": { "19": true, "20": false },
        "address": { "country": "KR", "locality": "서울", "lines": ["1", ["2", "3"]] },
        "nationalities": ["KR", "DE"], "portrait": null,
    });
    let claims = claims.as_object().cloned().unwrap_or_default();
    let issued = Issued::new(claims, &mut Decisions::new(&[1, 3, 0, 1, 7, 1, 15])).unwrap();
    let sd_jwt = SdJwt::parse(&issued.text).unwrap();
    let credential = sd_jwt
        .verify(&WORLD.issuer, &VerifyPolicy::at(NOW))
        .unwrap();
    (issued.text, credential)
});

/// The verified card.
pub(super) fn card() -> &'static SdJwtVc {
    &CARD.1
}

/// A presentation of a fixed credential as the input has it: `@` stands for the issuer-signed JWT, digits for its
/// disclosures. What is read is never more than the credential holds, and what is bound says what the wallet said.
pub(super) fn presentation(input: &[u8]) {
    let Some(input) = text(input) else { return };
    let (card, credential) = &*CARD;
    let received: Vec<_> = card.trim_end_matches('~').split('~').collect();
    let parts = input.split('~').map(|part| match part {
        "@" => received[0],
        part => part
            .parse()
            .ok()
            .and_then(|index: usize| received.get(index + 1))
            .copied()
            .unwrap_or(part),
    });
    let text = parts.collect::<Vec<_>>().join("~");
    let binding = KeyBinding {
        audience: "x509_san_dns:verifier.example.org".to_owned(),
        nonce: "n-0S6_WzA2Mj".to_owned(),
        issued_at: NOW,
        transaction_data_hashes: None,
    };
    if let Ok(shown) = credential.read_presentation(&text, None) {
        assert!(text.ends_with('~'));
        let disclosable = credential.disclosable();
        assert!(
            shown
                .disclosed
                .iter()
                .all(|path| disclosable.contains(path))
        );
        let rebuilt = credential.present(&shown.disclosed).unwrap();
        // The order of disclosures is free, their set is not: what was shown without its surroundings is refused.
        let shown: BTreeSet<_> = shown.disclosed.iter().collect();
        assert!(
            rebuilt
                .disclosed()
                .iter()
                .collect::<BTreeSet<_>>()
                .is_superset(&shown)
        );
        let bound = pollster::block_on(rebuilt.bind(binding.clone(), &holder_key())).unwrap();
        assert!(credential.read_presentation(&bound, Some(&binding)).is_ok());
    }
    if credential.read_presentation(&text, Some(&binding)).is_ok() {
        assert!(text.contains(".eyJ"), "bound without a KB-JWT");
    }
    if let Ok(sd_jwt) = SdJwt::parse(&text) {
        let _ = sd_jwt.verify(&WORLD.issuer, &VerifyPolicy::at(NOW));
    }
}

/// The two documents of an issuer's web site: only a key that signed the credential is believed.
pub(super) fn issuer_metadata(input: &[u8]) {
    static CREDENTIAL: LazyLock<String> = LazyLock::new(|| {
        let header = json!({"alg": "EdDSA", "typ": "dc+sd-jwt", "kid": "k1"}).to_string();
        let payload = json!({"iss": "https://issuer.example.org", "vct": "urn:x"}).to_string();
        WORLD.sign(header.as_bytes(), payload.as_bytes()) + "~"
    });
    let [metadata, keys] = lines(input);
    // `@` stands for the key that signed.
    let key = Value::Object(WORLD.signer_public().to_jwk()).to_string();
    let fill = |document: &[u8]| {
        let document = String::from_utf8_lossy(document);
        document.replace("\"@\"", &key).into_bytes()
    };
    let answers = [json_answer(&fill(metadata)), json_answer(&fill(keys))];
    let client = Answers::new(answers);
    let fetcher = Fetcher::new(&client, FetchSettings::default());
    let sd_jwt = SdJwt::parse(&CREDENTIAL).unwrap();
    let found = resolve_issuer_key(&sd_jwt, &WORLD.trust, Some(&fetcher), NOW);
    if let Ok(found) = pollster::block_on(found) {
        assert_eq!(*found.public_key(), WORLD.signer_public());
        assert!(sd_jwt.verify(&found, &VerifyPolicy::at(NOW)).is_ok());
    }
}

/// A credential with these claims as they are: signed, nothing disclosable.
pub(super) fn sign_claims(claims: &Map<String, Value>) -> String {
    let payload = Value::Object(claims.clone()).to_string();
    WORLD.sign_certified(Map::new(), "dc+sd-jwt", payload.as_bytes()) + "~"
}
