//! Requests the platform hands over, answered as bytes: the embedded verifier reads them as a page would.

use crate::world::{World, age, approve};
use pollster::block_on;
use serde_json::{Value, json};
use wallet_core::presentation::{ConsentPlan, Proposal};
use wallet_core::wallet::{DcApiRefused, HistoryEvent, Outcome, ReusePolicy};
use wallet_core::{Category, ErrorCode};
use wallet_parties::verifier::{
    DcApiRequest, DcApiSigning, RequestFault, RequestOptions, ResponseMode,
};

const ORIGIN: &str = "https://bar.example";
const SIGNINGS: [DcApiSigning; 3] = [
    DcApiSigning::Unsigned,
    DcApiSigning::Signed,
    DcApiSigning::MultiSigned,
];

fn ask(
    world: &World,
    signing: DcApiSigning,
    change: impl FnOnce(&mut RequestOptions),
) -> DcApiRequest {
    let mut options = RequestOptions::new("bar", age());
    change(&mut options);
    let verifier = &world.parties.verifier;
    verifier.dc_api_request(&options, signing, ORIGIN).unwrap()
}

fn hand_over(world: &World, asked: &DcApiRequest, origin: &str) -> Result<Proposal, DcApiRefused> {
    let protocol = asked.request["protocol"].as_str().unwrap();
    let data = asked.request["data"].to_string();
    world.wallet.dc_api_request(protocol, &data, origin)
}

fn plan(proposal: Proposal) -> ConsentPlan {
    match proposal {
        Proposal::Plan(plan) => *plan,
        Proposal::Unavailable(_) => panic!("nothing fits"),
    }
}

/// What the page is given.
fn data(response: Option<Vec<u8>>, asked: &DcApiRequest) -> Value {
    let mut given: Value = serde_json::from_slice(&response.unwrap()).unwrap();
    assert_eq!(given["protocol"], asked.request["protocol"]);
    given["data"].take()
}

// shows: VP 44, VP 45, HAIP 18
#[test]
fn a_page_gets_what_it_asked_for_by_every_protocol_and_nothing_is_sent() {
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    for signing in SIGNINGS {
        for mode in [ResponseMode::DirectPost, ResponseMode::DirectPostJwt] {
            let asked = ask(&world, signing, |options| options.mode = mode);
            let before = world.phone.network.count();
            let approved = approve(
                &world.wallet,
                plan(hand_over(&world, &asked, ORIGIN).unwrap()),
            );
            let presented = block_on(world.wallet.present(approved)).unwrap();
            assert_eq!(world.phone.network.count(), before);
            assert_eq!(presented.outcome, Outcome::Returned);
            let data = data(presented.response, &asked);
            let verifier = &world.parties.verifier;
            let result = verifier.dc_api_response(&asked.session, &data).unwrap();
            assert!(result.accepted, "{signing:?} {mode:?} {:?}", result.refusal);
            assert!(result.learned[0].unrequested.is_empty());

            let item = world.wallet.history().unwrap().items.pop().unwrap();
            assert_eq!(item.outcome, Some(Outcome::Returned));
            let HistoryEvent::Presented {
                verifier,
                proven_by,
                ..
            } = item.event
            else {
                panic!("not shown")
            };
            let (who, how) = match signing {
                DcApiSigning::Unsigned => ("origin:https://bar.example", "platform_origin"),
                _ => ("x509_san_dns:localhost", "certificate_dns_name"),
            };
            assert_eq!((verifier.as_str(), proven_by.as_str()), (who, how));
        }
    }
}

#[test]
fn a_one_time_copy_is_used_up_before_the_page_gets_anything_and_a_request_is_answered_once() {
    let world = World::new();
    world.receive(1, ReusePolicy::OnceOnly);
    let asked = ask(&world, DcApiSigning::Signed, |_| {});
    let first = plan(hand_over(&world, &asked, ORIGIN).unwrap());
    let again = hand_over(&world, &asked, ORIGIN).unwrap_err();
    assert_eq!(again.error.code(), ErrorCode::NonceMissingOrReused);
    let presented = block_on(world.wallet.present(approve(&world.wallet, first))).unwrap();
    assert!(presented.response.is_some());
    let asked = ask(&world, DcApiSigning::Signed, |_| {});
    let proposal = hand_over(&world, &asked, ORIGIN).unwrap();
    assert!(matches!(proposal, Proposal::Unavailable(_)));
}

