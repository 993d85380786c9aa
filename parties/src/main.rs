//! The parties as a process, for tests and demos in other languages.

mod tour;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use serde_json::{Map, json};
use wallet_parties::chain::ServedLedger;
use wallet_parties::control::browse;
use wallet_parties::issuer::Stapler;
use wallet_parties::peers::PeerPki;
use wallet_parties::pki::LeafProfile;
use wallet_parties::{Parties, Refused, Result};

/// Small issuer and verifier on loopback. TEST KEYS ONLY.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve on free ports of 127.0.0.1 until standard input closes.
    Serve {
        /// Print one line of JSON with addresses, trust anchors and control endpoints.
        #[arg(long)]
        json: bool,
        /// Also write `anchors.pem`, `web-issuer` and `server.json` into DIR, for `offer`, `ask` and `learned`.
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
        /// Also start a chain (needs Node.js and `cargo xtask peers`), sign cards that are JWTs as a did:ethr on it, and anchor
        /// cards there. What an app pins is written into DIR: `ledger-profile.json`, `ledger-checkpoint.json`,
        /// `ledger-checkpoint-earlier.json`, `ledger-server`, `ledger-issuer`, `ledger-account`.
        #[arg(long, requires = "dir")]
        ledger: bool,
    },
    /// Print a fresh offer of a running server.
    Offer {
        /// What `serve --dir` wrote into.
        dir: PathBuf,
        /// `resident_card`, `driving_licence`, `citizen_id_bbs`, `citizen_id_bound`, `citizen_id_pseudonym`,
        /// `citizen_id_ecdsa_sd`, `citizen_id_jwt`, `citizen_id_vc_jwt` or `bank_card_vc_jwt`.
        card: String,
        /// Ask for a transaction code, printed on a second line.
        #[arg(long)]
        tx_code: bool,
        /// Let the holder consent in the browser instead (see `browse`).
        #[arg(long, conflicts_with = "tx_code")]
        authorization_code: bool,
        /// Let the wallet wait for the card, with this many seconds between two questions.
        #[arg(long, value_name = "SECONDS")]
        deferred: Option<u64>,
    },
    /// Set how the issuer of a running server behaves: JSON such as {"dpop":"required","refresh_tokens":true}.
    Configure {
        /// What `serve --dir` wrote into.
        dir: PathBuf,
        /// Members that are left out are as at the start.
        options: String,
    },
    /// Set what a card says from now on: JSON such as {"claims":{"nationality":"UT"},"lifetime":86400}.
    Change {
        /// What `serve --dir` wrote into.
        dir: PathBuf,
        /// `resident_card`, `driving_licence`, `citizen_id_bbs`, `citizen_id_bound`, `citizen_id_pseudonym`,
        /// `citizen_id_ecdsa_sd`, `citizen_id_jwt`, `citizen_id_vc_jwt` or `bank_card_vc_jwt`.
        card: String,
        /// Members that are left out are as at the start.
        options: String,
    },
    /// Set the status of issued cards: JSON such as {"card":"driving_licence","status":"revoked"}; or what is wrong with the
    /// status list: {"fault":"unreachable"}.
    Status {
        /// What `serve --dir` wrote into.
        dir: PathBuf,
        /// With `copy` only that one of the card's copies; a fault of null ends it.
        options: String,
    },
    /// Consent at an authorization URL as a browser would, and print where it redirects to.
    Browse {
        /// What the wallet wants to be opened.
        url: String,
    },
    /// Print a fresh presentation request of a running server.
    Ask {
        /// What `serve --dir` wrote into.
        dir: PathBuf,
        /// Who asks: `bar`, `bank`, `voting-office` or `shop`.
        name: String,
        /// `resident_card`, `driving_licence`, `citizen_id_bbs`, `citizen_id_bound`, `citizen_id_pseudonym`,
        /// `citizen_id_ecdsa_sd`, `citizen_id_jwt`, `citizen_id_vc_jwt` or `bank_card_vc_jwt`.
        card: String,
        /// More of the request, as JSON such as {"prefix":"x509_hash","fetch":"post"}.
        #[arg(long, default_value = "{}")]
        options: String,
        /// Ask for a pseudonym for this service, too.
        #[arg(long, value_name = "SERVICE")]
        pseudonym: Option<String>,
        /// Ask for the proof that the card was anchored, too.
        #[arg(long)]
        anchor_proof: bool,
        /// What is asked, such as `name` or `address.locality`.
        #[arg(required = true)]
        claims: Vec<String>,
    },
    /// Print what the verifier learned from the request made last.
    Learned {
        /// What `serve --dir` wrote into.
        dir: PathBuf,
    },
    /// Write a throw-away PKI for the peers in test-fixtures/ into DIR.
    Pki {
        /// Where to write it; made if absent.
        dir: PathBuf,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Serve { json, dir, ledger } => serve(json, dir.as_deref(), ledger),
        Command::Offer {
            dir,
            card,
            tx_code,
            authorization_code,
            deferred,
        } => {
            let grant = ["pre_authorized", "authorization_code"][usize::from(authorization_code)];
            let deferred = deferred.map(|interval| json!({ "interval": interval }));
            let options = json!({
                "configurations": [card], "tx_code": tx_code, "grant": grant, "deferred": deferred,
            });
            tour::offer(&dir, &options)
        }
        Command::Configure { dir, options } => tour::steer(&dir, "configure", "", &options),
        Command::Change { dir, card, options } => {
            tour::steer(&dir, "change", &format!("?card={card}"), &options)
        }
        Command::Status { dir, options } => tour::steer(&dir, "status", "", &options),
        Command::Browse { url } => browse(&url).map(|back| println!("{back}")),
        Command::Ask {
            dir,
            name,
            card,
            options,
            pseudonym,
            anchor_proof,
            claims,
        } => {
            let asked = tour::Asked {
                card: &card,
                claims: &claims,
                pseudonym: pseudonym.as_deref(),
                anchor_proof,
            };
            tour::ask(&dir, &name, &asked, &options)
        }
        Command::Learned { dir } => tour::learned(&dir),
        Command::Pki { dir } => PeerPki::write(&dir).map(drop),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(refused) => {
            eprintln!("{refused}");
            ExitCode::FAILURE
        }
    }
}

