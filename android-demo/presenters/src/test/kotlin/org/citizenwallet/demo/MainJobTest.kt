package org.citizenwallet.demo

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What the app is for: a card comes, somebody asks, the holder decides. */
class MainJobTest {
    @Test
    fun `from the first start to a bar that learns the age and nothing else`() = phone {
        setUp()
        val cards = receive()
        assertEquals("Resident card", said(cards.cards.single().name))
        val consent = asked(askAge())
        val showing = consent.showings.single()
        assertEquals(mapOf("claim_age › 19" to "yes"), said(showing.claims.lines.filterNot { it.isAlways }))
        assertTrue("claim_exp" in said(showing.claims.lines.filter { it.isAlways }))
        assertTrue("Name" in showing.private.map(::said))
        assertTrue(consent.before.isEmpty())
        assertTrue("trust_anchored" in consent.verifier.facts.map { said(it.text) })
        val done = then<Screen.Done>(Action.Agree)
        assertEquals("outcome_accepted", said(done.outcome.text))
        val learned = parties.learned().filterNot(Char::isWhitespace)
        assertTrue("\"disclosed\":[[\"age_equal_or_over\",\"19\"]]" in learned, learned)
        then<Screen.Cards>(Action.Back)
        val history = then<Screen.History>(Action.ShowHistory)
        assertEquals(listOf("history_presented", "history_received"), history.entries.map { said(it.what) })
        assertTrue(history.isIntact)
        // The next time the wallet remembers.
        assertEquals(1, asked(askAge()).before.size)
    }

    @Test
    fun `a holder who says no shows nothing, and one who goes back answers nothing`() = phone {
        setUp()
        receive()
        asked(askAge())
        assertEquals("refused", then<Screen.Cards>(Action.Refuse).notice?.let(::said))
        assertTrue("access_denied" in parties.learned())
        asked(askAge())
        then<Screen.Cards>(Action.Back)
        assertFalse("access_denied" in parties.learned())
        assertFalse("\"accepted\": true" in parties.learned())
    }

    @Test
    fun `nothing is asked of anybody before the holder agrees`() = phone {
        setUp()
        val question = then<Screen.Question>(Action.Open(askAge()))
        assertTrue("request_contacts" in question.lines.map(::said))
        then<Screen.Cards>(Action.Refuse)
        assertFalse("\"fetched\": true" in parties.learned())
    }

    @Test
    fun `the death of the process in the middle of consent comes back to a locked wallet without a plan`() = phone {
        setUp()
        receive()
        asked(askAge())
        die()
        waitFor(null) { it is Screen.Keys }
        enter<Screen.Cards>(Phone.PIN)
        assertFalse("\"accepted\": true" in parties.learned())
    }

    @Test
    fun `a lock in the middle of consent ends it, and what is clicked then does nothing`() = phone {
        setUp()
        receive()
        val consent = asked(askAge())
        then<Screen.Keys>(Action.Lock)
        on(Action.Agree)
        assertEquals("gone", said(consent.showings.single().claims.lines).values.first())
        enter<Screen.Cards>(Phone.PIN)
        assertFalse("\"accepted\": true" in parties.learned())
    }

    @Test
    fun `a wallet that nobody touches locks itself, and the app shows it`() = phone(idleSeconds = 2uL) {
        setUp()
        val cards = screen
        val keys = waitFor(cards) { it is Screen.Keys } as Screen.Keys
        assertEquals("was_locked", said(keys.notice!!))
        enter<Screen.Cards>(Phone.PIN)
    }

    @Test
    fun `a link that comes while the wallet is locked waits for the holder`() = phone {
        setUp()
        receive()
        then<Screen.Keys>(Action.Lock)
        on(Action.Open(askAge()))
        assertInstanceOf(Screen.Keys::class.java, screen)
        enter<Screen.Question>(Phone.PIN)
        then<Screen.Consent>(Action.Agree)
    }
}
