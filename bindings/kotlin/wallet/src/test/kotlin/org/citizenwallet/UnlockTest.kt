package org.citizenwallet

import org.citizenwallet.Place.Companion.PIN
import org.citizenwallet.Place.Companion.pin
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class UnlockTest {
    @Test
    fun `a new wallet is unlocked, and the same again after it was closed and opened`() = waiting {
        Place().use { place ->
            place.create().use { assertTrue(it.isUnlocked()) }
            place.open().use { wallet ->
                assertFalse(wallet.isUnlocked())
                failing(ErrorCode.LOCKED) { wallet.list() }
                val report = wallet.unlock(pin())
                assertEquals(SlotKind.Pin, report.slot)
                assertEquals(IntegrityState.SOUND, report.integrity)
                assertEquals(emptyList<CardOverview>(), wallet.list())
            }
        }
    }

    @Test
    fun `a wrong PIN says how many tries are left and the right one opens all the same`() = waiting {
        Place().use { place ->
            place.create().close()
            place.open().use { wallet ->
                val first = failing(ErrorCode.WRONG_SECRET) { wallet.unlock(pin("739155")) }
                val second = failing(ErrorCode.WRONG_SECRET) { wallet.unlock(pin("739156")) }
                assertInstanceOf(WalletException.Holder::class.java, first)
                assertTrue(first.isRetryable)
                assertEquals(first.triesLeft!! - 1, second.triesLeft)
                wallet.unlock(pin())
            }
        }
    }

    @Test
    fun `after five wrong PINs even the right one waits and is told how long`() = waiting {
        Place().use { place ->
            place.create().close()
            place.open().use { wallet ->
                for (wrong in 1..5) failing(ErrorCode.WRONG_SECRET) { wallet.unlock(pin("73915$wrong".replace('4', '9'))) }
                val error = failing(ErrorCode.LOCKED_OUT) { wallet.unlock(pin()) }
                assertTrue(error.retryAfter!!.inWholeSeconds > 0)
                assertNull(error.triesLeft)
            }
        }
    }

    @Test
    fun `a passphrase needs no hardware key`() = waiting {
        Place(deviceKey = null).use { place ->
            val text = "four brown horses under a slow bridge"
            place.create(Enrolments(passphrase = Passphrase.of(text.toCharArray()))).close()
            place.open().use { wallet ->
                val wrong = Secret.of("four brown horses under a slow boat".toByteArray())
                failing(ErrorCode.WRONG_SECRET) { wallet.unlock(UnlockWith.Passphrase(wrong)) }
                wallet.unlock(UnlockWith.Passphrase(Secret.of(text.toByteArray())))
                assertEquals(listOf(SlotKind.Passphrase), wallet.slots().map { it.kind })
            }
        }
    }

    @Test
    fun `the operating system's own authentication opens, and a cancelled prompt costs nothing`() = waiting {
        val key = SoftwareDeviceKey(userAuth = true)
        Place(deviceKey = key).use { place ->
            place.create(Enrolments(osAuth = true, recoveryCode = true)).close()
            place.open().use { wallet ->
                key.fault = DeviceKeyException.UserCancelled()
                failing(ErrorCode.USER_CANCELLED) { wallet.unlock(UnlockWith.OsAuth) }
                key.fault = null
                assertEquals(SlotKind.OsAuth, wallet.unlock(UnlockWith.OsAuth).slot)
            }
        }
    }

    @Test
    fun `the recovery code opens when the hardware key is gone, typed as it was told`() = waiting {
        val key = SoftwareDeviceKey()
        Place(deviceKey = key).use { place ->
            val new = place.createTelling(Place.pinned())
            val code = new.recoveryCode!!.use { it.chars() }
            new.wallet.close()
            key.loseKeys()
            place.open().use { wallet ->
                failing(ErrorCode.DEVICE_KEY_MISSING) { wallet.unlock(pin()) }
                wallet.unlock(UnlockWith.RecoveryCode(Secret.of(code)))
                assertTrue(wallet.isUnlocked())
            }
        }
    }

    @Test
    fun `an attempt is begun without counting and finished once`() = waiting {
        val key = SoftwareDeviceKey()
        Place(deviceKey = key).use { place ->
            place.create().close()
            val before = key.uses
            place.open().use { wallet ->
                val attempt = wallet.beginUnlock(pin())
                assertEquals(before, key.uses)
                wallet.finishUnlock(attempt)
                failing(ErrorCode.USED_UP) { wallet.finishUnlock(attempt) }
                attempt.close()
                failing(ErrorCode.USED_UP) { wallet.finishUnlock(attempt) }
            }
        }
    }

    @Test
    fun `authenticating again counts wrong secrets as unlocking does`() = waiting {
        Place().use { place ->
            place.create().use { wallet ->
                assertEquals(4, failing(ErrorCode.WRONG_SECRET) { wallet.authenticate(pin("739155")) }.triesLeft)
                wallet.authenticate(pin()).close()
            }
        }
    }

    @Test
    fun `authenticating unlocks a wallet that has locked itself meanwhile, a wrong secret does not`() = waiting {
        Place().use { place ->
            place.create().use { wallet ->
                wallet.lock()
                failing(ErrorCode.WRONG_SECRET) { wallet.authenticate(pin("739155")) }
                assertEquals(LockState.LOCKED, wallet.lockState.value)
                wallet.authenticate(pin()).close()
                assertEquals(LockState.UNLOCKED, wallet.lockState.value)
                assertEquals(emptyList<CardOverview>(), wallet.list())
            }
        }
    }

    @Test
    fun `what was typed is wiped in its array and in the secret when the call ends`() = waiting {
        Place().use { place ->
            place.create().use { wallet ->
                val typed = PIN.toCharArray()
                val secret = Secret.of(typed)
                assertTrue(typed.all { it == '\u0000' })
                val bytes = "739155".toByteArray()
                val wrong = Secret.of(bytes)
                assertTrue(bytes.all { it == 0.toByte() })
                wallet.authenticate(UnlockWith.Pin(secret)).close()
                failing(ErrorCode.WRONG_SECRET) { wallet.authenticate(UnlockWith.Pin(wrong)) }
                for (used in listOf(secret, wrong)) {
                    failing(ErrorCode.USED_UP) { wallet.authenticate(UnlockWith.Pin(used)) }
                }
            }
        }
    }

    @Test
    fun `characters become the same secret as their UTF-8 bytes`() = waiting {
        Place(deviceKey = null).use { place ->
            val text = "siedem żółtych słoni \uD83D\uDC18 tańczy pod zardzewiałym mostem Kierbedzia"
            place.create(Enrolments(passphrase = Passphrase.of(text.toCharArray()))).close()
            place.open().use { it.unlock(UnlockWith.Passphrase(Secret.of(text.toByteArray()))) }
        }
    }

    @Test
    fun `a weak PIN makes no secret, says why, and is wiped all the same`() = waiting {
        val digits = "123456".toCharArray()
        val error = failing(ErrorCode.WEAK_PIN) { Pin.of(digits) }
        assertTrue(error.subject!!.isNotEmpty())
        assertTrue(digits.all { it == '\u0000' })
        failing(ErrorCode.WEAK_PASSPHRASE) { Passphrase.of("password".toCharArray()) }
    }
}
