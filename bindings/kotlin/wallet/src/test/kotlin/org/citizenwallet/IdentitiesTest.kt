package org.citizenwallet

import java.math.BigInteger
import java.security.AlgorithmParameters
import java.security.KeyFactory
import java.security.Signature
import java.security.spec.ECGenParameterSpec
import java.security.spec.ECParameterSpec
import java.security.spec.ECPoint
import java.security.spec.ECPublicKeySpec
import java.util.Base64
import org.citizenwallet.Place.Companion.pin
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class IdentitiesTest {
    private val sepolia = IdentityMethod.Ethr("sepolia", 11_155_111uL, REGISTRY)
    private val testnet = IdentityMethod.Meta("testnet", 12uL, CONTRACT, CONTRACT, emptyList(), listOf(CONTRACT))
    private val proof = SignatureRequest.Proof("https://verifier.example", "0d8mf03")

    @Test
    fun `each method and network has one identity, and its proof verifies under its key`() = walled { wallet ->
        val key = wallet.createIdentity(IdentityMethod.Key)
        val ethr = wallet.createIdentity(sepolia)
        val other = wallet.createIdentity(IdentityMethod.Ethr("mainnet", 1uL, REGISTRY))
        assertEquals(key, wallet.createIdentity(IdentityMethod.Key))
        assertNotEquals(ethr.publicJwk, other.publicJwk)
        assertEquals("did:ethr:sepolia:${ethr.account}", ethr.did)
        assertEquals("did:ethr:${other.account}", other.did)
        assertEquals(listOf(key, ethr, other).map { it.id }.toSet(), wallet.identities().map { it.id }.toSet())

        val prepared = wallet.prepareSignature(key.id, proof)
        assertNull(prepared.call())
        assertEquals("https://verifier.example", prepared.audience())
        val signed = wallet.authenticate(pin()).use { wallet.signPrepared(it, prepared, prepared.digest()) }
        assertTrue(verifies(assertInstanceOf(IdentitySignature.Proof::class.java, signed).jwt, key.publicJwk))
    }

    @Test
    fun `what a contract is asked for is shown before it is signed, and only that is signed, once`() = walled { wallet ->
        val identity = wallet.createIdentity(sepolia)
        val change = SignatureRequest.ChangeEthr(EthrChange.ChangeOwner(CONTRACT), 3uL)
        val prepared = wallet.prepareSignature(identity.id, change)
        val call = prepared.call()!!
        assertEquals("changeOwner", call.function)
        assertEquals(REGISTRY.lowercase(), call.contract.lowercase())
        assertEquals(3uL, call.nonce)
        assertEquals(listOf("identity", "newOwner"), call.arguments.map { it.name })
        assertEquals(identity.account, call.arguments.first().value)
        wallet.authenticate(pin()).use { auth ->
            failing(ErrorCode.CONSENT_MISMATCH) { wallet.signPrepared(auth, prepared, ByteArray(32)) }
            val signed = wallet.signPrepared(auth, prepared, prepared.digest())
            val submitted = assertInstanceOf(IdentitySignature.Call::class.java, signed)
            assertEquals(65, submitted.signature.size)
            assertEquals(call.contract, submitted.contract)
            // What the contract is called with begins with the selector of changeOwnerSigned and holds the signature.
            assertArrayEquals(byteArrayOf(0x24, 0x0c, 0xf1.toByte(), 0xfa.toByte()), submitted.calldata.copyOf(4))
            failing(ErrorCode.USED_UP) { wallet.signPrepared(auth, prepared, prepared.digest()) }
        }
        val last = assertInstanceOf(HistoryEvent.IdentitySigned::class.java, wallet.history().items.last().event)
        assertEquals("changeOwner", last.act)
    }

    @Test
    fun `an identity of did meta is named by its ledger and signs nothing of another method`() = walled { wallet ->
        val identity = wallet.createIdentity(testnet)
        assertNull(identity.did)
        val create = wallet.prepareSignature(identity.id, SignatureRequest.CreateMeta(null)).call()!!
        assertEquals("I authorize the creation of an Identity on my behalf.", create.text)
        failing(ErrorCode.NOT_FOUND) { wallet.prepareSignature(identity.id, proof) }
        failing(ErrorCode.MALFORMED) { wallet.nameIdentity(identity.id, "did:meta:1") }
        val did = "did:meta:testnet:" + "54b".padStart(64, '0')
        assertEquals(did, wallet.nameIdentity(identity.id, did).did)
        wallet.prepareSignature(identity.id, proof).close()
        val change = SignatureRequest.ChangeEthr(EthrChange.ChangeOwner(CONTRACT), 0uL)
        failing(ErrorCode.KEY_PURPOSE) { wallet.prepareSignature(identity.id, change) }
    }

    @Test
    fun `a deleted identity is gone, and an account with a wrong checksum is refused`() = walled { wallet ->
        val identity = wallet.createIdentity(IdentityMethod.Jwk)
        wallet.authenticate(pin()).use { wallet.deleteIdentity(it, identity.id) }
        assertEquals(emptyList<Identity>(), wallet.identities())
        val mistyped = IdentityMethod.Ethr("mainnet", 1uL, "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")
        failing(ErrorCode.MALFORMED) { wallet.createIdentity(mistyped) }
        failing(ErrorCode.NOT_SUPPORTED) { wallet.createIdentity(IdentityMethod.Other("web")) }
    }

    private fun walled(test: suspend (Wallet) -> Unit) = waiting {
        Parties.start().use { parties -> Place(parties).use { place -> place.create().use { test(it) } } }
    }

    /** By the JDK's own ECDSA. */
    private fun verifies(jwt: String, jwk: String): Boolean {
        fun coordinate(name: String) = BigInteger(1, url(Regex("\"$name\":\"([^\"]+)\"").find(jwk)!!.groupValues[1]))
        val curve = AlgorithmParameters.getInstance("EC").apply { init(ECGenParameterSpec("secp256r1")) }
        val spec = ECPublicKeySpec(ECPoint(coordinate("x"), coordinate("y")), curve.getParameterSpec(ECParameterSpec::class.java))
        return Signature.getInstance("SHA256withECDSAinP1363Format").run {
            initVerify(KeyFactory.getInstance("EC").generatePublic(spec))
            update(jwt.substringBeforeLast('.').toByteArray())
            verify(url(jwt.substringAfterLast('.')))
        }
    }

    private fun url(text: String): ByteArray = Base64.getUrlDecoder().decode(text)

    private companion object {
        const val REGISTRY = "0xdca7ef03e98e0dc2b855be647c39abe984fcf21b"
        const val CONTRACT = "0x42bbff659772231bb63c7c175a1021e080a4cf9d"
    }
}
