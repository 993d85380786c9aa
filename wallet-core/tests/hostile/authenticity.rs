//! Items 1 to 5: who asks.

use crate::attack::Attack;
use crate::world::{age, approve, refused};
use pollster::block_on;
use serde_json::{Value, json};
use wallet_core::ErrorCode::{
    AlgorithmNotAllowed, ClientIdMismatch, NonceMissingOrReused, RequestInvalid, SignatureInvalid,
    UnknownClientIdPrefix, UntrustedVerifier,
};
use wallet_core::presentation::{Proposal, VerifierTrust};
use wallet_core::wallet::Outcome;
use wallet_parties::EcKey;
use wallet_parties::hostile::{ForgedRequest, Trick};

// shows: HOSTILE 1, VP 2, VP 3, VP 6, VP 7
#[test]
fn nothing_of_a_request_that_is_not_authentic_is_shown() {
    let attack = Attack::begin();
    type Break = fn(&mut ForgedRequest);
    let cases: [(&str, Break, crate::attack::Refusal); 7] = [
        (
            "signed by another key",
            |r| r.key = EcKey::generate().unwrap(),
            (SignatureInvalid, Some("RFC 7515 5.2")),
        ),
        (
            "not signed at all",
            |r| drop(r.header.insert("alg".into(), "none".into())),
            (AlgorithmNotAllowed, Some("RFC 7515 4.1.1")),
        ),
        (
            "another type",
            |r| drop(r.header.insert("typ".into(), "JWT".into())),
            (RequestInvalid, Some("OpenID4VP 1.0 5")),
        ),
        (
            "no type",
            |r| drop(r.header.remove("typ")),
            (RequestInvalid, Some("OpenID4VP 1.0 5")),
        ),
        (
            "for another wallet",
            |r| {
                drop(
                    r.payload
                        .insert("aud".into(), "https://other.example".into()),
                )
            },
            (RequestInvalid, Some("OpenID4VP 1.0 5.8")),
        ),
        (
            "another client outside",
            |r| {
                drop(
                    r.outer
                        .insert("client_id".into(), "x509_san_dns:bank.example".into()),
                )
            },
            (ClientIdMismatch, Some("OpenID4VP 1.0 5.10.1")),
        ),
        (
            "the client without its prefix outside",
            |r| drop(r.outer.insert("client_id".into(), "localhost".into())),
            // Without a prefix it would be one the app registered (5.9.2); there is none.
            (UntrustedVerifier, Some("OpenID4VP 1.0 5.9.2")),
        ),
    ];
    for (name, change, refusal) in cases {
        attack.refused(name, &attack.forged_with(change).link(), refusal);
    }
    // Somebody nobody vouches for, with a chain of his own.
    let stranger = wallet_parties::pki::CertificateAuthority::generate("Stranger").unwrap();
    let forger = wallet_parties::hostile::Forger::new(&stranger, &attack.hostile.base_url());
    let request = forger.unwrap().request(&age()).unwrap();
    let error = attack.ask(&request.link()).err().unwrap();
    assert_eq!(error.code(), UntrustedVerifier);
    assert_eq!(error.failed_rule(), Some("RFC 5280 6.1.1 d"));
    attack.unharmed();
}

// shows: HOSTILE 2, VP 8, VP 11, VP 14
#[test]
fn an_unknown_or_misused_prefix_is_refused_and_never_taken_for_another() {
    let attack = Attack::begin();
    for client_id in [
        "made_up:localhost",
        "localhost",
        "https://localhost/shop",
        "X509_SAN_DNS:localhost",
        "origin:https://localhost",
        "entity_id:https://localhost",
        "",
    ] {
        let request = attack.forged_with(|r| {
            r.payload.insert("client_id".into(), client_id.into());
            r.outer.insert("client_id".into(), client_id.into());
        });
        let error = attack.ask(&request.link()).err().unwrap();
        let codes = [UnknownClientIdPrefix, UntrustedVerifier, RequestInvalid];
        assert!(codes.contains(&error.code()), "{client_id}: {error:?}");
        assert!(error.failed_rule().is_some(), "{client_id}");
    }
    attack.silent();
    // `redirect_uri` is never signed, and its name is the address.
    let signed = attack.forged_with(|r| {
        let id = Value::from(format!(
            "redirect_uri:{}",
            r.payload["response_uri"].as_str().unwrap()
        ));
        r.payload.insert("client_id".into(), id.clone());
        r.outer.insert("client_id".into(), id);
    });
    let rule = Some("OpenID4VP 1.0 5.9.3");
    attack.refused(
        "a signed redirect_uri",
        &signed.link(),
        (RequestInvalid, rule),
    );
    // A certificate does not speak for a DID, nor for another certificate.
    for (client_id, code) in [
        ("decentralized_identifier:did:example:me", UntrustedVerifier),
        (
            "x509_hash:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            UntrustedVerifier,
        ),
        ("x509_san_dns:bank.example", UntrustedVerifier),
    ] {
        let request = attack.forged_with(|r| {
            r.payload.insert("client_id".into(), client_id.into());
            r.outer.insert("client_id".into(), client_id.into());
        });
        let error = attack.ask(&request.link()).err().unwrap();
        assert_eq!(error.code(), code, "{client_id}: {error:?}");
    }
    attack.unharmed();
}

