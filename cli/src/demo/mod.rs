//! `wallet demo`: a citizen's day, with a real issuer and real verifiers on loopback.

pub(crate) mod chain;
mod copied_store;
mod day;
mod linkability;
mod payment;
mod phishing;
mod renewal;
mod voting;

use crate::args::Options;
use crate::failure::Failure;
use crate::http_client::UreqClient;
use crate::output::{Output, copies_text};
use copied_store::CopiedStore;
use day::{Day, Visit};
use linkability::Linkability;
use renewal::Renewal;
use serde_json::json;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use wallet_core::clock::SystemClock;
use wallet_core::http::FetchSettings;
use wallet_core::random::OsRandom;
use wallet_core::trust::{TrustAnchor, TrustAnchors};
use wallet_core::vault::anchor::FileAnchorStore;
use wallet_core::vault::device_key::InsecureSoftwareDeviceKey;
use wallet_core::vault::{Enrolments, Pin, VaultSettings};
use wallet_core::wallet::{
    Platform, Policy, ReceiveOptions, RecordName, RequestsPerMinute, Wallet,
};
use wallet_parties::Parties;
use wallet_parties::issuer::{IssuerOptions, OfferOptions};
use wallet_parties::status_list::Status;

/// The demo's PIN. Not weak, and of no use to anyone.
pub(crate) const PIN: &[u8] = b"730194";

pub(crate) async fn run(_options: &Options, output: &Output) -> Result<(), Failure> {
    let parties = Parties::start().map_err(|refused| Failure::Other(refused.to_string()))?;
    for (name, common_name) in [
        ("car-rental", "Fictional Car Rental"),
        ("cinema", "Fictional Cinema"),
    ] {
        parties.verifier.enrol(name, common_name).map_err(other)?;
    }
    parties.issuer.configure(IssuerOptions {
        refresh_tokens: true,
        ..IssuerOptions::default()
    });
    let folder = tempfile::tempdir()
        .map_err(|error| Failure::Other(format!("no temporary folder: {error}")))?;
    let store = folder.path().join("store");
    let key_file = folder.path().join("insecure.key");
    let anchor = folder.path().join("anchor");
    output.line(
        "A citizen's day: an issuer, verifiers and two phishing sites, all on this machine. Nothing here is real.\n",
    );

    let platform = Platform {
        http: Arc::new(UreqClient::new(&[])),
        clock: Arc::new(SystemClock::default()),
        random: Arc::new(OsRandom),
        anchor: Arc::new(FileAnchorStore::new(&anchor)),
        device_key: Some(Arc::new(InsecureSoftwareDeviceKey::new(
            &key_file,
            &store,
            Arc::new(OsRandom),
        )?)),
        key_store: None,
        attestation: None,
    };
    let policy = Policy {
        trust: TrustAnchors {
            issuers: TrustAnchor::from_pem(&parties.anchors.issuer_pem)
                .map_err(wallet_core::WalletError::from)?,
            verifiers: TrustAnchor::from_pem(&parties.anchors.verifier_pem)
                .map_err(wallet_core::WalletError::from)?,
            web_issuers: vec![parties.issuer.controller()],
            ..TrustAnchors::default()
        },
        fetch: FetchSettings {
            allow_loopback_http: true,
        },
        transaction_data_types: vec![payment::data_type()],
        // All verifiers of the demo have one address, and a day passes in a second.
        requests_per_minute: RequestsPerMinute(u16::MAX),
        ..Policy::default()
    };

    let mut steps = Vec::new();
    let start = Instant::now();
    let pin = Pin::new(PIN).map_err(wallet_core::WalletError::from)?;
    let enrolments = Enrolments {
        pin: Some(pin),
        recovery_code: true,
        ..Enrolments::default()
    };
    let (wallet, recovery_code) = Wallet::create(
        &store,
        platform,
        policy,
        VaultSettings::default(),
        enrolments,
    )
    .await?;
    steps.push(("wallet created, PIN stretched".to_owned(), start.elapsed()));
    drop(recovery_code);

    let resident_card = receive(
        &wallet,
        &parties,
        "resident_card",
        &renewal::shown_once(),
        &mut steps,
    )
    .await?;
    let rotating = ReceiveOptions {
        copies: 3,
        ..ReceiveOptions::default()
    };
    receive(&wallet, &parties, "driving_licence", &rotating, &mut steps).await?;
    let as_it_is = ReceiveOptions::default();
    receive(&wallet, &parties, day::CITIZEN_ID, &as_it_is, &mut steps).await?;
    let credentials = wallet.list::<&str>(&[])?.len();

    let day = Day {
        wallet: &wallet,
        parties: &parties,
    };
    let mut visits = Vec::new();
    for stop in day::morning() {
        visits.push(day.visit_in(&stop, &mut steps).await?);
    }
    let start = Instant::now();
    let refilled = renewal::refill(&wallet, &resident_card).await?;
    steps.push(("resident_card refilled".to_owned(), start.elapsed()));
    for stop in day::afternoon() {
        visits.push(day.visit_in(&stop, &mut steps).await?);
    }
    for changed in [false, true] {
        let start = Instant::now();
        let visit = payment::pay(&wallet, &parties, changed).await?;
        steps.push((format!("{} {}", visit.who, visit.ending), start.elapsed()));
        visits.push(visit);
    }
    let start = Instant::now();
    let phishing = phishing::attempts(&wallet, &parties).await?;
    steps.push(("two phishing sites stopped".to_owned(), start.elapsed()));
    visits.extend(phishing);
    visits.push(revoked_licence(&wallet, &parties, &mut steps).await?);
    let start = Instant::now();
    let moved = renewal::move_away(&wallet, &parties, &resident_card).await?;
    steps.push(("resident_card issued again".to_owned(), start.elapsed()));
    visits.push(day.visit_in(&day::new_office(), &mut steps).await?);
    for stop in day::evening() {
        visits.push(day.visit_in(&stop, &mut steps).await?);
    }
    let renewals = [refilled, moved];
    let once = ReceiveOptions::default();
    receive(&wallet, &parties, voting::CARD, &once, &mut steps).await?;
    let start = Instant::now();
    let ballot = voting::vote_twice(&wallet, &parties).await?;
    steps.push(("two votes of one citizen".to_owned(), start.elapsed()));
    wallet.lock();

    let mut secrets = copied_store::fixture_strings(&parties);
    secrets.push(renewal::NEW_DISTRICT.to_owned());
    let copied = CopiedStore::look(&store, &secrets)?;
    let fall = copied_store::guess_pin(&store, &key_file, &anchor, folder.path()).await?;
    let start = Instant::now();
    let linkability = linkability::play(&parties).await?;
    steps.push(("two verifiers compared notes".to_owned(), start.elapsed()));
    print_day(output, &visits, &renewals, &steps);
    linkability::print(output, &linkability);
    ballot.print(output);
    copied.print(output);
    fall.print(output);
    output.document(&json!({
        "credentials": credentials,
        "presentations": visits.iter().map(Visit::json).collect::<Vec<_>>(),
        "renewals": renewals.iter().map(Renewal::json).collect::<Vec<_>>(),
        "store_plaintext_hits": copied.hits,
        "linkability": linkability.iter().map(Linkability::json).collect::<Vec<_>>(),
        "voting": ballot.json(),
    }));
    if copied.hits > 0 {
        return Err(Failure::Other(
            "the store holds text in the clear: please report this".to_owned(),
        ));
    }
    Ok(())
}

