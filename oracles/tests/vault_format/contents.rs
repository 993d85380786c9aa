//! "What the records hold": cards with their keys, and the history.

use crate::database::Record;
use crate::primitives::{decrypt, from_hex, hmac, sha256};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde_json::Value;
use std::collections::BTreeMap;

type Records = BTreeMap<String, Record>;

fn base64(text: &str) -> Vec<u8> {
    Base64UrlUnpadded::decode_vec(text).unwrap()
}

fn json(records: &Records, id: &Value) -> Value {
    serde_json::from_slice(&records[id.as_str().unwrap()].body).unwrap()
}

fn of_kind(records: &Records, kind: u64) -> impl Iterator<Item = (&String, Value)> {
    let records = records
        .iter()
        .filter(move |(_, record)| record.kind == kind);
    records.map(|(id, record)| (id, serde_json::from_slice(&record.body).unwrap()))
}

/// Every card described is there, with claims and keys. Returns the number of copies with a key.
pub fn check_cards(records: &Records, holds: &Value, device_bound: Option<[u8; 32]>) -> usize {
    let mut keys = 0;
    let described = holds["cards"].as_array().unwrap();
    assert_eq!(of_kind(records, 2).count(), described.len());
    for described in described {
        let card = json(records, &described["id"]);
        assert_eq!(card["issuer"], described["issuer"]);
        assert_eq!(card["credential_type"], described["type"]);
        let copies = card["copies"].as_array().unwrap();
        assert_eq!(described["copies"], copies.len());
        for copy in copies.iter().map(|copy| json(records, copy)) {
            assert_eq!(copy["credential"], described["id"]);
            let Some(body) = records.get(copy["body"].as_str().unwrap()) else {
                assert_eq!(copy["state"], "burned");
                continue;
            };
            let payload = check_claims(core::str::from_utf8(&body.body).unwrap(), described);
            if copy["state"] == "usable" {
                let key = json(records, &copy["key"]);
                check_key(records, &key, &payload["cnf"]["jwk"], device_bound);
                keys += 1;
            }
        }
    }
    keys
}

/// The SD-JWT (RFC 9901) discloses what is described. Returns the payload.
fn check_claims(text: &str, described: &Value) -> Value {
    let mut parts = text.split('~');
    let payload = parts.next().unwrap().split('.').nth(1).unwrap();
    let payload: Value = serde_json::from_slice(&base64(payload)).unwrap();
    let claims = described["claims"].as_array().unwrap();
    let mut names = 0;
    for disclosure in parts.filter(|part| !part.is_empty()) {
        let disclosure: Value = serde_json::from_slice(&base64(disclosure)).unwrap();
        if disclosure.as_array().unwrap().len() == 3 {
            let name = &disclosure[1];
            let is_it = |claim: &&Value| claim["path"].as_array().unwrap().last() == Some(name);
            let claim = claims.iter().find(is_it);
            if !disclosure[2].is_object() && !disclosure[2].is_array() {
                assert_eq!(claim.unwrap()["value"], disclosure[2]);
                names += 1;
            }
        }
    }
    assert!(names >= 4);
    payload
}

/// The private half fits the public half that the issuer signed.
fn check_key(records: &Records, key: &Value, jwk: &Value, device_bound: Option<[u8; 32]>) {
    assert_eq!(key["purpose"], "holder");
    assert_eq!(key["algorithm"], "ES256");
    assert_eq!(key["public_jwk"], *jwk);
    let place = &key["place"]["store"];
    let id = place["body"].as_str().unwrap();
    let sealed = &records[id].body;
    assert_eq!(place["device_bound"], device_bound.is_some());
    let secret = match device_bound {
        Some(key) => {
            let associated = [b"wallet/v1/sealed-holder-key".to_vec(), from_hex(id)].concat();
            decrypt(&key, &sealed[..24], &sealed[24..], &associated).unwrap()
        }
        None => sealed.clone(),
    };
    let secret = p256::SecretKey::from_slice(&secret).unwrap();
    let point = secret.public_key().to_sec1_bytes().to_vec();
    let coordinates = ["x", "y"].map(|name| base64(jwk[name].as_str().unwrap()));
    // Uncompressed or compressed: the x coordinate follows the first byte either way.
    assert_eq!(point[1..33], coordinates[0]);
    let y_is_odd = coordinates[1].last().unwrap() & 1 == 1;
    match point[0] {
        4 => assert_eq!(point[33..], coordinates[1]),
        first => assert_eq!(first == 3, y_is_odd),
    }
}

/// Every link follows from the one before; the entries are those described.
pub fn check_history(records: &Records, holds: &Value) {
    let mut links: Vec<Value> = of_kind(records, 11).map(|(_, link)| link).collect();
    links.sort_by_key(|link| link["number"].as_u64());
    let mut previous = vec![0; 32];
    let mut entries = Vec::new();
    for (position, link) in links.iter().enumerate() {
        let text = |name: &str| link[name].as_str();
        assert_eq!(link["number"], position);
        assert_eq!(base64(text("previous").unwrap()), previous);
        let mac = base64(text("mac").unwrap());
        if let (Some(key), Some(entry)) = (text("key"), text("entry")) {
            assert_eq!(hmac(&base64(key), &[entry.as_bytes()]), mac[..]);
            entries.push(serde_json::from_str::<Value>(entry).unwrap());
        }
        let expected = sha256(&[
            b"wallet/v1/history-link",
            &(position as u64).to_be_bytes(),
            text("previous").unwrap().as_bytes(),
            &mac,
        ]);
        previous = base64(text("link").unwrap());
        assert_eq!(previous, expected);
    }
    let described = holds["history"]["entries"].as_array().unwrap();
    let ends = entries
        .iter()
        .filter(|entry| entry["event"] == "ended")
        .count();
    assert_eq!(entries.len() - ends, described.len());
    for described in described {
        let is_it =
            |entry: &&Value| entry["event"] == described["event"] && entry["at"] == described["at"];
        assert!(entries.iter().any(|entry| is_it(&entry)));
    }
    let (_, head) = of_kind(records, 9).next().unwrap();
    let last = json(records, &head["last"]);
    assert_eq!(last["number"], links.len() - 1);
}
