package org.citizenwallet

import org.citizenwallet.Place.Companion.PIN
import org.citizenwallet.Place.Companion.pin
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Changing what a store can be opened with. */
class SlotsTest {
    private val text = "four brown horses under a slow bridge"
    private val other = "six green herons above a quick canal"

    private fun secret(typed: String) = Secret.of(typed.toCharArray())

    private fun passphrase(typed: String = text) = UnlockWith.Passphrase(secret(typed))

    private fun everything() =
        Enrolments(
            pin = Pin.of(PIN.toCharArray()),
            passphrase = Passphrase.of(text.toCharArray()),
            recoveryCode = true,
        )

    @Test
    fun `after a change of the PIN the new one opens and the old one does not`() = waiting {
        Place().use { place ->
            place.create().use { wallet ->
                val wrong = failing(ErrorCode.WRONG_SECRET) { wallet.changePin(secret("739155"), Pin.of(NEW.toCharArray())) }
                assertEquals(4, wrong.triesLeft)
                failing(ErrorCode.WEAK_PIN) { wallet.changePin(secret(PIN), Pin.of(PIN.toCharArray())) }
                val old = secret(PIN)
                val new = Pin.of(NEW.toCharArray())
                assertEquals(Retirement.RETIRED, wallet.changePin(old, new))
                failing(ErrorCode.USED_UP) { wallet.changePin(old, Pin.of(PIN.toCharArray())) }
                failing(ErrorCode.USED_UP) { wallet.changePin(secret(NEW), new) }
            }
            place.open().use { wallet ->
                failing(ErrorCode.WRONG_SECRET) { wallet.unlock(pin()) }
                wallet.unlock(pin(NEW))
            }
        }
    }

    @Test
    fun `a change of the passphrase keeps what is given, drops the rest and makes a new recovery code`() = waiting {
        Place().use { place ->
            val new = place.createTelling(everything())
            val voided = new.recoveryCode!!.use { it.chars() }
            new.wallet.use { wallet ->
                val kept = wallet.changePassphrase(secret(text), Passphrase.of(other.toCharArray()), Keep(pin = secret(PIN)))
                assertEquals(emptyList<SlotKind>(), kept.dropped)
                kept.recoveryCode.close()
                wallet.unlock(pin())
                failing(ErrorCode.WRONG_SECRET) { wallet.unlock(passphrase()) }
                wallet.unlock(passphrase(other))
                failing(ErrorCode.WRONG_SECRET) { wallet.unlock(UnlockWith.RecoveryCode(Secret.of(voided))) }

                val dropped = wallet.changePassphrase(secret(other), Passphrase.of(text.toCharArray()))
                assertEquals(listOf(SlotKind.Pin), dropped.dropped)
                val code = dropped.recoveryCode.use { it.chars() }
                failing(ErrorCode.SLOT_MISSING) { wallet.unlock(pin()) }
                wallet.unlock(UnlockWith.RecoveryCode(Secret.of(code)))
            }
        }
    }

    @Test
    fun `a new recovery code voids the old one and is made only after fresh authentication`() = waiting {
        Place().use { place ->
            val new = place.createTelling(Place.pinned())
            val voided = new.recoveryCode!!.use { it.chars() }
            new.wallet.use { wallet ->
                val rotated = wallet.authenticate(pin()).use { wallet.renewRecoveryCode(it, Keep(pin = secret(PIN))) }
                assertEquals(emptyList<SlotKind>(), rotated.dropped)
                val code = rotated.recoveryCode.use { it.chars() }
                failing(ErrorCode.WRONG_SECRET) { wallet.unlock(UnlockWith.RecoveryCode(Secret.of(voided))) }
                wallet.unlock(UnlockWith.RecoveryCode(Secret.of(code)))
                wallet.unlock(pin())
            }
        }
    }

    @Test
    fun `ways in are added and removed after fresh authentication`() = waiting {
        Place(deviceKey = SoftwareDeviceKey(userAuth = true)).use { place ->
            place.create(Enrolments(passphrase = Passphrase.of(text.toCharArray()))).use { wallet ->
                wallet.authenticate(passphrase()).use { auth ->
                    wallet.addPin(auth, Pin.of(PIN.toCharArray()), eraseAfter = 10u)
                    wallet.addOsAuth(auth)
                    val kinds = wallet.slots().associate { it.kind to it.eraseAfter }
                    assertEquals(setOf(SlotKind.Pin, SlotKind.OsAuth, SlotKind.Passphrase), kinds.keys)
                    assertEquals(10u.toUByte(), kinds[SlotKind.Pin])
                    wallet.unlock(pin())
                    wallet.unlock(UnlockWith.OsAuth)
                    assertEquals(Retirement.RETIRED, wallet.removeSlot(auth, SlotKind.OsAuth))
                    failing(ErrorCode.SLOT_MISSING) { wallet.unlock(UnlockWith.OsAuth) }
                    failing(ErrorCode.SLOT_MISSING) { wallet.removeSlot(auth, SlotKind.Other("retina")) }
                    failing(ErrorCode.NOT_SUPPORTED) { wallet.removeSlot(auth, SlotKind.Passphrase) }
                }
            }
        }
    }

    @Test
    fun `a passphrase can be added to a wallet that has a PIN`() = waiting {
        Place().use { place ->
            place.create().use { wallet ->
                wallet.authenticate(pin()).use { wallet.addPassphrase(it, Passphrase.of(text.toCharArray())) }
            }
            place.open().use { assertEquals(SlotKind.Passphrase, it.unlock(passphrase()).slot) }
        }
    }

    @Test
    fun `an authentication is good for its own wallet and for a minute`() = waiting {
        val clock = HandClock()
        Place(clock = clock, idleSeconds = 600uL).use { mine ->
            Place(clock = clock, idleSeconds = 600uL).use { yours ->
                mine.create().use { wallet ->
                    val foreign = yours.create().use { it.authenticate(pin()) }
                    failing(ErrorCode.USER_AUTH_REQUIRED) { wallet.addPassphrase(foreign, Passphrase.of(text.toCharArray())) }
                    val auth = wallet.authenticate(pin())
                    clock.advance(61)
                    failing(ErrorCode.USER_AUTH_REQUIRED) { wallet.addPassphrase(auth, Passphrase.of(text.toCharArray())) }
                    assertTrue(wallet.slots().none { it.kind == SlotKind.Passphrase })
                }
            }
        }
    }

    private companion object {
        const val NEW = "508213"
    }
}
