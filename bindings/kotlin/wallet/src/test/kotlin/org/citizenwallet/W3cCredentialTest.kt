package org.citizenwallet

import java.io.File
import org.citizenwallet.jvm.JvmHttpClient
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** W3C credentials with Data Integrity proofs. */
class W3cCredentialTest {
    @Test
    fun `a card of bbs-2023 is shown, and the plan says what links it and what binds it`() = trusting {
        val card = wallet.receive(parties.offer("citizen_id_bbs")).single().id
        assertEquals("ldp_vc", wallet.list().single().format)
        assertTrue(wallet.detail(card).linkability.isEmpty())
        repeat(2) {
            val plan = plan(parties.ask("bar", "citizen_id_bbs", "age_over_19"))
            val showing = plan.overview().showings.single()
            assertEquals(listOf(Linkability.DisclosedValues), showing.linkability)
            assertEquals(listOf(ShowingNote.HeaderUnchecked), showing.notes)
            assertFalse(showing.keyBinding)
            assertEquals(Outcome.Accepted, wallet.present(approve(plan)).outcome)
            val learned = compact(parties.learned())
            assertTrue("\"accepted\":true" in learned, learned)
            assertTrue("\"disclosed\":[[\"credentialSubject\",\"age_over_19\"]]" in learned, learned)
        }
    }

    @Test
    fun `each showing of a card of ecdsa-sd-2023 has the same signature`() = trusting {
        val card = wallet.receive(parties.offer("citizen_id_ecdsa_sd")).single().id
        assertEquals(listOf(Linkability.IssuerSignature), wallet.detail(card).linkability)
        val showing = plan(parties.ask("bar", "citizen_id_ecdsa_sd", "age_over_19")).overview().showings.single()
        assertEquals(listOf(ShowingNote.NotBound), showing.notes)
    }

    @Test
    fun `a web site the app does not trust is not believed`() = holding {
        failing(ErrorCode.UNTRUSTED_ISSUER) { wallet.receive(parties.offer("citizen_id_bbs")) }
    }

    /** With a wallet that trusts the issuer's web site. */
    private fun trusting(test: suspend Holder.() -> Unit) = waiting {
        Parties.start().use { parties ->
            val issuer = File(parties.folder, "web-issuer").readText()
            val change = { policy: Policy -> policy.copy(trust = policy.trust.copy(webIssuers = listOf(issuer))) }
            Place(parties, http = JvmHttpClient(), change = change).use { place ->
                place.create().use { Holder(parties, place, it).test() }
            }
        }
    }
}