// shows: HOSTILE 3
#[test]
fn a_verifier_nobody_vouches_for_is_labelled_so_whatever_it_calls_itself() {
    let attack = Attack::begin();
    let request = attack.forged_with(|r| {
        let id = format!(
            "redirect_uri:{}",
            r.payload["response_uri"].as_str().unwrap()
        );
        r.payload.insert("client_id".into(), id.into());
        r.payload["client_metadata"]["client_name"] = "Your bank \u{2713} verified".into();
    });
    let plan = attack.plan(&request.unsigned_link());
    let verifier = plan.request().verifier();
    assert_eq!(verifier.trust(), VerifierTrust::Unverified);
    assert_eq!(
        (verifier.domain(), verifier.certificate_subject()),
        (None, None)
    );
    // A name the verifier gave itself is kept apart from what was proven.
    assert!(verifier.client_id().as_str().starts_with("redirect_uri:"));
    drop(plan);
    attack.unharmed();
}

// shows: HOSTILE 4, VP 33
#[test]
fn where_the_verifier_sends_the_holder_afterwards_is_checked_and_never_fetched() {
    for to in [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "intent://scan/#Intent;end",
        "http://192.168.0.1/",
        "https://user:pass@shop.example/",
        "//shop.example/",
        "",
    ] {
        let attack = Attack::begin();
        attack
            .hostile
            .set("/response", Trick::json(&json!({ "redirect_uri": to })));
        let approved = approve(&attack.world.wallet, attack.plan(&attack.forged().link()));
        let presented = block_on(attack.world.wallet.present(approved)).unwrap();
        assert_eq!(presented.redirect_uri, None, "{to}");
        assert_eq!(attack.requests().len(), 1, "{to} was fetched");
    }
    let attack = Attack::begin();
    let to = "https://shop.example/done?response_code=1";
    attack
        .hostile
        .set("/response", Trick::json(&json!({ "redirect_uri": to })));
    let approved = approve(&attack.world.wallet, attack.plan(&attack.forged().link()));
    let presented = block_on(attack.world.wallet.present(approved)).unwrap();
    assert_eq!(presented.redirect_uri.as_deref(), Some(to));
    assert_eq!(attack.requests().len(), 1);
}

// shows: HOSTILE 5, VP 48
#[test]
fn a_request_is_answered_once_and_in_its_time() {
    let attack = Attack::begin();
    let link = attack.world.ask_age();
    let world = &attack.world;
    let outcome = world.show(&world.wallet, &link).unwrap().outcome;
    assert_eq!(outcome, Outcome::Accepted);
    let sent = attack.requests().len();
    assert_eq!(refused(attack.ask(&link.uri)), NonceMissingOrReused);
    assert_eq!(
        attack.requests().len(),
        sent + 1,
        "more than the request was fetched"
    );

    // The same nonce from the same client under another address is the same request.
    let first = attack.forged();
    let Proposal::Plan(plan) = attack.ask(&first.link()).unwrap() else {
        panic!("nothing fits");
    };
    block_on(world.wallet.refuse(Proposal::Plan(plan))).unwrap();
    let mut second = first;
    let elsewhere = format!("{}/elsewhere", attack.hostile.base_url());
    second
        .payload
        .insert("response_uri".into(), elsewhere.into());
    second.payload.insert("state".into(), "another".into());
    assert_eq!(refused(attack.ask(&second.link())), NonceMissingOrReused);

    let old = attack.forged();
    world.keep_unlocked_for(600);
    assert_eq!(
        refused(attack.ask(&old.link())),
        wallet_core::ErrorCode::RequestExpired
    );
}
