//! Signature, type and registered claims (RFC 9901 7.1, SD-JWT VC 2).

use super::issuer::{Draft, holder_signing_key, issuer_key, jwk, sign_jwt, signing_key};
use super::{NOW, SdJwt, SdJwtError, VerifyPolicy, verify};
use crate::clock::UnixTime;
use crate::error::{Category, ErrorCode, WalletError};
use crate::formats::sd_jwt_vc::{IssuerKey, SdJwtVc};
use crate::jose::{JoseError, PublicKey};
use serde_json::{Value, json};

fn refused(draft: &Draft) -> SdJwtError {
    verify(&draft.sign()).err().expect("this must be refused")
}

fn verify_at(draft: &Draft, policy: VerifyPolicy) -> Result<SdJwtVc, SdJwtError> {
    SdJwt::parse(&draft.sign())
        .unwrap()
        .verify(&issuer_key(), &policy)
}

// shows: SDJWT 32
#[test]
fn a_sound_credential_verifies_and_keeps_its_bytes() {
    let draft = Draft::new().with_disclosed("given_name", &json!("Erika"));
    let text = draft
        .with(json!({"status": {"status_list": {"idx": 1, "uri": "https://a.example"}}}))
        .sign();
    let credential = verify(&text).unwrap();
    assert_eq!(credential.text(), text);
    assert_eq!(credential.vct(), "https://issuer.example/id");
    assert_eq!(credential.issuer(), Some("https://issuer.example"));
    assert_eq!(
        credential.expires(),
        Some(UnixTime::from_secs(1_883_000_000))
    );
    assert_eq!(credential.not_before(), None);
    assert_eq!(credential.status().unwrap()["status_list"]["idx"], 1);
    let holder = PublicKey::from_jwk(&jwk(&holder_signing_key())).unwrap();
    assert_eq!(credential.holder_key(), Some(&holder));
}

#[test]
fn a_signature_by_another_key_is_refused() {
    let other = PublicKey::from_jwk(&jwk(&holder_signing_key())).unwrap();
    let sd_jwt = SdJwt::parse(&Draft::new().sign()).unwrap();
    let refused = sd_jwt
        .verify(&IssuerKey::for_tests(other), &VerifyPolicy::at(NOW))
        .err();
    assert_eq!(refused, Some(SdJwtError::Jose(JoseError::SignatureInvalid)));
}

#[test]
fn a_changed_payload_is_refused() {
    let signed = Draft::new().sign();
    let other = Draft::new()
        .with(json!({"vct": "https://issuer.example/other"}))
        .sign();
    let payload = other.split('.').nth(1).unwrap();
    let mut parts: Vec<_> = signed.split('.').collect();
    parts[1] = payload;
    let refused = verify(&parts.join(".")).err();
    assert_eq!(refused, Some(SdJwtError::Jose(JoseError::SignatureInvalid)));
}

#[test]
fn a_changed_header_is_refused() {
    let signed = Draft::new().with_header(json!({"kid": "a"})).sign();
    let other = Draft::new().with_header(json!({"kid": "b"})).sign();
    let header = other.split('.').next().unwrap();
    let (_, rest) = signed.split_once('.').unwrap();
    let refused = verify(&format!("{header}.{rest}")).err();
    assert_eq!(refused, Some(SdJwtError::Jose(JoseError::SignatureInvalid)));
}

// shows: SDJWT 3
#[test]
fn an_algorithm_that_is_not_the_keys_is_refused() {
    for alg in ["ES384", "EdDSA"] {
        let refused = refused(&Draft::new().with_header(json!({"alg": alg})));
        assert_eq!(
            refused,
            SdJwtError::Jose(JoseError::AlgorithmMismatch),
            "{alg}"
        );
    }
}

// shows: SDJWT 2
#[test]
fn another_typ_is_refused() {
    for typ in [
        "JWT",
        "example+sd-jwt",
        "kb+jwt",
        "DC+SD-JWT",
        "application/dc+sd-jwt",
        "",
    ] {
        let refused = refused(&Draft::new().with_header(json!({"typ": typ})));
        assert_eq!(refused, SdJwtError::WrongTyp, "{typ}");
    }
    let mut without = Draft::new();
    without.header.as_object_mut().unwrap().shift_remove("typ");
    assert_eq!(refused(&without), SdJwtError::WrongTyp);
}

