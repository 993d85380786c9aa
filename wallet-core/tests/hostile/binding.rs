//! Items 6 to 8: what an answer is bound to, and where it goes.

use crate::attack::{Attack, post_form};
use crate::world::{age, approve};
use pollster::block_on;
use serde_json::{Value, json};
use wallet_core::ErrorCode::{
    AuthorizationResponseInvalid, HolderKeyMismatch, IssuerMetadataInvalid, IssuerMismatch,
    NoEncryptionKey, NonceMissingOrReused, RequestInvalid, ResponseUriNotAllowed, UrlNotAllowed,
    WrongCredentialType,
};
use wallet_parties::hostile::{ForgedRequest, Impostor, Trick};
use wallet_parties::jws::Jws;
use wallet_parties::verifier::{ClientIdPrefix, RequestBy, ResponseMode};

// shows: HOSTILE 6, VP 17, VP 37
#[test]
fn a_nonce_is_the_requests_own_and_an_answer_is_worth_nothing_to_another_verifier() {
    let attack = Attack::begin();
    let rule = Some("OpenID4VP 1.0 5.2");
    for nonce in [
        Value::Null,
        "".into(),
        json!(1),
        "n".repeat(513).into(),
        "a b".into(),
        "\u{ac00}".into(),
    ] {
        let request = attack.forged_with(|r| match nonce.is_null() {
            true => drop(r.payload.remove("nonce")),
            false => drop(r.payload.insert("nonce".into(), nonce.clone())),
        });
        let error = attack.ask(&request.link()).err().unwrap();
        let codes = [NonceMissingOrReused, RequestInvalid];
        assert!(codes.contains(&error.code()), "{nonce}: {error:?}");
        assert!(error.failed_rule().is_some(), "{nonce}");
    }
    // A nonce beside the request object is none.
    let mut outside = attack.forged_with(|r| drop(r.payload.remove("nonce")));
    outside.outer.insert("nonce".into(), "outside".into());
    attack.refused("outside", &outside.link(), (NonceMissingOrReused, rule));
    attack.unharmed();

    // The forger asks with the nonce of an honest verifier and passes the answer on.
    let honest = attack.world.ask(age(), |request| {
        request.prefix = ClientIdPrefix::X509Hash;
        request.by = RequestBy::Value;
        request.mode = ResponseMode::DirectPost;
    });
    let object = wallet_parties::hostile::parameter(&honest.uri, "request").unwrap();
    let honest_request = Jws::parse(&object).unwrap().payload;
    let forged = attack.forged_with(|r| {
        r.payload
            .insert("nonce".into(), honest_request["nonce"].clone());
    });
    let approved = approve(&attack.world.wallet, attack.plan(&forged.link()));
    block_on(attack.world.wallet.present(approved)).unwrap();
    let answer = attack.world.phone.network.answers().pop().unwrap();
    let token = wallet_parties::hostile::parameter(
        &format!("?{}", String::from_utf8(answer).unwrap()),
        "vp_token",
    );
    let text = |name: &str| honest_request[name].as_str().unwrap();
    let form = [
        ("vp_token", token.as_deref().unwrap()),
        ("state", text("state")),
    ];
    assert_eq!(post_form(text("response_uri"), &form), 400);
    let result = attack.world.result(&honest);
    assert_eq!(result.refusal.as_deref(), Some("aud of the key binding"));
    assert!(result.learned.is_empty());
}

