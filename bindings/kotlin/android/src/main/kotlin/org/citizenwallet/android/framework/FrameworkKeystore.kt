package org.citizenwallet.android.framework

import android.os.Build
import android.security.keystore.KeyInfo
import android.security.keystore.KeyProperties
import org.citizenwallet.android.Certificates
import org.citizenwallet.android.HolderFacts
import org.citizenwallet.android.KeyAbsent
import org.citizenwallet.android.KeyFacts
import org.citizenwallet.android.KeyKind
import org.citizenwallet.android.KeyLevel
import org.citizenwallet.android.KeyRules
import org.citizenwallet.android.Keystore
import org.citizenwallet.android.Operation
import java.security.Key
import java.security.KeyFactory
import java.security.KeyPairGenerator
import java.security.KeyStore
import java.security.PrivateKey
import java.security.Signature
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.Mac
import javax.crypto.SecretKey
import javax.crypto.SecretKeyFactory
import javax.crypto.spec.GCMParameterSpec

/** Android's Keystore. */
internal class FrameworkKeystore(private val sdk: Int) : Keystore {
    private fun store(): KeyStore = KeyStore.getInstance(PROVIDER).apply { load(null) }

    private fun key(alias: String): Key = store().getKey(alias, null) ?: throw KeyAbsent()

    override fun create(alias: String, rules: KeyRules) {
        val spec = keySpec(alias, rules, sdk)
        when (rules.kind) {
            KeyKind.MAC -> symmetric(KeyProperties.KEY_ALGORITHM_HMAC_SHA256).run { init(spec); generateKey() }
            KeyKind.SEAL -> symmetric(KeyProperties.KEY_ALGORITHM_AES).run { init(spec); generateKey() }
            KeyKind.SIGNATURE -> KeyPairGenerator.getInstance(KeyProperties.KEY_ALGORITHM_EC, PROVIDER)
                .run { initialize(spec); generateKeyPair() }
        }
    }

    private fun symmetric(algorithm: String) = KeyGenerator.getInstance(algorithm, PROVIDER)

    override fun facts(alias: String): KeyFacts? {
        val info = when (val key = store().getKey(alias, null)) {
            null -> return null
            is SecretKey ->
                SecretKeyFactory.getInstance(key.algorithm, PROVIDER).getKeySpec(key, KeyInfo::class.java) as KeyInfo
            else -> KeyFactory.getInstance(key.algorithm, PROVIDER).getKeySpec(key, KeyInfo::class.java)
        }
        return KeyFacts(level(info), if (info.isUserAuthenticationRequired) holder(info) else null)
    }

    @Suppress("DEPRECATION")
    private fun level(info: KeyInfo): KeyLevel =
        if (sdk >= Build.VERSION_CODES.S) {
            when (info.securityLevel) {
                KeyProperties.SECURITY_LEVEL_STRONGBOX -> KeyLevel.STRONGBOX
                KeyProperties.SECURITY_LEVEL_TRUSTED_ENVIRONMENT,
                KeyProperties.SECURITY_LEVEL_UNKNOWN_SECURE,
                -> KeyLevel.TRUSTED_ENVIRONMENT
                KeyProperties.SECURITY_LEVEL_SOFTWARE -> KeyLevel.SOFTWARE
                else -> KeyLevel.UNKNOWN
            }
        } else if (info.isInsideSecureHardware) {
            KeyLevel.TRUSTED_ENVIRONMENT
        } else {
            KeyLevel.SOFTWARE
        }

    private fun holder(info: KeyInfo): HolderFacts {
        val seconds = info.userAuthenticationValidityDurationSeconds.coerceAtLeast(0)
        val allowsScreenLock = if (sdk >= Build.VERSION_CODES.R) {
            info.userAuthenticationType and KeyProperties.AUTH_DEVICE_CREDENTIAL != 0
        } else {
            seconds > 0
        }
        return HolderFacts(allowsScreenLock, seconds)
    }

    override fun begin(alias: String): Operation = when (val key = key(alias)) {
        is PrivateKey -> SignatureOperation(Signature.getInstance("SHA256withECDSA").apply { initSign(key) })
        else -> MacOperation(Mac.getInstance("HmacSHA256").apply { init(key) })
    }

    override fun seal(alias: String, bytes: ByteArray, context: ByteArray): ByteArray {
        val cipher = Cipher.getInstance(GCM)
        // The nonce is the Keystore's: it takes none from the app.
        cipher.init(Cipher.ENCRYPT_MODE, key(alias))
        cipher.updateAAD(context)
        val sealed = cipher.doFinal(bytes)
        check(cipher.iv.size == NONCE_BYTES) { "nonce" }
        return cipher.iv + sealed
    }

    override fun open(alias: String, sealed: ByteArray, context: ByteArray): ByteArray {
        // Too short for a nonce and a tag: a tag that is wrong.
        if (sealed.size < NONCE_BYTES + TAG_BITS / 8) throw javax.crypto.AEADBadTagException()
        val cipher = Cipher.getInstance(GCM)
        cipher.init(Cipher.DECRYPT_MODE, key(alias), GCMParameterSpec(TAG_BITS, sealed, 0, NONCE_BYTES))
        cipher.updateAAD(context)
        return cipher.doFinal(sealed, NONCE_BYTES, sealed.size - NONCE_BYTES)
    }

    override fun certificates(alias: String): Certificates {
        val chain = store().getCertificateChain(alias) ?: throw KeyAbsent()
        return Certificates(chain.first().publicKey.encoded, chain.map { it.encoded })
    }

    // Deleting what is not there is no error on any version; asking first would believe a Keystore that is out of order.
    override fun delete(alias: String): Unit = store().deleteEntry(alias)

    override fun aliases(): List<String> = store().aliases().toList()

    private class MacOperation(override val subject: Mac) : Operation {
        override fun finish(bytes: ByteArray): ByteArray = subject.doFinal(bytes)
    }

    private class SignatureOperation(override val subject: Signature) : Operation {
        override fun finish(bytes: ByteArray): ByteArray = subject.run {
            update(bytes)
            sign()
        }
    }

    private companion object {
        const val PROVIDER = "AndroidKeyStore"
        const val GCM = "AES/GCM/NoPadding"
        const val NONCE_BYTES = 12
        const val TAG_BITS = 128
    }
}
