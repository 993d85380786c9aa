//! What a panic says stays on the native side.
//!
//! A function that cannot fail has no error to be `bug`: UniFFI 0.32 hands the text of its panic to the app, and that may be
//! anything. The text is given back unread; the layer over the generated code makes `bug` of the rest.

use crate::command::Outcome;

/// How generated code reads the text.
const TOLD: &str = "throw InternalException(FfiConverterString.lift(status.error_buf))";
/// How it is to let go of it.
const QUIET: &str = "RustBuffer.free(status.error_buf); throw InternalException(\"bug\")";

/// The generated code without the texts of panics.
pub(super) fn without_text(kotlin: &str) -> Outcome<String> {
    if !kotlin.contains(TOLD) {
        return Err(
            "UniFFI tells of panics in another manner: look at xtask/src/bindings/panics.rs".into(),
        );
    }
    Ok(kotlin.replace(TOLD, QUIET))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_panic_is_not_read() {
        let quiet = without_text(&format!("if (status.isPanic()) {{ {TOLD} }}"));
        let quiet = quiet.unwrap_or_default();
        assert!(!quiet.contains("FfiConverterString.lift"));
        assert!(quiet.contains("InternalException(\"bug\")"));
    }

    #[test]
    fn generated_code_without_the_known_pattern_is_a_failure() {
        assert!(without_text("throw InternalException(text)").is_err());
    }
}