fn io<T>(result: std::io::Result<T>) -> Result<T> {
    result.map_err(|error| Refused::because(error.to_string()))
}

fn serve(as_json: bool, dir: Option<&Path>, has_ledger: bool) -> Result<()> {
    let parties = Parties::start()?;
    let ledger = has_ledger.then(ServedLedger::start).transpose()?;
    let ledger = ledger.map(Arc::new);
    let (issuer, verifier) = (parties.issuer.base_url(), parties.verifier.base_url());
    let mut out = std::io::stdout();
    // The type that a query asks for: `vct` of an SD-JWT VC, `type_values` of a W3C credential.
    let (mut types, mut type_values) = (Map::new(), Map::new());
    for id in parties.issuer.configurations() {
        match parties.issuer.vct(id) {
            Some(vct) => types.insert(id.to_owned(), vct.into()),
            None => type_values.insert(id.to_owned(), json!(parties.issuer.type_values(id))),
        };
    }
    let provider = parties
        .attestation_authority
        .issue_leaf(&LeafProfile::Issuer {
            common_name: "Fictional Provider".to_owned(),
            uri: None,
        })?;
    let line = json!({
        "issuer": {
            "identifier": parties.issuer.identifier(),
            "types": types,
            "type_values": type_values,
            "controller": parties.issuer.controller(),
            "offer": format!("{issuer}/control/offer"),
            "configure": format!("{issuer}/control/configure"),
            "change": format!("{issuer}/control/change"),
            "status": format!("{issuer}/control/status"),
            "notifications": format!("{issuer}/control/notifications"),
            "requests": format!("{issuer}/control/requests"),
        },
        "verifier": {
            "request": format!("{verifier}/control/request"),
            "result": format!("{verifier}/control/result"),
            "dc_api_request": format!("{verifier}/control/dc_api_request"),
            "dc_api_response": format!("{verifier}/control/dc_api_response"),
            "requests": format!("{verifier}/control/requests"),
            "attester": parties.verifier.attester(),
            "federation_anchor": parties.verifier.federation_anchor(),
        },
        "anchors": parties.anchors,
        // Who attests wallets and keys is the test itself.
        "provider": { "private_key": provider.key.pkcs8_pem()?, "x5c": provider.x5c() },
    });
    if let Some(dir) = dir {
        tour::write(dir, &line, &parties)?;
        if let Some(ledger) = &ledger {
            tour::write_ledger(dir, ledger)?;
            parties.issuer.sign_jwts_as(Some(ledger.signer().clone()));
            let ledger = Arc::clone(ledger);
            let stapler: Stapler = Arc::new(move |card| ledger.anchor(card).ok());
            parties.issuer.staple_by(Some(stapler));
        }
    }
    if as_json {
        io(writeln!(out, "{line}"))?;
    } else {
        io(writeln!(out, "issuer    {}", parties.issuer.identifier()))?;
        io(writeln!(out, "verifier  {verifier}"))?;
        io(writeln!(out, "close standard input to stop"))?;
    }
    io(out.flush())?;
    io(std::io::stdin().read_to_end(&mut Vec::new()))?;
    Ok(())
}
