package org.citizenwallet

import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Requests the platform hands over by the Digital Credentials API. */
class PlatformRequestTest {
    private val origin = "https://bar.example"

    @Test
    fun `the platform gets the bytes of an unsigned and a signed request, and nothing is sent`() {
        val network = VerifierNetwork()
        holding(network) {
            receive()
            for (signing in listOf("unsigned", "signed")) {
                for (mode in listOf("direct_post", "direct_post.jwt")) {
                    val asked = verifiers.askPlatform(verifiers.query(AGE_CLAIM), signing, origin, mode)
                    val plan = plan(wallet.dcApiRequest(asked.protocol, asked.data, origin))
                    val request = plan.overview().request
                    assertEquals(Destination.Caller(asked.protocol, origin), request.destination)
                    val trust = if (signing == "signed") VerifierTrust.Anchored else VerifierTrust.Platform
                    assertEquals(trust, request.verifier.trust)
                    val presented = wallet.present(approve(plan))
                    assertEquals(Outcome.Returned, presented.outcome)
                    val learned = verifiers.learned(asked, presented.response!!)
                    assertTrue("\"accepted\":true" in learned, learned)
                    assertTrue("\"disclosed\":[[\"age_equal_or_over\",\"19\"]]" in learned, learned)
                    failing(ErrorCode.NOT_FOUND) { wallet.resend(presented.history) }
                }
            }
        }
        assertEquals(0, network.answers.size)
    }

    @Test
    fun `refusing gives the same bytes with and without a card`() = holding {
        val refusals = List(2) { round ->
            if (round == 1) receive()
            val asked = verifiers.askPlatform(verifiers.query(AGE_CLAIM), "unsigned", origin)
            val proposed = wallet.dcApiRequest(asked.protocol, asked.data, origin)
            val proposal = assertInstanceOf(DcApiProposal.Proposed::class.java, proposed).proposal
            assertEquals(round == 1, proposal is Proposal.Plan)
            val declined = wallet.refuse(proposal)
            assertEquals(Outcome.Returned, declined.outcome)
            declined.response!!
        }
        assertArrayEquals(refusals[0], refusals[1])
    }

    @Test
    fun `a request of another origin is refused and the caller may be told so`() = holding {
        receive()
        val asked = verifiers.askPlatform(verifiers.query(AGE_CLAIM), "signed", origin)
        val proposed = wallet.dcApiRequest(asked.protocol, asked.data, "https://elsewhere.example")
        val refused = assertInstanceOf(DcApiProposal.Refused::class.java, proposed)
        assertEquals(ErrorCode.ORIGIN_MISMATCH, refused.error.code)
        assertInstanceOf(WalletException.Verifier::class.java, refused.error)
        assertTrue("error" in String(refused.response!!))
    }

    @Test
    fun `what is no request, and a locked wallet, is refused without an answer`() = holding {
        val codes = mapOf("telepathy" to ErrorCode.REQUEST_NOT_SUPPORTED, "openid4vp-v1-unsigned" to ErrorCode.MALFORMED)
        for ((protocol, code) in codes) {
            val proposed = wallet.dcApiRequest(protocol, "[", origin)
            val refused = assertInstanceOf(DcApiProposal.Refused::class.java, proposed)
            assertEquals(code, refused.error.code)
            assertNull(refused.response)
        }
        wallet.lock()
        val refused = wallet.dcApiRequest("openid4vp-v1-unsigned", "{}", origin)
        assertEquals(ErrorCode.LOCKED, assertInstanceOf(DcApiProposal.Refused::class.java, refused).error.code)
    }

    private fun plan(proposed: DcApiProposal): ConsentPlan {
        val proposal = assertInstanceOf(DcApiProposal.Proposed::class.java, proposed).proposal
        return assertInstanceOf(Proposal.Plan::class.java, proposal).plan
    }
}
