package org.citizenwallet.demo

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** How cards come, change and go, and the choices there are. */
class CardsTest {
    @Test
    fun `a wrong code of the issuer is asked for again, and the right one brings the card`() = phone {
        setUp()
        val (link, code) = parties.offer("resident_card", "--tx-code")
        then<Screen.Question>(Action.Open(link))
        assertTrue(then<Screen.Offer>(Action.Agree).needsCode)
        then<Screen.Keys>(Action.Agree)
        val wrong = code.map { if (it == '9') '0' else it + 1 }.joinToString("")
        assertEquals("error_grant_refused", said(enter<Screen.Keys>(wrong).notice!!))
        enter<Screen.Received>(code)
        assertEquals("card_kept", said(then<Screen.Cards>(Action.Agree).notice!!))
    }

    @Test
    fun `a card that is not wanted is not kept`() = phone {
        setUp()
        then<Screen.Question>(Action.Open(parties.offer("resident_card").first()))
        then<Screen.Offer>(Action.Agree)
        then<Screen.Received>(Action.Agree)
        val cards = then<Screen.Cards>(Action.Refuse)
        assertEquals("card_declined" to 0, said(cards.notice!!) to cards.cards.size)
    }

    @Test
    fun `the holder agrees in the browser, and the app may have ended meanwhile`() = phone {
        setUp()
        then<Screen.Question>(Action.Open(parties.offer("driving_licence", "--authorization-code").first()))
        assertTrue(then<Screen.Offer>(Action.Agree).inBrowser)
        assertEquals("go_on_in_browser", said(then<Screen.Cards>(Action.Agree).notice!!))
        val back = parties.browse(pages.single())
        die()
        waitFor(null) { it is Screen.Keys }
        on(Action.Open(back))
        enter<Screen.Received>(Phone.PIN)
        assertEquals(1, then<Screen.Cards>(Action.Agree).cards.size)
    }

    @Test
    fun `a renewed card shows what changed before it is kept`() = phone {
        parties.configure("""{"refresh_tokens":true}""")
        setUp()
        val card = receive().cards.single().id
        parties.change("resident_card", """{"claims":{"nationality":"UT"}}""")
        val renewed = then<Screen.Received>(Action.Renew(card))
        val change = renewed.changes!!.single { said(it.label) == "Nationality" }
        assertEquals("KR" to "UT", (change.before() as Value.Words).words to (change.after() as Value.Words).words)
        // A lock does not take it away.
        then<Screen.Keys>(Action.Lock)
        enter<Screen.Received>(Phone.PIN) { shown -> shown.changes!!.any { said(it.label) == "Nationality" } }
        then<Screen.Cards>(Action.Agree)
        assertEquals("UT", said(then<Screen.Card>(Action.ShowCard(card)).claims.lines)["Nationality"])
    }

    @Test
    fun `a card that cannot be renewed by itself is received again, and takes the place of the old one`() = phone {
        setUp()
        val card = receive().cards.single().id
        assertEquals("renewal_needs_holder", then<Screen.Trouble>(Action.Renew(card)).problem.code)
        then<Screen.Cards>(Action.Back)
        parties.change("resident_card", """{"claims":{"nationality":"UT"}}""")
        val older = offered().older.single()
        assertEquals(card, older.id)
        val renewed = then<Screen.Received>(Action.Replace(older.id))
        assertTrue(renewed.changes!!.any { said(it.label) == "Nationality" })
        // A lock does not take it away.
        then<Screen.Keys>(Action.Lock)
        enter<Screen.Received>(Phone.PIN) { it.changes != null }
        val cards = then<Screen.Cards>(Action.Agree)
        assertEquals("renewed" to listOf(card), said(cards.notice!!) to cards.cards.map { it.id })
        assertEquals("UT", said(then<Screen.Card>(Action.ShowCard(card)).claims.lines)["Nationality"])
        // One that says the same takes the place without a question.
        then<Screen.Cards>(Action.Back)
        val same = offered().older.single()
        assertEquals("renewed", said(then<Screen.Cards>(Action.Replace(same.id)).notice!!))
    }

