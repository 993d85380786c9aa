//! Presentation over real HTTP on loopback, to the verifier of `wallet-parties`: the wallet's code checked by other code.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

#[path = "support/holder.rs"]
mod holder;
#[path = "support/http.rs"]
mod http;

use holder::{Holder, disclosed};
use serde_json::{Value, json};
use wallet_core::presentation::{Outcome, Proposal, RequestRefused};
use wallet_core::{Category, ErrorCode, WalletError};
use wallet_parties::Parties;
use wallet_parties::issuer::OfferOptions;
use wallet_parties::pki::CertificateFault;
use wallet_parties::verifier::{
    ClientIdPrefix, RequestBy, RequestFault, RequestLink, RequestOptions, ResponseMode,
};

/// A holder with the card of the default offer.
fn holder(parties: &Parties) -> Holder {
    let mut holder = Holder::trusting(&parties.anchors.verifier_pem);
    let offer = parties.issuer.offer(&OfferOptions::default()).unwrap();
    holder.receive("card", &offer.uri, &parties.anchors.issuer_pem);
    holder
}

fn query() -> Value {
    json!({"credentials": [{"id": "card", "format": "dc+sd-jwt", "meta": {},
        "claims": [{"path": ["age_equal_or_over", "19"]}]}]})
}

fn ask(parties: &Parties, change: impl FnOnce(&mut RequestOptions)) -> RequestLink {
    let mut options = RequestOptions::new("bar", query());
    change(&mut options);
    parties.verifier.request(&options).unwrap()
}

#[test]
fn every_prefix_mode_and_way_of_handing_over_ends_in_an_accepted_presentation() {
    let parties = Parties::start().unwrap();
    for prefix in [
        ClientIdPrefix::X509SanDns,
        ClientIdPrefix::X509Hash,
        ClientIdPrefix::RedirectUri,
    ] {
        for mode in [ResponseMode::DirectPost, ResponseMode::DirectPostJwt] {
            for by in [RequestBy::Reference, RequestBy::Value] {
                let link = ask(&parties, |options| {
                    (options.prefix, options.mode, options.by) = (prefix, mode, by);
                });
                let presented = holder(&parties).present(&link.uri, &[]);
                let result = parties.verifier.result(&link.session).unwrap();
                assert!(
                    result.accepted,
                    "{prefix:?} {mode:?} {by:?} {:?}",
                    result.refusal
                );
                assert!(result.learned[0].unrequested.is_empty());
                let mut seen: Vec<_> = result
                    .disclosed()
                    .into_iter()
                    .map(|path| Value::from(path).to_string())
                    .collect();
                seen.sort();
                assert_eq!(disclosed(&presented.showings), seen);
                assert!(matches!(
                    presented.outcome,
                    Outcome::Accepted {
                        redirect_uri: Some(_)
                    }
                ));
            }
        }
    }
}

fn open(parties: &Parties, link: &RequestLink) -> Result<(), RequestRefused> {
    Holder::trusting(&parties.anchors.verifier_pem)
        .open(&link.uri)
        .map(|_| ())
}

// shows: VP 46
#[test]
fn every_fault_of_a_request_is_refused_with_its_code() {
    use ErrorCode as Code;
    use RequestFault as Fault;
    let parties = Parties::start().unwrap();
    for (fault, code) in [
        (Fault::BadSignature, Code::SignatureInvalid),
        (Fault::WrongClientId, Code::ClientIdMismatch),
        (Fault::CertificateMismatch, Code::UntrustedVerifier),
        (Fault::UnknownPrefix, Code::UnknownClientIdPrefix),
        (Fault::Expired, Code::RequestExpired),
        (Fault::NoNonce, Code::NonceMissingOrReused),
        (Fault::WrongTyp, Code::RequestInvalid),
        (Fault::WrongAudience, Code::RequestInvalid),
        (Fault::ForeignResponseUri, Code::ResponseUriNotAllowed),
        (Fault::RedirectUriToo, Code::RequestInvalid),
        (Fault::UntrustedSigner, Code::CertificateRejected),
        (Fault::NoEncryptionKey, Code::NoEncryptionKey),
        (
            Fault::UnknownTransactionData,
            Code::TransactionDataNotSupported,
        ),
        (Fault::NoQuery, Code::RequestInvalid),
        (Fault::RedirectedRequestUri, Code::RedirectRefused),
    ] {
        let link = ask(&parties, |options| options.fault = Some(fault));
        let error = WalletError::from(open(&parties, &link).unwrap_err());
        assert_eq!(
            (error.code(), error.category()),
            (code, Category::Verifier),
            "{fault:?}"
        );
    }
}

#[test]
fn every_fault_of_a_certificate_is_refused() {
    use CertificateFault as Fault;
    let parties = Parties::start().unwrap();
    for (place, fault) in [
        Fault::Expired,
        Fault::NotYetValid,
        Fault::WrongKeyUsage,
        Fault::CaLeaf,
        Fault::SelfSigned,
        Fault::UnknownCriticalExtension,
        Fault::BadSignature,
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("faulty-{place}");
        parties.verifier.enrol_faulty(&name, fault).unwrap();
        let link = ask(&parties, |options| options.name = name);
        let error = WalletError::from(open(&parties, &link).unwrap_err());
        let expected = [ErrorCode::CertificateRejected, ErrorCode::UntrustedVerifier];
        assert!(expected.contains(&error.code()), "{fault:?} {error}");
        assert_eq!(error.category(), Category::Verifier, "{fault:?}");
    }
}

#[test]
fn after_a_server_error_the_same_answer_may_be_sent_again() {
    let parties = Parties::start().unwrap();
    let link = ask(&parties, |options| {
        options.fault = Some(RequestFault::ResponseServerError)
    });
    let presented = holder(&parties).present(&link.uri, &[]);
    assert_eq!(presented.outcome, Outcome::Unknown);
    // The verifier took the first answer: it counts, and the second is refused.
    let again = Holder::trusting(&parties.anchors.verifier_pem).send(&presented.answer);
    assert!(matches!(again, Outcome::Refused | Outcome::Unknown));
    let result = parties.verifier.result(&link.session).unwrap();
    assert!(result.accepted);
    assert_eq!(result.answers, 2);
}

#[test]
fn declining_tells_the_verifier_no_more_than_an_absent_card() {
    let parties = Parties::start().unwrap();
    for has_card in [true, false] {
        let link = ask(&parties, |_| {});
        let mut holder = if has_card {
            holder(&parties)
        } else {
            Holder::trusting(&parties.anchors.verifier_pem)
        };
        let request = holder.open(&link.uri).unwrap();
        let proposal = holder.propose(request);
        assert_eq!(matches!(proposal, Proposal::Plan(_)), has_card);
        assert!(matches!(
            holder.send(&proposal.decline()),
            Outcome::Accepted { .. }
        ));
        let result = parties.verifier.result(&link.session).unwrap();
        assert_eq!(result.error.as_deref(), Some("access_denied"));
        assert!(result.learned.is_empty());
    }
}

// shows: VP 49
#[test]
fn only_the_request_and_the_response_address_are_contacted() {
    let parties = Parties::start().unwrap();
    let link = ask(&parties, |_| {});
    let mut holder = holder(&parties);
    let request = holder.open(&link.uri).unwrap();
    let response_uri = request.response_uri().unwrap().to_owned();
    let answer = holder.propose(request).decline();
    holder.send(&answer);
    let urls = holder.client.urls();
    assert_eq!(urls.len(), 2);
    assert!(urls[0].starts_with(parties.verifier.base_url()));
    assert_eq!(urls[1], response_uri);
}
