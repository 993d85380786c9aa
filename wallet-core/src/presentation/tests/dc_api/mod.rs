//! Requests through the Digital Credentials API: who asks, from which origin, and what is handed back.

use super::*;
use crate::profile::Profile;
use serde_json::from_slice;
use wallet_parties::VerificationKey;
use wallet_parties::sd_jwt::{Audience, IssuerTrust, PresentationCheck};

mod refused;
mod signatures;

const ORIGIN: &str = "https://verifier.example";
const UNSIGNED: &str = "openid4vp-v1-unsigned";
const SIGNED: &str = "openid4vp-v1-signed";
const MULTI_SIGNED: &str = "openid4vp-v1-multisigned";

/// A call of the API that can be changed in one place.
struct Call {
    bench: Bench,
    protocol: &'static str,
    origin: &'static str,
    profile: Profile,
}

impl Call {
    fn new(protocol: &'static str) -> Self {
        let mut bench = Bench::new();
        for name in ["response_uri", "state", "aud"] {
            bench.remove(name);
        }
        bench.set("response_mode", "dc_api.jwt");
        bench.set("expected_origins", json!(["https://other.example", ORIGIN]));
        match protocol {
            UNSIGNED => {
                bench.remove("client_id");
                bench.remove("expected_origins");
            }
            MULTI_SIGNED => {
                let client_id = bench.payload.remove("client_id").unwrap();
                bench.header.insert("client_id".into(), client_id);
                bench.header.remove("typ");
            }
            _ => {}
        }
        Self {
            bench,
            protocol,
            origin: ORIGIN,
            profile: Profile::Standard,
        }
    }

    fn each() -> [Self; 3] {
        [UNSIGNED, SIGNED, MULTI_SIGNED].map(Self::new)
    }

    /// The JWS of the request as the API has it, from a compact one for each signature.
    fn general(compact: &[String]) -> Value {
        let parts: Vec<Vec<&str>> = compact.iter().map(|jws| jws.split('.').collect()).collect();
        let signatures: Vec<_> = parts
            .iter()
            .map(|part| json!({"protected": part[0], "signature": part[2]}))
            .collect();
        json!({"payload": parts[0][1], "signatures": signatures})
    }

    fn data(&self) -> Value {
        match self.protocol {
            UNSIGNED => Value::Object(self.bench.payload.clone()),
            SIGNED => json!({"request": self.bench.signed()}),
            _ => json!({"request": Self::general(&[self.bench.signed()])}),
        }
    }

    fn run(&self) -> Result<VerifiedRequest, RequestRefused> {
        self.run_with(&self.data())
    }

    fn run_with(&self, data: &Value) -> Result<VerifiedRequest, RequestRefused> {
        let origin = Origin::from_platform(self.origin, FetchSettings::default()).unwrap();
        let policy = RequestPolicy {
            profile: self.profile,
            ..self.bench.policy()
        };
        DcApiRequest::parse(self.protocol, &data.to_string(), origin)?.verify(&policy, NOW)
    }

    fn error(&self) -> PresentationError {
        self.error_with(&self.data())
    }

    /// The error, after the caller is told its kind and nothing else.
    fn error_with(&self, data: &Value) -> PresentationError {
        let refused = self.run_with(data).map(|_| "accepted").unwrap_err();
        if let Some(answer) = &refused.answer {
            let told =
                json!({"protocol": self.protocol, "data": {"error": refused.error.oauth_code()}});
            assert_eq!(returned(answer), told);
        }
        refused.error
    }
}

fn returned(answer: &Answer) -> Value {
    match answer.response() {
        Response::ReturnToCaller { bytes } => from_slice(bytes).unwrap(),
        Response::Post { .. } => panic!("posted"),
    }
}

