//! What comes back: one bad copy and nothing is kept.

use super::super::issuer::{CREDENTIAL, NOTIFICATION, Signer, World, proof_keys};
use super::super::scripted::json;
use super::{TestKey, copy_error, order_error, refused};
use crate::clock::UnixTime;
use crate::error::{Category, ErrorCode};
use crate::http::HttpError;
use crate::trust::TrustAnchor;
use serde_json::{Value, json as value};
use std::sync::Arc;
use wallet_parties::EcKey;
use wallet_parties::pki::{CertificateAuthority, CertificateFault, LeafProfile};
use wallet_parties::sd_jwt::{SdJwtDraft, break_signature};

// shows: VCI 43
#[test]
fn answers_of_wrong_form_are_refused() {
    for change in [
        (|answer| {
            answer.as_object_mut().unwrap().remove("credentials");
        }) as fn(&mut Value),
        |answer| answer["credentials"] = value!([]),
        |answer| answer["credentials"] = value!("text"),
        |answer| answer["credentials"][1] = answer["credentials"][1]["credential"].clone(),
        |answer| answer["credentials"][1] = value!({}),
        |answer| answer["credentials"][1]["credential"] = value!({ "@context": [] }),
        |answer| answer["credentials"][1]["credential"] = value!(null),
        |answer| answer["transaction_id"] = value!("8xLOxBtZp8"),
    ] {
        let error = copy_error(|world| world.answer_with(change));
        assert_eq!(
            (error.code(), error.category()),
            (ErrorCode::CredentialResponseInvalid, Category::Issuer)
        );
    }
}

#[test]
fn one_copy_with_a_broken_signature_refuses_all() {
    let error = copy_error(|world| {
        world.answer_with(|answer| {
            let copy = &mut answer["credentials"][1]["credential"];
            *copy = value!(break_signature(copy.as_str().unwrap()).unwrap());
        });
    });
    assert_eq!(
        (error.code(), error.category()),
        (ErrorCode::SignatureInvalid, Category::Issuer)
    );
}

#[test]
fn a_credential_that_is_no_sd_jwt_is_refused() {
    for text in [
        "",
        "~",
        "a.b.c",
        "a.b.c~",
        "LUpixVCWJk0eOt4CXQe1NXK....WZwmhmn9OQp6YxX0a2L",
    ] {
        let error = copy_error(|world| {
            world.answer_with(move |answer| answer["credentials"][1]["credential"] = value!(text))
        });
        assert_eq!(error.category(), Category::Issuer, "{text}");
    }
}

// shows: SDJWT 18
#[test]
fn another_type_than_ordered_is_refused() {
    let error =
        copy_error(|world| world.issue_with(|claims| claims["vct"] = value!("urn:example:other")));
    assert_eq!(
        (error.code(), error.category()),
        (ErrorCode::WrongCredentialType, Category::Issuer)
    );
}

#[test]
fn a_credential_bound_to_another_key_is_refused() {
    let error = copy_error(|world| {
        let signer = Arc::clone(&world.signer);
        world.answer_with(move |answer| {
            let other = EcKey::generate().unwrap().public_jwk();
            answer["credentials"][1]["credential"] = value!(signer.issue(signer.claims(), &other));
        });
    });
    assert_eq!(
        (error.code(), error.category()),
        (ErrorCode::HolderKeyMismatch, Category::Issuer)
    );
}

#[test]
fn a_credential_bound_to_nothing_is_refused_where_proofs_were_sent() {
    let error = copy_error(|world| {
        let signer = Arc::clone(&world.signer);
        world.answer_with(move |answer| {
            let draft = SdJwtDraft::new(signer.claims()).unwrap();
            answer["credentials"][0]["credential"] = value!(draft.issue(&signer.leaf).unwrap());
        });
    });
    assert_eq!(error.code(), ErrorCode::HolderKeyMismatch);
}

