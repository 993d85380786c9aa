//! What a JWT says, by VCDM 1.1 6.3.1 and VC-JOSE-COSE 3.1.

use super::issuer::{Draft, ISSUER, V1, V2, did, holder_signing_key, sign_jwt, signing_key};
use super::{JwtVc, JwtVcError, NOW, refused, to_json, verify};
use crate::clock::UnixTime;
use crate::error::{Category, ErrorCode, WalletError};
use crate::formats::Credential;
use crate::formats::jwt_vc::DataModel;
use crate::jose::JoseError;
use crate::json::JsonError;
use crate::presentation::dcql::{
    Candidate, CopyRef, CredentialRef, DcqlQuery, UserAuthPolicy, match_query,
};
use serde_json::{Value, json};

#[test]
fn registered_claims_stand_for_members_of_vcdm_1_1() {
    let credential = verify(&Draft::v1()).unwrap();
    assert_eq!(credential.data_model(), DataModel::V1);
    let holder = did(&holder_signing_key());
    let expected = json!({
        "@context": [V1],
        "type": ["VerifiableCredential", "CitizenCredential"],
        "credentialSubject": {
            "name": "Hong Gildong", "address": {"region": "Yuldo"}, "id": holder,
        },
        "issuer": ISSUER, "id": "urn:uuid:1",
        "issuanceDate": "2023-05-02T04:00:00Z", "expirationDate": "2029-09-01T23:33:20Z",
    });
    assert_eq!(*credential.claims(), expected);
    assert_eq!(credential.issuer(), ISSUER);
    let at = |seconds| Some(UnixTime::from_secs(seconds));
    assert_eq!(credential.not_before(), at(1_683_000_000));
    assert_eq!(credential.expires(), at(1_883_000_000));
}

#[test]
fn the_claims_are_the_credential_of_vcdm_2_0() {
    let draft = Draft::v2().with(
        "",
        json!({"iss": ISSUER, "jti": "urn:uuid:1", "exp": 1_800_000_000}),
    );
    let credential = verify(&draft).unwrap();
    assert_eq!(credential.data_model(), DataModel::V2);
    assert_eq!(*credential.claims(), draft.payload);
    assert_eq!(credential.issuer(), ISSUER);
    // The earliest end counts.
    assert_eq!(
        credential.expires(),
        Some(UnixTime::from_secs(1_800_000_000))
    );
    let media_type = draft.with_header(json!({"typ": "application/vc+jwt"}));
    verify(&media_type).unwrap();
}

#[test]
fn members_may_be_repeated_by_claims_and_then_say_the_same() {
    let twice = json!({
        "issuer": {"id": ISSUER, "name": "Office"}, "id": "urn:uuid:1",
        "issuanceDate": "2023-05-02T13:00:00+09:00", "expirationDate": "2029-09-01T23:33:20.5Z",
    });
    let draft = Draft::v1().with("/vc", twice).with(
        "/vc/credentialSubject",
        json!({"id": did(&holder_signing_key())}),
    );
    let credential = verify(&draft).unwrap();
    assert_eq!(credential.claims()["issuer"]["name"], "Office");
    for (at, members, claim) in [
        ("/vc", json!({"issuer": "https://other.example"}), "iss"),
        (
            "/vc",
            json!({"issuer": {"id": "https://other.example"}}),
            "iss",
        ),
        ("/vc", json!({"issuer": {"name": "Office"}}), "iss"),
        ("/vc", json!({"id": "urn:uuid:2"}), "jti"),
        (
            "/vc",
            json!({"issuanceDate": "2023-05-02T04:00:01Z"}),
            "nbf",
        ),
        (
            "/vc",
            json!({"expirationDate": "2029-09-01T23:33:21Z"}),
            "exp",
        ),
        (
            "/vc/credentialSubject",
            json!({"id": "did:example:other"}),
            "sub",
        ),
        ("", json!({"iss": 1}), "iss"),
        ("", json!({"type": "other"}), "claim"),
    ] {
        let error = refused(&Draft::v1().with(at, members));
        assert_eq!(error, JwtVcError::Conflict(claim));
    }
    for (members, claim) in [
        (json!({"iss": "https://other.example"}), "iss"),
        (json!({"jti": "urn:uuid:2"}), "jti"),
        (json!({"sub": "did:example:other"}), "sub"),
    ] {
        assert_eq!(
            refused(&Draft::v2().with("", members)),
            JwtVcError::Conflict(claim)
        );
    }
    let nameless = Draft::v2()
        .without("", "id")
        .with("", json!({"jti": "urn:uuid:1"}));
    assert_eq!(refused(&nameless), JwtVcError::Conflict("jti"));
    let error = WalletError::from(JwtVcError::Conflict("iss"));
    assert_eq!(
        (error.code(), error.category()),
        (ErrorCode::Malformed, Category::Issuer)
    );
}

