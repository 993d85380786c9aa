package org.citizenwallet.android

import kotlinx.coroutines.runBlocking
import org.citizenwallet.DeviceKeyException
import org.citizenwallet.DeviceKeyPolicy.APP_ONLY
import org.citizenwallet.KeyStoreException
import org.citizenwallet.SignRequest
import org.citizenwallet.SigningAlgorithm
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import java.security.InvalidKeyException
import java.security.ProviderException
import java.security.UnrecoverableKeyException
import kotlin.reflect.KClass

/** Every way in which a Keystore key goes away, or only seems to. */
class VanishingKeyTest {
    private val phone = Phone()
    private val key = phone.deviceKey()

    private fun prf() = runBlocking { key.prf("a", ByteArray(32)) }

    private fun expect(error: KClass<out DeviceKeyException>) {
        val thrown = assertThrows<DeviceKeyException> { prf() }
        assertEquals(error, thrown::class)
    }

    private fun create() = runBlocking { key.create("a", APP_ONLY) }

    @Test
    fun `an app whose keys were cleared, or a new phone, certainly has none`() {
        create()
        phone.keystore.entries.clear()
        expect(DeviceKeyException.NotFound::class)
    }

    @Test
    fun `a key that is deleted between two looks at it is gone`() {
        create()
        phone.keystore.after = { if (it == "facts ${aliasOf("a")}") phone.keystore.entries.remove(aliasOf("a")) }
        expect(DeviceKeyException.NotFound::class)
    }

    @Test
    fun `a Keystore that is out of order and calls everything absent is not believed`() {
        create()
        phone.keystore.isForgetful = true
        expect(DeviceKeyException.UnavailableNow::class)
        phone.keystore.isForgetful = false
        prf()
    }

    @Test
    fun `nothing is concluded from a Keystore in which no key can be made`() {
        create()
        phone.keystore.entries.clear()
        phone.fail("create") { ProviderException() }
        expect(DeviceKeyException.UnavailableNow::class)
    }

    @Test
    fun `before the first unlock nothing is gone`() {
        create()
        phone.device.isUserUnlocked = false
        phone.fail("facts") { UnrecoverableKeyException() }
        expect(DeviceKeyException.UnavailableNow::class)
        phone.keystore.before = {}
        phone.keystore.entries.clear()
        expect(DeviceKeyException.UnavailableNow::class)
    }

    @Test
    fun `the screen lock was removed or biometrics changed`() {
        create()
        for (failure in listOf(invalidated(), InvalidKeyException(invalidated()), UnrecoverableKeyException().initCause(invalidated()))) {
            phone.fail("begin") { failure }
            expect(DeviceKeyException.Invalidated::class)
        }
    }

    @Test
    fun `an entry that cannot be read is a fault, and there again when it can`() {
        create()
        phone.fail("facts", times = 4) { UnrecoverableKeyException("Failed to obtain information about key") }
        expect(DeviceKeyException.HardwareFault::class)
        prf()
    }

    @Test
    fun `the Keystore's own numbers are read since Android 13`() {
        create()
        phone.fail("begin") { InvalidKeyException(keystoreException(CORRUPTED)) }
        expect(DeviceKeyException.Invalidated::class)
        phone.fail("begin") { InvalidKeyException(keystoreException(ABSENT)) }
        // The list still has it.
        expect(DeviceKeyException.UnavailableNow::class)
        phone.keystore.entries.clear()
        expect(DeviceKeyException.NotFound::class)
    }

    @Test
    fun `before Android 13 the same exceptions are a fault and nothing more`() {
        phone.device.sdk = 32
        create()
        for (code in listOf(CORRUPTED, ABSENT)) {
            phone.fail("begin") { InvalidKeyException(keystoreException(code)) }
            expect(DeviceKeyException.HardwareFault::class)
        }
    }

    @Test
    fun `the process of the Keystore died`() {
        create()
        phone.fail("begin", times = 1) { ProviderException(android.os.DeadObjectException()) }
        prf()
        phone.fail("begin") { RuntimeException(android.os.RemoteException()) }
        expect(DeviceKeyException.UnavailableNow::class)
    }

    @Test
    fun `no failure ever deletes a key`() {
        create()
        val failures = listOf<() -> Throwable>(
            { invalidated() },
            { UnrecoverableKeyException() },
            { InvalidKeyException(keystoreException(CORRUPTED)) },
            { IllegalStateException() },
            { KeyAbsent() },
        )
        for (failure in failures) {
            phone.fail("begin", failure = failure)
            assertThrows<DeviceKeyException> { prf() }
            assertTrue(aliasOf("a") in phone.keystore.entries)
        }
    }

    @Test
    fun `holder keys vanish in the same ways`() = runBlocking {
        val store = phone.keyStore()
        val handle = store.create(es256(1u)).single().handle
        val request = SignRequest(handle, SigningAlgorithm.Es256, byteArrayOf(1), null)
        phone.fail("begin") { invalidated() }
        assertThrows<KeyStoreException.Invalidated> { runBlocking { store.sign(request) } }
        phone.keystore.before = {}
        phone.keystore.isForgetful = true
        assertThrows<KeyStoreException.UnavailableNow> { runBlocking { store.sign(request) } }
        phone.keystore.isForgetful = false
        phone.keystore.entries.clear()
        assertThrows<KeyStoreException.NotFound> { runBlocking { store.sign(request) } }
        Unit
    }

    private companion object {
        // The Keystore's VALUE_CORRUPTED and KEY_NOT_FOUND, from which the platform makes its public numbers.
        const val CORRUPTED = 8
        const val ABSENT = 7
    }
}

/** As the platform makes it, from its internal number. */
internal fun keystoreException(internalCode: Int) = android.security.KeyStoreException(internalCode, "text")
