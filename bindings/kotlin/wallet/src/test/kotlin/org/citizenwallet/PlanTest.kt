package org.citizenwallet

import java.time.Instant
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Choosing, approving, and what is used once. */
class PlanTest {
    private val eachShowing = KeepPolicy(userAuth = UserAuthPolicy.EACH_SHOWING)
    private val payment =
        TransactionDataType(
            "urn:example:payment",
            listOf(
                TransactionMember("amount", TransactionMemberKind.TEXT, required = true),
                TransactionMember("payee", TransactionMemberKind.TEXT, required = true),
            ),
        )

    @Test
    fun `another card can be chosen, and only the hash of what was shown then approves`() = holding {
        val cards = listOf(receive(), receive())
        val plan = plan()
        val shown = plan.overview()
        assertEquals(cards.toSet(), shown.alternatives.map { it.card }.toSet())
        val other = shown.alternatives.single { !it.isChosen }.card
        val changed = wallet.select(plan, Choice.Cards("card", listOf(other)))
        assertEquals(other, changed.showings.single().card)
        assertFalse(shown.hash.contentEquals(changed.hash))
        assertArrayEquals(changed.hash, plan.overview().hash)
        failing(ErrorCode.CONSENT_MISMATCH) { wallet.approve(plan, shown.hash) }
        val presented = wallet.present(wallet.approve(plan, changed.hash))
        assertEquals(other, presented.shown.single().card)
    }

    @Test
    fun `one of the verifier's claim sets can be chosen`() = holding {
        val card = receive()
        val claims = """[{"id":"a","path":["age_equal_or_over","19"]},{"id":"b","path":["nationality"]}]"""
        val asked = verifiers.ask(verifiers.query(claims, ""","claim_sets":[["a"],["b"]]"""))
        val plan = plan(asked.link)
        assertEquals(listOf(0u, 1u), plan.overview().alternatives.map { it.claimSet })
        val changed = wallet.select(plan, Choice.ClaimSet("card", card, 1u))
        assertEquals(listOf(listOf(PathSegment.Name("nationality"))), changed.showings.single().disclosed)
        wallet.present(approve(plan))
        assertTrue("\"disclosed\":[[\"nationality\"]]" in verifiers.learned(asked), verifiers.learned(asked))
    }

    @Test
    fun `a use case the verifier does not insist on is left out unless it is chosen`() = holding {
        receive()
        val type = verifiers.type()
        fun query(id: String, path: String) =
            """{"id":"$id","format":"dc+sd-jwt","meta":{"vct_values":["$type"]},"claims":[{"path":$path}]}"""
        val asked = verifiers.ask(
            """{"credentials":[${query("age", """["age_equal_or_over","19"]""")},${query("origin", """["nationality"]""")}],
               "credential_sets":[{"options":[["age"]]},{"options":[["origin"]],"required":false}]}""",
        )
        val plan = plan(asked.link)
        val optional = plan.overview().useCases.single { !it.isRequired }
        assertEquals(null, optional.chosen)
        assertEquals(listOf("origin"), optional.options.single().queries)
        assertEquals(listOf("age"), plan.overview().showings.map { it.query })
        val chosen = wallet.select(plan, Choice.UseCase(optional.place, optional.options.single().place))
        assertEquals(listOf("age", "origin"), chosen.showings.map { it.query })
        failing(ErrorCode.NOT_FOUND) { wallet.select(plan, Choice.UseCase(0u, null)) }
        val skipped = wallet.select(plan, Choice.UseCase(optional.place, null))
        assertEquals(listOf("age"), skipped.showings.map { it.query })
        wallet.present(wallet.approve(plan, skipped.hash))
        assertFalse("nationality\"]" in verifiers.learned(asked), verifiers.learned(asked))
    }

    @Test
    fun `a choice that is not on offer changes nothing`() = holding {
        receive()
        val plan = plan()
        val before = plan.overview()
        for (choice in listOf(
            Choice.Cards("card", listOf("no such card")),
            Choice.Cards("card", emptyList()),
            Choice.Cards("no such query", before.showings.map { it.card }),
            Choice.ClaimSet("card", before.showings.single().card, UInt.MAX_VALUE),
            Choice.UseCase(UInt.MAX_VALUE, null),
        )) {
            failing(ErrorCode.NOT_FOUND) { wallet.select(plan, choice) }
        }
        assertArrayEquals(before.hash, plan.overview().hash)
        assertEquals(Outcome.Accepted, wallet.present(wallet.approve(plan, before.hash)).outcome)
    }

    @Test
    fun `a wrong hash approves nothing and the plan can be approved after it`() = holding {
        receive()
        val plan = plan()
        val hash = plan.overview().hash
        for (wrong in listOf(ByteArray(32), ByteArray(0), hash.copyOf(31), hash.copyOf(33))) {
            failing(ErrorCode.CONSENT_MISMATCH) { wallet.approve(plan, wrong) }
        }
        val otherPlan = plan(askAge()).overview().hash
        failing(ErrorCode.CONSENT_MISMATCH) { wallet.approve(plan, otherPlan) }
        assertEquals(Outcome.Accepted, wallet.present(wallet.approve(plan, hash)).outcome)
    }

