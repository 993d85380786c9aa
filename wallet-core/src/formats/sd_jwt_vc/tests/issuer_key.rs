//! Whose key it is (SD-JWT VC 2.5, 4; HAIP 1.0 6.1.1).

use super::issuer::{Draft, holder_signing_key, jwk, signing_key};
use super::network::Web;
use super::{SdJwt, SdJwtError, VerifyPolicy};
use crate::clock::UnixTime;
use crate::error::{Category, ErrorCode, WalletError};
use crate::formats::IssuerEvidence;
use crate::formats::sd_jwt_vc::{IssuerKey, resolve_issuer_key};
use crate::http::{FetchFault, UrlFault};
use crate::jose::JoseError;
use crate::trust::{RejectReason, TrustAnchor, TrustAnchors, TrustError};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use wallet_parties::pki::{CertificateAuthority, CertificateFault, Leaf, LeafProfile};
use wallet_parties::sd_jwt::SdJwtDraft;

const NOW: u64 = 1_700_000_000;
const ISSUER: &str = "https://issuer.example";
const METADATA: &str = "https://issuer.example/.well-known/jwt-vc-issuer";

fn at() -> UnixTime {
    UnixTime::from_secs(NOW as i64)
}

fn authority() -> CertificateAuthority {
    CertificateAuthority::generate_at("Test CA", NOW).unwrap()
}

fn trusting(authority: &CertificateAuthority) -> TrustAnchors {
    TrustAnchors {
        issuers: vec![TrustAnchor::from_der(authority.der()).unwrap()],
        ..TrustAnchors::default()
    }
}

fn profile() -> LeafProfile {
    LeafProfile::Issuer {
        common_name: "Residents' office".to_owned(),
        uri: None,
    }
}

/// A credential by wallet-parties, signed by this leaf.
fn issue(leaf: &Leaf, claims: Value) -> String {
    SdJwtDraft::new(claims).unwrap().issue(leaf).unwrap()
}

fn resolve(text: &str, trust: &TrustAnchors, web: Option<&Web>) -> Result<IssuerKey, SdJwtError> {
    let fetcher = web.map(Web::fetcher);
    let sd_jwt = SdJwt::parse(text).unwrap();
    pollster::block_on(resolve_issuer_key(&sd_jwt, trust, fetcher.as_ref(), at()))
}

// shows: HAIP 22, SDJWT 21
#[test]
fn the_leaf_of_a_chain_to_an_anchor_is_the_issuer() {
    let authority = authority();
    let intermediate = authority.issue_intermediate("Test CA 2", Some(0)).unwrap();
    let leaf = intermediate.issue_leaf(&profile()).unwrap();
    // `iss` matches nothing of the certificate, and may be absent: the subject is the issuer.
    for claims in [
        json!({"vct": "id", "iss": "https://other.example"}),
        json!({"vct": "id"}),
    ] {
        let text = issue(&leaf, claims);
        let key = resolve(&text, &trusting(&authority), None).unwrap();
        let credential = SdJwt::parse(&text)
            .unwrap()
            .verify(&key, &VerifyPolicy::at(at()))
            .unwrap();
        let IssuerEvidence::Certificate {
            subject,
            leaf_sha256,
            authority_key_ids,
            ..
        } = credential.evidence()
        else {
            panic!("no certificate");
        };
        assert!(subject.contains("Residents' office"));
        assert_eq!(leaf_sha256[..], Sha256::digest(leaf.certificate())[..]);
        assert_eq!(authority_key_ids.len(), 2);
        assert_eq!(credential.authority_key_ids(), authority_key_ids);
    }
}