#[test]
fn a_bound_credential_is_refused_where_no_proof_was_sent() {
    let mut world = World::new();
    let configuration = world.configuration().as_object_mut().unwrap();
    configuration.remove("proof_types_supported");
    configuration.remove("cryptographic_binding_methods_supported");
    let signer = Arc::clone(&world.signer);
    world.http.on(CREDENTIAL, move |_, _| {
        let theirs = EcKey::generate().unwrap().public_jwk();
        json(
            200,
            &value!({ "credentials": [{ "credential": signer.issue(signer.claims(), &theirs) }] }),
        )
    });
    assert_eq!(
        refused(world.receive(&[])).code(),
        ErrorCode::HolderKeyMismatch
    );
}

#[test]
fn two_copies_for_one_key_are_refused() {
    let error = copy_error(|world| {
        let signer = Arc::clone(&world.signer);
        world.http.on(CREDENTIAL, move |request, _| {
            let first = &proof_keys(request)[0];
            let copy = || value!({ "credential": signer.issue(signer.claims(), first) });
            json(
                200,
                &value!({ "credentials": [copy(), copy()], "notification_id": "3fwe98js" }),
            )
        });
    });
    assert_eq!(
        (error.code(), error.category()),
        (ErrorCode::BatchMismatch, Category::Issuer)
    );
}

#[test]
fn more_copies_than_keys_are_refused() {
    let error = copy_error(|world| {
        world.answer_with(|answer| {
            let again = answer["credentials"][0].clone();
            answer["credentials"].as_array_mut().unwrap().push(again);
        });
    });
    assert_eq!(error.code(), ErrorCode::BatchMismatch);
}

#[test]
fn expired_and_future_credentials_are_refused() {
    let error =
        copy_error(|world| world.issue_with(|claims| claims["exp"] = value!(1_600_000_000)));
    assert_eq!(error.code(), ErrorCode::CredentialExpired);
    let error =
        copy_error(|world| world.issue_with(|claims| claims["nbf"] = value!(4_000_000_000_u64)));
    assert_eq!(error.code(), ErrorCode::CredentialNotYetValid);
}

#[test]
fn an_issuer_of_another_anchor_is_not_trusted() {
    let error = copy_error(|world| world.trust.issuers.clear());
    assert_eq!(error.code(), ErrorCode::UntrustedIssuer);
    let error = copy_error(|world| {
        let other = CertificateAuthority::generate("Test anchor")
            .unwrap()
            .pem()
            .unwrap();
        world.trust.issuers = TrustAnchor::from_pem(&other).unwrap();
    });
    assert!(matches!(
        error.code(),
        ErrorCode::UntrustedIssuer | ErrorCode::CertificateRejected
    ));
}

#[test]
fn a_faulty_issuer_certificate_is_refused() {
    for fault in [
        CertificateFault::Expired,
        CertificateFault::NotYetValid,
        CertificateFault::WrongKeyUsage,
        CertificateFault::SelfSigned,
    ] {
        let error = copy_error(|world| {
            let authority = CertificateAuthority::generate("Faulty").unwrap();
            world.trust.issuers = TrustAnchor::from_pem(&authority.pem().unwrap()).unwrap();
            let profile = LeafProfile::Issuer {
                common_name: "x".to_owned(),
                uri: None,
            };
            let leaf = authority.issue_faulty_leaf(&profile, fault).unwrap();
            let signer = Arc::new(Signer {
                leaf,
                now: world.signer.now,
            });
            world.http.on(CREDENTIAL, move |request, _| {
                json(200, &signer.answer(request))
            });
        });
        let code = error.code();
        assert!(
            matches!(
                code,
                ErrorCode::CertificateRejected | ErrorCode::UntrustedIssuer
            ),
            "{fault:?}: {code:?}"
        );
    }
}

#[test]
fn a_failed_failure_notification_changes_nothing() {
    let (error, _) = order_error(|world| {
        world.issue_with(|claims| claims["vct"] = value!("urn:example:other"));
        world.http.fail(NOTIFICATION, HttpError::NotSent);
    });
    assert_eq!(error.code(), ErrorCode::WrongCredentialType);
}

