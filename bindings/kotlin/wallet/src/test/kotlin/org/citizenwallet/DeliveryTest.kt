package org.citizenwallet

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Answers that are lost on the way, calls that are given up, and wallets that are closed. For processes that die see [KilledTest]. */
class DeliveryTest {
    private val network = VerifierNetwork()
    private val onceOnly = KeepPolicy(reuse = ReusePolicy.OnceOnly)

    /** What an undeclared failure says; it is nobody's business. */
    private class Undeclared : RuntimeException("the proxy of hong@example.kr is down")

    @Test
    fun `an answer that was lost on the way back is unknown and stays so when the verifier refuses the second`() =
        holding(network) {
            receive(policy = onceOnly)
            network.sending = { send ->
                send()
                throw HttpException.SentOrUnknown()
            }
            val presented = show()
            assertEquals(Outcome.Unknown, presented.outcome)
            assertEquals(0u, wallet.list().single().usableCopies)
            network.sending = { it() }
            assertEquals(Outcome.Unknown, wallet.resend(presented.history).outcome)
            assertIdentical()
            assertTrue("\"answers\":2" in compact(parties.learned()))
            assertTrue("\"accepted\":true" in compact(parties.learned()))
        }

    @Test
    fun `bytes that never arrived are sent again as they were, whatever the client threw`() {
        for (fault in listOf(HttpException.Timeout(), HttpException.NotSent(), Undeclared(), OutOfMemoryError("a lie"))) {
            network.answers.clear()
            network.sending = { throw fault }
            holding(network) {
                receive(policy = onceOnly)
                val presented = show()
                assertEquals(Outcome.Unknown, presented.outcome, "$fault")
                network.sending = { it() }
                val again = wallet.resend(presented.history)
                assertEquals(Outcome.Accepted, again.outcome, "$fault")
                assertEquals(presented.history to presented.shown, again.history to again.shown)
                assertIdentical()
                failing(ErrorCode.NOT_FOUND) { wallet.resend(presented.history) }
            }
        }
    }

    @Test
    fun `an answer the verifier refuses is refused`() = holding(network) {
        receive()
        network.sending = { HttpResponse(400u, emptyList(), ByteArray(0), network.answers.last().url) }
        assertEquals(Outcome.Refused, show().outcome)
    }

    @Test
    fun `a presentation that is cancelled while it is sent is in the history, its copy burned, its bytes sent again`() =
        holding(network) {
            receive(copies = 2, policy = onceOnly)
            cancelled(wallet)
            network.sending = { it() }
            resendWhatIsUnknown(wallet)
        }

    @Test
    fun `a presentation that is cancelled while the holder's key is asked was not shown and uses no copy`() {
        val keys = SoftwareKeyStore()
        holding(network, keyStore = keys) {
            receive(policy = onceOnly)
            val approved = approve(plan())
            givenUp(hang = { keys.signing = it }) { wallet.present(approved) }
            keys.signing = { it() }
            failing(ErrorCode.USED_UP) { wallet.present(approved) }
            assertEquals(0, network.answers.size)
            assertEquals(1u, wallet.list().single().usableCopies)
            assertEquals(Outcome.Accepted, show().outcome)
        }
    }

    @Test
    fun `closed while it is sent, a presentation is unknown after opening, its copy burned, and the same bytes can be sent`() = holding(network) {
        receive(copies = 2, policy = onceOnly)
        cancelled(wallet, thenClose = true)
        network.sending = { it() }
        place.openUnlocked().use { reopened ->
            assertEquals(IntegrityState.SOUND, reopened.integrity())
            resendWhatIsUnknown(reopened)
        }
    }

    @Test
    fun `what was approved and not presented before the wallet was closed was not shown`() = holding(network) {
        receive(policy = onceOnly)
        val link = askAge()
        approve(plan(link))
        wallet.close()
        place.openUnlocked().use { reopened ->
            assertEquals(1u, reopened.list().single().usableCopies)
            val again = Holder(parties, place, reopened)
            assertEquals(emptyList<SharedBefore>(), reopened.sharedBefore(again.plan(link)))
            assertEquals(0, network.answers.size)
            assertEquals(Outcome.Accepted, again.show().outcome)
        }
    }

    @Test
    fun `a client that never answers a refusal can be given up, and the refusal stands`() = holding(network) {
        receive()
        val link = askAge()
        val proposal = Proposal.Plan(plan(link))
        givenUp { wallet.refuse(proposal) }
        failing(ErrorCode.USED_UP) { wallet.refuse(proposal) }
        failing(ErrorCode.NONCE_MISSING_OR_REUSED) { wallet.request(link) }
        network.sending = { it() }
        assertEquals(Outcome.Accepted, show().outcome)
    }

    @Test
    fun `the wallet can be used and locked from inside the client that sends`() = holding(network) {
        receive()
        val seen = CompletableDeferred<List<CardOverview>>()
        network.sending = { send ->
            seen.complete(wallet.list())
            failing(ErrorCode.NOT_FOUND) { wallet.resend("0".repeat(32)) }
            wallet.lock()
            send()
        }
        val presented = show()
        assertEquals(1, seen.await().size)
        assertEquals(Outcome.Accepted, presented.outcome)
        // How it ended could not be written down any more.
        wallet.unlock(Place.pin())
        network.sending = { it() }
        assertEquals(Outcome.Unknown, wallet.sharedBefore(plan()).single().outcome)
    }

    /** Presents until the client has the bytes, and gives up. */
    private suspend fun Holder.cancelled(wallet: Wallet, thenClose: Boolean = false) {
        val approved = approve(plan())
        givenUp(beforeThat = { if (thenClose) wallet.close() }) { wallet.present(approved) }
        if (!thenClose) failing(ErrorCode.USED_UP) { wallet.present(approved) }
    }

    /** Calls, and gives up when the client (or what [hang] makes hang) was asked, which never answers. */
    private suspend fun givenUp(
        beforeThat: () -> Unit = {},
        hang: (suspend (Any) -> Nothing) -> Unit = { network.sending = it },
        call: suspend () -> Unit,
    ) = coroutineScope {
        val asked = CompletableDeferred<Unit>()
        hang {
            asked.complete(Unit)
            awaitCancellation()
        }
        val job = launch { call() }
        asked.await()
        beforeThat()
        job.cancelAndJoin()
    }

    private suspend fun Holder.resendWhatIsUnknown(wallet: Wallet) {
        assertEquals(1u, wallet.list().single().usableCopies)
        val learned = parties.learned()
        assertTrue("\"answers\":0" in compact(learned), learned)
        val before = wallet.sharedBefore(Holder(parties, place, wallet).plan()).single()
        assertEquals(Outcome.Unknown, before.outcome)
        assertEquals(Outcome.Accepted, wallet.resend(before.history).outcome)
        assertIdentical()
    }

    private fun assertIdentical() {
        assertEquals(2, network.answers.size)
        val (first, second) = network.answers
        assertEquals(first.url, second.url)
        assertArrayEquals(first.body, second.body)
    }
}
