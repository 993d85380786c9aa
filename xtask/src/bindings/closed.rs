//! What was closed is refused as an argument.
//!
//! Objects cross as addresses. UniFFI 0.32 checks that an object was not closed when a method of it is called, and not when it
//! is given to another's: the address of freed memory would cross. The check it has for methods also holds the object while
//! its count is raised, so it is used for arguments too.

use crate::command::Outcome;

/// How generated code gives an object away.
const UNCHECKED: &str = "return value.uniffiCloneHandle()";
/// How it is to do that: fails as a call of a closed object does.
const CHECKED: &str = "return value.callWithHandle { it }";

/// What the check throws, and the app's code throws for its own reasons, too.
const ANY_STATE: &str = "throw IllegalStateException(\"${this.javaClass.simpleName} object has already been destroyed\")";
/// What it is to throw: the layer knows it.
const CLOSED: &str = "throw ObjectClosed(this.javaClass.simpleName)";

/// The generated code with checks where objects are arguments, which throw what the layer knows.
pub(super) fn refused(kotlin: &str) -> Outcome<String> {
    if !kotlin.contains(UNCHECKED) || !kotlin.contains(ANY_STATE) {
        return Err(
            "UniFFI gives objects away in another manner: look at xtask/src/bindings/closed.rs"
                .into(),
        );
    }
    Ok(kotlin
        .replace(UNCHECKED, CHECKED)
        .replace(ANY_STATE, CLOSED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_that_is_given_away_is_checked() {
        let lower = format!("override fun lower(value: Pin): Long {{ {UNCHECKED} }}");
        let checked = refused(&format!("{lower}\n{lower}\n{ANY_STATE}")).unwrap_or_default();
        assert!(!checked.contains(UNCHECKED) && !checked.contains(ANY_STATE));
        assert_eq!(checked.matches(CLOSED).count(), 1);
        assert_eq!(checked.matches(CHECKED).count(), 2);
    }

    #[test]
    fn generated_code_without_the_known_pattern_is_a_failure() {
        assert!(refused("class Pin").is_err());
    }
}
