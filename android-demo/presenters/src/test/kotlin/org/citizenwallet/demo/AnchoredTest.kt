package org.citizenwallet.demo

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Cards that their issuer entered on a chain, on a real node. */
class AnchoredTest {
    @Test
    fun `a card says that it was anchored, and the history whether the proof went to a verifier`() = phone(hasChain = true) {
        setUp()
        val card = receive("resident_card").cards.single().id
        val facts = then<Screen.Card>(Action.ShowCard(card)).facts
        assertEquals(Tone.GOOD, facts.single { said(it.text) == "card_anchored" }.tone)
        then<Screen.Cards>(Action.Back)
        for (isAsked in listOf(false, true)) {
            val link = if (isAsked) parties.askAnchorProof("bar", "resident_card", "nationality") else askAge()
            val reasons = asked(link).showings.single().linkability.map(::said)
            assertEquals(isAsked, "link_anchor_proof" in reasons)
            val done = then<Screen.Done>(Action.Agree)
            assertEquals("outcome_accepted", said(done.outcome.text))
            assertEquals(isAsked, "shown_anchor_proof" in done.lines.map(::said))
            then<Screen.Cards>(Action.Back)
        }
        val (withProof, without) = then<Screen.History>(Action.ShowHistory).entries.map { it.lines.map(::said) }
        assertTrue("shown_anchor_proof" in withProof, "$withProof")
        assertFalse("shown_anchor_proof" in without, "$without")
    }
}
