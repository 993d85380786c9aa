//! The device key's answer is wiped in the JVM's heap when it has crossed.
//!
//! It crosses by a buffer outside that heap, which the native library wipes. The array it is copied from is out of reach for
//! the layer over the generated code, which returned it before it was copied.

use crate::command::Outcome;

/// Where the answer is handed over.
const ANSWERED: &str = "internal object `prf`:";
/// How it is copied.
const KEPT: &str = "FfiConverterByteArray.lower(returnValue),";
/// How it is to be.
const WIPED: &str = "FfiConverterByteArray.lower(returnValue).also { returnValue.fill(0) },";

/// The generated code with the answer wiped.
pub(super) fn answers(kotlin: &str) -> Outcome<String> {
    let found = kotlin.split_once(ANSWERED).and_then(|(before, rest)| {
        let (handing_over, after) = rest.split_once(KEPT)?;
        let is_of_prf = !handing_over.contains("internal object");
        is_of_prf.then_some((before, handing_over, after))
    });
    match found {
        Some((before, handing_over, after)) => {
            Ok(format!("{before}{ANSWERED}{handing_over}{WIPED}{after}"))
        }
        None => Err(
            "UniFFI hands bytes over in another manner: look at xtask/src/bindings/wiped.rs".into(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_of_the_device_key_is_wiped_and_no_other() {
        let function = |name: &str| format!("internal object `{name}`: Method {{ {KEPT} }}\n");
        let kotlin = [function("sign"), function("prf"), function("read")].concat();
        let wiped = answers(&kotlin).unwrap_or_default();
        let expected = [
            function("sign"),
            function("prf").replace(KEPT, WIPED),
            function("read"),
        ];
        assert_eq!(wiped, expected.concat());
    }

    #[test]
    fn generated_code_without_the_known_pattern_is_a_failure() {
        assert!(answers("class Pin").is_err());
        let other = format!("{ANSWERED} Method {{ }} internal object `read`: Method {{ {KEPT} }}");
        assert!(answers(&other).is_err());
    }
}
