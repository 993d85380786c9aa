//! The generator of the bindings: `cargo xtask bindings` runs it. A package of its own, so that nothing of it is in what ships.

fn main() {
    uniffi::uniffi_bindgen_main();
}
