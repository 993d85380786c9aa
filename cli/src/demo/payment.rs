//! A payment at the bank's page: the citizen agrees to it by showing a card, and the card's key signs for it. The second
//! time somebody changes the amount on the way.

use super::day::{Visit, holder_keys, leaves, paths};
use super::{PIN, other};
use crate::failure::Failure;
use serde_json::{Value, json};
use wallet_core::presentation::{MemberKind, Proposal, TransactionDataType};
use wallet_core::vault::UnlockWith;
use wallet_core::wallet::Wallet;
use wallet_core::{ErrorCode, WalletError};
use wallet_parties::Parties;
use wallet_parties::verifier::{DcApiSigning, RequestOptions};

const TYPE: &str = "urn:example:payment";

/// Where the bank's page is, as a browser would say.
const PAGE: &str = "https://bank.example";

/// What the citizen's app can show of a payment.
pub(super) fn data_type() -> TransactionDataType {
    TransactionDataType::new(TYPE)
        .required("amount", MemberKind::Text)
        .required("payee", MemberKind::Text)
}

fn payment(amount: &str) -> Value {
    json!({
        "type": TYPE,
        "credential_ids": ["card"],
        "amount": amount,
        "payee": "Fictional Landlord",
    })
}

/// The payment as the bank asked for it, or changed on the way to the wallet.
pub(super) async fn pay(
    wallet: &Wallet,
    parties: &Parties,
    changed: bool,
) -> Result<Visit, Failure> {
    let asked = json!(["name"]);
    let query = json!({ "credentials": [{
        "id": "card",
        "format": "dc+sd-jwt",
        "meta": { "vct_values": [parties.issuer.vct("resident_card")] },
        "claims": [{ "path": asked }],
    }] });
    let options = RequestOptions {
        transaction_data: vec![payment("50.00")],
        ..RequestOptions::new("bank", query)
    };
    let mut page = parties
        .verifier
        .dc_api_request(&options, DcApiSigning::Unsigned, PAGE)
        .map_err(other)?;
    if changed {
        let other_amount = payment("5000.00").to_string();
        page.request["data"]["transaction_data"] =
            json!([wallet_parties::base64url(other_amount.as_bytes())]);
    }
    let protocol = page.request["protocol"].as_str().unwrap_or_default();
    let data = page.request["data"].to_string();
    let proposal = wallet
        .dc_api_request(protocol, &data, PAGE)
        .map_err(WalletError::from)?;
    let Proposal::Plan(plan) = proposal else {
        return Err(WalletError::new(ErrorCode::ClaimsNotAvailable).into());
    };
    let withheld = paths(plan.showings().iter().flat_map(|showing| &showing.withheld));
    let hash = *plan.hash();
    // Every payment asks for the PIN, whatever the card's policy says.
    let auth = wallet.authenticate(UnlockWith::Pin(PIN)).await?;
    let approved = wallet
        .approve(*plan, &hash, &auth)
        .map_err(WalletError::from)?;
    let answer = wallet.present(approved).await?.response.unwrap_or_default();
    let answer: Value = serde_json::from_slice(&answer)
        .map_err(|error| Failure::Other(format!("the answer is no JSON: {error}")))?;
    let result = parties
        .verifier
        .dc_api_response(&page.session, &answer["data"])
        .map_err(other)?;
    let disclosed = result.disclosed().into_iter().map(|path| json!(path));
    Ok(Visit {
        who: match changed {
            false => "the bank, to pay 50.00",
            true => "the same, changed on the way to 5000.00",
        },
        asked: vec![asked],
        learned: leaves(disclosed.collect()),
        withheld,
        keys: holder_keys(&result),
        accepted: result.accepted,
        ending: match result.accepted {
            true => "took the payment",
            // The name was shown; the bank's side keeps nothing of an answer it refuses.
            false => "refused the payment and dropped the name",
        },
    })
}