#[test]
fn the_data_models_are_never_mixed() {
    let other_context =
        |draft: Draft, at: &str, context: &str| draft.with(at, json!({"@context": [context]}));
    for draft in [
        other_context(Draft::v1(), "/vc", V2),
        other_context(Draft::v2(), "", V1),
        Draft::v1().with("", json!({"vp": {}})),
        Draft::v2().with("", json!({"vp": {}})),
    ] {
        assert_eq!(refused(&draft), JwtVcError::Mixed);
    }
    // A credential of VCDM 2.0 beside a claim `vc`: each could be meant.
    let both = Draft::v2().with("", json!({"vc": Draft::v1().payload["vc"]}));
    assert_eq!(refused(&both), JwtVcError::Conflict("claim"));
    for (draft, typ) in [
        (Draft::v1(), json!("vc+jwt")),
        (Draft::v1(), json!("dc+sd-jwt")),
        (Draft::v1(), json!("kb+jwt")),
        (Draft::v2(), json!("JWT")),
        (Draft::v2(), json!("vp+jwt")),
    ] {
        assert_eq!(
            refused(&draft.with_header(json!({"typ": typ}))),
            JwtVcError::WrongTyp
        );
    }
    verify(&Draft::v1().without_header("typ")).unwrap();
    assert_eq!(
        refused(&Draft::v2().without_header("typ")),
        JwtVcError::WrongTyp
    );
}

