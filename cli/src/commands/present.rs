//! `wallet present REQUEST`: shows who asks and what would be shown, asks, sends.

use super::selecting::{self, Select};
use super::status;
use crate::args::Options;
use crate::evidence::{dated_evidence_json, dated_evidence_text};
use crate::failure::Failure;
use crate::output::{Output, foreign, path_text, value_text};
use crate::progress::Progress;
use crate::session;
use serde_json::{Value, json};
use std::path::Path;
use wallet_core::formats::claim_path::ClaimPath;
use wallet_core::presentation::dcql::UserAuthPolicy;
use wallet_core::presentation::{
    ConsentPlan, Linkability, Proof, Proposal, Showing, ShowingNote, UserAuth, VerifiedRequest,
    VerifierTrust,
};
use wallet_core::text::display_text;
use wallet_core::trust::status::CardStatus;
use wallet_core::wallet::{CardDetail, Declined, HolderAuth, Presented, RecordName, Wallet};
use wallet_core::{ErrorCode, WalletError};

/// Longest name of a format that is printed.
const MAX_FORMAT: usize = 40;

/// How the request comes.
pub(crate) enum Asked<'a> {
    /// By a link.
    ByLink(&'a str),
    /// Through the Digital Credentials API.
    HandedOver {
        /// Who called, as the platform says.
        origin: &'a str,
        /// Its protocol.
        protocol: &'a str,
        /// The file with the request data.
        file: &'a Path,
    },
}

impl Asked<'_> {
    async fn propose(&self, wallet: &Wallet) -> Result<Proposal, Failure> {
        match self {
            Self::ByLink(link) => Ok(wallet.request(link).await?),
            Self::HandedOver {
                origin,
                protocol,
                file,
            } => {
                let data = std::fs::read_to_string(file).map_err(|error| {
                    Failure::Other(format!("cannot read {}: {error}", file.display()))
                })?;
                let proposal = wallet.dc_api_request(protocol, &data, origin);
                Ok(proposal.map_err(|refused| refused.error)?)
            }
        }
    }
}

pub(crate) async fn run(
    options: &Options,
    output: &Output,
    asked: Asked<'_>,
    approve: bool,
    select: &[Select],
) -> Result<(), Failure> {
    let asking = output.for_asking();
    let output = if approve { output } else { &asking };
    let wallet = session::unlocked(options, output).await?;
    let proposal = {
        let _progress = Progress::start(output.is_json(), "asking the verifier");
        asked.propose(&wallet).await?
    };
    print_verifier(output, proposal.request());
    let mut plan = match proposal {
        Proposal::Plan(plan) => plan,
        unavailable @ Proposal::Unavailable(_) => {
            output.line(
                "No card fits this request. The verifier is told the same as if you had said no.",
            );
            if !approve {
                output.ask("Answer that nothing can be shown? [Enter] ")?;
            }
            print_refusal(output, &wallet.refuse(unavailable).await?);
            return Err(WalletError::new(ErrorCode::ClaimsNotAvailable).into());
        }
    };
    selecting::apply(&wallet, &mut plan, select)?;
    let cards = print_plan(&wallet, options, output, &plan)?;
    if !approve && !agrees(&output.ask("Show this? [y/N] ")?) {
        print_refusal(output, &wallet.refuse(Proposal::Plan(plan)).await?);
        return Err(Failure::Declined);
    }
    let auth = match plan.user_auth() {
        UserAuthPolicy::Unlocked => None,
        _ => Some(session::authenticate(&wallet, options, output).await?),
    };
    let auth = match &auth {
        None => HolderAuth::App(UserAuth::None),
        Some(auth) => HolderAuth::Fresh(auth),
    };
    let showings = plan.showings().to_vec();
    let verifier = verifier_json(plan.request());
    let hash = *plan.hash();
    let approved = wallet
        .approve(*plan, &hash, auth)
        .map_err(WalletError::from)?;
    let presented = {
        let _progress = Progress::start(output.is_json(), "sending");
        wallet.present(approved).await?
    };
    drop(cards);
    report(output, &verifier, &showings, &presented)
}

/// The refusal, where it is for the caller instead of being sent.
fn print_refusal(output: &Output, declined: &Declined) {
    let response = declined.response.as_deref().map(String::from_utf8_lossy);
    if let Some(response) = response {
        output.line(format!("Answer for the caller:\n{response}"));
        let response: Value = serde_json::from_str(&response).unwrap_or_default();
        output.document(&json!({ "response": response }));
    }
}

