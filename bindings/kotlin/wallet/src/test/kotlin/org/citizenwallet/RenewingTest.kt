package org.citizenwallet

import java.time.Instant
import org.citizenwallet.Place.Companion.pin
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Cards that are issued again, without the holder and with. */
class RenewingTest {
    @Test
    fun `new content is shown as what changed, given back by a locked wallet and kept in the card's own place`() = renewing {
        val id = wallet.receive(issuer.offer().link, copies = 2).single().id
        parties.change("resident_card", """{"claims":{"name_latin":"OTHER"}}""")
        val renewed = wallet.renew(id)
        assertEquals(id to RenewalKind.Reissue, renewed.id() to renewed.kind())
        assertTrue(renewed.isChanged())
        assertNull(renewed.signedByBefore(), "nobody else signed")
        val changes = renewed.changes(listOf("en"))
        val change = changes.list().single()
        assertEquals(ClaimChangeKind.Changed to listOf(PathSegment.Name("name_latin")), change.kind to change.path)
        assertEquals(ClaimValue.Text("HONG GILDONG"), changes.before(0u))
        assertEquals(ClaimValue.Text("OTHER"), changes.after(0u))
        failing(ErrorCode.NOT_FOUND) { changes.after(1u) }
        assertEquals("HONG GILDONG", latin(id), "nothing changes unseen")
        wallet.lock()
        failing(ErrorCode.LOCKED) { wallet.keepRenewed(renewed) }
        wallet.unlock(pin())
        val kept = wallet.keepRenewed(renewed)
        assertEquals(Renewed(id, RenewalKind.Reissue, 2u, Notified.SENT), kept)
        assertEquals("OTHER", latin(id))
        failing(ErrorCode.USED_UP) { wallet.keepRenewed(renewed) }
        failing(ErrorCode.USED_UP) { renewed.intoCard() }
    }

    @Test
    fun `copies that are shown once are filled up, and no more than are missing`() = renewing {
        val id = wallet.receive(issuer.offer().link, copies = 3, policy = KeepPolicy(ReusePolicy.OnceOnly)).single().id
        repeat(2) { assertEquals(Outcome.Accepted, wallet.shown(parties.askAge()).outcome) }
        assertEquals(1u, wallet.list().single().usableCopies)
        val renewed = wallet.renew(id)
        assertEquals(RenewalKind.Refill to 2u, renewed.kind() to renewed.copies())
        assertFalse(renewed.isChanged())
        assertEquals(emptyList<ClaimChange>(), renewed.changes().list())
        wallet.keepRenewed(renewed)
        assertEquals(3u, wallet.list().single().usableCopies)
    }

    @Test
    fun `a renewal the holder declines leaves the card as it was`() = renewing {
        val id = wallet.receive(issuer.offer().link).single().id
        parties.change("resident_card", """{"claims":{"name_latin":"OTHER"}}""")
        val renewed = wallet.renew(id)
        assertEquals(Notified.SENT, wallet.decline(renewed.intoCard()))
        failing(ErrorCode.USED_UP) { wallet.keepRenewed(renewed) }
        assertEquals(listOf("credential_accepted", "credential_deleted"), issuer.told())
        assertEquals("HONG GILDONG", latin(id))
    }

    @Test
    fun `without a refresh token the holder gets a new card, and it takes the old one's place`() = receiving {
        val id = wallet.receive(issuer.offer().link).single().id
        failing(ErrorCode.RENEWAL_NEEDS_HOLDER) { wallet.renew(id) }
        val other = wallet.ordered(issuer.offer(of("driving_licence")))
        failing(ErrorCode.RENEWAL_MISMATCH) { wallet.replacing(id, other) }
        assertEquals(1u, other.copies(), "given back")
        val renewed = wallet.replacing(id, wallet.ordered(issuer.offer(), copies = 2))
        assertFalse(renewed.isChanged())
        wallet.keepRenewed(renewed)
        wallet.keep(other)
        val cards = wallet.list()
        assertEquals(listOf(id, 2u), cards.first().let { listOf(it.id, it.copies) })
        assertEquals(2, cards.size)
    }

    @Test
    fun `a card that runs out is due in time, with what it takes`() = renewing {
        parties.change("resident_card", """{"lifetime":864000}""")
        val renewable = wallet.receive(issuer.offer().link).single().id
        parties.configure("{}")
        val other = wallet.receive(issuer.offer().link).single().id
        val before = wallet.due().map { it.what }
        assertTrue(before.none { it is DueWhat.Reissue || it is DueWhat.Expiring })
        assertTrue(wallet.nextDue()!! > Instant.now().minusSeconds(1))
        val due = wallet.due(Instant.now().plusSeconds(863_000))
        val reissue = due.single { it.what == DueWhat.Reissue(renewable) }
        val expiring = due.single { it.what == DueWhat.Expiring(other) }
        assertEquals(listOf(false, true), listOf(reissue.needsHolder, expiring.needsHolder))
        assertEquals(wallet.list().first().expiresAt, reissue.until)
    }

    private suspend fun Receiver.latin(id: String): String = wallet.detail(id).use { it.claims.text("name_latin") }

    private fun renewing(test: suspend Receiver.() -> Unit) = receiving {
        parties.configure("""{"refresh_tokens":true}""")
        test()
    }
}
