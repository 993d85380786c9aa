package org.citizenwallet

/** The native library: loaded and compared with this one once, before anything else is called. */
internal object NativeLibrary {
    /** Why it cannot be used: the subject of `library_mismatch`. */
    private val mismatch: String? by lazy { findMismatch() }

    /** @throws WalletException.App `library_mismatch` */
    fun check() {
        mismatch?.let { throw failure(ErrorCode.LIBRARY_MISMATCH, subject = it) }
    }

    private fun findMismatch(): String? =
        try {
            uniffiEnsureInitialized()
            if (libraryVersion() == LIBRARY_VERSION) null else "version"
        } catch (_: UnsatisfiedLinkError) {
            // There is none, it is for another processor, or it lacks a function.
            "missing"
        } catch (_: Exception) {
            "interface"
        } catch (error: LinkageError) {
            // What the generated code throws where it compares itself arrives wrapped.
            if (error.cause is UnsatisfiedLinkError) "missing" else "interface"
        }
}

/** An error of this library itself. */
internal fun failure(code: ErrorCode, subject: String? = null): WalletException {
    val fault =
        Fault(
            code = code.text,
            isRetryable = false,
            subject = subject,
            rule = null,
            retryAfterSeconds = null,
            triesLeft = null,
        )
    return if (code == ErrorCode.BUG) WalletException.Bug(fault) else WalletException.App(fault)
}

/** Runs [call]; what the generated code throws besides [WalletException] becomes one. */
internal inline fun <T> typed(call: () -> T): T =
    try {
        call()
    } catch (cancelled: kotlinx.coroutines.CancellationException) {
        throw cancelled
    } catch (_: InternalException) {
        throw failure(ErrorCode.BUG)
    } catch (_: ObjectClosed) {
        throw failure(ErrorCode.USED_UP)
    } catch (_: IllegalStateException) {
        throw failure(ErrorCode.BUG)
    }

/** An object was used that was closed before. What the generated code throws. */
internal class ObjectClosed(type: String) : IllegalStateException("$type object has already been destroyed")
