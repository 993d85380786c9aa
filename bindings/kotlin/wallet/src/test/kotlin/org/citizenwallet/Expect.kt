package org.citizenwallet

import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.fail

/** A test that waits at most a minute: what hangs is a failure with a name, not a build that never ends. */
fun waiting(test: suspend CoroutineScope.() -> Unit) {
    runBlocking { withTimeout(60.seconds) { test() } }
}

/** Runs [call], which must fail with [code]; the error. */
suspend fun failing(code: ErrorCode, call: suspend () -> Any?): WalletException {
    val error =
        try {
            val result = call()
            return fail("no $code but $result")
        } catch (error: WalletException) {
            error
        }
    assertEquals(code, error.code)
    return error
}

/** The code a call failed with, or null. */
suspend fun outcome(call: suspend () -> Any?): ErrorCode? =
    try {
        call()
        null
    } catch (error: WalletException) {
        error.code
    }