    @Test
    fun `a plan is approved once and an approved plan presented once`() = holding {
        receive()
        val plan = plan()
        val hash = plan.overview().hash
        val approved = wallet.approve(plan, hash)
        failing(ErrorCode.USED_UP) { wallet.approve(plan, hash) }
        failing(ErrorCode.USED_UP) { plan.overview() }
        failing(ErrorCode.USED_UP) { wallet.select(plan, Choice.Cards("card", emptyList())) }
        failing(ErrorCode.USED_UP) { wallet.revealed(plan) }
        failing(ErrorCode.USED_UP) { wallet.sharedBefore(plan) }
        failing(ErrorCode.USED_UP) { wallet.refuse(Proposal.Plan(plan)) }
        wallet.present(approved)
        failing(ErrorCode.USED_UP) { wallet.present(approved) }
        assertTrue("\"answers\":1" in compact(parties.learned()))
    }

    @Test
    fun `a plan that was closed is used up and nobody is told anything`() {
        val network = VerifierNetwork()
        holding(network) {
            receive()
            val plan = plan()
            val hash = plan.overview().hash
            plan.close()
            failing(ErrorCode.USED_UP) { wallet.approve(plan, hash) }
            val approved = approve(plan())
            approved.close()
            failing(ErrorCode.USED_UP) { wallet.present(approved) }
        }
        assertEquals(0, network.answers.size)
    }

    @Test
    fun `a plan ends with its request, before and after approval`() {
        val clock = HandClock()
        holding(clock = clock) {
            receive(policy = KeepPolicy(reuse = ReusePolicy.OnceOnly))
            val plan = plan()
            val hash = plan.overview().hash
            val approved = approve(plan())
            clock.seconds += 3600
            failing(ErrorCode.CONSENT_EXPIRED) { wallet.approve(plan, hash) }
            // It locked itself meanwhile.
            wallet.unlock(Place.pin())
            failing(ErrorCode.CONSENT_EXPIRED) { wallet.present(approved) }
            assertEquals(1u, wallet.list().single().usableCopies)
        }
    }

    @Test
    fun `a transaction is shown whole, needs the holder's authentication, and is bound into the proof`() =
        holding(change = { it.copy(transactionDataTypes = listOf(payment)) }) {
            receive()
            val rent = """{"type":"urn:example:payment","credential_ids":["card"],"amount":"500.00 EUR","payee":"Fictional Landlord"}"""
            val plan = plan(askAge("""{"transaction_data":[$rent]}"""))
            val overview = plan.overview()
            val lines = listOf(TransactionLine("amount", "500.00 EUR"), TransactionLine("payee", "Fictional Landlord"))
            assertEquals(listOf(Transaction("urn:example:payment", lines)), overview.showings.single().transactions)
            assertTrue(overview.needsAuth)
            assertFalse(overview.showings.single().needsAuth)
            failing(ErrorCode.USER_AUTH_REQUIRED) { wallet.approve(plan, overview.hash) }
            val auth = wallet.authenticate(Place.pin())
            // The verifier checks the hash in the proof.
            val presented = wallet.present(wallet.approve(plan, overview.hash, HolderAuth.Fresh(auth)))
            assertEquals(Outcome.Accepted, presented.outcome)
            assertTrue("\"accepted\":true" in compact(parties.learned()))
        }

    @Test
    fun `a transaction of a type the app does not show is refused`() = holding {
        receive()
        val rent = """{"type":"urn:example:payment","credential_ids":["card"],"amount":"500.00 EUR"}"""
        failing(ErrorCode.TRANSACTION_DATA_NOT_SUPPORTED) { wallet.request(askAge("""{"transaction_data":[$rent]}""")) }
    }

    @Test
    fun `a card that asks for it is shown only after an authentication for this very plan`() {
        val clock = HandClock()
        holding(clock = clock) {
            receive(policy = eachShowing)
            val before = HolderAuth.Fresh(wallet.authenticate(Place.pin()))
            clock.advance(2)
            val plan = plan()
            val overview = plan.overview()
            assertTrue(overview.needsAuth && overview.showings.single().needsAuth)
            failing(ErrorCode.USER_AUTH_REQUIRED) { wallet.approve(plan, overview.hash, before) }
            val early = HolderAuth.Verified(Instant.ofEpochSecond(clock.seconds - 1))
            failing(ErrorCode.USER_AUTH_REQUIRED) { wallet.approve(plan, overview.hash, early) }
            val ahead = HolderAuth.Verified(Instant.ofEpochSecond(clock.seconds + 60))
            failing(ErrorCode.USER_AUTH_REQUIRED) { wallet.approve(plan, overview.hash, ahead) }
            val now = HolderAuth.Verified(Instant.ofEpochSecond(clock.seconds))
            assertEquals(Outcome.Accepted, wallet.present(wallet.approve(plan, overview.hash, now)).outcome)
        }
    }

    @Test
    fun `a copy for one showing is shown once, and then no card fits`() = holding {
        receive(copies = 2, policy = KeepPolicy(reuse = ReusePolicy.OnceOnly))
        val stale = plan()
        val first = stale.overview()
        show()
        assertEquals(1u, wallet.list().single().usableCopies)
        // The plan made before was for the copy that is used now.
        failing(ErrorCode.ONE_TIME_EXHAUSTED) { wallet.present(wallet.approve(stale, first.hash)) }
        show()
        assertTrue(wallet.request(askAge()) is Proposal.Unavailable)
    }

    @Test
    fun `no hash is in the text of a plan`() = holding {
        receive()
        val overview = plan().overview()
        val hash = overview.hash
        val text = overview.toString()
        assertFalse(hash.joinToString("") { "%02x".format(it) } in text)
        assertFalse(hash.joinToString() in text)
        assertNotEquals(0, text.length)
    }
}