    @Test
    fun `a card of somebody else takes no place, and can be kept beside the other`() = phone {
        setUp()
        parties.change("resident_card", """{"claims":{"sub":"one"}}""")
        val card = receive().cards.single().id
        parties.change("resident_card", """{"claims":{"sub":"another"}}""")
        offered()
        val other = then<Screen.Received>(Action.Replace(card))
        assertEquals("received_is_other" to 0, said(other.notice!!) to other.older.size)
        assertEquals(2, then<Screen.Cards>(Action.Agree).cards.size)
    }

    /** Up to the decision about a card. */
    private suspend fun Phone.offered(): Screen.Received {
        then<Screen.Question>(Action.Open(parties.offer("resident_card").first()))
        then<Screen.Offer>(Action.Agree)
        return then(Action.Agree)
    }

    @Test
    fun `a withdrawn card says so, and is not shown`() = phone {
        setUp()
        receive("driving_licence")
        assertEquals("state_valid", said(then<Screen.Cards>(Action.RefreshStatus).cards.single().state.text))
        parties.status("""{"card":"driving_licence","status":"revoked"}""")
        val state = then<Screen.Cards>(Action.RefreshStatus).cards.single().state
        assertEquals("state_revoked" to Tone.BAD, said(state.text) to state.tone)
        then<Screen.Question>(Action.Open(parties.ask("shop", "driving_licence", "licence_number")))
        then<Screen.NothingFits>(Action.Agree)
    }

    @Test
    fun `one of two cards is chosen, and the other is not shown`() = phone {
        setUp()
        receive()
        parties.change("resident_card", """{"claims":{"nationality":"UT"}}""")
        receive()
        val consent = asked(parties.ask("bar", "resident_card", "nationality"))
        assertEquals(2, consent.choices.size)
        val first = said(consent.showings.single().claims.lines)["Nationality"]
        val other = then<Screen.Consent>(Action.Choose(consent.choices.indexOfFirst { !it.isChosen }))
        assertEquals(setOf("KR", "UT"), setOf(first, said(other.showings.single().claims.lines)["Nationality"]))
        then<Screen.Done>(Action.Agree)
        then<Screen.Cards>(Action.Back)
    }

    @Test
    fun `a payment is shown and confirmed with the PIN`() = phone {
        setUp()
        receive()
        val payment = """{"type":"urn:example:payment","credential_ids":["card"],"amount":"50.00","payee":"Fictional Landlord"}"""
        val consent = asked(parties.ask("bank", "resident_card", "name", options = """{"transaction_data":[$payment]}"""))
        val lines = consent.showings.single().transactions.single().lines.map { (label, value) -> said(label) to said(value) }
        assertEquals(listOf("amount" to "50.00", "payee" to "Fictional Landlord"), lines)
        assertTrue(consent.needsPin)
        then<Screen.Keys>(Action.Agree)
        assertEquals("wrong_tries_left", said(enter<Screen.Keys>("000000").notice!!))
        enter<Screen.Done>(Phone.PIN)
        assertTrue("\"accepted\": true" in parties.learned())
    }

    @Test
    fun `a deleted card is gone, and the history says so without it`() = phone {
        setUp()
        val card = receive().cards.single().id
        val shown = then<Screen.Card>(Action.ShowCard(card))
        assertTrue("link_signature" in shown.linkability.map(::said))
        then<Screen.Question>(Action.Delete(card))
        then<Screen.Card>(Action.Refuse)
        then<Screen.Question>(Action.Delete(card))
        assertTrue(then<Screen.Cards>(Action.Agree).cards.isEmpty())
        val history = then<Screen.History>(Action.ShowHistory)
        assertEquals("history_deleted", said(history.entries.first().what))
        val after = then<Screen.History>(Action.DeleteEntry(history.entries.last().id))
        assertTrue(after.isIntact)
    }
}
