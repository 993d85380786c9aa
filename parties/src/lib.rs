//! Small issuer and verifier on loopback.
#![forbid(unsafe_code)]
