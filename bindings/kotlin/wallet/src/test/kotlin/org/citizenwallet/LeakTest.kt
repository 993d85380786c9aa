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

    @Test
    fun `showing a card leaves nothing behind`() = runBlocking {
        Parties.start().use { parties ->
            Place(parties).use { place ->
                val policy = place.policy.copy(requestsPerMinute = 10_000u)
                Wallet.create(place.folder, place.platform, policy, Place.pinned()).wallet.use { wallet ->
                    wallet.kept(parties)
                    // An open database caches up to eight megabytes of its file, which grows with the history.
                    soak("show", times = 500, rest = { wallet.lock() }) {
                        if (!wallet.isUnlocked()) wallet.unlock(pin())
                        assertEquals(Outcome.Accepted, wallet.shown(parties.askAge()).outcome)
                    }
                }
            }
        }
    }

    /** Does [work] so many times and compares what is held after two thirds of them with the end, each time after a [rest]. */
    private suspend fun soak(name: String, times: Int, rest: suspend () -> Unit = {}, work: suspend () -> Unit) {
        val third = ((Integer.getInteger("wallet.soak") ?: times) + 2) / 3
        val (early, before) = List(2) {
            repeat(third) { work() }
            rest()
            settled()
        }
        repeat(third) { work() }
        rest()
        val after = settled { it.fits(before, third) }
        val held = listOf(early, before, after)
        if (Integer.getInteger("wallet.soak") != null) {
            println("$name, after $third, twice and three times as many:" + held.joinToString("") { "\n  $it" })
        }
        assertTrue(after.fits(before, third)) { "held: $held" }
    }

    /**
     * What is held once everything closed is let go of: that is done behind the caller's back. The virtual machine's compiler,
     * too, holds megabytes and lets go of them seconds later, so half a minute is given for [enough]; what leaks never goes.
     */
    private suspend fun settled(enough: (Memory) -> Boolean = { true }): Memory {
        Wallet.load()
        val end = System.nanoTime() + PATIENCE
        var memory = Memory.now()
        while (!enough(memory) && System.nanoTime() < end) memory = Memory.now()
        return memory
    }

    private fun Memory.fits(before: Memory, rounds: Int) =
        handles == before.handles &&
            objects - before.objects < OBJECTS + rounds / 2 &&
            native - before.native < allowed(rounds) &&
            heap - before.heap < allowed(rounds)

    /** The Java libraries cache, too; a wallet that is left open takes more than fifty kilobytes. */
    private fun allowed(rounds: Int): Long = 512L * 1024 + rounds * 256L

    private companion object {
        const val PATIENCE = 30_000_000_000L

        /** The library's classes make some when they are first needed; whatever is left of each round is more than half of one. */
        const val OBJECTS = 30
    }
}
