package org.citizenwallet.android.framework

import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import org.citizenwallet.android.HolderCheck
import org.citizenwallet.android.HolderRule
import org.citizenwallet.android.KeyKind
import org.citizenwallet.android.KeyRules
import java.security.spec.ECGenParameterSpec

/** The rules of a key as the platform of version [sdk] takes them. */
internal fun keySpec(alias: String, rules: KeyRules, sdk: Int): KeyGenParameterSpec {
    val builder = when (rules.kind) {
        KeyKind.MAC -> KeyGenParameterSpec.Builder(alias, KeyProperties.PURPOSE_SIGN or KeyProperties.PURPOSE_VERIFY)
            .setKeySize(256)
            .setDigests(KeyProperties.DIGEST_SHA256)
        KeyKind.SIGNATURE -> KeyGenParameterSpec.Builder(alias, KeyProperties.PURPOSE_SIGN)
            .setAlgorithmParameterSpec(ECGenParameterSpec("secp256r1"))
            .setDigests(KeyProperties.DIGEST_SHA256)
        KeyKind.SEAL -> KeyGenParameterSpec.Builder(alias, KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT)
            .setKeySize(256)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
    }
    rules.challenge?.let(builder::setAttestationChallenge)
    if (rules.isInStrongBox) builder.setIsStrongBoxBacked(true)
    rules.holder?.let { ask(builder, it, sdk) }
    return builder.build()
}

@Suppress("DEPRECATION")
private fun ask(builder: KeyGenParameterSpec.Builder, rule: HolderRule, sdk: Int) {
    builder.setUserAuthenticationRequired(true)
    builder.setInvalidatedByBiometricEnrollment(rule.endsWithNewBiometric)
    if (sdk >= Build.VERSION_CODES.R) {
        val types = when (rule.check) {
            HolderCheck.BIOMETRIC -> KeyProperties.AUTH_BIOMETRIC_STRONG
            HolderCheck.BIOMETRIC_OR_SCREEN_LOCK ->
                KeyProperties.AUTH_BIOMETRIC_STRONG or KeyProperties.AUTH_DEVICE_CREDENTIAL
        }
        builder.setUserAuthenticationParameters(rule.seconds, types)
    } else {
        // -1 is "at each use", and means a biometric; a time means a biometric or the screen lock.
        builder.setUserAuthenticationValidityDurationSeconds(if (rule.seconds == 0) -1 else rule.seconds)
    }
}
