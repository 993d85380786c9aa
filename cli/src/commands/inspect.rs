//! `wallet inspect FILE`

use super::cards::{claim_json, claim_row};
use crate::args::Options;
use crate::failure::Failure;
use crate::output::{Output, foreign};
use crate::session;
use serde_json::json;
use std::io::Read as _;
use std::path::Path;
use wallet_core::clock::UnixTime;

/// Largest file that is read.
const MAX_FILE: u64 = 2 * 1024 * 1024;

pub(crate) async fn run(options: &Options, output: &Output, file: &Path) -> Result<(), Failure> {
    let unreadable =
        |error: std::io::Error| Failure::Other(format!("cannot read {}: {error}", file.display()));
    let mut text = String::new();
    let read = std::fs::File::open(file)
        .and_then(|open| open.take(MAX_FILE + 1).read_to_string(&mut text))
        .map_err(unreadable)?;
    if read as u64 > MAX_FILE {
        return Err(wallet_core::WalletError::new(wallet_core::ErrorCode::TooLarge).into());
    }
    let (platform, policy) = (session::platform(options)?, session::policy(options)?);
    let inspected = wallet_core::wallet::inspect(&platform, &policy, text.trim()).await?;
    output.line(format!(
        "{} {}, signature and validity verified",
        inspected.format,
        foreign(&inspected.credential_type)
    ));
    output.line(format!("issuer: {}", foreign(&inspected.issuer)));
    output.table(
        &["claim", "label", "value", "may be withheld"],
        inspected.claims.iter().map(claim_row).collect(),
    );
    output.document(&json!({
        "format": inspected.format,
        "type": inspected.credential_type,
        "issuer": inspected.issuer,
        "holder_bound": inspected.is_holder_bound,
        "expires_at": inspected.expires_at.map(UnixTime::as_secs),
        "claims": inspected.claims.iter().map(claim_json).collect::<Vec<_>>(),
    }));
    Ok(())
}