// shows: HOSTILE 7, VCI 8, VCI 11, VCI 42
#[test]
fn an_issuer_is_who_it_says_and_its_card_is_what_was_ordered() {
    let attack = Attack::begin();
    let honest = attack.world.parties.issuer.identifier().to_owned();
    let impostor = attack.impostor();
    let offer = impostor.offer();
    // Its metadata speak of the honest issuer, of another spelling of itself, of a server that is not the one asked.
    let mismatch = (IssuerMismatch, Some("OpenID4VCI 1.0 12.2.2"));
    for name in [honest.clone(), format!("{}/", impostor.identifier)] {
        impostor.publish(
            &attack.hostile,
            |document| document["credential_issuer"] = name.clone().into(),
            |_| {},
        );
        attack.offer_refused(&name, &offer, mismatch);
    }
    let server = |document: &mut Value| document["issuer"] = honest.clone().into();
    impostor.publish(&attack.hostile, |_| {}, server);
    attack.offer_refused("the server", &offer, (IssuerMismatch, Some("RFC 8414 3.3")));
    assert!(
        !attack.requests().iter().any(|r| r.url.ends_with("/token")),
        "a code went out"
    );

    // The card of another issuer, of another type, for another key, unsigned for the holder.
    impostor.publish(&attack.hostile, |_| {}, |_| {});
    let stranger = wallet_parties::EcKey::generate().unwrap().public_jwk();
    let cases = [
        ("vct", json!("urn:example:another"), WrongCredentialType),
        ("cnf", json!({ "jwk": stranger }), HolderKeyMismatch),
        ("cnf", Value::Null, HolderKeyMismatch),
    ];
    for (name, value, code) in cases {
        attack.issues(move |impostor, request| {
            let mut payload = serde_json::Map::new();
            payload.insert(name.into(), value.clone());
            impostor.card(request, payload, &[], &json!({})).unwrap()
        });
        let received = attack.receive(&offer);
        let error = received.err().unwrap_or_else(|| panic!("{name} was kept"));
        assert_eq!(error.code(), code, "{name}: {error:?}");
        assert!(error.failed_rule().is_some(), "{name}: {error:?}");
    }

    // With a certificate the issuer is the certificate's subject (SD-JWT VC 2.5): `iss` lends nobody's name.
    attack.issues({
        let honest = honest.clone();
        move |impostor, request| {
            let mut payload = serde_json::Map::new();
            payload.insert("iss".into(), honest.clone().into());
            impostor.card(request, payload, &[], &json!({})).unwrap()
        }
    });
    let card = attack.order(&offer).unwrap();
    assert!(!card.signed_by().unwrap().contains(&honest));
    block_on(attack.world.wallet.decline(card));

    // Endpoints at places a phone can reach and the attacker cannot.
    for inside in [
        "https://192.168.0.1/",
        "http://intranet/",
        "https://[fe80::1]/x",
    ] {
        let endpoint = |document: &mut Value| document["credential_endpoint"] = inside.into();
        impostor.publish(&attack.hostile, endpoint, |_| {});
        let error = attack.receive(&offer).err().unwrap();
        let codes = [UrlNotAllowed, IssuerMetadataInvalid];
        assert!(codes.contains(&error.code()), "{inside}: {error:?}");
    }
    attack.unharmed();
}

// shows: HOSTILE 7, VCI 17, HAIP 2
#[test]
fn a_code_of_another_server_does_not_reach_the_attacker() {
    const BACK: &str = "org.example.wallet:/issued";
    let attack = Attack::with(|phone| {
        phone.policy.client_id = Some("wallet".to_owned());
        phone.policy.redirect_uri = Some(BACK.to_owned());
    });
    let impostor = attack.impostor();
    let server = |document: &mut Value| {
        let at = impostor.identifier.clone();
        document["authorization_endpoint"] = format!("{at}/authorize").into();
        document["grant_types_supported"] = json!(["authorization_code"]);
        document["code_challenge_methods_supported"] = json!(["S256"]);
    };
    impostor.publish(
        &attack.hostile,
        |document| {
            document["credential_configurations_supported"]["card"]["scope"] = "card".into();
        },
        server,
    );
    let wallet = &attack.world.wallet;
    let asked = block_on(async {
        let offered = wallet
            .discover(&impostor.identifier, &["card".to_owned()])
            .await?;
        wallet.authorize(&offered, &[]).await
    });
    let asked = asked.unwrap().url;
    let sent = |name: &str| wallet_parties::hostile::parameter(&asked, name);
    assert_eq!(sent("code_challenge_method").as_deref(), Some("S256"));
    let state = sent("state").unwrap();
    assert!(state.len() >= 22, "a state that could be guessed");
    // The attacker leads the holder on to the honest server, which sends a good code back for this wallet.
    let honest = attack.world.parties.issuer.identifier();
    for (answer, subject) in [
        (format!("{BACK}?code=good"), "state"),
        (
            format!("{BACK}?code=good&state=guessed&iss={honest}"),
            "state",
        ),
        (
            format!("{BACK}?code=good&state={state}&state=x&iss={honest}"),
            "redirect",
        ),
        (
            format!("{BACK}?code=good&state={state}&iss={honest}"),
            "iss",
        ),
    ] {
        let error = block_on(wallet.resume(&answer)).err().unwrap();
        assert_eq!(
            error.code(),
            AuthorizationResponseInvalid,
            "{answer}: {error:?}"
        );
        assert!(error.failed_rule().is_some(), "{subject}");
    }
    assert!(
        attack.hostile.seen().iter().all(|r| r.method == "GET"),
        "the code went out"
    );
    attack.unharmed();
}

