package org.citizenwallet

import kotlinx.coroutines.runBlocking
import org.citizenwallet.Place.Companion.pin
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Memory does not grow with use. `cargo xtask soak` does the same thousands of times and shows the figures. */
class LeakTest {
    @Test
    fun `unlocking and closing leaves nothing behind`() = runBlocking {
        Place().use { place ->
            place.create().close()
            soak("unlock and close", times = 300) { place.openUnlocked().close() }
        }
    }

    /** Does [work] so many times and compares what is held after two thirds of them with the end. */
    private suspend fun soak(name: String, times: Int, work: suspend () -> Unit) {
        val third = (Integer.getInteger("wallet.soak") ?: times) / 3
        val held = List(3) {
            repeat(third) { work() }
            settled()
        }
        if (Integer.getInteger("wallet.soak") != null) {
            println("$name, after $third, twice and three times as many:" + held.joinToString("") { "\n  $it" })
        }
        val (_, before, after) = held
        assertEquals(before.handles, after.handles, "objects of the app held by native code")
        assertTrue(after.native - before.native < allowed(third)) { "native memory: $held" }
        assertTrue(after.heap - before.heap < allowed(third)) { "heap: $held" }
    }

    /** What is held once everything closed is let go of: that is done behind the caller's back. */
    private suspend fun settled(): Memory {
        Wallet.load()
        return Memory.now()
    }

    /** The virtual machine compiles and caches, too; a wallet that is left open takes more than fifty kilobytes. */
    private fun allowed(rounds: Int): Long = 4L * 1024 * 1024 + rounds * 256L
}
