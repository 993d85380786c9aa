//! `wallet init`, `change-passphrase`, `change-pin`, `erase`

use crate::args::Options;
use crate::failure::Failure;
use crate::output::Output;
use crate::progress::Progress;
use crate::session::{self, Secret};
use serde_json::json;
use std::path::Path;
use wallet_core::WalletError;
use wallet_core::vault::{
    Enrolments, Keep, Passphrase, Pin, RecoveryCode, Retirement, VaultSettings,
};
use wallet_core::wallet::Wallet;
use zeroize::Zeroizing;

pub(crate) async fn init(options: &Options, output: &Output) -> Result<(), Failure> {
    let store = session::store(options)?;
    let mut enrolments = Enrolments {
        recovery_code: true,
        ..Enrolments::default()
    };
    match &options.pin_file {
        Some(file) => enrolments.pin = Some(new_pin(Some(file))?),
        None => enrolments.passphrase = Some(new_passphrase(options.passphrase_file.as_deref())?),
    }
    let (platform, policy) = (session::platform(options)?, session::policy(options)?);
    let (_wallet, recovery_code) = {
        let _progress = Progress::start(output.is_json(), "making the store");
        Wallet::create(
            store,
            platform,
            policy,
            VaultSettings::default(),
            enrolments,
        )
        .await?
    };
    output.line(format!("Made a store in {}.", store.display()));
    if options.pin_file.is_some() {
        output.line("WARNING: the PIN is protected by a key in a file. Whoever copies both can try all PINs.");
    }
    let text = recovery_code.as_ref().map(code_text);
    print_recovery_code(output, text.as_ref().map(|text| text.as_str()));
    output.document(&json!({
        "store": store.display().to_string(),
        "recovery_code": text.as_ref().map(|text| text.as_str()),
    }));
    printed(output)
}

pub(crate) async fn change_passphrase(
    options: &Options,
    output: &Output,
    new: Option<&Path>,
) -> Result<(), Failure> {
    let (wallet, secret) = session::unlocked_with(options, output).await?;
    let old = match secret {
        Secret::Passphrase(old) => old,
        _ => {
            return Err(Failure::Usage(
                "unlock with the passphrase to change it".to_owned(),
            ));
        }
    };
    let new = new_passphrase(new)?;
    let rotated = {
        let _progress =
            Progress::start(output.is_json(), "changing the passphrase and the root key");
        wallet
            .change_passphrase(&old, &new, Keep::default())
            .await?
    };
    let text = Some(code_text(&rotated.recovery_code));
    output.line("The passphrase is changed, and the key of the store with it. The old recovery code is void.");
    print_recovery_code(output, text.as_ref().map(|text| text.as_str()));
    output.document(&json!({ "changed": "passphrase", "recovery_code": text.as_ref().map(|text| text.as_str()) }));
    printed(output)
}

pub(crate) async fn change_pin(
    options: &Options,
    output: &Output,
    new: Option<&Path>,
) -> Result<(), Failure> {
    let (wallet, secret) = session::unlocked_with(options, output).await?;
    let old = match secret {
        Secret::Pin(old) => old,
        _ => {
            return Err(Failure::Usage(
                "unlock with --pin-file to change the PIN".to_owned(),
            ));
        }
    };
    let new = new_pin(new)?;
    let retirement = {
        let _progress = Progress::start(output.is_json(), "changing the PIN");
        wallet.change_pin(&old, &new).await?
    };
    let retired = retirement == Retirement::Retired;
    output.line(if retired {
        "The PIN is changed."
    } else {
        "The PIN is changed; the old key is deleted at the next unlock."
    });
    output.document(&json!({ "changed": "pin", "old_key_deleted": retired }));
    Ok(())
}

pub(crate) async fn erase(options: &Options, output: &Output, yes: bool) -> Result<(), Failure> {
    let store = session::store(options)?;
    if !yes {
        let question = format!(
            "Erase {} with everything in it? Type ERASE: ",
            store.display()
        );
        if output.for_asking().ask(&question)? != "ERASE" {
            return Err(Failure::Declined);
        }
    }
    Wallet::erase(store, &session::platform(options)?).await?;
    output.line(format!("Erased {}.", store.display()));
    output.document(&json!({ "erased": store.display().to_string() }));
    Ok(())
}

fn code_text(code: &RecoveryCode) -> Zeroizing<String> {
    Zeroizing::new(String::from_utf8_lossy(&code.to_text()).into_owned())
}

fn print_recovery_code(output: &Output, code: Option<&str>) {
    if let Some(code) = code {
        output.line(format!("\nRecovery code, shown this once:\n\n    {code}\n"));
        output.line("Write it down. It opens THIS store when the passphrase or PIN is lost. It is no backup: without the");
        output.line("store's files it opens nothing.");
    }
}

/// The code is shown once: if it could not be, the holder must know.
fn printed(output: &Output) -> Result<(), Failure> {
    if output.is_broken() {
        return Err(Failure::Other(
            "done, but the recovery code could not be printed: change the passphrase to get another"
                .to_owned(),
        ));
    }
    Ok(())
}

fn new_passphrase(file: Option<&Path>) -> Result<Passphrase, Failure> {
    let text = session::secret_from(
        file,
        "New passphrase: ",
        "--passphrase-file (to change it: --new-passphrase-file)",
    )?;
    Ok(Passphrase::new(&text).map_err(WalletError::from)?)
}

fn new_pin(file: Option<&Path>) -> Result<Pin, Failure> {
    let digits = session::secret_from(
        file,
        "New PIN: ",
        "--pin-file (to change it: --new-pin-file)",
    )?;
    Ok(Pin::new(&digits).map_err(WalletError::from)?)
}
