//! Native libraries, and the one that ships.

use std::path::PathBuf;

use crate::command::{Outcome, cargo, run, target};

/// The library of a crate, built with a profile whose folder this is.
pub(crate) fn library(profile: &str, name: &str) -> PathBuf {
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    target()
        .join(profile)
        .join(format!("{prefix}{name}{suffix}"))
}

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
    Ok(library("mobile", "wallet_ffi"))
}

/// The folder of a JAR in which JNA looks for the libraries of this machine.
pub(crate) fn folder_in_jar() -> String {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    };
    format!("{system}-{}", std::env::consts::ARCH.replace('_', "-"))
}