// shows: SDJWT 22
#[test]
fn a_chain_to_no_anchor_is_refused_and_the_web_is_not_asked_instead() {
    let leaf = authority().issue_leaf(&profile()).unwrap();
    let text = issue(&leaf, json!({"vct": "id", "iss": ISSUER}));
    let web = Web::new().with(METADATA, metadata(&json!({"keys": [jwk(&signing_key())]})));
    let mut trust = trusting(&authority());
    trust.web_issuers.push(ISSUER.to_owned());
    let refused = resolve(&text, &trust, Some(&web)).unwrap_err();
    assert!(matches!(refused, SdJwtError::Trust(_)));
    assert!(web.asked.lock().unwrap().is_empty());
    let code = WalletError::from(SdJwtError::Trust(TrustError::Untrusted {
        usage: crate::trust::CertificateUsage::Issuer,
    }));
    assert_eq!(
        (code.code(), code.category()),
        (ErrorCode::UntrustedIssuer, Category::Issuer)
    );
}

// shows: HAIP 22, SDJWT 21, HOSTILE 25
#[test]
fn a_self_signed_leaf_is_refused() {
    let authority = authority();
    let leaf = authority
        .issue_faulty_leaf(&profile(), CertificateFault::SelfSigned)
        .unwrap();
    let text = issue(&leaf, json!({"vct": "id"}));
    let refused = resolve(&text, &trusting(&authority), None).unwrap_err();
    assert!(matches!(
        refused,
        SdJwtError::Trust(TrustError::Rejected {
            reason: RejectReason::SelfSignedLeaf,
            ..
        })
    ));
}

// shows: HAIP 22, HOSTILE 25
#[test]
fn a_chain_that_holds_its_anchor_is_refused() {
    let authority = authority();
    let mut leaf = authority.issue_leaf(&profile()).unwrap();
    leaf.chain.push(authority.der().to_vec());
    let refused = resolve(
        &issue(&leaf, json!({"vct": "id"})),
        &trusting(&authority),
        None,
    )
    .unwrap_err();
    assert!(matches!(
        refused,
        SdJwtError::Trust(TrustError::Rejected {
            reason: RejectReason::AnchorInChain,
            ..
        })
    ));
}

#[test]
fn an_expired_certificate_is_refused() {
    let authority = authority();
    let leaf = authority
        .issue_faulty_leaf(&profile(), CertificateFault::Expired)
        .unwrap();
    let refused = resolve(
        &issue(&leaf, json!({"vct": "id"})),
        &trusting(&authority),
        None,
    );
    assert!(matches!(
        refused,
        Err(SdJwtError::Trust(TrustError::Rejected { .. }))
    ));
}

#[test]
fn a_chain_of_another_key_than_the_signers_does_not_verify() {
    let authority = authority();
    let mut leaf = authority.issue_leaf(&profile()).unwrap();
    leaf.chain = authority.issue_leaf(&profile()).unwrap().chain;
    let text = issue(&leaf, json!({"vct": "id"}));
    let key = resolve(&text, &trusting(&authority), None).unwrap();
    let refused = SdJwt::parse(&text)
        .unwrap()
        .verify(&key, &VerifyPolicy::at(at()))
        .err();
    assert_eq!(refused, Some(SdJwtError::Jose(JoseError::SignatureInvalid)));
}

#[test]
fn a_malformed_x5c_is_refused() {
    for x5c in [json!([]), json!("text"), json!([1]), json!(["not base64!"])] {
        let text = Draft::new().with_header(json!({"x5c": x5c})).sign();
        let refused = resolve(&text, &TrustAnchors::default(), None).unwrap_err();
        assert_eq!(refused, SdJwtError::Jose(JoseError::MalformedX5c));
    }
}

fn metadata(jwks: &Value) -> Value {
    json!({"issuer": ISSUER, "jwks": jwks, "unknown": true})
}

fn web_trust() -> TrustAnchors {
    TrustAnchors {
        web_issuers: vec![ISSUER.to_owned()],
        ..TrustAnchors::default()
    }
}

