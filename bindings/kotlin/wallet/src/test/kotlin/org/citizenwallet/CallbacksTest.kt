package org.citizenwallet

import java.util.concurrent.ConcurrentHashMap
import kotlin.coroutines.Continuation
import kotlin.coroutines.resume
import kotlin.coroutines.suspendCoroutine
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.citizenwallet.Place.Companion.pin
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** The app's functions, behaving well and badly. */
class CallbacksTest {
    @Test
    fun `what an app did not declare to throw is host_failed, and its text is nowhere`() {
        val output = Child.output(Child.start("Surprises"))
        val told = output.lines().filter { it.startsWith("told: ") }
        val failing = listOf("device key", "http", "anchor", "clock", "key store", "attestation")
        val expected = failing.map { "told: $it: host_failed" } + "told: observers: done"
        assertEquals(List(3) { expected }.flatten(), told, output)
        assertTrue(MARK !in output, output)
        assertTrue("Erika" !in output, output)
    }

    @Test
    fun `calls from many threads each get their own answer`() = waiting {
        val client = Client { request ->
            if ("even" in request.url) throw HttpException.NotSent() else answer(request, 404u)
        }
        open(client) { wallet ->
            val calls = List(60) { number ->
                async(Dispatchers.Default) {
                    val link = link(if (number % 2 == 0) "even" else "odd")
                    failing(if (number % 2 == 0) ErrorCode.NETWORK_FAILED else ErrorCode.HTTP_STATUS) { wallet.offer(link) }
                }
            }
            assertEquals(60, calls.awaitAll().size)
        }
    }

    @Test
    fun `a client that never answers is cancelled with its caller, and the wallet works on`() = waiting {
        val asked = CompletableDeferred<Unit>()
        val left = CompletableDeferred<Unit>()
        val client = Client {
            asked.complete(Unit)
            try {
                awaitCancellation()
            } finally {
                left.complete(Unit)
            }
        }
        open(client) { wallet ->
            val call = launch(Dispatchers.Default) { wallet.offer(link("never")) }
            asked.await()
            call.cancelAndJoin()
            left.await()
            assertEquals(emptyList<CardOverview>(), wallet.list())
        }
    }

    @Test
    fun `an answer after the call was cancelled goes nowhere`() = waiting {
        val asked = CompletableDeferred<Pair<HttpRequest, Continuation<HttpResponse>>>()
        val client = Client { request -> suspendCoroutine { asked.complete(request to it) } }
        open(client) { wallet ->
            val call = launch(Dispatchers.Default) { wallet.offer(link("late")) }
            val (request, late) = asked.await()
            call.cancelAndJoin()
            late.resume(answer(request, 404u))
            assertEquals(emptyList<CardOverview>(), wallet.list())
        }
    }

    @Test
    fun `a client that answers twice is told so, and its first answer counts`() = waiting {
        val second = CompletableDeferred<Throwable?>()
        val client = Client { request ->
            suspendCoroutine {
                it.resume(answer(request, 404u))
                second.complete(runCatching { it.resume(answer(request, 500u)) }.exceptionOrNull())
            }
        }
        open(client) { wallet ->
            failing(ErrorCode.HTTP_STATUS) { wallet.offer(link("twice")) }
            assertTrue(second.await() is IllegalStateException)
            assertEquals(emptyList<CardOverview>(), wallet.list())
        }
    }

    @Test
    fun `a device key that is lost between two calls is missing, and the wallet stays`() = waiting {
        val key = SoftwareDeviceKey()
        Place(deviceKey = key).use { place ->
            val made = place.createTelling(Place.pinned())
            val code = made.recoveryCode!!.text()
            made.wallet.close()
            place.open().use { wallet ->
                val attempt = wallet.beginUnlock(pin())
                key.loseKeys()
                failing(ErrorCode.DEVICE_KEY_MISSING) { wallet.finishUnlock(attempt) }
                wallet.unlock(UnlockWith.RecoveryCode(Secret.of(code)))
                assertEquals(IntegrityState.SOUND, wallet.integrity())
            }
        }
    }

    @Test
    fun `a function that suspends may call the wallet that waits for it`() = waiting {
        lateinit var wallet: Wallet
        val client = Client { request ->
            assertEquals(emptyList<CardOverview>(), wallet.list())
            wallet.lock()
            wallet.unlock(pin())
            answer(request, 404u)
        }
        open(client) {
            wallet = it
            failing(ErrorCode.HTTP_STATUS) { it.offer(link("within")) }
            assertTrue(it.isUnlocked())
        }
    }

    @Test
    fun `a function that does not suspend is refused, and nothing waits for itself`() = waiting {
        val app = CallingBack()
        Place(anchor = app, clock = app, progress = app, lock = app).use { place ->
            place.create().close()
            place.open().use { wallet ->
                app.wallet = wallet
                wallet.unlock(pin())
                wallet.list()
                wallet.lock()
                app.wallet = null
            }
        }
        val from = setOf("read", "write", "now", "monotonicMillis", "onStep", "onLockState")
        assertEquals(from.associateWith { setOf(ErrorCode.CALLED_BACK) }, app.told)
    }

    private suspend fun open(client: HttpClient, test: suspend (Wallet) -> Unit) =
        Place(http = client).use { place -> place.create().use { withTimeout(50.seconds) { test(it) } } }

    private fun link(path: String) = "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fissuer.example%2F$path"

    private fun answer(request: HttpRequest, status: UInt) =
        HttpResponse(status.toUShort(), emptyList(), ByteArray(0), request.url)

    /** A client that does this. */
    private class Client(private val sending: suspend (HttpRequest) -> HttpResponse) : HttpClient {
        override suspend fun send(request: HttpRequest) = sending(request)
    }

    /** An app that calls back from everywhere it must not, and notes what it was told. */
    private class CallingBack : MemoryAnchor(), Clock, ProgressObserver, LockObserver {
        @Volatile var wallet: Wallet? = null
        val told = ConcurrentHashMap<String, Set<ErrorCode?>>()

        override fun read(name: String): ByteArray? = callBack("read") { super.read(name) }

        override fun write(name: String, bytes: ByteArray) = callBack("write") { super.write(name, bytes) }

        override fun now() = callBack("now") { System.currentTimeMillis() / 1000 }

        override fun monotonicMillis() = callBack("monotonicMillis") { (System.nanoTime() / 1_000_000).toULong() }

        override fun onStep(step: ProgressStep) = callBack("onStep") {}

        override fun onLockState(state: LockState) = callBack("onLockState") {}

        private fun <T> callBack(from: String, answer: () -> T): T {
            wallet?.let { wallet ->
                val calls = listOf<suspend () -> Any?>({ wallet.list() }, { wallet.lock() }, { wallet.unlock(pin()) })
                for (call in calls) {
                    val code = assertThrows<WalletException> { runBlocking { call() } }.code
                    told.merge(from, setOf(code)) { old, new -> old + new }
                }
            }
            return answer()
        }
    }
}
