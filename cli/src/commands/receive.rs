//! `wallet receive OFFER`

use super::authorize;
use super::ordering::{order_all, print_issuer, print_outcome};
use crate::args::{Keeping, Options};
use crate::failure::Failure;
use crate::output::Output;
use crate::progress::Progress;
use crate::session;

/// What to receive, and how to keep it.
pub(crate) struct Order {
    pub(crate) offer: String,
    pub(crate) tx_code: Option<String>,
    pub(crate) keeping: Keeping,
}

pub(crate) async fn run(options: &Options, output: &Output, order: Order) -> Result<(), Failure> {
    let wallet = session::unlocked(options, output).await?;
    let offered = {
        let _progress = Progress::start(output.is_json(), "asking the issuer");
        wallet.offer(&order.offer).await?
    };
    print_issuer(options, output, &offered);
    if !offered.is_pre_authorized() {
        return authorize::begin(output, &wallet, &offered).await;
    }
    let outcome = {
        let _progress = Progress::start(output.is_json(), "receiving");
        let authorized = wallet.accept(&offered, order.tx_code.as_deref()).await?;
        order_all(&wallet, &authorized, &order.keeping).await?
    };
    print_outcome(output, &outcome);
    Ok(())
}
