package org.citizenwallet

import java.net.URI
import java.net.URLDecoder
import java.util.Locale
import java.util.concurrent.atomic.AtomicLong
import java.util.concurrent.atomic.AtomicReference
import org.citizenwallet.jvm.JvmHttpClient
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue

/** A wallet with its parties, and what is timed of it, in nanoseconds. Time in the app's HTTP client is taken off. */
class Measured private constructor(private val parties: Parties, val wallet: Wallet, private val network: TimedNetwork) {
    private val verifiers = Verifiers(parties)

    /** Receives a card: its id, and how long that took. */
    suspend fun receive(): Pair<String, Double> {
        val offer = parties.offer()
        lateinit var kept: List<KeptCard>
        val nanos = timed { kept = wallet.receive(offer) }
        return kept.single().id to nanos
    }

    /** Reads a card and the picture in the claim with this [label]. */
    suspend fun lookAt(card: String, label: String): Double {
        lateinit var value: ClaimValue
        val nanos = timed {
            wallet.detail(card, ENGLISH).use { detail ->
                val place = detail.claims.list().indexOfFirst { it.label == label }
                value = detail.claims.value(place.toUInt())
            }
        }
        assertTrue(value is ClaimValue.Picture)
        return nanos
    }

    /** Lists all cards, of which there are so many. */
    suspend fun list(count: Int): Double {
        lateinit var cards: List<CardOverview>
        val nanos = timed { cards = wallet.list(ENGLISH) }
        assertEquals(count, cards.size)
        return nanos
    }

    /** Shows a [claim], as a holder who reads and agrees. */
    suspend fun present(claim: String): Double {
        val path = claim.split('.').joinToString(",") { "\"$it\"" }
        val asked = verifiers.ask(verifiers.query("""[{"path":[$path]}]"""))
        network.fetch(requestUri(asked.link))
        lateinit var presented: Presented
        val nanos = timed {
            (wallet.request(asked.link) as Proposal.Plan).plan.use { plan ->
                wallet.approve(plan, plan.overview().hash).use { presented = wallet.present(it) }
            }
        }
        assertEquals(Outcome.Accepted, presented.outcome)
        network.deliver()
        val learned = verifiers.learned(asked)
        assertTrue("\"accepted\":true" in learned) { learned.take(1000) }
        return nanos
    }

    /** From now on the cards of the issuer say this. */
    fun issueWith(claim: String, value: String) = Issuer(parties).change("resident_card", """{"claims":{"$claim":"$value"}}""")

    private suspend fun timed(work: suspend () -> Unit): Double {
        network.nanos.set(0)
        val begin = System.nanoTime()
        work()
        return (System.nanoTime() - begin - network.nanos.get()).toDouble()
    }

    companion object {
        private val ENGLISH = listOf(Locale.ENGLISH.toLanguageTag())

        suspend fun use(work: suspend (Measured) -> Unit) {
            val network = TimedNetwork()
            Parties.start().use { parties ->
                // As in the Rust half: no hardware key, a passphrase.
                val often = { policy: Policy -> policy.copy(requestsPerMinute = UShort.MAX_VALUE) }
                Place(parties, deviceKey = null, http = network, change = often).use { place ->
                    val passphrase = Passphrase.of("brisk otter vellum quartz anvil plum heron".toCharArray())
                    place.create(Enrolments(passphrase = passphrase)).use { work(Measured(parties, it, network)) }
                }
            }
        }

        private fun requestUri(link: String): String =
            URI(link).rawQuery.split('&').single { it.startsWith("request_uri=") }.substringAfter('=').let { URLDecoder.decode(it, Charsets.UTF_8) }
    }
}

/** The real network; only what a verifier gives and is sent stays here, so that the network's moods do not count. */
class TimedNetwork : HttpClient {
    /** How long it took. */
    val nanos = AtomicLong()

    private val real = JvmHttpClient()
    private val fetched = AtomicReference<HttpResponse>()
    private val answer = AtomicReference<HttpRequest>()

    /** Fetches what is at this [url], so that it is here when the wallet wants it. */
    suspend fun fetch(url: String) {
        val policy = HttpPolicy(maxBytes = 1_000_000u, totalSeconds = 10u, allowPrivateAddresses = true)
        fetched.set(real.send(HttpRequest(HttpPurpose.RequestUri, HttpMethod.GET, url, emptyList(), ByteArray(0), policy)))
    }

    /** Sends the verifier what the wallet sent. */
    suspend fun deliver() {
        assertEquals(200.toUShort(), real.send(answer.getAndSet(null)).status)
    }

    override suspend fun send(request: HttpRequest): HttpResponse {
        val begin = System.nanoTime()
        return answered(request).also { nanos.addAndGet(System.nanoTime() - begin) }
    }

    private suspend fun answered(request: HttpRequest): HttpResponse =
        when (request.purpose) {
            HttpPurpose.RequestUri -> fetched.getAndSet(null)
            HttpPurpose.Response -> {
                answer.set(request)
                val headers = listOf(HttpHeader("content-type", "application/json"))
                HttpResponse(200u, headers, "{}".toByteArray(), request.url)
            }
            else -> real.send(request)
        }
}
