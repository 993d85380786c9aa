package org.citizenwallet

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** Holder keys in the app's key store, from the first to the last. */
class HardwareKeysTest {
    @Test
    fun `the keys of a card are known by their handles, and go with it`() {
        val keys = SoftwareKeyStore()
        holding(keyStore = keys) {
            val card = receive(copies = 3)
            val other = receive()
            assertEquals(4, keys.handles().size)
            assertEquals(keys.handles(), wallet.hardwareKeys().toSet())
            assertEquals(Outcome.Accepted, show().outcome)
            wallet.delete(card)
            assertEquals(1, keys.handles().size)
            assertEquals(keys.handles(), wallet.hardwareKeys().toSet())
            assertEquals(listOf(other), wallet.list().map { it.id })
        }
    }

    @Test
    fun `a key that cannot be deleted now is still known, also after a restart, and deleted when that is possible`() {
        val keys = SoftwareKeyStore()
        holding(keyStore = keys) {
            val card = receive(copies = 3)
            keys.deleting = { throw KeyStoreException.UnavailableNow() }
            wallet.delete(card)
            assertEquals(emptyList<CardOverview>(), wallet.list())
            assertEquals(3, wallet.doPending())
            wallet.close()
            place.openUnlocked().use { again ->
                assertEquals(keys.handles(), again.hardwareKeys().toSet())
                assertEquals(3, again.doPending())
                keys.deleting = { error("of the app") }
                assertEquals(3, again.doPending())
                keys.deleting = { it() }
                assertEquals(0, again.doPending())
                assertEquals(emptySet<String>(), keys.handles())
                assertEquals(emptyList<String>(), again.hardwareKeys())
            }
        }
    }

    @Test
    fun `a key that the phone lost is missing when its card is shown, and deleted without an error`() {
        val keys = SoftwareKeyStore()
        holding(keyStore = keys) {
            val card = receive()
            val approved = approve(plan())
            keys.handles().forEach { keys.delete(it) }
            assertEquals("missing", failing(ErrorCode.KEY_UNAVAILABLE) { wallet.present(approved) }.subject)
            wallet.delete(card)
            assertEquals(0, wallet.doPending())
            assertEquals(emptyList<String>(), wallet.hardwareKeys())
        }
    }

    private suspend fun SoftwareKeyStore.handles() = list().toSet()
}
