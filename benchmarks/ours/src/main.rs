//! The vault and the SD-JWT code of wallet-core through its public API.

mod sd_jwt;
#[path = "../../common/sd_jwt_inputs.rs"]
mod sd_jwt_inputs;
mod store;
mod unlock;
#[path = "../../common/workload.rs"]
mod workload;

const PEER: &str = "ours";

fn main() {
    store::run();
    unlock::run();
    sd_jwt::run();
}
