//! The real binary against parties that share no code with the wallet.
#![allow(clippy::unwrap_used)]

mod authorize;
mod bench;
mod cards;
mod dc_api;
mod deferred;
mod demo;
mod https;
mod init;
mod inspect;
mod peers;
mod present;
mod receive;
mod refusals;
mod renew;
mod resolve;
mod secrets;
mod status;
mod trace;
mod usage;
