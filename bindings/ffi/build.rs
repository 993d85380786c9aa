//! How the library that ships is linked, whoever builds it. The `mobile` profile alone is compiled for size.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=shipped.ld");
    let is_small = env::var("OPT_LEVEL").is_ok_and(|level| level == "z");
    let system = env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    if is_small && matches!(system.as_str(), "android" | "linux") {
        let folder = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
        println!("cargo::rustc-cdylib-link-arg=-Wl,-T,{folder}/shipped.ld");
    }
}
