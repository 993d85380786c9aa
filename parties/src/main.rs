//! The parties as a process, for tests and demos in other languages.

use std::io::{Read, Write};
use std::path::PathBuf;
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
    },
    /// Write a throw-away PKI for the peers in test-fixtures/ into DIR.
    Pki {
        /// Where to write it; made if absent.
        dir: PathBuf,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Serve { json } => serve(json),
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

fn serve(as_json: bool) -> Result<()> {
    let parties = Parties::start()?;
    let (issuer, verifier) = (parties.issuer.base_url(), parties.verifier.base_url());
    let mut out = std::io::stdout();
    if as_json {
        let vct = |id: &&str| ((*id).to_owned(), json!(parties.issuer.vct(id)));
        let types: serde_json::Map<_, _> =
            parties.issuer.configurations().iter().map(vct).collect();
        let line = json!({
            "issuer": {
                "identifier": parties.issuer.identifier(),
                "types": types,
                "offer": format!("{issuer}/control/offer"),
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
