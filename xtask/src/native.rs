//! The native library as it ships.

use std::path::PathBuf;

use crate::command::{Outcome, cargo, root, run};

/// Builds wallet-ffi with the `mobile` profile; the library the JVM loads, with its symbols and UniFFI's metadata.
///
/// Only as a `cdylib`: beside a `lib` of the same build cargo leaves link-time optimisation out, silently, and the library
/// is several hundred kilobytes larger. Whoever builds for a phone does the same.
pub(crate) fn build() -> Outcome<PathBuf> {
    run(cargo(&[
        "rustc",
        "--quiet",
        "--profile",
        "mobile",
        "-p",
        "wallet-ffi",
        "--lib",
        "--crate-type",
        "cdylib",
    ]))?;
    let target = std::env::var_os("CARGO_TARGET_DIR");
    let target = target.map_or_else(|| root().join("target"), PathBuf::from);
    let name = format!(
        "{}wallet_ffi{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    );
    Ok(target.join("mobile").join(name))
}
