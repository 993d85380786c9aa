//! The vault and the credentials' code of wallet-core through its public API; with `bbs-2023` as argument one presentation of such
//! a credential, step by step; with `ledger` proofs of a chain's state beside Keccak alone; with `ledger-rpc` and what the peer
//! found, the same from a node.

mod bbs_2023;
mod ledger;
mod ledger_rpc;
mod sd_jwt;
#[path = "../../common/sd_jwt_inputs.rs"]
mod sd_jwt_inputs;
mod store;
mod unlock;
#[path = "../../common/workload.rs"]
mod workload;

const PEER: &str = "ours";

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("bbs-2023") => return bbs_2023::run(),
        Some("ledger") => return ledger::run(),
        Some("ledger-rpc") => return ledger_rpc::run(),
        _ => {}
    }
    store::run();
    unlock::run();
    sd_jwt::run();
}
