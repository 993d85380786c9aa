//! A holder wallet in a terminal, for people who build or test issuers and verifiers.
#![forbid(unsafe_code)]

mod args;
mod commands;
mod demo;
mod evidence;
mod failure;
mod http_client;
mod output;
mod progress;
mod session;
mod trace;

use args::{Cli, Command};
use clap::Parser as _;
use failure::Failure;
use output::Output;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error)
            if error.use_stderr() && std::env::args().any(|argument| argument == "--json") =>
        {
            let usage = Failure::Usage(error.to_string());
            Output::new(true).failure(&usage);
            return usage.exit_code();
        }
        // clap prints help, and usage errors for people, and exits with 0 or 2.
        Err(error) => error.exit(),
    };
    let output = Output::new(cli.options.json);
    match pollster::block_on(run(cli, &output)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.failure(&failure);
            failure.exit_code()
        }
    }
}

async fn run(cli: Cli, output: &Output) -> Result<(), Failure> {
    let options = &cli.options;
    match cli.command {
        Command::Init => commands::store::init(options, output).await,
        Command::Receive {
            offer,
            tx_code,
            keeping,
        } => {
            let order = commands::receive::Order {
                offer,
                tx_code,
                keeping,
            };
            commands::receive::run(options, output, order).await
        }
        Command::Deferred { id: None, .. } => commands::deferred::list(options, output).await,
        Command::Deferred {
            id: Some(id),
            forget,
            reuse,
            auth_each_showing,
        } => {
            let ask = commands::deferred::Ask {
                id,
                forget,
                reuse,
                auth_each_showing,
            };
            commands::deferred::ask(options, output, ask).await
        }
        Command::Discover {
            issuer,
            configurations,
        } => commands::authorize::discover(options, output, &issuer, &configurations).await,
        Command::Resume { redirect, keeping } => {
            commands::authorize::resume(options, output, &redirect, &keeping).await
        }
        Command::List => commands::cards::list(options, output).await,
        Command::Show { id } => commands::cards::show(options, output, &id).await,
        Command::Status { id, offline } => {
            commands::status::run(options, output, id.as_deref(), offline).await
        }
        Command::Delete { id } => commands::cards::delete(options, output, &id).await,
        Command::Due => commands::due::run(options, output).await,
        Command::Renew {
            id,
            yes,
            offer,
            tx_code,
        } => {
            let renewal = commands::renew::Renewal {
                id,
                yes,
                offer,
                tx_code,
            };
            commands::renew::run(options, output, renewal).await
        }
        Command::Inspect { file } => commands::inspect::run(options, output, &file).await,
        Command::Present {
            request,
            dc_api,
            protocol,
            approve,
            select,
        } => {
            let asked = match (&dc_api, &protocol) {
                (Some(origin), Some(protocol)) => commands::present::Asked::HandedOver {
                    origin,
                    protocol,
                    file: request.as_ref(),
                },
                _ => commands::present::Asked::ByLink(&request),
            };
            commands::present::run(options, output, asked, approve, &select).await
        }
        Command::Resolve {
            did,
            rpc,
            checkpoint,
            at,
        } => {
            let question = commands::resolve::Question {
                did,
                rpc,
                checkpoint,
                at,
            };
            commands::resolve::run(options, output, question).await
        }
        Command::History => commands::history::run(options, output).await,
        Command::ChangePassphrase {
            new_passphrase_file,
        } => {
            commands::store::change_passphrase(options, output, new_passphrase_file.as_deref())
                .await
        }
        Command::ChangePin { new_pin_file } => {
            commands::store::change_pin(options, output, new_pin_file.as_deref()).await
        }
        Command::Export => commands::history::export(options, output).await,
        Command::Erase { yes } => commands::store::erase(options, output, yes).await,
        Command::Demo {
            chain: true,
            record,
        } => demo::chain::run(record.as_deref(), output).await,
        Command::Demo { .. } => demo::run(options, output).await,
    }
}
