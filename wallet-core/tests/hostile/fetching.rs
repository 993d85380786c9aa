//! Items 16 to 18: what the wallet fetches, from where, and what it makes of it.

use crate::attack::{Attack, targets};
use pollster::block_on;
use serde_json::{Value, json};
use std::net::IpAddr;
use std::time::{Duration, Instant};
use wallet_core::ErrorCode::{
    ContentTypeNotAllowed, HttpStatus, NetworkFailed, NetworkTimeout, OfferInvalid,
    RedirectRefused, TooDeep, TooLarge, UrlNotAllowed,
};
use wallet_core::http::{FetchSettings, HttpError, HttpResponse};
use wallet_parties::hostile::{Impostor, Trick};

/// This device itself. The tests' servers live there, so that a wallet under test may call it, and no other.
const THIS_DEVICE: [&str; 6] = [
    "https://127.0.0.1/",
    "https://127.1.2.3/",
    "https://[::1]/",
    "https://localhost/",
    "http://localhost:1/",
    "https://0.0.0.0/",
];

/// Where a request from a phone must never go.
const INSIDE: [&str; 18] = [
    "https://192.168.0.1/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://100.64.0.1/",
    "https://[fe80::1]/",
    "https://[fd00::1]/",
    "https://[::ffff:192.168.0.1]/",
    "https://8.8.8.8/",
    "https://3232235521/",
    "https://0xc0a80001/",
    "https://0300.0250.0.1/",
    "https://user@shop.example/",
    "http://shop.example/",
    "file:///etc/passwd",
    "ftp://shop.example/",
    "data:text/plain,x",
    "https://router/",
];

// shows: HOSTILE 16
#[test]
fn no_address_inside_is_called_whoever_names_it() {
    let attack = Attack::begin();
    let impostor = attack.impostor();
    for inside in INSIDE {
        let error = attack.ask(&attack.forged().link_to("request_uri", inside));
        let error = error.err().unwrap();
        assert_eq!(
            error.code(),
            UrlNotAllowed,
            "request_uri {inside}: {error:?}"
        );
        assert!(error.failed_rule().is_some(), "request_uri {inside}");
        let error = block_on(attack.world.wallet.offer(&Impostor::offer_at(inside)));
        let error = error.err().unwrap();
        assert_eq!(error.code(), UrlNotAllowed, "offer {inside}: {error:?}");
        // An answer, or a refusal, would go there.
        let request =
            attack.forged_with(|r| drop(r.payload.insert("response_uri".into(), inside.into())));
        assert!(
            attack.ask(&request.link()).is_err(),
            "response_uri {inside}"
        );
        let unsigned = attack.forged_with(|r| {
            r.payload
                .insert("client_id".into(), format!("redirect_uri:{inside}").into());
            r.payload.insert("response_uri".into(), inside.into());
        });
        assert!(
            attack.ask(&unsigned.unsigned_link()).is_err(),
            "redirect_uri {inside}"
        );
        // An issuer that lives there.
        let offer = Impostor::offer_of_any(inside);
        let error = block_on(attack.world.wallet.offer(&offer)).err().unwrap();
        assert!(
            [UrlNotAllowed, OfferInvalid].contains(&error.code()),
            "issuer {inside}: {error:?}"
        );
    }
    attack.silent();
    // A wallet as it is released.
    let world = crate::world::World::with(|phone| {
        phone.policy.fetch = FetchSettings::default();
    });
    for inside in INSIDE.iter().chain(&THIS_DEVICE) {
        let link = attack.forged().link_to("request_uri", inside);
        let error = block_on(world.wallet.request(&link)).err().unwrap();
        assert_eq!(error.code(), UrlNotAllowed, "{inside}: {error:?}");
        let error = block_on(world.wallet.offer(&Impostor::offer_at(inside)))
            .err()
            .unwrap();
        assert_eq!(error.code(), UrlNotAllowed, "{inside}: {error:?}");
    }
    assert_eq!(world.phone.network.count(), 0);
    // Endpoints, pictures and types that an issuer names.
    for inside in INSIDE {
        for member in [
            "credential_endpoint",
            "nonce_endpoint",
            "notification_endpoint",
        ] {
            let endpoint = |document: &mut Value| document[member] = inside.into();
            impostor.publish(&attack.hostile, endpoint, |_| {});
            assert!(
                attack.receive(&impostor.offer()).is_err(),
                "{member} {inside}"
            );
        }
        let endpoint = |document: &mut Value| document["token_endpoint"] = inside.into();
        impostor.publish(&attack.hostile, |_| {}, endpoint);
        assert!(
            attack.receive(&impostor.offer()).is_err(),
            "token_endpoint {inside}"
        );
        let logo = |document: &mut Value| {
            let card = &mut document["credential_configurations_supported"]["card"];
            card["credential_metadata"] =
                json!({"display": [{"name": "A card", "logo": {"uri": inside}}]});
            document["display"] = json!([{"name": "Office", "logo": {"uri": inside}}]);
        };
        impostor.publish(&attack.hostile, logo, |_| {});
        let _ = attack.order(&impostor.offer());
    }
    attack.unharmed();
}

