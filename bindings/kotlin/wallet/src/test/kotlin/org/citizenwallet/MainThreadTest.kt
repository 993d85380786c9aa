package org.citizenwallet

import java.lang.management.ManagementFactory
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.Executors
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.nanoseconds
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.withContext
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** An app calls everything from its main thread, which draws its pictures and must not be kept. */
class MainThreadTest {
    /** Less than a hundredth of what deriving a key takes on a phone; a dispatch and a lambda take far less. */
    private val allowed = 15.milliseconds

    private class Phone {
        val threads = ConcurrentLinkedQueue<Thread>()

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

        val progress =
            object : ProgressObserver {
                override fun onStep(step: ProgressStep) = noted()
            }

        val lock =
            object : LockObserver {
                override fun onLockState(state: LockState) = noted()
            }

        fun place(parties: Parties? = null) =
            Place(parties, anchor = anchor, clock = clock, progress = progress, lock = lock) {
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
                    phone.threads.clear()
                    val before = main.processorTime()
                    try {
                        call(wallet)
                    } catch (_: WalletException) {
                        // Of its own: what is asked here is where it worked.
                    }
                    val took = main.processorTime() - before
                    assertTrue(round == 1 || took < allowed) { "$name kept the thread for $took" }
                    assertTrue(phone.threads.isNotEmpty(), name)
                    for (thread in phone.threads) assertNotEquals(main, thread, name)
                }
            }
        }
    }

    @Test
    fun `nor do making, opening and erasing`() = onMain { main, phone ->
        phone.place().use { place ->
            for (round in 1..2) {
                phone.threads.clear()
                val before = main.processorTime()
                place.create().close()
                place.open().close()
                Wallet.erase(place.folder, place.platform)
                val took = main.processorTime() - before
                assertTrue(round == 1 || took < allowed) { "kept the thread for $took" }
                assertTrue(phone.threads.isNotEmpty())
                for (thread in phone.threads) assertNotEquals(main, thread)
            }
        }
    }

    private fun onMain(test: suspend (Thread, Phone) -> Unit) = waiting {
        Executors.newSingleThreadExecutor { Thread(it, "main-like") }.asCoroutineDispatcher().use { dispatcher ->
            withContext(dispatcher) { test(Thread.currentThread(), Phone()) }
        }
    }

    private fun Thread.processorTime(): Duration = ManagementFactory.getThreadMXBean().getThreadCpuTime(id).nanoseconds
}
