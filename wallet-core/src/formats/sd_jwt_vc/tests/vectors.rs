//! Official examples: RFC 9901, SD-JWT VC, OpenID4VP, and the test cases of the reference implementation.

use super::super::parse::{Parts, SdJwt};
use super::super::{IssuerKey, KeyBinding, VerifyPolicy};
use crate::clock::UnixTime;
use crate::formats::claim_path::{ClaimPath, PathSegment};
use crate::jose::{CompactJws, JoseError, PublicKey};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../test-fixtures/vectors/sd-jwt")
}

/// One example folder.
struct Example {
    name: String,
    issuance: String,
    presentation: String,
    folder: PathBuf,
}

impl Example {
    fn json(&self, file: &str) -> Value {
        let text = std::fs::read(self.folder.join(file)).unwrap();
        serde_json::from_slice(&text).unwrap()
    }
}

/// All examples of one set; at least `expected`, so that a moved folder cannot pass for a green test.
fn examples(set: &str, expected: usize) -> Vec<Example> {
    let folders = std::fs::read_dir(vectors().join(set)).unwrap();
    let folders = folders.map(|entry| entry.unwrap().path());
    // The OpenID4VP example is wrapped for print.
    let read = |folder: &Path, file| -> String {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        text.split_whitespace().collect()
    };
    let examples: Vec<_> = folders
        .filter(|path| path.is_dir())
        .map(|folder| Example {
            name: folder.file_name().unwrap().to_string_lossy().into_owned(),
            issuance: read(&folder, "sd_jwt_issuance.txt"),
            presentation: read(&folder, "sd_jwt_presentation.txt"),
            folder,
        })
        .collect();
    assert_eq!(examples.len(), expected, "{set}");
    examples
}

fn all_examples() -> Vec<Example> {
    let mut all = examples("rfc9901-examples", 13);
    all.extend(examples("sd-jwt-python-testcases", 15));
    all.extend(examples("sd-jwt-vc-examples", 3));
    all.extend(examples("openid4vp-sd_jwt_vcld", 1));
    // `kid` is a number there, which RFC 7515 4.1.4 forbids: see the test of its own.
    all.retain(|example| example.name != "header_mod");
    all
}

/// The issuer key of every set's settings.yml.
fn issuer_key() -> PublicKey {
    PublicKey::from_jwk(&json!({
        "kty": "EC", "crv": "P-256",
        "x": "b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ",
        "y": "Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8"
    }))
    .unwrap()
}

fn parse_presentation(text: &str) -> (SdJwt, Parts<'_>) {
    let parts = Parts::split(text).unwrap();
    (SdJwt::from_parts(text, &parts).unwrap(), parts)
}

// shows: HAIP 25, SDJWT 1, SDJWT 4
#[test]
fn every_example_parses_and_its_issuer_signature_verifies() {
    for example in all_examples() {
        let sd_jwt = SdJwt::parse(&example.issuance).unwrap();
        sd_jwt.jws.verify(&issuer_key()).unwrap();
    }
}

// shows: SDJWT 6, SDJWT 7, SDJWT 12
#[test]
fn with_everything_disclosed_the_claims_are_those_of_the_user() {
    for example in all_examples() {
        let user_claims = example.json("user_claims.json");
        let mut claims = SdJwt::parse(&example.issuance).unwrap().claims;
        for (name, value) in user_claims.as_object().unwrap() {
            let claim = claims.as_object_mut().unwrap().shift_remove(name);
            assert_eq!(claim.as_ref(), Some(value), "{} {name}", example.name);
        }
        for name in claims.as_object().unwrap().keys() {
            assert!(
                ["iss", "iat", "exp", "cnf"].contains(&name.as_str()),
                "{} {name}",
                example.name
            );
        }
    }
}

// shows: SDJWT 12
#[test]
fn a_verifier_of_every_example_presentation_sees_the_verified_contents() {
    for example in all_examples() {
        let (presented, _) = parse_presentation(&example.presentation);
        presented.jws.verify(&issuer_key()).unwrap();
        assert_eq!(
            presented.claims,
            example.json("verified_contents.json"),
            "{}",
            example.name
        );
    }
}