// shows: HOSTILE 7
#[test]
fn a_code_an_issuer_never_gave_out_buys_nothing() {
    let attack = Attack::begin();
    let offer = Impostor::offer_of(&attack.world.parties.issuer, "guessed");
    attack.offer_refused(
        "a guessed code",
        &offer,
        (
            wallet_core::ErrorCode::GrantRefused,
            Some("OpenID4VCI 1.0 6.3"),
        ),
    );
    attack.unharmed();
}

// shows: HOSTILE 8, VP 9, VP 18, VP 36
#[test]
fn an_answer_goes_to_the_verifier_that_was_authenticated_and_as_secretly_as_was_asked() {
    let attack = Attack::begin();
    type Break = fn(&mut ForgedRequest);
    let to = |r: &mut ForgedRequest, uri: &str| {
        drop(r.payload.insert("response_uri".into(), uri.into()))
    };
    for uri in [
        "https://collector.example/",
        "http://localhost.collector.example/",
        "https://localhost@collector.example/",
        "http://127.0.0.1:1/response",
        "https://192.168.0.1/response",
        "/response",
        "file:///response",
    ] {
        let error = attack
            .ask(&attack.forged_with(|r| to(r, uri)).link())
            .err()
            .unwrap();
        let codes = [ResponseUriNotAllowed, UrlNotAllowed, RequestInvalid];
        assert!(codes.contains(&error.code()), "{uri}: {error:?}");
        assert!(error.failed_rule().is_some(), "{uri}: {error:?}");
    }
    let cases: [(&str, Break, crate::attack::Refusal); 3] = [
        (
            "a redirect_uri too",
            |r| {
                drop(
                    r.payload
                        .insert("redirect_uri".into(), "https://collector.example".into()),
                )
            },
            (RequestInvalid, Some("OpenID4VP 1.0 8.2")),
        ),
        (
            "encrypted, but without key",
            |r| {
                drop(
                    r.payload
                        .insert("response_mode".into(), "direct_post.jwt".into()),
                )
            },
            (NoEncryptionKey, Some("OpenID4VP 1.0 8.3")),
        ),
        (
            "encrypted, for a key of a kind nobody has",
            |r| {
                r.payload
                    .insert("response_mode".into(), "direct_post.jwt".into());
                r.payload["client_metadata"]["jwks"] = json!({"keys": [{"kty": "RSA", "alg": "RSA1_5", "use": "enc", "n": "AQAB", "e": "AQAB", "kid": "1"}]});
            },
            (NoEncryptionKey, Some("OpenID4VP 1.0 8.3")),
        ),
    ];
    for (name, change, refusal) in cases {
        attack.refused(name, &attack.forged_with(change).link(), refusal);
    }
    // What the link says beside the request object counts for nothing.
    let mut link = attack.forged();
    link.outer
        .insert("response_uri".into(), "https://collector.example/".into());
    link.outer
        .insert("response_mode".into(), "direct_post".into());
    let plan = attack.plan(&link.link());
    let expected = format!("{}/response", attack.hostile.base_url());
    assert_eq!(plan.request().response_uri(), Some(expected.as_str()));
    drop(plan);
    // A verifier that redirects the answer gets nothing twice.
    attack.unharmed();
    let elsewhere = format!("{}/collector", attack.hostile.base_url());
    attack.hostile.set("/response", Trick::Redirect(elsewhere));
    let approved = approve(&attack.world.wallet, attack.plan(&attack.forged().link()));
    block_on(attack.world.wallet.present(approved)).unwrap();
    let collected = attack.hostile.seen();
    assert!(!collected.iter().any(|r| r.target == "/collector"));
}
