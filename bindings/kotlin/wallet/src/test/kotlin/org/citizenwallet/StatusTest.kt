package org.citizenwallet

import java.time.Instant
import java.util.concurrent.atomic.AtomicInteger
import org.citizenwallet.jvm.JvmHttpClient
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class StatusTest {
    /** The real network; status lists that are asked are counted. */
    private class Network(private val real: HttpClient = JvmHttpClient()) : HttpClient {
        val asked = AtomicInteger()

        override suspend fun send(request: HttpRequest): HttpResponse {
            if (request.purpose == HttpPurpose.Status) asked.incrementAndGet()
            return real.send(request)
        }
    }

    @Test
    fun `a revocation is known after asking the list, which is asked only then`() = waiting {
        val network = Network()
        Parties.start().use { parties ->
            Place(parties, http = network).use { place ->
                place.create().use { wallet ->
                    val card = wallet.kept(parties, "driving_licence")
                    val plan = wallet.statusPlan().single()
                    assertEquals(listOf(card), plan.cards)
                    assertEquals(0, network.asked.get())

                    val first = wallet.refreshStatus().single()
                    assertEquals(plan, first.plan)
                    val kept = assertInstanceOf(StatusListOutcome.Kept::class.java, first.outcome)
                    assertTrue(kept.freshUntil > Instant.now())
                    assertEquals(1, network.asked.get())
                    assertEquals(CardStatus.Valid, wallet.list().single().status)

                    parties.status("""{"card":"driving_licence","status":"revoked"}""")
                    assertEquals(CardStatus.Valid, wallet.list().single().status)
                    wallet.refreshStatus(listOf(card))
                    assertEquals(CardStatus.Revoked, wallet.list().single().status)
                    assertEquals(2, network.asked.get())
                }
            }
        }
    }

    @Test
    fun `a list that cannot be believed changes nothing and says why`() = waiting {
        Parties.start().use { parties ->
            Place(parties).use { place ->
                place.create().use { wallet ->
                    wallet.kept(parties, "driving_licence")
                    wallet.refreshStatus()
                    for (fault in listOf("bad_signature", "unreachable")) {
                        parties.status("""{"fault":"$fault"}""")
                        val refused = wallet.refreshStatus().single().outcome
                        val error = assertInstanceOf(StatusListOutcome.NotBelieved::class.java, refused).error
                        assertTrue(error.code in ErrorCode.ALL, fault)
                        assertEquals(CardStatus.Valid, wallet.list().single().status)
                    }
                    failing(ErrorCode.NOT_FOUND) { wallet.refreshStatus(listOf("0123456789abcdef0123456789abcdef")) }
                }
            }
        }
    }
}
