//! From the options to an unlocked wallet.

use crate::args::{Options, Profile, ProfileOption};
use crate::failure::Failure;
use crate::http_client::UreqClient;
use crate::output::Output;
use crate::progress::Progress;
use crate::trace::TracingClient;
use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use ureq::tls::{Certificate, PemItem, parse_pem};
use wallet_core::clock::SystemClock;
use wallet_core::http::FetchSettings;
use wallet_core::random::OsRandom;
use wallet_core::trust::TrustAnchor;
use wallet_core::vault::anchor::FileAnchorStore;
use wallet_core::vault::database::IntegrityState;
use wallet_core::vault::device_key::{DeviceKey, InsecureSoftwareDeviceKey};
use wallet_core::vault::{UnlockWith, VaultSettings};
use wallet_core::wallet::{FreshAuth, Platform, Policy, Wallet};
use zeroize::Zeroizing;

/// Longest passphrase in a file, in bytes.
const MAX_SECRET: usize = 1024;

/// The secret the holder unlocks with.
pub(crate) enum Secret {
    Passphrase(Zeroizing<Vec<u8>>),
    Pin(Zeroizing<Vec<u8>>),
    RecoveryCode(Zeroizing<Vec<u8>>),
}

impl Secret {
    pub(crate) fn unlock_with(&self) -> UnlockWith<'_> {
        match self {
            Self::Passphrase(text) => UnlockWith::Passphrase(text),
            Self::Pin(digits) => UnlockWith::Pin(digits),
            Self::RecoveryCode(text) => UnlockWith::RecoveryCode(text),
        }
    }
}

/// The folder of the store.
pub(crate) fn store(options: &Options) -> Result<&Path, Failure> {
    options
        .store
        .as_deref()
        .ok_or_else(|| Failure::Usage("say where the store is: --store DIR".to_owned()))
}

/// The wallet, unlocked.
pub(crate) async fn unlocked(options: &Options, output: &Output) -> Result<Wallet, Failure> {
    unlocked_with(options, output)
        .await
        .map(|(wallet, _secret)| wallet)
}

/// The wallet, unlocked, and the secret it was unlocked with.
pub(crate) async fn unlocked_with(
    options: &Options,
    output: &Output,
) -> Result<(Wallet, Secret), Failure> {
    let wallet = Wallet::open(
        store(options)?,
        platform(options)?,
        policy(options)?,
        VaultSettings::default(),
    )?;
    let secret = secret(options)?;
    let report = {
        let _progress = Progress::start(output.is_json(), "unlocking");
        wallet.unlock(secret.unlock_with()).await?
    };
    if report.integrity != IntegrityState::Ok {
        output
            .note("WARNING: the store is not the one last written here; it can be read, not used.");
    }
    for advisory in &report.advisories {
        output.note(&format!("note: {}", advisory.as_str()));
    }
    Ok((wallet, secret))
}

/// Whether the store is the one last written on this device, as a word.
pub(crate) fn integrity_text(state: IntegrityState) -> &'static str {
    match state {
        IntegrityState::Ok => "ok",
        IntegrityState::AnchorMissing => "anchor_missing",
        IntegrityState::SetMismatch { .. } => "set_mismatch",
        _ => "rolled_back",
    }
}

/// The holder's secret again, for what needs fresh authentication.
pub(crate) async fn authenticate(
    wallet: &Wallet,
    options: &Options,
    output: &Output,
) -> Result<FreshAuth, Failure> {
    let secret = secret(options)?;
    let _progress = Progress::start(output.is_json(), "checking");
    Ok(wallet.authenticate(secret.unlock_with()).await?)
}

/// The secret the options name, or the passphrase by a prompt.
pub(crate) fn secret(options: &Options) -> Result<Secret, Failure> {
    if let Some(file) = &options.recovery_code_file {
        return Ok(Secret::RecoveryCode(first_line(file)?));
    }
    if let Some(file) = &options.pin_file {
        return Ok(Secret::Pin(first_line(file)?));
    }
    match &options.passphrase_file {
        Some(file) => Ok(Secret::Passphrase(first_line(file)?)),
        None => Ok(Secret::Passphrase(prompt(
            "Passphrase: ",
            "--passphrase-file or --pin-file",
        )?)),
    }
}

/// The first line of a file, or what is typed without echo; `instead` names the option that gives the file.
pub(crate) fn secret_from(
    file: Option<&Path>,
    question: &str,
    instead: &str,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    match file {
        Some(file) => first_line(file),
        None => {
            let typed = prompt(question, instead)?;
            if *typed != *prompt("Again: ", instead)? {
                return Err(Failure::Usage("the two are not the same".to_owned()));
            }
            Ok(typed)
        }
    }
}

fn prompt(question: &str, instead: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::Usage(format!(
            "no terminal to ask on: use {instead}"
        )));
    }
    rpassword::prompt_password(question)
        .map(|text| Zeroizing::new(text.into_bytes()))
        .map_err(|error| Failure::Other(format!("cannot ask: {error}")))
}

