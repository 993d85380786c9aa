package org.citizenwallet

import java.io.File
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.Signature
import java.security.spec.ECGenParameterSpec
import java.util.UUID

/** Holder keys of the JDK, as hardware would hold them. */
class SoftwareKeyStore(folder: File? = null) : KeyStore {
    private val keys = Shelf<KeyPair>(folder)

    /** How each signature is made. */
    @Volatile var signing: suspend (suspend () -> ByteArray) -> ByteArray = { sign -> sign() }

    /** How each key is deleted. */
    @Volatile var deleting: suspend (() -> Unit) -> Unit = { delete -> delete() }

    override suspend fun capabilities() =
        KeyStoreCapabilities(
            algorithms = listOf(SigningAlgorithm.Es256),
            securityLevel = SecurityLevel.TRUSTED_ENVIRONMENT,
            userAuth = false,
            attestation = false,
            maxSignaturesPerPrompt = 0u,
        )

    override suspend fun create(request: CreateKeys): List<CreatedKey> =
        List(request.count.toInt()) {
            val generator = KeyPairGenerator.getInstance("EC").apply { initialize(ECGenParameterSpec("secp256r1")) }
            val pair = generator.generateKeyPair()
            val handle = UUID.randomUUID().toString()
            keys[handle] = pair
            CreatedKey(handle, pair.public.encoded)
        }

    override suspend fun sign(request: SignRequest): ByteArray = signing {
        val pair = keys[request.handle] ?: throw KeyStoreException.NotFound()
        val signature = Signature.getInstance("SHA256withECDSAinP1363Format")
        signature.initSign(pair.private)
        signature.update(request.bytes)
        signature.sign()
    }

    override suspend fun signMany(requests: List<SignRequest>): List<ByteArray> = requests.map { sign(it) }

    override suspend fun delete(handle: String) = deleting { keys -= handle }

    override suspend fun list(): List<String> = keys.names()
}