// shows: SDJWT 2
#[test]
fn the_old_typ_is_accepted_only_by_setting() {
    let old = Draft::new().with_header(json!({"typ": "vc+sd-jwt"}));
    assert_eq!(refused(&old), SdJwtError::WrongTyp);
    let policy = VerifyPolicy {
        accept_vc_sd_jwt_typ: true,
        ..VerifyPolicy::at(NOW)
    };
    assert!(verify_at(&old, policy).is_ok());
}

// shows: SDJWT 18
#[test]
fn a_credential_without_vct_or_with_another_type_of_it_is_refused() {
    assert_eq!(
        refused(&Draft::new().without("vct")),
        SdJwtError::MissingVct
    );
    for wrong in [json!(1), json!(null), json!(["a"]), json!({})] {
        assert_eq!(
            refused(&Draft::new().with(json!({"vct": wrong}))),
            SdJwtError::MissingVct
        );
    }
}

// shows: SDJWT 19, SDJWT 20
#[test]
fn registered_claims_from_a_disclosure_are_refused() {
    let names = [
        "iss",
        "nbf",
        "exp",
        "cnf",
        "vct",
        "vct#integrity",
        "aka_vcts",
        "status",
    ];
    for name in names {
        let value = match name {
            "nbf" => json!(1),
            "exp" => json!(1_900_000_000),
            "cnf" => json!({"jwk": jwk(&holder_signing_key())}),
            "status" => json!({}),
            _ => json!("https://issuer.example"),
        };
        let draft = Draft::new().without(name).with_disclosed(name, &value);
        assert_eq!(refused(&draft), SdJwtError::UndisclosableClaim, "{name}");
    }
}

// shows: SDJWT 19
#[test]
fn a_disclosure_inside_a_registered_claim_is_refused() {
    let mut draft = Draft::new();
    let key = draft.disclose(&json!(["salt", "jwk", jwk(&holder_signing_key())]));
    let draft = draft.with(json!({"cnf": {"_sd": [key]}}));
    assert_eq!(refused(&draft), SdJwtError::UndisclosableClaim);
}

#[test]
fn sub_and_iat_may_come_from_a_disclosure() {
    let draft = Draft::new()
        .without("iat")
        .with_disclosed("iat", &json!(1_683_000_000));
    let text = draft.with_disclosed("sub", &json!("42")).sign();
    assert_eq!(verify(&text).unwrap().claims()["sub"], "42");
}

#[test]
fn names_of_registered_claims_are_free_below_the_top_level() {
    let mut draft = Draft::new();
    let status = draft.disclose(&json!(["salt", "status", "married"]));
    let text = draft.with(json!({"person": {"_sd": [status]}})).sign();
    assert_eq!(
        verify(&text).unwrap().claims()["person"]["status"],
        "married"
    );
}

#[test]
fn registered_claims_of_another_type_are_refused() {
    for wrong in [
        json!({"iss": 1}),
        json!({"vct#integrity": 1}),
        json!({"status": "valid"}),
    ] {
        assert_eq!(refused(&Draft::new().with(wrong)), SdJwtError::ClaimType);
    }
    for wrong in [
        json!({"exp": "1883000000"}),
        json!({"nbf": null}),
        json!({"exp": true}),
    ] {
        assert_eq!(refused(&Draft::new().with(wrong)), SdJwtError::ValidityType);
    }
}

// shows: HAIP 21, SDJWT 20
#[test]
fn an_expired_credential_is_refused_with_a_leeway_of_a_minute_at_most() {
    let now = NOW.as_secs();
    let expired = |seconds: i64| Draft::new().with(json!({"exp": now - seconds}));
    assert!(verify(&expired(59).sign()).is_ok());
    assert_eq!(refused(&expired(60)), SdJwtError::Expired);
    let strict = VerifyPolicy {
        leeway: 0,
        ..VerifyPolicy::at(NOW)
    };
    assert_eq!(
        verify_at(&expired(0), strict).err(),
        Some(SdJwtError::Expired)
    );
    assert!(verify_at(&expired(-1), strict).is_ok());
    let lax = VerifyPolicy {
        leeway: u32::MAX,
        ..VerifyPolicy::at(NOW)
    };
    assert_eq!(
        verify_at(&expired(61), lax).err(),
        Some(SdJwtError::Expired)
    );
}

