package org.citizenwallet

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import org.citizenwallet.Place.Companion.pin
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class TwoWalletsTest {
    @Test
    fun `wallets in two folders live side by side and know nothing of each other`() = waiting {
        Place().use { one ->
            Place().use { other ->
                val (first, second) = listOf(one, other).map { async(Dispatchers.Default) { it.create() } }.awaitAll()
                first.lock()
                assertTrue(second.isUnlocked())
                assertEquals(LockState.LOCKED, first.lockState.value)
                assertEquals(LockState.UNLOCKED, second.lockState.value)
                val both = listOf(first, second).map { async(Dispatchers.Default) { it.unlock(pin()) } }
                assertEquals(listOf(IntegrityState.SOUND, IntegrityState.SOUND), both.awaitAll().map { it.integrity })
                first.close()
                Wallet.erase(one.folder, one.platform)
                assertEquals(IntegrityState.SOUND, second.integrity())
                second.close()
            }
        }
    }

    @Test
    fun `two wallets on one folder are locked each for itself and see the same store`() = waiting {
        Place().use { place ->
            place.create().use { first ->
                place.openUnlocked().use { second ->
                    first.lock()
                    assertTrue(second.isUnlocked())
                    assertFalse(first.isUnlocked())
                    val tries = failing(ErrorCode.WRONG_SECRET) { first.unlock(pin("739155")) }.triesLeft!!
                    assertEquals(tries - 1, failing(ErrorCode.WRONG_SECRET) { second.authenticate(pin("739156")) }.triesLeft)
                    first.unlock(pin())
                    assertEquals(first.slots(), second.slots())
                }
            }
        }
    }

    @Test
    fun `what was erased is gone, and can be made again`() = waiting {
        Place().use { place ->
            place.create().close()
            failing(ErrorCode.STORE_EXISTS) { place.create() }
            assertEquals(Erased.DONE, Wallet.erase(place.folder, place.platform))
            assertEquals(Erased.NOTHING_THERE, Wallet.erase(place.folder, place.platform))
            failing(ErrorCode.STORE_MISSING) { place.open() }
            place.create().close()
        }
    }
}
