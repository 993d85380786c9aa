package org.citizenwallet

import java.io.File
import org.citizenwallet.jvm.JvmHttpClient
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
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
    fun `a pseudonym is for the service the plan says and one per person, and the verifier takes it once`() = trusting {
        wallet.receive(parties.offer("citizen_id_pseudonym"))
        suspend fun vote(): String {
            val plan = plan(parties.askPseudonym("voting-office", "vote \u202e2026", "citizen_id_pseudonym", "age_over_19"))
            val showing = plan.overview().showings.single()
            val pseudonym = showing.pseudonym!!
            assertTrue("vote" in pseudonym.service && '\u202e' !in pseudonym.service, pseudonym.service)
            assertTrue(pseudonym.isOnePerPerson)
            assertTrue(Linkability.Pseudonym in showing.linkability)
            assertTrue(ShowingNote.LinkSecret in showing.notes)
            wallet.present(approve(plan))
            return compact(parties.learned())
        }
        val first = vote()
        assertTrue("\"accepted\":true" in first && Regex("\"pseudonym\":\"[0-9a-f]{96}\"") in first, first)
        val second = vote()
        assertTrue("\"accepted\":false" in second && "thispseudonymwasherebefore" in second, second)
    }

    @Test
    fun `a card with a secret for pseudonyms shows none where none is asked for`() = trusting {
        wallet.receive(parties.offer("citizen_id_pseudonym"))
        val showing = plan(parties.ask("bar", "citizen_id_pseudonym", "age_over_19")).overview().showings.single()
        assertNull(showing.pseudonym)
        assertFalse(Linkability.Pseudonym in showing.linkability)
    }

    @Test
    fun `a W3C credential as JWT is shown whole, by the key of its subject, and the plan says both`() = holding {
        for (configuration in listOf("citizen_id_jwt", "citizen_id_vc_jwt")) {
            val card = wallet.receive(parties.offer(configuration)).single().id
            val detail = wallet.detail(card)
            assertEquals("jwt_vc_json", detail.overview.format)
            assertTrue(Linkability.IssuerSignature in detail.linkability)
            val plan = plan(parties.ask("bar", configuration, "name"))
            val showing = plan.overview().showings.single()
            assertTrue(showing.keyBinding && showing.disclosed.isEmpty() && showing.withheld.isEmpty())
            assertTrue(Linkability.AlwaysDisclosedValues in showing.linkability)
            assertEquals(Outcome.Accepted, wallet.present(approve(plan)).outcome)
            val learned = compact(parties.learned())
            assertTrue("\"accepted\":true" in learned && "\"locality\":" in learned, learned)
            wallet.delete(card)
        }
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
