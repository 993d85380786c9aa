//! Strict JSON (RFC 8259, with the rules of RFC 7493): duplicate members refused, depth and size bounded, integers exact.

use crate::error::{ErrorCode, WalletError};

pub use wallet_primitives::json::{JsonError, Limits, MAX_VALUES, parse, parse_object};

pub(crate) use wallet_primitives::json::parse_within;

impl From<JsonError> for WalletError {
    fn from(error: JsonError) -> Self {
        match error {
            JsonError::TooLarge => Self::new(ErrorCode::TooLarge),
            JsonError::TooDeep => Self::new(ErrorCode::TooDeep),
            JsonError::DuplicateKey => Self::new(ErrorCode::DuplicateKey).rule("RFC 7493 2.3"),
            JsonError::TrailingData => Self::new(ErrorCode::TrailingData).rule("RFC 8259 2"),
            JsonError::InvalidUtf8 => Self::new(ErrorCode::InvalidUtf8).rule("RFC 8259 8.1"),
            JsonError::NumberOutOfRange => {
                Self::new(ErrorCode::NumberOutOfRange).rule("RFC 7493 2.2")
            }
            _ => Self::new(ErrorCode::Malformed).rule("RFC 8259"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_a_code_of_its_own() {
        for (error, code) in [
            (JsonError::TooLarge, "too_large"),
            (JsonError::TooDeep, "too_deep"),
            (JsonError::DuplicateKey, "duplicate_key"),
            (JsonError::TrailingData, "trailing_data"),
            (JsonError::InvalidUtf8, "invalid_utf8"),
            (JsonError::NumberOutOfRange, "number_out_of_range"),
            (JsonError::Malformed, "malformed"),
        ] {
            assert_eq!(WalletError::from(error).code().as_str(), code);
        }
    }
}
