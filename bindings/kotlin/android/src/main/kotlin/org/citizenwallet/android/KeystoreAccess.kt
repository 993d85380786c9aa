package org.citizenwallet.android

import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/**
 * The one way to the Keystore: one call at a time in the whole process (its hardware has few places and its drivers do not
 * like company), failures read, transient ones tried again a few times. Blocks; call it on a worker thread.
 */
internal class KeystoreAccess(
    private val keystore: Keystore,
    private val device: Device,
    private val symptomOf: (Throwable) -> Symptom,
    private val pause: (milliseconds: Long) -> Unit = Thread::sleep,
) {
    /**
     * Runs [action], which is about the key [alias], and again where that may help: under a second in all. [action] must be
     * safe to repeat. Throws [KeystoreFailed].
     */
    fun <T> steadily(alias: String, action: (Keystore) -> T): T {
        for (milliseconds in PAUSES) {
            try {
                return LOCK.withLock { action(keystore) }
            } catch (failed: Exception) {
                val reading = reading(failed)
                if (!reading.mayPass) throw KeystoreFailed(reading.failure)
            }
            // Not under the lock: another call may be what has to end first.
            rest(milliseconds)
        }
        return once(alias, action)
    }

    /** Runs [action] once. Throws [KeystoreFailed]. */
    fun <T> once(alias: String, action: (Keystore) -> T): T =
        try {
            LOCK.withLock { action(keystore) }
        } catch (failed: Exception) {
            val failure = reading(failed).failure
            throw KeystoreFailed(
                if (failure != Failure.NotFound || isCertainlyAbsent(alias)) failure else Failure.UnavailableNow,
            )
        }

    /**
     * Whether the Keystore works and does not have the key. Older ones answer "no such key" when they are out of order, so a
     * key is made and found first.
     */
    private fun isCertainlyAbsent(alias: String): Boolean =
        try {
            LOCK.withLock {
                keystore.create(CANARY, KeyRules(KeyKind.SEAL))
                val aliases = keystore.aliases()
                keystore.delete(CANARY)
                CANARY in aliases && alias !in aliases && keystore.facts(alias) == null
            }
        } catch (_: Exception) {
            false
        }

    private fun reading(failed: Exception): Reading =
        if (failed is KeystoreFailed) {
            Reading(failed.failure, mayPass = false)
        } else {
            read(chain(failed).map(symptomOf), device.isUserUnlocked)
        }

    private fun rest(milliseconds: Long) {
        try {
            pause(milliseconds)
        } catch (_: InterruptedException) {
            Thread.currentThread().interrupt()
            throw KeystoreFailed(Failure.UnavailableNow)
        }
    }

    internal companion object {
        private val LOCK = ReentrantLock()
        private val PAUSES = longArrayOf(50, 200, 500)

        /** Not an alias of any wallet's key. */
        const val CANARY: String = "org.citizenwallet.canary"

        /** An exception and its causes; a ring of causes ends. */
        fun chain(failed: Throwable): List<Throwable> =
            generateSequence(failed) { it.cause }.take(16).toList()
    }
}
