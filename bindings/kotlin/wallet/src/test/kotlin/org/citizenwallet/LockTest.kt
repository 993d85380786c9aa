package org.citizenwallet

import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import org.citizenwallet.Place.Companion.pin
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class LockTest {
    @Test
    fun `the lock state is true when a call returns, and the app's own observer is told each change once`() = waiting {
        val told = ConcurrentLinkedQueue<LockState>()
        val observer =
            object : LockObserver {
                override fun onLockState(state: LockState) {
                    told += state
                }
            }
        Place(lock = observer).use { place ->
            place.create().use { wallet ->
                assertEquals(LockState.UNLOCKED, wallet.lockState.value)
                wallet.lock()
                assertEquals(LockState.LOCKED, wallet.lockState.value)
                wallet.lock()
                wallet.unlock(pin())
                assertEquals(LockState.UNLOCKED, wallet.lockState.value)
                assertEquals(listOf(LockState.UNLOCKED, LockState.LOCKED, LockState.UNLOCKED), told.toList())
            }
        }
    }

    @Test
    fun `changes are told in their order, also while another one is being told`() = waiting {
        val told = ConcurrentLinkedQueue<LockState>()
        val telling = CompletableDeferred<Unit>()
        val locked = CountDownLatch(1)
        val observer =
            object : LockObserver {
                override fun onLockState(state: LockState) {
                    if (state == LockState.UNLOCKED) {
                        telling.complete(Unit)
                        // Told at the same time, it would come first.
                        locked.await(500, TimeUnit.MILLISECONDS)
                    }
                    told += state
                    if (state == LockState.LOCKED) locked.countDown()
                }
            }
        Place().use { place ->
            place.create().close()
            Wallet.open(place.folder, place.platform.copy(lock = observer), place.policy).use { wallet ->
                val locking = launch(Dispatchers.Default) {
                    telling.await()
                    wallet.lock()
                }
                wallet.unlock(pin())
                locking.join()
                assertEquals(listOf(LockState.UNLOCKED, LockState.LOCKED), told.toList())
            }
        }
    }

    @Test
    fun `a wallet that locks itself tells so though nobody calls it`() = waiting {
        Place(idleSeconds = 1uL).use { place ->
            place.create().use { wallet ->
                wallet.lockState.first { it == LockState.LOCKED }
                failing(ErrorCode.LOCKED) { wallet.list() }
            }
        }
    }

    @Test
    fun `the idle time starts again with every use, and ends`() = waiting {
        val clock = HandClock()
        Place(clock = clock).use { place ->
            place.create().use { wallet ->
                clock.advance(40)
                assertEquals(20.seconds, wallet.timeUntilLock())
                wallet.touch()
                clock.advance(40)
                wallet.list()
                clock.advance(59)
                assertTrue(wallet.isUnlocked())
                clock.advance(2)
                assertFalse(wallet.isUnlocked())
                assertNull(wallet.timeUntilLock())
                assertEquals(LockState.LOCKED, wallet.lockState.value)
                failing(ErrorCode.LOCKED) { wallet.touch() }
            }
        }
    }

    @Test
    fun `progress tells each step as it begins`() = waiting {
        Place().use { place ->
            place.create().close()
            place.open().use { wallet ->
                val steps = async(start = CoroutineStart.UNDISPATCHED) { wallet.progress.take(2).toList() }
                wallet.unlock(pin())
                assertEquals(listOf(ProgressStep.DerivingKey, ProgressStep.DeviceKey), steps.await())
            }
        }
    }

    @Test
    fun `an observer that throws disturbs nothing`() = waiting {
        val progress =
            object : ProgressObserver {
                override fun onStep(step: ProgressStep) = throw OutOfMemoryError("of the app")
            }
        val lock =
            object : LockObserver {
                override fun onLockState(state: LockState) = error("of the app")
            }
        Place(progress = progress, lock = lock).use { place ->
            place.create().use { wallet ->
                wallet.lock()
                wallet.unlock(pin())
                assertEquals(LockState.UNLOCKED, wallet.lockState.value)
            }
        }
    }
}
