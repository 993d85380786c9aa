//! A function of the app's that answers at once must not call back: the wallet holds its session while it waits for the
//! answer, and would wait for itself.

use crate::error::WalletError;
use std::cell::Cell;
use wallet_core::ErrorCode;

thread_local! {
    /// Whether this thread is in a function of the app's.
    static ANSWERING: Cell<bool> = const { Cell::new(false) };
}

/// Calls a function of the app's that answers at once.
pub(crate) fn answering<T>(call: impl FnOnce() -> T) -> T {
    let _mark = Mark::new();
    call()
}

/// Refuses a call into a wallet from a function of the app's.
///
/// # Errors
/// `called_back`
pub(crate) fn refuse_inside() -> Result<(), WalletError> {
    match ANSWERING.get() {
        true => Err(wallet_core::WalletError::new(ErrorCode::CalledBack).into()),
        false => Ok(()),
    }
}

/// This thread is in a function of the app's as long as this lives; also when that panics.
struct Mark {
    before: bool,
}

impl Mark {
    fn new() -> Self {
        Self {
            before: ANSWERING.replace(true),
        }
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        ANSWERING.set(self.before);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_call_is_refused_inside_and_only_there() {
        refuse_inside().unwrap();
        let inside = answering(|| {
            let other_thread = std::thread::spawn(refuse_inside);
            other_thread.join().unwrap().unwrap();
            answering(|| ());
            refuse_inside().unwrap_err()
        });
        assert_eq!(inside.fault().code, "called_back");
        refuse_inside().unwrap();
    }

    #[test]
    fn a_function_that_panics_leaves_no_mark() {
        let call = || answering(|| std::panic::resume_unwind(Box::new(())));
        std::panic::catch_unwind(call).unwrap_err();
        refuse_inside().unwrap();
    }
}