fn report(
    output: &Output,
    verifier: &Value,
    showings: &[Showing],
    presented: &Presented,
) -> Result<(), Failure> {
    output.line(format!("Outcome: {}", presented.outcome.as_str()));
    let response = presented.response.as_deref();
    let response = response.map(String::from_utf8_lossy);
    if let Some(response) = &response {
        output.line(format!("Answer for the caller:\n{response}"));
    }
    if let Some(uri) = &presented.redirect_uri {
        output.line(format!("Continue at: {uri}"));
    }
    let mut document = json!({
        "verifier": verifier,
        "disclosed": showings.iter().map(|showing| part_json(showing, &told(showing))).collect::<Vec<_>>(),
        "withheld": showings.iter().map(|showing| part_json(showing, &showing.withheld)).collect::<Vec<_>>(),
        "outcome": presented.outcome.as_str(),
        "redirect_uri": presented.redirect_uri,
    });
    if let Some(response) = &response {
        document["response"] = serde_json::from_str(response).unwrap_or_default();
    }
    output.document(&document);
    match presented.outcome {
        wallet_core::wallet::Outcome::Accepted | wallet_core::wallet::Outcome::Returned => Ok(()),
        wallet_core::wallet::Outcome::Refused => {
            Err(WalletError::new(ErrorCode::PresentationRefused).into())
        }
        _ => Err(WalletError::new(ErrorCode::DeliveryUnknown).into()),
    }
}

/// What the verifier learns of what it asked: disclosed for it, or part of every showing of the card.
fn told(showing: &Showing) -> Vec<ClaimPath> {
    let mut told = showing.disclosed.clone();
    for path in showing.claims.iter().flat_map(|claim| &claim.selected) {
        if !told.contains(path) {
            told.push(path.clone());
        }
    }
    told
}

fn part_json(showing: &Showing, claims: &[ClaimPath]) -> Value {
    json!({
        "query": showing.query,
        "credential": showing.credential.0,
        "claims": claims.iter().map(ClaimPath::to_json).collect::<Vec<_>>(),
    })
}

fn verifier_json(request: &VerifiedRequest) -> Value {
    let verifier = request.verifier();
    json!({
        "client_id": verifier.client_id().as_str(),
        "name": verifier.display_name(),
        "proven_by": verifier.proof().as_str(),
        "vouched_by": verifier.vouched_by(),
        "did_evidence": verifier.did_evidence().map(dated_evidence_json),
        "trusted": verifier.trust() == VerifierTrust::Anchored,
    })
}

fn print_verifier(output: &Output, request: &VerifiedRequest) {
    let verifier = request.verifier();
    output.line(format!(
        "Who asks:  {}",
        foreign(verifier.client_id().as_str())
    ));
    output.line(format!(
        "It calls itself:  {}",
        verifier.display_name().unwrap_or("(no name)")
    ));
    output.line(match verifier.trust() {
        VerifierTrust::Anchored => format!(
            "Proven by:  {}{}{}",
            verifier.proof().as_str(),
            verifier
                .certificate_subject()
                .map(|subject| format!(", certificate of {subject}"))
                .unwrap_or_default(),
            verifier
                .vouched_by()
                .map(|name| format!(", {} vouches for it", foreign(name)))
                .unwrap_or_default()
        ),
        VerifierTrust::Unverified if *verifier.proof() == Proof::DecentralizedIdentifier => {
            format!(
                "Proven by:  {}. Anyone can make one: nobody says who that is.",
                verifier.proof().as_str()
            )
        }
        VerifierTrust::Platform => format!(
            "Proven by:  {}. Nobody says who that is.",
            verifier.proof().as_str()
        ),
        _ => "Proven by:  NOTHING. Only the address the answer goes to is known.".to_owned(),
    });
    if let Some(evidence) = verifier.did_evidence() {
        output.line(format!("Its key:   {}", dated_evidence_text(evidence)));
    }
    match request.response_uri() {
        Some(uri) => output.line(format!("Answer to: {uri}")),
        None => output.line("Answer to: the app that asks, on this device"),
    }
    for info in request.verifier_info() {
        let format = display_text(&info.format, MAX_FORMAT);
        output.line(format!(
            "It adds a statement about itself ({format}), which nobody has checked."
        ));
    }
}

