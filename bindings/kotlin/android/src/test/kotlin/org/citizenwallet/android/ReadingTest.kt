package org.citizenwallet.android

import org.citizenwallet.android.framework.symptomOf
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.security.InvalidAlgorithmParameterException
import java.security.InvalidKeyException
import java.security.ProviderException

/** How the platform's exceptions are read, with the platform's own classes. */
class ReadingTest {
    private fun read(failed: Throwable, isUserUnlocked: Boolean = true) =
        read(KeystoreAccess.chain(failed).map { symptomOf(it, 34) }, isUserUnlocked)

    @Test
    fun `our numbers are the platform's`() {
        fun platform(type: Class<*>, prefix: String) =
            type.fields.filter { it.name.startsWith(prefix) }.associate { it.name.removePrefix(prefix) to it.getInt(null) }

        fun ours(type: Class<*>) = type.declaredFields.filter { it.type == Int::class.java }.associate { it.name to it.getInt(null) }

        val keystore = platform(android.security.KeyStoreException::class.java, "ERROR_")
        assertEquals(keystore - "OTHER", ours(KeystoreCode::class.java))
        val prompt = platform(android.hardware.biometrics.BiometricPrompt::class.java, "BIOMETRIC_ERROR_")
        assertEquals(prompt - setOf("UNABLE_TO_REMOVE", "VENDOR_BASE"), ours(PromptCode::class.java))
    }

    @Test
    fun `each number of the Keystore has a reading, and unknown ones are a fault`() {
        val read = (0..60).associateWith { read(listOf(Symptom.OfKeystore(it, isTransient = false)), true).failure }
        assertEquals(Failure.AuthRequired, read[KeystoreCode.USER_AUTHENTICATION_REQUIRED])
        assertEquals(Failure.NotFound, read[KeystoreCode.KEY_DOES_NOT_EXIST])
        assertEquals(Failure.Invalidated, read[KeystoreCode.KEY_CORRUPTED])
        assertEquals(Failure.Unsupported, read[KeystoreCode.UNIMPLEMENTED])
        assertEquals(Failure.UnavailableNow, read[KeystoreCode.KEYSTORE_UNINITIALIZED])
        assertEquals(Failure.HardwareFault, read[KeystoreCode.KEYMINT_FAILURE])
        val gone = read.filterValues { it == Failure.Invalidated || it == Failure.NotFound }.keys
        assertEquals(setOf(KeystoreCode.KEY_CORRUPTED, KeystoreCode.KEY_DOES_NOT_EXIST), gone)
        assertTrue((18..60).all { read[it] == Failure.HardwareFault })
    }

    @Test
    fun `the cause is what counts, however deep it is wrapped`() {
        assertEquals(Failure.Invalidated, read(ProviderException(InvalidKeyException(invalidated()))).failure)
        val notAuthenticated = android.security.keystore.UserNotAuthenticatedException()
        assertEquals(Failure.AuthRequired, read(InvalidKeyException(notAuthenticated)).failure)
        assertEquals(Failure.AuthRequired, read(ProviderException(keystoreException(-26))).failure)
    }

    @Test
    fun `a phone without a screen lock cannot make a key that asks`() {
        val noLock = InvalidAlgorithmParameterException(IllegalStateException("Secure lock screen must be enabled"))
        assertEquals(Reading(Failure.Unsupported, mayPass = false), read(noLock))
    }

    @Test
    fun `an illegal state is not now, and before the first unlock all is`() {
        assertEquals(Reading(Failure.UnavailableNow, mayPass = true), read(IllegalStateException()))
        for (failed in listOf(invalidated(), ProviderException(), KeyAbsent(), IllegalStateException())) {
            assertEquals(Reading(Failure.UnavailableNow, mayPass = false), read(failed, isUserUnlocked = false))
        }
    }

    @Test
    fun `a ring of causes ends`() {
        val one = ProviderException("one")
        val two = ProviderException("two", one)
        one.initCause(two)
        assertEquals(Failure.HardwareFault, read(two).failure)
    }
}
