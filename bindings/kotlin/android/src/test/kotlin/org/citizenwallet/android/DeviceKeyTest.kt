package org.citizenwallet.android

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.runBlocking
import org.citizenwallet.DeviceKeyException
import org.citizenwallet.DeviceKeyLevel
import org.citizenwallet.DeviceKeyPolicy.APP_ONLY
import org.citizenwallet.DeviceKeyPolicy.USER_AUTH
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import java.security.InvalidKeyException
import java.security.ProviderException
import java.security.UnrecoverableKeyException

class DeviceKeyTest {
    private val phone = Phone()
    private val key = phone.deviceKey()

    private fun input() = ByteArray(32) { 7 }

    @Test
    fun `the answer is HMAC-SHA256 of the input, the same for the same, and the input is wiped`() = runBlocking {
        key.create("a", APP_ONLY)
        val secret = phone.keystore.entries.getValue(aliasOf("a")).secret
        val input = input()
        val expected = javax.crypto.Mac.getInstance("HmacSHA256").apply { init(secret) }.doFinal(input)
        assertArrayEquals(expected, key.prf("a", input))
        assertArrayEquals(ByteArray(32), input)
        assertArrayEquals(expected, key.prf("a", input()))
        assertTrue(phone.prompt.shown.isEmpty())
    }

    @Test
    fun `the input is wiped when there is no answer too`() {
        val input = input()
        assertThrows<DeviceKeyException.NotFound> { runBlocking { key.prf("a", input) } }
        assertArrayEquals(ByteArray(32), input)
    }

    @Test
    fun `an input of another size is refused`() = runBlocking {
        key.create("a", APP_ONLY)
        for (size in listOf(0, 31, 33)) {
            assertThrows<DeviceKeyException.Unsupported> { runBlocking { key.prf("a", ByteArray(size)) } }
        }
    }

    @Test
    fun `creating under an alias in use makes another key`() = runBlocking {
        key.create("a", APP_ONLY)
        val first = key.prf("a", input())
        key.create("a", APP_ONLY)
        assertFalse(first.contentEquals(key.prf("a", input())))
        assertEquals(listOf("a"), key.list())
    }

    @Test
    fun `the list has the wallet's aliases only, deleting is idempotent`() = runBlocking {
        key.create("wallet.1", APP_ONLY)
        phone.keystore.create("the app's own", KeyRules(KeyKind.MAC))
        phone.keyStore().create(es256(1u))
        assertEquals(listOf("wallet.1"), key.list())
        key.delete("wallet.1")
        key.delete("wallet.1")
        assertEquals(emptyList<String>(), key.list())
        assertTrue("the app's own" in phone.keystore.entries)
    }

    @Test
    fun `a key for the system's authentication prompts at each use`() = runBlocking {
        key.create("a", USER_AUTH)
        assertArrayEquals(key.prf("a", input()), key.prf("a", input()))
        assertEquals(listOf(true, true), phone.prompt.shown)
    }

    @Test
    fun `whether to prompt stands in the key, not in the settings of the app's next start`() = runBlocking {
        phone.deviceKey(HolderCheck.BIOMETRIC).create("a", USER_AUTH)
        key.prf("a", input())
        assertEquals(listOf(false), phone.prompt.shown)
    }

    @Test
    fun `two uses at once are two prompts one after the other`() = runBlocking {
        key.create("a", USER_AUTH)
        var open = 0
        phone.prompt.whileShown = {
            check(++open == 1) { "two prompts at once" }
            kotlinx.coroutines.yield()
            open--
        }
        val answers = List(4) { async(Dispatchers.IO) { key.prf("a", input()) } }.awaitAll()
        assertEquals(4, phone.prompt.shown.size)
        assertTrue(answers.all { it.contentEquals(answers[0]) })
    }

    @Test
    fun `calls from many threads reach the Keystore one at a time`() = runBlocking {
        key.create("a", APP_ONLY)
        // The double fails the call when another is inside.
        List(200) { async(Dispatchers.IO) { key.prf("a", input()) } }.awaitAll()
        Unit
    }