/// A passphrase is never trimmed; only the line's end is not part of it.
fn first_line(file: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let unreadable = |error| Failure::Other(format!("cannot read {}: {error}", file.display()));
    let mut line = Zeroizing::new(Vec::with_capacity(2 * MAX_SECRET));
    // No buffered reader: its buffer would not be wiped.
    let open = std::fs::File::open(file).map_err(unreadable)?;
    open.take(MAX_SECRET as u64 + 1)
        .read_to_end(&mut line)
        .map_err(unreadable)?;
    match line.iter().position(|byte| *byte == b'\n') {
        Some(end) => line.truncate(end),
        None if line.len() > MAX_SECRET => {
            return Err(Failure::Usage(format!(
                "the first line of {} is too long",
                file.display()
            )));
        }
        None => {}
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(line)
}

/// The platform of a terminal: blocking HTTP, the system's clock, the anchor in a folder beside the store.
pub(crate) fn platform(options: &Options) -> Result<Platform, Failure> {
    let tls_ca = certificates(&options.tls_ca)?;
    let client = TracingClient::new(UreqClient::new(&tls_ca), options.trace.as_deref())
        .map_err(|error| Failure::Other(format!("cannot open the trace file: {error}")))?;
    let store = options.store.clone().unwrap_or_default();
    let device_key: Option<Arc<dyn DeviceKey>> = match &options.insecure_software_key {
        // Without a store there is nothing it could unlock.
        None => None,
        Some(_) if options.store.is_none() => None,
        Some(file) => Some(Arc::new(InsecureSoftwareDeviceKey::new(
            file,
            &store,
            Arc::new(OsRandom),
        )?)),
    };
    Ok(Platform {
        http: Arc::new(client),
        clock: Arc::new(SystemClock::default()),
        random: Arc::new(OsRandom),
        anchor: Arc::new(FileAnchorStore::new(anchor_folder(&store))),
        device_key,
        key_store: None,
        attestation: None,
    })
}

/// Beside the store, not in it: a copy of the store put back is noticed.
///
/// One store has one anchor, whatever it is called by: `.`, a name with a link in it, a way through another folder.
pub(crate) fn anchor_folder(store: &Path) -> PathBuf {
    let real = store
        .canonicalize()
        .or_else(|_| std::path::absolute(store))
        .unwrap_or_else(|_| store.to_owned());
    let mut name = real.file_name().unwrap_or_default().to_owned();
    name.push(".anchor");
    real.with_file_name(name)
}

/// The rules of issuers and verifiers that `--profile` names.
fn rules(options: &Options) -> Result<Profile, Failure> {
    match &options.profile {
        ProfileOption::Rules(rules) => Ok(*rules),
        ProfileOption::Chain(_) => Err(Failure::Usage(
            "--profile is standard or haip; a file only for `wallet resolve`".to_owned(),
        )),
    }
}

/// Whom the command line trusts.
pub(crate) fn policy(options: &Options) -> Result<Policy, Failure> {
    let mut policy = Policy {
        fetch: FetchSettings {
            allow_loopback_http: options.allow_loopback_http,
        },
        client_id: Some(options.client_id.clone()),
        redirect_uri: Some(options.redirect_uri.clone()),
        profile: rules(options)?.into(),
        transaction_data_types: options.transaction_type.clone(),
        ..Policy::default()
    };
    policy.trust.web_issuers.clone_from(&options.web_issuer);
    let trust = &mut policy.trust;
    trust.dids.issuers.clone_from(&options.issuer_did);
    trust.dids.web_hosts.clone_from(&options.did_web_host);
    trust.verifier_dids.clone_from(&options.verifier_did);
    for file in &options.trust_anchor {
        let pem = std::fs::read_to_string(file)
            .map_err(|error| Failure::Other(format!("cannot read {}: {error}", file.display())))?;
        let anchors = TrustAnchor::from_pem(&pem).map_err(wallet_core::WalletError::from)?;
        policy.trust.issuers.extend(anchors.iter().cloned());
        policy.trust.verifiers.extend(anchors);
    }
    Ok(policy)
}

fn certificates(files: &[PathBuf]) -> Result<Vec<Certificate<'static>>, Failure> {
    files
        .iter()
        .map(|file| {
            certificates_in(file)
                .map_err(|why| Failure::Other(format!("cannot use {}: {why}", file.display())))
        })
        .collect::<Result<Vec<_>, _>>()
        .map(|all| all.into_iter().flatten().collect())
}

/// Every certificate of a PEM file. A file without one is refused: trusting nobody is never what was meant.
fn certificates_in(file: &Path) -> Result<Vec<Certificate<'static>>, String> {
    let pem = std::fs::read(file).map_err(|error| error.to_string())?;
    let mut found = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|error| error.to_string())? {
            found.push(certificate);
        }
    }
    if found.is_empty() {
        return Err("no certificate in it".to_owned());
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_anchor_is_beside_the_store_and_never_in_it_however_the_store_is_called() {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().canonicalize().unwrap();
        let store = top.join("store");
        let beside = top.join("store.anchor");
        assert_eq!(anchor_folder(&store), beside);
        std::fs::create_dir_all(store.join("sub")).unwrap();
        for name in [".", "sub/..", "../store", "./../store/."] {
            assert_eq!(anchor_folder(&store.join(name)), beside, "{name}");
        }
        #[cfg(unix)]
        {
            let link = top.join("link");
            std::os::unix::fs::symlink(&store, &link).unwrap();
            assert_eq!(anchor_folder(&link), beside);
        }
        assert!(!anchor_folder(Path::new(".")).starts_with(std::env::current_dir().unwrap()));
    }
}
