//! What only the layer may call is `internal`: an app that found `NativeWallet` beside `Wallet` would work on its own threads.

use crate::command::Outcome;

/// How types that are hidden are declared.
const TYPES: [&str; 5] = [
    "public interface NativeWalletInterface",
    "open class NativeWallet:",
    "public object FfiConverterTypeNativeWallet:",
    "data class Created (",
    "public object FfiConverterTypeCreated:",
];

/// Functions that the layer has better ones for.
const FUNCTIONS: [&str; 8] = [
    "createWallet",
    "openWallet",
    "eraseWallet",
    "inspectCredential",
    "libraryVersion",
    "errorCodes",
    "agreementPoint",
    "agreementOutput",
];

/// The generated code with them hidden.
pub(super) fn behind_the_layer(kotlin: &str) -> Outcome<String> {
    let mut hidden = kotlin.to_owned();
    for declared in TYPES {
        let internal = declared.strip_prefix("public ").unwrap_or(declared);
        hidden = replaced(&hidden, declared, &format!("internal {internal}"))?;
    }
    for name in FUNCTIONS {
        let suspending = format!("suspend fun `{name}`(");
        let declared = match hidden.contains(&suspending) {
            true => suspending,
            false => format!("fun `{name}`("),
        };
        hidden = replaced(&hidden, &declared, &format!("internal {declared}"))?;
    }
    Ok(hidden)
}

/// The code with the one declaration replaced.
fn replaced(kotlin: &str, declared: &str, internal: &str) -> Outcome<String> {
    match kotlin.matches(declared).count() {
        1 => Ok(kotlin.replace(declared, internal)),
        times => Err(format!(
            "`{declared}` is there {times} times: look at xtask/src/bindings/hidden.rs"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generated() -> String {
        let types = TYPES.join(" {\n}\n");
        let functions = FUNCTIONS.map(|name| match name.contains("Wallet") {
            true => format!("suspend fun `{name}`() = 1\n"),
            false => format!("@Throws(E::class) fun `{name}`() = 1\n"),
        });
        format!("{types}\n{}", functions.concat())
    }

    #[test]
    fn what_the_layer_stands_for_is_internal() {
        let hidden = behind_the_layer(&generated()).unwrap_or_default();
        let internal = hidden.matches("internal ").count();
        assert_eq!(internal, TYPES.len() + FUNCTIONS.len());
        assert!(!hidden.contains("public "));
        assert!(hidden.contains("internal open class NativeWallet:"));
        assert!(hidden.contains("internal suspend fun `openWallet`("));
        assert!(hidden.contains("@Throws(E::class) internal fun `errorCodes`("));
    }

    #[test]
    fn a_declaration_that_is_not_there_once_is_a_failure() {
        let other = generated().replace("data class Created (", "class Created (");
        assert!(behind_the_layer(&other).is_err());
        let twice = format!("{}\ndata class Created (", generated());
        assert!(behind_the_layer(&twice).is_err());
    }
}