// shows: HOSTILE 16, HOSTILE 17
#[test]
fn a_name_that_leads_inside_is_refused_by_the_address_connected_to() {
    let attack = Attack::begin();
    // An app's client that does not look at the address itself, but tells it.
    let rebound: IpAddr = "192.168.0.1".parse().unwrap();
    let request = attack.forged();
    let object = request.object();
    attack.world.phone.network.answer_with(move |request| {
        request
            .url
            .starts_with("https://rebinding.example/")
            .then(|| {
                Ok(HttpResponse {
                    status: 200,
                    headers: vec![(
                        "content-type".into(),
                        "application/oauth-authz-req+jwt".into(),
                    )],
                    body: object.clone().into_bytes(),
                    final_url: request.url.clone(),
                    peer_address: Some(rebound),
                })
            })
    });
    let link = request.link_to("request_uri", "https://rebinding.example/r");
    let error = attack.ask(&link).err().unwrap();
    assert_eq!(error.code(), UrlNotAllowed, "{error:?}");
    assert!(error.failed_rule().is_some());
    // One that refuses, as it should; and every request forbids it.
    attack.world.phone.network.answer_with(|request| {
        assert!(!request.policy.allow_private_addresses);
        Some(Err(HttpError::AddressNotAllowed))
    });
    let error = attack.ask(&link).err().unwrap();
    assert_eq!(error.code(), UrlNotAllowed);
    // A name inside this device is no better for a test wallet: loopback must be loopback.
    assert_eq!(targets(&attack.requests()).len(), 2);
    attack.world.phone.network.calm();
    attack.world.show_age(&attack.world.wallet);
}

// shows: HOSTILE 16, VP 16, VCI 46
#[test]
fn redirects_large_deep_cut_and_mistyped_answers_are_refused() {
    const TYPE: &str = "application/oauth-authz-req+jwt";
    let attack = Attack::begin();
    let base = attack.hostile.base_url();
    let request = attack.forged();
    let link = request.link_to("request_uri", &format!("{base}/r"));
    let offer = Impostor::offer_at(&format!("{base}/r"));
    let cases = [
        (
            "a redirect to itself",
            Trick::Redirect(format!("{base}/response")),
            RedirectRefused,
        ),
        (
            "a redirect inside",
            Trick::Redirect("http://192.168.0.1/".into()),
            RedirectRefused,
        ),
        (
            "another type",
            Trick::text("text/html", request.object()),
            ContentTypeNotAllowed,
        ),
        (
            "an error status",
            Trick::Answer {
                status: 500,
                content_type: TYPE,
                body: request.object().into(),
            },
            HttpStatus,
        ),
        ("too large", Trick::large(TYPE, 65 * 1024), NetworkFailed),
        ("no end", Trick::Endless(TYPE), NetworkFailed),
        ("cut short", Trick::CutShort(TYPE), NetworkFailed),
        (
            "nothing",
            Trick::text(TYPE, ""),
            wallet_core::ErrorCode::Malformed,
        ),
    ];
    for (name, trick, code) in cases {
        attack.hostile.set("/r", trick);
        let error = attack.ask(&link).err().unwrap();
        let codes = [
            code,
            if code == NetworkFailed {
                TooLarge
            } else {
                code
            },
        ];
        assert!(codes.contains(&error.code()), "{name}: {error:?}");
    }
    const JSON: &str = "application/json";
    let cases = [
        (
            "a redirect",
            Trick::Redirect(format!("{base}/response")),
            RedirectRefused,
        ),
        ("too deep", Trick::deep(JSON, 40), TooDeep),
        ("too large", Trick::large(JSON, 65 * 1024), TooLarge),
        (
            "no JSON",
            Trick::text("text/html", "{}"),
            ContentTypeNotAllowed,
        ),
    ];
    for (name, trick, code) in cases {
        attack.hostile.set("/r", trick);
        let error = block_on(attack.world.wallet.offer(&offer)).err().unwrap();
        let codes = [
            code,
            if code == TooLarge {
                NetworkFailed
            } else {
                code
            },
        ];
        assert!(codes.contains(&error.code()), "{name}: {error:?}");
    }
    // Metadata have limits of their own, and nothing is asked of who breaks them.
    let impostor = attack.impostor();
    let place = "/.well-known/openid-credential-issuer";
    for trick in [
        Trick::deep(JSON, 33),
        Trick::large(JSON, 257 * 1024),
        Trick::Endless(JSON),
    ] {
        attack.hostile.set(place, trick);
        assert!(block_on(attack.world.wallet.offer(&impostor.offer())).is_err());
    }
    assert!(attack.hostile.seen().iter().all(|r| r.method == "GET"));
    attack.unharmed();
}

