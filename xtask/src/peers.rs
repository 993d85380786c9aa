//! Installing the peers' packages, only when what they need has changed.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::command::{Outcome, root, run};

/// Folders with packages of npm: the peers, and the compiler of our contracts.
const PEERS: [&str; 4] = [
    "test-fixtures/peers/vc-di-js",
    "test-fixtures/peers/oid4vc-js",
    "test-fixtures/peers/evm",
    "contracts",
];
/// In `node_modules`: what was installed, to be compared with what is wanted.
const STAMP: &str = ".installed";

/// `npm ci` in each peer's folder, unless it was done for the same files before.
pub(crate) fn install() -> Outcome {
    for peer in PEERS {
        let dir = root().join(peer);
        let wanted = wanted(&dir)?;
        let stamp = dir.join("node_modules").join(STAMP);
        if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
            println!("{peer}: up to date");
            continue;
        }
        println!("{peer}: npm ci");
        let mut npm = Command::new("npm");
        npm.current_dir(&dir)
            .args(["ci", "--no-audit", "--no-fund"]);
        run(npm).map_err(|reason| format!("{reason} (Node.js 20 with npm is needed)"))?;
        fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))?;
    }
    Ok(())
}

/// The files that decide what is installed.
fn wanted(dir: &Path) -> Outcome<Vec<u8>> {
    let mut all = Vec::new();
    for name in ["package.json", "package-lock.json", ".npmrc"] {
        let path = dir.join(name);
        let contents = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        all.extend(contents);
    }
    Ok(all)
}
