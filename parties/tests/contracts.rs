//! The artefacts of the contracts are what their sources compile to.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::Path;
use std::process::Command;

#[test]
fn the_artefacts_are_what_the_sources_compile_to() {
    let contracts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../contracts");
    assert!(
        contracts.join("node_modules/solc").is_dir(),
        "the compiler is not installed: run `cargo xtask peers`"
    );
    let mut node = Command::new("node");
    node.current_dir(contracts).args(["compile.mjs", "--check"]);
    let output = node.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}
