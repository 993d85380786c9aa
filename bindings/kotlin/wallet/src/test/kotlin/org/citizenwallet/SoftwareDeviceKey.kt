package org.citizenwallet

import java.io.File
import java.security.SecureRandom
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec

/** A device key in the JDK's own HMAC-SHA-256, that can be told to fail. */
class SoftwareDeviceKey(private val userAuth: Boolean = false, folder: File? = null) : DeviceKey {
    private val keys = Shelf<ByteArray>(folder)

    /** Thrown by each [prf] from now on, if it is not null. */
    @Volatile var fault: Throwable? = null

    /** How often [prf] was called. */
    @Volatile
    var uses = 0
        private set

    /** Inputs and answers of [prf] are put here, if it is not null. */
    @Volatile var crossed: MutableList<ByteArray>? = null

    /** The operating system destroys every key. */
    fun loseKeys() = keys.clear()

    override suspend fun capabilities() =
        DeviceKeyCapabilities(DeviceKeyLevel.TRUSTED_ENVIRONMENT, userAuth, survivesBiometricChange = false)

    override suspend fun create(alias: String, policy: DeviceKeyPolicy) {
        keys[alias] = ByteArray(32).also(SecureRandom()::nextBytes)
    }

    override suspend fun prf(alias: String, input: ByteArray): ByteArray {
        uses += 1
        crossed?.add(input)
        fault?.let { throw it }
        val key = keys[alias] ?: throw DeviceKeyException.NotFound()
        return Mac.getInstance("HmacSHA256").apply { init(SecretKeySpec(key, "HmacSHA256")) }.doFinal(input).also { crossed?.add(it) }
    }

    override suspend fun delete(alias: String) {
        keys -= alias
    }

    override suspend fun list(): List<String> = keys.names()
}
