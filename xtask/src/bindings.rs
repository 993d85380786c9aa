//! `cargo xtask bindings`: the generated code of the Kotlin library, which is checked in so that whoever reads or builds it
//! needs no Rust.

mod closed;
mod codes;
mod declarations;
mod facade;
mod glue;
mod panics;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{Outcome, cargo, root, run};

/// Where the generated Kotlin is.
const KOTLIN: &str = "bindings/kotlin/wallet/src/generated/kotlin";
/// The files in it.
const KOTLIN_FILES: [&str; 2] = [
    "org/citizenwallet/wallet_ffi.kt",
    "org/citizenwallet/ErrorCode.kt",
];

/// Generates the code in place.
pub(crate) fn write() -> Outcome {
    generate(&root().join(KOTLIN))?;
    glue::write()?;
    facade::write()
}

/// Generates the code, and takes the facade for that of a release.
pub(crate) fn release() -> Outcome {
    write()?;
    facade::release()
}

/// Generates the code anew and compares.
pub(crate) fn check() -> Outcome {
    let folder = root().join("target/bindings");
    generate(&folder)?;
    for file in KOTLIN_FILES {
        if read(&folder.join(file))? != read(&root().join(KOTLIN).join(file))? {
            return Err(format!(
                "{KOTLIN}/{file} is stale: run `cargo xtask bindings`"
            ));
        }
    }
    glue::check()?;
    facade::check()
}

/// The code for the library as it is now. It is the same for every profile and target.
fn generate(folder: &Path) -> Outcome {
    run(cargo(&[
        "build",
        "--quiet",
        "-p",
        "wallet-ffi",
        "-p",
        "wallet-bindgen",
    ]))?;
    run(bindgen(&library(&built(), "wallet_ffi"), folder))?;
    let file = folder.join(KOTLIN_FILES[0]);
    let generated = read(&file)?;
    let quiet = panics::without_text(&String::from_utf8_lossy(&generated))?;
    let checked = closed::refused(&quiet)?;
    write_file(&file, &checked)?;
    let page = read(&root().join("docs/errors.md"))?;
    let codes = codes::kotlin(&String::from_utf8_lossy(&page), env!("CARGO_PKG_VERSION"))?;
    write_file(&folder.join(KOTLIN_FILES[1]), &codes)
}

/// The generator, told what to read and where to write.
fn bindgen(library: &Path, folder: &Path) -> Command {
    let mut bindgen = Command::new(built().join("wallet-bindgen"));
    // uniffi-bindgen reads the workspace's metadata.
    bindgen.current_dir(root()).arg("generate").arg(library);
    bindgen
        .args(["--language", "kotlin", "--no-format", "--out-dir"])
        .arg(folder);
    bindgen
}

/// The folder of what was built for development.
fn built() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR");
    target
        .map_or_else(|| root().join("target"), PathBuf::from)
        .join("debug")
}

fn library(built: &Path, name: &str) -> PathBuf {
    let extension = if cfg!(target_os = "macos") {
        "dylib"
    } else {
        "so"
    };
    built.join(format!("lib{name}.{extension}"))
}

fn read(path: &Path) -> Outcome<Vec<u8>> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write_file(path: &Path, text: &str) -> Outcome {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
