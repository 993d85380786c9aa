package org.citizenwallet

import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import org.citizenwallet.jvm.JvmHttpClient
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Receiving that ends at each of its requests in turn. */
class InterruptedTest {
    /** The real network, but for one request. */
    private class Network : HttpClient {
        private val real = JvmHttpClient()
        val requests = AtomicInteger()
        @Volatile var at = -1
        @Volatile var fault: suspend () -> Unit = {}

        override suspend fun send(request: HttpRequest): HttpResponse {
            if (requests.getAndIncrement() == at) fault()
            return real.send(request)
        }

        fun faulty(at: Int, fault: suspend () -> Unit) {
            this.fault = fault
            this.at = at
            requests.set(0)
        }
    }

    private val network = Network()

    /** What an undeclared failure says; it is nobody's business. */
    private class Undeclared : RuntimeException("the proxy of hong@example.kr is down")

    @Test
    fun `a client that throws at any request leaves the wallet usable and no half of a card`() = interrupting {
        val requests = requestsOfOne()
        var kept = 1
        for (at in 0 until requests) {
            network.faulty(at) { throw if (at % 2 == 0) Undeclared() else HttpException.Timeout() }
            try {
                wallet.receive(issuer.offer().link)
                kept += 1
            } catch (error: WalletException) {
                assertTrue(error.code in setOf(ErrorCode.HOST_FAILED, ErrorCode.NETWORK_TIMEOUT), "$at: ${error.code}")
            }
            assertWhole(kept)
        }
        assertTrue(kept in 2 until requests, "pictures and the notification may fail, the rest may not: $kept")
        network.faulty(-1) {}
        wallet.receive(issuer.offer().link)
        assertWhole(kept + 1)
    }

    @Test
    fun `a call that is cancelled while a client never answers leaves the wallet usable and no half of a card`() =
        interrupting {
            val requests = requestsOfOne()
            for (at in 0 until requests) {
                val begun = CompletableDeferred<Unit>()
                network.faulty(at) {
                    begun.complete(Unit)
                    awaitCancellation()
                }
                val before = wallet.list().size
                val call = launch { wallet.receive(issuer.offer().link) }
                begun.await()
                call.cancelAndJoin()
                // The last one tells the issuer that the card is stored.
                assertWhole(if (at == requests - 1) before + 1 else before)
            }
            network.faulty(-1) {}
            wallet.receive(issuer.offer().link)
        }

    private suspend fun Receiver.requestsOfOne(): Int {
        network.faulty(-1) {}
        wallet.receive(issuer.offer().link)
        return network.requests.get()
    }

    private suspend fun Receiver.assertWhole(cards: Int) {
        assertTrue(wallet.isUnlocked())
        assertEquals(IntegrityState.SOUND, wallet.integrity())
        assertEquals(cards, wallet.list().size)
    }

    private fun interrupting(test: suspend Receiver.() -> Unit) = receiving({ Place(it, http = network) }, test)
}
