package org.citizenwallet

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** Issuers that want the wallet or its keys attested. */
class AttestingTest {
    private val required = """{"key_attestation":"required"}"""

    @Test
    fun `one attestation vouches for all keys of a card, which are in hardware`() = attesting(required) { provider ->
        wallet.receive(issuer.offer().link, copies = 3)
        assertEquals(wallet.hardwareKeys().toSet(), provider.attested.single().toSet())
        assertEquals(3u, wallet.list().single().usableCopies)
        assertEquals(Outcome.Accepted, wallet.shown(parties.askAge()).outcome)
    }

    @Test
    fun `the wallet is attested to a server that wants it, with the challenge of that`() =
        attesting("""{"wallet_attestation":"required","attestation_challenge":true}""") {
            wallet.receive(issuer.offer().link)
            assertEquals(1, wallet.list().size)
        }

    @Test
    fun `keys that are attested at the same time are each attested for their own card`() = attesting(required) { provider ->
        val all = CompletableDeferred<Unit>()
        provider.attesting = { attest ->
            attest().also {
                if (provider.attested.size == 4) all.complete(Unit)
                all.await()
            }
        }
        List(4) { async(Dispatchers.Default) { wallet.receive(issuer.offer().link, copies = 2) } }.awaitAll()
        assertEquals(List(4) { 2 }, provider.attested.map { it.size })
        assertEquals(wallet.hardwareKeys().toSet(), provider.attested.flatten().toSet())
        assertEquals(List(4) { 2u }, wallet.list().map { it.usableCopies })
    }

    @Test
    fun `a provider that never answers is given up with the call, which leaves nothing of a card`() =
        attesting(required) { provider ->
            val asked = CompletableDeferred<Unit>()
            provider.attesting = {
                asked.complete(Unit)
                awaitCancellation()
            }
            val call = launch { wallet.receive(issuer.offer().link) }
            asked.await()
            call.cancelAndJoin()
            assertEquals(emptyList<CardOverview>(), wallet.list())
            provider.attesting = { it() }
            wallet.receive(issuer.offer().link)
            assertEquals(1, wallet.list().size)
        }

    @Test
    fun `without a provider a card whose keys are to be attested cannot be had`() = receiving {
        parties.configure(required)
        failing(ErrorCode.NOT_SUPPORTED) { wallet.offer(issuer.offer().link) }
    }
}

/** Runs a test with an issuer that behaves so, and a wallet that has a provider and keys in hardware. */
fun attesting(options: String, test: suspend Receiver.(Provider) -> Unit) {
    lateinit var provider: Provider
    receiving({ parties -> Place(parties, keyStore = SoftwareKeyStore(), attestation = Provider(parties).also { provider = it }) }) {
        parties.configure(options)
        test(provider)
    }
}
