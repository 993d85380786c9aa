package org.citizenwallet

import java.time.Instant
import org.citizenwallet.Place.Companion.pin
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class HistoryTest {
    @Test
    fun `the history says what was received, shown and deleted, with the names of claims`() = waiting {
        Parties.start().use { parties ->
            Place(parties).use { place ->
                place.create().use { wallet ->
                    val before = Instant.now().minusSeconds(2)
                    val card = wallet.kept(parties)
                    val presented = wallet.shown(parties.askAge())
                    wallet.delete(card)
                    failing(ErrorCode.NOT_FOUND) { wallet.delete(card) }

                    val history = wallet.history()
                    assertTrue(history.isIntact)
                    assertTrue(history.items.all { it.at in before..Instant.now() })
                    val (received, shown, deleted) = history.items.map { it.event }
                    assertEquals(card, assertInstanceOf(HistoryEvent.Received::class.java, received).card)
                    assertInstanceOf(HistoryEvent.Presented::class.java, shown).let {
                        assertEquals("x509_san_dns:localhost", it.verifier)
                        assertEquals(Outcome.Accepted, it.outcome)
                        assertEquals(presented.shown, it.shown)
                        assertTrue(AGE in it.shown.single().claims)
                        assertEquals(0u, it.transactions)
                    }
                    assertInstanceOf(HistoryEvent.Deleted::class.java, deleted)
                    assertEquals(emptyList<CardOverview>(), wallet.list())
                    assertEquals(0, wallet.doPending())
                }
            }
        }
    }

    @Test
    fun `a deleted entry is gone and leaves the history intact`() = waiting {
        Parties.start().use { parties ->
            Place(parties).use { place ->
                place.create().use { wallet ->
                    wallet.kept(parties)
                    wallet.shown(parties.askAge())
                    val (received, shown) = wallet.history().items
                    wallet.deleteHistory(shown.id)
                    val left = wallet.history()
                    assertEquals(listOf(received), left.items)
                    assertTrue(left.isIntact)
                    failing(ErrorCode.NOT_FOUND) { wallet.deleteHistory("0123456789abcdef0123456789abcdef") }
                }
            }
        }
    }

    @Test
    fun `an export holds every value in clear, needs fresh authentication and is in the history`() = waiting {
        val clock = HandClock()
        Parties.start().use { parties ->
            Place(parties, clock = clock, idleSeconds = 600uL).use { place ->
                place.create().use { wallet ->
                    val card = wallet.kept(parties)
                    val values =
                        wallet.detail(card).claims.use { claims ->
                            claims.list().indices.map { claims.value(it.toUInt()) }
                        }
                    val texts = values.filterIsInstance<ClaimValue.Text>().map { it.text }
                    assertTrue(texts.isNotEmpty())

                    wallet.authenticate(pin()).use { auth ->
                        val export = wallet.export(auth).decodeToString()
                        for (text in texts) assertTrue("\"$text\"" in export, text)
                        assertTrue(card in export)
                        assertInstanceOf(HistoryEvent.Exported::class.java, wallet.history().items.last().event)
                        clock.advance(61)
                        failing(ErrorCode.USER_AUTH_REQUIRED) { wallet.export(auth) }
                    }
                    wallet.lock()
                    failing(ErrorCode.LOCKED) { wallet.history() }
                    assertFalse(wallet.isUnlocked())
                }
            }
        }
    }
}
