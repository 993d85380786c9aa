package org.citizenwallet.android

import android.security.keystore.KeyProperties
import org.citizenwallet.android.framework.keySpec
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** The rules of keys as the platform's own class has them. */
class KeySpecTest {
    private fun spec(kind: KeyKind, holder: HolderRule? = null, sdk: Int = 34, challenge: ByteArray? = null, strongBox: Boolean = false) =
        keySpec("a", KeyRules(kind, holder, strongBox, challenge), sdk)

    private fun rule(check: HolderCheck, seconds: Int = 0, ends: Boolean = false) = HolderRule(check, seconds, ends)

    @Test
    fun `a key for a PIN asks for nothing and nothing ends it`() {
        for (sdk in listOf(28, 29, 30, 34)) {
            val spec = spec(KeyKind.MAC, sdk = sdk)
            assertFalse(spec.isUserAuthenticationRequired)
            assertFalse(spec.isUnlockedDeviceRequired)
            assertFalse(spec.isStrongBoxBacked)
            assertEquals(256, spec.keySize)
            assertArrayEquals(arrayOf(KeyProperties.DIGEST_SHA256), spec.digests)
        }
    }

    @Test
    fun `a sealing key takes no nonce from the app`() {
        val spec = spec(KeyKind.SEAL)
        assertTrue(spec.isRandomizedEncryptionRequired)
        assertArrayEquals(arrayOf(KeyProperties.BLOCK_MODE_GCM), spec.blockModes)
        assertEquals(KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT, spec.purposes)
    }

    @Test
    fun `since Android 11 a key asks for a biometric or the screen lock at each use`() {
        val spec = spec(KeyKind.MAC, rule(HolderCheck.BIOMETRIC_OR_SCREEN_LOCK))
        assertTrue(spec.isUserAuthenticationRequired)
        assertEquals(0, spec.userAuthenticationValidityDurationSeconds)
        assertEquals(
            KeyProperties.AUTH_BIOMETRIC_STRONG or KeyProperties.AUTH_DEVICE_CREDENTIAL, spec.userAuthenticationType,
        )
        assertFalse(spec.isInvalidatedByBiometricEnrollment)
    }

    @Test
    fun `a key for biometrics alone takes no screen lock, and ends with a new one where that is wanted`() {
        for (ends in listOf(true, false)) {
            val spec = spec(KeyKind.SIGNATURE, rule(HolderCheck.BIOMETRIC, ends = ends))
            assertEquals(KeyProperties.AUTH_BIOMETRIC_STRONG, spec.userAuthenticationType)
            assertEquals(ends, spec.isInvalidatedByBiometricEnrollment)
        }
        assertThrows<IllegalArgumentException> { rule(HolderCheck.BIOMETRIC_OR_SCREEN_LOCK, ends = true) }
    }

    @Test
    fun `before Android 11 each use is minus one second`() {
        for (sdk in listOf(28, 29)) {
            val each = spec(KeyKind.MAC, rule(HolderCheck.BIOMETRIC_OR_SCREEN_LOCK), sdk)
            assertTrue(each.isUserAuthenticationRequired)
            assertFalse(each.isInvalidatedByBiometricEnrollment)
            val grace = spec(KeyKind.SIGNATURE, rule(HolderCheck.BIOMETRIC_OR_SCREEN_LOCK, seconds = 10), sdk)
            assertEquals(10, grace.userAuthenticationValidityDurationSeconds)
        }
    }

    @Test
    fun `a challenge and a StrongBox come along`() {
        val spec = spec(KeyKind.SIGNATURE, challenge = byteArrayOf(1), strongBox = true)
        assertArrayEquals(byteArrayOf(1), spec.attestationChallenge)
        assertTrue(spec.isStrongBoxBacked)
    }
}
