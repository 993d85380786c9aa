package org.citizenwallet

import java.io.File
import java.nio.file.Files
import org.citizenwallet.Place.Companion.pin
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/**
 * A process with a wallet is killed at a moment, and the wallet is opened again in this one: docs/android.md says what is there
 * then. Cards have two copies that may be shown once, with keys in hardware.
 */
class KilledTest {
    @Test
    fun `killed before a card was kept, nothing of it is stored, and its hardware keys can be found and go`() = killing {
        for (moment in listOf("keys made 1", "anchor 2 after keys made 1", "answered Credential 2")) {
            killed(Doomed.RECEIVE, parties.offer(), moment)
            reopened {
                assertEquals(emptyList<CardOverview>(), wallet.list(), moment)
                assertEquals(emptyList<HistoryItem>(), wallet.history().items, moment)
                // Of keys that were just made the wallet does not know yet: an app may delete what nobody knows.
                val unknown = keys() - wallet.hardwareKeys().toSet()
                if (moment == "answered Credential 2") assertEquals(emptySet<String>(), unknown)
                unknown.forEach { place.keyStore!!.delete(it) }
            }
        }
        assertEquals(emptyList<String>(), Issuer(parties).told())
        val later = HandClock().apply { advance(2 * 3600) }
        reopened(later) {
            assertTrue(keys().isNotEmpty())
            assertEquals(0, wallet.doPending())
            assertEquals(emptySet<String>(), keys())
            assertEquals(emptyList<String>(), wallet.hardwareKeys())
        }
        reopened {
            receive()
            assertEquals(Outcome.Accepted, show().outcome)
        }
    }

    @Test
    fun `killed while a card is kept, it is there whole or not at all, and the issuer is told of none that is not`() = killing {
        var there = 0
        for (moment in listOf("anchor 1 after answered Display 1", "anchor 2 after answered Display 1")) {
            killed(Doomed.RECEIVE, parties.offer(), moment)
            reopened {
                val cards = wallet.list()
                assertTrue(cards.size - there in 0..1, moment)
                there = cards.size
                assertTrue(cards.all { it.usableCopies == 2u }, moment)
                assertEquals(there, wallet.history().items.size)
            }
        }
        assertEquals(emptyList<String>(), Issuer(parties).told())
    }

    @Test
    fun `killed while the issuer is told that a card was kept, the card is there and can be shown`() = killing {
        for ((number, moment) in listOf("asked Credential 3", "answered Credential 3").withIndex()) {
            killed(Doomed.RECEIVE, parties.offer(), moment)
            assertEquals(number, Issuer(parties).told().size)
            reopened {
                assertEquals(List(number + 1) { 2u }, wallet.list().map { it.usableCopies })
                assertEquals(keys(), wallet.hardwareKeys().toSet())
            }
        }
        reopened { assertEquals(Outcome.Accepted, show().outcome) }
    }

    @Test
    fun `killed before it was written down that a card is shown, nothing was shown and no copy is used up`() = killing {
        reopened { receive(copies = 2, policy = ONCE) }
        for (moment in listOf("to be signed 1", "anchor 1 after to be signed 1")) {
            val link = parties.askAge()
            killed(Doomed.SHOW, link, moment)
            assertEquals(0, answers())
            reopened {
                assertEquals(2u, wallet.list().single().usableCopies, moment)
                assertEquals(emptyList<SharedBefore>(), wallet.sharedBefore(plan(link)), moment)
            }
        }
        reopened { assertEquals(Outcome.Accepted, show().outcome) }
    }

    @Test
    fun `killed before the answer was sent, its copy is burned and the same bytes can go out once`() = killing {
        reopened { receive(copies = 2, policy = ONCE) }
        killed(Doomed.SHOW, parties.askAge(), "asked Response 1")
        assertEquals(0, answers())
        reopened {
            val history = assertUnknown()
            assertEquals(Outcome.Accepted, wallet.resend(history).outcome)
            assertEquals(1, answers())
            failing(ErrorCode.NOT_FOUND) { wallet.resend(history) }
            assertLastCopy()
        }
    }

    @Test
    fun `killed after the answer was sent, its copy is burned and it stays unknown when the verifier refuses the second`() =
        killing {
            for (moment in listOf("answered Response 1", "anchor 1 after answered Response 1")) {
                reopened {
                    wallet.list().forEach { wallet.delete(it.id) }
                    wallet.history().items.forEach { wallet.deleteHistory(it.id) }
                    receive(copies = 2, policy = ONCE)
                }
                killed(Doomed.SHOW, parties.askAge(), moment)
                assertEquals(1, answers())
                reopened {
                    val history = assertUnknown()
                    assertEquals(Outcome.Unknown, wallet.resend(history).outcome)
                    assertEquals(2, answers())
                    assertLastCopy()
                }
            }
        }

    /** The name of the one showing in the history, which nobody knows the end of. */
    private suspend fun Holder.assertUnknown(): String {
        assertEquals(1u, wallet.list().single().usableCopies)
        val item = wallet.history().items.last()
        val event = assertInstanceOf(HistoryEvent.Presented::class.java, item.event)
        assertEquals(Outcome.Unknown, event.outcome)
        assertTrue(AGE in event.shown.single().claims)
        return item.id
    }

    /** The other copy can be shown, and then none. */
    private suspend fun Holder.assertLastCopy() {
        assertEquals(Outcome.Accepted, show().outcome)
        assertEquals(0u, wallet.list().single().usableCopies)
    }

    private class Killing(val parties: Parties, private val root: File) {
        private val remains = Remains(parties, root)

        /** How many answers the verifier got to the request made last. */
        fun answers(): Int = Regex("\"answers\":(\\d+)").find(compact(parties.learned()))!!.groupValues[1].toInt()

        fun killed(task: String, link: String, moment: String) = Doomed.killed(parties, root, task, link, moment)

        /** The wallet that the killed process left behind, which is sound. */
        suspend fun reopened(clock: Clock? = null, test: suspend Holder.() -> Unit) {
            val place = remains.place(clock)
            place.open().use { wallet ->
                assertEquals(IntegrityState.SOUND, wallet.unlock(pin()).integrity)
                assertEquals(emptyList<DamagedRecord>(), wallet.damaged())
                assertTrue(wallet.history().isIntact)
                Holder(parties, place, wallet).test()
            }
        }
    }

    /** The handles of the keys in the phone's hardware. */
    private suspend fun Holder.keys(): Set<String> = place.keyStore!!.list().toSet()

    /** Runs a test with a wallet that no process holds. */
    private fun killing(test: suspend Killing.() -> Unit) = waiting {
        Parties.start().use { parties ->
            val root = Files.createTempDirectory("wallet").toFile()
            Remains(parties, root).place().use { place ->
                place.create().close()
                Killing(parties, root).test()
            }
        }
    }

    private companion object {
        val ONCE = KeepPolicy(reuse = ReusePolicy.OnceOnly)
    }
}
