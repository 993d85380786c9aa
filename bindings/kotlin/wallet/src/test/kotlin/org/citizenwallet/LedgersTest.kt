package org.citizenwallet

import java.io.File
import java.time.Instant
import java.util.concurrent.ConcurrentHashMap
import org.citizenwallet.jvm.JvmHttpClient
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

// guide: ledger
/** The policy of an app that believes an issuer by its DID on a ledger. The texts come with the app, or it fetched them. */
fun Policy.believing(issuer: String, profile: String, servers: List<String>, checkpoint: String?): Policy {
    val ledger = Ledger(profile = profile, servers = servers, checkpoint = checkpoint)
    return copy(trust = trust.copy(issuerDids = listOf(issuer)), ledgers = listOf(ledger))
}
// guide: end

/** Issuers whose keys stand on a chain: a real node is asked over JSON-RPC, by way of the app's HTTP client. */
class LedgersTest {
    @Test
    fun `a card is kept by a key that was proven on the device, and its detail says by which block`() = scene {
        for (configuration in listOf("citizen_id_jwt", "citizen_id_vc_jwt")) {
            val detail = received(configuration)
            assertEquals(issuer, detail.overview.signedBy)
            val shown = detail.issuerDid!!
            val proof = shown.evidence as DidEvidence.LedgerProof
            assertEquals(LedgerAnchor.Checkpoint(2u, 3u), proof.anchor)
            assertEquals(31337uL, proof.block.chainId)
            assertTrue("\"hash\":\"0x${hex(proof.block.hash)}\"" in ledger.checkpoint!!)
            assertTrue(shown.asOf!! in Instant.now().minusSeconds(600)..Instant.now(), "${shown.asOf}")
        }
        assertTrue(network.asked.containsAll(listOf("eth_getProof", "eth_getBlockReceipts")), "${network.asked}")
    }

    @Test
    fun `a server that changes one digit of what it was asked for is refused`() = scene {
        for ((member, code) in
            listOf(
                "accountProof" to ErrorCode.LEDGER_PROOF,
                "proof" to ErrorCode.LEDGER_PROOF,
                "stateRoot" to ErrorCode.LEDGER_ENDPOINT,
                "data" to ErrorCode.LEDGER_PROOF,
            )) {
            network.says = { changed(it, member) }
            assertEquals(code, refusal(), member)
            assertTrue(network.lies > 0, member)
        }
    }

    @Test
    fun `a server that leaves out events, so that a revoked key looks valid, is refused`() = scene {
        network.says = { it.replace(Regex("\"logs\":\\[\\{[^]]*][^]]*]"), "\"logs\":[]") }
        assertEquals(ErrorCode.LEDGER_PROOF, refusal())
        assertTrue(network.lies > 0)
    }

    @Test
    fun `where a server lies or is silent the next one is asked`() = scene {
        val two = believing(ledger.copy(servers = listOf("$server/?first", server)))
        for (says in listOf<(String) -> String>({ changed(it, "accountProof") }, { throw HttpException.NotSent() })) {
            network.liar = "$server/?first"
            network.says = says
            assertTrue(received(policy = two).issuerDid!!.evidence is DidEvidence.LedgerProof)
            assertTrue(network.lies > 0)
        }
    }

    @Test
    fun `an older checkpoint than the one seen is refused, also by a wallet that was closed in between`() = scene {
        val clock = HandClock()
        Place(parties, http = network, clock = clock, change = believing(ledger)).use { place ->
            place.create().use { it.receive(parties.offer("citizen_id_jwt")) }
            val older = believing(ledger.copy(checkpoint = text("ledger-checkpoint-earlier.json")))(place.policy)
            Wallet.open(place.folder, place.platform, older).use { wallet ->
                wallet.unlock(Place.pin())
                assertEquals(ErrorCode.LEDGER_STALE, outcome { wallet.received(clock) })
            }
        }
    }

    @Test
    fun `while the memory of a ledger is damaged no ledger is believed about now, until it is given up`() = scene {
        Place(parties, http = network, change = believing(ledger)).use { place ->
            place.create().use {
                it.receive(parties.offer("citizen_id_jwt"))
                assertEquals(0u, it.forgetDamagedLedgers())
                it.lock()
            }
            damageLedgerMemory(File(place.folder, "vault.db"))
            place.openUnlocked().use { wallet ->
                val refused = failing(ErrorCode.RECORD_CORRUPT) { wallet.receive(parties.offer("citizen_id_jwt")) }
                assertEquals("ledger_memory", refused.fault.subject)
                assertEquals(listOf(1u, 0u), List(2) { wallet.forgetDamagedLedgers() })
                assertEquals(1, wallet.receive(parties.offer("citizen_id_jwt")).size)
                assertEquals(2, wallet.list().size)
            }
        }
    }