// shows: VP 44
#[test]
fn a_request_replayed_from_another_page_gets_nothing() {
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    for signing in [DcApiSigning::Signed, DcApiSigning::MultiSigned] {
        let asked = ask(&world, signing, |_| {});
        let refused = hand_over(&world, &asked, "https://evil.example").unwrap_err();
        assert_eq!(refused.error.code(), ErrorCode::OriginMismatch);
        assert_eq!(refused.error.category(), Category::Verifier);
        assert_eq!(
            data(refused.response, &asked),
            json!({"error": "invalid_request"})
        );
    }
    // An unsigned one is answered to whoever calls, for its own origin only.
    let asked = ask(&world, DcApiSigning::Unsigned, |_| {});
    let proposal = hand_over(&world, &asked, "https://evil.example").unwrap();
    let approved = approve(&world.wallet, plan(proposal));
    let presented = block_on(world.wallet.present(approved)).unwrap();
    let data = data(presented.response, &asked);
    let verifier = &world.parties.verifier;
    let result = verifier.dc_api_response(&asked.session, &data).unwrap();
    assert!(!result.accepted && result.learned.is_empty());
}

// shows: VP 46
#[test]
fn what_is_wrong_with_a_handed_over_request_is_refused_by_its_code() {
    let world = World::new();
    world.receive(1, ReusePolicy::Rotating);
    let history = world.wallet.history().unwrap().items.len();
    for (fault, code, told) in [
        (
            RequestFault::BadSignature,
            ErrorCode::SignatureInvalid,
            "invalid_request",
        ),
        (
            RequestFault::CertificateMismatch,
            ErrorCode::UntrustedVerifier,
            "invalid_request",
        ),
        (
            RequestFault::UnknownPrefix,
            ErrorCode::UnknownClientIdPrefix,
            "invalid_request",
        ),
        (
            RequestFault::Expired,
            ErrorCode::RequestExpired,
            "invalid_request",
        ),
        (
            RequestFault::NoNonce,
            ErrorCode::NonceMissingOrReused,
            "invalid_request",
        ),
        (
            RequestFault::WrongTyp,
            ErrorCode::RequestInvalid,
            "invalid_request",
        ),
        (
            RequestFault::WrongAudience,
            ErrorCode::RequestInvalid,
            "invalid_request",
        ),
        (
            RequestFault::NoEncryptionKey,
            ErrorCode::NoEncryptionKey,
            "invalid_request",
        ),
        (
            RequestFault::UnknownTransactionData,
            ErrorCode::TransactionDataNotSupported,
            "invalid_transaction_data",
        ),
        (
            RequestFault::NoQuery,
            ErrorCode::RequestInvalid,
            "invalid_request",
        ),
    ] {
        let asked = ask(&world, DcApiSigning::Signed, |options| {
            options.fault = Some(fault);
        });
        let refused = hand_over(&world, &asked, ORIGIN).unwrap_err();
        assert_eq!(refused.error.code(), code, "{fault:?}");
        assert_eq!(data(refused.response, &asked), json!({"error": told}));
    }
    assert_eq!(world.wallet.history().unwrap().items.len(), history);
}

// shows: VP 22
#[test]
fn declining_gives_the_page_the_bytes_it_gets_where_no_card_fits() {
    let (with, without) = (World::new(), World::new());
    with.receive(1, ReusePolicy::Rotating);
    let decline = |world: &World| {
        let asked = ask(world, DcApiSigning::Unsigned, |_| {});
        let proposal = hand_over(world, &asked, ORIGIN).unwrap();
        let declined = block_on(world.wallet.refuse(proposal)).unwrap();
        assert_eq!(declined.outcome, Outcome::Returned);
        let item = world.wallet.history().unwrap().items.pop().unwrap();
        assert!(matches!(item.event, HistoryEvent::Declined { .. }));
        declined.response.unwrap()
    };
    assert_eq!(decline(&with), decline(&without));
}

#[test]
fn an_origin_that_is_none_is_the_apps_fault_and_nothing_is_said_to_anyone() {
    let world = World::new();
    let asked = ask(&world, DcApiSigning::Unsigned, |_| {});
    for origin in [
        "",
        "bar.example",
        "http://bar.example",
        "https://bar.example/",
    ] {
        let refused = hand_over(&world, &asked, origin).unwrap_err();
        assert_eq!(refused.error.code(), ErrorCode::Malformed);
        assert_eq!(refused.error.category(), Category::App);
        assert_eq!(refused.response, None);
    }
}

#[test]
fn a_locked_wallet_takes_no_request_of_a_page() {
    let world = World::new();
    let asked = ask(&world, DcApiSigning::Unsigned, |_| {});
    world.wallet.lock();
    let refused = hand_over(&world, &asked, ORIGIN).unwrap_err();
    assert_eq!(refused.error.code(), ErrorCode::Locked);
    assert_eq!(refused.response, None);
}
