//! Whose a function or a table is.

/// The crate where the code of the symbol `name` was written; `SQLite`, `ring` and `blst` for their C and assembly. `unit` is the
/// source file the linker names before the symbol.
pub(super) fn owner(name: &str, unit: &str) -> String {
    if let Ok(rust) = rustc_demangle::try_demangle(name) {
        return crate_of(&format!("{rust:#}")).to_owned();
    }
    let owner = if name.contains("ring_core") {
        "ring (C)"
    } else if name.starts_with("blst_") || unit == "server.c" {
        "blst (C)"
    } else if name.contains("sqlite3") || unit == "sqlite3.c" {
        "SQLite (C)"
    } else {
        "not named"
    };
    owner.to_owned()
}

/// The first crate in a path such as `<&mut serde_json::de::Deserializer<R> as serde_core::de::Deserializer>::next`.
fn crate_of(path: &str) -> &str {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let end = path.find("::").unwrap_or(path.len());
    let start = path[..end].rfind(|c| !is_name(c)).map_or(0, |at| at + 1);
    let name = &path[start..end];
    if name.is_empty() { "not named" } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crate_is_the_first_of_the_path() {
        for (path, expected) in [
            ("wallet_core::vault::settle::settle", "wallet_core"),
            (
                "<der::asn1::ContextSpecific<T> as der::Decode>::decode",
                "der",
            ),
            (
                "<&mut serde_json::de::Deserializer<R> as serde_core::de::Deserializer>::f",
                "serde_json",
            ),
            (
                "<[alloc::string::String] as core::fmt::Debug>::fmt",
                "alloc",
            ),
            (
                "<(core::option::Option<A>, B) as core::fmt::Debug>::fmt",
                "core",
            ),
            ("rust_eh_personality", "rust_eh_personality"),
            ("::", "not named"),
            ("", "not named"),
        ] {
            assert_eq!(crate_of(path), expected, "{path}");
        }
    }

    #[test]
    fn both_ways_of_mangling_are_read() {
        let legacy = "_ZN11wallet_core5vault6settle6settle17h0123456789abcdefE";
        assert_eq!(owner(legacy, ""), "wallet_core");
        assert_eq!(owner("_RNvNtCs1234_7mycrate3foo3bar", ""), "mycrate");
    }

    #[test]
    fn code_in_c_is_told_by_its_names_or_by_its_file() {
        assert_eq!(owner("ring_core_0_17_14__x25519_sc_mask", ""), "ring (C)");
        assert_eq!(owner("sqlite3VdbeExec", ""), "SQLite (C)");
        assert_eq!(owner("resolveExprStep", "sqlite3.c"), "SQLite (C)");
        assert_eq!(owner("blst_sha256_block_ssse3", ""), "blst (C)");
        assert_eq!(owner("ctx_inverse_mod_384", "server.c"), "blst (C)");
        assert_eq!(owner("frame_dummy", "crtstuff.c"), "not named");
    }
}
