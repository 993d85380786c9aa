//! A card of a golden store is shown, to a verifier that takes everything.

use super::*;
use async_trait::async_trait;
use serde_json::json;
use wallet_core::http::{HttpError, HttpRequest, HttpResponse};
use wallet_core::presentation::{Proposal, UserAuth};
use wallet_core::wallet::{Outcome, Presented};

const CALLBACK: &str = "https://verifier.example/answer";

/// A verifier that says yes to all that is sent.
pub struct Accepting;

#[async_trait]
impl HttpClient for Accepting {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        assert_eq!(request.url, CALLBACK);
        Ok(HttpResponse {
            status: 200,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: b"{}".to_vec(),
            final_url: request.url,
            peer_address: None,
        })
    }
}

/// An unsigned request for one claim, answered.
pub fn show(wallet: &Wallet, claim: &str) -> Result<Presented, WalletError> {
    let query = json!({"credentials": [{
        "id": "card", "format": "dc+sd-jwt", "meta": {}, "claims": [{"path": [claim]}],
    }]});
    let formats = json!({"vp_formats_supported": {
        "dc+sd-jwt": {"sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": ["ES256"]},
    }});
    let link = url::Url::parse_with_params(
        "openid4vp://",
        [
            ("client_id", format!("redirect_uri:{CALLBACK}")),
            ("response_type", "vp_token".to_owned()),
            ("response_mode", "direct_post".to_owned()),
            ("response_uri", CALLBACK.to_owned()),
            ("nonce", "n-0S6_WzA2Mj_golden_store".to_owned()),
            ("dcql_query", query.to_string()),
            ("client_metadata", formats.to_string()),
        ],
    );
    let proposal = block_on(wallet.request(link.unwrap().as_str()))?;
    let Proposal::Plan(plan) = proposal else {
        panic!("no card fits");
    };
    let hash = *plan.hash();
    let approved = wallet.approve(*plan, &hash, UserAuth::None).unwrap();
    block_on(wallet.present(approved))
}

#[test]
fn a_card_is_shown_with_the_key_that_is_bound_to_the_device() {
    let golden = Golden::read("pin");
    let copy = golden.copy();
    let wallet = copy.open_with(Arc::new(Accepting)).unwrap();
    block_on(wallet.unlock(secret(&golden.ways()[0]))).unwrap();
    let presented = show(&wallet, "licence_number").unwrap();
    assert_eq!(presented.outcome, Outcome::Accepted);
}

#[test]
fn a_burned_copy_stays_burned_and_the_other_is_the_last() {
    let golden = Golden::read("cards");
    let copy = golden.copy();
    let wallet = copy.open_with(Arc::new(Accepting)).unwrap();
    block_on(wallet.unlock(secret(&golden.ways()[0]))).unwrap();
    let usable = || {
        let cards = wallet.list::<&str>(&[]).unwrap();
        let mut usable: Vec<_> = cards.iter().map(|card| card.usable_copies).collect();
        usable.sort_unstable();
        usable
    };
    assert_eq!(usable(), [1, 1]);
    let presented = show(&wallet, "resident_registration_number").unwrap();
    assert_eq!(presented.outcome, Outcome::Accepted);
    assert_eq!(usable(), [0, 1]);
}

#[test]
fn a_presentation_that_may_not_have_arrived_is_sent_again() {
    let golden = Golden::read("cards");
    let copy = golden.copy();
    let sent = Arc::new(Remembering::default());
    let wallet = copy.open_with(sent.clone()).unwrap();
    block_on(wallet.unlock(secret(&golden.ways()[0]))).unwrap();
    let history = wallet.history().unwrap();
    let mut unknown = history.items.iter();
    let unknown = unknown
        .find(|item| item.outcome == Some(Outcome::Unknown))
        .unwrap();
    let again = block_on(wallet.resend(&unknown.name)).unwrap();
    assert_eq!(again.outcome, Outcome::Accepted);
    assert!(sent.0.lock().unwrap()[0].starts_with(b"response="));
    let twice = block_on(wallet.resend(&unknown.name)).unwrap_err();
    assert_eq!(twice.code(), ErrorCode::NotFound);
}

/// Accepts, and keeps what was sent.
#[derive(Default)]
struct Remembering(std::sync::Mutex<Vec<Vec<u8>>>);

#[async_trait]
impl HttpClient for Remembering {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        self.0.lock().unwrap().push(request.body);
        Ok(HttpResponse {
            status: 200,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: b"{}".to_vec(),
            final_url: request.url,
            peer_address: None,
        })
    }
}
