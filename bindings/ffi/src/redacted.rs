//! Values that say only what they are when they are printed: they hold tokens, or tell what the holder has or did. Kotlin's
//! `toString` and Swift's `description` come from `Display`. Not for records that hold objects: an object that was closed cannot be
//! handed over any more, not even to be printed.

/// Prints the name of the type and nothing of what is in it. The type has the attribute `#[uniffi::export(Display)]`, too.
macro_rules! redacted {
    ($($redacted:ident),+ $(,)?) => { $(
        impl std::fmt::Display for $redacted {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($redacted))
            }
        }

        impl std::fmt::Debug for $redacted {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }
    )+ };
}
pub(crate) use redacted;
