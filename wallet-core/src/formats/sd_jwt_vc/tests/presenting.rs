//! Choosing disclosures (RFC 9901 7.2).

use super::issuer::{Draft, digest};
use super::{SdJwtError, SdJwtVc, path, to_json, verify};
use serde_json::{Value, json};

/// An ID with flat, structured, recursive and array disclosures:
/// `given_name`; `address` {`country` fixed; `street`}; `employer` (disclosable) {`name` fixed; `city`};
/// `nationalities` [DE, FR].
pub(super) fn id() -> Draft {
    let mut draft = Draft::new().with_disclosed("given_name", &json!("Erika"));
    let street = draft.disclose(&json!(["s1", "street", "Main"]));
    let city = draft.disclose(&json!(["s2", "city", "Bonn"]));
    let de = draft.disclose(&json!(["s3", "DE"]));
    let fr = draft.disclose(&json!(["s4", "FR"]));
    draft
        .with_disclosed("employer", &json!({"name": "ACME", "_sd": [city]}))
        .with(json!({
            "address": {"country": "DE", "_sd": [street, digest("decoy")]},
            "nationalities": [{"...": de}, {"...": fr}],
        }))
}

pub(super) fn credential() -> SdJwtVc {
    verify(&id().sign()).unwrap()
}

/// What presenting these paths discloses.
fn disclosed(paths: &[Value]) -> Vec<Value> {
    let paths: Vec<_> = paths.iter().map(path).collect();
    to_json(credential().present(&paths).unwrap().disclosed())
}

#[test]
fn disclosable_claims_are_listed_in_received_order() {
    assert_eq!(
        to_json(&credential().disclosable()),
        [
            json!(["given_name"]),
            json!(["address", "street"]),
            json!(["employer", "city"]),
            json!(["nationalities", 0]),
            json!(["nationalities", 1]),
            json!(["employer"]),
        ]
    );
}

#[test]
fn claims_that_are_always_disclosed_are_listed() {
    let always = ["iss", "vct", "iat", "exp", "cnf"].map(|name| json!([name]));
    let mut always = always.to_vec();
    always.push(json!(["address", "country"]));
    assert_eq!(to_json(&credential().always_disclosed()), always);
}

#[test]
fn a_verifier_given_nothing_sees_just_the_claims_that_are_always_disclosed() {
    let credential = credential();
    let presentation = credential.present(&[]).unwrap();
    let shown = credential
        .read_presentation(presentation.text(), None)
        .unwrap();
    for path in credential.always_disclosed() {
        assert_eq!(
            path.value_in(&shown.claims),
            path.value_in(credential.claims())
        );
    }
    assert_eq!(shown.claims["address"], json!({"country": "DE"}));
    assert_eq!(shown.claims["nationalities"], json!([]));
    assert_eq!(shown.claims.as_object().unwrap().len(), 7);
    assert!(shown.disclosed.is_empty());
}

#[test]
fn presenting_nothing_gives_the_jwt_and_a_tilde() {
    let credential = credential();
    let (jwt, _) = credential.text().split_once('~').unwrap();
    assert_eq!(credential.present(&[]).unwrap().text(), format!("{jwt}~"));
    let always = credential.present(&[path(&json!(["vct"])), path(&json!(["address", "country"]))]);
    assert_eq!(always.unwrap().text(), format!("{jwt}~"));
}

// shows: VP 31, SDJWT 14
#[test]
fn only_what_is_selected_is_disclosed() {
    assert_eq!(disclosed(&[json!(["given_name"])]), [json!(["given_name"])]);
    assert_eq!(
        disclosed(&[json!(["nationalities", 1])]),
        [json!(["nationalities", 1])]
    );
    assert_eq!(
        disclosed(&[json!(["address", "street"])]),
        [json!(["address", "street"])]
    );
}

// shows: SDJWT 10
#[test]
fn a_claim_brings_the_disclosures_it_lies_in() {
    let expected = [json!(["employer", "city"]), json!(["employer"])];
    assert_eq!(disclosed(&[json!(["employer", "city"])]), expected);
    assert_eq!(
        disclosed(&[json!(["employer", "name"])]),
        [json!(["employer"])]
    );
}

#[test]
fn a_claim_is_selected_with_its_sub_claims() {
    let expected = [json!(["employer", "city"]), json!(["employer"])];
    assert_eq!(disclosed(&[json!(["employer"])]), expected);
    assert_eq!(
        disclosed(&[json!(["address"])]),
        [json!(["address", "street"])]
    );
    assert_eq!(disclosed(&[json!(["nationalities"])]).len(), 2);
}

// shows: SDJWT 14
#[test]
fn the_order_is_that_of_the_credential_whatever_the_selection_says() {
    let forward = disclosed(&[json!(["given_name"]), json!(["nationalities", 0])]);
    let backward = disclosed(&[
        json!(["nationalities", 0]),
        json!(["given_name"]),
        json!(["given_name"]),
    ]);
    assert_eq!(forward, backward);
}

// shows: SDJWT 31
#[test]
fn presenting_everything_gives_the_credential_as_received() {
    let credential = credential();
    let all = credential.present(&credential.disclosable()).unwrap();
    assert_eq!(all.text(), credential.text());
}

#[test]
fn a_path_that_leads_to_nothing_is_refused() {
    let wrong = [
        json!(["family_name"]),
        json!(["given_name", "x"]),
        json!(["nationalities", 2]),
        json!(["nationalities", null]),
        json!(["_sd"]),
        json!(["_sd", 0]),
    ];
    for wrong in wrong {
        let refused = credential()
            .present(&[path(&json!(["given_name"])), path(&wrong)])
            .err();
        assert_eq!(refused, Some(SdJwtError::NoSuchClaim), "{wrong}");
    }
}
