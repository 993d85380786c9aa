package org.citizenwallet.android

import kotlinx.coroutines.Dispatchers
import org.citizenwallet.android.framework.symptomOf
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.Signature
import java.security.spec.ECGenParameterSpec
import java.util.concurrent.atomic.AtomicInteger
import javax.crypto.Cipher
import javax.crypto.Mac
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec
import javax.crypto.spec.SecretKeySpec
import java.security.SecureRandom

/** A Keystore in memory with real cryptography, and with the faults of real ones. */
internal class DoubleKeystore : Keystore {
    class Entry(val rules: KeyRules, val secret: SecretKey?, val pair: KeyPair?)

    val entries = linkedMapOf<String, Entry>()

    /** What was called, such as `create a`. */
    val calls = mutableListOf<String>()

    /** Called before each operation; throws to make it fail. */
    var before: (call: String) -> Unit = {}

    /** Called after each operation took effect. */
    var after: (call: String) -> Unit = {}

    /** Where keys are that are not in a StrongBox. */
    var level = KeyLevel.TRUSTED_ENVIRONMENT

    /** Says nothing is there, without an error. */
    var isForgetful = false

    /** Aliases of operations for which the holder authenticated. */
    val authorised = mutableSetOf<Any>()
    var isGraceRunning = false

    private val inside = AtomicInteger()

    private fun <T> call(name: String, alias: String, action: () -> T): T {
        check(inside.incrementAndGet() == 1) { "two calls at once" }
        try {
            val call = "$name $alias"
            synchronized(calls) { calls += call }
            before(call)
            val result = action()
            after(call)
            return result
        } finally {
            inside.decrementAndGet()
        }
    }

    private fun entry(alias: String): Entry = entries[alias]?.takeUnless { isForgetful } ?: throw KeyAbsent()

    override fun create(alias: String, rules: KeyRules) = call("create", alias) {
        val bytes = ByteArray(32).also(SecureRandom()::nextBytes)
        entries[alias] = when (rules.kind) {
            KeyKind.MAC -> Entry(rules, SecretKeySpec(bytes, "HmacSHA256"), null)
            KeyKind.SEAL -> Entry(rules, SecretKeySpec(bytes, "AES"), null)
            KeyKind.SIGNATURE -> {
                val generator = KeyPairGenerator.getInstance("EC").apply { initialize(ECGenParameterSpec("secp256r1")) }
                Entry(rules, null, generator.generateKeyPair())
            }
        }
    }

    override fun facts(alias: String) = call("facts", alias) {
        entries[alias]?.takeUnless { isForgetful }?.let { entry ->
            val user = entry.rules.holder?.let {
                HolderFacts(it.check == HolderCheck.BIOMETRIC_OR_SCREEN_LOCK, it.seconds)
            }
            KeyFacts(if (entry.rules.isInStrongBox) KeyLevel.STRONGBOX else level, user)
        }
    }

    override fun begin(alias: String): Operation = call("begin", alias) {
        val entry = entry(alias)
        val subject: Any = entry.secret?.let { secret -> Mac.getInstance("HmacSHA256").apply { init(secret) } }
            ?: Signature.getInstance("SHA256withECDSA").apply { initSign(entry.pair!!.private) }
        object : Operation {
            override val subject = subject

            override fun finish(bytes: ByteArray) = call("finish", alias) {
                val rule = entry.rules.holder
                val mayUse = rule == null || subject in authorised || (rule.seconds > 0 && isGraceRunning)
                if (!mayUse) throw android.security.keystore.UserNotAuthenticatedException()
                if (subject is Mac) subject.doFinal(bytes) else (subject as Signature).run { update(bytes); sign() }
            }
        }
    }

    override fun seal(alias: String, bytes: ByteArray, context: ByteArray) = call("seal", alias) {
        val cipher = Cipher.getInstance("AES/GCM/NoPadding").apply { init(Cipher.ENCRYPT_MODE, entry(alias).secret) }
        cipher.updateAAD(context)
        val sealed = cipher.doFinal(bytes)
        cipher.iv + sealed
    }

    override fun open(alias: String, sealed: ByteArray, context: ByteArray) = call("open", alias) {
        if (sealed.size < 28) throw javax.crypto.AEADBadTagException()
        val cipher = Cipher.getInstance("AES/GCM/NoPadding")
        cipher.init(Cipher.DECRYPT_MODE, entry(alias).secret, GCMParameterSpec(128, sealed, 0, 12))
        cipher.updateAAD(context)
        cipher.doFinal(sealed, 12, sealed.size - 12)
    }

    override fun certificates(alias: String) = call("certificates", alias) {
        val entry = entry(alias)
        Certificates(entry.pair!!.public.encoded, listOfNotNull(entry.rules.challenge, byteArrayOf(1)))
    }

    override fun delete(alias: String): Unit = call("delete", alias) { entries.remove(alias) }

    override fun aliases() = call("aliases", "") { if (isForgetful) emptyList() else entries.keys.toList() }
}

internal class DoubleDevice : Device {
    override var sdk = 34
    override var isUserUnlocked = true
    override var hasStrongBox = false
    var canAsk = true

    override fun canAsk(check: HolderCheck) = canAsk
}

/** The holder's answers, in order; then they always pass. */
internal class DoublePrompt(private val keystore: DoubleKeystore) : Prompt {
    val shown = mutableListOf<Boolean>()
    val answers = ArrayDeque<PromptEnd>()
    var whileShown: suspend () -> Unit = {}

    override suspend fun show(operation: Operation?, allowsScreenLock: Boolean): PromptEnd {
        shown += allowsScreenLock
        whileShown()
        val end = answers.removeFirstOrNull() ?: PromptEnd.Passed
        if (end == PromptEnd.Passed) {
            if (operation == null) keystore.isGraceRunning = true else keystore.authorised += operation.subject
        }
        return end
    }
}

/** A phone with everything in it that the wallet uses. */
internal class Phone {
    val keystore = DoubleKeystore()
    val device = DoubleDevice()
    val prompt = DoublePrompt(keystore)
    val pauses = mutableListOf<Long>()
    var nanos = 0L

    /** Reads the platform's real exceptions as the app would on this version of Android. */
    val access = KeystoreAccess(keystore, device, { symptomOf(it, device.sdk) }, pauses::add)

    fun deviceKey(
        check: HolderCheck = HolderCheck.BIOMETRIC_OR_SCREEN_LOCK,
        endsWithNewBiometric: Boolean = false,
        strongBox: StrongBox = StrongBox.NEVER,
    ) = AndroidKeystoreDeviceKey(
        access, HolderPrompts(prompt, access), device, HolderRule(check, 0, endsWithNewBiometric), strongBox, { nanos },
        Dispatchers.IO,
    )

    fun keyStore(graceSeconds: Int = 0, strongBox: StrongBox = StrongBox.NEVER) = AndroidKeyStore(
        access, HolderPrompts(prompt, access), device, HolderRule(HolderCheck.BIOMETRIC, graceSeconds, true), strongBox,
        { nanos }, Dispatchers.IO,
    )

    /** The next [times] calls that begin with [call] fail. */
    fun fail(call: String, times: Int = Int.MAX_VALUE, failure: () -> Throwable) {
        var left = times
        keystore.before = { if (it.startsWith(call) && left-- > 0) throw failure() }
    }
}

internal fun aliasOf(name: String) = AndroidKeystoreDeviceKey.PREFIX + name
