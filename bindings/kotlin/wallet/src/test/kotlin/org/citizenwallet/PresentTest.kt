package org.citizenwallet

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class PresentTest {
    @Test
    fun `what a link wants and whom it contacts is told without asking anybody`() = waiting {
        val link = "openid4vp://?client_id=x509_san_dns%3Abar.example&request_uri=https%3A%2F%2Fbar.example%2Fr"
        assertEquals(LinkIntent.PRESENTATION, Wallet.intent(link, LinkMedium.QR))
        assertEquals("bar.example", Wallet.contacts(link))
        assertEquals(LinkIntent.OFFER, Wallet.intent("openid-credential-offer://?credential_offer=%7B%7D", LinkMedium.QR))
        assertEquals(LinkIntent.UNKNOWN, Wallet.intent("https://bar.example/", LinkMedium.LINK))
        assertEquals(LinkIntent.UNKNOWN, Wallet.intent("half a pair: \ud800", LinkMedium.QR))
        failing(ErrorCode.TOO_LARGE) { Wallet.intent("openid4vp://?" + "a".repeat(5000), LinkMedium.QR) }
    }

    @Test
    fun `the verifier learns the age and nothing else of what can be withheld`() = holding {
        val card = receive()
        val plan = plan()
        val overview = plan.overview()
        val showing = overview.showings.single()
        assertEquals(card, showing.card)
        assertEquals(listOf(AGE), showing.disclosed)
        assertEquals(listOf(AGE), showing.asked.map { it.asked })
        assertTrue(listOf(PathSegment.Name("name")) in showing.withheld)
        assertTrue(listOf(PathSegment.Name("vct")) in showing.alwaysDisclosed)
        assertTrue(Linkability.IssuerSignature in showing.linkability)
        assertFalse(Linkability.CopyShownBefore in showing.linkability)
        assertTrue(showing.keyBinding)
        assertFalse(overview.needsAuth)

        val presented = wallet.present(wallet.approve(plan, overview.hash))
        assertEquals(Outcome.Accepted, presented.outcome)
        assertNull(presented.response)
        assertEquals(card, presented.shown.single().card)
        val learned = compact(parties.learned())
        assertTrue("\"accepted\":true" in learned, learned)
        assertTrue("\"disclosed\":[[\"age_equal_or_over\",\"19\"]]" in learned, learned)
        assertTrue("\"unrequested\":[]" in learned, learned)
        assertFalse("birthdate" in learned, learned)
    }

    @Test
    fun `who asks is told with how that was proven and where the answer goes`() = holding {
        receive()
        val request = plan().overview().request
        assertEquals("x509_san_dns:localhost", request.verifier.clientId)
        assertEquals("localhost", request.verifier.domain)
        assertEquals(VerifierProof.CertificateDnsName, request.verifier.proof)
        assertEquals(VerifierTrust.Anchored, request.verifier.trust)
        assertEquals(32, request.verifier.certificateSha256?.size)
        assertTrue(assertInstanceOf(Destination.ResponseUri::class.java, request.destination).uri.startsWith("http://localhost"))
        assertTrue(request.isEncrypted)
        assertTrue(request.expiresAt > java.time.Instant.now())

        val unproven = plan(askAge("""{"prefix":"redirect_uri"}""")).overview().request.verifier
        assertEquals(VerifierProof.AnswerAddressOnly, unproven.proof)
        assertEquals(VerifierTrust.Unverified, unproven.trust)
        assertNull(unproven.domain)
    }

    @Test
    fun `a verifier that is a DID is told with what shows its key`() = holding {
        receive()
        for (prefix in listOf("did_key", "did_jwk")) {
            val verifier = plan(askAge("""{"prefix":"$prefix"}""")).overview().request.verifier
            assertEquals(VerifierProof.DecentralizedIdentifier, verifier.proof)
            assertEquals(VerifierTrust.Unverified, verifier.trust)
            val told = verifier.didEvidence!!
            assertEquals(DidEvidence.SelfCertifying, told.evidence)
            assertTrue(java.time.Duration.between(told.asOf!!, java.time.Instant.now()).abs() < java.time.Duration.ofMinutes(5))
            assertEquals("DatedDidEvidence", told.toString())
        }
        assertNull(plan().overview().request.verifier.didEvidence)
    }

    @Test
    fun `a statement the verifier makes about itself is handed on as it came`() = holding {
        receive()
        val info = """{"verifier_info":[{"format":"jwt","data":"e30.e30.e30","credential_ids":["card"]}]}"""
        val told = plan(askAge(info)).overview().request.verifierInfo.single()
        assertEquals(VerifierInfo("jwt", "\"e30.e30.e30\"", listOf("card")), told)
    }

    @Test
    fun `values of what would be shown are told one at a time and none of what is withheld`() = holding {
        receive()
        val plan = plan()
        wallet.revealed(plan, 0, listOf("en")).use { claims ->
            val infos = claims.list()
            val age = infos.indexOfFirst { it.path == AGE }
            assertEquals(ClaimValue.Boolean(true), claims.value(age.toUInt()))
            assertTrue(infos.none { it.path == listOf(PathSegment.Name("birthdate")) })
            val showing = plan.overview().showings.single()
            assertEquals((showing.disclosed + showing.alwaysDisclosed).toSet(), infos.map { it.path }.toSet())
            failing(ErrorCode.NOT_FOUND) { claims.value(infos.size.toUInt()) }
        }
        failing(ErrorCode.NOT_FOUND) { wallet.revealed(plan, 1) }
        failing(ErrorCode.NOT_FOUND) { wallet.revealed(plan, -1) }
    }

    @Test
    fun `what a verifier was shown before is told with the next plan`() = holding {
        receive()
        assertEquals(emptyList<SharedBefore>(), wallet.sharedBefore(plan()))
        val presented = show()
        val next = plan()
        val before = wallet.sharedBefore(next).single()
        assertEquals(presented.history, before.history)
        assertEquals(Outcome.Accepted, before.outcome)
        assertEquals(presented.shown, before.shown)
        assertTrue(AGE in before.shown.single().claims)
        assertTrue(Linkability.CopyShownBefore in next.overview().showings.single().linkability)
        assertEquals(emptyList<SharedBefore>(), wallet.sharedBefore(plan(askAge("""{"prefix":"redirect_uri"}"""))))
    }

    @Test
    fun `refusing looks to the verifier like having no card`() {
        val network = VerifierNetwork()
        holding(network) {
            val absent = wallet.request(askAge())
            val unmatched = assertInstanceOf(Proposal.Unavailable::class.java, absent).plan.overview()
            assertEquals(listOf("card"), unmatched.unmatched)
            assertEquals(Outcome.Accepted, wallet.refuse(absent).outcome)
            val ofNone = parties.learned()
            receive()
            val proposal = Proposal.Plan(plan())
            wallet.refuse(proposal)
            assertEquals(ofNone, parties.learned())
            assertTrue("access_denied" in ofNone, ofNone)
            val (first, second) = network.answers.map { answer ->
                val body = String(answer.body).split('&').filterNot { it.startsWith("state=") }
                answer.headers to body
            }
            assertEquals(first, second)
            failing(ErrorCode.USED_UP) { wallet.refuse(proposal) }
        }
    }

    @Test
    fun `a request is answered once`() = holding {
        receive()
        val link = askAge()
        show(link)
        failing(ErrorCode.NONCE_MISSING_OR_REUSED) { wallet.request(link) }
    }

    @Test
    fun `a verifier nobody vouches for and a broken request are the verifier's errors`() = holding {
        receive()
        val untrusted = failing(ErrorCode.UNTRUSTED_VERIFIER) { wallet.request(askAge("""{"fault":"certificate_mismatch"}""")) }
        assertInstanceOf(WalletException.Verifier::class.java, untrusted)
        val expired = failing(ErrorCode.REQUEST_EXPIRED) { wallet.request(askAge("""{"fault":"expired"}""")) }
        assertInstanceOf(WalletException.Verifier::class.java, expired)
        // The wallet goes on.
        assertEquals(Outcome.Accepted, show().outcome)
    }

    @Test
    fun `the sixth request in a minute is told how long to wait`() = holding {
        repeat(5) { wallet.request(askAge()) }
        val error = failing(ErrorCode.REQUEST_RATE_LIMITED) { wallet.request(askAge()) }
        assertTrue(error.retryAfter!!.inWholeSeconds in 1..60)
    }

    @Test
    fun `a locked wallet reads no request and presents nothing, and an approved plan is used up by the try`() = holding {
        receive()
        val approved = approve(plan())
        wallet.lock()
        failing(ErrorCode.LOCKED) { wallet.request(askAge()) }
        failing(ErrorCode.LOCKED) { wallet.present(approved) }
        wallet.unlock(Place.pin())
        failing(ErrorCode.USED_UP) { wallet.present(approved) }
        assertEquals(Outcome.Accepted, show().outcome)
    }

    @Test
    fun `a plan can be approved while the wallet is locked`() = holding {
        receive()
        val plan = plan()
        val hash = plan.overview().hash
        wallet.lock()
        failing(ErrorCode.LOCKED) { wallet.revealed(plan) }
        val approved = wallet.approve(plan, hash)
        wallet.unlock(Place.pin())
        assertEquals(Outcome.Accepted, wallet.present(approved).outcome)
    }

    @Test
    fun `a presented card can be inspected and says only what was shown`() = holding {
        receive()
        val asked = verifiers.askPlatform(query(), "unsigned", "https://bar.example")
        val response = String(present(wallet.dcApiRequest(asked.protocol, asked.data, "https://bar.example")))
        // Without the proof by the holder's key, which follows the last tilde.
        val credential = Regex("\"card\":\\[\"([^\"]*~)").find(response)!!.groupValues[1]
        val inspected = Wallet.inspect(place.platform, place.policy, credential)
        assertEquals("dc+sd-jwt", inspected.credential.format)
        assertEquals(verifiers.type(), inspected.credential.credentialType)
        assertTrue(inspected.credential.isHolderBound)
        assertTrue(verifiers.type() !in inspected.toString())
        inspected.claims.use { claims ->
            assertTrue(claims.list().any { it.path == AGE })
            assertTrue(claims.list().none { it.path == listOf(PathSegment.Name("birthdate")) })
        }
        failing(ErrorCode.UNTRUSTED_ISSUER) { Wallet.inspect(place.platform, place.policy.copy(trust = Trust()), credential) }
    }

    private suspend fun Holder.present(proposed: DcApiProposal): ByteArray {
        val proposal = assertInstanceOf(DcApiProposal.Proposed::class.java, proposed).proposal
        val plan = assertInstanceOf(Proposal.Plan::class.java, proposal).plan
        return wallet.present(approve(plan)).response!!
    }

    private fun Holder.query() = verifiers.query(AGE_CLAIM)
}
