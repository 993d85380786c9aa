package org.citizenwallet.android

import kotlinx.coroutines.runBlocking
import org.citizenwallet.DeviceKeyPolicy.APP_ONLY
import org.citizenwallet.DeviceKeyPolicy.USER_AUTH
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.security.ProviderException

class StrongBoxTest {
    private val phone = Phone().apply { device.hasStrongBox = true }
    private val key = phone.deviceKey(strongBox = StrongBox.IF_QUICK)

    private fun isInStrongBox(alias: String = aliasOf("a")) = phone.keystore.entries.getValue(alias).rules.isInStrongBox

    private fun takes(nanos: Long) {
        phone.keystore.after = { if (it.startsWith("finish")) phone.nanos += nanos }
    }

    @Test
    fun `a StrongBox that is quick and right gets the key`() = runBlocking {
        takes(StrongBoxTrial.BUDGET_NANOS / StrongBoxTrial.USES)
        key.create("a", APP_ONLY)
        assertTrue(isInStrongBox())
        key.prf("a", ByteArray(32))
        assertEquals(setOf(aliasOf("a")), phone.keystore.entries.keys)
    }

    @Test
    fun `a slow one does not, and the trial ends as soon as it is known`() = runBlocking {
        takes(StrongBoxTrial.BUDGET_NANOS + 1)
        key.create("a", APP_ONLY)
        assertFalse(isInStrongBox())
        assertEquals(1, phone.keystore.calls.count { it == "finish ${StrongBoxTrial.ALIAS}" })
    }

    @Test
    fun `one that fails in any way does not, and its trial key is deleted`() = runBlocking {
        val failures = listOf(
            "create ${StrongBoxTrial.ALIAS}" to { android.security.keystore.StrongBoxUnavailableException() as Throwable },
            "finish ${StrongBoxTrial.ALIAS}" to { ProviderException() },
            "begin ${StrongBoxTrial.ALIAS}" to { IllegalStateException() },
        )
        for ((call, failure) in failures) {
            phone.fail(call, failure = failure)
            key.create("a", APP_ONLY)
            assertFalse(isInStrongBox())
            assertEquals(setOf(aliasOf("a")), phone.keystore.entries.keys)
        }
    }

    @Test
    fun `one that answers differently to the same does not`() = runBlocking {
        // Another key lies under the alias after two answers.
        val other = phone.keystore.apply { create("other", KeyRules(KeyKind.MAC)) }.entries.remove("other")!!
        var uses = 0
        phone.keystore.after = {
            if (it == "finish ${StrongBoxTrial.ALIAS}" && ++uses == 2) phone.keystore.entries[StrongBoxTrial.ALIAS] = other
        }
        key.create("a", APP_ONLY)
        assertFalse(isInStrongBox())
    }

    @Test
    fun `one that passes and then has no room leaves the key to the other place`() = runBlocking {
        var creations = 0
        phone.keystore.before = { if (it == "create ${aliasOf("a")}" && ++creations == 1) throw ProviderException() }
        key.create("a", APP_ONLY)
        assertFalse(isInStrongBox())
    }

    @Test
    fun `keys that prompt are tried out without a prompt`() = runBlocking {
        key.create("a", USER_AUTH)
        assertTrue(isInStrongBox())
        assertTrue(phone.prompt.shown.isEmpty())
    }

    @Test
    fun `it is chosen for holder keys too`() = runBlocking {
        val store = phone.keyStore(strongBox = StrongBox.IF_QUICK)
        val handle = store.create(es256(1u)).single().handle
        assertTrue(isInStrongBox(AndroidKeyStore.PREFIX + handle))
    }

    @Test
    fun `without one, or unless the app wants it, nothing is tried`() = runBlocking {
        phone.device.hasStrongBox = false
        key.create("a", APP_ONLY)
        phone.device.hasStrongBox = true
        phone.deviceKey().create("b", APP_ONLY)
        assertFalse(isInStrongBox() || isInStrongBox(aliasOf("b")))
        assertTrue(phone.keystore.calls.none { StrongBoxTrial.ALIAS in it })
    }
}