#[test]
fn a_second_vc_claim_is_refused_whatever_it_says() {
    let vc = Draft::v1().payload["vc"].to_string();
    let payload = format!(r#"{{"iss":"{ISSUER}","nbf":1683000000,"vc":{vc},"vc":{vc}}}"#);
    let text = sign_jwt(r#"{"alg":"ES256"}"#, &payload, &signing_key());
    let error = JwtVc::parse(&text).err().unwrap();
    assert_eq!(
        error,
        JwtVcError::Jose(JoseError::Json(JsonError::DuplicateKey))
    );
}

#[test]
fn a_credential_without_what_every_credential_has_is_refused() {
    let v1 = Draft::v1;
    for (draft, member) in [
        (v1().with("", json!({"vc": "text"})), "vc"),
        (v1().without("/vc", "@context"), "@context"),
        (
            v1().with("/vc", json!({"@context": ["https://other.example"]})),
            "@context",
        ),
        (v1().with("/vc", json!({"@context": []})), "@context"),
        (v1().without("", "iss"), "issuer"),
        (v1().without("/vc", "type"), "type"),
        (
            v1().with("/vc", json!({"type": ["CitizenCredential"]})),
            "type",
        ),
        (
            v1().with("/vc", json!({"type": ["VerifiableCredential", 1]})),
            "type",
        ),
        (
            v1().without("/vc", "credentialSubject"),
            "credentialSubject",
        ),
        (
            v1().with("/vc", json!({"credentialSubject": "Hong"})),
            "credentialSubject",
        ),
        (
            v1().without("", "sub")
                .with("/vc", json!({"credentialSubject": []})),
            "credentialSubject",
        ),
        (v1().without("", "nbf"), "issuanceDate"),
        (Draft::v2().without("", "issuer"), "issuer"),
        (
            Draft::v2().without("", "credentialSubject"),
            "credentialSubject",
        ),
    ] {
        assert_eq!(refused(&draft), JwtVcError::Credential(member));
    }
    let many: Vec<_> = (0..65).map(|n| format!("T{n}")).collect();
    let error = refused(&v1().with("/vc", json!({"type": many})));
    assert_eq!(error, JwtVcError::Credential("type"));
    for dates in [
        json!({"nbf": "soon"}),
        json!({"exp": null}),
        json!({"nbf": -1}),
        json!({"exp": 9_000_000_000_000_000_i64}),
    ] {
        assert_eq!(refused(&v1().with("", dates)), JwtVcError::ValidityType);
    }
    let dates = json!({"validUntil": 1_883_000_000});
    assert_eq!(
        refused(&Draft::v2().with("", dates)),
        JwtVcError::ValidityType
    );
}

#[test]
fn a_subject_of_several_has_no_sub() {
    let two = json!({"credentialSubject": [{"name": "Hong"}, {"name": "Sim"}]});
    let error = refused(&Draft::v1().with("/vc", two.clone()));
    assert_eq!(error, JwtVcError::Conflict("sub"));
    let credential = verify(&Draft::v1().without("", "sub").with("/vc", two)).unwrap();
    assert!(credential.holder_key().is_none());
    let one = json!({"credentialSubject": [{"name": "Hong"}]});
    let credential = verify(&Draft::v1().with("/vc", one)).unwrap();
    assert!(credential.holder_key().is_some());
}

#[test]
fn every_claim_is_listed_also_those_beside_the_credential() {
    let draft = Draft::v1()
        .with(
            "",
            json!({"iat": 1_683_000_000, "nonce": "n", "hidden": {"note": [1, {}]}}),
        )
        .with(
            "/vc",
            json!({"@context": [V1, "https://contexts.example/v1", {"note": "urn:note"}]}),
        );
    let credential = verify(&draft).unwrap();
    let expected: Vec<Value> = vec![
        json!(["@context", 2, "note"]),
        json!(["type"]),
        json!(["credentialSubject", "name"]),
        json!(["credentialSubject", "address", "region"]),
        json!(["credentialSubject", "id"]),
        json!(["issuer"]),
        json!(["id"]),
        json!(["issuanceDate"]),
        json!(["expirationDate"]),
        json!(["iat"]),
        json!(["nonce"]),
        json!(["hidden", "note", 0]),
        json!(["hidden", "note", 1]),
    ];
    assert_eq!(to_json(credential.always_disclosed()), expected);
    for path in credential.always_disclosed() {
        assert!(path.value_in(credential.claims()).is_some());
    }
}

#[test]
fn more_claims_or_longer_ways_to_them_than_a_holder_can_be_shown_are_refused() {
    let many = json!({"numbers": vec![0; 1001]});
    let error = refused(&Draft::v1().with("/vc/credentialSubject", many));
    assert_eq!(error, JwtVcError::TooManyClaims);
    let name = "n".repeat(10_000);
    let long = json!({name: vec![0; 100]});
    let error = refused(&Draft::v1().with("/vc/credentialSubject", long));
    assert_eq!(error, JwtVcError::TooLarge);
    let text = "a".repeat(6 * 1024 * 1024 + 1);
    assert_eq!(JwtVc::parse(&text).err(), Some(JwtVcError::TooLarge));
}

#[test]
fn types_are_terms_and_the_one_all_have_may_be_called_by_its_iri() {
    let credential = verify(&Draft::v1()).unwrap();
    assert_eq!(credential.type_name(), "CitizenCredential");
    let names = [
        "VerifiableCredential",
        "CitizenCredential",
        "https://www.w3.org/2018/credentials#VerifiableCredential",
    ];
    assert_eq!(credential.type_names(), names);
    let plain = Draft::v1().with("/vc", json!({"type": "VerifiableCredential"}));
    assert_eq!(verify(&plain).unwrap().type_name(), "VerifiableCredential");
}

/// OpenID4VP 1.0 B.1.3.1: the credential of the example answers the query of the example.
// shows: VP 27 (vector)
#[test]
fn the_credential_of_the_specification_answers_the_query_of_the_specification() {
    let vector = |name: &str| -> Value {
        let path = format!("/../test-fixtures/vectors/openid4vp-1.0/{name}");
        let text = std::fs::read(format!("{}{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        serde_json::from_slice(&text).unwrap()
    };
    let mut draft = Draft::v1();
    draft.payload = vector("credentials/jwt_vc.json");
    draft.payload["iss"] = ISSUER.into();
    let credential = Credential::from(verify(&draft).unwrap());
    assert_eq!(credential.credential_type(), "IDCredential");
    let mut query = vector("request/dcql_jwt_vc.json");
    // Its subject is known by a DID of no method there is.
    assert!(credential.holder_key().is_none());
    query["credentials"][0]["require_cryptographic_holder_binding"] = false.into();
    let query = DcqlQuery::parse(&query).unwrap();
    let (card, copy) = (CredentialRef("card".into()), CopyRef("copy".into()));
    let candidate = Candidate::of(card, copy, &credential, &[], 0, UserAuthPolicy::Unlocked);
    let matches = match_query(&query, None, &[candidate], NOW);
    let option = &matches[0].candidates[0].options[0];
    assert_eq!(option.claims.len(), 2);
    assert!(option.disclosed.is_empty() && option.withheld.is_empty());
}