/// Answers with the PID and gives what the caller gets, with the key of the card's issuer.
fn answer(call: &Call) -> (Value, EcKey) {
    let copy = Copy::pid();
    let issuer = copy.issuer.clone();
    let request = call.run().unwrap();
    let proposal = Proposal::make(request, &[copy.candidate("pid")], NOW, &OsRandom).unwrap();
    let plan = unwrap_plan(proposal);
    let hash = *plan.hash();
    let plan = plan.approve(&hash, UserAuth::None, NOW).unwrap();
    let answer = pollster::block_on(plan.respond(&copy.material("pid"), NOW, &OsRandom)).unwrap();
    (returned(&answer), issuer)
}

fn check_pid(vp_token: &Value, issuer: &EcKey, nonce: &str, origin: &str) {
    assert_eq!(vp_token.as_object().unwrap().len(), 1);
    let check = PresentationCheck {
        trust: IssuerTrust::Key(VerificationKey::from_jwk(&issuer.public_jwk()).unwrap()),
        key_binding: Some(Audience {
            audience: &format!("origin:{origin}"),
            nonce,
        }),
        at: u64::try_from(NOW.as_secs()).unwrap(),
    };
    let text = vp_token["pid"][0].as_str().unwrap();
    let verified = wallet_parties::sd_jwt::verify(text, &check).unwrap();
    assert_eq!(verified.claims["given_name"], "Ada");
    assert!(verified.claims.get("family_name").is_none());
}

// shows: VP 44, HAIP 18
#[test]
fn the_caller_gets_an_encrypted_answer_for_its_origin_whether_it_signed_or_not() {
    for call in Call::each() {
        for profile in [Profile::Standard, Profile::Haip] {
            let mut call = Call::new(call.protocol);
            call.profile = profile;
            if profile == Profile::Haip && call.protocol != UNSIGNED {
                let hash = base64url(&sha256(call.bench.leaf.certificate()));
                let place = match call.protocol {
                    SIGNED => &mut call.bench.payload,
                    _ => &mut call.bench.header,
                };
                place.insert("client_id".into(), format!("x509_hash:{hash}").into());
            }
            let (given, issuer) = answer(&call);
            assert_eq!(given.as_object().unwrap().len(), 2);
            assert_eq!(given["protocol"], call.protocol);
            assert_eq!(given["data"].as_object().unwrap().len(), 1);
            let jwe = given["data"]["response"].as_str().unwrap();
            let (header, text) = wallet_parties::jwe::decrypt(jwe, &call.bench.encryption).unwrap();
            assert_eq!(header["enc"], "A256GCM");
            let payload: Value = from_slice(&text).unwrap();
            // No state: the API has none.
            assert_eq!(payload.as_object().unwrap().len(), 1);
            let nonce = call.bench.payload["nonce"].as_str().unwrap();
            check_pid(&payload["vp_token"], &issuer, nonce, ORIGIN);
        }
    }
}

// shows: VP 44
#[test]
fn the_caller_gets_a_plain_answer_where_it_asks_for_none_encrypted() {
    for mut call in Call::each() {
        call.bench.set("response_mode", "dc_api");
        call.bench.set("state", "state-1");
        let (given, issuer) = answer(&call);
        assert_eq!(given["data"].as_object().unwrap().len(), 1);
        let nonce = call.bench.payload["nonce"].as_str().unwrap();
        check_pid(&given["data"]["vp_token"], &issuer, nonce, ORIGIN);
    }
}

