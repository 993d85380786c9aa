//! Phishing: somebody calls himself the bank. Once nobody vouches for him; once his certificate is genuine, but the answer
//! would go elsewhere.

use super::day::Visit;
use super::other;
use crate::failure::Failure;
use serde_json::{Value, json};
use wallet_core::wallet::Wallet;
use wallet_parties::Parties;
use wallet_parties::hostile::{ForgedRequest, Forger, Hostile, Trick};
use wallet_parties::pki::CertificateAuthority;

/// Both attempts, in the order of their cunning.
pub(super) async fn attempts(wallet: &Wallet, parties: &Parties) -> Result<[Visit; 2], Failure> {
    let site = Hostile::start().map_err(other)?;
    site.set("/response", Trick::json(&json!({})));
    let asked = vec![
        json!(["name"]),
        json!(["resident_registration_number"]),
        json!(["portrait"]),
    ];
    let claims: Vec<Value> = asked.iter().map(|path| json!({ "path": path })).collect();
    let query = json!({ "credentials": [{
        "id": "card",
        "format": "dc+sd-jwt",
        "meta": { "vct_values": [parties.issuer.vct("resident_card")] },
        "claims": claims,
    }] });
    let named = |request: ForgedRequest| -> ForgedRequest {
        let mut request = request;
        request.payload.insert(
            "client_metadata".to_owned(),
            json!({ "client_name": "Fictional Bank", "vp_formats_supported": { "dc+sd-jwt": {} } }),
        );
        request
    };

    let own = CertificateAuthority::generate("Fictional Bank").map_err(other)?;
    let stranger = Forger::new(&own, &site.base_url()).map_err(other)?;
    let unknown = named(stranger.request(&query).map_err(other)?);

    let thief = Forger::new(&parties.verifier_authority, &site.base_url()).map_err(other)?;
    let mut elsewhere = named(thief.request(&query).map_err(other)?);
    let collector = Value::from("https://collector.example/response");
    elsewhere
        .payload
        .insert("response_uri".to_owned(), collector);

    let visit = |who, ending| Visit {
        who,
        asked: asked.clone(),
        learned: Vec::new(),
        withheld: asked.clone(),
        keys: Vec::new(),
        accepted: false,
        ending,
    };
    stopped(wallet, &unknown, &site).await?;
    stopped(wallet, &elsewhere, &site).await?;
    Ok([
        visit(
            "a phishing site, posing as the bank",
            "was stopped: nobody vouches for it",
        ),
        visit(
            "the same with a genuine certificate",
            "was stopped: the answer would go elsewhere",
        ),
    ])
}

/// The wallet refuses the request by itself: the holder is not even asked, and the site hears nothing of a card.
async fn stopped(wallet: &Wallet, request: &ForgedRequest, site: &Hostile) -> Result<(), Failure> {
    let was_refused = wallet.request(&request.link()).await.is_err();
    let heard = site.seen();
    let learned = heard
        .iter()
        .any(|received| !received.body.starts_with(b"error="));
    if was_refused && !learned {
        return Ok(());
    }
    let text = "a phishing site was not stopped: please report this";
    Err(Failure::Other(text.to_owned()))
}