async fn receive(
    wallet: &Wallet,
    parties: &Parties,
    card: &str,
    options: &ReceiveOptions,
    steps: &mut Vec<(String, Duration)>,
) -> Result<RecordName, Failure> {
    let offer = parties
        .issuer
        .offer(&OfferOptions::of(card))
        .map_err(other)?;
    let start = Instant::now();
    let kept = wallet.receive(&offer.uri, options).await?;
    let kept = kept.into_iter().next();
    let kept = kept.ok_or_else(|| Failure::Other("nothing was issued".to_owned()))?;
    let step = format!(
        "{card} received in {}, verified, sealed",
        copies_text(kept.copies)
    );
    steps.push((step, start.elapsed()));
    Ok(kept.id)
}

/// The issuer revokes the licence; the wallet asks the status list, and the next verifier gets nothing.
async fn revoked_licence(
    wallet: &Wallet,
    parties: &Parties,
    steps: &mut Vec<(String, Duration)>,
) -> Result<Visit, Failure> {
    parties
        .issuer
        .set_status("driving_licence", Status::Revoked);
    let start = Instant::now();
    let report = wallet.refresh_status(&[]).await?;
    if let Some(error) = report.lists.into_iter().find_map(|list| list.outcome.err()) {
        return Err(error.into());
    }
    steps.push((
        "status list fetched and verified".to_owned(),
        start.elapsed(),
    ));
    let day = Day { wallet, parties };
    day.visit_in(&day::after_the_revocation(), steps).await
}

fn print_day(
    output: &Output,
    visits: &[Visit],
    renewals: &[Renewal],
    steps: &[(String, Duration)],
) {
    output.line("What each verifier asked, learned and did not learn:");
    output.table(
        &[
            "verifier",
            "asked for",
            "learned",
            "did not learn",
            "ending",
        ],
        visits.iter().map(Visit::row).collect(),
    );
    let keys: Vec<_> = visits.iter().flat_map(|visit| &visit.keys).collect();
    let distinct: HashSet<_> = keys.iter().map(|key| key.to_string()).collect();
    output.line(format!(
        "Verifiers who compare notes: {} cards shown under a key, {} keys.",
        keys.len(),
        distinct.len()
    ));
    output.line("\nThe resident card, in copies that are shown once:");
    output.table(
        &["why it was renewed", "copies left", "changed", "ending"],
        renewals.iter().map(Renewal::row).collect(),
    );
    output.line("\nHow long each step took on this machine:");
    let rows = steps
        .iter()
        .map(|(step, took)| vec![step.clone(), format!("{:.0} ms", took.as_secs_f64() * 1e3)]);
    output.table(&["step", "time"], rows.collect());
}

fn other(refused: wallet_parties::Refused) -> Failure {
    Failure::Other(refused.to_string())
}
