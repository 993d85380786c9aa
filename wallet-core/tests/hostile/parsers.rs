//! Items 19 to 21: what is made to break a reader.

use crate::attack::Attack;
use pollster::block_on;
use serde_json::{Map, Value, json};
use std::io::Write;
use wallet_core::ErrorCode::{
    DisclosureInvalid, DuplicateKey, InvalidUtf8, Malformed, NotCanonical, NumberOutOfRange,
    TooDeep, TooLarge, TrailingData,
};
use wallet_core::clock::Clock;
use wallet_core::trust::status::{StatusError, StatusList, StatusSigners};
use wallet_core::trust::{TrustAnchor, TrustAnchors};
use wallet_parties::hostile::Trick;
use wallet_parties::{base64url, sha256};

/// CBOR is read nowhere on this way yet; mdoc, which would bring it, is refused (item 26).
// shows: HOSTILE 19
#[test]
fn json_that_could_be_read_in_two_ways_or_without_end_is_refused() {
    let attack = Attack::begin();
    let request = attack.forged();
    let whole = Value::Object(request.payload.clone()).to_string();
    let with = |more: &str| format!("{{{more},{}", &whole[1..]).into_bytes();
    let deep = format!(r#""x":{}{}"#, "[".repeat(40), "]".repeat(40));
    let cases: [(&str, Vec<u8>, &[wallet_core::ErrorCode]); 10] = [
        (
            "a name twice",
            with(r#""response_uri":"https://a.example""#),
            &[DuplicateKey],
        ),
        (
            "a name twice, escaped",
            with(r#""response_\u0075ri":"https://a.example""#),
            &[DuplicateKey],
        ),
        (
            "a name twice inside",
            with(r#""x":{"a":1,"a":2}"#),
            &[DuplicateKey],
        ),
        ("too deep", with(&deep), &[TooDeep]),
        (
            "half a character",
            with(r#""x":"\ud800""#),
            &[Malformed, InvalidUtf8],
        ),
        (
            "a number too large",
            with(r#""x":1e999"#),
            &[NumberOutOfRange, Malformed],
        ),
        ("no number", with(r#""x":NaN"#), &[Malformed]),
        (
            "something after the end",
            format!("{whole}{{}}").into_bytes(),
            &[TrailingData, Malformed],
        ),
        (
            "no UTF-8",
            [b"{\"x\":\"\xff\",", &whole.as_bytes()[1..]].concat(),
            &[InvalidUtf8],
        ),
        (
            "a mark of the byte order",
            [b"\xef\xbb\xbf", whole.as_bytes()].concat(),
            &[Malformed],
        ),
    ];
    for (name, payload, codes) in cases {
        let link = request.link_to("request", &request.object_of(&payload));
        let error = attack.ask(&link).err().unwrap();
        assert!(codes.contains(&error.code()), "{name}: {error:?}");
        // The same bytes as an issuer's metadata.
        attack.hostile.set(
            "/.well-known/openid-credential-issuer",
            Trick::text("application/json", payload),
        );
        let offer = wallet_parties::hostile::Impostor::offer_of_any(&attack.hostile.base_url());
        let error = block_on(attack.world.wallet.offer(&offer)).err().unwrap();
        assert!(
            codes.contains(&error.code()),
            "{name} from an issuer: {error:?}"
        );
    }
    let long =
        attack.forged_with(|r| drop(r.payload.insert("x".into(), "x".repeat(70_000).into())));
    let error = attack.ask(&long.link()).err().unwrap();
    assert_eq!(error.code(), TooLarge, "{error:?}");
    attack.unharmed();
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

// shows: HOSTILE 20, SDJWT 29
#[test]
fn a_list_or_an_answer_that_inflates_without_measure_is_refused_early() {
    let attack = Attack::begin();
    let impostor = attack.impostor();
    let uri = format!("{}/list", attack.hostile.base_url());
    let trust = TrustAnchors {
        issuers: TrustAnchor::from_pem(&attack.world.parties.anchors.issuer_pem).unwrap(),
        ..TrustAnchors::default()
    };
    let now = attack.world.phone.clock.now().unwrap();
    let signers = StatusSigners::of(&trust, None, [], now);
    let list = |bits: u64, lst: &[u8]| {
        let header = json!({"typ": "statuslist+jwt", "x5c": impostor.leaf.x5c()});
        let payload = json!({
            "sub": uri, "iat": now.as_secs(), "exp": now.as_secs() + 600,
            "status_list": {"bits": bits, "lst": base64url(lst)},
        });
        let object = |value: &Value| value.as_object().unwrap().clone();
        let text =
            wallet_parties::jws::sign(&object(&header), &object(&payload), &impostor.leaf.key);
        block_on(StatusList::from_jwt(&text, &uri, &signers))
    };
    assert!(list(1, &zlib(&[0; 1000])).is_ok());
    let bomb = zlib(&vec![0; 64 << 20]);
    assert!(bomb.len() < 100 * 1024, "the bomb is small");
    assert!(matches!(list(1, &bomb), Err(StatusError::Bomb)));
    let whole = zlib(&[0; 1000]);
    assert!(list(1, &whole[..whole.len() - 1]).is_err(), "cut short");
    assert!(
        list(1, &[whole.as_slice(), &[0]].concat()).is_err(),
        "something after the end"
    );
    assert!(list(3, &whole).is_err(), "three bits");

    // An answer that is compressed although that was not asked for is not inflated.
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&vec![b' '; 8 << 20]).unwrap();
    attack.hostile.set(
        "/r",
        Trick::Compressed("application/json", gzip.finish().unwrap()),
    );
    let offer =
        wallet_parties::hostile::Impostor::offer_at(&format!("{}/r", attack.hostile.base_url()));
    let error = block_on(attack.world.wallet.offer(&offer)).err().unwrap();
    let codes = [TooLarge, Malformed, InvalidUtf8];
    assert!(codes.contains(&error.code()), "{error:?}");
    attack.unharmed();
}

fn disclosure(parts: &Value) -> String {
    base64url(parts.to_string().as_bytes())
}

fn digest(disclosure: &str) -> Value {
    base64url(&sha256(disclosure.as_bytes())).into()
}

// shows: HOSTILE 21, SDJWT 4, SDJWT 5, SDJWT 7, SDJWT 8, SDJWT 9, SDJWT 13
#[test]
fn a_card_whose_disclosures_could_be_read_in_two_ways_is_never_kept() {
    let attack = Attack::begin();
    let name = disclosure(&json!(["c2FsdDE", "name", "Hong"]));
    let again = disclosure(&json!(["c2FsdDI", "name", "Kim"]));
    let reserved = disclosure(&json!(["c2FsdDM", "_sd", ["x"]]));
    let dots = disclosure(&json!(["c2FsdDQ", "...", "x"]));
    let short = disclosure(&json!(["c2FsdDU"]));
    let expiry = disclosure(&json!(["c2FsdDY", "exp", 4_000_000_000_u64]));
    let padded = format!("{name}=");
    let many: Vec<String> = (0..1001)
        .map(|i| disclosure(&json!([format!("s{i}"), format!("n{i}"), 0])))
        .collect();
    let sd = |all: &[&String]| json!({"_sd": all.iter().map(|d| digest(d)).collect::<Vec<_>>()});
    let cases: [(&str, Value, Vec<String>); 13] = [
        (
            "a digest twice",
            json!({"_sd": [digest(&name), digest(&name)]}),
            vec![name.clone()],
        ),
        (
            "a digest twice, elsewhere",
            json!({"_sd": [digest(&name)], "a": {"_sd": [digest(&name)]}}),
            vec![name.clone()],
        ),
        (
            "a disclosure twice",
            sd(&[&name]),
            vec![name.clone(), name.clone()],
        ),
        (
            "a disclosure nobody refers to",
            json!({}),
            vec![name.clone()],
        ),
        (
            "a name twice",
            sd(&[&name, &again]),
            vec![name.clone(), again],
        ),
        (
            "a name that stands in the clear",
            json!({"_sd": [digest(&name)], "name": "Kim"}),
            vec![name.clone()],
        ),
        ("a claim _sd", sd(&[&reserved]), vec![reserved]),
        ("a claim ...", sd(&[&dots]), vec![dots]),
        ("one part", sd(&[&short]), vec![short]),
        ("an expiry in a disclosure", sd(&[&expiry]), vec![expiry]),
        ("padding", sd(&[&padded]), vec![padded]),
        (
            "another hash",
            json!({"_sd_alg": "md5", "_sd": [digest(&name)]}),
            vec![name.clone()],
        ),
        (
            "too many",
            sd(&many.iter().collect::<Vec<_>>()),
            many.clone(),
        ),
    ];
    let offer = attack.impostor().offer();
    for (case, payload, disclosures) in cases {
        let payload: Map<String, Value> = payload.as_object().unwrap().clone();
        attack.issues(move |impostor, request| {
            impostor
                .card(request, payload.clone(), &disclosures, &json!({}))
                .unwrap()
        });
        let error = attack
            .receive(&offer)
            .err()
            .unwrap_or_else(|| panic!("{case} was kept"));
        let codes = [
            DisclosureInvalid,
            NotCanonical,
            Malformed,
            TooLarge,
            wallet_core::ErrorCode::AlgorithmNotAllowed,
        ];
        assert!(codes.contains(&error.code()), "{case}: {error:?}");
        // Where the limit is our own, its name stands in for the section.
        let told = error.failed_rule().or(error.subject());
        assert!(told.is_some(), "{case}: {error:?}");
    }
    // The same card without a fault is received, and not kept.
    attack.issues(move |impostor, request| {
        let payload = json!({"_sd": [digest(&name)]}).as_object().unwrap().clone();
        impostor
            .card(request, payload, std::slice::from_ref(&name), &json!({}))
            .unwrap()
    });
    block_on(attack.world.wallet.decline(attack.order(&offer).unwrap()));
    attack.unharmed();
}
