//! A panic never crosses as anything but the error `bug`.

use crate::error::WalletError;
use std::future::Future;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Once;
use std::task::Poll;

/// Runs `work`; a panic in it is the error `bug`.
///
/// What was being worked on is dropped or was changed under a lock that says so itself: the store's transactions are whole
/// or not at all.
///
/// # Errors
/// Those of `work`; `bug`
pub fn caught<T>(work: impl FnOnce() -> Result<T, WalletError>) -> Result<T, WalletError> {
    quiet_panics();
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(WalletError::bug()))
}

/// Polls `work`; a panic in it is the error `bug`.
///
/// # Errors
/// Those of `work`; `bug`
pub async fn caught_async<T>(
    work: impl Future<Output = Result<T, WalletError>>,
) -> Result<T, WalletError> {
    quiet_panics();
    let mut work = pin!(work);
    std::future::poll_fn(|context| {
        let poll = AssertUnwindSafe(|| work.as_mut().poll(context));
        catch_unwind(poll).unwrap_or_else(|_| Poll::Ready(Err(WalletError::bug())))
    })
    .await
}

/// The default hook prints what a panic says, and that may be anything. Ours prints where it was and nothing else, and
/// leaves out the one before, which would print. A hook is its standard library's: Rust libraries that an app loads beside
/// this one have their own and are not touched.
pub(crate) fn quiet_panics() {
    static SET: Once = Once::new();
    SET.call_once(|| {
        std::panic::set_hook(Box::new(|panic| {
            if let Some(place) = panic.location() {
                // `eprintln` would panic in its turn where nothing can be written.
                let (file, line) = (place.file(), place.line());
                let _ = writeln!(std::io::stderr(), "wallet: bug at {file}:{line}");
            }
        }));
    });
}
