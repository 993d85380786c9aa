//! The smallest program that shows a card: `cargo run -p wallet-core --example present`.

mod common;

use serde_json::json;
use wallet_core::presentation::{Proposal, UserAuth};
use wallet_core::wallet::ReceiveOptions;
use wallet_parties::Parties;
use wallet_parties::issuer::OfferOptions;
use wallet_parties::verifier::RequestOptions;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    pollster::block_on(present())
}

async fn present() -> Result<(), Box<dyn std::error::Error>> {
    let parties = Parties::start()?;
    let folder = tempfile::tempdir()?;
    let platform = common::platform(folder.path());
    let wallet = common::new_wallet(folder.path(), platform, common::policy(&parties)?).await?;
    let offer = parties.issuer.offer(&OfferOptions::default())?;
    wallet
        .receive(&offer.uri, &ReceiveOptions::default())
        .await?;

    // A bar asks whether the holder is over 19, as a link or a QR code.
    let query = json!({ "credentials": [{
        "id": "card",
        "format": "dc+sd-jwt",
        "meta": { "vct_values": [parties.issuer.vct("resident_card")] },
        "claims": [{ "path": ["age_equal_or_over", "19"] }],
    }] });
    let request = parties
        .verifier
        .request(&RequestOptions::new("bar", query))?;

    // What the holder sees before anything is shown.
    let plan = match wallet.request(&request.uri).await? {
        Proposal::Plan(plan) => plan,
        unavailable => {
            wallet.refuse(unavailable).await?;
            return Ok(());
        }
    };
    let verifier = plan.request().verifier();
    println!(
        "{} asks, proven by {}",
        verifier.client_id().as_str(),
        verifier.proof().as_str()
    );
    for showing in plan.showings() {
        let paths = showing
            .disclosed
            .iter()
            .map(|path| path.to_json().to_string());
        println!("would be shown: {}", paths.collect::<Vec<_>>().join(" "));
        println!("would be withheld: {} claims", showing.withheld.len());
    }

    // The holder approves the very plan that was shown, and only then is anything sent.
    let hash = *plan.hash();
    let approved = wallet
        .approve(*plan, &hash, UserAuth::None)
        .map_err(wallet_core::WalletError::from)?;
    let presented = wallet.present(approved).await?;
    println!("outcome: {}", presented.outcome.as_str());
    let learned = parties.verifier.result(&request.session)?;
    println!("the bar learned: {}", json!(learned.disclosed()));
    Ok(())
}