/// The keys of two signers, the second one ours.
fn two_keys() -> Value {
    let mut other = jwk(&holder_signing_key());
    other["kid"] = json!("2022");
    let mut ours = jwk(&signing_key());
    ours["kid"] = json!("2025");
    json!({"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}, other, ours]})
}

/// Why a credential of the web issuer, whose metadata is this, is refused.
fn web_refusal(page: impl ToString) -> SdJwtError {
    let web = Web::new().with(METADATA, page);
    resolve(&Draft::new().sign(), &web_trust(), Some(&web)).unwrap_err()
}

// shows: SDJWT 21
#[test]
fn the_metadata_of_a_trusted_web_issuer_gives_its_key() {
    let web = Web::new().with(METADATA, metadata(&two_keys()));
    for header in [json!({"kid": "2025"}), json!({})] {
        let text = Draft::new().with_header(header).sign();
        let key = resolve(&text, &web_trust(), Some(&web)).unwrap();
        let credential = SdJwt::parse(&text)
            .unwrap()
            .verify(&key, &VerifyPolicy::at(at()))
            .unwrap();
        let expected = IssuerEvidence::Web {
            issuer: ISSUER.to_owned(),
            address_checked: false,
        };
        assert_eq!(*credential.evidence(), expected);
        assert!(credential.authority_key_ids().is_empty());
    }
}

// shows: SDJWT 21
#[test]
fn the_well_known_part_goes_before_the_path_of_the_issuer() {
    let issuer = "https://issuer.example/tenant/1";
    let url = "https://issuer.example/.well-known/jwt-vc-issuer/tenant/1";
    let web = Web::new().with(url, json!({"issuer": issuer, "jwks": two_keys()}));
    let trust = TrustAnchors {
        web_issuers: vec![issuer.to_owned()],
        ..TrustAnchors::default()
    };
    let text = Draft::new().with(json!({"iss": issuer})).sign();
    assert!(resolve(&text, &trust, Some(&web)).is_ok());
    assert_eq!(*web.asked.lock().unwrap(), [url]);
}

#[test]
fn a_key_set_by_reference_is_fetched() {
    let uri = "https://keys.example/jwks";
    let web = Web::new()
        .with(METADATA, json!({"issuer": ISSUER, "jwks_uri": uri}))
        .with(uri, two_keys());
    assert!(resolve(&Draft::new().sign(), &web_trust(), Some(&web)).is_ok());
}

#[test]
fn a_web_issuer_the_app_does_not_list_is_refused_and_not_asked() {
    let web = Web::new().with(METADATA, metadata(&two_keys()));
    for iss in [
        ISSUER,
        "https://issuer.example/",
        "https://ISSUER.example",
        "http://issuer.example",
    ] {
        let mut trust = web_trust();
        if iss == ISSUER {
            trust.web_issuers.clear();
        }
        let text = Draft::new().with(json!({"iss": iss})).sign();
        let refused = resolve(&text, &trust, Some(&web)).unwrap_err();
        assert_eq!(refused, SdJwtError::UntrustedWebIssuer);
        assert_eq!(
            WalletError::from(refused).code(),
            ErrorCode::UntrustedIssuer
        );
    }
    assert!(web.asked.lock().unwrap().is_empty());
}

// shows: SDJWT 22
#[test]
fn with_no_way_to_a_key_the_credential_is_refused() {
    let text = Draft::new().without("iss").sign();
    let web = Web::new();
    assert_eq!(
        resolve(&text, &web_trust(), Some(&web)),
        Err(SdJwtError::NoIssuerKey)
    );
    let offline = resolve(&Draft::new().sign(), &web_trust(), None);
    assert_eq!(offline, Err(SdJwtError::NoIssuerKey));
    let embedded = Draft::new()
        .without("iss")
        .with_header(json!({"jwk": jwk(&signing_key())}));
    assert_eq!(
        resolve(&embedded.sign(), &web_trust(), Some(&web)),
        Err(SdJwtError::NoIssuerKey)
    );
}

// shows: SDJWT 21
#[test]
fn metadata_of_another_issuer_is_refused() {
    for issuer in [
        json!("https://issuer.example/"),
        json!("https://other.example"),
        json!(1),
        json!(null),
    ] {
        let page = json!({"issuer": issuer, "jwks": two_keys()});
        assert_eq!(web_refusal(page), SdJwtError::IssuerMismatch);
    }
}

#[test]
fn metadata_with_both_or_neither_of_jwks_and_jwks_uri_is_refused() {
    let both = json!({"issuer": ISSUER, "jwks": two_keys(), "jwks_uri": "https://keys.example"});
    assert_eq!(web_refusal(both), SdJwtError::IssuerMetadata);
    assert_eq!(
        web_refusal(json!({"issuer": ISSUER})),
        SdJwtError::IssuerMetadata
    );
}

#[test]
fn malformed_metadata_and_key_sets_are_refused() {
    let duplicate = format!(r#"{{"issuer":"{ISSUER}","issuer":"{ISSUER}","jwks":{{"keys":[]}}}}"#);
    assert_eq!(web_refusal(duplicate), SdJwtError::IssuerMetadata);
    assert_eq!(web_refusal("[]"), SdJwtError::IssuerMetadata);
    for jwks in [json!([]), json!({}), json!({"keys": {}}), json!("text")] {
        assert_eq!(web_refusal(metadata(&jwks)), SdJwtError::IssuerMetadata);
    }
    let many = vec![jwk(&signing_key()); 65];
    assert_eq!(
        web_refusal(metadata(&json!({"keys": many}))),
        SdJwtError::IssuerMetadata
    );
}

#[test]
fn a_key_set_without_a_fitting_key_is_refused() {
    assert_eq!(
        web_refusal(metadata(&json!({"keys": []}))),
        SdJwtError::NoIssuerKey
    );
    let mut for_encryption = jwk(&signing_key());
    for_encryption["use"] = json!("enc");
    let mut private = jwk(&signing_key());
    private["d"] = json!("AAAA");
    let unusable = json!({"keys": [for_encryption, private]});
    assert_eq!(web_refusal(metadata(&unusable)), SdJwtError::NoIssuerKey);
    let web = Web::new().with(METADATA, metadata(&two_keys()));
    let unknown_kid = Draft::new().with_header(json!({"kid": "2030"})).sign();
    assert_eq!(
        resolve(&unknown_kid, &web_trust(), Some(&web)),
        Err(SdJwtError::NoIssuerKey)
    );
}

#[test]
fn a_kid_that_names_another_key_is_refused() {
    let web = Web::new().with(METADATA, metadata(&two_keys()));
    let text = Draft::new().with_header(json!({"kid": "2022"})).sign();
    let refused = resolve(&text, &web_trust(), Some(&web)).unwrap_err();
    assert_eq!(refused, SdJwtError::Jose(JoseError::SignatureInvalid));
}

#[test]
fn a_key_set_address_that_may_not_be_called_is_refused() {
    let uris = [
        ("http://keys.example/jwks", UrlFault::Scheme),
        ("https://192.168.0.1/jwks", UrlFault::IpLiteral),
        ("https://localhost/jwks", UrlFault::LocalName),
        ("https://user@keys.example/jwks", UrlFault::UserInfo),
    ];
    for (uri, fault) in uris {
        match web_refusal(json!({"issuer": ISSUER, "jwks_uri": uri})) {
            SdJwtError::Fetch(error) => assert_eq!(error.fault(), FetchFault::Url(fault), "{uri}"),
            other => panic!("{uri}: {other}"),
        }
    }
}

#[test]
fn metadata_that_is_not_there_is_an_error_of_the_fetch() {
    let refused = resolve(&Draft::new().sign(), &web_trust(), Some(&Web::new())).unwrap_err();
    assert!(matches!(refused, SdJwtError::Fetch(error) if error.status() == Some(404)));
}

#[test]
fn a_web_issuers_key_is_good_for_its_own_credentials_only() {
    let web = Web::new().with(METADATA, metadata(&two_keys()));
    let key = resolve(&Draft::new().sign(), &web_trust(), Some(&web)).unwrap();
    let other = Draft::new()
        .with(json!({"iss": "https://other.example"}))
        .sign();
    let refused = SdJwt::parse(&other)
        .unwrap()
        .verify(&key, &VerifyPolicy::at(at()))
        .err();
    assert_eq!(refused, Some(SdJwtError::WrongIssuerKey));
}
