package org.citizenwallet

/**
 * A function of the app's that does not suspend must not call back: the wallet holds its session while it waits for the
 * answer, and would wait for itself. Whether this thread is in one; the work itself is done on another thread, where the
 * native library could not see it.
 */
private val isAnswering: ThreadLocal<Boolean> = ThreadLocal.withInitial { false }

/** Calls a function of the app's that answers at once. */
internal inline fun <T> answering(call: () -> T): T {
    val before = mark(true)
    try {
        return call()
    } finally {
        mark(before)
    }
}

internal fun mark(now: Boolean): Boolean = isAnswering.get().also { isAnswering.set(now) }

/** @throws WalletException.App `called_back`, in a function of the app's that does not suspend */
internal fun refuseInside() {
    if (isAnswering.get()) throw failure(ErrorCode.CALLED_BACK)
}
