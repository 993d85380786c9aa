package org.citizenwallet

import java.lang.management.ManagementFactory
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.Executors
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.nanoseconds
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.withContext
import org.citizenwallet.jvm.JvmHttpClient
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** An app calls everything from its main thread, which draws its pictures and must not be kept. */
class MainThreadTest {
    /**
     * Of the thread's own work, for a picture has that much time. Deriving a key takes twenty times as long on a phone, writing to
     * its store or signing about as long, and what is left on the thread (a dispatch and a lambda) far less.
     */
    private val allowed = 15.milliseconds

    private inner class Phone {
        val threads = ConcurrentLinkedQueue<Thread>()

        /** Runs a [call] of the app's on [main], which must not be kept by it, nor have a function of the app's called on it. */
        suspend fun elsewhere(name: String, main: Thread, isMeasured: Boolean, call: suspend () -> Any?): Any? {
            threads.clear()
            val before = main.processorTime()
            val result = call()
            val took = main.processorTime() - before
            assertTrue(!isMeasured || took < allowed) { "$name kept the thread for $took" }
            for (thread in threads) assertNotEquals(main, thread, name)
            return result
        }

        fun noted() {
            threads += Thread.currentThread()
        }

        val clock =
            object : Clock {
                override fun now() = (System.currentTimeMillis() / 1000).also { noted() }

                override fun monotonicMillis() = (System.nanoTime() / 1_000_000).toULong().also { noted() }
            }

        val anchor =
            object : MemoryAnchor() {
                override fun read(name: String) = super.read(name).also { noted() }

                override fun write(name: String, bytes: ByteArray) = super.write(name, bytes).also { noted() }
            }

        private val network = JvmHttpClient()

        val http =
            object : HttpClient {
                override suspend fun send(request: HttpRequest) = network.send(request).also { noted() }
            }

        val progress =
            object : ProgressObserver {
                override fun onStep(step: ProgressStep) = noted()
            }

        val lock =
            object : LockObserver {
                override fun onLockState(state: LockState) = noted()
            }

        fun place(parties: Parties) =
            Place(parties, http = http, anchor = anchor, clock = clock, progress = progress, lock = lock) {
                it.copy(requestsPerMinute = 1000u)
            }
    }

    @Test
    fun `every function is called here`() {
        assertEquals(Calls.declared(), Calls.all.keys)
    }

    @Test
    fun `no function works on the thread it is called from`() = onMain { main, phone ->
        Parties.start().use { parties -> phone.place(parties).use { place -> noneWorksOn(main, phone, place, parties) } }
    }

    private suspend fun noneWorksOn(main: Thread, phone: Phone, place: Place, parties: Parties) {
        place.create().use { wallet ->
            wallet.kept(parties)
            // The second round is measured: classes are loaded then.
            for (round in 1..2) {
                for ((name, call) in Calls.all) {
                    if (!wallet.isUnlocked()) wallet.unlock(Place.pin())
                    phone.elsewhere(name, main, isMeasured = round == 2) {
                        try {
                            call(wallet)
                        } catch (_: WalletException) {
                            // Of its own: what is asked here is where it worked.
                        }
                    }
                    assertTrue(phone.threads.isNotEmpty(), name)
                }
            }
        }
    }

    @Test
    fun `nor does what succeeds, from an offer to the erased wallet`() = onMain { main, phone ->
        Parties.start().use { parties ->
            for (round in 1..2) {
                phone.place(parties).use { place -> Job(place, parties) { name, call -> phone.elsewhere(name, main, round == 2, call) }.all() }
            }
        }
    }

    /** The main job and what belongs to it; each step is run by [step], as a call of the app's. */
    private class Job(val place: Place, val parties: Parties, val step: suspend (String, suspend () -> Any?) -> Any?) {
        @Suppress("UNCHECKED_CAST")
        private suspend fun <T> of(name: String, call: suspend () -> T): T = step(name, call) as T

        suspend fun all() {
            of("load") { Wallet.load() }
            val wallet = of("create") { place.create() }
            of("lock") { wallet.lock() }
            of("unlock") { wallet.unlock(Place.pin()) }
            val card = received(wallet)
            shown(wallet)
            of("refreshStatus") { wallet.refreshStatus() }
            of("export") { wallet.authenticate(Place.pin()).use { wallet.export(it) } }
            of("changePin") { wallet.changePin(Secret.of(Place.PIN.toCharArray()), Pin.of("508213".toCharArray())) }
            of("delete") { wallet.delete(card) }
            wallet.close()
            of("open") { place.open() }.close()
            of("erase") { Wallet.erase(place.folder, place.platform) }
        }

        private suspend fun received(wallet: Wallet): String {
            parties.configure("""{"refresh_tokens":true}""")
            val link = parties.offer()
            assertEquals(LinkIntent.OFFER, of("intent") { Wallet.intent(link, LinkMedium.LINK) })
            val offer = of("offer") { wallet.offer(link) }
            of("details") { offer.details() }
            val authorized = of("accept") { wallet.accept(offer) }
            val card = of("order") { wallet.order(authorized, authorized.orders().first(), copies = 2) }.here()
            val kept = of("keep") { wallet.keep(card) }.id
            of("renew and keepRenewed") { wallet.keepRenewed(wallet.renew(kept)) }
            of("detail") { wallet.detail(kept) }.destroy()
            return kept
        }

        private suspend fun shown(wallet: Wallet) {
            val link = parties.askAge()
            assertEquals("localhost", of("contacts") { Wallet.contacts(link) })
            val plan = (of("request") { wallet.request(link) } as Proposal.Plan).plan
            of("revealed") { wallet.revealed(plan) }.close()
            val approved = of("approve") { wallet.approve(plan, plan.overview().hash) }
            assertEquals(Outcome.Accepted, of("present") { wallet.present(approved) }.outcome)
            of("inspect") { outcome { Wallet.inspect(place.platform, place.policy, "no credential") } }
        }
    }

    private fun onMain(test: suspend (Thread, Phone) -> Unit) = waiting {
        Executors.newSingleThreadExecutor { Thread(it, "main-like") }.asCoroutineDispatcher().use { dispatcher ->
            withContext(dispatcher) { test(Thread.currentThread(), Phone()) }
        }
    }

    private fun Thread.processorTime(): Duration = ManagementFactory.getThreadMXBean().getThreadCpuTime(id).nanoseconds
}
