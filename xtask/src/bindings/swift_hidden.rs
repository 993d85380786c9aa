//! What only the Swift layer may use is for the package alone: an app that found `NativeWallet` beside `Wallet` would work on its
//! own threads.

use crate::command::Outcome;

/// How declarations that are hidden begin, and how often they are there.
const DECLARATIONS: [(&str, usize); 15] = [
    ("public protocol NativeWalletProtocol:", 1),
    ("open class NativeWallet:", 1),
    ("public struct FfiConverterTypeNativeWallet:", 1),
    ("public func FfiConverterTypeNativeWallet_", 2),
    ("public struct Created {", 1),
    ("public struct FfiConverterTypeCreated:", 1),
    ("public func FfiConverterTypeCreated_", 2),
    ("public func createWallet(", 1),
    ("public func openWallet(", 1),
    ("public func eraseWallet(", 1),
    ("public func inspectCredential(", 1),
    ("public func libraryVersion(", 1),
    ("public func errorCodes(", 1),
    ("public func agreementPoint(", 1),
    ("public func agreementOutput(", 1),
];

/// The generated code with them hidden.
pub(super) fn behind_the_layer(swift: &str) -> Outcome<String> {
    let mut hidden = swift.to_owned();
    for (declared, times) in DECLARATIONS {
        check(&hidden, declared, times)?;
        let (_, rest) = declared.split_once(' ').unwrap_or_default();
        hidden = hidden.replace(declared, &format!("package {rest}"));
    }
    Ok(hidden)
}

fn check(swift: &str, what: &str, times: usize) -> Outcome {
    match swift.matches(what).count() {
        count if count == times => Ok(()),
        count => Err(format!(
            "`{what}` is there {count} times: look at xtask/src/bindings/swift_hidden.rs"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generated() -> String {
        let all = DECLARATIONS.iter();
        let lines = all.map(|(declared, times)| format!("{declared}\n").repeat(*times));
        lines.collect()
    }

    #[test]
    fn nothing_of_the_layers_own_is_left_public() {
        let hidden = behind_the_layer(&generated()).unwrap_or_default();
        assert!(hidden.contains("package class NativeWallet:"));
        assert!(!hidden.contains("public func") && !hidden.contains("open class"));
    }

    #[test]
    fn generated_code_without_a_known_declaration_is_a_failure() {
        for (part, _) in DECLARATIONS {
            assert!(behind_the_layer(&generated().replace(part, "")).is_err());
        }
    }
}
