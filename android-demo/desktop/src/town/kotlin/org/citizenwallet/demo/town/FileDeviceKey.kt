package org.citizenwallet.demo.town

import java.io.File
import java.security.SecureRandom
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec
import org.citizenwallet.DeviceKey
import org.citizenwallet.DeviceKeyCapabilities
import org.citizenwallet.DeviceKeyException
import org.citizenwallet.DeviceKeyLevel
import org.citizenwallet.DeviceKeyPolicy

/** Keys in files, where a phone has hardware. Protects nothing: for trying the app on a desk. */
class FileDeviceKey(private val folder: File, private val canCheckHolder: Boolean = false) : DeviceKey {
    /** As when the system destroys every key because the screen lock was removed. */
    fun loseKeys() {
        folder.deleteRecursively()
    }

    override suspend fun capabilities() = DeviceKeyCapabilities(DeviceKeyLevel.SOFTWARE, userAuth = canCheckHolder)

    override suspend fun create(alias: String, policy: DeviceKeyPolicy) {
        folder.mkdirs()
        file(alias).writeBytes(ByteArray(32).also(SecureRandom()::nextBytes))
    }

    override suspend fun prf(alias: String, input: ByteArray): ByteArray {
        val file = file(alias)
        if (!file.isFile) throw DeviceKeyException.NotFound()
        return Mac.getInstance("HmacSHA256").apply { init(SecretKeySpec(file.readBytes(), "HmacSHA256")) }.doFinal(input)
    }

    override suspend fun delete(alias: String) {
        file(alias).delete()
    }

    override suspend fun list(): List<String> = folder.list().orEmpty().filter { it.endsWith(KEY) }.map { it.removeSuffix(KEY) }

    private fun file(alias: String) = File(folder, alias + KEY)

    private companion object {
        const val KEY = ".insecure-key"
    }
}
