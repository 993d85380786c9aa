package org.citizenwallet.android

import kotlinx.coroutines.runBlocking
import org.citizenwallet.CreateKeys
import org.citizenwallet.DeviceKeyException
import org.citizenwallet.DeviceKeyPolicy
import org.citizenwallet.SignRequest
import org.citizenwallet.SigningAlgorithm
import org.citizenwallet.UserAuth
import org.junit.After
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Assert.fail
import org.junit.Assume.assumeFalse
import org.junit.Test
import java.security.KeyFactory
import java.security.Signature
import java.security.cert.CertificateFactory
import java.security.cert.X509Certificate
import java.security.spec.X509EncodedKeySpec

/** The keys in the Keystore of a real system. */
class KeysOnDeviceTest {
    private val text = { PromptText("Test", "Cancel") }
    private val key = AndroidKeystoreDeviceKey(OnDevice.context, text)
    private val store = AndroidKeyStore(OnDevice.context, text)

    @After
    fun cleanUp(): Unit = runBlocking {
        key.list().forEach { key.delete(it) }
        store.list().forEach { store.delete(it) }
    }

    @Test
    fun aDeviceKeyAnswersTheSameForTheSameAndIsGoneWhenItWasDeleted(): Unit = runBlocking {
        key.create("test.a", DeviceKeyPolicy.APP_ONLY)
        val answer = key.prf("test.a", ByteArray(32))
        assertEquals(32, answer.size)
        assertArrayEquals(answer, key.prf("test.a", ByteArray(32)))
        assertFalse(answer.contentEquals(key.prf("test.a", ByteArray(32) { 1 })))
        assertTrue("test.a" in key.list())
        key.create("test.a", DeviceKeyPolicy.APP_ONLY)
        assertFalse(answer.contentEquals(key.prf("test.a", ByteArray(32))))
        key.delete("test.a")
        key.delete("test.a")
        try {
            key.prf("test.a", ByteArray(32))
            fail("the key is gone")
        } catch (_: DeviceKeyException.NotFound) {
        }
    }

    @Test
    fun withoutAScreenLockNoKeyForTheSystemsAuthenticationIsMade(): Unit = runBlocking {
        assumeFalse(key.capabilities().userAuth)
        try {
            key.create("test.b", DeviceKeyPolicy.USER_AUTH)
            fail("there is no screen lock")
        } catch (_: DeviceKeyException.Unsupported) {
        }
        assertFalse("test.b" in key.list())
    }

    @Test
    fun holderKeysSignWhatTheirPublicHalvesVerify(): Unit = runBlocking {
        val challenge = ByteArray(16) { 5 }
        val wanted = if (store.capabilities().attestation) challenge else null
        val keys = store.create(CreateKeys(3u, SigningAlgorithm.Es256, UserAuth.NOT_REQUIRED, wanted))
        val requests = keys.map { SignRequest(it.handle, SigningAlgorithm.Es256, it.handle.toByteArray(), null) }
        for ((made, signature) in keys.zip(store.signMany(requests))) {
            val public = KeyFactory.getInstance("EC").generatePublic(X509EncodedKeySpec(made.publicKeySpki))
            val verifier = Signature.getInstance("SHA256withECDSA")
            verifier.initVerify(public)
            verifier.update(made.handle.toByteArray())
            assertTrue(verifier.verify(signature))
            made.attestation?.let { attestation ->
                val leaf = CertificateFactory.getInstance("X.509").generateCertificate(attestation.parts[0].inputStream())
                assertArrayEquals(made.publicKeySpki, leaf.publicKey.encoded)
                assertTrue((leaf as X509Certificate).getExtensionValue("1.3.6.1.4.1.11129.2.1.17") != null)
            }
        }
    }
}
