//! Signatures of requests through the Digital Credentials API: one, or several.

use super::*;

// shows: VP 14, VP 44
#[test]
fn a_signature_that_proves_nothing_is_refused() {
    for protocol in [SIGNED, MULTI_SIGNED] {
        let set_client = |call: &mut Call, id: &str| {
            let place = match protocol {
                SIGNED => &mut call.bench.payload,
                _ => &mut call.bench.header,
            };
            place.insert("client_id".into(), id.into());
        };
        for (id, error) in [
            (
                "x509_san_dns:evil.example",
                PresentationError::DnsNameMismatch,
            ),
            (
                "redirect_uri:https://verifier.example",
                PresentationError::SignedRedirectUri,
            ),
            (
                "origin:https://verifier.example",
                PresentationError::UnknownPrefix,
            ),
            ("verifier", PresentationError::NotPreRegistered),
        ] {
            let mut call = Call::new(protocol);
            set_client(&mut call, id);
            assert_eq!(call.error(), error, "{id}");
        }
        let mut call = Call::new(protocol);
        call.bench.tamper = |jws| {
            let at = jws.len() - 20;
            let other = if jws.as_bytes()[at] == b'A' { "B" } else { "A" };
            format!("{}{other}{}", &jws[..at], &jws[at + 1..])
        };
        assert_eq!(
            call.error(),
            PresentationError::Jose(crate::jose::JoseError::SignatureInvalid)
        );
        let mut call = Call::new(protocol);
        call.bench.header.insert("typ".into(), "JWT".into());
        assert_eq!(call.error(), PresentationError::WrongType);
        let mut call = Call::new(protocol);
        call.bench.anchors.verifiers.clear();
        assert!(matches!(call.error(), PresentationError::Trust(_)));
        let mut call = Call::new(protocol);
        let _ = call.bench.payload.remove("client_id");
        let _ = call.bench.header.remove("client_id");
        assert_eq!(call.error(), PresentationError::ClientIdMissing);
    }
    let mut call = Call::new(SIGNED);
    call.bench.header.remove("typ");
    assert_eq!(call.error(), PresentationError::WrongType);
}

/// The same payload, signed by someone this wallet does not know.
fn stranger(call: &Call) -> String {
    let other = Bench::new();
    let mut header = other.header.clone();
    header.remove("typ");
    header.insert("client_id".into(), "x509_san_dns:verifier.example".into());
    jws::sign(&header, &call.bench.payload, &other.leaf.key)
}

// shows: VP 45, HAIP 18, OIDF oid4vp-1final-wallet-multisigned-one-invalid-signature
#[test]
fn of_many_signatures_one_that_verifies_is_enough_and_the_others_are_ignored() {
    let call = Call::new(MULTI_SIGNED);
    let (own, other) = (call.bench.signed(), stranger(&call));
    let mut foreign_algorithm = Call::general(&[own.clone(), own.clone()]);
    foreign_algorithm["signatures"][0]["protected"] = base64url(br#"{"alg":"EdDSA448"}"#).into();
    let mut unprotected = Call::general(core::slice::from_ref(&own));
    unprotected["signatures"][0]["header"] = json!({"client_id": "x509_san_dns:evil.example"});
    let mut broken = Call::general(&[own.clone(), own.clone()]);
    broken["signatures"][0]["signature"] = base64url(&[7; 64]).into();
    for jws in [
        broken,
        Call::general(&[other.clone(), own.clone()]),
        Call::general(&[own.clone(), other.clone()]),
        foreign_algorithm,
        unprotected,
    ] {
        for data in [jws.clone(), json!({"request": jws})] {
            let request = call.run_with(&data).unwrap();
            assert_eq!(request.verifier().trust(), VerifierTrust::Anchored);
            assert_eq!(
                request.verifier().client_id().as_str(),
                "x509_san_dns:verifier.example"
            );
        }
    }
    let strangers = Call::general(&[other.clone(), stranger(&call)]);
    assert!(matches!(
        call.error_with(&strangers),
        PresentationError::Trust(_)
    ));
    // The signature of one with the payload of another.
    let mut mixed = Call::general(core::slice::from_ref(&own));
    let mut changed = call.bench.payload.clone();
    changed.insert("nonce".into(), "another".into());
    mixed["payload"] = base64url(Value::Object(changed).to_string().as_bytes()).into();
    assert_eq!(
        call.error_with(&mixed),
        PresentationError::Jose(crate::jose::JoseError::SignatureInvalid)
    );
}

// shows: VP 45
#[test]
fn what_belongs_to_one_signature_stands_in_its_header_only() {
    for (name, value) in [
        ("client_id", json!("x509_san_dns:verifier.example")),
        ("verifier_info", json!([{"format": "jwt", "data": "a"}])),
    ] {
        let mut call = Call::new(MULTI_SIGNED);
        call.bench.set(name, value);
        assert_eq!(call.error(), PresentationError::ParameterOfSignature);
    }
    let mut call = Call::new(MULTI_SIGNED);
    let info = json!([{"format": "jwt", "data": "a"}]);
    call.bench.header.insert("verifier_info".into(), info);
    assert_eq!(call.run().unwrap().verifier_info().len(), 1);
}

/// The examples of the appendix, with a query where they have `{...}`.
#[test]
fn the_signed_requests_of_the_specification_are_read() {
    for (protocol, name) in [
        (SIGNED, "signed_request_payload_compact"),
        (MULTI_SIGNED, "signed_request_payload"),
    ] {
        let example = vector(&format!("digital_credentials_api/{name}.json"));
        let example = example.replace("{...}", &pid_query().to_string());
        let mut call = Call::new(protocol);
        call.bench.payload = object(from_slice(example.as_bytes()).unwrap());
        if protocol == SIGNED {
            assert_eq!(
                call.bench.payload["client_id"],
                "x509_san_dns:rp.example.com"
            );
            // The certificate is ours.
            call.bench.set("client_id", "x509_san_dns:verifier.example");
        }
        call.origin = "https://origin2.example.com";
        let request = call.run().unwrap();
        assert_eq!(request.nonce(), "n-0S6_WzA2Mj");
        assert_eq!(request.response_mode(), ResponseMode::DcApi);
        call.origin = "https://origin3.example.com";
        assert_eq!(call.error(), PresentationError::OriginMismatch);
    }
}
