package org.citizenwallet.android

/**
 * What the wallet asks of Android's Keystore: a few operations by alias. The implementation is
 * [org.citizenwallet.android.framework.FrameworkKeystore]; whatever the platform throws comes out as it is, and
 * [KeystoreAccess] reads it.
 *
 * No key object is ever kept: after a key was deleted and made again under its alias, an old object means the old key.
 */
internal interface Keystore {
    /** Makes a key. One of that alias is replaced. */
    fun create(alias: String, rules: KeyRules)

    /** What the key says of itself; null if there is none. */
    fun facts(alias: String): KeyFacts?

    /** Starts a MAC or a signature with the key. Throws [KeyAbsent] if there is none. */
    fun begin(alias: String): Operation

    /** Encrypts with the key, bound to [context]: the nonce, then the sealed bytes. Throws [KeyAbsent] if there is none. */
    fun seal(alias: String, bytes: ByteArray, context: ByteArray): ByteArray

    /** Opens what [seal] gave. Throws [KeyAbsent] if there is none. */
    fun open(alias: String, sealed: ByteArray, context: ByteArray): ByteArray

    /** The certificates of a key pair in DER, leaf first. Throws [KeyAbsent] if there is none. */
    fun certificates(alias: String): Certificates

    /** Deletes the key, if it is there. */
    fun delete(alias: String)

    /** The aliases of all keys of this app. */
    fun aliases(): List<String>
}

/** There is no key, or the Keystore says so. */
internal class KeyAbsent : Exception()

/** A MAC or a signature under way: it holds one of the few places in the hardware until it is finished. */
internal interface Operation {
    /** The `javax.crypto.Mac` or `java.security.Signature`, for the prompt that authorises this one use. */
    val subject: Any

    /** Finishes it. Used once. */
    fun finish(bytes: ByteArray): ByteArray
}

/** What a key is for. */
internal enum class KeyKind {
    /** HMAC with SHA-256. */
    MAC,

    /** ECDSA on P-256 with SHA-256. */
    SIGNATURE,

    /** AES-256-GCM. */
    SEAL,
}

/** The rules a key is made under. They cannot be changed later. */
internal class KeyRules(
    val kind: KeyKind,
    /** Null: the holder is not asked. */
    val holder: HolderRule? = null,
    val isInStrongBox: Boolean = false,
    /** The bytes the key's certificate must contain; null: no attestation. */
    val challenge: ByteArray? = null,
)

/** How the holder authenticates to use a key. */
internal data class HolderRule(
    val check: HolderCheck,
    /** For how long one authentication serves, in seconds; 0: for one use. */
    val seconds: Int,
    /** Whether a new fingerprint or face ends the key. */
    val endsWithNewBiometric: Boolean,
) {
    init {
        require(!endsWithNewBiometric || check == HolderCheck.BIOMETRIC) {
            "only a key for biometrics alone ends with a new one"
        }
    }
}

/** What a key says of itself. */
internal data class KeyFacts(
    val level: KeyLevel,
    /** Null: the holder is not asked. */
    val holder: HolderFacts?,
)

/** How the holder authenticates to use a key that exists. */
internal data class HolderFacts(
    /** Whether the screen lock will do instead of a biometric. */
    val allowsScreenLock: Boolean,
    /** For how long one authentication serves, in seconds; 0: for one use. */
    val seconds: Int,
)

/** Where a key is. */
internal enum class KeyLevel { SOFTWARE, TRUSTED_ENVIRONMENT, STRONGBOX, UNKNOWN }

/** The public half of a key pair. */
internal class Certificates(
    /** The DER SubjectPublicKeyInfo. */
    val publicKey: ByteArray,
    /** The chain in DER, leaf first. */
    val chain: List<ByteArray>,
)

/** What the wallet has to know of the phone. */
internal interface Device {
    /** `Build.VERSION.SDK_INT`. */
    val sdk: Int

    /** Whether the phone was unlocked once since it started: before that, keys and files are not to be had. */
    val isUserUnlocked: Boolean

    /** Whether there is a StrongBox. */
    val hasStrongBox: Boolean

    /** Whether the holder can authenticate in this way now: a screen lock is set or a strong biometric enrolled. */
    fun canAsk(check: HolderCheck): Boolean
}
