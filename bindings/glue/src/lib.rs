//! Functions that exercise what lies between `wallet-ffi` and Kotlin: panics, every error, bytes of any size, lists and calls
//! that are cancelled; and keys on P-256 in software, with which Swift's tests stand in for hardware: Foundation has none on
//! Linux. A library of its own that is never shipped; the Kotlin tests and the benchmarks load it beside the real one. It
//! goes through the same guard, the same errors and the same allocator.
#![forbid(unsafe_code)]

use p256::PublicKey;
use p256::ecdh::diffie_hellman;
use p256::ecdsa::signature::{Signer, Verifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, UNIX_EPOCH};
use wallet_core::ErrorCode;
use wallet_ffi::{CardOverview, CardStatus, Validity, WalletError, caught, caught_async};

uniffi::setup_scaffolding!();

/// Does nothing.
#[uniffi::export]
pub fn nop() {}

/// Fails, always with the same error.
///
/// # Errors
/// `locked`
#[uniffi::export]
pub fn fail() -> Result<(), WalletError> {
    caught(|| Err(wallet_core::WalletError::new(ErrorCode::Locked).into()))
}

/// Fails with this code; every other member of the error is there too.
///
/// # Errors
/// The one asked for; `not_found` if there is no such code
#[uniffi::export]
pub fn throw_code(code: String) -> Result<(), WalletError> {
    caught(|| {
        let known = ErrorCode::ALL.iter().find(|known| known.as_str() == code);
        let error = wallet_core::WalletError::new(*known.unwrap_or(&ErrorCode::NotFound));
        let error = error.about("subject").rule("Rule 1.2");
        Err(error.retry_after_seconds(30).tries_left_of(4).into())
    })
}

/// Panics with this text.
///
/// # Errors
/// `bug`, always
#[uniffi::export]
#[allow(clippy::panic)] // That is what it is for.
pub fn panic_now(text: String) -> Result<(), WalletError> {
    caught(|| panic!("{text}"))
}

/// Panics with this text where there is no error to return.
#[uniffi::export]
#[must_use]
#[allow(clippy::panic)]
pub fn panic_unguarded(text: String) -> u32 {
    panic!("{text}")
}

/// Panics with this text when it is polled.
///
/// # Errors
/// `bug`, always
#[uniffi::export]
#[allow(clippy::panic)]
pub async fn panic_when_polled(text: String) -> Result<(), WalletError> {
    caught_async(async move { panic!("{text}") }).await
}

/// Takes bytes element by element and returns how many there were.
#[uniffi::export]
#[must_use]
pub fn take_bytes(bytes: Vec<u8>) -> u32 {
    length(&bytes)
}

/// Takes bytes where they are (a direct buffer) and returns how many there were.
#[uniffi::export]
#[must_use]
pub fn look_at_bytes(bytes: &[u8]) -> u32 {
    length(bytes)
}

/// Gives out that many bytes.
#[uniffi::export]
#[must_use]
pub fn give_bytes(length: u32) -> Vec<u8> {
    vec![7; usize::try_from(length).unwrap_or_default()]
}

/// A list as long as asked for, of cards like those of a wallet.
#[uniffi::export]
#[must_use]
pub fn cards(count: u32) -> Vec<CardOverview> {
    (0..count).map(card).collect()
}

/// How many calls of [`wait_for_ever`] were begun and are neither finished nor dropped.
#[uniffi::export]
#[must_use]
pub fn waiting() -> u32 {
    WAITING.load(Ordering::SeqCst)
}

/// Never ends. When the caller cancels, its future is dropped.
///
/// # Errors
/// None
#[uniffi::export]
pub async fn wait_for_ever() -> Result<(), WalletError> {
    caught_async(async {
        let _counted = Counted::new();
        std::future::pending().await
    })
    .await
}

/// The public point (65 bytes) of this private key on P-256.
///
/// # Errors
/// `key_failed` if the bytes are no private key
#[uniffi::export]
pub fn public_point(private_key: &[u8]) -> Result<Vec<u8>, WalletError> {
    caught(|| {
        let key = signing_key(private_key)?;
        let point = key.verifying_key().to_sec1_point(false);
        Ok(point.as_bytes().to_vec())
    })
}

/// Signs by ES256: 64 bytes r ‖ s.
///
/// # Errors
/// `key_failed` if the bytes are no private key
#[uniffi::export]
pub fn sign(private_key: &[u8], message: &[u8]) -> Result<Vec<u8>, WalletError> {
    caught(|| {
        let signature: Signature = signing_key(private_key)?.sign(message);
        Ok(signature.to_bytes().to_vec())
    })
}

/// Whether this is the signature by ES256 (64 bytes r ‖ s) over the message, under this public point (65 bytes).
///
/// # Errors
/// `key_failed` if the bytes are no point
#[uniffi::export]
pub fn verifies(point: &[u8], message: &[u8], signature: &[u8]) -> Result<bool, WalletError> {
    caught(|| {
        let key = VerifyingKey::from_sec1_bytes(point)
            .map_err(|_| wallet_core::WalletError::new(ErrorCode::KeyFailed))?;
        let signature = Signature::from_slice(signature);
        Ok(signature.is_ok_and(|signature| key.verify(message, &signature).is_ok()))
    })
}

/// What ECDH with this private key and the point of another agrees on: the x coordinate (32 bytes).
///
/// # Errors
/// `key_failed` if the bytes are no private key or no point
#[uniffi::export]
pub fn agree(private_key: &[u8], point: &[u8]) -> Result<Vec<u8>, WalletError> {
    caught(|| {
        let key = signing_key(private_key)?;
        let point = PublicKey::from_sec1_bytes(point)
            .map_err(|_| wallet_core::WalletError::new(ErrorCode::KeyFailed))?;
        let shared = diffie_hellman(key.as_nonzero_scalar(), point.as_affine());
        Ok(shared.raw_secret_bytes().to_vec())
    })
}

fn signing_key(private_key: &[u8]) -> Result<SigningKey, WalletError> {
    SigningKey::from_slice(private_key)
        .map_err(|_| wallet_core::WalletError::new(ErrorCode::KeyFailed).into())
}

static WAITING: AtomicU32 = AtomicU32::new(0);

/// Counted as long as it lives.
struct Counted;

impl Counted {
    fn new() -> Self {
        WAITING.fetch_add(1, Ordering::SeqCst);
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        WAITING.fetch_sub(1, Ordering::SeqCst);
    }
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

fn card(number: u32) -> CardOverview {
    let received_at = UNIX_EPOCH + Duration::from_secs(1_800_000_000 + u64::from(number));
    CardOverview {
        id: format!("{number:032x}"),
        name: format!("Citizen identity card {number}"),
        issuer_name: "Ministry of the Interior".to_owned(),
        signed_by: Some("CN=Citizen ID Issuer,O=Ministry of the Interior,C=UT".to_owned()),
        issuer: "https://issuer.example/citizen".to_owned(),
        format: "dc+sd-jwt".to_owned(),
        credential_type: "urn:eudi:pid:1".to_owned(),
        received_at,
        expires_at: Some(received_at + Duration::from_secs(31_536_000)),
        validity: Validity::Valid,
        status: CardStatus::Valid,
        usable_copies: 10,
        copies: 10,
    }
}
