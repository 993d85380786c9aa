//! The generated code of `wallet-glue`, for the tests of the Kotlin library.

use std::path::Path;

use super::{bindgen, compare, panics, read, write_file};
use crate::command::{Outcome, cargo, root, run, target};

/// Where it is.
const FOLDER: &str = "bindings/kotlin/wallet/src/test/generated";
/// The one file in it.
const FILE: &str = "org/citizenwallet/glue/wallet_glue.kt";

/// Generates the code in place.
pub(super) fn write() -> Outcome {
    generate(&root().join(FOLDER))
}

/// Generates the code anew and compares.
pub(super) fn check() -> Outcome {
    let folder = target().join("bindings/glue");
    generate(&folder)?;
    compare(&folder, FOLDER, FILE)
}

/// Its code alone: the types of `wallet-ffi` in it are those of the library's own package.
fn generate(folder: &Path) -> Outcome {
    run(cargo(&["build", "--quiet", "-p", "wallet-glue"]))?;
    let mut bindgen = bindgen("wallet_glue", "kotlin", folder);
    bindgen.args(["--crate", "wallet_glue"]);
    run(bindgen)?;
    let file = folder.join(FILE);
    let generated = read(&file)?;
    let quiet = panics::without_text(&String::from_utf8_lossy(&generated))?;
    write_file(&file, &quiet)
}
