//! Text that is no text (half of a surrogate pair, from a link or a QR code) crosses with a question mark in its place, as
//! Kotlin's own `encodeToByteArray` has it, and is answered like any other wrong text. As generated, each call would throw
//! `MalformedInputException`, which is no `WalletException`.

use crate::command::Outcome;

const REFUSED: &str = "onMalformedInput(CodingErrorAction.REPORT)";
const REPLACED: &str = "onMalformedInput(CodingErrorAction.REPLACE)";

/// The generated code that takes any string.
pub(super) fn any_string(kotlin: &str) -> Outcome<String> {
    match kotlin.matches(REFUSED).count() {
        1 => Ok(kotlin.replace(REFUSED, REPLACED)),
        _ => {
            Err("UniFFI encodes text in another manner: look at xtask/src/bindings/text.rs".into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_place_is_changed_and_another_number_is_a_failure() {
        assert_eq!(any_string(REFUSED).as_deref(), Ok(REPLACED));
        assert!(any_string("").is_err());
        assert!(any_string(&REFUSED.repeat(2)).is_err());
    }
}
