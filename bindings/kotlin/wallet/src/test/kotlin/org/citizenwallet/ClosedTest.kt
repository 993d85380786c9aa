package org.citizenwallet

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import org.citizenwallet.Place.Companion.pin
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class ClosedTest {
    @Test
    fun `every call on a closed wallet says so`() = waiting {
        Place().use { place ->
            val wallet = place.create()
            wallet.close()
            wallet.close()
            for ((name, call) in Calls.all) assertEquals(ErrorCode.USED_UP, failing(ErrorCode.USED_UP) { call(wallet) }.code, name)
        }
    }

    @Test
    fun `closing locks, also for calls in flight`() = waiting {
        Place().use { place ->
            place.create().close()
            // At several points of the two steps: the attempt takes about a tenth of a second.
            for (millis in listOf(0L, 1, 10, 50, 100)) {
                val wallet = place.open()
                val unlocking = async(Dispatchers.Default) { outcome { wallet.unlock(pin()) } }
                withContext(Dispatchers.IO) { Thread.sleep(millis) }
                wallet.close()
                assertTrue(unlocking.await() in setOf(null, ErrorCode.USED_UP, ErrorCode.LOCKED))
                assertEquals(LockState.LOCKED, place.open().use { wallet.lockState.value })
            }
        }
    }

    @Test
    fun `erased while calls are under way, each of them is told, and nothing is written any more`() = waiting {
        val key = SlowKey()
        val anchor = MemoryAnchor()
        val network = Waiting()
        Place(deviceKey = key.inner, anchor = anchor).use { place ->
            place.create().close()
            val platform = place.platform.copy(deviceKey = key, http = network)
            val wallet = Wallet.open(place.folder, platform, place.policy)
            wallet.unlock(pin())
            key.isWaiting = true
            val calls =
                mapOf<String, suspend () -> Any?>(
                    "offer" to { wallet.offer(Surprises.LINK) },
                    "changePin" to { wallet.changePin(Secret.of(Place.PIN.toCharArray()), Pin.of("415926".toCharArray())) },
                    "authenticate" to { wallet.authenticate(pin()) },
                ).mapValues { (_, call) -> async(Dispatchers.Default) { outcome(call) } }
            network.asked.await()
            repeat(2) { key.asked.receive() }
            wallet.close()
            assertEquals(Erased.DONE, Wallet.erase(place.folder, platform))
            network.answer.complete(Unit)
            key.answer.complete(Unit)
            val outcomes = calls.mapValues { (_, call) -> call.await() }
            val deviceKeyIsGone = ErrorCode.DEVICE_KEY_MISSING
            val expected = mapOf("offer" to ErrorCode.HTTP_STATUS, "changePin" to deviceKeyIsGone, "authenticate" to deviceKeyIsGone)
            assertEquals(expected, outcomes)
            assertEquals(emptyList<String>(), place.folder.list()?.toList())
            assertEquals(emptySet<String>(), anchor.names)
            assertEquals(emptyList<String>(), key.list())
        }
    }

    @Test
    fun `closed while others read, each reads everything or is told`() = waiting {
        Place().use { place ->
            place.create().close()
            repeat(10) {
                val wallet = place.openUnlocked()
                val readers = List(4) { async(Dispatchers.Default) { outcome { repeat(50) { wallet.list() } } } }
                launch(Dispatchers.Default) { wallet.close() }
                for (outcome in readers.awaitAll()) {
                    assertTrue(outcome in setOf(null, ErrorCode.USED_UP, ErrorCode.LOCKED), "$outcome")
                }
            }
        }
    }

    @Test
    fun `calls from many threads at once each end well or with locked`() = waiting {
        Place().use { place ->
            place.create().use { wallet ->
                val calls = Calls.all.filterKeys { it !in Calls.deriving }
                // What each says by itself, of things that are not there; and when another call came first.
                val alone = calls.mapValues { (_, call) -> outcome { call(wallet) } }
                val between =
                    setOf(null, ErrorCode.LOCKED, ErrorCode.USED_UP, ErrorCode.REQUEST_PENDING, ErrorCode.REQUEST_RATE_LIMITED)
                val callers =
                    List(8) { caller ->
                        async(Dispatchers.Default) {
                            calls.map { (name, call) ->
                                if (caller == 0) outcome { wallet.unlock(pin()) }
                                name to outcome { call(wallet) }
                            }
                        }
                    }
                for ((name, outcome) in callers.awaitAll().flatten()) {
                    // Of the same second.
                    val expected = between + alone[name] + if (name == "quarantine") setOf(ErrorCode.STORE_EXISTS) else setOf()
                    assertTrue(outcome in expected) { "$name: $outcome, alone: ${alone[name]}" }
                }
                wallet.unlock(pin())
                assertEquals(IntegrityState.SOUND, wallet.integrity())
            }
        }
    }

    @Test
    fun `a secret given to two calls at once is never read after it was wiped`() = waiting {
        Place().use { place ->
            place.create().use { wallet ->
                repeat(20) {
                    val secret = Secret.of(Place.PIN.toCharArray())
                    val tries =
                        List(2) { async(Dispatchers.Default) { outcome { wallet.authenticate(UnlockWith.Pin(secret)) } } }
                    val outcomes = tries.awaitAll()
                    assertTrue(outcomes.all { it == null || it == ErrorCode.USED_UP }, "$outcomes")
                }
            }
        }
    }

    /** A device key that waits before it answers, from some time on. */
    private class SlowKey(val inner: SoftwareDeviceKey = SoftwareDeviceKey()) : DeviceKey by inner {
        @Volatile var isWaiting = false
        val asked = Channel<Unit>(Channel.UNLIMITED)
        val answer = CompletableDeferred<Unit>()

        override suspend fun prf(alias: String, input: ByteArray): ByteArray {
            if (isWaiting) {
                asked.send(Unit)
                answer.await()
            }
            return inner.prf(alias, input)
        }
    }

    /** A network that waits before it says that there is nothing. */
    private class Waiting : HttpClient {
        val asked = CompletableDeferred<Unit>()
        val answer = CompletableDeferred<Unit>()

        override suspend fun send(request: HttpRequest): HttpResponse {
            asked.complete(Unit)
            answer.await()
            return HttpResponse(404u, emptyList(), ByteArray(0), request.url)
        }
    }
}
