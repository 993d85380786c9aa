//! Tests of issuance. Credentials, certificates and signatures come from and are checked by `wallet-parties`, which
//! shares no code with this crate; messages come from the examples of OpenID4VCI 1.0.
#![allow(clippy::unwrap_used)]

mod authorization;
mod authorization_answers;
mod authorization_servers;
mod client_attestation;
mod deferred;
mod display;
mod dpop;
mod encryption;
mod examples;
mod flow;
mod issuer;
mod key_attestation;
mod key_attestation_refusals;
mod metadata;
mod notification;
mod offer;
mod refresh;
mod refresh_answers;
mod refresh_binding;
mod refusals;
mod scripted;
mod signed_metadata;
mod type_metadata;
mod unverified;

use crate::error::{ErrorCode, WalletError};
use crate::issuance::IssuanceError;

/// The text of an example of OpenID4VCI 1.0.
fn example(name: &str) -> String {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../test-fixtures/vectors/openid4vci-1.0/"
    );
    std::fs::read_to_string(format!("{folder}{name}")).unwrap()
}

/// An example that the specification wrapped for print, in one line.
fn unwrapped(name: &str) -> String {
    example(name).lines().map(str::trim).collect()
}

/// The body of an example HTTP message.
fn body(name: &str) -> String {
    let text = example(name);
    text.split_once("\n\n").unwrap().1.to_owned()
}

fn code(error: IssuanceError) -> ErrorCode {
    WalletError::from(error).code()
}

/// The error of a result whose success has no `Debug`.
fn refused<T>(result: Result<T, IssuanceError>) -> WalletError {
    match result {
        Ok(_) => panic!("accepted"),
        Err(error) => error.into(),
    }
}