// shows: SDJWT 2
#[test]
fn the_older_typ_needs_the_apps_consent() {
    let old = |world: &mut World| {
        let signer = Arc::clone(&world.signer);
        world.http.on(CREDENTIAL, move |request, _| {
            let copies: Vec<_> = proof_keys(request)
                .iter()
                .map(|jwk| {
                    let draft = SdJwtDraft::new(signer.claims())
                        .unwrap()
                        .header("typ", "vc+sd-jwt");
                    value!({ "credential": draft.bound_to(jwk).issue(&signer.leaf).unwrap() })
                })
                .collect();
            json(
                200,
                &value!({ "credentials": copies, "notification_id": "3fwe98js" }),
            )
        });
    };
    assert_eq!(copy_error(old).failed_rule(), Some("SD-JWT VC 2.2.1"));
    let mut world = World::new();
    old(&mut world);
    world.settings.accept_vc_sd_jwt_typ = true;
    assert!(world.receive(&TestKey::several(2)).is_ok());
}

#[test]
fn a_wrong_clock_does_not_let_an_old_credential_through() {
    let error = copy_error(|world| {
        let later = world.clock.0.saturating_add(2 * 86_400);
        world.clock.0 = later;
    });
    assert_eq!(error.code(), ErrorCode::CredentialExpired);
    let error = copy_error(|world| world.clock.0 = UnixTime::from_secs(0));
    assert!(matches!(
        error.code(),
        ErrorCode::CredentialNotYetValid
            | ErrorCode::CertificateRejected
            | ErrorCode::UntrustedIssuer
    ));
}

/// The holder looks at one copy before keeping all of them.
// shows: VCI 41, HOSTILE 12
#[test]
fn copies_that_do_not_say_the_same_are_refused() {
    let mixed = |name: &'static str, content: Value| {
        let mut world = World::new();
        let signer = Arc::clone(&world.signer);
        world.http.on(CREDENTIAL, move |request, _| {
            let mut claims = signer.claims();
            let mut copies = Vec::new();
            for jwk in proof_keys(request) {
                copies.push(value!({ "credential": signer.issue(claims.clone(), &jwk) }));
                claims[name] = content.clone();
            }
            json(200, &value!({ "credentials": copies }))
        });
        world.receive(&TestKey::several(2))
    };
    for (name, content) in [
        ("given_name", value!("Eve")),
        ("age_over_19", value!(false)),
        ("nationality", value!("KR")),
    ] {
        let error = refused(mixed(name, content));
        assert_eq!(error.code(), ErrorCode::BatchMismatch, "{name}");
    }
    let status = value!({ "status_list": { "idx": 1, "uri": "https://issuer.example/s" } });
    for (name, content) in [
        ("exp", value!(4_000_000_000_u64)),
        ("sub", value!("urn:uuid:1")),
        ("jti", value!("2")),
        ("status", status),
    ] {
        assert_eq!(mixed(name, content).unwrap().copies.len(), 2, "{name}");
    }
}

/// The holder is told once what can be withheld.
// shows: VCI 41
#[test]
fn copies_that_do_not_withhold_the_same_are_refused() {
    let mut world = World::new();
    let signer = Arc::clone(&world.signer);
    world.http.on(CREDENTIAL, move |request, _| {
        let mut is_open = true;
        let copies = proof_keys(request).into_iter().map(|jwk| {
            is_open = !is_open;
            let credential = match is_open {
                false => signer.issue(signer.claims(), &jwk),
                true => SdJwtDraft::new(signer.claims())
                    .unwrap()
                    .bound_to(&jwk)
                    .issue(&signer.leaf)
                    .unwrap(),
            };
            value!({ "credential": credential })
        });
        json(200, &value!({ "credentials": copies.collect::<Vec<_>>() }))
    });
    let error = refused(world.receive(&TestKey::several(2)));
    assert_eq!(error.code(), ErrorCode::BatchMismatch);
}
