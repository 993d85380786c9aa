//! Parties that mean harm, against the whole wallet: one test for each item of the holder-side protocol checklist (the numbers
//! after `HOSTILE`), named after its rule. Each shows that the attempt ends in its error code, that nothing about the holder
//! left the phone, that no address was called that was not allowed, and that the wallet has kept what it had.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

mod attack;
#[path = "../support/http.rs"]
mod http;
#[allow(dead_code, reason = "shared with the journey tests")]
#[path = "../journey/network.rs"]
mod network;
#[allow(dead_code, reason = "shared with the journey tests")]
#[path = "../journey/phone.rs"]
mod phone;
#[allow(dead_code, reason = "shared with the journey tests")]
#[path = "../journey/world.rs"]
mod world;

mod authenticity;
mod binding;
mod consent;
mod crypto;
mod fetching;
mod formats;
mod linkability;
mod links;
mod parsers;
mod probing;