// shows: HOSTILE 16
#[test]
fn a_server_that_takes_its_time_is_given_ten_seconds_and_no_more() {
    let attack = Attack::begin();
    attack
        .hostile
        .set("/drip", Trick::Drip("application/oauth-authz-req+jwt"));
    attack.hostile.set("/silent", Trick::Silent);
    for path in ["/drip", "/silent"] {
        // The time is the client's to keep (`http::conformance` checks that); the tests have less patience than ten seconds.
        attack.world.phone.network.answer_with(|request| {
            assert_eq!(request.policy.total_seconds, 10);
            let began = Instant::now();
            let answer = crate::http::Client::call(request, Duration::from_millis(400));
            assert!(began.elapsed() < Duration::from_secs(5));
            Some(answer.map_err(|error| match error {
                ureq::Error::Timeout(_) => HttpError::Timeout,
                _ => HttpError::SentOrUnknown,
            }))
        });
        let link = attack.forged().link_to(
            "request_uri",
            &format!("{}{path}", attack.hostile.base_url()),
        );
        let error = attack.ask(&link).err().unwrap();
        assert_eq!(error.code(), NetworkTimeout, "{path}: {error:?}");
    }
    attack.unharmed();
}

// shows: HOSTILE 17
#[test]
fn nothing_is_asked_in_the_clear_nor_of_a_server_whose_certificate_was_refused() {
    let attack = Attack::begin();
    attack
        .world
        .phone
        .network
        .answer_with(|_| Some(Err(HttpError::Tls)));
    let link = attack
        .forged()
        .link_to("request_uri", "https://shop.example/r");
    let error = attack.ask(&link).err().unwrap();
    assert_eq!(error.code(), NetworkFailed, "{error:?}");
    assert_eq!(attack.requests().len(), 1, "it was tried again");
    for plain in [
        "http://shop.example/r",
        "HTTP://shop.example/r",
        "http://localhost.shop.example/r",
    ] {
        let link = attack.forged().link_to("request_uri", plain);
        assert_eq!(
            attack.ask(&link).err().unwrap().code(),
            UrlNotAllowed,
            "{plain}"
        );
    }
    assert_eq!(attack.requests().len(), 1);
    attack.world.phone.network.calm();
    attack.world.show_age(&attack.world.wallet);
}

// shows: HOSTILE 18
#[test]
fn a_picture_that_is_none_is_not_kept_and_an_svg_is_bytes_with_a_type() {
    let attack = Attack::begin();
    let impostor = attack.impostor();
    let base = attack.hostile.base_url();
    let svg = r#"<svg xmlns="http://www.w3.org/2000/svg"><script>fetch("https://192.168.0.1")</script><image href="https://192.168.0.1/x"/></svg>"#;
    attack
        .hostile
        .set("/logo.svg", Trick::text("image/svg+xml", svg));
    attack
        .hostile
        .set("/logo.html", Trick::text("text/html", "<script/>"));
    attack
        .hostile
        .set("/logo.png", Trick::text("image/png", "<script/>"));
    attack
        .hostile
        .set("/logo.big", Trick::large("image/png", 600 * 1024));
    attack.issues(|impostor, request| {
        impostor
            .card(request, serde_json::Map::new(), &[], &json!({}))
            .unwrap()
    });
    for (logo, is_kept) in [
        ("svg", true),
        ("html", false),
        ("png", false),
        ("big", false),
    ] {
        let display = |document: &mut Value| {
            let card = &mut document["credential_configurations_supported"]["card"];
            let uri = format!("{base}/logo.{logo}");
            card["credential_metadata"] =
                json!({"display": [{"name": "A card", "logo": {"uri": uri}}]});
        };
        impostor.publish(&attack.hostile, display, |_| {});
        let card = attack.order(&impostor.offer()).unwrap();
        let pictures = &card.display().pictures;
        assert_eq!(!pictures.is_empty(), is_kept, "{logo}");
        // As it came: nothing looked into it, nothing in it was called.
        assert!(
            pictures
                .iter()
                .all(|picture| picture.bytes == svg.as_bytes())
        );
        block_on(attack.world.wallet.decline(card));
    }
    attack.unharmed();
}
