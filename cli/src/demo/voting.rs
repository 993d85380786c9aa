//! A voting office that knows nobody and counts everybody once: by a pseudonym of a citizen ID whose issuer gives a citizen
//! one.

use super::other;
use crate::failure::Failure;
use crate::output::Output;
use serde_json::{Value, json};
use wallet_core::presentation::{Proposal, UserAuth};
use wallet_core::wallet::Wallet;
use wallet_core::{ErrorCode, WalletError};
use wallet_parties::Parties;
use wallet_parties::verifier::RequestOptions;

/// The card it takes.
pub(super) const CARD: &str = "citizen_id_pseudonym";

/// What became of two votes of one citizen.
pub(super) struct Ballot {
    /// As the office knows the citizen, in hexadecimal.
    pseudonym: String,
    /// Why the second vote was not taken.
    second: Option<String>,
}

/// The citizen votes, and then again.
pub(super) async fn vote_twice(wallet: &Wallet, parties: &Parties) -> Result<Ballot, Failure> {
    let (first, refusal) = vote(wallet, parties).await?;
    let pseudonym = first.ok_or_else(|| {
        Failure::Other(format!(
            "the vote was refused: {}",
            refusal.unwrap_or_default()
        ))
    })?;
    let (_, second) = vote(wallet, parties).await?;
    Ok(Ballot { pseudonym, second })
}

/// The pseudonym of a vote that was taken, or why it was not.
async fn vote(
    wallet: &Wallet,
    parties: &Parties,
) -> Result<(Option<String>, Option<String>), Failure> {
    let query = json!({ "credentials": [{
        "id": "card",
        "format": "ldp_vc",
        "meta": {
            "type_values": [["https://citizenwallet.example/vocab#CitizenIdCredential"]],
            "pseudonym": { "service": "fictional election 2026" },
        },
        "require_cryptographic_holder_binding": false,
        "claims": [{ "path": ["credentialSubject", "age_over_19"], "values": [true] }],
    }] });
    let options = RequestOptions {
        once: true,
        ..RequestOptions::new("voting-office", query)
    };
    let link = parties.verifier.request(&options).map_err(other)?;
    let Proposal::Plan(plan) = wallet.request(&link.uri).await? else {
        return Err(WalletError::new(ErrorCode::ClaimsNotAvailable).into());
    };
    let hash = *plan.hash();
    let approved = wallet
        .approve(*plan, &hash, UserAuth::None)
        .map_err(WalletError::from)?;
    wallet.present(approved).await?;
    let result = parties.verifier.result(&link.session).map_err(other)?;
    let learned = result.learned.into_iter().next();
    Ok((
        learned.and_then(|learned| learned.pseudonym),
        result.refusal,
    ))
}

impl Ballot {
    pub(super) fn print(&self, output: &Output) {
        let known_as: String = self.pseudonym.chars().take(16).collect();
        let second = match &self.second {
            Some(reason) => format!("refused ({reason})"),
            None => "taken as well".to_owned(),
        };
        output.line(format!(
            "\nA vote without a name: the office knows the citizen as {known_as}…, over 19.\nThe second vote was {second}."
        ));
    }

    pub(super) fn json(&self) -> Value {
        json!({ "pseudonym": self.pseudonym, "second_vote": self.second.is_none() })
    }
}
