package org.citizenwallet

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** A card with a large claim, such as a portrait nobody made smaller. As a card's text it is a third longer. */
class LargeCardTest {
    private val large = "x".repeat(3_750_000)

    @Test
    fun `a card of five megabytes is received, listed, looked at, shown, and exported whole after a restart`() = receiving {
        issuer.change("resident_card", """{"claims":{"name_latin":"$large"}}""")
        val card = wallet.ordered(issuer.offer())
        // What is shown of a text is cut, whatever its length.
        card.claims().use { assertTrue(it.text("name_latin").startsWith("xxx")) }
        val id = wallet.keep(card).id
        assertEquals(id, wallet.list().single().id)
        assertEquals(Outcome.Accepted, wallet.shown(parties.askAge()).outcome)
        wallet.close()
        place.openUnlocked().use { again ->
            assertEquals(IntegrityState.SOUND, again.integrity())
            again.detail(id).use { assertTrue(it.claims.text("name_latin").startsWith("xxx")) }
            val export = again.authenticate(Place.pin()).use { again.export(it) }
            assertTrue("\"$large\"" in export.decodeToString())
        }
    }

    @Test
    fun `a card of ten megabytes is refused, and nothing of it is kept`() = receiving {
        issuer.change("resident_card", """{"claims":{"name_latin":"$large$large"}}""")
        val error = failing(ErrorCode.TOO_LARGE) { wallet.receive(issuer.offer().link) }
        assertTrue(error is WalletException.Issuer)
        assertEquals(emptyList<CardOverview>(), wallet.list())
        assertEquals(IntegrityState.SOUND, wallet.integrity())
    }
}
