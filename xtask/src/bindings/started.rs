//! A function of the app's that suspends is begun where it is called.
//!
//! UniFFI 0.32 begins it on another thread, from which the layer over the generated code goes on to the one where the app's
//! code may block: a thread is woken for nothing. Begun in place it runs nothing of the app's, because each of the layer's
//! functions first goes to a thread of its own (Guarded.kt).

use crate::command::Outcome;

/// How generated code begins it.
const ELSEWHERE: &str = "GlobalScope.launch coroutineBlock@ {";
/// How it is to.
const IN_PLACE: &str =
    "GlobalScope.launch(start = kotlinx.coroutines.CoroutineStart.UNDISPATCHED) coroutineBlock@ {";

/// The generated code without the detour.
pub(super) fn in_place(kotlin: &str) -> Outcome<String> {
    if !kotlin.contains(ELSEWHERE) {
        return Err(
            "UniFFI begins the app's functions in another manner: look at xtask/src/bindings/started.rs"
                .into(),
        );
    }
    Ok(kotlin.replace(ELSEWHERE, IN_PLACE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_that_suspends_is_begun_in_place() {
        let begun = in_place(&format!("{ELSEWHERE} }}\n{ELSEWHERE} }}")).unwrap_or_default();
        assert_eq!(begun.matches(IN_PLACE).count(), 2);
        assert!(!begun.contains(ELSEWHERE));
    }

    #[test]
    fn generated_code_without_the_known_pattern_is_a_failure() {
        assert!(in_place("launch {").is_err());
    }
}
