//! `cargo xtask bindings`: the generated code of the Kotlin and Swift libraries, which is checked in so that whoever reads or
//! builds them needs no Rust.

mod closed;
mod codes;
mod declarations;
mod facade;
mod glue;
mod hidden;
mod panics;
mod started;
mod swift;
mod swift_bound;
mod swift_declarations;
mod swift_hidden;
mod text;
mod wiped;

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::command::{Outcome, cargo, root, run, target};
use crate::native;

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
    swift::write()?;
    facade::write()
}

/// Generates the code, and takes the facade for that of a release.
pub(crate) fn release() -> Outcome {
    write()?;
    facade::release()
}

/// Generates the code anew and compares.
pub(crate) fn check() -> Outcome {
    let folder = target().join("bindings");
    generate(&folder)?;
    for file in KOTLIN_FILES {
        compare(&folder, KOTLIN, file)?;
    }
    glue::check()?;
    swift::check()?;
    facade::check()
}

/// Whether what was generated anew is what is checked in.
fn compare(anew: &Path, folder: &str, file: &str) -> Outcome {
    if read(&anew.join(file))? == read(&root().join(folder).join(file))? {
        return Ok(());
    }
    Err(format!(
        "{folder}/{file} is stale: run `cargo xtask bindings`"
    ))
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
    run(bindgen("wallet_ffi", "kotlin", folder))?;
    let file = folder.join(KOTLIN_FILES[0]);
    let generated = read(&file)?;
    let quiet = panics::without_text(&String::from_utf8_lossy(&generated))?;
    let checked = closed::refused(&quiet)?;
    let wiped = wiped::answers(&checked)?;
    let started = started::in_place(&wiped)?;
    let taken = text::any_string(&started)?;
    write_file(&file, &hidden::behind_the_layer(&taken)?)?;
    let codes = codes::kotlin(&page_of_errors()?, env!("CARGO_PKG_VERSION"))?;
    write_file(&folder.join(KOTLIN_FILES[1]), &codes)
}

/// The generator, told whose library to read and where to write.
fn bindgen(name: &str, language: &str, folder: &Path) -> Command {
    let mut bindgen = Command::new(target().join("debug/wallet-bindgen"));
    // uniffi-bindgen reads the workspace's metadata.
    bindgen.current_dir(root()).arg("generate");
    bindgen.arg(native::library("debug", name));
    bindgen
        .args(["--language", language, "--no-format", "--out-dir"])
        .arg(folder);
    bindgen
}

/// What the codes of errors are and mean.
fn page_of_errors() -> Outcome<String> {
    let page = read(&root().join("docs/errors.md"))?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

fn read(path: &Path) -> Outcome<Vec<u8>> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write_file(path: &Path, text: &str) -> Outcome {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
