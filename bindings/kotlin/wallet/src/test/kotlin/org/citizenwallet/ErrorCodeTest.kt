package org.citizenwallet

import java.io.File
import java.lang.reflect.Modifier
import kotlin.reflect.KClass
import kotlin.time.Duration.Companion.seconds
import org.citizenwallet.glue.throwCode
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** Every error as an app gets it, against what docs/errors.md promises of it. */
class ErrorCodeTest {
    private class Documented(val code: String, val category: KClass<out WalletException>, val isRetryable: Boolean)

    private val documented: List<Documented> =
        File("../../../docs/errors.md").readLines().filter { it.startsWith("| `") }.map { line ->
            val (code, category, retry) = line.removePrefix("| ").split(" | ")
            Documented(code.trim('`'), categories.getValue(category), retry == "yes")
        }

    @Test
    fun `the native library has the documented codes, and there is a constant for each and no other`() {
        val codes = documented.map { it.code }
        assertEquals(codes, errorCodes())
        assertEquals(codes, ErrorCode.ALL.map { it.text })
        val fields = ErrorCode::class.java.declaredFields.filter { Modifier.isStatic(it.modifiers) }
        val constants = fields.filter { it.type == String::class.java }.onEach { it.isAccessible = true }
        assertEquals(codes.toSet(), constants.map { it.get(null) }.toSet())
        for (constant in constants) assertEquals(constant.name.lowercase(), constant.get(null))
    }

    @Test
    fun `every error arrives as who can act, with its code, whether to try again and all it says`() {
        for (expected in documented) {
            val error = assertThrows<WalletException> { throwCode(expected.code) }
            assertEquals(expected.category, error::class, expected.code)
            assertEquals(ErrorCode(expected.code), error.code)
            assertEquals(expected.isRetryable, error.isRetryable, expected.code)
            assertEquals("subject", error.subject)
            assertEquals("Rule 1.2", error.rule)
            assertEquals(30.seconds, error.retryAfter)
            assertEquals(4, error.triesLeft)
        }
    }

    private companion object {
        val categories =
            mapOf(
                "holder" to WalletException.Holder::class,
                "app" to WalletException.App::class,
                "issuer" to WalletException.Issuer::class,
                "verifier" to WalletException.Verifier::class,
                "device" to WalletException.Device::class,
                "bug" to WalletException.Bug::class,
            )
    }
}
