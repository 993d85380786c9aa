//! What the holder types may be the first thing an app makes of the library: with another native library it is an error, and not
//! the end of the app.

use crate::command::Outcome;

/// How what is typed is taken, and what is done first.
const TAKEN: [(&str, &str); 3] = [
    (
        "public convenience init(digits: Data)throws  {\n",
        "    try checkBound()\n",
    ),
    (
        "public convenience init(text: Data)throws  {\n",
        "    try checkBound()\n",
    ),
    // There will be no wallet to give it to.
    (
        "public convenience init(bytes: Data) {\n",
        "    guard isLibraryBound else {\n        self.init(noHandle: NoHandle())\n        return\n    }\n",
    ),
];

/// Before which function those that ask are put.
const ENDING: &str = "// Make the ensure init function public so that other modules";

/// Whether the native library is the one of these bindings, told and not enforced.
const ASKING: &str = "/// Whether the native library has the functions this code was made for. A call that finds it has not ends the app.
package var isLibraryBound: Bool {
    switch initializationResult {
    case .ok: true
    case .contractVersionMismatch, .apiChecksumMismatch: false
    }
}

fileprivate func checkBound() throws {
    guard isLibraryBound else {
        throw WalletError.app(
            fault: Fault(
                code: \"library_mismatch\", isRetryable: false, subject: \"interface\", rule: nil, retryAfterSeconds: nil,
                triesLeft: nil))
    }
}

";

/// The generated code which asks before it takes something.
pub(super) fn asked_first(swift: &str) -> Outcome<String> {
    let mut asked = swift.to_owned();
    for (begins, first) in TAKEN {
        check(&asked, begins)?;
        asked = asked.replace(begins, &format!("{begins}{first}"));
    }
    check(&asked, ENDING)?;
    Ok(asked.replace(ENDING, &format!("{ASKING}{ENDING}")))
}

fn check(swift: &str, what: &str) -> Outcome {
    match swift.matches(what).count() {
        1 => Ok(()),
        count => Err(format!(
            "`{what}` is there {count} times: look at xtask/src/bindings/swift_bound.rs"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generated() -> String {
        TAKEN.map(|(begins, _)| begins).concat() + ENDING
    }

    #[test]
    fn what_is_typed_is_taken_after_asking() {
        let asked = asked_first(&generated()).unwrap_or_default();
        for (begins, first) in TAKEN {
            assert!(asked.contains(&format!("{begins}{first}")));
        }
        assert!(asked.contains(&format!("{ASKING}{ENDING}")));
    }

    #[test]
    fn generated_code_without_a_known_place_is_a_failure() {
        let places = TAKEN.map(|(begins, _)| begins);
        for place in places.into_iter().chain([ENDING]) {
            assert!(asked_first(&generated().replace(place, "")).is_err());
            assert!(asked_first(&format!("{place}{}", generated())).is_err());
        }
    }
}
