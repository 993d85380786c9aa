//! Requests signed by a key of a DID (OpenID4VP 1.0 5.9.3 `decentralized_identifier`).

use super::refused_requests::{Change, flip};
use super::*;
use crate::error::{ErrorCode, WalletError};

/// The did:jwk of a key.
fn did_of(key: &EcKey) -> String {
    format!(
        "did:jwk:{}",
        base64url(key.public_jwk().to_string().as_bytes())
    )
}

fn bench() -> Bench {
    let mut bench = Bench::new();
    let key = EcKey::generate().unwrap();
    let did = did_of(&key);
    bench.set_client_id(&format!("decentralized_identifier:{did}"));
    bench.header = object(json!({"typ": "oauth-authz-req+jwt", "kid": format!("{did}#0")}));
    bench.signer = Some(key);
    bench
}

// shows: VP 12
#[test]
fn a_request_signed_by_a_key_of_its_did_is_verified_but_nobody_vouches_for_a_did() {
    let mut bench = bench();
    let request = bench.run().unwrap();
    let verifier = request.verifier();
    assert_eq!(verifier.proof(), &Proof::DecentralizedIdentifier);
    assert_eq!(verifier.proof().as_str(), "decentralized_identifier");
    assert_eq!(verifier.trust(), VerifierTrust::Unverified);
    assert_eq!(verifier.certificate_subject(), None);
    assert_eq!(verifier.vouched_by(), None);
    bench.anchors.verifier_dids = vec![verifier.client_id().original().to_owned()];
    assert_eq!(
        bench.run().unwrap().verifier().trust(),
        VerifierTrust::Anchored
    );
}

// shows: VP 12
#[test]
fn a_did_key_signs_too() {
    let mut bench = bench();
    let PublicKey::P256(key) =
        PublicKey::from_jwk(&bench.signer.as_ref().unwrap().public_jwk()).unwrap()
    else {
        panic!("not P-256");
    };
    let bytes = [&[0x80, 0x24], key.to_sec1_point(true).as_bytes()].concat();
    let id = format!("z{}", bs58::encode(bytes).into_string());
    bench.set_client_id(&format!("decentralized_identifier:did:key:{id}"));
    bench
        .header
        .insert("kid".into(), format!("did:key:{id}#{id}").into());
    bench.run().unwrap();
    bench
        .header
        .insert("kid".into(), format!("did:key:{id}#0").into());
    assert_eq!(bench.error(), PresentationError::DidKeyMismatch);
}

// shows: VP 12
#[test]
fn a_request_whose_key_is_not_the_dids_is_refused_and_not_answered() {
    use ErrorCode as Code;
    let cases: [(&str, Change, ErrorCode); 12] = [
        (
            "no kid",
            |b| drop(b.header.remove("kid")),
            Code::UntrustedVerifier,
        ),
        (
            "kid of another DID",
            |b| {
                let other = did_of(&EcKey::generate().unwrap());
                b.header.insert("kid".into(), format!("{other}#0").into());
            },
            Code::UntrustedVerifier,
        ),
        (
            "relative kid",
            |b| drop(b.header.insert("kid".into(), "#0".into())),
            Code::UntrustedVerifier,
        ),
        (
            "kid without fragment",
            |b| {
                let kid = b.header["kid"].as_str().unwrap().replace("#0", "");
                b.header.insert("kid".into(), kid.into());
            },
            Code::UntrustedVerifier,
        ),
        (
            "another fragment",
            |b| {
                let kid = b.header["kid"].as_str().unwrap().replace("#0", "#1");
                b.header.insert("kid".into(), kid.into());
            },
            Code::UntrustedVerifier,
        ),
        (
            "a query in kid",
            |b| {
                let kid = b.header["kid"]
                    .as_str()
                    .unwrap()
                    .replace("#0", "?versionId=1#0");
                b.header.insert("kid".into(), kid.into());
            },
            Code::UntrustedVerifier,
        ),
        (
            "signed by another key",
            |b| b.signer = Some(EcKey::generate().unwrap()),
            Code::SignatureInvalid,
        ),
        (
            "fault=bad_signature",
            |b| b.tamper = |text| flip(&text),
            Code::SignatureInvalid,
        ),
        (
            "another method",
            |b| {
                b.set_client_id("decentralized_identifier:did:web:verifier.example");
                b.header
                    .insert("kid".into(), "did:web:verifier.example#0".into());
            },
            Code::RequestNotSupported,
        ),
        (
            "a private key in the DID",
            |b| {
                let mut jwk = b.signer.as_ref().unwrap().public_jwk();
                jwk["d"] = "AA".into();
                let did = format!("did:jwk:{}", base64url(jwk.to_string().as_bytes()));
                b.set_client_id(&format!("decentralized_identifier:{did}"));
                b.header.insert("kid".into(), format!("{did}#0").into());
            },
            Code::Malformed,
        ),
        (
            "fault=wrong_typ",
            |b| drop(b.header.insert("typ".into(), "JWT".into())),
            Code::RequestInvalid,
        ),
        (
            "fault=expired",
            |b| b.set("exp", NOW.as_secs() - 600),
            Code::RequestExpired,
        ),
    ];
    for (name, change, code) in cases {
        let mut bench = bench();
        change(&mut bench);
        let refused = bench.run().map(|_| name).unwrap_err();
        assert!(refused.answer.is_none(), "{name}");
        let error = WalletError::from(refused);
        assert_eq!(error.code(), code, "{name}: {error}");
        assert!(error.failed_rule().is_some(), "{name}");
    }
}

/// Anyone could make a DID and name somebody's address.
#[test]
fn an_unlisted_did_is_not_told_what_was_wrong() {
    let mut bench = bench();
    bench.remove("nonce");
    assert!(bench.run().unwrap_err().answer.is_none());
}
