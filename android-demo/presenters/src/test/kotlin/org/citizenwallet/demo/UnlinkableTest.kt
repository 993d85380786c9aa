package org.citizenwallet.demo

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** W3C cards: what of them can be recognised, and pseudonyms. */
class UnlinkableTest {
    @Test
    fun `a card of bbs-2023 is recognised by nothing but what is shown, and its screens say so`() = phone {
        setUp()
        val card = receive("citizen_id_bbs").cards.single()
        assertEquals("Citizen ID", said(card.name))
        val detail = then<Screen.Card>(Action.ShowCard(card.id))
        assertTrue(detail.linkability.isEmpty())
        then<Screen.Cards>(Action.Back)
        // The second time it is as the first: no copy is known again.
        repeat(2) { time ->
            val consent = asked(parties.ask("bar", "citizen_id_bbs", "age_over_19"))
            val showing = consent.showings.single()
            val always = said(showing.claims.lines.filter { it.isAlways })
            assertEquals(setOf("claim_vct", "claim_iss", "claim_nbf", "claim_exp"), always.keys)
            assertEquals("point_in_time", always["claim_exp"])
            assertTrue("name latin" in showing.private.map(::said))
            assertEquals(mapOf("Aged 19 or over" to "yes"), said(showing.claims.lines.filterNot { it.isAlways }))
            assertEquals(listOf("link_only_shown"), showing.linkability.map(::said))
            assertEquals(listOf("note_header"), showing.notes.map { said(it.text) })
            assertNull(showing.pseudonym)
            assertEquals(time, consent.before.size)
            assertEquals("outcome_accepted", said(then<Screen.Done>(Action.Agree).outcome.text))
            then<Screen.Cards>(Action.Back)
        }
        val learned = parties.learned().filterNot(Char::isWhitespace)
        assertTrue("\"disclosed\":[[\"credentialSubject\",\"age_over_19\"]]" in learned, learned)
        val shown = then<Screen.History>(Action.ShowHistory).entries.first()
        assertEquals(listOf("outcome_accepted", "Citizen ID", "Aged 19 or over"), shown.lines.map(::said) - "verifier_own_name")
    }

    @Test
    fun `a card of ecdsa-sd-2023 is recognised by its signature, and its screens say so`() = phone {
        setUp()
        receive("citizen_id_ecdsa_sd")
        val showing = asked(parties.ask("bar", "citizen_id_ecdsa_sd", "age_over_19")).showings.single()
        assertEquals(listOf("link_shown", "link_signature"), showing.linkability.map(::said).sorted())
        assertEquals(listOf("note_not_bound"), showing.notes.map { said(it.text) })
    }

    @Test
    fun `a pseudonym says for whom it is and that it is one per person, and a second vote is refused`() = phone {
        setUp()
        receive("citizen_id_pseudonym")
        val ask = { parties.askPseudonym("voting-office", "town vote", "citizen_id_pseudonym", "age_over_19") }
        val consent = asked(ask())
        val showing = consent.showings.single()
        val pseudonym = showing.pseudonym!!
        assertTrue("town vote" in said(pseudonym.service), said(pseudonym.service))
        assertEquals("pseudonym_one" to Tone.PLAIN, said(pseudonym.kind.text) to pseudonym.kind.tone)
        assertTrue("link_pseudonym" in showing.linkability.map(::said))
        assertTrue("note_link_secret" in showing.notes.map { said(it.text) })
        assertEquals("outcome_accepted", said(then<Screen.Done>(Action.Agree).outcome.text))
        then<Screen.Cards>(Action.Back)
        asked(ask())
        assertEquals("outcome_refused", said(then<Screen.Done>(Action.Agree).outcome.text))
        then<Screen.Cards>(Action.Back)
        val history = then<Screen.History>(Action.ShowHistory)
        assertEquals(listOf("outcome_refused", "outcome_accepted"), history.entries.take(2).map { said(it.lines.first()) })
        for (entry in history.entries.take(2)) assertEquals("shown_pseudonym", said(entry.lines.last()))
        // Where none is asked for, none is shown.
        then<Screen.Cards>(Action.Back)
        assertNull(asked(parties.ask("bar", "citizen_id_pseudonym", "age_over_19")).showings.single().pseudonym)
    }
}