fn print_plan(
    wallet: &Wallet,
    options: &Options,
    output: &Output,
    plan: &ConsentPlan,
) -> Result<Vec<CardDetail>, Failure> {
    let mut cards = Vec::new();
    for showing in plan.showings() {
        let card = wallet.detail(&RecordName::parse(&showing.credential.0)?, &options.locale)?;
        output.line(format!(
            "\n{}: {} from {}",
            showing.query, card.overview.name, card.overview.issuer_name
        ));
        // Of the very copy that is sent: other copies may say something else.
        let revealed = wallet.revealed(showing, &options.locale)?;
        let value = |path: &ClaimPath| {
            let claim = revealed.iter().find(|claim| claim.path == *path);
            claim
                .map(|claim| value_text(&claim.value))
                .unwrap_or_default()
        };
        let retained = |path: &ClaimPath| {
            let keeps = |claim: &wallet_core::presentation::dcql::SelectedClaim| {
                // With the disclosures around and inside it.
                let touches = |kept: &ClaimPath| kept.starts_with(path) || path.starts_with(kept);
                claim.intent_to_retain && claim.selected.iter().any(touches)
            };
            if showing.claims.iter().any(keeps) {
                "the verifier keeps it"
            } else {
                ""
            }
        };
        let mut rows = Vec::new();
        for path in &showing.disclosed {
            rows.push(vec![
                "shown".to_owned(),
                path_text(&path.to_json()),
                value(path),
                retained(path).to_owned(),
            ]);
        }
        for path in &showing.always_disclosed {
            let notes = ["always part of this card", retained(path)];
            rows.push(vec![
                "shown".to_owned(),
                path_text(&path.to_json()),
                value(path),
                notes.join("; ").trim_end_matches("; ").to_owned(),
            ]);
        }
        for path in &showing.withheld {
            rows.push(vec![
                "withheld".to_owned(),
                path_text(&path.to_json()),
                String::new(),
                String::new(),
            ]);
        }
        output.table(&["", "claim", "value", "note"], rows);
        print_transactions(output, plan, showing);
        if let Some(pseudonym) = &showing.pseudonym {
            let service = foreign(&pseudonym.service);
            let kind = match pseudonym.is_one_per_person {
                true => "one per person, says the issuer",
                false => "not one per person",
            };
            output.line(format!("Under a pseudonym for {service} ({kind})."));
        }
        if !matches!(showing.status, CardStatus::NotTracked | CardStatus::Valid) {
            let status = status::text(showing.status);
            output.line(format!(
                "Status of this card: {status}. The verifier may look for itself."
            ));
        }
        if !showing.key_binding {
            output.line(
                "Without a proof by your key: the verifier can pass it on as if you had shown it.",
            );
        }
        for note in &showing.notes {
            output.line(note_text(*note));
        }
        output.line("Linkable to other showings by:");
        for note in &showing.linkability {
            output.line(format!("  {}", linkability_text(*note)));
        }
        cards.push(card);
    }
    selecting::print_other_ways(output, plan);
    Ok(cards)
}

/// What the holder authorises with this card.
fn print_transactions(output: &Output, plan: &ConsentPlan, showing: &Showing) {
    let all = plan.request().transaction_data();
    for data in showing
        .transactions
        .iter()
        .filter_map(|place| all.get(*place))
    {
        output.line(format!(
            "With this card you authorise: {}",
            foreign(data.type_id())
        ));
        let rows = data
            .lines()
            .iter()
            .map(|line| vec![line.label.clone(), line.value.clone()]);
        output.table(&["", ""], rows.collect());
    }
}

fn note_text(note: ShowingNote) -> &'static str {
    match note {
        ShowingNote::HeaderUnchecked => {
            "made for this verifier and request; one that does not check that would take it from anyone"
        }
        ShowingNote::ReplayProtectionOnly => {
            "signed with a key made for this once: nobody can show it again, but it is no proof that the card is yours"
        }
        ShowingNote::LinkSecret => {
            "it takes the card's link secret, which is software: whoever copies your wallet has it"
        }
        ShowingNote::NotBound => {
            "nothing ties it to this verifier: whoever sees it can show it again"
        }
        _ => "something a newer version knows",
    }
}

fn linkability_text(note: Linkability) -> &'static str {
    match note {
        Linkability::StatementOrder => "the order the issuer put its statements in",
        Linkability::IssuerSignature => "the issuer's signature on this copy",
        Linkability::HolderKey => "this copy's key",
        Linkability::StatusReference => "its place in a status list",
        Linkability::CredentialId => "an identifier in it",
        Linkability::Dates => "a date in it that is exact to the second",
        Linkability::AlwaysDisclosedValues => "what every showing says of you",
        Linkability::DisclosedValues => "what this showing says of you",
        Linkability::Pseudonym => "the pseudonym you have there",
        Linkability::AnchorProof => "the proof that this copy was anchored",
        Linkability::CopyShownBefore => "this copy was shown before",
        _ => "something a newer version knows",
    }
}

pub(crate) fn agrees(answer: &str) -> bool {
    matches!(answer, "y" | "Y" | "yes")
}
