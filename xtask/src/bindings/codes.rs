//! `ErrorCode.kt` and `ErrorCode.swift`: the codes and what they mean, from docs/errors.md, which a test of the core holds equal
//! to its codes; and the version the native library must have.

use std::fmt::Write;

use crate::command::Outcome;

/// The Kotlin file for the lines of docs/errors.md.
pub(super) fn kotlin(errors_md: &str, version: &str) -> Outcome<String> {
    let mut constants = String::new();
    let mut all = String::new();
    for (code, meaning) in lines(errors_md)? {
        let name = code.to_ascii_uppercase();
        // Writing to a string cannot fail.
        let _written = write!(
            constants,
            "\n        /** {meaning} */\n        public val {name}: ErrorCode = ErrorCode(\"{code}\")\n"
        );
        let _written = writeln!(all, "                {name},");
    }
    Ok(format!(
        r#"// Written by `cargo xtask bindings` from docs/errors.md. Do not edit.

package org.citizenwallet

/** The version of this library, and the one the native library must have. */
internal const val LIBRARY_VERSION: String = "{version}"

/**
 * What went wrong. The [text] of a code never changes and never gets another meaning; new codes may come, so that a `when`
 * over them needs an `else`. `docs/errors.md` says for each what to do.
 */
@JvmInline
public value class ErrorCode(public val text: String) {{
    override fun toString(): String = text

    public companion object {{{constants}
        /** Those known when this library was made. */
        public val ALL: List<ErrorCode> =
            listOf(
{all}            )
    }}
}}
"#
    ))
}

/// The Swift file for the lines of docs/errors.md.
pub(super) fn swift(errors_md: &str, version: &str) -> Outcome<String> {
    let mut constants = String::new();
    let mut all = String::new();
    for (code, meaning) in lines(errors_md)? {
        let name = lower_camel(code);
        // Writing to a string cannot fail.
        let _written = write!(
            constants,
            "\n    /// {meaning}\n    public static let {name} = ErrorCode(\"{code}\")\n"
        );
        let _written = writeln!(all, "        .{name},");
    }
    Ok(format!(
        r#"// Written by `cargo xtask bindings` from docs/errors.md. Do not edit.

/// The version of this library, and the one the native library must have.
package let boundVersion = "{version}"

/// What went wrong. The ``text`` of a code never changes and never gets another meaning; new codes may come, so that a `switch`
/// over them needs a `default`. `docs/errors.md` says for each what to do.
public struct ErrorCode: Hashable, Sendable, CustomStringConvertible {{
    /// The stable text.
    public let text: String

    public init(_ text: String) {{
        self.text = text
    }}

    public var description: String {{ text }}
{constants}
    /// Those known when this library was made.
    public static let all: [ErrorCode] = [
{all}    ]
}}
"#
    ))
}

/// `wrongSecret` of `wrong_secret`.
fn lower_camel(code: &str) -> String {
    let mut name = String::new();
    for (number, word) in code.split('_').enumerate() {
        let mut letters = word.chars();
        if number > 0 {
            name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        }
        name.extend(letters);
    }
    name
}

/// The codes of the page and what they mean, in its order.
fn lines(errors_md: &str) -> Outcome<Vec<(&str, String)>> {
    let codes: Vec<_> = errors_md.lines().filter_map(line).collect();
    if codes.is_empty() {
        return Err("docs/errors.md has no codes".into());
    }
    let unescaped = |(code, meaning): (_, &str)| (code, meaning.replace("\\|", "|"));
    Ok(codes.into_iter().map(unescaped).collect())
}

/// Code and meaning of a line such as ``| `locked` | app | yes | The wallet is locked. | … |``.
fn line(line: &str) -> Option<(&str, &str)> {
    let cells: Vec<_> = line.strip_prefix("| `")?.split(" | ").collect();
    let code = cells.first()?.strip_suffix('`')?;
    let is_code = !code.is_empty()
        && code
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    match cells[..] {
        [_, _category, _retry, meaning, ..] if is_code => Some((code, meaning)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "text with `locked` | in it\n\
        | code | category | retry | what it means | what to do | test |\n| --- | --- |\n\
        | `wrong_secret` | holder | yes | It does not open. | Try again. | `test_name` |\n\
        | `invalid_utf8` | app | no | The text is not UTF-8. | Send UTF-8. | `test_name` |\n\
        | `locked` | app | yes | The wallet is locked. | Unlock. | `test_name` |\n";

    #[test]
    fn every_line_of_the_page_is_a_constant_with_its_meaning_in_the_order_of_the_page() {
        let kotlin = kotlin(PAGE, "1.2.3").unwrap_or_default();
        for part in [
            "const val LIBRARY_VERSION: String = \"1.2.3\"",
            "/** It does not open. */\n        public val WRONG_SECRET: ErrorCode = ErrorCode(\"wrong_secret\")",
            "listOf(\n                WRONG_SECRET,\n                INVALID_UTF8,\n                LOCKED,\n            )",
        ] {
            assert!(kotlin.contains(part), "{part} is not in\n{kotlin}");
        }
    }

    #[test]
    fn swift_has_the_same_constants_in_its_own_spelling() {
        let swift = swift(PAGE, "1.2.3").unwrap_or_default();
        for part in [
            "/// It does not open.\n    public static let wrongSecret = ErrorCode(\"wrong_secret\")",
            "public static let invalidUtf8 = ErrorCode(\"invalid_utf8\")",
            "[\n        .wrongSecret,\n        .invalidUtf8,\n        .locked,\n    ]",
        ] {
            assert!(swift.contains(part), "{part} is not in\n{swift}");
        }
    }

    #[test]
    fn a_page_without_codes_is_a_failure() {
        assert!(kotlin("# Errors\n", "1.2.3").is_err());
        assert!(swift("# Errors\n", "1.2.3").is_err());
    }
}
