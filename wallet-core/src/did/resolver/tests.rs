//! Which evidence is enough, and resolvers of the app's.
#![allow(clippy::unwrap_used)]

use super::super::tests::vector;
use super::super::{Anchor, BlockRef, DidDocument, Unproven, address_of};
use super::*;
use crate::http::FetchSettings;
use crate::jose::Algorithm;
use crate::wallet::NoNetwork;
use serde_json::{Value, json};
use std::sync::Arc;

const NOW: UnixTime = UnixTime::from_secs(1_790_000_000);

fn run<T>(asking: impl AsyncFnOnce(&Resolving<'_>) -> T) -> T {
    let fetcher = Fetcher::new(&NoNetwork, FetchSettings::default());
    let with = Resolving::new(&fetcher, NOW);
    pollster::block_on(asking(&with))
}

fn resolved(did: &str, trust: &DidTrust) -> Result<ResolvedDid, DidError> {
    let did = Did::parse(did)?;
    run(async |with| resolve(&did, trust, with).await)
}

fn key(url: &str, trust: &DidTrust) -> Result<FoundKey, DidError> {
    let url = DidUrl::parse(url)?;
    run(async |with| resolve_key(&url, Relationship::AssertionMethod, trust, with).await)
}

/// A method of the app's, whose documents have one key and the evidence the test wants.
struct Method {
    evidence: Evidence,
    id: &'static str,
}

#[async_trait]
impl DidResolver for Method {
    fn resolves(&self, did: &Did) -> bool {
        did.method() == "city"
    }

    async fn resolve(&self, did: &Did, with: &Resolving<'_>) -> Result<ResolvedDid, DidError> {
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        let method =
            json!({"id": "#1", "type": "JsonWebKey", "controller": self.id, "publicKeyJwk": jwk});
        let document = json!({"id": self.id, "assertionMethod": [method]});
        let own = Did::parse(self.id)?;
        let document = DidDocument::parse(&own, document.to_string().as_bytes())?;
        assert_eq!(did.method(), "city");
        ResolvedDid::new(&own, document, self.evidence.clone(), with.now)
    }
}

fn trust(evidence: Evidence) -> DidTrust {
    DidTrust {
        resolvers: vec![Arc::new(Method {
            evidence,
            id: "did:city:busan",
        })],
        ..DidTrust::default()
    }
}

const BLOCK: BlockRef = BlockRef {
    chain_id: 11,
    number: 7,
    hash: [1; 32],
};
const ANCHOR: Anchor = Anchor::Checkpoint { signers: 2, of: 3 };

#[test]
fn the_documents_the_specifications_show_are_made() {
    let expected: Value =
        serde_json::from_str(&vector("did-jwk/did-jwk-005.txt").replace("jwk:$", "jwk:")).unwrap();
    let made = resolved(expected["id"].as_str().unwrap(), &DidTrust::default()).unwrap();
    assert_eq!(json!(made.document().json()), expected);
    assert_eq!(made.evidence(), &Evidence::SelfCertifying);
    assert_eq!(made.as_of(), Some(NOW));

    let mut expected: Value = serde_json::from_str(&vector("did-key/example-03.txt")).unwrap();
    // The derived key for encryption is not ours to make (did:key 3.1.3.2 leaves it out by default).
    expected.as_object_mut().unwrap().remove("keyAgreement");
    let made = resolved(expected["id"].as_str().unwrap(), &DidTrust::default()).unwrap();
    assert_eq!(json!(made.document().json()), expected);
}

/// Of the European blockchain infrastructure's natural persons.
#[test]
fn a_did_key_that_holds_json_has_a_json_web_key() {
    let did = "did:key:z2dmzD81cgPx8Vki7JbuuMmFYrWPgYoytykUZ3eyqht1j9Kbns7ZWNqwNNXRVtDg4wQYHxn2NGgqcTG5ehNhytKPrBdEw2mpy65bAdPKxFAZPbSTkLi6rPrkGjCXXTKz4hDvPBiWXHmR1CUgdJuXPjRn9S1ooLvYzKbv5P5zxMzzkEGiqJ";
    let made = resolved(did, &DidTrust::default()).unwrap();
    let method = &made.document().methods()[0];
    assert_eq!(method.kind(), "JsonWebKey");
    assert!(matches!(method.material(), KeyMaterial::Key(_)));
    let id = did.strip_prefix("did:key:").unwrap();
    let found = key(&format!("{did}#{id}"), &DidTrust::default()).unwrap();
    assert_eq!(found.public_key().unwrap().algorithm().as_str(), "ES256");
    assert_eq!(found.evidence().evidence, Evidence::SelfCertifying);
}

#[test]
fn a_key_with_less_evidence_than_the_app_asks_is_not_used() {
    let url = "did:city:busan#1";
    let host = "busan.example";
    let block = BLOCK;
    let anchor = ANCHOR;
    for (evidence, by_default, when_asked_for_less) in [
        (Evidence::SelfCertifying, true, true),
        (Evidence::LedgerProof { block, anchor }, true, true),
        (Evidence::VerifiedAt { block, anchor }, false, true),
        (Evidence::TransportOnly { host: host.into() }, false, true),
        (
            Evidence::TransportOnly {
                host: "evil.example".into(),
            },
            false,
            false,
        ),
        (Evidence::Stale { block }, false, false),
        (
            Evidence::Unverified {
                why: Unproven::NoProof,
            },
            false,
            false,
        ),
    ] {
        let mut trust = trust(evidence.clone());
        let judge = |trust: &DidTrust, is_enough: bool| match key(url, trust) {
            Ok(found) => assert!(is_enough && found.evidence().evidence == evidence),
            Err(error) => {
                let is_stale = matches!(evidence, Evidence::Stale { .. });
                let expected = match is_stale {
                    true => DidError::EvidenceStale,
                    false => DidError::EvidenceTooWeak,
                };
                assert_eq!((error, is_enough), (expected, false));
            }
        };
        judge(&trust, by_default);
        trust.web_hosts = vec![host.to_owned()];
        trust.accept_verified_at = true;
        judge(&trust, when_asked_for_less);
        // The document itself is there to be looked at, with what it is worth.
        assert_eq!(
            resolved("did:city:busan", &trust).unwrap().evidence(),
            &evidence
        );
    }
}

#[test]
fn a_host_that_is_not_listed_is_not_even_asked() {
    let url = "did:web:issuer.example%3A8443#1";
    assert_eq!(
        key(url, &DidTrust::default()),
        Err(DidError::EvidenceTooWeak)
    );
    let listed = |host: &str| DidTrust {
        web_hosts: vec![host.to_owned()],
        ..DidTrust::default()
    };
    // Without its port it is another.
    assert_eq!(
        key(url, &listed("issuer.example")),
        Err(DidError::EvidenceTooWeak)
    );
    // It is asked, and there is no network here.
    for host in ["issuer.example:8443", "Issuer.Example:8443"] {
        assert!(matches!(key(url, &listed(host)), Err(DidError::Fetch(_))));
    }
}

#[test]
fn a_resolver_is_asked_for_its_own_methods_and_answers_for_nobody_else() {
    let trust = trust(Evidence::SelfCertifying);
    assert!(resolved("did:city:busan", &trust).is_ok());
    assert_eq!(
        resolved("did:city:seoul", &trust),
        Err(DidError::AnotherSubject)
    );
    assert_eq!(
        resolved("did:town:busan", &trust),
        Err(DidError::MethodNotSupported)
    );
    assert_eq!(
        resolved("did:ethr:0x00", &DidTrust::default()),
        Err(DidError::MethodNotSupported)
    );
    for rest in ["#2", "?versionId=1#1", "/path#1", ""] {
        let url = format!("did:city:busan{rest}");
        assert_eq!(key(&url, &trust), Err(DidError::NoSuchKey), "{rest}");
    }
}

#[test]
fn a_resolved_did_is_of_the_did_that_was_asked_for() {
    let did = Did::parse("did:city:seoul").unwrap();
    let document = DidDocument::parse(&did, br#"{"id":"did:city:seoul"}"#).unwrap();
    let other = Did::parse("did:city:busan").unwrap();
    let refused = ResolvedDid::new(&other, document, Evidence::SelfCertifying, NOW);
    assert_eq!(refused, Err(DidError::AnotherSubject));
}

#[test]
fn a_did_has_nothing_behind_it() {
    assert_eq!(
        Did::parse("did:city:busan").unwrap().method_specific_id(),
        "busan"
    );
    for text in [
        "did:city:busan#1",
        "did:city:busan?a",
        "did:city:busan/",
        "did:city",
        "busan",
    ] {
        assert_eq!(Did::parse(text), Err(DidError::Malformed), "{text}");
    }
}

#[test]
fn evidence_is_kept_as_it_was() {
    for evidence in [
        Evidence::SelfCertifying,
        Evidence::LedgerProof {
            block: BLOCK,
            anchor: ANCHOR,
        },
        Evidence::Unverified {
            why: Unproven::CodeMismatch,
        },
    ] {
        let dated = DatedEvidence {
            evidence,
            as_of: Some(NOW),
        };
        let text = serde_json::to_string(&dated).unwrap();
        assert_eq!(serde_json::from_str::<DatedEvidence>(&text).unwrap(), dated);
    }
}

/// The keys, addresses and credentials METADIUM's tests are published with.
fn korea() -> Value {
    serde_json::from_str(&vector("../korea/did-meta-vc-jwt-es256k.json")).unwrap()
}

fn secp256k1(point: &Value) -> PublicKey {
    let point = alloy_primitives::hex::decode(point.as_str().unwrap()).unwrap();
    PublicKey::from_secp256k1_point(&point).unwrap()
}

fn address_text(point: &Value) -> String {
    alloy_primitives::hex::encode(address_of(&secp256k1(point)).unwrap())
}

#[test]
fn a_secp256k1_key_has_the_address_a_ledger_knows_it_by() {
    for key in korea()["did_keys"].as_array().unwrap() {
        assert_eq!(address_text(&key["publicKeyHex"]), key["derivedAddress"]);
    }
    let jwk =
        json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    assert_eq!(address_of(&PublicKey::from_jwk(&jwk).unwrap()), None);
}

/// METADIUM's documents hold the hash of a key; the credential's signature tells the key.
#[test]
fn a_signature_is_verified_by_the_address_of_its_key() {
    let korea = korea();
    let tokens = korea["jwt_vcs"].as_array().unwrap();
    assert_eq!(tokens.len(), 2);
    for (place, token) in tokens.iter().enumerate() {
        let url = DidUrl::parse(token["header"]["kid"].as_str().unwrap()).unwrap();
        let did = url.to_did();
        let found = |member: &str, key: &str| {
            let method = json!({"id": url.as_str(), "type": "EcdsaSecp256k1VerificationKey2019",
                "controller": did.as_str(), member: key});
            let document = json!({"id": did.as_str(), "publicKey": [method]}).to_string();
            let document = DidDocument::parse(&did, document.as_bytes()).unwrap();
            let resolved = ResolvedDid::new(&did, document, Evidence::SelfCertifying, NOW);
            FoundKey::of(
                &resolved.unwrap(),
                &url,
                Relationship::AssertionMethod,
                &DidTrust::default(),
            )
            .unwrap()
        };
        let text = token["jwt"].as_str().unwrap();
        let jws = CompactJws::parse_of(text, 4096, &[Algorithm::Es256K]).unwrap();
        let point = &token["publicKeyHex"];
        let by_hash = found("publicKeyHash", &address_text(point));
        assert_eq!(by_hash.verify(&jws), Ok(secp256k1(point)));
        assert_eq!(by_hash.public_key(), Err(DidError::UnusableKey));
        let by_key = found("publicKeyHex", point.as_str().unwrap());
        assert_eq!(by_key.verify(&jws), Ok(secp256k1(point)));
        let other = &tokens[1 - place]["publicKeyHex"];
        let by_other = found("publicKeyHash", &address_text(other));
        assert_eq!(by_other.verify(&jws), Err(JoseError::SignatureInvalid));
        // A signature that is none of any key.
        let (input, _) = text.rsplit_once('.').unwrap();
        let zeros = crate::jose::base64url::encode(&[0; 64]);
        let forged = format!("{input}.{zeros}");
        let forged = CompactJws::parse_of(&forged, 4096, &[Algorithm::Es256K]).unwrap();
        assert_eq!(by_hash.verify(&forged), Err(JoseError::SignatureInvalid));
        let unusable = found("publicKeyHash", "00");
        assert_eq!(unusable.verify(&jws), Err(JoseError::UnsupportedKey));
    }
}