// shows: SDJWT 15
#[test]
fn the_key_binding_of_every_example_covers_everything_up_to_the_last_tilde() {
    let mut seen = 0;
    for example in all_examples() {
        let (presented, parts) = parse_presentation(&example.presentation);
        let Some(jwt) = parts.key_binding else {
            continue;
        };
        let jwk = presented.claims.pointer("/cnf/jwk").unwrap();
        let jws = CompactJws::parse(jwt, 4096).unwrap();
        jws.verify(&PublicKey::from_jwk(jwk).unwrap()).unwrap();
        let payload = jws.payload_object().unwrap();
        assert_eq!(
            payload["sd_hash"],
            presented.hash.digest_base64url(parts.bound)
        );
        assert_eq!(Value::Object(payload), example.json("kb_jwt_payload.json"));
        seen += 1;
    }
    assert!(seen >= 8, "{seen}");
}

/// The paths marked `true` in what the example's holder discloses.
fn selected(disclosed: &Value, path: &mut Vec<PathSegment>, found: &mut Vec<ClaimPath>) {
    let children: Vec<_> = match disclosed {
        Value::Bool(true) => {
            found.push(ClaimPath::new(path.clone()).unwrap());
            return;
        }
        Value::Object(members) => members
            .iter()
            .map(|(name, child)| (PathSegment::Key(name.clone()), child))
            .collect(),
        Value::Array(elements) => (0..).map(PathSegment::Index).zip(elements).collect(),
        _ => return,
    };
    for (segment, child) in children {
        path.push(segment);
        selected(child, path, found);
        path.pop();
    }
}

// shows: VP 31, SDJWT 10, SDJWT 14
#[test]
fn presenting_the_chosen_claims_gives_the_disclosures_of_every_example() {
    for example in all_examples() {
        let mut paths = Vec::new();
        let chosen = example.json("holder_disclosed_claims.json");
        selected(&chosen, &mut Vec::new(), &mut paths);
        // Two open `evidence` but nothing disclosable in it: its fixed part is the claim to ask for.
        let evidence = json!(["verified_claims", "verification", "evidence", 0]);
        let evidence = ClaimPath::from_json(&evidence).unwrap();
        let inside: &[&str] = match example.name.as_str() {
            "complex_eidas" => &["type"],
            "complex_eidas_proposal" => &["record", "type"],
            _ => &[],
        };
        if !inside.is_empty() {
            let inside = inside
                .iter()
                .map(|name| PathSegment::Key((*name).to_owned()));
            paths.retain(|path| *path != evidence);
            paths.extend(ClaimPath::new(
                evidence.segments().iter().cloned().chain(inside).collect(),
            ));
        }
        let sd_jwt = SdJwt::parse(&example.issuance).unwrap();
        if example.name == "w3c-vc_for_slide_deck" {
            // Its holder also names a claim that is not there.
            paths.retain(|path| path.value_in(&sd_jwt.claims).is_some());
        }
        let selection = sd_jwt.select(&paths);
        let (text, _) = selection.unwrap_or_else(|error| panic!("{}: {error}", example.name));
        let ours: BTreeSet<_> = Parts::split(&text)
            .unwrap()
            .disclosures
            .into_iter()
            .collect();
        let official = Parts::split(&example.presentation).unwrap().disclosures;
        assert_eq!(ours, official.into_iter().collect(), "{}", example.name);
    }
}

// shows: SDJWT 2, SDJWT 18
#[test]
fn the_sd_jwt_vc_examples_verify_as_credentials_and_are_read_back() {
    let policy = VerifyPolicy::at(UnixTime::from_secs(1_700_000_000));
    for example in examples("sd-jwt-vc-examples", 3) {
        let sd_jwt = SdJwt::parse(&example.issuance).unwrap();
        let key = IssuerKey::for_tests(issuer_key());
        let credential = sd_jwt.verify(&key, &policy).unwrap();
        let is_bound = example.folder.join("kb_jwt_payload.json").exists();
        assert_eq!(credential.holder_key().is_some(), is_bound);
        let binding = is_bound.then(|| {
            let payload = example.json("kb_jwt_payload.json");
            KeyBinding {
                audience: payload["aud"].as_str().unwrap().to_owned(),
                nonce: payload["nonce"].as_str().unwrap().to_owned(),
                issued_at: UnixTime::from_secs(payload["iat"].as_i64().unwrap()),
                transaction_data_hashes: None,
            }
        });
        let shown = credential.read_presentation(&example.presentation, binding.as_ref());
        assert_eq!(
            shown.unwrap().claims,
            example.json("verified_contents.json")
        );
    }
}

#[test]
fn a_kid_that_is_no_string_is_refused() {
    let header_mod = examples("sd-jwt-python-testcases", 15)
        .into_iter()
        .find(|example| example.name == "header_mod")
        .unwrap();
    let refused = SdJwt::parse(&header_mod.issuance).err();
    assert_eq!(refused, Some(JoseError::HeaderParameter.into()));
}
