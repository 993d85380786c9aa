//! Requests with a verifier attestation (OpenID4VP 1.0 12).

use super::refused_requests::Change;
use super::*;
use crate::error::{ErrorCode, WalletError};
use crate::trust::PinnedKeys;

const ATTESTER: &str = "https://attester.example";

struct Attested {
    bench: Bench,
    attester: EcKey,
    header: Map<String, Value>,
    claims: Map<String, Value>,
}

impl Attested {
    fn new() -> Self {
        let mut bench = Bench::new();
        let (attester, key) = (EcKey::generate().unwrap(), EcKey::generate().unwrap());
        bench.set_client_id("verifier_attestation:shop");
        bench.header = object(json!({"typ": "oauth-authz-req+jwt"}));
        let claims = object(json!({
            "iss": ATTESTER, "sub": "shop", "exp": NOW.as_secs() + 3600,
            "cnf": {"jwk": key.public_jwk()},
        }));
        bench.signer = Some(key);
        let keys = json!({"keys": [attester.public_jwk()]});
        bench.anchors.attesters = vec![PinnedKeys::from_jwks(ATTESTER, &keys).unwrap()];
        Self {
            bench,
            attester,
            header: object(json!({"typ": "verifier-attestation+jwt"})),
            claims,
        }
    }

    fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.claims.insert(name.into(), value.into());
    }

    fn run(&mut self) -> Result<VerifiedRequest, RequestRefused> {
        let jwt = jws::sign(&self.header, &self.claims, &self.attester);
        self.bench.header.entry("jwt").or_insert(jwt.into());
        self.bench.run()
    }
}

// shows: VP 13
#[test]
fn an_attested_verifier_is_trusted_and_its_attester_is_named() {
    let request = Attested::new().run().unwrap();
    let verifier = request.verifier();
    assert_eq!(verifier.proof(), &Proof::VerifierAttestation);
    assert_eq!(verifier.trust(), VerifierTrust::Anchored);
    assert_eq!(verifier.vouched_by(), Some(ATTESTER));
    assert_eq!(verifier.client_id().as_str(), "verifier_attestation:shop");
}

// shows: VP 13
#[test]
fn the_answer_goes_only_where_the_attestation_allows() {
    let mut attested = Attested::new();
    attested.set(
        "redirect_uris",
        json!(["https://other.example/", RESPONSE_URI]),
    );
    attested.run().unwrap();
    for uris in [
        json!([]),
        json!(["https://verifier.example/"]),
        json!([RESPONSE_URI.to_uppercase()]),
    ] {
        let mut attested = Attested::new();
        attested.set("redirect_uris", uris);
        assert_eq!(
            attested.run().unwrap_err().error,
            PresentationError::ResponseUriNotAllowed
        );
    }
}

// shows: VP 13
#[test]
fn an_attestation_that_breaks_a_rule_is_refused() {
    type Break = fn(&mut Attested);
    use ErrorCode::{Malformed, SignatureInvalid, UntrustedVerifier};
    let cases: [(&str, Break, ErrorCode); 17] = [
        (
            "no attestation",
            |a| drop(a.bench.header.insert("jwt".into(), Value::Null)),
            UntrustedVerifier,
        ),
        (
            "no JWS",
            |a| drop(a.bench.header.insert("jwt".into(), "a.b".into())),
            Malformed,
        ),
        (
            "another type",
            |a| drop(a.header.insert("typ".into(), "JWT".into())),
            UntrustedVerifier,
        ),
        (
            "no type",
            |a| drop(a.header.remove("typ")),
            UntrustedVerifier,
        ),
        (
            "unknown issuer",
            |a| a.set("iss", "https://evil.example"),
            UntrustedVerifier,
        ),
        (
            "issuer in another spelling",
            |a| a.set("iss", "https://attester.example/"),
            UntrustedVerifier,
        ),
        (
            "no issuer",
            |a| drop(a.claims.remove("iss")),
            UntrustedVerifier,
        ),
        (
            "another key",
            |a| a.attester = EcKey::generate().unwrap(),
            SignatureInvalid,
        ),
        (
            "another subject",
            |a| a.set("sub", "shop2"),
            UntrustedVerifier,
        ),
        (
            "subject with prefix",
            |a| a.set("sub", "verifier_attestation:shop"),
            UntrustedVerifier,
        ),
        (
            "expired",
            |a| a.set("exp", NOW.as_secs() - 61),
            UntrustedVerifier,
        ),
        (
            "no exp",
            |a| drop(a.claims.remove("exp")),
            UntrustedVerifier,
        ),
        (
            "exp as text",
            |a| a.set("exp", "tomorrow"),
            UntrustedVerifier,
        ),
        (
            "not valid yet",
            |a| a.set("nbf", NOW.as_secs() + 61),
            UntrustedVerifier,
        ),
        (
            "no cnf",
            |a| drop(a.claims.remove("cnf")),
            UntrustedVerifier,
        ),
        (
            "redirect_uris as text",
            |a| a.set("redirect_uris", RESPONSE_URI),
            UntrustedVerifier,
        ),
        (
            "the request signed by another key",
            |a| a.bench.signer = Some(EcKey::generate().unwrap()),
            SignatureInvalid,
        ),
    ];
    for (name, change, code) in cases {
        let mut attested = Attested::new();
        change(&mut attested);
        let refused = attested.run().map(|_| name).unwrap_err();
        assert!(refused.answer.is_none(), "{name}");
        let error = WalletError::from(refused);
        assert_eq!(error.code(), code, "{name}: {error}");
        assert!(error.failed_rule().is_some(), "{name}");
    }
}

/// The certificate of an anchor does not stand in for an attestation, nor an attestation for a certificate.
#[test]
fn one_kind_of_proof_is_not_taken_for_another() {
    let to_attestation: Change = |b| b.set_client_id("verifier_attestation:verifier.example");
    let mut bench = Bench::new();
    to_attestation(&mut bench);
    assert_eq!(bench.error(), PresentationError::AttestationMissing);
    let mut attested = Attested::new();
    attested
        .bench
        .set_client_id("x509_san_dns:verifier.example");
    assert_eq!(
        attested.run().unwrap_err().error,
        PresentationError::CertificateMissing
    );
}
