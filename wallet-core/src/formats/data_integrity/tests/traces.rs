//! What of a credential and its proof lets verifiers recognise the holder, whatever is shown.

use super::issuer::{Issuer, MANDATORY};
use super::*;
use crate::formats::Credential;
use crate::presentation::dcql::{Candidate, CopyRef, CredentialRef, UserAuthPolicy};
use crate::presentation::{Linkability, linkability_of_card};
use serde_json::json;
use wallet_parties::data_integrity::{LabelOrder, Signing};

const MIDNIGHT: &str = "2026-01-01T00:00:00Z";

fn of_card(credential: DataIntegrityCredential) -> Vec<Linkability> {
    let credential = Credential::from(credential);
    let (card, copy) = (CredentialRef("card".into()), CopyRef("card/0".into()));
    let candidate = Candidate::of(card, copy, &credential, &[], 0, UserAuthPolicy::Unlocked);
    linkability_of_card(&candidate)
}

/// What the wallet says of a bbs-2023 card of this document, whose proof was made then.
fn traces(mandatory: &[&str], created: &str, change: impl FnOnce(&mut Value)) -> Vec<Linkability> {
    let issuer = Issuer::of(Cryptosuite::Bbs2023);
    let mut document = issuer.citizen();
    change(&mut document);
    let method = issuer.pinned().method().to_owned();
    let signing = Signing {
        key: &issuer.key,
        verification_method: &method,
        created,
        mandatory,
        named: mandatory,
        labels: LabelOrder::OfTheDocument,
    };
    let card = signing.issue(&document).unwrap();
    of_card(issuer.verified(&card).unwrap())
}

// shows: HOSTILE 13
#[test]
fn only_the_beginning_of_a_day_in_its_plain_spelling_is_a_date_that_many_share() {
    let of_date = |date: &str| {
        let of_proof = traces(&MANDATORY, date, |_| {});
        for name in ["validFrom", "validUntil"] {
            let end = date.replacen("2026-01", "2026-12", 1);
            let text = if name == "validUntil" { &end } else { date };
            let of_claim = traces(&MANDATORY, MIDNIGHT, |card| card[name] = text.into());
            assert_eq!(of_claim, of_proof, "{name} {date}");
        }
        of_proof
    };
    assert_eq!(of_date(MIDNIGHT), []);
    for own in [
        "2026-01-02T00:00:01Z",
        "2026-01-02T00:00:00.123456Z",
        "2026-01-02T07:19:00+07:19",
        "2026-01-02T00:00:00+00:00",
        "2026-01-02T00:00:00-00:00",
    ] {
        assert_eq!(of_date(own), [Linkability::Dates], "{own}");
    }
}

// shows: HOSTILE 13
#[test]
fn an_issuer_that_says_more_of_itself_than_its_name_may_say_something_of_the_holder() {
    let traces = |name: &str| {
        traces(&["/issuer"], MIDNIGHT, |card| {
            let id = card["issuer"].take();
            card["issuer"] = json!({"id": id, name: "Issuer No 4711"});
        })
    };
    assert_eq!(traces("name"), [Linkability::AlwaysDisclosedValues]);
}

// shows: HOSTILE 13
#[test]
fn a_key_with_a_name_besides_itself_may_have_one_for_each_holder() {
    const CONTROLLER: &str = "https://issuer.example";
    let issuer = Issuer::of(Cryptosuite::Bbs2023);
    let mut document = issuer.citizen();
    document["issuer"] = CONTROLLER.into();
    let key = issuer.key.public().to_multibase().unwrap();
    let traces = |fragment: &str| {
        let method = format!("{CONTROLLER}#{fragment}");
        let signing = Signing {
            key: &issuer.key,
            verification_method: &method,
            created: MIDNIGHT,
            mandatory: &MANDATORY,
            named: &MANDATORY,
            labels: LabelOrder::OfTheDocument,
        };
        let card = signing.issue(&document).unwrap();
        let published = json!({
            "id": CONTROLLER,
            "verificationMethod": [{
                "id": method, "type": "Multikey", "controller": CONTROLLER, "publicKeyMultibase": key,
            }],
            "assertionMethod": [method],
        });
        let published = published.as_object().unwrap();
        let key = IssuerKey::of_controller(CONTROLLER, published, &method, true).unwrap();
        let parsed = DataIntegrity::parse(&card.to_string()).unwrap();
        of_card(parsed.verify(&key, &VerifyPolicy::at(issuer::NOW)).unwrap())
    };
    assert_eq!(traces(&key), []);
    assert_eq!(traces("citizen-4711"), [Linkability::CredentialId]);
}
