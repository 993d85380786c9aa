//! The parties as a process, for tests and demos in other languages.

mod tour;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use serde_json::json;
use wallet_parties::peers::PeerPki;
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
        /// Also write `anchors.pem` and `server.json` into DIR, for `offer`, `ask` and `learned`.
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
    /// Print a fresh offer of a running server.
    Offer {
        /// What `serve --dir` wrote into.
        dir: PathBuf,
        /// `resident_card` or `driving_licence`.
        card: String,
        /// Ask for a transaction code, printed on a second line.
        #[arg(long)]
        tx_code: bool,
    },
    /// Print a fresh presentation request of a running server.
    Ask {
        /// What `serve --dir` wrote into.
        dir: PathBuf,
        /// Who asks: `bar`, `bank`, `voting-office` or `shop`.
        name: String,
        /// `resident_card` or `driving_licence`.
        card: String,
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
        Command::Serve { json, dir } => serve(json, dir.as_deref()),
        Command::Offer { dir, card, tx_code } => tour::offer(&dir, &card, tx_code),
        Command::Ask {
            dir,
            name,
            card,
            claims,
        } => tour::ask(&dir, &name, &card, &claims),
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

fn serve(as_json: bool, dir: Option<&Path>) -> Result<()> {
    let parties = Parties::start()?;
    let (issuer, verifier) = (parties.issuer.base_url(), parties.verifier.base_url());
    let mut out = std::io::stdout();
    let vct = |id: &&str| ((*id).to_owned(), json!(parties.issuer.vct(id)));
    let types: serde_json::Map<_, _> = parties.issuer.configurations().iter().map(vct).collect();
    let line = json!({
        "issuer": {
            "identifier": parties.issuer.identifier(),
            "types": types,
            "offer": format!("{issuer}/control/offer"),
            "configure": format!("{issuer}/control/configure"),
            "change": format!("{issuer}/control/change"),
            "notifications": format!("{issuer}/control/notifications"),
            "requests": format!("{issuer}/control/requests"),
        },
        "verifier": {
            "request": format!("{verifier}/control/request"),
            "result": format!("{verifier}/control/result"),
            "requests": format!("{verifier}/control/requests"),
        },
        "anchors": parties.anchors,
    });
    if let Some(dir) = dir {
        tour::write(dir, &line, &parties)?;
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
