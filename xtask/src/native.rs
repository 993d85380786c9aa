//! Native libraries, and the one that ships.

use std::path::PathBuf;
use std::process::Command;

use crate::command::{Outcome, cargo, run, target};

/// The library of a crate, built with a profile whose folder this is.
pub(crate) fn library(profile: &str, name: &str) -> PathBuf {
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    target()
        .join(profile)
        .join(format!("{prefix}{name}{suffix}"))
}

/// Builds wallet-ffi with the `mobile` profile; the library the JVM loads, with its symbols.
///
/// Only as a `cdylib`: beside a `lib` of the same build cargo leaves link-time optimisation out, silently, and the library
/// is several hundred kilobytes larger. Whoever builds for a phone does the same.
///
/// Relative relocations are packed, as clang does by itself for Android from level 28 on: its size is that of a phone's. It
/// needs glibc 2.36; what others build for a desktop does not.
pub(crate) fn build() -> Outcome<PathBuf> {
    let mut command = cargo(&[
        "rustc",
        "--quiet",
        "--profile",
        "mobile",
        "-p",
        "wallet-ffi",
        "--lib",
        "--crate-type",
        "cdylib",
    ]);
    if cfg!(target_os = "linux") {
        command.args(["--", "-C", "link-arg=-Wl,-z,pack-relative-relocs"]);
    }
    compile_as_shipped(&mut command);
    run(command)?;
    Ok(library("mobile", "wallet_ffi"))
}

/// What the profile cannot say of how code is compiled that ships, to which both are added.
///
/// Code in C has no tables to unwind: no panic goes through it. Functions keep a frame pointer on x86-64, as they do by
/// default on a phone's processor: it makes the tables a third smaller, and the code no larger (docs/adr/20).
pub(crate) fn compile_as_shipped(command: &mut Command) {
    let mut add = |name, flags: &str| {
        let given = std::env::var(name).unwrap_or_default();
        command.env(name, format!("{given} {flags}").trim_start());
    };
    add(
        "CFLAGS",
        "-fno-asynchronous-unwind-tables -fno-unwind-tables",
    );
    if cfg!(target_arch = "x86_64") {
        add("RUSTFLAGS", "-C force-frame-pointers=yes");
    }
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
