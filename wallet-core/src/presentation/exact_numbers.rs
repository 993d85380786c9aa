//! Numbers as a verifier wrote them, which parsed JSON no longer tells.

/// Whether no fraction in a JSON text would be shown rounded: a float keeps 15 digits. Integers it does not keep are no
/// strict JSON.
pub(super) fn are_fractions_exact(json: &[u8]) -> bool {
    let (mut in_string, mut is_escaped) = (false, false);
    let mut outside = json.iter().copied().filter(|byte| {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = in_string,
            b'"' => in_string = !in_string,
            _ => return !in_string,
        }
        false
    });
    let mut token = Vec::new();
    loop {
        match outside.next() {
            Some(byte @ (b'0'..=b'9' | b'+' | b'-' | b'.' | b'a'..=b'z' | b'E')) => {
                token.push(byte)
            }
            end => {
                let is_number = token
                    .first()
                    .is_some_and(|byte| !byte.is_ascii_alphabetic());
                let is_integer = token
                    .iter()
                    .all(|byte| *byte == b'-' || byte.is_ascii_digit());
                let has_exponent = token.iter().any(u8::is_ascii_alphabetic);
                if is_number && !is_integer && (has_exponent || token.len() > 16) {
                    return false;
                }
                if end.is_none() {
                    return true;
                }
                token.clear();
            }
        }
    }
}
