package org.citizenwallet

import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlin.coroutines.Continuation
import kotlin.coroutines.resume
import kotlin.coroutines.suspendCoroutine
import kotlin.time.Duration.Companion.seconds
import kotlin.time.measureTime
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield
import org.citizenwallet.Place.Companion.pin
import org.junit.jupiter.api.Assertions.assertArrayEquals
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
    fun `a client that never answers, or blocks its thread, is a timeout soon after its time, and the wallet works on`() = waiting {
        val over = CountDownLatch(1)
        val client = Client { request ->
            if ("blocked" in request.url) over.await() else suspendCoroutine<Unit> {}
            answer(request, 404u)
        }
        open(client) { wallet ->
            val calls = listOf("blocked", "silent").map { path ->
                async(Dispatchers.Default) { measureTime { failing(ErrorCode.NETWORK_TIMEOUT) { wallet.offer(link(path)) } } }
            }
            // The core gives each request ten seconds.
            for (time in calls.awaitAll()) assertTrue(time in 10.seconds..30.seconds, "$time")
            assertEquals(emptyList<CardOverview>(), wallet.list())
            over.countDown()
        }
    }

    @Test
    fun `a client that blocks its thread holds up nobody who cancels`() = waiting {
        val asked = CompletableDeferred<Unit>()
        val over = CountDownLatch(1)
        val client = Client { request ->
            asked.complete(Unit)
            over.await()
            answer(request, 404u)
        }
        open(client) { wallet ->
            val call = launch(Dispatchers.Default) { wallet.offer(link("blocked")) }
            asked.await()
            call.cancelAndJoin()
            assertEquals(emptyList<CardOverview>(), wallet.list())
            over.countDown()
        }
    }

    @Test
    fun `what the device key was asked and answered is wiped when it has crossed`() = waiting {
        val crossed = CopyOnWriteArrayList<ByteArray>()
        val key = SoftwareDeviceKey().also { it.crossed = crossed }
        Place(deviceKey = key).use { place ->
            place.create().use { it.authenticate(pin()) }
            assertTrue(crossed.size >= 4)
            for (bytes in crossed) assertArrayEquals(ByteArray(32), bytes)
        }
    }

    @Test
    fun `what a device key answers after its caller went away is wiped`() = waiting {
        val inner = SoftwareDeviceKey()
        val asked = CompletableDeferred<Unit>()
        val answered = CompletableDeferred<Unit>()
        val key =
            object : DeviceKey by inner {
                override suspend fun prf(alias: String, input: ByteArray): ByteArray {
                    asked.complete(Unit)
                    // Deaf to being cancelled, as the platform is.
                    withContext(NonCancellable) { answered.await() }
                    return inner.prf(alias, input)
                }
            }
        Place(deviceKey = inner).use { place ->
            place.create().close()
            Wallet.open(place.folder, place.platform.copy(deviceKey = key), place.policy).use { wallet ->
                val call = launch(Dispatchers.Default) { wallet.unlock(pin()) }
                asked.await()
                val crossed = CopyOnWriteArrayList<ByteArray>().also { inner.crossed = it }
                call.cancelAndJoin()
                answered.complete(Unit)
                while (crossed.size < 2 || crossed.any { bytes -> bytes.any { it != 0.toByte() } }) yield()
            }
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

    @Test
    fun `functions of one app are called for several wallets at once, and each wallet gets its own answers`() = waiting {
        val app = Shared()
        val places = List(4) { Place() }
        val settings = VaultSettings(keyDerivation = KeyDerivation.Fixed(19456u, 3u))
        try {
            val wallets = places.map { Wallet.create(it.folder, app.platform, it.policy, Place.pinned(), settings).wallet }
            wallets.forEach { it.lock() }
            app.meetings = setOf("prf", "read", "now", "onStep", "onLockState").associateWith { CountDownLatch(2) }
            val reports = wallets.map { async(Dispatchers.Default) { it.unlock(pin()) } }.awaitAll()
            assertEquals(List(4) { IntegrityState.SOUND }, reports.map { it.integrity })
            assertEquals(emptyMap<String, Long>(), app.meetings.mapValues { it.value.count }.filterValues { it > 0 })
            wallets.forEach { it.close() }
        } finally {
            places.forEach { it.close() }
        }
    }

    @Test
    fun `a device key that never answers is given up with the call, which costs no try`() = waiting {
        val asked = CompletableDeferred<Unit>()
        val key = SoftwareDeviceKey()
        var hangs = false
        val hanging =
            object : DeviceKey by key {
                override suspend fun prf(alias: String, input: ByteArray): ByteArray {
                    if (!hangs) return key.prf(alias, input)
                    asked.complete(Unit)
                    awaitCancellation()
                }
            }
        Place().use { place ->
            val settings = VaultSettings(keyDerivation = KeyDerivation.Fixed(19456u, 3u))
            val platform = place.platform.copy(deviceKey = hanging)
            Wallet.create(place.folder, platform, place.policy, Place.pinned(), settings).wallet.use { wallet ->
                wallet.lock()
                hangs = true
                val call = launch(Dispatchers.Default) { wallet.unlock(pin()) }
                asked.await()
                call.cancelAndJoin()
                hangs = false
                assertEquals(LockState.LOCKED, wallet.lockState.value)
                assertEquals(4, failing(ErrorCode.WRONG_SECRET) { wallet.unlock(pin("739155")) }.triesLeft)
                wallet.unlock(pin())
            }
        }
    }

    @Test
    fun `a key store that never answers is given up with the call, which leaves nothing of a card`() {
        val asked = CompletableDeferred<Unit>()
        val keys = SoftwareKeyStore()
        var hangs = true
        val hanging =
            object : KeyStore by keys {
                override suspend fun create(request: CreateKeys): List<CreatedKey> {
                    if (!hangs) return keys.create(request)
                    asked.complete(Unit)
                    awaitCancellation()
                }
            }
        holding(keyStore = hanging) {
            coroutineScope {
                val call = launch { receive() }
                asked.await()
                call.cancelAndJoin()
            }
            hangs = false
            assertEquals(emptyList<CardOverview>(), wallet.list())
            receive()
            assertEquals(keys.list(), wallet.hardwareKeys())
        }
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

    /** An app of which each function with a meeting waits until it is called a second time at once. */
    private class Shared {
        @Volatile var meetings: Map<String, CountDownLatch> = mapOf()

        private val key = SoftwareDeviceKey()

        private val anchor =
            object : MemoryAnchor() {
                override fun read(name: String): ByteArray? = meet("read") { super.read(name) }
            }

        private val deviceKey =
            object : DeviceKey by key {
                override suspend fun prf(alias: String, input: ByteArray) = meet("prf") { key }.prf(alias, input)
            }

        private val clock =
            object : Clock {
                override fun now() = meet("now") { System.currentTimeMillis() / 1000 }

                override fun monotonicMillis() = (System.nanoTime() / 1_000_000).toULong()
            }

        private val progress =
            object : ProgressObserver {
                override fun onStep(step: ProgressStep) = meet("onStep") {}
            }

        private val lock =
            object : LockObserver {
                override fun onLockState(state: LockState) = meet("onLockState") {}
            }

        val platform = Platform(NoNetwork, anchor, deviceKey, clock = clock, progress = progress, lock = lock)

        private fun <T> meet(name: String, answer: () -> T): T {
            meetings[name]?.let { meeting ->
                meeting.countDown()
                check(meeting.await(30, TimeUnit.SECONDS)) { name }
            }
            return answer()
        }
    }
}