    @Test
    fun `each way a prompt ends has its error`() = runBlocking {
        key.create("a", USER_AUTH)
        val expected = mapOf(
            PromptCode.USER_CANCELED to DeviceKeyException.UserCancelled::class,
            PromptCode.NEGATIVE_BUTTON to DeviceKeyException.UserCancelled::class,
            PromptCode.LOCKOUT to DeviceKeyException.LockedOut::class,
            PromptCode.LOCKOUT_PERMANENT to DeviceKeyException.AuthRequired::class,
            PromptCode.CANCELED to DeviceKeyException.UnavailableNow::class,
            PromptCode.TIMEOUT to DeviceKeyException.UnavailableNow::class,
            PromptCode.NO_BIOMETRICS to DeviceKeyException.Unsupported::class,
            PromptCode.NO_DEVICE_CREDENTIAL to DeviceKeyException.Unsupported::class,
            PromptCode.VENDOR to DeviceKeyException.HardwareFault::class,
            1007 to DeviceKeyException.HardwareFault::class,
        )
        for ((code, error) in expected) {
            phone.prompt.answers += PromptEnd.Stopped(code)
            val thrown = assertThrows<DeviceKeyException>("$code") { runBlocking { key.prf("a", input()) } }
            assertEquals(error, thrown::class, "$code")
        }
        phone.prompt.answers += PromptEnd.Stopped(PromptCode.LOCKOUT)
        val locked = assertThrows<DeviceKeyException.LockedOut> { runBlocking { key.prf("a", input()) } }
        assertEquals(30uL, locked.seconds)
    }

    @Test
    fun `after a prompt the operation is not begun again`() = runBlocking {
        key.create("a", USER_AUTH)
        phone.fail("finish") { ProviderException() }
        assertThrows<DeviceKeyException.HardwareFault> { runBlocking { key.prf("a", input()) } }
        assertEquals(1, phone.prompt.shown.size)
    }

    @Test
    fun `without a screen lock no key for the system's authentication is made`() = runBlocking {
        phone.device.canAsk = false
        assertThrows<DeviceKeyException.Unsupported> { runBlocking { key.create("a", USER_AUTH) } }
        assertFalse(key.capabilities().userAuth)
        assertEquals(emptyList<String>(), key.list())
        key.create("a", APP_ONLY)
    }

    @Test
    fun `the level is the Keystore's, asked with a key that is deleted again`() = runBlocking {
        assertEquals(DeviceKeyLevel.TRUSTED_ENVIRONMENT, key.capabilities().level)
        phone.keystore.level = KeyLevel.SOFTWARE
        assertEquals(DeviceKeyLevel.SOFTWARE, phone.deviceKey().capabilities().level)
        assertTrue(phone.keystore.entries.isEmpty())
        assertTrue(key.capabilities().survivesBiometricChange)
        assertFalse(phone.deviceKey(HolderCheck.BIOMETRIC, true).capabilities().survivesBiometricChange)
    }

    @Test
    fun `a transient failure is tried again, with pauses, and a bounded number of times`() = runBlocking {
        key.create("a", APP_ONLY)
        phone.fail("begin", times = 3) { UnrecoverableKeyException("not now") }
        key.prf("a", input())
        assertEquals(listOf(50L, 200L, 500L), phone.pauses)
        phone.fail("begin") { android.os.DeadObjectException() }
        assertThrows<DeviceKeyException.UnavailableNow> { runBlocking { key.prf("a", input()) } }
        assertEquals(6, phone.pauses.size)
    }

    @Test
    fun `a final failure is not tried again`() = runBlocking {
        key.create("a", APP_ONLY)
        phone.fail("begin") { InvalidKeyException(invalidated()) }
        assertThrows<DeviceKeyException.Invalidated> { runBlocking { key.prf("a", input()) } }
        assertTrue(phone.pauses.isEmpty())
    }

    @Test
    fun `what the platform says never comes along`() = runBlocking {
        key.create("a", APP_ONLY)
        phone.fail("begin") { ProviderException("/data/user/0/secret") }
        val thrown = assertThrows<DeviceKeyException> { runBlocking { key.prf("a", input()) } }
        assertFalse(thrown.stackTraceToString().contains("secret"))
    }
}

internal fun invalidated() = android.security.keystore.KeyPermanentlyInvalidatedException("changed", null)
