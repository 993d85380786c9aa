package org.citizenwallet

import java.nio.ByteBuffer
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.citizenwallet.glue.cards
import org.citizenwallet.glue.fail
import org.citizenwallet.glue.giveBytes
import org.citizenwallet.glue.lookAtBytes
import org.citizenwallet.glue.nop
import org.citizenwallet.glue.panicNow
import org.citizenwallet.glue.panicUnguarded
import org.citizenwallet.glue.panicWhenPolled
import org.citizenwallet.glue.takeBytes
import org.citizenwallet.glue.throwCode
import org.citizenwallet.glue.waitForEver
import org.citizenwallet.glue.waiting
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** What lies between the native library and Kotlin, through functions that exist for these tests only. */
class GlueTest {
    @Test
    fun `a panic is one bug error and its text is not in it`() {
        val error = assertThrows<WalletException.Bug> { panicNow(MARK) }
        assertEquals("bug", error.fault.code)
        assertTrue(MARK !in error.stackTraceToString())
    }

    @Test
    fun `a panic in a call that waits is one bug error and its text is not in it`() {
        val error = assertThrows<WalletException.Bug> { runBlocking { panicWhenPolled(MARK) } }
        assertEquals("bug", error.fault.code)
        assertTrue(MARK !in error.stackTraceToString())
    }

    @Test
    fun `a panic where there is no error to return does not tell its text`() {
        val error = assertThrows<Exception> { panicUnguarded(MARK) }
        assertTrue(MARK !in error.stackTraceToString())
    }

    @Test
    fun `after a panic the next call works`() {
        assertThrows<WalletException.Bug> { panicNow(MARK) }
        nop()
        assertEquals("locked", assertThrows<WalletException.App> { fail() }.fault.code)
    }

    @Test
    fun `an error carries all it says`() {
        val error = assertThrows<WalletException.Holder> { throwCode("wrong_secret") }
        val expected = Fault(
            code = "wrong_secret",
            isRetryable = true,
            subject = "subject",
            rule = "Rule 1.2",
            retryAfterSeconds = 30uL,
            triesLeft = 4u.toUByte(),
        )
        assertEquals(expected, error.fault)
    }

    @Test
    fun `bytes cross whole in both directions`() {
        for (length in listOf(0, 1, 1_024, 102_400)) {
            val bytes = giveBytes(length.toUInt())
            assertEquals(length, bytes.size)
            assertTrue(bytes.all { it == 7.toByte() })
            assertEquals(length.toUInt(), takeBytes(bytes))
            val direct = ByteBuffer.allocateDirect(length).put(bytes)
            direct.flip()
            assertEquals(length.toUInt(), lookAtBytes(direct))
        }
    }

    @Test
    fun `a list keeps its order and its members`() {
        val all = cards(50u)
        assertEquals((0..49).map { "Citizen identity card $it" }, all.map { it.name })
        assertEquals(CardStatus.Valid, all.last().status)
    }

    @Test
    fun `a cancelled call is dropped on the native side too`() = runBlocking {
        withTimeout(30.seconds) {
            val before = waiting()
            val calls = List(20) { launch { waitForEver() } }
            while (waiting() < before + 20u) delay(1)
            calls.forEach { it.cancelAndJoin() }
            while (waiting() > before) delay(1)
        }
    }

    private companion object {
        const val MARK = "the text of a panic"
    }
}