    @Test
    fun `without the ledger, a checkpoint, a server or the issuer's DID in the policy none of its cards is kept`() = scene {
        for ((policy, code) in
            listOf<Pair<(Policy) -> Policy, ErrorCode>>(
                { policy: Policy -> policy.copy(trust = policy.trust.copy(issuerDids = listOf(issuer))) } to ErrorCode.NOT_SUPPORTED,
                believing(ledger.copy(checkpoint = null)) to ErrorCode.LEDGER_PROOF,
                believing(ledger.copy(servers = emptyList())) to ErrorCode.LEDGER_ENDPOINT,
                { policy: Policy -> policy.copy(ledgers = listOf(ledger)) } to ErrorCode.UNTRUSTED_ISSUER,
            )) {
            assertEquals(code, refusal(policy))
        }
    }

    @Test
    fun `no wallet is made or opened with a ledger that is wrong, and the error names the part`() = scene {
        val unnamed = ledger.profile.replace("\"genesis\"", "\"first\"")
        for ((wrong, code, part) in
            listOf(
                Triple(ledger.copy(profile = unnamed), ErrorCode.MALFORMED, "profile"),
                Triple(ledger.copy(profile = " ".repeat(65_537)), ErrorCode.TOO_LARGE, "profile"),
                Triple(ledger.copy(checkpoint = "{}"), ErrorCode.MALFORMED, "checkpoint"),
                Triple(ledger.copy(servers = listOf("http://rpc.example/")), ErrorCode.URL_NOT_ALLOWED, "servers[0]"),
                Triple(ledger.copy(servers = listOf(server, "https://10.0.0.1/")), ErrorCode.URL_NOT_ALLOWED, "servers[1]"),
            )) {
            for (call in listOf<suspend (Place) -> Wallet>({ it.create() }, { it.open() })) {
                val change = { policy: Policy -> policy.copy(ledgers = listOf(ledger, wrong)) }
                val error = Place(parties, change = change).use { place -> failing(code) { call(place) } }
                assertEquals("ledgers[1].$part", error.fault.subject)
            }
        }
        // Plain http to this machine is for tests that say so.
        val strict = { policy: Policy -> policy.copy(ledgers = listOf(ledger), allowLoopbackHttp = false) }
        val error = Place(parties, change = strict).use { place -> failing(ErrorCode.URL_NOT_ALLOWED) { place.create() } }
        assertEquals("ledgers[0].servers[0]", error.fault.subject)
        assertEquals("Ledger", ledger.toString())
    }

    @Test
    fun `a card that its issuer anchored says so, proven without asking anybody, as long as the app believes its anchors`() = scene {
        Place(parties, http = network, change = anchored()).use { place ->
            val card = place.create().use { it.receive(parties.offer("citizen_id_jwt")).single().id }
            network.asked.clear()
            val proven = place.openUnlocked().use { it.detail(card) }.anchors.single() as CardAnchor.Proven
            assertEquals("served", proven.chain)
            assertEquals(LedgerAnchor.Checkpoint(2u, 3u), proven.anchor)
            assertEquals(listOf(1uL, 16uL, true), listOf(proven.epoch, proven.batchSize, proven.isNewest))
            assertTrue(proven.asOf!! in Instant.now().minusSeconds(600)..Instant.now(), "${proven.asOf}")
            assertEquals("CardAnchor", proven.toString())
            assertTrue(network.asked.isEmpty(), "${network.asked}")
            val without = place.policy.copy(anchors = emptyList())
            Wallet.open(place.folder, place.platform, without).use { wallet ->
                wallet.unlock(Place.pin())
                val anchor = wallet.detail(card).anchors.single() as CardAnchor.NotProven
                assertEquals(ErrorCode.NOT_SUPPORTED, anchor.error.code)
            }
        }
        assertTrue(received().anchors.isEmpty())
    }

    @Test
    fun `a verifier that asks for the proof of an anchor gets it, as the plan says, and no other does`() = scene {
        Place(parties, http = network, change = anchored()).use { place ->
            place.create().use { wallet ->
                wallet.receive(parties.offer())
                val verifiers = Verifiers(parties)
                for (asks in listOf(true, false)) {
                    val meta = """{"vct_values":["${verifiers.type()}"],"anchor_proof":$asks}"""
                    val card = """{"id":"card","format":"dc+sd-jwt","meta":$meta,"claims":$AGE_CLAIM}"""
                    val asked = verifiers.ask("""{"credentials":[$card]}""")
                    val plan = (wallet.request(asked.link) as Proposal.Plan).plan
                    assertEquals(asks, Linkability.AnchorProof in plan.overview().showings.single().linkability)
                    val presented = wallet.present(wallet.approve(plan, plan.overview().hash))
                    assertEquals(Outcome.Accepted, presented.outcome)
                    assertEquals(listOf(asks), presented.shown.map { it.anchorProof })
                    assertEquals(asks, "\"anchor_proof\":{" in verifiers.learned(asked))
                }
            }
        }
    }

    @Test
    fun `a card that comes with a false proof of its anchor is refused where the issuer's anchors are believed`() = scene {
        network.stapled = { changed(it, "salt") }
        failing(ErrorCode.LEDGER_PROOF) { received(policy = anchored()) }
        assertTrue(received().anchors.isEmpty())
    }

