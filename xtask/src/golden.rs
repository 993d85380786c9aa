//! Golden stores: what this version of the format writes, for all later ones to read.

use crate::command::{Outcome, cargo, run};

/// Makes them in `folder`. Stores that are there are never replaced.
pub(crate) fn make(folder: &str) -> Outcome {
    run(cargo(&[
        "run",
        "--package",
        "wallet-core",
        "--example",
        "golden",
        "--",
        folder,
    ]))
}