// shows: VP 44
#[test]
fn an_unsigned_request_is_of_the_origin_whatever_client_it_names() {
    let mut call = Call::new(UNSIGNED);
    call.origin = "android:apk-key-hash:LTHlBmrN6Wc9oE3TxFZp47fET6iFBQIiwMJiu3BLcqw";
    call.bench.set("client_id", "x509_san_dns:bank.example");
    call.bench
        .set("expected_origins", json!(["https://bank.example"]));
    call.bench
        .set("response_uri", "https://bank.example/collect");
    call.bench.set("redirect_uri", "https://bank.example/back");
    call.bench.set("scope", "anything");
    let request = call.run().unwrap();
    let verifier = request.verifier();
    assert_eq!(
        verifier.client_id().as_str(),
        format!("origin:{}", call.origin)
    );
    assert_eq!(*verifier.proof(), Proof::PlatformOrigin);
    assert_eq!(verifier.trust(), VerifierTrust::Platform);
    assert_eq!(verifier.domain(), None);
    assert_eq!(request.response_uri(), None);
    assert_eq!(request.state(), None);
    let (given, issuer) = {
        call.bench.set("response_mode", "dc_api");
        answer(&call)
    };
    let nonce = call.bench.payload["nonce"].as_str().unwrap();
    check_pid(&given["data"]["vp_token"], &issuer, nonce, call.origin);
}

// shows: VP 44
#[test]
fn a_signed_request_proves_its_client_as_by_any_other_way() {
    for protocol in [SIGNED, MULTI_SIGNED] {
        let request = Call::new(protocol).run().unwrap();
        let verifier = request.verifier();
        assert_eq!(
            verifier.client_id().as_str(),
            "x509_san_dns:verifier.example"
        );
        assert_eq!(*verifier.proof(), Proof::CertificateDnsName);
        assert_eq!(verifier.trust(), VerifierTrust::Anchored);
        assert_eq!(request.audience(), format!("origin:{ORIGIN}"));
    }
}

// shows: VP 22, VP 46
#[test]
fn declining_and_having_no_card_are_the_same_bytes_for_the_caller() {
    let copy = Copy::pid();
    for call in Call::each() {
        let candidates = [copy.candidate("pid")];
        let [with, without] = [&candidates[..], &[]].map(|candidates| {
            let request = call.run().unwrap();
            Proposal::make(request, candidates, NOW, &OsRandom)
                .unwrap()
                .decline()
        });
        assert_eq!(with.response(), without.response());
        assert_eq!(
            returned(&with),
            json!({"protocol": call.protocol, "data": {"error": "access_denied"}})
        );
    }
    // The example of the appendix.
    let example: Value = serde_json::from_str(&vector(
        "digital_credentials_api/error_invalid_request.json",
    ))
    .unwrap();
    let mut call = Call::new(UNSIGNED);
    call.bench.remove("nonce");
    let refused = call.run().unwrap_err();
    assert_eq!(returned(&refused.answer.unwrap())["data"], example);
}

// shows: VP 44
#[test]
fn where_no_binding_is_asked_the_api_needs_no_state() {
    let mut call = Call::new(UNSIGNED);
    call.bench.payload["dcql_query"]["credentials"][0]["require_cryptographic_holder_binding"] =
        false.into();
    assert!(call.run().is_ok());
}

#[test]
fn another_origin_or_protocol_is_another_plan() {
    let copy = Copy::pid();
    let call = Call::new(UNSIGNED);
    let hash = |origin: &str| {
        let origin = Origin::from_platform(origin, FetchSettings::default()).unwrap();
        let request = DcApiRequest::parse(UNSIGNED, &call.data().to_string(), origin).unwrap();
        let request = request.verify(&call.bench.policy(), NOW).unwrap();
        let proposal = Proposal::make(request, &[copy.candidate("pid")], NOW, &OsRandom).unwrap();
        *unwrap_plan(proposal).hash()
    };
    assert_ne!(hash(ORIGIN), hash("https://other.example"));
}

#[test]
fn an_answer_for_the_caller_is_never_posted() {
    let call = Call::new(UNSIGNED);
    let request = call.run().unwrap();
    let answer = Proposal::make(request, &[], NOW, &OsRandom)
        .unwrap()
        .decline();
    let server = Server::answering(200, "application/json", "{}");
    let fetcher = Fetcher::new(&server, FetchSettings::default());
    let sent = pollster::block_on(answer.send(&fetcher, NOW));
    assert_eq!(sent, Err(PresentationError::NotAPost));
    assert!(server.asked.lock().unwrap().is_empty());
}