// shows: SDJWT 20
#[test]
fn a_credential_of_the_future_is_refused() {
    let now = NOW.as_secs();
    let future = |seconds: i64| Draft::new().with(json!({"nbf": now + seconds}));
    assert!(verify(&future(60).sign()).is_ok());
    assert_eq!(refused(&future(61)), SdJwtError::NotYetValid);
}

#[test]
fn times_at_the_ends_of_the_range_do_not_overflow() {
    let extremes = [json!(i64::MIN), json!(-9.0e15), json!(0)];
    for exp in extremes {
        assert_eq!(
            refused(&Draft::new().with(json!({"exp": exp}))),
            SdJwtError::Expired
        );
    }
    assert!(verify(&Draft::new().with(json!({"exp": i64::MAX})).sign()).is_ok());
    assert!(verify(&Draft::new().with(json!({"exp": 1_883_000_000.5})).sign()).is_ok());
    assert_eq!(
        refused(&Draft::new().with(json!({"nbf": i64::MAX}))),
        SdJwtError::NotYetValid
    );
    assert!(verify(&Draft::new().with(json!({"exp": u64::MAX})).sign()).is_ok());
}

#[test]
fn a_credential_without_cnf_is_unbound() {
    let credential = verify(&Draft::new().without("cnf").sign()).unwrap();
    assert_eq!(credential.holder_key(), None);
}

// shows: HAIP 21
#[test]
fn a_holder_key_named_otherwise_than_by_jwk_is_refused() {
    for cnf in [
        json!({"kid": "1"}),
        json!({"x5t#S256": "abc"}),
        json!({"jwe": "a"}),
        json!({}),
    ] {
        let refused = refused(&Draft::new().with(json!({"cnf": cnf})));
        assert_eq!(refused, SdJwtError::ConfirmationNotSupported);
    }
}

#[test]
fn a_malformed_holder_key_is_refused() {
    let mut private = jwk(&holder_signing_key());
    private["d"] = json!("AAAA");
    let mut off_curve = jwk(&holder_signing_key());
    off_curve["y"] = off_curve["x"].clone();
    for wrong in [
        json!("text"),
        json!({"jwk": "text"}),
        json!({"jwk": {}}),
        json!({"jwk": private}),
        json!({"jwk": off_curve}),
    ] {
        let refused = refused(&Draft::new().with(json!({"cnf": wrong})));
        assert_eq!(refused, SdJwtError::ConfirmationMalformed);
    }
}

#[test]
fn a_jwt_signed_over_other_bytes_with_the_same_meaning_is_not_the_credential() {
    let header = json!({"alg": "ES256", "typ": "dc+sd-jwt"}).to_string();
    let compact = Draft::new().payload.to_string();
    let spaced = compact.replace(",", " , ");
    let a = sign_jwt(&header, &compact, &signing_key());
    let b = sign_jwt(&header, &spaced, &signing_key());
    let (_, signature) = b.rsplit_once('.').unwrap();
    let (input, _) = a.rsplit_once('.').unwrap();
    let refused = verify(&format!("{input}.{signature}~")).err();
    assert_eq!(refused, Some(SdJwtError::Jose(JoseError::SignatureInvalid)));
}

#[test]
fn errors_reach_the_facade_with_code_category_and_rule() {
    let error = |error: SdJwtError| {
        let error = WalletError::from(error);
        (error.code(), error.category(), error.failed_rule())
    };
    assert_eq!(
        error(SdJwtError::DuplicateDigest),
        (
            ErrorCode::DisclosureInvalid,
            Category::Issuer,
            Some("RFC 9901 7.1")
        )
    );
    assert_eq!(
        error(SdJwtError::Jose(JoseError::SignatureInvalid)),
        (
            ErrorCode::SignatureInvalid,
            Category::Issuer,
            Some("RFC 7515 5.2")
        )
    );
    assert_eq!(
        error(SdJwtError::Expired),
        (
            ErrorCode::CredentialExpired,
            Category::Holder,
            Some("RFC 7519 4.1.4")
        )
    );
    assert_eq!(
        error(SdJwtError::NoIssuerKey),
        (
            ErrorCode::UntrustedIssuer,
            Category::Issuer,
            Some("SD-JWT VC 2.5")
        )
    );
}

// shows: SDJWT 31
#[test]
fn no_error_holds_anything_of_the_credential() {
    let draft = Draft::new().with_disclosed("vct#integrity", &Value::from("secret value"));
    let error = WalletError::from(refused(&draft));
    assert!(!format!("{error:?}").contains("secret value"));
}
