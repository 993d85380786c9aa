//! `wallet discover ISSUER CONFIGURATION...` and `wallet resume LINK`: receiving by way of the browser.

use super::ordering;
use crate::args::{Keeping, Options};
use crate::failure::Failure;
use crate::output::Output;
use crate::progress::Progress;
use crate::session;
use serde_json::json;
use wallet_core::issuance::OfferedIssuance;
use wallet_core::wallet::Wallet;

pub(crate) async fn discover(
    options: &Options,
    output: &Output,
    issuer: &str,
    configurations: &[String],
) -> Result<(), Failure> {
    let wallet = session::unlocked(options, output).await?;
    let offered = {
        let _progress = Progress::start(output.is_json(), "asking the issuer");
        wallet.discover(issuer, configurations).await?
    };
    ordering::print_issuer(options, output, &offered);
    begin(output, &wallet, &offered).await
}

/// Prints where the holder is to go.
pub(crate) async fn begin(
    output: &Output,
    wallet: &Wallet,
    offered: &OfferedIssuance,
) -> Result<(), Failure> {
    let asked = wallet.authorize(offered, &[]).await?;
    output.line("Open this address in your browser:");
    output.line(&asked.url);
    output.line("Then say: wallet resume 'THE LINK THE BROWSER WAS SENT BACK TO'");
    output.document(&json!({
        "authorization_url": asked.url,
        "expires_at": asked.expires_at.as_secs(),
    }));
    Ok(())
}

pub(crate) async fn resume(
    options: &Options,
    output: &Output,
    redirect: &str,
    keeping: &Keeping,
) -> Result<(), Failure> {
    let wallet = session::unlocked(options, output).await?;
    let outcome = {
        let _progress = Progress::start(output.is_json(), "receiving");
        let authorized = wallet.resume(redirect).await?;
        ordering::order_all(&wallet, &authorized, keeping).await?
    };
    ordering::print_outcome(output, &outcome);
    Ok(())
}
