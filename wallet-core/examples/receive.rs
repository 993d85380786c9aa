//! The smallest program that receives a card: `cargo run -p wallet-core --example receive`.

mod common;

use wallet_core::issuance::lookup;
use wallet_core::text::display_text;
use wallet_core::wallet::{KeepPolicy, Ordered, ReusePolicy};
use wallet_parties::Parties;
use wallet_parties::issuer::OfferOptions;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    pollster::block_on(receive())
}

async fn receive() -> Result<(), Box<dyn std::error::Error>> {
    let parties = Parties::start()?;
    let folder = tempfile::tempdir()?;
    let platform = common::platform(folder.path());
    let wallet = common::new_wallet(folder.path(), platform, common::policy(&parties)?).await?;

    // The issuer's offer, as a link or a QR code. Reading it makes requests: ask the holder first.
    let offer = parties.issuer.offer(&OfferOptions::default())?;
    let offered = wallet.offer(&offer.uri).await?;
    for card in offered.configurations() {
        let name = lookup(&card.display, &["en"]).and_then(|display| display.name.as_deref());
        println!(
            "{} offers {}",
            offered.issuer().as_str(),
            name.unwrap_or(&card.id)
        );
    }

    // The holder agreed: three copies, each with a key of its own, each to be shown once.
    let authorized = wallet.accept(&offered, offer.tx_code.as_deref()).await?;
    let policy = KeepPolicy {
        reuse: ReusePolicy::OnceOnly,
        ..KeepPolicy::default()
    };
    for order in authorized.orders() {
        let card = match wallet.order(&authorized, order, 3).await? {
            Ordered::Received(card) => *card,
            Ordered::Deferred(promise) => {
                // Ask again with `Wallet::poll_deferred`, also after a restart.
                println!("{} comes later", promise.credential_type);
                continue;
            }
        };
        let kept = wallet.keep(card, policy).await.map_err(|no| no.error)?;
        println!("kept {} in {} copies", kept.id.as_str(), kept.copies);
        for claim in wallet.detail(&kept.id, &["en"])?.claims {
            if let Some(label) = claim.label {
                println!("  {label}: {}", display_text(&claim.value.to_string(), 40));
            }
        }
    }
    Ok(())
}