    @Test
    fun `who anchors is checked when the wallet is made, and the error names the part`() = scene {
        for ((wrong, part) in
            listOf(
                anchoring.copy(account = anchoring.account.dropLast(1)) to "account",
                anchoring.copy(profile = "{}") to "profile",
            )) {
            val change = { policy: Policy -> policy.copy(anchors = listOf(anchoring, wrong)) }
            val error = Place(parties, change = change).use { place -> failing(ErrorCode.MALFORMED) { place.create() } }
            assertEquals("anchors[1].$part", error.fault.subject)
        }
    }

    /** A chain, an issuer that signs by a key on it, and what an app pins of both. */
    private class Scene(val parties: Parties) {
        val network = LedgerNetwork()
        val server = text("ledger-server")
        val issuer = text("ledger-issuer")
        val ledger = Ledger(text("ledger-profile.json"), listOf(server), text("ledger-checkpoint.json"))

        /** The policy of an app that believes this [ledger], and the issuer. */
        fun believing(ledger: Ledger): (Policy) -> Policy = { policy ->
            policy.believing(issuer, ledger.profile, ledger.servers, ledger.checkpoint)
        }

        val anchoring = AnchoringIssuer(Issuer(parties).identifier, ledger.profile, text("ledger-account"))

        /** The policy of an app that believes the issuer's anchors, too. */
        fun anchored(): (Policy) -> Policy = { believing(ledger)(it).copy(anchors = listOf(anchoring)) }

        /** A card that a new wallet received. */
        suspend fun received(
            configuration: String = "citizen_id_jwt",
            policy: (Policy) -> Policy = believing(ledger),
        ): CardDetail {
            network.lies = 0
            return Place(parties, http = network, change = policy).use { place ->
                place.create().use { it.detail(it.receive(parties.offer(configuration)).single().id) }
            }
        }

        /** Why a new wallet does not keep a card: it says so at once, or when it verifies later what came. */
        suspend fun refusal(policy: (Policy) -> Policy = believing(ledger)): ErrorCode? {
            network.lies = 0
            val clock = HandClock()
            return Place(parties, http = network, clock = clock, change = policy).use { place ->
                place.create().use { wallet ->
                    outcome { wallet.received(clock) }.also { assertEquals(emptyList<CardOverview>(), wallet.list()) }
                }
            }
        }

        /** Receives a card. One that could not be verified is verified again. */
        suspend fun Wallet.received(clock: HandClock) {
            if (receive(parties.offer("citizen_id_jwt")).isNotEmpty()) return
            clock.advance(10)
            pollDeferred(deferred().single().id)
        }

        fun text(name: String) = File(parties.folder, name).readText()
    }

    private fun scene(test: suspend Scene.() -> Unit) = waiting {
        Parties.start("--ledger").use { Scene(it).test() }
    }

    /** The real network, but for what the servers of a ledger say: all of them, or the [liar]. */
    private class LedgerNetwork(private val real: HttpClient = JvmHttpClient()) : HttpClient {
        @Volatile var says: (String) -> String = { it }

        @Volatile var liar: String? = null

        /** What comes with a card. */
        @Volatile var stapled: (String) -> String = { it }

        /** How many answers were not those of the server. */
        @Volatile var lies = 0

        /** The methods that were called. */
        val asked: MutableSet<String> = ConcurrentHashMap.newKeySet()

        override suspend fun send(request: HttpRequest): HttpResponse {
            if (request.purpose == HttpPurpose.Credential)
                return real.send(request).let { it.copy(body = stapled(String(it.body)).toByteArray()) }
            if (request.purpose != HttpPurpose.Rpc) return real.send(request)
            asked += Regex("\"method\":\"(\\w+)\"").findAll(String(request.body)).map { it.groupValues[1] }
            val answer = real.send(request)
            if (liar?.let { request.url.startsWith(it) } == false) return answer
            val honest = String(answer.body)
            lies += 1
            val said = says(honest)
            if (said == honest) lies -= 1
            return answer.copy(body = said.toByteArray())
        }
    }

    private companion object {
        /** With another last digit of each text of this [member], or of the first in its list. */
        fun changed(said: String, member: String): String =
            said.replace(Regex("\"$member\":\\[?\"0x[0-9a-f]*[0-9a-f]")) {
                val last = it.value.last().digitToInt(16)
                it.value.dropLast(1) + (last xor 1).toString(16)
            }

        /**
         * Changes one bit of each record of kind 13 (docs/vault-format.md) of a database that nobody has open. A row of SQLite
         * begins with the types of its columns: no rowid, 16 bytes, four small numbers, a blob; then comes what they hold.
         */
        fun damageLedgerMemory(file: File) {
            val bytes = file.readBytes()
            val row = Regex("\\x00\\x2c\\x01[\\x01\\x08\\x09]{3}.{18}\\x0d", RegexOption.DOT_MATCHES_ALL)
            val rows = row.findAll(String(bytes, Charsets.ISO_8859_1)).map { it.range.first }.toList()
            check(rows.isNotEmpty()) { "no memory of a ledger in the file" }
            for (at in rows) bytes[at + 60] = (bytes[at + 60].toInt() xor 1).toByte()
            file.writeBytes(bytes)
        }

        fun hex(bytes: ByteArray): String = bytes.joinToString("") { "%02x".format(it) }
    }
}
