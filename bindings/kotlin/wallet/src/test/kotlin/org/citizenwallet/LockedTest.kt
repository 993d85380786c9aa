package org.citizenwallet

import org.citizenwallet.Place.Companion.pin
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Test

class LockedTest {
    /** What a call ends with, or null, where that is not `locked`. */
    private val needsNoKey: Map<String, ErrorCode?> =
        mapOf(
            "isUnlocked" to null,
            "timeUntilLock" to null,
            "slots" to null,
            "lock" to null,
            "quarantine" to null,
            // A card that is not stored yet can be refused; here both are about the same one.
            "decline" to null,
            "giveUp" to ErrorCode.USED_UP,
            // What it is refused with is told as a value: see below.
            "dcApiRequest" to null,
            "changePin" to ErrorCode.WEAK_PIN,
            "rescue" to ErrorCode.RECOVERY_CODE_MALFORMED,
            // These take the holder's secret, which unlocks.
            "authenticate" to null,
            "unlock" to null,
            "beginUnlock" to null,
            "finishUnlock" to null,
            "export" to null,
            "adopt" to null,
            "addPin" to ErrorCode.STORE_EXISTS,
            "addOsAuth" to ErrorCode.UNSAFE_CONFIGURATION,
            "addPassphrase" to null,
            "renewRecoveryCode" to null,
            "removeSlot" to ErrorCode.SLOT_MISSING,
            "signPrepared" to null,
            "deleteIdentity" to ErrorCode.NOT_FOUND,
        )

    @Test
    fun `every call on a locked wallet says so, but for those that need no key of its records`() = waiting {
        val gifts = newGifts()
        Place().use { place ->
            place.create().use { wallet ->
                val outcomes = Calls.with { gifts }.mapValues { (_, call) ->
                    wallet.lock()
                    outcome { call(wallet) }
                }
                assertEquals(needsNoKey, outcomes.filterValues { it != ErrorCode.LOCKED })
                wallet.lock()
                val refused = wallet.dcApiRequest("openid4vp-v1-unsigned", "{}", "https://page.example")
                assertEquals(ErrorCode.LOCKED, assertInstanceOf(DcApiProposal.Refused::class.java, refused).error.code)
                assertEquals(IntegrityState.SOUND, wallet.unlock(pin()).integrity)
            }
        }
    }
}
