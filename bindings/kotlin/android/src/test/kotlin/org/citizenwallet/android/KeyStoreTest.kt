package org.citizenwallet.android

import kotlinx.coroutines.runBlocking
import org.citizenwallet.CreateKeys
import org.citizenwallet.KeyStoreException
import org.citizenwallet.SecurityLevel
import org.citizenwallet.SignRequest
import org.citizenwallet.SigningAlgorithm
import org.citizenwallet.UserAuth
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import java.security.KeyFactory
import java.security.ProviderException
import java.security.Signature
import java.security.spec.X509EncodedKeySpec

internal fun es256(count: UInt, userAuth: UserAuth = UserAuth.NOT_REQUIRED, challenge: ByteArray? = null) =
    CreateKeys(count, SigningAlgorithm.Es256, userAuth, challenge)

class KeyStoreTest {
    private val phone = Phone()
    private val store = phone.keyStore()

    private fun request(handle: String, text: String, reference: String? = null) =
        SignRequest(handle, SigningAlgorithm.Es256, text.toByteArray(), reference)

    @Test
    fun `a batch has as many keys, each signs what its public half verifies`() = runBlocking {
        val keys = store.create(es256(10u))
        assertEquals(10, keys.map { it.handle }.toSet().size)
        assertEquals(keys.map { it.handle }.toSet(), store.list().toSet())
        val signatures = store.signMany(keys.map { request(it.handle, it.handle) })
        for ((key, signature) in keys.zip(signatures)) {
            val public = KeyFactory.getInstance("EC").generatePublic(X509EncodedKeySpec(key.publicKeySpki))
            val verifier = Signature.getInstance("SHA256withECDSA").apply { initVerify(public); update(key.handle.toByteArray()) }
            assertTrue(verifier.verify(signature))
        }
        assertTrue(phone.prompt.shown.isEmpty())
    }

    @Test
    fun `a key per use prompts for each signature`() = runBlocking {
        val keys = store.create(es256(3u, UserAuth.EVERY_USE))
        store.signMany(keys.map { request(it.handle, "x") })
        assertEquals(3, phone.prompt.shown.size)
        assertEquals(1u, store.capabilities().maxSignaturesPerPrompt)
    }

    @Test
    fun `keys with a time of grace sign with one prompt`() = runBlocking {
        val grace = phone.keyStore(graceSeconds = 10)
        val keys = grace.create(es256(3u, UserAuth.EVERY_USE))
        assertEquals(3, grace.signMany(keys.map { request(it.handle, "x") }).size)
        assertEquals(1, phone.prompt.shown.size)
        assertTrue(grace.capabilities().maxSignaturesPerPrompt > 1u)
        // Each call asks again, though the hardware would not.
        grace.sign(request(keys[0].handle, "y"))
        assertEquals(2, phone.prompt.shown.size)
    }

    @Test
    fun `a prompt the app showed itself serves keys with a time of grace, as long as the hardware agrees`() = runBlocking {
        val grace = phone.keyStore(graceSeconds = 10)
        val key = grace.create(es256(1u, UserAuth.EVERY_USE)).single()
        phone.keystore.isGraceRunning = true
        grace.sign(request(key.handle, "x", "the app's prompt"))
        assertTrue(phone.prompt.shown.isEmpty())
        phone.keystore.isGraceRunning = false
        assertThrows<KeyStoreException.AuthRequired> { runBlocking { grace.sign(request(key.handle, "x", "the app's prompt")) } }
        Unit
    }

    @Test
    fun `a prompt that is closed means no signature at all`() = runBlocking {
        val keys = store.create(es256(2u, UserAuth.EVERY_USE))
        phone.prompt.answers += listOf(PromptEnd.Passed, PromptEnd.Stopped(PromptCode.USER_CANCELED))
        assertThrows<KeyStoreException.UserCancelled> { runBlocking { store.signMany(keys.map { request(it.handle, "x") }) } }
        Unit
    }

    @Test
    fun `a missing key is found before the holder is asked`() = runBlocking {
        val key = store.create(es256(1u, UserAuth.EVERY_USE)).single()
        val requests = listOf(request(key.handle, "x"), request("gone", "x"))
        assertThrows<KeyStoreException.NotFound> { runBlocking { store.signMany(requests) } }
        assertTrue(phone.prompt.shown.isEmpty())
    }

    @Test
    fun `all keys are made or none`() = runBlocking {
        var made = 0
        phone.keystore.before = { if (it.startsWith("create") && ++made > 3) throw ProviderException() }
        assertThrows<KeyStoreException.HardwareFault> { runBlocking { store.create(es256(5u)) } }
        assertTrue(phone.keystore.entries.isEmpty())
    }

    @Test
    fun `a key that was asked for with a challenge has its certificates, another has none`() = runBlocking {
        val challenge = byteArrayOf(9, 9)
        val attested = store.create(es256(1u, challenge = challenge)).single()
        assertEquals("android-key", attested.attestation?.format)
        assertArrayEquals(challenge, attested.attestation!!.parts[0])
        assertNull(store.create(es256(1u)).single().attestation)
    }

    @Test
    fun `what the Keystore cannot do is refused before anything is made`() {
        val impossible = listOf(
            CreateKeys(1u, SigningAlgorithm.EdDsa, UserAuth.NOT_REQUIRED, null),
            CreateKeys(1u, SigningAlgorithm.Es384, UserAuth.NOT_REQUIRED, null),
            es256(0u),
            es256(101u),
            es256(1u, challenge = ByteArray(129)),
        )
        for (request in impossible) {
            assertThrows<KeyStoreException.Unsupported> { runBlocking { store.create(request) } }
        }
        phone.device.canAsk = false
        assertThrows<KeyStoreException.Unsupported> { runBlocking { store.create(es256(1u, UserAuth.EVERY_USE)) } }
        assertTrue(phone.keystore.calls.isEmpty())
    }

    @Test
    fun `deleting is idempotent`() = runBlocking {
        val key = store.create(es256(1u)).single()
        store.delete(key.handle)
        store.delete(key.handle)
        assertEquals(emptyList<String>(), store.list())
    }

    @Test
    fun `keys in software are not called attested`() = runBlocking {
        assertTrue(store.capabilities().attestation)
        phone.keystore.level = KeyLevel.SOFTWARE
        val capabilities = phone.keyStore().capabilities()
        assertEquals(SecurityLevel.SOFTWARE, capabilities.securityLevel)
        assertTrue(!capabilities.attestation)
        assertTrue(phone.keystore.entries.isEmpty())
    }
}
