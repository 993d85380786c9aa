//! Plays `wallet demo --json` and checks what it reports.

use std::process::Stdio;

use serde_json::Value;

use crate::command::{Outcome, cargo};

/// Runs the demo as a user would and looks at its report.
pub(crate) fn smoke() -> Outcome {
    let report = play(&["demo", "--json"])?;
    check(&report)?;
    println!("{report}");
    let report = play(&["demo", "--chain", "--json"])?;
    check_chain(&report)?;
    println!("{report}");
    Ok(())
}

/// Runs the command line and reads its report.
fn play(arguments: &[&str]) -> Outcome<Value> {
    let mut command = cargo(&["run", "--quiet", "--package", "wallet-cli", "--"]);
    command.args(arguments);
    command.stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    if !output.status.success() {
        return Err(format!("the demo ended with {}", output.status));
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("the demo's report is not one JSON document: {error}"))
}

/// A real chain was there, every lie was caught, and nothing of a person stands on it.
fn check_chain(report: &Value) -> Outcome {
    let attacks = report["attacks"].as_array().map_or(&[][..], Vec::as_slice);
    let is_caught = attacks.iter().all(|attack| attack["caught"] == true);
    if report["recorded"] != false {
        return Err("the demo of the chain ran without one: run `cargo xtask peers`".into());
    }
    if attacks.len() != 5 || !is_caught || report["written"]["found"] != 0 {
        return Err("the demo of the chain believed a lie, or wrote of a person".into());
    }
    Ok(())
}

/// Cards were received, each party learned only what it asked for, nothing of it is readable in the store.
fn check(report: &Value) -> Outcome {
    let credentials = report["credentials"].as_u64().unwrap_or_default();
    if credentials < 2 {
        return Err("the demo received fewer than two credentials".into());
    }
    if report["store_plaintext_hits"] != 0 {
        return Err("the demo's store shows plaintext".into());
    }
    let linkability = report["linkability"].as_array();
    let certain = linkability.and_then(|all| all.iter().find(|one| one["format"] == "dc+sd-jwt"));
    let guessed = linkability.and_then(|all| all.iter().find(|one| one["format"] == "bbs-2023"));
    let score = |one: Option<&Value>| one.and_then(|one| one["score"].as_f64());
    // Chance is 0.05, and 0.1 is seven standard deviations of 1,000 guesses away.
    if score(certain) != Some(1.0) || score(guessed).is_none_or(|score| score > 0.1) {
        return Err(
            "who compares notes recognises what it should not, or not what it should".into(),
        );
    }
    let presentations = report["presentations"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let accepted = presentations.iter().filter(|p| p["accepted"] == true);
    if accepted.count() < 3 {
        return Err("fewer than three verifiers accepted a presentation".into());
    }
    let complete = presentations.iter().all(|presentation| {
        let names = ["verifier", "asked", "disclosed", "withheld"];
        names.iter().all(|name| !presentation[*name].is_null())
    });
    if complete {
        Ok(())
    } else {
        Err("a presentation of the demo is not fully reported".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn report() -> Value {
        let shown = json!({"verifier": "bar", "asked": [], "disclosed": [], "withheld": [], "accepted": true});
        json!({
            "credentials": 2, "presentations": [shown, shown, shown], "store_plaintext_hits": 0,
            "linkability": [{"format": "dc+sd-jwt", "score": 1.0}, {"format": "bbs-2023", "score": 0.05}],
        })
    }

    #[test]
    fn a_report_that_lacks_or_betrays_something_fails() {
        assert_eq!(check(&report()), Ok(()));
        for (pointer, value) in [
            ("/credentials", json!(1)),
            ("/store_plaintext_hits", json!(1)),
            ("/store_plaintext_hits", Value::Null),
            ("/presentations", json!([])),
            ("/linkability", json!([])),
            ("/linkability/0/score", json!(0.9)),
            ("/linkability/1/score", json!(0.2)),
            ("/linkability/1/score", Value::Null),
            ("/presentations/0/accepted", json!(false)),
            ("/presentations/0/withheld", Value::Null),
        ] {
            let mut report = report();
            if let Some(place) = report.pointer_mut(pointer) {
                *place = value;
            }
            assert!(check(&report).is_err(), "{pointer}");
        }
    }
}
